//! PostgreSQL: lanes of connections on threads of their own.
//!
//! A lane is a single-threaded runtime with a handful of connections. Each write gets its own transaction at READ
//! COMMITTED (limits are enforced by the statement that consumes them) and is run again from the top when the server
//! reports a serialization failure or a deadlock. Reads use connections that the server itself keeps read-only.

mod conn;
mod value;

use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc, sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

pub(super) use self::conn::PgConn;
use super::{
    DbError, Tx,
    tx::{Conn, Rx, Wake},
};

/// How often a transaction is run again after a serialization failure or a deadlock.
const RETRIES: u32 = 12;
/// Pieces of work of one lane that may wait or run before new ones are refused with "busy".
const QUEUE: usize = 2_048;
/// Threads with connections of their own.
const LANES: usize = 2;
/// Connections of a lane for commands. Enough to keep the server busy while some wait for a row; each has its own plans
/// in the server, so that more of them only fill its caches.
const WRITERS: usize = 4;
/// Connections of a lane for questions.
const READERS: usize = 3;
/// Oldest major version.
const OLDEST: i64 = 150_000;

type LocalFuture = Pin<Box<dyn Future<Output = ()>>>;
/// A piece of work that is turned into a future on the lane's own thread.
pub(super) type Job = Box<dyn FnOnce(Rc<Lane>) -> LocalFuture + Send>;

/// The PostgreSQL database of a shop.
pub(super) struct PostgresDb {
    url: String,
    lanes: Vec<Door>,
    next: std::sync::atomic::AtomicUsize,
}

/// The way into a lane.
struct Door {
    jobs: mpsc::Sender<(OwnedSemaphorePermit, Job)>,
    /// A lane takes everything at once and lets it wait for a connection, so the bound lies before it.
    room: Arc<Semaphore>,
}

impl PostgresDb {
    pub(super) async fn open(
        url: &str,
        committed: impl Fn(Wake) + Send + Clone + 'static,
    ) -> Result<Self, DbError> {
        let mut lanes = Vec::new();
        for number in 0..LANES {
            let (door, jobs) = mpsc::channel(QUEUE);
            let (url, committed) = (url.to_owned(), committed.clone());
            std::thread::Builder::new()
                .name(format!("postgres-{number}"))
                .spawn(move || serve(url, jobs, committed))
                .map_err(|e| DbError::Refused(e.to_string()))?;
            lanes.push(Door {
                jobs: door,
                room: Arc::new(Semaphore::new(QUEUE)),
            });
        }
        let db = Self {
            url: url.to_owned(),
            lanes,
            next: 0.into(),
        };
        db.run(Box::new(|lane| Box::pin(async move { drop(lane) })))?;
        let (tell, told) = tokio::sync::oneshot::channel();
        db.run(Box::new(move |lane| {
            Box::pin(async move {
                let _ = tell.send(check(&lane).await);
            })
        }))?;
        told.await
            .map_err(|_| DbError::Refused("the database thread ended".into()))??;
        Ok(db)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn run(&self, job: Job) -> Result<(), DbError> {
        let index =
            self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % self.lanes.len().max(1);
        let lane = self.lanes.get(index).ok_or(DbError::Busy)?;
        let room = Arc::clone(&lane.room)
            .try_acquire_owned()
            .map_err(|_| DbError::Busy)?;
        lane.jobs.try_send((room, job)).map_err(|_| DbError::Busy)
    }
}

/// The connections of one lane thread.
pub(super) struct Lane {
    url: String,
    committed: Box<dyn Fn(Wake)>,
    writers: Pool,
    readers: Pool,
}

struct Pool {
    free: RefCell<Vec<PgConn>>,
    places: Semaphore,
}

impl Pool {
    fn new(size: usize) -> Self {
        Self {
            free: RefCell::new(Vec::new()),
            places: Semaphore::new(size),
        }
    }
}

fn serve(
    url: String,
    mut jobs: mpsc::Receiver<(OwnedSemaphorePermit, Job)>,
    committed: impl Fn(Wake) + 'static,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime for the database");
            return;
        }
    };
    let lane = Rc::new(Lane {
        url,
        committed: Box::new(committed),
        writers: Pool::new(WRITERS),
        readers: Pool::new(READERS),
    });
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        while let Some((room, job)) = jobs.recv().await {
            let work = job(Rc::clone(&lane));
            tokio::task::spawn_local(async move {
                work.await;
                drop(room);
            });
        }
    });
}

