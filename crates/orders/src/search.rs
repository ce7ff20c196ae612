//! The list of orders with its tabs and its search box.
//!
//! Every list is newest first and pages by the place of its last order; how places are found stands in `find`.

use kernel::{Money, OrderId, Timestamp};
use platform::{Cursor, DbError, Page, Rx, db::Row};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    OrderState, OrdersError, PaymentMethod, PaymentState, codes::codes, find, line, terms::Prefix,
};

codes! {
    /// The tabs of the order list.
    Tab {
        /// Every order.
        All = "all",
        /// Ordered, not paid (拍下未付款, CHK-08).
        Unpaid = "unpaid",
        /// Paid or due on delivery, and not all gone yet.
        ToShip = "to_ship",
        /// On the way.
        Shipped = "shipped",
        /// Arrived.
        Delivered = "delivered",
        /// Over.
        Closed = "closed",
        /// Cancelled or expired.
        Cancelled = "cancelled",
    }
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct OrderQuery {
    /// The beginning of a number, name, phone, e-mail address or SKU; empty for all.
    pub q: String,
    /// Which orders.
    pub tab: Tab,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many orders a page has, from 1 to 100.
    pub limit: usize,
}

impl Default for OrderQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            tab: Tab::All,
            after: None,
            limit: 20,
        }
    }
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: OrderState,
    /// What is known about its money.
    pub payment_state: PaymentState,
    /// How it is to be paid.
    pub payment_method: PaymentMethod,
    /// True when it is paid and has no stock.
    pub stock_decision: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What is to be paid.
    pub total: Money,
    /// Who ordered.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: String,
    /// Its goods in one line.
    pub summary: String,
    /// Units in all lines.
    pub units: i64,
    /// Where the visit came from.
    pub source: Option<String>,
    /// Until when it can be paid.
    pub pay_by: Option<Timestamp>,
    /// Until when the shop promised to ship it.
    pub ship_by: Option<Timestamp>,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// The shopper's wish.
    pub customer_note: Option<String>,
}

/// Lines named in an order's summary.
const NAMED: usize = 3;

/// One page of orders, newest first.
///
/// # Errors
/// [`OrdersError::BadCursor`].
pub async fn search(rx: &mut Rx, query: OrderQuery) -> Result<Page<OrderSummary>, OrdersError> {
    let limit = query.limit.clamp(1, 100);
    let after = query.after.map_or(Ok(find::TOP), |cursor| {
        cursor.key().ok_or(OrdersError::BadCursor)
    })?;
    let places = find::places(rx, query.tab, Prefix::of(&query.q), after, limit + 1).await?;
    let ids: Vec<OrderId> = places.iter().map(|(_, id)| OrderId(*id)).collect();
    let mut summaries = summaries(rx, &ids).await?;
    summaries
        .sort_unstable_by_key(|order| std::cmp::Reverse((order.placed_at.micros(), order.id.0)));
    let keyed = summaries.into_iter().map(|order| {
        let place = (order.placed_at.micros(), order.id.0);
        (order, place)
    });
    Ok(Page::of(keyed.collect(), limit))
}

/// How many orders stand in each tab that somebody has to work on.
///
/// # Errors
/// Whatever the database says.
pub async fn counts(rx: &mut Rx) -> Result<Vec<(Tab, i64)>, OrdersError> {
    let sql = "SELECT tab, COUNT(*) AS n FROM orders WHERE tab IN ('unpaid', 'to_ship', 'shipped', 'delivered') GROUP BY tab";
    let rows = rx.rows(sql, &[]).await?;
    let found = rows
        .iter()
        .map(|row| Ok((row.parse("tab")?, row.get("n")?)))
        .collect::<Result<Vec<(Tab, i64)>, DbError>>()?;
    let of = |tab: Tab| found.iter().find(|(t, _)| *t == tab).map_or(0, |(_, n)| *n);
    Ok([Tab::Unpaid, Tab::ToShip, Tab::Shipped, Tab::Delivered]
        .into_iter()
        .map(|tab| (tab, of(tab)))
        .collect())
}

const COLUMNS: &str = "id, number, state, payment_state, payment_method, stock_decision, placed_at, currency, total, buyer_name, phone, \
     source, pay_until, ship_by, gift_message, note";

impl OrderSummary {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            state: row.parse("state")?,
            payment_state: row.parse("payment_state")?,
            payment_method: row.parse("payment_method")?,
            stock_decision: row.get("stock_decision")?,
            placed_at: row.get("placed_at")?,
            total: row.money("total")?,
            customer_name: row.get("buyer_name")?,
            customer_phone: row.get("phone")?,
            summary: String::new(),
            units: 0,
            source: row.get("source")?,
            pay_by: row.get("pay_until")?,
            ship_by: row.get("ship_by")?,
            gift_message: row.get("gift_message")?,
            customer_note: row.get("note")?,
        })
    }
}

/// The summaries of these orders, in no order.
///
/// # Errors
/// Whatever the database says.
pub async fn summaries(rx: &mut Rx, ids: &[OrderId]) -> Result<Vec<OrderSummary>, OrdersError> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(line::LIST) {
        let list = line::list(1, line::LIST);
        let rows = rx
            .rows(
                &format!("SELECT {COLUMNS} FROM orders WHERE id IN ({list})"),
                &line::padded(part, line::LIST),
            )
            .await?;
        found.extend(
            rows.iter()
                .map(OrderSummary::from_row)
                .collect::<Result<Vec<_>, _>>()?,
        );
        let sql = format!(
            "SELECT order_id, title, variant_title, quantity FROM order_lines WHERE order_id IN ({list}) ORDER BY order_id, position"
        );
        let rows = rx.rows(&sql, &line::padded(part, line::LIST)).await?;
        describe(&mut found, &rows)?;
    }
    Ok(found)
}

/// Fills in what the orders hold, from the rows of their lines.
fn describe(orders: &mut [OrderSummary], lines: &[Row]) -> Result<(), DbError> {
    for order in orders {
        let mut goods = Vec::new();
        let mut lines_found = 0;
        for row in lines {
            if row.get::<OrderId>("order_id")? != order.id {
                continue;
            }
            let (title, variant): (String, String) = (row.get("title")?, row.get("variant_title")?);
            let quantity: i64 = row.get("quantity")?;
            order.units += quantity;
            lines_found += 1;
            if lines_found <= NAMED {
                let name = if variant.is_empty() {
                    title
                } else {
                    format!("{title} {variant}")
                };
                goods.push(if quantity == 1 {
                    name
                } else {
                    format!("{name} × {quantity}")
                });
            }
        }
        if lines_found > NAMED {
            goods.push("…".to_owned());
        }
        if lines_found > 0 {
            order.summary = goods.join(" · ");
        }
    }
    Ok(())
}
