//! The ledger: every movement of stock as one immutable entry. A correction is a new entry that names the one it
//! reverses, and an entry is reversed at most once (invariant S11).

use std::{collections::HashMap, str::FromStr};

use kernel::{LocationId, OrderId, StockEntryId, StockTransferId, Timestamp, VariantId};
use platform::{Ctx, DbError, Rx, Tx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::InventoryError;

/// What moved stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// What was there when the books were opened.
    Opening,
    /// Goods came in.
    Receipt,
    /// Damage, loss, a find, samples, mistakes.
    Adjustment,
    /// Goods left for an order.
    Sale,
    /// Goods came back from an order.
    Return,
    /// The difference that a count found.
    Count,
    /// Goods went from one place to another.
    Transfer,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Opening,
        Self::Receipt,
        Self::Adjustment,
        Self::Sale,
        Self::Return,
        Self::Count,
        Self::Transfer,
    ];

    /// The kind as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Receipt => "receipt",
            Self::Adjustment => "adjustment",
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Count => "count",
            Self::Transfer => "transfer",
        }
    }

    /// Whether an entry of this kind, which reverses nothing, may change stock by `delta`.
    #[must_use]
    pub const fn allows(self, delta: i64) -> bool {
        match self {
            Self::Sale => delta < 0,
            Self::Receipt | Self::Return => delta > 0,
            Self::Opening | Self::Adjustment | Self::Count | Self::Transfer => delta != 0,
        }
    }
}

/// A text that names no kind of entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no kind of stock entry")]
pub struct UnknownKind;

impl FromStr for EntryKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.code() == text)
            .ok_or(UnknownKind)
    }
}

/// An entry as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Entry {
    /// Its key.
    pub id: StockEntryId,
    /// Where.
    pub location_id: LocationId,
    /// The name of that place.
    pub location_name: String,
    /// Units added, or with a minus taken away.
    pub quantity: i64,
    /// Units on hand at that place right after this entry, in the order of (effective time, id).
    pub balance: i64,
    /// What kind of movement.
    pub kind: EntryKind,
    /// Why, as a code.
    pub reason: String,
    /// The order that it belongs to.
    pub order_id: Option<OrderId>,
    /// The transfer between two places that it belongs to.
    pub transfer_id: Option<StockTransferId>,
    /// The entry that it reverses.
    pub reverses: Option<StockEntryId>,
    /// When it happened.
    pub effective_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Who wrote it down, as `kind:name`.
    pub actor: String,
}

/// A variant's movements, newest first by (effective time, id), each with the balance of its place after it.
///
/// # Errors
/// Whatever the database says.
pub async fn of(
    rx: &mut Rx,
    variant_id: VariantId,
    limit: i64,
) -> Result<Vec<Entry>, InventoryError> {
    let sql = "SELECT l.id, l.location_id, p.name AS location_name, l.quantity, l.kind, l.reason, l.order_id, l.transfer_id, l.reverses_id, \
               l.effective_at, l.recorded_at, l.actor, s.on_hand FROM stock_ledger l \
               JOIN stock s ON s.variant_id = l.variant_id AND s.location_id = l.location_id \
               JOIN locations p ON p.id = l.location_id WHERE l.variant_id = $1 ORDER BY l.effective_at DESC, l.id DESC LIMIT $2";
    // The newest entry of a place ends at what is on hand there; going back, each one takes its own share away again.
    let mut balances: HashMap<LocationId, i64> = HashMap::new();
    let mut entries = Vec::new();
    for row in rx.rows(sql, params![variant_id, limit]).await? {
        let (location_id, quantity): (LocationId, i64) =
            (row.get("location_id")?, row.get("quantity")?);
        let on_hand = row.get("on_hand")?;
        let before = balances.entry(location_id).or_insert(on_hand);
        let balance = *before;
        *before -= quantity;
        entries.push(Entry {
            id: row.get("id")?,
            location_id,
            location_name: row.get("location_name")?,
            quantity,
            balance,
            kind: row.parse("kind")?,
            reason: row.get("reason")?,
            order_id: row.get("order_id")?,
            transfer_id: row.get("transfer_id")?,
            reverses: row.get("reverses_id")?,
            effective_at: row.get("effective_at")?,
            recorded_at: row.get("recorded_at")?,
            actor: row.get("actor")?,
        });
    }
    Ok(entries)
}

