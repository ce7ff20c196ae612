//! A collection and one page of its products, as the shopper narrowed them.

use std::sync::Arc;

use catalog::{Collection, ProductFilter, ProductSort, ProductState, product};
use kernel::{CollectionId, Locale};
use platform::{Ctx, Rx, page::Cursor, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    card::{ProductCard, cards},
    facts::Facts,
    filters::{self, Choice, Counted, Filters},
    parts::{Image, Link, filled},
};
use crate::FlowError;

/// Pictures of collections are drawn at this size.
const PICTURE: (i64, i64) = (1_600, 1_200);

/// The page of a collection.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CollectionPage {
    /// The collection.
    pub id: CollectionId,
    /// Its name in addresses.
    pub handle: String,
    /// Its name.
    pub title: String,
    /// A text above its products.
    pub description: Option<String>,
    /// Its picture.
    pub image: Option<Image>,
    /// The collection above it.
    pub parent: Option<Link>,
    /// Those below it, or those beside it when it has one above.
    pub children: Vec<Link>,
    /// The order of the list: `featured`, `newest`, `price_asc` or `price_desc`.
    pub sort: ProductSort,
    /// What its products can be narrowed by, and are.
    pub filters: Filters,
    /// How many products there are, as they are narrowed; counted anew every few seconds.
    pub total: i64,
    /// The products.
    pub items: Vec<ProductCard>,
    /// Leads to the products after these; null on the last page.
    pub next_cursor: Option<Cursor>,
    /// The page in the words of schema.org (JSON-LD), for search engines and assistants.
    pub json_ld: Value,
}

impl PageView for CollectionPage {
    const TEMPLATE: &'static str = "collection.html";
}

/// Which part of a collection.
#[derive(Debug, Clone)]
pub struct CollectionQuery {
    /// The collection's handle.
    pub handle: String,
    /// What the shopper chose.
    pub choice: Choice,
    /// The order.
    pub sort: ProductSort,
    /// The place to go on from.
    pub after: Option<Cursor>,
    /// How many products at most.
    pub limit: usize,
}

/// One page of a collection, and the counts of its list. `known` counts spare counting again.
///
/// # Errors
/// [`FlowError::NotFound`], a cursor of another list, or whatever the database says.
pub async fn collection_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    query: &CollectionQuery,
    known: Option<Arc<Counted>>,
) -> Result<(CollectionPage, Arc<Counted>), FlowError> {
    let locale = ctx.locale();
    let placed = facts.collection(&query.handle).ok_or(FlowError::NotFound)?;
    let all = ProductFilter {
        state: Some(ProductState::Published),
        collection: Some(placed.this.id),
        sort: query.sort,
        ..ProductFilter::default()
    };
    let offered = filters::offered(facts, Some(&query.handle));
    let counted = match known {
        Some(known) => known,
        None => Arc::new(filters::counted(rx, &all, &query.choice, &offered).await?),
    };
    let narrowed = query.choice.narrow(all);
    let page = product::list(rx, &narrowed, query.after.clone(), query.limit).await?;
    let reader = (facts.shop.currency, locale);
    let view = CollectionPage {
        id: placed.this.id,
        handle: placed.this.handle.clone(),
        title: placed.this.title.get(locale).to_owned(),
        description: filled(placed.this.description.get(locale)),
        image: picture(placed.this),
        parent: placed.parent.map(|c| link(c, locale)),
        children: placed.beside.iter().map(|c| link(c, locale)).collect(),
        sort: query.sort,
        filters: filters::view(&counted, &query.choice, &offered, reader),
        total: counted.tally.total,
        items: cards(rx, &page.items, locale).await?,
        next_cursor: page.next_cursor,
        json_ld: Value::Null,
    };
    Ok((view, counted))
}

/// A collection by name and address.
pub(super) fn link(collection: &Collection, locale: Locale) -> Link {
    Link {
        handle: collection.handle.clone(),
        title: collection.title.get(locale).to_owned(),
    }
}

/// The picture of a collection.
pub(super) fn picture(collection: &Collection) -> Option<Image> {
    let (width, height) = PICTURE;
    let key = collection.image_key.as_deref()?;
    Some(Image::stored(key, "", width, height))
}
