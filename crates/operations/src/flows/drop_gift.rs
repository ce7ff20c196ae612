//! A gift that cannot be sent is taken out of its order (STF-16): broken, lost, or left over when the goods it came with
//! were given back. It cost nothing, so no money moves.

use inventory::hold;
use kernel::{Money, OrderId};
use orders::{Order, OrderLine, order};
use platform::{Ctx, Tx};

use super::refund_order;
use crate::FlowError;

/// Takes a gift that has not left out of an order. Its stock is free, and an order of which nothing else is left to send
/// goes on.
///
/// # Errors
/// [`FlowError::WrongState`] for an order that is over or has no gift to send.
pub async fn drop_gift(ctx: &Ctx, id: OrderId) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, id).await?;
        let lines = order::lines(tx, id).await?;
        if order.state.is_over() || !take_out(tx, ctx, &order, &lines).await? {
            return Err(FlowError::WrongState);
        }
        let nothing = Money::zero(order.currency());
        refund_order::go_on(tx, ctx, &order, ("gift_dropped", nothing)).await?;
        Ok(order::by_id(tx, id).await?)
    })
    .await
}

/// Cancels the gift that has not left and frees its stock. False when there is none.
pub(super) async fn take_out(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<bool, FlowError> {
    let gifts = || lines.iter().filter(|line| line.gift && line.to_ship() > 0);
    let units: Vec<_> = gifts().map(|line| (line.id, line.to_ship())).collect();
    if units.is_empty() {
        return Ok(false);
    }
    order::cancel_lines(tx, order.id, &units).await?;
    // An order that waits for a decision about its stock has none (S9).
    if !order.stock_decision {
        let goods: Vec<_> = gifts()
            .flat_map(|line| line.goods(line.to_ship()))
            .collect();
        hold::release_quantity(tx, ctx, order.id, &goods, "gift_dropped").await?;
    }
    Ok(true)
}
