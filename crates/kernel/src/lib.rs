//! The words of the trade, without input or output.
//!
//! What every other crate may know: [`Money`], typed ids, the [`Clock`], languages, quantities, addresses,
//! event names, permissions. Nothing here touches a database, a file, the network or the wall clock, and no
//! floating point number is reachable from money (invariant P13).

pub mod address;
pub mod address_form;
pub mod clock;
pub mod contact;
pub mod currency;
pub mod divisions;
pub mod event;
pub mod id;
pub mod locale;
pub mod money;
pub mod permission;
pub mod pickup;
pub mod quantity;

pub use address::Address;
pub use clock::{Clock, Timestamp};
pub use contact::{Email, Phone};
pub use currency::Currency;
pub use id::*;
pub use locale::{Locale, Texts};
pub use money::{Money, MoneyError};
pub use permission::{Permission, Permissions, Role};
pub use quantity::Quantity;
