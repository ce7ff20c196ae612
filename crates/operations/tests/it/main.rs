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
mod confirm;
mod edits;
mod ends;
mod expiry;
mod files;
mod jobs;
mod keys;
mod lane;
mod lives;
mod money;
mod provider;
mod refunds;
mod scarce;
mod shelves;
mod shop;
mod taxes;
