//! A disk without room, by SQLite's own limit on the pages of a file.

use platform::{Ctx, DbError, settings};
use testkit::World;

/// More than a page, so that a row of it needs new ones.
const BULK: usize = 20_000;

#[expect(
    clippy::needless_pass_by_value,
    reason = "a test hands over its body and has no use for it afterwards"
)]
fn run(body: impl AsyncFn(&World)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { body(&World::sqlite().await).await });
}

/// Lets the file grow by so many pages and no more.
async fn leave_room(ctx: &Ctx, pages: i64) {
    ctx.write(async move |tx, _| {
        let now: i64 = tx.scalar("PRAGMA page_count", &[]).await?;
        let limit: i64 = tx
            .scalar(&format!("PRAGMA max_page_count = {}", now + pages), &[])
            .await?;
        assert_eq!(limit, now + pages);
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
}

async fn keep(ctx: &Ctx, key: String, size: usize) -> Result<(), DbError> {
    ctx.write(async move |tx, ctx| settings::save(tx, ctx, &key, &"x".repeat(size)).await)
        .await
}

async fn keys(ctx: &Ctx) -> Vec<String> {
    let rows = ctx.read(async |rx, _| rx.rows("SELECT key FROM settings ORDER BY key", &[]).await);
    let rows = rows.await.unwrap();
    rows.iter().map(|row| row.get("key").unwrap()).collect()
}

/// D3: without room a write is refused by name, nothing of it is kept, what was acknowledged is there and is read; and
/// writing goes on, without a restart, once there is room again.
#[test]
fn writing_goes_on_after_a_full_disk() {
    run(async |world| {
        let ctx = &world.ctx;
        leave_room(ctx, 40).await;
        let mut kept = Vec::new();
        let refused = loop {
            let key = format!("bulk{:03}", kept.len());
            match keep(ctx, key.clone(), BULK).await {
                Ok(()) => kept.push(key),
                Err(error) => break error,
            }
            assert!(kept.len() < 100, "the limit is none");
        };
        assert!(
            matches!(refused, DbError::Full(_)) && refused.is_busy(),
            "{refused:?}"
        );
        assert!(kept.len() > 3);
        let again = keep(ctx, "again".into(), BULK).await;
        assert!(matches!(again, Err(DbError::Full(_))), "{again:?}");
        assert_eq!(keys(ctx).await, kept);

        leave_room(ctx, 10_000).await;
        keep(ctx, "last".into(), BULK).await.unwrap();
        kept.push("last".into());
        assert_eq!(keys(ctx).await, kept);
    });
}

/// D1, D3: of commands that share a commit with one that finds no room, each is wholly there or wholly absent, as its
/// answer says.
#[test]
fn a_full_disk_keeps_what_it_acknowledged() {
    run(async |world| {
        let ctx = &world.ctx;
        leave_room(ctx, 60).await;
        let mut tasks = Vec::new();
        for n in 0..300 {
            let ctx = ctx.clone();
            let size = if n % 3 == 0 { BULK } else { 10 };
            tasks.push(tokio::spawn(async move {
                let key = format!("key{n:03}");
                let kept = keep(&ctx, key.clone(), size).await;
                assert!(matches!(kept, Ok(()) | Err(DbError::Full(_))), "{kept:?}");
                (key, kept.is_ok())
            }));
        }
        let mut acknowledged = Vec::new();
        for task in tasks {
            let (key, kept) = task.await.unwrap();
            if kept {
                acknowledged.push(key);
            }
        }
        acknowledged.sort_unstable();
        assert!(acknowledged.len() < 300, "nothing was refused");
        assert_eq!(keys(ctx).await, acknowledged);
    });
}

/// D1, D3: a command that overlooks the refusal of one statement and goes on cannot leave half of itself.
#[test]
fn a_command_that_goes_on_without_room_leaves_nothing() {
    run(async |world| {
        let ctx = &world.ctx;
        leave_room(ctx, 4).await;
        let overlooked: Result<(), DbError> = ctx
            .write(async |tx, ctx| {
                settings::save(tx, ctx, "before", &1).await?;
                let bulk = settings::save(tx, ctx, "bulk", &"x".repeat(BULK * 4)).await;
                assert!(matches!(bulk, Err(DbError::Full(_))), "{bulk:?}");
                let _ = settings::save(tx, ctx, "after", &1).await;
                Ok(())
            })
            .await;
        assert!(
            matches!(overlooked, Err(DbError::Full(_))),
            "{overlooked:?}"
        );
        assert!(keys(ctx).await.is_empty());
        keep(ctx, "small".into(), 10).await.unwrap();
        assert_eq!(keys(ctx).await, ["small"]);
    });
}
