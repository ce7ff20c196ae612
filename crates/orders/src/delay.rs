//! Orders that leave later than promised, said in advance (ORD-12): each announcement with its reason, each order with
//! its promise before and after. An order is part of an announcement once.

use kernel::{Address, DelayId, OrderId, Texts, Timestamp, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::{Cause, Order, OrdersError, history, order};

/// The longest reason in one language, in characters.
pub const MAX_REASON: usize = 500;

/// An order's promise before and after an announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delay {
    /// Why.
    pub reason: Texts,
    /// When it was to leave.
    pub before: Option<Timestamp>,
    /// When it leaves at the latest.
    pub after: Timestamp,
    /// When that was announced.
    pub at: Timestamp,
}

/// An order that still has to leave, and what its buyer was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Who ordered.
    pub buyer_name: String,
    /// Where the letter goes.
    pub email: String,
    /// When it was to leave.
    pub ship_by: Option<Timestamp>,
    /// Code of the way to deliver.
    pub delivery_code: String,
    /// First level of the address.
    pub region: String,
}

/// The orders that still have to leave and were promised for before an instant, the first promise first.
///
/// # Errors
/// Whatever the database says.
pub async fn promised_before(rx: &mut Rx, before: Timestamp) -> Result<Vec<Promised>, OrdersError> {
    let sql = "SELECT id, number, buyer_name, email, ship_by, delivery_code, address FROM orders \
               WHERE tab = 'to_ship' AND ship_by < $1 ORDER BY ship_by, id";
    let rows = rx.rows(sql, params![before]).await?;
    let read = rows.iter().map(|row| {
        let address: Address = row.json("address")?;
        Ok::<_, DbError>(Promised {
            id: row.get("id")?,
            number: row.get("number")?,
            buyer_name: row.get("buyer_name")?,
            email: row.get("email")?,
            ship_by: row.get("ship_by")?,
            delivery_code: row.get("delivery_code")?,
            region: address.region,
        })
    });
    Ok(read.collect::<Result<_, _>>()?)
}

/// Begins an announcement.
///
/// # Errors
/// [`OrdersError::TooLong`], [`OrdersError::Empty`] without a reason in any language.
pub async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    reason: &Texts,
    ship_by: Timestamp,
) -> Result<DelayId, OrdersError> {
    let words = || reason.0.values().map(|text| text.trim());
    if words().all(str::is_empty) {
        return Err(OrdersError::Empty);
    }
    if words().any(|text| text.chars().count() > MAX_REASON) {
        return Err(OrdersError::TooLong {
            field: "reason",
            max: MAX_REASON,
        });
    }
    let id = DelayId::new();
    let sql = "INSERT INTO delay_announcements (id, reason, ship_by, actor, at) VALUES ($1, $2, $3, $4, $5)";
    let json = serde_json::to_value(reason).unwrap_or_default();
    let values = params![id, json, ship_by, ctx.actor().label(), ctx.now()];
    tx.execute_one(sql, values).await?;
    Ok(id)
}

/// Moves the promise of an order that still has to leave and was promised for earlier. `None`, and nothing written, for
/// any other order.
///
/// # Errors
/// Whatever the database says.
pub async fn postpone(
    tx: &mut Tx,
    ctx: &Ctx,
    (announcement, ship_by): (DelayId, Timestamp),
    order: &Order,
    note: &str,
) -> Result<Option<Order>, OrdersError> {
    let sql = format!(
        "UPDATE orders SET ship_by = $2, updated_at = $3 WHERE id = $1 AND tab = 'to_ship' AND ship_by < $2 RETURNING {}",
        order::COLUMNS
    );
    let row = tx.row(&sql, params![order.id, ship_by, ctx.now()]).await?;
    let Some(row) = row else { return Ok(None) };
    let moved = Order::from_row(&row)?;
    let sql = "INSERT INTO order_delays (announcement_id, order_id, before, after) VALUES ($1, $2, $3, $4)";
    let values = params![announcement, order.id, order.ship_by, ship_by];
    tx.execute_one(sql, values).await?;
    let cause = Cause::new("delay_announced").noting(note);
    history::write(tx, ctx, order.id, (Some(moved.state), moved.state), &cause).await?;
    let payload = json!({
        "order_id": order.id, "number": order.number, "announcement_id": announcement, "before": order.ship_by,
        "ship_by": ship_by, "note": note,
    });
    let event = Event::new(event::ORDER_DELAYED, &payload)
        .about(order.id)
        .customer(order.customer_id);
    events::emit(tx, ctx, event).await?;
    Ok(Some(moved))
}

/// The last delay of an order; none for one that was never delayed.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, id: OrderId) -> Result<Option<Delay>, OrdersError> {
    let sql = "SELECT a.reason, d.before, d.after, a.at FROM order_delays d JOIN delay_announcements a ON a.id = d.announcement_id \
               WHERE d.order_id = $1 ORDER BY a.at DESC, a.id DESC LIMIT 1";
    let row = rx.row(sql, params![id]).await?;
    let read = row.map(|row| {
        Ok::<_, DbError>(Delay {
            reason: row.json("reason")?,
            before: row.get("before")?,
            after: row.get("after")?,
            at: row.get("at")?,
        })
    });
    Ok(read.transpose()?)
}
