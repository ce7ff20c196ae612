//! Collections: the two-level navigation of the shop, by kind, by use, by whom it is for.
//!
//! A product put into a sub-collection is in the parent as well, so that a parent's list is one question. The row in
//! the parent goes when the last sub-collection that brought the product in lets it go.

use std::collections::HashMap;

use kernel::{CollectionId, ProductId, Texts};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    events, params,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    CatalogError,
    attribute::{self, AttributeDefinition},
    events::Change,
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
    /// See [`Collection::parent_id`]; fixed once created.
    pub parent: Option<CollectionId>,
    /// See [`Collection::handle`]; fixed once created.
    pub handle: String,
    /// See [`Collection::title`].
    pub title: Texts,
    /// See [`Collection::description`].
    pub description: Texts,
    /// See [`Collection::image_key`].
    pub image_key: Option<String>,
    /// See [`Collection::attributes`].
    pub attributes: Vec<AttributeDefinition>,
}

const COLUMNS: &str =
    "c.id, c.parent_id, c.handle, c.title, c.description, c.image_key, c.attributes, c.position";

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
        check_texts("description", &self.description, MAX_DESCRIPTION)?;
        attribute::check_definitions(&self.attributes)
    }
}

/// Creates a collection behind the others.
///
/// # Errors
/// [`CatalogError::TooDeep`] below a sub-collection, [`CatalogError::HandleTaken`], what [`crate::rules`] refuses,
/// [`CatalogError::NotFound`] for an unknown parent, or the database's.
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    new: NewCollection,
) -> Result<CollectionId, CatalogError> {
    check_handle(&new.handle)?;
    new.check()?;
    if let Some(parent) = new.parent {
        let above = by_id(tx, parent)
            .await?
            .ok_or(CatalogError::NotFound("collection"))?;
        if above.parent_id.is_some() {
            return Err(CatalogError::TooDeep);
        }
    }
    let id = CollectionId::new();
    let position: i64 = tx
        .scalar(
            "SELECT COALESCE(MAX(position), 0) + 1 FROM collections",
            &[],
        )
        .await?;
    let sql = "INSERT INTO collections (id, parent_id, handle, title, description, image_key, attributes, position, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (handle) DO NOTHING";
    let values = params![
        id,
        new.parent,
        &new.handle,
        &new.title,
        &new.description,
        new.image_key.as_deref(),
        product::json(&new.attributes),
        position,
        ctx.now()
    ];
    match tx.execute(sql, values).await? {
        0 => Err(CatalogError::HandleTaken { handle: new.handle }),
        _ => Ok(id),
    }
}

/// Replaces a collection's words, picture and attributes; handle and parent stay. Its products are told, because
/// search finds them by the collection's title.
///
/// # Errors
/// As [`create`].
pub async fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CollectionId,
    new: NewCollection,
) -> Result<(), CatalogError> {
    new.check()?;
    let sql = "UPDATE collections SET title = $2, description = $3, image_key = $4, attributes = $5 WHERE id = $1";
    let values = params![
        id,
        &new.title,
        &new.description,
        new.image_key.as_deref(),
        product::json(&new.attributes)
    ];
    if tx.execute(sql, values).await? == 0 {
        return Err(CatalogError::NotFound("collection"));
    }
    let sql = "SELECT p.id, p.handle FROM collection_products m JOIN products p ON p.id = m.product_id WHERE m.collection_id = $1";
    let mut told = Vec::new();
    for row in tx.rows(sql, params![id]).await? {
        let event = product::happened(
            row.get("id")?,
            &row.get::<String>("handle")?,
            Change::Collections,
        );
        told.push(events::bulk_row(ctx, ctx.now(), event));
    }
    Ok(events::emit_bulk(tx, told).await?)
}

/// Moves a collection to a place among those beside it, counted from 0.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn move_to(tx: &mut Tx, id: CollectionId, place: usize) -> Result<(), CatalogError> {
    let moved = by_id(tx, id)
        .await?
        .ok_or(CatalogError::NotFound("collection"))?;
    let mut beside: Vec<Collection> = all(tx)
        .await?
        .into_iter()
        .filter(|c| c.parent_id == moved.parent_id)
        .collect();
    let positions: Vec<i64> = beside.iter().map(|c| c.position).collect();
    beside.retain(|c| c.id != id);
    beside.insert(place.min(beside.len()), moved);
    for (collection, position) in beside.iter().zip(positions) {
        let sql = "UPDATE collections SET position = $2 WHERE id = $1";
        tx.execute_one(sql, params![collection.id, position])
            .await?;
    }
    Ok(())
}

/// All collections as the navigation shows them.
///
/// # Errors
/// The database's.
pub async fn tree(rx: &mut Rx) -> Result<Vec<CollectionNode>, CatalogError> {
    let (below, above): (Vec<_>, Vec<_>) = all(rx)
        .await?
        .into_iter()
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

/// The collections that products were put into, not counting parents that contain them for that reason alone.
///
/// # Errors
/// The database's.
pub async fn of_products(
    rx: &mut Rx,
    products: &[ProductId],
) -> Result<Vec<(ProductId, Collection)>, CatalogError> {
    let sql = format!(
        "SELECT m.product_id, {COLUMNS} FROM collection_products m JOIN collections c ON c.id = m.collection_id \
         WHERE m.direct AND m.product_id IN ({{keys}}) ORDER BY m.product_id, c.position, c.id"
    );
    let rows = store::rows_in(rx, &sql, store::keys(products)).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.get("product_id")?, Collection::from_row(row)?)))
        .collect::<Result<_, DbError>>()?)
}

