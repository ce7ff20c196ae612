//! What can keep a cart or an order from changing, as facts that a page can explain.

use kernel::{MoneyError, OrderId, OrderLineId, Quantity};
use platform::DbError;

use crate::{Act, OrderState, PaymentState};

/// Why a command on a cart or an order was refused. A refused command writes nothing.
#[derive(Debug, thiserror::Error)]
pub enum OrdersError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// An amount does not fit, or two currencies met (O3, O6).
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// There is no such cart.
    #[error("no such cart")]
    CartNotFound,
    /// An order was already placed from the cart.
    #[error("the cart was already ordered")]
    CartClosed {
        /// The order that was placed from it.
        order_id: Option<OrderId>,
    },
    /// The cart is no longer the one whose figures the shopper confirmed (O5).
    #[error("the cart is at version {found}, not {expected}")]
    CartChanged {
        /// The version that was confirmed.
        expected: i64,
        /// The version it has now.
        found: i64,
    },
    /// There is no such draft of an order, or it is over.
    #[error("no such draft of an order")]
    DraftNotFound,
    /// The cart has no such line.
    #[error("the cart has no such line")]
    CartLineNotFound,
    /// What was to be put into the cart does not exist.
    #[error("there is no such variant")]
    UnknownVariant,
    /// A line would hold more than can be ordered at once.
    #[error("a line holds at most {} units", Quantity::MAX)]
    QuantityTooLarge,
    /// The cart has as many lines as it can have.
    #[error("a cart holds at most {max} lines")]
    CartFull {
        /// The largest number of lines.
        max: i64,
    },
    /// An order needs at least one line.
    #[error("an order needs at least one line")]
    Empty,
    /// A price, a discount or a fee below zero.
    #[error("an amount of an order is below zero")]
    Negative,
    /// A discount larger than the goods it is taken from.
    #[error("the discount exceeds the goods")]
    DiscountTooLarge,
    /// A text longer than the shop keeps.
    #[error("{field} is longer than {max} characters")]
    TooLong {
        /// The field.
        field: &'static str,
        /// The largest number of characters.
        max: usize,
    },
    /// There is no such order.
    #[error("no such order")]
    OrderNotFound,
    /// The order's state admits no such act (O7).
    #[error("an order that is {from} cannot do {act}")]
    IllegalTransition {
        /// The state it is in.
        from: OrderState,
        /// What was tried.
        act: Act,
    },
    /// The money of the order is not in a state from which it can get there (P14).
    #[error("a payment that is {from} cannot become {to}")]
    IllegalPayment {
        /// The state it is in.
        from: PaymentState,
        /// The state that was wanted.
        to: PaymentState,
    },
    /// The way to pay cannot be changed any more, or not while a payment's outcome is unknown.
    #[error("the way to pay cannot be changed now")]
    MethodFixed,
    /// The order is paid but its goods are gone; somebody must decide before it is picked (S9).
    #[error("the order is paid and has no stock")]
    StockDecisionNeeded,
    /// The goods are taken from the shelf, and the address stands on the parcel.
    #[error("the address cannot be changed any more")]
    TooLateToReaddress,
    /// It is too late to change the order, or it is not in a state in which this can be changed.
    #[error("the order can no longer be changed")]
    NotEditable,
    /// The order costs more than was paid, and the rest has not come.
    #[error("the rest of the order's money has not come")]
    BalanceDue,
    /// A day takes no more orders that go before others (ORD-07).
    #[error("{day} takes {room} orders that go first, and no more")]
    NoRoom {
        /// The day.
        day: String,
        /// How many it takes.
        room: i64,
    },
    /// The order has no such line.
    #[error("the order has no such line")]
    LineNotFound,
    /// More than is left of a line was to be shipped, returned, cancelled or refunded (S13).
    #[error("line {line_id} has not that much left")]
    LineExceeded {
        /// The line.
        line_id: OrderLineId,
    },
    /// The place in a list is none of this list.
    #[error("no such place in the list")]
    BadCursor,
}

impl OrdersError {
    /// The key of the sentence for people, found in `errors-orders.ftl` of every language.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Db(error) if error.is_busy() => "error-orders-busy",
            Self::Db(_) => "error-orders-failed",
            Self::Money(_) => "error-order-amount",
            Self::CartNotFound => "error-cart-not-found",
            Self::CartClosed { .. } => "error-cart-closed",
            Self::CartChanged { .. } => "error-cart-changed",
            Self::DraftNotFound => "error-order-draft-not-found",
            Self::CartLineNotFound => "error-cart-line-not-found",
            Self::UnknownVariant => "error-unknown-variant",
            Self::QuantityTooLarge => "error-cart-quantity-too-large",
            Self::CartFull { .. } => "error-cart-full",
            Self::Empty => "error-order-empty",
            Self::Negative => "error-order-negative",
            Self::DiscountTooLarge => "error-order-discount-too-large",
            Self::TooLong { .. } => "error-order-text-too-long",
            Self::OrderNotFound => "error-order-not-found",
            Self::IllegalTransition { .. } => "error-order-illegal-step",
            Self::IllegalPayment { .. } => "error-order-illegal-payment",
            Self::MethodFixed => "error-order-method-fixed",
            Self::StockDecisionNeeded => "error-order-stock-decision",
            Self::TooLateToReaddress => "error-order-too-late-to-readdress",
            Self::NotEditable => "error-order-not-editable",
            Self::BalanceDue => "error-order-balance-due",
            Self::NoRoom { .. } => "error-order-no-room",
            Self::LineNotFound => "error-order-line-not-found",
            Self::LineExceeded { .. } => "error-order-line-exceeded",
            Self::BadCursor => "error-order-bad-cursor",
        }
    }
}

#[cfg(test)]
mod tests {
    /// Every sentence that an error or a situation points to exists in all three languages.
    #[test]
    fn every_key_has_its_sentence_in_three_languages() {
        let files = [
            include_str!("../../../locales/zh-Hant/errors-orders.ftl"),
            include_str!("../../../locales/zh-Hans/errors-orders.ftl"),
            include_str!("../../../locales/en/errors-orders.ftl"),
        ];
        let sources = concat!(include_str!("error.rs"), include_str!("situation.rs"));
        let quoted = sources.split('"').filter(|text| {
            let key = text.starts_with("error-") || text.starts_with("order-situation-");
            key && text.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !text.ends_with('-')
        });
        let keys: std::collections::BTreeSet<_> = quoted.collect();
        assert!(keys.len() > 30, "{keys:?}");
        for file in files {
            let defined: std::collections::BTreeSet<_> = file
                .lines()
                .filter_map(|l| Some(l.split_once(" =")?.0))
                .collect();
            assert_eq!(defined, keys);
        }
    }
}
