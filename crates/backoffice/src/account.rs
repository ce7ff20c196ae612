//! One's own account, and taking up an invitation.

use std::sync::Arc;

use kernel::StaffId;
use operations::views::admin::{AccountPage, InvitationPage, account};
use platform::{
    Actor, Ctx,
    auth::{
        password::SHORTEST,
        staff::{self, StaffError},
    },
    web::{Done, FieldProblem, Page, Path, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::Form,
    paths::InvitationPath,
    sign_in::{Moved, place, session_cookie},
};

/// A new password for one's account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// For password managers; not read.
    #[serde(default, rename = "email")]
    _email: Option<String>,
    /// The present one.
    current_password: String,
    /// The new one.
    new_password: String,
    /// The new one again, against slips.
    new_password_again: String,
}

/// The first password of an account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstPassword {
    /// For password managers; not read.
    #[serde(default, rename = "email")]
    _email: Option<String>,
    /// The password.
    new_password: String,
    /// The same again, against slips.
    new_password_again: String,
}

/// The account of whoever asks; programs have none.
pub(crate) fn myself(ctx: &Ctx) -> Result<StaffId, Problem> {
    match ctx.actor() {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Problem::not_found()),
    }
}

async fn account_page(ctx: &Ctx) -> Result<AccountPage, Problem> {
    let id = myself(ctx)?;
    Ok(ctx
        .read(async move |rx, ctx| account::account(rx, ctx, id).await)
        .await?)
}

/// One's own account.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<AccountPage>, Problem> {
    Ok(Page::new(account_page(&ctx).await?))
}

/// Changes one's password; every other session ends, and this one goes on under a fresh token (A12).
pub(crate) async fn change_password(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<NewPassword>,
) -> Result<Done<Moved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = value?;
        let id = myself(&ctx)?;
        same_twice(&new.new_password, &new.new_password_again)?;
        desk.doors.invitations.account(&id.to_string())?;
        let changed =
            staff::change_password(&ctx, id, new.current_password, new.new_password).await;
        let token = changed.map_err(|error| match error {
            StaffError::Wrong => Problem::invalid("error-invalid-input")
                .field("current_password", "error-password-wrong"),
            other => password_problem(other),
        })?;
        Ok(Moved::to("/admin/account")
            .header("set-cookie", session_cookie(&token))
            .flash("admin-flash-password"))
    };
    sent.or_show(work, account_page(&ctx)).await
}

/// What an invitation is for.
pub(crate) async fn show_invitation(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Whole(incoming)): (Path<InvitationPath>, Whole),
) -> Result<Page<InvitationPage>, Problem> {
    desk.doors.invitations.source(place(incoming.source))?;
    Ok(Page::new(invitation(&ctx, at.token).await?).header("cache-control", "no-store"))
}

async fn invitation(ctx: &Ctx, token: String) -> Result<InvitationPage, Problem> {
    let found = ctx
        .read(async move |rx, ctx| staff::invited(rx, ctx, &token).await)
        .await;
    match found {
        Ok(invited) => Ok(InvitationPage {
            usable: true,
            name: Some(invited.name),
            email: Some(invited.email),
            role: Some(invited.role),
            expires_at: invited.invitation_expires_at,
            shortest_password: SHORTEST,
        }),
        Err(StaffError::Invitation) => Ok(InvitationPage::used_up()),
        Err(other) => Err(other.into()),
    }
}

/// Takes up an invitation: sets the password and signs in.
pub(crate) async fn accept_invitation(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form, Whole(incoming)): (Path<InvitationPath>, Form<FirstPassword>, Whole),
) -> Result<Done<Moved>, Problem> {
    let Form { value, sent } = form;
    let token = at.token.clone();
    let work = async {
        desk.doors.invitations.source(place(incoming.source))?;
        let first = value?;
        same_twice(&first.new_password, &first.new_password_again)?;
        let (_, session) = staff::accept(&ctx, token, first.new_password)
            .await
            .map_err(password_problem)?;
        Ok(Moved::to("/admin").header("set-cookie", session_cookie(&session)))
    };
    sent.or_show(work, invitation(&ctx, at.token)).await
}

fn same_twice(first: &str, again: &str) -> Result<(), Problem> {
    if first == again {
        return Ok(());
    }
    Err(Problem::invalid("error-invalid-input")
        .field("new_password_again", "error-password-differs"))
}

/// The refusal of a password, said at the field where it was typed.
fn password_problem(error: StaffError) -> Problem {
    if !matches!(error, StaffError::Weak) {
        return error.into();
    }
    let args = vec![("shortest", SHORTEST.to_string())];
    let field = FieldProblem {
        field: "new_password".to_owned(),
        key: "error-password-short",
        args,
    };
    Problem::invalid("error-invalid-input").with_fields(vec![field])
}
