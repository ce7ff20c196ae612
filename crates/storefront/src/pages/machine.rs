//! What programs that come by are told: crawlers, search engines, assistants.

use std::{fmt::Write as _, sync::Arc};

use operations::views::shop::sitemap::{self, Entry};
use platform::{
    Ctx,
    web::{Problem, Raw, StatusCode},
};

use crate::Storefront;

const AN_HOUR: &str = "public, max-age=3600";

pub(crate) async fn robots(shop: Arc<Storefront>, _: Ctx, (): ()) -> Result<Raw, Problem> {
    let text = format!(
        "User-agent: *\nDisallow: /admin\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\nDisallow: /search\n\n\
         Sitemap: {}/sitemap.xml\n",
        shop.parts.public_url
    );
    Ok(plain("text/plain; charset=utf-8", text))
}

pub(crate) async fn sitemap(shop: Arc<Storefront>, ctx: Ctx, (): ()) -> Result<Raw, Problem> {
    let now = ctx.now();
    let known = match shop.maps.get(&(), now) {
        Some(known) => known,
        None => {
            let facts = shop.facts(&ctx).await?;
            let entries = ctx
                .read(async move |rx, _| sitemap::entries(rx, &facts).await)
                .await?;
            shop.maps
                .put((), now, map(&shop.parts.public_url, &entries))
        }
    };
    Ok(plain(
        "application/xml; charset=utf-8",
        known.as_ref().clone(),
    ))
}

/// The map in the words of sitemaps.org. Handles have no character that XML would read as its own.
fn map(url: &str, entries: &[Entry]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let base = url.replace('&', "&amp;").replace('<', "&lt;");
    for Entry { path, changed } in entries {
        let changed = changed
            .map(|at| format!("<lastmod>{at}</lastmod>"))
            .unwrap_or_default();
        let _ = writeln!(text, "<url><loc>{base}{path}</loc>{changed}</url>");
    }
    text.push_str("</urlset>\n");
    text
}

pub(crate) async fn llms(shop: Arc<Storefront>, ctx: Ctx, (): ()) -> Result<Raw, Problem> {
    let facts = shop.facts(&ctx).await?;
    let (url, locale) = (&shop.parts.public_url, ctx.locale());
    let mut text = format!(
        "# {}\n\n> {}\n\n",
        facts.shop.name.get(locale),
        facts.shop.tagline.get(locale)
    );
    text.push_str(
        "An online shop. Every page is also JSON: add `.json` to its path or send `Accept: application/json`. \
         Amounts are integers in minor units beside an ISO 4217 code. Prices contain tax; every figure is worked out by the shop.\n\n",
    );
    text.push_str("## Collections\n\n");
    for node in &facts.collections {
        for c in std::iter::once(&node.collection).chain(&node.children) {
            let _ = writeln!(
                text,
                "- [{}]({url}/collections/{})",
                c.title.get(locale),
                c.handle
            );
        }
    }
    text.push_str("\n## Service\n\n");
    for page in facts.site(ctx.now(), locale, &shop.parts.words).pages {
        let _ = writeln!(text, "- [{}]({url}{})", page.title, page.url);
    }
    let _ = write!(
        text,
        "\n## For programs\n\n- [Search]({url}/search.json?q=)\n- [A product]({url}/products/HANDLE.json)\n\
         - [Site map]({url}/sitemap.xml)\n- [OpenAPI]({url}/openapi.json)\n"
    );
    Ok(plain("text/markdown; charset=utf-8", text))
}

fn plain(content_type: &'static str, text: String) -> Raw {
    Raw {
        status: StatusCode::OK,
        content_type,
        bytes: text.into(),
        headers: vec![("cache-control", AN_HOUR.to_owned())],
    }
}
