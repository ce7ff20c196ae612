//! `zhanggui theme`: begins a theme, shows what there is to change, and checks one, all without a shop.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use jiff::tz::TimeZone;
use platform::{
    theme::{BASE, Themes, is_name},
    words::Words,
};
use serde_json::{Value, json};

/// Begins a theme: a folder with a description that says where to go on.
///
/// # Errors
/// A name that is none, a folder that is there already, or what the disk says.
pub fn new(folder: &Path) -> Result<Value> {
    let name = name_of(folder)?;
    ensure!(!folder.exists(), "{} is there already", folder.display());
    for below in ["templates", "assets", "words"] {
        fs::create_dir_all(folder.join(below))?;
    }
    let text = format!(
        "# A theme: what is not here comes from its parent.\nparent = \"{BASE}\"\n\n[title]\nen = \"{name}\"\n\n\
         [settings]\n# accent = \"#1f4e79\"\n# corners = \"round\"\n"
    );
    fs::write(folder.join("theme.toml"), text)?;
    Ok(json!({ "theme": name, "folder": folder }))
}

/// The text of a template of a theme of the program, or the names of all of them.
///
/// # Errors
/// A theme or a template that there is not.
pub fn show(theme: &str, template: Option<&str>) -> Result<Value> {
    let themes = storefront::themes();
    let source = themes.into_iter().find(|source| source.name == theme);
    let source = source.with_context(|| format!("no theme {theme}"))?;
    let Some(template) = template else {
        let names: Vec<&str> = source.templates().map(|(name, _)| name).collect();
        return Ok(json!(names));
    };
    let text = source.text(&format!("templates/{template}"));
    Ok(Value::String(text.with_context(|| {
        format!("{theme} has no template {template}")
    })?))
}

/// Shows every page of a theme with every sample in every language, and tells what is wrong. True when nothing is.
///
/// # Errors
/// A folder that cannot be a theme, or broken words of the program.
pub fn check(folder: &Path) -> Result<(bool, Value)> {
    let name = name_of(folder)?;
    ensure!(folder.is_dir(), "{} is no folder", folder.display());
    let whole = folder.canonicalize()?;
    let above = whole.parent().context("a theme is a folder in another")?;
    let words = Arc::new(Words::load()?);
    let themes = Themes::new(storefront::themes(), above.to_owned(), words, TimeZone::UTC);
    ensure!(
        themes.built_in(&name).is_none(),
        "{name} is the name of a theme of the program"
    );
    let faults = storefront::check_theme(&themes, &name);
    let rows: Vec<Value> = faults
        .iter()
        .map(|fault| {
            let line = fault
                .line
                .map_or_else(String::new, |line| format!(":{line}"));
            let place = format!("{}/{}{line}", fault.theme, fault.file);
            json!(format!("{place}: {}: {}", fault.kind.code(), fault.detail))
        })
        .collect();
    Ok((rows.is_empty(), Value::Array(rows)))
}

fn name_of(folder: &Path) -> Result<String> {
    let name = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    ensure!(
        is_name(name),
        "{name:?} cannot be the name of a theme: small letters, digits and hyphens"
    );
    Ok(name.to_owned())
}
