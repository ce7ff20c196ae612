//! Many at once: the statement that takes stock is the one that checks it.

use inventory::{HoldEnd, InventoryError, Outcome, hold, stock};
use kernel::{OrderId, VariantId, event};
use platform::Ctx;
use testkit::World;

use crate::goods::{events, main_place, put, reserve, second_place, stocked, units, variant};

/// Sends all buyers off at once; how many got their goods. The others must be told that there are too few.
async fn rush(ctx: &Ctx, buyers: usize, lines: impl Fn(usize) -> Vec<(VariantId, i64)>) -> usize {
    let tasks: Vec<_> = (0..buyers)
        .map(|buyer| {
            let (ctx, lines) = (ctx.clone(), lines(buyer));
            tokio::spawn(async move { reserve(&ctx, &lines).await })
        })
        .collect();
    let mut served = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => served += 1,
            Err(InventoryError::OutOfStock { short }) => {
                assert!(short.iter().all(|s| s.available < s.wanted), "{short:?}");
            }
            Err(error) => panic!("neither goods nor out of stock: {error}"),
        }
    }
    served
}

/// S5: 20 units and 64 simultaneous buyers of one: exactly 20 get one, the rest are told so, and no more than 20
/// confirmations exist.
#[test]
fn twenty_units_make_twenty_buyers_happy() {
    testkit::run(async |world| {
        let variant = stocked(world, 20).await;
        assert_eq!(rush(&world.ctx, 64, |_| vec![(variant, 1)]).await, 20);
        assert_eq!(units(world, variant).await, (20, 20));
        assert_eq!(events(world, event::STOCK_HELD).await, 20);
    });
}

/// S5, S7: duplicate lines of one variant are one demand, also under 64 buyers: 21 units serve ten pairs, and the last
/// one stays.
#[test]
fn duplicate_lines_never_oversell() {
    testkit::run(async |world| {
        let variant = stocked(world, 21).await;
        assert_eq!(
            rush(&world.ctx, 64, |_| vec![(variant, 1), (variant, 1)]).await,
            10
        );
        assert_eq!(units(world, variant).await, (21, 20));
    });
}

/// S5, S8: two variants asked for in either order: nobody waits for ever, nobody gets only one of the two.
#[test]
fn opposite_orders_of_lines_do_not_block_each_other() {
    testkit::run(async |world| {
        let (a, b) = (stocked(world, 20).await, stocked(world, 12).await);
        let lines = |buyer: usize| {
            if buyer.is_multiple_of(2) {
                vec![(a, 1), (b, 1)]
            } else {
                vec![(b, 1), (a, 1)]
            }
        };
        assert_eq!(rush(&world.ctx, 64, lines).await, 12);
        assert_eq!(
            (units(world, a).await, units(world, b).await),
            ((20, 12), (12, 12))
        );
    });
}

/// S5: units that lie at two places are sold to the last one, and not one more.
#[test]
fn two_places_sell_what_both_have() {
    testkit::run(async |world| {
        let (first, second) = (main_place(world).await, second_place(world).await);
        let made = world.ctx.write(async move |tx, ctx| {
            let variant = variant(tx, ctx).await?;
            put(tx, ctx, variant, first, 10).await?;
            put(tx, ctx, variant, second, 11).await?;
            Ok::<_, InventoryError>(variant)
        });
        let variant = made.await.unwrap();
        assert_eq!(rush(&world.ctx, 48, |_| vec![(variant, 1)]).await, 21);
        let levels = world
            .ctx
            .read(async move |rx, _| stock::levels(rx, variant).await)
            .await
            .unwrap();
        assert_eq!(
            levels
                .iter()
                .map(|l| (l.on_hand, l.reserved))
                .collect::<Vec<_>>(),
            [(10, 10), (11, 11)]
        );
    });
}

/// What ended a hold in one round of [`one_end_wins`].
async fn contend(
    world: &World,
    order: OrderId,
    variant: VariantId,
    round: usize,
) -> Vec<&'static str> {
    let end = |how: HoldEnd, name: &'static str| {
        let ctx = world.ctx.clone();
        tokio::spawn(async move {
            let ended = ctx
                .write(async move |tx, ctx| hold::release(tx, ctx, order, how, name).await)
                .await
                .unwrap();
            (ended == 1).then_some(name)
        })
    };
    let leave = |name: &'static str| {
        let ctx = world.ctx.clone();
        tokio::spawn(async move {
            let key = format!("parcel-{order}");
            let left = ctx
                .write(async move |tx, ctx| {
                    hold::commit(tx, ctx, order, &[(variant, 2)], &key).await
                })
                .await;
            match left {
                Ok(Outcome::Done) => Some(name),
                Ok(Outcome::Already) | Err(InventoryError::NotHeld { .. }) => None,
                Err(error) => panic!("{error}"),
            }
        })
    };
    let mut tasks = vec![
        end(HoldEnd::Released, "cancelled"),
        leave("shipped"),
        end(HoldEnd::Expired, "payment_expired"),
        leave("shipped"),
        end(HoldEnd::Released, "cancelled"),
        end(HoldEnd::Expired, "payment_expired"),
    ];
    tasks.rotate_left(round % 6);
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.unwrap());
    }
    winners
}

