//! Messages on record: queued in the transaction that makes them true, at most one for each occurrence.

use std::{collections::BTreeMap, str::FromStr};

use kernel::{CustomerId, Email, Locale, MessageId, OrderId, Timestamp, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value, id_value, keyed},
    events::{self, Event},
    jobs::{self, NewJob},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Content, EngagementError, MessageKind,
    events::{MessageFailed, MessageSent},
};

/// The kind of the job that sends a message.
pub const JOB: &str = "engagement.send";

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It waits to be sent.
    Queued,
    /// It is being handed to the mail server.
    Claimed,
    /// The mail server took it.
    Sent,
    /// It may have left or not; it is never sent again (M1).
    Unknown,
    /// It did not leave.
    Failed,
}

/// A message about to be queued.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// What it says.
    pub content: Content,
    /// Where it goes.
    pub recipient: Email,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The customer it is for.
    pub customer_id: Option<CustomerId>,
    /// What made it necessary; the same kind goes to the same address once for each occurrence. A parcel's id for a
    /// shipment, a payment's for a failure, an inquiry's for an answer, otherwise the order's.
    pub occurrence: String,
    /// The language it is written in.
    pub locale: Locale,
}

/// A message on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Message {
    /// Its key.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// Where it goes.
    pub recipient: String,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The customer it is for.
    pub customer_id: Option<CustomerId>,
    /// The language it is written in.
    pub locale: Locale,
    /// What became of it.
    pub state: MessageState,
    /// Its subject, once it was rendered.
    pub subject: Option<String>,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
}

/// The payload of the sending job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Send {
    pub(crate) message_id: MessageId,
}

impl MessageState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Claimed,
        Self::Sent,
        Self::Unknown,
        Self::Failed,
    ];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// A text that names no state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message has no such state")]
pub struct UnknownState;

impl FromStr for MessageState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or(UnknownState)
    }
}

const COLUMNS: &str = "id, kind, recipient, order_id, customer_id, locale, state, subject, error, created_at, sent_at, context";

impl Message {
    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.parse("kind")?,
            recipient: row.get("recipient")?,
            order_id: row.get("order_id")?,
            customer_id: row.get("customer_id")?,
            locale: row.get("locale")?,
            state: row.parse("state")?,
            subject: row.get("subject")?,
            error: row.get("error")?,
            created_at: row.get("created_at")?,
            sent_at: row.get("sent_at")?,
        })
    }
}

const INSERT: &str = "INSERT INTO messages (id, kind, channel, recipient, order_id, customer_id, occurrence, locale, state, \
                      context, created_at) VALUES ($1, $2, 'email', $3, $4, $5, $6, $7, 'queued', $8, $9)";

/// Queues a message in the caller's transaction. False when one of its kind for this occurrence exists already.
///
/// # Errors
/// A content with links that are none; otherwise whatever the database says.
pub async fn queue(tx: &mut Tx, ctx: &Ctx, new: NewMessage) -> Result<bool, EngagementError> {
    let id = MessageId::new();
    let sql = format!("{INSERT} ON CONFLICT (kind, channel, recipient, occurrence) DO NOTHING");
    if tx.execute(&sql, &row(ctx, id, new)?).await? == 0 {
        return Ok(false);
    }
    enqueue(tx, ctx, id).await?;
    Ok(true)
}

/// Queues the message of an occurrence that this transaction itself has made, so that nobody can have been told of it.
///
/// # Errors
/// As [`queue`]; where there is such a message after all, the transaction fails.
pub async fn queue_first(tx: &mut Tx, ctx: &Ctx, new: NewMessage) -> Result<(), EngagementError> {
    let id = MessageId::new();
    tx.later(INSERT, &row(ctx, id, new)?).await?;
    Ok(enqueue(tx, ctx, id).await?)
}

fn row(ctx: &Ctx, id: MessageId, new: NewMessage) -> Result<Vec<Value>, EngagementError> {
    let variables = new.content.variables()?;
    let values = params![
        id,
        new.content.kind().code(),
        new.recipient.as_str(),
        new.order_id,
        new.customer_id,
        new.occurrence,
        new.locale,
        variables,
        ctx.now()
    ];
    Ok(values.to_vec())
}

