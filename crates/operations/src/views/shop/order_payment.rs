//! The payment of an order as its buyer sees it: what is known, what can be done, and how else it can be paid.

use fulfilment::zone::Place;
use kernel::{Money, PaymentId, Timestamp};
use orders::{Order, OrderState, PaymentMethod, PaymentState};
use payments::{DeclineCode, Method, Payment, payment, transfer_report};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    checkout::{self, Cash, PaymentOption},
    facts::Facts,
};
use crate::{
    FlowError,
    flows::collect_payment::method_of,
    views::payment::{self as next_payment, NextAction},
};

/// The payment of an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderPayment {
    /// The last try; null when none was begun.
    pub id: Option<PaymentId>,
    /// How the order is to be paid.
    pub method: PaymentMethod,
    /// Where the last try stands: `created`, `pending`, `unknown`, `succeeded`, `declined` or `cancelled`.
    pub state: Option<payments::PaymentState>,
    /// What is to be paid: all that the order costs, or the rest of it.
    pub amount: Money,
    /// Whether the card company's page is open for it: a card can be typed there, and none was charged yet.
    pub open_page: bool,
    /// Whether the order was paid and became dearer, so that only the rest is asked for.
    pub is_rest: bool,
    /// Why the last try was declined, as long as nothing came after it.
    pub decline_reason: Option<DeclineCode>,
    /// Until when it can be paid.
    pub deadline: Option<Timestamp>,
    /// Whether the buyer can pay now.
    pub can_pay: bool,
    /// How, best first; empty when nothing is to be paid.
    pub methods: Vec<PaymentOption>,
    /// Where to send a transfer, while one is awaited.
    pub bank_transfer: Option<TransferTo>,
    /// What to do next; null when there is nothing to do.
    pub next_action: Option<NextAction>,
}

/// Where to send a transfer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TransferTo {
    /// The bank.
    pub bank_name: String,
    /// Its code.
    pub bank_code: String,
    /// The branch.
    pub branch: String,
    /// The account.
    pub account_number: String,
    /// In whose name it is.
    pub account_name: String,
    /// The last five digits the buyer told us they paid from.
    pub reported_last_five: Option<String>,
}

/// The payment of an order.
///
/// # Errors
/// Whatever the database says.
pub async fn payment_of(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    order: &Order,
) -> Result<OrderPayment, FlowError> {
    let last = payment::of_order(rx, order.id)
        .await?
        .into_iter()
        .next_back();
    let can_pay = can_pay(ctx, order, last.as_ref());
    let declined = order.payment_state == PaymentState::Declined;
    let methods = if can_pay {
        other_ways(rx, ctx, facts, order, declined).await?
    } else {
        Vec::new()
    };
    let rest = order.waits_for_rest();
    let asked = last.as_ref().map(|p| p.method);
    let transfer = can_pay
        && if rest {
            asked == Some(Method::BankTransfer)
        } else {
            order.payment_method == PaymentMethod::BankTransfer
        };
    let next = last
        .as_ref()
        .filter(|p| (can_pay && !declined) || p.open_page(ctx.now()).is_some())
        .map(|p| next_payment::next(order, p, &facts.shop));
    Ok(OrderPayment {
        id: last.as_ref().map(|p| p.id),
        method: order.payment_method,
        state: last.as_ref().map(|p| p.state),
        amount: match &last {
            Some(asked) if rest => asked.amount,
            _ => order.total,
        },
        open_page: last
            .as_ref()
            .is_some_and(|p| p.open_page(ctx.now()).is_some()),
        is_rest: rest,
        decline_reason: last
            .filter(|p| declined || (rest && p.state == payments::PaymentState::Declined))
            .and_then(|p| p.decline_code),
        deadline: order.pay_until.filter(|_| can_pay && !rest),
        can_pay,
        methods,
        bank_transfer: if transfer {
            Some(transfer_to(rx, facts, order).await?)
        } else {
            None
        },
        next_action: next.and_then(|n| n.next_action),
    })
}

/// An order waits for money of its buyer while it is placed, not for cash at the door, not being confirmed and within
/// its window (CHK-26).
fn can_pay(ctx: &Ctx, order: &Order, last: Option<&Payment>) -> bool {
    if order.waits_for_rest() && order.state == OrderState::Paid {
        return !last.is_some_and(Payment::is_under_way);
    }
    order.state == OrderState::Placed
        && matches!(
            order.payment_state,
            PaymentState::Pending | PaymentState::Declined
        )
        && order.payment_method != PaymentMethod::CashOnDelivery
        && order.pay_until.is_none_or(|until| until > ctx.now())
        && !last.is_some_and(Payment::is_under_way)
}

/// The ways to pay, the present one first, or last after it failed (CHK-05).
async fn other_ways(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    order: &Order,
    declined: bool,
) -> Result<Vec<PaymentOption>, FlowError> {
    let there = facts.tariff.at(Place::from(&order.address));
    let way = there.iter().find(|m| m.code == order.delivery_code);
    let cash = way.map_or_else(Cash::default, |way| Cash::by_method(way, order.total));
    let mut offered = checkout::offered(rx, ctx, facts, cash, order.total).await?;
    let rest = order.waits_for_rest();
    offered.retain(|o| o.available && !(rest && o.code == PaymentMethod::CashOnDelivery));
    if declined {
        let codes: Vec<Method> = offered.iter().map(|o| method_of(o.code)).collect();
        let ranked = Method::alternatives(method_of(order.payment_method), &codes);
        offered.sort_by_key(|o| ranked.iter().position(|m| *m == method_of(o.code)));
        checkout::select(&mut offered, None);
    } else {
        checkout::select(&mut offered, Some(order.payment_method));
    }
    Ok(offered)
}

async fn transfer_to(rx: &mut Rx, facts: &Facts, order: &Order) -> Result<TransferTo, FlowError> {
    let bank = &facts.shop.bank;
    let reported = transfer_report::of_order(rx, order.id).await?;
    Ok(TransferTo {
        bank_name: bank.bank_name.clone(),
        bank_code: bank.bank_code.clone(),
        branch: bank.branch.clone(),
        account_number: bank.account_number.clone(),
        account_name: bank.account_name.clone(),
        reported_last_five: reported.map(|r| r.last_five),
    })
}
