//! Contents of letters that are long over (GOV-10). That a letter was sent, to whom and when stays.

use kernel::{MessageId, Timestamp};
use platform::{DbError, Tx, params};

/// Empties what letters of before an instant said, at most `limit` of them, and tells how many there were.
///
/// # Errors
/// Whatever the database says.
pub async fn contents(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<usize, DbError> {
    let sql = "SELECT id FROM messages WHERE created_at < $1 AND state IN ('sent', 'unknown', 'failed') \
               AND (context <> '{}' OR subject IS NOT NULL) ORDER BY created_at LIMIT $2";
    let rows = tx.rows(sql, params![before, limit]).await?;
    for row in &rows {
        let id: MessageId = row.get("id")?;
        let sql = "UPDATE messages SET context = '{}', subject = NULL WHERE id = $1 AND state IN ('sent', 'unknown', 'failed')";
        tx.execute(sql, params![id]).await?;
    }
    Ok(rows.len())
}
