//! What the clock does in the catalogue: it hears what can be bought, lets go what is too old for its collection, and
//! puts on sale and takes off what was planned, and ends the reductions that were announced to end.

use catalog::{collection, product, reduction};
use platform::Ctx;

use crate::{FlowError, views::shelf};

/// Products in one transaction.
const BATCH: i64 = 500;

/// Tells the catalogue which products can be bought now, at most 500 of them, and says how many there were.
///
/// # Errors
/// Whatever the database says.
pub async fn note_stock(ctx: &Ctx) -> Result<usize, FlowError> {
    ctx.write(async |tx, ctx| {
        let changes = shelf::stock_changes(tx, BATCH).await?;
        if !changes.is_empty() {
            collection::note_stock(tx, ctx, &changes).await?;
        }
        Ok(changes.len())
    })
    .await
}

/// Lets go what has become too old for its collection.
///
/// # Errors
/// Whatever the database says.
pub async fn let_go(ctx: &Ctx) -> Result<(), FlowError> {
    ctx.write(async |tx, ctx| Ok(collection::refresh_by_time(tx, ctx).await?))
        .await
}

/// Carries out what was planned for now, at most 500 products and as many reductions, and says how many there were.
///
/// # Errors
/// Whatever the database says.
pub async fn carry_out_plans(ctx: &Ctx) -> Result<usize, FlowError> {
    ctx.write(async |tx, ctx| {
        let ended = reduction::end_due(tx, ctx, BATCH).await?;
        Ok(ended + product::carry_out(tx, ctx, BATCH).await?)
    })
    .await
}
