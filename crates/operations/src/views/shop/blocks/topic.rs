//! The program's own words on what every shop has to say: delivery, returns, payment, privacy, terms, how to order, what
//! is often asked. They are filled with the shop's own decisions each time they are shown, so that they stay true when
//! those change.
//!
//! Such a text has three marks at the beginning of a line: `## ` for a heading, `- ` for an entry of a list, and an empty
//! line between paragraphs.

use kernel::Locale;
use marketing::Topic;
use platform::words::Words;
use schemars::JsonSchema;
use serde::Serialize;

use super::{EntryView, Facts};
use crate::views::shop::parts;

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

/// The program's own title of a page on a topic.
#[must_use]
pub fn title(facts: &Facts, topic: Topic, locale: Locale, words: &Words) -> String {
    said(facts, topic, "title", locale, words)
}

/// The program's own line about a page on a topic.
#[must_use]
pub fn summary(facts: &Facts, topic: Topic, locale: Locale, words: &Words) -> String {
    said(facts, topic, "summary", locale, words)
}

/// The program's own text on a topic.
#[must_use]
pub fn body(facts: &Facts, topic: Topic, locale: Locale, words: &Words) -> String {
    if topic == Topic::About
        && let Some(story) = parts::filled(facts.shop.story.get(locale))
    {
        return story;
    }
    said(facts, topic, "body", locale, words)
}

fn said(facts: &Facts, topic: Topic, part: &str, locale: Locale, words: &Words) -> String {
    let (shop, calendar) = (&facts.shop, &facts.calendar);
    let rates = facts.methods.iter().map(|m| m.rate);
    let cheapest = rates.min_by_key(|rate| rate.amount);
    let free = parts::free_from(&facts.methods);
    let minute = calendar.cutoff_minute;
    let cash = facts.methods.iter().any(|m| m.cash_on_delivery);
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let args = [
        ("shop", shop.name.get(locale).to_owned()),
        ("cutoff", format!("{:02}:{:02}", minute / 60, minute % 60)),
        ("payment_days", shop.payment_days.to_string()),
        ("return_days", shop.return_days.to_string()),
        (
            "rate",
            cheapest.map_or_else(|| "none".to_owned(), |m| m.to_string()),
        ),
        (
            "free",
            free.map_or_else(|| "none".to_owned(), |m| m.to_string()),
        ),
        ("card", yes_no(facts.cards)),
        ("cash", yes_no(cash)),
        ("transfer", yes_no(!shop.bank.account_number.is_empty())),
        ("undo_minutes", shop.undo_minutes.to_string()),
    ];
    words.say(locale, &format!("page-{}-{part}", topic.code()), &args)
}

/// Takes a text apart.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix("## ") {
            let text = heading.trim().to_owned();
            found.push(Part::Heading { text });
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

/// Headings with what stands below each: the steps of a guide, or questions with their answers.
#[must_use]
pub(super) fn entries(text: &str) -> Vec<EntryView> {
    let mut found: Vec<EntryView> = Vec::new();
    for part in parts(text) {
        let more = match part {
            Part::Heading { text } => {
                found.push(EntryView {
                    title: text,
                    ..EntryView::default()
                });
                continue;
            }
            Part::Paragraph { text } => text,
            Part::List { items } => items.join("\n"),
        };
        if let Some(last) = found.last_mut() {
            let before = last.text.take();
            last.text = Some(before.map_or_else(|| more.clone(), |b| format!("{b}\n\n{more}")));
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
        let parts = parts("## 出貨\n第一行\n第二行\n\n另一段\n- 甲\n- <script>\n\n");
        let text = |text: &str| text.to_owned();
        assert_eq!(
            parts,
            [
                Part::Heading {
                    text: text("出貨")
                },
                Part::Paragraph {
                    text: text("第一行\n第二行")
                },
                Part::Paragraph {
                    text: text("另一段")
                },
                Part::List {
                    items: vec![text("甲"), text("<script>")]
                },
            ]
        );
    }

    /// STF-22, STF-25: a heading with what stands below it is a step, or a question with its answer.
    #[test]
    fn headings_become_entries() {
        let found = entries("## 一\n甲\n\n乙\n## 二\n- 丙\n- 丁");
        let told: Vec<(&str, Option<&str>)> = found
            .iter()
            .map(|e| (e.title.as_str(), e.text.as_deref()))
            .collect();
        assert_eq!(told, [("一", Some("甲\n\n乙")), ("二", Some("丙\n丁"))]);
    }
}
