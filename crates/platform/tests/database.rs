//! The database lanes and the stream, on SQLite and on PostgreSQL.

use kernel::{OrderId, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Dialect, Row, Value},
    events::{self, Consumers, Event, Subscription},
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

/// A panic in one command is that command's failure; the lane goes on, and nothing that the command told is left for the
/// next one to tell.
#[test]
fn a_panic_in_a_command_does_not_stop_the_lane() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let world = testkit::World::sqlite().await;
        let order = OrderId::new();
        let failed: Result<(), DbError> = world
            .ctx
            .write(async move |tx, ctx| {
                tell(tx, ctx, order, 1).await?;
                panic!("planted")
            })
            .await;
        assert!(failed.is_err());
        world
            .ctx
            .write(async move |tx, ctx| {
                tell(tx, ctx, order, 2).await?;
                set(tx, ctx, "after", 1).await
            })
            .await
            .unwrap();
        let told = world
            .ctx
            .read(async move |rx, _| numbers(rx, order).await)
            .await;
        assert_eq!(told.unwrap(), [2]);
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

/// D1: statements that travel together are answered in their order, each seeing what those before it did; the failure
/// that counts is the first, and nothing of such a command stays.
#[test]
fn statements_that_travel_together_are_answered_in_order() {
    const PUT: &str = "INSERT INTO settings (key, value, updated_at, updated_by) VALUES ($1, $2, 0, 'test') RETURNING key";
    const READ: &str = "SELECT value FROM settings WHERE key = $1";
    testkit::run(async |world| {
        let both = world.ctx.write(async |tx, _| {
            tx.rows_each(&[(PUT, params!["k", "1"]), (READ, params!["k"])])
                .await
        });
        let answers = both.await.unwrap();
        assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(answers[1][0].json::<i64>("value").unwrap(), 1);
        let twice: Result<Vec<Vec<Row>>, DbError> = world
            .ctx
            .write(async |tx, _| {
                let asked: [(&str, &[Value]); 3] = [
                    (PUT, params!["other", "2"]),
                    (PUT, params!["k", "3"]),
                    (READ, params!["k"]),
                ];
                tx.rows_each(&asked).await
            })
            .await;
        assert!(matches!(twice, Err(DbError::Unique(_))), "{twice:?}");
        let left = world
            .ctx
            .read(async |rx, _| rx.rows(READ, params!["other"]).await)
            .await;
        assert!(left.unwrap().is_empty());
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

async fn tell(tx: &mut Tx, ctx: &Ctx, order: OrderId, n: i64) -> Result<(), DbError> {
    let event = Event::new(event::ORDER_CLOSED, &json!({ "n": n })).about(order);
    events::emit(tx, ctx, event).await
}

async fn numbers(rx: &mut Rx, order: OrderId) -> Result<Vec<i64>, DbError> {
    let told = events::timeline(rx, order).await?;
    Ok(told
        .iter()
        .filter_map(|e| e.payload.get("n")?.as_i64())
        .collect())
}

/// What a command tells is written with its end, and seen before by whoever asks for it inside the command; what a part
/// told that was given up is not told, and the order of telling is that of the stream.
#[test]
fn a_command_sees_what_it_told() {
    testkit::run(async |world| {
        let order = OrderId::new();
        let inside = world.ctx.write(async move |tx, ctx| {
            tell(tx, ctx, order, 1).await?;
            tell(tx, ctx, order, 2).await?;
            let given_up: Result<(), DbError> = tx
                .attempt(async |tx| {
                    tell(tx, ctx, order, 3).await?;
                    Err(DbError::Busy)
                })
                .await;
            assert!(given_up.is_err());
            tx.attempt(async |tx| tell(tx, ctx, order, 4).await).await?;
            let seen = numbers(tx, order).await?;
            for n in 5..=17 {
                tell(tx, ctx, order, n).await?;
            }
            Ok::<_, DbError>(seen)
        });
        assert_eq!(inside.await.unwrap(), [1, 2, 4]);
        let failed: Result<(), DbError> = world
            .ctx
            .write(async move |tx, ctx| {
                tell(tx, ctx, order, 99).await?;
                Err(DbError::Busy)
            })
            .await;
        assert!(failed.is_err());
        world
            .ctx
            .write(async move |tx, ctx| tell(tx, ctx, order, 18).await)
            .await
            .unwrap();
        let seen = world
            .ctx
            .read(async move |rx, _| numbers(rx, order).await)
            .await
            .unwrap();
        let expected: Vec<i64> = [1, 2].into_iter().chain(4..=18).collect();
        assert_eq!(seen, expected);
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
