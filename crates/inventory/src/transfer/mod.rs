//! Transfers: goods on their way from one of the shop's places to another.
//!
//! A draft moves nothing. Sending takes the goods off the shelves of the one place, where only what no order holds can
//! go; from then on they are for sale nowhere. They arrive in as many parts as they come in. What never comes is booked
//! as missing and what came beyond is booked as a surplus, each with a reason. So for every transfer and variant,
//! sent = arrived + missing + on its way, in every committed state (invariant S12).

mod commands;

use std::{collections::HashMap, str::FromStr};

use kernel::{LocationId, StockTransferId, Timestamp, VariantId};
use platform::{
    DbError, Rx,
    db::{Row, Value, id_value, keyed},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use commands::{Arrival, TransferDraft, cancel, create, edit, receive, send};

use crate::InventoryError;

/// Kinds of goods in one transfer.
pub const LINES: usize = 200;
/// Characters of a note and of a reason.
const WORDS: usize = 300;

/// The life of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// Somebody puts it together; nothing has moved.
    Draft,
    /// The goods have left and are on their way, all or what has not arrived yet.
    Sent,
    /// Everything arrived or is booked as missing.
    Received,
    /// It was given up before anything left.
    Cancelled,
}

impl TransferState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Sent, Self::Received, Self::Cancelled];

    /// Every step that a transfer can take: from, to.
    pub const TABLE: [(Self, Self); 3] = [
        (Self::Draft, Self::Sent),
        (Self::Draft, Self::Cancelled),
        (Self::Sent, Self::Received),
    ];

    /// The state as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A text that names no state of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no state of a transfer")]
pub struct UnknownTransferState;

impl FromStr for TransferState {
    type Err = UnknownTransferState;

    fn from_str(text: &str) -> Result<Self, UnknownTransferState> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.code() == text)
            .ok_or(UnknownTransferState)
    }
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Transfer {
    /// Its key.
    pub id: StockTransferId,
    /// Its number for people.
    pub number: i64,
    /// Where the goods leave.
    pub from: LocationId,
    /// Where they go.
    pub to: LocationId,
    /// Where it stands in its life.
    pub state: TransferState,
    /// What somebody wrote about it.
    pub note: String,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When the goods left.
    pub sent_at: Option<Timestamp>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Who began it, as `kind:name`.
    pub actor: String,
    /// The goods, by variant.
    pub lines: Vec<TransferLine>,
}

/// Units of one variant in a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferLine {
    /// What.
    pub variant_id: VariantId,
    /// How many leave.
    pub quantity: i64,
    /// How many of them arrived.
    pub received: i64,
    /// How many of them never came.
    pub missing: i64,
}

impl TransferLine {
    /// Units that neither arrived nor are given up.
    #[must_use]
    pub const fn open(&self) -> i64 {
        self.quantity - self.received - self.missing
    }
}

/// What happened to a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferStep {
    /// `created`, `sent`, `received`, `missing`, `surplus`, `closed` or `cancelled`.
    pub step: String,
    /// The goods it is about.
    pub variant_id: Option<VariantId>,
    /// How many units.
    pub quantity: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Who, as `kind:name`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

impl Transfer {
    pub(crate) const SELECT: &str = "SELECT id, number, from_id, to_id, state, note, created_at, sent_at, closed_at, actor FROM stock_transfers";

    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            from: row.get("from_id")?,
            to: row.get("to_id")?,
            state: row.parse("state")?,
            note: row.get("note")?,
            created_at: row.get("created_at")?,
            sent_at: row.get("sent_at")?,
            closed_at: row.get("closed_at")?,
            actor: row.get("actor")?,
            lines: Vec::new(),
        })
    }
}

/// The transfer with its goods.
///
/// # Errors
/// [`InventoryError::UnknownTransfer`].
pub async fn by_id(rx: &mut Rx, id: StockTransferId) -> Result<Transfer, InventoryError> {
    let sql = format!("{} WHERE id = $1", Transfer::SELECT);
    let row = rx.row(&sql, params![id]).await?;
    let mut transfer = Transfer::from_row(&row.ok_or(InventoryError::UnknownTransfer(id))?)?;
    transfer.lines = lines_of(rx, id).await?;
    Ok(transfer)
}

pub(crate) async fn lines_of(
    rx: &mut Rx,
    id: StockTransferId,
) -> Result<Vec<TransferLine>, DbError> {
    let sql = "SELECT variant_id, quantity, received, missing FROM stock_transfer_lines WHERE transfer_id = $1 ORDER BY variant_id";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter()
        .map(|row| {
            Ok(TransferLine {
                variant_id: row.get("variant_id")?,
                quantity: row.get("quantity")?,
                received: row.get("received")?,
                missing: row.get("missing")?,
            })
        })
        .collect()
}

/// Everything that happened to a transfer, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn steps(rx: &mut Rx, id: StockTransferId) -> Result<Vec<TransferStep>, InventoryError> {
    let sql = "SELECT step, variant_id, quantity, reason, actor, at FROM stock_transfer_steps WHERE transfer_id = $1 ORDER BY seq";
    let rows = rx.rows(sql, params![id]).await?;
    let read = |row: &Row| {
        Ok::<_, DbError>(TransferStep {
            step: row.get("step")?,
            variant_id: row.get("variant_id")?,
            quantity: row.get("quantity")?,
            reason: row.get("reason")?,
            actor: row.get("actor")?,
            at: row.get("at")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Units of each variant that are on their way to a place; a variant of which none are is not in the answer.
///
/// # Errors
/// Whatever the database says.
pub async fn on_the_way(
    rx: &mut Rx,
    variants: &[VariantId],
) -> Result<HashMap<(VariantId, LocationId), i64>, InventoryError> {
    let sql = "SELECT l.variant_id, t.to_id, SUM(l.quantity - l.received - l.missing) AS units FROM stock_transfer_lines l \
               JOIN stock_transfers t ON t.id = l.transfer_id WHERE t.state = 'sent' AND l.variant_id IN ({keys}) \
               GROUP BY l.variant_id, t.to_id";
    let mut found = HashMap::new();
    for part in variants.chunks(256) {
        let ids: Vec<Value> = part.iter().map(|id| id_value(*id)).collect();
        let (sql, ids) = keyed(sql, &[], &ids);
        for row in rx.rows(&sql, &ids).await? {
            let units: i64 = row.get("units")?;
            if units > 0 {
                found.insert((row.get("variant_id")?, row.get("to_id")?), units);
            }
        }
    }
    Ok(found)
}
