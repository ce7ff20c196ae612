//! What fulfilment promises, on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

mod delivery;
mod orders;
mod parcels;
mod zones;
