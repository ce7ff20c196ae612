//! What a customer keeps about themselves and how they sign in.

use std::sync::Arc;

use kernel::{CustomerId, Email, Locale, Phone};
use operations::{
    FlowError,
    flows::account as flow,
    views::shop::account::settings::{SettingsPage, settings_page},
};
use platform::{
    Ctx,
    web::{Body, Done, Incoming, Page, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moved, bucket, customer, let_in, refusal};
use crate::{Storefront, face::problem};

/// What a customer tells about themselves.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Profile {
    /// Their name.
    name: String,
    /// Their telephone number; may be empty.
    phone: String,
    /// The language of their letters.
    locale: Locale,
}

/// A change of password.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The present one.
    present: String,
    /// The new one.
    new: String,
}

/// A change of address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewAddress {
    /// The new address.
    email: String,
    /// The account's password, where it has one.
    password: String,
}

const HERE: &str = "/account/settings";
/// The longest name in characters.
const NAME: usize = 60;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<SettingsPage>, Problem> {
    let id = customer(&ctx)?;
    shop.opened(&ctx, &incoming);
    Ok(Page::new(view(&ctx, id).await?))
}

async fn view(ctx: &Ctx, id: CustomerId) -> Result<SettingsPage, Problem> {
    let read = ctx.read(async move |rx, _| settings_page(rx, id).await);
    Ok(read.await?)
}

/// The page with what was typed.
async fn again(ctx: &Ctx, incoming: &Incoming, id: CustomerId, problem: Problem) -> Problem {
    if incoming.program || !problem.status().is_client_error() {
        return problem;
    }
    match view(ctx, id).await {
        Ok(view) => problem.on(Page::new(view).with_typed(incoming.typed())),
        Err(_) => problem,
    }
}

pub(crate) async fn keep_profile(
    _: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<Profile>),
) -> Result<Done<Moved>, Problem> {
    let id = customer(&ctx)?;
    let given = form.phone.trim();
    let phone = (!given.is_empty()).then(|| Phone::parse(given)).transpose();
    let wrong = |field, key| Problem::invalid("error-invalid-input").field(field, key);
    let Ok(phone) = phone else {
        return Err(again(&ctx, &incoming, id, wrong("phone", "error-phone")).await);
    };
    if form.name.chars().count() > NAME {
        return Err(again(&ctx, &incoming, id, wrong("name", "error-too-long")).await);
    }
    let write = ctx.write(async move |tx, _| {
        customers::customer::update(tx, id, &form.name, phone.as_ref(), form.locale).await?;
        Ok::<_, FlowError>(())
    });
    write.await.map_err(problem)?;
    Ok(Moved::to(HERE).flash("flash-account-saved"))
}

pub(crate) async fn change_password(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<NewPassword>),
) -> Result<Done<Moved>, Problem> {
    let id = customer(&ctx)?;
    let changed = match shop.limits.proof(id) {
        Ok(()) => flow::change_password(&ctx, id, form.present, form.new)
            .await
            .map_err(|e| wrong_at(e, "present", "new")),
        Err(problem) => Err(problem),
    };
    match changed {
        Ok(entered) => {
            let done = Moved::to(HERE).flash("flash-account-password-changed");
            let_in(&ctx, &entered, done).await
        }
        Err(problem) => Err(again(&ctx, &incoming, id, problem).await),
    }
}

/// A wrong present password is told at its field.
fn wrong_at(error: FlowError, present: &'static str, new: &'static str) -> Problem {
    match error {
        FlowError::Customers(customers::CustomersError::WrongPassword) => {
            Problem::invalid("error-invalid-input").field(present, "error-account-password-wrong")
        }
        other => refusal(other, new),
    }
}

pub(crate) async fn change_email(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<NewAddress>),
) -> Result<Done<Moved>, Problem> {
    let id = customer(&ctx)?;
    match ask_to_move(&shop, &ctx, &incoming, id, form).await {
        Ok(()) => Ok(Moved::to("/account/sent")),
        Err(problem) => Err(again(&ctx, &incoming, id, problem).await),
    }
}

async fn ask_to_move(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    id: CustomerId,
    form: NewAddress,
) -> Result<(), Problem> {
    super::door::required(&form.email, None)?;
    let email = Email::parse(&form.email)
        .map_err(|_| Problem::invalid("error-email").field("email", "error-email"))?;
    shop.limits.proof(id)?;
    shop.limits
        .letter(incoming, &bucket(email.as_str()), None)?;
    flow::send_move(ctx, id, email, form.password)
        .await
        .map_err(|e| wrong_at(e, "password", "password"))
}
