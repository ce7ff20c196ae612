//! The orders of an account: those placed while signed in, and those placed as a guest with its confirmed address.

use kernel::{CustomerId, Email, OrderId, Timestamp};
use platform::{
    Rx, Tx,
    db::{IntoValue, Value},
    params,
};

use crate::{Order, OrdersError, order::COLUMNS};

/// What makes an order the account's: `$1` is the customer, `$2` the account's address in lower case. A guest may have
/// typed anybody's address, or another spelling of one (C7), so the very address must have been confirmed.
const OWN: &str = "customer_id = $1 AND (by_account OR LOWER(email) = $2)";

/// Orders of an account, newest first, after the one that the last page ended with.
///
/// # Errors
/// Whatever the database says.
pub async fn list(
    rx: &mut Rx,
    (customer, email): (CustomerId, &str),
    after: Option<(Timestamp, OrderId)>,
    limit: i64,
) -> Result<Vec<Order>, OrdersError> {
    let mut values: Vec<Value> = params![customer, email.to_lowercase(), limit].to_vec();
    let mut sql = format!("SELECT {COLUMNS} FROM orders WHERE {OWN}");
    if let Some((at, id)) = after {
        values.extend([at.into_value(), id.into_value()]);
        sql.push_str(" AND (placed_at, id) < ($4, $5)");
    }
    sql.push_str(" ORDER BY placed_at DESC, id DESC LIMIT $3");
    let rows = rx.rows(&sql, &values).await?;
    Ok(rows.iter().map(Order::from_row).collect::<Result<_, _>>()?)
}

/// An account moved from one address to another: what it had placed as a guest stays its own, and what somebody
/// without an account had placed with the new address becomes so.
///
/// # Errors
/// Whatever the database says.
pub async fn moved(
    tx: &mut Tx,
    customer: CustomerId,
    before: Option<&Email>,
    (also, now): (Option<CustomerId>, &Email),
) -> Result<(), OrdersError> {
    let lower = |email: &Email| email.as_str().to_lowercase();
    let sql = "UPDATE orders SET by_account = TRUE, customer_id = $3 WHERE customer_id = $1 AND LOWER(email) = $2";
    if let Some(before) = before {
        tx.execute(sql, params![customer, lower(before), customer])
            .await?;
    }
    if let Some(also) = also {
        tx.execute(sql, params![also, lower(now), customer]).await?;
    }
    Ok(())
}