/// Puts a product into a collection, behind those that are there. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::AttributeMissing`] when a product on sale lacks what the collection requires,
/// [`CatalogError::NotFound`], or the database's.
pub async fn add_product(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CollectionId,
    product: ProductId,
) -> Result<(), CatalogError> {
    let goods = product::lock(tx, product).await?;
    let collection = by_id(tx, id)
        .await?
        .ok_or(CatalogError::NotFound("collection"))?;
    insert(tx, id, product, true).await?;
    if let Some(parent) = collection.parent_id {
        insert(tx, parent, product, false).await?;
    }
    if goods.state == crate::ProductState::Published {
        attribute::check_complete(
            attribute::definitions(tx, product).await?,
            &goods.attributes,
        )?;
    }
    product::changed(tx, ctx, &goods, Change::Collections).await
}

/// Takes a product out of a collection. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn remove_product(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CollectionId,
    product: ProductId,
) -> Result<(), CatalogError> {
    let goods = product::lock(tx, product).await?;
    let sql = "UPDATE collection_products SET direct = FALSE WHERE collection_id = $1 AND product_id = $2 AND direct";
    if tx.execute(sql, params![id, product]).await? == 0 {
        return Ok(());
    }
    let sql = "DELETE FROM collection_products WHERE product_id = $1 AND NOT direct AND NOT EXISTS (SELECT 1 FROM \
               collection_products m JOIN collections c ON c.id = m.collection_id WHERE m.product_id = $1 AND m.direct \
               AND c.parent_id = collection_products.collection_id)";
    tx.execute(sql, params![product]).await?;
    product::changed(tx, ctx, &goods, Change::Collections).await
}

/// Puts a product into exactly these collections.
///
/// # Errors
/// As [`add_product`].
pub async fn place_product(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    wanted: &[CollectionId],
) -> Result<(), CatalogError> {
    product::lock(tx, product).await?;
    let present: Vec<CollectionId> = of_products(tx, &[product])
        .await?
        .into_iter()
        .map(|(_, c)| c.id)
        .collect();
    for id in present.iter().filter(|id| !wanted.contains(id)) {
        remove_product(tx, ctx, *id, product).await?;
    }
    for id in wanted.iter().filter(|id| !present.contains(id)) {
        add_product(tx, ctx, *id, product).await?;
    }
    Ok(())
}

async fn all(rx: &mut Rx) -> Result<Vec<Collection>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM collections c ORDER BY c.position, c.id");
    Ok(rx
        .rows(&sql, &[])
        .await?
        .iter()
        .map(Collection::from_row)
        .collect::<Result<_, _>>()?)
}

async fn insert(
    tx: &mut Tx,
    id: CollectionId,
    product: ProductId,
    direct: bool,
) -> Result<(), CatalogError> {
    let sql =
        "SELECT COALESCE(MAX(position), 0) + 1 FROM collection_products WHERE collection_id = $1";
    let position: i64 = tx.scalar(sql, params![id]).await?;
    let sql = "INSERT INTO collection_products (collection_id, product_id, position, direct) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (collection_id, product_id) DO UPDATE SET direct = collection_products.direct OR excluded.direct";
    tx.execute_one(sql, params![id, product, position, direct])
        .await?;
    Ok(())
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

/// Puts new products into collections, in the order given; none of them may be in one already.
pub(crate) async fn place_many(
    tx: &mut Tx,
    places: &[(CollectionId, ProductId)],
) -> Result<(), CatalogError> {
    let ids: Vec<CollectionId> = places.iter().map(|(id, _)| *id).collect();
    let known = with_parents(tx, &ids).await?;
    let keys: Vec<CollectionId> = known.keys().copied().collect();
    let sql = "SELECT collection_id, MAX(position) AS last FROM collection_products WHERE collection_id IN ({keys}) \
               GROUP BY collection_id";
    let mut last: HashMap<CollectionId, i64> = HashMap::new();
    for row in store::rows_in(tx, sql, store::keys(&keys)).await? {
        last.insert(row.get("collection_id")?, row.get("last")?);
    }
    let mut direct: HashMap<(CollectionId, ProductId), bool> = HashMap::new();
    let mut order = Vec::new();
    for (id, product) in places {
        let collection = known.get(id).ok_or(CatalogError::NotFound("collection"))?;
        for (place, own) in [(Some(*id), true), (collection.parent_id, false)] {
            let Some(place) = place else { continue };
            let entry = direct.entry((place, *product)).or_insert_with(|| {
                order.push((place, *product));
                false
            });
            *entry |= own;
        }
    }
    let rows: Vec<Vec<Value>> = order
        .into_iter()
        .map(|(id, product)| {
            let position = last.entry(id).or_default();
            *position += 1;
            let own = direct.get(&(id, product)).copied().unwrap_or(true);
            params![id, product, *position, own].to_vec()
        })
        .collect();
    Ok(tx
        .insert_many(
            "collection_products",
            &["collection_id", "product_id", "position", "direct"],
            &rows,
        )
        .await?)
}
