//! Shopify's product CSV, in and out. There are two generations of its header: the older one has `Handle` and
//! `Variant SKU`, the newer one `URL handle` and `SKU`. A product takes several rows; what is about the product stands in
//! its first one, further rows carry variants and pictures.

use std::collections::{BTreeMap, HashMap};

use catalog::{ProductState, rich, rules::MAX_OPTIONS, rules::slug};
use kernel::{Currency, Locale, Money, Texts};

use super::{
    Goods, GoodsVariant, PictureRef, PictureSource, Read, Remark, Sheet, Unreadable, cell,
};

/// Which header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// `Handle`, `Variant SKU`, `Image Src`.
    Older,
    /// `URL handle`, `SKU`, `Product image URL`.
    Newer,
}

/// A field of the file by its name in the older and the newer header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field(&'static str, &'static str);

impl Field {
    const fn name(self, generation: Generation) -> &'static str {
        match generation {
            Generation::Older => self.0,
            Generation::Newer => self.1,
        }
    }
}

const HANDLE: Field = Field("Handle", "URL handle");
const TITLE: Field = Field("Title", "Title");
const BODY: Field = Field("Body (HTML)", "Description");
const VENDOR: Field = Field("Vendor", "Vendor");
const TAGS: Field = Field("Tags", "Tags");
const PUBLISHED: Field = Field("Published", "Published on online store");
const STATUS: Field = Field("Status", "Status");
const SKU: Field = Field("Variant SKU", "SKU");
const BARCODE: Field = Field("Variant Barcode", "Barcode");
const PRICE: Field = Field("Variant Price", "Price");
const COMPARE: Field = Field("Variant Compare At Price", "Compare-at price");
const COST: Field = Field("Cost per item", "Cost per item");
const GRAMS: Field = Field("Variant Grams", "Weight value (grams)");
const UNITS: Field = Field("Variant Inventory Qty", "Inventory quantity");
const IMAGE: Field = Field("Image Src", "Product image URL");
const IMAGE_PLACE: Field = Field("Image Position", "Image position");
const IMAGE_ALT: Field = Field("Image Alt Text", "Image alt text");
const OPTION_NAMES: [Field; MAX_OPTIONS] = [
    Field("Option1 Name", "Option1 name"),
    Field("Option2 Name", "Option2 name"),
    Field("Option3 Name", "Option3 name"),
];
const OPTION_VALUES: [Field; MAX_OPTIONS] = [
    Field("Option1 Value", "Option1 value"),
    Field("Option2 Value", "Option2 value"),
    Field("Option3 Value", "Option3 value"),
];

/// Everything that has a home here, in the order in which it is written.
const WRITTEN: [Field; 23] = [
    HANDLE,
    TITLE,
    BODY,
    VENDOR,
    TAGS,
    PUBLISHED,
    OPTION_NAMES[0],
    OPTION_VALUES[0],
    OPTION_NAMES[1],
    OPTION_VALUES[1],
    OPTION_NAMES[2],
    OPTION_VALUES[2],
    SKU,
    GRAMS,
    UNITS,
    PRICE,
    COMPARE,
    BARCODE,
    IMAGE,
    IMAGE_PLACE,
    IMAGE_ALT,
    COST,
    STATUS,
];

/// Whether a file is of this format, and which generation.
#[must_use]
pub fn generation(bytes: &[u8]) -> Option<Generation> {
    let sheet = Sheet::parse(bytes).ok()?;
    [Generation::Older, Generation::Newer]
        .into_iter()
        .find(|generation| {
            [HANDLE, PRICE]
                .iter()
                .all(|field| sheet.column(&[field.name(*generation)]).is_some())
        })
}

/// Reads a file. Its words are in `locale`, its amounts in `currency`.
///
/// # Errors
/// A file of neither generation.
pub fn read(bytes: &[u8], locale: Locale, currency: Currency) -> Result<Read, Unreadable> {
    let sheet = Sheet::parse(bytes)?;
    let generation = generation(bytes).ok_or_else(|| Unreadable::Missing(HANDLE.0.to_owned()))?;
    let mut reading = Reading {
        sheet: &sheet,
        generation,
        locale,
        currency,
        read: Read {
            picture_column: IMAGE.name(generation),
            rows: sheet.rows.len(),
            ..Read::default()
        },
        places: HashMap::new(),
        pictures: HashMap::new(),
        homeless: BTreeMap::new(),
    };
    for (line, cells) in &sheet.rows {
        reading.row(*line, cells);
    }
    Ok(reading.finish())
}

