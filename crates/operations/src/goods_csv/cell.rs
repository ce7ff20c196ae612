//! Single cells: guarded against spreadsheets that take text for a formula (A17), and read back as they were.

use kernel::{Currency, Money};

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn begins_like_a_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it.
#[must_use]
pub fn guarded(text: &str) -> String {
    let after = text.strip_prefix('\'');
    let guarded_before =
        after.is_some_and(|rest| rest.starts_with('\'') || begins_like_a_formula(rest));
    if guarded_before || begins_like_a_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text of a cell without its guard.
#[must_use]
pub fn unguarded(cell: &str) -> String {
    let rest = cell.strip_prefix('\'');
    let guarded = rest.filter(|rest| rest.starts_with('\'') || begins_like_a_formula(rest));
    guarded.unwrap_or(cell).to_owned()
}

/// An amount in a currency, as files hold it: `1280`, `12.50`, `1,280.00`.
#[must_use]
pub fn money(text: &str, currency: Currency) -> Option<Money> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let places = usize::try_from(currency.exponent()).ok()?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let rest = rest.trim_end_matches('0');
    if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > places {
        return None;
    }
    let minor: i64 = format!("0{rest:0<places$}").parse().ok()?;
    let amount = whole.parse::<i64>().ok()?;
    let amount = amount.checked_mul(currency.scale())?.checked_add(minor)?;
    Some(Money::new(amount, currency))
}

/// A whole number, or one with decimals that are all zero, as spreadsheets like to write it.
#[must_use]
pub fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    rest.bytes().all(|b| b == b'0').then_some(())?;
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A17: no cell begins like a formula, and each reads back as it was.
        #[test]
        fn a_guard_comes_off_again(text in "['=+@a\t\r-]{0,4}.{0,6}") {
            let cell = guarded(&text);
            prop_assert!(!begins_like_a_formula(&cell), "{cell:?}");
            prop_assert_eq!(unguarded(&cell), text);
        }

        /// O3: an amount survives its cell.
        #[test]
        fn an_amount_survives_its_cell(amount in 0_i64..1_000_000_000_000) {
            for currency in [Currency::TWD, Currency::GBP, Currency::JPY, Currency::KWD] {
                let price = Money::new(amount, currency);
                prop_assert_eq!(money(&price.decimal_text(), currency), Some(price));
            }
        }
    }

    #[test]
    fn numbers_are_read_as_spreadsheets_write_them() {
        assert_eq!(
            money("1,280.00", Currency::TWD),
            Some(Money::new(128_000, Currency::TWD))
        );
        for wrong in ["", "-5", "NT$5", "1.234", "x", ".5"] {
            assert_eq!(money(wrong, Currency::TWD), None, "{wrong}");
        }
        assert_eq!(
            (whole(" 12.0 "), whole("-3"), whole("1.5"), whole("")),
            (Some(12), Some(-3), None, None)
        );
    }
}
