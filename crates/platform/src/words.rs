//! Words in three languages: Fluent messages by key.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use kernel::Locale;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../locales"]
struct Files;

/// All words of the program, or some words over others.
pub struct Words {
    bundles: HashMap<Locale, FluentBundle<FluentResource>>,
    /// Where a key is looked for that is not here.
    below: Option<Arc<Words>>,
}

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
        Ok(Self {
            bundles,
            below: None,
        })
    }

    /// These words over others: a key of `files` (language and text of a message file) wins, the rest stays. What cannot
    /// be read is left out and told, with its place in `files`.
    #[must_use]
    pub fn over(below: Arc<Self>, files: &[(Locale, String)]) -> (Self, Vec<(usize, String)>) {
        let mut bundles: HashMap<Locale, FluentBundle<FluentResource>> = HashMap::new();
        let mut broken = Vec::new();
        for (place, (locale, text)) in files.iter().enumerate() {
            let bundle = bundles.entry(*locale).or_insert_with(|| {
                let tag = locale.code().parse().unwrap_or_default();
                let mut bundle = FluentBundle::new_concurrent(vec![tag]);
                bundle.set_use_isolating(false);
                bundle
            });
            let resource =
                FluentResource::try_new(text.clone()).unwrap_or_else(|(read, errors)| {
                    broken.extend(errors.iter().map(|error| (place, error.to_string())));
                    read
                });
            bundle.add_resource_overriding(resource);
        }
        let below = Some(below);
        (Self { bundles, below }, broken)
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
        let found = self.bundles.get(&locale).and_then(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            let mut errors = Vec::new();
            Some(
                bundle
                    .format_pattern(pattern, args, &mut errors)
                    .into_owned(),
            )
        });
        match (found, &self.below) {
            (Some(text), _) => text,
            (None, Some(below)) => below.format(locale, key, args),
            (None, None) => key.to_owned(),
        }
    }

    /// Whether `key` has a message in `locale`.
    #[must_use]
    pub fn has(&self, locale: Locale, key: &str) -> bool {
        let here = self.bundles.get(&locale);
        here.is_some_and(|bundle| bundle.has_message(key))
            || self
                .below
                .as_ref()
                .is_some_and(|below| below.has(locale, key))
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

    /// STF-05: a theme's own words win, its mistakes are told, and everything else stays.
    #[test]
    fn words_lie_over_words() {
        let below = Arc::new(Words::load().unwrap());
        let known = below.say(Locale::En, "layout-cart", &[]);
        let files = [
            (Locale::En, "layout-cart = Basket\n".to_owned()),
            (
                Locale::Hant,
                "own-word = 本期\nthis is no message\n".to_owned(),
            ),
        ];
        let (words, broken) = Words::over(Arc::clone(&below), &files);
        assert_eq!(words.say(Locale::En, "layout-cart", &[]), "Basket");
        assert_ne!(words.say(Locale::Hans, "layout-cart", &[]), "layout-cart");
        assert_eq!(words.say(Locale::Hant, "own-word", &[]), "本期");
        assert_eq!(words.say(Locale::En, "own-word", &[]), "own-word");
        assert!(words.has(Locale::Hant, "layout-cart") && words.has(Locale::Hant, "own-word"));
        assert!(!words.has(Locale::En, "own-word"));
        assert_eq!(broken.first().map(|(place, _)| *place), Some(1));
        assert_eq!(below.say(Locale::En, "layout-cart", &[]), known);
    }
}
