//! The shop's settings: one JSON value per key, typed by whoever owns the key.

use kernel::Timestamp;
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
    tx.about(|| format!("setting:{key}"));
    tx.forget_recent();
    Ok(())
}

/// Changes a part of the value under `key`; the rest stays, also when somebody else changes another part meanwhile.
/// Returns the whole as it is now.
///
/// # Errors
/// What `change` says, or the database.
pub async fn change<T, E>(
    tx: &mut Tx,
    ctx: &Ctx,
    key: &str,
    change: impl FnOnce(&mut T) -> Result<(), E>,
) -> Result<T, E>
where
    T: Serialize + DeserializeOwned + Default,
    E: From<DbError>,
{
    let sql = format!(
        "SELECT value FROM settings WHERE key = $1{}",
        tx.dialect().for_update()
    );
    let row = tx.row(&sql, params![key]).await?;
    let mut value = row
        .map(|row| row.json("value"))
        .transpose()?
        .unwrap_or_default();
    change(&mut value)?;
    save(tx, ctx, key, &value).await?;
    Ok(value)
}

/// Who set the value under `key` last, and when; nothing when it was never set.
///
/// # Errors
/// Whatever the database says.
pub async fn last_change(rx: &mut Rx, key: &str) -> Result<Option<(Timestamp, String)>, DbError> {
    let sql = "SELECT updated_at, updated_by FROM settings WHERE key = $1";
    let row = rx.row(sql, params![key]).await?;
    row.map(|row| Ok((row.get("updated_at")?, row.get("updated_by")?)))
        .transpose()
}
