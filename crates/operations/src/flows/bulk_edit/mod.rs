//! Changing many products at once: what would come of it, doing it in small transactions by a job, and undoing the
//! whole. A row that is not as the preview saw it is left alone, both ways.

mod plan;

use catalog::{
    CatalogError, ProductState, bulk,
    bulk::{BulkChange, BulkEdit, BulkRow, BulkState, Figures, RowState},
    collection, price,
    product::{self, ProductIdentity},
    variant,
};
use inventory::stock;
use kernel::{BulkEditId, CollectionId, LocationId, ProductId, Role, StaffId, VariantId};
use platform::{
    Actor, Ctx, Tx,
    jobs::{self, Failure, JobRun, NewJob},
};
use serde::{Deserialize, Serialize};

use plan::prices_of;
pub use plan::{Planned, Selection, plan};

use crate::FlowError;

/// The kind of the job that works through an edit.
pub(crate) const WORK: &str = "catalog.bulk_edit";
/// Rows in one transaction: few enough that no order waits for them.
const BATCH: i64 = 25;
/// Why a price was changed, as its history keeps it.
const REASON: &str = "bulk_edit";

/// Begins an edit: writes down what each row that changes is and becomes, and queues the work.
///
/// # Errors
/// As [`plan`]; [`FlowError::WrongState`] when nothing would change.
pub async fn begin(
    ctx: &Ctx,
    selection: Selection,
    change: BulkChange,
) -> Result<BulkEditId, FlowError> {
    ctx.write(async move |tx, ctx| {
        let (_, _, planned) = plan(tx, ctx, &selection, &change).await?;
        let rows: Vec<BulkRow> = (0_i64..)
            .zip(planned.into_iter().filter(Planned::changes))
            .filter_map(|(position, row)| {
                Some(BulkRow {
                    position,
                    product_id: row.product_id,
                    variant_id: row.variant_id,
                    before: row.before,
                    after: row.after.ok()?,
                    state: RowState::Waiting,
                    reason: None,
                })
            })
            .collect();
        if rows.is_empty() {
            return Err(FlowError::WrongState);
        }
        let id = bulk::begin(tx, ctx, &change, &rows).await?;
        queue(tx, ctx, id, "apply").await?;
        Ok(id)
    })
    .await
}

/// Begins to undo an edit as a whole.
///
/// # Errors
/// [`FlowError::NotFound`]; [`FlowError::WrongState`] unless every row was reached and nothing undone yet.
pub async fn undo(ctx: &Ctx, id: BulkEditId) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        bulk::by_id(tx, id).await?.ok_or(FlowError::NotFound)?;
        if !bulk::start_undo(tx, id).await? {
            return Err(FlowError::WrongState);
        }
        queue(tx, ctx, id, "undo").await
    })
    .await
}

/// What the job needs: the edit, and who made or undoes it, so that histories name them.
#[derive(Debug, Serialize, Deserialize)]
struct Work {
    id: BulkEditId,
    by: Option<By>,
}

/// A member of staff.
#[derive(Debug, Serialize, Deserialize)]
struct By {
    id: StaffId,
    name: String,
    role: Role,
}

impl By {
    fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Staff { id, name, role } => Some(Self {
                id: *id,
                name: name.to_string(),
                role: *role,
            }),
            _ => None,
        }
    }

    fn acting(&self, ctx: &Ctx) -> Ctx {
        let actor = Actor::Staff {
            id: self.id,
            name: self.name.as_str().into(),
            role: self.role,
        };
        ctx.acting(actor, self.role.permissions())
    }
}

async fn queue(tx: &mut Tx, ctx: &Ctx, id: BulkEditId, what: &str) -> Result<(), FlowError> {
    let by = By::of(ctx.actor());
    let job = NewJob::new(WORK, &Work { id, by }).unique(format!("{WORK}:{id}:{what}"));
    jobs::enqueue(tx, ctx, job).await?;
    Ok(())
}

/// Works through an edit or its undoing, a few rows in each transaction.
pub(crate) async fn work(ctx: Ctx, run: JobRun) -> Result<(), Failure> {
    let Work { id, by } = run.payload()?;
    let ctx = by.map_or_else(|| ctx.clone(), |by| by.acting(&ctx));
    while batch(&ctx, id)
        .await
        .map_err(|error| Failure::Retry(error.to_string()))?
    {}
    Ok(())
}

/// A few more rows; false when there were none left.
async fn batch(ctx: &Ctx, id: BulkEditId) -> Result<bool, FlowError> {
    ctx.write(async move |tx, ctx| {
        let edit = bulk::by_id(tx, id).await?.ok_or(FlowError::NotFound)?;
        let Some(way) = Way::of(&edit) else {
            return Ok(false);
        };
        let rows = bulk::waiting(tx, id, way.from, BATCH).await?;
        for row in &rows {
            one(tx, ctx, id, row, way).await?;
        }
        if rows.is_empty() {
            bulk::finish(tx, ctx, id).await?;
        }
        Ok(!rows.is_empty())
    })
    .await
}

/// Forth or back.
#[derive(Debug, Clone, Copy)]
struct Way {
    back: bool,
    from: RowState,
    to: RowState,
    /// Where a row ends that was changed by somebody else meanwhile.
    left: RowState,
    /// Where a row ends that a rule refuses.
    refused: RowState,
}

