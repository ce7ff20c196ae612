//! What mail clients need of HTML: styles written at each element, and a plain text beside it.

/// The look of a class. Mail clients drop style sheets, so [`inline`] writes these at the elements.
const CLASSES: &[(&str, &str)] = &[
    (
        "page",
        "margin:0;padding:0;background-color:#faf7f1;color:#2a2521;font-size:16px;line-height:1.7;-webkit-text-size-adjust:100%",
    ),
    (
        "font-zh-Hant",
        "font-family:-apple-system,'PingFang TC','Noto Sans TC','Microsoft JhengHei',sans-serif",
    ),
    (
        "font-zh-Hans",
        "font-family:-apple-system,'PingFang SC','Noto Sans SC','Microsoft YaHei',sans-serif",
    ),
    (
        "font-en",
        "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
    ),
    (
        "sheet",
        "max-width:560px;margin:0 auto;padding:32px 16px 40px",
    ),
    ("shop", "margin:0 0 16px;font-size:18px;font-weight:bold"),
    ("shop-link", "color:#2f5d4a;text-decoration:none"),
    (
        "card",
        "background-color:#fffdf9;border:1px solid #e5dccd;border-top:4px solid #2f5d4a;border-radius:4px;padding:28px 24px",
    ),
    (
        "title",
        "margin:0 0 16px;font-size:22px;line-height:1.4;font-weight:bold;color:#2a2521",
    ),
    (
        "heading",
        "margin:28px 0 8px;font-size:15px;font-weight:bold;color:#2a2521",
    ),
    ("text", "margin:0 0 14px"),
    ("dim", "color:#6a6058;font-size:14px"),
    (
        "due",
        "margin:0 0 20px;padding:16px 18px 4px;background-color:#fbede4;border-left:5px solid #a1432a;border-radius:4px",
    ),
    (
        "due-title",
        "margin:0 0 6px;font-size:20px;line-height:1.4;font-weight:bold;color:#a1432a",
    ),
    (
        "note",
        "margin:0 0 20px;padding:16px 18px;background-color:#e8efe8;border-radius:4px",
    ),
    (
        "big",
        "font-size:20px;font-weight:bold;letter-spacing:.02em",
    ),
    ("action", "margin:20px 0"),
    (
        "button",
        "display:inline-block;padding:12px 26px;background-color:#2f5d4a;border-radius:4px;color:#ffffff;font-weight:bold;text-decoration:none",
    ),
    (
        "button-warm",
        "display:inline-block;padding:12px 26px;background-color:#a1432a;border-radius:4px;color:#ffffff;font-weight:bold;text-decoration:none",
    ),
    ("link", "color:#2f5d4a"),
    ("list", "margin:20px 0 0;border-top:1px solid #e5dccd"),
    ("line", "padding:10px 0;border-bottom:1px solid #e5dccd"),
    ("row", "padding:4px 0"),
    ("sum", "padding:8px 0 0;font-size:18px;font-weight:bold"),
    ("amount", "float:right;white-space:nowrap"),
    (
        "foot",
        "padding:20px 8px 0;color:#6a6058;font-size:13px;line-height:1.6",
    ),
    ("foot-line", "margin:0 0 6px"),
];

