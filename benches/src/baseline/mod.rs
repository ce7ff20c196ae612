//! The limit of orders: the statements that an order takes, as raw SQL on the same database, without a program.
//!
//! The schema is the real one with all its keys, checks and triggers, the settings are those of the program, and the
//! statements are as many as an honest order needs. What is left out is everything a program adds: HTTP, checks of
//! input, prices, words, waiting for each other.

mod order;
mod postgres;
mod scratch;
mod sqlite;

pub use postgres::postgres;
pub use scratch::Scratch;
pub use sqlite::sqlite;

/// Orders per second as raw SQL.
#[derive(Debug, Clone, Copy)]
pub struct Raw {
    /// The whole flow: two lines into the cart, the checkout, the order; four commits.
    pub flow: f64,
    /// The order's transaction alone, with the cart prepared beforehand; one commit.
    pub alone: f64,
}

/// Orders prepared for each second of measuring the order's transaction alone; more than any disk here takes.
const PREPARED: f64 = 8_000.0;

/// Creates the program's schema in an empty database.
fn migrate(url: &platform::db::DatabaseUrl) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let db = platform::Db::open(url).await?;
        db.migrate(migrations::ALL).await?;
        anyhow::Ok(())
    })
}

fn how_many(lasting: std::time::Duration) -> u32 {
    let wanted = (PREPARED * lasting.as_secs_f64()).clamp(64.0, 60_000.0);
    format!("{wanted:.0}").parse().unwrap_or(64)
}

fn rate(done: u32, took: std::time::Duration) -> f64 {
    f64::from(done) / took.as_secs_f64().max(1e-9)
}
