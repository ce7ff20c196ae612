//! The list of products, drafts and archived ones too.

use std::collections::HashMap;

use catalog::{
    Media, Product, ProductFilter, ProductState, Variant, VariantState, collection, product,
};
use kernel::{Locale, Money, Permission, ProductId, Timestamp, VariantId};
use platform::{Ctx, Cursor, Rx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    cards::{self, CardCheck},
    common::{TabCount, in_list, picture_url},
};
use crate::FlowError;

/// Products on one page.
const PAGE: usize = 50;

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
    const fn state(self) -> Option<ProductState> {
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
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub state: ProductTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The products, newest first.
    pub items: Vec<ProductRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
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
pub async fn list(
    rx: &mut Rx,
    ctx: &Ctx,
    q: String,
    state: ProductTab,
    after: Option<Cursor>,
) -> Result<AdminProducts, FlowError> {
    let filter = ProductFilter {
        state: state.state(),
        q: Some(q.clone()).filter(|q| !q.is_empty()),
        ..ProductFilter::default()
    };
    let page = product::list(rx, &filter, after, PAGE).await?;
    let ids: Vec<ProductId> = page.items.iter().map(|p| p.id).collect();
    let mut variants = product::variants_of(rx, &ids).await?;
    variants.retain(|v| v.state == VariantState::Active);
    let stock = stocked(rx, &variants.iter().map(|v| v.id).collect::<Vec<_>>()).await?;
    let media = product::media_of(rx, &ids).await?;
    let mut places: HashMap<ProductId, Vec<String>> = HashMap::new();
    for (id, collection) in collection::of_products(rx, &ids).await? {
        places
            .entry(id)
            .or_default()
            .push(collection.title.get(ctx.locale()).to_owned());
    }
    let mut checks = if ctx.allows(Permission::InsightRead) {
        let shown: Vec<&Product> = page.items.iter().collect();
        cards::checks(rx, ctx, &shown, &media).await?
    } else {
        HashMap::new()
    };
    let next_cursor = page.next_cursor;
    let items = page.items.into_iter().map(|product| {
        let mine: Vec<&Variant> = variants
            .iter()
            .filter(|v| v.product_id == product.id)
            .collect();
        let collections = places.remove(&product.id).unwrap_or_default();
        let card = checks.remove(&product.id);
        let mut row = row(product, &mine, &stock, &media, collections, ctx.locale());
        row.card = card;
        row
    });
    Ok(AdminProducts {
        q,
        state,
        items: items.collect(),
        next_cursor,
        tabs: tabs(rx).await?,
        can: ProductsCan {
            write: ctx.allows(Permission::ProductsWrite),
        },
    })
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
        image_url: picture_url(picture.map(|m| m.file_key.as_str())),
        variant_count: i64::try_from(variants.len()).unwrap_or(i64::MAX),
        price_from: variants.iter().map(|v| v.price).min_by_key(|p| p.amount),
        price_to: variants.iter().map(|v| v.price).max_by_key(|p| p.amount),
        available: stocked().map(|s| s.available()).sum(),
        low_stock_variants: i64::try_from(low).unwrap_or(i64::MAX),
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

/// What is on hand of each of these variants, over all places.
pub(super) async fn stocked(
    rx: &mut Rx,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, Stocked>, FlowError> {
    let mut found = HashMap::new();
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
    Ok(found)
}
