//! The ledger, adjustments, counts, alerts and lists.

use inventory::{Adjustment, EntryKind, InventoryError, ledger, location, stock};
use kernel::{Locale, LocationId, Timestamp, VariantId, event};
use platform::params;
use testkit::{START, World};

use crate::goods::{events, level, main_place, reserve, second_place, stocked, units, variant};

async fn adjust(world: &World, change: Adjustment) -> Result<stock::Level, InventoryError> {
    world
        .ctx
        .write(async move |tx, ctx| stock::adjust(tx, ctx, change.clone()).await)
        .await
}

async fn entries(world: &World, variant: VariantId) -> Vec<inventory::Entry> {
    world
        .ctx
        .read(async move |rx, _| ledger::of(rx, variant, 100).await)
        .await
        .unwrap()
}

/// INV-01: every movement is an entry with what, why, when, by whom and the balance after it.
#[test]
fn every_movement_is_in_the_ledger() {
    testkit::run(async |world| {
        let variant = stocked(world, 10).await;
        let order = reserve(&world.ctx, &[(variant, 4)]).await.unwrap();
        world
            .ctx
            .write(async move |tx, ctx| {
                inventory::hold::commit(tx, ctx, order, &[(variant, 4)], "p").await
            })
            .await
            .unwrap();
        adjust(
            world,
            Adjustment::new(variant, -1, EntryKind::Adjustment, "damaged"),
        )
        .await
        .unwrap();
        let found: Vec<_> = entries(world, variant)
            .await
            .into_iter()
            .map(|e| (e.kind, e.quantity, e.balance, e.reason, e.order_id))
            .collect();
        let wanted = [
            (EntryKind::Adjustment, -1, 5, "damaged".to_owned(), None),
            (EntryKind::Sale, -4, 6, "shipped".to_owned(), Some(order)),
            (EntryKind::Receipt, 10, 10, "received".to_owned(), None),
        ];
        assert_eq!(found, wanted);
        assert_eq!(events(world, event::STOCK_ADJUSTED).await, 2);
    });
}

/// S2, S15: with backdated entries, written by many at once, stock on hand is the sum of the ledger, each balance is the
/// fold in the order of (effective time, id), and the balance at any past instant is the sum of what was effective by then.
#[test]
fn balances_are_folds_of_the_ledger() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 50).await;
        let tasks: Vec<_> = (1..=24_i64)
            .map(|n| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| {
                        let delta = if n % 3 == 0 { -n } else { n };
                        let change =
                            Adjustment::new(variant, delta, EntryKind::Adjustment, "correction");
                        let at = ctx.now().plus_seconds(-((n * 7) % 13) * 86_400);
                        stock::adjust(
                            tx,
                            ctx,
                            Adjustment {
                                effective_at: Some(at),
                                ..change
                            },
                        )
                        .await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let mut entries = entries(world, variant).await;
        entries.reverse();
        assert!(entries.is_sorted_by_key(|e| (e.effective_at, e.id)));
        let mut balance = 0;
        for entry in &entries {
            balance += entry.quantity;
            assert_eq!(entry.balance, balance);
        }
        assert_eq!(level(world, variant).await.on_hand, balance);
        for days in 0..15 {
            let at = START.plus_seconds(-days * 86_400);
            let sum: i64 = entries
                .iter()
                .filter(|e| e.effective_at <= at)
                .map(|e| e.quantity)
                .sum();
            let found = world
                .ctx
                .read(async move |rx, _| ledger::balance_at(rx, variant, place, at).await)
                .await
                .unwrap();
            assert_eq!(found, sum, "{days} days ago");
        }
    });
}

/// S11: a correction is the exact opposite of the entry it names, once.
#[test]
fn a_correction_names_what_it_reverses() {
    testkit::run(async |world| {
        let variant = stocked(world, 10).await;
        adjust(
            world,
            Adjustment::new(variant, -4, EntryKind::Adjustment, "lost"),
        )
        .await
        .unwrap();
        let wrong = entries(world, variant).await[0].id;
        for delta in [3, -4] {
            let change = Adjustment {
                reverses: Some(wrong),
                ..Adjustment::new(variant, delta, EntryKind::Adjustment, "correction")
            };
            assert!(matches!(
                adjust(world, change).await,
                Err(InventoryError::NotAReversal(_))
            ));
        }
        let reverse = async || {
            world
                .ctx
                .write(async move |tx, ctx| stock::reverse(tx, ctx, wrong, "found").await)
                .await
        };
        assert_eq!(reverse().await.unwrap().on_hand, 10);
        assert!(matches!(reverse().await, Err(InventoryError::AlreadyReversed(id)) if id == wrong));
        assert_eq!(entries(world, variant).await[0].reverses, Some(wrong));
    });
}

