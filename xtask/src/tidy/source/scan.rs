//! Splits Rust into code, comments and texts, byte by byte.

/// What a pass over a file yields.
pub(super) struct Scan {
    /// The file with comments and the insides of texts turned into blanks; offsets stay the same.
    pub(super) code: Vec<u8>,
    /// Every text in order.
    pub(super) literals: Vec<Literal>,
    /// For each byte that is not blank whether it belongs to a comment; whole lines are judged by it.
    pub(super) comment: Vec<bool>,
}

/// A text in the source: `"…"`, raw or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Offset of its opening quote.
    pub(crate) start: usize,
    /// What it says, with the usual escapes resolved.
    pub(crate) value: String,
}

/// Takes a file apart.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        text,
        at: 0,
        out: Scan {
            code: Vec::with_capacity(text.len()),
            literals: Vec::new(),
            comment: Vec::with_capacity(text.len()),
        },
    };
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.out
}

struct Scanner<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    out: Scan,
}

impl Scanner<'_> {
    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (b'/', b'/') => {
                let end = self.find(b'\n');
                self.blank_to(end, true);
            }
            (b'/', b'*') => {
                let end = self.end_of_block();
                self.blank_to(end, true);
            }
            (b'"', _) => self.literal(0),
            (b'r', b'"' | b'#') if !self.inside_word() => self.raw_literal(1),
            (b'b' | b'c', b'r') if !self.inside_word() && matches!(self.peek(2), b'"' | b'#') => {
                self.raw_literal(2);
            }
            (b'\'', _) => self.quote(),
            _ => self.keep(1),
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Whether the byte before belongs to the same word, as the `r` of `for` does.
    fn inside_word(&self) -> bool {
        self.at
            .checked_sub(1)
            .and_then(|before| self.bytes.get(before))
            .is_some_and(|b| is_word(*b))
    }

    fn find(&self, byte: u8) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.iter()
            .position(|b| *b == byte)
            .map_or(self.bytes.len(), |i| self.at + i)
    }

    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            self.out.code.push(self.peek(0));
            self.out.comment.push(false);
            self.at += 1;
        }
    }

    fn blank_to(&mut self, end: usize, comment: bool) {
        while self.at < end {
            let newline = self.peek(0) == b'\n';
            self.out.code.push(if newline { b'\n' } else { b' ' });
            self.out.comment.push(comment);
            self.at += 1;
        }
    }

    /// Block comments nest.
    fn end_of_block(&self) -> usize {
        let (mut depth, mut at) = (0_usize, self.at);
        while at < self.bytes.len() {
            let pair = (self.bytes.get(at), self.bytes.get(at + 1));
            match pair {
                (Some(b'/'), Some(b'*')) => (depth, at) = (depth + 1, at + 2),
                (Some(b'*'), Some(b'/')) => {
                    (depth, at) = (depth.saturating_sub(1), at + 2);
                    if depth == 0 {
                        return at;
                    }
                }
                _ => at += 1,
            }
        }
        self.bytes.len()
    }

    fn literal(&mut self, prefix: usize) {
        let start = self.at;
        self.keep(prefix + 1);
        let mut end = self.at;
        loop {
            match self.bytes.get(end) {
                Some(b'\\') => end += 2,
                Some(b'"') | None => break,
                Some(_) => end += 1,
            }
        }
        let end = end.min(self.bytes.len());
        let inside = self.text.get(self.at..end).unwrap_or_default();
        self.out.literals.push(Literal {
            start,
            value: unescape(inside),
        });
        self.blank_to(end, false);
        self.keep(1.min(self.bytes.len() - self.at));
    }

    fn raw_literal(&mut self, prefix: usize) {
        let start = self.at;
        let hashes = (prefix..).take_while(|i| self.peek(*i) == b'#').count();
        if self.peek(prefix + hashes) != b'"' {
            // `r#type` is a name, not a text.
            self.keep(prefix + hashes);
            return;
        }
        self.keep(prefix + hashes + 1);
        let close = format!("\"{}", "#".repeat(hashes));
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.find(&close).unwrap_or(rest.len());
        self.out.literals.push(Literal {
            start,
            value: rest.get(..length).unwrap_or_default().to_owned(),
        });
        self.blank_to(self.at + length, false);
        self.keep((1 + hashes).min(self.bytes.len() - self.at));
    }

    /// A character (`'a'`, `'\n'`) is blanked; a lifetime (`'a`) is code.
    fn quote(&mut self) {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let mut chars = rest.chars();
        let first = chars.next();
        let end = match first {
            Some('\\') => rest
                .get(2..)
                .and_then(|r| r.find('\''))
                .map(|i| self.at + 1 + 2 + i),
            Some(c) if chars.next() == Some('\'') => Some(self.at + 1 + c.len_utf8()),
            _ => None,
        };
        self.keep(1);
        if let Some(end) = end {
            self.blank_to(end, false);
            self.keep(1);
        }
    }
}

/// Whether a byte can stand in a name.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn unescape(inside: &str) -> String {
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            // A backslash at the end of a line swallows the break and what indents the next line.
            Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        String::from_utf8(scan(text).code).unwrap()
    }

    fn values(text: &str) -> Vec<String> {
        scan(text).literals.into_iter().map(|l| l.value).collect()
    }

    /// Comments and texts leave the code, and nothing moves.
    #[test]
    fn code_is_what_is_left() {
        let text = "let a = \"todo!\"; // todo!\n/* x /* y */ z */ b";
        let code = code(text);
        assert_eq!(code.len(), text.len());
        assert!(!code.contains("todo"), "{code}");
        assert_eq!(code.lines().count(), 2);
        assert!(code.ends_with(" b"), "{code}");
    }

    /// A quote in a comment or in a character begins no text, and a lifetime is no character.
    #[test]
    fn quotes_are_told_apart() {
        assert_eq!(values("// don't \"say\"\nf('\"', '\\'', \"x\")"), ["x"]);
        assert_eq!(values("fn f<'a>(x: &'a str) { g(\"茶\") }"), ["茶"]);
        assert_eq!(code("'茶' + b"), "'   ' + b");
    }

    /// Raw texts end at as many hashes as they began with; `r#type` is a name.
    #[test]
    fn raw_texts_are_read() {
        assert_eq!(
            values("r#\"a \"b\" c\"# + r\"d\\\" + br\"e\""),
            ["a \"b\" c", "d\\", "e"]
        );
        assert_eq!(code("r#type = 1"), "r#type = 1");
        assert_eq!(values("for r in x { \"y\" }"), ["y"]);
    }

    /// A text broken over lines with backslashes is one text.
    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            values("\"SELECT \\\n   a\\tb \\\"c\\\"\""),
            ["SELECT a\tb \"c\""]
        );
    }
}
