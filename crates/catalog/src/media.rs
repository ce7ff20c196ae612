//! The picture set of a product: files by key, in order, each with a text for those who cannot see it.

use std::collections::HashMap;

use kernel::{MediaId, ProductId, Texts, VariantId};
use platform::{Ctx, DbError, Rx, Tx, db::Row, db::Value, params, pictures};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    CatalogError,
    events::Change,
    product,
    rules::{MAX_MEDIA, MAX_TITLE, check_count, check_texts},
    store,
};

/// A picture of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Media {
    /// The picture.
    pub id: MediaId,
    /// Whose picture it is.
    pub product_id: ProductId,
    /// The one variant that it shows; null when it shows the product.
    pub variant_id: Option<VariantId>,
    /// Key of the file in the file store.
    pub file_key: String,
    /// What it shows.
    pub alt: Texts,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
}

/// A picture to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMedia {
    /// Key of the file in the file store.
    pub file_key: String,
    /// What it shows.
    pub alt: Texts,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
}

pub(crate) const COLUMNS: [&str; 7] = [
    "id",
    "product_id",
    "position",
    "file_key",
    "alt",
    "width",
    "height",
];

impl Media {
    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            product_id: row.get("product_id")?,
            variant_id: row.get("variant_id")?,
            file_key: row.get("file_key")?,
            alt: row.get("alt")?,
            width: row.get("width")?,
            height: row.get("height")?,
        })
    }
}

impl NewMedia {
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        if self.width < 1 || self.height < 1 || self.file_key.is_empty() {
            return Err(CatalogError::MeasureInvalid);
        }
        check_texts("picture text", &self.alt, MAX_TITLE)
    }

    pub(crate) fn row(&self, id: MediaId, product: ProductId, position: i64) -> Vec<Value> {
        params![
            id,
            product,
            position,
            &self.file_key,
            &self.alt,
            self.width,
            self.height
        ]
        .to_vec()
    }
}

/// The pictures of products, in order within each product.
///
/// # Errors
/// The database's.
pub async fn of(rx: &mut Rx, products: &[ProductId]) -> Result<Vec<Media>, CatalogError> {
    let sql = "SELECT id, product_id, variant_id, file_key, alt, width, height FROM media WHERE product_id IN ({keys}) \
               ORDER BY product_id, position, id";
    let rows = store::rows_in(rx, sql, store::keys(products)).await?;
    Ok(rows.iter().map(Media::from_row).collect::<Result<_, _>>()?)
}

/// Width and height of pictures by the keys of their files, as far as products show them.
///
/// # Errors
/// The database's.
pub async fn sizes_of(
    rx: &mut Rx,
    file_keys: &[String],
) -> Result<HashMap<String, (i64, i64)>, CatalogError> {
    let sql = "SELECT DISTINCT file_key, width, height FROM media WHERE file_key IN ({keys})";
    let keys = store::text_keys(file_keys.iter().map(String::as_str));
    let rows = store::rows_in(rx, sql, keys).await?;
    let sizes = rows.iter().map(|row| {
        let size = (row.get("width")?, row.get("height")?);
        Ok((row.get("file_key")?, size))
    });
    sizes.collect()
}

/// Adds a picture behind the others, and has its sizes for pages made.
///
/// # Errors
/// [`CatalogError::NotFound`], [`CatalogError::TooMany`], or the database's.
pub async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    new: NewMedia,
) -> Result<MediaId, CatalogError> {
    new.check()?;
    let owner = product::lock(tx, product).await?;
    let last = room(tx, product).await?;
    let id = MediaId::new();
    tx.insert_many("media", &COLUMNS, &[new.row(id, product, last + 1)])
        .await?;
    pictures::queue_sizes(tx, ctx, &new.file_key).await?;
    product::changed(tx, ctx, &owner, Change::Media).await?;
    Ok(id)
}

/// The last place of a locked product's pictures, when one more may come.
pub(crate) async fn room(tx: &mut Tx, product: ProductId) -> Result<i64, CatalogError> {
    let sql = "SELECT COUNT(*) AS count, COALESCE(MAX(position), 0) AS last FROM media WHERE product_id = $1";
    let row = tx.one(sql, params![product]).await?;
    let count = usize::try_from(row.get::<i64>("count")?).unwrap_or(usize::MAX);
    check_count("pictures", count.saturating_add(1), MAX_MEDIA)?;
    Ok(row.get("last")?)
}

/// Says what a picture shows, and of which variant it is.
///
/// # Errors
/// [`CatalogError::NotFound`] when it is not a picture, or the variant not a variant, of this product;
/// [`CatalogError::TooLong`], or the database's.
pub async fn describe(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    id: MediaId,
    alt: &Texts,
    variant: Option<VariantId>,
) -> Result<(), CatalogError> {
    check_texts("picture text", alt, MAX_TITLE)?;
    let owner = product::lock(tx, product).await?;
    if let Some(variant) = variant {
        let sql = "SELECT id FROM variants WHERE id = $1 AND product_id = $2";
        tx.row(sql, params![variant, product])
            .await?
            .ok_or(CatalogError::NotFound("variant"))?;
    }
    let sql = "UPDATE media SET alt = $3, variant_id = $4 WHERE id = $1 AND product_id = $2";
    match tx.execute(sql, params![id, product, alt, variant]).await? {
        0 => Err(CatalogError::NotFound("picture")),
        _ => product::changed(tx, ctx, &owner, Change::Media).await,
    }
}

/// Moves a picture to a place among the pictures of its product, from 1; beyond the last is the last.
///
/// # Errors
/// [`CatalogError::NotFound`] when it is not a picture of this product, or the database's.
pub async fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    id: MediaId,
    place: i64,
) -> Result<(), CatalogError> {
    let owner = product::lock(tx, product).await?;
    let present: Vec<MediaId> = of(tx, &[product]).await?.iter().map(|m| m.id).collect();
    let order = moved(&present, id, place).ok_or(CatalogError::NotFound("picture"))?;
    if order == present {
        return Ok(());
    }
    for (id, position) in order.into_iter().zip(1_i64..) {
        let sql = "UPDATE media SET position = $2 WHERE id = $1";
        tx.later(sql, params![id, position]).await?;
    }
    product::changed(tx, ctx, &owner, Change::Media).await
}

/// A list with one of its members at another place, from 1; `None` when it is no member.
fn moved<T: Copy + PartialEq>(list: &[T], one: T, place: i64) -> Option<Vec<T>> {
    if !list.contains(&one) {
        return None;
    }
    let mut others: Vec<T> = list
        .iter()
        .filter(|other| **other != one)
        .copied()
        .collect();
    let index = usize::try_from(place.saturating_sub(1)).unwrap_or_default();
    others.insert(index.min(others.len()), one);
    Some(others)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// STF-12: a picture that is moved stands where it was put, and the others keep their order.
        #[test]
        fn a_moved_picture_stands_where_it_was_put(count in 1_usize..20, from in 0_usize..20, place in -5_i64..30) {
            let list: Vec<usize> = (0..count).collect();
            let one = from % count;
            let order = moved(&list, one, place).unwrap();
            let wanted = usize::try_from(place.clamp(1, i64::try_from(count).unwrap()) - 1).unwrap();
            prop_assert_eq!(order.iter().position(|n| *n == one), Some(wanted));
            let others: Vec<usize> = order.into_iter().filter(|n| *n != one).collect();
            prop_assert!(others.is_sorted() && others.len() + 1 == count);
            prop_assert_eq!(moved(&list, count, place), None);
        }
    }
}
