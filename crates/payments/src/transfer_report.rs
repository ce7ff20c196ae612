//! What a shopper told us about a transfer they made: the last five digits of the account it came from.

use kernel::{OrderId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::PaymentsError;

/// A shopper's word about a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferReport {
    /// The last five digits of the account.
    pub last_five: String,
    /// When they told us.
    pub reported_at: Timestamp,
}

/// Keeps what a shopper tells us; a later word replaces an earlier one.
///
/// # Errors
/// [`PaymentsError::LastFive`] for anything but five digits.
pub async fn save(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    last_five: &str,
) -> Result<(), PaymentsError> {
    if !is_last_five(last_five) {
        return Err(PaymentsError::LastFive);
    }
    let sql = "INSERT INTO transfer_reports (order_id, last_five, reported_at) VALUES ($1, $2, $3) \
               ON CONFLICT (order_id) DO UPDATE SET last_five = excluded.last_five, reported_at = excluded.reported_at";
    Ok(tx
        .execute_one(sql, params![order_id, last_five, ctx.now()])
        .await?)
}

/// What the shopper told us about this order's transfer.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Option<TransferReport>, DbError> {
    let sql = "SELECT last_five, reported_at FROM transfer_reports WHERE order_id = $1";
    let row = rx.row(sql, params![order_id]).await?;
    row.map(|r| {
        Ok(TransferReport {
            last_five: r.get("last_five")?,
            reported_at: r.get("reported_at")?,
        })
    })
    .transpose()
}

/// True for five digits.
pub(crate) fn is_last_five(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())
}
