//! Plumbing that knows no business word.
//!
//! Database lanes ([`db`]), the context of every command ([`Ctx`]), the event stream ([`events`]), durable jobs
//! ([`jobs`]), the web ([`web`]), templates and words, staff sign-in and keys ([`auth`]), mail, files, settings and
//! telemetry, lists that people sort, filter and take away ([`list`]), the audit log ([`audit`]), taking personal words back
//! from what is append-only ([`erasing`]), themes ([`theme`]), masking card numbers that somebody typed ([`cards`]).
//! Domains build on this crate; it knows none of them.

pub mod audit;
pub mod auth;
pub mod cards;
pub mod ctx;
pub mod db;
pub mod erasing;
pub mod events;
pub mod files;
pub mod jobs;
pub mod list;
pub mod outgoing;
pub mod page;
pub mod pictures;
pub mod recent;
pub mod rich;
pub mod secret;
pub mod settings;
pub mod telemetry;
pub mod theme;
pub mod web;
pub mod words;
pub mod zone;

pub use ctx::{Actor, Ctx, Visit};
pub use db::{Db, DbError, Rx, Tx};
pub use page::{Cursor, Page};
pub use zone::ShopZone;
