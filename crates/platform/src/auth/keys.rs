//! Keys for programs: made once, shown once, kept as a hash, limited to a role, revocable.

use kernel::{ApiKeyId, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Ctx, DbError, Rx, Tx, db::Row, params, secret};

/// A key as people see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ApiKey {
    /// The key.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, role, created_at, created_by, revoked_at";

fn from_row(row: &Row) -> Result<ApiKey, DbError> {
    Ok(ApiKey {
        id: row.get("id")?,
        name: row.get("name")?,
        role: row.parse("role")?,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        revoked_at: row.get("revoked_at")?,
    })
}

/// Makes a key and returns its text, which is never shown again.
///
/// # Errors
/// Whatever the database says.
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    name: &str,
    role: Role,
) -> Result<(ApiKeyId, String), DbError> {
    let (id, key) = (ApiKeyId::new(), format!("zg_{}", secret::random_token()));
    let sql = "INSERT INTO api_keys (id, name, role, key_hash, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)";
    let hash = secret::token_hash(&key);
    tx.execute_one(
        sql,
        params![id, name, role.code(), hash, ctx.now(), ctx.actor().label()],
    )
    .await?;
    tx.about(|| id.to_string());
    Ok((id, key))
}

/// The key behind a text, unless it was revoked.
///
/// # Errors
/// Whatever the database says.
pub async fn find(rx: &mut Rx, key: &str) -> Result<Option<ApiKey>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL");
    rx.row(&sql, params![secret::token_hash(key)])
        .await?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// All keys, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx) -> Result<Vec<ApiKey>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys ORDER BY created_at DESC");
    rx.rows(&sql, &[]).await?.iter().map(from_row).collect()
}

/// Ends a key at once. False when it is unknown or already revoked.
///
/// # Errors
/// Whatever the database says.
pub async fn revoke(tx: &mut Tx, ctx: &Ctx, id: ApiKeyId) -> Result<bool, DbError> {
    let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id, ctx.now()]).await? == 1)
}
