//! Claiming, running, heartbeats and results of jobs.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kernel::{JobId, Timestamp};
use serde::de::DeserializeOwned;
use tokio::{sync::watch, task::JoinSet};

use crate::{Ctx, DbError, Tx, params};

/// A lease lasts this long without a heartbeat.
const LEASE: Duration = Duration::from_secs(60);
/// Heartbeats in the time of a lease: three may fail before the job is lost.
const HEARTBEATS: u32 = 4;
/// How long a job that was just queued waits for others to be claimed with it.
const GATHER: Duration = Duration::from_millis(10);
/// Jobs of one process that run at once.
const PARALLEL: usize = 8;
/// The first pause after a failure, in seconds; it doubles up to an hour.
const FIRST_PAUSE: i64 = 5;

/// Why a job did not succeed.
#[derive(Debug, Clone)]
pub enum Failure {
    /// Trying again may help.
    Retry(String),
    /// Trying again cannot help; the job becomes a dead letter at once.
    Permanent(String),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Retry(error.to_string())
    }
}

/// One try of a job.
#[derive(Debug, Clone)]
pub struct JobRun {
    /// The job.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// The number that grows with each claim; a result is only accepted from the latest.
    pub fence: i64,
    /// Which try this is, from 1.
    pub attempt: i64,
    /// How often it is tried at most.
    pub max_attempts: i64,
    payload: serde_json::Value,
    /// The handler recorded success itself.
    recorded: Arc<AtomicBool>,
}

impl JobRun {
    /// The payload as its type.
    ///
    /// # Errors
    /// [`Failure::Permanent`] when it does not fit.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.payload.clone())
            .map_err(|e| Failure::Permanent(format!("payload: {e}")))
    }

    /// Records success in the transaction that holds the job's effect, so that both happen or neither, and one commit
    /// serves both. The handler then answers `Ok` exactly if that transaction was committed.
    ///
    /// # Errors
    /// [`DbError::RowCount`] when the lease was lost meanwhile; the effect must then be rolled back (J3).
    pub async fn complete(&self, tx: &mut Tx, ctx: &Ctx) -> Result<(), DbError> {
        if self.complete_if_held(tx, ctx).await? {
            return Ok(());
        }
        Err(DbError::RowCount {
            changed: 0,
            statement: "completing a job whose lease was lost".to_owned(),
        })
    }

    /// As [`JobRun::complete`] for an effect that is a fact whoever holds the lease by now, such as a letter that left.
    /// False when the lease was lost.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn complete_if_held(&self, tx: &mut Tx, ctx: &Ctx) -> Result<bool, DbError> {
        let sql = "UPDATE jobs SET state = 'done', finished_at = $3, lease_until = NULL, last_error = NULL \
                   WHERE id = $1 AND fence = $2 AND state = 'running'";
        let held = tx
            .execute(sql, params![self.id, self.fence, ctx.now()])
            .await?
            == 1;
        self.recorded.store(held, Ordering::Relaxed);
        Ok(held)
    }
}

fn after(now: Timestamp, lease: Duration) -> Timestamp {
    let micros = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.micros().saturating_add(micros))
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
type Handler = Arc<dyn Fn(Ctx, JobRun) -> Outcome + Send + Sync>;

/// What to do for each kind of job.
#[derive(Clone, Default)]
pub struct Handlers(HashMap<&'static str, Handler>);

impl Handlers {
    /// Registers the handler of a kind.
    pub fn on<F, Fut>(&mut self, kind: &'static str, handler: F)
    where
        F: Fn(Ctx, JobRun) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.0
            .insert(kind, Arc::new(move |ctx, run| Box::pin(handler(ctx, run))));
    }

    /// The kinds that have a handler.
    #[must_use]
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.0.keys().copied().collect();
        kinds.sort_unstable();
        kinds
    }
}

/// The workers of one process.
#[derive(Clone)]
pub struct Workers {
    ctx: Ctx,
    handlers: Handlers,
    lease: Duration,
}

impl Workers {
    /// Workers that run jobs under `ctx`.
    #[must_use]
    pub const fn new(ctx: Ctx, handlers: Handlers) -> Self {
        Self {
            ctx,
            handlers,
            lease: LEASE,
        }
    }

    /// Another time after which a worker that is silent has lost its job. All workers of a shop should agree.
    #[must_use]
    pub const fn lease(mut self, lasts: Duration) -> Self {
        self.lease = lasts;
        self
    }

