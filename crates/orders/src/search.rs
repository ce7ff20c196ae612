//! Finding orders (peers' lesson: a search of its own index, never a scan).
//!
//! A tab without a search is one range of `orders_by_tab` or `orders_by_time`. A search goes through `order_terms` day
//! by day from the newest, taking more days at a time the longer it finds nothing: a rare prefix costs one look-up a
//! day, and a prefix that every order has is answered by the newest day alone. A search inside a tab of open orders
//! reads the tab, which is short and lies together; inside a tab of old orders it goes through the terms and keeps
//! what is in the tab. Every list is newest first and pages by the place of its last order.

use std::collections::HashSet;

use kernel::{Money, OrderId, Timestamp};
use platform::{
    Cursor, DbError, Page, Rx,
    db::{Row, Value},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    OrderState, OrdersError, PaymentMethod, PaymentState,
    codes::codes,
    line,
    terms::{self, Prefix},
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

/// The place of an order in every list: when it was placed, in microseconds, and its key.
type Place = (i64, Uuid);

/// Before the newest order.
const TOP: Place = (i64::MAX, Uuid::max());
/// Days looked up by one statement at most.
const SPAN: i64 = 64;
/// A tab of open orders with fewer of them than this is read through when it is searched.
const SMALL: i64 = 20_000;
/// Orders found by their terms that are looked at together to see whether they are in the tab.
const LOOK: usize = 250;
/// Lines named in an order's summary.
const NAMED: usize = 3;

/// One page of orders, newest first.
///
/// # Errors
/// [`OrdersError::BadCursor`].
pub async fn search(rx: &mut Rx, query: OrderQuery) -> Result<Page<OrderSummary>, OrdersError> {
    let limit = query.limit.clamp(1, 100);
    let after = query
        .after
        .map_or(Ok(TOP), |cursor| cursor.key().ok_or(OrdersError::BadCursor))?;
    let wanted = limit + 1;
    let places = match Prefix::of(&query.q) {
        None => in_tab(rx, query.tab, None, after, wanted).await?,
        Some(prefix) if is_small(rx, query.tab).await? => {
            in_tab(rx, query.tab, Some(&prefix), after, wanted).await?
        }
        Some(prefix) => {
            let search = ByTerm {
                prefix,
                tab: query.tab,
                after,
                wanted,
            };
            search.run(rx).await?
        }
    };
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

async fn is_small(rx: &mut Rx, tab: Tab) -> Result<bool, DbError> {
    if matches!(tab, Tab::All | Tab::Closed | Tab::Cancelled) {
        return Ok(false);
    }
    // In the order of the index, or PostgreSQL may prefer to read the whole table.
    let sql = "SELECT COUNT(*) FROM (SELECT id FROM orders WHERE tab = $1 ORDER BY placed_at DESC, id DESC LIMIT $2) AS found";
    Ok(rx.scalar::<i64>(sql, params![tab, SMALL]).await? < SMALL)
}

/// Orders of a tab after a place, those with a term of the prefix if one is given.
async fn in_tab(
    rx: &mut Rx,
    tab: Tab,
    prefix: Option<&Prefix>,
    after: Place,
    wanted: usize,
) -> Result<Vec<Place>, DbError> {
    let mut values: Vec<Value> = params![after.0, after.1, count(wanted)].to_vec();
    let mut conditions = String::new();
    if tab != Tab::All {
        conditions.push_str(" AND tab = $4");
        values.extend_from_slice(params![tab]);
    }
    if let Some(prefix) = prefix {
        values.extend_from_slice(params![prefix.pattern()]);
        conditions.push_str(&format!(" AND terms LIKE ${} ESCAPE '\\'", values.len()));
    }
    let sql = format!(
        "SELECT placed_at, id FROM orders WHERE (placed_at, id) < ($1, $2){conditions} ORDER BY placed_at DESC, id DESC LIMIT $3"
    );
    rx.rows(&sql, &values)
        .await?
        .iter()
        .map(|row| Ok((row.get("placed_at")?, row.get("id")?)))
        .collect()
}

/// A search through the terms: what for, where, from which place on, and how many orders are wanted.
struct ByTerm {
    prefix: Prefix,
    tab: Tab,
    after: Place,
    wanted: usize,
}

impl ByTerm {
    /// The orders, day by day.
    async fn run(&self, rx: &mut Rx) -> Result<Vec<Place>, DbError> {
        let mut found: Vec<Place> = Vec::new();
        let mut until = terms::day_of(Timestamp::from_micros(self.after.0));
        let mut span = 1;
        while found.len() < self.wanted {
            // Days without orders are skipped.
            let sql = "SELECT MAX(day) FROM order_terms WHERE day <= $1";
            let newest: Option<i64> = rx.scalar(sql, params![until]).await?;
            let Some(newest) = newest else { break };
            let days: Vec<i64> = (0..span).map(|back| newest - back).collect();
            self.in_days(rx, &days, &mut found).await?;
            until = newest - span;
            span = (span * 2).min(SPAN);
        }
        found.truncate(self.wanted);
        Ok(found)
    }

    async fn in_days(
        &self,
        rx: &mut Rx,
        days: &[i64],
        found: &mut Vec<Place>,
    ) -> Result<(), DbError> {
        let sql = format!(
            "SELECT placed_at, order_id FROM order_terms WHERE day IN ({}) AND term >= $1 AND term < $2 \
             AND (placed_at, order_id) < ($3, $4) ORDER BY placed_at DESC, order_id DESC LIMIT $5",
            line::list(6, days.len())
        );
        // An order may have several such terms; it comes once for each of them, one after the other.
        let mut batch = if self.tab == Tab::All {
            self.wanted * 3
        } else {
            4 * LOOK
        };
        let Prefix { from, to } = &self.prefix;
        let mut last = self.after;
        loop {
            let mut values: Vec<Value> = params![from, to, last.0, last.1, count(batch)].to_vec();
            values.extend(days.iter().map(|day| Value::Int(*day)));
            let rows = rx.rows(&sql, &values).await?;
            let mut places: Vec<Place> = Vec::with_capacity(rows.len());
            for row in &rows {
                let place = (row.get("placed_at")?, row.get("order_id")?);
                if place != last {
                    places.push(place);
                    last = place;
                }
            }
            for part in places.chunks(LOOK) {
                found.extend(self.in_tab(rx, part).await?);
                if found.len() >= self.wanted {
                    return Ok(());
                }
            }
            if rows.len() < batch {
                return Ok(());
            }
            batch *= 2;
        }
    }

    /// Those of the places whose orders are in the tab.
    async fn in_tab(&self, rx: &mut Rx, places: &[Place]) -> Result<Vec<Place>, DbError> {
        if self.tab == Tab::All {
            return Ok(places.to_vec());
        }
        let ids: Vec<OrderId> = places.iter().map(|(_, id)| OrderId(*id)).collect();
        let sql = format!(
            "SELECT id FROM orders WHERE id IN ({}) AND tab = ${}",
            line::list(1, LOOK),
            LOOK + 1
        );
        let mut values = line::padded(&ids, LOOK);
        values.extend_from_slice(params![self.tab]);
        let rows = rx.rows(&sql, &values).await?;
        let kept: HashSet<Uuid> = rows
            .iter()
            .map(|row| row.get("id"))
            .collect::<Result<_, _>>()?;
        Ok(places
            .iter()
            .copied()
            .filter(|(_, id)| kept.contains(id))
            .collect())
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
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
