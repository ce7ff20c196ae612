//! Collecting money and giving it back, on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests speak by failing"
)]

mod attempts;
mod bank;
mod books;
mod misfits;
mod provider;
mod refunds;
mod stripe_messages;
mod support;
