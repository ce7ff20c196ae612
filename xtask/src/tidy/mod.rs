//! The repository's rules as code: each in a file of its own, with its reason, run over every file that git knows or
//! would take in.
//!
//! A rule that only a reviewer remembers is broken in the first week. Every finding is printed with its place, and one
//! is enough to fail.

mod arrows;
mod claims;
mod dead_files;
mod dead_templates;
mod floats;
mod hidden_fields;
mod leftovers;
mod length;
mod manual;
mod map;
mod markdown;
mod module_docs;
mod places;
mod source;
mod sql;
mod tree;
mod words;
mod workspace;

use std::{
    fmt::Write as _,
    io::Write as _,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use tree::Tree;

/// One thing that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    message: String,
}

/// A rule: what it is called, what it asks, and the code that asks.
struct Rule {
    name: &'static str,
    asks: &'static str,
    check: fn(&Tree, &mut Report),
}

const RULES: &[Rule] = &[
    Rule {
        name: "arrows",
        asks: "crates depend downwards only, and no domain knows another",
        check: arrows::check,
    },
    Rule {
        name: "length",
        asks: "files and functions fit into one head; exceptions only shrink",
        check: length::check,
    },
    Rule {
        name: "module-docs",
        asks: "every Rust file begins by saying what it is",
        check: module_docs::check,
    },
    Rule {
        name: "dead-files",
        asks: "every Rust file is compiled by something, and no crate is an empty shell",
        check: dead_files::check,
    },
    Rule {
        name: "dead-templates",
        asks: "every template and every sample belongs to a page",
        check: dead_templates::check,
    },
    Rule {
        name: "hidden-fields",
        asks: "no name of a layout, and none that a face gives, hides a field of a page",
        check: hidden_fields::check,
    },
    Rule {
        name: "words",
        asks: "every key has its message in three languages, and every message a reader",
        check: words::check,
    },
    Rule {
        name: "sql",
        asks: "only stores and views speak SQL",
        check: sql::check,
    },
    Rule {
        name: "leftovers",
        asks: "nothing unfinished, no test that is skipped, no lint that is silenced for good",
        check: leftovers::check,
    },
    Rule {
        name: "floats",
        asks: "no floating point near money",
        check: floats::check,
    },
    Rule {
        name: "claims",
        asks: "what the documents say is proved, is proved by a test",
        check: claims::check,
    },
    Rule {
        name: "map",
        asks: "ARCHITECTURE.md names every crate and none that is gone",
        check: map::check,
    },
    Rule {
        name: "manual",
        asks: "the manual is whole in each language, and its addresses and pictures exist",
        check: manual::check,
    },
    Rule {
        name: "places",
        asks: "no path of one machine, no address of a package registry",
        check: places::check,
    },
];

/// Where rules put what they find.
#[derive(Default)]
pub(crate) struct Report {
    rule: &'static str,
    findings: Vec<Finding>,
}

impl Report {
    /// Notes what is wrong at a line (the first is 1).
    pub(crate) fn at(&mut self, path: &str, line: usize, message: impl Into<String>) {
        self.findings.push(Finding {
            path: path.to_owned(),
            line,
            rule: self.rule,
            message: message.into(),
        });
    }
}

/// Runs every rule over the checkout at `root` and prints what it finds.
pub(crate) fn run(root: &Path) -> ExitCode {
    let started = Instant::now();
    let tree = match Tree::load(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("tidy: {error}");
            return ExitCode::FAILURE;
        }
    };
    let findings = findings(&tree);
    let text = text(&findings, tree.len(), started.elapsed());
    // Whoever pipes this into `head` has read enough.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What each rule asks, one a line.
pub(crate) fn summary() -> String {
    RULES.iter().fold(String::new(), |mut text, rule| {
        let _ = writeln!(text, "{:15} {}", rule.name, rule.asks);
        text
    })
}

fn findings(tree: &Tree) -> Vec<Finding> {
    let mut report = Report::default();
    for rule in RULES {
        report.rule = rule.name;
        (rule.check)(tree, &mut report);
    }
    report.findings.sort();
    report.findings.dedup();
    report.findings
}

fn text(findings: &[Finding], files: usize, took: Duration) -> String {
    let mut text = String::new();
    for finding in findings {
        let Finding {
            path,
            line,
            rule,
            message,
        } = finding;
        let _ = writeln!(text, "{path}:{line}: {message} [{rule}]");
    }
    for rule in RULES {
        let count = findings.iter().filter(|f| f.rule == rule.name).count();
        if count > 0 {
            let _ = writeln!(text, "{count:6} {:15} {}", rule.name, rule.asks);
        }
    }
    let verdict = match findings.len() {
        0 => "tidy".to_owned(),
        1 => "1 finding".to_owned(),
        n => format!("{n} findings"),
    };
    let _ = writeln!(
        text,
        "{verdict}: {files} files in {:.2} s",
        took.as_secs_f64()
    );
    text
}

/// What one rule finds in a tree of a test, as `path:line: message`.
#[cfg(test)]
fn found(check: fn(&Tree, &mut Report), tree: &Tree) -> Vec<String> {
    let mut report = Report::default();
    check(tree, &mut report);
    report.findings.sort();
    let line = |f: &Finding| format!("{}:{}: {}", f.path, f.line, f.message);
    report.findings.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A finding carries its place, its rule and the count, and the verdict stands at the end.
    #[test]
    fn findings_are_printed_with_their_place() {
        let mut report = Report {
            rule: "length",
            ..Report::default()
        };
        report.at("a.rs", 7, "too long");
        let text = text(&report.findings, 3, Duration::from_millis(20));
        assert_eq!(
            text.lines().next(),
            Some("a.rs:7: too long [length]"),
            "{text}"
        );
        assert!(text.ends_with("1 finding: 3 files in 0.02 s\n"), "{text}");
    }

    /// No two rules share a name, since findings are told apart by it.
    #[test]
    fn every_rule_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = RULES.iter().map(|r| r.name).collect();
        assert_eq!(names.len(), RULES.len());
    }
}
