//! Card numbers that somebody typed where none belongs (P12): into a note, a question, a search. What may be one is
//! masked before anything reads it, down to the last four digits, by which people still find the card.
//!
//! A card number is told by its length, the ranges of the card companies (ISO/IEC 7812) and its check digit (Luhn).
//! Numbers that look alike but are something else, such as barcodes and numbers of parcels and accounts, are known by
//! the names of their fields and stay.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Digits of the shortest card number.
const SHORTEST: usize = 14;
/// Digits of the longest one.
const LONGEST: usize = 19;
/// What stands between the groups of a number as people type it.
const BETWEEN: [char; 7] = [' ', '-', '.', '_', '\u{a0}', '\u{3000}', '－'];
/// Characters between two groups.
const GAP: usize = 3;
/// Parts of the names of fields that hold other long numbers, or secrets that are never kept as they came.
const OTHER: [&str; 11] = [
    "account",
    "barcode",
    "code",
    "csv",
    "hash",
    "key",
    "password",
    "reference",
    "sku",
    "token",
    "tracking",
];

/// Digits that stand together.
struct Group {
    from: usize,
    to: usize,
    digits: String,
    /// Whether only a gap is between it and the group before.
    follows: bool,
    /// Whether no letter stands right before it.
    begins: bool,
    /// Whether no letter stands right behind it.
    ends: bool,
}

/// A text in which every number that may be of a card is masked: `•••• 4242`.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    if text.chars().filter_map(digit).take(SHORTEST).count() < SHORTEST {
        return Cow::Borrowed(text);
    }
    let groups = groups(text);
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(group) = groups.get(at) {
        let Some((last, digits)) = card_from(&groups, at) else {
            at += 1;
            continue;
        };
        out.push_str(text.get(kept..group.from).unwrap_or_default());
        out.push_str("•••• ");
        out.push_str(digits.get(digits.len() - 4..).unwrap_or_default());
        kept = groups.get(last).map_or(text.len(), |group| group.to);
        at = last + 1;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// The longest card number that begins with a group: its last group, and its digits.
fn card_from(groups: &[Group], first: usize) -> Option<(usize, String)> {
    if !groups.get(first)?.begins {
        return None;
    }
    let (mut digits, mut found) = (String::new(), None);
    for (at, group) in groups.iter().enumerate().skip(first) {
        if at > first && !group.follows {
            break;
        }
        digits.push_str(&group.digits);
        if digits.len() > LONGEST {
            break;
        }
        if group.ends && is_card(&digits) {
            found = Some((at, digits.clone()));
        }
    }
    found
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let (mut before, mut gap, mut plain) = (None, 0, true);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if let Some(digit) = digit(c) {
            let open = groups.last_mut().filter(|group| group.to == at);
            if let Some(group) = open {
                group.digits.push(digit);
                group.to = end;
            } else {
                groups.push(Group {
                    from: at,
                    to: end,
                    digits: digit.to_string(),
                    follows: !groups.is_empty() && plain && gap <= GAP,
                    begins: !before.is_some_and(char::is_alphanumeric),
                    ends: true,
                });
            }
            (gap, plain) = (0, true);
        } else {
            if let Some(group) = groups.last_mut().filter(|group| group.to == at) {
                group.ends = !c.is_ascii_alphanumeric();
            }
            gap += 1;
            plain &= BETWEEN.contains(&c);
        }
        before = Some(c).filter(char::is_ascii);
    }
    groups
}

/// A digit, also in the width of Chinese characters.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

/// Whether digits are the number of a card.
fn is_card(digits: &str) -> bool {
    let begins = |count: usize| -> u32 {
        let head = digits.get(..count).and_then(|head| head.parse().ok());
        head.unwrap_or_default()
    };
    let length = digits.len();
    let company = match length {
        14 => matches!(begins(2), 36 | 38 | 39) || matches!(begins(3), 300..=305),
        15 => matches!(begins(2), 34 | 37),
        16..=19 => {
            let sixteen =
                length == 16 && (matches!(begins(2), 51..=55) || matches!(begins(4), 2221..=2720));
            let visa = begins(1) == 4 && matches!(length, 16 | 19);
            let others = matches!(begins(2), 62 | 65 | 81)
                || matches!(begins(3), 644..=649)
                || matches!(begins(4), 6011 | 3528..=3589);
            sixteen || visa || others
        }
        _ => false,
    };
    company && checks(digits)
}

