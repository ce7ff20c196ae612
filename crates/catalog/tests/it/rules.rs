//! Collections that find their members themselves.

use std::time::Duration;

use catalog::{
    Attribute, AttributeDefinition, AttributeKind, AttributeValue, Choice, Condition, Join,
    NewCollection, NewProduct, ProductFilter, ProductIdentity, Rules, collection, price, product,
};
use kernel::{CollectionId, ProductId};
use testkit::World;

use crate::{count, created, first_variant, hant, on_sale, tea, twd};

async fn by_rules(
    world: &World,
    handle: &'static str,
    parent: Option<CollectionId>,
    join: Join,
    conditions: Vec<Condition>,
) -> CollectionId {
    let make = world.ctx.write(async move |tx, ctx| {
        let new = NewCollection {
            parent,
            handle: handle.into(),
            title: hant(handle),
            rules: Some(Rules {
                join,
                conditions: conditions.clone(),
            }),
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    make.await.unwrap()
}

async fn by_hand(world: &World, handle: &'static str) -> CollectionId {
    let make = world.ctx.write(async move |tx, ctx| {
        let new = NewCollection {
            handle: handle.into(),
            title: hant(handle),
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    make.await.unwrap()
}

async fn members(world: &World, id: CollectionId) -> Vec<String> {
    let filter = ProductFilter {
        collection: Some(id),
        ..ProductFilter::default()
    };
    let read = world
        .ctx
        .read(async move |rx, _| product::list(rx, &filter, None, 100).await);
    let page = read.await.unwrap();
    page.items.into_iter().map(|p| p.handle).collect()
}

fn tagged(handle: &str, tags: &[&str]) -> NewProduct {
    NewProduct {
        identity: ProductIdentity::typed("", "", tags.iter().copied()),
        ..tea(handle, handle)
    }
}

async fn tag(world: &World, id: ProductId, tags: &'static [&'static str]) {
    let work = world.ctx.write(async move |tx, ctx| {
        let identity = ProductIdentity::typed("", "", tags.iter().copied());
        product::update_identity(tx, ctx, id, identity).await
    });
    work.await.unwrap();
}

/// STF-02: members are there the moment the rules are, follow tags and prices in the transaction that changes them, and
/// are in the collection above as well.
#[test]
fn members_follow_the_products() {
    testkit::run(async |world| {
        let above = by_hand(world, "above").await;
        on_sale(world, tagged("a", &["送禮"])).await;
        let b = on_sale(world, tagged("b", &[])).await;
        let conditions = vec![
            Condition::Tag {
                value: "送禮".into(),
            },
            Condition::PriceTo { price: twd(600) },
        ];
        let gifts = by_rules(world, "gifts", Some(above), Join::All, conditions).await;
        assert_eq!(members(world, gifts).await, ["a"]);
        created(world, tagged("c", &["送禮"])).await;
        tag(world, b, &["送禮"]).await;
        assert_eq!(members(world, gifts).await, ["b", "c", "a"], "newest first");
        assert_eq!(members(world, above).await.len(), 3);
        let variant = first_variant(world, b).await;
        let raise = world.ctx.write(async move |tx, ctx| {
            price::set(tx, ctx, variant, twd(700), None, "dearer").await
        });
        raise.await.unwrap();
        assert_eq!(members(world, gifts).await, ["c", "a"]);
        assert_eq!(members(world, above).await.len(), 2);
        tag(world, b, &[]).await;
        let by_hand = world
            .ctx
            .write(async move |tx, ctx| collection::add_product(tx, ctx, gifts, b).await)
            .await;
        assert_eq!(by_hand.unwrap_err().key(), "error-collection-by-rules");
        // Choosing the collections of a product leaves those by rules alone.
        let plain = self::by_hand(world, "plain").await;
        tag(world, b, &[]).await;
        let place = world
            .ctx
            .write(async move |tx, ctx| collection::place_product(tx, ctx, b, &[plain]).await);
        place.await.unwrap();
        assert_eq!(members(world, gifts).await, ["c", "a"]);
        let orphans = "SELECT COUNT(*) FROM collection_products m WHERE NOT m.direct AND NOT EXISTS (SELECT 1 FROM \
                       collection_products d JOIN collections c ON c.id = d.collection_id WHERE d.direct \
                       AND d.product_id = m.product_id AND c.parent_id = m.collection_id)";
        assert_eq!(count(world, orphans).await, 0);
    });
}

/// STF-02: what is in stock is heard from outside, what has become too old leaves when somebody looks at the clock.
#[test]
fn time_and_stock_move_members() {
    testkit::run(async |world| {
        let id = on_sale(world, tea("a", "甲")).await;
        let stocked = by_rules(world, "stocked", None, Join::All, vec![Condition::InStock]).await;
        let fresh = vec![Condition::PublishedWithin { days: 30 }];
        let new = by_rules(world, "new", None, Join::All, fresh).await;
        assert!(members(world, stocked).await.is_empty());
        assert_eq!(members(world, new).await, ["a"]);
        let note = async |there| {
            let work = world
                .ctx
                .write(async move |tx, ctx| collection::note_stock(tx, ctx, &[(id, there)]).await);
            work.await.unwrap();
        };
        note(true).await;
        assert_eq!(members(world, stocked).await, ["a"]);
        note(false).await;
        assert!(members(world, stocked).await.is_empty());
        let look = async || {
            let work = world
                .ctx
                .write(async |tx, ctx| collection::refresh_by_time(tx, ctx).await);
            work.await.unwrap();
        };
        world.pass(Duration::from_secs(29 * 86_400));
        look().await;
        assert_eq!(members(world, new).await, ["a"]);
        world.pass(Duration::from_secs(2 * 86_400));
        look().await;
        assert!(members(world, new).await.is_empty());
    });
}

/// A collection whose products can be roasted dark.
async fn asking_for_roast(world: &World) -> CollectionId {
    let roast = AttributeDefinition {
        kind: AttributeKind::Choice {
            choices: vec![Choice {
                code: "dark".into(),
                name: hant("重焙"),
            }],
        },
        ..AttributeDefinition::text("roast", hant("焙火"))
    };
    let make = world.ctx.write(async move |tx, ctx| {
        let new = NewCollection {
            handle: "tea".into(),
            title: hant("茶"),
            attributes: vec![roast.clone()],
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    make.await.unwrap()
}

/// STF-02: the values of attributes decide too, and changed rules look at every product anew.
#[test]
fn changed_rules_look_at_everything() {
    testkit::run(async |world| {
        let shelf = asking_for_roast(world).await;
        let dark = NewProduct {
            collections: vec![shelf],
            attributes: vec![Attribute {
                code: "roast".into(),
                value: AttributeValue::Choice("dark".into()),
            }],
            ..tea("a", "甲")
        };
        on_sale(world, dark).await;
        on_sale(world, tagged("b", &["春茶"])).await;
        let condition = Condition::Attribute {
            code: "roast".into(),
            value: "dark".into(),
        };
        let id = by_rules(world, "picked", None, Join::All, vec![condition]).await;
        assert_eq!(members(world, id).await, ["a"]);
        let change = async |rules: Option<Rules>, handle: &'static str| {
            let work = world.ctx.write(async move |tx, ctx| {
                let new = NewCollection {
                    handle: handle.into(),
                    title: hant("挑選"),
                    rules: rules.clone(),
                    ..NewCollection::default()
                };
                collection::update(tx, ctx, id, new).await
            });
            work.await
        };
        let spring = Rules {
            join: Join::Any,
            conditions: vec![Condition::Tag {
                value: "春茶".into(),
            }],
        };
        change(Some(spring), "spring").await.unwrap();
        assert_eq!(members(world, id).await, ["b"]);
        let empty = Rules {
            join: Join::Any,
            conditions: Vec::new(),
        };
        assert_eq!(
            change(Some(empty), "spring").await.unwrap_err().key(),
            "error-rules-missing"
        );
        assert_eq!(
            change(None, "tea").await.unwrap_err().key(),
            "error-handle-taken"
        );
        // Without rules the members stay and are the merchant's to choose.
        change(None, "spring").await.unwrap();
        assert_eq!(members(world, id).await, ["b"]);
    });
}

/// A collection that is put away is out of the navigation and comes back with what was below it; its members are moved
/// by hand, one place each.
#[test]
fn collections_are_put_away_and_put_in_order() {
    testkit::run(async |world| {
        let above = by_hand(world, "above").await;
        let make = world.ctx.write(async move |tx, ctx| {
            let new = NewCollection {
                parent: Some(above),
                handle: "below".into(),
                title: hant("下層"),
                ..NewCollection::default()
            };
            collection::create(tx, ctx, new).await
        });
        let below = make.await.unwrap();
        let mut ids = Vec::new();
        for handle in ["a", "b", "c", "d"] {
            let new = NewProduct {
                collections: vec![below],
                ..tea(handle, handle)
            };
            ids.push(on_sale(world, new).await);
        }
        let last = ids[3];
        let work = world
            .ctx
            .write(async move |tx, _| collection::move_member(tx, below, last, 1).await);
        work.await.unwrap();
        assert_eq!(members(world, below).await, ["a", "d", "b", "c"]);
        let titles = async || {
            let read = world.ctx.read(async |rx, _| collection::tree(rx).await);
            let tree = read.await.unwrap();
            tree.iter().map(|n| n.children.len()).collect::<Vec<_>>()
        };
        assert_eq!(titles().await, [1]);
        let work = world
            .ctx
            .write(async move |tx, ctx| collection::archive(tx, ctx, above).await);
        work.await.unwrap();
        assert!(titles().await.is_empty());
        let alone = world
            .ctx
            .write(async move |tx, ctx| collection::restore(tx, ctx, below).await)
            .await;
        assert_eq!(alone.unwrap_err().key(), "error-parent-archived");
        let work = world
            .ctx
            .write(async move |tx, ctx| collection::restore(tx, ctx, above).await);
        work.await.unwrap();
        assert_eq!(titles().await, [1]);
        assert_eq!(members(world, below).await, ["a", "d", "b", "c"]);
    });
}
