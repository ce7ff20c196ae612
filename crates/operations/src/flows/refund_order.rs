//! Giving money back, whole or in part, with or without goods coming back.

use std::collections::BTreeMap;

use inventory::{EntryKind, stock, stock::Adjustment};
use kernel::{Money, OrderId, OrderLineId, RefundId};
use orders::{Order, OrderLine, PaymentState, order};
use payments::{
    Refund, RefundLine, RefundOutcome, RefundRequest, RefundState, order_money, refund,
};
use platform::{Ctx, Tx};

use super::tell;
use crate::FlowError;

/// A refund about to be asked for.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// The order.
    pub order_id: OrderId,
    /// Units that come back, or need not.
    pub lines: Vec<ReturnedUnits>,
    /// How much of the shipping is given back.
    pub shipping: Option<Money>,
    /// The whole amount when it is not the sum of the lines and the shipping: goodwill, or less.
    pub amount: Option<Money>,
    /// Why, as a code or a sentence.
    pub reason: String,
    /// The caller's key; the same key again is the same refund.
    pub idempotency_key: String,
}

impl RefundOrder {
    /// Whether a known refund is the one that is asked for. What its lines are worth is left out: that changed when they
    /// were given back.
    fn asked_for(&self, known: &Refund) -> bool {
        let zero = Money::zero(known.amount.currency);
        let units = |line: &RefundLine| (line.order_line_id, line.quantity);
        self.order_id == known.order_id
            && self.shipping.unwrap_or(zero) == known.shipping
            && self.amount.is_none_or(|amount| amount == known.amount)
            && self.reason == known.reason
            && merged(&self.lines)
                .iter()
                .map(|l| (l.order_line_id, l.quantity))
                .eq(known.lines.iter().map(units))
    }
}

/// Units of one line in a refund.
#[derive(Debug, Clone, Copy)]
pub struct ReturnedUnits {
    /// The line.
    pub order_line_id: OrderLineId,
    /// How many units.
    pub quantity: i64,
    /// Whether they came back and go on the shelf again.
    pub restock: bool,
}

/// Asks for a refund. Concurrent refunds never exceed what was paid: the limit is in the statement that sets the money
/// aside (P4).
///
/// # Errors
/// More than can be given back, units that were not shipped, or a reused key.
pub async fn refund(ctx: &Ctx, input: RefundOrder) -> Result<Refund, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, input.order_id).await?;
        if let Some(known) = refund::by_key(tx, &input.idempotency_key).await? {
            return if input.asked_for(&known) {
                Ok(known)
            } else {
                Err(FlowError::KeyReused)
            };
        }
        let known = order::lines(tx, order.id).await?;
        let units = merged(&input.lines);
        let lines = priced(&known, &units)?;
        let zero = Money::zero(order.total.currency);
        let shipping = input.shipping.unwrap_or(zero);
        let parts = Money::sum(
            zero.currency,
            lines.iter().map(|l| l.amount).chain([shipping]),
        )?;
        let request = RefundRequest {
            order_id: order.id,
            amount: input.amount.unwrap_or(parts),
            shipping,
            lines: lines.clone(),
            reason: input.reason.clone(),
            idempotency_key: input.idempotency_key.clone(),
        };
        let asked = refund::request(tx, ctx, request).await?;
        let amounts: Vec<_> = lines.iter().map(|l| (l.order_line_id, l.amount)).collect();
        order::record_line_refunds(tx, order.id, &amounts).await?;
        take_back(tx, ctx, &order, &known, &units, &asked).await?;
        Ok(asked)
    })
    .await
}

/// Units by line and whether they go on the shelf: a line that is named twice is one demand.
fn merged(wanted: &[ReturnedUnits]) -> Vec<ReturnedUnits> {
    let mut sums: BTreeMap<(OrderLineId, bool), i64> = BTreeMap::new();
    for units in wanted {
        let sum = sums
            .entry((units.order_line_id, units.restock))
            .or_default();
        *sum = sum.saturating_add(units.quantity);
    }
    sums.into_iter()
        .map(|((order_line_id, restock), quantity)| ReturnedUnits {
            order_line_id,
            quantity,
            restock,
        })
        .collect()
}

