//! Who works here, and keys for programs. A new link or key is shown once, in the answer that made it.

use std::sync::Arc;

use kernel::{ApiKeyId, Email, Role, StaffId};
use operations::views::admin::{
    StaffPage,
    staff::{self as views, NewInvitation, NewKey},
};
use platform::{
    Ctx,
    auth::{
        keys,
        staff::{self, StaffError},
    },
    list::Asked,
    web::{Done, Page, Path, Problem, StatusCode},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    paths::{KeyPath, StaffPath},
};

/// Characters of a name.
const NAME: usize = 100;

/// Somebody new.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStaff {
    /// Their name.
    name: String,
    /// The address with which they will sign in.
    email: Email,
    /// Their job.
    role: Role,
}

/// Another job for somebody.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// The job.
    role: Role,
}

/// A key for a program.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateKey {
    /// What it is for.
    name: String,
    /// What it may do.
    role: Role,
}

/// An account that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StaffChanged {
    /// The account.
    id: StaffId,
}

/// A key that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeyChanged {
    /// The key.
    id: ApiKeyId,
}

const LIST: &str = "/admin/staff";

async fn page(ctx: &Ctx) -> Result<StaffPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| views::page(rx, ctx, &Asked::default()).await)
        .await?)
}

fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::invalid("error-invalid-input").field("name", "error-required"));
    }
    if name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Problem::invalid("error-invalid-input").field("name", "error-too-long"));
    }
    Ok(name.to_owned())
}

/// A page that holds a secret: nobody keeps a copy of it.
fn once(view: StaffPage) -> Page<StaffPage> {
    Page::new(view)
        .status(StatusCode::CREATED)
        .header("cache-control", "no-store")
}

fn link(desk: &Backoffice, token: &str) -> String {
    format!("{}/admin/invitations/{token}", desk.public_url)
}

/// Adds somebody and shows the link with which they set their password.
pub(crate) async fn invite(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<NewStaff>,
) -> Result<Page<StaffPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = value?;
        let name = named(&new.name)?;
        let invited = name.clone();
        let made = ctx.write(async move |tx, ctx| {
            staff::invite(tx, ctx, &new.email, &invited, new.role).await
        });
        let (_, token) = made.await?;
        let mut view = page(&ctx).await?;
        view.invitation = Some(NewInvitation {
            name,
            url: link(&desk, &token),
            expires_at: staff::invitation_ends(&ctx),
        });
        Ok(once(view))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Makes a fresh link for somebody who is invited or has lost their password.
pub(crate) async fn invite_again(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<StaffPath>, Form<Nothing>),
) -> Result<Page<StaffPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let token = ctx
            .write(async move |tx, ctx| staff::reinvite(tx, ctx, at.id).await)
            .await?;
        let mut view = page(&ctx).await?;
        let name = view
            .items
            .iter()
            .find(|person| person.id == at.id)
            .map_or_else(String::new, |person| person.name.clone());
        view.invitation = Some(NewInvitation {
            name,
            url: link(&desk, &token),
            expires_at: staff::invitation_ends(&ctx),
        });
        Ok(once(view))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Gives somebody another job.
pub(crate) async fn change_role(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<StaffPath>, Form<NewRole>),
) -> Result<Done<StaffChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let role = value?.role;
        ctx.write(async move |tx, ctx| staff::change(tx, ctx, at.id, Some(role)).await)
            .await?;
        Ok(Done::new(StaffChanged { id: at.id }, sent.next(LIST)).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Ends somebody's access at once.
pub(crate) async fn deactivate(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<StaffPath>, Form<Nothing>),
) -> Result<Done<StaffChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        ctx.write(async move |tx, ctx| staff::change(tx, ctx, at.id, None).await)
            .await?;
        Ok(Done::new(StaffChanged { id: at.id }, sent.next(LIST)).flash("admin-flash-deactivated"))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Lets somebody in again, with the password they had.
pub(crate) async fn reactivate(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<StaffPath>, Form<Nothing>),
) -> Result<Done<StaffChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        ctx.write(async move |tx, ctx| staff::reactivate(tx, ctx, at.id).await)
            .await?;
        Ok(Done::new(StaffChanged { id: at.id }, sent.next(LIST)).flash("admin-flash-reactivated"))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Makes a key and shows it.
pub(crate) async fn create_key(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<CreateKey>,
) -> Result<Page<StaffPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let name = named(&wanted.name)?;
        // Nobody hands out what they lack (A6).
        if !ctx.permissions().covers(wanted.role.permissions()) {
            return Err(StaffError::Beyond.into());
        }
        let kept = name.clone();
        let (id, key) = ctx
            .write(async move |tx, ctx| keys::create(tx, ctx, &kept, wanted.role).await)
            .await?;
        let mut view = page(&ctx).await?;
        view.new_key = Some(NewKey { id, name, key });
        Ok(once(view))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Ends a key at once.
pub(crate) async fn revoke_key(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<KeyPath>, Form<Nothing>),
) -> Result<Done<KeyChanged>, Problem> {
    form.value?;
    if ctx
        .write(async move |tx, ctx| keys::revoke(tx, ctx, at.id).await)
        .await?
    {
        return Ok(
            Done::new(KeyChanged { id: at.id }, form.sent.next(LIST)).flash("admin-flash-revoked")
        );
    }
    Err(Problem::not_found())
}
