//! The operator's manual where it is needed: the chapter that fits a page, all chapters, their pictures.

use std::sync::Arc;

use kernel::Permission as P;
use operations::views::admin::HelpPage;
use platform::{
    Ctx,
    web::{Page, Path, Problem, Query, Raw, StatusCode},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    manual::{self, Book},
    paths::{HelpPath, HelpPicturePath},
    routes::Desk,
};

/// Which chapter fits the pages at and below an address; the first that fits counts.
pub(crate) const FITS: &[(&str, &str)] = &[
    ("/admin/start", "first-day"),
    ("/admin/orders/new", "assisted-orders"),
    ("/admin/order-drafts", "assisted-orders"),
    ("/admin/settings/desk", "assisted-orders"),
    ("/admin/orders", "orders"),
    ("/admin/delays", "shipping"),
    ("/admin/shipping", "shipping"),
    ("/admin/payment-cases", "failed-cards"),
    ("/admin/payment-help", "failed-cards"),
    ("/admin/bank-receipts", "money"),
    ("/admin/payments", "money"),
    ("/admin/customers", "customers"),
    ("/admin/inquiries", "customers"),
    ("/admin/products/bulk", "many-products"),
    ("/admin/products/import", "many-products"),
    ("/admin/products", "products"),
    ("/admin/tax-classes", "products"),
    ("/admin/after-sales", "products"),
    ("/admin/variants", "bundles"),
    ("/admin/collections", "collections"),
    ("/admin/pages", "shop-pages"),
    ("/admin/inventory", "stock"),
    ("/admin/warehouses", "warehouses"),
    ("/admin/transfers", "warehouses"),
    ("/admin/print", "shipping"),
    ("/admin/funnel", "funnel"),
    ("/admin/message-templates", "messages"),
    ("/admin/messages", "messages"),
    ("/admin/jobs", "trouble"),
    ("/admin/staff", "staff"),
    ("/admin/account", "staff"),
    ("/admin/audit", "staff"),
    ("/admin/settings", "settings"),
    ("/admin/theme", "settings"),
    ("/admin/themes", "settings"),
];

/// Where the reader stands, or what they look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpQuery {
    /// The page of the back office that help is wanted for.
    #[serde(default)]
    at: Option<String>,
    /// Words to look for.
    #[serde(default)]
    q: Option<String>,
}

/// The manual's routes.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/help",
            P::SignedIn,
            "The manual: its contents, the chapter that fits a page, or what words it holds",
            show,
        )
        .get(
            "/admin/help/{page}",
            P::SignedIn,
            "One chapter of the manual",
            chapter,
        )
        .get(
            "/admin/help/pictures/{language}/{file}",
            P::SignedIn,
            "A picture of the manual",
            picture,
        )
}

/// The chapter that fits an address of the back office.
fn fitting(at: &str) -> Option<&'static str> {
    let path = at.split(['?', '#']).next().unwrap_or_default();
    let below = |base: &str| {
        path.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    FITS.iter()
        .find(|(base, _)| below(base))
        .map(|(_, page)| *page)
}

/// The contents, the chapter that fits where the reader stands, or what a search finds.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<HelpQuery>,
) -> Result<Page<HelpPage>, Problem> {
    let book = Book::of(ctx.locale());
    let words = query.q.as_deref().map_or("", str::trim);
    if !words.is_empty() {
        return Ok(Page::new(book.search(words)));
    }
    let page = query.at.as_deref().and_then(fitting);
    let page = book.page(page).ok_or_else(Problem::not_found)?;
    Ok(Page::new(page))
}

/// One chapter.
pub(crate) async fn chapter(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(path): Path<HelpPath>,
) -> Result<Page<HelpPage>, Problem> {
    let page = Book::of(ctx.locale()).page(Some(&path.page));
    page.map(Page::new).ok_or_else(Problem::not_found)
}

/// A picture of a chapter.
pub(crate) async fn picture(
    _: Arc<Backoffice>,
    _: Ctx,
    Path(path): Path<HelpPicturePath>,
) -> Result<Raw, Problem> {
    let bytes = manual::picture(&path.language, &path.file).ok_or_else(Problem::not_found)?;
    Ok(Raw {
        status: StatusCode::OK,
        content_type: "image/webp",
        bytes,
        headers: vec![("cache-control", "private, max-age=3600".to_owned())],
    })
}

#[cfg(test)]
mod tests {
    use kernel::Locale;

    use super::*;

    /// STF-24: every address leads to a chapter that is there in both languages.
    #[test]
    fn every_fitting_chapter_is_there() {
        for (base, page) in FITS {
            for locale in Locale::ALL {
                assert!(
                    Book::of(locale).page(Some(page)).is_some(),
                    "{base} {page} {locale}"
                );
            }
        }
    }

    /// The nearest chapter wins, and an address that only begins alike does not count.
    #[test]
    fn the_nearest_chapter_fits() {
        assert_eq!(fitting("/admin/orders/new?q=x"), Some("assisted-orders"));
        assert_eq!(fitting("/admin/orders/order_1/edit"), Some("orders"));
        assert_eq!(fitting("/admin/settings/hours"), Some("settings"));
        assert_eq!(fitting("/admin/ordersandmore"), None);
        assert_eq!(fitting("/admin"), None);
    }
}
