//! The people who buy, and what they ask.
//!
//! [`account`] is what they sign in with, [`link`] proves in a letter who owns an address; [`customer`] keeps one row
//! for one person however they spell their address (invariant C7); [`inquiry`] keeps what was asked through the contact
//! form until somebody has answered. [`care`] keeps what the staff write down about a customer, [`contact`] changes what
//! is known of them, [`facts`] what their list sorts by. [`erasure`] forgets them.

pub mod account;
pub mod address_book;
pub mod care;
pub mod consent;
pub mod contact;
pub mod customer;
pub mod erasure;
pub mod error;
pub mod events;
pub mod facts;
pub mod inquiry;
pub mod link;

pub use customer::{Customer, NewCustomer};
pub use error::CustomersError;
pub use inquiry::{Inquiry, InquiryState, NewInquiry};
