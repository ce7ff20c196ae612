//! What can be done with transfers: begin one, change it, send it, receive it in parts, give it up.

use std::collections::BTreeMap;

use kernel::{LocationId, StockTransferId, VariantId, event};
use platform::{
    Ctx, Tx,
    events::{self, Event},
    params,
};

use super::{LINES, Transfer, TransferLine, TransferState, WORDS, lines_of};
use crate::{
    Adjustment, EntryKind, InventoryError, MAX_UNITS, Outcome, PlaceState,
    events::{TransferMoved, Units},
    location, stock,
};

/// A transfer as somebody puts it together.
#[derive(Debug, Clone)]
pub struct TransferDraft {
    /// Where the goods leave.
    pub from: LocationId,
    /// Where they go.
    pub to: LocationId,
    /// What somebody writes about it.
    pub note: String,
    /// Units of each variant; those of one variant are summed.
    pub lines: Vec<(VariantId, i64)>,
}

/// Goods that arrive.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// Units of each variant, as they were counted; more than were sent is a surplus.
    pub arrived: Vec<(VariantId, i64)>,
    /// Whether nothing more will come: what is still on its way is then booked as missing.
    pub last: bool,
    /// Why something is missing or too many; needed only then.
    pub reason: String,
    /// The name of this effect, never empty: a second arrival under the same name changes nothing.
    pub effect_key: String,
}

fn wrong(field: &'static str, key: &'static str) -> InventoryError {
    InventoryError::TransferInvalid { field, key }
}

impl TransferDraft {
    /// Units of each variant, in the order of locks.
    fn checked(&self) -> Result<BTreeMap<VariantId, i64>, InventoryError> {
        if self.from == self.to {
            return Err(wrong("to", "error-transfer-same-place"));
        }
        if self.note.chars().count() > WORDS {
            return Err(wrong("note", "error-too-long"));
        }
        let mut sums: BTreeMap<VariantId, i64> = BTreeMap::new();
        for (variant_id, quantity) in &self.lines {
            let sum = sums.entry(*variant_id).or_default();
            *sum = sum.saturating_add(*quantity);
            if *quantity < 1 || *sum > MAX_UNITS {
                return Err(wrong("lines", "error-stock-quantity"));
            }
        }
        if sums.is_empty() {
            return Err(wrong("lines", "error-transfer-empty"));
        }
        if sums.len() > LINES {
            return Err(wrong("lines", "error-transfer-long"));
        }
        Ok(sums)
    }
}

/// Begins a transfer; nothing moves yet.
///
/// # Errors
/// [`InventoryError::TransferInvalid`] naming the field; a place that is unknown or closed; an unknown variant. The
/// caller rolls back.
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    draft: &TransferDraft,
) -> Result<StockTransferId, InventoryError> {
    let lines = draft.checked()?;
    open_places(tx, draft.from, draft.to).await?;
    let id = StockTransferId::new();
    let sql = "INSERT INTO stock_transfers (id, number, from_id, to_id, state, note, created_at, actor) \
               VALUES ($1, (SELECT COALESCE(MAX(number), 1000) + 1 FROM stock_transfers), $2, $3, 'draft', $4, $5, $6)";
    let values = params![
        id,
        draft.from,
        draft.to,
        draft.note.trim(),
        ctx.now(),
        ctx.actor().label()
    ];
    tx.execute_one(sql, values).await?;
    write_lines(tx, id, &lines).await?;
    step(tx, ctx, id, &Step::plain("created")).await?;
    Ok(id)
}

/// Replaces what a draft is to move.
///
/// # Errors
/// As [`create`]; [`InventoryError::TransferState`] for one that is no draft any more.
pub async fn edit(
    tx: &mut Tx,
    id: StockTransferId,
    draft: &TransferDraft,
) -> Result<(), InventoryError> {
    let lines = draft.checked()?;
    open_places(tx, draft.from, draft.to).await?;
    let known = lock(tx, id).await?;
    if known.state != TransferState::Draft {
        return Err(InventoryError::TransferState(id));
    }
    let sql = "UPDATE stock_transfers SET from_id = $2, to_id = $3, note = $4 WHERE id = $1";
    tx.execute_one(sql, params![id, draft.from, draft.to, draft.note.trim()])
        .await?;
    let sql = "DELETE FROM stock_transfer_lines WHERE transfer_id = $1";
    tx.execute(sql, params![id]).await?;
    write_lines(tx, id, &lines).await
}

