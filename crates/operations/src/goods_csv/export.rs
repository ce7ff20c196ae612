//! The shop's goods as a file tells them.

use std::collections::HashMap;

use catalog::{
    Product, ProductFilter, ProductSort, ProductState, Variant, VariantState, bundle, collection,
    media, product, variant,
};
use inventory::{location, stock};
use kernel::{ProductId, VariantId};
use platform::Rx;

use super::{Goods, GoodsVariant, PictureRef, Said, shopify, table};
use crate::FlowError;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The shop's own.
    Own,
    /// Shopify's product CSV.
    Shopify(shopify::Generation),
}

/// All goods, the archived ones too, by the names of their addresses; and the codes of all places.
///
/// # Errors
/// Whatever the database says.
pub async fn all(rx: &mut Rx) -> Result<(Vec<Goods>, Vec<String>), FlowError> {
    let places: Vec<location::Location> = location::open_places(rx).await?;
    let filter = ProductFilter {
        sort: ProductSort::Newest,
        ..ProductFilter::default()
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = product::list(rx, &filter, after, product::MAX_PAGE).await?;
        found.extend(some(rx, &page.items, &places).await?);
        after = page.next_cursor;
        if after.is_none() {
            break;
        }
    }
    found.sort_by(|a, b| a.handle.cmp(&b.handle));
    let codes = places.into_iter().map(|place| place.code).collect();
    Ok((found, codes))
}

/// All goods as the bytes of a file. `public_url` is where pictures are found.
///
/// # Errors
/// Whatever the database says.
pub async fn file(rx: &mut Rx, format: Format, public_url: &str) -> Result<Vec<u8>, FlowError> {
    let (goods, places) = all(rx).await?;
    Ok(match format {
        Format::Own => table::write(&goods, &places),
        Format::Shopify(generation) => shopify::write(&goods, generation, public_url),
    })
}

async fn some(
    rx: &mut Rx,
    products: &[Product],
    places: &[location::Location],
) -> Result<Vec<Goods>, FlowError> {
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let variants = variant::of(rx, &ids).await?;
    let pictures = media::of(rx, &ids).await?;
    let mut inside: HashMap<ProductId, Vec<String>> = HashMap::new();
    for (id, collection) in collection::of_products(rx, &ids).await? {
        inside.entry(id).or_default().push(collection.handle);
    }
    let bundles: Vec<VariantId> = variants
        .iter()
        .filter(|v| v.is_bundle)
        .map(|v| v.id)
        .collect();
    let parts = bundle::parts_of(rx, &bundles).await?;
    let sold: Vec<VariantId> = variants.iter().map(|v| v.id).collect();
    let shelves = stock::on_hand(rx, &sold).await?;
    let goods = |product: &Product| {
        let mine = variants.iter().filter(|v| v.product_id == product.id);
        let mut collections = inside.remove(&product.id).unwrap_or_default();
        collections.sort_unstable();
        Goods {
            line: 0,
            handle: product.handle.clone(),
            state: Some(product.state),
            title: Some(product.title.clone()),
            subtitle: Some(product.subtitle.clone()),
            description: Some(product.description.clone()),
            options: product
                .options
                .iter()
                .map(|option| option.name.clone())
                .collect(),
            collections: Some(collections),
            pictures: Some(
                pictures
                    .iter()
                    .filter(|picture| picture.product_id == product.id)
                    .map(|picture| PictureRef {
                        file_key: picture.file_key.clone(),
                        width: picture.width,
                        height: picture.height,
                    })
                    .collect(),
            ),
            brand: product.identity.brand.clone(),
            model: product.identity.model.clone(),
            tags: Some(product.identity.tags.clone()),
            attributes: product
                .attributes
                .iter()
                .map(|a| (a.code.clone(), Some(Said::of(&a.value))))
                .collect(),
            variants: mine
                .map(|variant| GoodsVariant {
                    parts: parts.get(&variant.id).map(|parts| {
                        parts
                            .iter()
                            .map(|part| (part.sku.clone(), part.quantity))
                            .collect()
                    }),
                    stock: units_at(places, shelves.get(&variant.id)),
                    ..of_variant(variant)
                })
                .collect(),
        }
    };
    Ok(products.iter().map(goods).collect())
}

fn of_variant(variant: &Variant) -> GoodsVariant {
    GoodsVariant {
        line: 0,
        sku: variant.sku.clone(),
        barcode: Some(variant.barcode.clone()),
        option_values: variant.option_values.clone(),
        price: Some(variant.price),
        compare_at: Some(variant.compare_at),
        cost: Some(variant.cost),
        weight_g: Some(variant.weight_g),
        size_mm: Some(variant.size_mm),
        active: Some(variant.state == VariantState::Active),
        stock: Vec::new(),
        parts: None,
    }
}

fn units_at(
    places: &[location::Location],
    shelves: Option<&Vec<(kernel::LocationId, i64)>>,
) -> Vec<(Option<String>, i64)> {
    let shelves = shelves.map_or(&[][..], Vec::as_slice);
    let of = |place: &location::Location| {
        let (_, units) = shelves.iter().find(|(id, _)| *id == place.id)?;
        Some((Some(place.code.clone()), *units))
    };
    places.iter().filter_map(of).collect()
}

impl Goods {
    /// Whether its page is in the shop.
    pub(super) fn is_published(&self) -> bool {
        self.state == Some(ProductState::Published)
    }
}
