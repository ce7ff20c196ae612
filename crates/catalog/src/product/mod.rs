//! Products: what a page shows. Reads, texts, options and address; the life of a product is in [`state`] and by the
//! clock in `plan`, its data sheet in `sheet`, its creation in `create`, lists in `list`.

mod create;
mod list;
mod plan;
mod sheet;
mod state;

use kernel::{CollectionId, Locale, ProductId, Texts, Timestamp, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    events::Event,
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::list::{Conditions, IN_STOCK, REDUCED};
pub use self::{
    create::{Imported, create, import_many},
    list::{MAX_PAGE, ProductFilter, ProductSort, all_by_handle, count, ids, list},
    plan::{Plan, carry_out, plan, plan_problem},
    sheet::{ProductIdentity, set_tax_class, update_attributes, update_identity},
    state::{Act, ProductState, TRANSITIONS, archive, publish, restore, unpublish},
};
pub use crate::media::of as media_of;
pub use crate::variant::of as variants_of;
use crate::{
    CatalogError,
    attribute::{self, Attribute},
    collection,
    events::{Change, ProductChanged},
    media::NewMedia,
    rich,
    rules::{
        MAX_DESCRIPTION, MAX_OPTIONS, MAX_TITLE, MAX_VARIANTS, check_count, check_handle,
        check_texts,
    },
    search::fold,
    selling_point, store,
    variant::{self, NewVariant},
};

/// A product (SPU).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Its name in addresses: `/products/{handle}`.
    pub handle: String,
    /// Whether it is on sale.
    pub state: ProductState,
    /// Its name.
    pub title: Texts,
    /// One line below the name.
    pub subtitle: Texts,
    /// The long text: HTML, cleaned when it was written (see [`crate::rich`]).
    pub description: Texts,
    /// What its variants differ in: weight, colour. Empty when there is only one variant.
    pub options: Vec<ProductOption>,
    /// What it says about itself in the attributes of its collections.
    pub attributes: Vec<Attribute>,
    /// Brand, model and tags.
    #[serde(flatten)]
    pub identity: ProductIdentity,
    /// Code of its tax class; the shop knows the rate. `standard` unless somebody chose another.
    pub tax_class: String,
    /// What the clock shall do with it.
    #[serde(flatten)]
    pub plan: Plan,
    /// Since when it is on sale; after it went off sale, since when it last was.
    pub published_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One thing in which the variants of a product differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductOption {
    /// Its name: 重量.
    pub name: Texts,
}

/// A product to be created.
#[derive(Debug, Clone, Default)]
pub struct NewProduct {
    /// Its id, where the caller chose one; otherwise a fresh one.
    pub id: Option<ProductId>,
    /// See [`Product::handle`].
    pub handle: String,
    /// See [`Product::title`].
    pub title: Texts,
    /// See [`Product::subtitle`].
    pub subtitle: Texts,
    /// See [`Product::description`]; HTML or plain text, cleaned before it is stored.
    pub description: Texts,
    /// See [`Product::options`].
    pub options: Vec<ProductOption>,
    /// See [`Product::attributes`].
    pub attributes: Vec<Attribute>,
    /// See [`Product::identity`].
    pub identity: ProductIdentity,
    /// Its variants, in order.
    pub variants: Vec<NewVariant>,
    /// The collections it is put into, behind what is there.
    pub collections: Vec<CollectionId>,
    /// Its pictures, in order.
    pub media: Vec<NewMedia>,
    /// Since when it is on sale, for imports of history; `None` makes a draft. Its price history begins now all the
    /// same (GOV-08).
    pub published_at: Option<Timestamp>,
}

/// The words of a product, replaced together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductTexts {
    /// See [`Product::title`].
    pub title: Texts,
    /// See [`Product::subtitle`].
    pub subtitle: Texts,
    /// See [`Product::description`]; HTML or plain text, cleaned before it is stored.
    pub description: Texts,
}

const COLUMNS: &str = "p.id, p.handle, p.state, p.title, p.subtitle, p.description, p.options, p.attributes, \
                       p.brand, p.model, p.tags, p.tax_class, p.publish_at, p.unpublish_at, p.published_at, p.created_at, p.updated_at";

impl Product {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            handle: row.get("handle")?,
            state: row.parse("state")?,
            title: row.get("title")?,
            subtitle: row.get("subtitle")?,
            description: row.get("description")?,
            options: row.json("options")?,
            attributes: row.json("attributes")?,
            identity: ProductIdentity {
                brand: row.get("brand")?,
                model: row.get("model")?,
                tags: row.json("tags")?,
            },
            tax_class: row.get("tax_class")?,
            plan: Plan {
                publish_at: row.get("publish_at")?,
                unpublish_at: row.get("unpublish_at")?,
            },
            published_at: row.get("published_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// The product at an address, whatever its state.
///
/// # Errors
/// The database's.
pub async fn by_handle(rx: &mut Rx, handle: &str) -> Result<Option<Product>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM products p WHERE p.handle = $1");
    Ok(rx
        .row(&sql, params![handle])
        .await?
        .map(|row| Product::from_row(&row))
        .transpose()?)
}

/// The product of an id, whatever its state.
///
/// # Errors
/// The database's.
pub async fn by_id(rx: &mut Rx, id: ProductId) -> Result<Option<Product>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM products p WHERE p.id = $1");
    Ok(rx
        .row(&sql, params![id])
        .await?
        .map(|row| Product::from_row(&row))
        .transpose()?)
}

