//! `zhanggui theme check`: every page of a theme with every sample in every language, without a shop.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Locale;
use minijinja::{Value, value::Serde};
use platform::theme::{AllValues, BASE, Fault, FaultKind, Look, Themes};
use serde_json::{Value as Json, json};

/// The instant that samples are shown at.
const NOW: &str = "2026-11-22T02:00:00Z";

/// Everything that is wrong with a theme: its files, and what its pages lack or may not have. Nothing when it is sound.
#[must_use]
pub fn check_theme(themes: &Themes, name: &str) -> Vec<Fault> {
    let look = themes.look(name, &AllValues::new());
    if look.name() != name {
        let detail = "no folder of this name with files of a theme";
        return vec![Fault::new(name, "", None, FaultKind::File, detail)];
    }
    let mut found: BTreeSet<Fault> = look.faults().into_iter().collect();
    let samples = Samples::of(themes);
    for (sample, template) in samples.pages() {
        for locale in Locale::ALL {
            let context = Value::from(Serde(&samples.context(sample, locale)));
            match look.try_render(&template, context) {
                Ok(html) => found.extend(against_policy(&look, &template, &html)),
                Err(fault) => {
                    found.insert(fault);
                }
            }
        }
    }
    found.into_iter().collect()
}

/// The samples of the default theme: what pages get, as JSON.
struct Samples {
    files: BTreeMap<String, Json>,
    templates: BTreeSet<String>,
}

impl Samples {
    fn of(themes: &Themes) -> Self {
        let base = themes.built_in(BASE);
        let files = base.into_iter().flat_map(|base| &base.files);
        let json = files.clone().filter_map(|(path, bytes)| {
            let name = path.strip_prefix("samples/")?.strip_suffix(".json")?;
            Some((name.to_owned(), serde_json::from_slice(bytes).ok()?))
        });
        let pages = files.filter_map(|(path, _)| {
            let name = path.strip_prefix("templates/")?.strip_suffix(".html")?;
            (!name.contains('/')).then(|| name.to_owned())
        });
        Self {
            files: json.collect(),
            templates: pages.collect(),
        }
    }

    /// Each sample of a page with the template that shows it: `order_paid` is a case of `order.html`.
    fn pages(&self) -> impl Iterator<Item = (&str, String)> {
        self.files.keys().filter_map(|sample| {
            let stem = sample.strip_suffix(".form").map_or(sample.as_str(), |_| "");
            let fits = |page: &&String| {
                let rest = stem.strip_prefix(page.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            };
            let page = self.templates.iter().filter(fits).max_by_key(|p| p.len())?;
            Some((sample.as_str(), format!("{page}.html")))
        })
    }

    /// Everything that a page sees.
    fn context(&self, sample: &str, locale: Locale) -> Json {
        let file = |name: &str| self.files.get(name).cloned();
        let mut context = file(sample).unwrap_or_default();
        let mut req = file("_req").unwrap_or_default();
        if let Some(req) = req.as_object_mut() {
            req.insert("locale".to_owned(), json!(locale.code()));
            req.insert("now".to_owned(), json!(NOW));
        }
        let form = file(&format!("{sample}.form")).or_else(|| file("_form"));
        if let Some(fields) = context.as_object_mut() {
            fields.insert("req".to_owned(), req);
            fields.insert("form".to_owned(), form.unwrap_or_default());
            for name in ["site", "here"] {
                let value = file(&format!("_{name}")).unwrap_or_default();
                fields.insert(name.to_owned(), value);
            }
        }
        context
    }
}

/// What the content policy keeps from working, and what a page must have.
fn against_policy(look: &Look, template: &str, html: &str) -> Vec<Fault> {
    let mut told = Vec::new();
    // Templates write every slash of a value as an entity; a browser reads it as a slash.
    let html = html.replace("&#x2f;", "/");
    let headings = html.matches("<h1").count();
    if headings != 1 {
        told.push(format!("{headings} headings <h1> where there is one"));
    }
    if html.contains("undefined") {
        told.push("the word undefined".to_owned());
    }
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or((tag, ""));
        let kind = tag.split_whitespace().next().unwrap_or_default();
        let outside = ["src=\"http", "src=\"//", "href=\"http", "href=\"//"];
        let from_outside = outside.iter().any(|start| tag.contains(start));
        let own = tag.contains("src=\"/assets/") || tag.contains("json\"");
        if kind == "script" && !own {
            told.push("a script of its own".to_owned());
        } else if matches!(kind, "iframe" | "object" | "embed" | "style") {
            told.push(format!("<{kind}>"));
        } else if from_outside && (kind == "img" || tag.contains("\"stylesheet\"")) {
            told.push(format!("<{kind}> from another site"));
        }
        for attribute in tag.split_whitespace().skip(1) {
            let name = attribute.split('=').next().unwrap_or_default();
            let handler = name.len() > 2
                && name.starts_with("on")
                && name.chars().all(|c| c.is_ascii_lowercase())
                && attribute.contains("=\"");
            if handler || attribute.starts_with("style=\"") {
                told.push(format!("{name}=\"…\" at <{kind}>"));
            }
        }
    }
    let file = format!("templates/{template}");
    let fault = |detail: String| Fault::new(look.name(), &file, None, FaultKind::Policy, detail);
    told.into_iter().map(fault).collect()
}
