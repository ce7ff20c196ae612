//! Money: integer minor units and a currency. Checked arithmetic, named rounding, exact splitting.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Currency;

/// An amount of one currency in minor units (`58000 TWD` is NT$580).
///
/// Arithmetic is checked: an overflow or a mix of currencies is an error, never a wrap (invariants O3, O6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// Integer minor units of the currency.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

/// Why an amount could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit in 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// Two currencies met in one calculation.
    #[error("{0} and {1} cannot be added")]
    Currencies(Currency, Currency),
}

impl Money {
    /// `amount` minor units of `currency`.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// True for exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// Sum of two amounts of one currency.
    ///
    /// # Errors
    /// Different currencies, or overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// Difference of two amounts of one currency.
    ///
    /// # Errors
    /// Different currencies, or overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self
            .amount
            .checked_sub(other.amount)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The amount `count` times.
    ///
    /// # Errors
    /// Overflow.
    pub fn times(self, count: i64) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(count).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// Sum of amounts, starting from nothing in `currency`.
    ///
    /// # Errors
    /// Different currencies, or overflow.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::plus)
    }

    /// The tax contained in this gross amount at `rate` (0.05 for 5 %), rounded half away from zero to the
    /// currency's paying step: `gross × rate ÷ (1 + rate)`.
    ///
    /// # Errors
    /// Overflow.
    pub fn tax_included(self, rate: Decimal) -> Result<Self, MoneyError> {
        let divisor = Decimal::ONE
            .checked_add(rate)
            .filter(|d| !d.is_zero())
            .ok_or(MoneyError::Overflow)?;
        // Multiplied first: a rounded `rate ÷ (1 + rate)` would turn an exact half into a little less.
        let exact = Decimal::from(self.amount)
            .checked_mul(rate)
            .and_then(|product| product.checked_div(divisor));
        self.rounded(exact)
    }

    /// The amount times a rate, rounded half away from zero to the currency's paying step.
    ///
    /// # Errors
    /// Overflow.
    pub fn scaled(self, rate: Decimal) -> Result<Self, MoneyError> {
        self.rounded(Decimal::from(self.amount).checked_mul(rate))
    }

    /// The one place where money is rounded: to the paying step, halves away from zero.
    fn rounded(self, exact: Option<Decimal>) -> Result<Self, MoneyError> {
        let step = Decimal::from(self.currency.step());
        let steps = exact
            .and_then(|exact| exact.checked_div(step))
            .ok_or(MoneyError::Overflow)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        let amount = steps
            .checked_mul(step)
            .and_then(|a| a.to_i64())
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// Splits this amount over `weights` so that the parts sum exactly to the whole (invariant O2).
    ///
    /// Each part is rounded down to the paying step; the steps left over go one by one to the parts with the largest
    /// remainder, ties to the earlier part. Weights must not be negative; if all are zero the first part takes all.
    ///
    /// # Errors
    /// Overflow.
    pub fn split(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
        if weights.is_empty() {
            return Ok(Vec::new());
        }
        let step = i128::from(self.currency.step());
        let sign = i128::from(self.amount.signum());
        let whole = i128::from(self.amount).abs();
        let (steps, dust) = (whole / step, whole % step);
        let mut parts: Vec<(i128, i128)> = weights
            .iter()
            .map(|w| {
                let share = steps * i128::from((*w).max(0));
                if total == 0 {
                    (0, 0)
                } else {
                    (share / total, share % total)
                }
            })
            .collect();
        let given: i128 = parts.iter().map(|p| p.0).sum();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|i| (std::cmp::Reverse(parts.get(*i).map_or(0, |p| p.1)), *i));
        let mut left = steps - given;
        for index in order.iter().cycle() {
            if left == 0 {
                break;
            }
            let zero_weight = weights.get(*index).is_some_and(|w| *w <= 0);
            if zero_weight && total != 0 {
                continue;
            }
            if let Some(part) = parts.get_mut(*index) {
                part.0 += 1;
                left -= 1;
            }
        }
        let first = order.first().copied().unwrap_or_default();
        parts
            .iter()
            .enumerate()
            .map(|(index, part)| {
                let amount = sign * (part.0 * step + if index == first { dust } else { 0 });
                let amount = i64::try_from(amount).map_err(|_| MoneyError::Overflow)?;
                Ok(Self { amount, ..self })
            })
            .collect()
    }

    /// The amount in major units as decimal text without currency: `580`, `12.50`. Trailing `.00` is left out where
    /// the currency is paid in whole units.
    #[must_use]
    pub fn decimal_text(self) -> String {
        let scale = self.currency.scale().unsigned_abs();
        let (whole, rest) = (
            self.amount.unsigned_abs() / scale,
            self.amount.unsigned_abs() % scale,
        );
        let sign = if self.amount < 0 { "-" } else { "" };
        let hide = self.currency.exponent() == 0
            || (rest == 0 && self.currency.step() == self.currency.scale());
        if hide {
            format!("{sign}{whole}")
        } else {
            format!(
                "{sign}{whole}.{rest:0width$}",
                width = self.currency.exponent() as usize
            )
        }
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Currencies(self.currency, other.currency))
        }
    }
}

