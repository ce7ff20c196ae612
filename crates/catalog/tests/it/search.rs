//! Search: what finds what, and how the index keeps up with the catalogue.

use catalog::{
    NewCollection, NewProduct, NewVariant, ProductTexts, collection, price, product,
    search::{self, Doc, SearchIndex},
};
use kernel::{Locale, ProductId, Texts};
use platform::events::Position;

use crate::{created, first_variant, hant, on_sale, tea, twd};

fn doc(title: &str, english: &str, description: &str, code: &str) -> Doc {
    Doc {
        id: ProductId::new(),
        title: Texts(
            [
                (Locale::Hant, title.to_owned()),
                (Locale::En, english.to_owned()),
            ]
            .into(),
        ),
        words: Vec::new(),
        description: hant(description),
        codes: vec![code.to_owned()],
    }
}

fn filled(docs: &[Doc]) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    index.rebuild(docs, Position::default()).unwrap();
    index
}

fn found(index: &SearchIndex, q: &str, locale: Locale) -> Vec<ProductId> {
    let hits = index.search(q, locale, 0, 10).unwrap();
    assert_eq!(hits.total, hits.ids.len());
    hits.ids
}

/// Follows the stream until the index shows what is expected. On PostgreSQL an event can be read only once every older
/// transaction of the whole server has ended, those of other tests too.
async fn follow_until(world: &testkit::World, index: &SearchIndex, done: impl Fn() -> bool) {
    for _ in 0..500 {
        search::follow(&world.ctx, index).await.unwrap();
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the index did not catch up");
}

/// STF-03: both scripts, both widths, two characters or one, English words in either number, codes whole or begun.
#[test]
fn what_shoppers_type_finds_what_they_mean() {
    let docs = [
        doc(
            "三峽碧螺春綠茶",
            "Biluochun Green Tea",
            "清香",
            "TEA-BLC-075",
        ),
        doc(
            "凍頂烏龍茶",
            "Dongding Oolong Tea",
            "中度發酵，與綠茶不同",
            "TEA-DD-075",
        ),
        doc("青瓷蓋碗", "Celadon Gaiwan", "適合沖泡烏龍", "WARE-GW-01"),
        doc("茶杯", "Tea Cups", "一對", "4710000000035"),
    ];
    let index = filled(&docs);
    let [green, oolong, gaiwan, cups] = docs.each_ref().map(|d| d.id);
    for (q, wanted) in [
        ("綠茶", vec![green, oolong]),
        ("绿茶", vec![green, oolong]),
        ("烏龍", vec![oolong, gaiwan]),
        ("乌龙茶", vec![oolong]),
        ("蓋", vec![gaiwan]),
        ("ＯＯＬＯＮＧ", vec![oolong]),
        ("cup", vec![cups]),
        ("CUPS", vec![cups]),
        ("green tea", vec![green]),
        ("tea-dd-075", vec![oolong]),
        ("TEA DD 075", vec![oolong]),
        ("tea-d", vec![oolong]),
        ("WARE-", vec![gaiwan]),
        ("471000", vec![cups]),
        ("4710000000035", vec![cups]),
        ("沒有這個", vec![]),
        ("", vec![]),
        ("　。、", vec![]),
    ] {
        assert_eq!(found(&index, q, Locale::Hant), wanted, "{q}");
    }
}

/// STF-03: a word in the title counts more than one in the description, a title of the shopper's language most.
#[test]
fn titles_count_most() {
    let long = "綠茶 ".repeat(3);
    let docs = [
        doc("禮盒", "Gift Box", &long, "A1"),
        doc("綠茶", "Green", "禮盒", "B1"),
    ];
    let index = filled(&docs);
    assert_eq!(
        found(&index, "綠茶", Locale::Hant),
        [docs[1].id, docs[0].id]
    );
    assert_eq!(
        found(&index, "禮盒", Locale::Hant),
        [docs[0].id, docs[1].id]
    );
    let docs = [
        doc("茶壺 mini", "Pot", "", "C1"),
        doc("茶壺", "mini Pot", "", "D1"),
    ];
    let index = filled(&docs);
    assert_eq!(found(&index, "mini", Locale::En), [docs[1].id, docs[0].id]);
    assert_eq!(
        found(&index, "mini", Locale::Hant),
        [docs[0].id, docs[1].id]
    );
}

/// STF-03: where nothing has every word, what has half of them is better than an empty page.
#[test]
fn a_query_too_narrow_is_widened() {
    let docs = [
        doc("凍頂烏龍茶", "Dongding Oolong", "", "A1"),
        doc("青瓷蓋碗", "Gaiwan", "", "B1"),
    ];
    let index = filled(&docs);
    assert_eq!(found(&index, "oolong banana", Locale::En), [docs[0].id]);
    assert_eq!(found(&index, "凍頂烏龍禮盒", Locale::Hant), [docs[0].id]);
    assert_eq!(found(&index, "便宜 蓋碗 哪裡", Locale::Hant), [docs[1].id]);
    assert!(found(&index, "banana split", Locale::En).is_empty());
}

/// STF-03: hits come in pages; no request makes the index gather more than its depth.
#[test]
fn hits_come_in_pages_of_bounded_depth() {
    let docs: Vec<Doc> = (0..30)
        .map(|n| doc("綠茶", "Green", "", &format!("X{n:03}")))
        .collect();
    let index = filled(&docs);
    let mut seen = Vec::new();
    for offset in [0, 10, 20, 30] {
        let hits = index.search("綠茶", Locale::Hant, offset, 10).unwrap();
        assert_eq!(hits.total, 30);
        seen.extend(hits.ids);
    }
    seen.sort();
    assert_eq!(seen, docs.iter().map(|d| d.id).collect::<Vec<_>>());
    for (offset, limit) in [(search::MAX_DEPTH, 10), (usize::MAX, usize::MAX), (0, 0)] {
        let hits = index.search("綠茶", Locale::Hant, offset, limit).unwrap();
        assert_eq!((hits.ids.len(), hits.total), (0, 30), "{offset} {limit}");
    }
    assert!(
        index
            .search(&"綠茶 ".repeat(100_000), Locale::Hant, 0, 10)
            .unwrap()
            .total
            == 30
    );
}

/// STF-03: the index follows the catalogue: what goes on sale, changes or goes off sale is found accordingly, and
/// what is not on sale is never found.
#[test]
fn the_index_follows_the_catalogue() {
    testkit::run(async |world| {
        let index = SearchIndex::open(world.folder.path()).unwrap();
        assert_eq!(index.position(), None);
        let shelf = world.ctx.write(async |tx, ctx| {
            let new = NewCollection {
                handle: "gifts".into(),
                title: hant("送禮"),
                ..NewCollection::default()
            };
            collection::create(tx, ctx, new).await
        });
        let shelf = shelf.await.unwrap();
        let first = on_sale(
            world,
            NewProduct {
                collections: vec![shelf],
                ..tea("a", "綠茶")
            },
        )
        .await;
        let draft = created(world, tea("b", "綠茶草稿")).await;
        assert_eq!(search::follow(&world.ctx, &index).await.unwrap(), 1);
        assert_eq!(found(&index, "绿茶", Locale::Hans), [first]);
        assert_eq!(found(&index, "送禮", Locale::Hant), [first]);

        world
            .ctx
            .write(async move |tx, ctx| product::publish(tx, ctx, draft).await)
            .await
            .unwrap();
        let renamed = world.ctx.write(async move |tx, ctx| {
            let texts = ProductTexts {
                title: hant("紅茶"),
                ..ProductTexts::default()
            };
            product::update_texts(tx, ctx, first, texts).await
        });
        renamed.await.unwrap();
        let renamed = || {
            found(&index, "綠茶", Locale::Hant) == [draft]
                && found(&index, "紅茶", Locale::Hant) == [first]
        };
        follow_until(world, &index, renamed).await;

        let variant = first_variant(world, first).await;
        let cheaper = world.ctx.write(async move |tx, ctx| {
            price::set(tx, ctx, variant, twd(480), None, "").await?;
            product::unpublish(tx, ctx, draft).await
        });
        cheaper.await.unwrap();
        follow_until(world, &index, || {
            found(&index, "綠茶", Locale::Hant).is_empty() && index.len() == 1
        })
        .await;
    });
}

/// STF-03: an index on disk goes on where it was left; what happened meanwhile is caught up with.
#[test]
fn an_index_on_disk_goes_on_where_it_was_left() {
    testkit::run(async |world| {
        let index = SearchIndex::open(world.folder.path()).unwrap();
        let first = on_sale(world, tea("a", "綠茶")).await;
        search::follow(&world.ctx, &index).await.unwrap();
        let place = index.position();
        drop(index);
        let second = on_sale(world, tea("b", "綠茶")).await;
        let index = SearchIndex::open(world.folder.path()).unwrap();
        assert_eq!(index.position(), place);
        assert_eq!(found(&index, "綠茶", Locale::Hant), [first]);
        let both = || {
            let mut both = found(&index, "綠茶", Locale::Hant);
            both.sort();
            both == [first, second]
        };
        follow_until(world, &index, both).await;
    });
}

/// STF-03: an index that was damaged is made anew instead of stopping the shop.
#[test]
fn a_damaged_index_is_made_anew() {
    testkit::run(async |world| {
        let id = on_sale(world, tea("a", "綠茶")).await;
        let index = SearchIndex::open(world.folder.path()).unwrap();
        search::follow(&world.ctx, &index).await.unwrap();
        drop(index);
        std::fs::write(
            world.folder.path().join("products/meta.json"),
            "not an index",
        )
        .unwrap();
        let index = SearchIndex::open(world.folder.path()).unwrap();
        assert_eq!((index.position(), index.is_empty()), (None, true));
        search::follow(&world.ctx, &index).await.unwrap();
        assert_eq!(found(&index, "綠茶", Locale::Hant), [id]);
    });
}

/// J7 for the index: with many writers at once nothing is left out, although on PostgreSQL events become visible in
/// another order than they were numbered.
#[test]
fn nothing_is_left_out_while_many_write() {
    testkit::run(async |world| {
        let index = SearchIndex::in_memory().unwrap();
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    for n in 0..10 {
                        let create = ctx.write(async move |tx, ctx| {
                            let variants =
                                vec![NewVariant::new(format!("S{writer}-{n}"), twd(100))];
                            let handle = format!("p-{writer}-{n}");
                            product::create(
                                tx,
                                ctx,
                                NewProduct {
                                    variants,
                                    published_at: Some(ctx.now()),
                                    ..tea(&handle, "綠茶")
                                },
                            )
                            .await
                        });
                        create.await.unwrap();
                    }
                })
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            search::follow(&world.ctx, &index).await.unwrap();
        }
        follow_until(world, &index, || index.len() == 80).await;
    });
}
