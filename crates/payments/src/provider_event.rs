//! What providers send us: stored before they get their answer, taken in once, kept for ever.
//!
//! [`receive`] is what an entrance for signed messages does before it says yes (P9); [`apply`] is what the background
//! does with a stored message. A message that arrives again is the same message (P1).

use kernel::{Money, OrderId, PaymentId, ProviderEventId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    jobs::{self, NewJob},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Account, DeclineCode, Effect, Entry, EntryKind, Outcome, PaymentsError, Provider, Recorded,
    codes::codes,
    journal,
    quarantine::{self, Reason, Report},
    record::{self, Success},
    settings,
    signature::{self, BadSignature},
    work,
};

/// A message about one charge, as the demo provider writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEvent {
    /// The provider's name for the message; the same message carries the same name.
    pub id: String,
    /// What it says.
    pub kind: ProviderEventKind,
    /// When that happened.
    pub occurred_at: Timestamp,
    /// The shop's account at the provider.
    pub merchant: String,
    /// False when no real money moves.
    pub live: bool,
    /// The shop's own name for the charge: a payment id.
    pub payment: String,
    /// The provider's name for the charge.
    pub reference: String,
    /// How much was charged.
    pub amount: Money,
    /// Why it was declined.
    pub decline_code: Option<DeclineCode>,
}

codes! {
    /// What a message says about its charge.
    ProviderEventKind {
        /// The provider works on it.
        Pending = "charge.pending",
        /// The provider refused.
        Declined = "charge.declined",
        /// The provider took the money.
        Succeeded = "charge.succeeded",
    }
}

codes! {
    /// What became of a stored message.
    EventOutcome {
        /// Not looked at yet.
        Received = "received",
        /// It moved a payment.
        Applied = "applied",
        /// It said what was known, or less.
        Ignored = "ignored",
        /// It did not fit.
        Quarantined = "quarantined",
    }
}

/// Whether a message came for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is stored now, under this id.
    First(ProviderEventId),
    /// It was stored before.
    Duplicate,
}

/// A stored message, for people.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StoredEvent {
    /// Our id of the message.
    pub id: ProviderEventId,
    /// Who sent it.
    pub provider: Provider,
    /// What it says.
    pub kind: String,
    /// What became of it.
    pub outcome: EventOutcome,
    /// Why, where that is not plain.
    pub reason: Option<String>,
    /// The payment it is about, once known.
    pub payment_id: Option<PaymentId>,
    /// When it arrived.
    pub received_at: Timestamp,
}

impl ProviderEvent {
    /// What the message says, as an outcome of the payment.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let reference = Some(self.reference.clone());
        match self.kind {
            ProviderEventKind::Pending => Outcome::Pending { reference },
            ProviderEventKind::Declined => {
                let code = self.decline_code.unwrap_or(DeclineCode::DeclinedByBank);
                Outcome::Declined {
                    code,
                    reference,
                    at: self.occurred_at,
                }
            }
            ProviderEventKind::Succeeded => Outcome::Succeeded(self.success()),
        }
    }

    fn success(&self) -> Success {
        Success {
            reference: self.reference.clone(),
            amount: self.amount,
            live: self.live,
            at: self.occurred_at,
        }
    }
}

/// Reads a signed message; nothing is believed before the signature fits (P2).
///
/// # Errors
/// Why it is not believed.
pub fn verify(
    secret: &str,
    header: &str,
    raw: &[u8],
    now: Timestamp,
) -> Result<ProviderEvent, BadSignature> {
    signature::check(secret, header, raw, now)?;
    serde_json::from_slice(raw).map_err(|_| BadSignature::Body)
}

/// Stores a message and queues its taking in; commit this before the provider gets a yes (P9).
///
/// # Errors
/// Whatever the database says.
pub async fn receive(
    tx: &mut Tx,
    ctx: &Ctx,
    provider: Provider,
    event: &ProviderEvent,
    raw: &str,
) -> Result<Received, PaymentsError> {
    let id = ProviderEventId::new();
    let sql = "INSERT INTO provider_events (id, provider, provider_event_id, kind, raw, outcome, received_at) \
               VALUES ($1, $2, $3, $4, $5, 'received', $6) ON CONFLICT (provider, provider_event_id) DO NOTHING";
    if tx
        .execute(
            sql,
            params![id, provider, &event.id, event.kind, raw, ctx.now()],
        )
        .await?
        == 0
    {
        return Ok(Received::Duplicate);
    }
    let job = NewJob::new(work::EVENT, &work::EventJob { event_id: id }).unique(id.to_string());
    jobs::enqueue(tx, ctx, job).await?;
    Ok(Received::First(id))
}

/// The order that a stored message is about, so that a flow can lock it first; `None` when the message names no payment
/// of ours.
///
/// # Errors
/// Whatever the database says.
pub async fn order_of(rx: &mut Rx, id: ProviderEventId) -> Result<Option<OrderId>, DbError> {
    let row = rx
        .one(
            "SELECT id, raw FROM provider_events WHERE id = $1",
            params![id],
        )
        .await?;
    let Ok(payment) = row
        .json::<ProviderEvent>("raw")?
        .payment
        .parse::<PaymentId>()
    else {
        return Ok(None);
    };
    let found = rx
        .row(
            "SELECT order_id FROM payments WHERE id = $1",
            params![payment],
        )
        .await?;
    found.map(|row| row.get("order_id")).transpose()
}

