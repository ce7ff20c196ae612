//! What a search found (STF-03), as the shopper narrowed it.
//!
//! The index says what answers the words and how well. Counts, filters and other orders than the best first look at the
//! first [`LOOKED_AT`] of them; whoever asks for nothing of that pages on as far as the index goes.

use catalog::{
    ProductFilter, ProductSort, ProductState, product,
    search::{Hits, MAX_HITS},
};
use kernel::ProductId;
use platform::{Ctx, Rx, page::Cursor, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    card::{ProductCard, cards_of},
    facts::Facts,
    filters::{self, Choice, Filters},
};
use crate::FlowError;

/// Hits that are counted, narrowed and put into another order.
pub const LOOKED_AT: usize = MAX_HITS;
/// Cards shown when nothing was found.
const RECOMMENDED: usize = 4;
/// Words offered when nothing was found.
const SUGGESTIONS: usize = 6;

/// The page of a search.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchPage {
    /// What was asked.
    pub q: String,
    /// The order: `featured` is the best match first; `newest`, `price_asc` or `price_desc`.
    pub sort: ProductSort,
    /// What the products can be narrowed by, and are.
    pub filters: Filters,
    /// How many products were found, as they are narrowed.
    pub total: i64,
    /// Products before these.
    pub offset: i64,
    /// The products.
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
    /// What the shopper chose.
    pub choice: Choice,
    /// The order.
    pub sort: ProductSort,
    /// Products to leave out at the beginning.
    pub offset: usize,
    /// Products at most.
    pub limit: usize,
}

impl SearchQuery {
    /// Whether the index alone answers: the best first, whatever else could be asked.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.sort == ProductSort::Featured && self.choice.is_empty()
    }

    /// Whether the wanted part lies beyond the hits that are looked at.
    #[must_use]
    pub const fn goes_deep(&self) -> bool {
        self.offset.saturating_add(self.limit) > LOOKED_AT
    }
}

/// What the index found: the first [`LOOKED_AT`] hits, and the wanted part where it lies beyond them.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The first hits, best first, and how many there are altogether.
    pub first: Hits,
    /// The wanted part, for a plain search that goes deep.
    pub deep: Option<Hits>,
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
    found: &Found,
    popular: &[ProductId],
) -> Result<SearchPage, FlowError> {
    let locale = ctx.locale();
    let list = ProductFilter {
        state: Some(ProductState::Published),
        sort: query.sort,
        among: Some(found.first.ids.clone()),
        ..ProductFilter::default()
    };
    let offered = filters::offered(facts, None);
    let counted = if query.q.is_empty() {
        filters::Counted::default()
    } else {
        filters::counted(rx, &list, &query.choice, &offered).await?
    };
    let narrowed = query.choice.narrow(list);
    let (ids, total) = wanted(rx, query, found, &narrowed).await?;
    let items = cards_of(rx, &ids, query.limit, locale).await?;
    let end = query.offset.saturating_add(ids.len());
    let nothing = items.is_empty() && query.offset == 0;
    let lost = nothing && query.choice.is_empty();
    let suggestions = facts
        .collections
        .iter()
        .flat_map(|n| std::iter::once(&n.collection).chain(&n.children));
    let suggestions = suggestions
        .map(|c| c.title.get(locale).to_owned())
        .filter(|_| lost)
        .take(SUGGESTIONS);
    let reader = (facts.shop.currency, locale);
    Ok(SearchPage {
        q: query.q.clone(),
        sort: query.sort,
        filters: filters::view(&counted, &query.choice, &offered, reader),
        total: i64::try_from(total).unwrap_or(i64::MAX),
        offset: i64::try_from(query.offset).unwrap_or_default(),
        next_cursor: (end < total && !ids.is_empty()).then(|| Cursor::at(&end)),
        items,
        suggestions: suggestions.collect(),
        recommended: if lost {
            cards_of(rx, popular, RECOMMENDED, locale).await?
        } else {
            Vec::new()
        },
    })
}

/// The products of the wanted part in their order, and how many there are altogether.
async fn wanted(
    rx: &mut Rx,
    query: &SearchQuery,
    found: &Found,
    narrowed: &ProductFilter,
) -> Result<(Vec<ProductId>, usize), FlowError> {
    let part = |ids: &[ProductId]| {
        let rest = ids.iter().skip(query.offset).take(query.limit);
        rest.copied().collect::<Vec<_>>()
    };
    if query.is_plain() {
        let ids = match &found.deep {
            Some(deep) => deep.ids.clone(),
            None => part(&found.first.ids),
        };
        return Ok((ids, found.first.total));
    }
    let most = i64::try_from(LOOKED_AT).unwrap_or(i64::MAX);
    let mut left = product::ids(rx, narrowed, most).await?;
    if query.sort == ProductSort::Featured {
        let place = |id: &ProductId| found.first.ids.iter().position(|hit| hit == id);
        left.sort_by_cached_key(place);
    }
    Ok((part(&left), left.len()))
}
