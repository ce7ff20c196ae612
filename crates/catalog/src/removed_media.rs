//! Pictures that were taken out of a product's set. They stay for a while, so that they can be put back.

use kernel::{MediaId, ProductId, Timestamp};
use platform::{Ctx, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CatalogError, Media, events::Change, media, product};

/// How long a picture can be put back, in seconds: a month.
pub const KEPT: i64 = 30 * 86_400;

/// The columns that a picture has inside and outside a set.
const SAME: &str = "id, product_id, variant_id, position, file_key, alt, width, height";

/// A picture that was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RemovedMedia {
    /// The picture.
    pub media: Media,
    /// When it was taken out.
    pub removed_at: Timestamp,
}

/// The pictures that can be put back, last taken out first.
///
/// # Errors
/// The database's.
pub async fn of(
    rx: &mut Rx,
    ctx: &Ctx,
    product: ProductId,
) -> Result<Vec<RemovedMedia>, CatalogError> {
    let sql = format!(
        "SELECT {SAME}, removed_at FROM removed_media WHERE product_id = $1 AND removed_at > $2 \
         ORDER BY removed_at DESC, id LIMIT 20"
    );
    let rows = rx
        .rows(&sql, params![product, ctx.now().plus_seconds(-KEPT)])
        .await?;
    let found = rows.iter().map(|row| {
        Ok(RemovedMedia {
            media: Media::from_row(row)?,
            removed_at: row.get("removed_at")?,
        })
    });
    found.collect()
}

/// Takes a picture out of a product's set; its file stays.
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
    let copy = format!(
        "INSERT INTO removed_media ({SAME}, removed_at) SELECT {SAME}, CAST($3 AS BIGINT) FROM media WHERE id = $1 AND product_id = $2"
    );
    if tx.execute(&copy, params![id, product, ctx.now()]).await? == 0 {
        return Err(CatalogError::NotFound("picture"));
    }
    tx.execute_one("DELETE FROM media WHERE id = $1", params![id])
        .await?;
    product::changed(tx, ctx, &owner, Change::Media).await
}

/// Puts a picture back to where it was.
///
/// # Errors
/// [`CatalogError::NotFound`] when it is not a removed picture of this product, [`CatalogError::TooMany`], or the
/// database's.
pub async fn put_back(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    id: MediaId,
) -> Result<(), CatalogError> {
    let owner = product::lock(tx, product).await?;
    media::room(tx, product).await?;
    let copy = format!(
        "INSERT INTO media ({SAME}) SELECT {SAME} FROM removed_media WHERE id = $1 AND product_id = $2 AND removed_at > $3"
    );
    let since = ctx.now().plus_seconds(-KEPT);
    if tx.execute(&copy, params![id, product, since]).await? == 0 {
        return Err(CatalogError::NotFound("picture"));
    }
    tx.execute_one("DELETE FROM removed_media WHERE id = $1", params![id])
        .await?;
    product::changed(tx, ctx, &owner, Change::Media).await
}
