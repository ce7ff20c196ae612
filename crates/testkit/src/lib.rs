//! The test body on both databases, with a standing clock, and the invariants asked at the end.
//!
//! `testkit::run(async |world| { … })` runs its body on a fresh SQLite database and, when `ZHANGGUI_TEST_POSTGRES`
//! names a server, on a fresh PostgreSQL database. Without a server that half is skipped aloud; with `CI` set it fails.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test helper speaks by failing"
)]

mod rows;

use std::{sync::OnceLock, time::Duration};

use kernel::{Clock, Timestamp};
use platform::{Ctx, Db, DbError, db::DatabaseUrl};

pub use rows::rows;

/// The instant at which every test begins: 2026-03-02 (a Monday) 10:00 in Taipei.
pub const START: Timestamp = Timestamp::from_micros(1_772_416_800_000_000);

/// A shop's database of a test, with a clock that stands until it is moved.
pub struct World {
    /// A context of the shop itself, with every permission.
    pub ctx: Ctx,
    /// The clock that the context reads.
    pub clock: Clock,
    /// A folder that goes when the test ends.
    pub folder: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

impl World {
    /// A fresh world on SQLite.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        std::fs::write(&path, template().await).unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(path)).await.unwrap();
        Self::new(db, folder, None)
    }

    /// A fresh world on PostgreSQL; `None` when no server is named.
    pub async fn postgres() -> Option<Self> {
        let Some(server) = postgres_server() else {
            assert!(
                !in_ci(),
                "ZHANGGUI_TEST_POSTGRES names no server, and CI must test on PostgreSQL"
            );
            eprintln!("skipped on PostgreSQL: ZHANGGUI_TEST_POSTGRES names no server");
            return None;
        };
        let name = format!("zhanggui_{}", kernel::id::encode(kernel::id::fresh_uuid()));
        let template = postgres_template(&server).await;
        admin(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        let db = Db::open(&DatabaseUrl::Postgres(with_database(&server, &name)))
            .await
            .unwrap();
        Some(Self::new(
            db,
            tempfile::tempdir().unwrap(),
            Some((server, name)),
        ))
    }

    fn new(db: Db, folder: tempfile::TempDir, postgres: Option<(String, String)>) -> Self {
        let clock = Clock::standing(START);
        Self {
            ctx: Ctx::system(db, clock.clone(), "test"),
            clock,
            folder,
            postgres,
        }
    }

    /// The database's address, for whoever opens it as a program does.
    #[must_use]
    pub fn database(&self) -> String {
        let file = || format!("sqlite:{}", self.folder.path().join("shop.db").display());
        let server = self.postgres.as_ref();
        server.map_or_else(file, |(server, name)| with_database(server, name))
    }

    /// Moves the clock forward.
    pub fn pass(&self, time: Duration) {
        self.clock
            .advance(jiff::SignedDuration::try_from(time).unwrap());
    }

    /// Asks every invariant.
    ///
    /// # Panics
    /// When one of them has an answer.
    pub async fn check(&self) {
        let broken = broken_invariants(&self.ctx).await.unwrap();
        assert!(broken.is_empty(), "broken invariants: {broken:?}");
    }

    async fn close(self) {
        self.check().await;
        if let Some((server, name)) = self.postgres {
            drop(self.ctx);
            tokio::time::sleep(Duration::from_millis(5)).await;
            admin(
                &server,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await;
        }
    }
}

/// The invariants that do not hold, each with how many rows break it.
///
/// # Errors
/// Whatever the database says.
pub async fn broken_invariants(ctx: &Ctx) -> Result<Vec<String>, DbError> {
    let db = ctx.db().clone();
    db.read_snapshot(async |rx| {
        let mut broken = Vec::new();
        for invariant in migrations::INVARIANTS {
            let rows = rx.rows(invariant.sql, &[]).await?;
            if !rows.is_empty() {
                broken.push(format!(
                    "{} ({} rows): {}",
                    invariant.id,
                    rows.len(),
                    invariant.holds
                ));
            }
        }
        Ok(broken)
    })
    .await
}

/// Runs a test body on both databases.
///
/// # Panics
/// When the body panics, or an invariant is broken at its end.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a test hands over its body and has no use for it afterwards"
)]
pub fn run(body: impl AsyncFn(&World)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::sqlite().await;
        body(&world).await;
        world.close().await;
        if let Some(world) = World::postgres().await {
            body(&world).await;
            world.close().await;
        }
    });
}

