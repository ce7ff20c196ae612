//! Carts and orders on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

mod cart;
mod figures;
mod life;
mod lines;
mod money;
mod place;
mod search;
mod shop;
mod totals;
