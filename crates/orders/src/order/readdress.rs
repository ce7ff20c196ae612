//! Another address for an order, until its goods are taken from the shelf (ORD-04).

use kernel::{Address, event};
use platform::{
    Ctx, Tx,
    events::{self, Event},
    params,
};

use super::{COLUMNS, Order, by_id, revise::follow_terms};
use crate::{Cause, OrdersError, events::OrderMoved, history, line};

/// Sends the order to another address. The statement that changes it refuses once the goods are taken from the shelf,
/// so that no parcel leaves with an address that its buyer had changed before.
///
/// # Errors
/// [`OrdersError::TooLateToReaddress`], [`OrdersError::OrderNotFound`].
pub async fn readdress(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    address: &Address,
) -> Result<Order, OrdersError> {
    let sql = format!(
        "UPDATE orders SET address = $2, updated_at = $3 WHERE id = $1 AND state IN ('placed', 'paid') RETURNING {COLUMNS}"
    );
    let json = serde_json::to_value(address).unwrap_or_default();
    let values = params![order.id, json, ctx.now()];
    let Some(row) = tx.row(&sql, values).await? else {
        by_id(tx, order.id).await?;
        return Err(OrdersError::TooLateToReaddress);
    };
    let changed = Order::from_row(&row)?;
    let lines = line::lines(tx, changed.id).await?;
    follow_terms(tx, (order, &lines), (&changed, &lines)).await?;
    let cause = Cause::new("readdressed");
    let stays = (Some(changed.state), changed.state);
    history::write(tx, ctx, changed.id, stays, &cause).await?;
    let event = Event::new(event::ORDER_READDRESSED, &OrderMoved::of(&changed, &cause))
        .about(changed.id)
        .customer(changed.customer_id);
    events::emit(tx, ctx, event).await?;
    Ok(changed)
}
