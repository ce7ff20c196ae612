//! What a provider says about refunds, including those that were made at its own desk.

use kernel::{Money, PaymentId, RefundId};
use platform::{Ctx, DbError, Rx, Tx, params};

use super::{Refund, RefundOutcome, RefundRequest, by_id, captured, insert, settle};
use crate::{
    Payment, PaymentsError, Settled, order_money,
    quarantine::{self, Reason, Report},
    refund_parts::Left,
};

/// What a provider says about a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRefund {
    /// The provider's name for it.
    pub reference: String,
    /// The key under which we asked for it; none when somebody made it at the provider's own desk.
    pub key: Option<String>,
    /// The provider's name for the charge.
    pub charge: String,
    /// How much.
    pub amount: Money,
    /// Why the money does not go back after all.
    pub lost: Option<String>,
}

/// Takes in what a provider says about a refund of a payment's money. One that was made at the provider's own desk is
/// recorded like any other, within what was captured (P4); what contradicts our books is left to people. `Some` when a
/// refund ended by it.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn told(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &Payment,
    told: &ToldRefund,
) -> Result<Option<Refund>, PaymentsError> {
    let ours = told
        .key
        .as_ref()
        .and_then(|key| key.parse::<RefundId>().ok());
    let known = match (ours, &told.key) {
        (Some(id), _) => Some(id),
        // Quarantined money is given back by its own job, which hears of it by itself.
        (None, Some(_)) => return Ok(None),
        (None, None) => match by_reference(tx, payment.id, &told.reference).await? {
            Some(id) => Some(id),
            None if told.lost.is_some() => return Ok(None),
            None => return adopt(tx, ctx, payment, told).await,
        },
    };
    let found = match known {
        Some(id) => by_id(tx, id)
            .await
            .ok()
            .filter(|r| r.payment_id == payment.id),
        None => None,
    };
    let Some(refund) = found.filter(|r| r.amount == told.amount) else {
        return contradicts(tx, ctx, payment, told).await;
    };
    let outcome = match &told.lost {
        None => RefundOutcome::Succeeded {
            reference: told.reference.clone(),
        },
        Some(why) => RefundOutcome::Failed { why: why.clone() },
    };
    match settle(tx, ctx, refund.id, &outcome).await {
        Ok(true) => Ok(Some(by_id(tx, refund.id).await?)),
        Ok(false) => Ok(None),
        // A refund that failed is never told as done, and one that is done can only be lost by the bank.
        Err(PaymentsError::RefundOver(_)) => contradicts(tx, ctx, payment, told).await,
        Err(other) => Err(other),
    }
}

/// A refund that somebody made at the provider's own desk.
async fn adopt(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &Payment,
    told: &ToldRefund,
) -> Result<Option<Refund>, PaymentsError> {
    let money = order_money::lock(tx, payment.order_id).await?;
    // An order may be paid by several payments; none gives back more than it brought.
    let (_, left) = captured(tx, payment.order_id).await?;
    let enough = |(id, has): &Left| *id == payment.id && has.amount >= told.amount.amount;
    let fits = payment.settled == Some(Settled::Order)
        && told.amount.currency == money.due.currency
        && left.iter().any(enough)
        && order_money::set_aside(tx, payment.order_id, told.amount).await?;
    if !fits {
        return contradicts(tx, ctx, payment, told).await;
    }
    let request = RefundRequest {
        order_id: payment.order_id,
        amount: told.amount,
        shipping: Money::zero(told.amount.currency),
        lines: Vec::new(),
        reason: "made_at_provider".into(),
        idempotency_key: format!("{}:{}", payment.provider, told.reference),
        waits_until: None,
    };
    let id = RefundId::new();
    insert(tx, ctx, id, &request, payment.id).await?;
    let done = RefundOutcome::Succeeded {
        reference: told.reference.clone(),
    };
    settle(tx, ctx, id, &done).await?;
    Ok(Some(by_id(tx, id).await?))
}

async fn contradicts(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &Payment,
    told: &ToldRefund,
) -> Result<Option<Refund>, PaymentsError> {
    let mut report = Report::of(payment, Reason::Contradiction, &told.reference);
    let ended = told.lost.as_deref().unwrap_or("done");
    report.detail = format!("refund of {}: {ended}", told.amount);
    quarantine::put(tx, ctx, report).await?;
    Ok(None)
}

async fn by_reference(
    rx: &mut Rx,
    payment: PaymentId,
    reference: &str,
) -> Result<Option<RefundId>, DbError> {
    let sql = "SELECT id FROM refunds WHERE payment_id = $1 AND provider_ref = $2";
    let row = rx.row(sql, params![payment, reference]).await?;
    row.map(|row| row.get("id")).transpose()
}
