//! Changes of stock by hand: receipts, damage, returns, counts, corrections.

use kernel::{LocationId, OrderId, StockEntryId, StockTransferId, Timestamp, VariantId, event};
use platform::{
    Ctx, DbError, Tx,
    events::{self, Event},
    params,
};

use super::{Level, Units, after, open, warn_if_low};
use crate::{
    EntryKind, InventoryError, MAX_UNITS,
    events::StockAdjusted,
    ledger::{self, Movement, NewEntry},
    location,
};

/// A change of stock.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// What.
    pub variant_id: VariantId,
    /// Where; without it, the place that goods leave first.
    pub location: Option<LocationId>,
    /// Units that come in, or with a minus go.
    pub delta: i64,
    /// What kind of change.
    pub kind: EntryKind,
    /// Why, as a code: `received`, `damaged`, …
    pub reason: String,
    /// The order that it belongs to.
    pub order_id: Option<OrderId>,
    /// The transfer between two places that it belongs to; of an [`EntryKind::Transfer`], and only of one.
    pub transfer_id: Option<StockTransferId>,
    /// The name of this effect: a second change under the same name changes nothing.
    pub effect_key: Option<String>,
    /// When it happened, if not now; also in the past.
    pub effective_at: Option<Timestamp>,
    /// The entry that this one undoes.
    pub reverses: Option<StockEntryId>,
}

impl Adjustment {
    /// A change at the shop's first place, now, without order, effect key or reversal.
    #[must_use]
    pub fn new(
        variant_id: VariantId,
        delta: i64,
        kind: EntryKind,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            variant_id,
            location: None,
            delta,
            kind,
            reason: reason.into(),
            order_id: None,
            transfer_id: None,
            effect_key: None,
            effective_at: None,
            reverses: None,
        }
    }

    fn check(&self) -> Result<(), InventoryError> {
        if self.delta == 0 || !(-MAX_UNITS..=MAX_UNITS).contains(&self.delta) {
            return Err(InventoryError::InvalidQuantity);
        }
        // Goods that went to another place come back by another transfer, so that what is on its way stays true (S12).
        let transferred = self.kind == EntryKind::Transfer;
        let loose = transferred && (self.transfer_id.is_none() || self.reverses.is_some());
        if loose || (self.reverses.is_none() && !self.kind.allows(self.delta)) {
            return Err(InventoryError::WrongSign {
                kind: self.kind,
                delta: self.delta,
            });
        }
        Ok(())
    }
}

/// Changes stock: one entry of the ledger and the balance together. Begins to keep stock where none was kept.
///
/// A change whose effect key is in the ledger already returns the level as it is and writes nothing.
///
/// # Errors
/// [`InventoryError::BelowReserved`] when less would be left than is reserved; a wrong sign or number; an unknown
/// place or variant; an entry that is unknown, already reversed or not the opposite; an effect key of another change.
pub async fn adjust(tx: &mut Tx, ctx: &Ctx, change: Adjustment) -> Result<Level, InventoryError> {
    change.check()?;
    let location_id = match change.location {
        Some(id) => id,
        None => location::first(tx).await?,
    };
    let movement = Movement {
        variant_id: change.variant_id,
        location_id,
        quantity: change.delta,
        kind: change.kind,
    };
    if let Some(level) = already(tx, &change, movement).await? {
        return Ok(level);
    }
    if let Some(id) = change.reverses {
        check_reversal(tx, id, movement).await?;
    }
    let now = shift(tx, ctx, movement).await?;
    let entry = NewEntry {
        id: StockEntryId::new(),
        variant_id: change.variant_id,
        location_id,
        quantity: change.delta,
        kind: change.kind,
        reason: &change.reason,
        order_id: change.order_id,
        transfer_id: change.transfer_id,
        effect_key: change.effect_key.as_deref(),
        reverses: change.reverses,
        effective_at: change.effective_at.unwrap_or_else(|| ctx.now()),
    };
    if !ledger::write(tx, ctx, &entry).await? {
        return lost_race(tx, ctx, &change, movement).await;
    }
    let payload = StockAdjusted {
        variant_id: change.variant_id,
        location_id,
        entry_id: entry.id,
        kind: change.kind,
        delta: change.delta,
        reason: change.reason.clone(),
        on_hand: now.on_hand,
        reserved: now.reserved,
    };
    events::emit(
        tx,
        ctx,
        Event::new(event::STOCK_ADJUSTED, &payload).about(change.variant_id),
    )
    .await?;
    warn_if_low(
        tx,
        ctx,
        (change.variant_id, location_id),
        now,
        -change.delta,
    )
    .await?;
    after(tx, change.variant_id, location_id).await
}

/// Undoes an entry of the ledger with its exact opposite.
///
/// # Errors
/// As [`adjust`].
pub async fn reverse(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StockEntryId,
    reason: &str,
) -> Result<Level, InventoryError> {
    let undone = ledger::by_id(tx, id)
        .await?
        .ok_or(InventoryError::UnknownEntry(id))?;
    let change = Adjustment {
        location: Some(undone.location_id),
        reverses: Some(id),
        ..Adjustment::new(undone.variant_id, -undone.quantity, undone.kind, reason)
    };
    adjust(tx, ctx, change).await
}

