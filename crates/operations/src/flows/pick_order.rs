//! Taking an order's goods from the shelf.

use kernel::OrderId;
use orders::{Act, Order, order};
use platform::Ctx;

use crate::FlowError;

/// Marks an order as picked.
///
/// # Errors
/// [`orders::OrdersError::IllegalTransition`] when it is not paid (or due on delivery), or somebody must decide about
/// its stock first.
pub async fn pick(ctx: &Ctx, id: OrderId) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, id).await?;
        Ok(order::apply(tx, ctx, &order, Act::Pick, "picked").await?)
    })
    .await
}
