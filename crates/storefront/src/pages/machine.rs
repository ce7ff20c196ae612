//! What programs that come by are told: crawlers, search engines, assistants.

use std::{fmt::Write as _, sync::Arc};

use kernel::Locale;
use operations::views::shop::{
    facts::Facts,
    page, schema_org,
    sitemap::{self, Entry},
};
use platform::{
    Ctx,
    web::{Path, Problem, Raw, StatusCode, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Storefront;

const AN_HOUR: &str = "public, max-age=3600";

pub(crate) async fn robots(shop: Arc<Storefront>, _: Ctx, (): ()) -> Result<Raw, Problem> {
    let text = format!(
        "User-agent: *\nDisallow: /admin\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\nDisallow: /search\nDisallow: /preview\n\n\
         Sitemap: {}/sitemap.xml\n",
        shop.parts.public_url
    );
    Ok(plain("text/plain; charset=utf-8", text))
}

/// The one map of a small shop; for a large one, where its maps are.
pub(crate) async fn sitemap(shop: Arc<Storefront>, ctx: Ctx, (): ()) -> Result<Raw, Problem> {
    let products = ctx.read(async |rx, _| sitemap::count(rx).await).await?;
    if products <= sitemap::PRODUCTS {
        return Ok(xml(shop.map(&ctx, 0).await?.as_ref().clone()));
    }
    let base = escaped(&shop.parts.public_url);
    let mut text = format!("{XML}<sitemapindex xmlns=\"{MAPS}\">\n");
    for map in 0..=(products - 1) / sitemap::PRODUCTS {
        let _ = writeln!(text, "<sitemap><loc>{base}/sitemaps/{map}</loc></sitemap>");
    }
    text.push_str("</sitemapindex>\n");
    Ok(xml(text))
}

/// One of several maps.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct MapPath {
    /// Its number, from 0.
    #[serde(deserialize_with = "form::whole")]
    map: i64,
}

/// One map of a large shop.
pub(crate) async fn part_of_sitemap(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Path(path): Path<MapPath>,
) -> Result<Raw, Problem> {
    let most = ctx.read(async |rx, _| sitemap::count(rx).await).await? / sitemap::PRODUCTS;
    if !(0..=most).contains(&path.map) {
        return Err(Problem::not_found());
    }
    Ok(xml(shop.map(&ctx, path.map).await?.as_ref().clone()))
}

impl Storefront {
    async fn map(&self, ctx: &Ctx, map: i64) -> Result<Arc<String>, Problem> {
        let now = ctx.now();
        if let Some(known) = self.maps.get(&map, now) {
            return Ok(known);
        }
        let facts = self.facts(ctx).await?;
        let mut entries = if map == 0 {
            sitemap::pages(&facts)
        } else {
            Vec::new()
        };
        let products = ctx.read(async move |rx, _| sitemap::products(rx, map).await);
        entries.extend(products.await?);
        Ok(self
            .maps
            .put(map, now, map_of(&self.parts.public_url, &facts, &entries)))
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const MAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The map in the words of sitemaps.org: each page at its address in each language, which all name each other.
fn map_of(base: &str, facts: &Facts, entries: &[Entry]) -> String {
    let (languages, first) = (facts.languages(), facts.first_language());
    let mut text = format!(
        "{XML}<urlset xmlns=\"{MAPS}\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\" \
         xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">\n"
    );
    for entry in entries {
        let of = |locale: Locale| escaped(&schema_org::address(base, &entry.path, locale, first));
        let mut rest = entry
            .changed
            .map(|at| format!("<lastmod>{at}</lastmod>"))
            .unwrap_or_default();
        for locale in languages {
            let _ = write!(
                rest,
                "<xhtml:link rel=\"alternate\" hreflang=\"{locale}\" href=\"{}\"/>",
                of(*locale)
            );
        }
        let _ = write!(
            rest,
            "<xhtml:link rel=\"alternate\" hreflang=\"x-default\" href=\"{}\"/>",
            of(first)
        );
        if let Some(picture) = &entry.picture {
            let picture = escaped(&format!("{base}{picture}"));
            let _ = write!(
                rest,
                "<image:image><image:loc>{picture}</image:loc></image:image>"
            );
        }
        for locale in languages {
            let _ = writeln!(text, "<url><loc>{}</loc>{rest}</url>", of(*locale));
        }
    }
    text.push_str("</urlset>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

fn xml(text: String) -> Raw {
    plain("application/xml; charset=utf-8", text)
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
    text.push_str("\n## Languages\n\n");
    for language in facts.languages() {
        let home = schema_org::address(url, "/", *language, facts.first_language());
        let _ = writeln!(text, "- [{}]({home})", language.own_name());
    }
    text.push_str("\n## Service\n\n");
    for live in &facts.pages {
        let title = page::title(&facts, live, locale, &shop.parts.words);
        let _ = write!(text, "- [{title}]({url}/pages/{})", live.handle);
        let about = page::summary(&facts, live, locale, &shop.parts.words);
        let _ = writeln!(
            text,
            "{}",
            about.map_or_else(String::new, |a| format!(": {a}"))
        );
    }
    let _ = writeln!(
        text,
        "- [{}]({url}/contact)",
        shop.parts.words.say(locale, "layout-contact", &[])
    );
    for (name, value) in [
        ("E-mail", &facts.shop.contact_email),
        ("Telephone", &facts.shop.contact_phone),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "- {name}: {value}");
        }
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
