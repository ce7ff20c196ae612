//! The schema: one ordered list of migrations for both databases; a file's name carries its domain.
//!
//! Written with PostgreSQL's type names and translated for SQLite (see `platform::db::Dialect::translate`). Money
//! columns are integers in minor units, times are microseconds since 1970, texts in several languages are JSON objects
//! keyed by language. Limits are CHECK constraints and unique keys, ledgers are append-only by trigger. A migration
//! that has been released is never edited; the start-up check compares checksums (invariant D12).

pub mod invariants;

pub use invariants::{INVARIANTS, Invariant};
use platform::db::Migration;

macro_rules! list {
    ($($name:literal),* $(,)?) => {
        /// All migrations in the order in which they run.
        pub const ALL: &[Migration] = &[
            $(Migration { name: $name, sql: include_str!(concat!("../sql/", $name, ".sql")) }),*
        ];
    };
}

list![
    "0001_platform",
    "0002_catalog",
    "0003_inventory",
    "0004_customers",
    "0005_orders",
    "0006_payments",
    "0007_fulfilment",
    "0008_engagement",
    "0009_insight",
    "0010_exchange",
    "0011_marketing",
];