/// The product that a person means by its address or by a SKU.
///
/// # Errors
/// The database's.
pub async fn by_word(rx: &mut Rx, word: &str) -> Result<Option<ProductId>, CatalogError> {
    let sql = "SELECT id FROM products WHERE handle = $1 UNION SELECT product_id AS id FROM variants WHERE sku = $1 LIMIT 1";
    let row = rx.row(sql, params![word]).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

/// The products of these ids, in the order of the ids, as search results need them. Unknown ids are left out.
///
/// # Errors
/// The database's.
pub async fn by_ids(rx: &mut Rx, ids: &[ProductId]) -> Result<Vec<Product>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM products p WHERE p.id IN ({{keys}})");
    let rows = store::rows_in(rx, &sql, store::keys(ids)).await?;
    let mut found = rows
        .iter()
        .map(Product::from_row)
        .collect::<Result<Vec<_>, _>>()?;
    let places: std::collections::HashMap<ProductId, usize> =
        ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    found.sort_by_key(|product| places.get(&product.id).copied());
    found.dedup_by_key(|product| product.id);
    Ok(found)
}

/// The product, locked until commit. Every command on a product, its variants or its collections takes this lock
/// first, so that two of them never cross; a flow that decides by what a product is takes it before it looks.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn lock(tx: &mut Tx, id: ProductId) -> Result<Product, CatalogError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM products p WHERE p.id = $1{}",
        tx.dialect().for_update()
    );
    let row = tx
        .row(&sql, params![id])
        .await?
        .ok_or(CatalogError::NotFound("product"))?;
    Ok(Product::from_row(&row)?)
}

/// Notes that a product changed: its date, the collections whose rules it fits now, and the event.
pub(crate) async fn changed(
    tx: &mut Tx,
    ctx: &Ctx,
    product: &Product,
    change: Change,
) -> Result<(), CatalogError> {
    tx.execute_one(
        "UPDATE products SET updated_at = $2 WHERE id = $1",
        params![product.id, ctx.now()],
    )
    .await?;
    collection::fold::follow(tx, ctx.now(), &[product.id]).await?;
    platform::events::emit(tx, ctx, happened(product.id, &product.handle, change)).await?;
    tx.forget_recent();
    Ok(())
}

/// The event of a change.
pub(crate) fn happened(product_id: ProductId, handle: &str, change: Change) -> Event {
    let name = match change {
        Change::Published => event::PRODUCT_PUBLISHED,
        Change::Unpublished | Change::Archived => event::PRODUCT_UNPUBLISHED,
        _ => event::PRODUCT_UPDATED,
    };
    Event::new(
        name,
        &ProductChanged {
            product_id,
            handle: handle.to_owned(),
            change,
        },
    )
    .about(product_id)
}

/// Replaces a product's words.
///
/// # Errors
/// [`CatalogError::TitleMissing`] for a product on sale, [`CatalogError::TooLong`], [`CatalogError::NotFound`], or
/// the database's.
pub async fn update_texts(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    texts: ProductTexts,
) -> Result<(), CatalogError> {
    texts.check()?;
    let product = lock(tx, id).await?;
    if product.state == ProductState::Published && texts.title.is_empty() {
        return Err(CatalogError::TitleMissing);
    }
    let sql = "UPDATE products SET title = $2, title_folded = $3, subtitle = $4, description = $5 WHERE id = $1";
    let values = params![
        id,
        &texts.title,
        folded_title(&texts.title),
        &texts.subtitle,
        &rich::clean_texts(&texts.description)
    ];
    tx.execute_one(sql, values).await?;
    selling_point::reread(tx, id).await?;
    changed(tx, ctx, &product, Change::Texts).await
}

/// Moves a product to another address.
///
/// # Errors
/// [`CatalogError::HandleInvalid`], [`CatalogError::HandleTaken`], [`CatalogError::NotFound`], or the database's.
pub async fn change_handle(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    handle: &str,
) -> Result<(), CatalogError> {
    check_handle(handle)?;
    let mut product = lock(tx, id).await?;
    if product.handle == handle {
        return Ok(());
    }
    let sql = "UPDATE products SET handle = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM products WHERE handle = $2)";
    if tx.execute(sql, params![id, handle]).await? == 0 {
        return Err(CatalogError::HandleTaken {
            handle: handle.to_owned(),
        });
    }
    handle.clone_into(&mut product.handle);
    changed(tx, ctx, &product, Change::Handle).await
}

