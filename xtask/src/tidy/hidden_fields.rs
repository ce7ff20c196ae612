//! No name of a layout hides a field of a page.
//!
//! What a layout imports or sets outside its blocks is known inside the blocks of every page that stands on it, and goes
//! before the page's own fields: a macro `promises` makes a field `promises` unreadable, and nothing fails. What a face
//! gives to every page (the samples whose names begin with `_`) does the same.

use super::{Report, tree::Tree};

/// Looks at every sample: at what its page, the layouts of that page and the face call by the same names.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    for path in tree.paths() {
        let Some((folder, page)) = sample(path) else {
            continue;
        };
        let fields = fields(tree.text(path).unwrap_or_default());
        for field in &fields {
            if tree.text(&format!("{folder}/_{field}.json")).is_some() {
                let message =
                    format!("the face gives every page its own {field}, which hides this one");
                report.at(path, 1, message);
            }
        }
        let Some(template) = template(tree, folder, page) else {
            continue;
        };
        for (file, name) in taken(tree, &template) {
            if fields.contains(&name) {
                let message = format!("{file} has a {name} of its own, which hides this field");
                report.at(path, 1, message);
            }
        }
    }
}

/// The folder of a sample and the page that it shows.
fn sample(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.rsplit_once('/')?;
    let page = name.strip_suffix(".json")?;
    let known = path.starts_with("templates/") || path.starts_with("themes/");
    (known && folder.ends_with("/samples") && !page.starts_with('_')).then_some((folder, page))
}

/// The names of a sample's fields; a sample that is no JSON is another rule's business.
fn fields(text: &str) -> Vec<String> {
    let read: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let object = read.as_ref().and_then(serde_json::Value::as_object);
    object.map_or_else(Vec::new, |fields| fields.keys().cloned().collect())
}

/// The template that a page's sample is shown with: the longest name with which the sample's begins.
fn template(tree: &Tree, folder: &str, page: &str) -> Option<String> {
    let beside = folder.strip_suffix("/samples")?;
    let mut name = page;
    loop {
        for root in [beside.to_owned(), format!("{beside}/templates")] {
            let path = format!("{root}/{name}.html");
            if tree.text(&path).is_some() {
                return Some(path);
            }
        }
        name = name.get(..name.rfind(['_', '.'])?)?;
    }
}

/// The names that a template and its layouts take outside their blocks, each with the file that does.
fn taken(tree: &Tree, template: &str) -> Vec<(String, String)> {
    let (mut found, mut path) = (Vec::new(), template.to_owned());
    // As deep as layouts can stand on each other.
    for _ in 0..8 {
        let Some(text) = tree.text(&path) else { break };
        let outside = outside_blocks(text);
        let names = outside.iter().flat_map(|words| names(words));
        found.extend(names.map(|name| (path.clone(), name)));
        let layout = outside.iter().find_map(|words| {
            let quoted = words.strip_prefix("extends ")?;
            Some(quoted.trim().trim_matches(['"', '\'']).to_owned())
        });
        let Some(layout) = layout else { break };
        // Names of templates are counted from the folder `templates`.
        let Some((root, _)) = path.rsplit_once("templates/") else {
            break;
        };
        path = format!("{root}templates/{layout}");
    }
    found
}

/// The statements of a template that stand in no block and no macro.
fn outside_blocks(text: &str) -> Vec<&str> {
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    for part in text.split("{%").skip(1) {
        let words = part.split("%}").next().unwrap_or_default();
        let words = words.trim_matches(['-', '+']).trim();
        match words.split_whitespace().next() {
            Some("block" | "macro" | "call") => depth += 1,
            Some("endblock" | "endmacro" | "endcall") => depth = depth.saturating_sub(1),
            _ if depth == 0 => found.push(words),
            _ => {}
        }
    }
    found
}

/// The names that a statement takes.
fn names(words: &str) -> Vec<String> {
    let last = |part: &str| part.split_whitespace().next_back().map(str::to_owned);
    if let Some((_, imported)) = words
        .strip_prefix("from ")
        .and_then(|rest| rest.split_once(" import "))
    {
        return imported.split(',').filter_map(last).collect();
    }
    if let Some((_, name)) = words
        .strip_prefix("import ")
        .and_then(|rest| rest.split_once(" as "))
    {
        return last(name).into_iter().collect();
    }
    let set = words
        .strip_prefix("set ")
        .and_then(|rest| rest.split('=').next());
    let plain = |name: &&str| {
        name.trim()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    set.filter(plain)
        .map(|name| name.trim().to_owned())
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// A macro of a layout and what the face gives hide a page's field; what a block takes and what a page has no field
    /// for do not.
    #[test]
    fn a_hidden_field_is_found() {
        let layout = "{%- from \"parts/a.html\" import promises, icon as sign -%}{% set wide = true %}\
                      {% block main %}{% set inner = 1 %}{% endblock %}";
        let tree = Tree::of(&[
            ("themes/default/templates/layout.html", layout),
            (
                "themes/default/templates/product.html",
                "{% extends \"layout.html\" %}{% block main %}{{ promises }}{% endblock %}",
            ),
            ("themes/default/samples/_site.json", "{}"),
            (
                "themes/default/samples/product_sold.json",
                "{ \"promises\": [], \"sign\": 1, \"icon\": 2, \"inner\": 3, \"wide\": 4, \"site\": 5 }",
            ),
        ]);
        let sample = "themes/default/samples/product_sold.json:1:";
        let file = "themes/default/templates/layout.html has a";
        assert_eq!(
            found(check, &tree),
            [
                format!("{sample} the face gives every page its own site, which hides this one"),
                format!("{sample} {file} promises of its own, which hides this field"),
                format!("{sample} {file} sign of its own, which hides this field"),
                format!("{sample} {file} wide of its own, which hides this field"),
            ]
        );
    }

    /// The back office keeps its samples beside its templates, and names those from one folder above.
    #[test]
    fn the_back_office_counts_from_above() {
        let tree = Tree::of(&[
            (
                "templates/backoffice/layout.html",
                "{% import \"x\" as list %}",
            ),
            (
                "templates/backoffice/jobs.html",
                "{% extends \"backoffice/layout.html\" %}",
            ),
            (
                "templates/backoffice/samples/jobs.none.json",
                "{ \"list\": {} }",
            ),
        ]);
        assert_eq!(
            found(check, &tree),
            [
                "templates/backoffice/samples/jobs.none.json:1: templates/backoffice/layout.html has a list of its own, \
                 which hides this field"
            ]
        );
    }
}
