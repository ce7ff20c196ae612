//! Raw SQL on SQLite, with the write lane's settings: WAL, `synchronous=FULL`.

use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use platform::db::{DatabaseUrl, Dialect};
use rusqlite::{
    Connection, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    Raw, how_many, migrate,
    order::{Call, Order, Shelf, Value},
    rate,
};

/// Measures orders on a fresh database below `folder`, `batch` of them in each commit.
///
/// # Errors
/// Whatever the database says.
pub fn sqlite(folder: &Path, batch: usize, lasting: Duration) -> Result<Raw> {
    let folder = tempfile::tempdir_in(folder)?;
    let path = folder.path().join("raw.db");
    migrate(&DatabaseUrl::Sqlite(path.clone()))?;
    let mut lane = Lane::open(&path)?;
    let shelf = Shelf::new();
    lane.commit(std::iter::once(shelf.stocking()))?;
    lane.settle()?;

    let mut number = 0;
    let mut orders = |count: usize| -> Vec<Order<'_>> {
        let made = (number..).take(count);
        let made = made
            .map(|n| Order::new(&shelf, Dialect::Sqlite, n))
            .collect();
        number += u32::try_from(count).unwrap_or(0);
        made
    };

    let (mut done, started) = (0, Instant::now());
    while started.elapsed() < lasting {
        let group = orders(batch);
        let mut flows: Vec<_> = group.iter().map(|o| o.transactions().into_iter()).collect();
        for _ in 0..4 {
            lane.commit(flows.iter_mut().filter_map(Iterator::next))?;
        }
        done += u32::try_from(batch)?;
    }
    let flow = rate(done, started.elapsed());

    let prepared = orders(usize::try_from(how_many(lasting))?);
    let mut last = Vec::with_capacity(prepared.len());
    for group in prepared.chunks(1_000) {
        let mut before = Vec::new();
        for [first, second, checkout, complete] in group.iter().map(Order::transactions) {
            before.extend([first, second, checkout]);
            last.push(complete);
        }
        lane.commit(before.into_iter())?;
    }
    let (mut done, started) = (0, Instant::now());
    let mut last = last.into_iter().peekable();
    while last.peek().is_some() && started.elapsed() < lasting {
        let group: Vec<_> = last.by_ref().take(batch).collect();
        done += u32::try_from(group.len())?;
        lane.commit(group.into_iter())?;
    }
    Ok(Raw {
        flow,
        alone: rate(done, started.elapsed()),
    })
}

struct Lane {
    connection: Connection,
    /// Statements with SQLite's way to number values.
    texts: HashMap<&'static str, String>,
}

impl Lane {
    #[expect(
        clippy::disallowed_methods,
        reason = "the point is to go around the lanes"
    )]
    fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        // The lane that made the schema may still be closing.
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(64);
        for (name, value) in [
            ("journal_mode", "WAL"),
            ("synchronous", "FULL"),
            ("foreign_keys", "ON"),
            ("temp_store", "MEMORY"),
            ("cache_size", "-32768"),
            ("mmap_size", "1073741824"),
            ("wal_autocheckpoint", "4000"),
        ] {
            connection.pragma_update(None, name, value)?;
        }
        let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |r| r.get(0))?;
        ensure!(synchronous == 2, "SQLite is not synchronous=FULL");
        Ok(Self {
            connection,
            texts: HashMap::new(),
        })
    }

    /// Lets the write-ahead log reach the size at which it is used again from its start, as in a shop that has been
    /// running for minutes; until then each commit pays for a longer file.
    fn settle(&self) -> Result<()> {
        self.connection.execute_batch(
            "CREATE TABLE filler (block BLOB); \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
             INSERT INTO filler SELECT zeroblob(4000) FROM n; DROP TABLE filler;",
        )?;
        Ok(())
    }

    /// Runs transactions and commits them together.
    fn commit(&mut self, transactions: impl Iterator<Item = Vec<Call>>) -> Result<()> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        for call in transactions.flatten() {
            self.call(&call)?;
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Result<()> {
        let text = self
            .texts
            .entry(call.sql)
            .or_insert_with(|| call.sql.replace('$', "?"));
        let mut statement = self.connection.prepare_cached(text)?;
        let values = rusqlite::params_from_iter(&call.values);
        let rows = if statement.column_count() > 0 {
            let mut found = statement.query(values)?;
            let mut rows = 0;
            while found.next()?.is_some() {
                rows += 1;
            }
            rows
        } else {
            statement.execute(values).context(call.sql)? as u64
        };
        ensure!(
            call.rows.is_none_or(|wanted| wanted == rows),
            "{rows} rows: {}",
            call.sql
        );
        Ok(())
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Id(id) => ValueRef::Blob(id.as_bytes()),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bool(yes) => ValueRef::Integer(i64::from(*yes)),
            Self::Null => ValueRef::Null,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements fit the schema, one by one and in groups.
    #[test]
    fn orders_are_written() {
        let folder = tempfile::tempdir().unwrap();
        for batch in [1, 16] {
            let raw = sqlite(folder.path(), batch, Duration::from_millis(100)).unwrap();
            assert!(raw.flow > 0.0 && raw.alone > 0.0, "{raw:?}");
        }
    }
}
