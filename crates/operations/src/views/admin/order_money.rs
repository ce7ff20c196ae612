//! The money of an order: tries to collect it, what was given back, its rows of the journal.

use std::collections::HashSet;

use kernel::{BankReceiptId, Money, OrderId, PaymentId, RefundId, Timestamp, TransferId};
use orders::{Order, OrderLine, OrderState};
use payments::{
    DeclineCode, EntryKind, Method, OrderMoney, PaymentState, PaymentsError, Provider, RefundState,
    order_money, payment, receipt,
};
use platform::{Ctx, Rx, db::IntoValue};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::person, order::REFUND_REASONS, order_parts::Contents};
use crate::FlowError;

/// One try to collect the money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Attempt {
    /// The payment.
    pub id: PaymentId,
    /// How the shopper wanted to pay.
    pub method: Method,
    /// Who tells the shop.
    pub provider: Provider,
    /// Where it stands.
    pub state: PaymentState,
    /// What was asked for.
    pub amount: Money,
    /// When it began.
    pub created_at: Timestamp,
    /// Why it was declined.
    pub decline_reason: Option<DeclineCode>,
    /// The provider's name for it.
    pub provider_reference: Option<String>,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminRefund {
    /// The refund.
    pub id: RefundId,
    /// How much.
    pub amount: Money,
    /// How much of it is for delivery and fees.
    pub shipping: Money,
    /// `pending`, `succeeded` or `failed`.
    pub state: RefundState,
    /// Why, as a code with the sentence `refund-reason-CODE`.
    pub reason: &'static str,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Who asked for it; null for the shop itself.
    pub by: Option<String>,
    /// Whether its goods were put on the shelf again.
    pub restocked: bool,
    /// Why it failed.
    pub failure: Option<String>,
    /// Whether people have to give it back by hand and then say so here.
    pub by_hand: bool,
    /// Until when the customer can take back what it is for; the money is not to leave before. Null once it may.
    pub waits_until: Option<Timestamp>,
    /// The goods that it is for.
    pub lines: Vec<Contents>,
}

/// A row of the double-entry journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JournalRow {
    /// The row.
    pub id: TransferId,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub entry: EntryKind,
    /// The account debited.
    pub debit: payments::Account,
    /// The account credited.
    pub credit: payments::Account,
    /// How much.
    pub amount: Money,
    /// Who; null for the shop itself.
    pub by: Option<String>,
}

/// Money at the bank that may be an order's payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReceiptCandidate {
    /// The receipt.
    pub id: BankReceiptId,
    /// How much.
    pub amount: Money,
    /// The last five digits of the sender's account.
    pub payer_last_five: Option<String>,
    /// When the bank got it.
    pub received_at: Timestamp,
    /// What fits: `amount_and_last_five`, `amount` or `last_five`.
    #[serde(rename = "match")]
    pub fit: receipt::Fit,
}

