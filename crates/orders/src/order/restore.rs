//! Goods of an order that is wanted after all (CHK-21).

use kernel::OrderId;
use platform::{Tx, params};

use crate::OrdersError;

/// Takes the cancelling of an order back, of which nothing has left. Units whose money went back before stay cancelled.
///
/// # Errors
/// Whatever the database says.
pub async fn restore_lines(tx: &mut Tx, id: OrderId) -> Result<(), OrdersError> {
    let sql =
        "UPDATE order_lines SET cancelled = refunded_units WHERE order_id = $1 AND shipped = 0";
    tx.execute(sql, params![id]).await?;
    Ok(())
}
