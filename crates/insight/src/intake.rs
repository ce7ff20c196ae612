//! Page events: gathered in memory and written together, so that no page waits for the disk.
//!
//! [`PageEvents::record`] never waits and never fails a page: when the buffer is full the event is dropped and
//! counted. [`PageEvents::accept`] is for events that somebody must be told are safe: it answers after the commit, and
//! the same message counts once however often it is sent (J7). What crawlers open is not recorded.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use kernel::EventId;
use platform::{
    Ctx, DbError, Tx,
    db::Value,
    events::{self, Event},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};
use uuid::Uuid;

use crate::Device;

/// Events that may wait at most.
const CAPACITY: usize = 20_000;
/// Events written in one transaction at most.
const BATCH: usize = 1_000;
/// How long the first event of a batch waits for others.
const GATHER: Duration = Duration::from_millis(200);
/// The pause after a failed write.
const PAUSE: Duration = Duration::from_millis(250);
/// Failures that are not the database being busy, after which a batch is given up.
const TRIES: u32 = 20;
/// How long a shut-down tries to write what is left.
const LAST: Duration = Duration::from_secs(5);
/// The largest payload in bytes.
const LARGEST: usize = 16_384;

struct Entry {
    row: Vec<Value>,
    /// True when the id is derived from a message id, so that the event may be there already.
    repeatable: bool,
    told: Option<oneshot::Sender<()>>,
}

/// Where pages put their events; cheap to clone.
#[derive(Clone)]
pub struct PageEvents {
    sender: mpsc::Sender<Entry>,
    lost: Arc<AtomicU64>,
}

/// The task that writes what [`PageEvents`] gathers.
pub struct Writer {
    ctx: Ctx,
    entries: mpsc::Receiver<Entry>,
    lost: Arc<AtomicU64>,
}

/// An event was not made safe; the sender may send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// Too many events are waiting.
    #[error("too many events are waiting")]
    Full,
    /// The event is too large or comes without a visit.
    #[error("the event is too large or belongs to no visit")]
    Unfit,
    /// The program is shutting down or the event could not be written.
    #[error("the event could not be written")]
    NotWritten,
}

impl PageEvents {
    /// A buffer and its writer, which must be run.
    #[must_use]
    pub fn new(ctx: Ctx) -> (Self, Writer) {
        let (sender, entries) = mpsc::channel(CAPACITY);
        let lost = Arc::new(AtomicU64::new(0));
        (
            Self {
                sender,
                lost: Arc::clone(&lost),
            },
            Writer { ctx, entries, lost },
        )
    }

    /// Keeps an event of the context's visit for writing. False when it was not kept: there is no visit, a crawler
    /// made it, it is too large, or the buffer is full.
    pub fn record(&self, ctx: &Ctx, event: Event) -> bool {
        let Some(row) = row(ctx, event) else {
            return false;
        };
        let kept = self
            .sender
            .try_send(Entry {
                row,
                repeatable: false,
                told: None,
            })
            .is_ok();
        if !kept {
            lose(&self.lost, 1);
        }
        kept
    }

    /// Writes an event of the context's visit and answers once it is durable. The same `message_id` of the same
    /// visitor and event name counts once.
    ///
    /// # Errors
    /// When the event is not safe; sending it again is.
    pub async fn accept(
        &self,
        ctx: &Ctx,
        message_id: &str,
        event: Event,
    ) -> Result<(), NotAccepted> {
        let mut row = row(ctx, event).ok_or(NotAccepted::Unfit)?;
        let visitor = ctx.visit().ok_or(NotAccepted::Unfit)?.visitor.0;
        if let [id, Value::Text(name), ..] = row.as_mut_slice() {
            *id = Value::Id(derived_id(visitor, name, message_id));
        }
        let (told, written) = oneshot::channel();
        let entry = Entry {
            row,
            repeatable: true,
            told: Some(told),
        };
        self.sender.try_send(entry).map_err(|_| NotAccepted::Full)?;
        written.await.map_err(|_| NotAccepted::NotWritten)
    }