/// Lets the goods leave. Only what no order holds can go.
///
/// # Errors
/// [`InventoryError::BelowReserved`] when there is less to spare, [`InventoryError::TransferState`] for one that was
/// cancelled, a place that was closed meanwhile. The caller rolls back.
pub async fn send(tx: &mut Tx, ctx: &Ctx, id: StockTransferId) -> Result<Outcome, InventoryError> {
    let places = location::lock_all(tx).await?;
    let transfer = lock(tx, id).await?;
    match transfer.state {
        TransferState::Draft => {}
        TransferState::Sent | TransferState::Received => return Ok(Outcome::Already),
        TransferState::Cancelled => return Err(InventoryError::TransferState(id)),
    }
    for place in [transfer.from, transfer.to] {
        if location::state_in(&places, place)? == PlaceState::Closed {
            return Err(InventoryError::PlaceClosed(place));
        }
    }
    let sql = "UPDATE stock_transfers SET state = 'sent', sent_at = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, ctx.now()]).await?;
    step(tx, ctx, id, &Step::plain("sent")).await?;
    let mut units = Vec::with_capacity(transfer.lines.len());
    for line in &transfer.lines {
        let leaving = Adjustment {
            location: Some(transfer.from),
            transfer_id: Some(id),
            effect_key: Some(format!("transfer:{id}:sent:{}", line.variant_id)),
            ..Adjustment::new(line.variant_id, -line.quantity, EntryKind::Transfer, "sent")
        };
        stock::adjust(tx, ctx, leaving).await?;
        units.push(Units {
            variant_id: line.variant_id,
            quantity: line.quantity,
        });
    }
    tell(tx, ctx, event::TRANSFER_SENT, &transfer, units).await?;
    Ok(Outcome::Done)
}

