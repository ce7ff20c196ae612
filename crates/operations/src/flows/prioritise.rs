//! An order goes before all others, or in its turn again (ORD-07).

use fulfilment::promise;
use kernel::{OrderId, Timestamp};
use orders::{Order, OrdersError, order, priority};
use platform::{Ctx, Tx, web::FieldProblem};

use crate::{FlowError, urgent};

/// Puts an order first. It must leave by `until`; by the end of the next working day's collection when that is not said.
///
/// # Errors
/// A missing reason, a time that is past, [`OrdersError::NoRoom`] when that day is full.
pub async fn prioritise(
    ctx: &Ctx,
    id: OrderId,
    until: Option<Timestamp>,
    reason: String,
) -> Result<Order, FlowError> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(wrong("reason", "error-required"));
    }
    if until.is_some_and(|until| until <= ctx.now()) {
        return Err(wrong("until", "error-invalid-value"));
    }
    ctx.write(async move |tx, ctx| {
        order::lock(tx, id).await?;
        let calendar = fulfilment::calendar::load(tx).await?;
        let until = until.unwrap_or_else(|| promise::ship_by(ctx.now(), &calendar).ship_by);
        let room = urgent::load(tx).await?.per_day;
        let day = calendar.date(until);
        Ok(priority::set(tx, ctx, id, (until, day, room), &reason).await?)
    })
    .await
}

/// Lets an order go in its turn again.
///
/// # Errors
/// [`OrdersError::NotEditable`] for one that does already, or that has left.
pub async fn in_turn(ctx: &Ctx, id: OrderId) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        order::lock(tx, id).await?;
        Ok(priority::clear(tx, ctx, id).await?)
    })
    .await
}

/// An order that was placed with a way to deliver that buys a place goes first. Where the day is full, the order is
/// refused and another way must be chosen: what cannot be kept is not sold.
///
/// # Errors
/// [`FlowError::Fields`] naming the way to deliver.
pub(super) async fn bought(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    let lane = urgent::recent(tx, ctx).await?;
    let Some(until) = order
        .ship_by
        .filter(|_| lane.methods.contains(&order.delivery_code))
    else {
        return Ok(());
    };
    let day = until.in_zone(ctx.zone()).date();
    let wanted = (until, day, lane.per_day);
    match priority::set(tx, ctx, order.id, wanted, &order.delivery_name).await {
        Ok(_) => Ok(()),
        Err(OrdersError::NoRoom { .. }) => Err(wrong("delivery_method", "error-order-no-room")),
        Err(other) => Err(other.into()),
    }
}

fn wrong(field: &str, key: &'static str) -> FlowError {
    FlowError::Fields(vec![FieldProblem {
        field: field.to_owned(),
        key,
        args: Vec::new(),
    }])
}
