//! Changing many products at once: the form with what would come of it, and an edit as it goes on.

use std::collections::HashMap;

use catalog::{
    Facet, Product, ProductState, Variant, bulk,
    bulk::{BulkChange, BulkState, Figures, RowState},
    facet, product, variant,
};
use kernel::{BulkEditId, CollectionId, Locale, Money, Permission, ProductId, VariantId};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    bulk_list::{EditSummary, summary},
    product::{self as product_view, CollectionChoice},
    products::ProductTab,
};
use crate::{
    FlowError,
    flows::bulk_edit::{self, Selection},
};

/// Rows that a page shows; the figures above them count all.
const SHOWN: usize = 200;
/// Earlier edits beside the form.
const RECENT: i64 = 10;

/// The form of an edit, and what would come of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BulkPage {
    /// Whether everything that the filter finds is meant.
    pub all: bool,
    /// The filter's words.
    pub q: String,
    /// The filter's tab.
    pub state: ProductTab,
    /// The filter's collection.
    pub within: Option<CollectionId>,
    /// The products that were chosen one by one.
    pub products: Vec<ProductId>,
    /// How many products are meant.
    pub product_count: usize,
    /// What is to be changed, as the form names it; null before it is chosen.
    pub what: Option<String>,
    /// Everything that can be changed.
    pub choices: Vec<&'static str>,
    /// The field of the form that cannot be read.
    pub wrong: Option<&'static str>,
    /// All collections.
    pub collections: Vec<CollectionChoice>,
    /// Tags that goods have, by their spelling; only where one is to be chosen.
    pub tags: Vec<String>,
    /// What would come of it; null until the form says what to do.
    pub preview: Option<BulkPreview>,
    /// Earlier edits, newest first.
    pub recent: Vec<EditSummary>,
    /// What the reader may do.
    pub can: BulkCan,
}

/// What would come of an edit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BulkPreview {
    /// Rows that would change.
    pub changes: usize,
    /// Rows that are so already.
    pub same: usize,
    /// Rows that a rule refuses.
    pub refused: usize,
    /// The rows, refused ones first; at most 200.
    pub rows: Vec<PreviewRow>,
}

/// A row of the preview, or of an edit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewRow {
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub title: String,
    /// The variant's SKU, in a change of variants.
    pub sku: Option<String>,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// What it was.
    pub before: Shown,
    /// What it becomes; null where it is refused.
    pub after: Option<Shown>,
    /// `changes`, `same` or `refused` in a preview; the state of the row in an edit.
    pub state: &'static str,
    /// Why it was refused or left alone, as the key of a sentence.
    pub reason: Option<String>,
}

/// Figures as a page shows them; only what the edit is about is there.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Shown {
    /// The price.
    pub price: Option<Money>,
    /// The was-price.
    pub compare_at: Option<Money>,
    /// Whether the product is on sale.
    pub state: Option<ProductState>,
    /// The names of its collections.
    pub collections: Option<Vec<String>>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// The alert levels at the places that keep it.
    pub levels: Option<Vec<Option<i64>>>,
}

/// An edit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BulkEditPage {
    /// What and when.
    pub edit: EditSummary,
    /// Rows that were not reached yet, on the way that it goes now.
    pub left: i64,
    /// Rows that were changed and stand.
    pub done: i64,
    /// Rows that somebody had changed since the preview.
    pub changed: i64,
    /// Rows that a rule refused.
    pub refused: i64,
    /// Rows that are again as they were.
    pub undone: i64,
    /// Rows that undoing left alone.
    pub kept: i64,
    /// The rows, those that were left alone first; at most 200.
    pub rows: Vec<PreviewRow>,
    /// Whether it can be undone now.
    pub can_undo: bool,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BulkCan {
    /// Change products.
    pub write: bool,
}

/// What somebody asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whether everything that the filter finds is meant.
    pub all: bool,
    /// The filter's words.
    pub q: String,
    /// The filter's tab.
    pub state: ProductTab,
    /// The filter's collection.
    pub within: Option<CollectionId>,
    /// The products that were chosen one by one.
    pub products: Vec<ProductId>,
    /// What is to be changed, as the form names it.
    pub what: Option<String>,
    /// Everything that can be changed.
    pub choices: Vec<&'static str>,
    /// The change, or the field that cannot be read; none until there is enough to go by.
    pub change: Option<Result<BulkChange, &'static str>>,
}

impl Asked {
    /// Which products are meant.
    #[must_use]
    pub fn selection(&self) -> Selection {
        if !self.all {
            return Selection::Products(self.products.clone());
        }
        Selection::All(catalog::ProductFilter {
            state: self.state.state(),
            collection: self.within,
            q: Some(self.q.clone()).filter(|q| !q.is_empty()),
            ..catalog::ProductFilter::default()
        })
    }
}

/// Names of collections.
type Names = HashMap<CollectionId, String>;

