//! What can be wrong with stock, as business facts.

use kernel::{LocationId, OrderId, StockEntryId, StockTransferId, VariantId};
use platform::DbError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::EntryKind;

/// A variant of which there is less than somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// The variant.
    pub variant_id: VariantId,
    /// Units wanted by the whole request.
    pub wanted: i64,
    /// Units that could be had, never negative.
    pub available: i64,
}

/// Why a command of this domain refused. Except for [`InventoryError::Db`], and except where a command says that its
/// caller must roll back, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// There is not enough to hold.
    #[error("out of stock: {short:?}")]
    OutOfStock {
        /// Each variant that is short.
        short: Vec<Shortage>,
    },
    /// The order holds less than should leave or be given up; its hold may have ended already.
    #[error("{order_id} does not hold that much: {short:?}")]
    NotHeld {
        /// The order.
        order_id: OrderId,
        /// Each variant, with what the order still holds as `available`.
        short: Vec<Shortage>,
    },
    /// The order holds this stock already.
    #[error("{order_id} holds stock already")]
    AlreadyHeld {
        /// The order.
        order_id: OrderId,
    },
    /// The change would leave less on hand than is reserved for orders.
    #[error(
        "{variant_id} at {location_id}: {on_hand} on hand, {reserved} reserved, cannot change by {delta}"
    )]
    BelowReserved {
        /// The variant.
        variant_id: VariantId,
        /// The place.
        location_id: LocationId,
        /// Units there.
        on_hand: i64,
        /// Units reserved for orders.
        reserved: i64,
        /// The change that was refused.
        delta: i64,
    },
    /// Zero, negative or absurd units, or none at all.
    #[error("a number of units must be between 1 and {}", crate::MAX_UNITS)]
    InvalidQuantity,
    /// A receipt or return that takes away, or a sale that adds.
    #[error("a {} cannot change stock by {delta}", kind.code())]
    WrongSign {
        /// The kind of entry.
        kind: EntryKind,
        /// The change that was refused.
        delta: i64,
    },
    /// The shop has no place for stock yet.
    #[error("there is no location")]
    NoLocation,
    /// There is no such place.
    #[error("there is no {0}")]
    UnknownLocation(LocationId),
    /// There is no such variant.
    #[error("there is no {0}")]
    UnknownVariant(VariantId),
    /// Another place has this code.
    #[error("a location with the code {0:?} exists already")]
    LocationCodeTaken(String),
    /// There is no such entry of the ledger.
    #[error("there is no {0}")]
    UnknownEntry(StockEntryId),
    /// The entry was reversed before (invariant S11).
    #[error("{0} was reversed already")]
    AlreadyReversed(StockEntryId),
    /// A correction must be the exact opposite of the entry it names.
    #[error("not the opposite of {0}")]
    NotAReversal(StockEntryId),
    /// One effect key was used for two different things.
    #[error("the effect {0:?} was another one")]
    EffectReused(String),
    /// Orders wait for goods that are not there, so selling beyond stock cannot be turned off.
    #[error("{variant_id} at {location_id} is sold beyond its stock")]
    BackorderInUse {
        /// The variant.
        variant_id: VariantId,
        /// The place.
        location_id: LocationId,
    },
    /// What somebody decided about a place cannot be.
    #[error("{field}: {key}")]
    PlaceInvalid {
        /// The field.
        field: &'static str,
        /// The Fluent key of the reason.
        key: &'static str,
    },
    /// The place is closed.
    #[error("{0} is closed")]
    PlaceClosed(LocationId),
    /// Goods lie there, or are on their way there or from there.
    #[error("{0} is not empty")]
    PlaceNotEmpty(LocationId),
    /// No other place ships, so nothing could be sold any more.
    #[error("no other place ships")]
    LastPlace,
    /// There is no such transfer.
    #[error("there is no {0}")]
    UnknownTransfer(StockTransferId),
    /// The transfer is not in a state in which this can be done.
    #[error("{0} has gone too far for that, or not far enough")]
    TransferState(StockTransferId),
    /// The transfer has no goods, too many kinds, or goes nowhere.
    #[error("{field}: {key}")]
    TransferInvalid {
        /// The field.
        field: &'static str,
        /// The Fluent key of the reason.
        key: &'static str,
    },
    /// A page mark that this list did not give out.
    #[error("not a cursor of this list")]
    InvalidCursor,
    /// The database failed; the transaction is over.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl InventoryError {
    /// The Fluent key of the sentence for people.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::OutOfStock { .. } => "error-out-of-stock",
            Self::NotHeld { .. } => "error-stock-not-held",
            Self::AlreadyHeld { .. } => "error-stock-already-held",
            Self::BelowReserved { .. } => "error-stock-below-reserved",
            Self::InvalidQuantity => "error-stock-quantity",
            Self::WrongSign { .. } => "error-stock-wrong-sign",
            Self::NoLocation => "error-stock-no-location",
            Self::UnknownLocation(_) => "error-stock-unknown-location",
            Self::UnknownVariant(_) => "error-stock-unknown-variant",
            Self::LocationCodeTaken(_) => "error-location-code-taken",
            Self::UnknownEntry(_) => "error-stock-unknown-entry",
            Self::AlreadyReversed(_) => "error-stock-already-reversed",
            Self::NotAReversal(_) => "error-stock-not-a-reversal",
            Self::EffectReused(_) => "error-stock-effect-reused",
            Self::BackorderInUse { .. } => "error-stock-backorder-in-use",
            Self::PlaceInvalid { key, .. } | Self::TransferInvalid { key, .. } => key,
            Self::PlaceClosed(_) => "error-location-closed",
            Self::PlaceNotEmpty(_) => "error-location-not-empty",
            Self::LastPlace => "error-location-last",
            Self::UnknownTransfer(_) => "error-transfer-unknown",
            Self::TransferState(_) => "error-transfer-state",
            Self::InvalidCursor => "error-cursor",
            Self::Db(error) if error.is_busy() => "error-busy",
            Self::Db(_) => "error-internal",
        }
    }
}
