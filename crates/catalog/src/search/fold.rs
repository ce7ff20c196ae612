//! Words as the search sees them: one width, lower case, simplified characters; Chinese in pairs of characters.
//!
//! Folding goes character by character, so a word folds the same alone and inside a sentence. That is why 綠茶 and
//! 绿茶 find the same, and a two-character word is found wherever it stands.

use std::{collections::HashMap, sync::OnceLock};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};

/// Characters that simplification may change: the main block of Han characters and extension A.
const HAN: std::ops::RangeInclusive<u32> = 0x3400..=0x9fff;

/// One traditional character to its simplified form, for those that have one. Made once, by asking for each
/// character alone; the dictionaries are dropped afterwards.
fn simplified() -> &'static HashMap<char, char> {
    static TABLE: OnceLock<HashMap<char, char>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else {
            tracing::error!(
                "no dictionary of simplified characters: the two scripts will not find each other"
            );
            return HashMap::new();
        };
        let pair = |code| {
            let from = char::from_u32(code)?;
            let converted = converter.convert(from.encode_utf8(&mut [0; 4]));
            let mut chars = converted.chars();
            let to = chars.next().filter(|to| *to != from)?;
            chars.next().is_none().then_some((from, to))
        };
        HAN.filter_map(pair).collect()
    })
}

/// A text in one width, lower case and simplified characters. Lengths in characters may change with case.
#[must_use]
pub fn fold(text: &str) -> String {
    let table = simplified();
    let one = |c: char| table.get(&c).copied().unwrap_or(c);
    text.chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .map(one)
        .collect()
}

/// Full-width Latin letters, digits and signs become ordinary ones.
fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// What kind of run a character belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Written without spaces between words.
    Ideograph,
    /// A letter of an alphabet.
    Letter,
    /// A digit.
    Digit,
    /// Inside a word but not part of it: the apostrophe.
    Silent,
    /// Ends a word.
    Other,
}

fn kind(c: char) -> Kind {
    match u32::from(c) {
        0x3040..=0x30ff
        | 0x3100..=0x312f
        | 0x3400..=0x9fff
        | 0xac00..=0xd7af
        | 0xf900..=0xfaff
        | 0x20000..=0x3ffff => Kind::Ideograph,
        _ if c == '\'' || c == '’' => Kind::Silent,
        _ if c.is_numeric() => Kind::Digit,
        _ if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    }
}

/// Runs of one kind in a folded text.
fn runs(folded: &str) -> Vec<(Kind, String)> {
    let mut runs: Vec<(Kind, String)> = Vec::new();
    for c in folded.chars() {
        let kind = kind(c);
        match runs.last_mut() {
            _ if kind == Kind::Silent => {}
            Some((last, run)) if *last == kind => run.push(c),
            _ => runs.push((kind, c.to_string())),
        }
    }
    runs
}

/// The terms under which a text is found: each word, each pair of neighbouring Chinese characters, and each Chinese
/// character alone, which a query of one character asks for.
#[must_use]
pub fn index_terms(text: &str) -> Vec<String> {
    terms(text, true)
}

/// The terms that a query asks for, each once, in order: words and pairs, and a character alone only where it stands
/// alone.
#[must_use]
pub fn query_terms(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    terms(text, false)
        .into_iter()
        .filter(|term| seen.insert(term.clone()))
        .collect()
}

fn terms(text: &str, singles: bool) -> Vec<String> {
    let mut terms = Vec::new();
    for (kind, run) in runs(&fold(text)) {
        match kind {
            Kind::Letter => terms.push(stem(&run).to_owned()),
            Kind::Digit => terms.push(run),
            Kind::Silent | Kind::Other => {}
            Kind::Ideograph => {
                let chars: Vec<char> = run.chars().collect();
                terms.extend(chars.windows(2).map(String::from_iter));
                if singles || chars.len() == 1 {
                    terms.extend(chars.iter().map(char::to_string));
                }
            }
        }
    }
    terms
}

/// An English word without the ending of its plural: cups and cup, boxes and boxe, ladies and ladie meet.
fn stem(word: &str) -> &str {
    let plural = word.len() > 3 && word.is_ascii() && word.ends_with('s');
    if plural && !word.ends_with("ss") && !word.ends_with("us") {
        word.strip_suffix('s').unwrap_or(word)
    } else {
        word
    }
}

/// A SKU or barcode as it is compared: letters and digits only; `None` when nothing is left, or when the text holds
/// what no code holds, such as Chinese.
#[must_use]
pub fn code(text: &str) -> Option<String> {
    let folded = fold(text);
    let allowed = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '-' | '_' | '.' | '/' | '#' | '+')
            || c.is_whitespace()
    };
    if !folded.chars().all(allowed) {
        return None;
    }
    let code: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
    (!code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// STF-03: both scripts, both widths and both cases are one word.
    #[test]
    fn scripts_widths_and_cases_fold_together() {
        assert_eq!(fold("綠茶"), "绿茶");
        assert_eq!(fold("臺灣烏龍"), fold("台湾乌龙"));
        assert_eq!(fold("ＴＥＡ　７５Ｇ"), "tea 75g");
    }

    /// STF-03: pairs of characters, words, figures apart from their units, plurals.
    #[test]
    fn texts_become_terms() {
        assert_eq!(query_terms("凍頂烏龍"), ["冻顶", "顶乌", "乌龙"]);
        assert_eq!(query_terms("茶"), ["茶"]);
        assert_eq!(
            query_terms("75g 茶杯 Cups, men's"),
            ["75", "g", "茶杯", "cup", "men"]
        );
        assert_eq!(query_terms("glass bus tea tea"), ["glass", "bus", "tea"]);
        assert_eq!(index_terms("綠茶"), ["绿茶", "绿", "茶"]);
        assert!(query_terms(" ，。!").is_empty());
    }

    /// STF-03: codes are compared without their punctuation.
    #[test]
    fn codes_lose_their_punctuation() {
        assert_eq!(code("TEA-DD-075").as_deref(), Some("teadd075"));
        assert_eq!(code("綠茶"), None);
        assert_eq!(code(" - "), None);
    }

    proptest! {
        /// STF-03: every word of a text that is asked for alone is among the terms of the text.
        #[test]
        fn what_is_asked_is_indexed(text in "[綠茶烏龍臺杯绿a-zA-Z0-9' ,。Ａ-Ｚ]{0,40}") {
            let indexed = index_terms(&text);
            for term in query_terms(&text) {
                prop_assert!(indexed.contains(&term), "{}", term);
            }
        }
    }
}
