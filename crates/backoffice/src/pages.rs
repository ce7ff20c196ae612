//! Pages that are only looked at: home, orders, an order, the shipping queue, the funnel.

use std::sync::Arc;

use jiff::civil::Date;
use kernel::OrderId;
use operations::views::admin::{
    AdminHome, AdminOrder, AdminOrders, CardsPage, FunnelPage, ShippingQueue, cards, funnel, home,
    order, orders as order_list, shipping, shipping::QueueTab,
};
use orders::{OrderQuery, Tab};
use platform::{
    Ctx, Cursor,
    web::{Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Backoffice, paths::OrderPath};

/// What to look for among orders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrdersQuery {
    /// The beginning of a number, name, phone, e-mail address or SKU.
    #[serde(default)]
    q: String,
    /// The tab: `all`, `unpaid`, `to_ship`, `shipped`, `delivered`, `closed`, `cancelled`.
    #[serde(default)]
    tab: Option<Tab>,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    after: Option<Cursor>,
    /// How many orders, from 1 to 100.
    #[serde(default, deserialize_with = "form::whole_opt")]
    limit: Option<i64>,
}

/// Which part of the shipping queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueQuery {
    /// The tab: `all`, `overdue`, `today`, `later`, `picked`.
    #[serde(default)]
    tab: QueueTab,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    after: Option<Cursor>,
}

/// Which days, and which source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FunnelQuery {
    /// The first day, `2026-03-02`; 30 days before the last one when absent.
    #[serde(default)]
    from: Option<String>,
    /// The last day; today when absent.
    #[serde(default)]
    to: Option<String>,
    /// Only visits from this source.
    #[serde(default)]
    source: Option<String>,
}

/// Which days.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DaysQuery {
    /// The first day, `2026-03-02`; 30 days before the last one when absent.
    #[serde(default)]
    from: Option<String>,
    /// The last day; today when absent.
    #[serde(default)]
    to: Option<String>,
}

/// How the day goes, and what waits for somebody.
pub(crate) async fn home(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Page<AdminHome>, Problem> {
    Ok(Page::new(
        ctx.read_snapshot(async |rx, ctx| home::home(rx, ctx).await)
            .await?,
    ))
}

/// The list of orders.
pub(crate) async fn orders(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<OrdersQuery>,
) -> Result<Page<AdminOrders>, Problem> {
    let limit = query
        .limit
        .map_or(20, |limit| usize::try_from(limit).unwrap_or(1));
    let query = OrderQuery {
        q: query.q,
        tab: query.tab.unwrap_or(Tab::All),
        after: query.after,
        limit,
    };
    Ok(Page::new(
        ctx.read(async move |rx, ctx| order_list::list(rx, ctx, query).await)
            .await?,
    ))
}

/// One order, whole.
pub(crate) async fn order(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<OrderPath>,
) -> Result<Page<AdminOrder>, Problem> {
    Ok(Page::new(order_page(&ctx, at.id).await?))
}

/// One order as its page shows it.
pub(crate) async fn order_page(ctx: &Ctx, id: OrderId) -> Result<AdminOrder, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| order::order(rx, ctx, id).await)
        .await?)
}

/// The shipping queue.
pub(crate) async fn shipping(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<QueueQuery>,
) -> Result<Page<ShippingQueue>, Problem> {
    let found =
        ctx.read(async move |rx, ctx| shipping::queue(rx, ctx, query.tab, query.after).await);
    Ok(Page::new(found.await?))
}

/// How each card did, and what may keep people from opening it.
pub(crate) async fn cards(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<DaysQuery>,
) -> Result<Page<CardsPage>, Problem> {
    let (from, to) = (day(query.from, "from")?, day(query.to, "to")?);
    let found = ctx.read_snapshot(async move |rx, ctx| cards::page(rx, ctx, from, to).await);
    Ok(Page::new(found.await?))
}

/// The five-point funnel.
pub(crate) async fn funnel(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<FunnelQuery>,
) -> Result<Page<FunnelPage>, Problem> {
    let (from, to) = (day(query.from, "from")?, day(query.to, "to")?);
    let found =
        ctx.read_snapshot(async move |rx, ctx| funnel::page(rx, ctx, from, to, query.source).await);
    Ok(Page::new(found.await?))
}

fn day(text: Option<String>, field: &str) -> Result<Option<Date>, Problem> {
    let parsed = text.map(|text| text.parse::<Date>()).transpose();
    parsed.map_err(|_| Problem::invalid("error-invalid-input").field(field, "error-invalid-value"))
}
