//! The flows across all domains, on SQLite and on PostgreSQL; every invariant is asked at the end of each test.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test speaks by failing"
)]

mod accounts;
mod bulk;
mod bundles;
mod buyer;
mod cases;
mod clock;
mod confirm;
mod edits;
mod ends;
mod erasure;
mod expiry;
mod files;
mod gifts;
mod jobs;
mod keys;
mod lane;
mod limits;
mod lives;
mod money;
mod provider;
mod refunds;
mod scarce;
mod shelves;
mod shop;
mod taxes;
mod undo;
mod wrap;
