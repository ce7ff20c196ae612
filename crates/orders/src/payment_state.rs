//! How the payment state of an order may change: one table. Money that came is never forgotten (P14).

use kernel::{OrderId, Timestamp};
use platform::{Ctx, Tx, params};

use crate::{
    Order, OrdersError, PaymentMethod, PaymentState,
    PaymentState::{
        Cancelled, Declined, Paid, PartlyPaid, PartlyRefunded, Pending, Refunded, Unknown,
    },
    order,
};

/// Every change there is. A late success undoes everything that is not money; nothing undoes money but a refund.
pub const TABLE: &[(PaymentState, PaymentState)] = &[
    (Pending, Unknown),
    (Pending, Declined),
    (Pending, Paid),
    (Pending, Cancelled),
    (Unknown, Pending),
    (Unknown, Declined),
    (Unknown, Paid),
    (Unknown, Cancelled),
    (Declined, Pending),
    (Declined, Unknown),
    (Declined, Paid),
    (Declined, Cancelled),
    (Cancelled, Unknown),
    (Cancelled, Paid),
    (Paid, PartlyRefunded),
    (Paid, Refunded),
    (PartlyRefunded, Refunded),
    // It costs more than was paid, until the rest comes or it costs less again.
    (Paid, PartlyPaid),
    (PartlyRefunded, PartlyPaid),
    (PartlyPaid, Paid),
    // Called off before the rest came.
    (PartlyPaid, PartlyRefunded),
    (PartlyPaid, Refunded),
    // The rest came after all that.
    (Refunded, PartlyRefunded),
];

/// Sets what is known about the order's money. False when that was known already.
///
/// # Errors
/// [`OrdersError::IllegalPayment`] when the table has no such change; nothing is written.
pub async fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    to: PaymentState,
) -> Result<bool, OrdersError> {
    change(tx, ctx, id, to, ctx.now()).await
}

/// Records that the whole amount is here since `at`. The order's own step, [`crate::Act::Pay`] or
/// [`crate::Act::Reopen`], is the caller's; goods that were paid at the door have none. False when it was known already.
///
/// # Errors
/// [`OrdersError::IllegalPayment`] when the money was given back since.
pub async fn mark_paid(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    at: Timestamp,
) -> Result<bool, OrdersError> {
    change(tx, ctx, id, Paid, at).await
}

async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    to: PaymentState,
    at: Timestamp,
) -> Result<bool, OrdersError> {
    let froms: Vec<String> = TABLE
        .iter()
        .filter(|(_, t)| *t == to)
        .map(|(from, _)| format!("'{from}'"))
        .collect();
    let paid_at = if to == Paid {
        ", paid_at = COALESCE(paid_at, $4)"
    } else {
        ""
    };
    let sql = format!(
        "UPDATE orders SET payment_state = $2, updated_at = $3{paid_at} WHERE id = $1 AND payment_state IN ({})",
        if froms.is_empty() {
            "NULL".to_owned()
        } else {
            froms.join(", ")
        }
    );
    let values = params![id, to, ctx.now(), at];
    let used = if to == Paid {
        values.as_slice()
    } else {
        values.get(..3).unwrap_or_default()
    };
    if tx.execute(&sql, used).await? == 1 {
        return Ok(true);
    }
    match order::by_id(tx, id).await?.payment_state {
        from if from == to => Ok(false),
        from => Err(OrdersError::IllegalPayment { from, to }),
    }
}

/// Lets the shopper pay in another way, while nothing is paid and no payment's outcome is unknown. `pay_until` is the
/// new deadline; goods paid on delivery have none.
///
/// # Errors
/// [`OrdersError::MethodFixed`] when it is too late; nothing is written.
pub async fn change_method(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    method: PaymentMethod,
    pay_until: Option<Timestamp>,
) -> Result<Order, OrdersError> {
    let sql = format!(
        "UPDATE orders SET payment_method = $2, payment_state = 'pending', pay_until = $3, updated_at = $4 \
         WHERE id = $1 AND state = 'placed' AND payment_state IN ('pending', 'declined') RETURNING {}",
        order::COLUMNS
    );
    let pay_until = pay_until.filter(|_| method != PaymentMethod::CashOnDelivery);
    let Some(row) = tx
        .row(&sql, params![id, method, pay_until, ctx.now()])
        .await?
    else {
        order::by_id(tx, id).await?;
        return Err(OrdersError::MethodFixed);
    };
    let mut order = Order::from_row(&row)?;
    if method == PaymentMethod::CashOnDelivery {
        order::complete(tx, ctx, &mut order).await?;
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P14: once money came, only states that say so follow.
    #[test]
    fn money_that_came_is_never_forgotten() {
        for (from, to) in TABLE {
            assert!(!from.has_money() || to.has_money(), "{from} -> {to}");
            assert_ne!(from, to);
        }
        for state in PaymentState::ALL {
            assert!(
                state.was_paid() || TABLE.contains(&(*state, Paid)),
                "{state} can become paid by a late success"
            );
        }
    }
}
