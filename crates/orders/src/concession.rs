//! What is taken off the price of an order: an amount or a share of its goods, and the delivery given away (CHK-25).

use kernel::{Money, MoneyError};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The whole of something, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// What is taken off the goods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// Nothing.
    #[default]
    None,
    /// An amount, at most what the goods cost.
    Amount(Money),
    /// A share of the goods in hundredths of a percent, from 1 to 10,000.
    Share(i64),
}

/// What is taken off an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Concession {
    /// Off the goods.
    pub discount: Discount,
    /// Whether the delivery costs nothing.
    pub free_shipping: bool,
}

impl Concession {
    /// Whether nothing is taken off.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Discount {
    /// What comes off goods of this sum: never below nothing and never more than they cost. A share is rounded to the
    /// currency's paying step.
    ///
    /// # Errors
    /// Two currencies, or an overflow.
    pub fn on(self, goods: Money) -> Result<Money, MoneyError> {
        let off = match self {
            Self::None => Money::zero(goods.currency),
            Self::Amount(amount) => Money::zero(goods.currency).plus(amount)?,
            Self::Share(share) => share_of(goods, share)?,
        };
        Ok(Money {
            amount: off.amount.clamp(0, goods.amount.max(0)),
            ..off
        })
    }
}

/// A share of an amount, rounded to the currency's paying step.
///
/// # Errors
/// An overflow.
pub fn share_of(whole: Money, share: i64) -> Result<Money, MoneyError> {
    whole.scaled(Decimal::new(share, 4))
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_is_rounded_to_what_can_be_paid() {
        let goods = Money::new(58_000, Currency::TWD);
        let off = |discount: Discount| discount.on(goods).unwrap().amount;
        assert_eq!(off(Discount::Share(1_250)), 7_300);
        assert_eq!(off(Discount::Share(WHOLE)), 58_000);
        assert_eq!(off(Discount::None), 0);
        let much = Money::new(99_000, Currency::TWD);
        assert_eq!(off(Discount::Amount(much)), 58_000);
    }

    proptest! {
        /// O2, O3: whatever was agreed, goods never cost less than nothing.
        #[test]
        fn a_discount_stays_within_the_goods(goods in 0_i64..10_000_000, amount in -50_i64..20_000_000, share in 0_i64..=WHOLE) {
            for currency in [Currency::TWD, Currency::GBP, Currency::JPY] {
                let goods = Money::new(goods / currency.step() * currency.step(), currency);
                for discount in [Discount::Amount(Money::new(amount, currency)), Discount::Share(share), Discount::None] {
                    let off = discount.on(goods).unwrap();
                    prop_assert!(off.amount >= 0 && off.amount <= goods.amount);
                }
            }
        }
    }
}
