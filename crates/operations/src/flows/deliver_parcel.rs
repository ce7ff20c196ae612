//! A parcel arrives: the order is delivered when all of them have; cash on delivery becomes money.

use fulfilment::parcel::{self, Parcel};
use kernel::ParcelId;
use orders::{Act, Order, OrderState, PaymentMethod, order};
use payments::{Method, payment};
use platform::{Ctx, Tx};

use super::tell;
use crate::FlowError;

/// Marks a parcel as delivered, once.
///
/// # Errors
/// An unknown parcel.
pub async fn deliver(ctx: &Ctx, id: ParcelId) -> Result<Parcel, FlowError> {
    ctx.write(async move |tx, ctx| {
        let known = parcel::by_id(tx, id).await?.ok_or(FlowError::NotFound)?;
        let order = order::lock(tx, known.order_id).await?;
        let parcel = parcel::deliver(tx, ctx, id).await?;
        let everything =
            order.state == OrderState::Shipped && parcel::all_delivered(tx, order.id).await?;
        if everything {
            arrived(tx, ctx, &order).await?;
        }
        Ok(parcel)
    })
    .await
}

/// All parcels of a shipped order have arrived: it is delivered, and what the courier took for it is money.
pub(super) async fn arrived(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    let delivered = order::apply(tx, ctx, order, Act::Deliver, "all parcels arrived").await?;
    let cash = delivered.payment_method == PaymentMethod::CashOnDelivery;
    if cash && !delivered.payment_state.was_paid() {
        collect_cash(tx, ctx, &delivered).await?;
    }
    Ok(())
}

/// The courier has the cash; the order is paid, and its buyer gets a receipt.
async fn collect_cash(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    let open = payment::of_order(tx, order.id)
        .await?
        .into_iter()
        .rev()
        .find(|p| p.method == Method::CashOnDelivery);
    let open = open.ok_or(FlowError::WrongState)?;
    let recorded = payment::collected(tx, ctx, open.id, None).await?;
    if recorded.captured() {
        order::mark_paid(tx, ctx, order.id, ctx.now()).await?;
        let paid = order::by_id(tx, order.id).await?;
        tell::order_paid(tx, ctx, &paid).await?;
    }
    Ok(())
}