    /// Events that were dropped since the start.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

fn row(ctx: &Ctx, event: Event) -> Option<Vec<Value>> {
    let visit = ctx.visit()?;
    if &*visit.device == Device::Bot.code() {
        return None;
    }
    let row = events::bulk_row(ctx, ctx.now(), event);
    let fits = |value: &Value| !matches!(value, Value::Text(text) if text.len() > LARGEST);
    row.iter().all(fits).then_some(row)
}

/// The id of an event with a message id. Each part is written with its length, so that no two different triples are
/// the same text (J12).
fn derived_id(visitor: Uuid, name: &str, message_id: &str) -> Uuid {
    let text = format!(
        "{visitor}|{}:{name}|{}:{message_id}",
        name.len(),
        message_id.len()
    );
    let hash = platform::secret::sha256_hex(text.as_bytes());
    let half = hash
        .get(..32)
        .and_then(|hex| u128::from_str_radix(hex, 16).ok())
        .unwrap_or_default();
    uuid::Builder::from_u128(half)
        .with_variant(uuid::Variant::RFC4122)
        .with_version(uuid::Version::Custom)
        .into_uuid()
}

fn lose(lost: &AtomicU64, count: u64) {
    lost.fetch_add(count, Ordering::Relaxed);
    metrics::counter!("zhanggui_page_events_lost_total").increment(count);
}

impl Writer {
    /// Writes until `stop` turns true, then writes what is left and returns.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut batch = Vec::with_capacity(BATCH);
        while !*stop.borrow() {
            tokio::select! {
                got = self.entries.recv_many(&mut batch, BATCH) => {
                    if got == 0 {
                        return;
                    }
                    self.gather(&mut batch, &mut stop).await;
                    self.write(std::mem::take(&mut batch), &stop, None).await;
                }
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        self.entries.close();
        let deadline = Instant::now() + LAST;
        while self.entries.recv_many(&mut batch, BATCH).await > 0 {
            self.write(std::mem::take(&mut batch), &stop, Some(deadline))
                .await;
        }
    }

    /// Waits a moment for more events, unless somebody waits for an answer.
    async fn gather(&mut self, batch: &mut Vec<Entry>, stop: &mut watch::Receiver<bool>) {
        let until = Instant::now() + GATHER;
        while batch.len() < BATCH && batch.iter().all(|entry| entry.told.is_none()) {
            let room = BATCH - batch.len();
            tokio::select! {
                got = self.entries.recv_many(batch, room) => if got == 0 { return },
                () = tokio::time::sleep_until(until) => return,
                _ = stop.changed() => return,
            }
        }
    }

    /// Writes a batch, trying again while the database cannot. When one event of several is refused, the others are
    /// written without it.
    async fn write(
        &self,
        batch: Vec<Entry>,
        stop: &watch::Receiver<bool>,
        deadline: Option<Instant>,
    ) {
        let deadline = || deadline.or_else(|| stop.borrow().then(|| Instant::now() + LAST));
        let (mut last, mut failures) = (None, 0);
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            let rows = Arc::new(
                part.iter()
                    .map(|e| (e.row.clone(), e.repeatable))
                    .collect::<Vec<_>>(),
            );
            let written = self
                .ctx
                .write(async move |tx, _| insert(tx, &rows).await)
                .await;
            last = last.or_else(deadline);
            let over = last.is_some_and(|at| Instant::now() >= at);
            match written {
                Ok(()) => {
                    for told in part.into_iter().filter_map(|entry| entry.told) {
                        let _ = told.send(());
                    }
                }
                Err(error) if over || (refused(&error) && part.len() == 1) || failures >= TRIES => {
                    tracing::error!(%error, events = part.len(), "page events were lost");
                    lose(&self.lost, part.len() as u64);
                }
                Err(error) if refused(&error) => {
                    parts.extend(part.into_iter().map(|entry| vec![entry]));
                }
                Err(error) => {
                    failures += u32::from(!error.is_busy());
                    parts.push(part);
                    // A repeated message that another node wrote meanwhile is there at the next look.
                    if !error.is_unique() {
                        tracing::warn!(%error, "page events wait for the database");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
    }
}

/// Whether the database refused what was written, rather than failed to write it.
const fn refused(error: &DbError) -> bool {
    matches!(error, DbError::Constraint(_))
}

/// Writes the events that are not there yet.
async fn insert(tx: &mut Tx, rows: &[(Vec<Value>, bool)]) -> Result<(), DbError> {
    let ids: Vec<Value> = rows
        .iter()
        .filter(|(_, repeatable)| *repeatable)
        .filter_map(|(row, _)| row.first().cloned())
        .collect();
    let mut known: HashSet<Uuid> = HashSet::new();
    for part in ids.chunks(500) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let sql = format!("SELECT id FROM events WHERE id IN ({})", places.join(", "));
        for row in tx.rows(&sql, part).await? {
            known.insert(row.get::<EventId>("id")?.0);
        }
    }
    let fresh = |(row, repeatable): &&(Vec<Value>, bool)| {
        !*repeatable || matches!(row.first(), Some(Value::Id(id)) if known.insert(*id))
    };
    let fresh: Vec<Vec<Value>> = rows
        .iter()
        .filter(fresh)
        .map(|(row, _)| row.clone())
        .collect();
    events::emit_bulk(tx, fresh).await
}
