//! The back office as people and programs meet it: its doors, its pages in both representations, its forms.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

mod access;
mod audit;
mod canary;
mod cards;
mod care;
mod cases;
mod collections;
mod customers;
mod desk;
mod doors;
mod erasure;
mod gifts;
mod goods;
mod goods_pictures;
mod help;
mod inquiries;
mod lists;
mod many;
mod money;
mod order_drafts;
mod order_edit;
mod orders;
mod pages;
mod pickup;
mod pictures;
mod presents;
mod second_step;
mod service;
mod settings;
mod shop_pages;
mod staff;
mod start;
mod system;
mod templates;
mod themes;
mod warehouses;
