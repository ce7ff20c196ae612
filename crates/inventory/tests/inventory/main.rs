//! What stock promises, on SQLite and on PostgreSQL.

mod goods;
mod holds;
mod ledger;
mod limits;
mod model;
mod races;
