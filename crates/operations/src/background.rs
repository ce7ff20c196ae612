//! What happens without anybody asking: handlers of jobs, and schedules.

use catalog::picture_import;
use engagement::mailer::Mailer;
use payments::Providers;
use platform::{
    Ctx,
    files::Files,
    jobs::{Every, Failure, Handlers, JobRun, Schedule},
    outgoing::Fetcher,
    pictures,
    web::idempotency,
};

use crate::{
    FlowError,
    flows::{bulk_edit, collect_payment, end_order, fetch_pictures, shelve},
    invariants, retention,
};

/// Closes orders that were not paid in time.
const EXPIRE_ORDERS: &str = "orders.expire";
/// Closes orders whose return window is over.
const CLOSE_ORDERS: &str = "orders.close";
/// Tells the catalogue what can be bought.
const NOTE_STOCK: &str = "catalog.stock";
/// Lets go what is too old for its collection.
const LET_GO: &str = "catalog.collections";
/// Puts on sale and takes off what was planned.
const PLANS: &str = "catalog.plans";
/// Asks every invariant.
const CHECK: &str = "shop.check";
/// Forgets old idempotency keys, and lets go what the shop keeps no longer.
const FORGET: &str = "shop.forget";

/// All schedules of the program.
pub const SCHEDULES: &[Schedule] = &[
    Schedule {
        name: "expire unpaid orders",
        every: Every::Seconds(60),
        kind: EXPIRE_ORDERS,
    },
    Schedule {
        name: "close finished orders",
        every: Every::Seconds(3_600),
        kind: CLOSE_ORDERS,
    },
    Schedule {
        name: "ask about open payments",
        every: Every::Seconds(900),
        kind: payments::work::SWEEP,
    },
    Schedule {
        name: "compare with the card company's books",
        every: Every::DayAt(5 * 60),
        kind: payments::work::RECONCILE,
    },
    Schedule {
        name: "note what is in stock",
        every: Every::Seconds(60),
        kind: NOTE_STOCK,
    },
    Schedule {
        name: "keep collections up to date",
        every: Every::Seconds(300),
        kind: LET_GO,
    },
    Schedule {
        name: "publish what was planned",
        every: Every::Seconds(60),
        kind: PLANS,
    },
    Schedule {
        name: "check the invariants",
        every: Every::Seconds(3_600),
        kind: CHECK,
    },
    Schedule {
        name: "verify the audit log",
        every: Every::Seconds(3_600),
        kind: platform::audit::anchor::VERIFY,
    },
    Schedule {
        name: "let go what is kept no longer",
        every: Every::DayAt(4 * 60),
        kind: FORGET,
    },
];

/// Registers the handlers of every kind of job but that of the audit log, which belongs to a data folder. `providers` are
/// the card companies that can be called.
pub fn handlers(handlers: &mut Handlers, mailer: Mailer, providers: &Providers) {
    payments::work::register(handlers, collect_payment::CONSEQUENCES, providers);
    engagement::send::register(handlers, mailer);
    handlers.on(EXPIRE_ORDERS, expire);
    handlers.on(CLOSE_ORDERS, close);
    handlers.on(bulk_edit::WORK, bulk_edit::work);
    handlers.on(NOTE_STOCK, note_stock);
    handlers.on(LET_GO, let_go);
    handlers.on(PLANS, plans);
    handlers.on(CHECK, check);
    handlers.on(FORGET, forget);
}

/// Registers the handlers of jobs that work on the shop's files; `fetcher` brings those that are elsewhere.
pub fn file_handlers(handlers: &mut Handlers, files: &Files, fetcher: &Fetcher) {
    let kept = files.clone();
    handlers.on(pictures::SIZES_JOB, move |_, run: JobRun| {
        let files = kept.clone();
        async move { pictures::make_sizes(&files, run.payload()?).await }
    });
    let (files, fetcher) = (files.clone(), fetcher.clone());
    handlers.on(picture_import::FETCH, move |ctx, run: JobRun| {
        let (files, fetcher) = (files.clone(), fetcher.clone());
        async move { fetch_pictures::fetch(ctx, run, &files, &fetcher).await }
    });
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function over owned errors"
)]
fn again(error: FlowError) -> Failure {
    Failure::Retry(error.to_string())
}

async fn expire(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    while end_order::expire_due(&ctx).await.map_err(again)? > 0 {}
    Ok(())
}

async fn close(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    while end_order::close_due(&ctx).await.map_err(again)? > 0 {}
    Ok(())
}

async fn note_stock(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    while shelve::note_stock(&ctx).await.map_err(again)? > 0 {}
    Ok(())
}

async fn let_go(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    shelve::let_go(&ctx).await.map_err(again)
}

async fn plans(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    while shelve::carry_out_plans(&ctx).await.map_err(again)? > 0 {}
    Ok(())
}

/// A broken invariant is a dead letter that says which, for everybody to see.
async fn check(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    let broken = invariants::broken(&ctx).await?;
    match broken.as_slice() {
        [] => Ok(()),
        found => Err(Failure::Permanent(
            serde_json::to_string(found).unwrap_or_default(),
        )),
    }
}

async fn forget(ctx: Ctx, _: JobRun) -> Result<(), Failure> {
    ctx.write(async |tx, ctx| idempotency::forget_old(tx, ctx).await)
        .await?;
    Ok(retention::let_go(&ctx).await?)
}
