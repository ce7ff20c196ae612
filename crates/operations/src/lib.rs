//! The only crate that knows several domains.
//!
//! [`flows`] write across them: one transaction each, domains called in one fixed order (cart, order, stock, money,
//! parcels, messages), so two flows never wait for each other in a circle. [`views`] only read. [`pricing`] puts
//! together what a cart costs; [`bundles`] how much there is of goods made of others, [`goods_csv`] goods as a file;
//! [`shop`] and [`payment_terms`] are what the shop has decided; [`background`] says which jobs and schedules run.

pub mod background;
pub mod bargaining;
pub mod bundles;
pub mod error;
pub mod flows;
pub mod followers;
pub mod gift;
pub mod goods_csv;
pub mod invariants;
pub mod packing;
pub mod payment_help;
pub mod payment_terms;
pub mod pricing;
pub mod retention;
pub mod search;
pub mod shop;
pub mod urgent;
pub mod usual_address;
pub mod views;

pub use error::FlowError;
