//! Queues and figures of the order desk: what waits for money, what waits for the warehouse, how fast it goes.

use kernel::{Currency, Money, OrderId, Timestamp};
use platform::{DbError, Rx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Order, OrderSummary, OrdersError, order, search};

/// Orders whose payment window ended, oldest first. Not among them: orders paid on delivery, and orders of which a
/// payment's outcome is unknown (CHK-15).
///
/// # Errors
/// Whatever the database says.
pub async fn due_to_expire(
    rx: &mut Rx,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<OrderId>, OrdersError> {
    let sql = "SELECT id FROM orders WHERE state = 'placed' AND pay_until IS NOT NULL AND pay_until <= $1 \
               AND payment_state IN ('pending', 'declined') ORDER BY pay_until LIMIT $2";
    let rows = rx.rows(sql, params![now, limit]).await?;
    Ok(rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, DbError>>()?)
}

/// Delivered orders that have not changed since `before`, oldest first: their return window is over.
///
/// # Errors
/// Whatever the database says.
pub async fn due_to_close(
    rx: &mut Rx,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<OrderId>, OrdersError> {
    let sql = "SELECT id FROM orders WHERE state = 'delivered' AND updated_at <= $1 ORDER BY updated_at LIMIT $2";
    let rows = rx.rows(sql, params![before, limit]).await?;
    Ok(rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, DbError>>()?)
}

/// Which of the orders that are to be shipped the warehouse can work on, as the end of a WHERE clause.
pub const READY: &str = "NOT stock_decision AND (payment_state <> 'partly_paid' OR balance_waived)";

/// What the warehouse has to send: what goes first, then by promise time; what was promised nothing comes last (ORD-07,
/// ORD-08). Orders without stock, and those that wait for the rest of their money, are not for the warehouse yet; see
/// [`without_stock`].
///
/// # Errors
/// Whatever the database says.
pub async fn to_ship(rx: &mut Rx, limit: i64) -> Result<Vec<Order>, OrdersError> {
    let sql = format!(
        "SELECT {} FROM orders WHERE tab = 'to_ship' AND {READY} \
         ORDER BY CASE WHEN urgent_until IS NULL THEN 1 ELSE 0 END, urgent_until, \
         CASE WHEN ship_by IS NULL THEN 1 ELSE 0 END, ship_by, id LIMIT $1",
        order::COLUMNS
    );
    let rows = rx.rows(&sql, params![limit]).await?;
    Ok(rows.iter().map(Order::from_row).collect::<Result<_, _>>()?)
}

/// Paid orders that have no stock, oldest first: somebody must decide (S9).
///
/// # Errors
/// Whatever the database says.
pub async fn without_stock(rx: &mut Rx, limit: i64) -> Result<Vec<OrderSummary>, OrdersError> {
    let sql = "SELECT id FROM orders WHERE tab = 'to_ship' AND stock_decision ORDER BY placed_at, id LIMIT $1";
    let rows = rx.rows(sql, params![limit]).await?;
    let ids: Vec<OrderId> = rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, DbError>>()?;
    let mut found = search::summaries(rx, &ids).await?;
    found.sort_unstable_by_key(|order| (order.placed_at, order.id));
    Ok(found)
}

/// The orders that wait for money, and how many of the people who ordered lately have paid (CHK-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unpaid {
    /// Orders that wait for money now.
    pub orders: i64,
    /// What they are worth.
    pub money_at_risk: Money,
    /// People who ordered since the given instant.
    pub ordering_people: i64,
    /// Those of them who paid, or will at the door.
    pub paid_people: i64,
}

impl Unpaid {
    /// People who paid ÷ people who ordered (付款率); `None` while nobody ordered.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "people as a ratio; money never passes here"
    )]
    pub fn payment_rate(&self) -> Option<f64> {
        (self.ordering_people > 0).then(|| self.paid_people as f64 / self.ordering_people as f64)
    }
}

/// The unpaid orders in a currency, and the payment rate of orders placed since `since`.
///
/// # Errors
/// Whatever the database says.
pub async fn unpaid(
    rx: &mut Rx,
    currency: Currency,
    since: Timestamp,
) -> Result<Unpaid, OrdersError> {
    let sql = "SELECT COUNT(*) AS orders, COALESCE(SUM(total), 0) AS money FROM orders WHERE tab = 'unpaid' AND currency = $1";
    let waiting = rx.one(sql, params![currency]).await?;
    let sql = "SELECT COUNT(DISTINCT customer_id) + COALESCE(SUM(CASE WHEN customer_id IS NULL THEN 1 ELSE 0 END), 0) AS ordering, \
               COUNT(DISTINCT CASE WHEN completed_at IS NOT NULL THEN customer_id END) \
               + COALESCE(SUM(CASE WHEN customer_id IS NULL AND completed_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS paid \
               FROM orders WHERE placed_at >= $1";
    let people = rx.one(sql, params![since]).await?;
    Ok(Unpaid {
        orders: waiting.get("orders")?,
        money_at_risk: Money::new(waiting.get("money")?, currency),
        ordering_people: people.get("ordering")?,
        paid_people: people.get("paid")?,
    })
}

/// How fast orders leave (發貨速度, ORD-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShippingSpeed {
    /// Orders whose last goods left in the time asked for.
    pub shipped: i64,
    /// Those of them that were promised a time.
    pub promised: i64,
    /// Those of these that kept it.
    pub on_time: i64,
    /// Seconds from payment, or from confirmation for payment on delivery, to shipment, of the order in the middle.
    pub median_seconds: Option<i64>,
}

impl ShippingSpeed {
    /// Kept promises ÷ promises; `None` without any.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "orders as a ratio; money never passes here"
    )]
    pub fn on_time_rate(&self) -> Option<f64> {
        (self.promised > 0).then(|| self.on_time as f64 / self.promised as f64)
    }
}

/// How fast the orders went that left from `from` until before `to`.
///
/// # Errors
/// Whatever the database says.
pub async fn shipping_speed(
    rx: &mut Rx,
    from: Timestamp,
    to: Timestamp,
) -> Result<ShippingSpeed, OrdersError> {
    let sql = "SELECT COUNT(*) AS shipped, COUNT(ship_by) AS promised, \
               COALESCE(SUM(CASE WHEN shipped_at <= ship_by THEN 1 ELSE 0 END), 0) AS on_time \
               FROM orders WHERE shipped_at >= $1 AND shipped_at < $2";
    let row = rx.one(sql, params![from, to]).await?;
    let shipped: i64 = row.get("shipped")?;
    let sql = "SELECT shipped_at - COALESCE(completed_at, placed_at) AS took FROM orders WHERE shipped_at >= $1 AND shipped_at < $2 \
               ORDER BY took LIMIT 1 OFFSET $3";
    let middle = rx
        .row(sql, params![from, to, (shipped - 1).max(0) / 2])
        .await?;
    let took: Option<i64> = middle.map(|row| row.get("took")).transpose()?;
    Ok(ShippingSpeed {
        shipped,
        promised: row.get("promised")?,
        on_time: row.get("on_time")?,
        median_seconds: took.map(|micros| micros / 1_000_000),
    })
}
