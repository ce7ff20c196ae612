//! What shoppers see: the shop's pages, the same pages as JSON, and the files they need.
//!
//! A page costs few statements: what changes seldom is kept for two seconds, what was just read for one (see
//! [`cache`]), and what a page sees of its visitors goes to a buffer in memory. Handlers are thin: read the request,
//! call one flow or one view of `operations`, answer.

mod address_input;
mod cache;
mod cart_token;
mod check;
mod checkout_form;
mod consent;
mod face;
mod limits;
mod pages;
mod routes;
mod visit;

use std::collections::BTreeMap;

use platform::theme::{BASE, Source};
use rust_embed::RustEmbed;

pub use cache::Shared;
pub use check::check_theme;
pub use face::{Storefront, StorefrontParts};
pub use routes::routes;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../themes"]
struct ThemeFiles;

/// The themes of the program, the default one first.
#[must_use]
pub fn themes() -> Vec<Source> {
    let mut found: BTreeMap<String, Source> = BTreeMap::new();
    for path in ThemeFiles::iter() {
        if let (Some((name, rest)), Some(file)) = (path.split_once('/'), ThemeFiles::get(&path)) {
            let theme = found.entry(name.to_owned());
            let theme = theme.or_insert_with(|| Source::built_in(name, []));
            theme.files.insert(rest.to_owned(), file.data);
        }
    }
    let base = found.remove(BASE);
    base.into_iter().chain(found.into_values()).collect()
}

/// The templates of the default theme: name and source.
#[must_use]
pub fn templates() -> Vec<(String, String)> {
    let base = themes().into_iter().find(|theme| theme.name == BASE);
    base.iter()
        .flat_map(Source::templates)
        .map(|(name, text)| (name.to_owned(), text))
        .collect()
}
