//! Pages that are only looked at: home, an order, the funnel.

use std::sync::Arc;

use jiff::civil::Date;
use kernel::OrderId;
use operations::views::admin::{AdminHome, AdminOrder, FunnelPage, funnel, home, order};
use platform::{
    Ctx,
    web::{Page, Path, Problem, Query},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Backoffice, paths::OrderPath};

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

/// How the day goes, and what waits for somebody.
pub(crate) async fn home(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Page<AdminHome>, Problem> {
    Ok(Page::new(
        ctx.read_snapshot(async |rx, ctx| home::home(rx, ctx).await)
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
