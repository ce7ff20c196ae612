//! Goods as rows of a table that people and other shops can read: out and in again (CSV).
//!
//! One row is one variant. [`table`] is the shop's own format: it carries every language, prices, stock of each place,
//! collections, pictures and what bundles are made of, and what was exported and imported exports to the same bytes.
//! Pictures are named by their addresses, so that another shop can fetch them; a file may come in a zip with them
//! ([`archive`], [`pictures`]). [`shopify`] reads and writes the product CSV of Shopify in both generations of its header. Files begin with a UTF-8
//! byte order mark, and cells that a spreadsheet would take for a formula are guarded ([`cell`], A17).

pub mod archive;
pub mod cell;
pub mod export;
mod hang;
pub mod import;
pub mod pictures;
mod put;
mod rest;
mod said;
pub mod shopify;
mod shopify_out;
pub mod table;
mod table_pictures;

use std::{borrow::Cow, fmt, io::Write};

use catalog::ProductState;
use kernel::{Currency, Locale, Money, Texts};
use platform::{cards, list::ListError};
use schemars::JsonSchema;
use serde::Serialize;

pub use said::{Said, Sayings};

use crate::FlowError;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 8 << 20;
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

/// A picture as a file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRef {
    /// The line of the file.
    pub line: u64,
    /// Where it is.
    pub source: PictureSource,
    /// What it shows, in the languages of which the file speaks, an empty text where it shows nothing to tell; the product's
    /// title when the file does not say.
    pub alt: Option<Texts>,
    /// SKU of the one variant that it shows, empty when it shows the product; `None` when the file does not say.
    pub sku: Option<String>,
}

impl PictureRef {
    /// What it shows by the file, where it showed `before`.
    fn alt_over(&self, before: &Texts) -> Texts {
        let mut alt = before.clone();
        for (locale, text) in self.alt.iter().flat_map(|said| &said.0) {
            if text.is_empty() {
                alt.0.remove(locale);
            } else {
                alt.0.insert(*locale, text.clone());
            }
        }
        alt
    }
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureSource {
    /// In the file store of this shop.
    Kept {
        /// Key of the file.
        file_key: String,
        /// Width in pixels.
        width: i64,
        /// Height in pixels.
        height: i64,
    },
    /// At an address.
    Address(String),
    /// In the zip that comes with the file, under this name.
    File(String),
}

impl PictureSource {
    /// What a cell names: an address, a file of this shop as `KEY@800x600`, or else a file of the zip.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.contains("://") {
            return Self::Address(text.to_owned());
        }
        let kept = text.rsplit_once('@').and_then(|(key, size)| {
            let (width, height) = Self::size(size)?;
            (!key.is_empty()).then(|| Self::Kept {
                file_key: key.to_owned(),
                width,
                height,
            })
        });
        kept.unwrap_or_else(|| Self::File(text.to_owned()))
    }

    /// `800x600`.
    fn size(text: &str) -> Option<(i64, i64)> {
        let (width, height) = text.split_once('x')?;
        Some((cell::whole(width)?, cell::whole(height)?))
    }

    /// The address at which it is found, for a shop at `public_url`; none for what is only in a zip.
    #[must_use]
    pub fn address(&self, public_url: &str) -> Option<String> {
        match self {
            Self::Kept { file_key, .. } => Some(format!("{public_url}/media/{file_key}")),
            Self::Address(address) => Some(address.clone()),
            Self::File(_) => None,
        }
    }
}

impl fmt::Display for PictureSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept {
                file_key,
                width,
                height,
            } => write!(f, "{file_key}@{width}x{height}"),
            Self::Address(text) | Self::File(text) => f.write_str(text),
        }
    }
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
    /// The heading of the column that names pictures.
    pub picture_column: &'static str,
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
    /// It has too many bytes.
    #[error("the file has more than {MAX_BYTES} bytes")]
    TooLarge,
    /// It is a zip that is damaged.
    #[error("the zip is damaged")]
    BrokenZip,
    /// It is a zip of too many files.
    #[error("the zip has too many files")]
    TooManyEntries,
    /// It is a zip that does not hold exactly one file of goods.
    #[error("the zip does not hold exactly one CSV file")]
    NotOneTable,
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
            Self::TooLarge => "error-csv-too-large",
            Self::BrokenZip => "error-csv-zip-broken",
            Self::TooManyEntries => "error-csv-zip-entries",
            Self::NotOneTable => "error-csv-zip-table",
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

/// The columns that name pictures, by addresses and files that have long numbers of their own.
const PICTURES: [&str; 5] = [
    "pictures",
    "Image Src",
    "Product image URL",
    "Variant Image",
    "Variant image URL",
];

/// Takes the numbers of cards out of a row (P12): whoever wrote the file pasted one where none belongs.
fn without_cards(heading: &[String], cells: &mut [String]) {
    let names = heading
        .iter()
        .map(String::as_str)
        .chain(std::iter::repeat(""));
    for (name, cell) in names.zip(cells) {
        let is_picture = PICTURES.iter().any(|own| name.eq_ignore_ascii_case(own));
        if !is_picture && let Cow::Owned(safe) = cards::masked_in(name, cell) {
            *cell = safe;
        }
    }
}

/// A file that is being written, with a byte order mark for the spreadsheets that need one.
pub(crate) struct Written<W: Write>(csv::Writer<W>);

fn failed(error: impl fmt::Display) -> FlowError {
    ListError::File(error.to_string()).into()
}

impl<W: Write> Written<W> {
    /// A file with its heading.
    pub(crate) fn begin(mut out: W, heading: &[String]) -> Result<Self, FlowError> {
        out.write_all("\u{feff}".as_bytes()).map_err(failed)?;
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        let mut file = Self(writer);
        file.add(&[heading.to_vec()])?;
        Ok(file)
    }

    /// Adds rows.
    pub(crate) fn add(&mut self, rows: &[Vec<String>]) -> Result<(), FlowError> {
        for row in rows {
            let cells = row.iter().map(|text| cell::guarded(text));
            self.0.write_record(cells).map_err(failed)?;
        }
        Ok(())
    }

    /// Everything that was written.
    pub(crate) fn finish(self) -> Result<W, FlowError> {
        self.0.into_inner().map_err(failed)
    }
}
