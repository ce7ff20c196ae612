//! The members of collections by rules: a fold of the products, kept in the transaction that changes a product.
//!
//! [`follow`] is called by whatever changes a product; [`refresh`] looks at all products when the rules change;
//! [`note_stock`] hears from outside what can be bought; [`refresh_by_time`] lets go what has become too old.

use std::collections::{HashMap, HashSet};

use kernel::{CollectionId, ProductId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, events, params};

use super::{
    COLUMNS, Collection, by_id,
    members::{insert, take_out},
    rules::{ProductFacts, Rules},
};
use crate::{CatalogError, ProductState, events::Change, facet, product, store};

/// Products looked at together.
const CHUNK: i64 = 500;

const FACTS: &str = "p.id, p.state, p.brand, p.tags, p.attributes, p.price_from, p.in_stock, p.published_at, \
                     EXISTS (SELECT 1 FROM variants v WHERE v.product_id = p.id AND v.state = 'active') AS priced";

/// Puts changed products into the collections whose rules they fit now, and takes them out of the others. Tells which
/// of them moved.
pub(crate) async fn follow(
    tx: &mut Tx,
    now: Timestamp,
    ids: &[ProductId],
) -> Result<Vec<ProductId>, CatalogError> {
    // Locked, so that rules that change at the same moment see this product, or this sees the new rules.
    let sql = format!(
        "SELECT {COLUMNS} FROM collections c WHERE c.rules IS NOT NULL ORDER BY c.id{}",
        tx.dialect().for_update()
    );
    let collections = tx
        .rows(&sql, &[])
        .await?
        .iter()
        .map(Collection::from_row)
        .collect::<Result<Vec<_>, _>>()?;
    if collections.is_empty() {
        return Ok(Vec::new());
    }
    let facts = facts_of(tx, ids).await?;
    let sql = "SELECT m.collection_id, m.product_id FROM collection_products m JOIN collections c ON c.id = m.collection_id \
               WHERE c.rules IS NOT NULL AND m.direct AND m.product_id IN ({keys})";
    let mut present: HashSet<(CollectionId, ProductId)> = HashSet::new();
    for row in store::rows_in(tx, sql, store::keys(ids)).await? {
        present.insert((row.get("collection_id")?, row.get("product_id")?));
    }
    let mut moved = Vec::new();
    for collection in &collections {
        let Some(rules) = &collection.rules else {
            continue;
        };
        for (id, product) in &facts {
            let (is, was) = (
                rules.fit(product, now),
                present.contains(&(collection.id, *id)),
            );
            if is != was {
                place(tx, collection, *id, is).await?;
                moved.push(*id);
            }
        }
    }
    moved.sort();
    moved.dedup();
    Ok(moved)
}

async fn place(
    tx: &mut Tx,
    collection: &Collection,
    product: ProductId,
    is_in: bool,
) -> Result<(), CatalogError> {
    if !is_in {
        take_out(tx, collection.id, product).await?;
        return Ok(());
    }
    insert(tx, collection.id, product, true).await?;
    // The newest member stands first.
    let sql = "UPDATE collection_products SET position = (SELECT MIN(m.position) - 1 FROM collection_products m \
               WHERE m.collection_id = $1) WHERE collection_id = $1 AND product_id = $2";
    tx.execute_one(sql, params![collection.id, product]).await?;
    if let Some(parent) = collection.parent_id {
        insert(tx, parent, product, false).await?;
    }
    Ok(())
}

/// Looks at all products for one collection; one without rules is left as it is.
pub(crate) async fn refresh(tx: &mut Tx, ctx: &Ctx, id: CollectionId) -> Result<(), CatalogError> {
    let collection = by_id(tx, id)
        .await?
        .ok_or(CatalogError::NotFound("collection"))?;
    let Some(rules) = &collection.rules else {
        return Ok(());
    };
    let wanted: HashSet<ProductId> = fitting(tx, rules, ctx.now()).await?.into_iter().collect();
    let sql = "SELECT product_id FROM collection_products WHERE collection_id = $1 AND direct";
    let mut present: HashSet<ProductId> = HashSet::new();
    for row in tx.rows(sql, params![id]).await? {
        present.insert(row.get("product_id")?);
    }
    let mut moved: Vec<ProductId> = wanted.symmetric_difference(&present).copied().collect();
    // Ids grow with time, so the newest product comes in last and stands first.
    moved.sort();
    for product in &moved {
        place(tx, &collection, *product, wanted.contains(product)).await?;
    }
    tell(tx, ctx, &moved).await
}

