//! The SQL of holds. Each statement that takes stock is the one that checks it.

use std::collections::{BTreeMap, HashMap};

use kernel::{HoldId, LocationId, OrderId, Timestamp, VariantId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{IntoValue, Row, Value, keyed},
    params,
};

use super::{
    HoldState,
    rules::{Draw, OpenHold, Shelf},
};
use crate::stock::Units;

/// Units reserved at one place, and what the place has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) variant_id: VariantId,
    pub(super) location_id: LocationId,
    pub(super) quantity: i64,
    pub(super) after: Units,
}

impl Taken {
    fn from_row(row: &Row, variant_id: VariantId, quantity: i64) -> Result<Self, DbError> {
        Ok(Self {
            variant_id,
            location_id: row.get("location_id")?,
            quantity,
            after: Units::from_row(row)?,
        })
    }
}

/// Reserves units on the shelf of one place. `None` when it has not so many.
pub(super) async fn take_from(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    (location_id, quantity): (LocationId, i64),
) -> Result<Option<Taken>, DbError> {
    let sql = "UPDATE stock SET reserved = reserved + $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2 \
               AND place_state = 'ships' AND on_hand - reserved >= $3 RETURNING location_id, on_hand, reserved, low_at";
    let row = tx
        .row(sql, params![variant_id, location_id, quantity, ctx.now()])
        .await?;
    row.map(|row| Taken::from_row(&row, variant_id, quantity))
        .transpose()
}

/// Reserves units at the best place that has them all: goods that are there before goods that are sold beyond what is
/// there, then in the order of `places`. `None` when none had, as this statement saw it.
pub(super) async fn take_whole(
    tx: &mut Tx,
    ctx: &Ctx,
    (variant_id, quantity): (VariantId, i64),
    places: &[LocationId],
) -> Result<Option<Taken>, DbError> {
    let mut values: Vec<Value> = params![variant_id, quantity, ctx.now()].to_vec();
    let mut turn = String::new();
    for (index, place) in places.iter().enumerate().filter(|_| places.len() > 1) {
        values.push(place.into_value());
        turn.push_str(&format!(" WHEN ${} THEN {index}", values.len()));
    }
    if !turn.is_empty() {
        turn = format!("CASE s.location_id{turn} ELSE {} END, ", places.len());
    }
    // The outer condition is checked again on the row's newest version when the statement had to wait for its lock.
    let sql = format!(
        "UPDATE stock SET reserved = reserved + $2, updated_at = $3 WHERE variant_id = $1 AND location_id = \
         (SELECT s.location_id FROM stock s JOIN locations p ON p.id = s.location_id WHERE s.variant_id = $1 \
         AND s.place_state = 'ships' AND (s.backorder OR s.on_hand - s.reserved >= $2) \
         ORDER BY (s.on_hand - s.reserved >= $2) DESC, {turn}p.priority, s.location_id LIMIT 1) \
         AND place_state = 'ships' AND (backorder OR on_hand - reserved >= $2) RETURNING location_id, on_hand, reserved, low_at"
    );
    let row = tx.row(&sql, &values).await?;
    row.map(|row| Taken::from_row(&row, variant_id, quantity))
        .transpose()
}

/// What can be taken of each of these variants at each place that ships, without a lock: for a plan.
pub(super) async fn free_by_place(
    rx: &mut Rx,
    wants: &BTreeMap<VariantId, i64>,
) -> Result<HashMap<(VariantId, LocationId), i64>, DbError> {
    let ids: Vec<Value> = wants.keys().map(|id| id.into_value()).collect();
    let sql = "SELECT variant_id, location_id, on_hand - reserved AS free FROM stock \
               WHERE variant_id IN ({keys}) AND place_state = 'ships'";
    let (sql, ids) = keyed(sql, &[], &ids);
    let rows = rx.rows(&sql, &ids).await?;
    rows.iter()
        .map(|row| {
            let spot = (row.get("variant_id")?, row.get("location_id")?);
            Ok((spot, row.get("free")?))
        })
        .collect()
}

