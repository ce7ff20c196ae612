//! Paying an order: the demo card page, and choosing another way after a decline (CHK-05).

use std::sync::Arc;

use kernel::PaymentId;
use operations::{
    FlowError,
    flows::collect_payment,
    views::{
        payment::{self as next_payment, NextAction, NextPayment},
        shop::payment::{Found, PaymentPage, payment_page},
    },
};
use orders::PaymentMethod;
use payments::demo_card::Scenario;
use platform::{
    Ctx,
    web::{Body, Done, Either, Page, Path, Problem, Whole},
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

/// What the demo card page is to answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenOutcome {
    /// A code of `GET /orders/{token}/payments/{payment_id}`.
    outcome: String,
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

/// The demo page, or the way to the result once the payment is over.
pub(crate) type Shown = Either<Done<()>, Page<PaymentPage>>;

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
    match found {
        Ok(Found::Page(view)) => {
            shop.opened(&ctx, &incoming);
            Ok(Either::Right(Page::new(view)))
        }
        Ok(Found::Over) => Ok(Either::Left(Done::new((), result))),
        Err(FlowError::NotFound) => Err(shop.limits.link_missed(&incoming)),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn pay(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(chosen)): (Whole, Path<PaymentPath>, Body<ChosenOutcome>),
) -> Result<Done<NextPayment>, Problem> {
    let wrong = |_| Problem::invalid("error-invalid-input").field("outcome", "error-invalid-value");
    let scenario: Scenario = chosen.outcome.parse().map_err(wrong)?;
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let payment = match collect_payment::pay_by_card(&ctx, known.id, path.payment_id, scenario)
        .await
    {
        Ok(payment) => payment,
        Err(error) => return Err(order::refused(&shop, &ctx, &incoming, path.token, error).await),
    };
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let next = next_payment::next(&known, &payment, &shop.facts(&ctx).await?.shop);
    Ok(Done::new(next, format!("/orders/{}/result", path.token)))
}
