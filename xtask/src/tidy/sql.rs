//! Only stores and views speak SQL.
//!
//! A query in a page or in the program is a second owner of somebody's tables: it reads states past their rules and
//! breaks at the next migration, unseen. Writes live in the domains, reads across domains in `operations/src/views`,
//! importers write what history was. Tests look behind everything and may ask the tables what really happened.

use super::{
    Report,
    tree::{RustFile, Tree},
};

/// Who may: owners of tables, the database plumbing, tests' helpers, the raw baselines, and this rule.
const CRATES: [&str; 16] = [
    "catalog",
    "inventory",
    "promotions",
    "customers",
    "orders",
    "payments",
    "fulfilment",
    "engagement",
    "service",
    "marketing",
    "insight",
    "platform",
    "migrations",
    "testkit",
    "benches",
    "xtask",
];
/// Parts of other crates that may.
const FOLDERS: [&str; 3] = [
    "crates/operations/src/views",
    "crates/exchange/src/import",
    "crates/exchange/src/uci",
];

/// Looks for statements in texts.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    for file in tree.rust().filter(|f| !may(*f)) {
        let literals = file.source.literals.iter();
        for literal in literals.filter(|l| !file.in_test(l.start)) {
            if let Some(word) = statement(&literal.value) {
                let line = file.source.line(literal.start);
                let message = format!("{word} outside a store or a view");
                report.at(file.path, line, message);
            }
        }
    }
}

fn may(file: RustFile<'_>) -> bool {
    CRATES.contains(&file.krate()) || FOLDERS.iter().any(|f| file.path.starts_with(f))
}

/// The word of a statement. `DELETE` alone is a method of HTTP, and `Select` begins a sentence.
fn statement(text: &str) -> Option<&'static str> {
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied().unwrap_or_default();
        match word.trim_start_matches('(') {
            "SELECT" if !next.is_empty() => return Some("SELECT"),
            "INSERT" if matches!(next, "INTO" | "OR") => return Some("INSERT"),
            "DELETE" if next == "FROM" => return Some("DELETE"),
            "UPDATE" if words.clone().any(|w| w == "SET") => return Some("UPDATE"),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// Statements are found in faces, in flows and in the program, and let through in stores and views.
    #[test]
    fn statements_have_their_place() {
        let rust = "//! x\nconst A: &str = \"SELECT id FROM orders\";\n";
        let tree = Tree::of(&[
            ("crates/storefront/src/a.rs", rust),
            ("crates/operations/src/flows/a.rs", rust),
            ("crates/zhanggui/src/a.rs", rust),
            ("crates/operations/src/views/a.rs", rust),
            ("crates/exchange/src/importers/a.rs", rust),
            ("crates/orders/src/store.rs", rust),
            ("crates/storefront/tests/a.rs", rust),
        ]);
        let message = "SELECT outside a store or a view";
        let expected = ["operations/src/flows", "storefront/src", "zhanggui/src"]
            .map(|p| format!("crates/{p}/a.rs:2: {message}"));
        assert_eq!(found(check, &tree), expected);
    }

    /// Statements are known from words that only look like them.
    #[test]
    fn statements_are_known() {
        assert_eq!(statement("UPDATE stock SET on_hand = 1"), Some("UPDATE"));
        assert_eq!(statement("WITH x AS (SELECT 1)"), Some("SELECT"));
        assert_eq!(statement("INSERT OR IGNORE INTO a"), Some("INSERT"));
        assert_eq!(statement("DELETE FROM carts"), Some("DELETE"));
        for text in [
            "DELETE",
            "GET, POST, DELETE, PATCH",
            "Select a size",
            "UPDATE",
            "SELECT",
        ] {
            assert_eq!(statement(text), None, "{text}");
        }
    }
}
