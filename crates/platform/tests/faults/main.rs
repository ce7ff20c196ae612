//! Faults below the trade: a worker that stands still, a disk without room, more work than there is room for.

mod lease;
mod queue;
mod room;
