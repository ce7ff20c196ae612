//! The operator's manual is the same in each language, leads only to pages that exist, and shows only pictures that do.
//!
//! A manual is read by somebody who is already at a loss. A chapter that one language lacks, an address that has moved,
//! or a picture of a page that was changed long ago and that nobody takes again is worse than none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, markdown, tree::Tree};

const FOLDER: &str = "docs/manual/";
const PICTURES: &str = "docs/manual/pictures/";
const CONTENTS: &str = "README.md";
const LANGUAGES: [&str; 2] = ["zh-Hant", "en"];
/// The script that takes the pictures.
const SCRIPT: &str = "scripts/manual-pictures.mjs";
/// The heaviest that one picture, and all of them together, may be, in bytes.
const ONE_LIMIT: usize = 120 * 1024;
const ALL_LIMIT: usize = 6 * 1024 * 1024;

/// Compares the languages, the addresses with the router, and the pictures with those who show and take them.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let chapters = LANGUAGES.map(|language| chapters(tree, language));
    let [first, second] = &chapters;
    if first.is_empty() && second.is_empty() {
        return;
    }
    for (own, other, language) in [(first, second, LANGUAGES[1]), (second, first, LANGUAGES[0])] {
        for (name, (path, text)) in own {
            match other.get(name) {
                None => report.at(path, 1, format!("has no counterpart in {language}")),
                Some((_, twin)) if shape(text) != shape(twin) => report.at(
                    path,
                    1,
                    format!("has other headings than its counterpart in {language}"),
                ),
                Some(_) => {}
            }
        }
    }
    let routes = routes(tree);
    for chapters in &chapters {
        contents(chapters, report);
        for (path, text) in chapters.values() {
            addresses(path, text, &routes, report);
        }
    }
    pictures(tree, &chapters, report);
}

/// The chapters of a language by their names, each with its path and text.
fn chapters<'a>(tree: &'a Tree, language: &str) -> BTreeMap<&'a str, (&'a str, &'a str)> {
    let folder = format!("{FOLDER}{language}/");
    tree.texts()
        .filter_map(|(path, text)| Some((path.strip_prefix(&folder)?, (path, text))))
        .filter(|(name, _)| name.ends_with(".md"))
        .collect()
}

/// The depths of the headings, in order.
fn shape(text: &str) -> Vec<usize> {
    markdown::prose(text)
        .map(|(_, line)| line.chars().take_while(|c| *c == '#').count())
        .filter(|depth| *depth > 0)
        .collect()
}

/// The contents lead to every chapter.
fn contents(chapters: &BTreeMap<&str, (&str, &str)>, report: &mut Report) {
    let Some((place, text)) = chapters.get(CONTENTS) else {
        return;
    };
    let linked: BTreeSet<String> = markdown::links(text).into_iter().map(|l| l.text).collect();
    for name in chapters.keys().filter(|name| **name != CONTENTS) {
        if !linked.contains(*name) {
            report.at(place, 1, format!("does not lead to {name}"));
        }
    }
}

/// The addresses of the back office, as its routes are written.
fn routes(tree: &Tree) -> BTreeSet<&str> {
    tree.rust()
        .filter(|file| file.krate() == "backoffice" && !file.is_test())
        .flat_map(|file| file.source.literals.iter())
        .map(|literal| literal.value.as_str())
        .filter(|text| text.starts_with("/admin"))
        .collect()
}

/// Every address that a chapter names is one of the router's.
fn addresses(path: &str, text: &str, routes: &BTreeSet<&str>, report: &mut Report) {
    for span in markdown::code_spans(text) {
        if span.text != "/admin" && !span.text.starts_with("/admin/") {
            continue;
        }
        let address = span.text.split(['?', '#']).next().unwrap_or_default();
        if !routes.contains(address) {
            report.at(
                path,
                span.line,
                format!("names {address}, which is no route"),
            );
        }
    }
}

