//! Products and variants: what is kept, what is refused, what is told to the stream.

use catalog::{
    CatalogError, NewMedia, NewProduct, NewVariant, ProductOption, ProductState, ProductTexts,
    VariantState, media, product, removed_media, sellable, variant,
};
use kernel::{Currency, Locale, Money, Texts, event};

use crate::{check_prices, count, created, first_variant, hant, on_sale, tea, twd};

/// A tea in two weights, with every field filled.
fn oolong() -> NewProduct {
    let weight = |code: &str, text: &str, dollars: i64, grams: i64| NewVariant {
        barcode: Some(format!("47100000{grams:05}")),
        option_values: vec![Texts(
            [
                (Locale::Hant, format!("{text} 公克")),
                (Locale::En, format!("{text} g")),
            ]
            .into(),
        )],
        cost: Some(twd(dollars / 3)),
        weight_g: grams,
        size_mm: Some((80, 80, 120)),
        ..NewVariant::new(code, twd(dollars))
    };
    NewProduct {
        handle: "dongding-oolong".into(),
        title: Texts(
            [
                (Locale::Hant, "凍頂烏龍茶".into()),
                (Locale::En, "Dongding Oolong".into()),
            ]
            .into(),
        ),
        subtitle: hant("焙火溫潤"),
        description: hant("來自鹿谷。"),
        options: vec![ProductOption {
            name: hant("重量")
        }],
        variants: vec![
            weight("TEA-DD-075", "75", 580, 90),
            weight("TEA-DD-150", "150", 1_080, 170),
        ],
        media: vec![NewMedia {
            file_key: "a.svg".into(),
            alt: hant("茶罐"),
            width: 1_200,
            height: 1_200,
        }],
        ..NewProduct::default()
    }
}

/// CAT-01: a product comes back with everything that was put in, by handle, by id and for the cart.
#[test]
fn a_product_is_kept_whole() {
    testkit::run(async |world| {
        let id = on_sale(world, oolong()).await;
        let (found, variants, pictures) = world
            .ctx
            .read(async move |rx, _| {
                let found = product::by_handle(rx, "dongding-oolong").await?;
                let variants = product::variants_of(rx, &[id]).await?;
                Ok::<_, CatalogError>((found, variants, product::media_of(rx, &[id]).await?))
            })
            .await
            .unwrap();
        let found = found.unwrap();
        assert_eq!(
            (found.id, found.state, found.title.get(Locale::En)),
            (id, ProductState::Published, "Dongding Oolong")
        );
        assert_eq!(found.options, oolong().options);
        assert_eq!(found.published_at, Some(world.ctx.now()));
        assert_eq!(
            variants.iter().map(|v| v.sku.as_str()).collect::<Vec<_>>(),
            ["TEA-DD-075", "TEA-DD-150"]
        );
        assert_eq!(variants[1].title(Locale::En), "150 g");
        assert_eq!(
            (variants[0].size_mm, variants[0].weight_g, variants[0].cost),
            (Some((80, 80, 120)), 90, Some(twd(193)))
        );
        assert_eq!(
            (pictures.len(), pictures[0].file_key.as_str()),
            (1, "a.svg")
        );
        let ids = [variants[1].id, variants[0].id];
        let sold = world
            .ctx
            .read(async move |rx, _| sellable::of(rx, &ids).await)
            .await
            .unwrap();
        assert_eq!(sold.iter().map(|s| s.variant_id).collect::<Vec<_>>(), ids);
        assert_eq!(
            (
                sold[0].price,
                sold[0].for_sale,
                sold[0].image_key.as_deref()
            ),
            (twd(1_080), true, Some("a.svg"))
        );
        assert_eq!(sold[0].variant_title(Locale::Hant), "150 公克");
        check_prices(world).await;
    });
}

/// CAT-01: a draft is not for sale, nor is an archived variant.
#[test]
fn only_what_is_on_sale_can_be_sold() {
    testkit::run(async |world| {
        let draft = created(world, tea("draft", "草稿")).await;
        let id = on_sale(world, oolong()).await;
        let variants = world
            .ctx
            .read(async move |rx, _| variant::of(rx, &[draft, id]).await)
            .await
            .unwrap();
        let (mine, gone) = (variants[0].id, variants[2].clone());
        let archived = variant::VariantDetails {
            state: VariantState::Archived,
            ..gone.details()
        };
        let gone = gone.id;
        world
            .ctx
            .write(async move |tx, ctx| variant::update(tx, ctx, gone, archived.clone()).await)
            .await
            .unwrap();
        let ids = [mine, variants[1].id, gone];
        let sold = world
            .ctx
            .read(async move |rx, _| sellable::of(rx, &ids).await)
            .await
            .unwrap();
        assert_eq!(
            sold.iter().map(|s| s.for_sale).collect::<Vec<_>>(),
            [false, true, false]
        );
        check_prices(world).await;
    });
}

