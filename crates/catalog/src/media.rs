//! The picture set of a product: files by key, in order, each with a text for those who cannot see it.

use kernel::{MediaId, ProductId, Texts};
use platform::{Ctx, DbError, Rx, Tx, db::Row, db::Value, params};
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
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            product_id: row.get("product_id")?,
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
    let sql = "SELECT id, product_id, file_key, alt, width, height FROM media WHERE product_id IN ({keys}) \
               ORDER BY product_id, position, id";
    let rows = store::rows_in(rx, sql, store::keys(products)).await?;
    Ok(rows.iter().map(Media::from_row).collect::<Result<_, _>>()?)
}

/// Adds a picture behind the others.
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
    let sql = "SELECT COUNT(*) AS count, COALESCE(MAX(position), 0) AS last FROM media WHERE product_id = $1";
    let row = tx.one(sql, params![product]).await?;
    let count = usize::try_from(row.get::<i64>("count")?).unwrap_or(usize::MAX);
    check_count("pictures", count.saturating_add(1), MAX_MEDIA)?;
    let id = MediaId::new();
    tx.insert_many(
        "media",
        &COLUMNS,
        &[new.row(id, product, row.get::<i64>("last")? + 1)],
    )
    .await?;
    product::changed(tx, ctx, &owner, Change::Media).await?;
    Ok(id)
}

/// Takes a picture out of a product's set; the file itself stays.
///
/// # Errors
/// [`CatalogError::NotFound`] when it is not a picture of this product, or the database's.
pub async fn remove(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    id: MediaId,
) -> Result<(), CatalogError> {
    let owner = product::lock(tx, product).await?;
    match tx
        .execute(
            "DELETE FROM media WHERE id = $1 AND product_id = $2",
            params![id, product],
        )
        .await?
    {
        0 => Err(CatalogError::NotFound("picture")),
        _ => product::changed(tx, ctx, &owner, Change::Media).await,
    }
}
