//! A Rust file taken apart just far enough for the rules: code without comments and texts, the texts, the functions,
//! and the parts that are compiled for tests alone.
//!
//! No syntax tree: the rules ask for words, braces and lines, and a scan answers in milliseconds for the whole tree.

mod scan;

use std::ops::Range;

pub(crate) use scan::Literal;
use scan::is_word;

/// A Rust file taken apart.
pub(crate) struct Source {
    /// The file with comments and the insides of texts turned into blanks; offsets stay the same.
    pub(crate) code: String,
    /// Every text in order.
    pub(crate) literals: Vec<Literal>,
    /// Every function with its body.
    pub(crate) functions: Vec<Function>,
    line_starts: Vec<usize>,
    code_lines: Vec<bool>,
    tests: Vec<Range<usize>>,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// The line of its `fn`.
    pub(crate) line: usize,
    /// Lines of its body that hold code: neither blank nor comment, the braces not counted.
    pub(crate) length: usize,
    /// The words of its doc comment.
    pub(crate) docs: String,
    /// Whether it is a test.
    pub(crate) is_test: bool,
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn scan(text: &str) -> Self {
        let scanned = scan::scan(text);
        let line_starts: Vec<usize> = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(i, _)| i + 1))
            .collect();
        let mut source = Self {
            code: String::from_utf8(scanned.code).unwrap_or_default(),
            literals: scanned.literals,
            functions: Vec::new(),
            code_lines: vec![false; line_starts.len()],
            line_starts,
            tests: Vec::new(),
        };
        for (offset, (byte, comment)) in text.bytes().zip(scanned.comment).enumerate() {
            if !comment && !byte.is_ascii_whitespace() {
                let line = source.line(offset);
                if let Some(known) = source.code_lines.get_mut(line - 1) {
                    *known = true;
                }
            }
        }
        source.tests = source.test_modules();
        source.functions = source.find_functions(text);
        source
    }

    /// The line of an offset; the first is 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// Whether any line holds code.
    pub(crate) fn has_code(&self) -> bool {
        self.code_lines.contains(&true)
    }

    /// Whether the code at `offset` is compiled for tests alone.
    pub(crate) fn in_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&offset))
    }

    /// Where a word stands in the code, as a whole word.
    pub(crate) fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let bytes = self.code.as_bytes();
        self.code
            .match_indices(word)
            .map(|(at, _)| at)
            .filter(move |at| {
                let before = at.checked_sub(1).and_then(|i| bytes.get(i));
                let after = bytes.get(at + word.len());
                !before.is_some_and(|b| is_word(*b)) && !after.is_some_and(|b| is_word(*b))
            })
    }

    /// The name that begins at `offset`, after blanks.
    pub(crate) fn name_at(&self, offset: usize) -> Option<&str> {
        let rest = self.code.get(offset..)?.trim_start();
        let rest = rest.strip_prefix("r#").unwrap_or(rest);
        let length = rest.bytes().take_while(|b| is_word(*b)).count();
        rest.get(..length).filter(|name| !name.is_empty())
    }

    /// The offset of the brace that closes the one at `open`.
    pub(crate) fn closing_brace(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, byte) in self.code.bytes().enumerate().skip(open) {
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn test_modules(&self) -> Vec<Range<usize>> {
        let modules = self.code.match_indices("#[cfg(test)]");
        modules
            .filter_map(|(at, _)| {
                let rest = self.code.get(at..)?;
                // A module, a function, an implementation: whatever stands before the next item ends.
                let open = rest.find(['{', ';'])?;
                if rest.as_bytes().get(open) == Some(&b';') {
                    return Some(at..at + open);
                }
                Some(at..self.closing_brace(at + open)?)
            })
            .collect()
    }

    fn find_functions(&self, text: &str) -> Vec<Function> {
        let lines: Vec<&str> = text.lines().collect();
        self.words("fn")
            .filter_map(|at| {
                let name = self.name_at(at + 2)?.to_owned();
                let open = self.body(at)?;
                let close = self.closing_brace(open)?;
                let line = self.line(at);
                let (docs, is_test) = heading(lines.get(..line - 1)?);
                Some(Function {
                    name,
                    line,
                    length: self.code_between(self.line(open), self.line(close)),
                    docs,
                    is_test,
                })
            })
            .collect()
    }

    /// The opening brace of a function's body; `None` where it has none.
    fn body(&self, start: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, byte) in self.code.bytes().enumerate().skip(start) {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                b'{' if depth == 0 => return Some(index),
                b';' if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// Lines of code strictly between two lines.
    fn code_between(&self, first: usize, last: usize) -> usize {
        let inside = self.code_lines.get(first..last.saturating_sub(1));
        inside.map_or(0, |lines| lines.iter().filter(|code| **code).count())
    }
}

/// The doc comment and the attributes right above a function.
fn heading(above: &[&str]) -> (String, bool) {
    let mut docs = Vec::new();
    let mut is_test = false;
    for line in above.iter().rev().map(|l| l.trim()) {
        if let Some(words) = line.strip_prefix("///") {
            docs.push(words.trim());
        } else if let Some(attribute) = line.strip_prefix("#[") {
            is_test |= attribute.starts_with("test]") || attribute.contains("::test");
        } else if !line.starts_with("//") {
            break;
        }
    }
    docs.reverse();
    (docs.join(" "), is_test)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
//! A room.
/// Adds.
fn add(a: [u8; 2]) -> u8 {
    // a comment

    let b = a;
    b
}
trait T {
    fn none(&self);
}
#[cfg(test)]
mod tests {
    /// S5: never too many,
    /// whoever comes.
    #[tokio::test]
    async fn race() {
        f();
    }
}
";

    /// Functions are found with their length in lines of code; a declaration has no body.
    #[test]
    fn functions_are_measured() {
        let source = Source::scan(TEXT);
        let found: Vec<_> = source
            .functions
            .iter()
            .map(|f| (f.name.as_str(), f.line, f.length))
            .collect();
        assert_eq!(found, [("add", 3, 2), ("race", 17, 1)]);
    }

    /// A test is known by its attribute, and its doc comment is read whole.
    #[test]
    fn tests_are_known_with_their_words() {
        let source = Source::scan(TEXT);
        let race = source.functions.last().unwrap();
        assert!(race.is_test);
        assert_eq!(race.docs, "S5: never too many, whoever comes.");
        assert!(!source.functions[0].is_test);
    }

    /// What is compiled for tests alone is told from the rest.
    #[test]
    fn test_code_is_told_apart() {
        let source = Source::scan(TEXT);
        assert!(!source.in_test(TEXT.find("fn add").unwrap()));
        assert!(source.in_test(TEXT.find("fn race").unwrap()));
    }

    /// Words are whole words, and their line is right.
    #[test]
    fn words_are_whole() {
        let source = Source::scan("let addr = add;\nadd");
        let lines: Vec<_> = source.words("add").map(|at| source.line(at)).collect();
        assert_eq!(lines, [1, 2]);
    }
}
