//! Goods as rows of Shopify's product CSV.

use std::collections::HashMap;

use catalog::ProductState;
use kernel::{Locale, Money, Texts};

use super::{
    Goods, PictureRef,
    shopify::{
        BARCODE, BODY, COMPARE, COST, GRAMS, Generation, HANDLE, IMAGE, IMAGE_ALT, IMAGE_PLACE,
        OPTION_NAMES, OPTION_VALUES, PRICE, PUBLISHED, SKU, STATUS, TAGS, TITLE, UNITS,
        VARIANT_IMAGE, VENDOR, WRITTEN,
    },
};

/// The heading of a file.
pub(super) fn heading(generation: Generation) -> Vec<String> {
    let names = WRITTEN.iter().map(|field| field.name(generation));
    names.map(str::to_owned).collect()
}

/// The rows of a product. What Shopify has no column for, such as other languages and the parts of bundles, stays
/// behind.
pub(super) fn rows(product: &Goods, public_url: &str) -> Vec<Vec<String>> {
    let rows = rows_of(product, public_url).into_iter();
    let rows = rows.map(|mut cells| {
        let cells = WRITTEN
            .iter()
            .map(|field| cells.remove(field.0).unwrap_or_default());
        cells.collect()
    });
    rows.collect()
}

fn rows_of(product: &Goods, public_url: &str) -> Vec<HashMap<&'static str, String>> {
    let picture = |p: &PictureRef| {
        let alt = p.alt.as_ref().map(word).unwrap_or_default();
        Some((p.source.address(public_url)?, alt, p.sku.clone()))
    };
    let pictures = product.pictures.iter().flatten().filter_map(picture);
    let pictures: Vec<(String, String, Option<String>)> = pictures.collect();
    let count = product.variants.len().max(pictures.len());
    let mut rows: Vec<HashMap<&'static str, String>> = Vec::with_capacity(count);
    for index in 0..count {
        let mut cells = HashMap::from([(HANDLE.0, product.handle.clone())]);
        if index == 0 {
            put_product(&mut cells, product);
        }
        if let Some(variant) = product.variants.get(index) {
            if product.options.is_empty() {
                cells.insert(OPTION_VALUES[0].0, "Default Title".to_owned());
            }
            for (field, value) in OPTION_VALUES.iter().zip(&variant.option_values) {
                cells.insert(field.0, word(value));
            }
            let amount = |money: Option<Money>| money.map_or_else(String::new, Money::decimal_text);
            cells.insert(SKU.0, variant.sku.clone());
            let own = pictures
                .iter()
                .find(|(.., sku)| sku.as_ref() == Some(&variant.sku));
            if let Some((address, ..)) = own {
                cells.insert(VARIANT_IMAGE.0, address.clone());
            }
            cells.insert(
                BARCODE.0,
                variant.barcode.clone().flatten().unwrap_or_default(),
            );
            cells.insert(PRICE.0, amount(variant.price));
            cells.insert(COMPARE.0, amount(variant.compare_at.flatten()));
            cells.insert(COST.0, amount(variant.cost.flatten()));
            cells.insert(GRAMS.0, variant.weight_g.unwrap_or_default().to_string());
            if !variant.stock.is_empty() {
                let units: i64 = variant.stock.iter().map(|(_, units)| *units).sum();
                cells.insert(UNITS.0, units.to_string());
            }
        }
        if let Some((address, alt, _)) = pictures.get(index) {
            cells.insert(IMAGE.0, address.clone());
            cells.insert(IMAGE_ALT.0, alt.clone());
            cells.insert(IMAGE_PLACE.0, (index + 1).to_string());
        }
        rows.push(cells);
    }
    rows
}

/// What is about the product, in its first row.
fn put_product(cells: &mut HashMap<&'static str, String>, product: &Goods) {
    cells.insert(
        TITLE.0,
        product.title.as_ref().map(word).unwrap_or_default(),
    );
    let body = product.description.as_ref().map(word).unwrap_or_default();
    cells.insert(BODY.0, body);
    cells.insert(VENDOR.0, product.brand.clone().unwrap_or_default());
    let tags = product.tags.as_deref().unwrap_or_default();
    cells.insert(TAGS.0, tags.join(", "));
    cells.insert(PUBLISHED.0, product.is_published().to_string());
    let status = match product.state {
        Some(ProductState::Published) => "active",
        Some(ProductState::Archived) => "archived",
        _ => "draft",
    };
    cells.insert(STATUS.0, status.to_owned());
    for (field, name) in OPTION_NAMES.iter().zip(&product.options) {
        cells.insert(field.0, word(name));
    }
    if product.options.is_empty() {
        cells.insert(OPTION_NAMES[0].0, "Title".to_owned());
    }
}

/// The word of the language in which a file is written.
fn word(texts: &Texts) -> String {
    texts.get(Locale::default()).to_owned()
}
