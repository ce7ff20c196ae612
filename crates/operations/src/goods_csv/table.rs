//! The shop's own format: one row for each variant; what is about the product stands in its first row.

use std::collections::HashMap;

use catalog::{ProductState, rules::MAX_OPTIONS};
use kernel::{Currency, Locale, Money, Texts};

use super::{Goods, GoodsVariant, Read, Remark, Sheet, Unreadable, cell, said, table_pictures};

/// Between several values of one cell.
const BETWEEN: char = '|';
/// Columns of stock begin with this; the code of the place follows.
const STOCK: &str = "stock:";
/// The column of pictures.
pub(super) const PICTURES: &str = "pictures";
/// What is about a product, apart from its words.
const PRODUCT: [&str; 7] = [
    "handle",
    "state",
    "collections",
    PICTURES,
    "brand",
    "model",
    "tags",
];
/// What is about a variant.
const VARIANT: [&str; 12] = [
    "sku",
    "variant_state",
    "barcode",
    "currency",
    "price",
    "compare_at",
    "cost",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "parts",
];

/// A column of a text in one language: `title:zh-Hant`.
pub(super) fn in_language(name: &str, locale: Locale) -> String {
    format!("{name}:{locale}")
}

/// The heading, with these columns of attributes, and a column of stock for each of these places.
pub(super) fn heading(attributes: &[String], places: &[String]) -> Vec<String> {
    let texts = |name: &str| Locale::ALL.map(|locale| in_language(name, locale));
    let mut names: Vec<String> = PRODUCT[..2].iter().map(|name| (*name).to_owned()).collect();
    for name in ["title", "subtitle", "description"] {
        names.extend(texts(name));
    }
    for name in &PRODUCT[2..] {
        names.push((*name).to_owned());
        if *name == PICTURES {
            names.extend(table_pictures::columns());
        }
    }
    names.extend_from_slice(attributes);
    for option in 1..=MAX_OPTIONS {
        names.extend(texts(&format!("option{option}")));
    }
    for option in 1..=MAX_OPTIONS {
        names.extend(texts(&format!("value{option}")));
    }
    names.extend(VARIANT.iter().map(|name| (*name).to_owned()));
    names.extend(places.iter().map(|code| format!("{STOCK}{code}")));
    names
}

/// The rows of a product. Pictures are named by their addresses in the shop at `public_url`, which also say their size.
pub(super) fn rows(names: &[String], product: &Goods, public_url: &str) -> Vec<Vec<String>> {
    let variants = product.variants.iter().enumerate();
    let rows = variants.map(|(index, variant)| {
        let shown = (index == 0).then_some(public_url);
        row(names, product, variant, shown)
    });
    rows.collect()
}

/// A row; the first one of a product, which has the shop's address, says what is about the product.
fn row(
    names: &[String],
    product: &Goods,
    variant: &GoodsVariant,
    first: Option<&str>,
) -> Vec<String> {
    let mut cells = Cells::from([("handle".to_owned(), product.handle.clone())]);
    let mut put = |name: &str, text: String| {
        cells.insert(name.to_owned(), text);
    };
    if let Some(public_url) = first {
        put_product(&mut put, product, public_url);
    }
    put_variant(&mut put, variant);
    names
        .iter()
        .map(|name| cells.remove(name).unwrap_or_default())
        .collect()
}

/// Cells by the names of their columns.
type Cells = HashMap<String, String>;

fn put_product(put: &mut impl FnMut(&str, String), product: &Goods, public_url: &str) {
    put(
        "state",
        product
            .state
            .map_or_else(String::new, |state| state.code().to_owned()),
    );
    put(
        "collections",
        product.collections.as_deref().unwrap_or_default().join("|"),
    );
    table_pictures::put(put, product, public_url);
    put("brand", product.brand.clone().unwrap_or_default());
    put("model", product.model.clone().unwrap_or_default());
    put(
        "tags",
        said::joined(product.tags.as_deref().unwrap_or_default()),
    );
    for (name, text) in said::cells(product) {
        put(&name, text);
    }
    let texts = [
        ("title", &product.title),
        ("subtitle", &product.subtitle),
        ("description", &product.description),
    ];
    for (name, texts) in texts {
        for (locale, text) in texts.iter().flat_map(|texts| &texts.0) {
            put(&in_language(name, *locale), text.clone());
        }
    }
    for (place, option) in product.options.iter().enumerate() {
        for (locale, text) in &option.0 {
            put(
                &in_language(&format!("option{}", place + 1), *locale),
                text.clone(),
            );
        }
    }
}

