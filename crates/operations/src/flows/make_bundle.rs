//! Putting a bundle together: what it is made of and what it costs.

use catalog::{bundle, price, variant};
use kernel::{Money, VariantId};
use platform::Ctx;

use crate::FlowError;

/// Says what a variant is made of and, where one is given, what it costs from now on. A was-price that the new price
/// has reached is gone.
///
/// # Errors
/// What the catalogue refuses: a bundle within a bundle, a variant with stock of its own, a quantity that cannot be.
pub async fn make_bundle(
    ctx: &Ctx,
    id: VariantId,
    parts: Vec<(VariantId, i64)>,
    cost: Option<Money>,
) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        if let Some(cost) = cost {
            let before = variant::by_id(tx, id).await?.ok_or(FlowError::NotFound)?;
            let was = before.compare_at.filter(|was| was.amount > cost.amount);
            price::set(tx, ctx, id, cost, was, "back_office").await?;
        }
        Ok(bundle::set(tx, ctx, id, &parts).await?)
    })
    .await
}

/// Puts one more part into a bundle, or more units of one that is inside.
///
/// # Errors
/// As [`make_bundle`].
pub async fn put_in(
    ctx: &Ctx,
    id: VariantId,
    part: VariantId,
    quantity: i64,
) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| Ok(bundle::put(tx, ctx, id, (part, quantity)).await?))
        .await
}

/// Takes a part out of a bundle.
///
/// # Errors
/// As [`make_bundle`]; [`FlowError::NotFound`] for what is no part of it.
pub async fn take_out(ctx: &Ctx, id: VariantId, part: VariantId) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| Ok(bundle::take_out(tx, ctx, id, part).await?))
        .await
}
