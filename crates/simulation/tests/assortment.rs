//! A shop opened with generated goods, on both databases.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

use std::collections::BTreeSet;

use catalog::{ProductFilter, ProductSort, ProductState, collection, product, variant};
use kernel::{Locale, ProductId, VariantId};
use operations::views::shop::facts::Facts;
use platform::{Rx, files::Files};
use simulation::{Assortment, EVERYTHING, SimulationError, Stocked, open_assortment};
use testkit::World;

const WANTED: Assortment = Assortment {
    products: 320,
    seed: 7,
};

async fn open(world: &World) -> Result<Stocked, SimulationError> {
    let files = Files::open(world.folder.path().join("media")).unwrap();
    open_assortment(&world.ctx, &files, "http://127.0.0.1:8080", 0, WANTED).await
}

async fn goods(rx: &mut Rx) -> Vec<product::Product> {
    let filter = ProductFilter {
        state: Some(ProductState::Published),
        sort: ProductSort::Newest,
        ..ProductFilter::default()
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = product::list(rx, &filter, after, product::MAX_PAGE)
            .await
            .unwrap();
        found.extend(page.items);
        after = page.next_cursor;
        if after.is_none() {
            return found;
        }
    }
}

/// CAT-01, INV-01: exactly the wanted products are on sale, in collections, with pictures, variants and stock; the
/// same seed names the same goods on either database, and every invariant holds (the test world asks them).
#[test]
fn an_empty_shop_opens_with_as_many_products_as_wanted() {
    let handles = std::sync::Mutex::new(Vec::new());
    testkit::run(async |world| {
        let stocked = open(world).await.unwrap();
        assert_eq!(stocked.products, 320);
        let found = world
            .ctx
            .read(async move |rx, _| {
                let goods = goods(rx).await;
                let ids: Vec<ProductId> = goods.iter().map(|p| p.id).collect();
                let variants = variant::of(rx, &ids).await.unwrap();
                let keys: Vec<VariantId> = variants.iter().map(|v| v.id).collect();
                let free = inventory::stock::available(rx, &keys).await.unwrap();
                assert_eq!(variants.len(), stocked.variants);
                assert!(free.values().all(|units| (2_000..=6_000).contains(units)));
                assert_eq!(free.values().sum::<i64>(), stocked.units);
                let pictures = product::media_of(rx, &ids).await.unwrap();
                let pictured: BTreeSet<_> = pictures.iter().map(|m| m.product_id).collect();
                let drawn: BTreeSet<_> = pictures.iter().map(|m| &m.file_key).collect();
                assert!(pictured.len() == 320 && drawn.len() < 100);
                let titles = goods.iter().map(|p| p.title.get(Locale::Hant));
                assert!(titles.filter(|t| t.contains("烏龍")).count() > 60);
                Ok::<_, platform::DbError>(goods)
            })
            .await
            .unwrap();
        let names: BTreeSet<String> = found.into_iter().map(|p| p.handle).collect();
        handles.lock().unwrap().push(names);
    });
    let handles = handles.into_inner().unwrap();
    assert!(handles.iter().all(|h| h.len() == 320));
    assert!(handles.windows(2).all(|pair| pair[0] == pair[1]));
}

/// STF-02: every collection of the navigation holds something, and one of them everything.
#[test]
fn collections_lead_to_the_goods() {
    testkit::run(async |world| {
        open(world).await.unwrap();
        world
            .ctx
            .read(async move |rx, _| {
                let facts = Facts::load(rx).await.unwrap();
                assert!(!facts.methods.is_empty());
                let all = collection::by_handle(rx, EVERYTHING)
                    .await
                    .unwrap()
                    .unwrap();
                let filter = |id| ProductFilter {
                    state: Some(ProductState::Published),
                    collection: Some(id),
                    ..ProductFilter::default()
                };
                assert_eq!(product::count(rx, &filter(all.id)).await.unwrap(), 320);
                for node in &facts.collections {
                    for one in std::iter::once(&node.collection).chain(&node.children) {
                        let count = product::count(rx, &filter(one.id)).await.unwrap();
                        assert!(count > 0, "{} is empty", one.handle);
                    }
                }
                Ok::<_, platform::DbError>(())
            })
            .await
            .unwrap();
    });
}

/// CAT-01: goods are never made in a shop that has some: the second time is refused and changes nothing.
#[test]
fn a_shop_with_goods_is_left_alone() {
    testkit::run(async |world| {
        open(world).await.unwrap();
        let again = open(world).await;
        assert!(matches!(again, Err(SimulationError::NotEmpty)), "{again:?}");
        let count = world
            .ctx
            .read(async |rx, _| product::count(rx, &ProductFilter::default()).await)
            .await
            .unwrap();
        assert_eq!(count, 320);
    });
}
