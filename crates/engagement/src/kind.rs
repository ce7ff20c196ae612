//! What a message is about.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a message is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The order exists; how to pay when it is not paid (ORD-01, CHK-26).
    OrderConfirmation,
    /// Staff put an order together for somebody; the link leads to its payment (CHK-22).
    OrderPayLink,
    /// An order changed before it was packed: what it was, what it is, what follows for its money.
    OrderChanged,
    /// An order will leave later than promised (ORD-12).
    OrderDelayed,
    /// The money arrived.
    OrderPaid,
    /// A payment was declined: why, and how to pay another way.
    PaymentFailed,
    /// A parcel left (ORD-03).
    OrderShipped,
    /// The order was cancelled.
    OrderCancelled,
    /// The order was not paid in time.
    OrderExpired,
    /// Money was given back.
    OrderRefunded,
    /// A cancelled order was restored by its buyer.
    OrderRestored,
    /// A question through the contact form was answered.
    InquiryAnswered,
    /// A link that proves an address: to sign in, to open an account, to set a password, to move an account.
    AccountLink,
    /// How an account is signed in to has changed.
    AccountChanged,
}

impl MessageKind {
    /// All kinds, those of an order in which it meets them first.
    pub const ALL: [Self; 14] = [
        Self::OrderConfirmation,
        Self::OrderPayLink,
        Self::OrderChanged,
        Self::OrderDelayed,
        Self::OrderPaid,
        Self::PaymentFailed,
        Self::OrderShipped,
        Self::OrderCancelled,
        Self::OrderExpired,
        Self::OrderRefunded,
        Self::OrderRestored,
        Self::InquiryAnswered,
        Self::AccountLink,
        Self::AccountChanged,
    ];

    /// Whether what such a message says may open a door, so that it is not kept once it has left.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::AccountLink)
    }

    /// The stored code; also names the template files and, after `message-kind-`, the words for people.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::OrderPayLink => "order_pay_link",
            Self::OrderChanged => "order_changed",
            Self::OrderDelayed => "order_delayed",
            Self::OrderPaid => "order_paid",
            Self::PaymentFailed => "payment_failed",
            Self::OrderShipped => "order_shipped",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderExpired => "order_expired",
            Self::OrderRefunded => "order_refunded",
            Self::OrderRestored => "order_restored",
            Self::InquiryAnswered => "inquiry_answered",
            Self::AccountLink => "account_link",
            Self::AccountChanged => "account_changed",
        }
    }
}

/// A text that names no kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind of message")]
pub struct UnknownKind;

impl FromStr for MessageKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.code() == text)
            .ok_or(UnknownKind)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
