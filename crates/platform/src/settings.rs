//! The shop's settings: one JSON value per key, typed by whoever owns the key.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Ctx, DbError, Rx, Tx, params};

/// The value under `key`, or the type's default when it was never set.
///
/// # Errors
/// [`DbError::Inconsistent`] when the stored value does not fit the type.
pub async fn load<T: DeserializeOwned + Default>(rx: &mut Rx, key: &str) -> Result<T, DbError> {
    match rx
        .row("SELECT value FROM settings WHERE key = $1", params![key])
        .await?
    {
        Some(row) => row.json("value"),
        None => Ok(T::default()),
    }
}

/// Stores a value under `key`.
///
/// # Errors
/// Whatever the database says.
pub async fn save<T: Serialize>(
    tx: &mut Tx,
    ctx: &Ctx,
    key: &str,
    value: &T,
) -> Result<(), DbError> {
    let json = serde_json::to_value(value).unwrap_or_default();
    let sql = "INSERT INTO settings (key, value, updated_at, updated_by) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    tx.execute(sql, params![key, json, ctx.now(), ctx.actor().label()])
        .await?;
    tx.forget_recent();
    Ok(())
}
