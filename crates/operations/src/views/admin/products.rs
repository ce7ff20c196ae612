//! The list of products, drafts and archived ones too.

use std::collections::HashMap;

use catalog::{
    Media, Part, Product, ProductFilter, ProductState, Variant, VariantState, collection, product,
};
use kernel::{CollectionId, Locale, Money, Permission, ProductId, Timestamp, VariantId};
use platform::{
    Ctx, Cursor, Page, Rx,
    list::{
        Asked, Cell, Choice, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading,
        Select, select::anywhere,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    bundle,
    cards::{self, CardCheck},
    common::{TabCount, in_list, thumb_url},
    lists::Listing,
};
use crate::FlowError;

/// The list of products.
pub struct Products;

static LIST: List<ProductRow> = List {
    code: "products",
    path: "/admin/products",
    permission: Permission::ProductsRead,
    columns: &[
        Column::sorting("title", "admin-product", |p| Cell::text(&p.title)),
        Column::sorting("handle", "list-handle", |p| Cell::text(&p.handle)),
        Column::new("state", "admin-state", |p| {
            Cell::word("product-state-", p.state.code())
        }),
        Column::sorting("price", "admin-price", |p| {
            Cell::maybe(p.price_from, Cell::Money)
        }),
        Column::new("price_to", "list-price-to", |p| {
            Cell::maybe(p.price_to, Cell::Money)
        }),
        Column::new("currency", "list-currency", |p| {
            Cell::maybe(p.price_from, |price| Cell::text(price.currency.code()))
        }),
        Column::new("available", "admin-stock-available", |p| {
            Cell::Number(p.available)
        }),
        Column::new("variants", "admin-products-variants", |p| {
            Cell::Number(p.variant_count)
        }),
        Column::new("collections", "admin-products-collections", |p| {
            Cell::text(p.collections.join(", "))
        }),
        Column::sorting("updated_at", "admin-updated", |p| Cell::At(p.updated_at)),
    ],
    filters: &[
        Filter::new(
            "state",
            "admin-products-tabs",
            FilterKind::Tab(&["all", "published", "draft", "archived"]),
        ),
        Filter::search("admin-products-search-placeholder"),
        Filter::new(
            "collection",
            "admin-products-collections",
            FilterKind::Offered,
        ),
    ],
    sort: "-updated_at",
    page: 50,
};

/// What the columns sort by; each has its index.
const KEYS: [Key; 4] = [
    Key::text("title", "p.title_folded"),
    Key::text("handle", "p.handle"),
    Key::number("price", "p.price_from"),
    Key::number("updated_at", "p.updated_at"),
];

impl Listed for Products {
    type Row = ProductRow;

    fn list() -> &'static List<ProductRow> {
        &LIST
    }
}

impl Listing for Products {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<ProductRow>, FlowError> {
        let state: ProductTab = tab(asked);
        let mut select = Select::from("products p");
        if let Some(state) = state.state() {
            select.equal("p.state", state.code());
        }
        if let Some(id) = asked.parsed::<CollectionId>("collection")? {
            let id = select.value(id);
            select.only(format!(
                "EXISTS (SELECT 1 FROM collection_products m WHERE m.collection_id = {id} AND m.product_id = p.id)"
            ));
        }
        let words = asked.words();
        if !words.is_empty() {
            let folded = catalog::search::fold::fold(&words);
            let inside = select.value(anywhere(&folded));
            let start = select.value(anywhere(&folded).trim_start_matches('%'));
            select.only(format!(
                "(p.title_folded LIKE {inside} ESCAPE '!' OR p.handle LIKE {start} ESCAPE '!' OR EXISTS (SELECT 1 FROM variants v \
                 WHERE v.product_id = p.id AND (LOWER(v.sku) LIKE {start} ESCAPE '!' OR LOWER(v.barcode) LIKE {start} ESCAPE '!')))"
            ));
        }
        let reading = Reading {
            columns: "p.id",
            keys: &KEYS,
            ids: &["p.id"],
            limit,
        };
        let ids = select
            .page(rx, ctx, (&LIST, asked), reading, |row| row.get("id"))
            .await?;
        let items = rows_of(rx, ctx, &ids.items).await?;
        Ok(Page {
            items,
            next_cursor: ids.next_cursor,
        })
    }
}

