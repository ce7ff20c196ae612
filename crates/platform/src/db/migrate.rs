//! Forward-only migrations. Each runs in one transaction together with the row that records it, so a kill at any
//! statement leaves the database either before or after it, and the run can simply be repeated (invariant D5).

use sha2::{Digest, Sha256};

use super::{Db, DbError, Dialect, Value, inner::Inner, sqlite};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Number and name, `0003_orders`; the order of the list is the order of running.
    pub name: &'static str,
    /// Statements in PostgreSQL's type names; see [`Dialect::translate`].
    pub sql: &'static str,
}

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)";
const KNOWN: &str = "SELECT checksum FROM schema_migrations WHERE name = $1";

impl Migration {
    fn checksum(&self) -> String {
        Sha256::digest(self.sql)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }

    /// What its transaction runs: its text, and the row that records it.
    fn pieces(&self, dialect: Dialect) -> Vec<String> {
        let text = dialect.translate(self.sql);
        #[cfg(debug_assertions)]
        let mut pieces = super::faults::pieces(&text);
        #[cfg(not(debug_assertions))]
        let mut pieces = vec![text];
        pieces.push(format!(
            "INSERT INTO schema_migrations (name, checksum) VALUES ('{}', '{}')",
            self.name,
            self.checksum()
        ));
        pieces
    }
}

/// Between two steps of a migration, where a suite lets the program die.
#[cfg(debug_assertions)]
fn step() {
    super::faults::step();
}

#[cfg(not(debug_assertions))]
const fn step() {}

impl Db {
    /// Brings the schema up to the end of `list`. Concurrent callers wait for each other.
    ///
    /// # Errors
    /// A failed statement, or [`DbError::Refused`] when a recorded migration has another text than the program's
    /// (invariant D12).
    pub async fn migrate(&self, list: &'static [Migration]) -> Result<(), DbError> {
        match self.inner() {
            Inner::Sqlite(db) => {
                let (tell, told) = tokio::sync::oneshot::channel();
                let path = db.path().to_owned();
                std::thread::spawn(move || tell.send(sqlite::migrate(&path, list)));
                told.await
                    .map_err(|_| DbError::Refused("the migration ended early".into()))?
            }
            Inner::Postgres(db) => {
                let (tell, told) = tokio::sync::oneshot::channel();
                db.run(Box::new(move |lane| {
                    Box::pin(async move {
                        let done = lane.raw(async |conn| {
                            conn.batch("SELECT pg_advisory_lock(7262001)").await?;
                            conn.batch(TABLE).await?;
                            for migration in list {
                                let known = conn
                                    .rows(KNOWN, &[Value::Text(migration.name.into())])
                                    .await?;
                                if let Some(row) = known.first() {
                                    same(migration, &row.at::<String>(0)?)?;
                                    continue;
                                }
                                conn.batch("BEGIN").await?;
                                step();
                                for piece in migration.pieces(Dialect::Postgres) {
                                    conn.batch(&piece).await?;
                                    step();
                                }
                                conn.batch("COMMIT").await?;
                                step();
                            }
                            conn.batch("SELECT pg_advisory_unlock(7262001)").await
                        });
                        let _ = tell.send(done.await);
                    })
                }))?;
                told.await
                    .map_err(|_| DbError::Refused("the migration ended early".into()))?
            }
        }
    }
}

pub(super) fn same(migration: &Migration, recorded: &str) -> Result<(), DbError> {
    if migration.checksum() == recorded {
        Ok(())
    } else {
        Err(DbError::Refused(format!(
            "migration {} was applied with another text",
            migration.name
        )))
    }
}

impl sqlite::SqliteConn {
    pub(super) fn migrate(&mut self, list: &[Migration]) -> Result<(), DbError> {
        self.batch(TABLE)?;
        for migration in list {
            self.batch("BEGIN IMMEDIATE")?;
            let known = self.rows(KNOWN, &[Value::Text(migration.name.into())])?;
            if let Some(row) = known.first() {
                same(migration, &row.at::<String>(0)?)?;
                self.batch("COMMIT")?;
                continue;
            }
            step();
            for piece in migration.pieces(Dialect::Sqlite) {
                self.batch(&piece)?;
                step();
            }
            self.batch("COMMIT")?;
            step();
        }
        Ok(())
    }
}
