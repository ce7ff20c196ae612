//! Texts in quotes within the expressions of a template.

/// A text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quoted {
    pub(super) text: String,
    pub(super) line: usize,
    /// Whether it is all that `t(` gets as its key.
    pub(super) is_call: bool,
    /// Whether something is joined to its end with `~`.
    pub(super) is_joined: bool,
}

/// The quoted texts of everything between `{{ }}` and `{% %}`; comments and the page around them are left out.
pub(super) fn quoted(text: &str) -> Vec<Quoted> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + open;
        let close = match text.get(start..start + 2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let inside = text.get(start + 2..).unwrap_or_default();
        let length = end(inside, close);
        if close != "#}" {
            expression(text, start + 2, length, &mut found);
        }
        at = start + 2 + length;
    }
    found
}

/// Where an expression ends: at its closing mark outside quotes.
fn end(inside: &str, close: &str) -> usize {
    let mut quote = None;
    for (index, c) in inside.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if close != "#}" && matches!(c, '"' | '\'') => quote = Some(c),
            None if inside.get(index..).is_some_and(|r| r.starts_with(close)) => return index,
            None => {}
        }
    }
    inside.len()
}

fn expression(text: &str, start: usize, length: usize, found: &mut Vec<Quoted>) {
    let inside = text.get(start..start + length).unwrap_or_default();
    let mut at = 0;
    while let Some(open) = inside.get(at..).and_then(|rest| rest.find(['"', '\''])) {
        let open = at + open;
        let quote = inside.get(open..open + 1).unwrap_or("\"");
        let words = inside.get(open + 1..).unwrap_or_default();
        let Some(size) = words.find(quote) else {
            return;
        };
        let before = inside.get(..open).unwrap_or_default().trim_end();
        let after = words.get(size + 1..).unwrap_or_default().trim_start();
        let called = before
            .strip_suffix("t(")
            .is_some_and(|b| !b.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'));
        let line_start = text.get(..start + open).unwrap_or_default();
        found.push(Quoted {
            text: words.get(..size).unwrap_or_default().to_owned(),
            line: line_start.matches('\n').count() + 1,
            is_call: called && after.starts_with([')', ',']),
            is_joined: after.starts_with('~'),
        });
        at = open + 1 + size + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<String> {
        let found = quoted(text).into_iter().filter(|q| q.is_call);
        found.map(|q| q.text).collect()
    }

    /// Only whole keys of `t` are calls; a key that is joined is none, and neither is another function's text.
    #[test]
    fn calls_are_told_from_other_texts() {
        let text = "<p title=\"t('no')\">{{ t(\"a-b\", n=1) }}{% if t('c-d') %}{{ t('e-' ~ x) }}{{ set('f') }}";
        assert_eq!(calls(text), ["a-b", "c-d"]);
        let joined: Vec<_> = quoted(text).into_iter().filter(|q| q.is_joined).collect();
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].text, "e-");
    }

    /// Lines are counted, and a closing mark inside quotes closes nothing.
    #[test]
    fn places_are_right() {
        let found = quoted("\n{{ f('}}') }}\n{# t('x') #}\n{{ t('y') }}");
        let places: Vec<_> = found.iter().map(|q| (q.text.as_str(), q.line)).collect();
        assert_eq!(places, [("}}", 2), ("y", 4)]);
    }
}
