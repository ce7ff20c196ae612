//! Creating products: one by hand, or thousands at once for importers.

use std::collections::HashSet;

use kernel::{MediaId, ProductId, Timestamp, VariantId};
use platform::{Ctx, Tx, db::Value, events, params};

use super::{NewProduct, folded_title, happened, json};
use crate::{
    CatalogError, NewVariant, ProductState, VariantState, attribute, collection,
    events::Change,
    facet, media,
    price::{self, PricePoint},
    rich, store, variant,
};

/// The ids of a product that was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The product.
    pub product: ProductId,
    /// Its variants, in the order in which they were given.
    pub variants: Vec<VariantId>,
}

/// Creates a product: a draft, unless [`NewProduct::published_at`] says since when it is on sale.
///
/// # Errors
/// Every refusal that concerns handles, SKUs, texts, options, prices, attributes and collections; or the database's.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewProduct) -> Result<ProductId, CatalogError> {
    let made = import_many(tx, ctx, vec![new]).await?;
    made.first()
        .map(|one| one.product)
        .ok_or(CatalogError::NotFound("product"))
}

/// Creates many products with few statements, all or none. Ids come back in the order of the products.
///
/// # Errors
/// As [`create`], for the first product that is refused.
pub async fn import_many(
    tx: &mut Tx,
    ctx: &Ctx,
    products: Vec<NewProduct>,
) -> Result<Vec<Imported>, CatalogError> {
    products.iter().try_for_each(NewProduct::check)?;
    refuse_taken(tx, &products).await?;
    check_attributes(tx, &products).await?;
    let mut rows = Rows::default();
    let made: Vec<Imported> = products.iter().map(|new| rows.add(ctx, new)).collect();
    tx.insert_many("products", &PRODUCT, &rows.products).await?;
    tx.insert_many("variants", &variant::COLUMNS, &rows.variants)
        .await?;
    tx.insert_many("price_history", &price::COLUMNS, &rows.prices)
        .await?;
    tx.insert_many("media", &media::COLUMNS, &rows.media)
        .await?;
    tx.insert_many("product_facets", &facet::COLUMNS, &rows.facets)
        .await?;
    let places = made
        .iter()
        .zip(&products)
        .flat_map(|(one, new)| new.collections.iter().map(|c| (*c, one.product)));
    collection::place_many(tx, &places.collect::<Vec<_>>()).await?;
    let ids: Vec<ProductId> = made.iter().map(|one| one.product).collect();
    collection::fold::follow(tx, ctx.now(), &ids).await?;
    events::emit_bulk(tx, rows.events).await?;
    Ok(made)
}

const PRODUCT: [&str; 16] = [
    "id",
    "handle",
    "state",
    "title",
    "title_folded",
    "subtitle",
    "description",
    "options",
    "attributes",
    "brand",
    "model",
    "tags",
    "price_from",
    "published_at",
    "created_at",
    "updated_at",
];

/// The rows of many products, table by table.
#[derive(Default)]
struct Rows {
    products: Vec<Vec<Value>>,
    variants: Vec<Vec<Value>>,
    prices: Vec<Vec<Value>>,
    media: Vec<Vec<Value>>,
    facets: Vec<Vec<Value>>,
    events: Vec<Vec<Value>>,
}

