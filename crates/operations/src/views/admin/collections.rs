//! The collections of the shop as its two-level tree, and those put away.

use std::collections::HashMap;

use catalog::{Collection, collection};
use kernel::{CollectionId, Locale, Permission, Timestamp};
use platform::{
    Ctx, Page, Rx,
    list::{Asked, Cell, Column, Filter, FilterKind, List, ListView, Listed, sort_in_memory},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{TabCount, picture_url},
    lists::Listing,
    products::ProductsCan,
};
use crate::FlowError;

/// The list of collections. A shop has so few that they are read together.
pub struct Collections;

static LIST: List<CollectionRow> = List {
    code: "collections",
    path: "/admin/collections",
    permission: Permission::ProductsRead,
    columns: &[
        Column::sorting("title", "admin-collection", |c| Cell::text(&c.title)),
        Column::sorting("handle", "list-handle", |c| Cell::text(&c.handle)),
        Column::new("level", "admin-collection-level", |c| {
            Cell::Number(c.level.into())
        }),
        Column::new("kind", "admin-collection-kind", |c| {
            Cell::word("admin-collection-", kind(c))
        }),
        Column::sorting("products", "admin-collection-products", |c| {
            Cell::Number(c.products)
        }),
        Column::sorting("on_sale", "admin-collection-on-sale", |c| {
            Cell::Number(c.on_sale)
        }),
        Column::sorting("attributes", "admin-collection-attributes", |c| {
            Cell::Number(c.attributes.try_into().unwrap_or(i64::MAX))
        }),
        Column::sorting("archived_at", "admin-collection-archived-at", |c| {
            Cell::maybe(c.archived_at, Cell::At)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "admin-collections-tabs",
            FilterKind::Tab(&["shown", "archived"]),
        ),
        Filter::search("admin-collections-search"),
        Filter::new(
            "kind",
            "admin-collection-kind",
            FilterKind::Choice(&["by-hand", "by-rules"], "admin-collection-"),
        ),
    ],
    sort: "",
    page: 500,
};

fn kind(row: &CollectionRow) -> &'static str {
    if row.by_rules { "by-rules" } else { "by-hand" }
}

impl Listed for Collections {
    type Row = CollectionRow;

    fn list() -> &'static List<CollectionRow> {
        &LIST
    }
}

impl Listing for Collections {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        _: usize,
    ) -> Result<Page<CollectionRow>, FlowError> {
        let mut items = if is_archive(asked) {
            archived(rx, ctx.locale()).await?
        } else {
            tree(rx, ctx.locale()).await?
        };
        let words = asked.words().to_lowercase();
        items.retain(|row| {
            let found = [&row.title, &row.handle]
                .into_iter()
                .any(|text| text.to_lowercase().contains(&words));
            found && asked.get("kind").is_none_or(|wanted| wanted == kind(row))
        });
        sort_in_memory(&mut items, ctx, &LIST, asked)?;
        Ok(Page {
            items,
            next_cursor: None,
        })
    }
}

fn is_archive(asked: &Asked) -> bool {
    asked.get("tab") == Some("archived")
}

/// Collections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminCollections {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab: `shown` or `archived`.
    pub tab: &'static str,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// Those that shoppers see, each followed by those below it, or those put away, the last first; another order when
    /// one was asked for.
    pub items: Vec<CollectionRow>,
    /// Whether they stand as shoppers see them, so that one can be moved among those beside it.
    pub in_order: bool,
    /// What the reader may do.
    pub can: ProductsCan,
}

/// A collection in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectionRow {
    /// The collection.
    pub id: CollectionId,
    /// Its name.
    pub title: String,
    /// Its name in addresses.
    pub handle: String,
    /// 1, or 2 below another one.
    pub level: u8,
    /// Its picture.
    pub image_url: Option<String>,
    /// Whether it finds its products by rules.
    pub by_rules: bool,
    /// Products in it.
    pub products: i64,
    /// Of those, on sale.
    pub on_sale: i64,
    /// Attributes that it asks for.
    pub attributes: usize,
    /// Its place among those beside it, from 0.
    pub place: usize,
    /// Whether it is the last of those beside it.
    pub last: bool,
    /// Since when it is put away.
    pub archived_at: Option<Timestamp>,
}

