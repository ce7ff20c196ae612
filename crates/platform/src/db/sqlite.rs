//! SQLite: one write lane with group commit, and a pool of read connections.
//!
//! All writes pass through one thread. It opens a transaction, runs every command that is waiting under a savepoint
//! of its own, commits once, and answers each caller only after the fsync. A command that fails rolls back to its
//! savepoint and nothing else. Statements run on the lane's own thread without a hop per statement.
//!
//! A commit that fails for want of room fails its batch, and the next one is tried afresh. A commit that fails in any
//! way that leaves in doubt what the disk has kept ends all writing until restart (invariant D3).

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use tokio::sync::mpsc;

use super::{DbError, Row, Tx, Value, tx::Conn, tx::Rx, tx::Wake};

/// The first release without the WAL-reset bug.
const OLDEST: i32 = 3_051_003;
/// Commands that may wait before new ones are refused with "busy".
const QUEUE: usize = 2_048;
/// Commands that share one commit at most.
const BATCH: usize = 256;
/// A batch is closed after this long so that the first caller does not wait for a crowd.
const BATCH_TIME: Duration = Duration::from_millis(8);
/// Statements kept prepared on each connection.
const STATEMENTS: usize = 512;

/// A connection with its statement cache.
pub(super) struct SqliteConn {
    conn: Connection,
    columns: HashMap<Box<str>, Arc<[Box<str>]>>,
    /// Whether the lane has begun a transaction on it.
    begun: bool,
    /// Why that transaction is over although nobody ended it. Until the next one begins, every statement is refused:
    /// it would be a transaction of its own.
    lost: Option<Lost>,
}

/// Why a transaction ended before its commit.
#[derive(Clone)]
struct Lost {
    say: fn(String) -> DbError,
    reason: String,
}

impl Lost {
    fn of(error: &DbError) -> Self {
        let (say, reason): (fn(String) -> DbError, _) = match error {
            DbError::Full(reason) => (DbError::Full, reason.clone()),
            DbError::Busy => (|_| DbError::Busy, String::new()),
            DbError::Unique(reason) | DbError::Constraint(reason) => {
                (DbError::Constraint, reason.clone())
            }
            other => (DbError::Halted, other.to_string()),
        };
        Self { say, reason }
    }

    fn error(&self) -> DbError {
        (self.say)(self.reason.clone())
    }
}

impl SqliteConn {
    #[expect(clippy::disallowed_methods, reason = "the lane opens the database")]
    fn open(path: &Path, writer: bool) -> Result<Self, DbError> {
        let conn = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        conn.busy_timeout(Duration::from_secs(10))?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", "ON")?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.pragma_update(None, "cache_size", if writer { -32_768 } else { -4_096 })?;
        conn.pragma_update(None, "mmap_size", 1_i64 << 30)?;
        conn.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        // What is deleted or replaced is overwritten inside its page, as far as that costs no further write (A9).
        conn.pragma_update(None, "secure_delete", "FAST")?;
        if !writer {
            conn.pragma_update(None, "query_only", "ON")?;
        }
        Ok(Self {
            conn,
            columns: HashMap::new(),
            begun: false,
            lost: None,
        })
    }

    fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> Result<(), DbError> {
        for index in 1..=statement.parameter_count() {
            let named = statement
                .parameter_name(index)
                .and_then(|name| name.get(1..)?.parse::<usize>().ok());
            let value = params
                .get(named.unwrap_or(index).saturating_sub(1))
                .unwrap_or(&Value::Null);
            match value {
                Value::Null => statement.raw_bind_parameter(index, rusqlite::types::Null)?,
                Value::Int(n) => statement.raw_bind_parameter(index, n)?,
                Value::Bool(b) => statement.raw_bind_parameter(index, i64::from(*b))?,
                Value::Real(r) => statement.raw_bind_parameter(index, r)?,
                Value::Text(t) => statement.raw_bind_parameter(index, t.as_str())?,
                Value::Blob(b) => statement.raw_bind_parameter(index, b.as_slice())?,
                Value::Id(id) => statement.raw_bind_parameter(index, id.as_bytes().as_slice())?,
            }
        }
        Ok(())
    }

