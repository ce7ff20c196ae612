//! Every key has its message in three languages, and every message has a reader.
//!
//! A missing message shows its key to a customer; a message nobody reads is translated for nobody. Keys that are put
//! together at run time (`"order-state-" ~ order.state`) begin with a prefix of `xtask/word-prefixes.txt`, so that one
//! list says which families of keys exist.

mod fluent;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Report,
    source::Source,
    tree::{RustFile, Tree},
};

const LOCALES: [&str; 3] = ["zh-Hant", "zh-Hans", "en"];
const PREFIXES: &str = "xtask/word-prefixes.txt";

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    path: String,
    line: usize,
}

/// Everything that is said and everything that is asked for.
#[derive(Default)]
struct Words {
    /// For each language, each key with the place of its message.
    messages: BTreeMap<&'static str, BTreeMap<String, Place>>,
    /// Keys that have a second message in one language, with its place.
    twice: Vec<(String, Place)>,
    /// Keys that messages refer to.
    referred: BTreeSet<String>,
    /// Keys that must exist, with the place that asks.
    asked: Vec<(String, Place)>,
    /// Texts that may be keys.
    mentioned: BTreeSet<String>,
    /// Beginnings of keys that are put together in templates.
    built: Vec<(String, Place)>,
    /// Beginnings of keys that are put together in Rust.
    built_in_rust: BTreeSet<String>,
}

/// Compares messages with those who read them, both ways.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let words = gather(tree);
    let prefixes = prefixes(tree);
    for (key, place) in &words.twice {
        let message = format!("{key} has a message already, so the program would not start");
        report.at(&place.path, place.line, message);
    }
    between_languages(&words, report);
    asked_for(&words, report);
    unread(&words, &prefixes, report);
    families(&words, &prefixes, report);
}

fn gather(tree: &Tree) -> Words {
    let mut words = Words::default();
    for (path, text) in tree.texts() {
        let place = |line| Place {
            path: path.to_owned(),
            line,
        };
        if let Some(locale) = locale(path) {
            let messages = words.messages.entry(locale).or_default();
            for (key, line) in fluent::keys(text) {
                if messages.insert(key.clone(), place(line)).is_some() {
                    words.twice.push((key, place(line)));
                }
            }
            words.referred.extend(fluent::references(text));
        } else if is_template(path) {
            for quoted in template::quoted(text) {
                if quoted.is_call {
                    words.asked.push((quoted.text.clone(), place(quoted.line)));
                }
                if quoted.is_joined && quoted.text.ends_with('-') {
                    words.built.push((quoted.text.clone(), place(quoted.line)));
                }
                words.mentioned.insert(quoted.text);
            }
        }
    }
    for file in tree.rust().filter(|f| f.krate() != "xtask") {
        rust(file, &mut words);
    }
    words
}

fn locale(path: &str) -> Option<&'static str> {
    let rest = path.strip_prefix("locales/")?;
    let (folder, name) = rest.split_once('/')?;
    let locale = LOCALES.into_iter().find(|l| *l == folder)?;
    name.ends_with(".ftl").then_some(locale)
}

fn is_template(path: &str) -> bool {
    (path.starts_with("templates/") || path.starts_with("themes/"))
        && (path.ends_with(".html") || path.ends_with(".txt") || path.ends_with(".xml"))
}

fn rust(file: RustFile<'_>, words: &mut Words) {
    for literal in &file.source.literals {
        if file.in_test(literal.start) {
            continue;
        }
        let text = &literal.value;
        let is_error = text.strip_prefix("error-").is_some_and(is_key)
            && !is_argument(file.source, literal.start, "starts_with(");
        let is_flash = is_key(text) && is_argument(file.source, literal.start, "flash(");
        if is_error || is_flash {
            let place = Place {
                path: file.path.to_owned(),
                line: file.source.line(literal.start),
            };
            words.asked.push((text.clone(), place));
        }
        let begin = text.split('{').next().unwrap_or_default();
        if begin.ends_with('-') {
            words.built_in_rust.insert(begin.to_owned());
        }
        words.mentioned.insert(text.clone());
    }
}

/// Whether the text at `start` is what `call` is called with.
fn is_argument(source: &Source, start: usize, call: &str) -> bool {
    let before = source.code.get(..start).unwrap_or_default().trim_end();
    before.ends_with(call)
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// The listed prefixes with their lines.
fn prefixes(tree: &Tree) -> BTreeMap<String, usize> {
    let text = tree.text(PREFIXES).unwrap_or_default();
    text.lines()
        .enumerate()
        .map(|(index, line)| {
            (
                line.split_whitespace().next().unwrap_or_default(),
                index + 1,
            )
        })
        .filter(|(prefix, _)| !prefix.is_empty() && !prefix.starts_with('#'))
        .map(|(prefix, line)| (prefix.to_owned(), line))
        .collect()
}

fn between_languages(words: &Words, report: &mut Report) {
    for messages in words.messages.values() {
        for (key, place) in messages {
            for lacking in lacking(words, key) {
                let message = format!("{key} has no message in {lacking}");
                report.at(&place.path, place.line, message);
            }
        }
    }
}

fn lacking(words: &Words, key: &str) -> Vec<&'static str> {
    let has = |locale: &str| {
        words
            .messages
            .get(locale)
            .is_some_and(|m| m.contains_key(key))
    };
    LOCALES.into_iter().filter(|l| !has(l)).collect()
}

fn asked_for(words: &Words, report: &mut Report) {
    for (key, place) in &words.asked {
        let lacking = lacking(words, key);
        // Where one language has it, the finding stands at that message.
        if lacking.len() == LOCALES.len() {
            report.at(&place.path, place.line, format!("{key} has no message"));
        }
    }
}

