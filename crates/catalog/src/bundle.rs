//! Bundles and gift boxes: a variant that is made of other variants, each in a quantity (CAT-16).
//!
//! A bundle has a price of its own and no stock of its own; what is sold of it is taken from its parts. No bundle is
//! part of another, which the keys of `bundle_parts` enforce, so nothing can contain itself.

use std::collections::{BTreeMap, HashMap};

use kernel::{Locale, Money, ProductId, Texts, VariantId};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    CatalogError, ProductState, VariantState,
    events::Change,
    product,
    rules::{MAX_PART_QUANTITY, MAX_PARTS, check_count},
    store, variant,
};

/// A part of a bundle, with what a reader wants to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// The variant.
    pub variant_id: VariantId,
    /// How many of it are in one bundle.
    pub quantity: i64,
    /// Its product.
    pub product_id: ProductId,
    /// The product's address.
    pub handle: String,
    /// The product's name.
    pub product_title: Texts,
    /// The variant's option values; empty when the product has no options.
    pub variant_titles: Vec<Texts>,
    /// Its SKU.
    pub sku: String,
    /// What one unit costs by itself now.
    pub price: Money,
    /// What one unit costs the merchant.
    pub cost: Option<Money>,
    /// Weight of one unit with packing, in grams.
    pub weight_g: i64,
    /// File of its product's first picture.
    pub image_key: Option<String>,
    /// Whether it can be bought by itself; a part need not be.
    pub for_sale: bool,
}

/// A bundle that something is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Within {
    /// The bundle.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_title: Texts,
    /// The bundle's option values.
    pub variant_titles: Vec<Texts>,
    /// Its SKU.
    pub sku: String,
    /// How many units of the part are in one bundle.
    pub quantity: i64,
}

impl Part {
    /// The variant's title in a language; empty when the product has no options.
    #[must_use]
    pub fn variant_title(&self, locale: Locale) -> String {
        variant::joined(&self.variant_titles, locale)
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        let (product, variant): (ProductState, VariantState) =
            (row.parse("product_state")?, row.parse("state")?);
        Ok(Self {
            variant_id: row.get("id")?,
            quantity: row.get("quantity")?,
            product_id: row.get("product_id")?,
            handle: row.get("handle")?,
            product_title: row.get("title")?,
            variant_titles: row.json("option_values")?,
            sku: row.get("sku")?,
            price: row.money("price")?,
            cost: row.money_opt("cost")?,
            weight_g: row.get("weight_g")?,
            image_key: row.get("image_key")?,
            for_sale: product == ProductState::Published && variant == VariantState::Active,
        })
    }
}

/// What the parts of one bundle cost when they are bought one by one; `None` when one of them cannot be, because then
/// nobody could save anything (GOV-08).
#[must_use]
pub fn price_apart(parts: &[Part]) -> Option<Money> {
    let currency = parts.first()?.price.currency;
    let all_on_sale = parts.iter().all(|part| part.for_sale);
    let costs = parts.iter().map(|part| part.price.times(part.quantity));
    let costs = costs.collect::<Result<Vec<_>, _>>().ok()?;
    Money::sum(currency, costs).ok().filter(|_| all_on_sale)
}

/// What one bundle costs the merchant by its parts; `None` when the cost of one is unknown.
pub(crate) fn cost_of(parts: &[Part]) -> Option<Money> {
    let currency = parts.first()?.price.currency;
    let costs = parts
        .iter()
        .map(|part| part.cost?.times(part.quantity).ok())
        .collect::<Option<Vec<_>>>()?;
    Money::sum(currency, costs).ok()
}

/// The parts of these bundles, in their order. A variant that is none has no entry.
///
/// # Errors
/// The database's.
pub async fn parts_of(
    rx: &mut Rx,
    bundles: &[VariantId],
) -> Result<HashMap<VariantId, Vec<Part>>, CatalogError> {
    let sql = "SELECT b.bundle_id, b.quantity, v.id, v.product_id, p.handle, p.title, p.state AS product_state, v.option_values, \
               v.sku, v.currency, v.price, v.cost, v.weight_g, v.state, (SELECT m.file_key FROM media m \
               WHERE m.product_id = v.product_id ORDER BY m.position, m.id LIMIT 1) AS image_key \
               FROM bundle_parts b JOIN variants v ON v.id = b.part_id JOIN products p ON p.id = v.product_id \
               WHERE b.bundle_id IN ({keys}) ORDER BY b.position, b.part_id";
    let mut found: HashMap<VariantId, Vec<Part>> = HashMap::new();
    for row in store::rows_in(rx, sql, store::keys(bundles)).await? {
        let parts = found.entry(row.get("bundle_id")?).or_default();
        parts.push(Part::from_row(&row)?);
    }
    Ok(found)
}

/// The bundles that a variant is part of, by SKU.
///
/// # Errors
/// The database's.
pub async fn bundles_with(rx: &mut Rx, part: VariantId) -> Result<Vec<Within>, CatalogError> {
    let sql = "SELECT v.id, v.product_id, p.title, v.option_values, v.sku, b.quantity FROM bundle_parts b \
               JOIN variants v ON v.id = b.bundle_id JOIN products p ON p.id = v.product_id WHERE b.part_id = $1 ORDER BY v.sku";
    let rows = rx.rows(sql, params![part]).await?;
    let within = |row: &Row| {
        Ok::<_, DbError>(Within {
            variant_id: row.get("id")?,
            product_id: row.get("product_id")?,
            product_title: row.get("title")?,
            variant_titles: row.json("option_values")?,
            sku: row.get("sku")?,
            quantity: row.get("quantity")?,
        })
    };
    Ok(rows.iter().map(within).collect::<Result<_, _>>()?)
}

