//! Files and functions fit into one head.
//!
//! Every large shop system studied has files of thousands of lines that nobody dares to split any more. The limits
//! stand here and in `clippy.toml`. What is longer today is listed in `xtask/ratchet.txt` with its number, which may
//! only fall: a listed number above the real one is a finding too, so that what was won is kept.

use std::collections::BTreeMap;

use super::{
    Report,
    tree::{RustFile, Tree},
};

const FILE_LINES: usize = 500;
const TEST_FILE_LINES: usize = 800;
const FUNCTION_LINES: usize = 70;
const RATCHET: &str = "xtask/ratchet.txt";

/// What is measured: a file as a whole, or a function by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Measured {
    path: String,
    /// `file`, or `fn NAME`.
    kind: String,
}

/// How long something is and where it begins.
struct Found {
    length: usize,
    line: usize,
    limit: usize,
}

/// Compares every file and function with its limit or its listed number.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let mut real: BTreeMap<Measured, Found> = BTreeMap::new();
    for file in tree.rust() {
        measure(file, &mut real);
    }
    let listed = ratchet(tree.text(RATCHET).unwrap_or_default(), report);
    for (measured, found) in &real {
        let allowed = listed.get(measured).map_or(found.limit, |(n, _)| *n);
        if found.length > allowed {
            let message = format!(
                "{} has {} lines, {allowed} are allowed",
                measured.kind, found.length
            );
            report.at(&measured.path, found.line, message);
        }
    }
    for (measured, (allowed, line)) in &listed {
        let Measured { path, kind } = measured;
        let message = match real.get(measured) {
            None => format!("{path} {kind} is gone: remove this line"),
            Some(f) if f.length <= f.limit => {
                format!(
                    "{path} {kind} has {} lines and fits: remove this line",
                    f.length
                )
            }
            Some(f) if f.length < *allowed => {
                format!("{path} {kind} has shrunk: lower {allowed} to {}", f.length)
            }
            Some(_) => continue,
        };
        report.at(RATCHET, *line, message);
    }
}

fn measure(file: RustFile<'_>, real: &mut BTreeMap<Measured, Found>) {
    let mut note = |kind: String, found: Found| {
        let measured = Measured {
            path: file.path.to_owned(),
            kind,
        };
        // Of functions with one name in one file, the longest counts.
        let known = real.get(&measured).map_or(0, |f| f.length);
        if found.length > known {
            real.insert(measured, found);
        }
    };
    note(
        "file".to_owned(),
        Found {
            length: file.text.lines().count(),
            line: 1,
            limit: if file.is_test() {
                TEST_FILE_LINES
            } else {
                FILE_LINES
            },
        },
    );
    for function in &file.source.functions {
        note(
            format!("fn {}", function.name),
            Found {
                length: function.length,
                line: function.line,
                limit: FUNCTION_LINES,
            },
        );
    }
}

/// Reads lines such as `612 crates/a/src/b.rs file` or `81 crates/a/src/b.rs fn c`.
fn ratchet(text: &str, report: &mut Report) -> BTreeMap<Measured, (usize, usize)> {
    let mut listed = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(3, ' ');
        let (number, path, kind) = (parts.next(), parts.next(), parts.next());
        match (number.and_then(|n| n.parse().ok()), path, kind) {
            (Some(number), Some(path), Some(kind)) => {
                let measured = Measured {
                    path: path.to_owned(),
                    kind: kind.to_owned(),
                };
                listed.insert(measured, (number, index + 1));
            }
            _ => report.at(
                RATCHET,
                index + 1,
                "not of the form `NUMBER PATH file` or `NUMBER PATH fn NAME`",
            ),
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    fn long(lines: usize) -> String {
        "//! x\n".repeat(lines)
    }

    fn function(lines: usize) -> String {
        format!("//! x\nfn f() {{\n{}}}\n", "    g();\n".repeat(lines))
    }

    /// The limits hold for files, for tests and for functions.
    #[test]
    fn what_is_too_long_is_found() {
        let tree = Tree::of(&[
            ("crates/a/src/fits.rs", &long(500)),
            ("crates/a/src/long.rs", &long(501)),
            ("crates/a/tests/fits.rs", &long(800)),
            ("crates/a/src/f.rs", &function(71)),
            ("crates/a/src/g.rs", &function(70)),
        ]);
        assert_eq!(
            found(check, &tree),
            [
                "crates/a/src/f.rs:2: fn f has 71 lines, 70 are allowed",
                "crates/a/src/long.rs:1: file has 501 lines, 500 are allowed",
            ]
        );
    }

    /// Blank lines and comments do not count in a function.
    #[test]
    fn comments_are_free() {
        let body = format!(
            "//! x\nfn f() {{\n{}g();\n}}\n",
            "    // why\n\n".repeat(90)
        );
        assert_eq!(found(check, &Tree::of(&[("a.rs", &body)])), [""; 0]);
    }

    /// A listed exception is let through as it is; it may neither grow nor stay listed when it has shrunk.
    #[test]
    fn exceptions_only_shrink() {
        let with = |number: usize, lines: usize| {
            let ratchet = format!("# why\n{number} a.rs file\n");
            found(
                check,
                &Tree::of(&[("a.rs", &long(lines)), (RATCHET, &ratchet)]),
            )
        };
        assert_eq!(with(600, 600), [""; 0]);
        assert_eq!(
            with(600, 601),
            ["a.rs:1: file has 601 lines, 600 are allowed"]
        );
        assert_eq!(
            with(600, 599),
            ["xtask/ratchet.txt:2: a.rs file has shrunk: lower 600 to 599"]
        );
        assert_eq!(
            with(600, 20),
            ["xtask/ratchet.txt:2: a.rs file has 20 lines and fits: remove this line"]
        );
    }

    /// The list names nothing that is gone and nothing unreadable.
    #[test]
    fn the_list_itself_is_read_strictly() {
        let tree = Tree::of(&[(RATCHET, "600 a.rs file\nmany a.rs file\n")]);
        assert_eq!(
            found(check, &tree),
            [
                "xtask/ratchet.txt:1: a.rs file is gone: remove this line",
                "xtask/ratchet.txt:2: not of the form `NUMBER PATH file` or `NUMBER PATH fn NAME`",
            ]
        );
    }
}
