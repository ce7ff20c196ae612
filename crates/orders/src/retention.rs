//! Carts that nobody comes back to, and what was filled in at checkouts that are long over (GOV-10).

use kernel::{CartId, Timestamp};
use platform::{DbError, Tx, params};

use crate::CheckoutDraft;

/// Lets carts of browsers go that nobody touched since `before`, and empties the checkouts of carts that became orders
/// before it; at most `limit` of each. Carts of accounts and of staff stay. Tells how many there were.
///
/// # Errors
/// Whatever the database says.
pub async fn carts(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<usize, DbError> {
    let sql = "SELECT id FROM carts c WHERE updated_at < $1 AND customer_id IS NULL AND state IN ('open', 'merged') \
               AND NOT EXISTS (SELECT 1 FROM order_drafts d WHERE d.cart_id = c.id) LIMIT $2";
    let gone = ids(tx, sql, before, limit).await?;
    for id in &gone {
        // Takes the row's lock, and passes by a cart whose shopper came back at this very moment.
        let sql = "UPDATE carts SET version = version WHERE id = $1 AND updated_at < $2 AND state IN ('open', 'merged')";
        if tx.execute(sql, params![*id, before]).await? == 0 {
            continue;
        }
        for sql in [
            "DELETE FROM cart_lines WHERE cart_id = $1",
            "DELETE FROM carts WHERE id = $1",
        ] {
            tx.execute(sql, params![*id]).await?;
        }
    }
    let blank = serde_json::to_value(CheckoutDraft::default()).unwrap_or_default();
    let sql = "SELECT id FROM carts WHERE updated_at < $1 AND state = 'ordered' AND checkout <> $3 LIMIT $2";
    let rows = tx.rows(sql, params![before, limit, blank.clone()]).await?;
    for row in &rows {
        let id: CartId = row.get("id")?;
        let sql = "UPDATE carts SET checkout = $2 WHERE id = $1 AND state = 'ordered'";
        tx.execute(sql, params![id, blank.clone()]).await?;
    }
    Ok(gone.len() + rows.len())
}

async fn ids(
    tx: &mut Tx,
    sql: &str,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<CartId>, DbError> {
    let rows = tx.rows(sql, params![before, limit]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}
