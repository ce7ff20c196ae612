//! The two handles that store functions take: [`Rx`] reads, [`Tx`] also writes.

use std::ops::{Deref, DerefMut};

use super::{
    DbError, Dialect, Row, Value,
    insert::{Target, Waiting},
    postgres::PgConn,
    sqlite::SqliteConn,
    value::{FromValue, IntoValue},
};

pub(super) enum Conn {
    Sqlite(SqliteConn),
    Postgres(PgConn),
}

/// A handle that reads one consistent snapshot.
pub struct Rx {
    pub(super) conn: Conn,
    /// What a transaction has yet to write; nothing in a reader.
    waiting: Option<Waiting>,
    /// What a transaction of somebody privileged has done so far; nothing for everybody else.
    record: Option<Box<Record>>,
}

/// What a recorded transaction did: whether it changed anything, and what it was about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) changed: bool,
    pub(crate) objects: Vec<String>,
}

/// A handle inside a write transaction. Reads through it see the transaction's own writes.
pub struct Tx {
    pub(super) rx: Rx,
    pub(super) wake: Wake,
}

/// Who should be woken once the transaction has committed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wake {
    pub(super) events: bool,
    pub(super) jobs: bool,
    pub(super) recent: bool,
}

impl Wake {
    /// Adds what another command of the same commit asks for.
    pub(super) const fn join(&mut self, other: Self) {
        let Self {
            events,
            jobs,
            recent,
        } = other;
        self.events |= events;
        self.jobs |= jobs;
        self.recent |= recent;
    }
}

impl Rx {
    pub(super) const fn new(conn: Conn) -> Self {
        Self {
            conn,
            waiting: None,
            record: None,
        }
    }

