//! An order through its unguessable link (STF-21, A7).

use std::sync::Arc;

use operations::{
    FlowError,
    flows::{collect_payment, end_order},
    views::shop::{
        order::{OrderPage, order_page},
        result::{ResultPage, result_page},
    },
};
use orders::{Order, order};
use payments::PaymentsError;
use platform::{
    Ctx,
    web::{Body, Done, Incoming, Page, Path, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Storefront, face::problem};

/// A link to an order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct TokenPath {
    /// The unguessable text of the order's page.
    pub(crate) token: String,
}

/// What a buyer tells about a transfer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TransferReport {
    /// The last five digits of the account it came from.
    last_five: String,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<TokenPath>),
) -> Result<Page<OrderPage>, Problem> {
    let view = view(&shop, &ctx, &incoming, path.token).await?;
    shop.opened(&ctx, &incoming);
    Ok(Page::new(view))
}

pub(crate) async fn result(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<TokenPath>),
) -> Result<Page<ResultPage>, Problem> {
    let facts = shop.facts(&ctx).await?;
    let read = ctx.read(async move |rx, ctx| result_page(rx, ctx, &facts, &path.token).await);
    let view = read.await.map_err(|e| missed(&shop, &incoming, e))?;
    shop.opened(&ctx, &incoming);
    Ok(Page::new(view))
}

pub(crate) async fn report_transfer(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(report)): (Whole, Path<TokenPath>, Body<TransferReport>),
) -> Result<Done<OrderPage>, Problem> {
    let order = by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let told = collect_payment::report_transfer(&ctx, order.id, report.last_five).await;
    after(&shop, &ctx, &incoming, path.token, told).await
}

pub(crate) async fn cancel(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<TokenPath>),
) -> Result<Done<OrderPage>, Problem> {
    let ended = end_order::cancel_by_buyer(&ctx, path.token.clone())
        .await
        .map(|_| ());
    after(&shop, &ctx, &incoming, path.token, ended).await
}

/// The order as it is after an act of its buyer; a browser sees a refusal on the order's page.
pub(crate) async fn after(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
    result: Result<(), FlowError>,
) -> Result<Done<OrderPage>, Problem> {
    let url = format!("/orders/{token}");
    if let Err(error) = result {
        return Err(refused(shop, ctx, incoming, token, error).await);
    }
    Ok(Done::new(view(shop, ctx, incoming, token).await?, url))
}

/// A refusal; a browser sees it on the order's page.
pub(crate) async fn refused(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
    error: FlowError,
) -> Problem {
    let refusal = missed(shop, incoming, error);
    if incoming.program || !refusal.status().is_client_error() || refusal.status() == 404 {
        return refusal;
    }
    match view(shop, ctx, incoming, token).await {
        Ok(view) => refusal.on(Page::new(view).with_typed(incoming.typed())),
        Err(_) => refusal,
    }
}

/// A link that leads nowhere is counted; the answer is the same for every such link (A1, A7).
pub(super) fn missed(shop: &Storefront, incoming: &Incoming, error: FlowError) -> Problem {
    match error {
        FlowError::NotFound => shop.limits.link_missed(incoming),
        FlowError::Payments(error @ PaymentsError::LastFive) => {
            Problem::invalid(error.key()).field("last_five", error.key())
        }
        other => problem(other),
    }
}

async fn view(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
) -> Result<OrderPage, Problem> {
    let facts = shop.facts(ctx).await?;
    let read = ctx.read(async move |rx, ctx| order_page(rx, ctx, &facts, &token).await);
    read.await.map_err(|e| missed(shop, incoming, e))
}

/// The order behind a link.
pub(crate) async fn by_token(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
) -> Result<Order, Problem> {
    let read = ctx.read(async move |rx, ctx| {
        order::by_token(rx, &token, ctx.now())
            .await?
            .ok_or(FlowError::NotFound)
    });
    read.await.map_err(|e| missed(shop, incoming, e))
}
