//! The people who buy, and what they ask.
//!
//! [`customer`] keeps one row for one person however they spell their address (invariant C7); [`inquiry`] keeps what
//! was asked through the contact form until somebody has answered.

pub mod customer;
pub mod error;
pub mod events;
pub mod inquiry;

pub use customer::{Customer, NewCustomer};
pub use error::CustomersError;
pub use inquiry::{Inquiry, InquiryState, NewInquiry};
