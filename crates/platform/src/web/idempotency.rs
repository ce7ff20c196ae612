//! Idempotency keys, stored in the transaction of the effect (invariant O8).

use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;
use crate::{Ctx, DbError, Tx, params, secret};

/// What a key means for the command that carries it.
#[derive(Debug)]
pub enum Begin<T> {
    /// Nobody used the key before: do it, then [`finish`].
    Fresh,
    /// The same key and body were answered before: answer the same.
    Replay(T),
    /// The key was used with another body.
    Mismatch,
}

/// The hash of a request's content.
#[must_use]
pub fn body_hash(content: &impl Serialize) -> String {
    secret::sha256_hex(
        serde_json::to_string(content)
            .unwrap_or_default()
            .as_bytes(),
    )
}

/// The problem for a key that came back with another body.
#[must_use]
pub const fn mismatch() -> Problem {
    Problem::invalid("error-idempotency-mismatch")
}

/// Claims a key inside the command's transaction. A second command with the key waits for the first to end.
///
/// # Errors
/// Whatever the database says.
pub async fn begin<T: DeserializeOwned>(
    tx: &mut Tx,
    ctx: &Ctx,
    scope: &str,
    key: &str,
    hash: &str,
) -> Result<Begin<T>, DbError> {
    let claim = "INSERT INTO idempotency_keys (scope, key, body_hash, status, response, created_at) VALUES ($1, $2, $3, 0, '', $4) \
                 ON CONFLICT (scope, key) DO NOTHING";
    if tx
        .execute(claim, params![scope, key, hash, ctx.now()])
        .await?
        == 1
    {
        return Ok(Begin::Fresh);
    }
    let sql = "SELECT body_hash, response FROM idempotency_keys WHERE scope = $1 AND key = $2";
    let row = tx.one(sql, params![scope, key]).await?;
    if row.get::<String>("body_hash")? != hash {
        return Ok(Begin::Mismatch);
    }
    Ok(Begin::Replay(row.json("response")?))
}

/// Stores the answer under a claimed key, in the same transaction.
///
/// # Errors
/// Whatever the database says.
pub async fn finish(
    tx: &mut Tx,
    scope: &str,
    key: &str,
    answer: &impl Serialize,
) -> Result<(), DbError> {
    let text = serde_json::to_string(answer).unwrap_or_default();
    tx.later(
        "UPDATE idempotency_keys SET status = 200, response = $3 WHERE scope = $1 AND key = $2",
        params![scope, key, text],
    )
    .await
}

/// Forgets keys older than a week.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_old(tx: &mut Tx, ctx: &Ctx) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM idempotency_keys WHERE created_at < $1",
        params![ctx.now().plus_seconds(-7 * 86_400)],
    )
    .await
}
