//! What the shop gives with orders of enough goods (STF-16).

use catalog::{sellable, variant};
use kernel::{Money, VariantId};
use platform::{Ctx, Tx, settings};

use super::decide::Wrong;
use crate::{
    FlowError,
    gift::{GIFT, GiftRule},
};

/// What is to be given with orders of enough goods.
#[derive(Debug, Clone)]
pub struct NewGift {
    /// Whether something is given.
    pub on: bool,
    /// The SKU of what is given.
    pub sku: String,
    /// From what sum of goods.
    pub from: Option<Money>,
}

/// Says what is given with orders of enough goods (STF-16). Goods that are not on sale can be given, those that were put
/// away cannot.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn decide(tx: &mut Tx, ctx: &Ctx, new: &NewGift) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    let sku = new.sku.trim();
    let variant = variant::by_skus(tx, &[sku]).await?.pop();
    let known: Vec<VariantId> = variant.iter().map(|variant| variant.id).collect();
    let sold = sellable::of(tx, &known).await?.pop();
    wrong.when(new.on && sku.is_empty(), "sku", "error-required");
    wrong.when(
        !sku.is_empty() && sold.is_none(),
        "sku",
        "error-unknown-sku",
    );
    let retired = sold.as_ref().is_some_and(|sold| sold.retired);
    wrong.when(new.on && retired, "sku", "error-gift-retired");
    let from = new.from.map_or(0, |from| from.amount);
    wrong.when(new.on && from <= 0, "from", "error-gift-from");
    wrong.end()?;
    let decided = GiftRule {
        on: new.on,
        variant_id: sold.map(|sold| sold.variant_id),
        from: from.max(0),
    };
    settings::save(tx, ctx, GIFT, &decided).await?;
    Ok(())
}
