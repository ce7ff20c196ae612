//! Bringing goods in: what a file says is compared with what is there, and only what differs is written. So the same
//! file again changes nothing, and an import that was broken off goes on where it is started again.
//!
//! Products are written a few at a time, each by itself: one that is refused leaves the others alone. What bundles are
//! made of and what lies in stock comes last, when everything that a row may name is there.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use catalog::{AttributeDefinition, CatalogError, attribute, collection, picture_import};
use inventory::{InventoryError, location};
use kernel::{CollectionId, LocationId, PictureImportId};
use platform::{Ctx, Rx, Tx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Goods, PictureSource, Read, Remark, put::put, rest::rest};
use crate::FlowError;

/// Products in one transaction: few enough that no order waits for them.
const BATCH: usize = 8;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows below the heading.
    pub rows: usize,
    /// Products that are new.
    pub created: usize,
    /// Products that were there and are changed.
    pub changed: usize,
    /// Products that are so already.
    pub same: usize,
    /// Rows that were left out.
    pub left_out: usize,
    /// Pictures that are fetched from their addresses.
    pub pictures: usize,
    /// Where it is told how far they have come; null when there are none, or nothing was written.
    pub picture_import_id: Option<PictureImportId>,
    /// What is wrong or has no home, by line.
    pub remarks: Vec<Remark>,
}

/// What became of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Became {
    Same,
    Changed,
    New,
}

/// Why a product, or one of its rows, was refused.
pub(super) struct Refusal {
    line: u64,
    column: &'static str,
    value: String,
    error: FlowError,
}

/// What ends a transaction.
enum Ended {
    /// The end of a dry run: everything is rolled back, and this is what would have come of it.
    Dry(Outcome),
    /// The database failed.
    Failed(FlowError),
}

impl From<platform::DbError> for Ended {
    fn from(error: platform::DbError) -> Self {
        Self::Failed(error.into())
    }
}

/// What came of some products.
#[derive(Debug, Clone, Default)]
struct Outcome {
    became: Vec<(String, Became)>,
    remarks: Vec<Remark>,
    /// Pictures to be fetched.
    pictures: usize,
}

/// What rows may name.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Collections by handle.
    pub(super) collections: HashMap<String, CollectionId>,
    /// The lines of all sheets, by the codes of their attributes.
    pub(super) sheet: BTreeMap<String, AttributeDefinition>,
    /// Places by code.
    pub(super) places: HashMap<String, LocationId>,
    /// The place that goods leave first.
    pub(super) first: Option<LocationId>,
    /// SKUs that the file brings, for a dry run.
    pub(super) skus: BTreeSet<String>,
    /// Whether nothing is kept.
    pub(super) dry_run: bool,
    /// The import of its pictures, where some are fetched.
    pub(super) pictures: Option<PictureImportId>,
    /// The heading of the column that names pictures.
    pub(super) picture_column: &'static str,
}

impl Known {
    async fn load(rx: &mut Rx, read: &Read, dry_run: bool) -> Result<Self, FlowError> {
        let mut known = Self {
            dry_run,
            picture_column: read.picture_column,
            ..Self::default()
        };
        let mut lines = Vec::new();
        for node in collection::tree(rx).await? {
            for one in std::iter::once(node.collection).chain(node.children) {
                lines.extend(one.attributes);
                known.collections.insert(one.handle, one.id);
            }
        }
        let lines = attribute::joined(lines).into_iter();
        known.sheet = lines.map(|line| (line.code.clone(), line)).collect();
        for place in location::list(rx).await? {
            known.first = known.first.or(Some(place.id));
            known.places.insert(place.code, place.id);
        }
        let skus = read.goods.iter().flat_map(|goods| &goods.variants);
        known.skus = skus.map(|variant| variant.sku.clone()).collect();
        Ok(known)
    }
}

/// Brings in what a file holds. With `dry_run` everything is tried and nothing kept. `progress` hears how many products
/// are done, of how many.
///
/// # Errors
/// Whatever the database says; what was written before stays, and the same import again goes on from there.
pub async fn import(
    ctx: &Ctx,
    read: Read,
    dry_run: bool,
    mut progress: impl FnMut(usize, usize),
) -> Result<Report, FlowError> {
    let mut known = {
        let (read, dry) = (read.clone(), dry_run);
        ctx.read(async move |rx, _| Known::load(rx, &read, dry).await)
            .await?
    };
    if !dry_run && read.fetches() {
        let begun = ctx
            .write(async |tx, ctx| picture_import::begin(tx, ctx).await)
            .await?;
        known.pictures = Some(begun);
    }
    let known = Arc::new(known);
    let mut pictures = 0;
    let mut became: BTreeMap<String, Became> = BTreeMap::new();
    let mut remarks = read.remarks;
    let all = read.goods.len();
    for (index, part) in read.goods.chunks(BATCH).enumerate() {
        let outcome = write(ctx, part.to_vec(), Arc::clone(&known), Pass::Goods).await?;
        became.extend(outcome.became);
        remarks.extend(outcome.remarks);
        pictures += outcome.pictures;
        progress((index * BATCH + part.len()).min(all), all);
    }
    // What was refused has no parts and no stock either.
    let taken = read
        .goods
        .iter()
        .filter(|goods| became.contains_key(&goods.handle));
    let taken: Vec<Goods> = taken.cloned().collect();
    for part in taken.chunks(BATCH) {
        let outcome = write(ctx, part.to_vec(), Arc::clone(&known), Pass::Rest).await?;
        for (handle, one) in outcome.became {
            let entry = became.entry(handle).or_insert(one);
            *entry = (*entry).max(one);
        }
        remarks.extend(outcome.remarks);
    }
    remarks.sort_by(|a, b| (a.line, &a.column).cmp(&(b.line, &b.column)));
    let count = |what: Became| became.values().filter(|one| **one == what).count();
    let left_out: BTreeSet<u64> = remarks
        .iter()
        .filter(|r| r.row_left_out)
        .map(|r| r.line)
        .collect();
    Ok(Report {
        dry_run,
        rows: read.rows,
        created: count(Became::New),
        changed: count(Became::Changed),
        same: count(Became::Same),
        left_out: left_out.len(),
        pictures,
        picture_import_id: known.pictures.filter(|_| pictures > 0),
        remarks,
    })
}

