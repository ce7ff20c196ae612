//! Jobs: queued with their transaction, run by whoever holds the lease, on SQLite and on PostgreSQL.

use std::{sync::Arc, time::Duration};

use platform::{
    DbError,
    jobs::{self, Failure, Handlers, JobRun, NewJob, Workers},
};
use serde_json::json;
use testkit::World;

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

async fn counts(world: &World) -> Result<Vec<(String, i64)>, DbError> {
    let read = world.ctx.read(async |rx, _| jobs::counts(rx).await);
    let mut counts = read.await?;
    counts.sort();
    Ok(counts)
}

/// J2, J3, J6: jobs that are worked on together are claimed together, each ends for itself, and none is recorded by a
/// run that lost its lease; jobs of other kinds do not wait for them.
#[test]
fn jobs_together_end_each_for_itself() {
    testkit::run(async |world| {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut handlers = Handlers::default();
        handlers.on_many("many", 8, move |ctx, runs: Vec<JobRun>| {
            let tell = tell.clone();
            async move {
                let numbers: Vec<i64> = runs.iter().map(|run| run.payload().unwrap()).collect();
                let recorded: Vec<JobRun> = runs
                    .iter()
                    .zip(&numbers)
                    .filter(|(_, n)| *n % 2 == 0)
                    .map(|(run, _)| run.clone())
                    .collect();
                let done: Result<(), DbError> = ctx
                    .write(async move |tx, ctx| JobRun::complete_held(tx, ctx, &recorded).await)
                    .await;
                done.unwrap();
                let _ = tell.send(runs);
                let end = |n: i64| match n {
                    5 => Err(Failure::Permanent("never".into())),
                    7 => Err(Failure::Retry("later".into())),
                    _ => Ok(()),
                };
                numbers.into_iter().map(end).collect()
            }
        });
        handlers.on("single", |_, _| async { Ok(()) });
        let queued = world.ctx.write(async |tx, ctx| {
            for n in 0..20_i64 {
                jobs::enqueue_anyway(tx, ctx, NewJob::new("many", &n).unhurried()).await?;
            }
            jobs::enqueue(tx, ctx, NewJob::new("single", &json!({}))).await
        });
        queued.await.unwrap();
        let workers = Workers::new(world.ctx.clone(), handlers);
        assert_eq!(workers.drain().await.unwrap(), 21);
        let count = |state: &str, n| (state.to_owned(), n);
        assert_eq!(
            counts(world).await.unwrap(),
            [count("dead", 1), count("done", 19), count("queued", 1)]
        );
        let mut batches = Vec::new();
        while let Ok(batch) = told.try_recv() {
            batches.push(batch);
        }
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [8, 8, 4]);
        world.pass(Duration::from_secs(60));
        assert_eq!(workers.drain().await.unwrap(), 1);
        let late = batches
            .into_iter()
            .flatten()
            .find(|run| run.payload::<i64>().unwrap() == 7)
            .unwrap();
        let held = world
            .ctx
            .write(async move |tx, ctx| late.complete_if_held(tx, ctx).await);
        assert!(!held.await.unwrap());
        assert_eq!(
            counts(world).await.unwrap(),
            [count("dead", 1), count("done", 19), count("queued", 1)]
        );
    });
}
