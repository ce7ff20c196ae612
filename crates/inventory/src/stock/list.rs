//! The list of all stock, for the people who look after it.

use kernel::LocationId;
use platform::{
    Rx,
    db::{IntoValue, Row, Value},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Level;
use crate::InventoryError;

/// Which stock to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// All of it.
    #[default]
    All,
    /// What has fallen to its alert level.
    Low,
    /// What cannot be sold any more.
    SoldOut,
}

impl Show {
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "TRUE",
            Self::Low => "s.on_hand - s.reserved <= s.low_at",
            Self::SoldOut => "NOT s.backorder AND s.on_hand - s.reserved <= 0",
        }
    }
}

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct StockFilter {
    /// All, low or sold out.
    pub show: Show,
    /// A part of the SKU, in any case.
    pub q: Option<String>,
    /// Only at this place.
    pub location: Option<LocationId>,
}

/// Stock of one variant at one place, with the SKU that it is found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StockRow {
    /// The variant's SKU.
    pub sku: String,
    /// Its stock.
    #[serde(flatten)]
    pub level: Level,
}

impl StockRow {
    fn from_row(row: &Row) -> Result<Self, InventoryError> {
        Ok(Self {
            sku: row.get("sku")?,
            level: Level::from_row(row)?,
        })
    }
}

/// A part of a list, and where the next part begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What to ask for to get the rows after these; `None` at the end.
    pub next_cursor: Option<String>,
}

/// Stock by SKU and place.
///
/// # Errors
/// [`InventoryError::InvalidCursor`] for a cursor that an earlier page did not give.
pub async fn list(
    rx: &mut Rx,
    filter: &StockFilter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<StockRow>, InventoryError> {
    let limit = limit.clamp(1, 500);
    let (mut sql, mut values) = select(
        &format!("SELECT v.sku, {}", Level::COLUMNS),
        filter,
        filter.show,
    );
    if let Some(cursor) = cursor {
        let (place, sku) = cursor
            .split_once('.')
            .ok_or(InventoryError::InvalidCursor)?;
        let place: LocationId = place.parse().map_err(|_| InventoryError::InvalidCursor)?;
        sql.push_str(&format!(
            " AND (v.sku, s.location_id) > (${}, ${})",
            values.len() + 1,
            values.len() + 2
        ));
        values.extend([sku.into_value(), place.into_value()]);
    }
    sql.push_str(&format!(
        " ORDER BY v.sku, s.location_id LIMIT ${}",
        values.len() + 1
    ));
    values.push((limit + 1).into_value());
    let rows = rx.rows(&sql, &values).await?;
    let items: Vec<StockRow> = rows
        .iter()
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .map(StockRow::from_row)
        .collect::<Result<_, _>>()?;
    let more = rows.len() > items.len();
    let next_cursor = items
        .last()
        .filter(|_| more)
        .map(|last| format!("{}.{}", last.level.location_id, last.sku));
    Ok(Page { items, next_cursor })
}

/// How many rows each choice of [`Show`] has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// All of it.
    pub all: i64,
    /// What has fallen to its alert level.
    pub low: i64,
    /// What cannot be sold any more.
    pub sold_out: i64,
}

/// How many rows [`list`] has for each choice of [`Show`]; `filter.show` is not looked at.
///
/// # Errors
/// Whatever the database says.
pub async fn counts(rx: &mut Rx, filter: &StockFilter) -> Result<Counts, InventoryError> {
    let what = format!(
        "SELECT COUNT(*) AS n, COUNT(CASE WHEN {} THEN 1 END) AS low, COUNT(CASE WHEN {} THEN 1 END) AS sold_out",
        Show::Low.condition(),
        Show::SoldOut.condition()
    );
    let (sql, values) = match (&filter.q, filter.location) {
        // Counting all of it needs no other table.
        (None, None) => (format!("{what} FROM stock s"), Vec::new()),
        _ => select(&what, filter, Show::All),
    };
    let row = rx.one(&sql, &values).await?;
    Ok(Counts {
        all: row.get("n")?,
        low: row.get("low")?,
        sold_out: row.get("sold_out")?,
    })
}

/// The variants that have fallen to their alert level somewhere, the emptiest shelf first.
///
/// # Errors
/// Whatever the database says.
pub async fn low(rx: &mut Rx, limit: i64) -> Result<Vec<StockRow>, InventoryError> {
    let (mut sql, mut values) = select(
        &format!("SELECT v.sku, {}", Level::COLUMNS),
        &StockFilter::default(),
        Show::Low,
    );
    sql.push_str(" ORDER BY s.on_hand - s.reserved, v.sku LIMIT $1");
    values.push(limit.into_value());
    rx.rows(&sql, &values)
        .await?
        .iter()
        .map(StockRow::from_row)
        .collect()
}

fn select(what: &str, filter: &StockFilter, show: Show) -> (String, Vec<Value>) {
    let tables =
        "stock s JOIN variants v ON v.id = s.variant_id JOIN locations p ON p.id = s.location_id";
    let mut sql = format!("{what} FROM {tables} WHERE {}", show.condition());
    let mut values = Vec::new();
    if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        values.push(format!("%{}%", escaped(&q.to_lowercase())).into_value());
        sql.push_str(&format!(
            " AND lower(v.sku) LIKE ${} ESCAPE '!'",
            values.len()
        ));
    }
    if let Some(place) = filter.location {
        values.push(place.into_value());
        sql.push_str(&format!(" AND s.location_id = ${}", values.len()));
    }
    (sql, values)
}

/// The text with LIKE's wildcards taken literally.
fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            if matches!(c, '!' | '%' | '_') {
                out.push('!');
            }
            out.push(c);
            out
        })
}
