//! Holds: stock reserved for an order, from the moment it is placed until the goods leave, somebody gives it up or
//! its time runs out.

mod commands;
mod rules;
mod store;

use std::str::FromStr;

use kernel::{HoldId, LocationId, OrderId, Timestamp, VariantId};
use platform::{DbError, Rx, db::Row, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use commands::{
    commit, commit_from, extend, release, release_quantity, replace, reserve, reserve_near,
};

use crate::InventoryError;

/// The life of a hold.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Stock is kept for the order.
    Held,
    /// The goods left.
    Committed,
    /// Somebody gave it up: the order was cancelled, or part of it.
    Released,
    /// Its time ran out.
    Expired,
}

impl HoldState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Held, Self::Committed, Self::Released, Self::Expired];

    /// Every step that a hold can take: from, to (invariant S4).
    pub const TABLE: [(Self, Self); 3] = [
        (Self::Held, Self::Committed),
        (Self::Held, Self::Released),
        (Self::Held, Self::Expired),
    ];

    /// The state as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }
}

/// A text that names no state of a hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no state of a hold")]
pub struct UnknownState;

impl FromStr for HoldState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or(UnknownState)
    }
}

/// How a hold ends without a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldEnd {
    /// Somebody gave it up.
    Released,
    /// Its time ran out.
    Expired,
}

impl HoldEnd {
    /// The state that the hold is in afterwards.
    #[must_use]
    pub const fn state(self) -> HoldState {
        match self {
            Self::Released => HoldState::Released,
            Self::Expired => HoldState::Expired,
        }
    }
}

/// Whether a command did its work, or found it done (invariant S4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did it.
    Done,
    /// It was done before; nothing was written.
    Already,
}

/// A hold as people see it: what, where, until when, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hold {
    /// Its key.
    pub id: HoldId,
    /// For whom.
    pub order_id: OrderId,
    /// What.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// The name of that place.
    pub location_name: String,
    /// How many.
    pub quantity: i64,
    /// Where it stands in its life.
    pub state: HoldState,
    /// Why it is held, as a code: `order_placed`, `order_paid`, `cash_on_delivery`, …
    pub reason: String,
    /// Until when; without end once it is certain that the goods will leave.
    pub expires_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Why it ended, as a code: `shipped`, `cancelled`, `payment_expired`, …
    pub closed_reason: Option<String>,
}

impl Hold {
    const SELECT: &str = "SELECT h.id, h.order_id, h.variant_id, h.location_id, p.name AS location_name, h.quantity, h.state, h.reason, \
         h.expires_at, h.created_at, h.closed_at, h.closed_reason FROM holds h JOIN locations p ON p.id = h.location_id";

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            order_id: row.get("order_id")?,
            variant_id: row.get("variant_id")?,
            location_id: row.get("location_id")?,
            location_name: row.get("location_name")?,
            quantity: row.get("quantity")?,
            state: row.parse("state")?,
            reason: row.get("reason")?,
            expires_at: row.get("expires_at")?,
            created_at: row.get("created_at")?,
            closed_at: row.get("closed_at")?,
            closed_reason: row.get("closed_reason")?,
        })
    }
}

/// Everything that was ever held for an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Hold>, InventoryError> {
    let sql = format!(
        "{} WHERE h.order_id = $1 ORDER BY h.created_at, h.variant_id, h.location_id, h.id",
        Hold::SELECT
    );
    Ok(rx
        .rows(&sql, params![order_id])
        .await?
        .iter()
        .map(Hold::from_row)
        .collect::<Result<_, _>>()?)
}

/// What is held of a variant at present, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn open_of(rx: &mut Rx, variant_id: VariantId) -> Result<Vec<Hold>, InventoryError> {
    let sql = format!(
        "{} WHERE h.variant_id = $1 AND h.state = 'held' ORDER BY h.created_at, h.id",
        Hold::SELECT
    );
    Ok(rx
        .rows(&sql, params![variant_id])
        .await?
        .iter()
        .map(Hold::from_row)
        .collect::<Result<_, _>>()?)
}
