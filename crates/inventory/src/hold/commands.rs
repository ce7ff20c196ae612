//! What can be done with holds: take one, let the goods leave, give it up, let it expire, change its end.

use kernel::{HoldId, OrderId, StockEntryId, Timestamp, VariantId, event};
use platform::{
    Ctx, DbError, Tx,
    events::{self, Event},
};

use super::{
    HoldEnd, HoldState, Outcome,
    rules::{self, Draw},
    store::{self, Taken},
};
use crate::{
    EntryKind, InventoryError, Shortage,
    events::{HeldUnits, StockHeld, StockReleased},
    ledger::{self, NewEntry},
    location, stock,
};

/// Reserves stock for an order: all lines or none (invariant S8), lines of one variant summed (S7). Each variant comes
/// from the first place that has all of it; only where no place has, from several.
///
/// # Errors
/// [`InventoryError::OutOfStock`] with every variant that is short; [`InventoryError::AlreadyHeld`] when the order
/// holds one of them already. Either has written nothing, so the flow may carry on.
pub async fn reserve(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    lines: &[(VariantId, i64)],
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<(), InventoryError> {
    let wants = rules::summed(lines)?;
    let mut taken = Vec::with_capacity(wants.len());
    let mut wanted = wants.iter();
    while let Some((variant_id, quantity)) = wanted.next() {
        if let Err(available) = take(tx, ctx, *variant_id, *quantity, &mut taken).await? {
            give_back(tx, ctx, &taken).await?;
            let mut short = vec![Shortage {
                variant_id: *variant_id,
                wanted: *quantity,
                available,
            }];
            for (variant_id, quantity) in wanted.by_ref() {
                let available = store::free(tx, *variant_id).await?;
                if available < *quantity {
                    short.push(Shortage {
                        variant_id: *variant_id,
                        wanted: *quantity,
                        available,
                    });
                }
            }
            return Err(InventoryError::OutOfStock { short });
        }
    }
    let holds: Vec<(HoldId, Taken)> = taken.iter().map(|taken| (HoldId::new(), *taken)).collect();
    if store::insert(tx, ctx, (order_id, reason, expires_at), &holds).await? != holds.len() as u64 {
        store::forget(tx, &holds).await?;
        give_back(tx, ctx, &taken).await?;
        return Err(InventoryError::AlreadyHeld { order_id });
    }
    let units = |(hold_id, t): &(HoldId, Taken)| HeldUnits {
        hold_id: *hold_id,
        variant_id: t.variant_id,
        location_id: t.location_id,
        quantity: t.quantity,
    };
    let payload = StockHeld {
        order_id,
        reason: reason.to_owned(),
        expires_at,
        holds: holds.iter().map(units).collect(),
    };
    events::emit(
        tx,
        ctx,
        Event::new(event::STOCK_HELD, &payload).about(order_id),
    )
    .await?;
    for t in taken {
        stock::warn_if_low(tx, ctx, (t.variant_id, t.location_id), t.after, t.quantity).await?;
    }
    Ok(())
}

/// Moves a buyer's stock from an older order to the newer one that takes its place: their own earlier hold does not
/// stand in their way, and the older order can no longer use it (invariant S10).
///
/// # Errors
/// As [`reserve`]; the older order's hold has then been given up, so the caller rolls back.
pub async fn replace(
    tx: &mut Tx,
    ctx: &Ctx,
    (older, newer): (OrderId, OrderId),
    lines: &[(VariantId, i64)],
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<(), InventoryError> {
    release(tx, ctx, older, HoldEnd::Released, "superseded").await?;
    reserve(tx, ctx, newer, lines, expires_at, reason).await
}

/// Lets goods leave: out of the order's own holds, whole or in part, into the ledger as a sale; what is left of a
/// hold stays held. What others could still buy plays no part, and does not change.
///
/// `effect_key` names this effect, the parcel for instance: a second call under the same name writes nothing.
///
/// # Errors
/// [`InventoryError::NotHeld`] when the order holds less, for instance because its hold has ended.
pub async fn commit(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    lines: &[(VariantId, i64)],
    effect_key: &str,
) -> Result<Outcome, InventoryError> {
    let wants = rules::summed(lines)?;
    let open = store::lock_open(tx, order_id).await?;
    let draws = match rules::draw(&open, &wants) {
        Ok(draws) => draws,
        Err(short) => {
            // Without enough left to draw from, the first call may have been the one that drew it.
            let first = wants
                .keys()
                .next()
                .map(|variant_id| entry_key(effect_key, *variant_id, 0))
                .unwrap_or_default();
            let done = ledger::by_effect(tx, &first).await?.is_some();
            return if done {
                Ok(Outcome::Already)
            } else {
                Err(InventoryError::NotHeld { order_id, short })
            };
        }
    };
    if !write_sales(tx, ctx, order_id, &draws, effect_key).await? {
        return Ok(Outcome::Already);
    }
    for draw in &draws {
        store::close(tx, ctx, draw, HoldState::Committed, "shipped").await?;
        store::take_off(
            tx,
            ctx,
            (draw.hold.variant_id, draw.hold.location_id),
            draw.quantity,
        )
        .await?;
    }
    Ok(Outcome::Done)
}

/// Ends everything that an order holds. How many holds that were; 0 when they had all ended before, and then nothing
/// was written.
///
/// # Errors
/// Whatever the database says.
pub async fn release(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    end: HoldEnd,
    reason: &str,
) -> Result<i64, InventoryError> {
    let closed = store::close_all(tx, ctx, order_id, end.state(), reason).await?;
    if closed.is_empty() {
        return Ok(0);
    }
    let mut holds = Vec::with_capacity(closed.len());
    for hold in closed {
        store::give_back(tx, ctx, (hold.variant_id, hold.location_id), hold.quantity).await?;
        holds.push(HeldUnits {
            hold_id: hold.id,
            variant_id: hold.variant_id,
            location_id: hold.location_id,
            quantity: hold.quantity,
        });
    }
    let ended = i64::try_from(holds.len()).unwrap_or(i64::MAX);
    let payload = StockReleased {
        order_id,
        end,
        reason: reason.to_owned(),
        holds,
    };
    events::emit(
        tx,
        ctx,
        Event::new(event::STOCK_RELEASED, &payload).about(order_id),
    )
    .await?;
    Ok(ended)
}

/// Gives up part of what an order holds, as when lines of it are cancelled.
///
/// # Errors
/// [`InventoryError::NotHeld`] when the order holds less.
pub async fn release_quantity(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    lines: &[(VariantId, i64)],
    reason: &str,
) -> Result<(), InventoryError> {
    let wants = rules::summed(lines)?;
    let open = store::lock_open(tx, order_id).await?;
    let draws =
        rules::draw(&open, &wants).map_err(|short| InventoryError::NotHeld { order_id, short })?;
    let mut holds = Vec::with_capacity(draws.len());
    for draw in draws {
        let (variant_id, location_id) = (draw.hold.variant_id, draw.hold.location_id);
        let hold_id = store::close(tx, ctx, &draw, HoldState::Released, reason).await?;
        store::give_back(tx, ctx, (variant_id, location_id), draw.quantity).await?;
        holds.push(HeldUnits {
            hold_id,
            variant_id,
            location_id,
            quantity: draw.quantity,
        });
    }
    let payload = StockReleased {
        order_id,
        end: HoldEnd::Released,
        reason: reason.to_owned(),
        holds,
    };
    events::emit(
        tx,
        ctx,
        Event::new(event::STOCK_RELEASED, &payload).about(order_id),
    )
    .await?;
    Ok(())
}

/// Changes until when and why an order's open holds are held, as when it is paid: then without end. How many they are;
/// 0 means that the order holds nothing any more.
///
/// # Errors
/// Whatever the database says.
pub async fn extend(
    tx: &mut Tx,
    order_id: OrderId,
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<i64, InventoryError> {
    let extended = store::extend(tx, order_id, expires_at, reason).await?;
    Ok(i64::try_from(extended).unwrap_or(i64::MAX))
}

/// Reserves one variant. The inner error is how much there is, when that is too little.
async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    quantity: i64,
    taken: &mut Vec<Taken>,
) -> Result<Result<(), i64>, InventoryError> {
    let first = match location::first_recently(tx, ctx).await {
        Err(InventoryError::NoLocation) => None,
        first => Some(first?),
    };
    if let Some(first) = first
        && let Some(whole) = store::take_from(tx, ctx, variant_id, (first, quantity)).await?
    {
        taken.push(whole);
        return Ok(Ok(()));
    }
    if let Some(whole) = store::take_whole(tx, ctx, variant_id, quantity).await? {
        taken.push(whole);
        return Ok(Ok(()));
    }
    let shelves = store::lock_shelves(tx, variant_id).await?;
    match rules::spread(quantity, shelves) {
        Ok(mut shares) => {
            shares.sort_unstable();
            for share in shares {
                taken.push(store::take_at(tx, ctx, variant_id, share).await?);
            }
            Ok(Ok(()))
        }
        Err(available) => Ok(Err(available)),
    }
}

async fn give_back(tx: &mut Tx, ctx: &Ctx, taken: &[Taken]) -> Result<(), DbError> {
    for t in taken {
        store::give_back(tx, ctx, (t.variant_id, t.location_id), t.quantity).await?;
    }
    Ok(())
}

/// The entries of a sale. False, and nothing written, when the ledger has them already.
async fn write_sales(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    draws: &[Draw],
    effect_key: &str,
) -> Result<bool, InventoryError> {
    let mut nth = 0;
    let mut last = None;
    for (index, Draw { hold, quantity }) in draws.iter().enumerate() {
        nth = if last == Some(hold.variant_id) {
            nth + 1
        } else {
            0
        };
        last = Some(hold.variant_id);
        let key = entry_key(effect_key, hold.variant_id, nth);
        let entry = NewEntry {
            id: StockEntryId::new(),
            variant_id: hold.variant_id,
            location_id: hold.location_id,
            quantity: -quantity,
            kind: EntryKind::Sale,
            reason: "shipped",
            order_id: Some(order_id),
            effect_key: Some(&key),
            reverses: None,
            effective_at: ctx.now(),
        };
        if !ledger::write(tx, ctx, &entry).await? {
            // Entries are immutable, so a half-repeated effect can only be refused by ending the transaction.
            return if index == 0 {
                Ok(false)
            } else {
                Err(DbError::Unique(key).into())
            };
        }
    }
    Ok(true)
}

/// The effect key of a sale's entry: one per variant, and one more for each further place that it came from.
fn entry_key(effect_key: &str, variant_id: VariantId, nth: usize) -> String {
    if nth == 0 {
        format!("{effect_key}:{variant_id}")
    } else {
        format!("{effect_key}:{variant_id}:{nth}")
    }
}
