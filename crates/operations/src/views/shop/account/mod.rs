//! The account's pages: getting in, what a customer finds there, and what they change.

pub mod door;
pub mod orders;
pub mod overview;
pub mod settings;