/// The collections of a tab.
///
/// # Errors
/// A filter that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<AdminCollections, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let items = Collections::rows(rx, ctx, asked, LIST.page).await?.items;
    let all = collection::all(rx).await?;
    let away = all.iter().filter(|c| c.archived_at.is_some()).count();
    let count = |n: usize| i64::try_from(n).ok();
    Ok(AdminCollections {
        q: asked.words(),
        tab: if is_archive(asked) {
            "archived"
        } else {
            "shown"
        },
        tabs: vec![
            TabCount {
                code: "shown",
                count: count(all.len() - away),
            },
            TabCount {
                code: "archived",
                count: count(away),
            },
        ],
        in_order: !is_archive(asked) && asked.sort.is_none() && list.narrowed == 0,
        items,
        can: ProductsCan {
            write: ctx.allows(Permission::ProductsWrite),
        },
        list,
    })
}

/// Those that shoppers see, each followed by those below it.
async fn tree(rx: &mut Rx, locale: Locale) -> Result<Vec<CollectionRow>, FlowError> {
    let counts = counts(rx).await?;
    let mut items = Vec::new();
    let tree = collection::tree(rx).await?;
    let last = tree.len().saturating_sub(1);
    for (place, node) in tree.iter().enumerate() {
        items.push(row(
            &node.collection,
            (place, place == last),
            &counts,
            locale,
        ));
        let last = node.children.len().saturating_sub(1);
        for (place, child) in node.children.iter().enumerate() {
            items.push(row(child, (place, place == last), &counts, locale));
        }
    }
    Ok(items)
}

/// Those put away, the last first.
async fn archived(rx: &mut Rx, locale: Locale) -> Result<Vec<CollectionRow>, FlowError> {
    let counts = counts(rx).await?;
    let all = collection::all(rx).await?;
    let away = all.iter().filter(|c| c.archived_at.is_some());
    let mut rows: Vec<CollectionRow> = away.map(|c| row(c, (0, true), &counts, locale)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.archived_at));
    Ok(rows)
}

fn row(
    collection: &Collection,
    (place, last): (usize, bool),
    counts: &HashMap<CollectionId, (i64, i64)>,
    locale: Locale,
) -> CollectionRow {
    let (products, on_sale) = counts.get(&collection.id).copied().unwrap_or_default();
    CollectionRow {
        id: collection.id,
        title: collection.title.get(locale).to_owned(),
        handle: collection.handle.clone(),
        level: if collection.parent_id.is_some() { 2 } else { 1 },
        image_url: picture_url(collection.image_key.as_deref()),
        by_rules: collection.rules.is_some(),
        products,
        on_sale,
        attributes: collection.attributes.len(),
        place,
        last,
        archived_at: collection.archived_at,
    }
}

/// Products of each collection, all and on sale; archived products do not count. All members are counted by their index,
/// and the few products that are not on sale are looked up and taken off.
async fn counts(rx: &mut Rx) -> Result<HashMap<CollectionId, (i64, i64)>, FlowError> {
    let all =
        "SELECT collection_id, COUNT(*) AS many FROM collection_products GROUP BY collection_id";
    let mut found: HashMap<CollectionId, (i64, i64)> = HashMap::new();
    for row in rx.rows(all, &[]).await? {
        let many: i64 = row.get("many")?;
        found.insert(row.get("collection_id")?, (many, many));
    }
    let not_on_sale = "SELECT m.collection_id, p.state, COUNT(*) AS many FROM products p CROSS JOIN collection_products m \
                       WHERE p.state IN ('draft', 'archived') AND m.product_id = p.id GROUP BY m.collection_id, p.state";
    for row in rx.rows(not_on_sale, &[]).await? {
        let many: i64 = row.get("many")?;
        let (products, on_sale) = found.entry(row.get("collection_id")?).or_default();
        *on_sale -= many;
        if row.get::<String>("state")? == "archived" {
            *products -= many;
        }
    }
    Ok(found)
}