/// S4, P14: release, commit and expiry of one hold at once, each twice: exactly one of them wins, the books follow the
/// winner, and the losers write nothing.
#[test]
fn one_end_wins() {
    testkit::run(async |world| {
        let variant = stocked(world, 40).await;
        let mut on_shelf = 40;
        let mut ends = 0;
        for round in 0..12 {
            let order = reserve(&world.ctx, &[(variant, 2)]).await.unwrap();
            let winners = contend(world, order, variant, round).await;
            assert_eq!(winners.len(), 1, "{winners:?}");
            on_shelf -= if winners[0] == "shipped" { 2 } else { 0 };
            ends += i64::from(winners[0] != "shipped");
            assert_eq!(units(world, variant).await, (on_shelf, 0));
            let holds = world
                .ctx
                .read(async move |rx, _| hold::of_order(rx, order).await)
                .await
                .unwrap();
            assert_eq!(
                holds
                    .iter()
                    .map(|h| h.closed_reason.as_deref())
                    .collect::<Vec<_>>(),
                [Some(winners[0])]
            );
        }
        assert_eq!(events(world, event::STOCK_RELEASED).await, ends);
    });
}

/// S4, S13: eight parcels of one unit each out of a hold of five at once: five leave, and what left is in the ledger.
#[test]
fn parts_of_a_hold_leave_once() {
    testkit::run(async |world| {
        let variant = stocked(world, 9).await;
        let order = reserve(&world.ctx, &[(variant, 5)]).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|parcel| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    let key = format!("parcel-{parcel}-{order}");
                    ctx.write(async move |tx, ctx| {
                        hold::commit(tx, ctx, order, &[(variant, 1)], &key).await
                    })
                    .await
                })
            })
            .collect();
        let mut left = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(outcome) => left += i64::from(outcome == Outcome::Done),
                Err(error) => assert!(matches!(error, InventoryError::NotHeld { .. }), "{error}"),
            }
        }
        assert_eq!((left, units(world, variant).await), (5, (4, 0)));
    });
}

/// S4: the same parcel sent eight times at once leaves once.
#[test]
fn one_effect_key_is_one_effect() {
    testkit::run(async |world| {
        let variant = stocked(world, 9).await;
        let order = reserve(&world.ctx, &[(variant, 5)]).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let ctx = world.ctx.clone();
                let send = async move {
                    ctx.write(async move |tx, ctx| {
                        hold::commit(tx, ctx, order, &[(variant, 2)], "p").await
                    })
                    .await
                };
                tokio::spawn(send)
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += i32::from(task.await.unwrap().unwrap() == Outcome::Done);
        }
        assert_eq!((done, units(world, variant).await), (1, (7, 3)));
    });
}

/// S16: sales committed while people count are not lost: whatever the order of commits, stock ends at what was counted
/// less what was sold after the books were read.
#[test]
fn a_count_loses_no_sale() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 30).await;
        let mut orders = Vec::new();
        for _ in 0..10 {
            orders.push(reserve(&world.ctx, &[(variant, 1)]).await.unwrap());
        }
        let expected = units(world, variant).await.0;
        let sales: Vec<_> = orders
            .into_iter()
            .map(|order| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    let key = format!("parcel-{order}");
                    ctx.write(async move |tx, ctx| {
                        hold::commit(tx, ctx, order, &[(variant, 1)], &key).await
                    })
                    .await
                })
            })
            .collect();
        // Three were missing when the shelf was counted.
        let ctx = world.ctx.clone();
        let found = tokio::spawn(async move {
            ctx.write(async move |tx, ctx| {
                stock::count(tx, ctx, variant, place, 27, expected).await
            })
            .await
        });
        for sale in sales {
            assert_eq!(sale.await.unwrap().unwrap(), Outcome::Done);
        }
        found.await.unwrap().unwrap();
        assert_eq!(units(world, variant).await, (17, 0));
    });
}

/// S11: one entry reversed eight times at once is reversed once.
#[test]
fn an_entry_is_reversed_once() {
    testkit::run(async |world| {
        let variant = stocked(world, 6).await;
        let entries = world
            .ctx
            .read(async move |rx, _| inventory::ledger::of(rx, variant, 10).await)
            .await
            .unwrap();
        let id = entries[0].id;
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| stock::reverse(tx, ctx, id, "correction").await)
                        .await
                })
            })
            .collect();
        let mut reversed = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => reversed += 1,
                Err(error) => {
                    let told = matches!(
                        error,
                        InventoryError::AlreadyReversed(_) | InventoryError::BelowReserved { .. }
                    );
                    assert!(told, "{error}");
                }
            }
        }
        assert_eq!((reversed, units(world, variant).await), (1, (0, 0)));
    });
}

/// S3, J1: a return is put back once, however often the same refund asks for it at once.
#[test]
fn a_restock_happens_once() {
    testkit::run(async |world| {
        let variant = stocked(world, 6).await;
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| {
                        let change = inventory::Adjustment::new(
                            variant,
                            2,
                            inventory::EntryKind::Return,
                            "returned",
                        );
                        let change = inventory::Adjustment {
                            effect_key: Some("refund-1".into()),
                            ..change
                        };
                        stock::adjust(tx, ctx, change).await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap().on_hand, 8);
        }
        assert_eq!(events(world, event::STOCK_ADJUSTED).await, 2);
    });
}
