//! What shoppers read: one file per page, each with the struct that is both the page's variables and its JSON answer.
//!
//! Every field of these structs is part of the public API. Reads take few statements: what changes seldom (the shop's
//! decisions, delivery methods, the navigation) comes from [`facts::Facts`], which the caller keeps for a moment.

pub mod account;
pub mod address;
pub mod blocks;
pub mod card;
pub mod card_payment;
pub mod cart;
pub mod checkout;
pub mod collection;
pub mod consent;
pub mod contact;
pub mod facts;
pub mod filters;
pub mod gift_offer;
pub mod home;
pub mod lookup;
pub mod order;
pub mod order_address;
pub mod order_payment;
pub mod order_steps;
pub mod page;
pub mod parts;
pub mod payment;
pub mod product;
pub mod recent;
pub mod related;
pub mod result;
pub mod schema_org;
pub mod search;
pub mod service;
pub mod sitemap;
