//! A paid order whose stock was gone gets stock again, once there is some (S9).

use inventory::hold;
use kernel::{OrderId, VariantId};
use orders::{Order, order};
use platform::Ctx;

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
        let lines = order::lines(tx, id).await?;
        let wanted: Vec<(VariantId, i64)> = lines
            .iter()
            .flat_map(|line| line.goods(line.to_ship()))
            .filter(|(_, units)| *units > 0)
            .collect();
        hold::reserve_near(tx, ctx, (id, &order.address), &wanted, None, "order_paid").await?;
        order::set_stock_decision(tx, ctx, id, false).await?;
        Ok(order::by_id(tx, id).await?)
    })
    .await
}
