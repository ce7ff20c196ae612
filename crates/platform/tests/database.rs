//! The database lanes, the stream and the jobs, on SQLite and on PostgreSQL.

use std::{sync::Arc, time::Duration};

use kernel::{OrderId, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Dialect,
    events::{self, Consumers, Event, Subscription},
    jobs::{self, Failure, Handlers, NewJob, Workers},
    params,
    recent::recent,
};
use serde_json::json;

async fn set(tx: &mut Tx, ctx: &Ctx, key: &str, value: i64) -> Result<(), DbError> {
    platform::settings::save(tx, ctx, key, &value).await
}

/// D1: a command that fails leaves nothing behind, and those that share its commit are not touched.
#[test]
fn a_failed_command_rolls_back_alone() {
    testkit::run(async |world| {
        let mut tasks = Vec::new();
        for n in 0..40_i64 {
            let ctx = world.ctx.clone();
            tasks.push(tokio::spawn(async move {
                ctx.write(async move |tx, ctx| {
                    set(tx, ctx, &format!("key{n}"), n).await?;
                    if n % 3 == 0 {
                        Err(DbError::Busy)
                    } else {
                        Ok(())
                    }
                })
                .await
            }));
        }
        for (n, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap().is_ok(), n % 3 != 0);
        }
        let count: i64 = world
            .ctx
            .read(async |rx, _| rx.scalar("SELECT count(*) FROM settings", &[]).await)
            .await
            .unwrap();
        assert_eq!(count, 26);
    });
}

/// D11: a reader that starts after an answered write sees it.
#[test]
fn a_write_is_read_back() {
    testkit::run(async |world| {
        for n in 0..20 {
            world
                .ctx
                .write(async move |tx, ctx| set(tx, ctx, "n", n).await)
                .await
                .unwrap();
            let read: i64 = world
                .ctx
                .read(async |rx, _| platform::settings::load(rx, "n").await)
                .await
                .unwrap();
            assert_eq!(read, n);
        }
    });
}

/// A panic in one command is that command's failure; the lane goes on.
#[test]
fn a_panic_in_a_command_does_not_stop_the_lane() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let world = testkit::World::sqlite().await;
        let failed: Result<(), DbError> = world.ctx.write(async |_, _| panic!("planted")).await;
        assert!(failed.is_err());
        world
            .ctx
            .write(async |tx, ctx| set(tx, ctx, "after", 1).await)
            .await
            .unwrap();
    });
}

/// J7 (within the database): a consumer sees each committed event once, in order, also when many writers commit at
/// once and it reads meanwhile.
#[test]
fn a_consumer_sees_every_event_once() {
    testkit::run(async |world| {
        let subscription = Subscription::new("count", &[event::ORDER_PLACED], |tx, ctx, event| {
            Box::pin(async move {
                let n = event
                    .payload
                    .get("n")
                    .and_then(serde_json::Value::as_i64)
                    .unwrap_or(-1);
                let sql = "INSERT INTO idempotency_keys (scope, key, body_hash, status, response, created_at) VALUES ('seen', $1, '', 0, '', $2)";
                tx.execute_one(sql, params![n.to_string(), ctx.now()]).await
            })
        });
        let consumers = Consumers(vec![subscription]);
        let mut writers = Vec::new();
        for writer in 0..8_i64 {
            let ctx = world.ctx.clone();
            writers.push(tokio::spawn(async move {
                for n in 0..25 {
                    let emit = ctx.write(async move |tx, ctx| {
                        let event =
                            Event::new(event::ORDER_PLACED, &json!({ "n": writer * 100 + n }))
                                .about(OrderId::new());
                        events::emit(tx, ctx, event).await
                    });
                    emit.await.unwrap();
                }
            }));
        }
        while writers.iter().any(|w| !w.is_finished()) {
            consumers.drain(&world.ctx).await.unwrap();
        }
        consumers.drain(&world.ctx).await.unwrap();
        let seen: i64 = world
            .ctx
            .read(async |rx, _| {
                rx.scalar("SELECT count(*) FROM idempotency_keys", &[])
                    .await
            })
            .await
            .unwrap();
        assert_eq!(seen, 200);
    });
}