/// Every picture is shown, taken by the script and light; every chapter shows those of its own language.
fn pictures(
    tree: &Tree,
    chapters: &[BTreeMap<&str, (&str, &str)>; LANGUAGES.len()],
    report: &mut Report,
) {
    let script = tree.text(SCRIPT).unwrap_or_default();
    let mut shown = BTreeSet::new();
    for (language, chapters) in LANGUAGES.into_iter().zip(chapters) {
        for (path, text) in chapters.values() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for link in markdown::links(text) {
                let target = markdown::resolve(folder, &link.text);
                let Some(picture) = target.strip_prefix(PICTURES) else {
                    continue;
                };
                if !picture.starts_with(&format!("{language}/")) {
                    let message = format!("shows {picture}, of another language");
                    report.at(path, link.line, message);
                }
                shown.insert(target);
            }
        }
    }
    let mut all = 0;
    for path in tree.paths().filter(|path| path.starts_with(PICTURES)) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.split('.').next().unwrap_or(name);
        if !shown.contains(path) {
            report.at(path, 1, "no chapter shows it");
        }
        if !script.contains(&format!("name: \"{name}\"")) {
            report.at(path, 1, format!("{SCRIPT} does not take it"));
        }
        let size = tree.size(path);
        if size > ONE_LIMIT {
            report.at(
                path,
                1,
                format!("has {size} bytes; {ONE_LIMIT} are the most"),
            );
        }
        all += size;
    }
    if all > ALL_LIMIT {
        let message = format!("all pictures have {all} bytes; {ALL_LIMIT} are the most");
        report.at(PICTURES, 1, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const ROUTES: &str = "//! x\nfn f() { g(\"/admin/orders\"); }\n";
    const TAKEN: &str = "[{ name: \"orders\" }]";
    const CHAPTER: &str = "# Orders\n\nSee `/admin/orders?tab=all`.\n\n## One\n";

    fn book<'a>(
        extra: &[(&'a str, &'a str)],
        hant: &'a str,
        en: &'a str,
    ) -> Vec<(&'a str, &'a str)> {
        let mut files = vec![
            ("crates/backoffice/src/routes.rs", ROUTES),
            (SCRIPT, TAKEN),
            ("docs/manual/zh-Hant/README.md", "# M\n- [o](orders.md)\n"),
            ("docs/manual/en/README.md", "# M\n- [o](orders.md)\n"),
            ("docs/manual/zh-Hant/orders.md", hant),
            ("docs/manual/en/orders.md", en),
        ];
        files.extend(extra);
        files
    }

    /// A manual that is whole is left alone, and a repository without one too.
    #[test]
    fn a_whole_manual_is_left_alone() {
        let hant = "# 訂單\n\n![x](../pictures/zh-Hant/orders.webp)\n\n## 一\n";
        let en = "# Orders\n\n![x](../pictures/en/orders.webp)\n\n## One\n";
        let extra = [
            ("docs/manual/pictures/zh-Hant/orders.webp", "x"),
            ("docs/manual/pictures/en/orders.webp", "x"),
        ];
        assert_eq!(found(check, &Tree::of(&book(&extra, hant, en))), [""; 0]);
        assert_eq!(found(check, &Tree::of(&[])), [""; 0]);
    }

    /// Headings that differ, and a chapter that one language lacks or that the contents forget.
    #[test]
    fn languages_that_differ_are_found() {
        let extra = [("docs/manual/en/stock.md", "# Stock\n")];
        let tree = Tree::of(&book(&extra, "# 訂單\n", CHAPTER));
        assert_eq!(
            found(check, &tree),
            [
                "docs/manual/en/README.md:1: does not lead to stock.md",
                "docs/manual/en/orders.md:1: has other headings than its counterpart in zh-Hant",
                "docs/manual/en/stock.md:1: has no counterpart in zh-Hant",
                "docs/manual/zh-Hant/orders.md:1: has other headings than its counterpart in en",
            ]
        );
    }

    /// An address that has moved.
    #[test]
    fn addresses_that_moved_are_found() {
        let moved = CHAPTER.replace("/admin/orders", "/admin/sales");
        let tree = Tree::of(&book(&[], CHAPTER, &moved));
        assert_eq!(
            found(check, &tree),
            ["docs/manual/en/orders.md:3: names /admin/sales, which is no route"]
        );
    }

    /// A picture that nobody shows or takes, one of another language, and one that is too heavy.
    #[test]
    fn pictures_that_are_not_right_are_found() {
        let heavy = "x".repeat(ONE_LIMIT + 1);
        let en = "# Orders\n\n![x](../pictures/zh-Hant/orders.webp)\n\n## One\n";
        let extra = [
            ("docs/manual/pictures/zh-Hant/orders.webp", heavy.as_str()),
            ("docs/manual/pictures/en/old.webp", "x"),
        ];
        let tree = Tree::of(&book(&extra, CHAPTER, en));
        assert_eq!(
            found(check, &tree),
            [
                "docs/manual/en/orders.md:3: shows zh-Hant/orders.webp, of another language",
                "docs/manual/pictures/en/old.webp:1: no chapter shows it",
                "docs/manual/pictures/en/old.webp:1: scripts/manual-pictures.mjs does not take it",
                "docs/manual/pictures/zh-Hant/orders.webp:1: has 122881 bytes; 122880 are the most",
            ]
        );
    }
}
