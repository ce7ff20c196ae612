//! What a variant is made of, for the people who put bundles together: its parts with what they cost one by one, and a
//! search for more of them.

use std::collections::HashMap;

use catalog::{Part, ProductFilter, Variant, VariantState, bundle, product, sellable, variant};
use inventory::stock;
use kernel::{Locale, Money, Permission, ProductId, VariantId};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::thumb_url, order_parts::Contents, products::Stocked};
use crate::{FlowError, bundles};

/// Products in which a search looks for parts.
const FOUND: usize = 12;

/// What a variant is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BundlePage {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_title: String,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// What it costs.
    pub price: Money,
    /// What it is made of; empty for an ordinary variant.
    pub parts: Vec<BundlePart>,
    /// How many can be sold now.
    pub available: i64,
    /// What its parts cost one by one; null when one of them is not sold by itself.
    pub parts_price: Option<Money>,
    /// How much less the bundle costs than that; null when it costs no less.
    pub saving: Option<Money>,
    /// What its parts cost the merchant; only for readers who may change prices.
    pub cost: Option<Money>,
    /// Why it cannot be a bundle: `has_stock`, `is_part`; null when it can.
    pub cannot: Option<&'static str>,
    /// What was searched for.
    pub q: String,
    /// What was found, without what is inside already.
    pub found: Vec<Candidate>,
    /// What the reader may do.
    pub can: BundleCan,
}

/// A part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BundlePart {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_title: String,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// Its picture.
    pub image_url: Option<String>,
    /// How many of it are in one bundle.
    pub quantity: i64,
    /// What one costs by itself.
    pub price: Money,
    /// What all of them cost by themselves.
    pub line_price: Option<Money>,
    /// Whether it is sold by itself.
    pub for_sale: bool,
    /// Units that can be sold.
    pub available: i64,
    /// For how many bundles that is enough.
    pub enough_for: i64,
}

/// A variant that could become a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Candidate {
    /// The variant.
    pub variant_id: VariantId,
    /// The product's name.
    pub product_title: String,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// What it costs.
    pub price: Money,
    /// Units that can be sold.
    pub available: i64,
}

/// A bundle that something is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InBundle {
    /// The bundle.
    pub variant_id: VariantId,
    /// The product's name.
    pub product_title: String,
    /// The bundle's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// Units of the part in one bundle.
    pub quantity: i64,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BundleCan {
    /// Change what is inside.
    pub write: bool,
}

/// What a variant is made of, and what matches `q`.
///
/// # Errors
/// [`FlowError::NotFound`] for an unknown variant, or whatever the database says.
pub async fn bundle_page(
    rx: &mut Rx,
    ctx: &Ctx,
    id: VariantId,
    q: String,
) -> Result<BundlePage, FlowError> {
    let locale = ctx.locale();
    let sold = sellable::of(rx, &[id])
        .await?
        .into_iter()
        .next()
        .ok_or(FlowError::NotFound)?;
    let mut asked: Vec<VariantId> = sold.parts.iter().map(|part| part.variant_id).collect();
    let found = candidates(rx, ctx, &q, |v| v != id && !asked.contains(&v)).await?;
    asked.extend(found.iter().map(|(variant, _)| variant.id));
    let free = stock::available(rx, &asked).await?;
    let of = |id: VariantId| free.get(&id).copied().unwrap_or_default();
    let write = ctx.allows(Permission::ProductsWrite);
    let parts_price = bundle::price_apart(&sold.parts);
    let apart = parts_price.and_then(|apart| apart.minus(sold.price).ok());
    Ok(BundlePage {
        variant_id: id,
        product_id: sold.product_id,
        product_title: sold.product_title.get(locale).to_owned(),
        variant_title: Some(sold.variant_title(locale)).filter(|t| !t.is_empty()),
        price: sold.price,
        available: bundles::units(&free, sold.needs()).max(0),
        parts_price,
        saving: apart.filter(|saving| saving.amount > 0),
        cost: sold.cost.filter(|_| write),
        cannot: cannot(rx, &sold).await?,
        parts: sold
            .parts
            .iter()
            .map(|part| part_row(part, of(part.variant_id), locale))
            .collect(),
        sku: sold.sku,
        q,
        found: found
            .into_iter()
            .map(|(variant, title)| Candidate {
                variant_id: variant.id,
                product_title: title,
                variant_title: Some(variant.title(locale)).filter(|t| !t.is_empty()),
                available: of(variant.id),
                price: variant.price,
                sku: variant.sku,
            })
            .collect(),
        can: BundleCan { write },
    })
}

