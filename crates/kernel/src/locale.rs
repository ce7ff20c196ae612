//! The three languages, and texts that exist in some of them.

use std::{collections::BTreeMap, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of the program.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
pub enum Locale {
    /// Chinese in traditional characters, as written in Taiwan and Hong Kong.
    #[default]
    #[serde(rename = "zh-Hant")]
    Hant,
    /// Chinese in simplified characters, as written on the mainland.
    #[serde(rename = "zh-Hans")]
    Hans,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// All languages, the default first.
    pub const ALL: [Self; 3] = [Self::Hant, Self::Hans, Self::En];

    /// BCP 47 tag.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hant => "zh-Hant",
            Self::Hans => "zh-Hans",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Hant => "繁體中文",
            Self::Hans => "简体中文",
            Self::En => "English",
        }
    }

    /// The best of the three for an `Accept-Language` header; `None` when it names none of them.
    #[must_use]
    pub fn negotiate(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| {
            let tag = part
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase();
            match tag.as_str() {
                "zh-hans" | "zh-cn" | "zh-sg" | "zh-hans-cn" => Some(Self::Hans),
                _ if tag == "zh" || tag.starts_with("zh-") => Some(Self::Hant),
                _ if tag == "en" || tag.starts_with("en-") => Some(Self::En),
                _ => None,
            }
        })
    }
}

/// A tag that is none of the three languages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the language must be zh-Hant, zh-Hans or en")]
pub struct UnknownLocale;

impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|l| l.code() == text)
            .ok_or(UnknownLocale)
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// A text of the merchant in one or more languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Texts(pub BTreeMap<Locale, String>);

impl Texts {
    /// A text that exists in one language.
    #[must_use]
    pub fn one(locale: Locale, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(locale, text.into())]))
    }

    /// The text in `locale`, or else in the first language that has one; empty when there is none.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &str {
        let filled = |l: &Locale| self.0.get(l).filter(|text| !text.is_empty());
        filled(&locale)
            .or_else(|| Locale::ALL.iter().find_map(filled))
            .map_or("", String::as_str)
    }

    /// True when no language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_the_chinese_they_read() {
        assert_eq!(Locale::negotiate("zh-CN,zh;q=0.9"), Some(Locale::Hans));
        assert_eq!(Locale::negotiate("zh-TW,zh;q=0.9,en"), Some(Locale::Hant));
        assert_eq!(Locale::negotiate("fr-FR, en-GB;q=0.7"), Some(Locale::En));
        assert_eq!(Locale::negotiate("de"), None);
    }

    #[test]
    fn a_missing_language_falls_back() {
        let texts = Texts::one(Locale::Hant, "綠茶");
        assert_eq!(texts.get(Locale::En), "綠茶");
    }
}