/// As people write it: `NT$1,280`, `£12.50`, `-US$3.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.decimal_text();
        let (sign, digits) = text
            .strip_prefix('-')
            .map_or(("", text.as_str()), |d| ("-", d));
        let (whole, rest) = digits
            .split_once('.')
            .map_or((digits, None), |(w, r)| (w, Some(r)));
        let symbol = self.currency.symbol();
        if symbol.is_empty() {
            write!(f, "{sign}{} ", self.currency)?;
        } else {
            write!(f, "{sign}{symbol}")?;
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        rest.map_or(Ok(()), |r| write!(f, ".{r}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_written_as_people_write_them() {
        assert_eq!(Money::new(128_000, Currency::TWD).to_string(), "NT$1,280");
        assert_eq!(Money::new(-1250, Currency::GBP).to_string(), "-£12.50");
        assert_eq!(
            Money::new(1_234_567, Currency::JPY).to_string(),
            "¥1,234,567"
        );
        assert_eq!(Money::new(1_500, Currency::KWD).to_string(), "KWD 1.500");
    }

    /// O3: an exact half goes up: the twenty-first part of 1,050 is 50.
    #[test]
    fn an_exact_half_of_tax_goes_up() {
        for (gross, tax) in [(1_050, 100), (3_150, 200), (171_176_250, 8_151_300)] {
            let gross = Money::new(gross, Currency::TWD);
            assert_eq!(
                gross.tax_included(Decimal::new(5, 2)).unwrap().amount,
                tax,
                "{gross}"
            );
        }
    }

    /// O3: exponents and paying steps are respected: tax in Taiwan dollars is a whole dollar.
    #[test]
    fn included_tax_is_rounded_to_the_paying_step() {
        let gross = Money::new(58_000, Currency::TWD);
        assert_eq!(
            gross.tax_included(Decimal::new(5, 2)).unwrap().amount,
            2_800
        );
    }

    proptest! {
        /// O2: the parts of a split sum exactly to the whole, none changes sign, and none with zero weight gets a step.
        #[test]
        fn a_split_sums_to_the_whole(amount in -9_000_000_000_i64..9_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..20)) {
            for currency in [Currency::TWD, Currency::GBP, Currency::JPY] {
                let whole = Money::new(amount, currency);
                let parts = whole.split(&weights).unwrap();
                prop_assert_eq!(Money::sum(currency, parts.iter().copied()).unwrap(), whole);
                prop_assert!(parts.iter().all(|p| p.amount.signum() * amount.signum() >= 0));
            }
        }

        /// O2: no part of a discount exceeds the line it is taken from when the discount does not exceed the lines.
        #[test]
        fn a_discount_never_exceeds_its_line(lines in prop::collection::vec(1_i64..100_000, 1..12), percent in 0_i64..=100) {
            let lines: Vec<i64> = lines.iter().map(|l| l * 100).collect();
            let total: i64 = lines.iter().sum();
            let discount = Money::new(total / 100 * percent / 100 * 100, Currency::TWD);
            for (part, line) in discount.split(&lines).unwrap().iter().zip(&lines) {
                prop_assert!(part.amount <= *line);
            }
        }

        /// O6: at the extremes the call fails cleanly instead of wrapping.
        #[test]
        fn no_operation_wraps(a in any::<i64>(), b in any::<i64>()) {
            let (x, y) = (Money::new(a, Currency::GBP), Money::new(b, Currency::GBP));
            prop_assert_eq!(x.plus(y).ok().map(|m| m.amount), a.checked_add(b));
            prop_assert_eq!(x.minus(y).ok().map(|m| m.amount), a.checked_sub(b));
            prop_assert_eq!(x.times(b).ok().map(|m| m.amount), a.checked_mul(b));
        }
    }

    /// P13: amounts of two currencies never meet.
    #[test]
    fn currencies_do_not_mix() {
        let error = Money::new(1, Currency::TWD)
            .plus(Money::new(1, Currency::HKD))
            .unwrap_err();
        assert_eq!(error, MoneyError::Currencies(Currency::TWD, Currency::HKD));
    }
}
