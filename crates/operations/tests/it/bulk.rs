//! Many products at once: what the preview says is what happens, and the whole can be undone.

use catalog::{
    ProductFilter, ProductState,
    bulk::{self, BulkAct, BulkChange, BulkState, PriceStep, Rounding, RowState, WasPrice},
    collection::{self, NewCollection},
    price, product, variant,
};
use kernel::{BulkEditId, ProductId, VariantId};
use operations::{
    FlowError,
    flows::bulk_edit::{self, Selection},
};
use std::time::Duration;

use crate::shop::{DAY, Shop, twd};

fn all() -> Selection {
    Selection::All(ProductFilter::default())
}

fn less(hundredths: i64, was: WasPrice) -> BulkChange {
    BulkChange::Price {
        by: PriceStep::Percent {
            hundredths: -hundredths,
        },
        round: Rounding::Ten,
        was,
    }
}

async fn prices(shop: &Shop, ids: [VariantId; 3]) -> Vec<(i64, Option<i64>)> {
    let mut found = Vec::new();
    for id in ids {
        let read = shop
            .ctx
            .read(async move |rx, _| variant::by_id(rx, id).await);
        let variant = read.await.unwrap().unwrap();
        found.push((
            variant.price.amount,
            variant.compare_at.map(|was| was.amount),
        ));
    }
    found
}

async fn state(shop: &Shop, id: BulkEditId) -> (BulkState, Vec<(RowState, i64)>) {
    let read = shop.ctx.read(async move |rx, _| {
        let edit = bulk::by_id(rx, id).await?.unwrap();
        Ok::<_, FlowError>((edit.state, bulk::counts(rx, id).await?))
    });
    let (state, counts) = read.await.unwrap();
    (state, counts.into_iter().collect())
}

async fn product_of(shop: &Shop, id: VariantId) -> ProductId {
    let read = shop
        .ctx
        .read(async move |rx, _| variant::by_id(rx, id).await);
    read.await.unwrap().unwrap().product_id
}