/// Renames an option, counted from 0.
///
/// # Errors
/// [`CatalogError::NotFound`], [`CatalogError::TooLong`], or the database's.
pub async fn rename_option(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    index: usize,
    name: Texts,
) -> Result<(), CatalogError> {
    check_texts("option", &name, MAX_TITLE)?;
    let mut product = lock(tx, id).await?;
    product
        .options
        .get_mut(index)
        .ok_or(CatalogError::NotFound("option"))?
        .name = name;
    tx.execute_one(
        "UPDATE products SET options = $2 WHERE id = $1",
        params![id, json(&product.options)],
    )
    .await?;
    changed(tx, ctx, &product, Change::Options).await
}

/// Adds an option behind the others; every variant there is gets `value` in it.
///
/// # Errors
/// [`CatalogError::TooMany`], [`CatalogError::TooLong`], [`CatalogError::NotFound`], or the database's.
pub async fn add_option(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    option: ProductOption,
    value: Texts,
) -> Result<(), CatalogError> {
    check_texts("option", &option.name, MAX_TITLE)?;
    check_texts("option", &value, MAX_TITLE)?;
    let mut product = lock(tx, id).await?;
    check_count("options", product.options.len() + 1, MAX_OPTIONS)?;
    product.options.push(option);
    tx.execute_one(
        "UPDATE products SET options = $2 WHERE id = $1",
        params![id, json(&product.options)],
    )
    .await?;
    for mut variant in variant::of(tx, &[id]).await? {
        variant.option_values.push(value.clone());
        let sql = "UPDATE variants SET option_values = $2 WHERE id = $1";
        tx.execute_one(sql, params![variant.id, json(&variant.option_values)])
            .await?;
    }
    changed(tx, ctx, &product, Change::Options).await
}

impl ProductTexts {
    fn check(&self) -> Result<(), CatalogError> {
        check_texts("title", &self.title, MAX_TITLE)?;
        check_texts("subtitle", &self.subtitle, MAX_TITLE)?;
        check_texts("description", &self.description, MAX_DESCRIPTION)
    }
}

impl NewProduct {
    /// Refuses what no product may be, as far as it can be seen without the database.
    fn check(&self) -> Result<(), CatalogError> {
        check_handle(&self.handle)?;
        check_texts("title", &self.title, MAX_TITLE)?;
        check_texts("subtitle", &self.subtitle, MAX_TITLE)?;
        check_texts("description", &self.description, MAX_DESCRIPTION)?;
        check_count("options", self.options.len(), MAX_OPTIONS)?;
        check_count("variants", self.variants.len(), MAX_VARIANTS)?;
        check_count("pictures", self.media.len(), crate::rules::MAX_MEDIA)?;
        self.options
            .iter()
            .try_for_each(|option| check_texts("option", &option.name, MAX_TITLE))?;
        attribute::check_values(&self.attributes)?;
        self.identity.check()?;
        self.media.iter().try_for_each(NewMedia::check)?;
        self.variants.iter().try_for_each(NewVariant::check)?;
        let mut seen: Vec<&Vec<Texts>> = Vec::new();
        for new in &self.variants {
            variant::check_place(
                &new.sku,
                &new.option_values,
                self.options.len(),
                seen.iter().copied(),
            )?;
            seen.push(&new.option_values);
        }
        let currency = self.variants.first().map(|v| v.price.currency);
        if self
            .variants
            .iter()
            .any(|v| Some(v.price.currency) != currency)
        {
            return Err(CatalogError::CurrencyMixed);
        }
        if self.published_at.is_some() {
            ready(&self.title, !self.variants.is_empty())?;
        }
        Ok(())
    }
}

/// What a product needs to go on sale, apart from its attributes.
fn ready(title: &Texts, has_variant: bool) -> Result<(), CatalogError> {
    if title.is_empty() {
        return Err(CatalogError::TitleMissing);
    }
    if has_variant {
        Ok(())
    } else {
        Err(CatalogError::NothingToSell)
    }
}

/// Every title, folded as the search folds words, so that the back office finds drafts by either script.
fn folded_title(title: &Texts) -> String {
    let titles = Locale::ALL
        .iter()
        .filter_map(|locale| title.0.get(locale))
        .map(|text| fold::fold(text));
    titles.collect::<Vec<_>>().join("\n")
}

/// Recomputes the lowest price of the active variants, and whether one of them is reduced.
pub(crate) async fn refresh_price_from(tx: &mut Tx, id: ProductId) -> Result<(), DbError> {
    let sql = "UPDATE products SET price_from = COALESCE((SELECT MIN(v.price) FROM variants v \
               WHERE v.product_id = products.id AND v.state = 'active'), 0), \
               reduced = EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.state = 'active' \
               AND v.compare_at IS NOT NULL) WHERE id = $1";
    tx.execute_one(sql, params![id]).await
}

/// A list as the column that holds it.
pub(crate) fn json(list: &impl Serialize) -> Value {
    Value::Text(serde_json::to_string(list).unwrap_or_default())
}
