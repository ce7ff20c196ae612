//! What the index holds of each product, and how it keeps up with the catalogue.

use std::collections::{BTreeSet, HashMap};

use kernel::{Locale, ProductId, Texts, event};
use platform::{
    Ctx, Rx,
    db::Row,
    events::{self, Position},
    params,
};

use super::{SearchError, SearchIndex};
use crate::{
    Attribute, AttributeDefinition, AttributeValue, CatalogError, ProductState,
    attribute::choice_names, collection, rich, store, variant,
};

/// Products read from the database at a time.
const BATCH: i64 = 500;
/// Events that change what the index holds.
const EVENTS: &[&str] = &[
    event::PRODUCT_PUBLISHED,
    event::PRODUCT_UPDATED,
    event::PRODUCT_UNPUBLISHED,
    event::PRICE_CHANGED,
];

/// What the index holds of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doc {
    /// The product.
    pub id: ProductId,
    /// Its name; counts most.
    pub title: Texts,
    /// Other short texts: subtitle, option values, attributes, brand, tags, collections.
    pub words: Vec<Texts>,
    /// The words of the long text.
    pub description: Texts,
    /// SKUs and barcodes of its active variants, and its model.
    pub codes: Vec<String>,
}

/// Products that changed after a place of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The products, each once.
    pub products: Vec<ProductId>,
    /// Where to go on from.
    pub position: Position,
}

/// The documents of those of these products that are on sale, in no particular order.
///
/// # Errors
/// The database's.
pub async fn documents(rx: &mut Rx, ids: &[ProductId]) -> Result<Vec<Doc>, CatalogError> {
    let sql = "SELECT p.id, p.state, p.title, p.subtitle, p.description, p.attributes, p.brand, p.model, \
               p.tags FROM products p WHERE p.id IN ({keys})";
    let mut docs = HashMap::new();
    let asked: Vec<AttributeDefinition> = collection::all(rx)
        .await?
        .into_iter()
        .flat_map(|c| c.attributes)
        .collect();
    let choices = choice_names(&asked);
    for row in store::rows_in(rx, sql, store::keys(ids)).await? {
        if row.parse::<ProductState>("state")? == ProductState::Published {
            let doc = from_row(&row, &choices)?;
            docs.insert(doc.id, doc);
        }
    }
    let ids: Vec<ProductId> = docs.keys().copied().collect();
    for variant in variant::of(rx, &ids).await? {
        if let Some(doc) = docs
            .get_mut(&variant.product_id)
            .filter(|_| variant.state == crate::VariantState::Active)
        {
            doc.codes.push(variant.sku);
            doc.codes.extend(variant.barcode);
            doc.words.extend(variant.option_values);
        }
    }
    for (id, collection) in collection::of_products(rx, &ids).await? {
        if let Some(doc) = docs.get_mut(&id) {
            doc.words.push(collection.title);
        }
    }
    Ok(docs.into_values().map(without_repeats).collect())
}

fn from_row(row: &Row, choices: &HashMap<(&str, &str), &Texts>) -> Result<Doc, CatalogError> {
    let attributes: Vec<Attribute> = row.json("attributes")?;
    let said = attributes.into_iter().filter_map(|a| match a.value {
        AttributeValue::Text(texts) => Some(texts),
        AttributeValue::Choice(code) => choices
            .get(&(a.code.as_str(), code.as_str()))
            .map(|name| (*name).clone()),
        AttributeValue::Number(_) | AttributeValue::YesNo(_) => None,
    });
    let (brand, model): (Option<String>, Option<String>) = (row.get("brand")?, row.get("model")?);
    let named = brand.into_iter().chain(row.json::<Vec<String>>("tags")?);
    let words = [row.get("subtitle")?]
        .into_iter()
        .chain(said)
        .chain(named.map(|word| Texts::one(Locale::default(), word)))
        .collect();
    Ok(Doc {
        id: row.get("id")?,
        title: row.get("title")?,
        words,
        description: rich::plain_texts(&row.get("description")?),
        codes: model.into_iter().collect(),
    })
}

/// Variants share option values; each counts once.
fn without_repeats(mut doc: Doc) -> Doc {
    let mut seen = Vec::new();
    doc.words.retain(|words| {
        let new = !words.is_empty() && !seen.contains(words);
        if new {
            seen.push(words.clone());
        }
        new
    });
    doc
}

/// Products that changed after `place`, at most a few hundred events at a time.
///
/// # Errors
/// The database's.
pub async fn changed_since(rx: &mut Rx, place: Position) -> Result<Changes, CatalogError> {
    let (happened, position) = events::after(rx, place, EVENTS, BATCH).await?;
    let products: BTreeSet<ProductId> = happened
        .iter()
        .filter_map(events::Recorded::subject_as)
        .collect();
    Ok(Changes {
        products: products.into_iter().collect(),
        position,
    })
}

/// Brings the index up to the present end of the stream, building it first where it is new or of an older program.
/// Answers how many products were written or removed. Call it again and again; calling it from several tasks is safe.
///
/// # Errors
/// The database's or the engine's; the index then stays as it was, and the next call begins again.
pub async fn follow(ctx: &Ctx, index: &SearchIndex) -> Result<usize, CatalogError> {
    let _only = index.following().await;
    index.abandon();
    let Some(mut place) = index.position() else {
        return build(ctx, index).await;
    };
    let mut written = 0;
    loop {
        let changes = ctx
            .read(async move |rx, _| changed_since(rx, place).await)
            .await?;
        if changes.position == place {
            return Ok(written);
        }
        if !changes.products.is_empty() {
            written += changes.products.len();
            write(ctx, index, changes.products).await?;
            commit(index, changes.position).await?;
        }
        index.seen(changes.position);
        place = changes.position;
    }
}

/// Fills an empty index. The place is taken first: what changes meanwhile is written again afterwards.
async fn build(ctx: &Ctx, index: &SearchIndex) -> Result<usize, CatalogError> {
    let place = ctx
        .read(async |rx, _| Ok::<_, CatalogError>(events::end(rx).await?))
        .await?;
    index.clear()?;
    let mut written = 0;
    let mut last = None;
    loop {
        let ids = ctx
            .read(async move |rx, _| published_after(rx, last).await)
            .await?;
        let Some(end) = ids.last().copied() else {
            break;
        };
        written += ids.len();
        last = Some(end);
        write(ctx, index, ids).await?;
    }
    commit(index, place).await?;
    Ok(written)
}

async fn published_after(
    rx: &mut Rx,
    last: Option<ProductId>,
) -> Result<Vec<ProductId>, CatalogError> {
    let last = last.unwrap_or(ProductId(uuid::Uuid::nil()));
    let sql = "SELECT id FROM products WHERE state = 'published' AND id > $1 ORDER BY id LIMIT $2";
    let rows = rx.rows(sql, params![last, BATCH]).await?;
    Ok(rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, _>>()?)
}

async fn write(ctx: &Ctx, index: &SearchIndex, ids: Vec<ProductId>) -> Result<(), CatalogError> {
    let wanted = ids.clone();
    let docs = ctx
        .read(async move |rx, _| documents(rx, &wanted).await)
        .await?;
    for id in ids {
        index.delete(id)?;
    }
    Ok(docs.iter().try_for_each(|doc| index.upsert(doc))?)
}

/// A commit waits for the disk, so it runs where waiting holds up nobody.
async fn commit(index: &SearchIndex, place: Position) -> Result<(), CatalogError> {
    let index = index.clone();
    let done = tokio::task::spawn_blocking(move || index.commit(place)).await;
    Ok(done.map_err(|_| SearchError::Unfinished)??)
}