    pub(super) fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.usable()?;
        let rows = self.query(sql, params);
        self.noticed(rows)
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        self.usable()?;
        let changed = self.change(sql, params);
        self.noticed(changed)
    }

    fn usable(&self) -> Result<(), DbError> {
        self.lost.as_ref().map_or(Ok(()), |lost| Err(lost.error()))
    }

    /// Some failures make SQLite roll back the whole transaction by itself.
    fn noticed<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        if let Err(error) = &result
            && self.begun
            && self.conn.is_autocommit()
        {
            self.lost = Some(Lost::of(error));
        }
        result
    }

    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let columns = if let Some(known) = self.columns.get(sql) {
            Arc::clone(known)
        } else {
            let names: Arc<[Box<str>]> = statement.column_names().map(Box::from).collect();
            self.columns.insert(sql.into(), Arc::clone(&names));
            names
        };
        Self::bind(&mut statement, params)?;
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(columns.len());
            for index in 0..columns.len() {
                values.push(match row.get_ref(index)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(n) => Value::Int(n),
                    ValueRef::Real(r) => Value::Real(r),
                    ValueRef::Text(t) => Value::Text(String::from_utf8_lossy(t).into_owned()),
                    ValueRef::Blob(b) => Value::Blob(b.to_vec()),
                });
            }
            found.push(Row {
                columns: Arc::clone(&columns),
                values,
            });
        }
        Ok(found)
    }

    fn change(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        Self::bind(&mut statement, params)?;
        Ok(statement.raw_execute()? as u64)
    }

    fn run(&mut self, sql: &str) -> Result<(), DbError> {
        Ok(self.conn.prepare_cached(sql)?.raw_execute().map(|_| ())?)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        Ok(self.conn.execute_batch(sql)?)
    }

    fn pragma(&mut self, name: &str) -> Result<String, DbError> {
        let row = self
            .rows(&format!("PRAGMA {name}"), &[])?
            .into_iter()
            .next();
        Ok(match row.and_then(|r| r.values.into_iter().next()) {
            Some(Value::Text(text)) => text,
            Some(Value::Int(n)) => n.to_string(),
            _ => String::new(),
        })
    }
}

/// What the lane does with a command's outcome once it is known whether the commit succeeded.
pub(super) type Answer = Box<dyn FnOnce(Option<DbError>) + Send>;
/// A command: runs inside the lane and tells whether to keep what it did.
pub(super) type Job = Box<dyn FnOnce(&mut Tx) -> (bool, Answer) + Send>;

/// The SQLite database of a shop.
pub(super) struct SqliteDb {
    path: PathBuf,
    lane: mpsc::Sender<Job>,
    readers: Mutex<Vec<SqliteConn>>,
}

impl SqliteDb {
    pub(super) fn open(
        path: &Path,
        committed: impl Fn(Wake) + Send + 'static,
    ) -> Result<Self, DbError> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|e| DbError::Refused(format!("{}: {e}", folder.display())))?;
        }
        let mut writer = SqliteConn::open(path, true)?;
        check(&mut writer)?;
        let (lane, commands) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || {
                Lane {
                    tx: Tx::new(Conn::Sqlite(writer)),
                    halted: None,
                    full: false,
                    committed,
                }
                .run(commands);
            })
            .map_err(|e| DbError::Refused(e.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            lane,
            readers: Mutex::new(Vec::new()),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn submit(&self, job: Job) -> Result<(), DbError> {
        self.lane.try_send(job).map_err(|_| DbError::Busy)
    }

    /// Runs a read inside one snapshot on the calling thread.
    pub(super) fn read<T>(&self, read: impl FnOnce(&mut Rx) -> T) -> Result<T, DbError> {
        let free = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let conn = free.map_or_else(|| SqliteConn::open(&self.path, false), Ok)?;
        let mut rx = Rx::new(Conn::Sqlite(conn));
        begin(&mut rx, "BEGIN DEFERRED")?;
        let result = read(&mut rx);
        begin(&mut rx, "COMMIT")?;
        if let Conn::Sqlite(conn) = rx.conn {
            let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.len() < 16 {
                readers.push(conn);
            }
        }
        Ok(result)
    }

    /// Copies the whole database into a new file while writing goes on.
    pub(super) fn backup(&self, target: &Path) -> Result<(), DbError> {
        let source = SqliteConn::open(&self.path, false)?;
        let mut copy = open_plain(target)?;
        let step = rusqlite::backup::Backup::new(&source.conn, &mut copy)?;
        step.run_to_completion(1_024, Duration::from_millis(2), None)?;
        drop(step);
        copy.pragma_update(None, "journal_mode", "DELETE")?;
        Ok(())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the target of a backup is no database in use"
)]
fn open_plain(path: &Path) -> Result<Connection, DbError> {
    Ok(Connection::open(path)?)
}

fn begin(rx: &mut Rx, sql: &str) -> Result<(), DbError> {
    if let Conn::Sqlite(conn) = &mut rx.conn {
        conn.run(sql)
    } else {
        Ok(())
    }
}

/// Refuses a library or settings that could lose an acknowledged write (invariants D1, D12).
fn check(conn: &mut SqliteConn) -> Result<(), DbError> {
    if rusqlite::version_number() < OLDEST {
        return Err(DbError::Refused(format!(
            "SQLite {} is older than 3.51.3",
            rusqlite::version()
        )));
    }
    for (pragma, wanted) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
    ] {
        let found = conn.pragma(pragma)?;
        if found != wanted {
            return Err(DbError::Refused(format!(
                "{pragma} is {found}, not {wanted}"
            )));
        }
    }
    Ok(())
}

struct Lane<C> {
    tx: Tx,
    halted: Option<String>,
    /// Whether the last batch found no room.
    full: bool,
    committed: C,
}

