//! Shopify's product CSV, in and out. There are two generations of its header: the older one has `Handle` and
//! `Variant SKU`, the newer one `URL handle` and `SKU`. A product takes several rows; what is about the product stands in
//! its first one, further rows carry variants and pictures.

use std::collections::{BTreeMap, HashMap};

use catalog::{ProductState, rich, rules::MAX_OPTIONS, rules::slug};
use kernel::{Currency, Locale, Texts};

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
pub(super) struct Field(pub(super) &'static str, &'static str);

impl Field {
    pub(super) const fn name(self, generation: Generation) -> &'static str {
        match generation {
            Generation::Older => self.0,
            Generation::Newer => self.1,
        }
    }
}

pub(super) const HANDLE: Field = Field("Handle", "URL handle");
pub(super) const TITLE: Field = Field("Title", "Title");
pub(super) const BODY: Field = Field("Body (HTML)", "Description");
pub(super) const VENDOR: Field = Field("Vendor", "Vendor");
pub(super) const TAGS: Field = Field("Tags", "Tags");
pub(super) const PUBLISHED: Field = Field("Published", "Published on online store");
pub(super) const STATUS: Field = Field("Status", "Status");
pub(super) const SKU: Field = Field("Variant SKU", "SKU");
pub(super) const BARCODE: Field = Field("Variant Barcode", "Barcode");
pub(super) const PRICE: Field = Field("Variant Price", "Price");
pub(super) const COMPARE: Field = Field("Variant Compare At Price", "Compare-at price");
pub(super) const COST: Field = Field("Cost per item", "Cost per item");
pub(super) const GRAMS: Field = Field("Variant Grams", "Weight value (grams)");
pub(super) const UNITS: Field = Field("Variant Inventory Qty", "Inventory quantity");
pub(super) const IMAGE: Field = Field("Image Src", "Product image URL");
pub(super) const IMAGE_PLACE: Field = Field("Image Position", "Image position");
pub(super) const IMAGE_ALT: Field = Field("Image Alt Text", "Image alt text");
pub(super) const VARIANT_IMAGE: Field = Field("Variant Image", "Variant image URL");
pub(super) const OPTION_NAMES: [Field; MAX_OPTIONS] = [
    Field("Option1 Name", "Option1 name"),
    Field("Option2 Name", "Option2 name"),
    Field("Option3 Name", "Option3 name"),
];
pub(super) const OPTION_VALUES: [Field; MAX_OPTIONS] = [
    Field("Option1 Value", "Option1 value"),
    Field("Option2 Value", "Option2 value"),
    Field("Option3 Value", "Option3 value"),
];

/// Everything that has a home here, in the order in which it is written.
pub(super) const WRITTEN: [Field; 24] = [
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
    VARIANT_IMAGE,
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
        of_variants: HashMap::new(),
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
    /// Which picture a variant of the goods at a place has: line, address and SKU.
    of_variants: HashMap<usize, Vec<(u64, String, String)>>,
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
                let own = self.cell(cells, VARIANT_IMAGE);
                if !own.is_empty() {
                    let picture = (line, own.to_owned(), variant.sku.clone());
                    self.of_variants.entry(place).or_default().push(picture);
                }
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
            sku: self.has(VARIANT_IMAGE).then(String::new),
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
        for (place, of_variants) in self.of_variants {
            show_variants(self.pictures.entry(place).or_default(), &of_variants);
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

/// Says of the pictures which variant each shows; a picture that stands at a variant alone comes last. One that several
/// variants have shows the product.
fn show_variants(pictures: &mut Vec<(i64, PictureRef)>, of_variants: &[(u64, String, String)]) {
    for (line, address, sku) in of_variants {
        let source = PictureSource::of(address);
        let shared = of_variants.iter().filter(|(_, other, _)| other == address);
        let shows = if shared.count() == 1 {
            sku.as_str()
        } else {
            ""
        };
        match pictures
            .iter_mut()
            .find(|(_, known)| known.source == source)
        {
            Some((_, known)) => known.sku = Some(shows.to_owned()),
            None => {
                let own = PictureRef {
                    line: *line,
                    source,
                    alt: None,
                    sku: Some(shows.to_owned()),
                };
                pictures.push((i64::MAX, own));
            }
        }
    }
}

/// The tags of a cell, with commas between them.
fn tags(text: &str) -> Vec<String> {
    let tags = text.split(',').map(str::trim);
    tags.filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
#[path = "shopify_tests.rs"]
mod tests;