struct Reading<'a> {
    sheet: &'a Sheet,
    generation: Generation,
    locale: Locale,
    currency: Currency,
    read: Read,
    /// Where a product of a handle is among the goods.
    places: HashMap<String, usize>,
    /// Pictures of the goods at a place, each with its place among them.
    pictures: HashMap<usize, Vec<(i64, PictureRef)>>,
    /// Columns without a home, with the first line in which something stands.
    homeless: BTreeMap<usize, (u64, String)>,
}

impl Reading<'_> {
    fn cell<'c>(&self, cells: &'c [String], field: Field) -> &'c str {
        let place = self.sheet.column(&[field.name(self.generation)]);
        place
            .and_then(|place| cells.get(place))
            .map_or("", |text| text.trim())
    }

    /// Whether the file has a column.
    fn has(&self, field: Field) -> bool {
        self.sheet.column(&[field.name(self.generation)]).is_some()
    }

    fn row(&mut self, line: u64, cells: &[String]) {
        self.note_homeless(line, cells);
        let handle = self.cell(cells, HANDLE).to_owned();
        if handle.is_empty() {
            self.refuse(line, HANDLE, "", "csv-required");
            return;
        }
        let place = if let Some(place) = self.places.get(&handle) {
            *place
        } else {
            let product = self.product(line, cells, &handle);
            self.places.insert(handle, self.read.goods.len());
            self.read.goods.push(product);
            self.read.goods.len() - 1
        };
        self.picture(line, cells, place);
        // A row without price and SKU only carries a picture.
        if self.cell(cells, PRICE).is_empty() && self.cell(cells, SKU).is_empty() {
            return;
        }
        let count = self
            .read
            .goods
            .get(place)
            .map_or(0, |product| product.variants.len());
        match self.variant(line, cells, count) {
            Ok(variant) => {
                if let Some(product) = self.read.goods.get_mut(place) {
                    product.variants.push(variant);
                }
            }
            Err(remark) => self.read.remarks.push(remark),
        }
    }

    /// The picture of a row, behind those before it unless the file gives it another place.
    fn picture(&mut self, line: u64, cells: &[String], place: usize) {
        let image = self.cell(cells, IMAGE);
        if image.is_empty() {
            return;
        }
        let alt = self.cell(cells, IMAGE_ALT);
        let picture = PictureRef {
            line,
            source: PictureSource::of(image),
            alt: (!alt.is_empty()).then(|| Texts::one(self.locale, alt)),
        };
        let order = cell::whole(self.cell(cells, IMAGE_PLACE)).unwrap_or(i64::MAX);
        self.pictures
            .entry(place)
            .or_default()
            .push((order, picture));
    }

    fn refuse(&mut self, line: u64, field: Field, value: &str, key: &'static str) {
        let column = field.name(self.generation);
        self.read
            .remarks
            .push(Remark::refused(line, column, value, key));
    }

    fn note_homeless(&mut self, line: u64, cells: &[String]) {
        for (place, text) in cells.iter().enumerate() {
            let name = self.sheet.heading.get(place).map_or("", String::as_str);
            let known = WRITTEN
                .iter()
                .any(|field| name.eq_ignore_ascii_case(field.name(self.generation)));
            if !known && !name.is_empty() && !text.trim().is_empty() {
                self.homeless
                    .entry(place)
                    .or_insert_with(|| (line, text.trim().to_owned()));
            }
        }
    }

    fn product(&mut self, line: u64, cells: &[String], handle: &str) -> Goods {
        let published = self.cell(cells, PUBLISHED).eq_ignore_ascii_case("true");
        let state = match self.cell(cells, STATUS).to_ascii_lowercase().as_str() {
            "archived" => ProductState::Archived,
            "draft" => ProductState::Draft,
            _ if published => ProductState::Published,
            _ => ProductState::Draft,
        };
        let text = |text: &str| Texts::one(self.locale, text);
        let names = OPTION_NAMES.map(|field| self.cell(cells, field).to_owned());
        let single = names[0] == "Title" && self.cell(cells, OPTION_VALUES[0]) == "Default Title";
        let options = names.iter().take_while(|name| !name.is_empty() && !single);
        let body = rich::clean(self.cell(cells, BODY));
        let goods = Goods {
            line,
            handle: slug(handle).unwrap_or_else(|| handle.to_owned()),
            state: Some(state),
            title: Some(text(self.cell(cells, TITLE))),
            description: Some(if body.is_empty() {
                Texts::default()
            } else {
                text(&body)
            }),
            options: options.map(|name| text(name)).collect(),
            brand: self
                .has(VENDOR)
                .then(|| self.cell(cells, VENDOR).to_owned()),
            tags: self.has(TAGS).then(|| tags(self.cell(cells, TAGS))),
            ..Goods::default()
        };
        if goods.handle != handle {
            let column = HANDLE.name(self.generation);
            self.read
                .remarks
                .push(Remark::note(line, column, handle, "csv-handle-changed"));
        }
        goods
    }

    fn variant(
        &mut self,
        line: u64,
        cells: &[String],
        before: usize,
    ) -> Result<GoodsVariant, Remark> {
        let place = self.places.get(self.cell(cells, HANDLE)).copied();
        let product = place.and_then(|place| self.read.goods.get(place));
        let (handle, options) =
            product.map_or((String::new(), 0), |p| (p.handle.clone(), p.options.len()));
        let refuse = |field: Field, key| {
            Remark::refused(
                line,
                field.name(self.generation),
                self.cell(cells, field),
                key,
            )
        };
        let amount = |field: Field| match self.cell(cells, field) {
            "" => Ok(None),
            text => cell::money(text, self.currency)
                .map(Some)
                .ok_or_else(|| refuse(field, "csv-amount")),
        };
        let number = |field: Field| match self.cell(cells, field) {
            "" => Ok(None),
            text => cell::whole(text)
                .map(Some)
                .ok_or_else(|| refuse(field, "csv-number")),
        };
        let values = OPTION_VALUES
            .iter()
            .take(options)
            .map(|field| Texts::one(self.locale, self.cell(cells, *field)));
        let mut sku = self.cell(cells, SKU).to_owned();
        let missing = sku.is_empty();
        if missing {
            sku = format!("{}-{}", handle.to_ascii_uppercase(), before + 1);
        }
        let barcode = self
            .cell(cells, BARCODE)
            .trim_start_matches('\'')
            .to_owned();
        let variant = GoodsVariant {
            line,
            sku: sku.clone(),
            barcode: Some(Some(barcode).filter(|code| !code.is_empty())),
            option_values: values.collect(),
            price: amount(PRICE)?,
            compare_at: amount(COMPARE)?.map(Some),
            cost: Some(amount(COST)?),
            weight_g: number(GRAMS)?,
            size_mm: None,
            active: None,
            stock: number(UNITS)?
                .map(|units| (None, units))
                .into_iter()
                .collect(),
            parts: None,
        };
        if variant.price.is_none() {
            return Err(refuse(PRICE, "csv-required"));
        }
        if missing {
            let column = SKU.name(self.generation);
            self.read
                .remarks
                .push(Remark::note(line, column, sku, "csv-sku-made"));
        }
        Ok(variant)
    }

    fn finish(mut self) -> Read {
        for (place, (line, text)) in self.homeless {
            let name = self.sheet.heading.get(place).map_or("", String::as_str);
            self.read
                .remarks
                .push(Remark::note(line, name, text, "csv-no-home"));
        }
        for (place, mut pictures) in self.pictures {
            pictures.sort_by_key(|(order, _)| *order);
            if let Some(product) = self.read.goods.get_mut(place) {
                let pictures = pictures.into_iter().map(|(_, picture)| picture);
                product.pictures = Some(pictures.collect());
            }
        }
        self.read
            .goods
            .retain(|product| !product.variants.is_empty());
        self.read.remarks.sort_by_key(|remark| remark.line);
        self.read
    }
}

