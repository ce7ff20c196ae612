//! The list of orders with its tabs and its search box.
//!
//! A list pages by the place of its last order; how places are found stands in `find`, how lists are narrowed and
//! sorted otherwise in `narrow`.

use std::collections::HashMap;

use kernel::{Money, OrderId, Timestamp};
use platform::{Cursor, DbError, Page, Rx, db::Row};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    OrderState, OrdersError, PaymentMethod, PaymentState,
    codes::codes,
    find, line,
    narrow::{self, Narrow, OrderSort, SortKey},
    terms::Prefix,
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
    /// What narrows them further.
    pub narrow: Narrow,
    /// What they are sorted by, …
    pub sort: OrderSort,
    /// … and whether the other way round.
    pub ascending: bool,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many orders a page has, from 1 to 500.
    pub limit: usize,
}

impl Default for OrderQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            tab: Tab::All,
            narrow: Narrow::default(),
            sort: OrderSort::PlacedAt,
            ascending: false,
            after: None,
            limit: 20,
        }
    }
}

/// A page of orders, and how far it was looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOrders {
    /// The orders.
    pub page: Page<OrderSummary>,
    /// How many of the newest orders were sorted when there are more; null when all of them were.
    pub among: Option<usize>,
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
    /// Until when it must leave, where it goes before others.
    pub urgent_until: Option<Timestamp>,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// What wrapping it as a gift costs; none when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// The shopper's wish.
    pub customer_note: Option<String>,
}

/// Lines named in an order's summary.
const NAMED: usize = 3;

/// One page of orders, newest first when nothing else is asked.
///
/// # Errors
/// [`OrdersError::BadCursor`].
pub async fn search(rx: &mut Rx, query: OrderQuery) -> Result<Page<OrderSummary>, OrdersError> {
    Ok(found(rx, query).await?.page)
}

/// As [`search`], and says among how many orders the order was made.
///
/// # Errors
/// [`OrdersError::BadCursor`].
pub async fn found(rx: &mut Rx, query: OrderQuery) -> Result<FoundOrders, OrdersError> {
    let limit = query.limit.clamp(1, 500);
    let prefix = Prefix::of(&query.q);
    let by_time = query.sort == OrderSort::PlacedAt;
    if by_time && (prefix.is_none() || !query.ascending) {
        let page = in_time(rx, &query, prefix, limit).await?;
        return Ok(FoundOrders { page, among: None });
    }
    in_other_order(rx, &query, prefix, limit).await
}

async fn in_time(
    rx: &mut Rx,
    query: &OrderQuery,
    prefix: Option<Prefix>,
    limit: usize,
) -> Result<Page<OrderSummary>, OrdersError> {
    let (tab, narrow) = (query.tab, &query.narrow);
    let places = if query.ascending {
        let first = (i64::MIN, Uuid::nil());
        let after = place_of(query.after.as_ref(), "placed_at", first)?;
        narrow.walk(rx, tab, after, true, limit + 1).await?
    } else {
        let after = place_of(query.after.as_ref(), "-placed_at", find::TOP)?;
        find::places(rx, (tab, narrow), prefix, after, limit + 1).await?
    };
    let order = if query.ascending {
        "placed_at"
    } else {
        "-placed_at"
    };
    let orders = shown(rx, places.found.iter().map(|(_, id)| *id)).await?;
    let keyed = orders.into_iter().map(|shown| {
        let place = (order, shown.placed_at.micros(), shown.id.0);
        (shown, place)
    });
    let mut page = Page::of(keyed.collect(), limit);
    if page.next_cursor.is_none() {
        page.next_cursor = places.further.map(|(at, id)| Cursor::at(&(order, at, id)));
    }
    Ok(page)
}

/// The place that a cursor of this order names, or where the list begins.
fn place_of(
    cursor: Option<&Cursor>,
    order: &str,
    begin: find::Place,
) -> Result<find::Place, OrdersError> {
    let Some(cursor) = cursor else {
        return Ok(begin);
    };
    let place: Option<(String, i64, Uuid)> = cursor.key();
    match place {
        Some((listed, at, id)) if listed == order => Ok((at, id)),
        _ => Err(OrdersError::BadCursor),
    }
}

async fn in_other_order(
    rx: &mut Rx,
    query: &OrderQuery,
    prefix: Option<Prefix>,
    limit: usize,
) -> Result<FoundOrders, OrdersError> {
    let (sort, descending) = (query.sort, !query.ascending);
    let order = format!("{}{sort}", if descending { "-" } else { "" });
    let after: Option<(SortKey, Uuid)> = match &query.after {
        None => None,
        Some(cursor) => match cursor.key::<(String, SortKey, Uuid)>() {
            Some((listed, key, id)) if listed == order && key.fits(sort) => Some((key, id)),
            _ => return Err(OrdersError::BadCursor),
        },
    };
    let (places, among) = if prefix.is_some() {
        let wanted = (query.tab, &query.narrow);
        let found = find::places(rx, wanted, prefix, find::TOP, narrow::FOUND + 1).await?;
        let more = found.found.len() > narrow::FOUND || found.further.is_some();
        let newest = found.found.get(..narrow::FOUND).unwrap_or(&found.found);
        let sorted =
            narrow::sort_found(rx, newest, (sort, descending), after.as_ref(), limit + 1).await?;
        (sorted, more.then_some(narrow::FOUND))
    } else {
        let (sorted, more) = query
            .narrow
            .among_newest(rx, query.tab, (sort, descending), after.as_ref(), limit + 1)
            .await?;
        (sorted, more.then_some(narrow::WITHIN))
    };
    let orders = shown(rx, places.iter().map(|(_, id)| *id)).await?;
    let keyed = orders
        .into_iter()
        .zip(places)
        .map(|(shown, (key, id))| (shown, (order.clone(), key, id)));
    Ok(FoundOrders {
        page: Page::of(keyed.collect(), limit),
        among,
    })
}

/// The orders of these keys, in their order.
async fn shown(
    rx: &mut Rx,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<OrderSummary>, OrdersError> {
    let ids: Vec<OrderId> = ids.map(OrderId).collect();
    let mut known: HashMap<OrderId, OrderSummary> = summaries(rx, &ids)
        .await?
        .into_iter()
        .map(|order| (order.id, order))
        .collect();
    Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
}

/// The orders that go before others and have not left, the first deadline first (ORD-07).
///
/// # Errors
/// Whatever the database says.
pub async fn urgent(rx: &mut Rx, limit: i64) -> Result<Vec<OrderSummary>, OrdersError> {
    let sql = "SELECT id FROM orders WHERE urgent_until IS NOT NULL AND tab IN ('to_ship', 'unpaid') ORDER BY urgent_until, id LIMIT $1";
    let rows = rx.rows(sql, &[platform::db::Value::Int(limit)]).await?;
    let ids: Vec<OrderId> = rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, DbError>>()?;
    let mut found = summaries(rx, &ids).await?;
    found.sort_unstable_by_key(|order| (order.urgent_until, order.id));
    Ok(found)
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
     source, pay_until, ship_by, gift_message, gift_wrap, note, urgent_until";

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
            urgent_until: row.get("urgent_until")?,
            gift_message: row.get("gift_message")?,
            gift_wrap: row.money_opt("gift_wrap")?,
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
