//! What providers send us: stored before they get their answer, taken in once, kept for ever.
//!
//! [`receive`] is what an entrance for signed messages does before it says yes (P9); [`apply`] is what the background
//! does with a stored message. A message that arrives again is the same message (P1).

mod taking_in;

use kernel::{Money, PaymentId, ProviderEventId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx, cards,
    db::Row,
    jobs::{self, NewJob},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    DeclineCode, Outcome, PaymentsError, Provider,
    codes::codes,
    dispute::ToldDispute,
    record::Success,
    refund::ToldRefund,
    signature::{self, BadSignature},
    work,
};

pub use taking_in::{Taken, apply, order_of};

/// What a stored message says, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Something about a charge.
    Charge(ProviderEvent),
    /// Something about money on its way back.
    Refund(ToldRefund),
    /// A shopper's bank asks for money back.
    Dispute(ToldDispute),
    /// Nothing that concerns the shop's money.
    Nothing,
}

/// A message about one charge, as the demo provider writes it, and as others' messages are read.
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
    /// The provider's name for the one card that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub this_try: Option<String>,
}

codes! {
    /// What a message says about its charge.
    ProviderEventKind {
        /// The provider works on it.
        Pending = "charge.pending",
        /// A card was refused; where it was typed on a page of the provider's, another one may follow.
        TryFailed = "charge.try_failed",
        /// The provider closed the charge; nothing was taken.
        Closed = "charge.closed",
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
    /// What the message says, as an outcome of the payment. A refused card ends a payment unless it was typed on a page
    /// of the provider's.
    #[must_use]
    pub fn outcome(&self, on_page: bool) -> Outcome {
        let reference = Some(self.reference.clone()).filter(|name| !name.is_empty());
        match self.kind {
            ProviderEventKind::Pending => Outcome::Pending { reference },
            ProviderEventKind::Closed => Outcome::Closed,
            ProviderEventKind::TryFailed if on_page => Outcome::TryFailed {
                code: self.decline_code.unwrap_or(DeclineCode::DeclinedByBank),
                this_try: self.this_try.clone().unwrap_or_else(|| self.id.clone()),
                reference,
                at: self.occurred_at,
            },
            ProviderEventKind::Declined | ProviderEventKind::TryFailed => {
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

/// Stores a message as it came, but without numbers of cards (P12), and queues its taking in; commit this before the provider gets a yes (P9). `name` and `kind` are the
/// provider's own.
///
/// # Errors
/// Whatever the database says.
pub async fn receive(
    tx: &mut Tx,
    ctx: &Ctx,
    provider: Provider,
    (name, kind): (&str, &str),
    raw: &str,
) -> Result<Received, PaymentsError> {
    let id = ProviderEventId::new();
    let raw = cards::masked_json(raw);
    let sql = "INSERT INTO provider_events (id, provider, provider_event_id, kind, raw, outcome, received_at) \
               VALUES ($1, $2, $3, $4, $5, 'received', $6) ON CONFLICT (provider, provider_event_id) DO NOTHING";
    if tx
        .execute(sql, params![id, provider, name, kind, &*raw, ctx.now()])
        .await?
        == 0
    {
        return Ok(Received::Duplicate);
    }
    let job = NewJob::new(work::EVENT, &work::EventJob { event_id: id }).unique(id.to_string());
    jobs::enqueue(tx, ctx, job).await?;
    Ok(Received::First(id))
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
