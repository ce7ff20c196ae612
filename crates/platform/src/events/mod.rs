//! The one stream of events.
//!
//! An event is written by [`emit`] in the transaction that makes it true. Consumers follow the stream with a cursor
//! ([`Subscription`]): each batch is handled and the cursor advanced in one transaction, so within the database every
//! effect happens exactly once, and never before the event is committed.

mod consume;
mod position;

use kernel::{CustomerId, EventId, SessionId, Timestamp, VisitorId, id::TypedId};
use serde::Serialize;
use uuid::Uuid;

pub use consume::{Consumers, Lag, Subscription, drain, lags};
pub use position::{Position, after, end, settle};

use crate::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Target, Value},
    params,
};

/// Something that happened, about to be written.
#[derive(Debug, Clone)]
pub struct Event {
    name: &'static str,
    version: i64,
    subject: Option<(&'static str, Uuid)>,
    customer: Option<CustomerId>,
    payload: serde_json::Value,
}

impl Event {
    /// An event of [`kernel::event`] with its payload.
    #[must_use]
    pub fn new(name: &'static str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or_default();
        Self {
            name,
            version: 1,
            subject: None,
            customer: None,
            payload,
        }
    }

    /// The thing whose timeline the event belongs to: an order, a product.
    #[must_use]
    pub fn about<I: TypedId>(mut self, id: I) -> Self {
        self.subject = Some((I::PREFIX, id.uuid()));
        self
    }

    /// The customer whose timeline the event belongs to.
    #[must_use]
    pub const fn customer(mut self, customer: Option<CustomerId>) -> Self {
        self.customer = customer;
        self
    }

    /// The version of the payload when it is not the first.
    #[must_use]
    pub const fn version(mut self, version: i64) -> Self {
        self.version = version;
        self
    }
}

/// An event as it stands on the stream.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Position on the stream.
    pub seq: i64,
    /// The event's own id; consumers deduplicate by it.
    pub id: EventId,
    /// Its name, one of [`kernel::event::ALL`].
    pub name: String,
    /// Version of the payload.
    pub version: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, as `kind:name`.
    pub actor: String,
    /// The thing it is about, as kind and key.
    pub subject: Option<(String, Uuid)>,
    /// The customer it concerns.
    pub customer: Option<CustomerId>,
    /// The browser it came from.
    pub visitor: Option<VisitorId>,
    /// The visit it came from.
    pub session: Option<SessionId>,
    /// The details.
    pub payload: serde_json::Value,
}

impl Recorded {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let kind: Option<String> = row.get("subject_kind")?;
        let key: Option<Uuid> = row.get("subject_id")?;
        Ok(Self {
            seq: row.get("seq")?,
            id: row.get("id")?,
            name: row.get("name")?,
            version: row.get("version")?,
            at: row.get("occurred_at")?,
            actor: row.get("actor")?,
            subject: kind.zip(key),
            customer: row.get("customer_id")?,
            visitor: row.get("visitor_id")?,
            session: row.get("session_id")?,
            payload: row.get("payload")?,
        })
    }

    /// The subject as a typed id, when it is of that kind.
    #[must_use]
    pub fn subject_as<I: TypedId>(&self) -> Option<I> {
        self.subject
            .as_ref()
            .filter(|(kind, _)| kind == I::PREFIX)
            .map(|(_, key)| I::from_uuid(*key))
    }
}

const COLUMNS: &str = "seq, id, name, version, occurred_at, actor, subject_kind, subject_id, customer_id, visitor_id, session_id, payload";

/// The columns of an event as it is written; the first is the transaction's number.
const INSERTED: [&str; 14] = [
    "xid",
    "id",
    "name",
    "version",
    "occurred_at",
    "actor",
    "subject_kind",
    "subject_id",
    "customer_id",
    "visitor_id",
    "session_id",
    "source",
    "device",
    "payload",
];

/// Writes an event in the caller's transaction.
///
/// # Errors
/// Whatever the database says.
pub async fn emit(tx: &mut Tx, ctx: &Ctx, event: Event) -> Result<(), DbError> {
    emit_at(tx, ctx, ctx.now(), event).await
}

/// Writes an event that happened earlier, as page events and imports do.
///
/// # Errors
/// Whatever the database says.
pub async fn emit_at(tx: &mut Tx, ctx: &Ctx, at: Timestamp, event: Event) -> Result<(), DbError> {
    if let Some((kind, key)) = event.subject {
        tx.about(|| format!("{kind}_{}", kernel::id::encode(key)));
    }
    emit_bulk(tx, vec![bulk_row(ctx, at, event)]).await
}

/// Everything that happened to one thing, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn timeline<I: TypedId>(rx: &mut Rx, id: I) -> Result<Vec<Recorded>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE subject_id = $1 ORDER BY seq LIMIT 500");
    rx.rows(&sql, params![id.uuid()])
        .await?
        .iter()
        .map(Recorded::from_row)
        .collect()
}

/// Event rows in bulk, for page events that were gathered in memory and for imports. Each row is
/// `(at, actor, visit, subject, customer, event name, payload)` already turned into values by [`bulk_row`].
///
/// # Errors
/// Whatever the database says.
pub async fn emit_bulk(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<(), DbError> {
    let target = Target {
        table: "events",
        columns: &INSERTED,
        lead: tx.dialect().transaction_stamp(),
    };
    tx.insert_last(target, rows).await?;
    tx.wake_events();
    Ok(())
}

/// One row for [`emit_bulk`].
#[must_use]
pub fn bulk_row(ctx: &Ctx, at: Timestamp, event: Event) -> Vec<Value> {
    let visit = ctx.visit();
    params![
        EventId::new(),
        event.name,
        event.version,
        at,
        ctx.actor().label(),
        event.subject.map(|(kind, _)| kind),
        event.subject.map(|(_, key)| key),
        event.customer,
        visit.map(|v| v.visitor),
        visit.map(|v| v.session),
        visit.map(|v| v.source.to_string()),
        visit.map(|v| v.device.to_string()),
        event.payload
    ]
    .to_vec()
}
