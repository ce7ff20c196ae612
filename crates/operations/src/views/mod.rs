//! Reads across domains, as the pages and programs see them. Every struct here is part of the public API.

pub mod admin;
pub mod erasure;
pub mod payment;
pub mod shelf;
pub mod shop;
