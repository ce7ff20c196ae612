//! The list of orders.

use kernel::{Money, OrderId, Timestamp};
use orders::{OrderQuery, OrderState, OrderSummary, PaymentMethod, PaymentState, Tab, search};
use platform::{Ctx, Cursor, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{OrderSource, TabCount, end_of_day},
    unpaid::{self, UnpaidOrders},
};
use crate::{FlowError, shop};

/// A page of orders, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdminOrders {
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub tab: Tab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// What the unpaid orders are worth; only on their tab.
    pub unpaid: Option<UnpaidOrders>,
    /// The orders.
    pub items: Vec<AdminOrderRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// An order in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminOrderRow {
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
    /// Whether it is paid without having stock, so that somebody must decide.
    pub stock_decision_needed: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What it costs.
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
    pub source: OrderSource,
    /// Until when it must be paid; null once it is paid, or when it is paid on delivery.
    pub pay_by: Option<Timestamp>,
    /// Until when it must leave; null once it has left or is over.
    pub ship_by: Option<Timestamp>,
    /// Whether that time has passed.
    pub overdue: bool,
    /// Whether that time is today.
    pub urgent: bool,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// The shopper's wish.
    pub customer_note: Option<String>,
}

/// A page of orders.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, query: OrderQuery) -> Result<AdminOrders, FlowError> {
    let (q, tab) = (query.q.trim().to_owned(), query.tab);
    let counts = search::counts(rx).await?;
    let count = |tab: Tab| counts.iter().find(|(t, _)| *t == tab).map(|(_, n)| *n);
    let tabs = Tab::ALL
        .iter()
        .map(|tab| TabCount {
            code: tab.code(),
            count: count(*tab),
        })
        .collect();
    let unpaid = if tab == Tab::Unpaid {
        let currency = shop::load(rx).await?.currency;
        Some(unpaid::unpaid(rx, ctx, currency).await?)
    } else {
        None
    };
    let page = search::search(rx, query).await?;
    let day_ends = end_of_day(ctx);
    let items = page
        .items
        .into_iter()
        .map(|order| row(order, ctx.now(), day_ends))
        .collect();
    Ok(AdminOrders {
        q,
        tab,
        tabs,
        unpaid,
        items,
        next_cursor: page.next_cursor,
    })
}

fn row(order: OrderSummary, now: Timestamp, day_ends: Timestamp) -> AdminOrderRow {
    let ship_by = order
        .ship_by
        .filter(|_| awaits_shipping(order.state, order.payment_method));
    let (overdue, urgent) = urgency(ship_by, now, day_ends);
    AdminOrderRow {
        id: order.id,
        number: order.number,
        state: order.state,
        payment_state: order.payment_state,
        payment_method: order.payment_method,
        stock_decision_needed: order.stock_decision,
        placed_at: order.placed_at,
        total: order.total,
        customer_name: order.customer_name,
        customer_phone: order.customer_phone,
        summary: order.summary,
        units: order.units,
        source: OrderSource::of(order.source.as_deref()),
        pay_by: order.pay_by.filter(|_| order.state == OrderState::Placed),
        ship_by,
        overdue,
        urgent,
        gift_message: order.gift_message,
        customer_note: order.customer_note,
    }
}

/// Whether goods of such an order still have to leave, and may.
pub(crate) fn awaits_shipping(state: OrderState, method: PaymentMethod) -> bool {
    match state {
        OrderState::Placed => method == PaymentMethod::CashOnDelivery,
        OrderState::Paid | OrderState::Picked | OrderState::PartlyShipped => true,
        _ => false,
    }
}

/// Whether a promise is broken already, and whether it is for the rest of today.
pub(crate) fn urgency(
    ship_by: Option<Timestamp>,
    now: Timestamp,
    day_ends: Timestamp,
) -> (bool, bool) {
    let overdue = ship_by.is_some_and(|at| at < now);
    (overdue, !overdue && ship_by.is_some_and(|at| at < day_ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ORD-08: a promise is late from its instant on, and urgent while it is for today.
    #[test]
    fn a_promise_is_late_or_urgent_or_neither() {
        let at = |s: i64| Timestamp::from_micros(0).plus_seconds(s);
        assert_eq!(urgency(Some(at(9)), at(10), at(100)), (true, false));
        assert_eq!(urgency(Some(at(50)), at(10), at(100)), (false, true));
        assert_eq!(urgency(Some(at(100)), at(10), at(100)), (false, false));
        assert_eq!(urgency(None, at(10), at(100)), (false, false));
    }

    /// ORD-08: an unpaid transfer is not for the warehouse, goods paid on delivery are.
    #[test]
    fn only_orders_for_the_warehouse_have_a_promise() {
        assert!(!awaits_shipping(
            OrderState::Placed,
            PaymentMethod::BankTransfer
        ));
        assert!(awaits_shipping(
            OrderState::Placed,
            PaymentMethod::CashOnDelivery
        ));
        assert!(!awaits_shipping(OrderState::Shipped, PaymentMethod::Card));
    }
}