fn put_variant(put: &mut impl FnMut(&str, String), variant: &GoodsVariant) {
    for (place, value) in variant.option_values.iter().enumerate() {
        for (locale, text) in &value.0 {
            put(
                &in_language(&format!("value{}", place + 1), *locale),
                text.clone(),
            );
        }
    }
    put("sku", variant.sku.clone());
    let active = variant.active.unwrap_or(true);
    put(
        "variant_state",
        if active { "active" } else { "archived" }.to_owned(),
    );
    put(
        "barcode",
        variant.barcode.clone().flatten().unwrap_or_default(),
    );
    let amount = |money: Option<Money>| money.map_or_else(String::new, Money::decimal_text);
    put(
        "currency",
        variant
            .price
            .map_or_else(String::new, |price| price.currency.to_string()),
    );
    put("price", amount(variant.price));
    put("compare_at", amount(variant.compare_at.flatten()));
    put("cost", amount(variant.cost.flatten()));
    put(
        "weight_g",
        variant
            .weight_g
            .map_or_else(String::new, |grams| grams.to_string()),
    );
    if let Some(Some((length, width, height))) = variant.size_mm {
        put("length_mm", length.to_string());
        put("width_mm", width.to_string());
        put("height_mm", height.to_string());
    }
    let part = |(sku, units): &(String, i64)| format!("{units}x{sku}");
    let parts: Vec<String> = variant.parts.iter().flatten().map(part).collect();
    put("parts", parts.join("|"));
    for (place, units) in &variant.stock {
        put(
            &format!("{STOCK}{}", place.as_deref().unwrap_or_default()),
            units.to_string(),
        );
    }
}

/// Whether a column is one of a place or of an attribute.
fn is_own(name: &str) -> bool {
    name.starts_with(STOCK) || name.starts_with(said::COLUMN)
}

/// Reads a file. `currency` is that of rows which name none.
///
/// # Errors
/// A file that is no table of this format.
pub fn read(bytes: &[u8], currency: Currency) -> Result<Read, Unreadable> {
    let sheet = Sheet::parse(bytes)?;
    for needed in ["handle", "sku"] {
        if sheet.column(&[needed]).is_none() {
            return Err(Unreadable::Missing(needed.to_owned()));
        }
    }
    let mut read = Read {
        picture_column: PICTURES,
        rows: sheet.rows.len(),
        ..Read::default()
    };
    let known = heading(&[], &[]);
    for name in &sheet.heading {
        if !name.is_empty() && !known.contains(name) && !is_own(name) {
            read.remarks.push(Remark::note(1, name, "", "csv-no-home"));
        }
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    for (line, cells) in &sheet.rows {
        let reader = RowReader {
            sheet: &sheet,
            line: *line,
            cells,
            currency,
        };
        let handle = reader.text("handle").unwrap_or_default().trim().to_owned();
        if handle.is_empty() {
            read.remarks
                .push(Remark::refused(*line, "handle", "", "csv-required"));
            continue;
        }
        let place = match places.get(&handle) {
            Some(place) => *place,
            None => match reader.product(&handle) {
                Ok(product) => {
                    places.insert(handle.clone(), read.goods.len());
                    read.goods.push(product);
                    read.goods.len() - 1
                }
                Err(remark) => {
                    read.remarks.push(remark);
                    continue;
                }
            },
        };
        match reader.variant() {
            Ok(variant) => {
                if let Some(product) = read.goods.get_mut(place) {
                    product.variants.push(variant);
                }
            }
            Err(remark) => read.remarks.push(remark),
        }
    }
    read.goods.retain(|product| !product.variants.is_empty());
    Ok(read)
}

/// Length, width and height, in millimetres.
type Sides = (i64, i64, i64);

/// A row that is being read.
pub(super) struct RowReader<'a> {
    sheet: &'a Sheet,
    pub(super) line: u64,
    cells: &'a [String],
    currency: Currency,
}

