//! The operator's manual: the Markdown of `docs/manual`, inside the program, read once and turned into clean HTML.
//!
//! The contents are `README.md` of each language, and the order of its links is the order of the chapters. In a
//! chapter, links to other chapters and pictures lead to their places in the back office, and an address written as
//! `` `/admin/orders` `` becomes a link; everywhere else Markdown is read, the same text leads where it says.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::Builder;
use bytes::Bytes;
use kernel::Locale;
use operations::views::admin::{
    HelpPage,
    help::{HelpFound, HelpLink, HelpSection},
};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs/manual"]
struct ManualFiles;

/// Where chapters are read.
const PLACE: &str = "/admin/help";
/// The file of the contents.
const CONTENTS: &str = "README";
/// The languages in which the manual is written. Readers of simplified characters get the traditional one.
const LANGUAGES: [Locale; 2] = [Locale::Hant, Locale::En];
/// How much is shown around words that were found, in characters to either side.
const AROUND: usize = 40;
/// Places that a search lists.
const FOUND: usize = 30;

static BOOKS: LazyLock<[Book; 2]> = LazyLock::new(|| LANGUAGES.map(Book::read));

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_generic_attributes(&["id"])
        .set_tag_attribute_value("img", "loading", "lazy")
        .url_schemes(HashSet::from(["http", "https"]));
    builder
});

/// The manual in one language.
pub(crate) struct Book {
    language: Locale,
    contents: Chapter,
    chapters: Vec<Chapter>,
}

/// A chapter as it is shown, and as it is searched.
struct Chapter {
    page: String,
    title: String,
    html: String,
    parts: Vec<Part>,
    /// Chapters that it links to, in order.
    leads_to: Vec<String>,
}

/// What stands under a heading, without marks; the first part is what stands before any.
#[derive(Default)]
struct Part {
    heading: Option<HelpSection>,
    text: String,
}

/// A picture, by the language of the words in it and its file name.
pub(crate) fn picture(language: &str, file: &str) -> Option<Bytes> {
    if !file.ends_with(".webp") || file.contains('/') || language.contains('/') {
        return None;
    }
    let found = ManualFiles::get(&format!("pictures/{language}/{file}"))?;
    Some(Bytes::from(found.data.into_owned()))
}

impl Book {
    /// The manual for readers of a language.
    pub(crate) fn of(locale: Locale) -> &'static Self {
        let [hant, en] = &*BOOKS;
        match locale {
            Locale::Hant | Locale::Hans => hant,
            Locale::En => en,
        }
    }

    fn read(language: Locale) -> Self {
        let contents = Chapter::read(language, CONTENTS).unwrap_or_default();
        let chapters = contents.leads_to.iter();
        Self {
            language,
            chapters: chapters
                .filter_map(|page| Chapter::read(language, page))
                .collect(),
            contents,
        }
    }

    /// A chapter, or the contents; nothing for a chapter that is not there.
    pub(crate) fn page(&self, page: Option<&str>) -> Option<HelpPage> {
        let Some(page) = page else {
            return Some(self.shown(&self.contents, None));
        };
        let at = self.chapters.iter().position(|c| c.page == page)?;
        Some(self.shown(self.chapters.get(at)?, Some(at)))
    }

    fn shown(&self, chapter: &Chapter, at: Option<usize>) -> HelpPage {
        let link = |at: Option<usize>| Some(self.chapters.get(at?)?.link());
        let later = at.map_or(Some(0), |at| at.checked_add(1));
        HelpPage {
            page: at.map(|_| chapter.page.clone()),
            title: chapter.title.clone(),
            language: self.language,
            q: String::new(),
            found: Vec::new(),
            html: chapter.html.clone(),
            sections: chapter
                .parts
                .iter()
                .filter_map(|p| p.heading.clone())
                .collect(),
            pages: self.chapters.iter().map(Chapter::link).collect(),
            earlier: link(at.and_then(|at| at.checked_sub(1))),
            later: link(later),
        }
    }

    /// The parts of chapters in which some words stand together, capitals or not.
    pub(crate) fn search(&self, words: &str) -> HelpPage {
        let wanted = words.to_lowercase();
        let parts = self
            .chapters
            .iter()
            .flat_map(|chapter| chapter.parts.iter().map(move |part| (chapter, part)));
        let found = parts.filter_map(|(chapter, part)| {
            let heading = part.heading.as_ref().map_or("", |h| h.title.as_str());
            let excerpt = match excerpt(&part.text, &wanted) {
                None if heading.to_lowercase().contains(&wanted) => String::new(),
                other => other?,
            };
            Some(HelpFound {
                page: chapter.page.clone(),
                title: chapter.title.clone(),
                section: part.heading.clone(),
                excerpt,
            })
        });
        HelpPage {
            page: None,
            q: words.to_owned(),
            found: found.take(FOUND).collect(),
            html: String::new(),
            sections: Vec::new(),
            later: None,
            ..self.shown(&self.contents, None)
        }
    }
}

