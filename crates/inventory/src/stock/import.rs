//! Movements in bulk, for books that are brought in from elsewhere.

use std::collections::BTreeMap;

use kernel::{LocationId, OrderId, StockEntryId, Timestamp, VariantId};
use platform::{
    Ctx, Tx,
    db::{IntoValue, Value},
    params,
};

use super::places;
use crate::{EntryKind, InventoryError, MAX_UNITS};

/// A movement that happened before the shop kept its books here.
#[derive(Debug, Clone)]
pub struct ImportedEntry {
    /// What.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// Units that came in, or with a minus went.
    pub quantity: i64,
    /// What kind of movement.
    pub kind: EntryKind,
    /// Why, as a code.
    pub reason: String,
    /// The order that it belongs to.
    pub order_id: Option<OrderId>,
    /// The name of this effect; one that is in the ledger already fails the whole transaction.
    pub effect_key: Option<String>,
    /// When it happened.
    pub effective_at: Timestamp,
}

/// How many places one statement changes.
const CHUNK: usize = 128;

/// Writes many movements with few statements: the entries, and one change of each balance by its sum. No events: an
/// import is history, not news.
///
/// # Errors
/// [`InventoryError::BelowReserved`] when the sum of a batch would leave less than is reserved (write openings first);
/// a wrong sign or number. An unknown variant or place, or a used effect key, fails as [`InventoryError::Db`]. After
/// any error the caller rolls back.
pub async fn import_entries(
    tx: &mut Tx,
    ctx: &Ctx,
    entries: &[ImportedEntry],
) -> Result<(), InventoryError> {
    let mut sums: BTreeMap<(LocationId, VariantId), i64> = BTreeMap::new();
    for entry in entries {
        if entry.quantity == 0 || !(-MAX_UNITS..=MAX_UNITS).contains(&entry.quantity) {
            return Err(InventoryError::InvalidQuantity);
        }
        if !entry.kind.allows(entry.quantity) {
            return Err(InventoryError::WrongSign {
                kind: entry.kind,
                delta: entry.quantity,
            });
        }
        *sums
            .entry((entry.location_id, entry.variant_id))
            .or_default() += entry.quantity;
    }
    let mut by_place: BTreeMap<LocationId, Vec<(VariantId, i64)>> = BTreeMap::new();
    for ((location_id, variant_id), delta) in sums {
        by_place
            .entry(location_id)
            .or_default()
            .push((variant_id, delta));
    }
    for (location_id, changes) in &by_place {
        for part in changes.chunks(CHUNK) {
            open_all(tx, ctx, *location_id, part).await?;
            shift_all(tx, ctx, *location_id, part).await?;
        }
    }
    let actor = ctx.actor().label();
    let rows: Vec<Vec<Value>> = entries
        .iter()
        .map(|entry| ledger_row(ctx, entry, &actor))
        .collect();
    let columns = [
        "id",
        "variant_id",
        "location_id",
        "quantity",
        "kind",
        "reason",
        "order_id",
        "effect_key",
        "effective_at",
        "recorded_at",
        "actor",
    ];
    Ok(tx.insert_many("stock_ledger", &columns, &rows).await?)
}

fn ledger_row(ctx: &Ctx, entry: &ImportedEntry, actor: &str) -> Vec<Value> {
    params![
        StockEntryId::new(),
        entry.variant_id,
        entry.location_id,
        entry.quantity,
        entry.kind.code(),
        &entry.reason,
        entry.order_id,
        entry.effect_key.as_deref(),
        entry.effective_at,
        ctx.now(),
        actor
    ]
    .to_vec()
}

async fn open_all(
    tx: &mut Tx,
    ctx: &Ctx,
    location_id: LocationId,
    changes: &[(VariantId, i64)],
) -> Result<(), InventoryError> {
    let rows: Vec<String> = (0..changes.len())
        .map(|n| format!("(${}, $1, 0, 0, FALSE, $2)", n + 3))
        .collect();
    let sql = format!(
        "INSERT INTO stock (variant_id, location_id, on_hand, reserved, backorder, updated_at) VALUES {} \
         ON CONFLICT (variant_id, location_id) DO NOTHING",
        rows.join(", ")
    );
    let mut values = vec![location_id.into_value(), ctx.now().into_value()];
    values.extend(
        changes
            .iter()
            .map(|(variant_id, _)| variant_id.into_value()),
    );
    tx.execute(&sql, &values).await?;
    Ok(())
}

/// Changes many balances of one place; the rows are locked first, in their order.
async fn shift_all(
    tx: &mut Tx,
    ctx: &Ctx,
    location_id: LocationId,
    changes: &[(VariantId, i64)],
) -> Result<(), InventoryError> {
    let ids = places(2, changes.len());
    let lock = format!(
        "SELECT variant_id, on_hand, reserved, backorder FROM stock WHERE location_id = $1 AND variant_id IN ({ids}) \
         ORDER BY variant_id{}",
        tx.dialect().for_update()
    );
    let mut values = vec![location_id.into_value()];
    values.extend(
        changes
            .iter()
            .map(|(variant_id, _)| variant_id.into_value()),
    );
    let deltas: BTreeMap<VariantId, i64> = changes.iter().copied().collect();
    for row in tx.rows(&lock, &values).await? {
        let (variant_id, on_hand, reserved): (VariantId, i64, i64) = (
            row.get("variant_id")?,
            row.get("on_hand")?,
            row.get("reserved")?,
        );
        let delta = deltas.get(&variant_id).copied().unwrap_or_default();
        if !row.get::<bool>("backorder")? && on_hand + delta < reserved {
            return Err(InventoryError::BelowReserved {
                variant_id,
                location_id,
                on_hand,
                reserved,
                delta,
            });
        }
    }
    let arms: Vec<String> = (0..changes.len())
        .map(|n| {
            format!(
                "WHEN ${} THEN CAST(${} AS BIGINT)",
                n + 2,
                n + 2 + changes.len()
            )
        })
        .collect();
    let sql = format!(
        "UPDATE stock SET on_hand = on_hand + CASE variant_id {} END, updated_at = ${} WHERE location_id = $1 AND variant_id IN ({ids})",
        arms.join(" "),
        2 + 2 * changes.len()
    );
    values.extend(changes.iter().map(|(_, delta)| delta.into_value()));
    values.push(ctx.now().into_value());
    tx.execute(&sql, &values).await?;
    Ok(())
}
