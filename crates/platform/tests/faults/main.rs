//! Faults below the trade: a worker that stands still, a disk without room, more work than there is room for.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

mod lease;
mod queue;
mod room;
