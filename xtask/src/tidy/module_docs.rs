//! Every Rust file begins by saying what it is.
//!
//! Whoever opens a file should not have to guess from its code what it owns and what it promises.

use super::{Report, tree::Tree};

/// Asserts `//!` and words after it on the first line.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    for file in tree.rust() {
        let first = file.text.lines().next().unwrap_or_default();
        let says = first
            .strip_prefix("//!")
            .is_some_and(|w| !w.trim().is_empty());
        if !says {
            report.at(file.path, 1, "begin with `//!` and what this file is");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// Anything but words in the first line is found.
    #[test]
    fn a_silent_file_is_found() {
        let tree = Tree::of(&[
            ("good.rs", "//! What it is.\n"),
            ("empty.rs", ""),
            ("late.rs", "use a;\n//! Too late.\n"),
            ("mute.rs", "//!\n"),
        ]);
        let message = "begin with `//!` and what this file is";
        let expected = ["empty", "late", "mute"].map(|n| format!("{n}.rs:1: {message}"));
        assert_eq!(found(check, &tree), expected);
    }
}