impl Way {
    const fn of(edit: &BulkEdit) -> Option<Self> {
        match edit.state {
            BulkState::Applying => Some(Self {
                back: false,
                from: RowState::Waiting,
                to: RowState::Done,
                left: RowState::Changed,
                refused: RowState::Refused,
            }),
            BulkState::Undoing => Some(Self {
                back: true,
                from: RowState::Done,
                to: RowState::Undone,
                left: RowState::Kept,
                refused: RowState::Kept,
            }),
            BulkState::Applied | BulkState::Undone => None,
        }
    }
}

async fn one(
    tx: &mut Tx,
    ctx: &Ctx,
    id: BulkEditId,
    row: &BulkRow,
    way: Way,
) -> Result<(), FlowError> {
    let at = (id, row.position);
    if !bulk::claim(tx, at, way.from, way.to).await? {
        return Ok(());
    }
    let (before, after) = if way.back {
        (&row.after, &row.before)
    } else {
        (&row.before, &row.after)
    };
    let target = (row.product_id, row.variant_id);
    let done = tx
        .attempt(async |tx| reach(tx, ctx, target, before, after, way.back).await)
        .await;
    match done {
        Ok(true) => Ok(()),
        Ok(false) => Ok(bulk::mark(tx, at, way.left, Some("bulk-changed-since")).await?),
        Err(FlowError::Catalog(error)) if !matches!(error, CatalogError::Db(_)) => {
            Ok(bulk::mark(tx, at, way.refused, Some(error.key())).await?)
        }
        Err(FlowError::Inventory(error)) if !matches!(error, inventory::InventoryError::Db(_)) => {
            Ok(bulk::mark(tx, at, way.refused, Some(error.key())).await?)
        }
        Err(error) => Err(error),
    }
}

/// Brings a row from what it was to what it becomes; false, and nothing written, when it is not what it was.
async fn reach(
    tx: &mut Tx,
    ctx: &Ctx,
    (product_id, variant_id): (ProductId, Option<VariantId>),
    before: &Figures,
    after: &Figures,
    back: bool,
) -> Result<bool, FlowError> {
    product::lock(tx, product_id).await?;
    match (before, after, variant_id) {
        (Figures::Price { .. }, Figures::Price { price, compare_at }, Some(id)) => {
            let now = variant::by_id(tx, id).await?.ok_or(FlowError::NotFound)?;
            if prices_of(&now) != *before {
                return Ok(false);
            }
            // Going back, a was-price that is no longer true stays away (GOV-08); the price goes back all the same.
            let told = tx
                .attempt(async |tx| price::set(tx, ctx, id, *price, *compare_at, REASON).await)
                .await;
            match told {
                Err(CatalogError::CompareAt(_)) if back => {
                    price::set(tx, ctx, id, *price, None, REASON).await?;
                }
                told => told?,
            }
        }
        (Figures::State { state: from }, Figures::State { state: to }, _) => {
            let now = product::by_id(tx, product_id)
                .await?
                .ok_or(FlowError::NotFound)?;
            if now.state != *from {
                return Ok(false);
            }
            live(tx, ctx, product_id, *from, *to).await?;
        }
        (Figures::Collections { ids }, Figures::Collections { ids: wanted }, _) => {
            let found = collection::of_products(tx, &[product_id]).await?;
            let mut now: Vec<CollectionId> = found.into_iter().map(|(_, c)| c.id).collect();
            now.sort_unstable();
            if now != *ids {
                return Ok(false);
            }
            collection::place_product(tx, ctx, product_id, wanted).await?;
        }
        (Figures::Tags { tags }, Figures::Tags { tags: wanted }, _) => {
            let now = product::by_id(tx, product_id)
                .await?
                .ok_or(FlowError::NotFound)?;
            if now.identity.tags != *tags {
                return Ok(false);
            }
            let identity = ProductIdentity {
                tags: wanted.clone(),
                ..now.identity
            };
            product::update_identity(tx, ctx, product_id, identity).await?;
        }
        (Figures::Alert { levels }, Figures::Alert { levels: wanted }, Some(id)) => {
            let mut found = stock::alert_levels(tx, &[id]).await?;
            if found.remove(&id).unwrap_or_default() != *levels {
                return Ok(false);
            }
            for (place, low_at) in changed(levels, wanted) {
                stock::set_low_at(tx, ctx, id, place, low_at).await?;
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn changed(
    levels: &[(LocationId, Option<i64>)],
    wanted: &[(LocationId, Option<i64>)],
) -> Vec<(LocationId, Option<i64>)> {
    let differ = wanted.iter().filter(|level| !levels.contains(level));
    differ.copied().collect()
}

/// The steps from one state to another; out of the archive every way leads over the draft.
pub(crate) async fn live(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    from: ProductState,
    to: ProductState,
) -> Result<(), FlowError> {
    if from == ProductState::Archived && to != ProductState::Archived {
        product::restore(tx, ctx, id).await?;
    }
    match to {
        ProductState::Published => product::publish(tx, ctx, id).await?,
        ProductState::Draft if from == ProductState::Published => {
            product::unpublish(tx, ctx, id).await?;
        }
        ProductState::Draft => {}
        ProductState::Archived => product::archive(tx, ctx, id).await?,
    }
    Ok(())
}
