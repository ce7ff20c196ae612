//! The shop's pages through its router, on both databases: HTML and JSON of every page, every form happy and refused.
#![expect(clippy::unwrap_used, reason = "the helpers of a test speak by failing")]

mod accounts;
mod addresses;
mod blocks;
mod buying;
mod cards;
mod consent;
mod deciding;
mod filters;
mod gifts;
mod guards;
mod machines;
mod orders;
mod pages;
mod pickup;
mod presents;
mod service;
mod templates;
mod theme_guide;
mod themes;
mod visits;
mod world;
