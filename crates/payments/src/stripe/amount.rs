//! Amounts as Stripe writes them: whole numbers of a unit that it chooses for each currency.
//!
//! Mostly that is the minor unit. Some currencies have none with Stripe, some have three decimals of which the last must
//! be zero, and a few can only be charged in whole units (<https://docs.stripe.com/currencies>).

use kernel::{Currency, Money};

/// Decimals that Stripe counts in.
fn decimals(code: &str) -> u32 {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// The step in which Stripe charges, in its own unit.
fn step(code: &str) -> i64 {
    match code {
        "ISK" | "TWD" | "UGX" => 100,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 10,
        _ => 1,
    }
}

/// The amount in Stripe's unit; `None` where it cannot be charged exactly.
#[must_use]
pub fn to_stripe(money: Money) -> Option<i64> {
    let code = money.currency.code();
    let ours = money.currency.scale();
    let theirs = 10_i64.checked_pow(decimals(code))?;
    let scaled = money.amount.checked_mul(theirs)?;
    let exact = (scaled % ours == 0).then(|| scaled / ours)?;
    (exact > 0 && exact % step(code) == 0).then_some(exact)
}

/// An amount of Stripe's; `None` for a currency or an amount that is not ours to express.
#[must_use]
pub fn from_stripe(amount: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.to_ascii_uppercase().parse().ok()?;
    let theirs = 10_i64.checked_pow(decimals(currency.code()))?;
    let scaled = amount.checked_mul(currency.scale())?;
    (scaled % theirs == 0).then(|| Money::new(scaled / theirs, currency))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [Currency; 8] = [
        Currency::TWD,
        Currency::HKD,
        Currency::CNY,
        Currency::GBP,
        Currency::USD,
        Currency::EUR,
        Currency::JPY,
        Currency::KWD,
    ];

    /// CHK-03, O3: what NT$1,200, ¥1,200 and KD 1.200 are with Stripe, and what it cannot charge.
    #[test]
    fn amounts_are_exact() {
        for (amount, currency, expected) in [
            (120_000, Currency::TWD, Some(120_000)),
            (120_050, Currency::TWD, None),
            (1_200, Currency::JPY, Some(1_200)),
            (1_200, Currency::KWD, Some(1_200)),
            (1_205, Currency::KWD, None),
            (999, Currency::USD, Some(999)),
            (0, Currency::USD, None),
            (-100, Currency::USD, None),
            (i64::MAX, Currency::KWD, None),
        ] {
            assert_eq!(
                to_stripe(Money::new(amount, currency)),
                expected,
                "{amount} {currency}"
            );
        }
        assert_eq!(
            from_stripe(1_200, "jpy"),
            Some(Money::new(1_200, Currency::JPY))
        );
        assert_eq!(
            from_stripe(120_000, "twd"),
            Some(Money::new(120_000, Currency::TWD))
        );
        assert_eq!(from_stripe(1, "dollars"), None);
        let franc: Currency = "XAF".parse().unwrap();
        assert_eq!(to_stripe(Money::new(120_000, franc)), Some(1_200));
        assert_eq!(from_stripe(1_200, "xaf"), Some(Money::new(120_000, franc)));
    }

    proptest! {
        /// P3: an amount that Stripe can charge comes back as the very same amount.
        #[test]
        fn amounts_come_back(amount in 1..1_000_000_000_i64, currency in prop::sample::select(&KNOWN[..])) {
            let money = Money::new(amount, currency);
            if let Some(theirs) = to_stripe(money) {
                prop_assert_eq!(from_stripe(theirs, &currency.code().to_lowercase()), Some(money));
            }
        }
    }
}
