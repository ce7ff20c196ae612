//! Collections: two levels, and products in both of them.

use catalog::{
    Attribute, AttributeDefinition, CatalogError, NewCollection, NewProduct, ProductFilter,
    attribute, collection, product,
};
use kernel::{CollectionId, ProductId};
use testkit::World;

use crate::{count, created, hant, on_sale, tea};

async fn new(
    world: &World,
    handle: &'static str,
    title: &'static str,
    parent: Option<CollectionId>,
) -> CollectionId {
    let make = world.ctx.write(async move |tx, ctx| {
        let new = NewCollection {
            parent,
            handle: handle.into(),
            title: hant(title),
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    make.await.unwrap()
}

async fn members(world: &World, id: CollectionId) -> Vec<ProductId> {
    let filter = ProductFilter {
        collection: Some(id),
        ..ProductFilter::default()
    };
    let page = world
        .ctx
        .read(async move |rx, _| product::list(rx, &filter, None, 100).await)
        .await
        .unwrap();
    page.items.into_iter().map(|p| p.id).collect()
}

/// STF-02: the navigation has two levels, in the merchant's order, and no third.
#[test]
fn the_navigation_has_two_levels() {
    testkit::run(async |world| {
        let tea = new(world, "tea", "茶葉", None).await;
        let ware = new(world, "teaware", "茶具", None).await;
        let oolong = new(world, "oolong", "烏龍茶", Some(tea)).await;
        new(world, "green", "綠茶", Some(tea)).await;
        let refused = world.ctx.write(async move |tx, ctx| {
            let new = NewCollection {
                parent: Some(oolong),
                handle: "x".into(),
                title: hant("x"),
                ..NewCollection::default()
            };
            collection::create(tx, ctx, new).await
        });
        assert_eq!(
            refused.await.unwrap_err().key(),
            "error-collection-too-deep"
        );
        let refused = world.ctx.write(async move |tx, ctx| {
            let new = NewCollection {
                handle: "tea".into(),
                title: hant("x"),
                ..NewCollection::default()
            };
            collection::create(tx, ctx, new).await
        });
        assert_eq!(refused.await.unwrap_err().key(), "error-handle-taken");
        let shape = async || {
            let tree = world
                .ctx
                .read(async |rx, _| collection::tree(rx).await)
                .await
                .unwrap();
            let line = |n: &catalog::CollectionNode| {
                let below: Vec<&str> = n.children.iter().map(|c| c.handle.as_str()).collect();
                format!("{}: {}", n.collection.handle, below.join(" "))
            };
            tree.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(shape().await, ["tea: oolong green", "teaware: "]);
        world
            .ctx
            .write(async move |tx, _| {
                collection::move_to(tx, ware, 0).await?;
                collection::move_to(tx, oolong, 9).await
            })
            .await
            .unwrap();
        assert_eq!(shape().await, ["teaware: ", "tea: green oolong"]);
    });
}

/// STF-02: a product of a sub-collection is found in its parent too, for as long as one sub-collection holds it.
#[test]
fn a_parent_holds_what_its_children_hold() {
    testkit::run(async |world| {
        let tea_shelf = new(world, "tea", "茶葉", None).await;
        let oolong = new(world, "oolong", "烏龍茶", Some(tea_shelf)).await;
        let gifts = new(world, "tea-gifts", "茶禮", Some(tea_shelf)).await;
        let id = created(
            world,
            NewProduct {
                collections: vec![oolong],
                ..tea("a", "甲")
            },
        )
        .await;
        let other = created(
            world,
            NewProduct {
                collections: vec![tea_shelf],
                ..tea("b", "乙")
            },
        )
        .await;
        assert_eq!(members(world, tea_shelf).await, [id, other]);
        let add = async |c| {
            world
                .ctx
                .write(async move |tx, ctx| collection::add_product(tx, ctx, c, id).await)
                .await
                .unwrap();
        };
        let remove = async |c| {
            world
                .ctx
                .write(async move |tx, ctx| collection::remove_product(tx, ctx, c, id).await)
                .await
                .unwrap();
        };
        add(gifts).await;
        add(gifts).await;
        remove(oolong).await;
        assert_eq!(
            (members(world, oolong).await, members(world, gifts).await),
            (vec![], vec![id])
        );
        assert_eq!(members(world, tea_shelf).await, [id, other]);
        remove(gifts).await;
        assert_eq!(members(world, tea_shelf).await, [other]);
        add(oolong).await;
        add(tea_shelf).await;
        remove(oolong).await;
        assert_eq!(members(world, tea_shelf).await, [other, id]);
        world
            .ctx
            .write(async move |tx, ctx| collection::place_product(tx, ctx, id, &[gifts]).await)
            .await
            .unwrap();
        let own = world
            .ctx
            .read(async move |rx, _| collection::of_products(rx, &[id]).await)
            .await
            .unwrap();
        assert_eq!(own.iter().map(|(_, c)| c.id).collect::<Vec<_>>(), [gifts]);
        assert_eq!(members(world, tea_shelf).await, [other, id]);
        assert_eq!(
            count(world, "SELECT COUNT(*) FROM collection_products").await,
            3
        );
    });
}

/// A sub-collection whose parent asks for the attribute `origin`.
async fn asking_for_origin(world: &World) -> CollectionId {
    let make = world.ctx.write(async move |tx, ctx| {
        let line = |code: &str, name: &str, required| AttributeDefinition {
            required,
            ..AttributeDefinition::text(code, hant(name))
        };
        let attributes = vec![
            line("origin", "產地", true),
            line("altitude", "海拔", false),
        ];
        let above = NewCollection {
            handle: "tea".into(),
            title: hant("茶葉"),
            attributes,
            ..NewCollection::default()
        };
        let above = collection::create(tx, ctx, above).await?;
        let below = NewCollection {
            parent: Some(above),
            handle: "oolong".into(),
            title: hant("烏龍"),
            ..NewCollection::default()
        };
        collection::create(tx, ctx, below).await
    });
    make.await.unwrap()
}

/// CAT-01: a collection says which attributes its products have; without a required one a product cannot go on sale,
/// by whichever way it would.
#[test]
fn products_fill_the_sheet_of_their_collection() {
    testkit::run(async |world| {
        let oolong = asking_for_origin(world).await;
        let id = created(
            world,
            NewProduct {
                collections: vec![oolong],
                ..tea("a", "甲")
            },
        )
        .await;
        let publish = async || {
            world
                .ctx
                .write(async move |tx, ctx| product::publish(tx, ctx, id).await)
                .await
        };
        assert!(
            matches!(publish().await, Err(CatalogError::AttributeMissing { code }) if code == "origin")
        );
        let imported = world.ctx.write(async move |tx, ctx| {
            let new = NewProduct {
                collections: vec![oolong],
                published_at: Some(ctx.now()),
                ..tea("b", "乙")
            };
            product::create(tx, ctx, new).await
        });
        assert_eq!(imported.await.unwrap_err().key(), "error-attribute-missing");
        let bare = on_sale(world, tea("c", "丙")).await;
        let placed = world
            .ctx
            .write(async move |tx, ctx| collection::add_product(tx, ctx, oolong, bare).await)
            .await;
        assert_eq!(placed.unwrap_err().key(), "error-attribute-missing");
        assert!(
            !members(world, oolong).await.contains(&bare),
            "the refusal left the product in the collection"
        );
        let fill = world.ctx.write(async move |tx, ctx| {
            let values = vec![Attribute {
                code: "origin".into(),
                value: hant("南投鹿谷").into(),
            }];
            product::update_attributes(tx, ctx, id, values).await
        });
        fill.await.unwrap();
        publish().await.unwrap();
        let sheet = world
            .ctx
            .read(async move |rx, _| attribute::sheet(rx, id).await)
            .await
            .unwrap();
        let lines: Vec<_> = sheet
            .iter()
            .map(|l| (l.definition.code.as_str(), l.value.is_some()))
            .collect();
        assert_eq!(lines, [("origin", true), ("altitude", false)]);
    });
}
