//! One order, whole: goods, money, stock, parcels, its one timeline, and what can be done to it now.

use fulfilment::{
    carrier::{self, CarrierName},
    delivery,
};
use kernel::{Address, CustomerId, Money, OrderId, Permission, Timestamp};
use orders::{
    Act, Order, OrderLine, OrderState, PaymentMethod, PaymentState, draft, history, life, order,
    priority,
};
use payments::{OrderMoney, refund};
use platform::{Ctx, Rx, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{NamedCode, OrderSource, Place, end_of_day, person},
    order_money::{self, AdminRefund, Attempt, JournalRow, ReceiptCandidate},
    order_parts::{self, AdminHold, AdminOrderLine, AdminParcel},
    orders::{awaits_shipping, urgency},
    timeline::{self, TimelineEntry},
};
use crate::{
    FlowError,
    flows::{edit_order, refund_order::carriage_left},
};

/// Why an order can be cancelled, as codes; `cancel-reason-CODE` is the sentence.
pub const CANCEL_REASONS: [&str; 6] = [
    "customer_request",
    "out_of_stock",
    "duplicate",
    "address_unreachable",
    "suspected_fraud",
    "other",
];
/// Why money is given back, as codes; `refund-reason-CODE` is the sentence.
pub const REFUND_REASONS: [&str; 6] = [
    "customer_request",
    "returned",
    "damaged",
    "out_of_stock",
    "price_adjustment",
    "other",
];

/// An order for the people who work on it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdminOrder {
    /// What stands at the top.
    pub order: OrderHead,
    /// Who ordered.
    pub customer: OrderCustomer,
    /// Where it goes.
    pub shipping_address: Address,
    /// The address or the store as it stands on a parcel.
    pub address_lines: Vec<String>,
    /// How it goes.
    pub delivery_method: NamedCode,
    /// What was ordered.
    pub lines: Vec<AdminOrderLine>,
    /// Whether the reader may see payments; without it attempts, refunds and journal are empty.
    pub figures_visible: bool,
    /// What it costs, what came in, what went back.
    pub figures: OrderFigures,
    /// Every try to collect its money, oldest first.
    pub attempts: Vec<Attempt>,
    /// Money given back, oldest first.
    pub refunds: Vec<AdminRefund>,
    /// Its rows of the double-entry journal, oldest first.
    pub journal: Vec<JournalRow>,
    /// The stock that is or was kept for it: what, until when, why.
    pub holds: Vec<AdminHold>,
    /// Its parcels.
    pub parcels: Vec<AdminParcel>,
    /// Everything that happened to it, newest first.
    pub timeline: Vec<TimelineEntry>,
    /// Carriers that a parcel can go with.
    pub carriers: Vec<CarrierName>,
    /// The warehouses that a parcel can leave from, when there are several.
    pub ship_places: Vec<Place>,
    /// The carrier of its way to deliver.
    pub carrier_default: Option<String>,
    /// Money at the bank that may be its payment, best first.
    pub receipt_candidates: Vec<ReceiptCandidate>,
    /// Reasons to cancel.
    pub cancel_reasons: Vec<&'static str>,
    /// Reasons to refund.
    pub refund_reasons: Vec<&'static str>,
    /// What the reader can do to it now.
    pub can: OrderCan,
}

/// What stands at the top of an order's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderHead {
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
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Until when it must be paid; null once it is paid, or when it is paid on delivery.
    pub pay_by: Option<Timestamp>,
    /// Until when it must leave; null once it has left or is over.
    pub ship_by: Option<Timestamp>,
    /// Whether that time has passed.
    pub overdue: bool,
    /// Whether that time is today.
    pub urgent: bool,
    /// Where the visit came from.
    pub source: OrderSource,
    /// The language in which the shopper is written to.
    pub locale: kernel::Locale,
    /// The page that the shopper sees; its address is a secret between shop and shopper.
    pub tracking_url: String,
    /// The shopper's wish.
    pub customer_note: Option<String>,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// Whether it is paid without having stock, so that somebody must decide.
    pub stock_decision_needed: bool,
    /// How it goes before others; null when it goes in its turn.
    pub priority: Option<FirstOfAll>,
    /// Who of the staff placed it for the customer, if somebody did.
    pub assisted: Option<Assisted>,
    /// Why it was called off, if it was.
    pub cancellation: Option<Cancellation>,
}

