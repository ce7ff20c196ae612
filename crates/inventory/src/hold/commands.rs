//! What can be done with holds: take one, let the goods leave, give it up, let it expire, change its end.

use std::collections::{BTreeMap, HashMap};

use kernel::{Address, HoldId, LocationId, OrderId, StockEntryId, Timestamp, VariantId, event};
use platform::{
    Ctx, DbError, Tx,
    events::{self, Event},
};

use super::{
    HoldEnd, HoldState, Outcome,
    rules::{self, Draw, OpenHold},
    store::{self, Taken},
};
use crate::{
    EntryKind, InventoryError, Shortage,
    events::{HeldUnits, StockHeld, StockMoved, StockReleased},
    ledger::{self, NewEntry},
    location, stock,
};

/// Reserves stock for an order as [`reserve_near`] does, wherever it goes.
///
/// # Errors
/// As [`reserve_near`].
pub async fn reserve(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    lines: &[(VariantId, i64)],
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<(), InventoryError> {
    let anywhere = Address::default();
    reserve_near(tx, ctx, (order_id, &anywhere), lines, expires_at, reason).await
}

/// Reserves stock for an order that goes to an address: all lines or none (invariant S8), lines of one variant summed
/// (S7).
///
/// Places are asked in the order of [`location::order_for`]. Where one place has everything it comes from there, else
/// from as few as a plan finds; a variant is shared between places only where none has all of it. The plan
/// costs one statement, and only orders of several variants in shops with several places that ship. It is advice: each
/// variant is taken by a statement that checks what is there, and where that has changed since, it comes from wherever
/// there is some.
///
/// # Errors
/// [`InventoryError::OutOfStock`] with every variant that is short; [`InventoryError::AlreadyHeld`] when the order
/// holds one of them already. Either has written nothing, so the flow may carry on.
pub async fn reserve_near(
    tx: &mut Tx,
    ctx: &Ctx,
    (order_id, to): (OrderId, &Address),
    lines: &[(VariantId, i64)],
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<(), InventoryError> {
    let wants = rules::summed(lines)?;
    let places = location::order_for(tx, ctx, to).await?;
    let planned = if wants.len() > 1 && places.len() > 1 {
        let free = store::free_by_place(tx, &wants).await?;
        rules::plan(&wants, &places, &free)
    } else {
        HashMap::new()
    };
    let mut taken = Vec::with_capacity(wants.len());
    let mut wanted = wants.iter();
    while let Some((variant_id, quantity)) = wanted.next() {
        let first = planned.get(variant_id).or(places.first()).copied();
        let want = (*variant_id, *quantity);
        if let Err(available) = take(tx, ctx, want, (first, &places), &mut taken).await? {
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
    commit_open(tx, ctx, order_id, (&open, &wants), effect_key).await
}

/// Lets goods leave from one place, as [`commit`] does. What the order holds of them elsewhere is held there first, as
/// far as that place has them to spare (`Stock Moved`).
///
/// # Errors
/// As [`commit`]; [`InventoryError::OutOfStock`] when the place has not so many to spare, and then the caller rolls back.
pub async fn commit_from(
    tx: &mut Tx,
    ctx: &Ctx,
    (order_id, place): (OrderId, LocationId),
    lines: &[(VariantId, i64)],
    effect_key: &str,
) -> Result<Outcome, InventoryError> {
    let wants = rules::summed(lines)?;
    let open = store::lock_open(tx, order_id).await?;
    if was_done(tx, &wants, effect_key).await? {
        return Ok(Outcome::Already);
    }
    rules::draw(&open, &wants).map_err(|short| InventoryError::NotHeld { order_id, short })?;
    move_to(tx, ctx, (order_id, place), (&open, &wants)).await?;
    let mut here = store::lock_open(tx, order_id).await?;
    here.retain(|hold| hold.location_id == place);
    commit_open(tx, ctx, order_id, (&here, &wants), effect_key).await
}

/// Moves holds to a place until it holds what is wanted. Stock rows change in the one order of locks.
async fn move_to(
    tx: &mut Tx,
    ctx: &Ctx,
    (order_id, place): (OrderId, LocationId),
    (open, wants): (&[OpenHold], &BTreeMap<VariantId, i64>),
) -> Result<(), InventoryError> {
    let mut moved = Vec::new();
    for (variant_id, wanted) in wants {
        let (here, elsewhere): (Vec<OpenHold>, Vec<OpenHold>) = open
            .iter()
            .filter(|hold| hold.variant_id == *variant_id)
            .copied()
            .partition(|hold| hold.location_id == place);
        let lacking = wanted - here.iter().map(|hold| hold.quantity).sum::<i64>();
        if lacking <= 0 {
            continue;
        }
        let draws = rules::draw(&elsewhere, &BTreeMap::from([(*variant_id, lacking)]))
            .map_err(|short| InventoryError::NotHeld { order_id, short })?;
        let mut changes: Vec<(LocationId, Option<Draw>)> = draws
            .into_iter()
            .map(|draw| (draw.hold.location_id, Some(draw)))
            .chain([(place, None)])
            .collect();
        changes.sort_unstable_by_key(|(location_id, _)| *location_id);
        for (location_id, draw) in changes {
            match draw {
                Some(draw) => {
                    let hold_id =
                        store::close(tx, ctx, &draw, HoldState::Released, "moved").await?;
                    store::give_back(tx, ctx, (*variant_id, location_id), draw.quantity).await?;
                    store::add_beside(tx, ctx, &draw.hold, (place, draw.quantity)).await?;
                    moved.push(HeldUnits {
                        hold_id,
                        variant_id: *variant_id,
                        location_id,
                        quantity: draw.quantity,
                    });
                }
                None => take_there(tx, ctx, *variant_id, (place, lacking)).await?,
            }
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let payload = StockMoved {
        order_id,
        to: place,
        holds: moved,
    };
    let told = Event::new(event::STOCK_MOVED, &payload).about(order_id);
    Ok(events::emit(tx, ctx, told).await?)
}

async fn take_there(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    (place, lacking): (LocationId, i64),
) -> Result<(), InventoryError> {
    match store::take_at(tx, ctx, variant_id, (place, lacking)).await? {
        Some(taken) => {
            Ok(stock::warn_if_low(tx, ctx, (variant_id, place), taken.after, lacking).await?)
        }
        None => Err(InventoryError::OutOfStock {
            short: vec![Shortage {
                variant_id,
                wanted: lacking,
                available: store::free_at(tx, variant_id, place).await?,
            }],
        }),
    }
}

/// Whether goods have left under this name before.
async fn was_done(
    tx: &mut Tx,
    wants: &BTreeMap<VariantId, i64>,
    effect_key: &str,
) -> Result<bool, InventoryError> {
    let first = wants
        .keys()
        .next()
        .map(|variant_id| entry_key(effect_key, *variant_id, 0))
        .unwrap_or_default();
    Ok(ledger::by_effect(tx, &first).await?.is_some())
}

async fn commit_open(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    (open, wants): (&[OpenHold], &BTreeMap<VariantId, i64>),
    effect_key: &str,
) -> Result<Outcome, InventoryError> {
    let draws = match rules::draw(open, wants) {
        Ok(draws) => draws,
        // Without enough left to draw from, the first call may have been the one that drew it.
        Err(_) if was_done(tx, wants, effect_key).await? => return Ok(Outcome::Already),
        Err(short) => return Err(InventoryError::NotHeld { order_id, short }),
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

/// Reserves one variant, from `first` if that has all of it. The inner error is how much there is, when that is too
/// little.
async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    (variant_id, quantity): (VariantId, i64),
    (first, places): (Option<LocationId>, &[LocationId]),
    taken: &mut Vec<Taken>,
) -> Result<Result<(), i64>, InventoryError> {
    if let Some(first) = first
        && let Some(whole) = store::take_from(tx, ctx, variant_id, (first, quantity)).await?
    {
        taken.push(whole);
        return Ok(Ok(()));
    }
    if let Some(whole) = store::take_whole(tx, ctx, (variant_id, quantity), places).await? {
        taken.push(whole);
        return Ok(Ok(()));
    }
    let shelves = store::lock_shelves(tx, variant_id, places).await?;
    match rules::spread(quantity, shelves) {
        Ok(mut shares) => {
            shares.sort_unstable();
            for share in shares {
                let locked = store::take_at(tx, ctx, variant_id, share).await?;
                taken.push(locked.ok_or_else(|| missing(variant_id, share.0))?);
            }
            Ok(Ok(()))
        }
        Err(available) => Ok(Err(available)),
    }
}

fn missing(variant_id: VariantId, location_id: LocationId) -> DbError {
    DbError::Missing(format!("stock of {variant_id} at {location_id}"))
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
            transfer_id: None,
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