/// O8, D1: a statement whose answer nobody waited for fails its command all the same, at the latest with the commit; a
/// part that was given up takes it along; and a command that overlooks a failure commits nothing.
#[test]
fn what_was_sent_without_waiting_cannot_fail_unseen() {
    const SQL: &str = "INSERT INTO idempotency_keys (scope, key, body_hash, status, response, created_at) VALUES ('later', $1, '', 0, '', $2)";
    testkit::run(async |world| {
        let twice: Result<(), DbError> = world
            .ctx
            .write(async |tx, ctx| {
                tx.later(SQL, params!["a", ctx.now()]).await?;
                tx.later(SQL, params!["a", ctx.now()]).await
            })
            .await;
        assert!(twice.unwrap_err().is_unique());
        let kept: Result<i64, DbError> = world
            .ctx
            .write(async |tx, ctx| {
                tx.later(SQL, params!["b", ctx.now()]).await?;
                let part: Result<(), DbError> = tx
                    .attempt(async |tx| {
                        tx.later(SQL, params!["c", ctx.now()]).await?;
                        tx.later(SQL, params!["b", ctx.now()]).await
                    })
                    .await;
                assert!(part.unwrap_err().is_unique());
                tx.scalar("SELECT count(*) FROM idempotency_keys", &[])
                    .await
            })
            .await;
        assert_eq!(kept.unwrap(), 1);
        let overlooked: Result<(), DbError> = world
            .ctx
            .write(async |tx, ctx| {
                tx.later(SQL, params!["d", ctx.now()]).await?;
                let refused = tx.execute(SQL, params!["b", ctx.now()]).await;
                assert!(refused.unwrap_err().is_unique());
                Ok(())
            })
            .await;
        let keys: i64 = world
            .ctx
            .read(async |rx, _| {
                rx.scalar("SELECT count(*) FROM idempotency_keys", &[])
                    .await
            })
            .await
            .unwrap();
        // SQLite undoes only the statement that failed, so there the command may go on.
        match overlooked {
            Ok(()) => assert_eq!((world.ctx.db().dialect(), keys), (Dialect::Sqlite, 2)),
            Err(_) => assert_eq!((world.ctx.db().dialect(), keys), (Dialect::Postgres, 1)),
        }
    });
}

/// D11: a question that was asked ahead is answered as of then only for whoever asked; what nobody came for is not
/// given to the next reader, and a write in between is seen.
#[test]
fn what_was_asked_ahead_is_never_stale() {
    const SQL: &str = "SELECT value FROM settings WHERE key = $1";
    testkit::run(async |world| {
        let ctx = &world.ctx;
        ctx.write(async |tx, ctx| set(tx, ctx, "k", 1).await)
            .await
            .unwrap();
        for n in 2..30 {
            ctx.read(async |rx, _| rx.ahead(SQL, params!["k"]).await)
                .await
                .unwrap();
            let seen = ctx.write(async move |tx, ctx| {
                tx.ahead(SQL, params!["k"]).await?;
                set(tx, ctx, "k", n).await?;
                tx.one(SQL, params!["k"]).await?.json::<i64>("value")
            });
            assert_eq!(seen.await.unwrap(), n);
            let seen = ctx
                .read(async |rx, _| rx.one(SQL, params!["k"]).await?.json::<i64>("value"))
                .await;
            assert_eq!(seen.unwrap(), n);
        }
    });
}

/// What is kept for a moment is read once while nothing changes, and anew as soon as this process has changed it; a
/// change that was rolled back is none.
#[test]
fn a_decision_is_seen_by_the_next_reader() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let loads = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
        let kept = async || {
            let loads = std::sync::Arc::clone(&loads);
            let read = ctx.read(async move |rx, ctx| {
                recent(rx, ctx, "decision", async |rx: &mut Rx| {
                    loads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    platform::settings::load::<i64>(rx, "k").await
                })
                .await
            });
            *read.await.unwrap()
        };
        for n in 1..20 {
            ctx.write(async move |tx, ctx| set(tx, ctx, "k", n).await)
                .await
                .unwrap();
            assert_eq!(kept().await, n);
            let undone: Result<(), DbError> = ctx
                .write(async |tx, ctx| {
                    set(tx, ctx, "k", 0).await?;
                    Err(DbError::Busy)
                })
                .await;
            assert!(undone.is_err());
            assert_eq!(kept().await, n);
        }
        // A slow machine may take longer than a value is kept; it still reads far less often than it asks.
        let loads = loads.load(std::sync::atomic::Ordering::Relaxed);
        assert!((19..38).contains(&loads), "{loads}");
    });
}

/// The stream is append-only.
#[test]
fn events_cannot_be_changed() {
    testkit::run(async |world| {
        world
            .ctx
            .write(async |tx, ctx| {
                events::emit(tx, ctx, Event::new(event::PAGE_VIEWED, &json!({}))).await
            })
            .await
            .unwrap();
        for sql in ["UPDATE events SET name = 'x'", "DELETE FROM events"] {
            let tried: Result<u64, DbError> = world
                .ctx
                .write(async move |tx, _| tx.execute(sql, &[]).await)
                .await;
            assert!(matches!(tried, Err(DbError::Constraint(_))), "{tried:?}");
        }
    });
}

