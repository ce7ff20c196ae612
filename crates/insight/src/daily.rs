//! Visitors, orders and sales day by day, for the first page of the back office.

use std::collections::HashSet;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use kernel::{Currency, Money, Timestamp, event};
use platform::{
    Rx,
    db::{IntoValue, Value},
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    InsightError, Range,
    funnel::{Query, query::Orders},
};

/// One day of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Day {
    /// The day in the shop's time zone, `2026-03-02`.
    pub date: String,
    /// People who arrived.
    pub visits: i64,
    /// Orders placed.
    pub orders: i64,
    /// People who ordered.
    pub orderers: i64,
    /// Orders paid.
    pub paid_orders: i64,
    /// People who paid.
    pub payers: i64,
    /// What was paid.
    pub paid_sales: Money,
}

/// The `days` days that end with `last`, oldest first, in three statements whatever their number. A long read: call it
/// through `read_snapshot`.
///
/// # Errors
/// An impossible range, or whatever the database says.
pub async fn days(
    rx: &mut Rx,
    zone: &TimeZone,
    last: Date,
    days: u16,
    currency: Currency,
) -> Result<Vec<Day>, InsightError> {
    let mut calendar = Vec::with_capacity(days.into());
    for back in (0..i64::from(days)).rev() {
        let date = last
            .checked_sub(back.days())
            .map_err(|_| InsightError::RangeTooLong)?;
        calendar.push((date, Range::days(zone, date, date)?));
    }
    let (Some((_, first)), Some((_, end))) = (calendar.first(), calendar.last()) else {
        return Ok(Vec::new());
    };
    let query = Query {
        range: Range::new(first.from(), end.until())?,
        currency,
        source: None,
    };
    let visits = visits(rx, &calendar).await?;
    let placed = sums(rx, Orders::placed(&query), &calendar, currency).await?;
    let paid = sums(rx, Orders::paid(&query), &calendar, currency).await?;
    let together = calendar.iter().zip(visits).zip(placed.iter().zip(&paid));
    Ok(together
        .map(|(((date, _), visits), (placed, paid))| Day {
            date: date.to_string(),
            visits,
            orders: count(placed.orders.len()),
            orderers: count(placed.people.len()),
            paid_orders: count(paid.orders.len()),
            payers: count(paid.people.len()),
            paid_sales: Money::new(paid.amount, currency),
        })
        .collect())
}

/// How many people arrived on each day. Asked within the row of its day, each count is one stretch of the index;
/// a join lets a database read all events first.
async fn visits(rx: &mut Rx, calendar: &[(Date, Range)]) -> Result<Vec<i64>, InsightError> {
    let names = [
        event::PAGE_VIEWED,
        event::PRODUCT_VIEWED,
        event::INQUIRY_STARTED,
        event::ORDER_PLACED,
    ];
    let mut values: Vec<Value> = names.iter().map(|name| (*name).into_value()).collect();
    let mut rows = Vec::with_capacity(calendar.len());
    for (place, (_, range)) in calendar.iter().enumerate() {
        let (from, until) = (values.len() + 1, values.len() + 2);
        rows.push(format!(
            "({place}, CAST(${from} AS BIGINT), CAST(${until} AS BIGINT))"
        ));
        values.extend([range.from().into_value(), range.until().into_value()]);
    }
    let sql = format!(
        "WITH days (place, starts, ends) AS (VALUES {}) SELECT days.place, (SELECT COUNT(DISTINCT e.visitor_id) \
         FROM events e WHERE e.name IN ($1, $2, $3, $4) AND e.occurred_at >= days.starts AND e.occurred_at < days.ends \
         AND e.visitor_id IS NOT NULL) AS people FROM days",
        rows.join(", ")
    );
    let mut people = vec![0; calendar.len()];
    for row in rx.rows(&sql, &values).await? {
        let place: i64 = row.get("place")?;
        if let Some(day) = usize::try_from(place).ok().and_then(|p| people.get_mut(p)) {
            *day = row.get("people")?;
        }
    }
    Ok(people)
}

/// What was placed or paid on one day; an order counts once.
#[derive(Default)]
struct Sum {
    orders: HashSet<Uuid>,
    people: HashSet<Uuid>,
    amount: i64,
}

/// Orders, people and money of each day.
async fn sums(
    rx: &mut Rx,
    mut pages: Orders,
    calendar: &[(Date, Range)],
    currency: Currency,
) -> Result<Vec<Sum>, InsightError> {
    let mut sums: Vec<Sum> = calendar.iter().map(|_| Sum::default()).collect();
    while let Some(page) = pages.next(rx).await? {
        for order in page {
            let Some(sum) = day_of(calendar, order.at).and_then(|day| sums.get_mut(day)) else {
                continue;
            };
            sum.people.insert(order.person);
            if sum.orders.insert(order.id) && order.total.currency == currency {
                sum.amount = sum.amount.saturating_add(order.total.amount);
            }
        }
    }
    Ok(sums)
}

/// The place of the day that an instant lies in.
fn day_of(calendar: &[(Date, Range)], at: Timestamp) -> Option<usize> {
    calendar
        .partition_point(|(_, range)| range.from() <= at)
        .checked_sub(1)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
