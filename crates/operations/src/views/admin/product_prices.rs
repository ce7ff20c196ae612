//! The changes of a product's prices, as its page lists them.

use std::collections::HashMap;

use catalog::{Variant, price::PricePoint};
use kernel::{Money, Timestamp, VariantId};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::person;

/// Rows of the price history that a page shows.
const HISTORY: usize = 60;

/// A change of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PriceChange {
    /// When.
    pub at: Timestamp,
    /// Of which SKU.
    pub sku: String,
    /// `price` or `compare_at`.
    pub kind: &'static str,
    /// What it was.
    pub before: Option<Money>,
    /// What it became.
    pub after: Option<Money>,
    /// Who changed it; null for the shop itself.
    pub by: Option<String>,
}

/// What changed from one point of a history to the next; going on and off sale is no change of a price.
pub(super) fn changes(
    variants: &[Variant],
    histories: &HashMap<VariantId, Vec<PricePoint>>,
) -> Vec<PriceChange> {
    let mut all = Vec::new();
    for variant in variants {
        let Some(history) = histories.get(&variant.id) else {
            continue;
        };
        let mut before: Option<&PricePoint> = None;
        for point in history {
            let change = |kind, before, after| PriceChange {
                at: point.valid_from,
                sku: variant.sku.clone(),
                kind,
                before,
                after,
                by: person(&point.actor),
            };
            if before.map(|b| b.price) != Some(point.price) {
                all.push(change("price", before.map(|b| b.price), Some(point.price)));
            }
            let was = before.and_then(|b| b.compare_at);
            if was != point.compare_at {
                all.push(change("compare_at", was, point.compare_at));
            }
            before = Some(point);
        }
    }
    all.sort_by_key(|change| std::cmp::Reverse(change.at));
    all.truncate(HISTORY);
    all
}
