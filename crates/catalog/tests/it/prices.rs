//! Prices: the history, and the rule of the compare-at price through the commands.

use std::time::Duration;

use catalog::{
    CatalogError, NewProduct, ReductionRefused, compare_at, price, product, reduction, variant,
};
use kernel::{Currency, Money, Timestamp, VariantId, event};
use platform::{DbError, params};
use testkit::World;

use crate::{check_prices, count, created, first_variant, on_sale, tea, twd};

const DAY: Duration = Duration::from_secs(86_400);

async fn set(
    world: &World,
    id: VariantId,
    price: i64,
    was: Option<i64>,
) -> Result<(), CatalogError> {
    world
        .ctx
        .write(async move |tx, ctx| price::set(tx, ctx, id, twd(price), was.map(twd), "test").await)
        .await
}

/// CAT-18: every price stays on record, oldest first, with who set it and why; the last one is the variant's price.
#[test]
fn every_price_stays_on_record() {
    testkit::run(async |world| {
        let product = on_sale(world, tea("tea", "茶")).await;
        let id = first_variant(world, product).await;
        for dollars in [480, 480, 620] {
            world.pass(DAY);
            set(world, id, dollars, None).await.unwrap();
        }
        let history = world
            .ctx
            .read(async move |rx, _| price::history(rx, id).await)
            .await
            .unwrap();
        let prices: Vec<_> = history.iter().map(|p| (p.price, p.on_sale)).collect();
        assert_eq!(
            prices,
            [
                (twd(580), false),
                (twd(580), true),
                (twd(480), true),
                (twd(620), true)
            ]
        );
        assert_eq!(history[3].valid_from, world.ctx.now());
        assert_eq!(
            (history[3].actor.as_str(), history[3].reason.as_str()),
            ("system:test", "test")
        );
        assert_eq!(
            count(
                world,
                "SELECT COUNT(*) FROM events WHERE name = 'Price Changed'"
            )
            .await,
            2
        );
        let told = world
            .ctx
            .read(async move |rx, _| platform::events::timeline(rx, product).await)
            .await
            .unwrap();
        let last = told.last().unwrap();
        assert_eq!(
            (last.name.as_str(), &last.payload["before"]["amount"]),
            (event::PRICE_CHANGED, &serde_json::json!(48_000))
        );
        check_prices(world).await;
    });
}

/// CAT-18: the record cannot be changed or removed, not even by a statement.
#[test]
fn the_record_cannot_be_changed() {
    testkit::run(async |world| {
        created(world, tea("tea", "茶")).await;
        for sql in [
            "UPDATE price_history SET price = 1",
            "DELETE FROM price_history",
        ] {
            let tried: Result<u64, DbError> = world
                .ctx
                .write(async move |tx, _| tx.execute(sql, params![]).await)
                .await;
            assert!(matches!(tried, Err(DbError::Constraint(_))), "{tried:?}");
        }
    });
}

/// GOV-08: only a price that shoppers really paid for a day within the last thirty can be shown as "was".
#[test]
fn a_false_was_price_is_refused() {
    testkit::run(async |world| {
        let product = created(world, tea("tea", "茶")).await;
        let id = first_variant(world, product).await;
        let key = async |price, was| set(world, id, price, Some(was)).await.unwrap_err().key();
        assert_eq!(key(480, 580).await, "error-compare-at-no-history");
        set(world, id, 980, None).await.unwrap();
        world.pass(DAY * 3);
        set(world, id, 580, None).await.unwrap();
        world
            .ctx
            .write(async move |tx, ctx| product::publish(tx, ctx, product).await)
            .await
            .unwrap();
        world.pass(DAY / 2);
        assert_eq!(key(480, 580).await, "error-compare-at-too-short");
        assert_eq!(key(480, 980).await, "error-compare-at-never-charged");
        assert_eq!(key(480, 480).await, "error-compare-at-not-higher");
        world.pass(DAY / 2);
        set(world, id, 480, Some(580)).await.unwrap();
        world.pass(DAY * 40);
        set(world, id, 450, Some(580)).await.unwrap();
        assert_eq!(key(440, 480).await, "error-compare-at-never-charged");
        set(world, id, 450, None).await.unwrap();
        world.pass(DAY * 31);
        assert_eq!(key(440, 480).await, "error-compare-at-too-old");
        assert_eq!(
            count(
                world,
                "SELECT COUNT(*) FROM price_history WHERE compare_at IS NOT NULL"
            )
            .await,
            2
        );
        check_prices(world).await;
    });
}

/// GOV-08: the time off sale does not count as sold, whatever the price was.
#[test]
fn time_off_sale_does_not_count() {
    testkit::run(async |world| {
        let product = on_sale(world, tea("tea", "茶")).await;
        let id = first_variant(world, product).await;
        world.pass(DAY * 2);
        world
            .ctx
            .write(async move |tx, ctx| product::unpublish(tx, ctx, product).await)
            .await
            .unwrap();
        set(world, id, 980, None).await.unwrap();
        world.pass(DAY * 20);
        world
            .ctx
            .write(async move |tx, ctx| product::publish(tx, ctx, product).await)
            .await
            .unwrap();
        world.pass(DAY / 4);
        let refused = set(world, id, 480, Some(980)).await.unwrap_err();
        assert_eq!(refused.key(), "error-compare-at-too-short");
        set(world, id, 480, Some(580)).await.unwrap();
        check_prices(world).await;
    });
}

