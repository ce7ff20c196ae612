//! Goods as rows of a table that people and other shops can read: out and in again (CSV).
//!
//! One row is one variant. [`table`] is the shop's own format: it carries every language, prices, stock of each place,
//! collections, pictures and what bundles are made of, and what was exported and imported exports to the same bytes.
//! [`shopify`] reads and writes the product CSV of Shopify in both generations of its header. Files begin with a UTF-8
//! byte order mark, and cells that a spreadsheet would take for a formula are guarded ([`cell`], A17).

pub mod cell;
pub mod export;
pub mod import;
mod put;
mod rest;
mod said;
pub mod shopify;
pub mod table;

use std::borrow::Cow;

use catalog::ProductState;
use kernel::{Currency, Locale, Money, Texts};
use platform::cards;
use schemars::JsonSchema;
use serde::Serialize;

pub use said::{Said, Sayings};

/// The most rows that one file may have.
pub const MAX_ROWS: usize = 50_000;

/// A product as a file tells it. `None` is what the file does not speak of: it stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goods {
    /// The line of the file in which it begins; the heading is line 1.
    pub line: u64,
    /// Its name in addresses.
    pub handle: String,
    /// Whether it is on sale.
    pub state: Option<ProductState>,
    /// Its name.
    pub title: Option<Texts>,
    /// One line below it.
    pub subtitle: Option<Texts>,
    /// The long text.
    pub description: Option<Texts>,
    /// What its variants differ in.
    pub options: Vec<Texts>,
    /// Handles of the collections it is in.
    pub collections: Option<Vec<String>>,
    /// Its pictures.
    pub pictures: Option<Vec<PictureRef>>,
    /// Whose product it is; an empty one takes it away.
    pub brand: Option<String>,
    /// What its maker calls it; an empty one takes it away.
    pub model: Option<String>,
    /// Words by which the shop groups its goods.
    pub tags: Option<Vec<String>>,
    /// What it says in its attributes, as far as the file has columns for them.
    pub attributes: Sayings,
    /// Its variants.
    pub variants: Vec<GoodsVariant>,
}

/// A picture by its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRef {
    /// Key of the file in the file store.
    pub file_key: String,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
}

/// A variant as a file tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoodsVariant {
    /// The line of the file.
    pub line: u64,
    /// Its SKU.
    pub sku: String,
    /// What the scanner reads; an empty one takes it away.
    pub barcode: Option<Option<String>>,
    /// One value for each option.
    pub option_values: Vec<Texts>,
    /// What it costs.
    pub price: Option<Money>,
    /// What it really cost before; an empty one takes it away.
    pub compare_at: Option<Option<Money>>,
    /// What it costs the merchant.
    pub cost: Option<Option<Money>>,
    /// Weight with packing, in grams.
    pub weight_g: Option<i64>,
    /// Length, width and height with packing, in millimetres.
    pub size_mm: Option<Option<(i64, i64, i64)>>,
    /// Whether it can be bought.
    pub active: Option<bool>,
    /// Units on hand at places, by the code of the place; none for the place that goods leave first.
    pub stock: Vec<(Option<String>, i64)>,
    /// What it is made of: SKU and units.
    pub parts: Option<Vec<(String, i64)>>,
}

/// Something about a cell or a row that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remark {
    /// The line of the file; the heading is line 1.
    pub line: u64,
    /// The heading of the column; empty when it is about the row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// The sentence for people, as a key.
    pub key: &'static str,
    /// Whether the row was left out because of it; otherwise only this cell was.
    pub row_left_out: bool,
}

impl Remark {
    /// Something for which the row is left out.
    pub(crate) fn refused(
        line: u64,
        column: &str,
        value: impl Into<String>,
        key: &'static str,
    ) -> Self {
        Self {
            line,
            column: column.to_owned(),
            value: value.into(),
            key,
            row_left_out: true,
        }
    }

    /// Something that has no home here, or is not taken; the rest of the row is.
    pub(crate) fn note(
        line: u64,
        column: &str,
        value: impl Into<String>,
        key: &'static str,
    ) -> Self {
        Self {
            row_left_out: false,
            ..Self::refused(line, column, value, key)
        }
    }
}

/// What a file holds, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The products, in the order of the file.
    pub goods: Vec<Goods>,
    /// Rows below the heading.
    pub rows: usize,
    /// What is wrong with single rows and cells.
    pub remarks: Vec<Remark>,
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not text in UTF-8.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// Columns that every file needs are missing.
    #[error("the column {0} is missing")]
    Missing(String),
    /// It has too many rows.
    #[error("the file has more than {MAX_ROWS} rows")]
    TooLong,
}

impl Unreadable {
    /// The Fluent key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotText => "error-csv-not-text",
            Self::Empty => "error-csv-empty",
            Self::Missing(_) => "error-csv-missing-column",
            Self::TooLong => "error-csv-too-long",
        }
    }
}

/// Reads a file of any format that is known, told by its heading. `locale` is the language of files that name none.
///
/// # Errors
/// What is no table of goods.
pub fn read_any(bytes: &[u8], locale: Locale, currency: Currency) -> Result<Read, Unreadable> {
    if shopify::generation(bytes).is_some() {
        shopify::read(bytes, locale, currency)
    } else {
        table::read(bytes, currency)
    }
}

/// Counts lines up to places that only go forward. The reader's own count is one behind where lines end in CR LF.
struct Lines<'a> {
    bytes: &'a [u8],
    place: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    const fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            place: 0,
            line: 1,
        }
    }

    /// The line of the first visible byte from `place` on; the first line is 1.
    fn at(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.place) {
            let ended = matches!(byte, b'\r' | b'\n');
            if self.place >= place && !ended {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.place += 1;
        }
        self.line
    }
}

/// A file as heading and rows with their line numbers.
pub(crate) struct Sheet {
    pub(crate) heading: Vec<String>,
    pub(crate) rows: Vec<(u64, Vec<String>)>,
}

impl Sheet {
    /// Reads a file; rows with nothing in them are left out.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotText)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut lines = Lines::of(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|_| Unreadable::NotText)?;
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            let cells: Vec<String> = record.iter().map(cell::unguarded).collect();
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                rows.push((line, cells));
            }
            if rows.len() > MAX_ROWS + 1 {
                return Err(Unreadable::TooLong);
            }
        }
        if rows.is_empty() {
            return Err(Unreadable::Empty);
        }
        let (_, heading) = rows.remove(0);
        let heading: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
        for (_, cells) in &mut rows {
            without_cards(&heading, cells);
        }
        Ok(Self { heading, rows })
    }

    /// The place of a column.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        let is = |heading: &String| names.iter().any(|name| heading.eq_ignore_ascii_case(name));
        self.heading.iter().position(is)
    }
}

/// Takes the numbers of cards out of a row (P12): whoever wrote the file pasted one where none belongs.
fn without_cards(heading: &[String], cells: &mut [String]) {
    let names = heading
        .iter()
        .map(String::as_str)
        .chain(std::iter::repeat(""));
    for (name, cell) in names.zip(cells) {
        if let Cow::Owned(safe) = cards::masked_in(name, cell) {
            *cell = safe;
        }
    }
}

/// Rows as the bytes of a file, with a byte order mark for the spreadsheets that need one.
pub(crate) fn written(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        // Writing to memory does not fail.
        let _ = writer.write_record(row.iter().map(|text| cell::guarded(text)));
    }
    writer.into_inner().unwrap_or_default()
}
