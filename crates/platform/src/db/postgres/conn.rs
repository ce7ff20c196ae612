//! A connection to PostgreSQL: its prepared statements, and statements that travel together.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, task::Poll};

use tokio_postgres::{Client, NoTls, Statement, types::ToSql};

use crate::db::{DbError, Row, Value};

/// Statements kept prepared on each connection.
const STATEMENTS: usize = 512;

/// A prepared statement and the names of its columns.
type Prepared = (Statement, Arc<[Box<str>]>);

/// An answer that is on its way.
type Answer<T> = Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>> + Send>>;

/// A statement that was sent, and whose answer nobody has read yet.
type Sent = Answer<u64>;

/// A connection with its statement cache.
///
/// Statements whose answer nobody waits for travel together with the next one: the server works through them in
/// order, and a round trip is saved for each. The answers are read before anything else is answered.
pub(in crate::db) struct PgConn {
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
    pub(super) async fn open(url: &str, writer: bool) -> Result<Self, DbError> {
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

    pub(in crate::db) async fn rows(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        let (statement, columns) = self.prepared(sql).await?;
        let client = Arc::clone(&self.client);
        let rows = self.after_sent(query(client, statement, params)).await?;
        decode(&rows, &columns)
    }

    /// Several statements in one round trip. The first failure is the one that counts: what follows it only says that
    /// the transaction has failed.
    pub(in crate::db) async fn rows_each(
        &mut self,
        asked: &[(&str, &[Value])],
    ) -> Result<Vec<Vec<Row>>, DbError> {
        let mut answers = Vec::with_capacity(asked.len());
        let mut prepared = Vec::with_capacity(asked.len());
        for (sql, _) in asked {
            prepared.push(self.prepared(sql).await?);
        }
        for ((_, params), (statement, columns)) in asked.iter().zip(prepared) {
            let (client, given) = (Arc::clone(&self.client), params.to_vec());
            let answer: Answer<_> = Box::pin(async move { query(client, statement, &given).await });
            answers.push((begun(answer).await, columns));
        }
        let mut outcome = self
            .settle()
            .await
            .map(|()| Vec::with_capacity(asked.len()));
        for (answer, columns) in answers {
            let answer = answer.await;
            if let Ok(all) = &mut outcome {
                match answer {
                    Ok(rows) => all.push(decode(&rows, &columns)?),
                    Err(error) => outcome = Err(self.note(error)),
                }
            }
        }
        outcome
    }

    pub(in crate::db) async fn execute(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<u64, DbError> {
        let (statement, _) = self.prepared(sql).await?;
        let client = Arc::clone(&self.client);
        self.after_sent(run(client, statement, params)).await
    }

    /// Sends a statement without waiting for its answer.
    pub(in crate::db) async fn later(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<(), DbError> {
        let (statement, _) = self.prepared(sql).await?;
        let (client, params) = (Arc::clone(&self.client), params.to_vec());
        self.send(Box::pin(
            async move { run(client, statement, &params).await },
        ))
        .await
    }

    pub(in crate::db) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        let client = Arc::clone(&self.client);
        self.after_sent(async move { client.batch_execute(sql).await })
            .await
    }

    /// Reads the answers to everything that was sent; the first failure is the one that counts, what follows it only
    /// says that the transaction has failed.
    pub(in crate::db) async fn settle(&mut self) -> Result<(), DbError> {
        let mut outcome = Ok(());
        for answer in std::mem::take(&mut self.sent) {
            let answer = answer.await;
            if outcome.is_ok() {
                outcome = answer.map(|_| ()).map_err(|e| self.note(e));
            }
        }
        outcome
    }

    /// True once the server has hung up.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// True when the server asks for the transaction to be run again.
    pub(super) const fn wants_retry(&self) -> bool {
        self.retry
    }

    /// What failed was undone by going back to a savepoint.
    pub(in crate::db) const fn recovered(&mut self) {
        self.failed = false;
    }

    pub(super) async fn begin(&mut self) -> Result<(), DbError> {
        (self.retry, self.failed) = (false, false);
        let client = Arc::clone(&self.client);
        let begin = async move { client.batch_execute("BEGIN").await.map(|()| 0) };
        self.send(Box::pin(begin)).await
    }

    pub(super) async fn commit(&mut self) -> Result<(), DbError> {
        if self.failed {
            self.batch("ROLLBACK").await?;
            return Err(DbError::Refused(
                "a statement failed and the command went on".into(),
            ));
        }
        // A failure among what was sent makes the server roll back instead, and is what comes back here.
        self.batch("COMMIT").await
    }

    pub(super) async fn rollback(&mut self) -> Result<(), DbError> {
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

/// An answer that is on its way for certain: its question was sent.
async fn begun<T: Send + 'static>(mut answer: Answer<T>) -> Answer<T> {
    match poll_once(answer.as_mut()).await {
        Poll::Ready(early) => Box::pin(std::future::ready(early)),
        Poll::Pending => answer,
    }
}

fn decode(rows: &[tokio_postgres::Row], columns: &Arc<[Box<str>]>) -> Result<Vec<Row>, DbError> {
    let decode = |row: &tokio_postgres::Row| {
        let values = (0..row.len())
            .map(|i| row.try_get::<_, Value>(i))
            .collect::<Result<_, _>>()?;
        Ok(Row {
            columns: Arc::clone(columns),
            values,
        })
    };
    rows.iter().map(decode).collect()
}

/// Lets a future do what it can do at once, such as sending.
async fn poll_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

async fn query(
    client: Arc<Client>,
    statement: Statement,
    params: &[Value],
) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    client.query(&statement, &bound).await
}

async fn run(
    client: Arc<Client>,
    statement: Statement,
    params: &[Value],
) -> Result<u64, tokio_postgres::Error> {
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    client.execute(&statement, &bound).await
}