/// Takes in a stored message. `None` when it was taken in before or names no payment of ours.
///
/// # Errors
/// Whatever the database says; nothing that a message can contain is an error.
pub async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProviderEventId,
) -> Result<Option<Recorded>, PaymentsError> {
    let sql =
        "SELECT id, provider, raw FROM provider_events WHERE id = $1 AND outcome = 'received'";
    let Some(row) = tx.row(sql, params![id]).await? else {
        return Ok(None);
    };
    let provider: Provider = row.parse("provider")?;
    let event: ProviderEvent = row.json("raw")?;
    let merchant = crate::provider::merchant(tx, provider).await?;
    if event.merchant != merchant {
        refuse(tx, ctx, provider, &event, Reason::WrongMerchant).await?;
        finish(
            tx,
            id,
            EventOutcome::Quarantined,
            Some(Reason::WrongMerchant.code()),
            None,
        )
        .await?;
        return Ok(None);
    }
    let Some(payment_id) = known_payment(tx, provider, &event.payment).await? else {
        refuse(tx, ctx, provider, &event, Reason::UnknownPayment).await?;
        finish(
            tx,
            id,
            EventOutcome::Quarantined,
            Some(Reason::UnknownPayment.code()),
            None,
        )
        .await?;
        return Ok(None);
    };
    let recorded = record::record(tx, ctx, payment_id, &event.outcome()).await?;
    let (outcome, reason) = match recorded.effect {
        Effect::Applied => (EventOutcome::Applied, None),
        Effect::Already => (EventOutcome::Ignored, Some("already")),
        Effect::Superseded => (EventOutcome::Ignored, Some("superseded")),
        Effect::Quarantined => (EventOutcome::Quarantined, Some("misfit")),
    };
    finish(tx, id, outcome, reason, Some(payment_id)).await?;
    Ok(Some(recorded))
}

async fn known_payment(
    tx: &mut Tx,
    provider: Provider,
    name: &str,
) -> Result<Option<PaymentId>, DbError> {
    let Ok(id) = name.parse::<PaymentId>() else {
        return Ok(None);
    };
    let sql = "SELECT id FROM payments WHERE id = $1 AND provider = $2";
    Ok(tx.row(sql, params![id, provider]).await?.map(|_| id))
}

/// Quarantines a message that names no payment of ours. Real money of our own account lies in suspense from then on.
async fn refuse(
    tx: &mut Tx,
    ctx: &Ctx,
    provider: Provider,
    event: &ProviderEvent,
    reason: Reason,
) -> Result<(), PaymentsError> {
    let ours =
        reason == Reason::UnknownPayment && event.live != settings::load(tx).await?.test_mode;
    let effect_key = format!("charge:{provider}:{}", event.reference);
    let fresh = journal::by_effect(tx, &effect_key).await?.is_none();
    let with_money =
        ours && fresh && event.kind == ProviderEventKind::Succeeded && event.amount.amount > 0;
    if with_money {
        let entry = Entry {
            entry: EntryKind::Overpayment,
            debit: provider.account(),
            credit: Account::Suspense,
            amount: event.amount,
            order_id: None,
            effect_key,
            at: None,
        };
        journal::post(tx, ctx, &entry).await?;
    }
    let report = Report {
        provider,
        payment_id: None,
        order_id: None,
        reference: Some(event.reference.clone()),
        reason,
        detail: format!(
            "{}: {} for {:?} of {:?}",
            event.id, event.kind, event.payment, event.merchant
        ),
        money: with_money.then_some(event.amount),
    };
    quarantine::put(tx, ctx, report).await
}

/// Notes what became of a stored message.
///
/// # Errors
/// [`DbError::RowCount`] when it was finished before.
pub async fn finish(
    tx: &mut Tx,
    id: ProviderEventId,
    outcome: EventOutcome,
    reason: Option<&str>,
    payment_id: Option<PaymentId>,
) -> Result<(), DbError> {
    let sql = "UPDATE provider_events SET outcome = $2, reason = $3, payment_id = $4 WHERE id = $1 AND outcome = 'received'";
    tx.execute_one(sql, params![id, outcome, reason, payment_id])
        .await
}

/// The latest messages, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn latest(rx: &mut Rx, limit: i64) -> Result<Vec<StoredEvent>, DbError> {
    let sql = "SELECT id, provider, kind, outcome, reason, payment_id, received_at FROM provider_events ORDER BY id DESC LIMIT $1";
    rx.rows(sql, params![limit])
        .await?
        .iter()
        .map(StoredEvent::from_row)
        .collect()
}

impl StoredEvent {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            provider: row.parse("provider")?,
            kind: row.get("kind")?,
            outcome: row.parse("outcome")?,
            reason: row.get("reason")?,
            payment_id: row.get("payment_id")?,
            received_at: row.get("received_at")?,
        })
    }
}