/// All places that ship a variant, locked in their order, each with its turn.
pub(super) async fn lock_shelves(
    tx: &mut Tx,
    variant_id: VariantId,
    places: &[LocationId],
) -> Result<Vec<Shelf>, DbError> {
    let sql = format!(
        "SELECT s.location_id, s.on_hand - s.reserved AS free, s.backorder, \
         (SELECT p.priority FROM locations p WHERE p.id = s.location_id) AS priority \
         FROM stock s WHERE s.variant_id = $1 AND s.place_state = 'ships' ORDER BY s.location_id{}",
        tx.dialect().for_update()
    );
    let rows = tx.rows(&sql, params![variant_id]).await?;
    rows.iter()
        .map(|row| {
            let location_id: LocationId = row.get("location_id")?;
            let turn = places.iter().position(|place| *place == location_id);
            Ok(Shelf {
                location_id,
                turn: (turn.unwrap_or(places.len()), row.get("priority")?),
                free: row.get("free")?,
                backorder: row.get("backorder")?,
            })
        })
        .collect()
}

/// Reserves units at one place, which may be sold beyond what is there. `None` when it has not so many or does not ship.
pub(super) async fn take_at(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    (location_id, quantity): (LocationId, i64),
) -> Result<Option<Taken>, DbError> {
    let sql = "UPDATE stock SET reserved = reserved + $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2 \
               AND place_state = 'ships' AND (backorder OR on_hand - reserved >= $3) RETURNING location_id, on_hand, reserved, low_at";
    let row = tx
        .row(sql, params![variant_id, location_id, quantity, ctx.now()])
        .await?;
    row.map(|row| Taken::from_row(&row, variant_id, quantity))
        .transpose()
}

/// Gives reserved units back to a place.
pub(super) async fn give_back(
    tx: &mut Tx,
    ctx: &Ctx,
    (variant_id, location_id): (VariantId, LocationId),
    quantity: i64,
) -> Result<(), DbError> {
    let sql = "UPDATE stock SET reserved = reserved - $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2";
    tx.execute_one(sql, params![variant_id, location_id, quantity, ctx.now()])
        .await
}

/// Takes reserved units off the shelf.
pub(super) async fn take_off(
    tx: &mut Tx,
    ctx: &Ctx,
    (variant_id, location_id): (VariantId, LocationId),
    quantity: i64,
) -> Result<(), DbError> {
    let sql = "UPDATE stock SET on_hand = on_hand - $3, reserved = reserved - $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2";
    tx.execute_one(sql, params![variant_id, location_id, quantity, ctx.now()])
        .await
}

/// What can be had of a variant over all places, as it stands now.
pub(super) async fn free(rx: &mut Rx, variant_id: VariantId) -> Result<i64, DbError> {
    let sql = "SELECT COALESCE(SUM(CASE WHEN backorder THEN $2 WHEN on_hand > reserved THEN on_hand - reserved ELSE 0 END), 0) AS free \
               FROM stock WHERE variant_id = $1 AND place_state = 'ships'";
    rx.scalar(sql, params![variant_id, crate::MAX_UNITS]).await
}

/// What one place has to spare of a variant, never negative.
pub(super) async fn free_at(
    rx: &mut Rx,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<i64, DbError> {
    let sql = "SELECT CASE WHEN place_state = 'ships' AND on_hand > reserved THEN on_hand - reserved ELSE 0 END AS free \
               FROM stock WHERE variant_id = $1 AND location_id = $2";
    let row = rx.row(sql, params![variant_id, location_id]).await?;
    row.map_or(Ok(0), |row| row.get("free"))
}

/// Writes open holds with one statement. Fewer rows than asked for when the order holds one of them already.
pub(super) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    (order_id, reason, expires_at): (OrderId, &str, Option<Timestamp>),
    holds: &[(HoldId, Taken)],
) -> Result<u64, DbError> {
    let mut sql = String::from(
        "INSERT INTO holds (id, order_id, variant_id, location_id, quantity, state, reason, expires_at, created_at) VALUES ",
    );
    let mut values: Vec<Value> = params![order_id, reason, expires_at, ctx.now()].to_vec();
    for (index, (id, taken)) in holds.iter().enumerate() {
        let n = 5 + 4 * index;
        let comma = if index == 0 { "" } else { ", " };
        sql.push_str(&format!(
            "{comma}(${n}, $1, ${}, ${}, ${}, 'held', $2, $3, $4)",
            n + 1,
            n + 2,
            n + 3
        ));
        values.extend([
            id.into_value(),
            taken.variant_id.into_value(),
            taken.location_id.into_value(),
            taken.quantity.into_value(),
        ]);
    }
    sql.push_str(" ON CONFLICT DO NOTHING");
    tx.execute(&sql, &values).await
}