impl<C: Fn(Wake)> Lane<C> {
    fn run(mut self, mut commands: mpsc::Receiver<Job>) {
        while let Some(first) = commands.blocking_recv() {
            self.group(first, &mut commands);
        }
        let _ = self.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    fn group(&mut self, first: Job, commands: &mut mpsc::Receiver<Job>) {
        let started = Instant::now();
        let mut answers = Vec::new();
        let mut wake = Wake::default();
        let begun = self.begin();
        let mut next = Some(first);
        while let Some(job) = next {
            let (answer, woken) = self.command(job);
            #[cfg(debug_assertions)]
            let answer = super::faults::answer_early(answer);
            answers.extend(answer);
            wake.join(woken);
            // Without a transaction everybody who waits hears so at once; what was lost on the way ends the batch.
            let more = answers.len() < BATCH
                && started.elapsed() < BATCH_TIME
                && begun == self.lost().is_none();
            next = if more { commands.try_recv().ok() } else { None };
        }
        #[cfg(debug_assertions)]
        super::faults::dawdle();
        match self.commit() {
            Ok(()) => {
                (self.committed)(wake);
                answers.into_iter().for_each(|answer| answer(None));
                self.full = false;
            }
            Err(lost) => {
                self.note(begun, &lost);
                answers
                    .into_iter()
                    .for_each(|answer| answer(Some(lost.error())));
            }
        }
    }

    /// Begins a transaction; without one, every command hears why at its first statement.
    fn begin(&mut self) -> bool {
        self.set_lost(None);
        let failed = match &self.halted {
            Some(reason) => Some(DbError::Halted(reason.clone())),
            None => self.sql("BEGIN IMMEDIATE").err(),
        };
        if let Conn::Sqlite(conn) = &mut self.tx.rx.conn {
            conn.begun = failed.is_none();
        }
        self.set_lost(failed.as_ref().map(Lost::of));
        failed.is_none()
    }

    /// Runs one command under its savepoint. A panic counts as a failure and drops the caller's channel.
    fn command(&mut self, job: Job) -> (Option<Answer>, Wake) {
        if self.lost().is_none()
            && let Err(error) = self.sql("SAVEPOINT command")
        {
            tracing::error!(%error, "no savepoint");
            return (None, Wake::default());
        }
        self.tx.renew();
        let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut self.tx)));
        let (keep, answer) = outcome.map_or((false, None), |(keep, answer)| (keep, Some(answer)));
        if self.lost().is_some() {
            return (answer, Wake::default());
        }
        let end = if keep {
            self.sql("RELEASE command")
        } else {
            self.sql("ROLLBACK TO command")
                .and_then(|()| self.sql("RELEASE command"))
        };
        if let Err(error) = end {
            tracing::error!(%error, "a savepoint could not be closed");
            self.set_lost(Some(Lost::of(&error)));
        }
        (answer, if keep { self.tx.wake } else { Wake::default() })
    }

    /// Commits the batch, unless its transaction is lost already.
    fn commit(&mut self) -> Result<(), Lost> {
        let result = match self.lost() {
            Some(lost) => Err(lost.clone()),
            None => self.sql("COMMIT").map_err(|error| Lost::of(&error)),
        };
        if result.is_err() {
            let _ = self.sql("ROLLBACK");
        }
        if let Conn::Sqlite(conn) = &mut self.tx.rx.conn {
            conn.begun = false;
        }
        result
    }

    /// Draws the consequence of a batch that was not committed, and says it once.
    fn note(&mut self, begun: bool, lost: &Lost) {
        match lost.error() {
            DbError::Full(reason) if !self.full => {
                tracing::error!(%reason, "no room to write; writing goes on once there is");
                self.full = true;
            }
            DbError::Halted(reason) if begun => {
                tracing::error!(%reason, "a commit failed; writing stops until restart");
                self.halted = Some(reason);
            }
            DbError::Full(_) | DbError::Halted(_) => {}
            error => tracing::warn!(%error, "a batch was not committed"),
        }
    }

    fn lost(&self) -> Option<&Lost> {
        match &self.tx.rx.conn {
            Conn::Sqlite(conn) => conn.lost.as_ref(),
            Conn::Postgres(_) => None,
        }
    }

    fn set_lost(&mut self, lost: Option<Lost>) {
        if let Conn::Sqlite(conn) = &mut self.tx.rx.conn {
            conn.lost = lost;
        }
    }

    fn sql(&mut self, sql: &str) -> Result<(), DbError> {
        begin(&mut self.tx.rx, sql)
    }
}

/// Runs migrations on a connection of their own.
pub(super) fn migrate(path: &Path, list: &[super::Migration]) -> Result<(), DbError> {
    let mut conn = SqliteConn::open(path, true)?;
    let done = conn.migrate(list);
    if done.is_err() {
        let _ = conn.batch("ROLLBACK");
    }
    done
}
