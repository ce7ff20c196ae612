//! Cursors over the stream: who follows it, how far they are, and how a batch is handled.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use kernel::Timestamp;
use tokio::sync::watch;

use super::{COLUMNS, Recorded};
use crate::{Ctx, DbError, Tx, params};

/// Events handled in one transaction.
const BATCH: i64 = 200;

type Handled<'a> = Pin<Box<dyn Future<Output = Result<(), DbError>> + 'a>>;
type Handler = Arc<dyn for<'a> Fn(&'a mut Tx, &'a Ctx, &'a Recorded) -> Handled<'a> + Send + Sync>;

/// A follower of the stream: for each event of the given names, in order, `handle` runs in the transaction that
/// advances the cursor.
#[derive(Clone)]
pub struct Subscription {
    /// Unique name; the cursor is kept under it.
    pub name: &'static str,
    /// Event names it wants; all of them when empty.
    pub events: &'static [&'static str],
    handler: Handler,
}

impl Subscription {
    /// A follower called `name` of `events`.
    pub fn new(
        name: &'static str,
        events: &'static [&'static str],
        handle: impl for<'a> Fn(&'a mut Tx, &'a Ctx, &'a Recorded) -> Handled<'a>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            name,
            events,
            handler: Arc::new(handle),
        }
    }
}

/// All followers of the program, run together.
#[derive(Clone, Default)]
pub struct Consumers(pub Vec<Subscription>);

/// How far a follower is behind.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Lag {
    /// The follower.
    pub name: String,
    /// Events it has not yet seen.
    pub behind: i64,
    /// When it last moved.
    pub updated_at: Option<Timestamp>,
}

impl Consumers {
    /// Follows the stream until `stop` turns true. A failing follower waits and tries again without stopping others.
    pub async fn run(self, ctx: Ctx, stop: watch::Receiver<bool>) {
        let followers = self
            .0
            .into_iter()
            .map(|subscription| follow(subscription, ctx.clone(), stop.clone()));
        futures_util::future::join_all(followers).await;
    }

    /// Handles everything that is on the stream now; for tests and one-shot commands.
    ///
    /// # Errors
    /// The first failure of a follower.
    pub async fn drain(&self, ctx: &Ctx) -> Result<u64, DbError> {
        super::settle(ctx).await?;
        let mut total = 0;
        for subscription in &self.0 {
            total += drain(subscription, ctx).await?;
        }
        Ok(total)
    }
}

async fn follow(subscription: Subscription, ctx: Ctx, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match drain(&subscription, &ctx).await {
            Ok(_) => Duration::from_millis(500),
            Err(error) => {
                tracing::warn!(follower = subscription.name, %error, "a batch of events failed");
                Duration::from_secs(2)
            }
        };
        let bell = ctx.db().signals().events.notified();
        tokio::select! {
            () = bell => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Lets one follower catch up with the stream.
///
/// # Errors
/// The follower's own failure; its cursor then stays where it was.
pub async fn drain(subscription: &Subscription, ctx: &Ctx) -> Result<u64, DbError> {
    let mut total = 0;
    loop {
        let one = subscription.clone();
        let handled = ctx
            .write(async move |tx, ctx| batch(tx, ctx, &one).await)
            .await?;
        total += handled;
        if handled == 0 {
            return Ok(total);
        }
    }
}

async fn batch(tx: &mut Tx, ctx: &Ctx, subscription: &Subscription) -> Result<u64, DbError> {
    let sql = "INSERT INTO event_cursors (name, xid, seq, updated_at) VALUES ($1, 0, 0, $2) ON CONFLICT (name) DO NOTHING";
    tx.execute(sql, params![subscription.name, ctx.now()])
        .await?;
    let lock = format!(
        "SELECT xid, seq FROM event_cursors WHERE name = $1{}",
        tx.dialect().for_update()
    );
    let cursor = tx.one(&lock, params![subscription.name]).await?;
    let (xid, seq): (i64, i64) = (cursor.get("xid")?, cursor.get("seq")?);
    let sql = format!(
        "SELECT xid, {COLUMNS} FROM events WHERE (xid, seq) > ($1, $2) AND {} ORDER BY xid, seq LIMIT $3",
        tx.dialect().settled()
    );
    let rows = tx.rows(&sql, params![xid, seq, BATCH]).await?;
    let Some(last) = rows.last() else {
        return Ok(0);
    };
    for row in &rows {
        let event = Recorded::from_row(row)?;
        if subscription.events.is_empty() || subscription.events.contains(&event.name.as_str()) {
            (subscription.handler)(tx, ctx, &event).await?;
        }
    }
    let advance = "UPDATE event_cursors SET xid = $2, seq = $3, updated_at = $4 WHERE name = $1";
    tx.execute_one(
        advance,
        params![
            subscription.name,
            last.get::<i64>("xid")?,
            last.get::<i64>("seq")?,
            ctx.now()
        ],
    )
    .await?;
    Ok(rows.len() as u64)
}

/// How far each follower is behind.
///
/// # Errors
/// Whatever the database says.
pub async fn lags(rx: &mut crate::Rx) -> Result<Vec<Lag>, DbError> {
    let sql = "SELECT c.name, c.updated_at, (SELECT count(*) FROM events e WHERE (e.xid, e.seq) > (c.xid, c.seq)) AS behind \
               FROM event_cursors c ORDER BY c.name";
    let rows = rx.rows(sql, &[]).await?;
    rows.iter()
        .map(|r| {
            Ok(Lag {
                name: r.get("name")?,
                behind: r.get("behind")?,
                updated_at: r.get("updated_at")?,
            })
        })
        .collect()
}
