//! The gift with orders of enough goods, as shoppers see it (STF-16).

use kernel::{Locale, Money, VariantId};
use schemars::JsonSchema;
use serde::Serialize;

use super::parts::{Inside, SummaryLine, filled, small_url};
use crate::gift::Gift;

/// What is given with an order of enough goods. It is there: one that is gone is not offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GiftOffer {
    /// What is given, one unit of it.
    pub variant_id: VariantId,
    /// The product's name.
    pub title: String,
    /// Which variant; null when there is only one.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// Its product's page; null when it is not on sale.
    pub product_handle: Option<String>,
    /// What it costs where it is bought; null when it is not on sale.
    pub worth: Option<Money>,
    /// Its picture.
    pub image_url: Option<String>,
    /// From what sum of goods it is given.
    pub threshold: Money,
    /// What is missing.
    pub remaining: Money,
    /// Whether nothing is missing.
    pub reached: bool,
    /// What it is made of, when it is a bundle.
    pub contents: Vec<Inside>,
}

impl GiftOffer {
    /// The gift in a language.
    #[must_use]
    pub fn of(gift: &Gift, locale: Locale) -> Self {
        let sold = &gift.sellable;
        let on_sale = sold.for_sale;
        Self {
            variant_id: sold.variant_id,
            title: sold.product_title.get(locale).to_owned(),
            variant_title: filled(&sold.variant_title(locale)),
            sku: sold.sku.clone(),
            product_handle: on_sale.then(|| sold.handle.clone()),
            worth: on_sale.then_some(sold.price),
            image_url: sold.image_key.as_deref().map(small_url),
            threshold: gift.threshold,
            remaining: gift.remaining,
            reached: gift.is_reached(),
            contents: sold.parts.iter().map(|p| Inside::of(p, locale)).collect(),
        }
    }

    /// The gift as a line of a quote.
    #[must_use]
    pub fn line(self) -> SummaryLine {
        let nothing = Money::zero(self.threshold.currency);
        SummaryLine {
            id: "gift".to_owned(),
            variant_id: self.variant_id,
            product_handle: self.product_handle,
            title: self.title,
            variant_title: self.variant_title,
            sku: self.sku,
            image_url: self.image_url,
            quantity: 1,
            unit_price: nothing,
            line_total: nothing,
            contents: self.contents,
            gift: true,
        }
    }
}
