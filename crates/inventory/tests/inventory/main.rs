//! What stock promises, on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

mod goods;
mod holds;
mod ledger;
mod limits;
mod model;
mod places;
mod races;
mod transfers;
