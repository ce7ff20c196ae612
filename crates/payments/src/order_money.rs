//! What an order costs, what came in for it, and what goes back: one row, whose limits the database guards (P4).

use kernel::{Money, OrderId};
use platform::{DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::PaymentsError;

/// The money of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderMoney {
    /// The order.
    pub order_id: OrderId,
    /// What it costs.
    pub due: Money,
    /// What came in.
    pub captured: Money,
    /// What of it the order no longer needs, because it costs less than when it was paid. It goes back.
    pub excess: Money,
    /// What is on its way back.
    pub refund_pending: Money,
    /// What went back.
    pub refunded: Money,
}

const COLUMNS: &str = "order_id, currency, due, captured, excess, refund_pending, refunded";

impl OrderMoney {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            order_id: row.get("order_id")?,
            due: row.money("due")?,
            captured: row.money("captured")?,
            excess: row.money("excess")?,
            refund_pending: row.money("refund_pending")?,
            refunded: row.money("refunded")?,
        })
    }

    /// What came in and pays the order.
    #[must_use]
    pub const fn kept(&self) -> Money {
        Money::new(
            self.captured.amount.saturating_sub(self.excess.amount),
            self.due.currency,
        )
    }

    /// What is still to be paid (CHK-26).
    #[must_use]
    pub const fn outstanding(&self) -> Money {
        Money::new(
            self.due.amount.saturating_sub(self.kept().amount),
            self.due.currency,
        )
    }

    /// What can still be given back.
    #[must_use]
    pub const fn refundable(&self) -> Money {
        let taken = self
            .refund_pending
            .amount
            .saturating_add(self.refunded.amount);
        Money::new(
            self.captured.amount.saturating_sub(taken),
            self.due.currency,
        )
    }

    /// True when nothing is left to pay.
    #[must_use]
    pub const fn is_covered(&self) -> bool {
        self.kept().amount >= self.due.amount
    }

    /// True when money came in and all of it went back.
    #[must_use]
    pub const fn is_refunded(&self) -> bool {
        self.captured.amount > 0 && self.refunded.amount >= self.captured.amount
    }
}

/// Opens the money of a new order.
///
/// # Errors
/// Whatever the database says, for instance when it is open already.
pub async fn open_money(tx: &mut Tx, order_id: OrderId, due: Money) -> Result<(), DbError> {
    let sql = "INSERT INTO order_money (order_id, currency, due) VALUES ($1, $2, $3)";
    tx.later(sql, params![order_id, due.currency, due.amount])
        .await
}

/// The money of an order.
///
/// # Errors
/// [`PaymentsError::NotFound`] when it was never opened.
pub async fn money_of(rx: &mut Rx, order_id: OrderId) -> Result<OrderMoney, PaymentsError> {
    let sql = format!("SELECT {COLUMNS} FROM order_money WHERE order_id = $1");
    let row = rx
        .row(&sql, params![order_id])
        .await?
        .ok_or(PaymentsError::NotFound("the money of the order"))?;
    Ok(OrderMoney::from_row(&row)?)
}

/// The money of an order, whose row stays locked until commit: everything about one order's money happens one after
/// the other.
///
/// # Errors
/// As [`money_of`].
pub async fn lock(tx: &mut Tx, order_id: OrderId) -> Result<OrderMoney, PaymentsError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM order_money WHERE order_id = $1{}",
        tx.dialect().for_update()
    );
    let row = tx
        .row(&sql, params![order_id])
        .await?
        .ok_or(PaymentsError::NotFound("the money of the order"))?;
    Ok(OrderMoney::from_row(&row)?)
}

/// Adds to what was captured. False, and nothing written, when that is not exactly what is missing: an order is never
/// overpaid, and one that costs otherwise now is not paid by its old amount (P4, O5).
pub(crate) async fn capture(
    tx: &mut Tx,
    order_id: OrderId,
    amount: Money,
) -> Result<bool, DbError> {
    let sql = "UPDATE order_money SET captured = captured + $2 WHERE order_id = $1 AND currency = $3 AND captured - excess + $2 = due";
    Ok(tx
        .execute(sql, params![order_id, amount.amount, amount.currency])
        .await?
        == 1)
}

/// Says what the order costs now. Money that it no longer needs becomes its excess.
pub(crate) async fn reprice(tx: &mut Tx, order_id: OrderId, due: Money) -> Result<(), DbError> {
    let sql = "UPDATE order_money SET due = $2, excess = CASE WHEN captured - excess > $2 THEN captured - $2 ELSE excess END \
               WHERE order_id = $1 AND currency = $3";
    tx.execute_one(sql, params![order_id, due.amount, due.currency])
        .await
}

/// Sets money aside for a refund. False, and nothing written, when that would be more than was captured.
pub(crate) async fn set_aside(
    tx: &mut Tx,
    order_id: OrderId,
    amount: Money,
) -> Result<bool, DbError> {
    let sql = "UPDATE order_money SET refund_pending = refund_pending + $2 \
               WHERE order_id = $1 AND currency = $3 AND refund_pending + refunded + $2 <= captured";
    Ok(tx
        .execute(sql, params![order_id, amount.amount, amount.currency])
        .await?
        == 1)
}

/// Turns money that was set aside into money that went back.
pub(crate) async fn gone(tx: &mut Tx, order_id: OrderId, amount: Money) -> Result<(), DbError> {
    let sql = "UPDATE order_money SET refund_pending = refund_pending - $2, refunded = refunded + $2 WHERE order_id = $1";
    tx.execute_one(sql, params![order_id, amount.amount]).await
}

/// Frees money that was set aside for a refund that failed.
pub(crate) async fn free(tx: &mut Tx, order_id: OrderId, amount: Money) -> Result<(), DbError> {
    let sql = "UPDATE order_money SET refund_pending = refund_pending - $2 WHERE order_id = $1";
    tx.execute_one(sql, params![order_id, amount.amount]).await
}