fn unread(words: &Words, prefixes: &BTreeMap<String, usize>, report: &mut Report) {
    for messages in words.messages.values() {
        for (key, place) in messages {
            let is_read = words.mentioned.contains(key)
                || words.referred.contains(key)
                || prefixes.keys().any(|prefix| key.starts_with(prefix));
            if !is_read {
                report.at(&place.path, place.line, format!("nobody reads {key}"));
            }
        }
    }
}

/// The list of prefixes names every family that is put together, and none that is gone.
fn families(words: &Words, prefixes: &BTreeMap<String, usize>, report: &mut Report) {
    let exists = |prefix: &str| {
        let mut keys = words.messages.values().flat_map(BTreeMap::keys);
        keys.any(|key| key.starts_with(prefix))
    };
    for (prefix, place) in &words.built {
        if !prefixes.contains_key(prefix) && exists(prefix) {
            let message = format!("keys that begin with {prefix}: list it in {PREFIXES}");
            report.at(&place.path, place.line, message);
        }
    }
    for (prefix, line) in prefixes {
        if !exists(prefix) {
            report.at(PREFIXES, *line, format!("no message begins with {prefix}"));
        }
        let in_template = words.built.iter().any(|(built, _)| built == prefix);
        if !in_template && !words.built_in_rust.contains(prefix) {
            let message = format!("nobody puts a key together from {prefix}");
            report.at(PREFIXES, *line, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    fn tree(english: &str, chinese: &str, page: &str, rust: &str, prefixes: &str) -> Tree {
        Tree::of(&[
            ("locales/en/shop.ftl", english),
            ("locales/zh-Hant/shop.ftl", chinese),
            ("locales/zh-Hans/shop.ftl", chinese),
            ("templates/a.html", page),
            ("crates/a/src/lib.rs", rust),
            (PREFIXES, prefixes),
        ])
    }

    /// Keys that are read in a template, in Rust or by another message are all right.
    #[test]
    fn a_message_with_a_reader_is_left_alone() {
        let messages = "cart-empty = x\nerror-gone = x\nunit = x\ncart-full = { unit }\n";
        let page = "<p>{{ t('cart-empty') }}{% set w = \"cart-full\" %}";
        let rust = "//! x\nconst A: &str = \"error-gone\";\n";
        assert_eq!(
            found(check, &tree(messages, messages, page, rust, "")),
            [""; 0]
        );
    }

    /// A class of the same name does not read a message.
    #[test]
    fn an_unread_message_is_found() {
        let page = "<p class=\"cart-empty\">{# t('cart-empty') #}";
        let messages = "cart-empty = x\n";
        let found = found(check, &tree(messages, messages, page, "", ""));
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], "locales/en/shop.ftl:1: nobody reads cart-empty");
    }

    /// Keys that are asked for and have no message are found, in templates and in Rust, not in tests.
    #[test]
    fn a_missing_message_is_found() {
        let rust = "//! x\nfn f() { a.flash(\"order-saved\"); g(\"error-none\"); k.starts_with(\"error-any\") }\n#[cfg(test)]\nmod tests { fn h() { g(\"error-fake\") } }\n";
        let page = "{{ t(\"cart-gone\", count=1) }}";
        assert_eq!(
            found(check, &tree("", "", page, rust, "")),
            [
                "crates/a/src/lib.rs:2: error-none has no message",
                "crates/a/src/lib.rs:2: order-saved has no message",
                "templates/a.html:1: cart-gone has no message",
            ]
        );
    }

    /// A second message under one key stops the program from starting.
    #[test]
    fn a_second_message_is_found() {
        let page = "{{ t('a-b') }}";
        assert_eq!(
            found(
                check,
                &tree("a-b = x\na-b = y\n", "a-b = x\n", page, "", "")
            ),
            ["locales/en/shop.ftl:2: a-b has a message already, so the program would not start"]
        );
    }

    /// What one language has, all have.
    #[test]
    fn languages_are_equal() {
        let page = "{{ t('a-b') }}";
        let found = found(check, &tree("a-b = x\n", "", page, "", ""));
        assert_eq!(
            found,
            [
                "locales/en/shop.ftl:1: a-b has no message in zh-Hans",
                "locales/en/shop.ftl:1: a-b has no message in zh-Hant",
            ]
        );
    }

    /// A family of keys is listed exactly when it exists and somebody puts its keys together.
    #[test]
    fn families_are_listed() {
        let messages = "state-paid = x\n";
        let page = "{{ t('state-' ~ s) }}<p id=\"{{ 'row-' ~ n }}\">";
        assert_eq!(
            found(
                check,
                &tree(messages, messages, page, "", "state- of orders")
            ),
            [""; 0]
        );
        let missing = found(check, &tree(messages, messages, page, "", ""));
        assert!(
            missing.contains(
                &"templates/a.html:1: keys that begin with state-: list it in xtask/word-prefixes.txt"
                    .to_owned()
            ),
            "{missing:?}"
        );
        assert_eq!(
            found(check, &tree("", "", "", "", "gone-\n")),
            [
                "xtask/word-prefixes.txt:1: no message begins with gone-",
                "xtask/word-prefixes.txt:1: nobody puts a key together from gone-",
            ]
        );
    }

    /// Rust puts keys together too.
    #[test]
    fn families_of_rust_are_seen() {
        let messages = "state-paid = x\n";
        let rust = "//! x\nfn f(s: &str) -> String { format!(\"state-{s}\") }\n";
        assert_eq!(
            found(check, &tree(messages, messages, "", rust, "state-")),
            [""; 0]
        );
    }
}
