//! Durable background jobs.
//!
//! A job is queued in the transaction that needs it, so it exists exactly when that transaction committed (J1). A
//! worker claims it with a lease and a fencing number; a worker that lost its lease cannot record a result (J3). Every
//! job may run twice, so each effect has a unique key of its own. Failed jobs come back with growing pauses and end as
//! dead letters that a person can see and retry (J2, J6). [`Schedule`]s fire once over all nodes (J5).

mod run;
mod schedule;
mod worker;

use kernel::{JobId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

pub use run::{Failure, Handlers, JobRun};
pub use schedule::{Every, Schedule, ScheduleRow, schedules, tick};
pub use worker::Workers;

use crate::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    params,
};

/// How often a job is tried unless it says otherwise.
pub const ATTEMPTS: i64 = 10;

/// A job about to be queued.
#[derive(Debug, Clone)]
pub struct NewJob {
    kind: &'static str,
    payload: serde_json::Value,
    unique_key: Option<String>,
    run_at: Option<Timestamp>,
    max_attempts: i64,
    hurried: bool,
}

impl NewJob {
    /// A job of a kind that some handler is registered for.
    #[must_use]
    pub fn new(kind: &'static str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or_default();
        Self {
            kind,
            payload,
            unique_key: None,
            run_at: None,
            max_attempts: ATTEMPTS,
            hurried: true,
        }
    }

    /// At most one job of this kind and key ever exists.
    #[must_use]
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// Nobody is woken for it: it is found when the workers look next, within half a second, together with others.
    #[must_use]
    pub const fn unhurried(mut self) -> Self {
        self.hurried = false;
        self
    }

    /// Not before this instant.
    #[must_use]
    pub const fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = Some(run_at);
        self
    }

    fn row(self, ctx: &Ctx) -> Vec<Value> {
        params![
            JobId::new(),
            self.kind,
            self.payload,
            self.unique_key,
            self.run_at.unwrap_or_else(|| ctx.now()),
            self.max_attempts,
            ctx.now()
        ]
        .to_vec()
    }

    /// Tried at most this often.
    #[must_use]
    pub const fn attempts(mut self, max_attempts: i64) -> Self {
        self.max_attempts = max_attempts;
        self
    }
}

/// Queues a job in the caller's transaction. False when a job with the same unique key exists already.
///
/// # Errors
/// Whatever the database says.
pub async fn enqueue(tx: &mut Tx, ctx: &Ctx, job: NewJob) -> Result<bool, DbError> {
    let hurried = job.hurried;
    let added = tx.execute(INSERT, &job.row(ctx)).await? == 1;
    if hurried {
        tx.wake_jobs();
    }
    Ok(added)
}

/// Queues a job without asking whether its unique key was used before: its owner knows that it was not, or does not
/// care.
///
/// # Errors
/// Whatever the database says, at the latest with the commit.
pub async fn enqueue_anyway(tx: &mut Tx, ctx: &Ctx, job: NewJob) -> Result<(), DbError> {
    let hurried = job.hurried;
    tx.later(INSERT, &job.row(ctx)).await?;
    if hurried {
        tx.wake_jobs();
    }
    Ok(())
}

const INSERT: &str = "INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, max_attempts, fence, created_at) \
                      VALUES ($1, $2, $3, $4, 'queued', $5, 0, $6, 0, $7) ON CONFLICT DO NOTHING";

/// Takes back a job that nobody ever began. False when it is not queued any more or was tried before: what it does may be
/// done.
///
/// # Errors
/// Whatever the database says.
pub async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &'static str,
    unique_key: &str,
) -> Result<bool, DbError> {
    let sql = "UPDATE jobs SET state = 'cancelled', finished_at = $3 \
               WHERE kind = $1 AND unique_key = $2 AND state = 'queued' AND fence = 0";
    Ok(tx
        .execute(sql, params![kind, unique_key, ctx.now()])
        .await?
        == 1)
}

/// Forgets jobs that ended before an instant, at most `limit` of them, and tells how many there were.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_old(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    let sql = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state IN ('done', 'cancelled') AND run_at < $1 \
               AND finished_at < $1 LIMIT $2)";
    tx.execute(sql, params![before, limit]).await
}

/// A job as people see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JobRow {
    /// The job.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// `queued`, `running`, `done`, `dead`, `cancelled`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// How often it is tried at most.
    pub max_attempts: i64,
    /// When it runs next.
    pub run_at: Timestamp,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// What it works on.
    pub payload: serde_json::Value,
}

impl JobRow {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            state: row.get("state")?,
            attempts: row.get("attempts")?,
            max_attempts: row.get("max_attempts")?,
            run_at: row.get("run_at")?,
            created_at: row.get("created_at")?,
            last_error: row.get("last_error")?,
            payload: row.get("payload")?,
        })
    }
}

/// Jobs in a state, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, state: &str, limit: i64) -> Result<Vec<JobRow>, DbError> {
    let sql = "SELECT id, kind, state, attempts, max_attempts, run_at, created_at, last_error, payload FROM jobs \
               WHERE state = $1 ORDER BY run_at DESC LIMIT $2";
    rx.rows(sql, params![state, limit])
        .await?
        .iter()
        .map(JobRow::from_row)
        .collect()
}

/// How many jobs are in each state.
///
/// # Errors
/// Whatever the database says.
pub async fn counts(rx: &mut Rx) -> Result<Vec<(String, i64)>, DbError> {
    let rows = rx
        .rows(
            "SELECT state, count(*) AS n FROM jobs GROUP BY state ORDER BY state",
            &[],
        )
        .await?;
    rows.iter()
        .map(|r| Ok((r.get("state")?, r.get("n")?)))
        .collect()
}

/// Puts a dead letter back into the queue with fresh attempts. False when it is not dead.
///
/// # Errors
/// Whatever the database says.
pub async fn retry(tx: &mut Tx, ctx: &Ctx, id: JobId) -> Result<bool, DbError> {
    let sql = "UPDATE jobs SET state = 'queued', attempts = 0, run_at = $2 WHERE id = $1 AND state = 'dead'";
    let changed = tx.execute(sql, params![id, ctx.now()]).await? == 1;
    tx.wake_jobs();
    Ok(changed)
}

/// Gives up a job that has not finished. False when it is running or over.
///
/// # Errors
/// Whatever the database says.
pub async fn discard(tx: &mut Tx, ctx: &Ctx, id: JobId) -> Result<bool, DbError> {
    let sql = "UPDATE jobs SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state IN ('dead', 'queued')";
    Ok(tx.execute(sql, params![id, ctx.now()]).await? == 1)
}
