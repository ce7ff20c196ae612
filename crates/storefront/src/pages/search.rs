//! Search.

use std::sync::Arc;

use catalog::{CatalogError, ProductSort};
use insight::events::ProductsSearched;
use kernel::{Currency, event};
use operations::{
    FlowError,
    views::shop::search::{Found, LOOKED_AT, SearchPage, SearchQuery, search_page},
};
use platform::{
    Ctx,
    events::Event,
    page::Cursor,
    web::{Incoming, Page, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{collection::page_size, narrow::Narrow};
use crate::{Shared, Storefront, face::problem};

/// Characters of a question that are looked at.
const LONGEST: usize = 100;

/// What is asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Asked {
    /// Words, a SKU or a barcode.
    q: String,
    /// The order: `featured` is the best match first; `newest`, `price_asc`, `price_desc`.
    sort: ProductSort,
    /// The place to go on from: the `next_cursor` of the page before.
    after: Option<String>,
    /// How many products at most, up to 100.
    #[serde(deserialize_with = "form::whole_opt")]
    limit: Option<i64>,
    /// What the products are narrowed by.
    #[serde(flatten)]
    narrow: Narrow,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Query(asked), Whole(incoming)): (Query<Asked>, Whole),
) -> Result<Page<Shared<SearchPage>>, Problem> {
    let opened = shop.opened(&ctx, &incoming);
    let first = asked.after.is_none();
    let currency = shop.facts(&ctx).await?.shop.currency;
    let query = wanted(asked, &incoming, currency)?;
    let first = first && query.is_plain();
    let view = view(&shop, &ctx, query).await?;
    if opened && first && !view.q.is_empty() {
        let searched = ProductsSearched {
            query: view.q.clone(),
            results: view.total,
        };
        shop.note(&ctx, Event::new(event::PRODUCTS_SEARCHED, &searched));
    }
    Ok(Page::new(Shared(view)))
}

fn wanted(asked: Asked, incoming: &Incoming, currency: Currency) -> Result<SearchQuery, Problem> {
    let offset = match asked.after.as_deref() {
        Some(text) => Cursor::from_text(text)
            .key()
            .ok_or_else(|| problem(CatalogError::BadCursor.into()))?,
        None => 0,
    };
    let q: String = asked
        .q
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    Ok(SearchQuery {
        q,
        choice: asked.narrow.choice(incoming, currency),
        sort: asked.sort,
        offset,
        limit: page_size(asked.limit),
    })
}

async fn view(
    shop: &Storefront,
    ctx: &Ctx,
    query: SearchQuery,
) -> Result<Arc<SearchPage>, Problem> {
    let now = ctx.now();
    let key = (
        ctx.locale(),
        format!(
            "{}\n{}\n{}\n{}\n{}",
            query.q,
            query.choice.query(),
            query.sort.code(),
            query.offset,
            query.limit
        ),
    );
    if let Some(known) = shop.searches.get(&key, now) {
        return Ok(known);
    }
    let (facts, popular) = (shop.facts(ctx).await?, shop.popular(ctx).await?);
    let find = |offset, limit| {
        let index = shop.parts.search.index();
        let hits = index.search(&query.q, ctx.locale(), offset, limit);
        hits.map_err(|e| problem(FlowError::from(CatalogError::from(e))))
    };
    let deep = query.is_plain() && query.goes_deep();
    let found = Found {
        first: find(0, LOOKED_AT)?,
        deep: deep.then(|| find(query.offset, query.limit)).transpose()?,
    };
    let view = ctx
        .read(async move |rx, ctx| search_page(rx, ctx, &facts, &query, &found, &popular).await)
        .await?;
    Ok(shop.searches.put(key, now, view))
}
