//! PostgreSQL: lanes of connections on threads of their own.
//!
//! A lane is a single-threaded runtime with a handful of connections. Each write gets its own transaction at READ
//! COMMITTED (limits are enforced by the statement that consumes them) and is run again from the top when the server
//! reports a serialization failure or a deadlock. Reads use connections that the server itself keeps read-only.

use std::{
    cell::RefCell, collections::HashMap, future::Future, pin::Pin, rc::Rc, sync::Arc, task::Poll,
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_postgres::{
    Client, NoTls, Statement,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};
use uuid::Uuid;

use super::{
    DbError, Row, Tx, Value,
    tx::{Conn, Rx, Wake},
};

/// How often a transaction is run again after a serialization failure or a deadlock.
const RETRIES: u32 = 12;
/// Pieces of work of one lane that may wait or run before new ones are refused with "busy".
const QUEUE: usize = 2_048;
/// Statements kept prepared on each connection.
const STATEMENTS: usize = 512;
/// Oldest major version.
const OLDEST: i64 = 150_000;

/// A prepared statement and the names of its columns.
type Prepared = (Statement, Arc<[Box<str>]>);

/// A statement that was sent, and whose answer nobody has read yet.
type Sent = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send>>;

/// A connection with its statement cache.
///
/// Statements whose answer nobody waits for travel together with the next one: the server works through them in
/// order, and a round trip is saved for each. The answers are read before anything else is answered.
pub(super) struct PgConn {
    client: Arc<Client>,
    statements: HashMap<Box<str>, Prepared>,
    sent: Vec<Sent>,
    /// The server asks for the transaction to be run again.
    retry: bool,
    /// A statement failed, so that the server would turn a commit into a rollback without a word.
    failed: bool,
}

impl PgConn {
    #[expect(clippy::disallowed_methods, reason = "the lane opens the database")]
    async fn open(url: &str, writer: bool) -> Result<Self, DbError> {
        let config: tokio_postgres::Config = url.parse()?;
        let (client, connection) = config.connect(NoTls).await?;
        tokio::task::spawn_local(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a database connection ended");
            }
        });
        client
            .batch_execute(
                "SET statement_timeout = '60s'; SET synchronous_commit = on; SET TIME ZONE 'UTC'; SET jit = off",
            )
            .await?;
        if writer {
            // Commands touch rows by their keys: a plan for the values at hand is never worth its making.
            client
                .batch_execute("SET plan_cache_mode = force_generic_plan")
                .await?;
        } else {
            client
                .batch_execute("SET default_transaction_read_only = on")
                .await?;
        }
        Ok(Self {
            client: Arc::new(client),
            statements: HashMap::new(),
            sent: Vec::new(),
            retry: false,
            failed: false,
        })
    }

    async fn prepare(&mut self, sql: &str) -> Result<Prepared, DbError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).await.map_err(|e| self.note(e))?;
        let columns: Arc<[Box<str>]> = statement
            .columns()
            .iter()
            .map(|c| Box::from(c.name()))
            .collect();
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements
            .insert(sql.into(), (statement.clone(), Arc::clone(&columns)));
        Ok((statement, columns))
    }

    pub(super) async fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        let (statement, columns) = self.prepared(sql).await?;
        let client = Arc::clone(&self.client);
        let rows = self
            .after_sent(async move {
                let bound: Vec<&(dyn ToSql + Sync)> =
                    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
                client.query(&statement, &bound).await
            })
            .await?;
        rows.iter()
            .map(|row| {
                let values = (0..row.len())
                    .map(|i| row.try_get::<_, Value>(i))
                    .collect::<Result<_, _>>()?;
                Ok(Row {
                    columns: Arc::clone(&columns),
                    values,
                })
            })
            .collect()
    }

    pub(super) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let (statement, _) = self.prepared(sql).await?;
        let client = Arc::clone(&self.client);
        self.after_sent(run(client, statement, params)).await
    }

    /// Sends a statement without waiting for its answer.
    pub(super) async fn later(&mut self, sql: &str, params: &[Value]) -> Result<(), DbError> {
        let (statement, _) = self.prepared(sql).await?;
        let (client, params) = (Arc::clone(&self.client), params.to_vec());
        self.send(Box::pin(
            async move { run(client, statement, &params).await },
        ))
        .await
    }

    pub(super) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        let client = Arc::clone(&self.client);
        self.after_sent(async move { client.batch_execute(sql).await })
            .await
    }

    /// Reads the answers to everything that was sent; the first failure is the one that counts, what follows it only
    /// says that the transaction has failed.
    pub(super) async fn settle(&mut self) -> Result<(), DbError> {
        let mut outcome = Ok(());
        for answer in std::mem::take(&mut self.sent) {
            let answer = answer.await;
            if outcome.is_ok() {
                outcome = answer.map(|_| ()).map_err(|e| self.note(e));
            }
        }
        outcome
    }

    /// What failed was undone by going back to a savepoint.
    pub(super) const fn recovered(&mut self) {
        self.failed = false;
    }

    async fn begin(&mut self) -> Result<(), DbError> {
        (self.retry, self.failed) = (false, false);
        let client = Arc::clone(&self.client);
        let begin = async move { client.batch_execute("BEGIN").await.map(|()| 0) };
        self.send(Box::pin(begin)).await
    }

    async fn commit(&mut self) -> Result<(), DbError> {
        if self.failed {
            self.batch("ROLLBACK").await?;
            return Err(DbError::Refused(
                "a statement failed and the command went on".into(),
            ));
        }
        // A failure among what was sent makes the server roll back instead, and is what comes back here.
        self.batch("COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), DbError> {
        let _ = self.settle().await;
        self.batch("ROLLBACK").await
    }

    async fn prepared(&mut self, sql: &str) -> Result<Prepared, DbError> {
        match self.prepare(sql).await {
            Ok(prepared) => Ok(prepared),
            Err(error) => self.settle().await.and(Err(error)),
        }
    }

    async fn send(&mut self, mut statement: Sent) -> Result<(), DbError> {
        match poll_once(statement.as_mut()).await {
            Poll::Ready(answer) => answer.map(|_| ()).map_err(|e| self.note(e)),
            Poll::Pending => {
                self.sent.push(statement);
                Ok(())
            }
        }
    }

    /// Sends one more statement, reads the answers to those before it, then its own.
    async fn after_sent<T>(
        &mut self,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DbError> {
        let mut statement = std::pin::pin!(statement);
        let answer = if self.sent.is_empty() {
            statement.await
        } else {
            let early = poll_once(statement.as_mut()).await;
            let settled = self.settle().await;
            let answer = match early {
                Poll::Ready(answer) => answer,
                Poll::Pending => statement.await,
            };
            settled?;
            answer
        };
        answer.map_err(|e| self.note(e))
    }

    fn note(&mut self, error: tokio_postgres::Error) -> DbError {
        let retryable = error
            .code()
            .is_some_and(|code| matches!(code.code(), "40001" | "40P01" | "55P03"));
        self.retry |= retryable;
        self.failed = true;
        error.into()
    }
}

/// Lets a future do what it can do at once, such as sending.
async fn poll_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

async fn run(
    client: Arc<Client>,
    statement: Statement,
    params: &[Value],
) -> Result<u64, tokio_postgres::Error> {
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    client.execute(&statement, &bound).await
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Self::Int(n), &Type::INT2) => i16::try_from(*n)?.to_sql(ty, out),
            (Self::Int(n), &Type::BOOL) => (*n != 0).to_sql(ty, out),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a column of ratios; money never passes here"
            )]
            (Self::Int(n), &Type::FLOAT8) => (*n as f64).to_sql(ty, out),
            (Self::Int(n), _) => n.to_sql(&Type::INT8, out),
            (Self::Bool(b), _) => b.to_sql(&Type::BOOL, out),
            (Self::Real(r), _) => r.to_sql(&Type::FLOAT8, out),
            (Self::Text(t), _) => t.as_str().to_sql(&Type::TEXT, out),
            (Self::Blob(b), &Type::UUID) => Uuid::from_slice(b)?.to_sql(ty, out),
            (Self::Blob(b), _) => b.as_slice().to_sql(&Type::BYTEA, out),
            (Self::Id(id), &Type::BYTEA) => id.as_bytes().as_slice().to_sql(ty, out),
            (Self::Id(id), _) => id.to_sql(&Type::UUID, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => Self::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::UUID => Self::Id(Uuid::from_sql(ty, raw)?),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            Type::NUMERIC => {
                Self::Int(whole_numeric(raw).ok_or("a NUMERIC that is no 64-bit whole number")?)
            }
            _ => Self::Text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Reads the binary form of a NUMERIC that holds a whole number, as sums of BIGINT columns do.
fn whole_numeric(raw: &[u8]) -> Option<i64> {
    let word = |index: usize| {
        Some(i16::from_be_bytes([
            *raw.get(index * 2)?,
            *raw.get(index * 2 + 1)?,
        ]))
    };
    let (digits, weight, sign) = (word(0)?, word(1)?, word(2)?);
    let mut value: i64 = 0;
    for index in 0..=weight.max(-1) {
        let digit = if index < digits {
            word(4 + usize::try_from(index).ok()?)?
        } else {
            0
        };
        value = value.checked_mul(10_000)?.checked_add(i64::from(digit))?;
    }
    match sign {
        0 => Some(value),
        0x4000 => Some(-value),
        _ => None,
    }
}

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
        for number in 0..2 {
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
        writers: Pool::new(12),
        readers: Pool::new(8),
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
            Some(conn) if !conn.client.is_closed() => Ok(conn),
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
            let Tx {
                rx: Rx {
                    conn: Conn::Postgres(mut conn),
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
            let again = conn.retry && attempt < RETRIES;
            if !conn.client.is_closed() {
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
        let mut rx = Rx {
            conn: Conn::Postgres(conn),
        };
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
