//! Writes across domains. One file per flow, named by what a person of the shop would call it; each opens one
//! transaction, calls the domains in the fixed order and returns.

pub mod account;
pub mod announce_delay;
pub mod answer_inquiry;
pub mod assist_order;
pub mod bulk_edit;
pub mod buyer_acts;
pub mod cart;
pub mod checkout;
pub mod collect_payment;
pub mod decide;
pub mod decide_care;
pub mod decide_gift;
pub mod deliver_parcel;
pub mod dress_shop;
pub mod drop_gift;
pub mod edit_order;
pub mod end_order;
pub mod erase_customer;
pub(crate) mod fetch_pictures;
pub mod hold_again;
pub mod make_bundle;
pub mod match_receipt;
pub mod pick_order;
pub mod place_order;
pub mod prioritise;
pub mod refund_order;
pub mod shelve;
pub mod ship_parcel;
pub mod tell;
pub mod tell_account;
pub mod undo_cancellation;
pub mod walk;