async fn enqueue(tx: &mut Tx, ctx: &Ctx, message_id: MessageId) -> Result<(), DbError> {
    let job = NewJob::new(JOB, &Send { message_id }).unhurried();
    jobs::enqueue_anyway(tx, ctx, job).await
}

/// The messages of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order: OrderId) -> Result<Vec<Message>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM messages WHERE order_id = $1 ORDER BY created_at, id");
    rx.rows(&sql, params![order])
        .await?
        .iter()
        .map(Message::from_row)
        .collect()
}

/// The message of a kind to an address for one occurrence.
///
/// # Errors
/// Whatever the database says.
pub async fn of_occurrence(
    rx: &mut Rx,
    kind: MessageKind,
    recipient: &str,
    occurrence: &str,
) -> Result<Option<Message>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM messages WHERE kind = $1 AND channel = 'email' AND recipient = $2 AND occurrence = $3"
    );
    rx.row(&sql, params![kind.code(), recipient, occurrence])
        .await?
        .as_ref()
        .map(Message::from_row)
        .transpose()
}

/// One message.
///
/// # Errors
/// Whatever the database says.
pub async fn by_id(rx: &mut Rx, id: MessageId) -> Result<Option<Message>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM messages WHERE id = $1");
    rx.row(&sql, params![id])
        .await?
        .as_ref()
        .map(Message::from_row)
        .transpose()
}

/// A message that a run of the job has claimed, with what it says.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) message: Message,
    pub(crate) content: Content,
    /// The fence of the run.
    pub(crate) fence: i64,
}

/// Claims messages for their runs of the job, before anything leaves the house. A message that is not among the answer
/// is not to be sent: it is over, or an earlier run claimed it and never settled it. That run died somewhere between
/// claiming and the mail server's answer, and the message becomes unknown.
pub(crate) async fn claim(
    tx: &mut Tx,
    ctx: &Ctx,
    wanted: &[(MessageId, i64)],
) -> Result<Vec<Claimed>, DbError> {
    let mut claimed = Vec::with_capacity(wanted.len());
    for (fence, ids) in by_fence(wanted.iter().copied()) {
        let sql = format!(
            "UPDATE messages SET state = 'claimed', fence = $1, claimed_at = $2 WHERE state IN ('queued', 'failed') \
             AND id IN ({{keys}}) RETURNING {COLUMNS}"
        );
        let (sql, values) = keyed(&sql, params![fence, ctx.now()], &ids);
        for row in tx.rows(&sql, &values).await? {
            let message = Message::from_row(&row)?;
            let content = Content::read(message.kind, row.get("context")?)
                .map_err(|_| row.inconsistent("context"))?;
            claimed.push(Claimed {
                message,
                content,
                fence,
            });
        }
    }
    let left = wanted
        .iter()
        .filter(|(id, _)| claimed.iter().all(|c| c.message.id != *id));
    for (id, fence) in left {
        given_up(tx, ctx, *id, *fence).await?;
    }
    Ok(claimed)
}

/// Ids by their fences; nearly always there is one fence, that of the first try.
fn by_fence(wanted: impl Iterator<Item = (MessageId, i64)>) -> BTreeMap<i64, Vec<Value>> {
    let mut groups: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for (id, fence) in wanted {
        groups.entry(fence).or_default().push(id_value(id));
    }
    groups
}

async fn given_up(tx: &mut Tx, ctx: &Ctx, id: MessageId, fence: i64) -> Result<(), DbError> {
    let sql = format!(
        "UPDATE messages SET state = 'unknown', error = $3 WHERE id = $1 AND state = 'claimed' AND fence <> $2 RETURNING {COLUMNS}"
    );
    let reason = "the sender stopped before the mail server answered";
    match tx.row(&sql, params![id, fence, reason]).await? {
        Some(row) => failed(tx, ctx, &Message::from_row(&row)?, true, reason).await,
        None => Ok(()),
    }
}

