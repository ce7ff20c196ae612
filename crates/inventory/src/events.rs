//! Payloads of the events that stock emits, version 1 each.

use kernel::{HoldId, LocationId, OrderId, StockEntryId, StockTransferId, Timestamp, VariantId};
use serde::{Deserialize, Serialize};

use crate::{EntryKind, HoldEnd};

/// Units of one variant at one place that a hold covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldUnits {
    /// The hold.
    pub hold_id: HoldId,
    /// What is held.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// How many.
    pub quantity: i64,
}

/// `Stock Held`, about the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockHeld {
    /// For whom.
    pub order_id: OrderId,
    /// Why, as a code: `order_placed`, `cash_on_delivery`, …
    pub reason: String,
    /// Until when; without end once it is certain that the goods will leave.
    pub expires_at: Option<Timestamp>,
    /// What.
    pub holds: Vec<HeldUnits>,
}

/// `Stock Released`, about the order: stock went back on sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReleased {
    /// Whose hold it was.
    pub order_id: OrderId,
    /// Whether somebody gave it up or its time ran out.
    pub end: HoldEnd,
    /// Why, as a code: `cancelled`, `payment_expired`, …
    pub reason: String,
    /// What.
    pub holds: Vec<HeldUnits>,
}

/// `Stock Moved`, about the order: what is kept for it is kept at another place now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMoved {
    /// For whom.
    pub order_id: OrderId,
    /// Where it is kept now.
    pub to: LocationId,
    /// Where it was kept before.
    pub holds: Vec<HeldUnits>,
}

/// Units of one variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// What.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: i64,
}

/// `Transfer Sent` and `Transfer Received`, about the transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferMoved {
    /// The transfer.
    pub transfer_id: StockTransferId,
    /// Where the goods came from.
    pub from: LocationId,
    /// Where they go.
    pub to: LocationId,
    /// What left, or arrived.
    pub units: Vec<Units>,
}

/// `Stock Adjusted`, about the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockAdjusted {
    /// What.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// The entry of the ledger.
    pub entry_id: StockEntryId,
    /// What kind of change.
    pub kind: EntryKind,
    /// By how many units.
    pub delta: i64,
    /// Why, as a code: `received`, `damaged`, …
    pub reason: String,
    /// Units there after the change.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
}

/// `Stock Low`, about the variant: what can still be sold at a place fell to its alert level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLow {
    /// What.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// Units that can still be sold.
    pub available: i64,
    /// Units on the shelf, reserved ones included.
    pub on_hand: i64,
    /// The alert level.
    pub low_at: i64,
}