/// The tags of a cell, with commas between them.
fn tags(text: &str) -> Vec<String> {
    let tags = text.split(',').map(str::trim);
    tags.filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

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
    let word = |texts: &Texts| texts.get(Locale::default()).to_owned();
    let picture = |p: &PictureRef| {
        let alt = p.alt.as_ref().map(word).unwrap_or_default();
        Some((p.source.address(public_url)?, alt))
    };
    let pictures = product.pictures.iter().flatten().filter_map(picture);
    let pictures: Vec<(String, String)> = pictures.collect();
    let count = product.variants.len().max(pictures.len());
    let mut rows: Vec<HashMap<&'static str, String>> = Vec::with_capacity(count);
    for index in 0..count {
        let mut cells = HashMap::from([(HANDLE.0, product.handle.clone())]);
        if index == 0 {
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
        if let Some(variant) = product.variants.get(index) {
            if product.options.is_empty() {
                cells.insert(OPTION_VALUES[0].0, "Default Title".to_owned());
            }
            for (field, value) in OPTION_VALUES.iter().zip(&variant.option_values) {
                cells.insert(field.0, word(value));
            }
            let amount = |money: Option<Money>| money.map_or_else(String::new, Money::decimal_text);
            cells.insert(SKU.0, variant.sku.clone());
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
        if let Some((address, alt)) = pictures.get(index) {
            cells.insert(IMAGE.0, address.clone());
            cells.insert(IMAGE_ALT.0, alt.clone());
            cells.insert(IMAGE_PLACE.0, (index + 1).to_string());
        }
        rows.push(cells);
    }
    rows
}

#[cfg(test)]
#[path = "shopify_tests.rs"]
mod tests;
