//! Letters with links, and where the links lead. Looking at a link changes nothing: mail scanners look at all of them.

use std::sync::Arc;

use customers::{
    CustomersError,
    link::{self, Purpose},
};
use kernel::Email;
use operations::{
    FlowError,
    flows::account::{self as flow, Details},
    views::shop::account::door::{LinkPage, Mode, SentPage},
};
use platform::{
    Ctx,
    web::{Body, Done, Incoming, Page, Path, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moved, brought, bucket, door, known_browser, let_in, local, refusal};
use crate::{Storefront, face::problem, pages::order::TokenPath};

/// What a letter is wanted for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    /// To sign in without a password.
    #[default]
    SignIn,
    /// To open an account.
    SignUp,
    /// To set a password.
    Password,
}

/// Who wants a letter.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LinkRequest {
    /// The address it goes to.
    email: String,
    /// What for.
    purpose: Wanted,
    /// A page of this shop to go on with.
    next: Option<String>,
}

/// What is filled in where a link leads.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LinkUse {
    /// A name, for a fresh account.
    name: String,
    /// A password; may be empty for a fresh account.
    password: String,
}

pub(crate) async fn ask(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<LinkRequest>),
) -> Result<Done<SentPage>, Problem> {
    let next = local(form.next);
    let (purpose, mode) = match form.purpose {
        Wanted::SignIn => (Purpose::SignIn, Mode::SignIn),
        Wanted::SignUp => (Purpose::SignUp, Mode::SignUp),
        Wanted::Password => (Purpose::Password, Mode::Forgotten),
    };
    let again = |problem: Problem| door::on_page(&incoming, mode, next.clone(), problem);
    door::required(&form.email, None).map_err(again)?;
    let email = Email::parse(&form.email)
        .map_err(|_| again(Problem::invalid("error-email").field("email", "error-email")))?;
    let browser = known_browser(&ctx, &incoming, email.as_str()).await?;
    shop.limits
        .letter(&incoming, &bucket(email.as_str()), browser.as_deref())
        .map_err(again)?;
    flow::send_link(&ctx, purpose, email, next.clone())
        .await
        .map_err(|e| again(problem(e)))?;
    Ok(Done::new(SentPage { sent: true }, "/account/sent"))
}

pub(crate) async fn sent(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<SentPage>, Problem> {
    shop.opened(&ctx, &incoming);
    Ok(Page::new(SentPage { sent: true }))
}

pub(crate) async fn look(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<TokenPath>),
) -> Result<Page<LinkPage>, Problem> {
    view(&shop, &ctx, &incoming, path.token)
        .await
        .map(Page::new)
}

async fn view(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
) -> Result<LinkPage, Problem> {
    let seen = token.clone();
    let read = ctx.read(async move |rx, ctx| Ok::<_, FlowError>(link::look(rx, ctx, &seen).await?));
    let link = read.await.map_err(|e| over(shop, incoming, e))?;
    Ok(LinkPage {
        purpose: link.purpose,
        email: link.email.as_str().to_owned(),
        token,
    })
}

pub(crate) async fn follow(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(form)): (Whole, Path<TokenPath>, Body<LinkUse>),
) -> Result<Done<Moved>, Problem> {
    let details = Details {
        name: form.name,
        password: form.password,
    };
    match flow::use_link(&ctx, path.token.clone(), details, brought(&incoming)).await {
        Ok(entered) => {
            let next = local(entered.next.clone());
            let done = Moved::to(next.unwrap_or_else(|| "/account".to_owned()));
            let_in(&ctx, &entered, done).await
        }
        Err(error) => {
            let refusal = over(&shop, &incoming, error);
            if incoming.program || !refusal.status().is_client_error() {
                return Err(refusal);
            }
            match view(&shop, &ctx, &incoming, path.token).await {
                Ok(view) => Err(refusal.on(Page::new(view).with_typed(incoming.typed()))),
                Err(_) => Err(refusal),
            }
        }
    }
}

/// A link that does not work is counted: nobody may try many (A7).
fn over(shop: &Storefront, incoming: &Incoming, error: FlowError) -> Problem {
    match error {
        FlowError::Customers(CustomersError::LinkOver) => shop.limits.account_link_missed(incoming),
        other => refusal(other, "password"),
    }
}