impl Read {
    /// Whether some of its pictures are at addresses.
    fn fetches(&self) -> bool {
        let mut pictures = self
            .goods
            .iter()
            .flat_map(|goods| &goods.pictures)
            .flatten();
        pictures.any(|picture| matches!(picture.source, PictureSource::Address(_)))
    }
}

/// What is written when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Products and variants.
    Goods,
    /// What they are made of, and their stock.
    Rest,
}

async fn write(
    ctx: &Ctx,
    part: Vec<Goods>,
    known: Arc<Known>,
    pass: Pass,
) -> Result<Outcome, FlowError> {
    let ended = ctx
        .write(async move |tx, ctx| {
            let mut outcome = Outcome::default();
            for goods in &part {
                one(tx, ctx, goods, &known, pass, &mut outcome)
                    .await
                    .map_err(Ended::Failed)?;
            }
            if known.dry_run {
                Err(Ended::Dry(outcome))
            } else {
                Ok(outcome)
            }
        })
        .await;
    match ended {
        Ok(outcome) | Err(Ended::Dry(outcome)) => Ok(outcome),
        Err(Ended::Failed(error)) => Err(error),
    }
}

async fn one(
    tx: &mut Tx,
    ctx: &Ctx,
    goods: &Goods,
    known: &Known,
    pass: Pass,
    outcome: &mut Outcome,
) -> Result<(), FlowError> {
    if pass == Pass::Rest {
        for row in &goods.variants {
            let done = attempt(tx, async |tx| rest(tx, ctx, row, known).await).await?;
            settle(done, goods, outcome);
        }
        return Ok(());
    }
    let mut notes = Vec::new();
    let done = attempt(tx, async |tx| put(tx, ctx, goods, known, &mut notes).await).await?;
    let done = done.map(|(became, pictures)| {
        outcome.remarks.append(&mut notes);
        outcome.pictures += pictures;
        became
    });
    settle(done, goods, outcome);
    Ok(())
}

fn settle(done: Result<Became, Refusal>, goods: &Goods, outcome: &mut Outcome) {
    match done {
        Ok(became) => outcome.became.push((goods.handle.clone(), became)),
        Err(refusal) => {
            let key = key_of(&refusal.error);
            let remark = Remark::refused(refusal.line, refusal.column, refusal.value, key);
            outcome.remarks.push(remark);
        }
    }
}

fn key_of(error: &FlowError) -> &'static str {
    match error {
        FlowError::Catalog(error) => error.key(),
        FlowError::Inventory(error) => error.key(),
        _ => "error-invalid-value",
    }
}

/// Runs a part under a savepoint: a refusal undoes it alone, a failure of the database ends everything.
async fn attempt<T>(
    tx: &mut Tx,
    part: impl AsyncFnOnce(&mut Tx) -> Result<T, Refusal>,
) -> Result<Result<T, Refusal>, FlowError> {
    match tx.attempt(part).await {
        Err(Refusal {
            error:
                error @ (FlowError::Db(_)
                | FlowError::Catalog(CatalogError::Db(_))
                | FlowError::Inventory(InventoryError::Db(_))),
            ..
        }) => Err(error),
        done => Ok(done),
    }
}

impl From<platform::DbError> for Refusal {
    fn from(error: platform::DbError) -> Self {
        Self {
            line: 0,
            column: "",
            value: String::new(),
            error: error.into(),
        }
    }
}

/// A refusal of a cell.
pub(super) fn at<E: Into<FlowError>>(
    line: u64,
    column: &'static str,
    value: &str,
) -> impl FnOnce(E) -> Refusal {
    let value = value.to_owned();
    move |error| {
        let error = error.into();
        // Some refusals know better which cell they are about.
        let column = match &error {
            FlowError::Catalog(
                CatalogError::SkuTaken { .. } | CatalogError::CodeInvalid { .. },
            ) => "sku",
            FlowError::Catalog(
                CatalogError::HandleInvalid { .. } | CatalogError::HandleTaken { .. },
            ) => "handle",
            FlowError::Catalog(CatalogError::PriceInvalid { .. } | CatalogError::CurrencyMixed) => {
                "price"
            }
            FlowError::Catalog(CatalogError::MeasureInvalid) => "weight_g",
            FlowError::Catalog(
                CatalogError::OptionsMismatch { .. } | CatalogError::OptionsTaken { .. },
            ) => "value1",
            _ => column,
        };
        Refusal {
            line,
            column,
            value,
            error,
        }
    }
}