impl Lane {
    async fn take(&self, pool: &Pool, writer: bool) -> Result<PgConn, DbError> {
        let free = pool.free.borrow_mut().pop();
        match free {
            Some(conn) if !conn.is_closed() => Ok(conn),
            _ => PgConn::open(&self.url, writer).await,
        }
    }

    /// Runs `work` in a transaction, again from the top while the server asks for it.
    pub(super) async fn write<T, E: From<DbError>>(
        &self,
        work: &impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let _place = self
            .writers
            .places
            .acquire()
            .await
            .map_err(|_| DbError::Busy)?;
        for attempt in 0.. {
            let mut conn = self.take(&self.writers, true).await?;
            conn.begin().await?;
            let mut tx = Tx::new(Conn::Postgres(conn));
            let result = work(&mut tx).await;
            let result = tx.conclude(result).await;
            let Tx {
                rx:
                    Rx {
                        conn: Conn::Postgres(mut conn),
                        ..
                    },
                wake,
            } = tx
            else {
                return Err(DbError::Busy.into());
            };
            let ended = match &result {
                Ok(_) => conn.commit().await,
                Err(_) => conn.rollback().await,
            };
            let again = conn.wants_retry() && attempt < RETRIES;
            if !conn.is_closed() {
                self.writers.free.borrow_mut().push(conn);
            }
            if again && (result.is_err() || ended.is_err()) {
                tokio::time::sleep(Duration::from_millis(u64::from(attempt * attempt) + 1)).await;
                continue;
            }
            if result.is_ok() {
                ended?;
                (self.committed)(wake);
            }
            return result;
        }
        Err(DbError::Busy.into())
    }

    /// Runs `work` on a read-only connection; `snapshot` makes all its statements see one state.
    pub(super) async fn read<T, E: From<DbError>>(
        &self,
        snapshot: bool,
        work: impl AsyncFnOnce(&mut Rx) -> Result<T, E>,
    ) -> Result<T, E> {
        let _place = self
            .readers
            .places
            .acquire()
            .await
            .map_err(|_| DbError::Busy)?;
        let mut conn = self.take(&self.readers, false).await?;
        if snapshot {
            conn.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?;
        }
        let mut rx = Rx::new(Conn::Postgres(conn));
        let result = work(&mut rx).await;
        if let Conn::Postgres(mut conn) = rx.conn {
            if snapshot {
                conn.batch("COMMIT").await?;
            }
            self.readers.free.borrow_mut().push(conn);
        }
        result
    }

    /// Runs raw statements outside any transaction of ours; only migrations do.
    pub(super) async fn raw<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConn) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut conn = self.take(&self.writers, true).await?;
        work(&mut conn).await
    }
}

/// Refuses a server that could lose an acknowledged write (invariant D12).
async fn check(lane: &Lane) -> Result<(), DbError> {
    lane.raw(async |conn| {
        let sql = "SELECT current_setting('server_version_num')::bigint, current_setting('fsync'), \
                   current_setting('full_page_writes'), current_setting('server_encoding')";
        let row = conn
            .rows(sql, &[])
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| DbError::Missing(sql.into()))?;
        if row.at::<i64>(0)? < OLDEST {
            return Err(DbError::Refused("PostgreSQL is older than 15".into()));
        }
        for (index, wanted) in [(1, "on"), (2, "on"), (3, "UTF8")] {
            let found: String = row.at(index)?;
            if found != wanted {
                return Err(DbError::Refused(format!(
                    "a server setting is {found}, not {wanted}"
                )));
            }
        }
        Ok(())
    })
    .await
}