impl Rows {
    fn add(&mut self, ctx: &Ctx, new: &NewProduct) -> Imported {
        let id = new.id.unwrap_or_else(ProductId::new);
        let at = new.published_at.unwrap_or_else(|| ctx.now());
        let (state, change) = match new.published_at {
            Some(_) => (ProductState::Published, Change::Published),
            None => (ProductState::Draft, Change::Created),
        };
        let price_from = new
            .variants
            .iter()
            .map(|v| v.price.amount)
            .min()
            .unwrap_or_default();
        let values = params![
            id,
            &new.handle,
            state.code(),
            &new.title,
            folded_title(&new.title),
            &new.subtitle,
            &rich::clean_texts(&new.description),
            json(&new.options),
            json(&new.attributes),
            new.identity.brand.as_deref(),
            new.identity.model.as_deref(),
            json(&new.identity.tags),
            price_from,
            new.published_at,
            at,
            at
        ];
        self.products.push(values.to_vec());
        self.facets.append(&mut facet::database_rows(
            id,
            new.identity.brand.as_deref(),
            &new.identity.tags,
            &new.attributes,
        ));
        let variants = (1..)
            .zip(&new.variants)
            .map(|(place, v)| self.variant(ctx, id, place, v, new.published_at))
            .collect();
        let pictures = (1..)
            .zip(&new.media)
            .map(|(place, picture)| picture.row(MediaId::new(), id, place));
        self.media.extend(pictures);
        self.events
            .push(events::bulk_row(ctx, at, happened(id, &new.handle, change)));
        Imported {
            product: id,
            variants,
        }
    }

    fn variant(
        &mut self,
        ctx: &Ctx,
        product: ProductId,
        place: i64,
        new: &NewVariant,
        published_at: Option<Timestamp>,
    ) -> VariantId {
        let id = new.id.unwrap_or_else(VariantId::new);
        let at = published_at.unwrap_or_else(|| ctx.now());
        self.variants
            .push(new.row(id, product, place, VariantState::Active, at));
        // The price counts from now, not from the date that somebody gave: only this shop's own record is evidence.
        let point = PricePoint::first(ctx, new.price, published_at.is_some(), ctx.now());
        self.prices.push(point.row(id));
        id
    }
}

/// Refuses handles and SKUs that are taken, by the shop or by another product of the same list.
async fn refuse_taken(tx: &mut Tx, products: &[NewProduct]) -> Result<(), CatalogError> {
    let handles: Vec<&str> = products.iter().map(|p| p.handle.as_str()).collect();
    let skus: Vec<&str> = products
        .iter()
        .flat_map(|p| &p.variants)
        .map(|v| v.sku.as_str())
        .collect();
    let sql = "SELECT handle AS word FROM products WHERE handle IN ({keys})";
    if let Some(handle) = taken(tx, sql, &handles).await? {
        return Err(CatalogError::HandleTaken { handle });
    }
    let sql = "SELECT sku AS word FROM variants WHERE sku IN ({keys})";
    if let Some(sku) = taken(tx, sql, &skus).await? {
        return Err(CatalogError::SkuTaken { sku });
    }
    Ok(())
}

async fn taken(tx: &mut Tx, sql: &str, words: &[&str]) -> Result<Option<String>, CatalogError> {
    let mut seen = HashSet::with_capacity(words.len());
    if let Some(twice) = words.iter().find(|word| !seen.insert(**word)) {
        return Ok(Some((*twice).to_owned()));
    }
    let rows = store::rows_in(tx, sql, store::text_keys(words.iter().copied())).await?;
    Ok(rows.first().map(|row| row.get("word")).transpose()?)
}

/// Refuses products whose values their collections do not take, and those on sale that lack what is required.
async fn check_attributes(tx: &mut Tx, products: &[NewProduct]) -> Result<(), CatalogError> {
    let wanted: Vec<_> = products
        .iter()
        .flat_map(|p| p.collections.clone())
        .collect();
    let known = collection::with_parents(tx, &wanted).await?;
    for new in products {
        let own = new.collections.iter().filter_map(|id| known.get(id));
        let all = own.flat_map(|c| {
            c.parent_id
                .and_then(|id| known.get(&id))
                .into_iter()
                .chain([c])
        });
        let definitions: Vec<_> = all.flat_map(|c| c.attributes.clone()).collect();
        attribute::check_fit(definitions.clone(), &new.attributes)?;
        if new.published_at.is_some() {
            attribute::check_complete(definitions, &new.attributes)?;
        }
    }
    Ok(())
}
