//! Another address for an order, until its goods are taken from the shelf (ORD-04).

use kernel::{Address, event};
use platform::{
    Ctx, Tx,
    events::{self, Event},
    params,
};

use super::{COLUMNS, Order, by_id};
use crate::{Cause, OrdersError, events::OrderMoved, history, line, terms};

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
    find_anew(tx, order, &changed).await?;
    let cause = Cause::new("readdressed");
    let stays = (Some(changed.state), changed.state);
    history::write(tx, ctx, changed.id, stays, &cause).await?;
    let event = Event::new(event::ORDER_READDRESSED, &OrderMoved::of(&changed, &cause))
        .about(changed.id)
        .customer(changed.customer_id);
    events::emit(tx, ctx, event).await?;
    Ok(changed)
}

/// The order is found by who receives it now, and no longer by who was to.
async fn find_anew(tx: &mut Tx, before: &Order, now: &Order) -> Result<(), OrdersError> {
    let lines = line::lines(tx, now.id).await?;
    let skus = || {
        lines.iter().flat_map(|line| {
            let parts = line.parts.iter().map(|part| part.sku.as_str());
            std::iter::once(line.sku.as_str()).chain(parts)
        })
    };
    let (old, new) = (terms::of(before, skus()), terms::of(now, skus()));
    let day = terms::day_of(now.placed_at);
    for gone in old.difference(&new) {
        let sql = "DELETE FROM order_terms WHERE day = $1 AND term = $2 AND placed_at = $3 AND order_id = $4";
        tx.execute(sql, params![day, gone, now.placed_at, now.id])
            .await?;
    }
    let fresh: terms::Terms = new.difference(&old).cloned().collect();
    tx.insert_many("order_terms", terms::INSERTED, &terms::rows(now, &fresh))
        .await?;
    let sql = "UPDATE orders SET terms = $2 WHERE id = $1";
    Ok(tx
        .execute_one(sql, params![now.id, terms::joined(&new)])
        .await?)
}
