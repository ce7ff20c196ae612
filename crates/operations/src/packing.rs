//! How the shop packs (ORD-14): what whoever packs reads on the pick list, the word of thanks on the slip, and whether
//! presents are wrapped (ORD-15).

use kernel::{Currency, Locale, Money, Texts};
use platform::{DbError, Rx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings key of [`Packing`].
pub const PACKING: &str = "packing";

/// What the shop has decided about packing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Packing {
    /// How every parcel is packed, for the shop's own people.
    pub instructions: Texts,
    /// A word of thanks to whoever opens the parcel.
    pub thanks: Texts,
    /// Wrapping as a gift.
    pub gift_wrap: GiftWrap,
}

/// Wrapping as a gift. An order keeps the price at which it was ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GiftWrap {
    /// Whether the shop wraps presents.
    pub offered: bool,
    /// What it costs for an order, tax included, in minor units of the shop's currency; 0 is free of charge.
    pub price: i64,
    /// What the wrap is, in the shop's own words.
    pub words: Texts,
}

/// Wrapping as somebody who orders is offered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WrapOffer {
    /// What it costs; zero for free of charge.
    pub price: Money,
    /// What it is, in the shop's own words; null where the shop has none.
    pub about: Option<String>,
}

impl GiftWrap {
    /// What it costs; none where the shop does not wrap.
    #[must_use]
    pub fn price(&self, currency: Currency) -> Option<Money> {
        self.offered
            .then(|| Money::new(self.price.max(0), currency))
    }

    /// How it is offered to a reader of this language; none where the shop does not wrap.
    #[must_use]
    pub fn offer(&self, currency: Currency, locale: Locale) -> Option<WrapOffer> {
        self.price(currency).map(|price| WrapOffer {
            price,
            about: Some(self.words.get(locale).to_owned()).filter(|words| !words.is_empty()),
        })
    }
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<Packing, DbError> {
    settings::load(rx, PACKING).await
}
