//! ARCHITECTURE.md names every crate and none that is gone.
//!
//! The map is what a newcomer trusts first, and every map studied elsewhere names rooms that have moved. A crate is
//! named by its line in the map, or as `crates/NAME` anywhere.

use std::collections::BTreeSet;

use super::{Report, tree::Tree};

const MAP: &str = "ARCHITECTURE.md";

/// Compares the map with the workspace.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let Some(Ok(workspace)) = &tree.workspace else {
        return;
    };
    let Some(text) = tree.text(MAP) else {
        report.at(MAP, 1, "missing");
        return;
    };
    let mapped = mapped(text);
    let names: BTreeSet<&str> = mapped.iter().map(|(name, _)| name.as_str()).collect();
    for krate in &workspace.crates {
        let is_beside = text.lines().any(|line| {
            let line = line.trim_start();
            name(line) == krate.folder && is_entry(line)
        });
        if !is_beside && !names.contains(krate.name.as_str()) {
            report.at(
                MAP,
                1,
                format!("the crate {} is not on the map", krate.name),
            );
        }
    }
    for (name, line) in &mapped {
        if workspace.named(name).is_none() {
            report.at(MAP, *line, format!("there is no crate {name}"));
        }
    }
}

/// The crates a text names, each with the line of its first mention.
fn mapped(text: &str) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut note = |name: &str, line: usize| {
        if !name.is_empty() && !found.iter().any(|(known, _)| known == name) {
            found.push((name.to_owned(), line));
        }
    };
    // How deep the line `crates/` of the map stands, and the first one under it.
    let (mut crates_at, mut rooms_at) = (None, None);
    for (index, line) in text.lines().enumerate() {
        for (at, prefix) in line.match_indices("crates/") {
            note(
                name(line.get(at + prefix.len()..).unwrap_or_default()),
                index + 1,
            );
        }
        let words = line.trim_start();
        let depth = line.len() - words.len();
        if words.starts_with("crates/") && name(words.trim_start_matches("crates/")).is_empty() {
            (crates_at, rooms_at) = (Some(depth), None);
            continue;
        }
        if crates_at.is_none_or(|above| depth <= above) {
            crates_at = None;
            continue;
        }
        let room = name(words);
        if is_entry(words) && *rooms_at.get_or_insert(depth) == depth {
            note(room, index + 1);
        }
    }
    found
}

/// Whether a line of the map begins with a room's name: `catalog/` or `catalog   products`.
fn is_entry(line: &str) -> bool {
    let room = name(line);
    let rest = line.get(room.len()..).unwrap_or_default();
    !room.is_empty() && (rest.is_empty() || rest.starts_with('/') || rest.starts_with("  "))
}

/// The name at the start of a text.
fn name(text: &str) -> &str {
    let length = text
        .bytes()
        .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
        .count();
    text.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{
        found,
        workspace::{Crate, Workspace},
    };

    fn tree(text: Option<&str>) -> Tree {
        let krate = |name: &str, folder: &str| Crate {
            name: name.to_owned(),
            folder: folder.to_owned(),
            roots: Vec::new(),
            dependencies: Vec::new(),
        };
        let files: Vec<_> = text.map(|t| (MAP, t)).into_iter().collect();
        let mut tree = Tree::of(&files);
        tree.workspace = Some(Ok(Workspace {
            crates: vec![krate("catalog", "crates/catalog"), krate("xtask", "xtask")],
        }));
        tree
    }

    const GOOD: &str = "```\ncrates/\n  catalog/   products\n    src/     files\n  -- faces --\nxtask/   rules\n```\n";

    /// The map as it is, with and without slashes.
    #[test]
    fn a_true_map_is_left_alone() {
        assert_eq!(found(check, &tree(Some(GOOD))), [""; 0]);
        let plain = GOOD
            .replace("catalog/ ", "catalog  ")
            .replace("xtask/", "xtask ");
        assert_eq!(found(check, &tree(Some(&plain))), [""; 0]);
    }

    /// A crate that is missing and one that is gone are found, in the map and in the prose.
    #[test]
    fn a_false_map_is_found() {
        let text = GOOD.replace("catalog/ ", "basket/ ") + "see `crates/orders/src/lib.rs`\n";
        assert_eq!(
            found(check, &tree(Some(&text))),
            [
                "ARCHITECTURE.md:1: the crate catalog is not on the map",
                "ARCHITECTURE.md:3: there is no crate basket",
                "ARCHITECTURE.md:8: there is no crate orders",
            ]
        );
    }

    /// Without a map there is nothing to trust.
    #[test]
    fn a_missing_map_is_found() {
        assert_eq!(found(check, &tree(None)), ["ARCHITECTURE.md:1: missing"]);
    }
}
