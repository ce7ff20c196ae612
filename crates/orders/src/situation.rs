//! What an order is waiting for, in one word that a page can turn into a sentence (CHK-26: "not yet paid" is
//! unmistakable), and what the shopper can still do about it.

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Order, OrderState, PaymentMethod, PaymentState};

/// The situation of an order as its page explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Situation {
    /// Not paid; the goods are kept until then.
    AwaitingPayment {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// A payment was declined; nothing was charged, and another way to pay is open until then.
    PaymentDeclined {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// A payment was tried and its outcome is not known yet; the goods are kept meanwhile.
    ConfirmingPayment,
    /// Nothing to pay now: the money is due at the door.
    DueOnDelivery {
        /// Until when the parcel leaves.
        ship_by: Option<Timestamp>,
    },
    /// Paid, and being prepared.
    Preparing {
        /// Until when the parcel leaves.
        ship_by: Option<Timestamp>,
    },
    /// It costs more than was paid, and waits for the rest.
    BalanceDue,
    /// Paid, but the goods were sold meanwhile; the shop decides and tells.
    OutOfStock,
    /// A part has left.
    PartOnTheWay,
    /// All has left.
    OnTheWay,
    /// It has arrived.
    Arrived,
    /// It is over.
    Closed,
    /// It was called off and nothing was paid.
    Cancelled,
    /// It was called off and its money goes back.
    CancelledRefunding,
    /// It was called off and its money went back.
    CancelledRefunded,
    /// It was not paid in time; the goods are free again.
    Expired,
}

impl Situation {
    /// The situation of an order.
    #[must_use]
    pub fn of(order: &Order) -> Self {
        let until = order.pay_until;
        let ship_by = order.ship_by;
        match (order.state, order.payment_state) {
            (OrderState::Placed | OrderState::Paid | OrderState::Picked, _)
                if order.stock_decision =>
            {
                Self::OutOfStock
            }
            (OrderState::Paid, PaymentState::PartlyPaid) if order.waits_for_rest() => {
                Self::BalanceDue
            }
            (OrderState::Placed, PaymentState::Unknown) => Self::ConfirmingPayment,
            (OrderState::Placed, _) if order.payment_method == PaymentMethod::CashOnDelivery => {
                Self::DueOnDelivery { ship_by }
            }
            (OrderState::Placed, PaymentState::Declined) => Self::PaymentDeclined { until },
            (OrderState::Placed, _) => Self::AwaitingPayment { until },
            (OrderState::Paid | OrderState::Picked, _) => Self::Preparing { ship_by },
            (OrderState::PartlyShipped, _) => Self::PartOnTheWay,
            (OrderState::Shipped, _) => Self::OnTheWay,
            (OrderState::Delivered, _) => Self::Arrived,
            (OrderState::Closed, _) => Self::Closed,
            (OrderState::Expired, _) => Self::Expired,
            (
                OrderState::Cancelled,
                PaymentState::Paid | PaymentState::PartlyPaid | PaymentState::PartlyRefunded,
            ) => Self::CancelledRefunding,
            (OrderState::Cancelled, PaymentState::Refunded) => Self::CancelledRefunded,
            (OrderState::Cancelled, _) => Self::Cancelled,
        }
    }

    /// The key of the sentence for shoppers in `errors-orders.ftl`; `until` and `ship_by` are its
    /// arguments, and where there is none the sentence names none.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::AwaitingPayment { until: None } => "order-situation-awaiting-payment-undated",
            Self::AwaitingPayment { .. } => "order-situation-awaiting-payment",
            Self::PaymentDeclined { until: None } => "order-situation-payment-declined-undated",
            Self::PaymentDeclined { .. } => "order-situation-payment-declined",
            Self::ConfirmingPayment => "order-situation-confirming-payment",
            Self::DueOnDelivery { ship_by: None } => "order-situation-due-on-delivery-undated",
            Self::DueOnDelivery { .. } => "order-situation-due-on-delivery",
            Self::Preparing { ship_by: None } => "order-situation-preparing-undated",
            Self::Preparing { .. } => "order-situation-preparing",
            Self::BalanceDue => "order-situation-balance-due",
            Self::OutOfStock => "order-situation-out-of-stock",
            Self::PartOnTheWay => "order-situation-part-on-the-way",
            Self::OnTheWay => "order-situation-on-the-way",
            Self::Arrived => "order-situation-arrived",
            Self::Closed => "order-situation-closed",
            Self::Cancelled => "order-situation-cancelled",
            Self::CancelledRefunding => "order-situation-cancelled-refunding",
            Self::CancelledRefunded => "order-situation-cancelled-refunded",
            Self::Expired => "order-situation-expired",
        }
    }

    /// Why the order's goods are kept, as the page names it; `None` when none are kept any more.
    #[must_use]
    pub const fn hold_reason(&self) -> Option<&'static str> {
        match self {
            Self::AwaitingPayment { .. } | Self::PaymentDeclined { .. } => Some("awaiting_payment"),
            Self::ConfirmingPayment => Some("confirming_payment"),
            Self::DueOnDelivery { .. }
            | Self::Preparing { .. }
            | Self::BalanceDue
            | Self::PartOnTheWay => Some("until_shipped"),
            _ => None,
        }
    }
}

impl Order {
    /// What the order is waiting for.
    #[must_use]
    pub fn situation(&self) -> Situation {
        Situation::of(self)
    }

    /// Whether the shopper can pay now: nothing is paid and no payment's outcome is unknown (CHK-26).
    #[must_use]
    pub fn can_pay(&self) -> bool {
        matches!(
            self.situation(),
            Situation::AwaitingPayment { .. } | Situation::PaymentDeclined { .. }
        )
    }
}