/// Takes in what arrived of a transfer. It ends when everything arrived, or when nothing more will come.
///
/// # Errors
/// [`InventoryError::TransferState`] for one that is not on its way; [`InventoryError::TransferInvalid`] for a
/// difference without a reason, goods that are not of the transfer, or nothing at all. The caller rolls back.
pub async fn receive(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StockTransferId,
    arrival: &Arrival,
) -> Result<Outcome, InventoryError> {
    let mut counted: BTreeMap<VariantId, i64> = BTreeMap::new();
    for (variant_id, quantity) in &arrival.arrived {
        if !(0..=MAX_UNITS).contains(quantity) {
            return Err(wrong("lines", "error-stock-quantity"));
        }
        let sum = counted.entry(*variant_id).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    counted.retain(|_, quantity| *quantity > 0);
    if arrival.effect_key.is_empty() {
        return Err(wrong("idempotency_key", "error-required"));
    }
    let transfer = lock(tx, id).await?;
    if happened(tx, id, &arrival.effect_key).await? {
        return Ok(Outcome::Already);
    }
    if transfer.state != TransferState::Sent {
        return Err(InventoryError::TransferState(id));
    }
    if counted.is_empty() && !arrival.last {
        return Err(wrong("lines", "error-transfer-nothing-came"));
    }
    let mut units = Vec::new();
    for (variant_id, quantity) in counted {
        let line = transfer.lines.iter().find(|l| l.variant_id == variant_id);
        let line = line.ok_or_else(|| wrong("lines", "error-transfer-other-goods"))?;
        units.push(Units {
            variant_id,
            quantity,
        });
        take_in(tx, ctx, &transfer, (line, quantity), arrival).await?;
    }
    end_if_over(tx, ctx, id, arrival).await?;
    tell(tx, ctx, event::TRANSFER_RECEIVED, &transfer, units).await?;
    Ok(Outcome::Done)
}

/// Gives up a transfer before anything has left.
///
/// # Errors
/// [`InventoryError::TransferState`] for one whose goods have left.
pub async fn cancel(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StockTransferId,
) -> Result<Outcome, InventoryError> {
    let transfer = lock(tx, id).await?;
    match transfer.state {
        TransferState::Draft => {}
        TransferState::Cancelled => return Ok(Outcome::Already),
        TransferState::Sent | TransferState::Received => {
            return Err(InventoryError::TransferState(id));
        }
    }
    let sql = "UPDATE stock_transfers SET state = 'cancelled', closed_at = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, ctx.now()]).await?;
    step(tx, ctx, id, &Step::plain("cancelled")).await?;
    Ok(Outcome::Done)
}

/// Puts what arrived of one line on the shelf: first what was sent, then what came beyond.
async fn take_in(
    tx: &mut Tx,
    ctx: &Ctx,
    transfer: &Transfer,
    (line, quantity): (&TransferLine, i64),
    arrival: &Arrival,
) -> Result<(), InventoryError> {
    let (id, variant_id) = (transfer.id, line.variant_id);
    let sent = quantity.min(line.open());
    let surplus = quantity - sent;
    let key = |what: &str| format!("transfer:{id}:{what}:{}:{variant_id}", arrival.effect_key);
    if sent > 0 {
        let sql = "UPDATE stock_transfer_lines SET received = received + $3 WHERE transfer_id = $1 AND variant_id = $2 \
                   AND received + missing + $3 <= quantity";
        tx.execute_one(sql, params![id, variant_id, sent]).await?;
        let arriving = Adjustment {
            location: Some(transfer.to),
            transfer_id: Some(id),
            effect_key: Some(key("arrived")),
            ..Adjustment::new(variant_id, sent, EntryKind::Transfer, "received")
        };
        stock::adjust(tx, ctx, arriving).await?;
        let happened = Step::of("received", (variant_id, sent), None, arrival);
        step(tx, ctx, id, &happened).await?;
    }
    if surplus > 0 {
        let reason = reason_of(arrival)?;
        let found = Adjustment {
            location: Some(transfer.to),
            effect_key: Some(key("surplus")),
            ..Adjustment::new(
                variant_id,
                surplus,
                EntryKind::Adjustment,
                format!("found: {reason}"),
            )
        };
        stock::adjust(tx, ctx, found).await?;
        let happened = Step::of("surplus", (variant_id, surplus), Some(reason), arrival);
        step(tx, ctx, id, &happened).await?;
    }
    Ok(())
}

/// Books what will not come as missing, and ends a transfer of which nothing is on its way any more.
async fn end_if_over(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StockTransferId,
    arrival: &Arrival,
) -> Result<(), InventoryError> {
    let mut left = lines_of(tx, id).await?;
    left.retain(|line| line.open() > 0);
    if !left.is_empty() && !arrival.last {
        return Ok(());
    }
    for line in left {
        let reason = reason_of(arrival)?;
        let sql = "UPDATE stock_transfer_lines SET missing = missing + $3 WHERE transfer_id = $1 AND variant_id = $2 \
                   AND received + missing + $3 = quantity";
        tx.execute_one(sql, params![id, line.variant_id, line.open()])
            .await?;
        let gone = (line.variant_id, line.open());
        step(
            tx,
            ctx,
            id,
            &Step::of("missing", gone, Some(reason), arrival),
        )
        .await?;
    }
    let sql = "UPDATE stock_transfers SET state = 'received', closed_at = $2 WHERE id = $1 AND state = 'sent'";
    tx.execute_one(sql, params![id, ctx.now()]).await?;
    let over = Step {
        key: arrival.effect_key.clone(),
        ..Step::plain("closed")
    };
    step(tx, ctx, id, &over).await
}

fn reason_of(arrival: &Arrival) -> Result<&str, InventoryError> {
    let reason = arrival.reason.trim();
    if reason.is_empty() {
        return Err(wrong("reason", "error-transfer-reason"));
    }
    if reason.chars().count() > WORDS {
        return Err(wrong("reason", "error-too-long"));
    }
    Ok(reason)
}

/// A row of a transfer's history.
struct Step<'a> {
    step: &'static str,
    goods: Option<(VariantId, i64)>,
    reason: Option<&'a str>,
    key: String,
}

