//! Changes of a collection itself: its words, its place in the navigation, put away and taken back.

use kernel::{CollectionId, ProductId};
use platform::{Ctx, Tx, db::Value, events, params, pictures};

use super::{Collection, NewCollection, all, by_id, check_parent, fold, lock};
use crate::{CatalogError, events::Change, product};

/// Replaces everything about a collection. Its products are told, because search finds them by the collection's title.
///
/// # Errors
/// As [`super::create`]; [`CatalogError::TooDeep`] also for one that has sub-collections and shall be one,
/// [`CatalogError::RulesStandAlone`] for one that has sub-collections and shall follow rules.
pub async fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CollectionId,
    new: NewCollection,
) -> Result<(), CatalogError> {
    new.check()?;
    let before = lock(tx, id).await?;
    check_parent(tx, new.parent).await?;
    let sql = "SELECT COUNT(*) FROM collections WHERE parent_id = $1";
    let below: i64 = tx.scalar(sql, params![id]).await?;
    if new.parent == Some(id) || (below > 0 && new.parent.is_some()) {
        return Err(CatalogError::TooDeep);
    }
    if below > 0 && new.rules.is_some() {
        return Err(CatalogError::RulesStandAlone);
    }
    let sql = "UPDATE collections SET parent_id = $2, handle = $3, title = $4, description = $5, image_key = $6, attributes = $7, \
               rules = $8 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM collections o WHERE o.handle = $3 AND o.id <> $1)";
    let values = params![
        id,
        new.parent,
        &new.handle,
        &new.title,
        &new.description,
        new.image_key.as_deref(),
        product::json(&new.attributes),
        new.rules.as_ref().map(product::json)
    ];
    if tx.execute(sql, values).await? == 0 {
        return Err(CatalogError::HandleTaken { handle: new.handle });
    }
    if before.parent_id != new.parent {
        for parent in [before.parent_id, new.parent].into_iter().flatten() {
            settle_parent(tx, parent).await?;
        }
    }
    fold::refresh(tx, ctx, id).await?;
    tell(tx, ctx, id).await
}

/// Makes the members of a collection above others those of its sub-collections and its own.
async fn settle_parent(tx: &mut Tx, parent: CollectionId) -> Result<(), CatalogError> {
    let sql = "DELETE FROM collection_products WHERE collection_id = $1 AND NOT direct AND NOT EXISTS (SELECT 1 FROM \
               collection_products m JOIN collections c ON c.id = m.collection_id WHERE c.parent_id = $1 AND m.direct \
               AND m.product_id = collection_products.product_id)";
    tx.execute(sql, params![parent]).await?;
    let sql = "SELECT m.product_id, MIN(m.position) AS place FROM collection_products m JOIN collections c \
               ON c.id = m.collection_id WHERE c.parent_id = $1 AND m.direct AND NOT EXISTS (SELECT 1 FROM collection_products x \
               WHERE x.collection_id = $1 AND x.product_id = m.product_id) GROUP BY m.product_id ORDER BY place, m.product_id";
    let missing = tx.rows(sql, params![parent]).await?;
    let sql = "SELECT COALESCE(MAX(position), 0) FROM collection_products WHERE collection_id = $1";
    let last: i64 = tx.scalar(sql, params![parent]).await?;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (row, position) in missing.iter().zip(last + 1..) {
        let product: ProductId = row.get("product_id")?;
        rows.push(params![parent, product, position, false].to_vec());
    }
    let columns = ["collection_id", "product_id", "position", "direct"];
    Ok(tx
        .insert_many("collection_products", &columns, &rows)
        .await?)
}

/// Tells that the products of a collection have to be read again.
async fn tell(tx: &mut Tx, ctx: &Ctx, id: CollectionId) -> Result<(), CatalogError> {
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

/// Hangs a picture of the shop's files into a collection, or takes it out; the same twice changes nothing.
///
/// # Errors
/// [`CatalogError::NotFound`].
pub async fn set_picture(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CollectionId,
    key: Option<&str>,
) -> Result<(), CatalogError> {
    lock(tx, id).await?;
    if let Some(key) = key {
        pictures::queue_sizes(tx, ctx, key).await?;
    }
    let sql = "UPDATE collections SET image_key = $2 WHERE id = $1";
    tx.execute(sql, params![id, key]).await?;
    Ok(())
}

/// Puts a collection away with those below it: shoppers do not see it, its members and rules are kept. Doing it again
/// changes nothing.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn archive(tx: &mut Tx, ctx: &Ctx, id: CollectionId) -> Result<(), CatalogError> {
    if lock(tx, id).await?.archived_at.is_some() {
        return Ok(());
    }
    let sql = "UPDATE collections SET archived_at = $2 WHERE (id = $1 OR parent_id = $1) AND archived_at IS NULL";
    tx.execute(sql, params![id, ctx.now()]).await?;
    tell(tx, ctx, id).await
}

/// Takes a collection back with those that were put away together with it. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::ParentArchived`] below one that is put away, [`CatalogError::NotFound`], or the database's.
pub async fn restore(tx: &mut Tx, ctx: &Ctx, id: CollectionId) -> Result<(), CatalogError> {
    let known = lock(tx, id).await?;
    let Some(since) = known.archived_at else {
        return Ok(());
    };
    if let Some(parent) = known.parent_id
        && by_id(tx, parent)
            .await?
            .is_some_and(|p| p.archived_at.is_some())
    {
        return Err(CatalogError::ParentArchived);
    }
    let sql = "UPDATE collections SET archived_at = NULL WHERE (id = $1 OR parent_id = $1) AND archived_at = $2";
    tx.execute(sql, params![id, since]).await?;
    tell(tx, ctx, id).await
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
        .filter(|c| c.parent_id == moved.parent_id && c.archived_at == moved.archived_at)
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
