//! Collecting money and giving it back, on SQLite and on PostgreSQL.

mod attempts;
mod bank;
mod books;
mod misfits;
mod provider;
mod refunds;
mod support;
