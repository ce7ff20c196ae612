//! What each role may do: shown from the router, tried by looking through its eyes, and who needs a second step.

use std::{collections::BTreeMap, sync::Arc};

use kernel::Role;
use operations::views::admin::{RolesPage, roles as views};
use platform::{
    Ctx,
    auth::{second_factor, staff::StaffError},
    web::{Done, Page, Problem, Query, StatusCode, guard::VIEW_COOKIE},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    sign_in::{Moved, SAFE},
};

const PAGE: &str = "/admin/staff/roles";

/// Whose pages are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleQuery {
    /// The role.
    #[serde(default = "first_role")]
    role: Role,
}

const fn first_role() -> Role {
    Role::Operations
}

/// Which roles need a second step, each with any text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequiredForm {
    /// The roles.
    #[serde(default)]
    roles: BTreeMap<String, String>,
}

/// Through whose eyes to look.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookForm {
    /// The role.
    role: Role,
}

/// Roles that need a second step.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequiredNow {
    /// The roles.
    roles: Vec<Role>,
}

async fn page(desk: &Backoffice, ctx: &Ctx, role: Role) -> Result<RolesPage, Problem> {
    let actions = desk.actions.get().cloned().unwrap_or_default();
    let read = ctx.read(async move |rx, ctx| views::page(rx, ctx, role, actions).await);
    Ok(read.await?)
}

/// What each role may do.
pub(crate) async fn show(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<RoleQuery>,
) -> Result<Page<RolesPage>, Problem> {
    Ok(Page::new(page(&desk, &ctx, query.role).await?))
}

/// Says which roles need a second step.
pub(crate) async fn require(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<RequiredForm>,
) -> Result<Done<RequiredNow>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?.roles;
        let mut roles = Vec::new();
        for text in wanted.keys() {
            let role: Role = text.parse().map_err(|_| {
                Problem::invalid("error-invalid-input").field("roles", "error-invalid-value")
            })?;
            if !ctx.permissions().covers(role.permissions()) {
                return Err(StaffError::Beyond.into());
            }
            roles.push(role);
        }
        let kept = roles.clone();
        ctx.write(async move |tx, ctx| second_factor::require(tx, ctx, &kept).await)
            .await?;
        Ok(Done::new(RequiredNow { roles }, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&desk, &ctx, first_role())).await
}

/// Looks at the back office as a role would, until one stops or closes the browser.
pub(crate) async fn look(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<LookForm>,
) -> Result<Done<Moved>, Problem> {
    let role = form.value?.role;
    if !ctx.permissions().covers(role.permissions()) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "error-not-allowed"));
    }
    Ok(Moved::to("/admin").header("set-cookie", format!("{VIEW_COOKIE}={role}; {SAFE}")))
}

/// Stops looking as another role.
pub(crate) async fn stop_looking(
    _: Arc<Backoffice>,
    _: Ctx,
    form: Form<Nothing>,
) -> Result<Done<Moved>, Problem> {
    form.value?;
    Ok(Moved::to(PAGE).header("set-cookie", format!("{VIEW_COOKIE}=; {SAFE}; Max-Age=0")))
}
