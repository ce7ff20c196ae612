//! How shoppers pay, and who carries the money to us.

use crate::{Account, codes::codes};

codes! {
    /// A way to pay that a shopper can choose (CHK-03).
    Method {
        /// Cash handed to the courier (CHK-04).
        CashOnDelivery = "cash_on_delivery",
        /// A transfer from the shopper's bank to ours, matched by staff.
        BankTransfer = "bank_transfer",
        /// A payment card.
        Card = "card",
    }
}

codes! {
    /// Who tells us that money moved.
    Provider {
        /// The built-in stand-in for a card company; takes no real money.
        DemoCard = "demo_card",
        /// Stripe: the card is typed on its page, or kept there from an earlier time.
        Stripe = "stripe",
        /// Our own bank account, read by staff.
        Bank = "bank",
        /// Couriers who collect cash.
        CashOnDelivery = "cash_on_delivery",
    }
}

impl Method {
    /// Methods to offer after one of them failed: the others first, the failed one last, for another card may do
    /// (CHK-05). Only what is in `offered` is named.
    #[must_use]
    pub fn alternatives(failed: Self, offered: &[Self]) -> Vec<Self> {
        let others = offered.iter().copied().filter(|m| *m != failed);
        let again = offered.iter().copied().filter(|m| *m == failed);
        others.chain(again).collect()
    }
}

impl Provider {
    /// True where a program answers: charges are sent, outcomes can be asked for, refunds are made by a job. False
    /// where people carry the money.
    #[must_use]
    pub const fn answers(self) -> bool {
        match self {
            Self::DemoCard | Self::Stripe => true,
            Self::Bank | Self::CashOnDelivery => false,
        }
    }

    /// The account in which money from this provider arrives.
    #[must_use]
    pub const fn account(self) -> Account {
        match self {
            Self::DemoCard | Self::Stripe => Account::Card,
            Self::Bank => Account::Bank,
            Self::CashOnDelivery => Account::CashOnDelivery,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CHK-05: after a declined card the other methods come first.
    #[test]
    fn a_failed_method_is_offered_last() {
        let offered = [Method::Card, Method::BankTransfer, Method::CashOnDelivery];
        let expected = [Method::BankTransfer, Method::CashOnDelivery, Method::Card];
        assert_eq!(Method::alternatives(Method::Card, &offered), expected);
        assert_eq!(
            Method::alternatives(Method::Card, &[Method::BankTransfer]),
            [Method::BankTransfer]
        );
    }

    /// CHK-03: JSON, database and text speak the same codes.
    #[test]
    fn codes_read_back() {
        for method in Method::ALL {
            assert_eq!(method.code().parse(), Ok(*method));
            assert_eq!(serde_json::to_value(method).unwrap(), method.code());
        }
        assert!("Card".parse::<Method>().is_err());
    }
}
