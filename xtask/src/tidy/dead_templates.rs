//! Every template and every sample belongs to a page.
//!
//! Templates are found by name at run time, so the compiler cannot tell that nobody asks for one any more.

use super::{Report, source::Source, tree::Tree};

/// The templates that every other theme stands on.
const DEFAULT_THEME: &str = "themes/default/templates/";

/// A template or a sample.
struct Place<'a> {
    path: &'a str,
    /// The folder that names are counted from.
    root: &'a str,
    name: &'a str,
}

/// Looks for the name of each template in Rust and in the other templates.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let templates: Vec<Place<'_>> = tree.paths().filter_map(template).collect();
    let rust: Vec<&str> = tree
        .rust()
        .filter(|f| f.krate() != "xtask")
        .flat_map(|f| f.source.literals.iter())
        .map(|l| l.value.as_str())
        .collect();
    for template in &templates {
        let asked = rust.iter().any(|text| names(text, template.name))
            || tree
                .rust()
                .any(|file| assembled(file.source, template.path))
            || templates
                .iter()
                .filter(|other| other.path != template.path && other.root == template.root)
                .filter_map(|other| tree.text(other.path))
                .any(|text| quotes(text, template.name))
            || overrides(&templates, template);
        if !asked {
            let message = format!("no Rust and no template asks for {}", template.name);
            report.at(template.path, 1, message);
        }
    }
    for (path, page) in tree.paths().filter_map(sample) {
        let known = templates.iter().any(|t| {
            let stem = t.name.rsplit_once('.').map_or(t.name, |(stem, _)| stem);
            let stem = stem.rsplit('/').next().unwrap_or(stem);
            page == stem
                || page
                    .strip_prefix(stem)
                    .is_some_and(|case| case.starts_with(['_', '.']))
        });
        if !known {
            report.at(path, 1, "a sample of a page that has no template");
        }
    }
}

/// Whether a theme replaces a template of the default theme, which is asked for there or told of there.
fn overrides(templates: &[Place<'_>], template: &Place<'_>) -> bool {
    template.path.starts_with("themes/")
        && template.root != DEFAULT_THEME
        && templates
            .iter()
            .any(|other| other.root == DEFAULT_THEME && other.name == template.name)
}

fn template(path: &str) -> Option<Place<'_>> {
    let root_length = if path.starts_with("templates/") {
        "templates/".len()
    } else if path.starts_with("themes/") {
        path.find("/templates/")? + "/templates/".len()
    } else {
        return None;
    };
    let (root, name) = path.split_at_checked(root_length)?;
    let is_other = name.contains("samples/") || name.ends_with(".md");
    (!is_other).then_some(Place { path, root, name })
}

/// A sample with the page it shows; `_req.json` and the like belong to all pages.
fn sample(path: &str) -> Option<(&str, &str)> {
    if !path.starts_with("templates/") && !path.starts_with("themes/") {
        return None;
    }
    let (_, name) = path.split_once("samples/")?;
    let page = name.strip_suffix(".json")?;
    (!page.starts_with('_')).then_some((path, page))
}

/// Whether a text of Rust names the template: whole, without its ending, at the end of a path, or with parts left
/// open, as in `email/{kind}.html`.
fn names(text: &str, name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    text == name
        || (text == stem && stem.contains('/'))
        || text
            .strip_suffix(name)
            .is_some_and(|before| before.ends_with('/'))
        || fits(text, name)
}

/// Whether `name` is what `pattern` becomes when its `{…}` are filled in.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, mut rest)) = pattern.split_once('{') else {
        return false;
    };
    // A pattern that fixes neither folder nor ending would fit anything.
    if !first.contains('/') && !first.contains('-') {
        return false;
    }
    let Some(mut left) = name.strip_prefix(first) else {
        return false;
    };
    while let Some((_, after)) = rest.split_once('}') {
        let (fixed, next) = after.split_once('{').unwrap_or((after, ""));
        let is_last = !after.contains('{');
        if is_last {
            return left.ends_with(fixed);
        }
        let Some(at) = left.find(fixed) else {
            return false;
        };
        left = left.get(at + fixed.len()..).unwrap_or_default();
        rest = next;
    }
    false
}

