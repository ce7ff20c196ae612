//! What a change would make of many products. Nothing is written.

use std::collections::{BTreeMap, HashMap};

use catalog::{
    CatalogError, Product, ProductFilter, ProductState, Variant, VariantState, bulk,
    bulk::{BulkChange, Figures},
    collection, price, product, variant,
};
use inventory::stock;
use kernel::{CollectionId, ProductId, VariantId};
use platform::{Ctx, Rx};

use crate::FlowError;

/// Which products.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These.
    Products(Vec<ProductId>),
    /// All that a filter finds.
    All(ProductFilter),
}

/// What a change makes of one product or variant.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The product.
    pub product_id: ProductId,
    /// The variant, in a change of variants.
    pub variant_id: Option<VariantId>,
    /// What it is.
    pub before: Figures,
    /// What it becomes, or the key of the sentence that says why it cannot.
    pub after: Result<Figures, &'static str>,
}

impl Planned {
    /// Whether there is anything to do.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.after.as_ref().is_ok_and(|after| *after != self.before)
    }
}

/// What a change would make of a selection. Nothing is written.
///
/// # Errors
/// [`CatalogError::TooMany`] for more rows than one edit may have, or whatever the database says.
pub async fn plan(
    rx: &mut Rx,
    ctx: &Ctx,
    selection: &Selection,
    change: &BulkChange,
) -> Result<(Vec<Product>, Vec<Variant>, Vec<Planned>), FlowError> {
    let products = selected(rx, selection).await?;
    if !change.is_of_variants() {
        let rows = of_products(rx, &products, change).await?;
        return Ok((products, Vec::new(), rows));
    }
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let mut variants = variant::of(rx, &ids).await?;
    variants.retain(|v| v.state == VariantState::Active);
    let places: HashMap<ProductId, usize> =
        ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    variants.sort_by_key(|v| (places.get(&v.product_id).copied(), v.position));
    if variants.len() > bulk::MAX_ROWS {
        return Err(too_many());
    }
    let rows = of_variants(rx, ctx, &variants, change).await?;
    Ok((products, variants, rows))
}

fn too_many() -> FlowError {
    let (what, max) = ("rows", bulk::MAX_ROWS);
    CatalogError::TooMany { what, max }.into()
}

async fn selected(rx: &mut Rx, selection: &Selection) -> Result<Vec<Product>, FlowError> {
    let filter = match selection {
        Selection::Products(ids) => return Ok(product::by_ids(rx, ids).await?),
        Selection::All(filter) => filter,
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = product::list(rx, filter, after, product::MAX_PAGE).await?;
        found.extend(page.items);
        after = page.next_cursor;
        if after.is_none() {
            return Ok(found);
        }
        if found.len() > bulk::MAX_ROWS {
            return Err(too_many());
        }
    }
}

async fn of_products(
    rx: &mut Rx,
    products: &[Product],
    change: &BulkChange,
) -> Result<Vec<Planned>, FlowError> {
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let mut inside: HashMap<ProductId, Vec<CollectionId>> = HashMap::new();
    let mut sellable: BTreeMap<ProductId, bool> = BTreeMap::new();
    if matches!(change, BulkChange::Collection { .. }) {
        for (id, collection) in collection::of_products(rx, &ids).await? {
            inside.entry(id).or_default().push(collection.id);
        }
    } else if matches!(change, BulkChange::State { .. }) {
        for variant in variant::of(rx, &ids).await? {
            *sellable.entry(variant.product_id).or_default() |=
                variant.state == VariantState::Active;
        }
    }
    let row = |product: &Product| {
        let (before, after) = match change {
            BulkChange::Collection { id, into } => {
                let mut ids = inside.get(&product.id).cloned().unwrap_or_default();
                ids.sort_unstable();
                let before = Figures::Collections { ids: ids.clone() };
                ids.retain(|one| one != id);
                if *into {
                    ids.push(*id);
                    ids.sort_unstable();
                }
                (before, Ok(Figures::Collections { ids }))
            }
            BulkChange::Tag { tag, add } => tagged(product, tag, *add),
            BulkChange::State { act } => {
                let goal = act.applied(product.state);
                let sells = sellable.get(&product.id).copied().unwrap_or_default();
                let ready = match &goal {
                    Ok(ProductState::Published) if product.title.is_empty() => {
                        Err(CatalogError::TitleMissing)
                    }
                    Ok(ProductState::Published) if !sells => Err(CatalogError::NothingToSell),
                    _ => goal,
                };
                let state = product.state;
                (
                    Figures::State { state },
                    ready
                        .map(|state| Figures::State { state })
                        .map_err(|e| e.key()),
                )
            }
            // Changes of variants do not come here.
            _ => (
                Figures::State {
                    state: product.state,
                },
                Ok(Figures::State {
                    state: product.state,
                }),
            ),
        };
        Planned {
            product_id: product.id,
            variant_id: None,
            before,
            after,
        }
    };
    Ok(products.iter().map(row).collect())
}

/// The tags of a product, and what they become.
fn tagged(product: &Product, tag: &str, add: bool) -> (Figures, Result<Figures, &'static str>) {
    let tags = product.identity.tags.clone();
    let after = bulk::with_tag(&product.identity, tag, add);
    let figures = |tags| Figures::Tags { tags };
    (
        figures(tags),
        after.map(figures).map_err(|error| error.key()),
    )
}

async fn of_variants(
    rx: &mut Rx,
    ctx: &Ctx,
    variants: &[Variant],
    change: &BulkChange,
) -> Result<Vec<Planned>, FlowError> {
    let ids: Vec<VariantId> = variants.iter().map(|v| v.id).collect();
    let planned = |variant: &Variant, before, after: Result<Figures, CatalogError>| Planned {
        product_id: variant.product_id,
        variant_id: Some(variant.id),
        before,
        after: after.map_err(|error| error.key()),
    };
    let (step, was) = match change {
        BulkChange::Alert { low_at } => {
            let levels = stock::alert_levels(rx, &ids).await?;
            let row = |variant: &Variant| {
                let before = levels.get(&variant.id).cloned().unwrap_or_default();
                let after = before.iter().map(|(place, _)| (*place, *low_at)).collect();
                planned(
                    variant,
                    Figures::Alert { levels: before },
                    Ok(Figures::Alert { levels: after }),
                )
            };
            return Ok(variants.iter().map(row).collect());
        }
        BulkChange::Price { by, round, was } => (Some((*by, *round)), *was),
        BulkChange::Was { was } => (None, *was),
        BulkChange::State { .. } | BulkChange::Collection { .. } | BulkChange::Tag { .. } => {
            return Ok(Vec::new());
        }
    };
    let histories = price::histories(rx, &ids).await?;
    let row = |variant: &Variant| {
        let history = histories.get(&variant.id).map_or(&[][..], Vec::as_slice);
        let after = bulk::price_figures(variant, history, ctx.now(), (step, was));
        planned(variant, prices_of(variant), after)
    };
    Ok(variants.iter().map(row).collect())
}

pub(super) const fn prices_of(variant: &Variant) -> Figures {
    Figures::Price {
        price: variant.price,
        compare_at: variant.compare_at,
    }
}