/// The check digit: every second digit from the right counts twice.
fn checks(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ if digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the field of a name holds other long numbers, or a place in a list.
fn is_other(name: &str) -> bool {
    name == "after" || OTHER.iter().any(|part| name.contains(part))
}

/// The same of what stands in a field: a text in a field of other numbers stays.
#[must_use]
pub fn masked_in<'a>(field: &str, text: &'a str) -> Cow<'a, str> {
    if is_other(&field.to_lowercase()) {
        Cow::Borrowed(text)
    } else {
        masked(text)
    }
}

/// Masks every text of a value that was sent, apart from those in fields of other numbers. A number of JSON that may be
/// of a card becomes a masked text, which no field for numbers takes.
pub fn mask(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(safe) = masked(text) {
                *text = safe;
            }
        }
        Value::Number(number) => {
            if let Cow::Owned(safe) = masked(&number.to_string()) {
                *value = Value::String(safe);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(fields) => mask_fields(fields),
        _ => {}
    }
}

/// The same of fields by their names, and of the names themselves; of a nested field its whole name counts.
pub fn mask_fields(fields: &mut Map<String, Value>) {
    if fields
        .keys()
        .any(|name| matches!(masked(name), Cow::Owned(_)))
    {
        let named = std::mem::take(fields).into_iter();
        *fields = named
            .map(|(name, value)| (masked(&name).into_owned(), value))
            .collect();
    }
    for (name, value) in fields {
        if !is_other(name) {
            mask(value);
        }
    }
}

/// A text in JSON in which every value is masked; the same text where there is nothing to mask.
#[must_use]
pub fn masked_json(text: &str) -> Cow<'_, str> {
    if matches!(masked(text), Cow::Borrowed(_)) {
        return Cow::Borrowed(text);
    }
    let Ok(before) = serde_json::from_str::<Value>(text) else {
        return masked(text);
    };
    let mut after = before.clone();
    mask(&mut after);
    if after == before {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(after.to_string())
    }
}