/// Posts what a count found: the difference between what was counted and what the books said at the instant of
/// counting, so that a sale or receipt committed meanwhile stays counted (invariant S16). No difference, no entry.
///
/// # Errors
/// As [`adjust`].
pub async fn count(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    location_id: LocationId,
    counted: i64,
    expected: i64,
) -> Result<Level, InventoryError> {
    let bounds = -MAX_UNITS..=MAX_UNITS;
    if counted < 0 || !bounds.contains(&counted) || !bounds.contains(&expected) {
        return Err(InventoryError::InvalidQuantity);
    }
    if counted == expected {
        open(tx, ctx, variant_id, location_id).await?;
        return after(tx, variant_id, location_id).await;
    }
    let found = Adjustment::new(variant_id, counted - expected, EntryKind::Count, "count");
    adjust(
        tx,
        ctx,
        Adjustment {
            location: Some(location_id),
            ..found
        },
    )
    .await
}

/// The present level, when the change's effect is in the ledger already.
async fn already(
    tx: &mut Tx,
    change: &Adjustment,
    movement: Movement,
) -> Result<Option<Level>, InventoryError> {
    let Some(key) = &change.effect_key else {
        return Ok(None);
    };
    match ledger::by_effect(tx, key).await? {
        None => Ok(None),
        Some(done) if done == movement => {
            after(tx, done.variant_id, done.location_id).await.map(Some)
        }
        Some(_) => Err(InventoryError::EffectReused(key.clone())),
    }
}

async fn check_reversal(
    tx: &mut Tx,
    id: StockEntryId,
    movement: Movement,
) -> Result<(), InventoryError> {
    let undone = ledger::by_id(tx, id)
        .await?
        .ok_or(InventoryError::UnknownEntry(id))?;
    if (Movement {
        quantity: -undone.quantity,
        ..undone
    }) != movement
    {
        return Err(InventoryError::NotAReversal(id));
    }
    if ledger::is_reversed(tx, id).await? {
        return Err(InventoryError::AlreadyReversed(id));
    }
    Ok(())
}

/// Somebody else wrote the same effect or reversal while this change waited for the stock row: takes it back.
async fn lost_race(
    tx: &mut Tx,
    ctx: &Ctx,
    change: &Adjustment,
    movement: Movement,
) -> Result<Level, InventoryError> {
    let sql = "UPDATE stock SET on_hand = on_hand - $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2";
    tx.execute_one(
        sql,
        params![
            movement.variant_id,
            movement.location_id,
            movement.quantity,
            ctx.now()
        ],
    )
    .await?;
    match (already(tx, change, movement).await?, change.reverses) {
        (Some(level), _) => Ok(level),
        (None, Some(id)) => Err(InventoryError::AlreadyReversed(id)),
        (None, None) => Err(InventoryError::EffectReused(
            change.effect_key.clone().unwrap_or_default(),
        )),
    }
}

async fn shift(tx: &mut Tx, ctx: &Ctx, movement: Movement) -> Result<Units, InventoryError> {
    let Movement {
        variant_id,
        location_id,
        quantity: delta,
        ..
    } = movement;
    if let Some(units) = shift_row(tx, ctx, movement).await? {
        return Ok(units);
    }
    let sql =
        "SELECT on_hand, reserved, low_at FROM stock WHERE variant_id = $1 AND location_id = $2";
    if let Some(row) = tx.row(sql, params![variant_id, location_id]).await? {
        let Units {
            on_hand, reserved, ..
        } = Units::from_row(&row)?;
        return Err(InventoryError::BelowReserved {
            variant_id,
            location_id,
            on_hand,
            reserved,
            delta,
        });
    }
    if delta < 0 {
        location::check(tx, location_id).await?;
        return Err(InventoryError::BelowReserved {
            variant_id,
            location_id,
            on_hand: 0,
            reserved: 0,
            delta,
        });
    }
    open(tx, ctx, variant_id, location_id).await?;
    let opened = shift_row(tx, ctx, movement).await?;
    opened.ok_or(InventoryError::BelowReserved {
        variant_id,
        location_id,
        on_hand: 0,
        reserved: 0,
        delta,
    })
}

async fn shift_row(
    tx: &mut Tx,
    ctx: &Ctx,
    movement: Movement,
) -> Result<Option<Units>, InventoryError> {
    let sql = "UPDATE stock SET on_hand = on_hand + $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2 \
               AND (backorder OR on_hand + $3 >= reserved) RETURNING on_hand, reserved, low_at";
    let values = params![
        movement.variant_id,
        movement.location_id,
        movement.quantity,
        ctx.now()
    ];
    match tx.row(sql, values).await {
        Ok(row) => Ok(row.as_ref().map(Units::from_row).transpose()?),
        // The condition keeps every other CHECK, so this is the one of a place that is closed.
        Err(DbError::Constraint(_)) => Err(InventoryError::PlaceClosed(movement.location_id)),
        Err(error) => Err(error.into()),
    }
}
