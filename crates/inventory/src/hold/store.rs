//! The SQL of holds. Each statement that takes stock is the one that checks it.

use kernel::{HoldId, LocationId, OrderId, Timestamp, VariantId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{IntoValue, Row, Value},
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
               AND on_hand - reserved >= $3 RETURNING location_id, on_hand, reserved, low_at";
    let row = tx
        .row(sql, params![variant_id, location_id, quantity, ctx.now()])
        .await?;
    row.map(|row| Taken::from_row(&row, variant_id, quantity))
        .transpose()
}

/// Reserves units at the best place that has them all. `None` when none had, as this statement saw it.
pub(super) async fn take_whole(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    quantity: i64,
) -> Result<Option<Taken>, DbError> {
    // The outer condition is checked again on the row's newest version when the statement had to wait for its lock.
    let sql = "UPDATE stock SET reserved = reserved + $2, updated_at = $3 WHERE variant_id = $1 AND location_id = \
               (SELECT s.location_id FROM stock s JOIN locations p ON p.id = s.location_id WHERE s.variant_id = $1 \
               AND (s.backorder OR s.on_hand - s.reserved >= $2) \
               ORDER BY (s.on_hand - s.reserved >= $2) DESC, p.priority, s.location_id LIMIT 1) \
               AND (backorder OR on_hand - reserved >= $2) RETURNING location_id, on_hand, reserved, low_at";
    let row = tx
        .row(sql, params![variant_id, quantity, ctx.now()])
        .await?;
    row.map(|row| Taken::from_row(&row, variant_id, quantity))
        .transpose()
}

/// All places of a variant, locked in their order.
pub(super) async fn lock_shelves(
    tx: &mut Tx,
    variant_id: VariantId,
) -> Result<Vec<Shelf>, DbError> {
    let sql = format!(
        "SELECT s.location_id, s.on_hand - s.reserved AS free, s.backorder, \
         (SELECT p.priority FROM locations p WHERE p.id = s.location_id) AS priority \
         FROM stock s WHERE s.variant_id = $1 ORDER BY s.location_id{}",
        tx.dialect().for_update()
    );
    let rows = tx.rows(&sql, params![variant_id]).await?;
    rows.iter()
        .map(|row| {
            Ok(Shelf {
                location_id: row.get("location_id")?,
                priority: row.get("priority")?,
                free: row.get("free")?,
                backorder: row.get("backorder")?,
            })
        })
        .collect()
}

/// Reserves units at a place that is locked and known to have them.
pub(super) async fn take_at(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    (location_id, quantity): (LocationId, i64),
) -> Result<Taken, DbError> {
    let sql = "UPDATE stock SET reserved = reserved + $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2 \
               AND (backorder OR on_hand - reserved >= $3) RETURNING location_id, on_hand, reserved, low_at";
    let row = tx
        .one(sql, params![variant_id, location_id, quantity, ctx.now()])
        .await?;
    Taken::from_row(&row, variant_id, quantity)
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
               FROM stock WHERE variant_id = $1";
    rx.scalar(sql, params![variant_id, crate::MAX_UNITS]).await
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
