//! The account's pages: getting in, what a customer finds there, and what they change.

pub mod addresses;
pub mod door;
pub mod erasure;
pub mod export;
pub mod messages;
pub mod orders;
pub mod overview;
pub mod settings;
