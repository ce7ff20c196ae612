//! Paying an order: the way to the card company's page and back, the demo card page, and choosing another way after a
//! decline (CHK-05).

use std::sync::Arc;

use kernel::{CustomerId, PaymentId};
use operations::{
    FlowError,
    flows::collect_payment,
    views::{
        payment::{self as next_payment, NextAction, NextPayment},
        shop::{
            card_payment::{CardPage, payment_page},
            payment::{Found, PaymentPage},
        },
    },
};
use orders::{Order, PaymentMethod};
use payments::{PageWish, Payment, Wish, demo_card::Scenario, stripe::SavedCard};
use platform::{
    Actor, Ctx,
    web::{Body, Done, Either, Incoming, Page, Path, Problem, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::order::{self, TokenPath};
use crate::Storefront;

/// A payment of an order.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct PaymentPath {
    /// The unguessable text of the order's page.
    token: String,
    /// The payment.
    payment_id: PaymentId,
}

/// How an order is to be paid instead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OtherWay {
    /// The way to pay.
    payment_method: PaymentMethod,
}

/// Which card is to be charged.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChosenCard {
    /// On the demo card page: what it is to answer, a code of `GET /orders/{token}/payments/{payment_id}`.
    outcome: Option<String>,
    /// Otherwise: a kept card of the signed-in customer; without one, a new card is typed on the card company's page.
    card: Option<String>,
    /// Whether the card company is to keep the new card for the signed-in customer.
    #[serde(deserialize_with = "form::flag")]
    keep_card: bool,
}

pub(crate) async fn choose(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(way)): (Whole, Path<TokenPath>, Body<OtherWay>),
) -> Result<Done<NextPayment>, Problem> {
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let payment = match collect_payment::choose_method(&ctx, known.id, way.payment_method).await {
        Ok(payment) => payment,
        Err(error) => return Err(order::refused(&shop, &ctx, &incoming, path.token, error).await),
    };
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let next = next_payment::next(&known, &payment, &shop.facts(&ctx).await?.shop);
    let url = match &next.next_action {
        Some(NextAction::Redirect { url }) => url.clone(),
        _ => format!("/orders/{}/result", path.token),
    };
    Ok(Done::new(next, url))
}

/// The page before the card's, the demo page, or the way to the result once the payment is over.
pub(crate) type Shown = Either<Done<()>, Either<Page<PaymentPage>, Page<CardPage>>>;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<PaymentPath>),
) -> Result<Shown, Problem> {
    let PaymentPath { token, payment_id } = path;
    let result = format!("/orders/{token}/result");
    let found = ctx
        .read(async move |rx, ctx| payment_page(rx, ctx, &token, payment_id).await)
        .await;
    let page = match found {
        Ok(Found::Over) => return Ok(Either::Left(Done::new((), result))),
        Ok(Found::Page(view)) => Either::Left(Page::new(view)),
        Ok(Found::Card(view)) => {
            let customer = signed_in(&ctx);
            let cards = saved_cards(&shop, &ctx, customer).await?;
            let go_on = incoming.query_param("go").is_some();
            let view = view.for_customer(customer, cards);
            Either::Right(Page::new(CardPage { go_on, ..view }))
        }
        Err(FlowError::NotFound) => return Err(shop.limits.link_missed(&incoming)),
        Err(error) => return Err(error.into()),
    };
    shop.opened(&ctx, &incoming);
    Ok(Either::Right(page))
}

/// The cards that the provider keeps for a customer.
async fn saved_cards(
    shop: &Storefront,
    ctx: &Ctx,
    customer: Option<CustomerId>,
) -> Result<Vec<SavedCard>, Problem> {
    match (customer, &shop.parts.providers.stripe) {
        (Some(customer), Some(stripe)) => Ok(stripe.saved_cards(ctx, customer).await?),
        _ => Ok(Vec::new()),
    }
}

