//! The card of a product, as every list shows it.

use std::collections::HashMap;

use catalog::{Media, Part, Product, ProductState, Variant, VariantState, product};
use kernel::{Locale, Money, ProductId, Timestamp, VariantId};
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use super::parts::{Image, filled, media_url};
use crate::{FlowError, bundles};

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductCard {
    /// The product.
    pub id: ProductId,
    /// Its page: `/products/{handle}`.
    pub handle: String,
    /// Its name.
    pub title: String,
    /// One line below the name.
    pub subtitle: Option<String>,
    /// Its first picture.
    pub image: Option<Image>,
    /// The lowest price of its variants.
    pub price_from: Money,
    /// What the cheapest variant really cost before its present reduction (GOV-08).
    pub compare_at_from: Option<Money>,
    /// When that reduction ends (CHK-20); null when nobody has decided.
    pub reduced_until: Option<Timestamp>,
    /// Whether its variants have different prices.
    pub price_varies: bool,
    /// Whether any variant can be bought now.
    pub in_stock: bool,
}

/// What a list of products needs beside the products: three questions, however long the list is, and one more where
/// bundles are in it.
#[derive(Debug, Default)]
pub(super) struct Goods {
    variants: HashMap<ProductId, Vec<Variant>>,
    media: HashMap<ProductId, Vec<Media>>,
    available: HashMap<VariantId, i64>,
    parts: HashMap<VariantId, Vec<Part>>,
}

impl Goods {
    /// Everything about these products that their cards and pages show.
    pub(super) async fn of(rx: &mut Rx, ids: &[ProductId]) -> Result<Self, FlowError> {
        let mut goods = Self::default();
        if ids.is_empty() {
            return Ok(goods);
        }
        let active = product::variants_of(rx, ids)
            .await?
            .into_iter()
            .filter(|v| v.state == VariantState::Active);
        let (mut keys, mut bundles) = (Vec::new(), Vec::new());
        for variant in active {
            keys.push(variant.id);
            if variant.is_bundle {
                bundles.push(variant.id);
            }
            goods
                .variants
                .entry(variant.product_id)
                .or_default()
                .push(variant);
        }
        for picture in product::media_of(rx, ids).await? {
            goods
                .media
                .entry(picture.product_id)
                .or_default()
                .push(picture);
        }
        (goods.available, goods.parts) = bundles::available(rx, &keys, &bundles).await?;
        Ok(goods)
    }

    /// The variants of a product that are on sale.
    pub(super) fn variants(&self, id: ProductId) -> &[Variant] {
        self.variants.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The pictures of a product.
    pub(super) fn images(&self, id: ProductId, locale: Locale) -> Vec<Image> {
        self.media
            .get(&id)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .map(|m| image(m, locale))
            .collect()
    }

    /// The first picture of a variant alone, in the width of a page.
    pub(super) fn own_image(&self, variant: &Variant) -> Option<String> {
        let own = |m: &&Media| m.variant_id == Some(variant.id);
        let media = self.media.get(&variant.product_id)?.iter().find(own)?;
        Some(media_url(&media.file_key))
    }

    /// How many units of a variant can be sold.
    pub(super) fn available(&self, id: VariantId) -> i64 {
        self.available.get(&id).copied().unwrap_or_default()
    }

    /// What a variant is made of; nothing unless it is a bundle.
    pub(super) fn parts(&self, id: VariantId) -> &[Part] {
        self.parts.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The card of a product; `None` when it has nothing to sell.
    pub(super) fn card(&self, product: &Product, locale: Locale) -> Option<ProductCard> {
        let variants = self.variants(product.id);
        let cheapest = variants.iter().min_by_key(|v| v.price.amount)?;
        Some(ProductCard {
            id: product.id,
            handle: product.handle.clone(),
            title: product.title.get(locale).to_owned(),
            subtitle: filled(product.subtitle.get(locale)),
            image: self
                .media
                .get(&product.id)
                .and_then(|all| all.first())
                .map(|m| image(m, locale)),
            price_from: cheapest.price,
            compare_at_from: cheapest.compare_at,
            reduced_until: cheapest.reduced_until,
            price_varies: variants.iter().any(|v| v.price != cheapest.price),
            in_stock: variants.iter().any(|v| self.available(v.id) > 0),
        })
    }
}

fn image(media: &Media, locale: Locale) -> Image {
    Image::stored(
        &media.file_key,
        media.alt.get(locale),
        media.width,
        media.height,
    )
}

/// The cards of products in their order.
///
/// # Errors
/// Whatever the database says.
pub async fn cards(
    rx: &mut Rx,
    products: &[Product],
    locale: Locale,
) -> Result<Vec<ProductCard>, FlowError> {
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let goods = Goods::of(rx, &ids).await?;
    Ok(products
        .iter()
        .filter_map(|p| goods.card(p, locale))
        .collect())
}

/// The cards of those of these products that are on sale, in the order of the ids, at most `limit`.
///
/// # Errors
/// Whatever the database says.
pub async fn cards_of(
    rx: &mut Rx,
    ids: &[ProductId],
    limit: usize,
    locale: Locale,
) -> Result<Vec<ProductCard>, FlowError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut products = product::by_ids(rx, ids).await?;
    products.retain(|p| p.state == ProductState::Published);
    products.truncate(limit);
    cards(rx, &products, locale).await
}