/// Whether a file puts the path together from pieces at compile time, as in `concat!("…/templates/email/", kind, ".html")`.
fn assembled(source: &Source, path: &str) -> bool {
    let pieces = || source.literals.iter().map(|l| l.value.as_str());
    let begins = pieces()
        .filter(|piece| piece.ends_with('/'))
        .map(|piece| piece.rsplit("../").next().unwrap_or(piece))
        .filter(|begin| begin.starts_with("templates/") || begin.starts_with("themes/"));
    let mut rests: Vec<&str> = begins.filter_map(|b| path.strip_prefix(b)).collect();
    while let Some(rest) = rests.pop() {
        for piece in pieces().filter(|piece| !piece.is_empty()) {
            match rest.strip_prefix(piece) {
                Some("") => return true,
                Some(shorter) => rests.push(shorter),
                None => {}
            }
        }
    }
    false
}

fn quotes(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|b| b.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|a| a.chars().next());
        before.is_some_and(|b| matches!(b, '"' | '\'')) && before == after
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// Named by Rust, by another template, or by a pattern: alive. Otherwise dead.
    #[test]
    fn a_template_that_nobody_asks_for_is_found() {
        let tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "//! x\nconst A: &str = \"backoffice/home.html\";\nfn f(k: &str) -> String { format!(\"email/{k}.html\") }\n",
            ),
            (
                "templates/backoffice/home.html",
                "{% extends \"backoffice/base.html\" %}",
            ),
            ("templates/backoffice/base.html", ""),
            (
                "templates/backoffice/old.html",
                "{# 'backoffice/old.html' #}",
            ),
            ("templates/email/paid.html", ""),
            ("templates/email/paid.txt", ""),
        ]);
        assert_eq!(
            found(check, &tree),
            [
                "templates/backoffice/old.html:1: no Rust and no template asks for backoffice/old.html",
                "templates/email/paid.txt:1: no Rust and no template asks for email/paid.txt",
            ]
        );
    }

    /// A path that is put together from the texts of one file is asked for; one that only looks like it is not.
    #[test]
    fn assembled_paths_are_seen() {
        let rust = "//! x\nmacro_rules! file { ($($n:literal),+) => { include_str!(concat!(\"/../../templates/email/\", $($n),+)) } }\nconst A: [&str; 2] = [file!(\"paid\", \".en.html\"), file!(\"parts/\", \"foot\", \".html\")];\n";
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", rust),
            ("templates/email/paid.en.html", ""),
            ("templates/email/parts/foot.html", ""),
            ("templates/email/paid.de.html", ""),
        ]);
        assert_eq!(
            found(check, &tree),
            ["templates/email/paid.de.html:1: no Rust and no template asks for email/paid.de.html"]
        );
    }

    /// A theme counts names from its own folder, and does not keep another one's templates alive.
    #[test]
    fn themes_are_apart() {
        let tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "//! x\nconst A: &str = \"home.html\";\n",
            ),
            (
                "themes/default/templates/home.html",
                "{% include 'parts/a.html' %}",
            ),
            ("themes/default/templates/parts/a.html", ""),
            ("templates/parts/a.html", ""),
        ]);
        assert_eq!(
            found(check, &tree),
            ["templates/parts/a.html:1: no Rust and no template asks for parts/a.html"]
        );
    }

    /// What a theme replaces is asked for where the default theme is; what it adds has to be asked for in it.
    #[test]
    fn a_theme_replaces() {
        let tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "//! x\nconst A: &str = \"home.html\";\n",
            ),
            (
                "themes/default/templates/home.html",
                "{% include 'parts/a.html' %}",
            ),
            ("themes/default/templates/parts/a.html", ""),
            ("themes/mine/templates/parts/a.html", ""),
            ("themes/mine/templates/parts/b.html", ""),
        ]);
        assert_eq!(
            found(check, &tree),
            ["themes/mine/templates/parts/b.html:1: no Rust and no template asks for parts/b.html"]
        );
    }

    /// A sample shows a page that exists.
    #[test]
    fn a_sample_without_page_is_found() {
        let tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "//! x\nconst A: &str = \"cart.html\";\n",
            ),
            ("themes/default/templates/cart.html", ""),
            ("themes/default/samples/cart_empty.json", "{}"),
            ("themes/default/samples/cart.form.json", "{}"),
            ("themes/default/samples/_req.json", "{}"),
            ("themes/default/samples/basket.json", "{}"),
        ]);
        assert_eq!(
            found(check, &tree),
            ["themes/default/samples/basket.json:1: a sample of a page that has no template"]
        );
    }
}