/// The form of an edit with its preview.
///
/// # Errors
/// A selection that is too large, or whatever the database says.
pub async fn form(rx: &mut Rx, ctx: &Ctx, asked: Asked) -> Result<BulkPage, FlowError> {
    let selection = asked.selection();
    let collections = product_view::collections(rx, ctx.locale(), None).await?;
    let names: Names = collections
        .iter()
        .map(|c| (c.id, c.title.clone()))
        .collect();
    let product_count = match &selection {
        Selection::Products(ids) => ids.len(),
        Selection::All(filter) => {
            usize::try_from(product::count(rx, filter).await?).unwrap_or(usize::MAX)
        }
    };
    let preview = match &asked.change {
        Some(Ok(change)) => {
            let (products, variants, planned) =
                bulk_edit::plan(rx, ctx, &selection, change).await?;
            Some(preview(&products, &variants, planned, &names, ctx.locale()))
        }
        _ => None,
    };
    let recent = bulk::recent(rx, RECENT).await?;
    let tags = if asked
        .what
        .as_deref()
        .is_some_and(|what| what.starts_with("tag_"))
    {
        facet::values(rx, &Facet::Tag).await?
    } else {
        Vec::new()
    };
    Ok(BulkPage {
        all: asked.all,
        q: asked.q,
        state: asked.state,
        within: asked.within,
        products: asked.products,
        product_count,
        what: asked.what,
        choices: asked.choices,
        wrong: asked.change.and_then(Result::err),
        collections,
        tags,
        preview,
        recent: recent.iter().map(summary).collect(),
        can: BulkCan {
            write: ctx.allows(Permission::ProductsWrite),
        },
    })
}

fn preview(
    products: &[Product],
    variants: &[Variant],
    planned: Vec<bulk_edit::Planned>,
    names: &Names,
    locale: Locale,
) -> BulkPreview {
    let owners: HashMap<ProductId, &Product> = products.iter().map(|p| (p.id, p)).collect();
    let sold: HashMap<VariantId, &Variant> = variants.iter().map(|v| (v.id, v)).collect();
    let mut rows: Vec<PreviewRow> = planned
        .into_iter()
        .map(|row| {
            let variant = row.variant_id.and_then(|id| sold.get(&id).copied());
            let state = match (&row.after, row.changes()) {
                (Err(_), _) => "refused",
                (Ok(_), true) => "changes",
                (Ok(_), false) => "same",
            };
            PreviewRow {
                product_id: row.product_id,
                title: owners
                    .get(&row.product_id)
                    .map_or("", |p| p.title.get(locale))
                    .to_owned(),
                sku: variant.map(|v| v.sku.clone()),
                variant_title: variant.map(|v| v.title(locale)).filter(|t| !t.is_empty()),
                before: shown(&row.before, names),
                reason: row.after.as_ref().err().map(|key| (*key).to_owned()),
                after: row.after.ok().map(|after| shown(&after, names)),
                state,
            }
        })
        .collect();
    let count = |state: &str| rows.iter().filter(|row| row.state == state).count();
    let (changes, same, refused) = (count("changes"), count("same"), count("refused"));
    rows.sort_by_key(|row| match row.state {
        "refused" => 0,
        "changes" => 1,
        _ => 2,
    });
    rows.truncate(SHOWN);
    BulkPreview {
        changes,
        same,
        refused,
        rows,
    }
}

fn shown(figures: &Figures, names: &Names) -> Shown {
    let nothing = Shown::default();
    match figures {
        Figures::Price { price, compare_at } => Shown {
            price: Some(*price),
            compare_at: *compare_at,
            ..nothing
        },
        Figures::State { state } => Shown {
            state: Some(*state),
            ..nothing
        },
        Figures::Collections { ids } => Shown {
            collections: Some(ids.iter().filter_map(|id| names.get(id).cloned()).collect()),
            ..nothing
        },
        Figures::Tags { tags } => Shown {
            tags: Some(tags.clone()),
            ..nothing
        },
        Figures::Alert { levels } => Shown {
            levels: Some(levels.iter().map(|(_, level)| *level).collect()),
            ..nothing
        },
    }
}

/// An edit as it stands.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn edit(rx: &mut Rx, ctx: &Ctx, id: BulkEditId) -> Result<BulkEditPage, FlowError> {
    let locale = ctx.locale();
    let found = bulk::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let counts = bulk::counts(rx, id).await?;
    let of = |state: RowState| counts.get(&state).copied().unwrap_or_default();
    let rows = bulk::rows(rx, id, i64::try_from(SHOWN).unwrap_or(i64::MAX)).await?;
    let products: Vec<ProductId> = rows.iter().map(|row| row.product_id).collect();
    let owners = product::by_ids(rx, &products).await?;
    let variants = variant::of(rx, &products).await?;
    let collections = product_view::collections(rx, locale, None).await?;
    let names: Names = collections.into_iter().map(|c| (c.id, c.title)).collect();
    let undoing = matches!(found.state, BulkState::Undoing | BulkState::Undone);
    let row = |row: bulk::BulkRow| {
        let variant = variants.iter().find(|v| Some(v.id) == row.variant_id);
        let owner = owners.iter().find(|p| p.id == row.product_id);
        PreviewRow {
            product_id: row.product_id,
            title: owner.map_or("", |p| p.title.get(locale)).to_owned(),
            sku: variant.map(|v| v.sku.clone()),
            variant_title: variant.map(|v| v.title(locale)).filter(|t| !t.is_empty()),
            before: shown(&row.before, &names),
            after: Some(shown(&row.after, &names)),
            state: row.state.code(),
            reason: row.reason,
        }
    };
    Ok(BulkEditPage {
        left: if undoing {
            of(RowState::Done)
        } else {
            of(RowState::Waiting)
        },
        done: of(RowState::Done),
        changed: of(RowState::Changed),
        refused: of(RowState::Refused),
        undone: of(RowState::Undone),
        kept: of(RowState::Kept),
        rows: rows.into_iter().map(row).collect(),
        can_undo: found.state == BulkState::Applied
            && of(RowState::Done) > 0
            && ctx.allows(Permission::ProductsWrite),
        edit: summary(&found),
    })
}
