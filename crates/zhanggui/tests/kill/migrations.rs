//! The program is killed while it brings the schema up to date, and started again.

use std::{path::Path, time::Duration};

use ::migrations::ALL;
use platform::{Db, DbError, db::Dialect};
use testkit::World;

use crate::{
    program::{self, command},
    shop::Store,
    suite::Luck,
};

/// Every object of a schema, in words, and which migrations are recorded.
const SQLITE: &[&str] = &[
    "SELECT type || ' ' || name || ': ' || COALESCE(sql, '') AS line FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
    "SELECT 'migration ' || name || ' ' || checksum AS line FROM schema_migrations",
];
const POSTGRES: &[&str] = &[
    "SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || \
     COALESCE(column_default, '') AS line FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'index ' || indexdef AS line FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'constraint ' || conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS line \
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'trigger ' || pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function ' || proname || ' ' || prosrc AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT 'sequence ' || sequencename AS line FROM pg_sequences WHERE schemaname = 'public'",
    "SELECT 'migration ' || name || ' ' || checksum AS line FROM schema_migrations",
];

async fn schema(db: &Db) -> Vec<String> {
    let questions: &'static [&'static str] = match db.dialect() {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    let lines = db.read(async move |rx| {
        let mut lines: Vec<String> = Vec::new();
        for sql in questions {
            for row in rx.rows(sql, &[]).await? {
                lines.push(row.get("line")?);
            }
        }
        Ok::<_, DbError>(lines)
    });
    let mut lines = lines.await.unwrap();
    lines.sort_unstable();
    lines
}

/// The schema after none of the migrations, after the first, and so on to the end.
async fn without_kills(folder: &Path, server: Option<String>) -> Vec<Vec<String>> {
    let db = Store::empty(folder, server).database().await;
    let mut after = Vec::new();
    for count in 0..=ALL.len() {
        db.migrate(&ALL[..count]).await.unwrap();
        after.push(schema(&db).await);
    }
    after
}

/// An empty database on the server of the tests.
async fn empty_server() -> Option<String> {
    let world = World::postgres().await?;
    let db = world.ctx.db();
    db.write(async |tx| {
        tx.execute("DROP SCHEMA public CASCADE", &[]).await?;
        tx.execute("CREATE SCHEMA public", &[]).await
    })
    .await
    .unwrap();
    db.postgres_url().map(str::to_owned)
}

/// Runs `check`, which first brings the schema up to date. True when it died on the way.
fn dies_after(store: &Store, steps: u64) -> bool {
    let mut command = command(store);
    command.args(["check", "--planted-death", &steps.to_string()]);
    let done = command.output().unwrap();
    assert!(
        done.status.success() || done.status.code().is_none(),
        "{}",
        program::last_words(&store.data)
    );
    done.status.code().is_none()
}

/// D5: at each step of each migration (beginning, statement, record, commit) the program is killed and started again.
/// What a kill leaves is a schema without any part of the migration, or with all of it; the last start finishes.
async fn killed_at_each_step(server: Option<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let (server, reference) = server.unzip();
    let expected = without_kills(tempfile::tempdir().unwrap().path(), reference).await;
    let store = Store::empty(folder.path(), server);
    let (mut done, mut step, mut kills) = (0, 1, 0);
    while tokio::task::block_in_place(|| dies_after(&store, step)) {
        kills += 1;
        let copy = tempfile::tempdir().unwrap();
        let found = schema(&store.as_left(copy.path()).database().await).await;
        if expected.get(done + 1) == Some(&found) {
            (done, step) = (done + 1, 1);
        } else {
            assert_eq!(
                found,
                expected[done],
                "killed after step {step} of {:?}",
                ALL.get(done)
            );
            step += 1;
        }
    }
    println!("{kills} kills");
    assert_eq!(done, ALL.len(), "it ended before its schema was complete");
    assert!(
        kills > ALL.len() * 5,
        "{kills} kills are too few to be at each statement"
    );
    assert_eq!(schema(&store.database().await).await, expected[done]);
    tokio::task::block_in_place(|| program::check(&store)).unwrap();
}

/// D5: see [`killed_at_each_step`].
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_each_statement_leaves_all_or_nothing() {
    let _alone = crate::ALONE.lock().await;
    killed_at_each_step(None).await;
    if let (Some(server), Some(reference)) = (empty_server().await, empty_server().await) {
        killed_at_each_step(Some((server, reference))).await;
    }
}

/// Of the old folder, how many migrations it had.
const OLD: usize = 4;

/// A folder that an older program left, with something in it.
async fn old_folder(folder: &Path, server: Option<&String>) -> Store {
    let store = Store::empty(folder, server.cloned());
    let db = store.database().await;
    db.migrate(&ALL[..OLD]).await.unwrap();
    db.write(async |tx| {
        let sql = "INSERT INTO settings (key, value, updated_at, updated_by) VALUES ('old', '1', 0, 'somebody')";
        tx.execute(sql, &[]).await
    })
    .await
    .unwrap();
    store
}

/// D5: a folder whose schema is old is started, killed at random instants, and started again until it is through.
async fn killed_at_random(server: Option<String>, reference: Option<String>, rounds: usize) {
    let expected = without_kills(tempfile::tempdir().unwrap().path(), reference).await;
    let mut luck = Luck::fresh();
    let mut kills = 0;
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        if server.is_some() && round > 0 {
            let store = Store {
                data: folder.path().to_owned(),
                server: server.clone(),
            };
            let db = store.database().await;
            db.write(async |tx| {
                tx.execute("DROP SCHEMA public CASCADE", &[]).await?;
                tx.execute("CREATE SCHEMA public", &[]).await
            })
            .await
            .unwrap();
        }
        let store = old_folder(folder.path(), server.as_ref()).await;
        for _ in 0..3 {
            let time = Duration::from_micros(luck.below(90_000));
            kills += usize::from(tokio::task::block_in_place(|| {
                program::killed_after(&store, &["check"], time)
            }));
        }
        tokio::task::block_in_place(|| program::check(&store)).unwrap();
        let db = store.database().await;
        assert_eq!(
            schema(&db).await,
            expected[ALL.len()],
            "round {round} ({luck:?})"
        );
        let kept: i64 = db
            .read(async |rx| {
                rx.scalar("SELECT count(*) FROM settings WHERE key = 'old'", &[])
                    .await
            })
            .await
            .unwrap();
        assert_eq!(kept, 1, "round {round} ({luck:?})");
    }
    println!("{kills} kills");
    assert!(kills > rounds, "the kills came too late");
}

/// D5: see [`killed_at_random`].
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_folder_survives_kills_of_its_migrations() {
    let _alone = crate::ALONE.lock().await;
    killed_at_random(None, None, 10).await;
    if let (Some(server), Some(reference)) = (empty_server().await, empty_server().await) {
        killed_at_random(Some(server), Some(reference), 5).await;
    }
}
