//! Payloads of the catalogue's events. All of them are about the product.

use kernel::{Money, ProductId, Timestamp, VariantId};
use serde::{Deserialize, Serialize};

/// What of a product changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was created.
    Created,
    /// Title, subtitle, description or attributes.
    Texts,
    /// Its address in the shop.
    Handle,
    /// Its options.
    Options,
    /// A variant was added or changed.
    Variants,
    /// Its pictures.
    Media,
    /// The collections it is in, or their words.
    Collections,
    /// It went on sale.
    Published,
    /// It went off sale.
    Unpublished,
    /// It was put away.
    Archived,
    /// It was taken out of the archive as a draft.
    Restored,
}

/// Payload of Product Published, Product Updated and Product Unpublished, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductChanged {
    /// The product.
    pub product_id: ProductId,
    /// Its handle after the change.
    pub handle: String,
    /// What changed.
    pub change: Change,
}

/// Payload of Price Changed, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChanged {
    /// The product.
    pub product_id: ProductId,
    /// The variant.
    pub variant_id: VariantId,
    /// The variant's SKU.
    pub sku: String,
    /// The price before.
    pub before: Money,
    /// The price from now on.
    pub price: Money,
    /// The compare-at price before.
    pub compare_at_before: Option<Money>,
    /// The compare-at price from now on.
    pub compare_at: Option<Money>,
    /// The end of the reduction that shoppers are told.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Why, in the words of who changed it.
    pub reason: String,
}
