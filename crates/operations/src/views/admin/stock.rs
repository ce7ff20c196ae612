//! The list of stock, by product, SKU or barcode.

use inventory::{
    location,
    stock::{self, Counts, Show, StockFilter},
};
use kernel::{Locale, LocationId, Permission, ProductId, Texts, VariantId};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::Row,
    list::{
        Asked, Cell, Choice, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading,
        Select, select::anywhere,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{Place, TabCount, thumb_url},
    lists::Listing,
};
use crate::FlowError;

/// The list of stock.
pub struct Stock;

static LIST: List<StockLine> = List {
    code: "inventory",
    path: "/admin/inventory",
    permission: Permission::StockRead,
    columns: &[
        Column::sorting("sku", "list-sku", |s| Cell::text(&s.sku)),
        Column::sorting("product", "admin-product", |s| Cell::text(&s.product_title)),
        Column::new("variant", "list-variant", |s| {
            Cell::maybe(s.variant_title.as_deref(), Cell::text)
        }),
        Column::new("location", "admin-location", |s| {
            Cell::text(&s.location.name)
        }),
        Column::sorting("on_hand", "admin-stock-on-hand", |s| {
            Cell::Number(s.on_hand)
        }),
        Column::sorting("reserved", "admin-stock-reserved", |s| {
            Cell::Number(s.reserved)
        }),
        Column::sorting("available", "admin-stock-available", |s| {
            Cell::Number(s.available)
        }),
        Column::new("threshold", "admin-stock-threshold", |s| {
            Cell::maybe(s.low_stock_threshold, Cell::Number)
        }),
    ],
    filters: &[
        Filter::new(
            "show",
            "admin-stock-tabs",
            FilterKind::Tab(&["all", "low", "sold_out"]),
        ),
        Filter::search("admin-stock-search-placeholder"),
        Filter::new("location", "admin-location", FilterKind::Offered),
    ],
    sort: "sku",
    page: 50,
};

/// What the columns sort by. Numbers of units have no index: it would be written by every order.
const KEYS: [Key; 5] = [
    Key::text("sku", "v.sku"),
    Key::text("product", "p.title_folded"),
    Key::number("on_hand", "s.on_hand"),
    Key::number("reserved", "s.reserved"),
    Key::number("available", "(s.on_hand - s.reserved)"),
];

const COLUMNS: &str = "s.variant_id, s.location_id, s.on_hand, s.reserved, s.low_at, l.code, l.name, v.sku, v.option_values, v.product_id, p.title, \
     (SELECT m.file_key FROM media m WHERE m.product_id = p.id ORDER BY m.position LIMIT 1) AS picture";

impl Listed for Stock {
    type Row = StockLine;

    fn list() -> &'static List<StockLine> {
        &LIST
    }
}

impl Listing for Stock {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<StockLine>, FlowError> {
        let mut select = Select::from(tables(asked));
        select.only("s.variant_id = v.id AND p.id = v.product_id AND l.id = s.location_id");
        match shown(asked) {
            Show::All => {}
            Show::Low => select.only("s.on_hand - s.reserved <= s.low_at"),
            Show::SoldOut => select.only("NOT s.backorder AND s.on_hand - s.reserved <= 0"),
        }
        let words = asked.words();
        if !words.is_empty() {
            let title = select.value(anywhere(&catalog::search::fold::fold(&words)));
            let code = select.value(anywhere(&words.to_lowercase()));
            select.only(format!(
                "(p.title_folded LIKE {title} ESCAPE '!' OR LOWER(v.sku) LIKE {code} ESCAPE '!' OR LOWER(v.barcode) LIKE {code} ESCAPE '!')"
            ));
        }
        if let Some(location) = asked.parsed::<LocationId>("location")? {
            select.equal("s.location_id", location);
        }
        let reading = Reading {
            columns: COLUMNS,
            keys: &KEYS,
            ids: &["s.variant_id", "s.location_id"],
            limit,
        };
        let read = |row: &Row| line(row, ctx.locale());
        Ok(select.page(rx, ctx, (&LIST, asked), reading, read).await?)
    }
}

/// The tables of the list. Where all of it is shown, SQLite walks them in the order that is written, which is that of an
/// index, and a page reads no more than its rows; where it is narrowed, the rows of stock that count come first.
fn tables(asked: &Asked) -> &'static str {
    let order = asked.sort.as_deref().unwrap_or(LIST.sort);
    let all = shown(asked) == Show::All && asked.words().is_empty();
    match order.trim_start_matches('-') {
        "sku" if all => {
            "variants v CROSS JOIN stock s CROSS JOIN products p CROSS JOIN locations l"
        }
        "product" if all => {
            "products p CROSS JOIN variants v CROSS JOIN stock s CROSS JOIN locations l"
        }
        _ => "stock s, variants v, products p, locations l",
    }
}

fn shown(asked: &Asked) -> Show {
    match asked.get("show") {
        Some("low") => Show::Low,
        Some("sold_out") => Show::SoldOut,
        _ => Show::All,
    }
}

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

/// A page of stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StockList {
    /// How the list is sorted and narrowed.
    pub list: ListView,
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

/// A page of stock.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<StockList, FlowError> {
    let location = asked.parsed("location")?;
    let locations = location::list(rx).await?;
    let filter = StockFilter {
        location,
        ..StockFilter::default()
    };
    let Counts { low, sold_out, .. } = stock::counts(rx, &filter).await?;
    let tabs = [
        ("all", None),
        ("low", Some(low)),
        ("sold_out", Some(sold_out)),
    ];
    let several = locations.iter().filter(|_| locations.len() > 1);
    let offered = several.map(|l| Choice::named(&l.id, &l.name)).collect();
    let list = ListView::of(rx, ctx, &LIST, asked, vec![("location", offered)]).await?;
    let page = Stock::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    Ok(StockList {
        list,
        q: asked.words(),
        show: shown(asked),
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount { code, count })
            .collect(),
        location,
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
        image_url: thumb_url(picture.as_deref()),
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
