//! Bank transfers: money that arrived, and the order it pays.

use kernel::{BankReceiptId, OrderId};
use orders::order;
use payments::receipt::{self, BankReceipt, NewReceipt};
use platform::Ctx;

use super::collect_payment;
use crate::FlowError;

/// Records money that arrived; it waits in suspense until it is matched.
///
/// # Errors
/// A bank reference that was recorded before.
pub async fn record(ctx: &Ctx, new: NewReceipt) -> Result<BankReceipt, FlowError> {
    ctx.write(async move |tx, ctx| Ok(receipt::record(tx, ctx, new.clone()).await?))
        .await
}

/// Records money that arrived and matches it to the order it pays, both or neither.
///
/// # Errors
/// As [`record`] and [`match_to_order`].
pub async fn record_for_order(
    ctx: &Ctx,
    new: NewReceipt,
    order_id: OrderId,
) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, order_id).await?;
        let kept = receipt::record(tx, ctx, new.clone()).await?;
        let recorded = receipt::match_to(tx, ctx, kept.id, order.id).await?;
        collect_payment::apply(tx, ctx, &recorded).await
    })
    .await
}

/// Matches money that arrived to the order it pays, exactly.
///
/// # Errors
/// Another amount or currency, money matched before, an order that is paid or over.
pub async fn match_to_order(
    ctx: &Ctx,
    receipt: BankReceiptId,
    order_id: OrderId,
) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, order_id).await?;
        let recorded = receipt::match_to(tx, ctx, receipt, order.id).await?;
        collect_payment::apply(tx, ctx, &recorded).await
    })
    .await
}
