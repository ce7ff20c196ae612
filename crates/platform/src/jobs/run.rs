//! One try of a job, and what to do for each kind.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use kernel::JobId;
use serde::de::DeserializeOwned;

use crate::{
    Ctx, DbError, Tx,
    db::{Row, Value, id_value, keyed},
    params,
};

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
        Self::complete_held(tx, ctx, std::slice::from_ref(self)).await?;
        Ok(self.is_recorded())
    }

    /// As [`JobRun::complete_if_held`] for several at once; runs whose lease was lost are left alone.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn complete_held(tx: &mut Tx, ctx: &Ctx, runs: &[Self]) -> Result<(), DbError> {
        let mut fences: Vec<i64> = runs.iter().map(|run| run.fence).collect();
        fences.sort_unstable();
        fences.dedup();
        for fence in fences {
            let sql = "UPDATE jobs SET state = 'done', finished_at = $2, lease_until = NULL, last_error = NULL \
                       WHERE fence = $1 AND state = 'running' AND id IN ({keys}) RETURNING id";
            let same: Vec<&Self> = runs.iter().filter(|run| run.fence == fence).collect();
            let keys: Vec<Value> = same.iter().map(|run| id_value(run.id)).collect();
            let (sql, values) = keyed(sql, params![fence, ctx.now()], &keys);
            let rows = tx.rows(&sql, &values).await?;
            let held: HashSet<JobId> = rows
                .iter()
                .map(|row| row.get("id"))
                .collect::<Result<_, _>>()?;
            for run in same {
                run.recorded
                    .store(held.contains(&run.id), Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// True when every try that was allowed ended without a word, and one more.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.attempt > self.max_attempts + 1
    }

    /// What is wrong with such a job.
    pub(super) fn exhausted() -> Failure {
        Failure::Permanent("the worker died during each try".into())
    }

    /// True when the handler recorded success itself.
    pub(super) fn is_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }

    /// A job that was just claimed, from its columns.
    pub(super) fn claimed(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            fence: row.get("fence")?,
            attempt: row.get("attempts")?,
            max_attempts: row.get("max_attempts")?,
            payload: row.get("payload")?,
            recorded: Arc::default(),
        })
    }
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
type Outcomes = Pin<Box<dyn Future<Output = Vec<Result<(), Failure>>> + Send>>;

/// What to do with jobs of one kind.
#[derive(Clone)]
pub(super) enum Handler {
    /// Each for itself.
    One(Arc<dyn Fn(Ctx, JobRun) -> Outcome + Send + Sync>),
    /// So many at most together.
    Many(
        usize,
        Arc<dyn Fn(Ctx, Vec<JobRun>) -> Outcomes + Send + Sync>,
    ),
}

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
        let handler = Handler::One(Arc::new(move |ctx, run| Box::pin(handler(ctx, run))));
        self.0.insert(kind, handler);
    }

    /// Registers the handler of a kind of which up to `most` are worked on together, so that one commit serves many. It
    /// answers with one result for each run, in their order.
    pub fn on_many<F, Fut>(&mut self, kind: &'static str, most: usize, handler: F)
    where
        F: Fn(Ctx, Vec<JobRun>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<(), Failure>>> + Send + 'static,
    {
        let handler = Arc::new(move |ctx, runs| -> Outcomes { Box::pin(handler(ctx, runs)) });
        self.0.insert(kind, Handler::Many(most, handler));
    }

    /// The kinds that have a handler.
    #[must_use]
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.0.keys().copied().collect();
        kinds.sort_unstable();
        kinds
    }

    /// The kinds that are worked on together, each with how many at most.
    pub(super) fn together(&self) -> Vec<(&'static str, usize)> {
        let many = self.0.iter().filter_map(|(kind, handler)| match handler {
            Handler::Many(most, _) => Some((*kind, *most)),
            Handler::One(_) => None,
        });
        many.collect()
    }

    pub(super) fn get(&self, kind: &str) -> Option<&Handler> {
        self.0.get(kind)
    }
}
