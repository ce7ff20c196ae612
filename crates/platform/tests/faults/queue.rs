//! More writes than there is room for.

use std::time::{Duration, Instant};

use platform::{
    Ctx, DbError,
    db::{Dialect, Tx},
    settings,
};

/// More than both databases let wait.
const CROWD: usize = 6_000;
/// How long the writes before the crowd take.
const BLOCKED: Duration = Duration::from_millis(700);

/// Holds up every other write for a while.
async fn block(tx: &mut Tx) -> Result<(), DbError> {
    if tx.dialect() == Dialect::Postgres {
        tx.execute("LOCK TABLE settings IN EXCLUSIVE MODE", &[])
            .await?;
        let sleep = format!("SELECT pg_sleep({})", BLOCKED.as_secs_f64());
        tx.rows(&sleep, &[]).await?;
    } else {
        stand_still();
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a disk that takes its time, on the lane's own thread"
)]
fn stand_still() {
    std::thread::sleep(BLOCKED);
}

async fn keep(ctx: Ctx, n: usize) -> Result<usize, DbError> {
    ctx.write(async move |tx, ctx| settings::save(tx, ctx, &format!("key{n}"), &n).await)
        .await?;
    Ok(n)
}

/// D7: the queue of writes is bounded: what finds no place hears "busy" at once, what has one is done, and afterwards
/// everything is as before.
#[test]
fn the_queue_of_writes_is_bounded() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let blocking = {
            let ctx = ctx.clone();
            tokio::spawn(async move { ctx.write(async |tx, _| block(tx).await).await })
        };
        tokio::time::sleep(BLOCKED / 7).await;
        let begun = Instant::now();
        let crowd: Vec<_> = (0..CROWD)
            .map(|n| {
                let ctx = ctx.clone();
                tokio::spawn(async move {
                    let kept = keep(ctx, n).await;
                    (kept, begun.elapsed())
                })
            })
            .collect();
        let (mut done, mut busy) = (0, 0);
        for task in crowd {
            match task.await.unwrap() {
                (Ok(_), _) => done += 1,
                (Err(DbError::Busy), after) => {
                    assert!(after < BLOCKED, "told to come back only after {after:?}");
                    busy += 1;
                }
                (Err(other), _) => panic!("{other:?}"),
            }
        }
        blocking.await.unwrap().unwrap();
        assert!(busy > CROWD / 5, "{busy} were told to come back");
        assert!(done > CROWD / 5, "{done} were served");
        let there: i64 = ctx
            .read(async |rx, _| rx.scalar("SELECT count(*) FROM settings", &[]).await)
            .await
            .unwrap();
        assert_eq!(usize::try_from(there).unwrap(), done);
        keep(ctx.clone(), CROWD).await.unwrap();
    });
}
