//! Orders that go before all others (優先發貨, ORD-07): who said so, why, and until when they must leave.
//!
//! So that the promise stays true, a day has only so much room for them. The statement that takes a place is the one
//! that counts (and a CHECK of the table), so that no two orders share the last one.

use jiff::civil::Date;
use kernel::{OrderId, Timestamp, event};
use platform::{
    Ctx, Rx, Tx,
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::{Cause, Order, OrdersError, history, order};

/// The longest reason, in characters.
pub const MAX_REASON: usize = 200;

/// How an order goes before others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Priority {
    /// Until when it must leave.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who said so, as `kind:name`.
    pub by: String,
}

/// Puts an order before all others. `room` is how many such orders the day takes on which it must leave.
///
/// # Errors
/// [`OrdersError::NoRoom`] when the day is full, [`OrdersError::NotEditable`] for an order that has left or goes first
/// already, [`OrdersError::TooLong`].
pub async fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    (until, day, room): (Timestamp, Date, i64),
    reason: &str,
) -> Result<Order, OrdersError> {
    if reason.chars().count() > MAX_REASON {
        return Err(OrdersError::TooLong {
            field: "reason",
            max: MAX_REASON,
        });
    }
    take(tx, day, room).await?;
    let by = ctx.actor().label();
    let sql = format!(
        "UPDATE orders SET urgent_until = $2, urgent_day = $3, urgent_reason = $4, urgent_by = $5, updated_at = $6 \
         WHERE id = $1 AND urgent_until IS NULL AND state IN ('placed', 'paid', 'picked', 'partly_shipped') RETURNING {}",
        order::COLUMNS
    );
    let values = params![id, until, day.to_string(), reason, &by, ctx.now()];
    let row = tx.row(&sql, values).await?;
    let order = Order::from_row(&row.ok_or(OrdersError::NotEditable)?)?;
    let cause = Cause::new("urgent").noting(reason);
    history::write(tx, ctx, id, (Some(order.state), order.state), &cause).await?;
    tell(tx, ctx, &order, Some(until), Some(reason)).await?;
    Ok(order)
}

/// Takes one of the day's places.
async fn take(tx: &mut Tx, day: Date, room: i64) -> Result<(), OrdersError> {
    let sql = "INSERT INTO urgent_days (day, taken, room) SELECT CAST($1 AS TEXT), 1, CAST($2 AS BIGINT) WHERE CAST($2 AS BIGINT) >= 1 \
               ON CONFLICT (day) DO UPDATE SET taken = urgent_days.taken + 1, room = excluded.room \
               WHERE urgent_days.taken + 1 <= excluded.room";
    match tx.execute(sql, params![day.to_string(), room]).await? {
        1 => Ok(()),
        _ => Err(OrdersError::NoRoom {
            day: day.to_string(),
            room,
        }),
    }
}

/// Lets an order go in its turn again; its place is free for another one.
///
/// # Errors
/// [`OrdersError::NotEditable`] for an order that goes in its turn, or that has left.
pub async fn clear(tx: &mut Tx, ctx: &Ctx, id: OrderId) -> Result<Order, OrdersError> {
    let day = "SELECT urgent_day FROM orders WHERE id = $1 AND urgent_until IS NOT NULL \
               AND state IN ('placed', 'paid', 'picked', 'partly_shipped')";
    let row = tx.row(day, params![id]).await?;
    let day: String = row.ok_or(OrdersError::NotEditable)?.get("urgent_day")?;
    let sql = format!(
        "UPDATE orders SET urgent_until = NULL, urgent_day = NULL, urgent_reason = NULL, urgent_by = NULL, updated_at = $2 \
         WHERE id = $1 AND urgent_until IS NOT NULL RETURNING {}",
        order::COLUMNS
    );
    let row = tx.row(&sql, params![id, ctx.now()]).await?;
    let order = Order::from_row(&row.ok_or(OrdersError::NotEditable)?)?;
    let sql = "UPDATE urgent_days SET taken = taken - 1 WHERE day = $1";
    tx.execute_one(sql, params![day]).await?;
    let cause = Cause::new("not_urgent");
    history::write(tx, ctx, id, (Some(order.state), order.state), &cause).await?;
    tell(tx, ctx, &order, None, None).await?;
    Ok(order)
}

async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    until: Option<Timestamp>,
    reason: Option<&str>,
) -> Result<(), OrdersError> {
    let payload = json!({
        "order_id": order.id, "number": order.number, "urgent": until.is_some(), "until": until, "note": reason,
    });
    let event = Event::new(event::ORDER_PRIORITY_CHANGED, &payload)
        .about(order.id)
        .customer(order.customer_id);
    Ok(events::emit(tx, ctx, event).await?)
}

/// How an order goes before others; none for one that goes in its turn.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, id: OrderId) -> Result<Option<Priority>, OrdersError> {
    let sql = "SELECT urgent_until, urgent_reason, urgent_by FROM orders WHERE id = $1 AND urgent_until IS NOT NULL";
    let row = rx.row(sql, params![id]).await?;
    row.map(|row| {
        Ok(Priority {
            until: row.get("urgent_until")?,
            reason: row.get("urgent_reason")?,
            by: row.get("urgent_by")?,
        })
    })
    .transpose()
}

/// How many places of a day are taken.
///
/// # Errors
/// Whatever the database says.
pub async fn taken(rx: &mut Rx, day: Date) -> Result<i64, OrdersError> {
    let sql = "SELECT COALESCE(SUM(taken), 0) AS taken FROM urgent_days WHERE day = $1";
    Ok(rx.scalar(sql, params![day.to_string()]).await?)
}

/// How the orders that went first fared: of those that left from `from` until before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Kept {
    /// How many left.
    pub shipped: i64,
    /// How many of them in time.
    pub on_time: i64,
}

impl Kept {
    /// In time ÷ all that left; `None` without any.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "orders as a ratio; money never passes here"
    )]
    pub fn on_time_rate(&self) -> Option<f64> {
        (self.shipped > 0).then(|| self.on_time as f64 / self.shipped as f64)
    }
}

/// How many orders that went first left, and how many of them in time.
///
/// # Errors
/// Whatever the database says.
pub async fn kept(rx: &mut Rx, from: Timestamp, to: Timestamp) -> Result<Kept, OrdersError> {
    let sql = "SELECT COUNT(*) AS shipped, COALESCE(SUM(CASE WHEN shipped_at <= urgent_until THEN 1 ELSE 0 END), 0) AS on_time \
               FROM orders WHERE urgent_until IS NOT NULL AND shipped_at >= $1 AND shipped_at < $2";
    let row = rx.one(sql, params![from, to]).await?;
    Ok(Kept {
        shipped: row.get("shipped")?,
        on_time: row.get("on_time")?,
    })
}
