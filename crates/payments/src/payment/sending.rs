//! Handing a payment to its provider: asked for by a job, marked before the call, repeated exactly as it was (P5).

use kernel::{Money, PaymentId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    jobs::{self, NewJob},
    params,
};

use super::{by_id, cancel_open, lock};
use crate::{PaymentState, PaymentsError, Wish, order_money, work};

/// What a provider is asked to charge. A repeated call carries the same key and is the same charge (P5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// The payment, our name for it at the provider.
    pub payment_id: PaymentId,
    /// The key of the charge.
    pub idempotency_key: String,
    /// How much.
    pub amount: Money,
    /// When it was first handed over.
    pub sent_at: Timestamp,
    /// The provider's name for the charge, once it has one.
    pub reference: Option<String>,
    /// Which card.
    pub wish: Wish,
}

/// Asks for a card payment to be charged by a background job, at most once per payment. False when it was asked for
/// before.
///
/// # Errors
/// Whatever the database says.
pub async fn request_charge(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PaymentId,
    wish: impl Into<Wish>,
) -> Result<bool, PaymentsError> {
    let job = work::ChargeJob {
        payment_id: id,
        wish: wish.into(),
    };
    let job = NewJob::new(work::CHARGE, &job).unique(id.to_string());
    Ok(jobs::enqueue(tx, ctx, job).await?)
}

/// Marks a card payment as sent, in a transaction of its own before the provider is called (P5). `None` when it must
/// not be sent: it was given up, it has an outcome, or the order is paid meanwhile.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn send(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PaymentId,
    wish: impl Into<Wish>,
) -> Result<Option<ChargeRequest>, PaymentsError> {
    let wish = wish.into();
    let order_id = by_id(tx, id).await?.order_id;
    let money = order_money::lock(tx, order_id).await?;
    let payment = lock(tx, id).await?;
    if payment.state != PaymentState::Created || !payment.provider.answers() {
        return Ok(None);
    }
    if payment.sent_at.is_none() {
        if money.outstanding() != payment.amount {
            cancel_open(tx, ctx, order_id).await?;
            return Ok(None);
        }
        let sql = "UPDATE payments SET sent_at = $2, updated_at = $2, wish = $3 WHERE id = $1 AND state = 'created' AND sent_at IS NULL";
        let kept = serde_json::to_string(&wish).unwrap_or_default();
        tx.execute_one(sql, params![id, ctx.now(), kept]).await?;
    }
    Ok(Some(ChargeRequest {
        payment_id: id,
        idempotency_key: payment.idempotency_key,
        amount: payment.amount,
        sent_at: payment.sent_at.unwrap_or_else(|| ctx.now()),
        reference: payment.provider_ref,
        wish,
    }))
}

/// What the provider was asked for when a payment was sent; `None` for one that was not.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn sent_request(
    rx: &mut Rx,
    id: PaymentId,
) -> Result<Option<ChargeRequest>, PaymentsError> {
    let payment = by_id(rx, id).await?;
    let row = rx
        .one("SELECT id, wish FROM payments WHERE id = $1", params![id])
        .await?;
    let kept: Option<String> = row.get("wish")?;
    let Some((sent_at, kept)) = payment.sent_at.zip(kept) else {
        return Ok(None);
    };
    let wish = serde_json::from_str(&kept).map_err(|_| row.inconsistent("wish"))?;
    Ok(Some(ChargeRequest {
        payment_id: id,
        idempotency_key: payment.idempotency_key,
        amount: payment.amount,
        sent_at,
        reference: payment.provider_ref,
        wish,
    }))
}

/// Notes the provider's name for the charge that is about to be asked for.
///
/// # Errors
/// [`DbError::RowCount`] when the payment has another name already.
pub(crate) async fn named(tx: &mut Tx, id: PaymentId, reference: &str) -> Result<(), DbError> {
    let sql = "UPDATE payments SET provider_ref = $2 WHERE id = $1 AND (provider_ref IS NULL OR provider_ref = $2)";
    tx.execute_one(sql, params![id, reference]).await
}

/// Has the provider's page of a payment closed by a background job, so that no card can be charged there any more. What
/// the provider says about it is taken in like any other word of it.
///
/// # Errors
/// Whatever the database says.
pub async fn request_close(tx: &mut Tx, ctx: &Ctx, id: PaymentId) -> Result<(), DbError> {
    let key = format!("{id}:{}", ctx.now().micros());
    let job = NewJob::new(work::CLOSE, &work::CloseJob { payment_id: id }).unique(key);
    jobs::enqueue(tx, ctx, job).await?;
    Ok(())
}