/// S1: an adjustment cannot take what is reserved, and a refusal writes nothing although the transaction goes on.
#[test]
fn reserved_units_cannot_be_adjusted_away() {
    testkit::run(async |world| {
        let variant = stocked(world, 10).await;
        reserve(&world.ctx, &[(variant, 7)]).await.unwrap();
        let flow = world.ctx.write(async move |tx, ctx| {
            let change = Adjustment::new(variant, -4, EntryKind::Adjustment, "damaged");
            let refused = stock::adjust(tx, ctx, change).await;
            assert!(
                matches!(
                    refused,
                    Err(InventoryError::BelowReserved {
                        on_hand: 10,
                        reserved: 7,
                        delta: -4,
                        ..
                    })
                ),
                "{refused:?}"
            );
            Ok::<_, InventoryError>(())
        });
        flow.await.unwrap();
        assert_eq!(
            adjust(
                world,
                Adjustment::new(variant, -3, EntryKind::Adjustment, "damaged")
            )
            .await
            .unwrap()
            .available,
            0
        );
    });
}

/// S16: a count posts what was counted less what the books said at that instant.
#[test]
fn a_count_posts_the_difference() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 10).await;
        let expected = level(world, variant).await.on_hand;
        adjust(
            world,
            Adjustment::new(variant, 5, EntryKind::Receipt, "received"),
        )
        .await
        .unwrap();
        let count = async |counted, expected| {
            world
                .ctx
                .write(async move |tx, ctx| {
                    stock::count(tx, ctx, variant, place, counted, expected).await
                })
                .await
        };
        assert_eq!(count(8, expected).await.unwrap().on_hand, 13);
        assert_eq!(count(13, 13).await.unwrap().on_hand, 13);
        assert_eq!(entries(world, variant).await.len(), 3);
        assert!(matches!(
            count(-1, 13).await,
            Err(InventoryError::InvalidQuantity)
        ));
        assert!(matches!(
            count(0, 14).await,
            Err(InventoryError::BelowReserved { .. })
        ));
    });
}

/// INV-03: staff are told once when what can be sold falls to the alert level, by an order as by damage, again after it
/// was refilled, and at once when the level is set above what is there.
#[test]
fn low_stock_is_told_when_it_happens() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 10).await;
        let set = async |low_at| {
            world
                .ctx
                .write(async move |tx, ctx| {
                    stock::set_low_at(tx, ctx, variant, place, low_at).await
                })
                .await
                .unwrap()
        };
        let told = async || events(world, event::STOCK_LOW).await;
        assert!(!set(Some(3)).await.low);
        reserve(&world.ctx, &[(variant, 6)]).await.unwrap();
        assert_eq!(told().await, 0);
        let order = reserve(&world.ctx, &[(variant, 1)]).await.unwrap();
        assert_eq!((told().await, level(world, variant).await.low), (1, true));
        reserve(&world.ctx, &[(variant, 1)]).await.unwrap();
        world
            .ctx
            .write(async move |tx, ctx| {
                inventory::hold::commit(tx, ctx, order, &[(variant, 1)], "p").await
            })
            .await
            .unwrap();
        assert_eq!(told().await, 1);
        adjust(
            world,
            Adjustment::new(variant, 2, EntryKind::Receipt, "received"),
        )
        .await
        .unwrap();
        adjust(
            world,
            Adjustment::new(variant, -1, EntryKind::Adjustment, "damaged"),
        )
        .await
        .unwrap();
        assert_eq!(told().await, 2);
        set(None).await;
        assert!(set(Some(5)).await.low);
        set(Some(6)).await;
        assert_eq!(told().await, 3);
    });
}

/// S1: a variant that is sold beyond its stock may go below nothing; the permission can only end when nobody waits.
#[test]
fn backorder_sells_what_is_not_there() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 2).await;
        let set = async |backorder| {
            world
                .ctx
                .write(async move |tx, ctx| {
                    stock::set_backorder(tx, ctx, variant, place, backorder).await
                })
                .await
        };
        set(true).await.unwrap();
        let free = world
            .ctx
            .read(async move |rx, _| stock::available(rx, &[variant]).await)
            .await
            .unwrap();
        assert_eq!(free[&variant], stock::UNLIMITED);
        let order = reserve(&world.ctx, &[(variant, 5)]).await.unwrap();
        world.check().await;
        assert!(matches!(
            set(false).await,
            Err(InventoryError::BackorderInUse { .. })
        ));
        world
            .ctx
            .write(async move |tx, ctx| {
                inventory::hold::commit(tx, ctx, order, &[(variant, 5)], "p").await
            })
            .await
            .unwrap();
        assert_eq!(units(world, variant).await, (-3, 0));
        adjust(
            world,
            Adjustment::new(variant, 3, EntryKind::Receipt, "received"),
        )
        .await
        .unwrap();
        assert!(!set(false).await.unwrap().backorder);
    });
}

