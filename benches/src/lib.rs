//! The load tool: what puts work on the program from outside and measures what comes back, and the limits that the
//! figures stand beside.
//!
//! It promises to be cheap, because on a small machine it runs beside the program it measures: one thread, requests
//! prepared as bytes, one reused buffer for each connection, no allocation per request. What it costs is part of every
//! figure it reports. A figure without its limit in the same minute says nothing: the web's limit is a hello-world
//! server ([`hello`]), a durable write's limits are the disk ([`fsync`]) and the same statements as raw SQL
//! ([`baseline`]).

mod answer;
pub mod baseline;
mod connection;
mod cpu;
mod drive;
pub mod flash_sale;
pub mod fsync;
pub mod hello;
mod histogram;
pub mod options;
pub mod program;
pub mod report;
pub mod shop;
pub mod shopper;
mod tally;

pub use connection::{Answer, Connection, Failure, request};
pub use drive::{Closed, Open, Requests, Worker, closed, open};
pub use histogram::Histogram;
pub use tally::Outcome;