/// Takes back open holds that this transaction has just written.
pub(super) async fn forget(tx: &mut Tx, holds: &[(HoldId, Taken)]) -> Result<(), DbError> {
    for (id, _) in holds {
        tx.execute("DELETE FROM holds WHERE id = $1", params![*id])
            .await?;
    }
    Ok(())
}

/// An order's open holds, locked, in the order in which stock is locked.
pub(super) async fn lock_open(tx: &mut Tx, order_id: OrderId) -> Result<Vec<OpenHold>, DbError> {
    let sql = format!(
        "SELECT id, variant_id, location_id, quantity FROM holds WHERE order_id = $1 AND state = 'held' \
         ORDER BY variant_id, location_id, id{}",
        tx.dialect().for_update()
    );
    tx.rows(&sql, params![order_id])
        .await?
        .iter()
        .map(open_hold)
        .collect()
}

/// Ends all open holds of an order and tells which they were, in the order in which stock is locked.
pub(super) async fn close_all(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    state: HoldState,
    reason: &str,
) -> Result<Vec<OpenHold>, DbError> {
    let sql = "UPDATE holds SET state = $2, closed_at = $3, closed_reason = $4 WHERE order_id = $1 AND state = 'held' \
               RETURNING id, variant_id, location_id, quantity";
    let rows = tx
        .rows(sql, params![order_id, state.code(), ctx.now(), reason])
        .await?;
    let mut closed: Vec<OpenHold> = rows.iter().map(open_hold).collect::<Result<_, _>>()?;
    closed.sort_by_key(|hold| (hold.variant_id, hold.location_id));
    Ok(closed)
}

fn open_hold(row: &Row) -> Result<OpenHold, DbError> {
    Ok(OpenHold {
        id: row.get("id")?,
        variant_id: row.get("variant_id")?,
        location_id: row.get("location_id")?,
        quantity: row.get("quantity")?,
    })
}

/// Ends a hold, or splits it into a part that ended and a part that is still held. The key of the ended one.
pub(super) async fn close(
    tx: &mut Tx,
    ctx: &Ctx,
    draw: &Draw,
    state: HoldState,
    reason: &str,
) -> Result<HoldId, DbError> {
    if draw.is_whole() {
        let sql = "UPDATE holds SET state = $2, closed_at = $3, closed_reason = $4 WHERE id = $1 AND state = 'held'";
        tx.execute_one(sql, params![draw.hold.id, state.code(), ctx.now(), reason])
            .await?;
        return Ok(draw.hold.id);
    }
    let part = HoldId::new();
    let sql = "INSERT INTO holds (id, order_id, variant_id, location_id, quantity, state, reason, expires_at, created_at, closed_at, closed_reason) \
               SELECT $2, order_id, variant_id, location_id, $3, $4, reason, expires_at, created_at, $5, $6 FROM holds WHERE id = $1";
    tx.execute_one(
        sql,
        params![
            draw.hold.id,
            part,
            draw.quantity,
            state.code(),
            ctx.now(),
            reason
        ],
    )
    .await?;
    let sql = "UPDATE holds SET quantity = quantity - $2 WHERE id = $1 AND state = 'held'";
    tx.execute_one(sql, params![draw.hold.id, draw.quantity])
        .await?;
    Ok(part)
}

/// Changes until when and why an order's open holds are held.
pub(super) async fn extend(
    tx: &mut Tx,
    order_id: OrderId,
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<u64, DbError> {
    let sql =
        "UPDATE holds SET expires_at = $2, reason = $3 WHERE order_id = $1 AND state = 'held'";
    tx.execute(sql, params![order_id, expires_at, reason]).await
}

/// Adds units to what an order holds of a variant at a place, on the terms of another of its holds.
pub(super) async fn add_beside(
    tx: &mut Tx,
    ctx: &Ctx,
    beside: &OpenHold,
    (location_id, quantity): (LocationId, i64),
) -> Result<(), DbError> {
    let sql = "INSERT INTO holds (id, order_id, variant_id, location_id, quantity, state, reason, expires_at, created_at) \
               SELECT $2, order_id, variant_id, $3, $4, 'held', reason, expires_at, $5 FROM holds WHERE id = $1 \
               ON CONFLICT (order_id, variant_id, location_id) WHERE state = 'held' DO UPDATE SET quantity = holds.quantity + $4";
    let values = params![beside.id, HoldId::new(), location_id, quantity, ctx.now()];
    tx.execute_one(sql, values).await
}
