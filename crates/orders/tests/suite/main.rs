//! Carts and orders on both databases.

mod cart;
mod figures;
mod life;
mod lines;
mod money;
mod place;
mod scale;
mod search;
mod shop;
mod totals;