fn tab(asked: &Asked) -> ProductTab {
    match asked.get("state") {
        Some("published") => ProductTab::Published,
        Some("draft") => ProductTab::Draft,
        Some("archived") => ProductTab::Archived,
        _ => ProductTab::All,
    }
}

/// Which products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductTab {
    /// All of them.
    #[default]
    All,
    /// Those on sale.
    Published,
    /// Those being written, or off sale for now.
    Draft,
    /// Those put away.
    Archived,
}

impl ProductTab {
    pub(super) const fn state(self) -> Option<ProductState> {
        match self {
            Self::All => None,
            Self::Published => Some(ProductState::Published),
            Self::Draft => Some(ProductState::Draft),
            Self::Archived => Some(ProductState::Archived),
        }
    }
}

/// A page of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminProducts {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub state: ProductTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The products.
    pub items: Vec<ProductRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// How many products the filter finds, over all pages.
    pub matching: i64,
    /// The collection that the list is narrowed to.
    pub within: Option<CollectionId>,
    /// What the reader may do.
    pub can: ProductsCan,
}

/// A product in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductRow {
    /// The product.
    pub id: ProductId,
    /// Its name in addresses.
    pub handle: String,
    /// Its name.
    pub title: String,
    /// Whether it is on sale.
    pub state: ProductState,
    /// Its first picture.
    pub image_url: Option<String>,
    /// Variants that can be bought.
    pub variant_count: i64,
    /// The lowest price of those.
    pub price_from: Option<Money>,
    /// The highest price of those.
    pub price_to: Option<Money>,
    /// Units that can be sold, over all of them and all places.
    pub available: i64,
    /// How many of them have fallen to their alert level somewhere.
    pub low_stock_variants: i64,
    /// When it goes on sale.
    pub publish_at: Option<Timestamp>,
    /// When it goes off sale.
    pub unpublish_at: Option<Timestamp>,
    /// The names of its collections.
    pub collections: Vec<String>,
    /// What may keep people from opening its card; null while it is not on sale, or for readers who may not see
    /// figures.
    pub card: Option<CardCheck>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductsCan {
    /// Create and change products.
    pub write: bool,
}

/// Stock of a variant over all places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stocked {
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) low: bool,
}

impl Stocked {
    pub(super) const fn available(self) -> i64 {
        self.on_hand - self.reserved
    }
}

/// A page of products.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<AdminProducts, FlowError> {
    let offered = vec![("collection", collections(rx, ctx).await?)];
    let list = ListView::of(rx, ctx, &LIST, asked, offered).await?;
    let page = Products::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let within = asked.parsed::<CollectionId>("collection")?;
    let filter = ProductFilter {
        state: tab(asked).state(),
        collection: within,
        q: Some(asked.words()).filter(|q| !q.is_empty()),
        ..ProductFilter::default()
    };
    Ok(AdminProducts {
        list,
        q: asked.words(),
        state: tab(asked),
        items: page.items,
        next_cursor: page.next_cursor,
        tabs: tabs(rx).await?,
        matching: product::count(rx, &filter).await?,
        within,
        can: ProductsCan {
            write: ctx.allows(Permission::ProductsWrite),
        },
    })
}

/// All collections, each below its own.
async fn collections(rx: &mut Rx, ctx: &Ctx) -> Result<Vec<Choice>, FlowError> {
    let mut found = Vec::new();
    for node in collection::tree(rx).await? {
        let title = node.collection.title.get(ctx.locale());
        found.push(Choice::named(&node.collection.id, title));
        for child in node.children {
            let below = format!("{title} › {}", child.title.get(ctx.locale()));
            found.push(Choice::named(&child.id, below));
        }
    }
    Ok(found)
}

