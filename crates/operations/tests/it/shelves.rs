//! What the clock does in the catalogue.

use std::time::Duration;

use catalog::{
    Condition, Join, NewCollection, Plan, ProductFilter, ProductState, Rules, collection, product,
    variant,
};
use kernel::{CollectionId, Locale, Texts, VariantId};
use orders::PaymentMethod;
use testkit::World;

use crate::shop::Shop;

async fn in_stock(world: &World) -> CollectionId {
    let make = world.ctx.write(async |tx, ctx| {
        let new = NewCollection {
            handle: "in-stock".into(),
            title: Texts::one(Locale::Hant, "現貨"),
            rules: Some(Rules {
                join: Join::All,
                conditions: vec![Condition::InStock],
            }),
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    make.await.unwrap()
}

async fn holds(world: &World, id: CollectionId, sold: VariantId) -> bool {
    let read = world.ctx.read(async move |rx, _| {
        let filter = ProductFilter {
            collection: Some(id),
            in_stock: true,
            ..ProductFilter::default()
        };
        let page = product::list(rx, &filter, None, 100).await?;
        let wanted = variant::by_id(rx, sold).await?.unwrap().product_id;
        Ok::<_, catalog::CatalogError>(page.items.iter().any(|p| p.id == wanted))
    });
    read.await.unwrap()
}

/// STF-02: what is in stock comes into a collection by rules and leaves it when the last unit is ordered, within the
/// minute in which the schedule looks.
#[test]
fn the_last_unit_leaves_the_collection() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = in_stock(world).await;
        shop.pass(world, 2, Duration::from_secs(61)).await;
        assert!(holds(world, id, shop.cup).await && holds(world, id, shop.tea).await);
        shop.buy(&[(shop.cup, 1)], PaymentMethod::CashOnDelivery)
            .await;
        shop.pass(world, 2, Duration::from_secs(61)).await;
        assert!(!holds(world, id, shop.cup).await);
        assert!(holds(world, id, shop.tea).await);
        shop.nothing_failed().await;
    });
}

/// CAT-01: what was planned happens by the schedule, whatever else goes on.
#[test]
fn a_planned_product_goes_off_sale() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let tea = shop.tea;
        let work = world.ctx.write(async move |tx, ctx| {
            let id = variant::by_id(tx, tea).await?.unwrap().product_id;
            let plan = Plan {
                publish_at: None,
                unpublish_at: Some(ctx.now().plus_seconds(90)),
            };
            product::plan(tx, ctx, id, plan).await?;
            Ok::<_, catalog::CatalogError>(id)
        });
        let id = work.await.unwrap();
        let state = async || {
            let read = world
                .ctx
                .read(async move |rx, _| product::by_id(rx, id).await);
            read.await.unwrap().unwrap().state
        };
        shop.pass(world, 1, Duration::from_secs(61)).await;
        assert_eq!(state().await, ProductState::Published);
        shop.pass(world, 1, Duration::from_secs(61)).await;
        assert_eq!(state().await, ProductState::Draft);
        shop.nothing_failed().await;
    });
}
