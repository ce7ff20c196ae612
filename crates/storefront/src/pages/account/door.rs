//! Signing in and out (A12, A13).

use std::sync::Arc;

use kernel::Email;
use operations::{
    flows::account as flow,
    views::shop::account::door::{DoorPage, Mode},
};
use platform::{
    Actor, Ctx,
    auth::tries::{self, Try},
    web::{Body, Done, Either, Incoming, Page, Problem, Query, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moved, SESSION, brought, customer, known_browser, let_in, let_out, local, refusal};
use crate::{Storefront, face::problem};

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct DoorQuery {
    /// A page of this shop.
    next: Option<String>,
}

/// Who wants to come in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The account's address.
    email: String,
    /// Its password.
    password: String,
    /// A page of this shop to go on with.
    next: Option<String>,
}

/// The door, or the way on for somebody who is in.
pub(crate) type Shown = Either<Done<Moved>, Page<DoorPage>>;

pub(crate) async fn sign_in_page(
    shop: Arc<Storefront>,
    ctx: Ctx,
    asked: (Whole, Query<DoorQuery>),
) -> Result<Shown, Problem> {
    Ok(shown(&shop, &ctx, asked, Mode::SignIn))
}

pub(crate) async fn sign_up_page(
    shop: Arc<Storefront>,
    ctx: Ctx,
    asked: (Whole, Query<DoorQuery>),
) -> Result<Shown, Problem> {
    Ok(shown(&shop, &ctx, asked, Mode::SignUp))
}

pub(crate) async fn forgotten_page(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Query(query)): (Whole, Query<DoorQuery>),
) -> Result<Page<DoorPage>, Problem> {
    shop.opened(&ctx, &incoming);
    Ok(Page::new(DoorPage {
        mode: Mode::Forgotten,
        next: local(query.next),
    }))
}

fn shown(
    shop: &Storefront,
    ctx: &Ctx,
    (Whole(incoming), Query(query)): (Whole, Query<DoorQuery>),
    mode: Mode,
) -> Shown {
    let next = local(query.next);
    if matches!(ctx.actor(), Actor::Customer(_)) {
        return Either::Left(Moved::to(next.unwrap_or_else(|| "/account".to_owned())));
    }
    shop.opened(ctx, &incoming);
    Either::Right(Page::new(DoorPage { mode, next }))
}

pub(crate) async fn sign_in(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<SignIn>),
) -> Result<Done<Moved>, Problem> {
    let next = local(form.next.clone());
    let again = |problem: Problem| on_page(&incoming, Mode::SignIn, next.clone(), problem);
    required(&form.email, Some(&form.password)).map_err(again)?;
    let browser = known_browser(&ctx, &incoming, &form.email).await?;
    shop.limits
        .sign_in(&incoming, &super::bucket(&form.email), browser.as_deref())
        .map_err(again)?;
    if browser.is_none() {
        let account = super::bucket(&form.email);
        let counted = tries::stranger(&ctx, incoming.source, Try::Customer(&account)).await;
        counted.map_err(again)?;
    }
    let entered = flow::sign_in(&ctx, &form.email, form.password, brought(&incoming))
        .await
        .map_err(|e| again(refusal(e, "password")))?;
    let done = Moved::to(next.clone().unwrap_or_else(|| "/account".to_owned()));
    let_in(&ctx, &entered, done).await
}

/// Names the fields that are empty or cannot be right.
pub(super) fn required(email: &str, password: Option<&str>) -> Result<(), Problem> {
    let mut wrong = Vec::new();
    if email.trim().is_empty() {
        wrong.push(("email", "error-required"));
    } else if Email::parse(email).is_err() {
        wrong.push(("email", "error-email"));
    }
    if password.is_some_and(str::is_empty) {
        wrong.push(("password", "error-required"));
    }
    let told = wrong.iter().fold(
        Problem::invalid("error-invalid-input"),
        |problem, (field, key)| problem.field(*field, key),
    );
    if wrong.is_empty() { Ok(()) } else { Err(told) }
}

/// The door again with what was typed.
pub(super) fn on_page(
    incoming: &Incoming,
    mode: Mode,
    next: Option<String>,
    problem: Problem,
) -> Problem {
    problem.on(Page::new(DoorPage { mode, next }).with_typed(incoming.typed()))
}

pub(crate) async fn sign_out(
    _: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Done<Moved>, Problem> {
    if let Some(token) = incoming.cookie(SESSION) {
        flow::sign_out(&ctx, token).await.map_err(problem)?;
    }
    Ok(let_out("/").flash("flash-account-signed-out"))
}

pub(crate) async fn sign_out_everywhere(
    _: Arc<Storefront>,
    ctx: Ctx,
    _: (),
) -> Result<Done<Moved>, Problem> {
    flow::sign_out_everywhere(&ctx, customer(&ctx)?)
        .await
        .map_err(problem)?;
    Ok(let_out("/account/sign-in").flash("flash-account-signed-out-everywhere"))
}
