//! What a list shows of a row in one column, before anybody has said in which language or which file.

use std::cmp::Ordering;

use jiff::tz::TimeZone;
use kernel::{Locale, Money, Timestamp};

use super::{Asked, List, ListError};
use crate::{Ctx, words::Words};

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words of a person or of the shop, as they are.
    Text(String),
    /// A Fluent key: the word is written in the reader's language.
    Word(String),
    /// A whole number.
    Number(i64),
    /// An amount.
    Money(Money),
    /// An instant, shown in the shop's time zone.
    At(Timestamp),
    /// A ratio, 0.25 for a quarter.
    Ratio(f64),
}

impl Cell {
    /// A text; empty without one.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    /// The word of a code in a family of words: `word("order-state-", "paid")`.
    pub fn word(prefix: &str, code: impl std::fmt::Display) -> Self {
        Self::Word(format!("{prefix}{code}"))
    }

    /// Something that may be missing.
    pub fn maybe<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, make)
    }

    /// The value as text for a file, without any guard against spreadsheets.
    #[must_use]
    pub fn plain(&self, words: &Words, locale: Locale, zone: &TimeZone) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Word(key) => words.say(locale, key, &[]),
            Self::Number(number) => number.to_string(),
            Self::Money(money) => decimal(*money),
            Self::At(at) => at.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string(),
            Self::Ratio(ratio) => format!("{ratio:.4}"),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Number(_) => 1,
            Self::Money(_) => 2,
            Self::At(_) => 3,
            Self::Ratio(_) => 4,
            Self::Text(_) | Self::Word(_) => 5,
        }
    }

    /// The order of two values of one column; what is missing comes first.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Money(a), Self::Money(b)) => {
                (a.currency.code(), a.amount).cmp(&(b.currency.code(), b.amount))
            }
            (Self::At(a), Self::At(b)) => a.cmp(b),
            (Self::Ratio(a), Self::Ratio(b)) => a.total_cmp(b),
            (Self::Text(a) | Self::Word(a), Self::Text(b) | Self::Word(b)) => {
                a.to_lowercase().cmp(&b.to_lowercase())
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// An amount with the decimals of its currency, without sign, grouping or symbol: what a spreadsheet adds up.
fn decimal(money: Money) -> String {
    let exponent = usize::try_from(money.currency.exponent()).unwrap_or_default();
    let digits = money.amount.unsigned_abs().to_string();
    let sign = if money.amount < 0 { "-" } else { "" };
    if exponent == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = exponent + 1);
    let (whole, rest) = padded.split_at(padded.len() - exponent);
    format!("{sign}{whole}.{rest}")
}

/// Sorts the rows of a list that is read whole, by what its column shows; equal rows keep their order. Without a
/// sort the rows stay as they came.
///
/// # Errors
/// [`ListError::NoSuchSort`].
pub fn sort_in_memory<R>(
    rows: &mut [R],
    ctx: &Ctx,
    list: &List<R>,
    asked: &Asked,
) -> Result<(), ListError> {
    if asked.sort.is_none() {
        return Ok(());
    }
    let (code, descending) = asked.sort_of(ctx, list)?;
    let column = list.sortable(ctx, code).ok_or(ListError::NoSuchSort)?;
    rows.sort_by(|a, b| {
        let order = (column.cell)(a).order(&(column.cell)(b));
        if descending { order.reverse() } else { order }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    /// P13: an amount is written to the cent whatever its sign and currency.
    #[test]
    fn amounts_are_decimals() {
        let shown = |amount, currency| decimal(Money::new(amount, currency));
        assert_eq!(shown(123_456, Currency::TWD), "1234.56");
        assert_eq!(shown(-5, Currency::TWD), "-0.05");
        let yen: Currency = "JPY".parse().unwrap();
        assert_eq!(shown(580, yen), "580");
    }

    #[test]
    fn what_is_missing_comes_first() {
        let mut cells = [Cell::Number(3), Cell::Empty, Cell::Number(-1)];
        cells.sort_by(Cell::order);
        assert_eq!(cells, [Cell::Empty, Cell::Number(-1), Cell::Number(3)]);
    }
}