/// CAT-01: what cannot be a product is refused with its reason, and leaves nothing behind.
#[test]
fn what_cannot_be_a_product_is_refused() {
    testkit::run(async |world| {
        on_sale(world, oolong()).await;
        let with = |change: fn(&mut NewProduct)| {
            let mut new = NewProduct {
                handle: "other".into(),
                ..oolong()
            };
            (new.variants[0].sku, new.variants[1].sku) = ("A".into(), "B".into());
            change(&mut new);
            new
        };
        let cases: [(NewProduct, &str); 11] = [
            (
                with(|p| p.handle = "dongding-oolong".into()),
                "error-handle-taken",
            ),
            (
                with(|p| p.handle = "Dong Ding".into()),
                "error-handle-invalid",
            ),
            (
                with(|p| p.variants[1].sku = "TEA-DD-150".into()),
                "error-sku-taken",
            ),
            (with(|p| p.variants[1].sku = "A".into()), "error-sku-taken"),
            (
                with(|p| p.variants[1].sku = String::new()),
                "error-code-invalid",
            ),
            (
                with(|p| p.variants[0].option_values.clear()),
                "error-options-mismatch",
            ),
            (
                with(|p| p.variants[0].option_values = p.variants[1].option_values.clone()),
                "error-options-taken",
            ),
            (
                with(|p| p.variants[0].price = Money::new(58_050, Currency::TWD)),
                "error-price-invalid",
            ),
            (
                with(|p| {
                    (p.variants[0].price, p.variants[0].cost) =
                        (Money::new(1, Currency::GBP), None);
                }),
                "error-currency-mixed",
            ),
            (
                with(|p| p.variants[0].size_mm = Some((0, 1, 1))),
                "error-measure-invalid",
            ),
            (
                with(|p| p.title = hant(&"茶".repeat(301))),
                "error-text-too-long",
            ),
        ];
        for (new, key) in cases {
            let tried = world
                .ctx
                .write(async move |tx, ctx| product::create(tx, ctx, new.clone()).await)
                .await;
            assert_eq!(tried.unwrap_err().key(), key);
        }
        assert_eq!(count(world, "SELECT COUNT(*) FROM products").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM variants").await, 2);
    });
}

/// CAT-01: a product needs a title and something to sell before it can be published, and never loses them on sale.
#[test]
fn a_product_on_sale_has_a_title_and_a_variant() {
    testkit::run(async |world| {
        let nameless = created(
            world,
            NewProduct {
                title: Texts::default(),
                ..tea("nameless", "")
            },
        )
        .await;
        let empty = created(
            world,
            NewProduct {
                variants: Vec::new(),
                ..tea("empty", "空")
            },
        )
        .await;
        for (id, key) in [
            (nameless, "error-title-missing"),
            (empty, "error-nothing-to-sell"),
        ] {
            let tried = world
                .ctx
                .write(async move |tx, ctx| product::publish(tx, ctx, id).await)
                .await;
            assert_eq!(tried.unwrap_err().key(), key);
        }
        let id = on_sale(world, tea("tea", "茶")).await;
        let none = ProductTexts::default();
        let tried = world
            .ctx
            .write(async move |tx, ctx| product::update_texts(tx, ctx, id, none.clone()).await)
            .await;
        assert_eq!(tried.unwrap_err().key(), "error-title-missing");
        let only = first_variant(world, id).await;
        let tried = world.ctx.write(async move |tx, ctx| {
            let mut details = variant::by_id(tx, only)
                .await?
                .ok_or(CatalogError::NotFound("variant"))?
                .details();
            details.state = VariantState::Archived;
            variant::update(tx, ctx, only, details).await
        });
        assert_eq!(tried.await.unwrap_err().key(), "error-nothing-to-sell");
    });
}

/// O7 for products: publishing twice is publishing once; an archived product cannot go on sale.
#[test]
fn steps_are_taken_once_and_in_order() {
    testkit::run(async |world| {
        let id = on_sale(world, tea("tea", "茶")).await;
        world
            .ctx
            .write(async move |tx, ctx| product::publish(tx, ctx, id).await)
            .await
            .unwrap();
        let events = "SELECT COUNT(*) FROM events WHERE name = 'Product Published'";
        assert_eq!(count(world, events).await, 1);
        world
            .ctx
            .write(async move |tx, ctx| product::archive(tx, ctx, id).await)
            .await
            .unwrap();
        for key in ["publish", "unpublish"] {
            let tried = world.ctx.write(async move |tx, ctx| match key {
                "publish" => product::publish(tx, ctx, id).await,
                _ => product::unpublish(tx, ctx, id).await,
            });
            assert_eq!(
                tried.await.unwrap_err().key(),
                "error-product-state",
                "{key}"
            );
        }
        world
            .ctx
            .write(async move |tx, ctx| product::restore(tx, ctx, id).await)
            .await
            .unwrap();
        let state = world
            .ctx
            .read(async move |rx, _| product::by_id(rx, id).await)
            .await
            .unwrap()
            .unwrap()
            .state;
        assert_eq!(state, ProductState::Draft);
        let names = world
            .ctx
            .read(async move |rx, _| platform::events::timeline(rx, id).await)
            .await
            .unwrap();
        let names: Vec<String> = names.into_iter().map(|e| e.name).collect();
        let wanted = [
            event::PRODUCT_UPDATED,
            event::PRODUCT_PUBLISHED,
            event::PRODUCT_UNPUBLISHED,
            event::PRODUCT_UPDATED,
        ];
        assert_eq!(names, wanted);
    });
}

/// CAT-01: texts, address, options, variants and pictures can be changed later.
#[test]
fn a_product_can_be_changed() {
    testkit::run(async |world| {
        let id = on_sale(world, oolong()).await;
        let changed = world.ctx.write(async move |tx, ctx| {
            let texts = ProductTexts {
                title: hant("凍頂烏龍"),
                subtitle: hant("新焙"),
                description: Texts::default(),
            };
            product::update_texts(tx, ctx, id, texts).await?;
            product::change_handle(tx, ctx, id, "dongding").await?;
            product::rename_option(tx, ctx, id, 0, hant("份量")).await?;
            product::add_option(
                tx,
                ctx,
                id,
                ProductOption {
                    name: hant("包裝")
                },
                hant("茶罐"),
            )
            .await?;
            let values = vec![hant("75 公克"), hant("禮盒")];
            let new = NewVariant {
                option_values: values,
                ..NewVariant::new("TEA-DD-GIFT", twd(480))
            };
            variant::add(tx, ctx, id, new).await?;
            let picture = NewMedia {
                file_key: "b.svg".into(),
                alt: hant("禮盒"),
                width: 800,
                height: 600,
            };
            media::add(tx, ctx, id, picture).await?;
            let first = media::of(tx, &[id]).await?[0].id;
            removed_media::remove(tx, ctx, id, first).await
        });
        changed.await.unwrap();
        let (found, variants, pictures) = world
            .ctx
            .read(async move |rx, _| {
                let found = product::by_handle(rx, "dongding").await?;
                Ok::<_, CatalogError>((
                    found,
                    variant::of(rx, &[id]).await?,
                    media::of(rx, &[id]).await?,
                ))
            })
            .await
            .unwrap();
        let found = found.unwrap();
        assert_eq!(
            found
                .options
                .iter()
                .map(|o| o.name.get(Locale::Hant))
                .collect::<Vec<_>>(),
            ["份量", "包裝"]
        );
        assert_eq!(variants.len(), 3);
        assert!(variants.iter().all(|v| v.option_values.len() == 2));
        assert_eq!(
            (pictures.len(), pictures[0].file_key.as_str()),
            (1, "b.svg")
        );
        check_prices(world).await;
    });
}

/// CAT-01: a change cannot take the address or the SKU of another.
#[test]
fn a_change_cannot_take_what_another_has() {
    testkit::run(async |world| {
        let id = on_sale(world, oolong()).await;
        on_sale(world, tea("tea", "茶")).await;
        let taken = world
            .ctx
            .write(async move |tx, ctx| product::change_handle(tx, ctx, id, "tea").await)
            .await;
        assert_eq!(taken.unwrap_err().key(), "error-handle-taken");
        let taken = world.ctx.write(async move |tx, ctx| {
            let one = variant::by_skus(tx, &["TEA-DD-150", "unknown"])
                .await?
                .remove(0);
            let details = variant::VariantDetails {
                sku: "TEA".into(),
                ..one.details()
            };
            variant::update(tx, ctx, one.id, details).await
        });
        assert_eq!(taken.await.unwrap_err().key(), "error-sku-taken");
    });
}

/// D1, CAT-01: of two people who archive the last two variants at once, one is refused; a product on sale always has
/// something to sell.
#[test]
fn two_people_cannot_archive_the_last_variants() {
    testkit::run(async |world| {
        let id = on_sale(world, oolong()).await;
        let variants = world
            .ctx
            .read(async move |rx, _| variant::of(rx, &[id]).await)
            .await
            .unwrap();
        let tasks: Vec<_> = (0..64)
            .map(|n| {
                let (ctx, one) = (world.ctx.clone(), variants[n % 2].clone());
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| {
                        let details = variant::VariantDetails {
                            state: VariantState::Archived,
                            ..one.details()
                        };
                        variant::update(tx, ctx, one.id, details).await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            let done = task.await.unwrap();
            assert!(
                matches!(done, Ok(()) | Err(CatalogError::NothingToSell)),
                "{done:?}"
            );
        }
        assert_eq!(
            count(
                world,
                "SELECT COUNT(*) FROM variants WHERE state = 'active'"
            )
            .await,
            1
        );
        check_prices(world).await;
    });
}
