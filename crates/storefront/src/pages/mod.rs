//! One file per page or resource; each handler reads the request, calls one flow or view, and answers.

pub(crate) mod account;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod collection;
pub(crate) mod consent;
pub(crate) mod contact;
pub(crate) mod files;
pub(crate) mod home;
pub(crate) mod impressions;
pub(crate) mod lookup;
pub(crate) mod machine;
pub(crate) mod narrow;
pub(crate) mod order;
pub(crate) mod order_acts;
pub(crate) mod order_address;
pub(crate) mod page;
pub(crate) mod payment;
pub(crate) mod product;
pub(crate) mod recent;
pub(crate) mod search;
pub(crate) mod webhooks;
