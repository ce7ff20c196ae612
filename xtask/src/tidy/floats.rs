//! No floating point near money (invariant P13).
//!
//! Binary fractions cannot hold a tenth, so sums drift by a cent and a reconciliation never closes. Money is whole
//! minor units; rates are decimals.

use super::{Report, tree::Tree};

/// Files and folders in which amounts are worked out.
const MONEY: [&str; 6] = [
    "crates/kernel/src/money",
    "crates/kernel/src/currency",
    "crates/kernel/src/quantity",
    "crates/orders/src/totals",
    "crates/payments/",
    "crates/promotions/",
];

/// Looks for floating point types, conversions to them and literals.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let near_money = |path: &str| MONEY.iter().any(|m| path.starts_with(m));
    for file in tree.rust().filter(|f| near_money(f.path)) {
        for (index, line) in file.source.code.lines().enumerate() {
            if let Some(what) = float(line) {
                report.at(file.path, index + 1, format!("floating point ({what})"));
            }
        }
    }
}

/// The first word of floating point in a line of code.
fn float(line: &str) -> Option<&str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    words.into_iter().find(|word| {
        word.split(['_', '.'])
            .any(|part| matches!(part, "f32" | "f64"))
            || is_float_literal(word)
    })
}

/// `1.5`, `1.` and `2.0e3`, but not the fields of `pair.0.1` and not the range `1..5`.
fn is_float_literal(word: &str) -> bool {
    let Some((whole, rest)) = word.split_once('.') else {
        return false;
    };
    let digits = |t: &str| t.chars().all(|c| c.is_ascii_digit() || c == '_');
    let is_number = !whole.is_empty() && digits(whole);
    is_number && (rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// P13: floating point is found in the files of money, in every form, and nowhere else.
    #[test]
    fn floats_are_found_near_money() {
        let tree = Tree::of(&[
            (
                "crates/payments/src/refund.rs",
                "//! 1.5\nfn f(a: f64) {}\nfn g() { let b = 0.05; }\nfn h() { d.to_f64() }\n",
            ),
            ("crates/insight/src/rate.rs", "//! x\nfn f(a: f64) {}\n"),
        ]);
        let places = [
            "2: floating point (f64)",
            "3: floating point (0.05)",
            "4: floating point (d.to_f64)",
        ];
        assert_eq!(
            found(check, &tree),
            places.map(|p| format!("crates/payments/src/refund.rs:{p}"))
        );
    }

    /// Fields, ranges and methods of whole numbers are no floats.
    #[test]
    fn whole_numbers_are_let_through() {
        for line in [
            "pair.0.1",
            "for i in 1..5 {",
            "1..=5",
            "3.max(a)",
            "x.0",
            "9_000",
        ] {
            assert_eq!(float(line), None, "{line}");
        }
    }
}
