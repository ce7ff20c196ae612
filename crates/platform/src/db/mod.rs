//! The database: SQLite inside the program or PostgreSQL beside it, behind one small interface.
//!
//! [`Db::write`] takes a closure, so a commit cannot be forgotten; [`Db::read`] gives a read-only snapshot. Store
//! functions write one SQL text for both databases, with `$1`-style parameters. A command inside `write` may await
//! its database and nothing else: on SQLite it runs in one go on the write lane's thread.

mod dialect;
mod error;
#[cfg(debug_assertions)]
pub mod faults;
mod insert;
mod keyed;
mod migrate;
mod postgres;
mod sqlite;
mod tx;
mod value;

use std::{path::PathBuf, str::FromStr, sync::Arc};

use futures_util::FutureExt;
use tokio::sync::{Notify, oneshot};

pub(crate) use self::insert::Target;
pub use self::{
    dialect::Dialect,
    error::DbError,
    keyed::keyed,
    migrate::Migration,
    tx::{Rx, Tx},
    value::{FromValue, IntoValue, Row, Value, id_value},
};

/// Where the shop's data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`.
    Sqlite(PathBuf),
    /// `postgres://USER@HOST/NAME`.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = DbError;

    fn from_str(text: &str) -> Result<Self, DbError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            Ok(Self::Sqlite(PathBuf::from(path)))
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else {
            Err(DbError::Refused(
                "the database must be sqlite:PATH or postgres://…".into(),
            ))
        }
    }
}

mod inner {
    //! The two engines behind [`super::Db`].

    /// One of the two engines.
    pub(super) enum Inner {
        Sqlite(super::sqlite::SqliteDb),
        Postgres(super::postgres::PostgresDb),
    }
}

use inner::Inner;

use crate::recent::Recent;

/// A handle to the shop's database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    signals: Arc<Signals>,
    recent: Arc<Recent>,
}

/// Bells that ring in this process after a commit.
#[derive(Default)]
pub(crate) struct Signals {
    pub(crate) events: Notify,
    pub(crate) jobs: Notify,
}

impl Db {
    /// Opens the database and checks that it can be trusted (invariant D12).
    ///
    /// # Errors
    /// [`DbError::Refused`] when its version or settings could lose acknowledged writes; otherwise what the
    /// database said.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, DbError> {
        let signals = Arc::new(Signals::default());
        let bells = Arc::clone(&signals);
        let recent = Arc::new(Recent::default());
        let kept = Arc::clone(&recent);
        let ring = move |wake: tx::Wake| {
            if wake.recent {
                kept.forget();
            }
            if wake.events {
                bells.events.notify_waiters();
            }
            if wake.jobs {
                bells.jobs.notify_waiters();
            }
        };
        let inner = match url {
            DatabaseUrl::Sqlite(path) => Inner::Sqlite(sqlite::SqliteDb::open(path, ring)?),
            DatabaseUrl::Postgres(url) => {
                Inner::Postgres(postgres::PostgresDb::open(url, ring).await?)
            }
        };
        Ok(Self {
            inner: Arc::new(inner),
            signals,
            recent,
        })
    }

    /// Runs a command in a write transaction and commits it; an error rolls back everything it did.
    ///
    /// The answer comes after the commit is durable. On PostgreSQL the closure may run several times.
    ///
    /// # Errors
    /// The command's own error, or the database's.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        match &*self.inner {
            Inner::Sqlite(db) => db.submit(Box::new(move |tx| {
                let whole = async {
                    let result = work(tx).await;
                    tx.conclude(result).await
                };
                let result = whole
                    .now_or_never()
                    .unwrap_or_else(|| Err(DbError::Suspended.into()));
                let keep = result.is_ok();
                let answer = move |failed: Option<DbError>| {
                    let _ = tell.send(match (failed, result) {
                        (Some(error), _) => Err(E::from(error)),
                        (None, result) => result,
                    });
                };
                (keep, Box::new(answer) as sqlite::Answer)
            }))?,
            Inner::Postgres(db) => db.run(Box::new(move |lane| {
                Box::pin(async move {
                    let _ = tell.send(lane.write(&work).await);
                })
            }))?,
        }
        told.await
            .unwrap_or_else(|_| Err(DbError::Halted("the command did not finish".into()).into()))
    }

    /// Runs a read. Statements of one read see one state on SQLite; on PostgreSQL each sees the latest commit.
    ///
    /// # Errors
    /// The reader's own error, or the database's.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Rx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.read_as(false, work).await
    }

    /// Runs a long read: all its statements see one state, and it does not hold up the web server's threads.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_snapshot<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Rx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        if let Inner::Sqlite(_) = &*self.inner {
            let db = self.clone();
            let long = tokio::task::spawn_blocking(move || db.read_here(work));
            return long
                .await
                .unwrap_or_else(|_| Err(DbError::Halted("the read did not finish".into()).into()));
        }
        self.read_as(true, work).await
    }

    async fn read_as<T, E, F>(&self, snapshot: bool, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Rx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite(_) => self.read_here(work),
            Inner::Postgres(db) => {
                let (tell, told) = oneshot::channel();
                db.run(Box::new(move |lane| {
                    Box::pin(async move {
                        let _ = tell.send(lane.read(snapshot, work).await);
                    })
                }))?;
                told.await.unwrap_or_else(|_| {
                    Err(DbError::Halted("the read did not finish".into()).into())
                })
            }
        }
    }

    fn read_here<T, E: From<DbError>>(
        &self,
        work: impl AsyncFnOnce(&mut Rx) -> Result<T, E>,
    ) -> Result<T, E> {
        let Inner::Sqlite(db) = &*self.inner else {
            return Err(DbError::Suspended.into());
        };
        db.read(|rx| {
            work(rx)
                .now_or_never()
                .unwrap_or_else(|| Err(DbError::Suspended.into()))
        })?
    }

    /// Copies a SQLite database into `target` while the shop is open.
    ///
    /// # Errors
    /// [`DbError::Refused`] on PostgreSQL, which has its own tools; otherwise what the disk said.
    pub async fn backup(&self, target: PathBuf) -> Result<(), DbError> {
        let db = self.clone();
        let copy = tokio::task::spawn_blocking(move || match &*db.inner {
            Inner::Sqlite(sqlite) => sqlite.backup(&target),
            Inner::Postgres(_) => Err(DbError::Refused(
                "back up PostgreSQL with pg_dump or a base backup".into(),
            )),
        });
        copy.await
            .unwrap_or_else(|_| Err(DbError::Halted("the backup did not finish".into())))
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &*self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The URL of the PostgreSQL server, if it is one.
    #[must_use]
    pub fn postgres_url(&self) -> Option<&str> {
        if let Inner::Postgres(db) = &*self.inner {
            Some(db.url())
        } else {
            None
        }
    }

    fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.recent
    }

    pub(crate) fn signals(&self) -> &Signals {
        &self.signals
    }
}