/// True where a skipped test must count as a failure.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where they run"
)]
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|v| v == "true" || v == "1")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment which server to use"
)]
fn postgres_server() -> Option<String> {
    std::env::var("ZHANGGUI_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The folder with real data, `ZHANGGUI_REAL_DATA` or `../shared/data` beside the checkout; `None`, said aloud, where
/// there is none, except in CI, where that is a failure.
///
/// # Panics
/// In CI without the data.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where the real data is"
)]
pub fn real_data() -> Option<std::path::PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("ZHANGGUI_REAL_DATA")
        .map_or_else(|| beside.into(), std::path::PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        !in_ci(),
        "the real data is missing, and CI must test with it"
    );
    eprintln!("skipped: no real data at {}", folder.display());
    None
}

/// The bytes of a migrated, empty SQLite database, made once for each test program.
async fn template() -> Vec<u8> {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(bytes) = BYTES.get() {
        return bytes.clone();
    }
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("template.db")))
        .await
        .unwrap();
    db.migrate(migrations::ALL).await.unwrap();
    let copy = folder.path().join("copy.db");
    db.backup(copy.clone()).await.unwrap();
    BYTES.get_or_init(|| std::fs::read(copy).unwrap()).clone()
}

/// The name of a migrated, empty PostgreSQL database, made once for each schema and server.
async fn postgres_template(server: &str) -> String {
    static READY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let make = || async {
        let schema: String = migrations::ALL.iter().map(|m| m.sql).collect();
        let hash: String = platform::secret::sha256_hex(schema.as_bytes())
            .chars()
            .take(16)
            .collect();
        let name = format!("zhanggui_template_{hash}");
        let admin_db = Db::open(&DatabaseUrl::Postgres(server.to_owned()))
            .await
            .unwrap();
        let known = name.clone();
        // One process builds the template; the others wait at the lock and find it there.
        let exists = admin_db.read(async move |rx| {
            rx.row(
                "SELECT 1 AS one FROM pg_database WHERE datname = $1",
                platform::params![known],
            )
            .await
        });
        if exists.await.unwrap().is_none() {
            let building = format!("{name}_{}", kernel::id::encode(kernel::id::fresh_uuid()));
            admin(server, &format!("CREATE DATABASE {building}")).await;
            let db = Db::open(&DatabaseUrl::Postgres(with_database(server, &building)))
                .await
                .unwrap();
            db.migrate(migrations::ALL).await.unwrap();
            drop(db);
            for _ in 0..50 {
                tokio::time::sleep(Duration::from_millis(40)).await;
                let idle = admin_quietly(
                    server,
                    &format!("ALTER DATABASE {building} RENAME TO {name}"),
                )
                .await;
                if idle {
                    break;
                }
            }
        }
        name
    };
    READY.get_or_init(make).await.clone()
}

fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server
        .split_once('?')
        .map_or((server, String::new()), |(a, q)| (a, format!("?{q}")));
    let after_scheme = address.find("//").map_or(0, |i| i + 2);
    let base = address
        .get(after_scheme..)
        .and_then(|rest| rest.find('/'))
        .map_or(address, |i| &address[..after_scheme + i]);
    format!("{base}/{name}{query}")
}

async fn admin(server: &str, sql: &str) {
    for _ in 0..200 {
        if admin_quietly(server, sql).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server refused: {sql}");
}

/// Runs one statement outside a transaction. False when the server refuses it, for instance because a database it
/// names is in use or exists already.
#[expect(
    clippy::disallowed_methods,
    reason = "CREATE DATABASE cannot run inside a lane's transaction"
)]
async fn admin_quietly(server: &str, sql: &str) -> bool {
    let Ok((client, connection)) = tokio_postgres::connect(server, tokio_postgres::NoTls).await
    else {
        return false;
    };
    let driving = tokio::spawn(connection);
    let done = client.batch_execute(sql).await;
    drop(client);
    let _ = driving.await;
    done.is_ok()
}
