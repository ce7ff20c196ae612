//! One step in the life of an order: a conditional UPDATE, one row of history, the step's event.

use kernel::event;
use platform::{
    Ctx, Tx,
    events::{self, Event},
    params,
};

use super::{COLUMNS, Order, by_id};
use crate::{
    Act, Cause, OrdersError,
    events::{OrderCompleted, OrderMoved},
    history, life,
    life::Condition,
};

/// Does `act` to the order if it is still in the state of `order`, and tells how it stands after. Of several acts that
/// race for one state exactly one is done; the others are refused and write nothing (O7).
///
/// # Errors
/// [`OrdersError::IllegalTransition`] with the state the order is really in, or [`OrdersError::StockDecisionNeeded`].
pub async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    act: Act,
    cause: impl Into<Cause>,
) -> Result<Order, OrdersError> {
    apply_for(tx, ctx, order, act, cause.into()).await
}

async fn apply_for(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    act: Act,
    cause: Cause,
) -> Result<Order, OrdersError> {
    let from = order.state;
    let to = life::next(from, act).ok_or(OrdersError::IllegalTransition { from, act })?;
    let condition = life::condition(from, act);
    let sql = format!(
        "UPDATE orders SET state = $2, updated_at = $3{} WHERE id = $1 AND state = $4{} RETURNING {COLUMNS}",
        also(act),
        condition.sql()
    );
    let Some(row) = tx.row(&sql, params![order.id, to, ctx.now(), from]).await? else {
        return Err(refusal(tx, order, act, condition).await);
    };
    let mut order = Order::from_row(&row)?;
    history::write(tx, ctx, order.id, (Some(from), to), &cause).await?;
    let name = match act {
        Act::Pay | Act::Reopen => {
            complete(tx, ctx, &mut order).await?;
            return Ok(order);
        }
        // The parcel tells of these, and of the last the refund.
        Act::ShipPart | Act::ShipAll | Act::Deliver | Act::DropRest => return Ok(order),
        Act::Pick => event::ORDER_PICKED,
        Act::Cancel => event::ORDER_CANCELLED,
        Act::Expire => event::ORDER_EXPIRED,
        Act::Close => event::ORDER_CLOSED,
        Act::Restore | Act::Reinstate => event::ORDER_RESTORED,
    };
    let event = Event::new(name, &OrderMoved::of(&order, &cause))
        .about(order.id)
        .customer(order.customer_id);
    events::emit(tx, ctx, event).await?;
    if act == Act::Reinstate {
        // Its money may have come only after it was called off.
        complete(tx, ctx, &mut order).await?;
    }
    Ok(order)
}

/// What a step sets beside the state.
const fn also(act: Act) -> &'static str {
    match act {
        Act::Pay => ", payment_state = 'paid', paid_at = COALESCE(paid_at, $3)",
        Act::Reopen => {
            ", payment_state = 'paid', paid_at = COALESCE(paid_at, $3), closed_at = NULL"
        }
        Act::ShipAll => ", shipped_at = $3",
        // Its last goods left with the parcel before.
        Act::DropRest => {
            ", shipped_at = (SELECT MAX(h.at) FROM order_history h WHERE h.order_id = orders.id AND h.to_state = 'partly_shipped')"
        }
        Act::Close => ", closed_at = $3",
        Act::Restore => ", closed_at = NULL, payment_state = 'pending'",
        Act::Reinstate => ", closed_at = NULL",
        Act::Cancel | Act::Expire => {
            ", closed_at = $3, \
             payment_state = CASE WHEN payment_state IN ('pending', 'declined') THEN 'cancelled' ELSE payment_state END"
        }
        Act::Pick | Act::ShipPart | Act::Deliver => "",
    }
}

/// Why the UPDATE found no row.
async fn refusal(tx: &mut Tx, order: &Order, act: Act, condition: Condition) -> OrdersError {
    match by_id(tx, order.id).await {
        Ok(now)
            if now.state == order.state
                && now.stock_decision
                && !matches!(
                    condition,
                    Condition::AwaitsMoney | Condition::NeverPaid | Condition::StillPaid
                ) =>
        {
            OrdersError::StockDecisionNeeded
        }
        Ok(now) if now.state == order.state && act == Act::Pick && now.waits_for_rest() => {
            OrdersError::BalanceDue
        }
        Ok(now) => OrdersError::IllegalTransition {
            from: now.state,
            act,
        },
        Err(error) => error,
    }
}

/// Marks the sale as certain, once in the order's life, and says so on the stream.
pub(crate) async fn complete(tx: &mut Tx, ctx: &Ctx, order: &mut Order) -> Result<(), OrdersError> {
    let sql = "UPDATE orders SET completed_at = $2 WHERE id = $1 AND completed_at IS NULL";
    if order.completed_at.is_some() || tx.execute(sql, params![order.id, ctx.now()]).await? == 0 {
        return Ok(());
    }
    order.completed_at = Some(ctx.now());
    let event = Event::new(event::ORDER_COMPLETED, &OrderCompleted::of(order));
    events::emit(tx, ctx, event.about(order.id).customer(order.customer_id)).await?;
    Ok(())
}
