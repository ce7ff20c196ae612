//! The funnel by source for a range of days, straight from the stream of events.
//!
//! People are counted, not clicks. A person is a visitor; an order that came without a visit counts as its customer,
//! or as itself. The five points of a source are what happened during visits from it, so a person who came from two
//! sources stands in two rows and once in the totals; money stands in exactly one row and adds up to the cent.

mod fold;
pub(crate) mod query;

use kernel::{Currency, Money, Timestamp};
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    InsightError, Range, SourceCode,
    metric::{self, Metric, Point},
};

/// Sources shown at most; the largest come first.
pub const MOST_SOURCES: usize = 200;

/// What the funnel is asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// When.
    pub range: Range,
    /// The shop's currency; sales in another one are counted as orders, and not as money.
    pub currency: Currency,
    /// Only what happened during visits from this source.
    pub source: Option<SourceCode>,
}

/// The funnel of a range.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Funnel {
    /// All sources together, each person once.
    pub totals: Points,
    /// Orders after an inquiry, and silent ones (ANA-36).
    pub paths: Vec<Path>,
    /// One row for each source, most visitors first.
    pub items: Vec<SourceRow>,
    /// How many more sources there are than [`MOST_SOURCES`].
    pub left_out: usize,
    /// The newest event that was seen.
    pub data_until: Option<Timestamp>,
}

/// The points of one source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SourceRow {
    /// The whole code.
    pub source: String,
    /// The part with a name in every language, `source-CHANNEL`.
    pub channel: String,
    /// The site or place after it.
    pub detail: Option<String>,
    /// The points.
    #[serde(flatten)]
    pub points: Points,
}

/// People at the five points, money, and the rates of the metric sheet. Rates are shares of one, `None` where nobody
/// stands below the line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Points {
    /// People who were shown a card (展現).
    pub impressions: i64,
    /// People who arrived (到店).
    pub visitors: i64,
    /// People who asked (詢單).
    pub inquirers: i64,
    /// People who ordered (下單).
    pub orderers: i64,
    /// People who paid (付款).
    pub payers: i64,
    /// Of the people who asked, those who have an order after an inquiry.
    pub inquired_orderers: i64,
    /// Orders placed.
    pub orders: i64,
    /// Orders paid.
    pub paid_orders: i64,
    /// What was ordered.
    pub placed_sales: Money,
    /// What was paid.
    pub paid_sales: Money,
    /// Arrived ÷ shown.
    pub browse_rate: Option<f64>,
    /// Asked ÷ arrived.
    pub inquiry_rate: Option<f64>,
    /// Asked and ordered ÷ asked.
    pub order_rate: Option<f64>,
    /// Paid ÷ ordered.
    pub payment_rate: Option<f64>,
    /// Paid ÷ arrived.
    pub conversion_rate: Option<f64>,
    /// Ordered ÷ arrived.
    pub placed_rate: Option<f64>,
    /// Paid orders ÷ people who paid.
    pub orders_per_buyer: Option<f64>,
    /// Paid sales ÷ paid orders.
    pub aov: Option<Money>,
    /// Paid sales ÷ visitors.
    pub visitor_value: Option<Money>,
}

/// One of the two ways to an order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Path {
    /// `inquiry` or `silent`.
    pub code: String,
    /// Inquiry: people who asked, now or before one of these orders. Silent: visitors who did not ask, or bought first.
    pub visitors: i64,
    /// People with an order of this way.
    pub orderers: i64,
    /// Orders of this way ÷ its visitors, on people.
    pub order_rate: Option<f64>,
    /// People who paid an order of this way.
    pub payers: i64,
    /// Paid ÷ ordered.
    pub payment_rate: Option<f64>,
    /// What was paid this way.
    pub paid_sales: Money,
}

/// Counts that a [`Points`] is made of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) impressions: i64,
    pub(crate) visitors: i64,
    pub(crate) inquirers: i64,
    pub(crate) inquired_orderers: i64,
    pub(crate) orderers: i64,
    pub(crate) payers: i64,
    pub(crate) orders: i64,
    pub(crate) paid_orders: i64,
    pub(crate) placed: i64,
    pub(crate) paid: i64,
}

impl Points {
    pub(crate) fn of(counts: &Counts, currency: Currency) -> Self {
        let people = |point| match point {
            Point::Shown => counts.impressions,
            Point::Arrived => counts.visitors,
            Point::Inquired => counts.inquirers,
            Point::InquiredAndOrdered => counts.inquired_orderers,
            Point::Ordered => counts.orderers,
            Point::Paid => counts.payers,
        };
        let rate = |metric: Metric| metric::share(people(metric.of), people(metric.per));
        let paid_sales = Money::new(counts.paid, currency);
        Self {
            impressions: counts.impressions,
            visitors: counts.visitors,
            inquirers: counts.inquirers,
            orderers: counts.orderers,
            payers: counts.payers,
            inquired_orderers: counts.inquired_orderers,
            orders: counts.orders,
            paid_orders: counts.paid_orders,
            placed_sales: Money::new(counts.placed, currency),
            paid_sales,
            browse_rate: rate(metric::BROWSE_RATE),
            inquiry_rate: rate(metric::INQUIRY_RATE),
            order_rate: rate(metric::ORDER_RATE),
            payment_rate: rate(metric::PAYMENT_RATE),
            conversion_rate: rate(metric::CONVERSION_RATE),
            placed_rate: rate(metric::PLACED_RATE),
            orders_per_buyer: metric::share(counts.paid_orders, counts.payers),
            aov: metric::each(paid_sales, counts.paid_orders),
            visitor_value: metric::each(paid_sales, counts.visitors),
        }
    }
}

/// The funnel of a range, by source. A long read: call it through `read_snapshot`.
///
/// # Errors
/// Whatever the database says.
pub async fn by_source(rx: &mut Rx, query: &Query) -> Result<Funnel, InsightError> {
    let mut folded = fold::Fold::new(query.currency);
    for seen in query::people(rx, query).await? {
        folded.people(&seen);
    }
    for (visitor, source) in query::inquirers(rx, query).await? {
        folded.inquiry(visitor, &source);
    }
    let mut page = query::Orders::placed(query);
    while let Some(orders) = page.next(rx).await? {
        orders.iter().for_each(|order| folded.placed(order));
    }
    let mut page = query::Orders::paid(query);
    while let Some(orders) = page.next(rx).await? {
        orders.iter().for_each(|order| folded.paid(order));
    }
    Ok(folded.finish(query::newest(rx).await?))
}

/// Whether this visitor has ever asked before `at`; an order they place now is not a silent one.
///
/// # Errors
/// Whatever the database says.
pub async fn has_inquired(
    rx: &mut Rx,
    visitor: kernel::VisitorId,
    at: Timestamp,
) -> Result<bool, InsightError> {
    let sql = "SELECT 1 AS one FROM events WHERE name = 'Inquiry Started' AND visitor_id = $1 AND occurred_at <= $2 LIMIT 1";
    Ok(rx.row(sql, platform::params![visitor, at]).await?.is_some())
}
