//! The orders of the account.

use std::sync::Arc;

use operations::views::shop::account::orders::{OrdersPage, orders_page};
use platform::{
    Ctx, Cursor,
    web::{Page, Problem, Query, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::customer;
use crate::Storefront;

/// Which part of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct OrdersQuery {
    /// The cursor of the page before.
    after: Option<String>,
}

pub(crate) async fn list(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Query(query)): (Whole, Query<OrdersQuery>),
) -> Result<Page<OrdersPage>, Problem> {
    let id = customer(&ctx)?;
    shop.opened(&ctx, &incoming);
    let after = query.after.as_deref().map(Cursor::from_text);
    let read = ctx.read(async move |rx, _| orders_page(rx, id, after.as_ref()).await);
    Ok(Page::new(read.await?))
}