/// Writes the look of each class at its elements. Text of customers cannot reach this: its quotes are escaped.
pub(crate) fn inline(html: &str) -> String {
    const MARK: &str = "class=\"";
    let mut out = String::with_capacity(html.len() * 2);
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(MARK) {
        let (names, tail) = after.split_once('"').unwrap_or((after, ""));
        let looks: Vec<&str> = names
            .split_ascii_whitespace()
            .filter_map(|name| CLASSES.iter().find(|(known, _)| *known == name))
            .map(|(_, look)| *look)
            .collect();
        out.push_str(before);
        out.push_str(MARK);
        out.push_str(names);
        out.push('"');
        if !looks.is_empty() {
            out.push_str(&format!(" style=\"{}\"", looks.join(";")));
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The letter as plain text: links after their words, a line for each block.
pub(crate) fn to_text(html: &str) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some((words, after)) = rest.split_once('<') {
        text.words(words);
        let end = tag_end(after);
        text.tag(after.get(..end).unwrap_or(after));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    text.words(rest);
    text.finish()
}

/// Where a tag ends; a `>` inside quotes does not end it.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[derive(Default)]
struct Text {
    out: String,
    /// Line breaks that are due before the next word.
    breaks: usize,
    space: bool,
    /// The element whose content is not shown.
    hidden: Option<String>,
    /// The link being read, and where its words began.
    link: Option<(String, usize)>,
}

impl Text {
    fn words(&mut self, html: &str) {
        if self.hidden.is_some() {
            return;
        }
        for c in unescape(html).chars() {
            if c.is_whitespace() && c != '\u{a0}' {
                self.space = true;
                continue;
            }
            if self.breaks > 0 && !self.out.is_empty() {
                self.out
                    .push_str("\n\n".get(..self.breaks.min(2)).unwrap_or("\n"));
            } else if self.space && !self.out.is_empty() {
                self.out.push(' ');
            }
            (self.breaks, self.space) = (0, false);
            self.out.push(c);
        }
    }

    fn tag(&mut self, tag: &str) {
        let closes = tag.starts_with('/');
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        match (&self.hidden, name.as_str()) {
            (Some(hidden), _) if *hidden != name => {}
            (Some(_), _) => self.hidden = if closes { None } else { self.hidden.take() },
            (None, "head" | "style" | "script" | "title") if !closes => self.hidden = Some(name),
            (None, "a") if !closes => self.link = href(tag).map(|url| (url, self.out.len())),
            (None, "a") => self.end_link(),
            (None, "br" | "div" | "li" | "tr") => self.breaks = self.breaks.max(1),
            (None, "p" | "h1" | "h2" | "h3" | "ul" | "ol" | "hr") => self.breaks = 2,
            _ => {}
        }
    }

    fn end_link(&mut self) {
        let Some((url, began)) = self.link.take() else {
            return;
        };
        let words = self.out.get(began..).unwrap_or_default().trim().to_owned();
        if !words.is_empty() && words != url && !url.ends_with(&words) {
            self.out.push_str(&format!(" <{url}>"));
        }
    }

    fn finish(self) -> String {
        let mut text = self.out;
        text.push('\n');
        text
    }
}

fn href(tag: &str) -> Option<String> {
    let (_, after) = tag.split_once("href=\"")?;
    after.split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    const NAMED: [(&str, &str); 8] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ];
    NAMED
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_styles() {
        let html = inline(r#"<p class="text dim">a</p><p class="unknown">b</p>"#);
        assert!(
            html.starts_with(r#"<p class="text dim" style="margin:0 0 14px;color:"#),
            "{html}"
        );
        assert!(html.ends_with(r#"<p class="unknown">b</p>"#), "{html}");
    }

    #[test]
    fn text_is_what_a_reader_would_read() {
        let html = "<head><title>x</title><style>p{}</style></head><h1>謝謝</h1>\n<p>A &amp; B\n  &lt;b&gt;</p>\
                    <div>一<br>二</div><p><a class=\"button\" href=\"https://a.tw/?x=1&amp;y=2\">看訂單</a></p>\
                    <a href=\"https://a.tw\">https://a.tw</a>";
        assert_eq!(
            to_text(html),
            "謝謝\n\nA & B <b>\n\n一\n二\n\n看訂單 <https://a.tw/?x=1&y=2>\n\nhttps://a.tw\n"
        );
    }

    /// A17: an escaped entity of a customer stays what they typed.
    #[test]
    fn entities_are_read_once() {
        assert_eq!(to_text("<p>&amp;lt;script&amp;gt;</p>"), "&lt;script&gt;\n");
    }
}
