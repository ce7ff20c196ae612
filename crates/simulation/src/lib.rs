//! Seeded shoppers through the real commands, and the demo shop they visit.
//!
//! [`open_shop`] sets up the demo shop as a merchant would, [`open_assortment`] with as many generated products as
//! somebody wants instead of its own; [`run`] lets shoppers and staff live in it for some days,
//! faster than life: they browse, ask, fill carts, drop off, order, get declined, pay late, come back; staff match
//! transfers, pick, ship. Everything goes through the same flows as real life, at the simulated instant, and every
//! figure depends on the seed alone.

mod assortment;
mod browse;
pub mod content;
mod crowd;
mod decide;
mod desk;
mod engine;
mod open_shop;
mod pages;
pub mod pictures;
mod shelves;
mod visit;
mod warehouse;
mod zones;

pub use assortment::{Assortment, EVERYTHING, Stocked, open_assortment};
pub use crowd::MAIL_DOMAIN;
pub use desk::leave_work;
pub use engine::{Plan, Report, run, trickle};
pub use open_shop::{Opened, open_shop, restock};

/// Why a simulation stopped.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A command refused what it must accept.
    #[error(transparent)]
    Flow(#[from] operations::FlowError),
    /// The database.
    #[error(transparent)]
    Db(#[from] platform::DbError),
    /// A picture could not be kept.
    #[error("keeping a picture: {0}")]
    Files(#[from] std::io::Error),
    /// The built-in content cannot be read.
    #[error("content: {0}")]
    Content(#[from] serde_json::Error),
    /// An assortment was wanted where there is a shop already.
    #[error(
        "the shop has goods, collections or ways to deliver already; products are made in an empty one only"
    )]
    NotEmpty,
    /// There is nothing for sale.
    #[error("the shop has nothing for sale")]
    NothingForSale,
}
