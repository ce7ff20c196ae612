//! Words in three languages: Fluent messages by key.

use std::collections::{BTreeSet, HashMap};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use kernel::Locale;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../locales"]
struct Files;

/// All words of the program.
pub struct Words(HashMap<Locale, FluentBundle<FluentResource>>);

/// A message file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("words in {file}: {reason}")]
pub struct BrokenWords {
    file: String,
    reason: String,
}

impl Words {
    /// Reads every message file of the program.
    ///
    /// # Errors
    /// The first file with a syntax error or with a key that another file has already.
    pub fn load() -> Result<Self, BrokenWords> {
        let mut bundles = HashMap::new();
        for locale in Locale::ALL {
            let tag = locale.code().parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            bundle.set_use_isolating(false);
            for name in Files::iter()
                .filter(|n| n.starts_with(&format!("{locale}/")) && n.ends_with(".ftl"))
            {
                let broken = |reason: String| BrokenWords {
                    file: name.to_string(),
                    reason,
                };
                let file = Files::get(&name).ok_or_else(|| broken("missing".into()))?;
                let text =
                    String::from_utf8(file.data.into_owned()).map_err(|e| broken(e.to_string()))?;
                let resource = FluentResource::try_new(text)
                    .map_err(|(_, errors)| broken(format!("{errors:?}")))?;
                bundle
                    .add_resource(resource)
                    .map_err(|errors| broken(format!("{errors:?}")))?;
            }
            bundles.insert(locale, bundle);
        }
        Ok(Self(bundles))
    }

    /// The message under `key`, filled with `args`. A missing key shows itself, so that it is found.
    #[must_use]
    pub fn say(&self, locale: Locale, key: &str, args: &[(&str, String)]) -> String {
        let mut fluent = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            fluent.set(*name, FluentValue::try_number(value));
        }
        self.format(locale, key, Some(&fluent))
    }

    /// The message under `key`; arguments keep their type, so numbers choose plural forms.
    #[must_use]
    pub fn format(&self, locale: Locale, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let found = self.0.get(&locale).and_then(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            let mut errors = Vec::new();
            Some(
                bundle
                    .format_pattern(pattern, args, &mut errors)
                    .into_owned(),
            )
        });
        found.unwrap_or_else(|| key.to_owned())
    }

    /// Whether `key` has a message in `locale`.
    #[must_use]
    pub fn has(&self, locale: Locale, key: &str) -> bool {
        self.0
            .get(&locale)
            .is_some_and(|bundle| bundle.has_message(key))
    }

    /// The keys of a language, read from its files.
    #[must_use]
    pub fn keys(locale: Locale) -> BTreeSet<String> {
        let files = Files::iter()
            .filter(|n| n.starts_with(&format!("{locale}/")))
            .filter_map(|n| Files::get(&n));
        files
            .flat_map(|file| {
                let text = String::from_utf8_lossy(&file.data).into_owned();
                let keys: Vec<String> = text
                    .lines()
                    .filter_map(message_key)
                    .map(str::to_owned)
                    .collect();
                keys
            })
            .collect()
    }
}

fn message_key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim_end();
    let first = key.chars().next()?;
    (first.is_ascii_alphabetic()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
    .then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word exists in all three languages.
    #[test]
    fn no_language_lacks_a_word() {
        Words::load().unwrap();
        let [hant, hans, en] = Locale::ALL.map(Words::keys);
        for (name, other) in [("zh-Hans", &hans), ("en", &en)] {
            let difference: Vec<_> = hant.symmetric_difference(other).collect();
            assert!(
                difference.is_empty(),
                "zh-Hant and {name} differ in {difference:?}"
            );
        }
    }
}