/// Says what a variant is made of, replacing what it was made of; with no parts it is an ordinary variant again. The
/// same part named twice is one part. Orders keep the parts that they were placed with.
///
/// # Errors
/// [`CatalogError::BundleInBundle`], [`CatalogError::BundleHasStock`], [`CatalogError::PartQuantity`],
/// [`CatalogError::TooMany`], [`CatalogError::CurrencyMixed`], [`CatalogError::NotFound`], or the database's.
pub async fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    bundle: VariantId,
    parts: &[(VariantId, i64)],
) -> Result<(), CatalogError> {
    let product = variant::product_of(tx, bundle).await?;
    let owner = product::lock(tx, product).await?;
    let itself = variant::by_id(tx, bundle)
        .await?
        .ok_or(CatalogError::NotFound("variant"))?;
    let wanted = merged(parts);
    check_count("parts", wanted.len(), MAX_PARTS)?;
    check_parts(tx, &itself, &wanted).await?;
    if counts(tx, bundle).await? == wanted {
        return Ok(());
    }
    tx.execute(
        "DELETE FROM bundle_parts WHERE bundle_id = $1",
        params![bundle],
    )
    .await?;
    let becomes = !wanted.is_empty();
    if becomes != itself.is_bundle {
        let sql = "UPDATE variants SET is_bundle = $2 WHERE id = $1";
        // That it is part of no bundle was seen above; what else points at the key is stock.
        refused(
            tx.execute(sql, params![bundle, becomes]).await,
            CatalogError::BundleHasStock {
                sku: itself.sku.clone(),
            },
        )?;
    }
    let sql =
        "INSERT INTO bundle_parts (bundle_id, part_id, position, quantity) VALUES ($1, $2, $3, $4)";
    for (position, (part, quantity)) in (1_i64..).zip(&wanted) {
        let values = params![bundle, *part, position, *quantity];
        refused(
            tx.execute(sql, values).await,
            CatalogError::BundleInBundle {
                sku: itself.sku.clone(),
            },
        )?;
    }
    product::changed(tx, ctx, &owner, Change::Variants).await
}

/// Puts more units of a part into a bundle.
///
/// # Errors
/// As [`set`].
pub async fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    bundle: VariantId,
    (part, quantity): (VariantId, i64),
) -> Result<(), CatalogError> {
    let product = variant::product_of(tx, bundle).await?;
    product::lock(tx, product).await?;
    let mut parts = counts(tx, bundle).await?;
    parts.push((part, quantity));
    set(tx, ctx, bundle, &parts).await
}

/// Takes a part out of a bundle.
///
/// # Errors
/// [`CatalogError::NotFound`] for what is no part of it; as [`set`].
pub async fn take_out(
    tx: &mut Tx,
    ctx: &Ctx,
    bundle: VariantId,
    part: VariantId,
) -> Result<(), CatalogError> {
    let product = variant::product_of(tx, bundle).await?;
    product::lock(tx, product).await?;
    let mut parts = counts(tx, bundle).await?;
    let before = parts.len();
    parts.retain(|(id, _)| *id != part);
    if parts.len() == before {
        return Err(CatalogError::NotFound("part"));
    }
    set(tx, ctx, bundle, &parts).await
}

/// The units of each part, in the order of the parts.
async fn counts(rx: &mut Rx, bundle: VariantId) -> Result<Vec<(VariantId, i64)>, CatalogError> {
    let sql = "SELECT part_id, quantity FROM bundle_parts WHERE bundle_id = $1 ORDER BY position, part_id";
    let rows = rx.rows(sql, params![bundle]).await?;
    let count = |row: &Row| Ok::<_, DbError>((row.get("part_id")?, row.get("quantity")?));
    Ok(rows.iter().map(count).collect::<Result<_, _>>()?)
}

/// The parts in the order in which they were named first, each once.
fn merged(parts: &[(VariantId, i64)]) -> Vec<(VariantId, i64)> {
    let mut sums: BTreeMap<VariantId, i64> = BTreeMap::new();
    let mut order = Vec::new();
    for (part, quantity) in parts {
        let sum = sums.entry(*part).or_insert_with(|| {
            order.push(*part);
            0
        });
        *sum = sum.saturating_add(*quantity);
    }
    order
        .into_iter()
        .filter_map(|part| Some((part, sums.get(&part).copied()?)))
        .collect()
}

async fn check_parts(
    tx: &mut Tx,
    bundle: &variant::Variant,
    wanted: &[(VariantId, i64)],
) -> Result<(), CatalogError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let middle = |sku: &str| CatalogError::BundleInBundle {
        sku: sku.to_owned(),
    };
    if !bundles_with(tx, bundle.id).await?.is_empty() {
        return Err(middle(&bundle.sku));
    }
    for (id, quantity) in wanted {
        let part = variant::by_id(tx, *id)
            .await?
            .ok_or(CatalogError::NotFound("variant"))?;
        if part.is_bundle || part.id == bundle.id {
            return Err(middle(&part.sku));
        }
        if !(1..=MAX_PART_QUANTITY).contains(quantity) {
            return Err(CatalogError::PartQuantity {
                sku: part.sku,
                quantity: *quantity,
            });
        }
        if part.price.currency != bundle.price.currency {
            return Err(CatalogError::CurrencyMixed);
        }
    }
    Ok(())
}

/// What a key that was refused means.
fn refused(result: Result<u64, DbError>, meaning: CatalogError) -> Result<(), CatalogError> {
    match result {
        Ok(_) => Ok(()),
        Err(DbError::Constraint(_)) => Err(meaning),
        Err(error) => Err(error.into()),
    }
}
