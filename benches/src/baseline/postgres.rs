//! Raw SQL on PostgreSQL: each transaction in two round trips, everything in between pipelined.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use bytes::BytesMut;
use futures_util::future::try_join_all;
use platform::db::{DatabaseUrl, Dialect};
use tokio::task::JoinSet;
use tokio_postgres::{
    Client, Statement,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{
    Raw, how_many, migrate,
    order::{Call, Order, Shelf, Value},
    rate,
    scratch::{Scratch, connect},
};

/// Measures orders on a fresh database of the server at `server`, over `connections` connections.
///
/// # Errors
/// Whatever the database says.
pub fn postgres(server: &str, connections: usize, lasting: Duration) -> Result<Raw> {
    let scratch = Scratch::create(server)?;
    let url = scratch.url();
    migrate(&DatabaseUrl::Postgres(url.clone()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(&url, connections, lasting))
}

async fn measure(url: &str, connections: usize, lasting: Duration) -> Result<Raw> {
    let shelf = Arc::new(Shelf::new());
    let number = Arc::new(AtomicU32::new(0));
    let mut lane = Lane::open(url).await?;
    for calls in shelf.stocking().chunks(25) {
        lane.commit(calls).await?;
    }
    let work = |first, end| Work {
        url: url.to_owned(),
        shelf: Arc::clone(&shelf),
        number: Arc::clone(&number),
        lasting,
        first,
        end,
    };
    let flow = together(connections, || work(0, u32::MAX)).await?;
    let from = number.load(Ordering::Relaxed);
    let end = from + how_many(lasting);
    prepare(&mut lane, &shelf, from..end).await?;
    let alone = together(connections, || work(3, end)).await?;
    Ok(Raw { flow, alone })
}

/// Carries orders up to their last transaction.
async fn prepare(lane: &mut Lane, shelf: &Shelf, numbers: Range<u32>) -> Result<()> {
    lane.client.batch_execute("BEGIN").await?;
    for number in numbers {
        let order = Order::new(shelf, Dialect::Postgres, number);
        let [first, second, checkout, _] = order.transactions();
        lane.run(&[first, second, checkout].concat()).await?;
    }
    // Statistics as in a shop that has been running, for the plans of what follows.
    lane.client.batch_execute("COMMIT; ANALYZE").await?;
    Ok(())
}

/// What each connection does until the time is over.
struct Work {
    url: String,
    shelf: Arc<Shelf>,
    number: Arc<AtomicU32>,
    lasting: Duration,
    /// The transaction of the flow to begin with.
    first: usize,
    /// The order to stop before.
    end: u32,
}

/// Orders per second of some connections at once.
async fn together(connections: usize, work: impl Fn() -> Work) -> Result<f64> {
    let mut lanes = JoinSet::new();
    let ready = Arc::new(tokio::sync::Barrier::new(connections));
    for _ in 0..connections {
        let (work, ready) = (work(), Arc::clone(&ready));
        lanes.spawn(async move {
            let mut lane = Lane::open(&work.url).await?;
            ready.wait().await;
            let started = Instant::now();
            let mut done = 0;
            while started.elapsed() < work.lasting {
                let number = work.number.fetch_add(1, Ordering::Relaxed);
                if number >= work.end {
                    break;
                }
                let order = Order::new(&work.shelf, Dialect::Postgres, number);
                for calls in order.transactions().iter().skip(work.first) {
                    lane.commit(calls).await?;
                }
                done += 1;
            }
            anyhow::Ok(rate(done, started.elapsed()))
        });
    }
    let mut sum = 0.0;
    while let Some(lane) = lanes.join_next().await {
        sum += lane??;
    }
    Ok(sum)
}

struct Lane {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Lane {
    async fn open(url: &str) -> Result<Self> {
        Ok(Self {
            client: connect(url).await?,
            statements: HashMap::new(),
        })
    }

    /// One transaction: everything up to the last statement in one go, then the commit.
    async fn commit(&mut self, calls: &[Call]) -> Result<()> {
        self.prepare(calls).await?;
        let begin = async { Ok(self.client.batch_execute("BEGIN").await?) };
        tokio::try_join!(begin, self.send(calls))?;
        self.client.batch_execute("COMMIT").await?;
        Ok(())
    }

    async fn run(&mut self, calls: &[Call]) -> Result<()> {
        self.prepare(calls).await?;
        self.send(calls).await
    }

    async fn prepare(&mut self, calls: &[Call]) -> Result<()> {
        for call in calls {
            if !self.statements.contains_key(call.sql) {
                let statement = self.client.prepare(call.sql).await.context(call.sql)?;
                self.statements.insert(call.sql, statement);
            }
        }
        Ok(())
    }

    async fn send(&self, calls: &[Call]) -> Result<()> {
        let sent = calls.iter().map(|call| async move {
            let statement = self.statements.get(call.sql).context("not prepared")?;
            let values: Vec<&(dyn ToSql + Sync)> = call
                .values
                .iter()
                .map(|v| v as &(dyn ToSql + Sync))
                .collect();
            let rows = self.client.execute(statement, &values).await;
            let rows = rows.context(call.sql)?;
            ensure!(
                call.rows.is_none_or(|wanted| wanted == rows),
                "{rows} rows: {}",
                call.sql
            );
            Ok(())
        });
        try_join_all(sent).await.map(drop)
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Id(id) => id.to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bool(yes) => yes.to_sql(ty, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements fit the schema, over one connection and over several.
    #[test]
    fn orders_are_written() {
        let Some(server) = crate::options::postgres_of_tests() else {
            return;
        };
        for connections in [1, 4] {
            let raw = postgres(&server, connections, Duration::from_millis(100)).unwrap();
            assert!(raw.flow > 0.0 && raw.alone > 0.0, "{raw:?}");
        }
    }
}
