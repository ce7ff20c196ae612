//! Carts, orders, their life and their lines.
//!
//! A cart is edited until an order is placed from it; placing closes it by the statement that also checks that it is
//! still the cart the shopper confirmed. An order's figures are computed by [`totals`] and never change afterwards.
//! [`life`] says which steps exist; each step is one conditional UPDATE and one row of history with who and why.

pub mod account;
pub mod cart;
pub mod cart_merge;
pub mod checkout;
mod codes;
pub mod concession;
pub mod delay;
pub mod draft;
pub mod erasure;
pub mod error;
pub mod events;
pub mod figures;
mod find;
pub mod history;
pub mod import;
pub mod life;
pub mod line;
mod line_part;
mod line_refund;
pub mod narrow;
pub mod note;
pub mod order;
pub mod payment_state;
pub mod priority;
pub mod retention;
pub mod search;
pub mod situation;
pub mod states;
pub mod steps;
pub mod terms;
pub mod totals;

pub use cart::{Cart, CartLine};
pub use checkout::CheckoutDraft;
pub use concession::{Concession, Discount};
pub use draft::OrderDraft;
pub use error::OrdersError;
pub use history::{Cause, HistoryRow};
pub use life::Act;
pub use line::OrderLine;
pub use line_part::LinePart;
pub use line_refund::RefundedUnits;
pub use narrow::{Narrow, OrderSort};
pub use order::Order;
pub use search::{FoundOrders, OrderQuery, OrderSummary, Tab};
pub use situation::Situation;
pub use states::{OrderState, PaymentMethod, PaymentState};
pub use totals::{PricedLine, TotalLine, Totals};
