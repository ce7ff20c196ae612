//! A whole list as a file for a spreadsheet: CSV or a workbook.
//!
//! Rows go to a temporary file page by page, so a long list takes no more memory than a short one, and a list that
//! fails half-way gives a problem and not half a file. What people typed stays text: a cell that a spreadsheet would
//! take for a formula begins with an apostrophe in CSV and is a string in a workbook (A17).

use std::{fs::File, io::Write, str::FromStr, sync::Arc};

use jiff::tz::TimeZone;
use kernel::Locale;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format as Style, Workbook, XlsxError};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Cell, Column, List, ListError};
use crate::{Ctx, web::output::Download, words::Words};

/// Rows that a file takes.
pub const MOST_ROWS: usize = 100_000;
/// Rows that are read and written together.
pub const PART: usize = 500;
/// The longest text of a workbook's cell.
const CELL: usize = 32_767;
/// The width of a workbook's columns, in characters.
const WIDTH: u32 = 20;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// A workbook (Office Open XML).
    Xlsx,
}

impl Format {
    /// The code, which is also the ending of the file's name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Csv, Self::Xlsx]
            .into_iter()
            .find(|format| format.code() == text)
            .ok_or(())
    }
}

/// A file that is being written.
pub struct Export {
    writer: Writer,
    words: Arc<Words>,
    locale: Locale,
    zone: TimeZone,
    rows: usize,
}

enum Writer {
    Csv(Box<csv::Writer<File>>),
    Xlsx(Box<Sheet>),
}

/// A workbook with one sheet.
struct Sheet {
    workbook: Workbook,
    row: u32,
    time: Style,
    money: Style,
    ratio: Style,
}

fn failed(error: impl std::fmt::Display) -> ListError {
    ListError::File(error.to_string())
}

/// The columns of a list that a reader's file has.
#[must_use]
pub fn columns<R>(ctx: &Ctx, list: &'static List<R>) -> Vec<&'static Column<R>> {
    list.columns.iter().filter(|c| c.shown_to(ctx)).collect()
}

impl Export {
    /// A file with the headings of these columns in the reader's language.
    ///
    /// # Errors
    /// [`ListError::File`].
    pub fn begin<R>(
        ctx: &Ctx,
        words: Arc<Words>,
        format: Format,
        columns: &[&'static Column<R>],
    ) -> Result<Self, ListError> {
        let heads = columns.iter().map(|c| words.say(ctx.locale(), c.word, &[]));
        let heads: Vec<String> = heads.collect();
        let writer = match format {
            Format::Csv => {
                let mut file = Download::begin().map_err(failed)?;
                file.write_all("\u{feff}".as_bytes()).map_err(failed)?;
                let mut writer = csv::Writer::from_writer(file);
                writer
                    .write_record(heads.iter().map(|h| guarded(h)))
                    .map_err(failed)?;
                Writer::Csv(Box::new(writer))
            }
            Format::Xlsx => Writer::Xlsx(Box::new(Sheet::begin(&heads).map_err(failed)?)),
        };
        Ok(Self {
            writer,
            words,
            locale: ctx.locale(),
            zone: ctx.zone().clone(),
            rows: 0,
        })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`ListError::TooLong`] beyond [`MOST_ROWS`], or [`ListError::File`].
    pub fn add(&mut self, rows: &[Vec<Cell>]) -> Result<(), ListError> {
        self.rows += rows.len();
        if self.rows > MOST_ROWS {
            return Err(ListError::TooLong);
        }
        for row in rows {
            match &mut self.writer {
                Writer::Csv(writer) => {
                    let texts = row.iter().map(|cell| {
                        let text = cell.plain(&self.words, self.locale, &self.zone);
                        match cell {
                            Cell::Text(_) | Cell::Word(_) => guarded(&text),
                            _ => text,
                        }
                    });
                    writer.write_record(texts).map_err(failed)?;
                }
                Writer::Xlsx(sheet) => sheet
                    .add(row, &self.words, self.locale, &self.zone)
                    .map_err(failed)?,
            }
        }
        Ok(())
    }

    /// The finished file, to be handed to the reader under the list's name and today's date.
    ///
    /// # Errors
    /// [`ListError::File`].
    pub fn finish(self, ctx: &Ctx, code: &str) -> Result<Download, ListError> {
        let (file, format): (File, Format) = match self.writer {
            Writer::Csv(writer) => {
                let file = writer.into_inner().map_err(failed)?;
                (file, Format::Csv)
            }
            Writer::Xlsx(mut sheet) => {
                let mut file = Download::begin().map_err(failed)?;
                let out = std::io::BufWriter::new(&mut file);
                sheet.workbook.save_to_writer(out).map_err(failed)?;
                (file, Format::Xlsx)
            }
        };
        let day = ctx.now().in_zone(ctx.zone()).date();
        let name = format!("{code}-{day}.{}", format.code());
        Download::of(file, format.content_type(), name).map_err(failed)
    }
}

/// A text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    let risky = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    if text.trim_start_matches(' ').starts_with(risky) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

impl Sheet {
    fn begin(heads: &[String]) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let head = Style::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        for (column, text) in (0_u16..).zip(heads) {
            sheet.set_column_width(column, WIDTH)?;
            sheet.write_with_format(0, column, text.as_str(), &head)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(Self {
            workbook,
            row: 1,
            time: Style::new().set_num_format("yyyy-mm-dd hh:mm"),
            money: Style::new().set_num_format("#,##0.00"),
            ratio: Style::new().set_num_format("0.0%"),
        })
    }

    fn add(
        &mut self,
        cells: &[Cell],
        words: &Words,
        locale: Locale,
        zone: &TimeZone,
    ) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    let text: String = text.chars().take(CELL).collect();
                    sheet.write(self.row, column, text)?;
                }
                Cell::Word(key) => {
                    sheet.write(self.row, column, words.say(locale, key, &[]))?;
                }
                Cell::Number(number) => {
                    sheet.write(self.row, column, *number)?;
                }
                Cell::Money(money) => {
                    let amount = Decimal::new(money.amount, money.currency.exponent());
                    sheet.write_with_format(self.row, column, amount, &self.money)?;
                }
                Cell::At(at) => {
                    let local = at.in_zone(zone).datetime();
                    sheet.write_datetime_with_format(self.row, column, local, &self.time)?;
                }
                Cell::Ratio(ratio) => {
                    sheet.write_with_format(self.row, column, *ratio, &self.ratio)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A17: what a spreadsheet would run as a formula is a text, in either width and behind spaces.
    #[test]
    fn a_formula_is_a_text() {
        for text in ["=1+1", "+886", "-2", "@cmd", " =A1", "\t=A1", "＝1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        assert_eq!(guarded("茶 = 茶"), "茶 = 茶");
    }
}
