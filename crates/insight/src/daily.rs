//! Visitors, orders and sales day by day, for the first page of the back office.

use std::collections::HashSet;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use kernel::{Currency, Money, event};
use platform::{Rx, params};
use schemars::JsonSchema;
use serde::Serialize;

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

/// The `days` days that end with `last`, oldest first. A long read: call it through `read_snapshot`.
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
    let mut found = Vec::with_capacity(days.into());
    for back in (0..i64::from(days)).rev() {
        let date = last
            .checked_sub(back.days())
            .map_err(|_| InsightError::RangeTooLong)?;
        found.push(one(rx, date, Range::days(zone, date, date)?, currency).await?);
    }
    Ok(found)
}

async fn one(
    rx: &mut Rx,
    date: Date,
    range: Range,
    currency: Currency,
) -> Result<Day, InsightError> {
    let sql = "SELECT COUNT(DISTINCT visitor_id) AS people FROM events WHERE name IN ($1, $2, $3, $4) \
               AND occurred_at >= $5 AND occurred_at < $6 AND visitor_id IS NOT NULL";
    let values = params![
        event::PAGE_VIEWED,
        event::PRODUCT_VIEWED,
        event::INQUIRY_STARTED,
        event::ORDER_PLACED,
        range.from(),
        range.until()
    ];
    let visits = rx.scalar(sql, values).await?;
    let query = Query {
        range,
        currency,
        source: None,
    };
    let (orders, orderers, _) = sum(rx, Orders::placed(&query), currency).await?;
    let (paid_orders, payers, paid) = sum(rx, Orders::paid(&query), currency).await?;
    let paid_sales = Money::new(paid, currency);
    Ok(Day {
        date: date.to_string(),
        visits,
        orders,
        orderers,
        paid_orders,
        payers,
        paid_sales,
    })
}

/// Orders, people and money; an order counts once.
async fn sum(
    rx: &mut Rx,
    mut pages: Orders,
    currency: Currency,
) -> Result<(i64, i64, i64), InsightError> {
    let (mut orders, mut people, mut amount) = (HashSet::new(), HashSet::new(), 0_i64);
    while let Some(page) = pages.next(rx).await? {
        for order in page {
            people.insert(order.person);
            if orders.insert(order.id) && order.total.currency == currency {
                amount = amount.saturating_add(order.total.amount);
            }
        }
    }
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok((count(orders.len()), count(people.len()), amount))
}
