//! How the shop packs, as the page that decides it shows it (ORD-14, ORD-15).

use kernel::{Locale, Money, Texts};
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{FlowError, packing, shop};

/// What the shop has decided about packing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PackingPage {
    /// The languages of the shop.
    pub locales: Vec<Locale>,
    /// How every parcel is packed, by language.
    pub instructions: Texts,
    /// A word of thanks on the packing slip, by language.
    pub thanks: Texts,
    /// Wrapping as a gift.
    pub gift_wrap: GiftWrapView,
}

/// Whether presents are wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GiftWrapView {
    /// Whether the shop wraps presents.
    pub offered: bool,
    /// What it costs; zero for free of charge.
    pub price: Money,
    /// What the wrap is, by language.
    pub words: Texts,
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx) -> Result<PackingPage, FlowError> {
    let decided = packing::load(rx).await?;
    let currency = shop::load(rx).await?.currency;
    Ok(PackingPage {
        locales: Locale::ALL.to_vec(),
        instructions: decided.instructions,
        thanks: decided.thanks,
        gift_wrap: GiftWrapView {
            offered: decided.gift_wrap.offered,
            price: Money::new(decided.gift_wrap.price, currency),
            words: decided.gift_wrap.words,
        },
    })
}