/// The products that fit rules, oldest first.
async fn fitting(
    rx: &mut Rx,
    rules: &Rules,
    now: Timestamp,
) -> Result<Vec<ProductId>, CatalogError> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let (condition, values) = match after {
            None => ("TRUE", params![CHUNK].to_vec()),
            Some(id) => ("p.id > $2", params![CHUNK, id].to_vec()),
        };
        let sql =
            format!("SELECT {FACTS} FROM products p WHERE {condition} ORDER BY p.id LIMIT $1");
        let rows = rx.rows(&sql, &values).await?;
        for row in &rows {
            let (id, product) = facts(row)?;
            after = Some(id);
            if rules.fit(&product, now) {
                found.push(id);
            }
        }
        if rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
            return Ok(found);
        }
    }
}

/// Which products rules would find: how many, and the newest of them.
///
/// # Errors
/// What [`Rules`] refuse, or the database's.
pub async fn preview(
    rx: &mut Rx,
    rules: &Rules,
    now: Timestamp,
    most: usize,
) -> Result<(usize, Vec<ProductId>), CatalogError> {
    rules.check()?;
    let found = fitting(rx, rules, now).await?;
    let newest = found.iter().rev().take(most).copied().collect();
    Ok((found.len(), newest))
}

/// Hears which products can be bought now and which cannot any more.
///
/// # Errors
/// The database's.
pub async fn note_stock(
    tx: &mut Tx,
    ctx: &Ctx,
    changes: &[(ProductId, bool)],
) -> Result<(), CatalogError> {
    for (id, in_stock) in changes {
        let sql = "UPDATE products SET in_stock = $2 WHERE id = $1";
        tx.execute(sql, params![*id, *in_stock]).await?;
    }
    let ids: Vec<ProductId> = changes.iter().map(|(id, _)| *id).collect();
    let moved = follow(tx, ctx.now(), &ids).await?;
    tell(tx, ctx, &moved).await
}

/// Lets go the members that have become too old for their collection's rules.
///
/// # Errors
/// The database's.
pub async fn refresh_by_time(tx: &mut Tx, ctx: &Ctx) -> Result<(), CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM collections c WHERE c.rules IS NOT NULL");
    let mut ids: Vec<ProductId> = Vec::new();
    for row in tx.rows(&sql, &[]).await? {
        let collection = Collection::from_row(&row)?;
        if !collection.rules.as_ref().is_some_and(Rules::wear_off) {
            continue;
        }
        let sql = "SELECT product_id FROM collection_products WHERE collection_id = $1 AND direct";
        for row in tx.rows(sql, params![collection.id]).await? {
            ids.push(row.get("product_id")?);
        }
    }
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let moved = follow(tx, ctx.now(), &ids).await?;
    tell(tx, ctx, &moved).await
}

/// Tells that products are found under other collections now.
async fn tell(tx: &mut Tx, ctx: &Ctx, ids: &[ProductId]) -> Result<(), CatalogError> {
    let mut told = Vec::new();
    let sql = "SELECT p.id, p.handle FROM products p WHERE p.id IN ({keys})";
    for row in store::rows_in(tx, sql, store::keys(ids)).await? {
        let event = product::happened(
            row.get("id")?,
            &row.get::<String>("handle")?,
            Change::Collections,
        );
        told.push(events::bulk_row(ctx, ctx.now(), event));
    }
    Ok(events::emit_bulk(tx, told).await?)
}

async fn facts_of(
    rx: &mut Rx,
    ids: &[ProductId],
) -> Result<HashMap<ProductId, ProductFacts>, CatalogError> {
    let sql = format!("SELECT {FACTS} FROM products p WHERE p.id IN ({{keys}})");
    let rows = store::rows_in(rx, &sql, store::keys(ids)).await?;
    Ok(rows.iter().map(facts).collect::<Result<_, _>>()?)
}

fn facts(row: &Row) -> Result<(ProductId, ProductFacts), DbError> {
    let brand: Option<String> = row.get("brand")?;
    let said = facet::rows_of(
        brand.as_deref(),
        &row.json::<Vec<String>>("tags")?,
        &row.json::<Vec<crate::Attribute>>("attributes")?,
    );
    let on_sale = row.parse::<ProductState>("state")? == ProductState::Published;
    let published_at: Option<Timestamp> = row.get("published_at")?;
    let priced: bool = row.get("priced")?;
    let price_from: i64 = row.get("price_from")?;
    let product = ProductFacts {
        values: said
            .into_iter()
            .map(|(facet, value, _)| (facet, value))
            .collect(),
        price_from: priced.then_some(price_from),
        in_stock: row.get("in_stock")?,
        on_sale_since: published_at.filter(|_| on_sale),
    };
    Ok((row.get("id")?, product))
}