/// What an order costs, what came in, what went back. An order without books has what it says itself.
pub(super) async fn money(rx: &mut Rx, order: &Order) -> Result<OrderMoney, FlowError> {
    match order_money::money_of(rx, order.id).await {
        Ok(money) => Ok(money),
        Err(PaymentsError::NotFound(_)) => {
            let nothing = Money::zero(order.currency());
            let captured = if order.payment_state.was_paid() {
                order.total
            } else {
                nothing
            };
            Ok(OrderMoney {
                order_id: order.id,
                due: order.total,
                captured,
                excess: nothing,
                refund_pending: nothing,
                refunded: captured,
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Every try to collect an order's money, oldest first.
pub(super) async fn attempts(rx: &mut Rx, id: OrderId) -> Result<Vec<Attempt>, FlowError> {
    let found = payment::of_order(rx, id).await?;
    Ok(found
        .into_iter()
        .map(|payment| Attempt {
            id: payment.id,
            method: payment.method,
            provider: payment.provider,
            state: payment.state,
            amount: payment.amount,
            created_at: payment.created_at,
            decline_reason: payment.decline_code,
            provider_reference: payment.provider_ref,
        })
        .collect())
}

/// The money given back for an order, oldest first.
pub(super) async fn refunds(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
    found: Vec<payments::Refund>,
) -> Result<Vec<AdminRefund>, FlowError> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let back = restocked(rx, &found, lines).await?;
    let by_program: HashSet<PaymentId> = payment::of_order(rx, order.id)
        .await?
        .into_iter()
        .filter(|p| p.provider.answers())
        .map(|p| p.id)
        .collect();
    Ok(found
        .into_iter()
        .map(|refund| AdminRefund {
            id: refund.id,
            amount: refund.amount,
            shipping: refund.shipping,
            state: refund.state,
            reason: refund_reason(
                order.state == OrderState::Cancelled || refund.waits_until.is_some(),
                &refund.reason,
            ),
            created_at: refund.created_at,
            by: person(&refund.actor),
            restocked: back.contains(&refund.id),
            waits_until: refund.withdrawable_until(ctx.now()),
            by_hand: refund.state == RefundState::Pending
                && !by_program.contains(&refund.payment_id),
            failure: refund.failure,
            lines: refund
                .lines
                .iter()
                .filter_map(|l| Contents::of(lines, l.order_line_id, l.quantity))
                .collect(),
        })
        .collect())
}

/// The refunds whose goods are in the stock ledger again.
async fn restocked(
    rx: &mut Rx,
    refunds: &[payments::Refund],
    lines: &[OrderLine],
) -> Result<HashSet<RefundId>, FlowError> {
    let effects: Vec<(RefundId, String)> = refunds
        .iter()
        .flat_map(|refund| {
            refund
                .lines
                .iter()
                .map(move |line| (refund.id, line.order_line_id))
        })
        .filter_map(|(refund, id)| Some((refund, lines.iter().find(|line| line.id == id)?)))
        .flat_map(|(refund, line)| {
            let goods = line.goods(1);
            goods
                .map(move |(variant, _)| (refund, format!("refund:{refund}:{}:{variant}", line.id)))
        })
        .collect();
    if effects.is_empty() {
        return Ok(HashSet::new());
    }
    let places: Vec<String> = (1..=effects.len()).map(|n| format!("${n}")).collect();
    let values: Vec<_> = effects.iter().map(|(_, key)| key.into_value()).collect();
    let sql = format!(
        "SELECT effect_key FROM stock_ledger WHERE effect_key IN ({})",
        places.join(", ")
    );
    let mut found = HashSet::new();
    for row in rx.rows(&sql, &values).await? {
        let key: String = row.get("effect_key")?;
        found.extend(
            effects
                .iter()
                .filter(|(_, effect)| *effect == key)
                .map(|(id, _)| *id),
        );
    }
    Ok(found)
}

/// The reason as the page names it. What gave everything back because the order ended is a cancellation.
fn refund_reason(cancelled: bool, code: &str) -> &'static str {
    let known = REFUND_REASONS.into_iter().find(|reason| *reason == code);
    known.unwrap_or(if cancelled { "cancelled" } else { "other" })
}

/// The rows of the journal about an order, oldest first.
pub(super) async fn journal(rx: &mut Rx, id: OrderId) -> Result<Vec<JournalRow>, FlowError> {
    let rows = payments::journal::of_order(rx, id).await?;
    Ok(rows
        .into_iter()
        .map(|row| JournalRow {
            id: row.id,
            at: row.at,
            entry: row.entry,
            debit: row.debit,
            credit: row.credit,
            amount: row.amount,
            by: person(&row.actor),
        })
        .collect())
}

/// Money at the bank that may pay an order, best first.
pub(super) async fn candidates(
    rx: &mut Rx,
    id: OrderId,
) -> Result<Vec<ReceiptCandidate>, FlowError> {
    let found = receipt::candidates(rx, id).await?;
    Ok(found
        .into_iter()
        .map(|(receipt, fit)| ReceiptCandidate {
            id: receipt.id,
            amount: receipt.amount,
            payer_last_five: Some(receipt.last_five).filter(|digits| !digits.is_empty()),
            received_at: receipt.received_at,
            fit,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refund_has_a_reason_with_a_word() {
        assert_eq!(refund_reason(false, "damaged"), "damaged");
        assert_eq!(refund_reason(true, "duplicate"), "cancelled");
        assert_eq!(refund_reason(false, "goodwill"), "other");
    }
}