/// An order that goes before others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FirstOfAll {
    /// Until when it must leave.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who said so; null for the shop itself.
    pub by: Option<String>,
}

/// An order that staff placed for its customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Assisted {
    /// Who; null for the shop itself.
    pub by: Option<String>,
    /// What was given away, the delivery included; null for nothing.
    pub given_away: Option<Money>,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub agreed_by: Option<String>,
}

/// Why an order was called off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cancellation {
    /// One of the reasons to cancel, or `payment_expired`.
    pub reason: String,
    /// In somebody's own words.
    pub note: Option<String>,
}

/// Who ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderCustomer {
    /// The customer; null for orders from elsewhere that name none.
    pub id: Option<CustomerId>,
    /// Their name.
    pub name: String,
    /// Where messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Orders they placed, this one included.
    pub orders_count: i64,
    /// What they have paid in this order's currency; null for readers who may not see payments.
    pub paid_total: Option<Money>,
}

/// What an order costs, what came in, what went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderFigures {
    /// Goods before discount.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; null when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// Other fees.
    pub fees: Money,
    /// Tax contained in the total.
    pub tax_included: Money,
    /// What it costs.
    pub total: Money,
    /// What came in.
    pub paid: Money,
    /// What went back or is on its way back.
    pub refunded: Money,
    /// What can still go back.
    pub refundable: Money,
    /// How much of it is for delivery and fees, as far as no refund gave that back.
    pub shipping_refundable: Money,
    /// What is still to be paid; nothing for an order that is over.
    pub due: Money,
}

/// What can be done to an order now, by this reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderCan {
    /// Record a transfer that pays it.
    pub record_payment: bool,
    /// Mark it as picked.
    pub pick: bool,
    /// Send a parcel.
    pub ship: bool,
    /// Mark a parcel as delivered.
    pub deliver: bool,
    /// Take stock for it again, now that there is some.
    pub hold: bool,
    /// Change its goods, its delivery or its address.
    pub edit: bool,
    /// Have it go before others.
    pub prioritise: bool,
    /// Let it go in its turn again.
    pub in_turn: bool,
    /// Have it packed although the rest of its money has not come.
    pub waive_balance: bool,
    /// Take out its gift, which has not left.
    pub drop_gift: bool,
    /// Give money back.
    pub refund: bool,
    /// Say that money was given back by hand.
    pub refund_by_hand: bool,
    /// Call it off.
    pub cancel: bool,
    /// Write a note.
    pub note: bool,
}

/// An order, whole.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn order(rx: &mut Rx, ctx: &Ctx, id: OrderId) -> Result<AdminOrder, FlowError> {
    let order = order::by_id(rx, id).await?;
    let stored = order::lines(rx, id).await?;
    let figures_visible = ctx.allows(Permission::PaymentsRead);
    let money = order_money::money(rx, &order).await?;
    let given_back = refund::of_order(rx, id).await?;
    let figures = figures(&order, &money, carriage_left(&order, &given_back));
    let refunds = order_money::refunds(rx, ctx, &order, &stored, given_back).await?;
    let lines = order_parts::lines(&order, &stored);
    let parcels = order_parts::parcels(rx, ctx, id, &stored).await?;
    let can = can(ctx, &order, &stored, &figures);
    let candidates = if can.record_payment {
        order_money::candidates(rx, id).await?
    } else {
        Vec::new()
    };
    let method = delivery::by_code(rx, &order.delivery_code).await?;
    Ok(AdminOrder {
        customer: customer(rx, &order, figures_visible).await?,
        holds: order_parts::holds(rx, &order, &stored).await?,
        timeline: timeline::of(rx, ctx, &order, &stored).await?,
        attempts: if figures_visible {
            order_money::attempts(rx, id).await?
        } else {
            Vec::new()
        },
        journal: if figures_visible {
            order_money::journal(rx, id).await?
        } else {
            Vec::new()
        },
        refunds: if figures_visible { refunds } else { Vec::new() },
        order: head(rx, ctx, &order).await?,
        address_lines: order.address.lines(),
        shipping_address: order.address,
        delivery_method: NamedCode {
            code: order.delivery_code,
            name: order.delivery_name,
        },
        lines,
        figures_visible,
        figures,
        parcels,
        carriers: carrier::list(ctx.locale()),
        ship_places: order_parts::ship_places(rx).await?,
        carrier_default: method.map(|m| m.carrier),
        receipt_candidates: candidates,
        cancel_reasons: CANCEL_REASONS.to_vec(),
        refund_reasons: REFUND_REASONS.to_vec(),
        can,
    })
}

