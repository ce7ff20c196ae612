//! The home page: the blocks that the operator arranged.

use platform::{Ctx, Rx, web::PageView, words::Words};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    blocks::{self, BlockView, Frame, wanted::Wanted},
    facts::Facts,
    page::HOME,
    parts::filled,
};
use crate::FlowError;

/// The home page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HomePage {
    /// Its title for search engines; null for the shop's name and line.
    pub title: Option<String>,
    /// One line about it; null for the shop's own.
    pub summary: Option<String>,
    /// Its blocks in order.
    pub blocks: Vec<BlockView>,
    /// The page in the words of schema.org (JSON-LD), for search engines and assistants.
    pub json_ld: Value,
}

impl PageView for HomePage {
    const TEMPLATE: &'static str = "home.html";
}

/// The home page.
///
/// # Errors
/// Whatever the database says.
pub async fn home_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    words: &Words,
    wanted: &Wanted,
) -> Result<HomePage, FlowError> {
    let content = facts.home.clone().unwrap_or_default();
    of_content(rx, ctx, (facts, words, wanted), &content).await
}

/// The home page with other content, as before it is published.
///
/// # Errors
/// Whatever the database says.
pub async fn of_content(
    rx: &mut Rx,
    ctx: &Ctx,
    (facts, words, wanted): (&Facts, &Words, &Wanted),
    content: &marketing::Content,
) -> Result<HomePage, FlowError> {
    let frame = Frame {
        facts,
        words,
        wanted,
        handle: HOME,
    };
    let locale = ctx.locale();
    let title = filled(content.seo_title.get(locale)).or_else(|| filled(content.title.get(locale)));
    Ok(HomePage {
        title,
        summary: filled(content.summary.get(locale)),
        blocks: blocks::build(rx, ctx, frame, content).await?,
        json_ld: Value::Null,
    })
}
