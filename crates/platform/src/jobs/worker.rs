//! Claiming, running, heartbeats and results of jobs.

use std::time::Duration;

use futures_util::future::join_all;
use kernel::Timestamp;
use tokio::{sync::watch, task::JoinSet};

use super::run::{Failure, Handler, Handlers, JobRun};
use crate::{Ctx, DbError, params};

/// A lease lasts this long without a heartbeat.
const LEASE: Duration = Duration::from_secs(60);
/// Heartbeats in the time of a lease: three may fail before the job is lost.
const HEARTBEATS: u32 = 4;
/// How long a job that was just queued waits for others to be claimed with it.
const GATHER: Duration = Duration::from_millis(10);
/// The same for jobs that are worked on together.
const GATHER_MANY: Duration = Duration::from_millis(250);
/// Jobs of one process that run at once, those that are worked on together aside.
const PARALLEL: usize = 8;
/// The first pause after a failure, in seconds; it doubles up to an hour.
const FIRST_PAUSE: i64 = 5;

/// Which jobs are claimed.
#[derive(Debug, Clone, Copy)]
enum Which<'a> {
    /// Those of one kind.
    Of(&'static str),
    /// All but these kinds.
    Except(&'a [(&'static str, usize)]),
}

impl Which<'_> {
    /// The kinds are names in our own code, never somebody's text.
    fn condition(self) -> String {
        match self {
            Self::Of(kind) => format!(" AND kind = '{kind}'"),
            Self::Except([]) => String::new(),
            Self::Except(kinds) => {
                let kinds: Vec<String> =
                    kinds.iter().map(|(kind, _)| format!("'{kind}'")).collect();
                format!(" AND kind NOT IN ({})", kinds.join(", "))
            }
        }
    }
}

fn after(now: Timestamp, lease: Duration) -> Timestamp {
    let micros = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.micros().saturating_add(micros))
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
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let together = self.handlers.together();
        let many = together
            .iter()
            .map(|(kind, most)| self.run_together(kind, *most, stop.clone()));
        tokio::join!(join_all(many), self.run_each(&together, stop.clone()));
    }

    async fn run_each(&self, together: &[(&'static str, usize)], mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            while running.try_join_next().is_some() {}
            let places = PARALLEL.saturating_sub(running.len());
            let claimed = self.claim_or_warn(Which::Except(together), places).await;
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

    async fn run_together(&self, kind: &'static str, most: usize, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let claimed = self.claim_or_warn(Which::Of(kind), most).await;
            let idle = claimed.len() < most;
            self.work_together(claimed).await;
            if idle {
                tokio::select! {
                    () = tokio::time::sleep(GATHER_MANY) => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }

    /// Runs everything that is due, until nothing is; for tests, the simulator and one-shot commands.
    ///
    /// # Errors
    /// Whatever the database says while claiming.
    pub async fn drain(&self) -> Result<u64, DbError> {
        let together = self.handlers.together();
        let mut total = 0;
        loop {
            let claimed = self.claim(Which::Except(&together), 64).await?;
            let mut found = claimed.len() as u64;
            join_all(claimed.into_iter().map(|run| self.work(run))).await;
            for (kind, most) in &together {
                let claimed = self.claim(Which::Of(kind), *most).await?;
                found += claimed.len() as u64;
                self.work_together(claimed).await;
            }
            if found == 0 {
                return Ok(total);
            }
            total += found;
        }
    }

    async fn claim_or_warn(&self, which: Which<'_>, places: usize) -> Vec<JobRun> {
        self.claim(which, places).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "jobs could not be claimed");
            Vec::new()
        })
    }

    /// Claims due jobs and jobs whose lease ran out.
    async fn claim(&self, which: Which<'_>, places: usize) -> Result<Vec<JobRun>, DbError> {
        if places == 0 {
            return Ok(Vec::new());
        }
        let places = i64::try_from(places).unwrap_or(1);
        let of = which.condition();
        let due = format!(
            "((state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until < $1)){of}"
        );
        let sql = format!("SELECT 1 AS one FROM jobs WHERE {due} LIMIT 1");
        let found = self
            .ctx
            .read(async move |rx, ctx| rx.row(&sql, params![ctx.now()]).await);
        if found.await?.is_none() {
            return Ok(Vec::new());
        }
        let lease = self.lease;
        let claim = self.ctx.write(async move |tx, ctx| {
            let now = ctx.now();
            let sql = format!(
                "UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = $2 WHERE id IN \
                 (SELECT id FROM jobs WHERE {due} ORDER BY run_at LIMIT $3{}) RETURNING id, kind, fence, attempts, max_attempts, payload",
                tx.dialect().skip_locked()
            );
            tx.rows(&sql, params![now, after(now, lease), places]).await
        });
        claim.await?.iter().map(JobRun::claimed).collect()
    }

    async fn work(&self, run: JobRun) {
        let outcome = match self.handlers.get(&run.kind) {
            Some(Handler::One(handler)) if !run.is_exhausted() => {
                let handled = handler(self.ctx.refreshed(), run.clone());
                let handled = async move { vec![handled.await] };
                let outcome = self
                    .with_heartbeat(handled, std::slice::from_ref(&run))
                    .await;
                outcome.into_iter().next().unwrap_or(Ok(()))
            }
            Some(_) => Err(JobRun::exhausted()),
            None => Err(Failure::Permanent(format!("nothing handles {}", run.kind))),
        };
        self.record(&run, outcome).await;
    }

    /// Works on jobs of one kind together.
    async fn work_together(&self, claimed: Vec<JobRun>) {
        let (exhausted, runs): (Vec<_>, Vec<_>) =
            claimed.into_iter().partition(JobRun::is_exhausted);
        for run in exhausted {
            self.record(&run, Err(JobRun::exhausted())).await;
        }
        let Some(Handler::Many(_, handler)) =
            runs.first().and_then(|run| self.handlers.get(&run.kind))
        else {
            return;
        };
        let outcomes = self
            .with_heartbeat(handler(self.ctx.refreshed(), runs.clone()), &runs)
            .await;
        for (run, outcome) in runs.iter().zip(outcomes) {
            self.record(run, outcome).await;
        }
    }

    /// Writes down what became of a run.
    async fn record(&self, run: &JobRun, outcome: Result<(), Failure>) {
        let result = match outcome {
            Ok(()) if run.is_recorded() => Ok(()),
            Ok(()) => self.succeed(run).await,
            Err(failure) => self.fail(run, failure).await,
        };
        if let Err(error) = result {
            tracing::warn!(job = %run.id, kind = run.kind, %error, "the result of a job was not recorded");
        }
    }

    /// The results of a handler, one for each run.
    async fn with_heartbeat(
        &self,
        work: impl Future<Output = Vec<Result<(), Failure>>> + Send + 'static,
        runs: &[JobRun],
    ) -> Vec<Result<(), Failure>> {
        let work = tokio::spawn(work);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done.unwrap_or_else(|_| {
                    vec![Err(Failure::Retry("the handler panicked".into())); runs.len()]
                }),
                () = tokio::time::sleep(self.lease / HEARTBEATS) => {
                    join_all(runs.iter().map(|run| self.beat(run))).await;
                }
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
