//! Selling points: why somebody buys it, in a few plain lines (STF-19), and who read the page as its customers would.
//!
//! Whoever writes a page knows the goods too well to see which of its words customers do not understand. So somebody
//! who talks to customers reads it, and says that it is plain; other words need another reader.

use kernel::{ProductId, Texts};
use platform::{Ctx, Tx, params};

use crate::{
    CatalogError,
    events::Change,
    product,
    rules::{check_count, check_texts},
};

/// Lines that are still read.
pub const MOST: usize = 5;
/// Characters of a line.
const MAX_LINE: usize = 80;

/// The lines of selling points in one language.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Replaces a product's selling points, one on a line in each language.
///
/// # Errors
/// [`CatalogError::TooMany`], [`CatalogError::TooLong`], [`CatalogError::NotFound`], or the database's.
pub async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    points: &Texts,
) -> Result<(), CatalogError> {
    let mut kept = Texts::default();
    for (locale, text) in &points.0 {
        let all: Vec<&str> = lines(text).collect();
        check_count("selling_points", all.len(), MOST)?;
        for line in &all {
            check_texts("selling_points", &Texts::one(*locale, *line), MAX_LINE)?;
        }
        if !all.is_empty() {
            kept.0.insert(*locale, all.join("\n"));
        }
    }
    let product = product::lock(tx, id).await?;
    let sql = "UPDATE products SET selling_points = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, &kept]).await?;
    reread(tx, id).await?;
    product::changed(tx, ctx, &product, Change::Texts).await
}

/// Somebody read the page's words as customers would, and finds them plain.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn found_plain(tx: &mut Tx, ctx: &Ctx, id: ProductId) -> Result<(), CatalogError> {
    let product = product::lock(tx, id).await?;
    let sql = "UPDATE products SET words_read_by = $2, words_read_at = $3 WHERE id = $1";
    tx.execute_one(sql, params![id, ctx.actor().label(), ctx.now()])
        .await?;
    product::changed(tx, ctx, &product, Change::Texts).await
}

/// The words changed: they want another reader.
pub(crate) async fn reread(tx: &mut Tx, id: ProductId) -> Result<(), CatalogError> {
    let sql = "UPDATE products SET words_read_by = NULL, words_read_at = NULL WHERE id = $1";
    Ok(tx.execute_one(sql, params![id]).await?)
}
