//! What cart and order price from: one variant with the words and figures of its product, in one question, and one more
//! where bundles are among them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kernel::{Locale, Money, ProductId, Texts, Timestamp, VariantId};
use platform::{Ctx, DbError, Rx, db::Row, recent};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CatalogError, ProductState, VariantState, bundle, bundle::Part, store, variant};

/// A variant as it is sold at this instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sellable {
    /// The variant.
    pub variant_id: VariantId,
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
    /// What it costs now.
    pub price: Money,
    /// What it really cost before the present reduction.
    pub compare_at: Option<Money>,
    /// When it costs that again, where the reduction has an end.
    pub reduced_until: Option<Timestamp>,
    /// What it costs the merchant; of a bundle without a cost of its own, what its parts cost.
    pub cost: Option<Money>,
    /// Code of the product's tax class.
    pub tax_class: String,
    /// Weight with packing, in grams; of a bundle without a weight of its own, that of its parts.
    pub weight_g: i64,
    /// File of the product's first picture.
    pub image_key: Option<String>,
    /// True when the product is on sale and the variant is active. Stock is another question.
    pub for_sale: bool,
    /// True when the product or the variant is put away for good: then it is not given away either.
    pub retired: bool,
    /// What a bundle is made of; empty for anything else.
    pub parts: Vec<Part>,
}

impl Sellable {
    /// What one unit takes from which stock.
    pub fn needs(&self) -> impl Iterator<Item = (VariantId, i64)> + '_ {
        let itself = self.parts.is_empty().then_some((self.variant_id, 1));
        let parts = self
            .parts
            .iter()
            .map(|part| (part.variant_id, part.quantity));
        itself.into_iter().chain(parts)
    }

    /// The variant's title in a language, as in `150 g / 禮盒`; empty when the product has no options.
    #[must_use]
    pub fn variant_title(&self, locale: Locale) -> String {
        variant::joined(&self.variant_titles, locale)
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        let (product, variant): (ProductState, VariantState) =
            (row.parse("product_state")?, row.parse("state")?);
        Ok(Self {
            variant_id: row.get("id")?,
            product_id: row.get("product_id")?,
            handle: row.get("handle")?,
            product_title: row.get("title")?,
            variant_titles: row.json("option_values")?,
            sku: row.get("sku")?,
            price: row.money("price")?,
            compare_at: row.money_opt("compare_at")?,
            reduced_until: row.get("reduced_until")?,
            cost: row.money_opt("cost")?,
            tax_class: row.get("tax_class")?,
            weight_g: row.get("weight_g")?,
            image_key: row.get("image_key")?,
            for_sale: product == ProductState::Published && variant == VariantState::Active,
            retired: product == ProductState::Archived || variant == VariantState::Archived,
            parts: Vec::new(),
        })
    }

    fn made_of(&mut self, parts: Vec<Part>) {
        self.cost = self.cost.or_else(|| bundle::cost_of(&parts));
        if self.weight_g == 0 {
            let weights = parts.iter().map(|p| p.weight_g.saturating_mul(p.quantity));
            self.weight_g = weights.fold(0, i64::saturating_add);
        }
        self.parts = parts;
    }
}

/// These variants, in the order asked for, each once. Unknown ids are left out.
///
/// # Errors
/// The database's.
pub async fn of(rx: &mut Rx, ids: &[VariantId]) -> Result<Vec<Sellable>, CatalogError> {
    let sql = "SELECT v.id, v.product_id, p.handle, p.title, p.state AS product_state, p.tax_class, v.option_values, v.sku, \
               v.currency, \
               v.price, v.compare_at, v.reduced_until, v.cost, v.weight_g, v.state, v.is_bundle, (SELECT m.file_key FROM media m \
               WHERE m.product_id = v.product_id ORDER BY m.position, m.id LIMIT 1) AS image_key \
               FROM variants v JOIN products p ON p.id = v.product_id WHERE v.id IN ({keys})";
    let rows = store::rows_in(rx, sql, store::keys(ids)).await?;
    let mut found = HashMap::with_capacity(rows.len());
    let mut bundles = Vec::new();
    for row in &rows {
        let one = Sellable::from_row(row)?;
        if row.get("is_bundle")? {
            bundles.push(one.variant_id);
        }
        found.insert(one.variant_id, one);
    }
    if !bundles.is_empty() {
        for (id, parts) in bundle::parts_of(rx, &bundles).await? {
            if let Some(one) = found.get_mut(&id) {
                one.made_of(parts);
            }
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// What was read in the last moment.
#[derive(Debug, Default)]
struct Shelf(Mutex<HashMap<VariantId, Arc<Sellable>>>);

/// As [`of`], where a variant that was read a moment ago is not read again (see [`platform::recent`]).
///
/// # Errors
/// The database's.
pub async fn recent(
    rx: &mut Rx,
    ctx: &Ctx,
    ids: &[VariantId],
) -> Result<Vec<Arc<Sellable>>, CatalogError> {
    let empty = async |_: &mut Rx| Ok::<_, CatalogError>(Shelf::default());
    let shelf = recent::recent(rx, ctx, "catalog.sellable", empty).await?;
    let kept = || shelf.0.lock().unwrap_or_else(PoisonError::into_inner);
    let missing: Vec<VariantId> = {
        let kept = kept();
        ids.iter()
            .filter(|id| !kept.contains_key(id))
            .copied()
            .collect()
    };
    if !missing.is_empty() {
        let read = of(rx, &missing).await?;
        kept().extend(read.into_iter().map(|one| (one.variant_id, Arc::new(one))));
    }
    let kept = kept();
    Ok(ids.iter().filter_map(|id| kept.get(id).cloned()).collect())
}
