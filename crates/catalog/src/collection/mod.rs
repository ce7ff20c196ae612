//! Collections: the two-level navigation of the shop, by kind, by use, by whom it is for.
//!
//! The merchant chooses what is in a collection, or gives it rules ([`rules`]) and its members follow the products
//! ([`fold`]). A product put into a sub-collection is in the parent as well, so that a parent's list is one question.
//! The row in the parent goes when the last sub-collection that brought the product in lets it go.

mod change;
pub(crate) mod fold;
mod members;
pub mod rules;

use std::collections::HashMap;

use kernel::{CollectionId, ProductId, Texts, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::members::place_many;
pub use self::{
    change::{archive, move_to, restore, set_picture, update},
    fold::{note_stock, preview, refresh_by_time},
    members::{add_product, move_member, place_product, remove_product},
    rules::{Condition, Join, Rules},
};
use crate::{
    CatalogError,
    attribute::{self, AttributeDefinition},
    product,
    rules::{MAX_DESCRIPTION, MAX_TITLE, check_handle, check_texts},
    store,
};

/// A collection of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Collection {
    /// The collection.
    pub id: CollectionId,
    /// The collection above it; `None` for one of the first level.
    pub parent_id: Option<CollectionId>,
    /// Its name in addresses: `/collections/{handle}`.
    pub handle: String,
    /// Its name.
    pub title: Texts,
    /// A text above its products.
    pub description: Texts,
    /// File of its picture.
    pub image_key: Option<String>,
    /// The attributes that its products have.
    pub attributes: Vec<AttributeDefinition>,
    /// By what its members are found; `None` where the merchant chooses them.
    pub rules: Option<Rules>,
    /// Since when it is put away; `None` while shoppers see it.
    pub archived_at: Option<Timestamp>,
    /// Its place among the collections.
    pub position: i64,
}

/// A collection of the first level with those below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectionNode {
    /// The collection.
    #[serde(flatten)]
    pub collection: Collection,
    /// Those below it, in order.
    pub children: Vec<Collection>,
}

/// A collection to be created, or the new words of one.
#[derive(Debug, Clone, Default)]
pub struct NewCollection {
    /// See [`Collection::parent_id`].
    pub parent: Option<CollectionId>,
    /// See [`Collection::handle`].
    pub handle: String,
    /// See [`Collection::title`].
    pub title: Texts,
    /// See [`Collection::description`].
    pub description: Texts,
    /// See [`Collection::image_key`].
    pub image_key: Option<String>,
    /// See [`Collection::attributes`]; a collection by rules asks for none.
    pub attributes: Vec<AttributeDefinition>,
    /// See [`Collection::rules`].
    pub rules: Option<Rules>,
}

const COLUMNS: &str = "c.id, c.parent_id, c.handle, c.title, c.description, c.image_key, c.attributes, c.rules, c.archived_at, c.position";

impl Collection {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            parent_id: row.get("parent_id")?,
            handle: row.get("handle")?,
            title: row.get("title")?,
            description: row.get("description")?,
            image_key: row.get("image_key")?,
            attributes: row.json("attributes")?,
            rules: row
                .get::<Option<String>>("rules")?
                .map(|_| row.json("rules"))
                .transpose()?,
            archived_at: row.get("archived_at")?,
            position: row.get("position")?,
        })
    }
}

impl NewCollection {
    fn check(&self) -> Result<(), CatalogError> {
        if self.title.is_empty() {
            return Err(CatalogError::TitleMissing);
        }
        check_texts("title", &self.title, MAX_TITLE)?;
        check_handle(&self.handle)?;
        check_texts("description", &self.description, MAX_DESCRIPTION)?;
        if let Some(rules) = &self.rules {
            rules.check()?;
            if !self.attributes.is_empty() {
                return Err(CatalogError::RulesAskNothing);
            }
        }
        attribute::check_definitions(&self.attributes)
    }
}

/// Creates a collection behind the others.
///
/// # Errors
/// [`CatalogError::TooDeep`] below a sub-collection, [`CatalogError::HandleTaken`], what [`crate::rules`] refuses,
/// [`CatalogError::RulesStandAlone`] below a collection by rules, [`CatalogError::NotFound`] for an unknown parent, or the database's.
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    new: NewCollection,
) -> Result<CollectionId, CatalogError> {
    new.check()?;
    check_parent(tx, new.parent).await?;
    let id = CollectionId::new();
    let position: i64 = tx
        .scalar(
            "SELECT COALESCE(MAX(position), 0) + 1 FROM collections",
            &[],
        )
        .await?;
    let sql = "INSERT INTO collections (id, parent_id, handle, title, description, image_key, attributes, rules, position, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (handle) DO NOTHING";
    let values = params![
        id,
        new.parent,
        &new.handle,
        &new.title,
        &new.description,
        new.image_key.as_deref(),
        product::json(&new.attributes),
        new.rules.as_ref().map(product::json),
        position,
        ctx.now()
    ];
    if tx.execute(sql, values).await? == 0 {
        return Err(CatalogError::HandleTaken { handle: new.handle });
    }
    fold::refresh(tx, ctx, id).await?;
    Ok(id)
}

