//! What the catalogue does not see itself: whether a product can be bought, by the stock of its variants, or of the
//! parts of its bundles.

use kernel::ProductId;
use platform::{Rx, params};

use crate::FlowError;

/// Products that can be bought now and could not when the catalogue last heard of it, or the other way round; at most
/// `most` of them.
///
/// # Errors
/// Whatever the database says.
pub async fn stock_changes(rx: &mut Rx, most: i64) -> Result<Vec<(ProductId, bool)>, FlowError> {
    let enough = |variant: &str, units: &str| {
        format!(
            "EXISTS (SELECT 1 FROM stock s WHERE s.variant_id = {variant} AND s.place_state = 'ships' GROUP BY s.variant_id \
             HAVING MAX(CASE WHEN s.backorder THEN 1 ELSE 0 END) = 1 OR SUM(s.on_hand - s.reserved) >= {units})"
        )
    };
    let there = format!(
        "EXISTS (SELECT 1 FROM variants v WHERE v.product_id = p.id AND v.state = 'active' AND ((NOT v.is_bundle AND {}) \
         OR (v.is_bundle AND EXISTS (SELECT 1 FROM bundle_parts b WHERE b.bundle_id = v.id) AND NOT EXISTS (SELECT 1 \
         FROM bundle_parts b WHERE b.bundle_id = v.id AND NOT {}))))",
        enough("v.id", "1"),
        enough("b.part_id", "b.quantity"),
    );
    let sql = format!(
        "SELECT p.id, p.in_stock FROM products p WHERE p.state <> 'archived' AND p.in_stock <> {there} ORDER BY p.id LIMIT $1"
    );
    let rows = rx.rows(&sql, params![most]).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.get("id")?, !row.get::<bool>("in_stock")?)))
        .collect::<Result<_, platform::DbError>>()?)
}
