//! What one unit of a bundle's line is made of, as it was when it was ordered (O10).

use kernel::VariantId;
use platform::{db::Value, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::OrderLine;

/// What one unit of a bundle holds of one variant, as it was when it was ordered (O10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinePart {
    /// The variant.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// Its product's title in the shopper's language.
    pub title: String,
    /// The variant's title; empty when the product has one variant.
    pub variant_title: String,
    /// Units of it in one unit of the line.
    pub quantity: i64,
}

/// What units of a line take from which stock: its own variant, or the parts of a bundle.
pub(crate) fn goods(
    variant: VariantId,
    parts: &[LinePart],
    units: i64,
) -> impl Iterator<Item = (VariantId, i64)> + '_ {
    let itself = parts.is_empty().then_some((variant, units));
    let part = move |part: &LinePart| (part.variant_id, part.quantity.saturating_mul(units));
    itself.into_iter().chain(parts.iter().map(part))
}

/// The columns of [`rows`].
pub(crate) const INSERTED: &[&str] = &[
    "order_line_id",
    "position",
    "variant_id",
    "sku",
    "title",
    "variant_title",
    "quantity",
];

/// The parts of a line as rows to insert; none unless it is a bundle.
pub(crate) fn rows(line: &OrderLine) -> impl Iterator<Item = Vec<Value>> + '_ {
    (0_i64..).zip(&line.parts).map(|(position, part)| {
        params![
            line.id,
            position,
            part.variant_id,
            &part.sku,
            &part.title,
            &part.variant_title,
            part.quantity
        ]
        .to_vec()
    })
}