/// The words with what stands around them, if they stand in the text.
fn excerpt(text: &str, wanted: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = lower.find(wanted)?;
    // Lowering a letter may change its length in bytes, so places are counted in characters.
    let before = lower.get(..at)?.chars().count();
    let from = before.saturating_sub(AROUND);
    let length = wanted.chars().count() + (before - from) + AROUND;
    let middle: String = text.chars().skip(from).take(length).collect();
    let opening = if from > 0 { "…" } else { "" };
    let closing = if from + length < text.chars().count() {
        "…"
    } else {
        ""
    };
    Some(format!("{opening}{}{closing}", middle.trim()))
}

impl Default for Chapter {
    fn default() -> Self {
        Self {
            page: CONTENTS.to_owned(),
            title: String::new(),
            html: String::new(),
            parts: vec![Part::default()],
            leads_to: Vec::new(),
        }
    }
}

impl Chapter {
    fn read(language: Locale, page: &str) -> Option<Self> {
        let file = ManualFiles::get(&format!("{language}/{page}.md"))?;
        Some(Self::of(page, std::str::from_utf8(&file.data).ok()?))
    }

    fn of(page: &str, markdown: &str) -> Self {
        let mut chapter = Self {
            page: page.to_owned(),
            ..Self::default()
        };
        let mut events = Vec::new();
        let mut heading: Option<(u32, Vec<Event<'_>>, String)> = None;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                // The manual needs no HTML of its own.
                Event::Html(_) | Event::InlineHtml(_) => {}
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some((level as u32, Vec::new(), String::new()));
                }
                Event::End(TagEnd::Heading(level)) => {
                    if let Some((_, inner, text)) = heading.take() {
                        chapter.heading(level as u32, inner, text, &mut events);
                    }
                }
                other => match &mut heading {
                    Some((_, inner, text)) => {
                        if let Event::Text(words) | Event::Code(words) = &other {
                            text.push_str(words);
                        }
                        inner.push(other);
                    }
                    None => chapter.body(other, &mut events),
                },
            }
        }
        let mut raw = String::with_capacity(markdown.len() * 2);
        html::push_html(&mut raw, events.into_iter());
        chapter.html = CLEANER.clean(&raw).to_string();
        chapter
    }

    /// The heading of the whole is the page's own; the others get anchors.
    fn heading<'a>(
        &mut self,
        level: u32,
        inner: Vec<Event<'a>>,
        text: String,
        events: &mut Vec<Event<'a>>,
    ) {
        if level == 1 {
            self.title = text;
            return;
        }
        let id = anchor(&text);
        events.push(Event::Html(format!("<h{level} id=\"{id}\">").into()));
        events.extend(inner);
        events.push(Event::Html(format!("</h{level}>").into()));
        if level == 2 {
            self.parts.push(Part {
                heading: Some(HelpSection { id, title: text }),
                text: String::new(),
            });
        }
    }

    fn body<'a>(&mut self, event: Event<'a>, events: &mut Vec<Event<'a>>) {
        match event {
            Event::Code(path) if is_address(&path) => {
                self.say(&path);
                events.push(link_to(path.clone()));
                events.push(Event::Code(path));
                events.push(Event::End(TagEnd::Link));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => events.push(Event::Start(Tag::Link {
                link_type,
                dest_url: self.lead(&dest_url).into(),
                title,
                id,
            })),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                // A press enlarges it, which a telephone needs.
                let file = CowStr::from(dest_url.replacen("..", PLACE, 1));
                events.push(link_to(file.clone()));
                events.push(Event::Start(Tag::Image {
                    link_type,
                    dest_url: file,
                    title,
                    id,
                }));
            }
            Event::End(TagEnd::Image) => {
                events.push(event);
                events.push(Event::End(TagEnd::Link));
            }
            other => {
                match &other {
                    Event::Text(words) | Event::Code(words) => self.say(words),
                    Event::SoftBreak | Event::HardBreak | Event::End(_) => self.say(" "),
                    _ => {}
                }
                events.push(other);
            }
        }
    }

    /// Words for the search.
    fn say(&mut self, words: &str) {
        if let Some(part) = self.parts.last_mut() {
            part.text.push_str(words);
        }
    }

    /// Where a link leads in the back office: `orders.md#cancel` to the chapter, everything else where it says.
    fn lead(&mut self, target: &str) -> String {
        let (file, anchor) = match target.split_once('#') {
            Some((file, anchor)) => (file, format!("#{anchor}")),
            None => (target, String::new()),
        };
        match file.strip_suffix(".md") {
            Some(CONTENTS) => format!("{PLACE}{anchor}"),
            Some(page) if !page.contains('/') => {
                if !self.leads_to.iter().any(|known| known == page) {
                    self.leads_to.push(page.to_owned());
                }
                format!("{PLACE}/{page}{anchor}")
            }
            _ => target.to_owned(),
        }
    }

    fn link(&self) -> HelpLink {
        HelpLink {
            page: self.page.clone(),
            title: self.title.clone(),
        }
    }
}

