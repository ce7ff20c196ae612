//! What the documents say is proved, is proved by a test.
//!
//! `docs/capabilities.md` and `docs/invariants.md` claim one capability (`CAT-01`) or invariant (`S5`) in each table
//! row or list item that begins with its ID. Prose cannot be checked, these can: each ID must stand in the doc comment
//! of a test in Rust, or in the name of a browser test; each test named as `` `path::test` `` and each linked file must
//! exist. A document without its proof is an advertisement.

use std::collections::BTreeSet;

use super::{Report, markdown, tree::Tree};

const DOCUMENTS: [&str; 2] = ["docs/capabilities.md", "docs/invariants.md"];

/// Compares claims with tests, and links with files.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let proved = proved(tree);
    for path in DOCUMENTS {
        let Some(text) = tree.text(path) else {
            report.at(path, 1, "missing");
            continue;
        };
        let claims = markdown::subjects(text)
            .into_iter()
            .filter(|s| is_id(&s.text));
        for claim in claims.filter(|c| !proved.contains(&c.text)) {
            let message = format!("{}: no test's doc comment names it", claim.text);
            report.at(path, claim.line, message);
        }
    }
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        documents(tree, path, text, report);
    }
}

fn documents(tree: &Tree, path: &str, text: &str, report: &mut Report) {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for link in markdown::links(text) {
        if !tree.has(&markdown::resolve(folder, &link.text)) {
            report.at(
                path,
                link.line,
                format!("links to {}, which is not there", link.text),
            );
        }
    }
    for span in markdown::code_spans(text) {
        let Some((file, test)) = span.text.split_once(".rs::") else {
            continue;
        };
        let file = tree.rust_file(&format!("{file}.rs"));
        let name = test.rsplit("::").next().unwrap_or(test);
        if !file.is_some_and(|f| f.source.functions.iter().any(|f| f.name == name)) {
            report.at(
                path,
                span.line,
                format!("names {}, which is not there", span.text),
            );
        }
    }
}

/// Every ID that a test names.
fn proved(tree: &Tree) -> BTreeSet<String> {
    let in_rust = tree
        .rust()
        .flat_map(|file| file.source.functions.iter())
        .filter(|function| function.is_test)
        .flat_map(|function| ids(&function.docs));
    let in_browser = tree
        .texts()
        .filter(|(path, _)| path.ends_with(".test.mjs"))
        .flat_map(|(_, text)| text.lines())
        .filter(|line| line.contains("test(") || line.contains("it("))
        .flat_map(ids);
    in_rust.chain(in_browser).collect()
}

fn ids(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

/// `S5` is an invariant, `CAT-01` a capability.
fn is_id(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    let rest = word.get(letters..).unwrap_or_default();
    let (digits, letters_fit, digits_fit) = match rest.strip_prefix('-') {
        Some(digits) => (digits, (3..=4).contains(&letters), digits.len() == 2),
        None => (rest, letters == 1, (1..=2).contains(&rest.len())),
    };
    letters_fit && digits_fit && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const PROOF: &str = "//! x\n#[cfg(test)]\nmod tests {\n    /// S5, CAT-01: never more than there are.\n    #[test]\n    fn race() {}\n}\n";

    /// A claim with its test and a link with its file are left alone.
    #[test]
    fn proved_claims_are_left_alone() {
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", PROOF),
            ("tests/browser/buy.test.mjs", "test(\"CHK-01: buys\", f);"),
            (
                "docs/capabilities.md",
                "| CAT-01 | [here](../crates/a/src/lib.rs) | `crates/a/src/lib.rs::tests::race` |\n| CHK-01 | x |\n",
            ),
            (
                "docs/invariants.md",
                "| ID | proof |\n|---|---|\n- **S5** ok\n",
            ),
        ]);
        assert_eq!(found(check, &tree), [""; 0]);
    }

    /// A claim that no test names, a file and a test that are not there, and a missing document are found.
    #[test]
    fn empty_claims_are_found() {
        let tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "//! x\n/// S6: not a test.\nfn f() {}\n",
            ),
            (
                "docs/invariants.md",
                "| S6 | [a](gone.md) | `crates/a/src/lib.rs::race` |\n",
            ),
        ]);
        assert_eq!(
            found(check, &tree),
            [
                "docs/capabilities.md:1: missing",
                "docs/invariants.md:1: S6: no test's doc comment names it",
                "docs/invariants.md:1: links to gone.md, which is not there",
                "docs/invariants.md:1: names crates/a/src/lib.rs::race, which is not there",
            ]
        );
    }

    /// IDs are known from other words.
    #[test]
    fn ids_are_known() {
        for word in ["S5", "P13", "CAT-01", "PLT-08"] {
            assert!(is_id(word), "{word}");
        }
        for word in ["ID", "UTF-8", "HTTP2", "S", "s5", "CAT-", "RFC"] {
            assert!(!is_id(word), "{word}");
        }
    }
}
