//! The list of stock, by product, SKU or barcode.

use inventory::{
    InventoryError, location,
    stock::{self, Counts, Show, StockFilter},
};
use kernel::{Locale, LocationId, Permission, ProductId, Texts, VariantId};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::{IntoValue, Row, Value},
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Place, TabCount, anywhere, picture_url};
use crate::FlowError;

/// Rows on one page.
const PAGE: usize = 50;

/// Why stock is changed by hand, as codes; `adjustment-reason-CODE` is the word. Programs may send words of their own.
pub const REASONS: [&str; 9] = [
    "received",
    "count",
    "damaged",
    "lost",
    "found",
    "sample",
    "returned",
    "correction",
    "other",
];

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct StockQuery {
    /// A part of the product's name, the SKU or the barcode; empty for all.
    pub q: String,
    /// All, low or sold out.
    pub show: Show,
    /// Only at this place.
    pub location: Option<LocationId>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

/// A page of stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StockList {
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub show: Show,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The place; null for all of them.
    pub location: Option<LocationId>,
    /// All places.
    pub locations: Vec<Place>,
    /// Stock by SKU and place.
    pub items: Vec<StockLine>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// Reasons to change it.
    pub reasons: Vec<&'static str>,
    /// What the reader may do.
    pub can: StockCan,
}

/// Stock of one variant at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StockLine {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Its SKU.
    pub sku: String,
    /// The product's name.
    pub product_title: String,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// The product's first picture.
    pub image_url: Option<String>,
    /// Where.
    pub location: Place,
    /// Units there.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
    /// Units that can still be sold.
    pub available: i64,
    /// At this number of units or fewer it is time to order more.
    pub low_stock_threshold: Option<i64>,
    /// Whether it has fallen to that.
    pub low: bool,
}

/// What the reader may do with stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StockCan {
    /// Change it.
    pub write: bool,
}

/// The place of a row in the list: SKU, then location.
type StockPlace = (String, Uuid);

/// A page of stock.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, query: StockQuery) -> Result<StockList, FlowError> {
    let place: Option<StockPlace> = query
        .after
        .as_ref()
        .map(|cursor| cursor.key().ok_or(InventoryError::InvalidCursor))
        .transpose()?;
    let locations = location::list(rx).await?;
    let Counts { low, sold_out, .. } = stock::counts(
        rx,
        &StockFilter {
            location: query.location,
            ..StockFilter::default()
        },
    )
    .await?;
    let tabs = [
        ("all", None),
        ("low", Some(low)),
        ("sold_out", Some(sold_out)),
    ];
    let (sql, values) = statement(&query, place);
    let rows = rx.rows(&sql, &values).await?;
    let keyed = rows.iter().map(|row| {
        let line = line(row, ctx.locale())?;
        let place: StockPlace = (line.sku.clone(), line.location.id.0);
        Ok((line, place))
    });
    let page = Page::of(keyed.collect::<Result<Vec<_>, DbError>>()?, PAGE);
    Ok(StockList {
        q: query.q.trim().to_owned(),
        show: query.show,
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount { code, count })
            .collect(),
        location: query.location,
        locations: locations
            .into_iter()
            .map(|l| Place {
                id: l.id,
                code: l.code,
                name: l.name,
            })
            .collect(),
        items: page.items,
        next_cursor: page.next_cursor,
        reasons: REASONS.to_vec(),
        can: StockCan {
            write: ctx.allows(Permission::StockWrite),
        },
    })
}

fn statement(query: &StockQuery, after: Option<StockPlace>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut sql = "SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.low_at, l.code, l.name, v.sku, v.option_values, \
                   v.product_id, p.title, (SELECT m.file_key FROM media m WHERE m.product_id = p.id ORDER BY m.position LIMIT 1) AS picture \
                   FROM stock s JOIN variants v ON v.id = s.variant_id JOIN products p ON p.id = v.product_id \
                   JOIN locations l ON l.id = s.location_id WHERE "
        .to_owned();
    sql.push_str(match query.show {
        Show::All => "TRUE",
        Show::Low => "s.on_hand - s.reserved <= s.low_at",
        Show::SoldOut => "NOT s.backorder AND s.on_hand - s.reserved <= 0",
    });
    let mut value = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let words = query.q.trim();
    if !words.is_empty() {
        let title = value(anywhere(&catalog::search::fold::fold(words)).into_value());
        let code = value(anywhere(&words.to_lowercase()).into_value());
        sql.push_str(&format!(
            " AND (p.title_folded LIKE {title} ESCAPE '!' OR LOWER(v.sku) LIKE {code} ESCAPE '!' OR LOWER(v.barcode) LIKE {code} ESCAPE '!')"
        ));
    }
    if let Some(location) = query.location {
        let location = value(location.0.into_value());
        sql.push_str(&format!(" AND s.location_id = {location}"));
    }
    if let Some((sku, location)) = after {
        let (sku, location) = (value(sku.into_value()), value(location.into_value()));
        sql.push_str(&format!(
            " AND (v.sku, s.location_id) > ({sku}, {location})"
        ));
    }
    let limit = value(i64::try_from(PAGE + 1).unwrap_or(i64::MAX).into_value());
    sql.push_str(&format!(" ORDER BY v.sku, s.location_id LIMIT {limit}"));
    (sql, values)
}

fn line(row: &Row, locale: Locale) -> Result<StockLine, DbError> {
    let (on_hand, reserved): (i64, i64) = (row.get("on_hand")?, row.get("reserved")?);
    let low_at: Option<i64> = row.get("low_at")?;
    let (title, values): (Texts, Vec<Texts>) = (row.get("title")?, row.json("option_values")?);
    let picture: Option<String> = row.get("picture")?;
    Ok(StockLine {
        variant_id: row.get("variant_id")?,
        product_id: row.get("product_id")?,
        sku: row.get("sku")?,
        product_title: title.get(locale).to_owned(),
        variant_title: Some(catalog::variant::joined(&values, locale)).filter(|t| !t.is_empty()),
        image_url: picture_url(picture.as_deref()),
        location: Place {
            id: row.get("location_id")?,
            code: row.get("code")?,
            name: row.get("name")?,
        },
        on_hand,
        reserved,
        available: on_hand - reserved,
        low_stock_threshold: low_at,
        low: low_at.is_some_and(|low_at| on_hand - reserved <= low_at),
    })
}