    /// Which of the two databases this is; only `platform` asks.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows of a statement. Parameters are written `$1`, `$2` … in both databases.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.catch_up(sql).await?;
        let rows = match &mut self.conn {
            Conn::Sqlite(conn) => conn.rows(sql, params),
            Conn::Postgres(conn) => conn.rows(sql, params).await,
        }?;
        self.note(sql, !rows.is_empty());
        Ok(rows)
    }

    /// Notes that a statement changed something, where that is recorded.
    fn note(&mut self, sql: &str, changed: bool) {
        if let Some(record) = &mut self.record
            && changed
        {
            let writes = ["INSERT", "UPDATE", "DELETE"];
            record.changed |= writes.iter().any(|word| sql.starts_with(word));
        }
    }

    /// Runs a statement whose answer nobody waits for (see [`Tx::later`]).
    pub(super) async fn send(&mut self, sql: &str, params: &[Value]) -> Result<(), DbError> {
        match &mut self.conn {
            Conn::Sqlite(conn) => conn.execute(sql, params).map(|_| ()),
            Conn::Postgres(conn) => conn.later(sql, params).await,
        }
    }

    /// Writes the rows that wait, if this statement could see them.
    async fn catch_up(&mut self, sql: &str) -> Result<(), DbError> {
        match &self.waiting {
            Some(waiting) if sql.contains(waiting.target.table) => self.write_waiting().await,
            _ => Ok(()),
        }
    }

    async fn write_waiting(&mut self) -> Result<(), DbError> {
        match self.waiting.take() {
            Some(Waiting { target, rows }) => target.insert(self, &rows).await,
            None => Ok(()),
        }
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn row(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// The first row of a statement that always has one.
    ///
    /// # Errors
    /// [`DbError::Missing`] when there is none.
    pub async fn one(&mut self, sql: &str, params: &[Value]) -> Result<Row, DbError> {
        self.row(sql, params)
            .await?
            .ok_or_else(|| DbError::Missing(sql.to_owned()))
    }

    /// The first column of the only row.
    ///
    /// # Errors
    /// [`DbError::Missing`] when there is none, [`DbError::Inconsistent`] when it is of another kind.
    pub async fn scalar<T: FromValue>(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<T, DbError> {
        self.one(sql, params).await?.at(0)
    }
}

impl Tx {
    pub(super) fn new(conn: Conn) -> Self {
        Self {
            rx: Rx::new(conn),
            wake: Wake::default(),
        }
    }

    /// Runs a statement and tells how many rows it changed.
    ///
    /// # Errors
    /// Whatever the database says. On PostgreSQL a failed statement ends the transaction: do not catch a unique
    /// violation and go on, write `ON CONFLICT` instead.
    pub async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        self.catch_up(sql).await?;
        let changed = match &mut self.rx.conn {
            Conn::Sqlite(conn) => conn.execute(sql, params),
            Conn::Postgres(conn) => conn.execute(sql, params).await,
        }?;
        self.note(sql, changed > 0);
        Ok(changed)
    }

    /// Runs statements one after the other and tells the rows of each; PostgreSQL gets them in one round trip. None of
    /// them may need the answer to an earlier one.
    ///
    /// # Errors
    /// Whatever the database says of the first that failed.
    pub async fn rows_each(
        &mut self,
        asked: &[(&str, &[Value])],
    ) -> Result<Vec<Vec<Row>>, DbError> {
        for (sql, _) in asked {
            self.catch_up(sql).await?;
        }
        let answers: Vec<Vec<Row>> = match &mut self.rx.conn {
            Conn::Sqlite(conn) => asked
                .iter()
                .map(|(sql, params)| conn.rows(sql, params))
                .collect::<Result<_, _>>(),
            Conn::Postgres(conn) => conn.rows_each(asked).await,
        }?;
        for ((sql, _), rows) in asked.iter().zip(&answers) {
            self.note(sql, !rows.is_empty());
        }
        Ok(answers)
    }

    /// Runs a statement that must change exactly one row.
    ///
    /// # Errors
    /// [`DbError::RowCount`] when it changed none or several.
    pub async fn execute_one(&mut self, sql: &str, params: &[Value]) -> Result<(), DbError> {
        match self.execute(sql, params).await? {
            1 => Ok(()),
            changed => Err(DbError::RowCount {
                changed,
                statement: sql.to_owned(),
            }),
        }
    }

    /// Runs a statement whose number of changed rows says nothing: it does its work or it fails. PostgreSQL gets it
    /// together with the next statement, so a failure may come back from that one, or from the commit.
    ///
    /// # Errors
    /// Whatever the database says, of this statement or of earlier ones that were sent this way.
    pub async fn later(&mut self, sql: &str, params: &[Value]) -> Result<(), DbError> {
        self.catch_up(sql).await?;
        self.note(sql, true);
        self.send(sql, params).await
    }

    /// Inserts rows with the end of the transaction, or before a statement that names their table, so that one statement
    /// serves for all of a command. Only one table can have rows that wait.
    pub(crate) async fn insert_last(
        &mut self,
        target: Target<'static>,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<(), DbError> {
        if self
            .waiting
            .as_ref()
            .is_some_and(|w| w.target.table != target.table)
        {
            self.write_waiting().await?;
        }
        let fresh = || Waiting {
            target,
            rows: Vec::new(),
        };
        self.waiting.get_or_insert_with(fresh).rows.extend(rows);
        self.note("INSERT", true);
        Ok(())
    }

    /// Nothing of an earlier command is left, also if that one ended in a panic.
    pub(super) fn renew(&mut self) {
        self.wake = Wake::default();
        self.waiting = None;
        self.record = None;
    }

    /// From here on it is noted whether this transaction changes anything, and what it is about.
    pub(crate) fn begin_record(&mut self) {
        self.record = Some(Box::default());
    }

    /// What was noted; nothing is noted any more.
    pub(crate) fn end_record(&mut self) -> Option<Record> {
        self.record.take().map(|record| *record)
    }

    /// Says what the audit log shall name as the thing that is changed; asked only where a row will be written.
    pub fn about(&mut self, object: impl FnOnce() -> String) {
        if let Some(record) = &mut self.record {
            record.objects.push(object());
        }
    }

    /// Ends a command: what waits is written if it succeeded, and forgotten if it failed.
    pub(super) async fn conclude<T, E: From<DbError>>(
        &mut self,
        result: Result<T, E>,
    ) -> Result<T, E> {
        match result {
            Ok(done) => Ok(self.write_waiting().await.map(|()| done)?),
            Err(error) => {
                self.waiting = None;
                Err(error)
            }
        }
    }

    /// Reads the answers to what was sent by [`Tx::later`].
    async fn settle(&mut self) -> Result<(), DbError> {
        match &mut self.rx.conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(conn) => conn.settle().await,
        }
    }

    /// Runs a part that may fail without failing the rest: what it did is undone when it returns an error.
    ///
    /// # Errors
    /// The part's own error; the transaction goes on.
    pub async fn attempt<T, E: From<DbError>>(
        &mut self,
        part: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_waiting().await?;
        let noted = self.record.clone();
        self.execute("SAVEPOINT attempt", &[]).await?;
        let result = part(self).await;
        let result = self.conclude(result).await;
        let settled = self.settle().await;
        let result = result.and_then(|done| settled.map(|()| done).map_err(E::from));
        if result.is_err() {
            self.execute("ROLLBACK TO SAVEPOINT attempt", &[]).await?;
            self.record = noted;
            if let Conn::Postgres(conn) = &mut self.rx.conn {
                conn.recovered();
            }
        }
        self.execute("RELEASE SAVEPOINT attempt", &[]).await?;
        result
    }

    /// Inserts many rows of one table with as few statements as the database allows.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn insert_many(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<(), DbError> {
        self.catch_up(table).await?;
        let target = Target {
            table,
            columns,
            lead: "",
        };
        self.note("INSERT", !rows.is_empty());
        target.insert(self, rows).await
    }

    /// Rings the bell of event consumers once this transaction has committed.
    pub(crate) const fn wake_events(&mut self) {
        self.wake.events = true;
    }

    /// Rings the bell of the job workers once this transaction has committed.
    pub(crate) const fn wake_jobs(&mut self) {
        self.wake.jobs = true;
    }

    /// Once this transaction has committed, this process forgets what it kept by [`crate::recent`].
    pub const fn forget_recent(&mut self) {
        self.wake.recent = true;
    }

    /// The next number of a named sequence: unique, increasing; on PostgreSQL a rolled-back transaction leaves a gap.
    ///
    /// # Errors
    /// Whatever the database says, for instance an unknown name.
    pub async fn next_number(&mut self, sequence: &str) -> Result<i64, DbError> {
        let sql = self.dialect().next_number();
        self.scalar(sql, &[sequence.into_value()]).await
    }
}

impl Deref for Tx {
    type Target = Rx;

    fn deref(&self) -> &Rx {
        &self.rx
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Rx {
        &mut self.rx
    }
}
