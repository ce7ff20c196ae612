//! How an order ends without goods leaving: cancelled by a person, expired unpaid; and how a finished one closes.

use inventory::hold::{self, HoldEnd};
use kernel::{Money, OrderId, Timestamp};
use orders::{Act, Cause, Order, PaymentState, order};
use payments::{
    case::{self, CaseReason},
    payment,
};
use platform::{Ctx, Tx};

use super::{refund_order, tell, undo_cancellation};
use crate::{FlowError, shop};

/// Orders ended in one run of a schedule.
const BATCH: i64 = 200;

/// Cancels an order. Its stock is free again, its open payments are given up, its money goes back. The history keeps
/// the reason, and the words that somebody added to it.
///
/// # Errors
/// [`orders::OrdersError::IllegalTransition`] when goods have left or the order is over.
pub async fn cancel(ctx: &Ctx, id: OrderId, cause: impl Into<Cause>) -> Result<Order, FlowError> {
    let cause = cause.into();
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, id).await?;
        cancel_locked(tx, ctx, &order, &cause, None).await
    })
    .await
}

/// Cancels the order behind a tracking link, as its buyer may until it is picked. For a while they can take that back
/// (CHK-21); what they paid goes back after it.
///
/// # Errors
/// [`FlowError::NotFound`] for an unknown token, [`FlowError::WrongState`] once it is picked.
pub async fn cancel_by_buyer(ctx: &Ctx, token: String) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let found = order::by_token(tx, &token, ctx.now())
            .await?
            .ok_or(FlowError::NotFound)?;
        let order = order::lock(tx, found.id).await?;
        if !buyer_may_cancel(&order) {
            return Err(FlowError::WrongState);
        }
        let undo_until = undo_cancellation::window(&order, &shop::load(tx).await?, ctx.now());
        cancel_locked(tx, ctx, &order, &Cause::new("buyer"), undo_until).await
    })
    .await
}

/// Whether the buyer can still call the order off without asking the shop.
#[must_use]
pub fn buyer_may_cancel(order: &Order) -> bool {
    use orders::OrderState::{Paid, Placed};
    matches!(order.state, Placed | Paid) && order.payment_state != PaymentState::Unknown
}

pub(super) async fn cancel_locked(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    cause: &Cause,
    undo_until: Option<Timestamp>,
) -> Result<Order, FlowError> {
    let reason = cause.code();
    let cancelled = order::apply(tx, ctx, order, Act::Cancel, cause.clone()).await?;
    decided(tx, ctx, order).await?;
    hold::release(tx, ctx, order.id, HoldEnd::Released, "cancelled").await?;
    order::cancel_lines_all(tx, order.id).await?;
    payment::cancel_open(tx, ctx, order.id).await?;
    case::over(tx, ctx, order.id, CaseReason::Cancelled).await?;
    let mut refund = None;
    if order.payment_state.has_money() {
        refund = refund_order::refund_everything(tx, ctx, &cancelled, reason, undo_until).await?;
    } else if order.payment_state != PaymentState::Unknown {
        order::set_payment_state(tx, ctx, order.id, PaymentState::Cancelled).await?;
    }
    // Where all of it went back before, nothing waits that could be taken back.
    let undo_until = undo_until.filter(|_| refund.is_some() || !order.payment_state.has_money());
    tell::order_cancelled(tx, ctx, &cancelled, refund, undo_until).await?;
    Ok(cancelled)
}

/// Nobody has to decide about the stock of an order that is over.
async fn decided(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    if order.stock_decision {
        order::set_stock_decision(tx, ctx, order.id, false).await?;
    }
    Ok(())
}

/// Cancels an order of which a refund took the last unit before any left. Its units are cancelled and their stock is
/// free already; the refund gives back what was agreed.
///
/// # Errors
/// [`orders::OrdersError::IllegalTransition`] for an order that is over.
pub(super) async fn emptied(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    (reason, amount): (&str, Money),
) -> Result<(), FlowError> {
    let cancelled = order::apply(tx, ctx, order, Act::Cancel, reason).await?;
    decided(tx, ctx, order).await?;
    payment::cancel_open(tx, ctx, order.id).await?;
    tell::order_cancelled(tx, ctx, &cancelled, Some(amount), None).await
}

/// Closes orders whose payment window is over and frees their stock, each exactly once (CHK-15). An order whose
/// payment is being confirmed waits for the answer.
///
/// # Errors
/// Whatever the database says.
pub async fn expire_due(ctx: &Ctx) -> Result<u64, FlowError> {
    let due = ctx
        .read(async |rx, ctx| orders::figures::due_to_expire(rx, ctx.now(), BATCH).await)
        .await?;
    let mut expired = 0;
    for id in due {
        let one = ctx.write(async move |tx, ctx| {
            let order = order::lock(tx, id).await?;
            let still_due = order.pay_until.is_some_and(|until| until <= ctx.now());
            if !still_due || !orders::life::allows(&order, Act::Expire) {
                return Ok(false);
            }
            let order = order::apply(tx, ctx, &order, Act::Expire, "not paid in time").await?;
            hold::release(tx, ctx, id, HoldEnd::Expired, "payment_expired").await?;
            payment::cancel_open(tx, ctx, id).await?;
            case::over(tx, ctx, id, CaseReason::Expired).await?;
            order::set_payment_state(tx, ctx, id, PaymentState::Cancelled).await?;
            tell::order_expired(tx, ctx, &order).await?;
            Ok::<_, FlowError>(true)
        });
        expired += u64::from(one.await?);
    }
    Ok(expired)
}

/// Closes delivered orders whose return window is over.
///
/// # Errors
/// Whatever the database says.
pub async fn close_due(ctx: &Ctx) -> Result<u64, FlowError> {
    let due = ctx
        .read(async |rx, ctx| {
            let days = shop::load(rx).await?.return_days;
            let before = ctx.now().plus_seconds(-days * 86_400);
            Ok::<_, FlowError>(orders::figures::due_to_close(rx, before, BATCH).await?)
        })
        .await?;
    let mut closed = 0;
    for id in due {
        let one = ctx.write(async move |tx, ctx| {
            let order = order::lock(tx, id).await?;
            if !orders::life::allows(&order, Act::Close) {
                return Ok(false);
            }
            order::apply(tx, ctx, &order, Act::Close, "return window over").await?;
            Ok::<_, FlowError>(true)
        });
        closed += u64::from(one.await?);
    }
    Ok(closed)
}
