//! What is in a collection that the merchant fills, and in which order.

use std::collections::HashMap;

use kernel::{CollectionId, ProductId};
use platform::{Ctx, Tx, db::Value, params};

use super::{by_id, of_products, with_parents};
use crate::{CatalogError, attribute, events::Change, product, store};

/// Puts a product into a collection, behind those that are there. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::AttributeMissing`] when a product on sale lacks what the collection requires,
/// [`CatalogError::ByRules`], [`CatalogError::NotFound`], or the database's.
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
    if collection.rules.is_some() {
        return Err(CatalogError::ByRules);
    }
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
/// [`CatalogError::ByRules`], [`CatalogError::NotFound`], or the database's.
pub async fn remove_product(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CollectionId,
    product: ProductId,
) -> Result<(), CatalogError> {
    let goods = product::lock(tx, product).await?;
    let collection = by_id(tx, id)
        .await?
        .ok_or(CatalogError::NotFound("collection"))?;
    if collection.rules.is_some() {
        return Err(CatalogError::ByRules);
    }
    if !take_out(tx, id, product).await? {
        return Ok(());
    }
    product::changed(tx, ctx, &goods, Change::Collections).await
}

/// Takes a product out of a collection, and out of the one above it unless something else keeps it there. Tells whether
/// it was in it.
pub(super) async fn take_out(
    tx: &mut Tx,
    id: CollectionId,
    product: ProductId,
) -> Result<bool, CatalogError> {
    let sql = "UPDATE collection_products SET direct = FALSE WHERE collection_id = $1 AND product_id = $2 AND direct";
    if tx.execute(sql, params![id, product]).await? == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM collection_products WHERE product_id = $1 AND NOT direct AND NOT EXISTS (SELECT 1 FROM \
               collection_products m JOIN collections c ON c.id = m.collection_id WHERE m.product_id = $1 AND m.direct \
               AND c.parent_id = collection_products.collection_id)";
    tx.execute(sql, params![product]).await?;
    Ok(true)
}

/// Puts a product into exactly these collections, apart from those it follows rules into and those put away.
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
        .filter(|(_, c)| c.rules.is_none())
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

/// Moves a product to a place within a collection, counted from 0. Answers the place where it was.
///
/// # Errors
/// [`CatalogError::NotFound`] for a product that is not in it, or the database's.
pub async fn move_member(
    tx: &mut Tx,
    id: CollectionId,
    product: ProductId,
    place: usize,
) -> Result<usize, CatalogError> {
    super::lock(tx, id).await?;
    let sql = "SELECT product_id, position FROM collection_products WHERE collection_id = $1 ORDER BY position, product_id";
    let mut order: Vec<(ProductId, i64)> = Vec::new();
    for row in tx.rows(sql, params![id]).await? {
        order.push((row.get("product_id")?, row.get("position")?));
    }
    let from = order
        .iter()
        .position(|(member, _)| *member == product)
        .ok_or(CatalogError::NotFound("product"))?;
    // Places in the parent may be shared; after a move every place is a member's own.
    let first = order.first().map_or(1, |(_, position)| *position);
    let before = order.clone();
    let moved = order.remove(from);
    order.insert(place.min(order.len()), moved);
    for (position, (member, _)) in (first..).zip(&order) {
        if before.contains(&(*member, position)) {
            continue;
        }
        let sql = "UPDATE collection_products SET position = $3 WHERE collection_id = $1 AND product_id = $2";
        tx.execute_one(sql, params![id, *member, position]).await?;
    }
    Ok(from)
}

pub(super) async fn insert(
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
        if collection.rules.is_some() {
            return Err(CatalogError::ByRules);
        }
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
