//! The collections of the shop as its two-level tree, those put away below.

use std::collections::HashMap;

use catalog::{Collection, collection};
use kernel::{CollectionId, Locale, Permission, Timestamp};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::picture_url, products::ProductsCan};
use crate::FlowError;

/// All collections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminCollections {
    /// Those that shoppers see, each followed by those below it.
    pub items: Vec<CollectionRow>,
    /// Those put away.
    pub archived: Vec<CollectionRow>,
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

/// All collections.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx) -> Result<AdminCollections, FlowError> {
    let counts = counts(rx).await?;
    let locale = ctx.locale();
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
    let mut archived: Vec<CollectionRow> = collection::all(rx)
        .await?
        .iter()
        .filter(|c| c.archived_at.is_some())
        .map(|c| row(c, (0, true), &counts, locale))
        .collect();
    archived.sort_by_key(|row| std::cmp::Reverse(row.archived_at));
    Ok(AdminCollections {
        items,
        archived,
        can: ProductsCan {
            write: ctx.allows(Permission::ProductsWrite),
        },
    })
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

/// Products of each collection, all and on sale; archived products do not count.
async fn counts(rx: &mut Rx) -> Result<HashMap<CollectionId, (i64, i64)>, FlowError> {
    let sql = "SELECT m.collection_id, COUNT(*) AS many, SUM(CASE WHEN p.state = 'published' THEN 1 ELSE 0 END) AS on_sale \
               FROM collection_products m JOIN products p ON p.id = m.product_id WHERE p.state <> 'archived' \
               GROUP BY m.collection_id";
    let mut found = HashMap::new();
    for row in rx.rows(sql, &[]).await? {
        found.insert(
            row.get("collection_id")?,
            (row.get("many")?, row.get("on_sale")?),
        );
    }
    Ok(found)
}
