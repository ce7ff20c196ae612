//! The guide of themes lists every template with its variables: made of the samples, so it cannot go stale.

use std::{fs, path::PathBuf};

use platform::theme::{BASE, Source};
use serde_json::Value as Json;

/// How deep variables are listed; what lies deeper stands in the samples.
const DEPTH: usize = 2;

/// The files of the default theme, looked through for what there is to know.
struct Guide {
    theme: Source,
    /// Templates by name, without those in folders.
    pages: Vec<String>,
    /// Templates in folders.
    parts: Vec<String>,
    /// Names of samples.
    samples: Vec<String>,
}

impl Guide {
    fn of_the_default_theme() -> Self {
        let mut themes = storefront::themes().into_iter();
        let theme = themes.find(|theme| theme.name == BASE).unwrap();
        let below = |folder: &str, ending: &str| -> Vec<String> {
            let names = theme.files.keys().filter_map(|path| {
                let name = path.strip_prefix(folder)?.strip_suffix(ending)?;
                Some(name.to_owned())
            });
            names.collect()
        };
        let (parts, pages): (Vec<String>, Vec<String>) = below("templates/", ".html")
            .into_iter()
            .partition(|name| name.contains('/'));
        let mut samples = below("samples/", ".json");
        samples.sort();
        Self {
            pages,
            parts,
            samples,
            theme,
        }
    }

    fn sample(&self, name: &str) -> Json {
        serde_json::from_str(&self.theme.text(&format!("samples/{name}.json")).unwrap()).unwrap()
    }

    /// The page that a sample is a case of.
    fn page_of(&self, sample: &str) -> Option<&String> {
        let fits = |page: &&String| {
            let rest = sample.strip_prefix(page.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        self.pages.iter().filter(fits).max_by_key(|page| page.len())
    }

    /// A row for each page: its variables over all samples, its blocks.
    fn pages(&self) -> Vec<String> {
        let mut names: Vec<&String> = self.pages.iter().collect();
        names.sort_by_key(|name| format!("{name}.html"));
        let row = |page: &String| {
            let cases: Vec<Json> = self
                .samples
                .iter()
                .filter(|s| !s.ends_with(".form") && !s.starts_with('_'))
                .filter(|s| self.page_of(s) == Some(page))
                .map(|s| self.sample(s))
                .collect();
            let (variables, blocks) = (leaves(&cases, ""), self.tags(page, "block"));
            format!(
                "| `{page}.html` | {} | {} |",
                code(&variables),
                code(&blocks)
            )
        };
        names.into_iter().map(row).collect()
    }

    /// A row for each name that every page sees.
    fn everywhere(&self) -> Vec<String> {
        let row = |name: &&str| {
            let variables = leaves(&[self.sample(&format!("_{name}"))], name);
            format!("| `{name}` | {} |", code(&variables))
        };
        ["req", "site", "here", "form"].iter().map(row).collect()
    }

    /// A row for each piece: its macros.
    fn parts(&self) -> Vec<String> {
        let mut names: Vec<&String> = self.parts.iter().collect();
        names.sort_by_key(|name| format!("{name}.html"));
        let row = |name: &String| {
            let macros = self.tags(name, "macro");
            format!("| `{name}.html` | {} |", code(&macros))
        };
        names.into_iter().map(row).collect()
    }

    /// What follows a word in the tags of a template, each once.
    fn tags(&self, name: &str, word: &str) -> Vec<String> {
        let text = self.theme.text(&format!("templates/{name}.html")).unwrap();
        let mut found = Vec::new();
        for tag in text.split("{%").skip(1) {
            let tag = tag.trim_start_matches('-').trim_start();
            let rest = tag.strip_prefix(word).and_then(|r| r.strip_prefix(' '));
            if let Some(rest) = rest.and_then(|rest| rest.split("%}").next()) {
                let rest = rest.trim_end().trim_end_matches('-').trim_end();
                if !found.iter().any(|known| known == rest) {
                    found.push(rest.to_owned());
                }
            }
        }
        found
    }
}

fn code(names: &[String]) -> String {
    let spans: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    spans.join(" ")
}

/// The variables of values that belong to one page: `[]` is a list; what has parts stands for itself no more.
fn leaves(values: &[Json], prefix: &str) -> Vec<String> {
    let mut all = Vec::new();
    for value in values {
        collect(value, prefix, 0, &mut all);
    }
    let mut once: Vec<String> = Vec::new();
    for path in all {
        if !path.is_empty() && !once.contains(&path) {
            once.push(path);
        }
    }
    let whole = |path: &String| {
        let parts = [format!("{path}."), format!("{path}[")];
        !once
            .iter()
            .any(|other| parts.iter().any(|part| other.starts_with(part)))
    };
    once.iter().filter(|path| whole(path)).cloned().collect()
}

fn collect(value: &Json, path: &str, depth: usize, found: &mut Vec<String>) {
    match value {
        // What search engines read is not for templates to take apart.
        _ if path.ends_with("json_ld") => found.push(path.to_owned()),
        Json::Array(items) => {
            let path = format!("{path}[]");
            if items.is_empty() {
                found.push(path.clone());
            }
            for item in items {
                collect(item, &path, depth, found);
            }
        }
        Json::Object(fields) if !fields.is_empty() && depth < DEPTH => {
            for (name, value) in fields {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                collect(value, &below, depth + 1, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}

const GUIDES: [&str; 2] = ["themes.md", "themes.zh-Hant.md"];

fn path_of(guide: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(guide)
}

/// A guide with its lists made anew.
fn fresh(guide: &Guide, text: &str) -> String {
    let lists = [
        ("pages", guide.pages()),
        ("everywhere", guide.everywhere()),
        ("parts", guide.parts()),
    ];
    lists.iter().fold(text.to_owned(), |text, (list, rows)| {
        let (start, end) = (format!("<!-- {list} -->\n"), format!("<!-- /{list} -->"));
        let (before, rest) = text.split_once(&start).unwrap();
        let (kept, after) = rest.split_once(&end).unwrap();
        let head: Vec<&str> = kept.lines().take(2).collect();
        let (head, rows) = (head.join("\n"), rows.join("\n"));
        format!("{before}{start}{head}\n{rows}\n{end}{after}")
    })
}

/// STF-05: both guides list every template of the default theme with the variables of its samples, its blocks and its
/// macros. Where one does not, the guide as it must be is put beside the tests' other files.
#[test]
fn the_guide_lists_every_template() {
    let guide = Guide::of_the_default_theme();
    for name in GUIDES {
        let kept = fs::read_to_string(path_of(name)).unwrap();
        let fresh = fresh(&guide, &kept);
        let beside = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&beside, &fresh).unwrap();
        assert!(
            kept == fresh,
            "docs/{name} is not what the samples say: cp {} docs/",
            beside.display()
        );
    }
}
