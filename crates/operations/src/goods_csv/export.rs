//! The shop's goods as a file tells them.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write,
};

use catalog::{
    Media, Product, ProductState, Variant, VariantState, bundle, collection, media, product,
    variant,
};
use inventory::{location, stock};
use kernel::{ProductId, VariantId};
use platform::Rx;

use super::{
    Goods, GoodsVariant, PictureRef, PictureSource, Said, Written, shopify, shopify_out, table,
};
use crate::FlowError;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The shop's own.
    Own,
    /// Shopify's product CSV.
    Shopify(shopify::Generation),
}

/// Products that are read and written together.
const PART: usize = 200;

/// Writes all goods, the archived ones too, by the names of their addresses. `public_url` is where pictures are found.
/// They are read and written a few at a time, so many take no more memory than few.
///
/// # Errors
/// A file that cannot be written, or whatever the database says.
pub async fn file<W: Write>(
    rx: &mut Rx,
    format: Format,
    public_url: &str,
    out: W,
) -> Result<W, FlowError> {
    let places: Vec<location::Location> = location::open_places(rx).await?;
    let ids = product::all_by_handle(rx).await?;
    let names = match format {
        Format::Own => {
            let codes: Vec<String> = places.iter().map(|place| place.code.clone()).collect();
            table::heading(&attributes(rx, &ids).await?, &codes)
        }
        Format::Shopify(generation) => shopify_out::heading(generation),
    };
    let mut file = Written::begin(out, &names)?;
    for part in ids.chunks(PART) {
        let mut products = product::by_ids(rx, part).await?;
        products.sort_unstable_by(|a, b| a.handle.cmp(&b.handle));
        for goods in some(rx, &products, &places).await? {
            let rows = match format {
                Format::Own => table::rows(&names, &goods, public_url),
                Format::Shopify(_) => shopify_out::rows(&goods, public_url),
            };
            file.add(&rows)?;
        }
    }
    file.finish()
}

/// The columns of attributes that these products need.
async fn attributes(rx: &mut Rx, ids: &[ProductId]) -> Result<Vec<String>, FlowError> {
    let mut names = BTreeSet::new();
    for part in ids.chunks(PART) {
        for product in product::by_ids(rx, part).await? {
            for attribute in &product.attributes {
                let said = Said::of(&attribute.value);
                names.extend(
                    said.cells(&attribute.code)
                        .into_iter()
                        .map(|(name, _)| name),
                );
            }
        }
    }
    Ok(names.into_iter().collect())
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
                    .map(|picture| of_picture(picture, &variants))
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

fn of_picture(picture: &Media, variants: &[Variant]) -> PictureRef {
    let shown = picture.variant_id;
    let shown = shown.and_then(|id| variants.iter().find(|variant| variant.id == id));
    PictureRef {
        line: 0,
        source: PictureSource::Kept {
            file_key: picture.file_key.clone(),
            width: picture.width,
            height: picture.height,
        },
        alt: Some(picture.alt.clone()),
        sku: shown.map(|variant| variant.sku.clone()),
    }
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
