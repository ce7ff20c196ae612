//! A gift that cannot be sent is taken out of its order (STF-16): broken, lost, gone, or left over when the goods it came
//! with were given back. It cost nothing, so no money moves.

use inventory::hold;
use kernel::{Money, OrderId};
use orders::{Order, OrderLine, order};
use platform::{Ctx, Tx};

use super::{refund_order, tell};
use crate::FlowError;

/// Takes a gift that has not left out of an order. Its stock is free, its buyer is told, and an order of which nothing else
/// is left to send goes on.
///
/// # Errors
/// [`FlowError::WrongState`] for an order that is over or has no gift to send.
pub async fn drop_gift(ctx: &Ctx, id: OrderId) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, id).await?;
        let lines = order::lines(tx, id).await?;
        if order.state.is_over() {
            return Err(FlowError::WrongState);
        }
        release(tx, ctx, &order, &lines).await?;
        let removed = order::remove_gift(tx, ctx, &order, &lines).await?;
        let (lines, kept) = removed.ok_or(FlowError::WrongState)?;
        tell::order_changed(tx, ctx, &order, &lines, &kept, (None, None)).await?;
        let nothing = Money::zero(order.currency());
        refund_order::go_on(tx, ctx, &order, ("gift_dropped", nothing)).await?;
        Ok(order::by_id(tx, id).await?)
    })
    .await
}

/// Cancels the gift of an order that ends because nothing else is left of it.
pub(super) async fn give_up(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<(), FlowError> {
    release(tx, ctx, order, lines).await?;
    let units = to_send(lines).map(|line| (line.id, line.to_ship()));
    order::cancel_lines(tx, order.id, &units.collect::<Vec<_>>()).await?;
    Ok(())
}

fn to_send(lines: &[OrderLine]) -> impl Iterator<Item = &OrderLine> {
    lines.iter().filter(|line| line.gift && line.to_ship() > 0)
}

async fn release(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<(), FlowError> {
    let goods = to_send(lines).flat_map(|line| line.goods(line.to_ship()));
    let goods: Vec<_> = goods.collect();
    // An order that waits for a decision about its stock has none (S9).
    if !goods.is_empty() && !order.stock_decision {
        hold::release_quantity(tx, ctx, order.id, &goods, "gift_dropped").await?;
    }
    Ok(())
}