/// The rows of these products, in their order.
async fn rows_of(rx: &mut Rx, ctx: &Ctx, ids: &[ProductId]) -> Result<Vec<ProductRow>, FlowError> {
    let products = product::by_ids(rx, ids).await?;
    let mut variants = product::variants_of(rx, ids).await?;
    variants.retain(|v| v.state == VariantState::Active);
    let (stock, _) = stocked(rx, &variants).await?;
    let media = product::media_of(rx, ids).await?;
    let mut places: HashMap<ProductId, Vec<String>> = HashMap::new();
    for (id, collection) in collection::of_products(rx, ids).await? {
        let title = collection.title.get(ctx.locale()).to_owned();
        places.entry(id).or_default().push(title);
    }
    let mut checks = if ctx.allows(Permission::InsightRead) {
        let shown: Vec<&Product> = products.iter().collect();
        cards::checks(rx, ctx, &shown, &media).await?
    } else {
        HashMap::new()
    };
    let mut known: HashMap<ProductId, Product> = products.into_iter().map(|p| (p.id, p)).collect();
    let row = |id: &ProductId| {
        let product = known.remove(id)?;
        let mine: Vec<&Variant> = variants.iter().filter(|v| v.product_id == *id).collect();
        let collections = places.remove(id).unwrap_or_default();
        let mut row = row(product, &mine, &stock, &media, collections, ctx.locale());
        row.card = checks.remove(id);
        Some(row)
    };
    Ok(ids.iter().filter_map(row).collect())
}

fn row(
    product: Product,
    variants: &[&Variant],
    stock: &HashMap<VariantId, Stocked>,
    media: &[Media],
    collections: Vec<String>,
    locale: Locale,
) -> ProductRow {
    let stocked = || variants.iter().filter_map(|v| stock.get(&v.id));
    let low = stocked().filter(|s| s.low).count();
    let picture = media.iter().find(|m| m.product_id == product.id);
    ProductRow {
        title: product.title.get(locale).to_owned(),
        image_url: thumb_url(picture.map(|m| m.file_key.as_str())),
        variant_count: i64::try_from(variants.len()).unwrap_or(i64::MAX),
        price_from: variants.iter().map(|v| v.price).min_by_key(|p| p.amount),
        price_to: variants.iter().map(|v| v.price).max_by_key(|p| p.amount),
        available: stocked().map(|s| s.available()).sum(),
        low_stock_variants: i64::try_from(low).unwrap_or(i64::MAX),
        publish_at: product.plan.publish_at,
        unpublish_at: product.plan.unpublish_at,
        collections,
        card: None,
        id: product.id,
        handle: product.handle,
        state: product.state,
        updated_at: product.updated_at,
    }
}

async fn tabs(rx: &mut Rx) -> Result<Vec<TabCount>, FlowError> {
    let rows = rx
        .rows(
            "SELECT state, COUNT(*) AS n FROM products GROUP BY state",
            &[],
        )
        .await?;
    let mut found: HashMap<String, i64> = HashMap::new();
    for row in &rows {
        found.insert(row.get("state")?, row.get("n")?);
    }
    let of = |code: &'static str| TabCount {
        code,
        count: Some(found.get(code).copied().unwrap_or_default()),
    };
    let all = TabCount {
        code: "all",
        count: Some(found.values().sum()),
    };
    Ok(vec![all, of("published"), of("draft"), of("archived")])
}

/// What is on hand of each of these variants, over all places; of bundles, how many can be made, and of what.
pub(super) async fn stocked(
    rx: &mut Rx,
    variants: &[Variant],
) -> Result<(HashMap<VariantId, Stocked>, HashMap<VariantId, Vec<Part>>), FlowError> {
    let mut found = HashMap::new();
    let ids: Vec<VariantId> = variants.iter().map(|v| v.id).collect();
    for part in ids.chunks(512) {
        let (places, values) = in_list(1, part);
        let sql = format!(
            "SELECT variant_id, SUM(on_hand) AS units, SUM(reserved) AS kept, \
             MAX(CASE WHEN on_hand - reserved <= low_at THEN 1 ELSE 0 END) AS low FROM stock WHERE variant_id IN ({places}) \
             GROUP BY variant_id"
        );
        for row in rx.rows(&sql, &values).await? {
            let low: i64 = row.get("low")?;
            found.insert(
                row.get("variant_id")?,
                Stocked {
                    on_hand: row.get("units")?,
                    reserved: row.get("kept")?,
                    low: low > 0,
                },
            );
        }
    }
    let parts = bundle::add_stocked(rx, variants, &mut found).await?;
    Ok((found, parts))
}
