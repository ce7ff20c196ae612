//! What a search found (STF-03).

use catalog::search::Hits;
use kernel::ProductId;
use platform::{Ctx, Rx, page::Cursor, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    card::{ProductCard, cards_of},
    facts::Facts,
};
use crate::FlowError;

/// Cards shown when nothing was found.
const RECOMMENDED: usize = 4;
/// Words offered when nothing was found.
const SUGGESTIONS: usize = 6;

/// The page of a search.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchPage {
    /// What was asked.
    pub q: String,
    /// How many products were found.
    pub total: i64,
    /// The products, best first.
    pub items: Vec<ProductCard>,
    /// Leads to the products after these; null on the last page.
    pub next_cursor: Option<Cursor>,
    /// Words that find something, when this found nothing.
    pub suggestions: Vec<String>,
    /// What others buy, when this found nothing.
    pub recommended: Vec<ProductCard>,
}

impl PageView for SearchPage {
    const TEMPLATE: &'static str = "search.html";
}

/// A search and the part of its answer that is wanted.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// What was asked.
    pub q: String,
    /// Products to leave out at the beginning.
    pub offset: usize,
    /// Products at most.
    pub limit: usize,
}

/// The page of a search whose hits the index has found.
///
/// # Errors
/// Whatever the database says.
pub async fn search_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    query: &SearchQuery,
    hits: &Hits,
    popular: &[ProductId],
) -> Result<SearchPage, FlowError> {
    let locale = ctx.locale();
    let items = cards_of(rx, &hits.ids, query.limit, locale).await?;
    let end = query.offset.saturating_add(hits.ids.len());
    let nothing = items.is_empty() && query.offset == 0;
    let suggestions = facts
        .collections
        .iter()
        .flat_map(|n| std::iter::once(&n.collection).chain(&n.children));
    let suggestions = suggestions
        .map(|c| c.title.get(locale).to_owned())
        .filter(|_| nothing)
        .take(SUGGESTIONS);
    Ok(SearchPage {
        q: query.q.clone(),
        total: i64::try_from(hits.total).unwrap_or(i64::MAX),
        next_cursor: (end < hits.total && !hits.ids.is_empty()).then(|| Cursor::at(&end)),
        items,
        suggestions: suggestions.collect(),
        recommended: if nothing {
            cards_of(rx, popular, RECOMMENDED, locale).await?
        } else {
            Vec::new()
        },
    })
}
