//! What shoppers see: the shop's pages, the same pages as JSON, and the files they need.
//!
//! A page costs few statements: what changes seldom is kept for two seconds, what was just read for one (see
//! [`cache`]), and what a page sees of its visitors goes to a buffer in memory. Handlers are thin: read the request,
//! call one flow or one view of `operations`, answer.

mod address_input;
mod cache;
mod cart_token;
mod checkout_form;
mod consent;
mod face;
mod limits;
mod pages;
mod routes;
mod visit;

use rust_embed::RustEmbed;

pub use cache::Shared;
pub use face::{Storefront, StorefrontParts};
pub use routes::routes;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../themes/default/templates"]
struct Theme;

/// The templates of the default theme: name and source.
#[must_use]
pub fn templates() -> Vec<(String, String)> {
    let read = |name: std::borrow::Cow<'static, str>| {
        let file = Theme::get(&name)?;
        Some((
            name.into_owned(),
            String::from_utf8_lossy(&file.data).into_owned(),
        ))
    };
    Theme::iter()
        .filter(|name| name.ends_with(".html"))
        .filter_map(read)
        .collect()
}