fn part_row(part: &Part, available: i64, locale: Locale) -> BundlePart {
    BundlePart {
        variant_id: part.variant_id,
        product_id: part.product_id,
        product_title: part.product_title.get(locale).to_owned(),
        variant_title: Some(part.variant_title(locale)).filter(|t| !t.is_empty()),
        sku: part.sku.clone(),
        image_url: thumb_url(part.image_key.as_deref()),
        quantity: part.quantity,
        price: part.price,
        line_price: part.price.times(part.quantity).ok(),
        for_sale: part.for_sale,
        available,
        enough_for: available.div_euclid(part.quantity.max(1)).max(0),
    }
}

/// Why a variant that is no bundle yet cannot become one.
async fn cannot(rx: &mut Rx, sold: &catalog::Sellable) -> Result<Option<&'static str>, FlowError> {
    if !sold.parts.is_empty() {
        return Ok(None);
    }
    if !bundle::bundles_with(rx, sold.variant_id).await?.is_empty() {
        return Ok(Some("is_part"));
    }
    let kept = !stock::levels(rx, sold.variant_id).await?.is_empty();
    Ok(kept.then_some("has_stock"))
}

/// Variants whose product, SKU or barcode matches, with the product's name.
async fn candidates(
    rx: &mut Rx,
    ctx: &Ctx,
    q: &str,
    wanted: impl Fn(VariantId) -> bool,
) -> Result<Vec<(Variant, String)>, FlowError> {
    if q.is_empty() {
        return Ok(Vec::new());
    }
    let filter = ProductFilter {
        q: Some(q.to_owned()),
        ..ProductFilter::default()
    };
    let products = product::list(rx, &filter, None, FOUND).await?.items;
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let variants = product::variants_of(rx, &ids).await?;
    let fits = |v: &Variant| v.state == VariantState::Active && !v.is_bundle && wanted(v.id);
    let mut found = Vec::new();
    for owner in &products {
        let mine = variants
            .iter()
            .filter(|v| v.product_id == owner.id && fits(v));
        found.extend(mine.map(|v| (v.clone(), owner.title.get(ctx.locale()).to_owned())));
    }
    Ok(found)
}

/// The bundles that a variant is part of.
pub(super) async fn within(
    rx: &mut Rx,
    ctx: &Ctx,
    part: VariantId,
) -> Result<Vec<InBundle>, FlowError> {
    let found = bundle::bundles_with(rx, part).await?;
    let view = |within: bundle::Within| InBundle {
        variant_id: within.variant_id,
        product_title: within.product_title.get(ctx.locale()).to_owned(),
        variant_title: Some(variant::joined(&within.variant_titles, ctx.locale()))
            .filter(|t| !t.is_empty()),
        sku: within.sku,
        quantity: within.quantity,
    };
    Ok(found.into_iter().map(view).collect())
}

/// Parts in a few words each.
pub(super) fn all_contents(parts: &[Part], locale: Locale) -> Vec<Contents> {
    parts.iter().map(|part| contents(part, locale)).collect()
}

/// A part in a few words.
fn contents(part: &Part, locale: Locale) -> Contents {
    let title = format!(
        "{} {}",
        part.product_title.get(locale),
        part.variant_title(locale)
    );
    Contents {
        sku: part.sku.clone(),
        title: title.trim_end().to_owned(),
        quantity: part.quantity,
    }
}

/// Adds what can be made of the bundles among these variants: they have no shelf of their own.
pub(super) async fn add_stocked(
    rx: &mut Rx,
    variants: &[Variant],
    stock: &mut HashMap<VariantId, Stocked>,
) -> Result<HashMap<VariantId, Vec<Part>>, FlowError> {
    let ids: Vec<VariantId> = variants
        .iter()
        .filter(|v| v.is_bundle)
        .map(|v| v.id)
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (found, parts) = bundles::available(rx, &ids, &ids).await?;
    stock.extend(found.into_iter().map(|(id, units)| {
        let stocked = Stocked {
            on_hand: units.max(0),
            ..Stocked::default()
        };
        (id, stocked)
    }));
    Ok(parts)
}
