//! Text with structure, as a description has it: cleaned once, when it is written, so that whoever shows it need not
//! distrust it.
//!
//! What comes in is HTML or plain text; what is stored is HTML of the few elements below, in the sanitiser's own
//! spelling. Pictures are files of the shop; a picture from elsewhere would tell a stranger who reads the page.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use kernel::Texts;

/// Elements that stay. Everything else loses its tag and keeps its words, except scripts and styles, which go whole.
const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "caption",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// How often a text is read again until nothing moves any more.
const PASSES: usize = 6;
/// Where the shop's files are.
const FILES: &str = "/media/";

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("img", HashSet::from(["src", "alt", "width", "height"])),
        ("td", HashSet::from(["colspan", "rowspan"])),
        ("th", HashSet::from(["colspan", "rowspan", "scope"])),
    ]);
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().copied().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(HashSet::new())
        .tag_attributes(attributes)
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener"))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") if !is_file(value) => None,
            (_, "width" | "height" | "colspan" | "rowspan") if !is_count(value) => None,
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

/// Whether an address is that of a file of the shop.
fn is_file(address: &str) -> bool {
    let key = address.strip_prefix(FILES).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/');
    !key.is_empty() && key.bytes().all(plain) && !key.contains("..")
}

fn is_count(value: &str) -> bool {
    (1..=5).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit())
}

/// What is stored of a text that somebody wrote, as HTML or plain with blank lines between paragraphs. Cleaning twice is
/// cleaning once; a text without a word or a picture becomes empty.
#[must_use]
pub fn clean(written: &str) -> String {
    let html = if is_html(written) {
        written.to_owned()
    } else {
        paragraphs(written)
    };
    // An element that loses its tag can leave its insides where they may not stand; the second reading moves them.
    let mut cleaned = pass(&html);
    for _ in 0..PASSES {
        let again = pass(&cleaned);
        if again == cleaned {
            break;
        }
        cleaned = again;
    }
    if plain(&cleaned).is_empty() && !cleaned.contains("<img") {
        return String::new();
    }
    if cleaned.contains('<') {
        cleaned
    } else {
        format!("<p>{cleaned}</p>")
    }
}

fn pass(html: &str) -> String {
    let cleaned = CLEANER.clean(html).to_string();
    without_lost_pictures(&cleaned).trim().to_owned()
}

/// [`clean`] in every language; languages without a text are left out.
#[must_use]
pub fn clean_texts(written: &Texts) -> Texts {
    let cleaned = written
        .0
        .iter()
        .map(|(locale, text)| (*locale, clean(text)));
    Texts(cleaned.filter(|(_, text)| !text.is_empty()).collect())
}

/// Whether a text has an element, an end of one or a comment; a lone `<` is a sign that people write.
fn is_html(text: &str) -> bool {
    let begins = |rest: &str| {
        let second = rest.chars().nth(1).unwrap_or(' ');
        second.is_ascii_alphabetic() || matches!(second, '/' | '!')
    };
    let mut signs = text.match_indices('<');
    signs.any(|(at, _)| text.get(at..).is_some_and(begins)) && text.contains('>')
}