async fn head(rx: &mut Rx, ctx: &Ctx, order: &Order) -> Result<OrderHead, FlowError> {
    let ship_by = order
        .ship_by
        .filter(|_| awaits_shipping(order.state, order.payment_method));
    let (overdue, urgent) = urgency(ship_by, ctx.now(), end_of_day(ctx));
    Ok(OrderHead {
        id: order.id,
        number: order.number.clone(),
        state: order.state,
        payment_state: order.payment_state,
        payment_method: order.payment_method,
        placed_at: order.placed_at,
        pay_by: order
            .pay_until
            .filter(|_| order.state == OrderState::Placed),
        ship_by,
        overdue,
        urgent,
        source: OrderSource::of(order.source.as_deref()),
        locale: order.locale,
        tracking_url: format!("/orders/{}", order.token),
        customer_note: order.note.clone(),
        gift_message: order.gift_message.clone(),
        stock_decision_needed: order.stock_decision,
        assisted: assisted(rx, order).await?,
        priority: priority::of(rx, order.id).await?.map(|first| FirstOfAll {
            until: first.until,
            reason: first.reason,
            by: person(&first.by),
        }),
        cancellation: cancellation(rx, order).await?,
    })
}

async fn assisted(rx: &mut Rx, order: &Order) -> Result<Option<Assisted>, FlowError> {
    let Some(made) = draft::of_order(rx, order.id).await? else {
        return Ok(None);
    };
    let agreed = made.agreed.as_ref();
    Ok(Some(Assisted {
        by: person(&made.made_by),
        given_away: agreed.map(|a| a.amount),
        reason: agreed.map(|a| a.reason.clone()),
        agreed_by: agreed.and_then(|a| person(&a.by)),
    }))
}

async fn cancellation(rx: &mut Rx, order: &Order) -> Result<Option<Cancellation>, FlowError> {
    if !matches!(order.state, OrderState::Cancelled | OrderState::Expired) {
        return Ok(None);
    }
    let rows = history::of(rx, order.id).await?;
    Ok(rows
        .into_iter()
        .rev()
        .find(|row| row.to == order.state)
        .map(|row| Cancellation {
            reason: cancel_reason(order.state, &row.cause).to_owned(),
            note: row.note,
        }))
}

/// The reason as the page names it. Causes that are no reason of the list are the buyer's own act, or something else.
pub(super) fn cancel_reason(state: OrderState, cause: &str) -> &'static str {
    if state == OrderState::Expired {
        return "payment_expired";
    }
    let known = CANCEL_REASONS.into_iter().find(|reason| *reason == cause);
    known.unwrap_or(if cause == "buyer" {
        "customer_request"
    } else {
        "other"
    })
}