pub(crate) async fn pay(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(chosen)): (Whole, Path<PaymentPath>, Body<ChosenCard>),
) -> Result<Done<NextPayment>, Problem> {
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let wish = wish(&shop, &ctx, (&known, path.payment_id), chosen).await?;
    let paid = collect_payment::pay_by_card(&ctx, known.id, path.payment_id, wish).await;
    let payment = match paid {
        Ok(payment) => payment,
        Err(error) => return Err(order::refused(&shop, &ctx, &incoming, path.token, error).await),
    };
    let url = if payment.open_page(ctx.now()).is_some() {
        format!("/orders/{}/payments/{}?go=1", path.token, path.payment_id)
    } else {
        format!("/orders/{}/result", path.token)
    };
    Ok(Done::new(
        next(&shop, &ctx, &incoming, path.token, &payment).await?,
        url,
    ))
}

/// What is charged, by what the shopper chose. A kept card must be one of the signed-in customer's own (A1).
async fn wish(
    shop: &Storefront,
    ctx: &Ctx,
    (order, payment_id): (&Order, PaymentId),
    chosen: ChosenCard,
) -> Result<Wish, Problem> {
    let wrong = |field| Problem::invalid("error-invalid-input").field(field, "error-invalid-value");
    if let Some(outcome) = chosen.outcome {
        let scenario: Scenario = outcome.parse().map_err(|_| wrong("outcome"))?;
        return Ok(scenario.into());
    }
    let customer = signed_in(ctx);
    if let Some(card) = chosen.card.filter(|card| !card.is_empty()) {
        let kept = saved_cards(shop, ctx, customer).await?;
        let theirs = kept.iter().any(|saved| saved.id == card);
        return match customer.filter(|_| theirs) {
            Some(customer_id) => Ok(Wish::Saved { customer_id, card }),
            None => Err(wrong("card")),
        };
    }
    let here = format!("{}/orders/{}", shop.parts.public_url, order.token);
    Ok(Wish::Page(PageWish {
        title: order.number.clone(),
        done_url: format!("{here}/payments/{payment_id}/return"),
        back_url: format!("{here}/payments/{payment_id}"),
        locale: ctx.locale(),
        email: order.email.clone(),
        keep_for: customer.filter(|_| chosen.keep_card),
    }))
}

/// A kept card that is to be forgotten.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgottenCard {
    /// The card.
    card: String,
}

pub(crate) async fn forget(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(wanted)): (Whole, Path<PaymentPath>, Body<ForgottenCard>),
) -> Result<Done<()>, Problem> {
    order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let forgotten = match (signed_in(&ctx), &shop.parts.providers.stripe) {
        (Some(customer), Some(stripe)) => stripe.forget_card(&ctx, customer, &wanted.card).await?,
        _ => false,
    };
    if forgotten {
        let here = format!("/orders/{}/payments/{}", path.token, path.payment_id);
        return Ok(Done::new((), here));
    }
    Err(Problem::invalid("error-invalid-input").field("card", "error-invalid-value"))
}

/// Who is signed in; a guest has no kept cards.
fn signed_in(ctx: &Ctx) -> Option<CustomerId> {
    match ctx.actor() {
        Actor::Customer(id) => Some(*id),
        Actor::Visitor | Actor::Staff { .. } | Actor::Key { .. } | Actor::System(_) => None,
    }
}

pub(crate) async fn come_back(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<PaymentPath>),
) -> Result<Done<NextPayment>, Problem> {
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let asked = collect_payment::come_back(&ctx, known.id, path.payment_id).await;
    after(&shop, &ctx, &incoming, path.token, asked).await
}

pub(crate) async fn leave(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<PaymentPath>),
) -> Result<Done<NextPayment>, Problem> {
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let closed = collect_payment::leave_page(&ctx, known.id, path.payment_id).await;
    after(&shop, &ctx, &incoming, path.token, closed).await
}

async fn after(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
    payment: Result<Payment, FlowError>,
) -> Result<Done<NextPayment>, Problem> {
    let result = format!("/orders/{token}/result");
    match payment {
        Ok(payment) => Ok(Done::new(
            next(shop, ctx, incoming, token, &payment).await?,
            result,
        )),
        Err(FlowError::NotFound) => Err(shop.limits.link_missed(incoming)),
        Err(error) => Err(order::refused(shop, ctx, incoming, token, error).await),
    }
}

async fn next(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
    payment: &Payment,
) -> Result<NextPayment, Problem> {
    let known = order::by_token(shop, ctx, incoming, token).await?;
    Ok(next_payment::next(
        &known,
        payment,
        &shop.facts(ctx).await?.shop,
    ))
}