/// An address's query in which every name and every value is masked; the same text where there is nothing to mask.
#[must_use]
pub fn masked_query(query: &str) -> Cow<'_, str> {
    // A digit that stands for itself or in a sequence of percent signs takes at least one.
    if query.bytes().filter(u8::is_ascii_digit).count() < SHORTEST {
        return Cow::Borrowed(query);
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let safe: Vec<(Cow<'_, str>, Cow<'_, str>)> = pairs
        .iter()
        .map(|(name, value)| (masked(name), masked_in(name, value)))
        .collect();
    let is_masked = |text: &Cow<'_, str>| matches!(text, Cow::Owned(_));
    if safe
        .iter()
        .any(|(name, value)| is_masked(name) || is_masked(value))
    {
        Cow::Owned(serde_urlencoded::to_string(&safe).unwrap_or_default())
    } else {
        Cow::Borrowed(query)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// P12: a number is found in every way in which people type it, also with what stands behind it on the card; numbers
    /// of orders, parcels, telephones and goods stay.
    #[test]
    fn a_card_is_masked_and_other_numbers_stay() {
        for (typed, shown) in [
            ("4242424242424242", "•••• 4242"),
            ("我的卡 4242 4242 4242 4242，謝謝", "我的卡 •••• 4242，謝謝"),
            ("卡號4242-4242-4242-4242到期12/27", "卡號•••• 4242到期12/27"),
            ("5555 5555 5555 4444 12 27 123", "•••• 4444 12 27 123"),
            ("3782 822463 10005", "•••• 0005"),
            ("４２４２４２４２４２４２４２４２", "•••• 4242"),
            (
                "6200000000000005 and 4242.4242.4242.4242",
                "•••• 0005 and •••• 4242",
            ),
        ] {
            assert_eq!(masked(typed), shown, "{typed}");
        }
        for other in [
            "20261122-000123",
            "4242 4242 4242 4243",
            "4711234567890",
            "SF4242424242424242",
            "+886 912 345 678",
            "x4242424242424242y",
            "42424242424242424242424242424242",
        ] {
            assert_eq!(masked(other), other);
        }
    }

    #[test]
    fn fields_of_other_numbers_stay() {
        let card = "4242424242424242";
        let mut sent = json!({
            "note": card, "lines": [{ "text": card, "tracking_number": card }], "barcode": card, "bank": { "account_number": card },
        });
        mask(&mut sent);
        assert_eq!(
            sent,
            json!({
                "note": "•••• 4242", "lines": [{ "text": "•••• 4242", "tracking_number": card }], "barcode": card,
                "bank": { "account_number": card },
            })
        );
        let mut sent = json!({ card: "x", "texts": { "en": 4_242_424_242_424_242_u64, "n": 12 } });
        mask(&mut sent);
        assert_eq!(
            sent,
            json!({ "•••• 4242": "x", "texts": { "en": "•••• 4242", "n": 12 } })
        );
        assert_eq!(
            masked_query(&format!("{card}=1")),
            "%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2+4242=1"
        );
        assert_eq!(masked_in("Variant Barcode", card), card);
        assert_eq!(masked_in("Title", card), "•••• 4242");
        assert_eq!(
            masked_query("q=4242+4242+4242+4242&after=4242424242424242"),
            "q=%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2+4242&after=4242424242424242"
        );
        assert!(matches!(
            masked_query("from=2026-01-01&to=2026-12-31&q=20261122"),
            Cow::Borrowed(_)
        ));
    }

    /// P9, P12: a message of a provider stays JSON, and stays as it came where nothing is masked.
    #[test]
    fn a_message_stays_json() {
        let told = r#"{"id":"evt_1","n":4242424242424242,"data":{"note":"4242 4242 4242 4242"}}"#;
        let kept: Value = serde_json::from_str(&masked_json(told)).unwrap();
        assert_eq!(
            kept,
            json!({ "id": "evt_1", "n": "•••• 4242", "data": { "note": "•••• 4242" } })
        );
        for plain in [
            r#"{ "id": "evt_1", "created": 1764547200 }"#,
            r#"{ "tracking_number": "4242424242424242" }"#,
            "no JSON",
        ] {
            assert!(matches!(masked_json(plain), Cow::Borrowed(_)), "{plain}");
        }
    }

    /// A number of one of the companies with its check digit.
    fn card() -> impl Strategy<Value = String> {
        let kinds = [
            ("4", 16),
            ("51", 16),
            ("2221", 16),
            ("37", 15),
            ("36", 14),
            ("62", 19),
            ("3528", 16),
        ];
        (prop::sample::select(kinds.to_vec()), "[0-9]{20}").prop_map(|((head, length), rest)| {
            let body: String = format!("{head}{rest}").chars().take(length - 1).collect();
            let fits = |digit: &u32| checks(&format!("{body}{digit}"));
            let digit = (0..10).find(fits).unwrap_or_default();
            format!("{body}{digit}")
        })
    }

    proptest! {
        /// P12: whatever stands around it and however it is grouped, of a card only the last four digits stay.
        #[test]
        fn no_card_stays(card in card(), gap in "[ -]?", every in 3_usize..6, before in "[a-z茶，]{0,5} ", after in " ?[茶，。]{0,5}") {
            let digits: Vec<char> = card.chars().collect();
            let groups: Vec<String> = digits.chunks(every).map(|group| group.iter().collect()).collect();
            let typed = format!("{before}{}{after}", groups.join(&gap));
            let safe = masked(&typed);
            let left: String = safe.chars().filter_map(digit).collect();
            prop_assert_eq!(left, card.get(card.len() - 4..).unwrap_or_default());
            prop_assert!(safe.starts_with(&before) && safe.ends_with(&after));
        }

        /// Words and short numbers are what they were.
        #[test]
        fn words_stay(text in "([a-z茶]{1,8}[0-9]{0,6}){0,4}") {
            prop_assert_eq!(masked(&text), text.as_str());
        }
    }
}
