//! Which ways to pay the shop offers, and from what to what sum (CHK-03).

use std::collections::BTreeMap;

use kernel::Money;
use orders::PaymentMethod;
use platform::{DbError, Rx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings key of [`PaymentTerms`].
pub const SETTING: &str = "payment_methods";

/// The terms of each way to pay, by its code. A way that is not named is offered for every sum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentTerms(pub BTreeMap<PaymentMethod, MethodTerms>);

/// The terms of one way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MethodTerms {
    /// Whether it is offered.
    pub on: bool,
    /// The smallest total, in minor units of the shop's currency.
    pub least: Option<i64>,
    /// The largest total.
    pub most: Option<i64>,
}

impl Default for MethodTerms {
    fn default() -> Self {
        Self {
            on: true,
            least: None,
            most: None,
        }
    }
}

/// Why an order cannot be paid in some way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The shop does not offer it.
    Off,
    /// The order is too small or too large for it.
    Amount,
}

impl PaymentTerms {
    /// The terms of a way to pay.
    #[must_use]
    pub fn of(&self, method: PaymentMethod) -> MethodTerms {
        self.0.get(&method).cloned().unwrap_or_default()
    }

    /// Whether an order of this total can be paid so.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self, method: PaymentMethod, total: Money) -> Result<(), Refusal> {
        let Some(terms) = self.0.get(&method) else {
            return Ok(());
        };
        if !terms.on {
            return Err(Refusal::Off);
        }
        let small = terms.least.is_some_and(|least| total.amount < least);
        let large = terms.most.is_some_and(|most| total.amount > most);
        if small || large {
            return Err(Refusal::Amount);
        }
        Ok(())
    }
}

/// The terms.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<PaymentTerms, DbError> {
    settings::load(rx, SETTING).await
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// CHK-03: both limits belong to what is allowed, and a way that is off is never allowed.
        #[test]
        fn limits_belong_to_what_is_allowed(least in 0_i64..1_000, span in 0_i64..1_000, total in 0_i64..3_000, on: bool) {
            let method = PaymentMethod::CashOnDelivery;
            let own = MethodTerms { on, least: Some(least), most: Some(least + span) };
            let terms = PaymentTerms([(method, own)].into());
            let said = terms.allows(method, Money::new(total, Currency::TWD));
            let expected = match (on, (least..=least + span).contains(&total)) {
                (false, _) => Err(Refusal::Off),
                (true, false) => Err(Refusal::Amount),
                (true, true) => Ok(()),
            };
            prop_assert_eq!(said, expected);
            prop_assert_eq!(terms.allows(PaymentMethod::Card, Money::new(total, Currency::TWD)), Ok(()));
        }
    }
}