/// An adjustment names what is wrong with it: units, direction, place, variant, a reused effect.
#[test]
fn a_wrong_adjustment_is_told_what_is_wrong() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 4).await;
        let change = |delta, kind| Adjustment::new(variant, delta, kind, "other");
        for delta in [0, i64::MAX, i64::MIN] {
            assert!(matches!(
                adjust(world, change(delta, EntryKind::Adjustment)).await,
                Err(InventoryError::InvalidQuantity)
            ));
        }
        for (delta, kind) in [
            (1, EntryKind::Sale),
            (-1, EntryKind::Receipt),
            (-1, EntryKind::Return),
        ] {
            assert!(matches!(
                adjust(world, change(delta, kind)).await,
                Err(InventoryError::WrongSign { .. })
            ));
        }
        let nowhere = LocationId::new();
        for delta in [1, -1] {
            let change = Adjustment {
                location: Some(nowhere),
                ..change(delta, EntryKind::Adjustment)
            };
            assert!(
                matches!(adjust(world, change).await, Err(InventoryError::UnknownLocation(id)) if id == nowhere)
            );
        }
        let nothing = Adjustment {
            variant_id: VariantId::new(),
            location: Some(place),
            ..change(1, EntryKind::Adjustment)
        };
        assert!(matches!(
            adjust(world, nothing).await,
            Err(InventoryError::UnknownVariant(_))
        ));
        let named = |delta| Adjustment {
            effect_key: Some("e".into()),
            ..change(delta, EntryKind::Adjustment)
        };
        assert_eq!(adjust(world, named(2)).await.unwrap().on_hand, 6);
        assert_eq!(adjust(world, named(2)).await.unwrap().on_hand, 6);
        assert!(matches!(
            adjust(world, named(3)).await,
            Err(InventoryError::EffectReused(_))
        ));
    });
}

/// Seven variants with 0 to 6 units that count as low from 2 on; their SKUs in order.
async fn seven_shelves(world: &World) -> Vec<String> {
    let place = main_place(world).await;
    let mut skus = Vec::new();
    for units in 0..7 {
        let variant = stocked(world, units).await;
        let set = world
            .ctx
            .write(async move |tx, ctx| stock::set_low_at(tx, ctx, variant, place, Some(2)).await);
        assert_eq!(set.await.unwrap().low, units <= 2);
        skus.push(format!("SKU-{variant}"));
    }
    skus.sort();
    skus
}

async fn list(
    world: &World,
    filter: stock::StockFilter,
    cursor: Option<String>,
) -> Result<stock::Page<stock::StockRow>, InventoryError> {
    world
        .ctx
        .read(async move |rx, _| stock::list(rx, &filter, cursor.as_deref(), 3).await)
        .await
}

/// INV-01: the list of stock is paged without gaps or repeats.
#[test]
fn stock_is_listed_in_pages() {
    testkit::run(async |world| {
        let wanted = seven_shelves(world).await;
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = list(world, stock::StockFilter::default(), cursor)
                .await
                .unwrap();
            assert!(page.items.len() <= 3);
            found.extend(page.items.into_iter().map(|row| row.sku));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, wanted);
        let lost = list(
            world,
            stock::StockFilter::default(),
            Some("nonsense".into()),
        )
        .await;
        assert!(matches!(lost, Err(InventoryError::InvalidCursor)));
    });
}

/// INV-01, INV-03: the list of stock can be searched by SKU and narrowed to what is low or sold out.
#[test]
fn stock_can_be_narrowed_down() {
    testkit::run(async |world| {
        let skus = seven_shelves(world).await;
        let place = main_place(world).await;
        let counts = world
            .ctx
            .read(async |rx, _| stock::counts(rx, &stock::StockFilter::default()).await);
        assert_eq!(
            counts.await.unwrap(),
            stock::Counts {
                all: 7,
                low: 3,
                sold_out: 1
            }
        );
        let low = world
            .ctx
            .read(async |rx, _| stock::low(rx, 10).await)
            .await
            .unwrap();
        assert_eq!(
            low.iter()
                .map(|row| row.level.available)
                .collect::<Vec<_>>(),
            [0, 1, 2]
        );
        for (q, show, wanted) in [
            ("sku-", stock::Show::SoldOut, 1),
            ("sku-", stock::Show::Low, 3),
            (&skus[3], stock::Show::All, 1),
            ("%", stock::Show::All, 0),
        ] {
            let filter = stock::StockFilter {
                show,
                q: Some(q.to_owned()),
                location: Some(place),
            };
            assert_eq!(
                list(world, filter, None).await.unwrap().items.len(),
                wanted,
                "{q} {show:?}"
            );
        }
    });
}

