//! One's second step of signing in: set up with an authenticator, kept with recovery codes, taken off.

use std::sync::Arc;

use kernel::{Permission as P, StaffId};
use operations::views::admin::{
    SecondFactorPage,
    account::{self as views},
};
use platform::{
    Ctx,
    auth::{second_factor, staff::StaffError},
    web::{Done, Page, Path, Problem, StatusCode},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    account::myself,
    forms::{Form, Nothing},
    paths::StaffPath,
    roles,
    routes::Desk,
    sign_in::{self, session_cookie},
};

const PAGE: &str = "/admin/account/second-factor";

/// The addresses of second steps and of roles.
pub(crate) fn routes(routes: Desk) -> Desk {
    entering(routes)
        .get(
            "/admin/account/second-factor",
            P::SignedIn,
            "One's second step of signing in",
            show,
        )
        .post(
            "/admin/account/second-factor",
            P::SignedIn,
            "Makes a secret; it is shown until its first code comes",
            begin,
        )
        .put(
            "/admin/account/second-factor",
            P::SignedIn,
            "Confirms with a first code; recovery codes are shown once",
            confirm,
        )
        .delete(
            "/admin/account/second-factor",
            P::SignedIn,
            "Stops asking for codes",
            stop,
        )
        .post(
            "/admin/account/recovery-codes",
            P::SignedIn,
            "Makes fresh recovery codes; they are shown once",
            renew,
        )
        .delete(
            "/admin/staff/{id}/second-factor",
            P::StaffWrite,
            "Stops asking somebody for codes who lost their telephone",
            reset,
        )
        .get(
            "/admin/staff/roles",
            P::StaffRead,
            "What each role may do, page by page",
            roles::show,
        )
        .put(
            "/admin/staff/second-factor-roles",
            P::StaffWrite,
            "Says which roles need a second step",
            roles::require,
        )
        .post(
            "/admin/staff/roles/view",
            P::StaffRead,
            "Looks at the back office as a role would; nothing can be changed",
            roles::look,
        )
        .delete(
            "/admin/staff/roles/view",
            P::SignedIn,
            "Stops looking as another role",
            roles::stop_looking,
        )
}

fn entering(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/sign-in/code",
            P::Public,
            "The second step of signing in",
            sign_in::show_code,
        )
        .post(
            "/admin/sign-in/code",
            P::Public,
            "Ends signing in with a code",
            sign_in::enter_code,
        )
}

/// One's password again, before anything is made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginForm {
    /// For password managers; not read.
    #[serde(default, rename = "email")]
    _email: Option<String>,
    /// The password.
    current_password: String,
}

/// A code of the telephone, or a recovery code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    /// The code.
    one_time_code: String,
}

/// Whose second step was taken off.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TakenOff {
    /// The account.
    id: StaffId,
}

async fn page(ctx: &Ctx) -> Result<SecondFactorPage, Problem> {
    let id = myself(ctx)?;
    let read = ctx.read(async move |rx, _| views::second_factor(rx, id).await);
    Ok(read.await?)
}

/// The page with what an authenticator needs, while it waits for the first code.
async fn waiting(desk: &Backoffice, ctx: &Ctx) -> Result<SecondFactorPage, Problem> {
    let id = myself(ctx)?;
    let secret = ctx
        .read(async move |rx, _| second_factor::waiting_secret(rx, id).await)
        .await;
    let mut view = page(ctx).await?;
    if let Ok(secret) = secret {
        view.setup = views::setup(&desk.shop_name(ctx), &view.email, &secret);
    }
    Ok(view)
}

/// A page that holds a secret: nobody keeps a copy of it.
fn once(view: SecondFactorPage) -> Page<SecondFactorPage> {
    Page::new(view)
        .status(StatusCode::CREATED)
        .header("cache-control", "no-store")
}

/// One's second step.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<SecondFactorPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

/// Makes a secret and shows it to the authenticator.
pub(crate) async fn begin(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<BeginForm>,
) -> Result<Page<SecondFactorPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let password = value?.current_password;
        let id = myself(&ctx)?;
        desk.doors.invitations.account(&id.to_string())?;
        let begun = second_factor::begin(&ctx, id, password).await;
        begun.map_err(|error| match error {
            StaffError::Wrong => Problem::invalid("error-invalid-input")
                .field("current_password", "error-password-wrong"),
            other => other.into(),
        })?;
        Ok(once(waiting(&desk, &ctx).await?))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Confirms with a first code; other sessions end, and recovery codes are shown.
pub(crate) async fn confirm(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<CodeForm>,
) -> Result<Page<SecondFactorPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let code = value?.one_time_code;
        let id = myself(&ctx)?;
        desk.doors.invitations.account(&id.to_string())?;
        let (codes, session) = ctx
            .write(async move |tx, ctx| second_factor::confirm(tx, ctx, id, &code).await)
            .await?;
        let view = SecondFactorPage {
            codes,
            ..page(&ctx).await?
        };
        Ok(once(view).header("set-cookie", session_cookie(&session)))
    };
    sent.or_show(work, waiting(&desk, &ctx)).await
}

/// Stops asking for codes.
pub(crate) async fn stop(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<CodeForm>,
) -> Result<Done<TakenOff>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let code = value?.one_time_code;
        let id = myself(&ctx)?;
        desk.doors.invitations.account(&id.to_string())?;
        ctx.write(async move |tx, ctx| second_factor::stop(tx, ctx, id, &code).await)
            .await?;
        Ok(Done::new(TakenOff { id }, PAGE).flash("admin-flash-second-factor-off"))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Makes fresh recovery codes in place of the old ones.
pub(crate) async fn renew(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<CodeForm>,
) -> Result<Page<SecondFactorPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let code = value?.one_time_code;
        let id = myself(&ctx)?;
        desk.doors.invitations.account(&id.to_string())?;
        let codes = ctx
            .write(async move |tx, ctx| second_factor::renew_codes(tx, ctx, id, &code).await)
            .await?;
        let view = SecondFactorPage {
            codes,
            ..page(&ctx).await?
        };
        Ok(once(view))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Stops asking somebody for codes who lost their telephone; their sessions end.
pub(crate) async fn reset(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<StaffPath>, Form<Nothing>),
) -> Result<Done<TakenOff>, Problem> {
    form.value?;
    ctx.write(async move |tx, ctx| second_factor::reset(tx, ctx, at.id).await)
        .await?;
    let next = form.sent.next("/admin/staff");
    Ok(Done::new(TakenOff { id: at.id }, next).flash("admin-flash-second-factor-reset"))
}
