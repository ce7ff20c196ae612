//! An order whose stock is not held gets it again: one that was paid when its stock was gone (S9), one that is wanted after
//! all. Goods that were bought do not wait for a gift that is gone.

use inventory::{InventoryError, hold};
use kernel::{OrderId, Timestamp, VariantId};
use orders::{Order, OrderLine, order};
use platform::{Ctx, Tx};

use crate::FlowError;

/// Holds the goods that a paid order lacks; then it can be picked.
///
/// # Errors
/// [`FlowError::WrongState`] for an order that lacks none, [`inventory::InventoryError::OutOfStock`] while there is
/// not enough.
pub async fn hold_again(ctx: &Ctx, id: OrderId) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, id).await?;
        if !order.stock_decision || order.state.is_over() {
            return Err(FlowError::WrongState);
        }
        hold_goods(tx, ctx, &order, (None, "order_paid")).await?;
        order::set_stock_decision(tx, ctx, id, false).await?;
        Ok(order::by_id(tx, id).await?)
    })
    .await
}

/// Holds what an order without holds still has to send. Where only its gift stands in the way, the gift is taken out
/// (STF-16).
///
/// # Errors
/// [`inventory::InventoryError::OutOfStock`] when there is not enough of what was bought; nothing is held then.
pub(super) async fn hold_goods(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    terms: (Option<Timestamp>, &str),
) -> Result<(), FlowError> {
    let lines = order::lines(tx, order.id).await?;
    let (gifts, bought): (Vec<&OrderLine>, Vec<&OrderLine>) =
        lines.iter().partition(|line| line.gift);
    let all: Vec<&OrderLine> = lines.iter().collect();
    let short = match tx
        .attempt(async |tx| hold_all(tx, ctx, order, &all, terms).await)
        .await
    {
        Err(FlowError::Inventory(short @ InventoryError::OutOfStock { .. })) => short,
        other => return other,
    };
    if gifts.is_empty() {
        return Err(short.into());
    }
    let without = tx.attempt(async |tx| hold_all(tx, ctx, order, &bought, terms).await);
    match without.await {
        Ok(()) => {
            order::remove_gift(tx, ctx, order, &lines).await?;
            Ok(())
        }
        Err(FlowError::Inventory(InventoryError::OutOfStock { .. })) => Err(short.into()),
        Err(other) => Err(other),
    }
}

async fn hold_all(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[&OrderLine],
    (until, why): (Option<Timestamp>, &str),
) -> Result<(), FlowError> {
    let wanted: Vec<(VariantId, i64)> = lines
        .iter()
        .flat_map(|line| line.goods(line.to_ship()))
        .filter(|(_, units)| *units > 0)
        .collect();
    let whose = (order.id, &order.address);
    hold::reserve_near(tx, ctx, whose, &wanted, until, why).await?;
    Ok(())
}
