//! A database on a PostgreSQL server that exists as long as a benchmark needs it.

use anyhow::{Context, Result};
use tokio_postgres::{Client, NoTls};

/// A fresh database, dropped together with this handle.
#[derive(Debug)]
pub struct Scratch {
    server: String,
    name: String,
}

impl Scratch {
    /// Creates an empty database on the server at `server`, the URL of a role that may.
    ///
    /// # Errors
    /// Whatever the server says.
    pub fn create(server: &str) -> Result<Self> {
        let name = format!(
            "zhanggui_bench_{}",
            kernel::id::encode(kernel::id::fresh_uuid())
        );
        administer(server, &format!("CREATE DATABASE {name}"))?;
        Ok(Self {
            server: server.to_owned(),
            name,
        })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// What the server promises of commits: `fsync=on, synchronous_commit=on`.
    ///
    /// # Errors
    /// Whatever the server says.
    pub fn promises(&self) -> Result<String> {
        on(&self.server, async |client| {
            let mut promises = Vec::new();
            for setting in ["server_version", "fsync", "synchronous_commit"] {
                let row = client
                    .query_one("SELECT current_setting($1)", &[&setting])
                    .await?;
                promises.push(format!("{setting}={}", row.get::<_, String>(0)));
            }
            Ok(promises.join(", "))
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(error) = administer(&self.server, &sql) {
            eprintln!("{} is left behind: {error}", self.name);
        }
    }
}

fn administer(server: &str, sql: &str) -> Result<()> {
    on(server, async |client| Ok(client.batch_execute(sql).await?))
}

fn on<T>(server: &str, work: impl AsyncFnOnce(&Client) -> Result<T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async { work(&connect(server).await?).await })
}

/// A connection past the program's lanes.
#[expect(
    clippy::disallowed_methods,
    reason = "the point is to go around the lanes"
)]
pub(super) async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .context("connecting to PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// The same server, another database.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').unwrap_or((server, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let host = rest.split('/').next().unwrap_or_default();
    let url = format!("{scheme}://{host}/{name}");
    if query.is_empty() {
        url
    } else {
        format!("{url}?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the database of a URL changes.
    #[test]
    fn urls_keep_their_server() {
        for (server, expected) in [
            ("postgres://a@h:1/postgres", "postgres://a@h:1/x"),
            ("postgres://a@h", "postgres://a@h/x"),
            (
                "postgresql://h/p?sslmode=disable",
                "postgresql://h/x?sslmode=disable",
            ),
        ] {
            assert_eq!(with_database(server, "x"), expected);
        }
    }
}
