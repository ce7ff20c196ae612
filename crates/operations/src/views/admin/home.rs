//! The first page of the back office: how the day goes, and what waits for somebody.

use customers::inquiry;
use insight::daily;
use inventory::stock::{self, StockFilter};
use kernel::{Currency, Money, Permission, Timestamp};
use platform::{Ctx, Rx, jobs};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    bank_receipts, payment_cases, shipping,
    start::{self, StartProgress},
    unpaid::{self, UnpaidOrders},
};
use crate::{FlowError, shop};

/// Days in the chart.
const DAYS: u16 = 30;

/// How the day goes, and what waits for somebody. Parts that the reader may not see are null.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdminHome {
    /// Today in the shop's time zone, `2026-03-02`.
    pub day: String,
    /// When the figures were taken.
    pub as_of: Timestamp,
    /// Today so far.
    pub today: Option<DayFigures>,
    /// The whole of yesterday.
    pub yesterday: Option<DayFigures>,
    /// What the warehouse has to send.
    pub to_ship: Option<OrdersToShip>,
    /// What waits for money.
    pub unpaid: Option<UnpaidOrders>,
    /// Cards that failed and that somebody helps with.
    pub payment_cases: Option<FailedPayments>,
    /// What customers ask.
    pub inquiries: Option<InquiriesWaiting>,
    /// Money at the bank that no order was found for.
    pub suspense: Option<MoneyInSuspense>,
    /// Stock that runs out.
    pub low_stock: Option<LowStock>,
    /// Background work.
    pub jobs: Option<WorkWaiting>,
    /// How far it is to the first sale; null once everything is done or the guide was put away.
    pub start: Option<StartProgress>,
    /// The last 30 days, oldest first; empty for readers who may not see figures.
    pub days: Vec<DayFigures>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayFigures {
    /// The day in the shop's time zone.
    pub date: String,
    /// People who arrived.
    pub visits: i64,
    /// Orders placed.
    pub orders: i64,
    /// What was paid.
    pub paid_sales: Money,
}

/// What the warehouse has to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrdersToShip {
    /// All of it.
    pub orders: i64,
    /// Promised for an instant that has passed.
    pub overdue: i64,
    /// Promised for the rest of today.
    pub urgent: i64,
}

/// Cards that failed and that somebody helps with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailedPayments {
    /// Cases that are open.
    pub waiting: i64,
    /// Those among them in which nobody was reached yet.
    pub untouched: i64,
    /// The money of all of them.
    pub amount: Money,
}

/// Questions that nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InquiriesWaiting {
    /// How many.
    pub open: i64,
    /// Since when the longest has waited; null when nobody waits.
    pub oldest_at: Option<Timestamp>,
}

/// Money at the bank that no order was found for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MoneyInSuspense {
    /// How many receipts.
    pub receipts: i64,
    /// How much.
    pub amount: Money,
}

/// Stock that runs out, counted by variant and place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LowStock {
    /// Fallen to its alert level.
    pub variants: i64,
    /// Nothing left to sell.
    pub sold_out: i64,
}

/// Background work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkWaiting {
    /// Failed for good, until somebody looks.
    pub dead: i64,
    /// Waiting.
    pub queued: i64,
    /// Under way.
    pub running: i64,
}

/// The first page.
///
/// # Errors
/// Whatever the database says.
pub async fn home(rx: &mut Rx, ctx: &Ctx) -> Result<AdminHome, FlowError> {
    let currency = shop::load(rx).await?.currency;
    let today = ctx.now().in_zone(ctx.zone()).date();
    let mut page = AdminHome {
        day: today.to_string(),
        as_of: ctx.now(),
        today: None,
        yesterday: None,
        to_ship: None,
        unpaid: None,
        payment_cases: None,
        inquiries: None,
        suspense: None,
        low_stock: None,
        jobs: None,
        start: None,
        days: Vec::new(),
    };
    if ctx.allows(Permission::InsightRead) {
        let days = daily::days(rx, ctx.zone(), today, DAYS, currency).await?;
        page.days = days.into_iter().map(DayFigures::from).collect();
        let mut newest = page.days.iter().rev().cloned();
        (page.today, page.yesterday) = (newest.next(), newest.next());
    }
    waiting(rx, ctx, currency, &mut page).await?;
    Ok(page)
}

/// What waits for somebody.
async fn waiting(
    rx: &mut Rx,
    ctx: &Ctx,
    currency: Currency,
    page: &mut AdminHome,
) -> Result<(), FlowError> {
    if ctx.allows(Permission::SettingsWrite) {
        page.start = start::progress(rx).await?;
    }
    if ctx.allows(Permission::FulfilmentWrite) {
        let counts = shipping::counts(rx, ctx).await?;
        page.to_ship = Some(OrdersToShip {
            orders: counts.all,
            overdue: counts.overdue,
            urgent: counts.today,
        });
    }
    if ctx.allows(Permission::OrdersRead) {
        page.unpaid = Some(unpaid::unpaid(rx, ctx, currency).await?);
        let found = payment_cases::waiting(rx, currency).await?;
        page.payment_cases = Some(FailedPayments {
            waiting: found.open + found.contacted,
            untouched: found.open,
            amount: found.amount,
        });
    }
    if ctx.allows(Permission::CustomersRead) {
        let found = inquiry::waiting(rx).await?;
        page.inquiries = Some(InquiriesWaiting {
            open: found.open,
            oldest_at: found.oldest_at,
        });
    }
    if ctx.allows(Permission::PaymentsRead) {
        let found = bank_receipts::suspense(rx, ctx, currency).await?;
        page.suspense = Some(MoneyInSuspense {
            receipts: found.receipts,
            amount: found.amount,
        });
    }
    if ctx.allows(Permission::StockRead) {
        let counts = stock::counts(rx, &StockFilter::default()).await?;
        page.low_stock = Some(LowStock {
            variants: counts.low,
            sold_out: counts.sold_out,
        });
    }
    if ctx.allows(Permission::JobsWrite) {
        let counts = jobs::counts(rx).await?;
        let of = |state: &str| {
            counts
                .iter()
                .find(|(s, _)| s == state)
                .map_or(0, |(_, n)| *n)
        };
        page.jobs = Some(WorkWaiting {
            dead: of("dead"),
            queued: of("queued"),
            running: of("running"),
        });
    }
    Ok(())
}

impl From<daily::Day> for DayFigures {
    fn from(day: daily::Day) -> Self {
        Self {
            date: day.date,
            visits: day.visits,
            orders: day.orders,
            paid_sales: day.paid_sales,
        }
    }
}
