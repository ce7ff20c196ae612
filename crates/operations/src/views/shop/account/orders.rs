//! The orders of an account.

use customers::account;
use kernel::{CustomerId, Money, OrderId, Timestamp};
use orders::{Order, OrderLine, OrderState, PaymentMethod, PaymentState, order};
use platform::{Cursor, Page, Rx, list::ListError, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::parts::small_url;
use crate::{FlowError, views::shop::order::bought_units};

/// Orders on one page.
const PAGE: i64 = 10;
/// Pictures beside an order.
const PICTURES: usize = 4;

/// The orders of an account, newest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrdersPage {
    /// The orders.
    pub orders: Page<OrderRow>,
}

impl PageView for OrdersPage {
    const TEMPLATE: &'static str = "account_orders.html";
}

/// An order in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderRow {
    /// The order.
    pub id: OrderId,
    /// The number people use.
    pub number: String,
    /// Its page.
    pub url: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where it stands.
    pub state: OrderState,
    /// What is known about its money.
    pub payment_state: PaymentState,
    /// How it is to be paid.
    pub payment_method: PaymentMethod,
    /// What it costs.
    pub total: Money,
    /// Units ordered.
    pub item_count: i64,
    /// The names of what was ordered.
    pub titles: Vec<String>,
    /// Some pictures of it.
    pub images: Vec<String>,
}

/// A page of the orders of a customer, and those of them whose links have ended.
///
/// # Errors
/// [`FlowError::List`] for a cursor of another list, [`FlowError::NotFound`] without an account.
pub async fn orders_page(
    rx: &mut Rx,
    id: CustomerId,
    after: Option<&Cursor>,
) -> Result<OrdersPage, FlowError> {
    let orders = rows(rx, id, after, PAGE).await?;
    Ok(OrdersPage { orders })
}

pub(super) async fn rows(
    rx: &mut Rx,
    id: CustomerId,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Page<OrderRow>, FlowError> {
    let known = account::of(rx, id).await?.ok_or(FlowError::NotFound)?;
    let after = match after {
        Some(cursor) => {
            let key: Option<(Timestamp, OrderId)> = cursor.key();
            Some(key.ok_or(ListError::BadCursor)?)
        }
        None => None,
    };
    let found = orders::account::list(rx, (id, &known.email), after, limit + 1).await?;
    let mut rows = Vec::with_capacity(found.len());
    for order in found {
        let key = (order.placed_at, order.id);
        let lines = order::lines(rx, order.id).await?;
        rows.push((row(order, &lines), key));
    }
    Ok(Page::of(rows, usize::try_from(limit).unwrap_or_default()))
}

fn row(order: Order, lines: &[OrderLine]) -> OrderRow {
    let pictures = lines.iter().filter_map(|l| l.image_key.as_deref());
    OrderRow {
        url: format!("/orders/{}", order.token),
        item_count: bought_units(lines),
        titles: lines.iter().map(|l| l.title.clone()).collect(),
        images: pictures.take(PICTURES).map(small_url).collect(),
        id: order.id,
        number: order.number,
        placed_at: order.placed_at,
        state: order.state,
        payment_state: order.payment_state,
        payment_method: order.payment_method,
        total: order.total,
    }
}
