//! Search.

use std::sync::Arc;

use catalog::CatalogError;
use insight::events::ProductsSearched;
use kernel::event;
use operations::{
    FlowError,
    views::shop::search::{SearchPage, SearchQuery, search_page},
};
use platform::{
    Ctx,
    events::Event,
    page::Cursor,
    web::{Page, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::collection::page_size;
use crate::{Shared, Storefront, face::problem};

/// Characters of a question that are looked at.
const LONGEST: usize = 100;

/// What is asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Asked {
    /// Words, a SKU or a barcode.
    q: String,
    /// The place to go on from: the `next_cursor` of the page before.
    after: Option<String>,
    /// How many products at most, up to 100.
    #[serde(deserialize_with = "form::whole_opt")]
    limit: Option<i64>,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Query(asked), Whole(incoming)): (Query<Asked>, Whole),
) -> Result<Page<Shared<SearchPage>>, Problem> {
    let opened = shop.opened(&ctx, &incoming);
    let query = wanted(&asked)?;
    let view = view(&shop, &ctx, query).await?;
    if opened && !view.q.is_empty() && asked.after.is_none() {
        let searched = ProductsSearched {
            query: view.q.clone(),
            results: view.total,
        };
        shop.note(&ctx, Event::new(event::PRODUCTS_SEARCHED, &searched));
    }
    Ok(Page::new(Shared(view)))
}

fn wanted(asked: &Asked) -> Result<SearchQuery, Problem> {
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
        format!("{}\n{}\n{}", query.q, query.offset, query.limit),
    );
    if let Some(known) = shop.searches.get(&key, now) {
        return Ok(known);
    }
    let (facts, popular) = (shop.facts(ctx).await?, shop.popular(ctx).await?);
    let hits = shop
        .parts
        .search
        .index()
        .search(&query.q, ctx.locale(), query.offset, query.limit)
        .map_err(|e| problem(FlowError::from(CatalogError::from(e))))?;
    let view = ctx
        .read(async move |rx, ctx| search_page(rx, ctx, &facts, &query, &hits, &popular).await)
        .await?;
    Ok(shop.searches.put(key, now, view))
}