/// Plain text as HTML: blank lines part paragraphs, single ones lines.
fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let parts = text
        .split("\n\n")
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let made = parts.map(|part| {
        let lines: Vec<String> = part.lines().map(|line| escaped(line.trim())).collect();
        format!("<p>{}</p>", lines.join("<br>"))
    });
    made.collect::<Vec<_>>().join("\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Takes out the pictures whose address was refused. The text is in the sanitiser's spelling, where `>` inside an
/// attribute is no end of the element only between quotes.
fn without_lost_pictures(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<img") {
        let (before, element) = rest.split_at(at);
        kept.push_str(before);
        let mut quoted = false;
        let end = element.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == '>' && !quoted
        });
        let (element, after) = element.split_at(end.map_or(element.len(), |(at, _)| at + 1));
        if element.contains(" src=\"") {
            kept.push_str(element);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The words alone: for search, summaries and programs that show no structure. Elements part words.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut words = String::with_capacity(html.len());
    let (mut inside, mut quoted) = (false, false);
    for c in html.chars() {
        match c {
            '<' if !inside => (inside, quoted) = (true, false),
            '"' if inside => quoted = !quoted,
            '>' if inside && !quoted => {
                inside = false;
                words.push(' ');
            }
            _ if !inside => words.push(c),
            _ => {}
        }
    }
    let words = words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// [`plain`] in every language.
#[must_use]
pub fn plain_texts(html: &Texts) -> Texts {
    let words = html.0.iter().map(|(locale, text)| (*locale, plain(text)));
    Texts(words.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What people try to put into a page.
    const ATTACKS: &[&str] = &[
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"https://elsewhere.example/pixel.gif\">",
        "<img src=\"/media/../admin\" onload=alert(1)>",
        "<svg onload=alert(1)><circle/></svg>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" java\nscript:alert(1)\">x</a>",
        "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>",
        "<a href=\"vbscript:msgbox(1)\">x</a>",
        "<iframe src=\"https://elsewhere.example\"></iframe>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<object data=\"x\"></object><embed src=\"x\">",
        "<form action=\"https://elsewhere.example\"><input name=password><button>x</button></form>",
        "<p style=\"background:url(javascript:alert(1))\" onclick=\"alert(1)\" id=\"main\" class=\"x\">x</p>",
        "<style>body{display:none}</style>",
        "<link rel=stylesheet href=\"https://elsewhere.example/x.css\"><meta http-equiv=refresh content=\"0;url=x\"><base href=\"x\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<details open ontoggle=alert(1)>x</details>",
        "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
        "<a href=\"x\" onmouseover=\"alert(1)\">x</a><<script>alert(1)//<</script>",
        "\"><script>alert(1)</script>",
        "<table background=\"javascript:alert(1)\"><tr><td onclick=alert(1)>x</td></tr></table>",
        "<img alt=\"<script>alert(1)</script>\" src=\"/media/a.webp\">",
    ];

    /// Whether cleaned text holds an element, attribute or address beyond those that are allowed.
    fn harmless(html: &str) -> bool {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            let element = &rest[at + 1..];
            let name: String = element
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let mut quoted = false;
            let end = element.char_indices().find(|(_, c)| {
                quoted ^= *c == '"';
                *c == '>' && !quoted
            });
            let Some((end, _)) = end else { return false };
            if !ELEMENTS.contains(&name.as_str()) || !attributes_are_known(&element[..end]) {
                return false;
            }
            rest = &element[end + 1..];
        }
        true
    }

    fn attributes_are_known(element: &str) -> bool {
        let known = [
            "href", "src", "alt", "width", "height", "colspan", "rowspan", "scope", "rel",
        ];
        let parts: Vec<&str> = element.split('"').collect();
        parts.chunks(2).all(|pair| {
            let [name, value] = pair else { return true };
            let name = name.rsplit(' ').next().unwrap_or_default();
            let name = name.trim_end_matches('=');
            let address = value.trim().to_lowercase();
            let scheme = address.split(':').next().unwrap_or_default();
            let fits = match name {
                "src" => is_file(value),
                "href" => {
                    !address.contains(':') || ["http", "https", "mailto", "tel"].contains(&scheme)
                }
                _ => true,
            };
            known.contains(&name) && fits
        })
    }

    /// A17: nothing that is tried against pages survives, alone or inside other text.
    #[test]
    fn attacks_come_out_harmless() {
        for attack in ATTACKS {
            for written in [
                (*attack).to_owned(),
                format!("<p>before {attack} after</p>"),
            ] {
                let stored = clean(&written);
                assert!(harmless(&stored), "{written} became {stored}");
            }
        }
        assert!(!harmless("<p onclick=\"x\">x</p>"), "the judge can say no");
        assert!(!harmless("<img src=\"https://x.example/a.png\">"));
        assert!(!harmless("<a href=\"javascript:x\">x</a>"));
    }

    /// CAT-06: what a description is made of stays.
    #[test]
    fn structure_stays() {
        let written = "<h2>用途</h2><ul><li><strong>泡茶</strong></li></ul><table><tbody><tr><th scope=\"row\">容量</th>\
                       <td>120 ml</td></tr></tbody></table><p><img src=\"/media/ab/cd.webp\" alt=\"壺\" width=\"800\"></p>";
        assert_eq!(clean(written), written);
        assert!(clean("<a href=\"/products/tea\">x</a>").contains("href=\"/products/tea\""));
        assert_eq!(clean("<h1>大標</h1>"), "<p>大標</p>");
        assert_eq!(clean("<p> </p><p></p>"), "");
    }

    /// CAT-06: plain text keeps its paragraphs and its signs.
    #[test]
    fn plain_text_is_written_as_it_is() {
        assert_eq!(
            clean("一 < 二 & 三\n第二行\n\n第二段"),
            "<p>一 &lt; 二 &amp; 三<br>第二行</p>\n<p>第二段</p>"
        );
        assert_eq!(plain(&clean("一 < 二 & 三")), "一 < 二 & 三");
        assert_eq!(plain("<p>a</p><p>b</p>"), "a b");
    }

    proptest! {
        /// A17: whatever is written, what is stored is harmless and cleaning it again changes nothing.
        #[test]
        fn anything_comes_out_harmless(parts in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(ATTACKS).prop_map(str::to_owned),
                "[<>/\"'=a-z &;!\\-\u{4e00}]{0,20}",
            ], 0..5)
        ) {
            let stored = clean(&parts.concat());
            prop_assert!(harmless(&stored), "{}", stored);
            prop_assert_eq!(clean(&stored), stored);
        }
    }
}
