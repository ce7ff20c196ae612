//! Nothing unfinished, no test that is skipped, no lint that is silenced for good.
//!
//! `#[expect]` fails as soon as its reason is gone; `#[allow]` stays for ever. An ignored test is a failing test that
//! looks green.

use super::{Report, tree::Tree};

/// What must not stand in code, and what to do instead.
const MARKS: [(&str, &str); 5] = [
    ("todo!", "finish it or leave it out"),
    ("unimplemented!", "finish it or leave it out"),
    ("#[ignore", "a test runs or goes"),
    ("#[allow(", "use #[expect(..., reason = \"...\")]"),
    ("#![allow(", "use #![expect(..., reason = \"...\")]"),
];

/// Looks for the marks in code, not in comments or texts.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    for file in tree.rust() {
        for (mark, instead) in MARKS {
            for (at, _) in file.source.code.match_indices(mark) {
                let message = format!("{mark}: {instead}");
                report.at(file.path, file.source.line(at), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// Marks are found in code alone.
    #[test]
    fn marks_are_found_in_code() {
        let tree = Tree::of(&[(
            "a.rs",
            "//! todo!\n#[allow(dead_code)]\nfn f() { todo!() } // unimplemented!()\nconst A: &str = \"#[ignore]\";\n",
        )]);
        assert_eq!(
            found(check, &tree),
            [
                "a.rs:2: #[allow(: use #[expect(..., reason = \"...\")]",
                "a.rs:3: todo!: finish it or leave it out",
            ]
        );
    }
}
