//! A collection.

use std::sync::Arc;

use catalog::ProductSort;
use operations::views::shop::{
    collection::{CollectionPage, CollectionQuery, collection_page},
    schema_org,
};
use platform::{
    Ctx,
    page::Cursor,
    web::{Page, Path, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{narrow::Narrow, product::HandlePath};
use crate::{Shared, Storefront};

/// Products of one page where nobody says how many.
pub(crate) const PAGE: i64 = 24;
/// Products of one page at most.
pub(crate) const MOST: i64 = 100;

/// Which part of a list, and what it is narrowed by.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ListQuery {
    /// The order: `featured`, `newest`, `price_asc`, `price_desc`.
    sort: ProductSort,
    /// The place to go on from: the `next_cursor` of the page before.
    after: Option<String>,
    /// How many products at most, up to 100.
    #[serde(deserialize_with = "form::whole_opt")]
    limit: Option<i64>,
    /// What the list is narrowed by.
    #[serde(flatten)]
    narrow: Narrow,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Path(path), Query(query), Whole(incoming)): (Path<HandlePath>, Query<ListQuery>, Whole),
) -> Result<Page<Shared<CollectionPage>>, Problem> {
    shop.opened(&ctx, &incoming);
    let now = ctx.now();
    let limit = page_size(query.limit);
    let after = query.after.unwrap_or_default();
    let facts = shop.facts(&ctx).await?;
    let choice = query.narrow.choice(&incoming, facts.shop.currency);
    let list = format!("{}\n{}", path.handle, choice.query());
    let key = (
        ctx.locale(),
        format!("{list}\n{}\n{after}\n{limit}", query.sort.code()),
    );
    if let Some(known) = shop.collections.get(&key, now) {
        return Ok(Page::new(Shared(known)));
    }
    let counted = shop.counts.get(&list, now);
    let fresh = counted.is_none();
    let wanted = CollectionQuery {
        handle: path.handle,
        choice,
        sort: query.sort,
        after: (!after.is_empty()).then(|| Cursor::from_text(&after)),
        limit,
    };
    let known = Arc::clone(&facts);
    let (mut view, counted) = ctx
        .read(async move |rx, ctx| collection_page(rx, ctx, &known, &wanted, counted).await)
        .await?;
    view.json_ld = schema_org::collection(&view, shop.place(&ctx, &facts));
    if fresh {
        shop.counts.put_shared(list, now, counted);
    }
    Ok(Page::new(Shared(shop.collections.put(key, now, view))))
}

/// A page size within bounds.
pub(crate) fn page_size(wanted: Option<i64>) -> usize {
    usize::try_from(wanted.unwrap_or(PAGE).clamp(1, MOST)).unwrap_or(1)
}