impl<'a> Step<'a> {
    fn plain(step: &'static str) -> Self {
        Self {
            step,
            goods: None,
            reason: None,
            key: String::new(),
        }
    }

    fn of(
        step: &'static str,
        goods: (VariantId, i64),
        reason: Option<&'a str>,
        arrival: &Arrival,
    ) -> Self {
        Self {
            step,
            goods: Some(goods),
            reason,
            key: arrival.effect_key.clone(),
        }
    }
}

async fn step(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StockTransferId,
    happened: &Step<'_>,
) -> Result<(), InventoryError> {
    let (variant_id, quantity) = happened.goods.unzip();
    let about = variant_id.map(|id| id.to_string()).unwrap_or_default();
    let effect = format!("{id}/{}/{about}/{}", happened.step, happened.key);
    let sql = "INSERT INTO stock_transfer_steps (transfer_id, step, variant_id, quantity, reason, effect_key, actor, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        id,
        happened.step,
        variant_id,
        quantity,
        happened.reason,
        effect,
        ctx.actor().label(),
        ctx.now()
    ];
    Ok(tx.execute_one(sql, values).await?)
}

/// Whether something arrived under this name before. The transfer is locked, so nobody writes it meanwhile.
async fn happened(tx: &mut Tx, id: StockTransferId, key: &str) -> Result<bool, InventoryError> {
    let sql = "SELECT effect_key FROM stock_transfer_steps WHERE transfer_id = $1";
    for row in tx.rows(sql, params![id]).await? {
        let effect: String = row.get("effect_key")?;
        if effect.splitn(4, '/').nth(3) == Some(key) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn lock(tx: &mut Tx, id: StockTransferId) -> Result<Transfer, InventoryError> {
    let sql = format!(
        "{} WHERE id = $1{}",
        Transfer::SELECT,
        tx.dialect().for_update()
    );
    let row = tx.row(&sql, params![id]).await?;
    let mut transfer = Transfer::from_row(&row.ok_or(InventoryError::UnknownTransfer(id))?)?;
    transfer.lines = lines_of(tx, id).await?;
    Ok(transfer)
}

/// Both places, locked, so that transfers are numbered one after another and neither place closes meanwhile.
async fn open_places(tx: &mut Tx, from: LocationId, to: LocationId) -> Result<(), InventoryError> {
    let places = location::lock_all(tx).await?;
    for place in [from, to] {
        if location::state_in(&places, place)? == PlaceState::Closed {
            return Err(InventoryError::PlaceClosed(place));
        }
    }
    Ok(())
}

async fn write_lines(
    tx: &mut Tx,
    id: StockTransferId,
    lines: &BTreeMap<VariantId, i64>,
) -> Result<(), InventoryError> {
    let sql = "INSERT INTO stock_transfer_lines (transfer_id, variant_id, quantity) \
               SELECT $1, id, $3 FROM variants WHERE id = $2 AND NOT is_bundle";
    for (variant_id, quantity) in lines {
        if tx.execute(sql, params![id, *variant_id, *quantity]).await? == 0 {
            return Err(wrong("lines", "error-transfer-not-stocked"));
        }
    }
    Ok(())
}

async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    name: &'static str,
    transfer: &Transfer,
    units: Vec<Units>,
) -> Result<(), InventoryError> {
    let payload = TransferMoved {
        transfer_id: transfer.id,
        from: transfer.from,
        to: transfer.to,
        units,
    };
    Ok(events::emit(tx, ctx, Event::new(name, &payload).about(transfer.id)).await?)
}
