//! Goods of an order that is wanted after all (CHK-21).

use kernel::{OrderId, VariantId};
use platform::{Tx, params};

use crate::{OrdersError, line};

/// Takes the cancelling of an order back, of which nothing has left, and tells what is wanted again of which stock. Units
/// whose money went back before stay cancelled.
///
/// # Errors
/// Whatever the database says.
pub async fn restore_lines(tx: &mut Tx, id: OrderId) -> Result<Vec<(VariantId, i64)>, OrdersError> {
    let sql =
        "UPDATE order_lines SET cancelled = refunded_units WHERE order_id = $1 AND shipped = 0";
    tx.execute(sql, params![id]).await?;
    let lines = line::lines(tx, id).await?;
    Ok(lines
        .iter()
        .flat_map(|line| line.goods(line.to_ship()))
        .filter(|(_, units)| *units > 0)
        .collect())
}