/// CAT-18, GOV-08: prices fall by a share with a was-price that shoppers really paid; undone, every price is what it was,
/// except where somebody changed it since: that one is told and left alone. Both commands change nothing when repeated.
#[test]
fn prices_fall_together_and_rise_again() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let ids = [shop.tea, shop.pot, shop.cup];
        let early = bulk_edit::begin(&shop.ctx, all(), less(1_000, WasPrice::Mark)).await;
        assert!(
            matches!(early, Err(FlowError::WrongState)),
            "no was-price on the first day: {early:?}"
        );
        world.pass(Duration::from_secs(2 * DAY));
        let planned = shop.ctx.read(async |rx, ctx| {
            bulk_edit::plan(rx, ctx, &all(), &less(1_000, WasPrice::Mark)).await
        });
        let (_, _, planned) = planned.await.unwrap();
        assert!(planned.iter().all(bulk_edit::Planned::changes));
        let edit = bulk_edit::begin(&shop.ctx, all(), less(1_000, WasPrice::Mark))
            .await
            .unwrap();
        assert_eq!(
            prices(&shop, ids).await[0],
            (58_000, None),
            "the job does the work"
        );
        let undone = bulk_edit::undo(&shop.ctx, edit).await;
        assert!(
            matches!(undone, Err(FlowError::WrongState)),
            "not before it is done"
        );
        shop.drain().await;
        let cheap = [
            (52_000, Some(58_000)),
            (216_000, Some(240_000)),
            (29_000, Some(32_000)),
        ];
        assert_eq!(prices(&shop, ids).await, cheap);
        assert_eq!(
            state(&shop, edit).await,
            (BulkState::Applied, vec![(RowState::Done, 3)])
        );
        let pot = shop.pot;
        let changed = shop.ctx.write(async move |tx, ctx| {
            price::set(tx, ctx, pot, twd(199_000), None, "by hand").await
        });
        changed.await.unwrap();
        bulk_edit::undo(&shop.ctx, edit).await.unwrap();
        shop.drain().await;
        assert_eq!(
            prices(&shop, ids).await,
            [(58_000, None), (199_000, None), (32_000, None)]
        );
        assert_eq!(
            state(&shop, edit).await,
            (
                BulkState::Undone,
                vec![(RowState::Undone, 2), (RowState::Kept, 1)]
            )
        );
        assert!(bulk_edit::undo(&shop.ctx, edit).await.is_err(), "once");
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// What was changed between the edit and its work is left alone; what a rule refuses is told with its reason and stops
/// nobody else.
#[test]
fn rows_that_changed_or_are_refused_are_left_alone() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (tea, cup) = (
            product_of(&shop, shop.tea).await,
            product_of(&shop, shop.cup).await,
        );
        let off = BulkChange::State {
            act: BulkAct::Unpublish,
        };
        let edit = bulk_edit::begin(&shop.ctx, all(), off).await.unwrap();
        let first = shop
            .ctx
            .write(async move |tx, ctx| product::archive(tx, ctx, tea).await);
        first.await.unwrap();
        shop.drain().await;
        assert_eq!(
            state(&shop, edit).await,
            (
                BulkState::Applied,
                vec![(RowState::Done, 2), (RowState::Changed, 1)]
            )
        );
        // On sale again: a product that has lost its only variant cannot be.
        let gone = shop.cup;
        let archived = shop.ctx.write(async move |tx, ctx| {
            let known = variant::by_id(tx, gone).await?.unwrap();
            let details = variant::VariantDetails {
                state: catalog::VariantState::Archived,
                ..known.details()
            };
            variant::update(tx, ctx, gone, details).await
        });
        archived.await.unwrap();
        bulk_edit::undo(&shop.ctx, edit).await.unwrap();
        shop.drain().await;
        assert_eq!(
            state(&shop, edit).await,
            (
                BulkState::Undone,
                vec![
                    (RowState::Changed, 1),
                    (RowState::Undone, 1),
                    (RowState::Kept, 1)
                ]
            )
        );
        let rows = shop
            .ctx
            .read(async move |rx, _| bulk::rows(rx, edit, 10).await)
            .await
            .unwrap();
        let kept = rows.iter().find(|row| row.product_id == cup).unwrap();
        assert_eq!(kept.reason.as_deref(), Some("error-nothing-to-sell"));
        let now = shop
            .ctx
            .read(async move |rx, _| product::by_id(rx, tea).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.state, ProductState::Archived);
    });
}

/// Collections and alert levels go the same way, and come back.
#[test]
fn collections_and_alert_levels_come_back() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let new = NewCollection {
            handle: "gifts".into(),
            title: kernel::Texts::one(kernel::Locale::Hant, "禮物"),
            ..NewCollection::default()
        };
        let made = shop
            .ctx
            .write(async move |tx, ctx| collection::create(tx, ctx, new.clone()).await);
        let gifts = made.await.unwrap();
        let tea = product_of(&shop, shop.tea).await;
        let put = shop
            .ctx
            .write(async move |tx, ctx| collection::add_product(tx, ctx, gifts, tea).await);
        put.await.unwrap();
        let into = bulk_edit::begin(
            &shop.ctx,
            all(),
            BulkChange::Collection {
                id: gifts,
                into: true,
            },
        )
        .await
        .unwrap();
        let level = bulk_edit::begin(&shop.ctx, all(), BulkChange::Alert { low_at: Some(3) })
            .await
            .unwrap();
        shop.drain().await;
        let inside = async || {
            let filter = ProductFilter {
                collection: Some(gifts),
                ..ProductFilter::default()
            };
            shop.ctx
                .read(async move |rx, _| product::count(rx, &filter).await)
                .await
                .unwrap()
        };
        assert_eq!(
            (inside().await, shop.level(shop.pot).await.low_at),
            (3, Some(3))
        );
        assert_eq!(
            state(&shop, into).await.1,
            [(RowState::Done, 2)],
            "the tea was inside already"
        );
        for edit in [into, level] {
            bulk_edit::undo(&shop.ctx, edit).await.unwrap();
        }
        shop.drain().await;
        assert_eq!(
            (inside().await, shop.level(shop.pot).await.low_at),
            (1, None)
        );
    });
}