impl RowReader<'_> {
    /// The cell of a column; `None` when the file has no such column.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let place = self.sheet.column(&[name])?;
        Some(self.cells.get(place).map_or("", String::as_str))
    }

    fn cells_by_name(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.sheet.heading.iter().map(String::as_str);
        let cell = move |(place, name)| (name, self.cells.get(place).map_or("", String::as_str));
        names.enumerate().map(cell)
    }

    fn refuse(&self, column: &str, key: &'static str) -> Remark {
        Remark::refused(
            self.line,
            column,
            self.text(column).unwrap_or_default(),
            key,
        )
    }

    /// A text in every language; `None` when the file has no column of it.
    fn texts(&self, name: &str) -> Option<Texts> {
        let mut found = None;
        for locale in Locale::ALL {
            if let Some(text) = self.text(&in_language(name, locale)) {
                let texts: &mut Texts = found.get_or_insert_default();
                if !text.is_empty() {
                    texts.0.insert(locale, text.to_owned());
                }
            }
        }
        found
    }

    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let text = self.text(name)?;
        Some(
            text.split(BETWEEN)
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect(),
        )
    }

    fn product(&self, handle: &str) -> Result<Goods, Remark> {
        let state = match self.text("state").map(str::trim) {
            None | Some("") => None,
            Some(word) => Some(
                word.parse::<ProductState>()
                    .map_err(|()| self.refuse("state", "csv-state"))?,
            ),
        };
        let options = (1..=MAX_OPTIONS).map_while(|n| {
            self.texts(&format!("option{n}"))
                .filter(|texts| !texts.is_empty())
        });
        Ok(Goods {
            line: self.line,
            handle: handle.to_owned(),
            state,
            title: self.texts("title"),
            subtitle: self.texts("subtitle"),
            description: self.texts("description"),
            options: options.collect(),
            collections: self
                .list("collections")
                .map(|list| list.into_iter().map(str::to_owned).collect()),
            pictures: self.pictures(),
            brand: self.text("brand").map(|name| name.trim().to_owned()),
            model: self.text("model").map(|name| name.trim().to_owned()),
            tags: self.text("tags").map(said::split),
            attributes: said::read(self.cells_by_name()),
            variants: Vec::new(),
        })
    }

    fn variant(&self) -> Result<GoodsVariant, Remark> {
        let sku = self.text("sku").unwrap_or_default().trim().to_owned();
        if sku.is_empty() {
            return Err(self.refuse("sku", "csv-required"));
        }
        let active = match self.text("variant_state").map(str::trim) {
            None | Some("") => None,
            Some("active") => Some(true),
            Some("archived") => Some(false),
            Some(_) => return Err(self.refuse("variant_state", "csv-state")),
        };
        let currency = match self.text("currency").map(str::trim) {
            None | Some("") => self.currency,
            Some(code) => code
                .parse()
                .map_err(|_| self.refuse("currency", "csv-currency"))?,
        };
        let values = (1..=MAX_OPTIONS).map_while(|n| {
            self.texts(&format!("value{n}"))
                .filter(|texts| !texts.is_empty())
        });
        Ok(GoodsVariant {
            line: self.line,
            sku,
            barcode: self
                .text("barcode")
                .map(|code| Some(code.trim().to_owned()).filter(|code| !code.is_empty())),
            option_values: values.collect(),
            price: self.amount("price", currency)?.flatten(),
            compare_at: self.amount("compare_at", currency)?,
            cost: self.amount("cost", currency)?,
            weight_g: self.number("weight_g")?,
            size_mm: self.size()?,
            active,
            stock: self.stock()?,
            parts: self.parts()?,
        })
    }

    fn amount(&self, name: &str, currency: Currency) -> Result<Option<Option<Money>>, Remark> {
        match self.text(name).map(str::trim) {
            None => Ok(None),
            Some("") => Ok(Some(None)),
            Some(text) => {
                let amount =
                    cell::money(text, currency).ok_or_else(|| self.refuse(name, "csv-amount"))?;
                Ok(Some(Some(amount)))
            }
        }
    }

    fn number(&self, name: &str) -> Result<Option<i64>, Remark> {
        match self.text(name).map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => cell::whole(text)
                .map(Some)
                .ok_or_else(|| self.refuse(name, "csv-number")),
        }
    }

    fn size(&self) -> Result<Option<Option<Sides>>, Remark> {
        if self.text("length_mm").is_none() {
            return Ok(None);
        }
        let sides = (
            self.number("length_mm")?,
            self.number("width_mm")?,
            self.number("height_mm")?,
        );
        match sides {
            (Some(length), Some(width), Some(height)) => Ok(Some(Some((length, width, height)))),
            (None, None, None) => Ok(Some(None)),
            _ => Err(self.refuse("length_mm", "csv-size")),
        }
    }

    fn stock(&self) -> Result<Vec<(Option<String>, i64)>, Remark> {
        let columns = self
            .sheet
            .heading
            .iter()
            .filter_map(|name| Some((name, name.strip_prefix(STOCK)?)));
        let mut found = Vec::new();
        for (name, code) in columns {
            if let Some(units) = self.number(name)? {
                found.push((Some(code.to_owned()).filter(|code| !code.is_empty()), units));
            }
        }
        Ok(found)
    }

    fn parts(&self) -> Result<Option<Vec<(String, i64)>>, Remark> {
        let part = |text: &str| {
            let (units, sku) = text.split_once(['x', '×'])?;
            Some((sku.trim().to_owned(), cell::whole(units)?))
        };
        let Some(list) = self.list("parts") else {
            return Ok(None);
        };
        let parts = list.into_iter().map(part).collect::<Option<Vec<_>>>();
        parts
            .map(Some)
            .ok_or_else(|| self.refuse("parts", "csv-parts"))
    }
}