/// J1: a job exists exactly when the transaction that queued it committed; its unique key admits one.
#[test]
fn jobs_follow_their_transaction() {
    testkit::run(async |world| {
        let rolled_back: Result<(), DbError> = world
            .ctx
            .write(async |tx, ctx| {
                jobs::enqueue(tx, ctx, NewJob::new("k", &json!({})).unique("a")).await?;
                Err(DbError::Busy)
            })
            .await;
        assert!(rolled_back.is_err());
        for expected in [true, false] {
            let added = world
                .ctx
                .write(async |tx, ctx| {
                    jobs::enqueue(tx, ctx, NewJob::new("k", &json!({})).unique("a")).await
                })
                .await
                .unwrap();
            assert_eq!(added, expected);
        }
    });
}

/// J2, J6: a failing job comes back with growing pauses, ends as a dead letter and can be retried; others run.
#[test]
fn a_poison_job_becomes_a_dead_letter() {
    testkit::run(async |world| {
        let done = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let mut handlers = Handlers::default();
        handlers.on("poison", |_, _| async { Err(Failure::Retry("no".into())) });
        let count = Arc::clone(&done);
        handlers.on("good", move |_, _| {
            let count = Arc::clone(&count);
            async move {
                count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Ok(())
            }
        });
        world
            .ctx
            .write(async |tx, ctx| {
                jobs::enqueue(tx, ctx, NewJob::new("poison", &json!({})).attempts(3)).await?;
                jobs::enqueue(tx, ctx, NewJob::new("good", &json!({}))).await
            })
            .await
            .unwrap();
        let workers = Workers::new(world.ctx.clone(), handlers);
        for _ in 0..6 {
            workers.drain().await.unwrap();
            world.pass(Duration::from_secs(3_600));
        }
        assert_eq!(done.load(std::sync::atomic::Ordering::SeqCst), 1);
        let dead = world
            .ctx
            .read(async |rx, _| jobs::list(rx, "dead", 10).await)
            .await
            .unwrap();
        assert_eq!((dead.len(), dead[0].attempts), (1, 3));
        let id = dead[0].id;
        assert!(
            world
                .ctx
                .write(async move |tx, ctx| jobs::retry(tx, ctx, id).await)
                .await
                .unwrap()
        );
    });
}

/// J3: a worker whose lease was taken over cannot record its result.
#[test]
fn a_lost_lease_records_nothing() {
    testkit::run(async |world| {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut handlers = Handlers::default();
        handlers.on("slow", move |_, run| {
            let tell = tell.clone();
            async move {
                let _ = tell.send(run);
                Err(Failure::Retry("keep it running".into()))
            }
        });
        world
            .ctx
            .write(async |tx, ctx| jobs::enqueue(tx, ctx, NewJob::new("slow", &json!({}))).await)
            .await
            .unwrap();
        let workers = Workers::new(world.ctx.clone(), handlers);
        workers.drain().await.unwrap();
        world.pass(Duration::from_secs(60));
        workers.drain().await.unwrap();
        let (first, second) = (told.recv().await.unwrap(), told.recv().await.unwrap());
        assert!(second.fence > first.fence);
        let late: Result<(), DbError> = world
            .ctx
            .write(async move |tx, ctx| first.complete(tx, ctx).await)
            .await;
        assert!(matches!(late, Err(DbError::RowCount { changed: 0, .. })));
    });
}

/// J5: a schedule fires once for each due time however many nodes tick at once, and once after a downtime.
#[test]
fn a_schedule_fires_once() {
    const LIST: &[jobs::Schedule] = &[jobs::Schedule {
        name: "hourly",
        every: jobs::Every::Seconds(3_600),
        kind: "k",
    }];
    testkit::run(async |world| {
        jobs::tick(&world.ctx, LIST).await.unwrap();
        for hours in [1, 5] {
            world.pass(Duration::from_secs(hours * 3_600));
            let ticks = (0..8).map(|_| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move { jobs::tick(&ctx, LIST).await })
            });
            for tick in ticks.collect::<Vec<_>>() {
                tick.await.unwrap().unwrap();
            }
        }
        let counts = world
            .ctx
            .read(async |rx, _| jobs::counts(rx).await)
            .await
            .unwrap();
        assert_eq!(counts, vec![("queued".to_owned(), 2)]);
    });
}

/// D12: a database whose schema is not the program's is refused.
#[test]
fn a_foreign_schema_is_refused() {
    const OTHER: &[platform::db::Migration] = &[platform::db::Migration {
        name: "0001_platform",
        sql: "SELECT 1",
    }];
    testkit::run(async |world| {
        assert!(matches!(
            world.ctx.db().migrate(OTHER).await,
            Err(DbError::Refused(_))
        ));
        world.ctx.db().migrate(migrations::ALL).await.unwrap();
    });
}
