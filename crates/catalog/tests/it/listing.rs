//! Lists: their orders, and pages that neither skip nor repeat.

use std::time::Duration;

use catalog::{
    CatalogError, NewCollection, NewProduct, NewVariant, ProductFilter, ProductSort, ProductState,
    collection, product,
};
use kernel::CollectionId;
use platform::page::Cursor;
use testkit::World;

use crate::{created, hant, on_sale, tea, twd};

fn published() -> ProductFilter {
    ProductFilter {
        state: Some(ProductState::Published),
        ..ProductFilter::default()
    }
}

/// The handles of a list, read page by page.
async fn walk(world: &World, filter: &ProductFilter, limit: usize) -> Vec<String> {
    let (mut handles, mut after) = (Vec::new(), None::<Cursor>);
    loop {
        let (filter, at) = (filter.clone(), after.clone());
        let page = world
            .ctx
            .read(async move |rx, _| product::list(rx, &filter, at, limit).await)
            .await
            .unwrap();
        assert!(page.items.len() <= limit);
        handles.extend(page.items.into_iter().map(|p| p.handle));
        match page.next_cursor {
            Some(next) => after = Some(next),
            None => return handles,
        }
    }
}

/// A collection of twelve products on sale, some at the same instant or price, and a draft outside it.
async fn twelve_and_a_draft(world: &World) -> CollectionId {
    let shelf = world.ctx.write(async |tx, ctx| {
        let new = NewCollection {
            handle: "tea".into(),
            title: hant("茶葉"),
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    let shelf = shelf.await.unwrap();
    for n in 0..12_i64 {
        if n % 3 == 0 {
            world.pass(Duration::from_secs(60));
        }
        let handle = format!("tea-{n:02}");
        let variants = vec![NewVariant::new(&handle, twd(100 + n % 4))];
        on_sale(
            world,
            NewProduct {
                variants,
                collections: vec![shelf],
                ..tea(&handle, "茶")
            },
        )
        .await;
    }
    created(world, tea("draft", "草稿")).await;
    shelf
}

/// STF-02: the newest comes first, a collection keeps the merchant's order, prices sort both ways; page by page every
/// product comes exactly once, also where many share a sort key.
#[test]
fn pages_neither_skip_nor_repeat() {
    testkit::run(async |world| {
        let shelf = twelve_and_a_draft(world).await;
        let all: Vec<String> = (0..12).map(|n| format!("tea-{n:02}")).collect();
        for limit in [1, 5, 12, 250] {
            let newest = walk(world, &published(), limit).await;
            assert_eq!(
                newest.iter().rev().collect::<Vec<_>>(),
                all.iter().collect::<Vec<_>>()
            );
            let featured = walk(
                world,
                &ProductFilter {
                    collection: Some(shelf),
                    ..published()
                },
                limit,
            )
            .await;
            assert_eq!(featured, all);
            for (sort, collection) in [
                (ProductSort::PriceAsc, None),
                (ProductSort::PriceDesc, Some(shelf)),
            ] {
                let mut found = walk(
                    world,
                    &ProductFilter {
                        sort,
                        collection,
                        ..published()
                    },
                    limit,
                )
                .await;
                let price = |handle: &String| handle[4..].parse::<i64>().unwrap() % 4;
                let ascending = found.iter().map(price).collect::<Vec<_>>();
                assert!(if collection.is_none() {
                    ascending.is_sorted()
                } else {
                    ascending.iter().rev().is_sorted()
                });
                found.sort();
                assert_eq!(found, all);
            }
        }
        assert_eq!(walk(world, &ProductFilter::default(), 5).await.len(), 13);
        let drafts = ProductFilter {
            state: Some(ProductState::Draft),
            ..ProductFilter::default()
        };
        assert_eq!(walk(world, &drafts, 5).await, ["draft"]);
        let counted = world
            .ctx
            .read(async move |rx, _| product::count(rx, &published()).await)
            .await
            .unwrap();
        assert_eq!(counted, 12);
    });
}

/// CAT-01: the back office finds a product, also a draft, by a piece of its title in either script, by handle and by SKU;
/// signs that mean something to the database are ordinary characters here.
#[test]
fn the_back_office_finds_by_title_handle_and_sku() {
    testkit::run(async |world| {
        created(world, tea("bi-luo-chun", "三峽碧螺春綠茶")).await;
        created(
            world,
            NewProduct {
                variants: vec![NewVariant::new("GIFT_50%!", twd(1))],
                ..tea("gift", "禮盒")
            },
        )
        .await;
        for (q, found) in [
            ("綠茶", "bi-luo-chun"),
            ("绿茶", "bi-luo-chun"),
            ("bi-luo", "bi-luo-chun"),
            ("Bi-Luo-Ch", "bi-luo-chun"),
            ("gift_50%!", "gift"),
            ("gift_5", "gift"),
            ("zh-Hant", ""),
            ("%", ""),
            ("_ift", ""),
            ("luo", ""),
        ] {
            let filter = ProductFilter {
                q: Some(q.to_owned()),
                ..ProductFilter::default()
            };
            assert_eq!(walk(world, &filter, 10).await.join(" "), found, "{q}");
        }
    });
}

/// A cursor that means nothing is the caller's mistake, not a failure of the shop.
#[test]
fn a_false_cursor_is_refused() {
    testkit::run(async |world| {
        let page = world.ctx.read(async |rx, _| {
            product::list(rx, &published(), Some(Cursor::from_text("x'); --")), 5).await
        });
        assert!(matches!(page.await, Err(CatalogError::BadCursor)));
    });
}