/// S17: what can be sold is told for every variant that was asked for, over all places, also for long lists.
#[test]
fn availability_answers_for_every_variant() {
    testkit::run(async |world| {
        let (here, there) = (main_place(world).await, second_place(world).await);
        let made = world.ctx.write(async move |tx, ctx| {
            let mut variants = Vec::new();
            for n in 0..300 {
                let variant = variant(tx, ctx).await?;
                if n % 2 == 0 {
                    crate::goods::put(tx, ctx, variant, here, n).await?;
                    crate::goods::put(tx, ctx, variant, there, 1).await?;
                }
                variants.push(variant);
            }
            Ok::<_, InventoryError>(variants)
        });
        let variants = made.await.unwrap();
        let asked = variants.clone();
        let free = world
            .ctx
            .read(async move |rx, _| stock::available(rx, &asked).await)
            .await
            .unwrap();
        for (n, variant) in (0_i64..).zip(&variants) {
            assert_eq!(free[variant], if n % 2 == 0 { n + 1 } else { 0 });
        }
    });
}

/// S2: movements brought in from elsewhere change balances by their sum, keep their times, and cannot oversell either.
#[test]
fn imported_movements_add_up() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let old = stocked(world, 3).await;
        let made = world.ctx.write(async move |tx, ctx| {
            let mut variants = vec![old];
            for _ in 0..150 {
                variants.push(variant(tx, ctx).await?);
            }
            let at = |days: i64| ctx.now().plus_seconds(-days * 86_400);
            let mut rows = Vec::new();
            for variant in &variants {
                rows.push(row(*variant, place, 9, EntryKind::Opening, at(30)));
                rows.push(row(*variant, place, -4, EntryKind::Sale, at(20)));
                rows.push(row(*variant, place, 1, EntryKind::Return, at(10)));
            }
            stock::import_entries(tx, ctx, &rows).await?;
            Ok::<_, InventoryError>(variants)
        });
        let variants = made.await.unwrap();
        let (first, last) = (variants[0], variants[150]);
        assert_eq!(
            (units(world, first).await, units(world, last).await),
            ((9, 0), (6, 0))
        );
        let then = START.plus_seconds(-15 * 86_400);
        let balance = world
            .ctx
            .read(async move |rx, _| ledger::balance_at(rx, last, place, then).await)
            .await
            .unwrap();
        assert_eq!(balance, 5);
        let too_much = world.ctx.write(async move |tx, ctx| {
            stock::import_entries(tx, ctx, &[row(last, place, -7, EntryKind::Sale, ctx.now())])
                .await
        });
        assert!(matches!(
            too_much.await,
            Err(InventoryError::BelowReserved {
                on_hand: 6,
                delta: -7,
                ..
            })
        ));
    });
}

fn row(
    variant_id: VariantId,
    location_id: LocationId,
    quantity: i64,
    kind: EntryKind,
    effective_at: Timestamp,
) -> stock::ImportedEntry {
    stock::ImportedEntry {
        variant_id,
        location_id,
        quantity,
        kind,
        reason: "import".into(),
        order_id: None,
        effect_key: None,
        effective_at,
    }
}

/// A shop begins with one place, named in its language, and places have codes of their own.
#[test]
fn places_have_codes() {
    testkit::run(async |world| {
        let ctx = world.ctx.speaking(Locale::Hans);
        let first = ctx
            .write(async |tx, ctx| location::ensure_default(tx, ctx).await)
            .await
            .unwrap();
        assert_eq!(main_place(world).await, first);
        second_place(world).await;
        let again = world
            .ctx
            .write(async |tx, ctx| location::create(tx, ctx, "second", "Again", 5).await)
            .await;
        assert!(matches!(again, Err(InventoryError::LocationCodeTaken(code)) if code == "second"));
        let (list, found, none) = world
            .ctx
            .read(async |rx, _| {
                Ok::<_, InventoryError>((
                    location::list(rx).await?,
                    location::by_code(rx, "main").await?,
                    location::by_code(rx, "none").await?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(
            list.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(),
            ["main", "second"]
        );
        assert_eq!((found.unwrap().name.as_str(), none), ("主仓", None));
        let sql = "SELECT COUNT(*) FROM locations WHERE id = $1";
        let count: i64 = world
            .ctx
            .read(async move |rx, _| rx.scalar(sql, params![first]).await)
            .await
            .map_err(|e: platform::DbError| e)
            .unwrap();
        assert_eq!(count, 1);
    });
}
