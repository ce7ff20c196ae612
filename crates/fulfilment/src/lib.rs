//! From the shelf to the door: ways to deliver and what they cost, when goods leave and arrive, parcels and who
//! carries them.
//!
//! Owns the tables `delivery_methods`, `delivery_zones` with `delivery_rates`, and `parcels` with `parcel_lines`. One promise is used everywhere: the product
//! page, the cart, the order and the warehouse ask the same pure functions of [`promise`]. It never touches stock and
//! never decides what an order may do; it does not talk to carriers.

pub mod calendar;
pub mod carrier;
pub mod delivery;
pub mod error;
pub mod events;
pub mod hours;
pub mod office_calendar;
pub mod parcel;
pub mod pickup;
pub mod promise;
mod reach;
pub mod zone;

pub use calendar::ShopCalendar;
pub use delivery::{DeliveryMethod, DeliveryQuote};
pub use error::FulfilmentError;
pub use hours::BusinessHours;
pub use parcel::{Parcel, ParcelState};
pub use pickup::PickupTerms;
pub use promise::Promise;
pub use zone::{Place, Tariff};
