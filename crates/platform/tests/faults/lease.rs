//! Whose a job is, for how long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use kernel::Clock;
use platform::{
    Ctx, DbError,
    jobs::{self, Failure, Handlers, JobRun, NewJob, Workers},
    settings,
};
use serde_json::json;
use tokio::sync::{mpsc, watch};

/// Short, and long enough that a busy machine does not keep a heartbeat back for three quarters of it.
const LEASE: Duration = Duration::from_millis(1_200);

async fn queue(ctx: &Ctx, kind: &'static str) {
    ctx.write(async move |tx, ctx| jobs::enqueue(tx, ctx, NewJob::new(kind, &json!({}))).await)
        .await
        .unwrap();
}

async fn listed(ctx: &Ctx, state: &'static str) -> Vec<jobs::JobRow> {
    ctx.read(async move |rx, _| jobs::list(rx, state, 10).await)
        .await
        .unwrap()
}

/// J4: a job that takes several times as long as a lease is run once, although a second worker asks for work all the
/// time: its holder's heartbeats keep it.
#[test]
fn a_living_worker_keeps_its_job() {
    testkit::run(async |world| {
        let ctx = world.ctx.at(Clock::wall());
        let runs = Arc::new(AtomicU32::new(0));
        let mut handlers = Handlers::default();
        let counted = Arc::clone(&runs);
        handlers.on("long", move |_, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(LEASE * 3).await;
                Ok(())
            }
        });
        queue(&ctx, "long").await;
        let holder = Workers::new(ctx.clone(), handlers).lease(LEASE);
        let eager = holder.clone();
        let (stop, stopped) = watch::channel(false);
        let begun = Instant::now();
        let working = tokio::spawn(holder.run(stopped));
        while runs.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut asked = 0;
        while listed(&ctx, "done").await.is_empty() {
            assert_eq!(eager.drain().await.unwrap(), 0, "taken from its holder");
            asked += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send_replace(true);
        working.await.unwrap();
        assert!(begun.elapsed() >= LEASE * 3, "it did not outlive its lease");
        assert!(asked > 10, "nobody was eager");
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        let done = listed(&ctx, "done").await;
        assert_eq!((done.len(), done[0].attempts), (1, 1));
    });
}

/// What a try of the job does: its effect and its result in one transaction.
async fn effect(ctx: &Ctx, run: &JobRun) -> Result<(), DbError> {
    let run = run.clone();
    ctx.write(async move |tx, ctx| {
        settings::save(tx, ctx, &format!("effect-{}", run.fence), &run.fence).await?;
        run.complete(tx, ctx).await
    })
    .await
}

/// J3, J4: a worker that stood still past its lease, so that no heartbeat left it, has lost its job. When it wakes, its
/// fence refuses the result, and the effect goes with it.
#[test]
fn a_paused_worker_cannot_complete() {
    const SHORT: Duration = Duration::from_millis(200);
    testkit::run(async |world| {
        let ctx = world.ctx.at(Clock::wall());
        queue(&ctx, "paused").await;
        let (began, mut begun) = mpsc::unbounded_channel();
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut sleepy = Handlers::default();
        sleepy.on("paused", move |ctx, run| {
            let (began, tell) = (began.clone(), tell.clone());
            async move {
                let _ = began.send(());
                stand_still(SHORT * 4);
                let result = effect(&ctx, &run).await;
                let _ = tell.send((run.fence, result));
                Err(Failure::Retry("its answer counts for nothing".into()))
            }
        });
        let mut awake = Handlers::default();
        awake.on(
            "paused",
            |ctx, run| async move { Ok(effect(&ctx, &run).await?) },
        );
        let first = Workers::new(ctx.clone(), sleepy).lease(SHORT);
        let second = Workers::new(ctx.clone(), awake).lease(SHORT);
        let paused = std::thread::spawn(move || alone(&first));
        begun.recv().await.unwrap();
        while second.drain().await.unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let (fence, late) = told.recv().await.unwrap();
        paused.join().unwrap();
        assert_eq!(fence, 1);
        assert!(
            matches!(late, Err(DbError::RowCount { changed: 0, .. })),
            "{late:?}"
        );
        let done = listed(&ctx, "done").await;
        assert_eq!((done.len(), done[0].attempts), (1, 2));
        for (fence, there) in [(1, 0), (2, 2)] {
            let key = format!("effect-{fence}");
            let effect: i64 = ctx
                .read(async move |rx, _| settings::load(rx, &key).await)
                .await
                .unwrap();
            assert_eq!(effect, there, "the effect of try {fence}");
        }
    });
}

/// A worker with one thread for everything, as on a machine that is suspended: while it stands still, nothing beats.
fn alone(workers: &Workers) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { workers.drain().await.unwrap() });
}

#[expect(
    clippy::disallowed_methods,
    reason = "standing still with the whole worker is the point"
)]
fn stand_still(time: Duration) {
    std::thread::sleep(time);
}
