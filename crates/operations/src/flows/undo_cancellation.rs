//! A buyer takes back that they called their order off by mistake (CHK-21).
//!
//! While they can, the money of a paid order does not leave: its refund waits, and who takes the cancellation back and
//! the job that gives the money back are decided by the row of that job.

use kernel::{Money, OrderId, Timestamp};
use orders::{Act, HistoryRow, Order, OrderState, PaymentMethod, PaymentState, order};
use payments::{PaymentsError, Refund, order_money, payment, refund};
use platform::{Ctx, Rx, Tx};

use super::{collect_payment, edit_order, hold_again, tell};
use crate::{
    FlowError,
    shop::{self, Shop},
};

/// Until when a buyer who calls an order off now can take that back; none where the shop allows no time for it. An order
/// that is not paid is restored only while it can still be paid.
pub(super) fn window(order: &Order, shop: &Shop, now: Timestamp) -> Option<Timestamp> {
    let until = (shop.undo_minutes > 0).then(|| now.plus_seconds(shop.undo_minutes * 60))?;
    let pay_until = order.pay_until.filter(|_| !order.payment_state.has_money());
    let until = pay_until.map_or(until, |pay| until.min(pay));
    (until > now).then_some(until)
}

/// Until when the buyer can take back that they called the order off: while it could still be paid, or while none of its
/// money has left.
#[must_use]
pub fn undo_until(
    order: &Order,
    history: &[HistoryRow],
    refunds: &[Refund],
    shop: &Shop,
    now: Timestamp,
) -> Option<Timestamp> {
    let theirs = history
        .last()
        .is_some_and(|row| row.to == OrderState::Cancelled && row.cause == "buyer");
    let closed_at = order
        .closed_at
        .filter(|_| theirs && order.state == OrderState::Cancelled)?;
    let until = if order.payment_state == PaymentState::Cancelled {
        window(order, shop, closed_at)
    } else {
        // Money that left since cannot be called back.
        let left = |r: &Refund| r.waits_until.is_none() && r.state.is_live();
        let gone = refunds.iter().any(|r| left(r) && r.created_at > closed_at);
        let waiting = refunds.iter().filter_map(|r| r.withdrawable_until(now));
        waiting.min().filter(|_| !gone)
    };
    until.filter(|until| *until > now)
}

/// As [`undo_until`], of an order as it stands.
///
/// # Errors
/// Whatever the domains or the database say.
pub(super) async fn still_until(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
) -> Result<Option<Timestamp>, FlowError> {
    let history = order::history(rx, order.id).await?;
    let refunds = refund::of_order(rx, order.id).await?;
    let shop = shop::load(rx).await?;
    Ok(undo_until(order, &history, &refunds, &shop, ctx.now()))
}

/// Takes back that the buyer called the order off: it is as it was, if every unit can be held again.
///
/// # Errors
/// [`FlowError::NotFound`] for a link that leads nowhere, [`FlowError::WrongState`] when it is too late,
/// [`inventory::InventoryError::OutOfStock`] when somebody else got the goods.
pub async fn undo_cancellation(ctx: &Ctx, token: String) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        let found = order::by_token(tx, &token, ctx.now())
            .await?
            .ok_or(FlowError::NotFound)?;
        restore(tx, ctx, found.id).await
    })
    .await
}

async fn restore(tx: &mut Tx, ctx: &Ctx, id: OrderId) -> Result<(), FlowError> {
    let known = order::lock(tx, id).await?;
    let until = still_until(tx, ctx, &known).await?;
    let (Some(_), Some(closed_at)) = (until, known.closed_at) else {
        return Err(FlowError::WrongState);
    };
    let paid = known.payment_state.has_money();
    let (act, pay_until, why) = if paid {
        (Act::Reinstate, None, "order_paid")
    } else {
        (Act::Restore, known.pay_until, "order_placed")
    };
    let kept = match paid {
        true => Some(
            refund::withdraw(tx, ctx, id, closed_at)
                .await
                .map_err(too_late)?,
        ),
        false => None,
    };
    let restored = order::apply(tx, ctx, &known, act, "buyer").await?;
    order::restore_lines(tx, id).await?;
    hold_again::hold_goods(tx, ctx, &restored, (pay_until, why)).await?;
    let due = ask_again(tx, ctx, &restored).await?;
    let restored = order::by_id(tx, id).await?;
    tell::order_restored(tx, ctx, &restored, due, kept).await
}

fn too_late(error: PaymentsError) -> FlowError {
    match error {
        PaymentsError::RefundOver(_) => FlowError::WrongState,
        other => other.into(),
    }
}

/// Asks for what is not paid, as it was asked for before.
async fn ask_again(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
) -> Result<Option<(PaymentMethod, Money)>, FlowError> {
    let missing = order_money::money_of(tx, order.id).await?.outstanding();
    if missing.is_zero() {
        return Ok(None);
    }
    if order.payment_state == PaymentState::PartlyRefunded {
        // What went back before it was called off does not make it paid.
        order::set_payment_state(tx, ctx, order.id, PaymentState::PartlyPaid).await?;
    }
    let tries = payment::of_order(tx, order.id).await?;
    if tries.iter().any(payments::Payment::is_under_way) {
        return Ok(None);
    }
    let method = edit_order::method_for(tx, ctx, order).await?;
    let start = collect_payment::start_by(tx, ctx, order.id, (method, missing)).await?;
    payment::start(tx, ctx, start).await?;
    Ok(Some((method, missing)))
}
