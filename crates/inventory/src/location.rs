//! Places where stock lies. Goods leave from the place with the smallest priority number that has them.

use kernel::{Locale, LocationId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params, recent};
use schemars::JsonSchema;
use serde::Serialize;

use crate::InventoryError;

/// The code of the place that every shop begins with.
pub const DEFAULT_CODE: &str = "main";

/// A place where stock lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Location {
    /// Its key.
    pub id: LocationId,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Goods leave from the smallest number first.
    pub priority: i64,
    /// Since when it exists.
    pub created_at: Timestamp,
}

impl Location {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            code: row.get("code")?,
            name: row.get("name")?,
            priority: row.get("priority")?,
            created_at: row.get("created_at")?,
        })
    }
}

const INSERT: &str = "INSERT INTO locations (id, code, name, priority, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code) DO NOTHING";

/// Makes the shop's first place unless it exists, named in the language of the context.
///
/// # Errors
/// Whatever the database says.
pub async fn ensure_default(tx: &mut Tx, ctx: &Ctx) -> Result<LocationId, InventoryError> {
    let name = match ctx.locale() {
        Locale::Hant => "主倉",
        Locale::Hans => "主仓",
        Locale::En => "Main warehouse",
    };
    tx.execute(
        INSERT,
        params![LocationId::new(), DEFAULT_CODE, name, 0_i64, ctx.now()],
    )
    .await?;
    Ok(tx
        .scalar(
            "SELECT id FROM locations WHERE code = $1",
            params![DEFAULT_CODE],
        )
        .await?)
}

/// Adds a place.
///
/// # Errors
/// [`InventoryError::LocationCodeTaken`].
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    code: &str,
    name: &str,
    priority: i64,
) -> Result<LocationId, InventoryError> {
    let id = LocationId::new();
    tx.forget_recent();
    match tx
        .execute(INSERT, params![id, code, name, priority, ctx.now()])
        .await?
    {
        0 => Err(InventoryError::LocationCodeTaken(code.to_owned())),
        _ => Ok(id),
    }
}

/// All places in the order in which goods leave them.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx) -> Result<Vec<Location>, InventoryError> {
    let sql = "SELECT id, code, name, priority, created_at FROM locations ORDER BY priority, code";
    Ok(rx
        .rows(sql, &[])
        .await?
        .iter()
        .map(Location::from_row)
        .collect::<Result<_, _>>()?)
}

/// The place with this code.
///
/// # Errors
/// Whatever the database says.
pub async fn by_code(rx: &mut Rx, code: &str) -> Result<Option<Location>, InventoryError> {
    let sql = "SELECT id, code, name, priority, created_at FROM locations WHERE code = $1";
    Ok(rx
        .row(sql, params![code])
        .await?
        .as_ref()
        .map(Location::from_row)
        .transpose()?)
}

/// The place that goods leave first; commands that name no place mean this one.
///
/// # Errors
/// [`InventoryError::NoLocation`] in a shop without any.
pub async fn first(rx: &mut Rx) -> Result<LocationId, InventoryError> {
    let row = rx
        .row(
            "SELECT id FROM locations ORDER BY priority, code LIMIT 1",
            &[],
        )
        .await?;
    Ok(row.ok_or(InventoryError::NoLocation)?.get("id")?)
}

/// As [`first`], as it was at most a moment ago.
pub(crate) async fn first_recently(rx: &mut Rx, ctx: &Ctx) -> Result<LocationId, InventoryError> {
    Ok(*recent::recent(rx, ctx, "inventory.first_location", first).await?)
}

/// Refuses a place that does not exist.
pub(crate) async fn check(rx: &mut Rx, id: LocationId) -> Result<(), InventoryError> {
    let row = rx
        .row("SELECT 1 AS one FROM locations WHERE id = $1", params![id])
        .await?;
    row.map(|_| ()).ok_or(InventoryError::UnknownLocation(id))
}
