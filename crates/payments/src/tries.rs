//! Cards that were refused on a provider's page while the page stayed open: each once, whoever tells of it.

use kernel::{OrderId, PaymentId, Timestamp};
use platform::{DbError, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::DeclineCode;

/// A card that was refused on a provider's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailedTry {
    /// The payment for which the page was opened.
    pub payment_id: PaymentId,
    /// Why.
    pub decline_code: DeclineCode,
    /// When.
    pub at: Timestamp,
}

/// Keeps a refusal. False when it is known.
pub(crate) async fn keep(
    tx: &mut Tx,
    id: PaymentId,
    reference: &str,
    (code, at): (DeclineCode, Timestamp),
) -> Result<bool, DbError> {
    let sql = "INSERT INTO payment_tries (payment_id, reference, decline_code, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (payment_id, reference) DO NOTHING";
    Ok(tx.execute(sql, params![id, reference, code, at]).await? == 1)
}

/// The last refusal on the page of a payment.
pub(crate) async fn last(
    rx: &mut Rx,
    id: PaymentId,
) -> Result<Option<(DeclineCode, Timestamp)>, DbError> {
    let sql = "SELECT decline_code, at FROM payment_tries WHERE payment_id = $1 ORDER BY at DESC, decline_code DESC LIMIT 1";
    let row = rx.row(sql, params![id]).await?;
    row.map(|row| Ok((row.parse("decline_code")?, row.get("at")?)))
        .transpose()
}

/// All refusals on pages of an order's payments, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<FailedTry>, DbError> {
    let sql = "SELECT t.payment_id, t.decline_code, t.at FROM payment_tries t JOIN payments p ON p.id = t.payment_id \
               WHERE p.order_id = $1 ORDER BY t.at, t.reference";
    let rows = rx.rows(sql, params![order_id]).await?;
    let read = |row: &platform::db::Row| {
        Ok(FailedTry {
            payment_id: row.get("payment_id")?,
            decline_code: row.parse("decline_code")?,
            at: row.get("at")?,
        })
    };
    rows.iter().map(read).collect()
}
