//! Days of shoppers and staff in the demo shop, through the real commands, on both databases.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

use engagement::Mailer;
use kernel::Email;
use platform::{files::Files, jobs::Handlers};
use simulation::{Plan, Report};
use testkit::World;

fn handlers(world: &World) -> Handlers {
    let mut handlers = Handlers::default();
    let folder = format!("folder:{}", world.folder.path().join("mail").display());
    let mailer = Mailer::from_url(&folder, Email::parse("shop@example.com").unwrap()).unwrap();
    operations::background::handlers(&mut handlers, mailer);
    handlers
}

async fn live(world: &World, seed: u64) -> Report {
    let files = Files::open(world.folder.path().join("media")).unwrap();
    let opened = simulation::open_shop(&world.ctx, &files, "http://127.0.0.1:8080", 6)
        .await
        .unwrap();
    world.check().await;
    let from = world.ctx.now().plus_seconds(-6 * 86_400);
    let plan = Plan {
        from,
        days: 6,
        visitors_per_day: 50,
        seed,
    };
    let report = simulation::run(&world.ctx, handlers(world), plan, |_| {})
        .await
        .unwrap();
    simulation::restock(&world.ctx, &opened).await.unwrap();
    report
}

/// S1 to S4, S13, O1, O7, P4, P7, P8, M1: after days of orders, declines, late payments, expiries and parcels every
/// invariant holds (the test world asks them), and the card provider's own books are ours.
#[test]
fn a_simulated_week_keeps_every_invariant() {
    testkit::run(async |world| {
        let report = live(world, 7).await;
        assert!(report.visits > 200 && report.orders >= 5, "{report:?}");
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
    });
}

/// The same seed gives the same figures, on either database.
#[test]
fn a_seed_decides_every_figure() {
    let reports = std::sync::Mutex::new(Vec::new());
    testkit::run(async |world| {
        let report = live(world, 11).await;
        reports.lock().unwrap().push(report);
    });
    let again = std::sync::Mutex::new(Vec::new());
    testkit::run(async |world| {
        let report = live(world, 11).await;
        again.lock().unwrap().push(report);
    });
    let reports = reports.into_inner().unwrap();
    assert_eq!(reports, again.into_inner().unwrap());
    assert!(
        reports.windows(2).all(|pair| pair[0] == pair[1]),
        "{reports:?}"
    );
}
