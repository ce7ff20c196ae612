//! What happens in the shop, read as people at five points: shown, arrived, inquired, ordered, paid.
//!
//! [`source`] and [`device`] name where a visit came from and on what; [`intake`] writes what pages saw without making
//! a page wait; [`funnel`] and [`daily`] count straight from the stream of events; [`listing`] looks at one product's
//! card. Events are decoded here with this crate's own structs, so no other domain is needed to read them.

pub mod daily;
pub mod device;
pub mod error;
pub mod events;
pub mod funnel;
pub mod intake;
pub mod listing;
pub mod metric;
pub mod range;
pub mod recent;
pub mod source;

pub use device::Device;
pub use error::InsightError;
pub use range::Range;
pub use source::{SourceCode, Utm};