/// GOV-08: an import that claims to have sold for long at a high price makes no "was" price of it.
#[test]
fn a_claimed_past_is_no_record() {
    testkit::run(async |world| {
        let since = world.ctx.now().plus_seconds(-90 * 86_400);
        let new = NewProduct {
            published_at: Some(since),
            ..tea("tea", "茶")
        };
        let product = created(world, new).await;
        let id = first_variant(world, product).await;
        world.pass(DAY / 2);
        let refused = set(world, id, 480, Some(580)).await.unwrap_err();
        assert_eq!(refused.key(), "error-compare-at-too-short");
    });
}

/// O3, P13: a price is in the product's currency and can be paid.
#[test]
fn a_price_can_be_paid_in_its_currency() {
    testkit::run(async |world| {
        let product = on_sale(world, tea("tea", "茶")).await;
        let id = first_variant(world, product).await;
        for (price, key) in [
            (Money::new(100, Currency::GBP), "error-currency-mixed"),
            (Money::new(58_001, Currency::TWD), "error-price-invalid"),
            (Money::new(-100, Currency::TWD), "error-price-invalid"),
        ] {
            let tried = world
                .ctx
                .write(async move |tx, ctx| price::set(tx, ctx, id, price, None, "").await)
                .await;
            assert_eq!(tried.unwrap_err().key(), key);
        }
    });
}

/// D1, CAT-18: of 64 changes at once each leaves one point, the last of which is the price.
#[test]
fn changes_at_once_stay_in_step() {
    testkit::run(async |world| {
        let product = on_sale(world, tea("tea", "茶")).await;
        let id = first_variant(world, product).await;
        let tasks: Vec<_> = (0..64)
            .map(|n| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| {
                        price::set(tx, ctx, id, twd(600 + n), None, "race").await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(
            count(
                world,
                "SELECT COUNT(*) FROM price_history WHERE reason = 'race'"
            )
            .await,
            64
        );
        check_prices(world).await;
    });
}

async fn reduced_until(world: &World, id: VariantId) -> Option<Timestamp> {
    let found = world
        .ctx
        .read(async move |rx, _| variant::by_id(rx, id).await)
        .await;
    found.unwrap().unwrap().reduced_until
}

async fn announce(world: &World, id: VariantId, until: Timestamp) -> Result<(), CatalogError> {
    world
        .ctx
        .write(async move |tx, ctx| reduction::announce(tx, ctx, id, until).await)
        .await
}

async fn end_due(world: &World) -> usize {
    world
        .ctx
        .write(async |tx, ctx| reduction::end_due(tx, ctx, 100).await)
        .await
        .unwrap()
}

/// CHK-20, GOV-08: a reduction ends when shoppers were told that it does, by itself and once; its end can come earlier
/// and never later, and the next reduction waits until the full price was charged for a day.
#[test]
fn a_reduction_ends_when_it_was_said() {
    testkit::run(async |world| {
        let product = on_sale(world, tea("tea", "茶")).await;
        let id = first_variant(world, product).await;
        let in_hours = |hours: i64| world.ctx.now().plus_seconds(hours * 3_600);
        let refused = |found: Result<(), CatalogError>, why| {
            assert!(
                matches!(&found, Err(CatalogError::Reduction(w)) if *w == why),
                "{found:?}"
            );
        };
        world.pass(DAY * 2);
        refused(
            announce(world, id, in_hours(5)).await,
            ReductionRefused::NotReduced,
        );
        set(world, id, 480, Some(580)).await.unwrap();
        refused(
            announce(world, id, in_hours(0)).await,
            ReductionRefused::Passed,
        );
        let told = in_hours(30);
        announce(world, id, told).await.unwrap();
        announce(world, id, told).await.unwrap();
        refused(
            announce(world, id, in_hours(31)).await,
            ReductionRefused::Announced,
        );
        let told = in_hours(20);
        announce(world, id, told).await.unwrap();
        set(world, id, 450, Some(580)).await.unwrap();
        assert_eq!(reduced_until(world, id).await, Some(told));

        world.pass(Duration::from_secs(20 * 3_600 - 1));
        assert_eq!(end_due(world).await, 0);
        world.pass(Duration::from_secs(1));
        assert_eq!((end_due(world).await, end_due(world).await), (1, 0));
        let now = world
            .ctx
            .read(async move |rx, _| variant::by_id(rx, id).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (now.price, now.compare_at, now.reduced_until),
            (twd(580), None, None)
        );

        world.pass(DAY - Duration::from_secs(1));
        let again = set(world, id, 480, Some(580)).await;
        assert!(
            matches!(
                again,
                Err(CatalogError::CompareAt(compare_at::Why::JustEnded))
            ),
            "{again:?}"
        );
        world.pass(Duration::from_secs(1));
        set(world, id, 480, Some(580)).await.unwrap();
        // A reduction that is taken away takes its end along.
        announce(world, id, in_hours(9)).await.unwrap();
        set(world, id, 580, None).await.unwrap();
        assert_eq!(reduced_until(world, id).await, None);
        check_prices(world).await;
    });
}
