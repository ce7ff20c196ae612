//! A MySQL dump as tables of named, typed cells. The SQL is read by a parser of SQL; nothing of it is run.

use std::collections::BTreeMap;

use kernel::{Currency, Money, Timestamp};
use rust_decimal::Decimal;
use sqlparser::{
    ast::{Expr, Insert, SetExpr, Spanned, Statement, TableObject, UnaryOperator, Value},
    dialect::MySqlDialect,
    parser::Parser,
};

/// The time zone in which a shop of the mainland writes down its times.
const ZONE: &str = "Asia/Shanghai";

/// All tables of a dump, by name.
#[derive(Debug, Default)]
pub(super) struct Dump {
    tables: BTreeMap<String, Table>,
}

/// One table.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<String>,
    rows: Vec<Row>,
}

/// One row: the line of the file it stands on, and what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Line of the file, the first being 1.
    pub(super) line: i64,
    cells: BTreeMap<String, String>,
}

impl Dump {
    /// Reads a dump. A statement that is neither a table nor rows is passed over.
    ///
    /// # Errors
    /// What the parser says when the text is no SQL, or a row that does not fit its table.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut dump = Self::default();
        let statements =
            Parser::parse_sql(&MySqlDialect {}, text).map_err(|error| error.to_string())?;
        for statement in statements {
            match statement {
                Statement::CreateTable(table) => {
                    let columns = table.columns.iter().map(|c| c.name.value.clone()).collect();
                    let name = plain(&table.name.to_string());
                    dump.tables.entry(name).or_default().columns = columns;
                }
                Statement::Insert(insert) => dump.insert(&insert)?,
                _ => {}
            }
        }
        Ok(dump)
    }

    fn insert(&mut self, insert: &Insert) -> Result<(), String> {
        let TableObject::TableName(name) = &insert.table else {
            return Ok(());
        };
        let name = plain(&name.to_string());
        let line = i64::try_from(insert.span().start.line).unwrap_or_default();
        let table = self.tables.entry(name.clone()).or_default();
        let named: Vec<String> = insert.columns.iter().map(|c| c.value.clone()).collect();
        let columns = if named.is_empty() {
            &table.columns
        } else {
            &named
        };
        let Some(SetExpr::Values(values)) = insert.source.as_ref().map(|q| q.body.as_ref()) else {
            return Ok(());
        };
        for cells in &values.rows {
            if cells.len() != columns.len() {
                return Err(format!(
                    "line {line}: {} values for {} columns of {name}",
                    cells.len(),
                    columns.len()
                ));
            }
            let filled = columns.iter().zip(cells);
            let cells = filled
                .filter_map(|(column, cell)| Some((column.clone(), text_of(cell)?)))
                .collect();
            table.rows.push(Row { line, cells });
        }
        Ok(())
    }

    /// The rows of a table; none for one that the dump does not have.
    pub(super) fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], |table| &table.rows)
    }

    /// Whether the dump has a table.
    pub(super) fn has(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    /// Every table and how many rows it has.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        let tables = self.tables.iter();
        tables.map(|(name, table)| (name.as_str(), table.rows.len()))
    }
}

/// A name without its quotes.
fn plain(name: &str) -> String {
    name.trim_matches('`').to_owned()
}

/// What a cell says; `None` for NULL and for an expression that no dump writes.
fn text_of(cell: &Expr) -> Option<String> {
    match cell {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => Some(text.clone()),
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => Some(text.clone()),
            Value::Boolean(truth) => Some(i64::from(*truth).to_string()),
            _ => None,
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => text_of(expr).map(|text| format!("-{text}")),
        _ => None,
    }
}

impl Row {
    /// What a column says; empty for NULL.
    pub(super) fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str).trim()
    }

    /// A text that says something.
    pub(super) fn filled(&self, column: &str) -> Option<&str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(super) fn number(&self, column: &str) -> Option<i64> {
        self.text(column).parse().ok()
    }

    /// An amount of yuan as money; `None` for NULL or for what is no amount of whole fen.
    pub(super) fn yuan(&self, column: &str) -> Option<Money> {
        let amount: Decimal = self.text(column).parse().ok()?;
        let fen = amount.checked_mul(Decimal::ONE_HUNDRED)?;
        if !fen.fract().is_zero() {
            return None;
        }
        let fen = i64::try_from(fen.trunc()).ok()?;
        Some(Money::new(fen, Currency::CNY))
    }

    /// A time of the mainland.
    pub(super) fn time(&self, column: &str) -> Option<Timestamp> {
        let text = self.text(column).replacen(' ', "T", 1);
        let local: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = local.in_tz(ZONE).ok()?;
        Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
    }

    /// A list in one cell, separated by commas.
    pub(super) fn list(&self, column: &str) -> Vec<&str> {
        let parts = self.text(column).split([',', '，']).map(str::trim);
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// Everything the row says, for a report.
    pub(super) fn content(&self) -> String {
        serde_json::to_string(&self.cells).unwrap_or_default()
    }
}
