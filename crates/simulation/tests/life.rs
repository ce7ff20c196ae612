//! Days of shoppers and staff in the demo shop, through the real commands, on both databases.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

use engagement::Mailer;
use insight::{Range, funnel};
use kernel::{Currency, Email};
use platform::{files::Files, jobs::Handlers};
use simulation::{MAIL_DOMAIN, Plan, Report};
use testkit::World;

fn handlers(world: &World) -> Handlers {
    let mut handlers = Handlers::default();
    let folder = format!("folder:{}", world.folder.path().join("mail").display());
    let mailer = Mailer::from_url(&folder, Email::parse("shop@example.com").unwrap()).unwrap();
    operations::background::handlers(
        &mut handlers,
        mailer.sparing(MAIL_DOMAIN),
        &payments::Providers::default(),
    );
    handlers
}

const DAYS: i64 = 6;

async fn live(world: &World, seed: u64, visitors_per_day: u32) -> Report {
    let files = Files::open(world.folder.path().join("media")).unwrap();
    let opened = simulation::open_shop(&world.ctx, &files, "http://127.0.0.1:8080", DAYS)
        .await
        .unwrap();
    world.check().await;
    let plan = Plan {
        from: world.ctx.now().plus_seconds(-DAYS * 86_400),
        days: DAYS,
        visitors_per_day,
        seed,
    };
    let report = simulation::run(&world.ctx, handlers(world), plan, |_| {})
        .await
        .unwrap();
    simulation::restock(&world.ctx, &opened).await.unwrap();
    report
}

/// S1 to S4, S13, O1, O7, P4, P7, P8, M1: after days of orders, declines, late payments, expiries and parcels every
/// invariant holds (the test world asks them), the card provider's own books are ours, and letters to people who do
/// not exist count as sent and are nowhere.
#[test]
fn a_simulated_week_keeps_every_invariant() {
    testkit::run(async |world| {
        let report = live(world, 7, 150).await;
        assert!(report.visits > 600 && report.orders >= 15, "{report:?}");
        let breaks = world
            .ctx
            .read(async |rx, ctx| payments::reconcile::demo_card(rx, ctx.now()).await)
            .await
            .unwrap();
        assert!(breaks.is_empty(), "{breaks:?}");
        let dead = world
            .ctx
            .read(async |rx, _| platform::jobs::list(rx, "dead", 10).await)
            .await
            .unwrap();
        assert!(dead.is_empty(), "{dead:?}");
        let sent: i64 = world
            .ctx
            .read(async |rx, _| {
                rx.scalar("SELECT COUNT(*) FROM messages WHERE state = 'sent'", &[])
                    .await
            })
            .await
            .unwrap();
        assert!(
            sent >= i64::try_from(report.orders).unwrap(),
            "{sent} letters"
        );
        assert!(!world.folder.path().join("mail").exists());
    });
}

/// TRF-05: the crowd looks like one: a hundred see a card for a few who come, most of those only look, some ask, fewer
/// order, and not all of them pay.
#[test]
fn the_funnel_narrows_at_every_point() {
    testkit::run(async |world| {
        let report = live(world, 3, 300).await;
        let now = world.ctx.now();
        let query = funnel::Query {
            range: Range::new(now.plus_seconds(-(DAYS + 1) * 86_400), now).unwrap(),
            currency: Currency::TWD,
            source: None,
        };
        let found = world
            .ctx
            .read(async move |rx, _| funnel::by_source(rx, &query).await)
            .await
            .unwrap();
        let all = found.totals;
        assert!(
            all.impressions > 15 * all.visitors
                && all.visitors > 10 * all.inquirers
                && all.inquirers > all.orderers
                && all.orderers > all.payers
                && all.payers > 0,
            "{all:?}"
        );
        let placed = all.placed_rate.unwrap();
        assert!((0.02..0.05).contains(&placed), "{placed} of visitors order");
        assert!(report.questions > 5, "{report:?}");
        assert!(found.items.len() >= 10, "{} sources", found.items.len());
    });
}

/// The same seed gives the same figures, on either database.
#[test]
fn a_seed_decides_every_figure() {
    let reports = std::sync::Mutex::new(Vec::new());
    for _ in 0..2 {
        testkit::run(async |world| {
            let report = live(world, 11, 60).await;
            reports.lock().unwrap().push(report);
        });
    }
    let reports = reports.into_inner().unwrap();
    assert!(reports.len() >= 2 && reports.iter().all(|r| r.visits > 0));
    assert!(
        reports.windows(2).all(|pair| pair[0] == pair[1]),
        "{reports:?}"
    );
}