/// What each returned unit is worth: the line's total split over its units, so that all of them sum to the line.
fn priced(known: &[OrderLine], wanted: &[ReturnedUnits]) -> Result<Vec<RefundLine>, FlowError> {
    wanted
        .iter()
        .map(|units| {
            let line = known
                .iter()
                .find(|l| l.id == units.order_line_id)
                .ok_or(FlowError::NotFound)?;
            let left = line.total.minus(line.refunded)?;
            let worth = line.value_of(line.returned, units.quantity)?;
            let amount = if worth.amount > left.amount {
                left
            } else {
                worth
            };
            Ok(RefundLine {
                order_line_id: line.id,
                quantity: units.quantity,
                amount,
            })
        })
        .collect()
}

/// Goods that came back: recorded on their lines, and on the shelf where they are good again.
async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
    units: &[ReturnedUnits],
    asked: &Refund,
) -> Result<(), FlowError> {
    for unit in units {
        let Some(line) = known.iter().find(|l| l.id == unit.order_line_id) else {
            continue;
        };
        if line.shipped - line.returned < unit.quantity {
            continue;
        }
        order::record_returned(tx, order.id, &[(line.id, unit.quantity)], unit.restock).await?;
        if unit.restock {
            let change = Adjustment {
                order_id: Some(order.id),
                effect_key: Some(format!("refund:{}:{}", asked.id, line.id)),
                ..Adjustment::new(line.variant_id, unit.quantity, EntryKind::Return, "refund")
            };
            stock::adjust(tx, ctx, change).await?;
        }
    }
    Ok(())
}

/// Gives back everything that is left, as a cancellation does, and tells how much that is.
///
/// # Errors
/// Whatever the domains or the database say.
pub async fn refund_everything(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    reason: &str,
) -> Result<Option<Money>, FlowError> {
    let money = order_money::money_of(tx, order.id).await?;
    let amount = money.refundable();
    if amount.is_zero() {
        return Ok(None);
    }
    let request = RefundRequest {
        order_id: order.id,
        amount,
        shipping: Money::zero(amount.currency),
        lines: Vec::new(),
        reason: reason.to_owned(),
        idempotency_key: format!("everything:{}", order.id),
    };
    refund::request(tx, ctx, request).await?;
    Ok(Some(amount))
}

/// Records that staff gave the money back by hand (a transfer, cash).
///
/// # Errors
/// A refund that ended otherwise.
pub async fn settle_by_hand(
    ctx: &Ctx,
    id: RefundId,
    reference: String,
) -> Result<Refund, FlowError> {
    ctx.write(async move |tx, ctx| {
        let asked = refund::by_id(tx, id).await?;
        order::lock(tx, asked.order_id).await?;
        let outcome = RefundOutcome::Succeeded {
            reference: reference.clone(),
        };
        if refund::settle(tx, ctx, id, &outcome).await? {
            let done = refund::by_id(tx, id).await?;
            settled(tx, ctx, &done).await?;
        }
        Ok(refund::by_id(tx, id).await?)
    })
    .await
}

/// What the end of a refund means for its order and its buyer. The order's row is locked already.
///
/// # Errors
/// Whatever the domains or the database say.
pub async fn settled(tx: &mut Tx, ctx: &Ctx, refund: &Refund) -> Result<(), FlowError> {
    if refund.state != RefundState::Succeeded {
        return Ok(());
    }
    let money = order_money::money_of(tx, refund.order_id).await?;
    let state = if money.is_refunded() {
        PaymentState::Refunded
    } else {
        PaymentState::PartlyRefunded
    };
    order::set_payment_state(tx, ctx, refund.order_id, state).await?;
    let order = order::by_id(tx, refund.order_id).await?;
    tell::order_refunded(tx, ctx, &order, refund).await
}