/// Units on hand at a place at an instant: the sum of all entries that were effective by then (invariant S2).
///
/// # Errors
/// Whatever the database says.
pub async fn balance_at(
    rx: &mut Rx,
    variant_id: VariantId,
    location_id: LocationId,
    at: Timestamp,
) -> Result<i64, InventoryError> {
    let sql = "SELECT COALESCE(SUM(quantity), 0) AS balance FROM stock_ledger \
               WHERE variant_id = $1 AND location_id = $2 AND effective_at <= $3";
    Ok(rx.scalar(sql, params![variant_id, location_id, at]).await?)
}

/// An entry about to be written.
pub(crate) struct NewEntry<'a> {
    pub(crate) id: StockEntryId,
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) quantity: i64,
    pub(crate) kind: EntryKind,
    pub(crate) reason: &'a str,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) transfer_id: Option<StockTransferId>,
    pub(crate) effect_key: Option<&'a str>,
    pub(crate) reverses: Option<StockEntryId>,
    pub(crate) effective_at: Timestamp,
}

/// Writes an entry. False when its effect, or the reversal of the entry it names, is in the ledger already.
pub(crate) async fn write(tx: &mut Tx, ctx: &Ctx, entry: &NewEntry<'_>) -> Result<bool, DbError> {
    let sql = "INSERT INTO stock_ledger (id, variant_id, location_id, quantity, kind, reason, order_id, transfer_id, effect_key, \
               reverses_id, effective_at, recorded_at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    let values = params![
        entry.id,
        entry.variant_id,
        entry.location_id,
        entry.quantity,
        entry.kind.code(),
        entry.reason,
        entry.order_id,
        entry.transfer_id,
        entry.effect_key,
        entry.reverses,
        entry.effective_at,
        ctx.now(),
        ctx.actor().label()
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// What an entry did, for repeating and reversing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Movement {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) quantity: i64,
    pub(crate) kind: EntryKind,
}

const MOVEMENT: &str = "SELECT id, variant_id, location_id, quantity, kind FROM stock_ledger";

/// The movement that an effect key stands for.
pub(crate) async fn by_effect(rx: &mut Rx, effect_key: &str) -> Result<Option<Movement>, DbError> {
    movement(
        rx,
        &format!("{MOVEMENT} WHERE effect_key = $1"),
        params![effect_key],
    )
    .await
}

/// The movement of an entry.
pub(crate) async fn by_id(rx: &mut Rx, id: StockEntryId) -> Result<Option<Movement>, DbError> {
    movement(rx, &format!("{MOVEMENT} WHERE id = $1"), params![id]).await
}

/// Whether some entry reverses this one.
pub(crate) async fn is_reversed(rx: &mut Rx, id: StockEntryId) -> Result<bool, DbError> {
    Ok(rx
        .row(
            "SELECT 1 AS one FROM stock_ledger WHERE reverses_id = $1",
            params![id],
        )
        .await?
        .is_some())
}

async fn movement(
    rx: &mut Rx,
    sql: &str,
    params: &[platform::db::Value],
) -> Result<Option<Movement>, DbError> {
    let Some(row) = rx.row(sql, params).await? else {
        return Ok(None);
    };
    Ok(Some(Movement {
        variant_id: row.get("variant_id")?,
        location_id: row.get("location_id")?,
        quantity: row.get("quantity")?,
        kind: row.parse("kind")?,
    }))
}