const fn link_to(dest_url: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link {
        link_type: LinkType::Inline,
        dest_url,
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    })
}

/// Whether a code span is an address of the back office that can be opened as it is.
fn is_address(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_?=&.".contains(&b);
    (text == "/admin" || text.starts_with("/admin/")) && text.bytes().all(plain)
}

/// The anchor of a heading, as other readers of Markdown make it: small letters, hyphens for spaces, no marks.
fn anchor(text: &str) -> String {
    let letters = text.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    });
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Orders\n\nSee [stock](stock.md#count) and `/admin/orders?tab=all`.\n\n\
        ![The list](../pictures/en/orders.webp)\n\n## To cancel, or not\n\nAsk first. <script>alert(1)</script>\n\n\
        | a | b |\n|---|---|\n| 1 | [x](javascript:alert(1)) |\n";

    /// Links, pictures and addresses lead into the back office; headings have anchors; the title stands apart.
    #[test]
    fn a_chapter_is_read() {
        let chapter = Chapter::of("orders", TEXT);
        assert_eq!(
            (chapter.title.as_str(), chapter.leads_to.as_slice()),
            ("Orders", ["stock".to_owned()].as_slice())
        );
        for piece in [
            "href=\"/admin/help/stock#count\"",
            "href=\"/admin/orders?tab=all\"",
            "src=\"/admin/help/pictures/en/orders.webp\"",
            "href=\"/admin/help/pictures/en/orders.webp\"",
            "loading=\"lazy\"",
            "<h2 id=\"to-cancel-or-not\">",
            "<td>1</td>",
        ] {
            assert!(chapter.html.contains(piece), "{piece}: {}", chapter.html);
        }
        assert!(!chapter.html.contains("<h1"), "{}", chapter.html);
    }

    /// A17: nothing that runs gets through, whoever edits the manual.
    #[test]
    fn nothing_that_runs_gets_through() {
        let chapter = Chapter::of("orders", TEXT);
        for piece in ["<script", "javascript:"] {
            assert!(!chapter.html.contains(piece), "{piece}: {}", chapter.html);
        }
    }

    /// Words are found with their part and what stands around them.
    #[test]
    fn words_are_found() {
        assert_eq!(
            excerpt("Ask first, then cancel.", "first"),
            Some("Ask first, then cancel.".to_owned())
        );
        assert_eq!(excerpt("Ask first.", "last"), None);
        let long = format!("{}needle{}", "a".repeat(100), "b".repeat(100));
        let short = excerpt(&long, "needle").unwrap();
        assert_eq!(
            short,
            format!("…{}needle{}…", "a".repeat(AROUND), "b".repeat(AROUND))
        );
    }

    /// STF-24: the manual is whole in both languages: contents, the same chapters, and each found by a word of its own.
    #[test]
    fn the_manual_is_whole() {
        let [hant, en] = &*BOOKS;
        let pages =
            |book: &Book| -> Vec<String> { book.chapters.iter().map(|c| c.page.clone()).collect() };
        assert!(pages(hant).len() >= 20, "{:?}", pages(hant));
        assert_eq!(pages(hant), pages(en));
        for book in [hant, en] {
            for chapter in &book.chapters {
                assert!(
                    !chapter.title.is_empty() && chapter.html.len() > 500,
                    "{}",
                    chapter.page
                );
            }
        }
        assert!(!hant.search("退款").found.is_empty());
        assert!(!en.search("REFUND").found.is_empty());
        assert!(en.search("no such words anywhere").found.is_empty());
    }

    /// Only pictures of the manual are handed out.
    #[test]
    fn only_pictures_are_handed_out() {
        assert!(picture("en", "home.webp").is_some());
        assert!(picture("en", "../../en/orders.md").is_none());
        assert!(picture("..", "README.md").is_none());
    }
}