/// Records that the mail server took messages, each with the subject it had. Runs that were given up meanwhile still
/// know best.
///
/// # Errors
/// [`DbError::RowCount`] when one of them is not there as it was claimed.
pub(crate) async fn sent(
    tx: &mut Tx,
    ctx: &Ctx,
    letters: &[(&Claimed, &str)],
) -> Result<(), DbError> {
    let fences = by_fence(letters.iter().map(|(c, _)| (c.message.id, c.fence)));
    for (fence, ids) in fences {
        let subjects = letters.iter().filter(|(c, _)| c.fence == fence);
        let (sql, values) = sent_statement(
            params![fence, ctx.now()],
            &ids,
            subjects.map(|(_, subject)| *subject),
        );
        let changed = tx.execute(&sql, &values).await?;
        if usize::try_from(changed).is_ok_and(|changed| changed != ids.len()) {
            return Err(DbError::RowCount {
                changed,
                statement: sql,
            });
        }
    }
    let mut rows = Vec::with_capacity(letters.len());
    for (Claimed { message, .. }, _) in letters {
        let payload = MessageSent {
            message_id: message.id,
            message_kind: message.kind,
        };
        let event = about(message, Event::new(event::MESSAGE_SENT, &payload));
        rows.push(events::bulk_row(ctx, ctx.now(), event));
    }
    events::emit_bulk(tx, rows).await
}

/// Marks messages as sent; `{keys}` are padded, and the subjects with them.
fn sent_statement<'a>(
    fixed: &[Value],
    ids: &[Value],
    subjects: impl Iterator<Item = &'a str>,
) -> (String, Vec<Value>) {
    let sql = "UPDATE messages SET state = 'sent', sent_at = $2, error = NULL, subject = CASE id {subjects} END, \
               context = CASE WHEN kind IN ({secret}) THEN '{}' ELSE context END \
               WHERE fence = $1 AND state IN ('claimed', 'unknown') AND id IN ({keys})";
    let secret = MessageKind::ALL.iter().filter(|kind| kind.is_secret());
    let secret: Vec<String> = secret.map(|kind| format!("'{}'", kind.code())).collect();
    let sql = sql.replace("{secret}", &secret.join(", "));
    let (sql, mut values) = keyed(&sql, fixed, ids);
    let (first, end) = (fixed.len() + 1, values.len() + 1);
    values.extend(subjects.map(|subject| Value::Text(subject.to_owned())));
    values.resize(2 * end - first - 1, Value::Text(String::new()));
    let cases = (first..end).map(|key| format!("WHEN ${key} THEN ${}", key + end - first));
    let cases: Vec<String> = cases.collect();
    (sql.replace("{subjects}", &cases.join(" ")), values)
}

/// Records that the message did not leave, or that nobody knows. `state` is where it goes from here.
pub(crate) async fn not_sent(
    tx: &mut Tx,
    ctx: &Ctx,
    Claimed { message, fence, .. }: &Claimed,
    (state, reason): (MessageState, &str),
) -> Result<(), DbError> {
    let sql = "UPDATE messages SET state = $3, error = $4 WHERE id = $1 AND fence = $2 AND state = 'claimed'";
    tx.execute_one(sql, params![message.id, *fence, state.code(), reason])
        .await?;
    match state {
        MessageState::Queued => Ok(()),
        _ => failed(tx, ctx, message, state == MessageState::Unknown, reason).await,
    }
}

async fn failed(
    tx: &mut Tx,
    ctx: &Ctx,
    message: &Message,
    unknown: bool,
    reason: &str,
) -> Result<(), DbError> {
    let payload = MessageFailed {
        message_id: message.id,
        message_kind: message.kind,
        unknown,
        reason: reason.to_owned(),
    };
    events::emit(
        tx,
        ctx,
        about(message, Event::new(event::MESSAGE_FAILED, &payload)),
    )
    .await
}

fn about(message: &Message, event: Event) -> Event {
    let event = event.customer(message.customer_id);
    match message.order_id {
        Some(order) => event.about(order),
        None => event.about(message.id),
    }
}
