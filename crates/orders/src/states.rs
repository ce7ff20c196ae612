//! The states an order and its payment can be in, and the ways to pay.

pub use crate::codes::UnknownCode;
use crate::codes::codes;

codes! {
    /// Where an order stands on its way.
    OrderState {
        /// It exists; its money is awaited, or due on delivery.
        Placed = "placed",
        /// Its money is here.
        Paid = "paid",
        /// Its goods are taken from the shelf.
        Picked = "picked",
        /// Some of its goods have left.
        PartlyShipped = "partly_shipped",
        /// All of its goods have left.
        Shipped = "shipped",
        /// It has arrived.
        Delivered = "delivered",
        /// It is over and past its return window.
        Closed = "closed",
        /// Somebody called it off.
        Cancelled = "cancelled",
        /// It was not paid in time.
        Expired = "expired",
    }
}

codes! {
    /// What is known about an order's money.
    PaymentState {
        /// Nothing has come yet.
        Pending = "pending",
        /// A payment was tried and nobody knows yet how it ended.
        Unknown = "unknown",
        /// The last try was declined.
        Declined = "declined",
        /// It was paid and costs more now; the rest has not come.
        PartlyPaid = "partly_paid",
        /// The whole amount is here.
        Paid = "paid",
        /// A part was given back.
        PartlyRefunded = "partly_refunded",
        /// All was given back.
        Refunded = "refunded",
        /// The order ended before it was paid.
        Cancelled = "cancelled",
    }
}

codes! {
    /// How the shopper wants to pay.
    PaymentMethod {
        /// In cash to the courier.
        CashOnDelivery = "cash_on_delivery",
        /// By a transfer to the shop's bank account.
        BankTransfer = "bank_transfer",
        /// By card.
        Card = "card",
    }
}

impl OrderState {
    /// True when nothing more will happen to the goods of such an order.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled | Self::Expired)
    }

    /// True while goods of such an order may still have to leave.
    #[must_use]
    pub const fn awaits_shipping(self) -> bool {
        matches!(
            self,
            Self::Placed | Self::Paid | Self::Picked | Self::PartlyShipped
        )
    }
}

impl PaymentState {
    /// True when the whole amount came in, whatever was given back since.
    #[must_use]
    pub const fn was_paid(self) -> bool {
        matches!(self, Self::Paid | Self::PartlyRefunded | Self::Refunded)
    }

    /// True when money came in, all of it or not, whatever was given back since.
    #[must_use]
    pub const fn has_money(self) -> bool {
        self.was_paid() || matches!(self, Self::PartlyPaid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O7: the codes of the program are the codes that the schema's CHECK lists admit, in both directions.
    #[test]
    fn codes_are_those_of_the_schema() {
        let schema = include_str!("../../migrations/sql/0005_orders.sql");
        let listed = |column: &str| {
            let start = schema
                .find(&format!("  {column} TEXT NOT NULL CHECK ({column} IN ("))
                .unwrap();
            let list = schema[start..]
                .split_once("IN (")
                .unwrap()
                .1
                .split_once(')')
                .unwrap()
                .0;
            list.split(", ")
                .map(|code| code.trim_matches('\'').to_owned())
                .collect::<Vec<_>>()
        };
        let orders = schema.find("CREATE TABLE orders").unwrap();
        let schema_of_orders = &schema[orders..];
        assert!(schema_of_orders.contains("payment_state"));
        assert_eq!(
            listed("payment_state"),
            PaymentState::ALL
                .iter()
                .map(|s| s.code())
                .collect::<Vec<_>>()
        );
        let states = schema_of_orders
            .split_once("CHECK (state IN (")
            .unwrap()
            .1
            .split_once(')')
            .unwrap()
            .0;
        let states: Vec<_> = states
            .split(", ")
            .map(|code| code.trim_matches('\''))
            .collect();
        assert_eq!(
            states,
            OrderState::ALL.iter().map(|s| s.code()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_code_is_the_same_in_json_and_in_storage() {
        for state in OrderState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.code());
            assert_eq!(state.code().parse::<OrderState>().unwrap(), *state);
        }
        assert!("sent".parse::<OrderState>().is_err());
    }
}
