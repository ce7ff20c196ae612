//! The list of orders.

use insight::source::CHANNELS;
use kernel::{Money, OrderId, Permission, Timestamp};
use orders::{
    FoundOrders, Narrow, OrderQuery, OrderSort, OrderState, OrderSummary, PaymentMethod,
    PaymentState, Tab, search,
};
use platform::{
    Ctx, Cursor, Page, Rx,
    list::{Asked, Cell, Choice, Column, Filter, FilterKind, List, ListError, ListView, Listed},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{OrderSource, TabCount, end_of_day},
    lists::Listing,
    unpaid::{self, UnpaidOrders},
};
use crate::{FlowError, shop};

/// The list of orders.
pub struct Orders;

static LIST: List<AdminOrderRow> = List {
    code: "orders",
    path: "/admin/orders",
    permission: Permission::OrdersRead,
    columns: &[
        Column::new("number", "admin-order-number", |o| Cell::text(&o.number)),
        Column::sorting("placed_at", "list-placed-at", |o| Cell::At(o.placed_at)),
        Column::sorting("customer", "admin-customer", |o| {
            Cell::text(&o.customer_name)
        }),
        Column::new("phone", "admin-phone", |o| Cell::text(&o.customer_phone)),
        Column::new("goods", "admin-orders-goods", |o| Cell::text(&o.summary)),
        Column::new("units", "list-units", |o| Cell::Number(o.units)),
        Column::new("state", "admin-state", |o| {
            Cell::word("order-state-", o.state)
        }),
        Column::new("payment_state", "admin-payment", |o| {
            Cell::word("payment-state-", o.payment_state)
        }),
        Column::new("payment_method", "list-payment-method", |o| {
            Cell::word("payment-method-", o.payment_method)
        }),
        Column::new("gift_wrap", "admin-gift-wrap", |o| {
            Cell::maybe(o.gift_wrap, Cell::Money)
        }),
        Column::sorting("total", "admin-total", |o| Cell::Money(o.total)),
        Column::new("currency", "list-currency", |o| {
            Cell::text(o.total.currency.code())
        }),
        Column::new("pay_by", "list-pay-by", |o| Cell::maybe(o.pay_by, Cell::At)),
        Column::sorting("ship_by", "admin-orders-promise", |o| {
            Cell::maybe(o.ship_by, Cell::At)
        }),
        Column::new("source", "admin-source", |o| Cell::text(&o.source.source)),
        Column::new("note", "list-note", |o| {
            Cell::maybe(o.customer_note.as_deref(), Cell::text)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "admin-orders-tabs",
            FilterKind::Tab(&[
                "all",
                "unpaid",
                "to_ship",
                "shipped",
                "delivered",
                "closed",
                "cancelled",
            ]),
        ),
        Filter::search("admin-orders-search-placeholder"),
        Filter::new(
            "payment_method",
            "list-payment-method",
            FilterKind::Choice(
                &["card", "bank_transfer", "cash_on_delivery"],
                "payment-method-",
            ),
        ),
        Filter::new(
            "payment_state",
            "admin-payment",
            FilterKind::Choice(
                &[
                    "pending",
                    "unknown",
                    "declined",
                    "partly_paid",
                    "paid",
                    "partly_refunded",
                    "refunded",
                    "cancelled",
                ],
                "payment-state-",
            ),
        ),
        Filter::new("source", "admin-source", FilterKind::Offered),
        Filter::new("from", "list-placed-from", FilterKind::Day),
        Filter::new("to", "list-placed-to", FilterKind::Day),
    ],
    sort: "-placed_at",
    page: 20,
};

impl Listed for Orders {
    type Row = AdminOrderRow;

    fn list() -> &'static List<AdminOrderRow> {
        &LIST
    }
}

impl Listing for Orders {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<AdminOrderRow>, FlowError> {
        Ok(found(rx, ctx, asked, limit).await?.0)
    }
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdminOrders {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub tab: Tab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// What the unpaid orders are worth; only on their tab.
    pub unpaid: Option<UnpaidOrders>,
    /// How many of the newest orders were sorted, when the selection has more than were; else null.
    pub among: Option<usize>,
    /// Orders that go before all others, the first deadline first; on the first page of a list without a search.
    pub first: Vec<AdminOrderRow>,
    /// The orders.
    pub items: Vec<AdminOrderRow>,
    /// Leads to the next page, or to where older orders can be looked through; null on the last one.
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
    /// Until when it must leave, where it goes before others; null once it has left or is over.
    pub urgent_until: Option<Timestamp>,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// What wrapping it as a gift costs; null when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// The shopper's wish.
    pub customer_note: Option<String>,
}

/// Orders that go before others, shown at most.
const FIRST: i64 = 50;

/// A page of orders.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<AdminOrders, FlowError> {
    let tab = asked.parsed("tab")?.unwrap_or(Tab::All);
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
    let offered = vec![("source", sources())];
    let list = ListView::of(rx, ctx, &LIST, asked, offered).await?;
    let top = list.narrowed == 0 && asked.after.is_none() && matches!(tab, Tab::All | Tab::ToShip);
    let first = if top {
        search::urgent(rx, FIRST).await?
    } else {
        Vec::new()
    };
    let (page, among) = found(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let day_ends = end_of_day(ctx);
    Ok(AdminOrders {
        list,
        q: asked.words(),
        tab,
        tabs,
        unpaid,
        among,
        first: first
            .into_iter()
            .map(|order| row(order, ctx.now(), day_ends))
            .collect(),
        items: page.items,
        next_cursor: page.next_cursor,
    })
}

/// The channels that an order can have come by.
pub(super) fn sources() -> Vec<Choice> {
    let codes = CHANNELS
        .iter()
        .chain(["ad", "referral", "other", "unknown"].iter());
    codes
        .map(|code| Choice {
            code: (*code).to_owned(),
            word: Some(format!("source-{code}")),
            name: None,
        })
        .collect()
}

async fn found(
    rx: &mut Rx,
    ctx: &Ctx,
    asked: &Asked,
    limit: usize,
) -> Result<(Page<AdminOrderRow>, Option<usize>), FlowError> {
    let (sort, descending) = asked.sort_of(ctx, &LIST)?;
    let sort: OrderSort = sort.parse().map_err(|_| ListError::NoSuchSort)?;
    let query = OrderQuery {
        q: asked.words(),
        tab: asked.parsed("tab")?.unwrap_or(Tab::All),
        narrow: Narrow {
            payment_method: asked.parsed("payment_method")?,
            payment_state: asked.parsed("payment_state")?,
            source: asked.get("source").map(str::to_owned),
            from: asked.day_begins(ctx, "from")?,
            until: asked.day_ends(ctx, "to")?,
        },
        sort,
        ascending: !descending,
        after: asked.after.clone(),
        limit,
    };
    let FoundOrders { page, among } = search::found(rx, query).await?;
    let day_ends = end_of_day(ctx);
    Ok((page.map(|order| row(order, ctx.now(), day_ends)), among))
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
        urgent_until: order.urgent_until.filter(|_| order.state.awaits_shipping()),
        gift_message: order.gift_message,
        gift_wrap: order.gift_wrap,
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
