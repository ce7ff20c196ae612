//! What refunds take from the lines of an order: units that will not be kept, and the money for them.
//!
//! A unit whose money goes back was cancelled or came back before; the UPDATE says so, and so does a CHECK of the table.
//! A refund that fails gives its units and its money back to their lines.

use std::collections::BTreeMap;

use kernel::{Money, MoneyError, OrderId, OrderLineId};
use platform::{Tx, params};

use crate::{OrderLine, OrdersError, line::refusal, order};

/// Units of a line and the money that a refund gives back for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundedUnits {
    /// The line.
    pub line_id: OrderLineId,
    /// How many units.
    pub units: i64,
    /// How much for all of them.
    pub amount: Money,
}

impl OrderLine {
    /// Units that left and did not come back.
    #[must_use]
    pub const fn out(&self) -> i64 {
        self.shipped - self.returned
    }

    /// Units that were cancelled or came back and whose money is still here, for instance because their refund failed.
    #[must_use]
    pub const fn ended(&self) -> i64 {
        self.cancelled + self.returned - self.refunded_units
    }

    /// What `count` units are worth that leave the order before they are shipped. Units that leave the house are valued
    /// from the line's first on, these from its last, so that both sum to the line.
    ///
    /// # Errors
    /// [`OrdersError::LineExceeded`] when fewer units are left to ship.
    pub fn worth_unshipped(&self, count: i64) -> Result<Money, OrdersError> {
        self.at_most(count, self.to_ship())?;
        self.value_of(self.quantity - self.cancelled - count, count)
    }

    /// What `count` units are worth that left before and come back now.
    ///
    /// # Errors
    /// [`OrdersError::LineExceeded`] when fewer units are out.
    pub fn worth_out(&self, count: i64) -> Result<Money, OrdersError> {
        self.at_most(count, self.out())?;
        self.value_of(self.returned, count)
    }

    /// What `count` of the units are worth that [`OrderLine::ended`] counts: their share of what was not given back for
    /// units that ended.
    ///
    /// # Errors
    /// [`OrdersError::LineExceeded`] when there are fewer.
    pub fn worth_ended(&self, count: i64) -> Result<Money, OrdersError> {
        let all = self.ended();
        self.at_most(count, all)?;
        let came_back = self.value_of(0, self.returned)?;
        let called_off = self.value_of(self.quantity - self.cancelled, self.cancelled)?;
        let left = came_back
            .plus(called_off)?
            .minus(self.refunded)?
            .amount
            .max(0);
        let step = self.total.currency.step();
        let step = if left % step == 0 { step } else { 1 };
        let steps = i128::from(left / step) * i128::from(count) / i128::from(all.max(1));
        let amount = i64::try_from(steps * i128::from(step)).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(amount, self.total.currency))
    }

    const fn at_most(&self, count: i64, limit: i64) -> Result<(), OrdersError> {
        if count >= 1 && count <= limit {
            Ok(())
        } else {
            Err(OrdersError::LineExceeded { line_id: self.id })
        }
    }
}

/// Counts units as given back, each line once: no more than ended, for no more money than the line cost. Money without
/// units is a part of what goes back by another payment, whose refund counts the units.
///
/// # Errors
/// [`OrdersError::LineExceeded`] when a line has not that much left, [`OrdersError::LineNotFound`]; nothing is written.
pub async fn record_line_refunds(
    tx: &mut Tx,
    id: OrderId,
    given: &[RefundedUnits],
) -> Result<(), OrdersError> {
    let sql = "UPDATE order_lines SET refunded_units = refunded_units + $3, refunded = refunded + $4 WHERE id = $1 AND order_id = $2 \
               AND $3 <= cancelled + returned - refunded_units AND cancelled + returned > 0 AND $4 <= total - refunded";
    write(tx, id, sql, given).await
}

/// Takes back what [`record_line_refunds`] counted, because the refund failed: no money left the house. The units stay
/// cancelled or returned, and can be refunded again.
///
/// # Errors
/// [`OrdersError::LineExceeded`] when less was counted, [`OrdersError::LineNotFound`]; nothing is written.
pub async fn withdraw_line_refunds(
    tx: &mut Tx,
    id: OrderId,
    given: &[RefundedUnits],
) -> Result<(), OrdersError> {
    let sql = "UPDATE order_lines SET refunded_units = refunded_units - $3, refunded = refunded - $4 WHERE id = $1 AND order_id = $2 \
               AND $3 <= refunded_units AND $4 <= refunded";
    write(tx, id, sql, given).await
}

async fn write(
    tx: &mut Tx,
    id: OrderId,
    sql: &str,
    given: &[RefundedUnits],
) -> Result<(), OrdersError> {
    let currency = order::by_id(tx, id).await?.currency();
    // In the order in which rows are locked everywhere.
    let mut sums: BTreeMap<OrderLineId, (i64, Money)> = BTreeMap::new();
    for RefundedUnits {
        line_id,
        units,
        amount,
    } in given.iter().copied()
    {
        let (sum, money) = sums.entry(line_id).or_insert((0, Money::zero(currency)));
        let added = sum
            .checked_add(units)
            .filter(|_| units >= 0 && amount.amount >= 0 && (units, amount.amount) != (0, 0));
        *sum = added.ok_or(OrdersError::LineExceeded { line_id })?;
        *money = money.plus(amount)?;
    }
    for (line_id, (units, money)) in sums {
        if tx
            .execute(sql, params![line_id, id, units, money.amount])
            .await?
            != 1
        {
            return Err(refusal(tx, id, line_id).await?);
        }
    }
    Ok(())
}