async fn customer(
    rx: &mut Rx,
    order: &Order,
    figures_visible: bool,
) -> Result<OrderCustomer, FlowError> {
    let (mut orders_count, mut paid) = (1, Money::zero(order.currency()));
    if let Some(id) = order.customer_id {
        let sql = "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN paid_at IS NOT NULL AND currency = $2 THEN total ELSE 0 END), 0) AS paid \
                   FROM orders WHERE customer_id = $1";
        let row = rx.one(sql, params![id, order.currency()]).await?;
        (orders_count, paid.amount) = (row.get("n")?, row.get("paid")?);
    }
    Ok(OrderCustomer {
        id: order.customer_id,
        name: order.buyer_name.clone(),
        email: order.email.clone(),
        phone: order.phone.clone(),
        orders_count,
        paid_total: figures_visible.then_some(paid),
    })
}

fn figures(order: &Order, money: &OrderMoney, carriage_left: Money) -> OrderFigures {
    let nothing = Money::zero(order.currency());
    let back = money
        .refunded
        .amount
        .saturating_add(money.refund_pending.amount);
    OrderFigures {
        subtotal: order.subtotal,
        discount: order.discount,
        shipping: order.shipping,
        gift_wrap: order.gift_wrap,
        fees: order.other_fees(),
        tax_included: order.tax_included,
        total: order.total,
        paid: money.captured,
        refunded: Money::new(back, order.currency()),
        refundable: money.refundable(),
        shipping_refundable: if money.captured.is_zero() {
            nothing
        } else {
            carriage_left
        },
        due: if order.state.is_over() {
            nothing
        } else {
            money.outstanding()
        },
    }
}

fn can(ctx: &Ctx, order: &Order, lines: &[OrderLine], figures: &OrderFigures) -> OrderCan {
    let may = |permission| ctx.allows(permission);
    let waits = matches!(order.state, OrderState::Placed | OrderState::Expired)
        || order.payment_state == PaymentState::PartlyPaid;
    let to_ship = lines.iter().any(|line| line.to_ship() > 0);
    OrderCan {
        record_payment: may(Permission::PaymentsWrite)
            && waits
            && order.payment_method != PaymentMethod::CashOnDelivery
            && (figures.paid.amount < order.total.amount || figures.due.amount > 0),
        pick: may(Permission::FulfilmentWrite) && life::allows(order, Act::Pick),
        ship: may(Permission::FulfilmentWrite) && to_ship && life::allows(order, Act::ShipAll),
        deliver: may(Permission::FulfilmentWrite),
        drop_gift: may(Permission::OrdersWrite)
            && !order.state.is_over()
            && lines.iter().any(|line| line.gift && line.to_ship() > 0),
        edit: may(Permission::OrdersWrite) && edit_order::obstacle(order, lines, &[]).is_none(),
        prioritise: may(Permission::OrdersWrite)
            && order.state.awaits_shipping()
            && order.urgent_until.is_none(),
        in_turn: may(Permission::OrdersWrite)
            && order.state.awaits_shipping()
            && order.urgent_until.is_some(),
        waive_balance: may(Permission::OrdersWrite)
            && order.state == OrderState::Paid
            && order.waits_for_rest(),
        hold: may(Permission::OrdersWrite) && order.stock_decision && !order.state.is_over(),
        refund: may(Permission::RefundsWrite)
            && figures.refundable.amount > 0
            && order.payment_state != PaymentState::PartlyPaid,
        refund_by_hand: may(Permission::RefundsWrite),
        cancel: may(Permission::OrdersWrite) && life::allows(order, Act::Cancel),
        note: may(Permission::OrdersWrite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ORD-02: whatever the history says, the page has a word for it.
    #[test]
    fn every_cause_has_a_reason_with_a_word() {
        assert_eq!(
            cancel_reason(OrderState::Cancelled, "duplicate"),
            "duplicate"
        );
        assert_eq!(
            cancel_reason(OrderState::Cancelled, "buyer"),
            "customer_request"
        );
        assert_eq!(cancel_reason(OrderState::Cancelled, "whatever"), "other");
        assert_eq!(
            cancel_reason(OrderState::Expired, "not paid in time"),
            "payment_expired"
        );
    }
}
