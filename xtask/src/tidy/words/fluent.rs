//! Keys and references of a Fluent file.

/// The key of each message with its line.
pub(super) fn keys(text: &str) -> Vec<(String, usize)> {
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(index, line)| Some((key(line)?.to_owned(), index + 1)))
        .collect()
}

/// A message begins at the start of its line; terms (`-shop = …`) are read by messages alone and have no key.
fn key(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let begins = name.chars().next()?.is_ascii_alphabetic();
    let is_name = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    (begins && is_name).then_some(name)
}

/// The keys of messages that other messages include: `{ unit }`.
pub(super) fn references(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines
        .flat_map(|line| line.split('{').skip(1))
        .filter_map(|inside| inside.split(['}', '.', ' ']).find(|w| !w.is_empty()))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a = comment
cart-empty = Nothing, a = b
cart-count = { $count ->
    [one] one { unit }
   *[other] { $count } { unit.many }
 }
    .title = attribute
-brand = Shop
";

    /// Messages have keys; comments, attributes, variants and terms have none.
    #[test]
    fn messages_are_found() {
        let keys = keys(TEXT);
        assert_eq!(
            keys,
            [("cart-empty".to_owned(), 2), ("cart-count".to_owned(), 3)]
        );
    }

    /// Variables are no references.
    #[test]
    fn references_are_found() {
        assert_eq!(references(TEXT), ["unit", "unit"]);
    }
}
