//! Stock: where it lies, what moved it, and who has it on hold.
//!
//! Owns the tables `locations`, `stock`, `stock_ledger`, `holds` and `stock_transfers` with its lines and steps. It promises that stock on hand is the sum of its
//! ledger and reserved stock the sum of its open holds in every committed state, that the statement which takes
//! stock is the one that checks it, that a hold ends once, and that a command which refuses has written nothing, so
//! that a flow may carry on in the same transaction. It never knows what an order is worth, and never waits: expiry
//! is a command that somebody calls.
//!
//! Locks are taken in one order: places, a transfer, an order's open holds, then stock by variant and location.

pub mod error;
pub mod events;
pub mod hold;
pub mod ledger;
pub mod location;
mod place;
pub mod stock;
pub mod transfer;

pub use error::{InventoryError, Shortage};
pub use hold::{Hold, HoldEnd, HoldState, Outcome};
pub use ledger::{Entry, EntryKind};
pub use location::{Location, PlaceState};
pub use stock::{Adjustment, Level};
pub use transfer::Transfer;

/// The most units that one command may move, hold or count.
pub const MAX_UNITS: i64 = 1_000_000_000;