/// Refuses a collection above that is below another one itself, or whose members follow rules: what is below it would
/// be in it without fitting them.
async fn check_parent(rx: &mut Rx, parent: Option<CollectionId>) -> Result<(), CatalogError> {
    let Some(parent) = parent else { return Ok(()) };
    let above = by_id(rx, parent)
        .await?
        .ok_or(CatalogError::NotFound("collection"))?;
    if above.parent_id.is_some() {
        return Err(CatalogError::TooDeep);
    }
    if above.rules.is_some() {
        return Err(CatalogError::RulesStandAlone);
    }
    Ok(())
}

/// The collections that shoppers see, as the navigation shows them.
///
/// # Errors
/// The database's.
pub async fn tree(rx: &mut Rx) -> Result<Vec<CollectionNode>, CatalogError> {
    let (below, above): (Vec<_>, Vec<_>) = all(rx)
        .await?
        .into_iter()
        .filter(|c| c.archived_at.is_none())
        .partition(|c| c.parent_id.is_some());
    let mut children: HashMap<Option<CollectionId>, Vec<Collection>> = HashMap::new();
    for child in below {
        children.entry(child.parent_id).or_default().push(child);
    }
    let node = |collection: Collection| {
        let children = children.remove(&Some(collection.id)).unwrap_or_default();
        CollectionNode {
            collection,
            children,
        }
    };
    Ok(above.into_iter().map(node).collect())
}

/// The collection at an address.
///
/// # Errors
/// The database's.
pub async fn by_handle(rx: &mut Rx, handle: &str) -> Result<Option<Collection>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM collections c WHERE c.handle = $1");
    Ok(rx
        .row(&sql, params![handle])
        .await?
        .map(|row| Collection::from_row(&row))
        .transpose()?)
}

/// The collection of an id.
///
/// # Errors
/// The database's.
pub async fn by_id(rx: &mut Rx, id: CollectionId) -> Result<Option<Collection>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM collections c WHERE c.id = $1");
    Ok(rx
        .row(&sql, params![id])
        .await?
        .map(|row| Collection::from_row(&row))
        .transpose()?)
}

/// The collections that products were put into or follow rules into, not counting parents that contain them for that
/// reason alone, nor those put away.
///
/// # Errors
/// The database's.
pub async fn of_products(
    rx: &mut Rx,
    products: &[ProductId],
) -> Result<Vec<(ProductId, Collection)>, CatalogError> {
    let sql = format!(
        "SELECT m.product_id, {COLUMNS} FROM collection_products m JOIN collections c ON c.id = m.collection_id \
         WHERE m.direct AND c.archived_at IS NULL AND m.product_id IN ({{keys}}) ORDER BY m.product_id, c.position, c.id"
    );
    let rows = store::rows_in(rx, &sql, store::keys(products)).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.get("product_id")?, Collection::from_row(row)?)))
        .collect::<Result<_, DbError>>()?)
}

/// Every collection in order, those put away too.
///
/// # Errors
/// The database's.
pub async fn all(rx: &mut Rx) -> Result<Vec<Collection>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM collections c ORDER BY c.position, c.id");
    Ok(rx
        .rows(&sql, &[])
        .await?
        .iter()
        .map(Collection::from_row)
        .collect::<Result<_, _>>()?)
}

/// The collection, locked until commit.
async fn lock(tx: &mut Tx, id: CollectionId) -> Result<Collection, CatalogError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM collections c WHERE c.id = $1{}",
        tx.dialect().for_update()
    );
    let row = tx
        .row(&sql, params![id])
        .await?
        .ok_or(CatalogError::NotFound("collection"))?;
    Ok(Collection::from_row(&row)?)
}

/// These collections and the ones above them.
pub(crate) async fn with_parents(
    rx: &mut Rx,
    ids: &[CollectionId],
) -> Result<HashMap<CollectionId, Collection>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM collections c WHERE c.id IN ({{keys}})");
    let mut known = HashMap::new();
    let mut wanted = ids.to_vec();
    while !wanted.is_empty() {
        wanted.sort();
        wanted.dedup();
        let rows = store::rows_in(rx, &sql, store::keys(&wanted)).await?;
        let found = rows
            .iter()
            .map(Collection::from_row)
            .collect::<Result<Vec<_>, _>>()?;
        wanted = found
            .iter()
            .filter_map(|c| c.parent_id)
            .filter(|id| !known.contains_key(id))
            .collect();
        known.extend(found.into_iter().map(|c| (c.id, c)));
    }
    Ok(known)
}
