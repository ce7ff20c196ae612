//! The words by which an order is found: number, names, phones, e-mail and SKUs, folded so that spelling by habit
//! (letter case, full-width letters, dashes, +886) makes no difference.

use std::collections::BTreeSet;

use kernel::{Email, Timestamp};
use platform::{db::Value, params};

use crate::Order;

/// The terms of one order.
pub(crate) type Terms = BTreeSet<String>;

/// The longest term, in characters; longer words are cut.
const MAX: usize = 80;
const DAY: i64 = 86_400_000_000;

/// Every term of an order with these SKUs.
pub(crate) fn of<'a>(order: &Order, skus: impl Iterator<Item = &'a str>) -> Terms {
    let email = Email::parse(&order.email).map_or_else(|_| order.email.clone(), |e| e.identity());
    let phones = [phone(&order.phone), phone(&order.address.phone)];
    let names = [order.buyer_name.as_str(), &order.address.name]
        .into_iter()
        .flat_map(|name| {
            // "Mei Ling Chen" is also found by "ling chen" and by "chen".
            let folded = fold(name);
            let starts: Vec<usize> = folded.match_indices(' ').map(|(at, _)| at + 1).collect();
            std::iter::once(0)
                .chain(starts)
                .filter_map(|at| folded.get(at..).map(str::to_owned))
                .collect::<Vec<_>>()
        });
    let texts = [fold(&order.number), fold(&email)];
    texts
        .into_iter()
        .chain(phones)
        .chain(names)
        .chain(skus.map(fold))
        .filter(|term| !term.is_empty())
        .collect()
}

/// The columns of [`rows`].
pub(crate) const INSERTED: &[&str] = &["day", "term", "placed_at", "order_id"];

/// The terms of an order as rows to insert.
pub(crate) fn rows(order: &Order, terms: &Terms) -> Vec<Vec<Value>> {
    let day = day_of(order.placed_at);
    terms
        .iter()
        .map(|term| params![day, term, order.placed_at, order.id].to_vec())
        .collect()
}

/// The terms of an order in one text, each after a line break.
pub(crate) fn joined(terms: &Terms) -> String {
    terms
        .iter()
        .fold(String::new(), |text, term| text + "\n" + term)
}

/// The day of an instant in UTC, the first part of the key of the terms.
pub(crate) const fn day_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(DAY)
}

/// What somebody typed to find an order, as the range of terms that begin with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// The least term.
    pub(crate) from: String,
    /// The first term beyond.
    pub(crate) to: String,
}

impl Prefix {
    /// Reads a search box; `None` when it is empty.
    pub(crate) fn of(typed: &str) -> Option<Self> {
        let text = fold(typed);
        let from = if text.contains('@') {
            Email::parse(&text).map_or(text, |e| e.identity())
        } else if looks_like_phone(&text) {
            phone(&text)
        } else {
            text
        };
        if from.is_empty() {
            return None;
        }
        let to = beyond(&from);
        Some(Self { from, to })
    }

    /// The pattern that finds the prefix in [`joined`] terms, for `LIKE … ESCAPE '\'`.
    pub(crate) fn pattern(&self) -> String {
        let mut pattern = String::from("%\n");
        for c in self.from.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
    }
}

/// Lower case, full-width forms made half-width, one space between words, nothing unprintable.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if c != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.extend(c.to_lowercase());
        }
    }
    let cut = folded
        .char_indices()
        .nth(MAX)
        .map_or(folded.len(), |(at, _)| at);
    folded.truncate(cut);
    folded.truncate(folded.trim_end().len());
    folded
}

/// The digits of a phone number; numbers of Taiwan in their national form, also while they are being typed.
fn phone(text: &str) -> String {
    let text = fold(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("886") {
        Some(rest) if text.starts_with('+') || rest.len() >= 8 => {
            format!("0{}", rest.trim_start_matches('0'))
        }
        _ => digits,
    }
}

/// Digits as people write phone numbers, but not an order's number with its dash.
fn looks_like_phone(text: &str) -> bool {
    let number = text
        .split_once('-')
        .is_some_and(|(day, _)| day.len() == 8 && day.chars().all(|c| c.is_ascii_digit()));
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || " -+().".contains(c));
    plain && !number && text.chars().any(|c| c.is_ascii_digit())
}

/// The least text that comes after every text beginning with `prefix`, by bytes of UTF-8.
fn beyond(prefix: &str) -> String {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // After U+D7FF come the surrogates, which are no characters.
        let next = (u32::from(last) + 1..=u32::from(char::MAX))
            .take(2_049)
            .find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return chars.into_iter().collect();
        }
    }
    char::MAX.to_string().repeat(MAX + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_search_box_is_read_as_people_type() {
        let read = |typed| Prefix::of(typed).map(|p| p.from);
        assert_eq!(read("  "), None);
        assert_eq!(read("０９１２－345").unwrap(), "0912345");
        assert_eq!(read("+886 912-345-678").unwrap(), "0912345678");
        assert_eq!(read("20260302-0001").unwrap(), "20260302-0001");
        assert_eq!(read("2026-03").unwrap(), "202603");
        assert_eq!(read("TEA-DD-075").unwrap(), "tea-dd-075");
        assert_eq!(
            read("Ming.Li+tea@Example.TW").unwrap(),
            "ming.li@example.tw"
        );
        assert_eq!(read("王　小明").unwrap(), "王 小明");
        assert_eq!(Prefix::of("50%_\\").unwrap().pattern(), "%\n50\\%\\_\\\\%");
    }

    proptest! {
        /// Exactly the texts that begin with the prefix lie in its range.
        #[test]
        fn a_range_holds_exactly_what_begins_so(prefix in "\\PC{1,6}", other in "\\PC{0,8}") {
            let inside = |text: &str| prefix.as_str() <= text && text < beyond(&prefix).as_str();
            prop_assert!(inside(&prefix));
            let longer = format!("{prefix}{other}");
            prop_assert!(inside(&longer));
            prop_assert_eq!(inside(&other), other.starts_with(&prefix));
        }

        /// What was folded once stays as it is, so terms and what is typed meet.
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,90}") {
            let once = fold(&text);
            // A few letters change again when they are lowered twice; no term of a shop holds them.
            prop_assume!(once.to_lowercase() == once);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
