//! Links, code spans and rows of a Markdown file.

/// A part of a line with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) line: usize,
    pub(super) text: String,
}

/// Lines outside fenced blocks, numbered.
pub(super) fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        (!fenced && !is_fence).then_some((index + 1, line))
    })
}

/// The targets of `[text](target)` within the repository, without their anchors.
pub(super) fn links(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    for (line, words) in prose(text) {
        for (at, _) in words.match_indices("](") {
            let rest = words.get(at + 2..).unwrap_or_default();
            let target = rest.split([')', ' ']).next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') {
                found.push(Part {
                    line,
                    text: target.to_owned(),
                });
            }
        }
    }
    found
}

/// The insides of single backquotes.
pub(super) fn code_spans(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    for (line, words) in prose(text) {
        for span in words.split('`').skip(1).step_by(2) {
            found.push(Part {
                line,
                text: span.to_owned(),
            });
        }
    }
    found
}

/// The first words of table rows and list items: what the row is about.
pub(super) fn subjects(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    for (line, words) in prose(text) {
        let words = words.trim_start();
        let subject = if let Some(row) = words.strip_prefix('|') {
            row.split('|').next()
        } else if let Some(item) = words.strip_prefix("- ").or(words.strip_prefix("* ")) {
            item.split([':', ' ']).next()
        } else {
            None
        };
        if let Some(subject) = subject {
            let bare = subject.trim().trim_matches(['*', '`', ':', '_']);
            found.push(Part {
                line,
                text: bare.to_owned(),
            });
        }
    }
    found
}

/// The path that `target` means in a file of `folder`.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let (base, target) = match target.strip_prefix('/') {
        Some(rooted) => ("", rooted),
        None => (folder, target),
    };
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(parts: Vec<Part>) -> Vec<String> {
        parts.into_iter().map(|p| p.text).collect()
    }

    /// Links into the repository are found; those to the outside, to anchors and in code are not.
    #[test]
    fn links_are_found() {
        let text = "[a](x/y.md#top) [b](https://z.example) [c](#here)\n```\n[d](gone.md)\n```\n![e](p.png \"t\")";
        assert_eq!(texts(links(text)), ["x/y.md", "p.png"]);
    }

    /// Code spans and subjects are read without their marks.
    #[test]
    fn rows_are_read() {
        let text = "| **S5** | `a::b` |\n|---|---|\n- **O1** holds\n- CAT-01: done\ntext";
        assert_eq!(texts(code_spans(text)), ["a::b"]);
        assert_eq!(texts(subjects(text)), ["S5", "---", "O1", "CAT-01"]);
    }

    /// Paths are counted from the file they stand in.
    #[test]
    fn paths_are_resolved() {
        assert_eq!(resolve("docs", "../crates/a.rs"), "crates/a.rs");
        assert_eq!(resolve("docs", "./b.md"), "docs/b.md");
        assert_eq!(resolve("docs", "/README.md"), "README.md");
    }
}