    /// Works until `stop` turns true, then finishes what is running.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            while running.try_join_next().is_some() {}
            let places = PARALLEL.saturating_sub(running.len());
            let claimed = self.claim(places).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "jobs could not be claimed");
                Vec::new()
            });
            let idle = claimed.len() < places || places == 0;
            for run in claimed {
                let workers = self.clone();
                running.spawn(async move { workers.work(run).await });
            }
            if idle {
                let bell = self.ctx.db().signals().jobs.notified();
                tokio::select! {
                    // One claim for all that come within a moment, instead of one each.
                    () = bell => tokio::time::sleep(GATHER).await,
                    Some(_) = running.join_next() => {}
                    () = tokio::time::sleep(Duration::from_millis(500)) => {}
                    _ = stop.changed() => {}
                }
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Runs everything that is due, until nothing is; for tests, the simulator and one-shot commands.
    ///
    /// # Errors
    /// Whatever the database says while claiming.
    pub async fn drain(&self) -> Result<u64, DbError> {
        let mut total = 0;
        loop {
            let claimed = self.claim(64).await?;
            if claimed.is_empty() {
                return Ok(total);
            }
            total += claimed.len() as u64;
            futures_util::future::join_all(claimed.into_iter().map(|run| self.work(run))).await;
        }
    }

    /// Claims due jobs and jobs whose lease ran out.
    async fn claim(&self, places: usize) -> Result<Vec<JobRun>, DbError> {
        if places == 0 {
            return Ok(Vec::new());
        }
        let places = i64::try_from(places).unwrap_or(1);
        let due = self.ctx.read(async move |rx, ctx| {
            let sql = "SELECT 1 AS one FROM jobs WHERE (state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until < $1) LIMIT 1";
            rx.row(sql, params![ctx.now()]).await
        });
        if due.await?.is_none() {
            return Ok(Vec::new());
        }
        let lease = self.lease;
        let claim = self.ctx.write(async move |tx, ctx| {
            let now = ctx.now();
            let sql = format!(
                "UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = $2 WHERE id IN \
                 (SELECT id FROM jobs WHERE (state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until < $1) \
                 ORDER BY run_at LIMIT $3{}) RETURNING id, kind, fence, attempts, max_attempts, payload",
                tx.dialect().skip_locked()
            );
            tx.rows(&sql, params![now, after(now, lease), places]).await
        });
        claim
            .await?
            .iter()
            .map(|row| {
                Ok(JobRun {
                    id: row.get("id")?,
                    kind: row.get("kind")?,
                    fence: row.get("fence")?,
                    attempt: row.get("attempts")?,
                    max_attempts: row.get("max_attempts")?,
                    payload: row.get("payload")?,
                    recorded: Arc::default(),
                })
            })
            .collect()
    }

    async fn work(&self, run: JobRun) {
        let outcome = match self.handlers.0.get(run.kind.as_str()) {
            Some(handler) if run.attempt <= run.max_attempts + 1 => {
                self.with_heartbeat(handler, &run).await
            }
            Some(_) => Err(Failure::Permanent("the worker died during each try".into())),
            None => Err(Failure::Permanent(format!("nothing handles {}", run.kind))),
        };
        let result = match outcome {
            Ok(()) if run.recorded.load(Ordering::Relaxed) => Ok(()),
            Ok(()) => self.succeed(&run).await,
            Err(failure) => self.fail(&run, failure).await,
        };
        if let Err(error) = result {
            tracing::warn!(job = %run.id, kind = run.kind, %error, "the result of a job was not recorded");
        }
    }

    async fn with_heartbeat(&self, handler: &Handler, run: &JobRun) -> Result<(), Failure> {
        let work = tokio::spawn(handler(self.ctx.clone(), run.clone()));
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done.unwrap_or_else(|_| Err(Failure::Retry("the handler panicked".into()))),
                () = tokio::time::sleep(self.lease / HEARTBEATS) => self.beat(run).await,
            }
        }
    }

    async fn beat(&self, run: &JobRun) {
        let (id, fence, lease) = (run.id, run.fence, self.lease);
        let beat: Result<u64, DbError> = self
            .ctx
            .write(async move |tx, ctx| {
                let sql = "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'running'";
                tx.execute(sql, params![id, fence, after(ctx.now(), lease)])
                    .await
            })
            .await;
        match beat {
            Ok(1) => {}
            Ok(_) => tracing::debug!(job = %run.id, "a heartbeat after the end of its lease"),
            Err(error) => tracing::warn!(job = %run.id, %error, "a heartbeat failed"),
        }
    }

    async fn succeed(&self, run: &JobRun) -> Result<(), DbError> {
        let run = run.clone();
        self.ctx
            .write(async move |tx, ctx| run.complete_if_held(tx, ctx).await.map(|_| ()))
            .await
    }

    async fn fail(&self, run: &JobRun, failure: Failure) -> Result<(), DbError> {
        let (dead, reason) = match failure {
            Failure::Retry(reason) => (run.attempt >= run.max_attempts, reason),
            Failure::Permanent(reason) => (true, reason),
        };
        tracing::warn!(job = %run.id, kind = run.kind, attempt = run.attempt, dead, reason, "a job failed");
        let doublings = u32::try_from(run.attempt.clamp(1, 11) - 1).unwrap_or_default();
        let pause = (FIRST_PAUSE << doublings).min(3_600);
        let run = run.clone();
        let reason: String = reason.chars().take(2_000).collect();
        self.ctx
            .write(async move |tx, ctx| {
                let sql = "UPDATE jobs SET state = $3, run_at = $4, lease_until = NULL, last_error = $5 \
                           WHERE id = $1 AND fence = $2 AND state = 'running'";
                let state = if dead { "dead" } else { "queued" };
                let run_at = ctx.now().plus_seconds(if dead { 0 } else { pause });
                tx.execute(sql, params![run.id, run.fence, state, run_at, reason.clone()]).await.map(|_| ())
            })
            .await
    }
}

impl Workers {
    /// Runs workers and schedules together until `stop` turns true.
    pub async fn run_with(
        self,
        schedules: &'static [super::Schedule],
        stop: watch::Receiver<bool>,
    ) {
        let ticking = super::schedule::run(self.ctx.clone(), schedules, stop.clone());
        tokio::join!(self.run(stop), ticking);
    }
}
