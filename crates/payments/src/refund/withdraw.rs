//! A refund that waits can be withdrawn: nobody has been asked for its money yet (CHK-21).

use kernel::{Money, OrderId, Timestamp};
use platform::{Ctx, Tx, jobs, params};

use super::{Refund, RefundState, of_order};
use crate::{PaymentsError, order_money, payment, work};

impl Refund {
    /// Until when it can be withdrawn; none once its money may be on its way.
    #[must_use]
    pub fn withdrawable_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.waits_until
            .filter(|until| self.state == RefundState::Pending && *until > now)
    }
}

/// Withdraws the refunds of an order that wait: their money has not left and is free again. All of them or
/// none; tells how much it is. Nothing of what came in may have left since `since`, when they were asked for.
///
/// # Errors
/// [`PaymentsError::RefundOver`] when the money of one has left or may be on its way; nothing must be committed then.
/// [`PaymentsError::NotFound`] when none waits.
pub async fn withdraw(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    since: Timestamp,
) -> Result<Money, PaymentsError> {
    let money = order_money::lock(tx, order_id).await?;
    let mut waiting = of_order(tx, order_id).await?;
    let left = |r: &&Refund| r.waits_until.is_none() && r.state.is_live() && r.created_at > since;
    if let Some(left) = waiting.iter().find(left) {
        return Err(PaymentsError::RefundOver(left.state));
    }
    waiting.retain(|r| r.waits_until.is_some() && r.state != RefundState::Withdrawn);
    if waiting.is_empty() {
        return Err(PaymentsError::NotFound("a refund that waits"));
    }
    let sql = "UPDATE refunds SET state = 'withdrawn', finished_at = $2 WHERE id = $1 AND state = 'pending' AND waits_until > $2";
    let mut freed = Money::zero(money.due.currency);
    for refund in waiting {
        let by_job = payment::by_id(tx, refund.payment_id)
            .await?
            .provider
            .answers();
        let withdrawn = tx.execute(sql, params![refund.id, ctx.now()]).await? == 1
            // The row of the job decides: whoever has begun it may have asked the provider already.
            && (!by_job || jobs::take_back(tx, ctx, work::REFUND, &refund.id.to_string()).await?);
        if !withdrawn {
            return Err(PaymentsError::RefundOver(refund.state));
        }
        order_money::free(tx, order_id, refund.amount).await?;
        freed = freed.plus(refund.amount)?;
    }
    Ok(freed)
}
