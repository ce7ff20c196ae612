//! Messages of card companies that were taken in long ago (GOV-10). What they meant stands in payments and the journal.

use kernel::{ProviderEventId, Timestamp};
use platform::{DbError, Tx, params};

/// Empties messages that came before an instant, at most `limit` of them, and tells how many there were. Those that wait
/// or that nobody understood stay.
///
/// # Errors
/// Whatever the database says.
pub async fn provider_messages(
    tx: &mut Tx,
    before: Timestamp,
    limit: i64,
) -> Result<usize, DbError> {
    let sql = "SELECT id FROM provider_events WHERE received_at < $1 AND outcome IN ('applied', 'ignored') AND raw <> '{}' LIMIT $2";
    let rows = tx.rows(sql, params![before, limit]).await?;
    for row in &rows {
        let id: ProviderEventId = row.get("id")?;
        let sql = "UPDATE provider_events SET raw = '{}' WHERE id = $1";
        tx.execute_one(sql, params![id]).await?;
    }
    Ok(rows.len())
}
