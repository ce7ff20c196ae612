//! Pages of the shop: landing pages, policies, guides, questions, and whatever else the operator writes.

use kernel::{Locale, PageId, Timestamp};
use marketing::{Content, PageKind, Topic};
use platform::{Ctx, Rx, web::PageView, words::Words};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    blocks::{self, BlockView, Frame, topic, wanted::Wanted},
    facts::{Facts, PageLink},
    parts::filled,
};
use crate::FlowError;

/// The handle of the home page.
pub const HOME: &str = "home";

/// A page that shoppers read, as it is kept for a moment.
#[derive(Debug, Clone)]
pub struct LivePage {
    /// The page.
    pub id: PageId,
    /// Its name in addresses.
    pub handle: String,
    /// What it is for.
    pub kind: PageKind,
    /// The topic on which the program has a title for it.
    pub topic: Option<Topic>,
    /// What it shows.
    pub content: Content,
    /// Where it is linked.
    pub places: marketing::Places,
    /// When it was published; nothing for what the program brought.
    pub published_at: Option<Timestamp>,
    /// Whether somebody changed what the program brought.
    pub touched: bool,
}

/// A page made of blocks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShopPage {
    /// Its name in addresses.
    pub handle: String,
    /// What it is for: `landing`, `policy`, `guide`, `faq` or `page`.
    pub kind: PageKind,
    /// Its title.
    pub title: String,
    /// Its title for search engines.
    pub seo_title: String,
    /// One line about it.
    pub summary: Option<String>,
    /// Its blocks in order.
    pub blocks: Vec<BlockView>,
    /// When it was last published.
    pub updated_at: Option<Timestamp>,
    /// Whether somebody has just said what they missed.
    pub said: bool,
    /// The page in the words of schema.org (JSON-LD), for search engines and assistants.
    pub json_ld: Value,
}

impl PageView for ShopPage {
    const TEMPLATE: &'static str = "page.html";
}

/// A page that shoppers read; the home page is another one.
#[must_use]
pub fn find<'a>(facts: &'a Facts, handle: &str) -> Option<&'a LivePage> {
    facts.pages.iter().find(|page| page.handle == handle)
}

/// A page.
///
/// # Errors
/// Whatever the database says.
pub async fn shop_page(
    rx: &mut Rx,
    ctx: &Ctx,
    (facts, words, wanted): (&Facts, &Words, &Wanted),
    page: &LivePage,
) -> Result<ShopPage, FlowError> {
    let frame = Frame {
        facts,
        words,
        wanted,
        handle: &page.handle,
    };
    let locale = ctx.locale();
    let title = title(facts, page, locale, words);
    Ok(ShopPage {
        handle: page.handle.clone(),
        kind: page.kind,
        seo_title: filled(page.content.seo_title.get(locale)).unwrap_or_else(|| title.clone()),
        title,
        summary: summary(facts, page, locale, words),
        blocks: blocks::build(rx, ctx, frame, &page.content).await?,
        updated_at: page.published_at,
        said: false,
        json_ld: Value::Null,
    })
}

/// The title of a page: the operator's own, or the program's.
#[must_use]
pub fn title(facts: &Facts, page: &LivePage, locale: Locale, words: &Words) -> String {
    filled(page.content.title.get(locale))
        .or_else(|| Some(topic::title(facts, page.topic?, locale, words)))
        .unwrap_or_else(|| page.handle.clone())
}

/// One line about a page: the operator's own, or the program's where the whole page is the program's.
#[must_use]
pub fn summary(facts: &Facts, page: &LivePage, locale: Locale, words: &Words) -> Option<String> {
    let own = filled(page.content.summary.get(locale));
    own.or_else(|| {
        let untitled = page.content.title.is_empty();
        let said = topic::summary(facts, page.topic?, locale, words);
        untitled.then_some(said)
    })
}

/// Links to the pages of one place, in the operator's order.
#[must_use]
pub fn links(
    facts: &Facts,
    locale: Locale,
    words: &Words,
    is_there: impl Fn(&LivePage) -> bool,
) -> Vec<PageLink> {
    let pages = facts.pages.iter().filter(|page| is_there(page));
    pages
        .map(|page| PageLink {
            title: title(facts, page, locale, words),
            url: format!("/pages/{}", page.handle),
        })
        .collect()
}
