//! Pages of text: shipping and returns, privacy, about the shop.
//!
//! A page is plain text with three marks at the beginning of a line: `## ` for a heading, `- ` for an entry of a list,
//! and an empty line between paragraphs. There is no HTML in it, so nothing that is typed can become a script (A17).
//! What the merchant has not written is taken from the program's words, filled with the shop's own decisions.

use std::collections::BTreeMap;

use kernel::{Locale, Texts, Timestamp};
use platform::{web::PageView, words::Words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    facts::{Facts, PageLink},
    parts,
};

/// Settings key of [`TextPages`].
pub const SETTING: &str = "pages";
/// The pages that every shop has.
pub const OWN: [&str; 3] = ["shipping-and-returns", "privacy", "about"];

/// What the merchant wrote, by the name of the page in addresses.
pub type TextPages = BTreeMap<String, TextPage>;

/// A page as the merchant wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TextPage {
    /// Its title.
    pub title: Texts,
    /// One line below the title.
    pub summary: Texts,
    /// Its text.
    pub body: Texts,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// A page of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TextPageView {
    /// Its name in addresses.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// One line below the title.
    pub summary: Option<String>,
    /// Its text, part by part.
    pub blocks: Vec<Part>,
    /// When the merchant last changed it.
    pub updated_at: Option<Timestamp>,
}

impl PageView for TextPageView {
    const TEMPLATE: &'static str = "page.html";
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// A heading.
    Heading {
        /// Its words.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: String,
    },
    /// A list.
    List {
        /// Its entries.
        items: Vec<String>,
    },
}

/// The page of this name; `None` when there is none.
#[must_use]
pub fn text_page(
    facts: &Facts,
    handle: &str,
    locale: Locale,
    words: &Words,
) -> Option<TextPageView> {
    let written = facts.pages.get(handle);
    let own = OWN.contains(&handle);
    let take = |texts: Option<&Texts>, part: &str| {
        let text = texts
            .map(|t| t.get(locale))
            .filter(|t| !t.trim().is_empty())
            .map(str::to_owned);
        text.or_else(|| own.then(|| default(facts, handle, part, locale, words)))
    };
    let title = take(written.map(|w| &w.title), "title")?;
    let body = take(written.map(|w| &w.body), "body").unwrap_or_default();
    Some(TextPageView {
        handle: handle.to_owned(),
        title,
        summary: take(written.map(|w| &w.summary), "summary"),
        blocks: blocks(&body),
        updated_at: written.and_then(|w| w.updated_at),
    })
}

/// Links to all pages of text, the shop's own first.
#[must_use]
pub fn links(facts: &Facts, locale: Locale, words: &Words) -> Vec<PageLink> {
    let more = facts
        .pages
        .keys()
        .map(String::as_str)
        .filter(|h| !OWN.contains(h));
    let pages = OWN
        .into_iter()
        .chain(more)
        .filter_map(|handle| text_page(facts, handle, locale, words));
    pages
        .map(|page| PageLink {
            title: page.title,
            url: format!("/pages/{}", page.handle),
        })
        .collect()
}

/// The program's own words for a page, with the shop's decisions in them.
fn default(facts: &Facts, handle: &str, part: &str, locale: Locale, words: &Words) -> String {
    let shop = &facts.shop;
    if (handle, part) == ("about", "body")
        && let Some(story) = parts::filled(shop.story.get(locale))
    {
        return story;
    }
    let calendar = &facts.calendar;
    let cheapest = facts
        .methods
        .iter()
        .map(|m| m.rate)
        .min_by_key(|rate| rate.amount);
    let free = parts::free_from(&facts.methods);
    let args = [
        ("shop", shop.name.get(locale).to_owned()),
        (
            "cutoff",
            format!(
                "{:02}:{:02}",
                calendar.cutoff_minute / 60,
                calendar.cutoff_minute % 60
            ),
        ),
        ("payment_days", shop.payment_days.to_string()),
        ("return_days", shop.return_days.to_string()),
        (
            "rate",
            cheapest.map_or_else(|| "–".to_owned(), |m| m.to_string()),
        ),
        (
            "free",
            free.map_or_else(|| "none".to_owned(), |m| m.to_string()),
        ),
        ("email", shop.contact_email.clone()),
        ("phone", shop.contact_phone.clone()),
    ];
    words.say(locale, &format!("page-{handle}-{part}"), &args)
}

/// Takes a text apart.
#[must_use]
pub fn blocks(text: &str) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix("## ") {
            found.push(Part::Heading {
                text: heading.trim().to_owned(),
            });
            open = false;
        } else if let Some(entry) = line.strip_prefix("- ") {
            match found.last_mut() {
                Some(Part::List { items }) => items.push(entry.trim().to_owned()),
                _ => found.push(Part::List {
                    items: vec![entry.trim().to_owned()],
                }),
            }
            open = false;
        } else if line.is_empty() {
            open = false;
        } else {
            match found.last_mut() {
                Some(Part::Paragraph { text }) if open => {
                    text.push('\n');
                    text.push_str(line);
                }
                _ => found.push(Part::Paragraph {
                    text: line.to_owned(),
                }),
            }
            open = true;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A17: marks become parts, everything else stays text.
    #[test]
    fn a_text_is_taken_apart() {
        let parts = blocks("## 出貨\n第一行\n第二行\n\n另一段\n- 甲\n- <script>\n\n");
        assert_eq!(
            parts,
            [
                Part::Heading {
                    text: "出貨".into()
                },
                Part::Paragraph {
                    text: "第一行\n第二行".into()
                },
                Part::Paragraph {
                    text: "另一段".into()
                },
                Part::List {
                    items: vec!["甲".into(), "<script>".into()]
                },
            ]
        );
    }
}
