//! The program: configuration, and the list of everything. No rule of the trade and no SQL lives here.
//!
//! [`App`] puts the house together. It is also the door for extensions: a crate of somebody else's adds migrations,
//! routes, followers of the stream and jobs through [`AppBuilder`] and has a `main` of its own.

pub mod app;
pub mod commands;
pub mod config;

pub use app::{App, AppBuilder};
pub use config::{Config, Flags};
