//! The life of a hold.

use inventory::{HoldEnd, HoldState, InventoryError, Outcome, Shortage, hold, stock};
use kernel::{OrderId, VariantId, event};
use platform::{Ctx, events};

use crate::goods::{
    self, main_place, put, reserve, reserve_for, second_place, stocked, units, variant,
};

async fn commit(
    ctx: &Ctx,
    order: OrderId,
    lines: &[(VariantId, i64)],
    key: &'static str,
) -> Result<Outcome, InventoryError> {
    let lines = lines.to_vec();
    ctx.write(async move |tx, ctx| hold::commit(tx, ctx, order, &lines, key).await)
        .await
}

async fn release(ctx: &Ctx, order: OrderId, end: HoldEnd, reason: &'static str) -> i64 {
    ctx.write(async move |tx, ctx| hold::release(tx, ctx, order, end, reason).await)
        .await
        .unwrap()
}

async fn holds(ctx: &Ctx, order: OrderId) -> Vec<(i64, HoldState)> {
    let holds = ctx
        .read(async move |rx, _| hold::of_order(rx, order).await)
        .await
        .unwrap();
    let mut short: Vec<_> = holds.iter().map(|h| (h.quantity, h.state)).collect();
    short.sort_by_key(|(quantity, state)| (state.code(), *quantity));
    short
}

/// S4: a hold leaves *held* by one step and no step leads anywhere else; the schema knows the same states.
#[test]
fn the_life_of_a_hold_is_one_step() {
    for (from, to) in HoldState::TABLE {
        println!("{:>9} -> {}", from.code(), to.code());
        assert_eq!(from, HoldState::Held);
    }
    for state in HoldState::ALL {
        assert_eq!(state.code().parse(), Ok(state));
        let reachable =
            state == HoldState::Held || HoldState::TABLE.iter().any(|(_, to)| *to == state);
        assert!(reachable, "{}", state.code());
    }
    let schema = include_str!("../../../migrations/sql/0003_inventory.sql");
    let codes: Vec<String> = HoldState::ALL
        .iter()
        .map(|s| format!("'{}'", s.code()))
        .collect();
    assert!(schema.contains(&format!("CHECK (state IN ({}))", codes.join(", "))));
    let codes: Vec<String> = inventory::EntryKind::ALL
        .iter()
        .map(|k| format!("'{}'", k.code()))
        .collect();
    assert!(schema.contains(&format!("CHECK (kind IN ({}))", codes.join(", "))));
}

/// INV-04: the order's page can explain its hold: what, where, until when, why; the event says the same.
#[test]
fn a_hold_explains_itself() {
    testkit::run(async |world| {
        let variant = stocked(world, 5).await;
        let order = reserve(&world.ctx, &[(variant, 2)]).await.unwrap();
        let (holds, told) = world
            .ctx
            .read(async move |rx, _| {
                Ok::<_, InventoryError>((
                    hold::of_order(rx, order).await?,
                    events::timeline(rx, order).await?,
                ))
            })
            .await
            .unwrap();
        let [held] = &holds[..] else {
            panic!("{holds:?}")
        };
        let until = testkit::START.plus_seconds(3 * 24 * 3_600);
        assert_eq!(
            (held.variant_id, held.quantity, held.state),
            (variant, 2, HoldState::Held)
        );
        assert_eq!(
            (held.expires_at, held.reason.as_str()),
            (Some(until), "order_placed")
        );
        assert!(!held.location_name.is_empty());
        let [told] = &told[..] else {
            panic!("{told:?}")
        };
        let payload: inventory::events::StockHeld =
            serde_json::from_value(told.payload.clone()).unwrap();
        assert_eq!(
            (
                told.name.as_str(),
                payload.expires_at,
                payload.holds[0].hold_id
            ),
            (event::STOCK_HELD, Some(until), held.id)
        );

        let extended = world
            .ctx
            .write(async move |tx, _| hold::extend(tx, order, None, "order_paid").await)
            .await
            .unwrap();
        let paid = world
            .ctx
            .read(async move |rx, _| hold::open_of(rx, variant).await)
            .await
            .unwrap();
        assert_eq!(
            (extended, paid[0].expires_at, paid[0].reason.as_str()),
            (1, None, "order_paid")
        );
    });
}

/// S8: a request of several lines is all or nothing, and a flow that carries on after the refusal commits nothing of it.
/// Every short variant is named, with what is left of it.
#[test]
fn all_lines_or_none() {
    testkit::run(async |world| {
        let (a, b, c) = (
            stocked(world, 5).await,
            stocked(world, 1).await,
            stocked(world, 0).await,
        );
        let order = OrderId::new();
        let flow = world.ctx.write(async move |tx, ctx| {
            let refused = hold::reserve(
                tx,
                ctx,
                order,
                &[(a, 2), (b, 1), (b, 1), (c, 1)],
                None,
                "order_placed",
            )
            .await;
            let Err(InventoryError::OutOfStock { mut short }) = refused else {
                panic!("{refused:?}")
            };
            short.sort_by_key(|s| s.variant_id != b);
            let wanted = [
                Shortage {
                    variant_id: b,
                    wanted: 2,
                    available: 1,
                },
                Shortage {
                    variant_id: c,
                    wanted: 1,
                    available: 0,
                },
            ];
            assert_eq!(short, wanted);
            Ok::<_, InventoryError>(())
        });
        flow.await.unwrap();
        assert_eq!(
            (units(world, a).await, units(world, b).await),
            ((5, 0), (1, 0))
        );
        assert_eq!(goods::events(world, event::STOCK_HELD).await, 0);
        assert!(holds(&world.ctx, order).await.is_empty());
    });
}

/// S4, S10: an order that holds a variant cannot hold it twice, and the second try writes nothing.
#[test]
fn an_order_holds_once() {
    testkit::run(async |world| {
        let (a, b) = (stocked(world, 5).await, stocked(world, 5).await);
        let order = reserve(&world.ctx, &[(a, 2)]).await.unwrap();
        let flow = world.ctx.write(async move |tx, ctx| {
            let again =
                hold::reserve(tx, ctx, order, &[(a, 1), (b, 1)], None, "order_placed").await;
            assert!(
                matches!(again, Err(InventoryError::AlreadyHeld { .. })),
                "{again:?}"
            );
            Ok::<_, InventoryError>(())
        });
        flow.await.unwrap();
        assert_eq!(
            (units(world, a).await, units(world, b).await),
            ((5, 2), (5, 0))
        );
    });
}

/// S4: goods leave in parts: each part is a committed hold, the rest stays held, and a part that is sent again is
/// recognised. More than is held cannot leave.
#[test]
fn goods_leave_in_parts() {
    testkit::run(async |world| {
        let variant = stocked(world, 7).await;
        let order = reserve(&world.ctx, &[(variant, 5)]).await.unwrap();
        assert_eq!(
            commit(&world.ctx, order, &[(variant, 1), (variant, 1)], "p1")
                .await
                .unwrap(),
            Outcome::Done
        );
        assert_eq!(
            holds(&world.ctx, order).await,
            [(2, HoldState::Committed), (3, HoldState::Held)]
        );
        assert_eq!(units(world, variant).await, (5, 3));
        world.check().await;

        assert_eq!(
            commit(&world.ctx, order, &[(variant, 2)], "p1")
                .await
                .unwrap(),
            Outcome::Already
        );
        let more = commit(&world.ctx, order, &[(variant, 4)], "p2").await;
        let Err(InventoryError::NotHeld { short, .. }) = more else {
            panic!("{more:?}")
        };
        assert_eq!(
            short,
            [Shortage {
                variant_id: variant,
                wanted: 4,
                available: 3
            }]
        );
        assert_eq!(
            commit(&world.ctx, order, &[(variant, 3)], "p3")
                .await
                .unwrap(),
            Outcome::Done
        );
        assert_eq!(
            commit(&world.ctx, order, &[(variant, 3)], "p3")
                .await
                .unwrap(),
            Outcome::Already
        );
        assert_eq!(
            (
                units(world, variant).await,
                release(&world.ctx, order, HoldEnd::Released, "cancelled").await
            ),
            ((2, 0), 0)
        );
    });
}

/// S4 (goods are taken from the order's own hold): the last units are sold, nothing is available to anybody, and still
/// the goods leave.
#[test]
fn an_order_ships_from_its_own_hold() {
    testkit::run(async |world| {
        let variant = stocked(world, 3).await;
        let order = reserve(&world.ctx, &[(variant, 3)]).await.unwrap();
        let free = world
            .ctx
            .read(async move |rx, _| stock::available(rx, &[variant]).await)
            .await
            .unwrap();
        assert_eq!(free[&variant], 0);
        assert_eq!(
            commit(&world.ctx, order, &[(variant, 3)], "p")
                .await
                .unwrap(),
            Outcome::Done
        );
        assert_eq!(units(world, variant).await, (0, 0));
    });
}

/// S4: a failed and then cancelled order gives its stock back once; the second release writes no event either.
#[test]
fn a_release_happens_once() {
    testkit::run(async |world| {
        let (a, b) = (stocked(world, 3).await, stocked(world, 3).await);
        let order = reserve(&world.ctx, &[(a, 3), (b, 1)]).await.unwrap();
        assert_eq!(
            release(&world.ctx, order, HoldEnd::Expired, "payment_expired").await,
            2
        );
        assert_eq!(
            release(&world.ctx, order, HoldEnd::Released, "cancelled").await,
            0
        );
        assert_eq!(
            (units(world, a).await, units(world, b).await),
            ((3, 0), (3, 0))
        );
        assert_eq!(goods::events(world, event::STOCK_RELEASED).await, 1);
        assert_eq!(
            holds(&world.ctx, order).await,
            [(1, HoldState::Expired), (3, HoldState::Expired)]
        );
        assert!(matches!(
            commit(&world.ctx, order, &[(a, 1)], "p").await,
            Err(InventoryError::NotHeld { .. })
        ));
    });
}

/// S4: cancelling a line gives back its units and no others.
#[test]
fn a_cancelled_line_gives_back_its_units() {
    testkit::run(async |world| {
        let (a, b) = (stocked(world, 5).await, stocked(world, 5).await);
        let order = reserve(&world.ctx, &[(a, 4), (b, 1)]).await.unwrap();
        let cancel = async |lines: Vec<(VariantId, i64)>| {
            world
                .ctx
                .write(async move |tx, ctx| {
                    hold::release_quantity(tx, ctx, order, &lines, "cancelled").await
                })
                .await
        };
        cancel(vec![(a, 1), (a, 2)]).await.unwrap();
        assert_eq!(
            (units(world, a).await, units(world, b).await),
            ((5, 1), (5, 1))
        );
        assert!(matches!(
            cancel(vec![(a, 2)]).await,
            Err(InventoryError::NotHeld { .. })
        ));
        assert_eq!(
            holds(&world.ctx, order).await,
            [
                (1, HoldState::Held),
                (1, HoldState::Held),
                (3, HoldState::Released)
            ]
        );
    });
}

/// S9: money that comes after the hold ran out takes stock again if there is some, and otherwise leaves everything as
/// it is, so that the flow can ask for a decision in the same transaction.
#[test]
fn late_money_takes_stock_again_or_nothing() {
    testkit::run(async |world| {
        let variant = stocked(world, 2).await;
        let (early, late) = (OrderId::new(), OrderId::new());
        for order in [early, late] {
            reserve_for(&world.ctx, order, &[(variant, 1)])
                .await
                .unwrap();
            release(&world.ctx, order, HoldEnd::Expired, "payment_expired").await;
        }
        reserve(&world.ctx, &[(variant, 1)]).await.unwrap();
        reserve_for(&world.ctx, early, &[(variant, 1)])
            .await
            .unwrap();
        assert!(matches!(
            reserve_for(&world.ctx, late, &[(variant, 1)]).await,
            Err(InventoryError::OutOfStock { .. })
        ));
        assert_eq!(units(world, variant).await, (2, 2));
        assert_eq!(
            holds(&world.ctx, early).await,
            [(1, HoldState::Expired), (1, HoldState::Held)]
        );
        assert_eq!(holds(&world.ctx, late).await, [(1, HoldState::Expired)]);
    });
}

/// S10: a buyer who orders the same cart again is not blocked by their own hold, and the older order has lost it.
#[test]
fn an_own_hold_blocks_nobody() {
    testkit::run(async |world| {
        let variant = stocked(world, 2).await;
        let (older, newer) = (
            reserve(&world.ctx, &[(variant, 2)]).await.unwrap(),
            OrderId::new(),
        );
        let swap = world.ctx.write(async move |tx, ctx| {
            hold::replace(
                tx,
                ctx,
                (older, newer),
                &[(variant, 2)],
                None,
                "order_placed",
            )
            .await
        });
        swap.await.unwrap();
        assert!(matches!(
            commit(&world.ctx, older, &[(variant, 2)], "old").await,
            Err(InventoryError::NotHeld { .. })
        ));
        assert_eq!(
            commit(&world.ctx, newer, &[(variant, 2)], "new")
                .await
                .unwrap(),
            Outcome::Done
        );
        assert_eq!(units(world, variant).await, (0, 0));
    });
}

/// S6: when demand exceeded stock and the losers left, expiry puts every unsold unit back on sale.
#[test]
fn expired_units_are_on_sale_again() {
    testkit::run(async |world| {
        let variant = stocked(world, 3).await;
        let mut orders = Vec::new();
        while let Ok(order) = reserve(&world.ctx, &[(variant, 1)]).await {
            orders.push(order);
        }
        assert_eq!(orders.len(), 3);
        for order in orders {
            release(&world.ctx, order, HoldEnd::Expired, "payment_expired").await;
        }
        reserve(&world.ctx, &[(variant, 3)]).await.unwrap();
    });
}

/// INV-04: goods come from the first place that has them all; if none has, from several; if all together have too
/// few, from none.
#[test]
fn goods_come_from_the_best_place() {
    testkit::run(async |world| {
        let (first, second) = (main_place(world).await, second_place(world).await);
        let made = world.ctx.write(async move |tx, ctx| {
            let variant = variant(tx, ctx).await?;
            put(tx, ctx, variant, first, 3).await?;
            put(tx, ctx, variant, second, 5).await?;
            Ok::<_, InventoryError>(variant)
        });
        let variant = made.await.unwrap();
        let reserved = async || {
            let levels = world
                .ctx
                .read(async move |rx, _| stock::levels(rx, variant).await)
                .await
                .unwrap();
            levels.iter().map(|l| l.reserved).collect::<Vec<_>>()
        };
        let order = reserve(&world.ctx, &[(variant, 4)]).await.unwrap();
        assert_eq!(reserved().await, [0, 4]);
        assert_eq!(
            release(&world.ctx, order, HoldEnd::Released, "cancelled").await,
            1
        );
        let order = reserve(&world.ctx, &[(variant, 7)]).await.unwrap();
        assert_eq!(reserved().await, [3, 4]);
        let refused = reserve(&world.ctx, &[(variant, 2)]).await;
        let Err(InventoryError::OutOfStock { short }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            short,
            [Shortage {
                variant_id: variant,
                wanted: 2,
                available: 1
            }]
        );
        assert_eq!(
            commit(&world.ctx, order, &[(variant, 7)], "p")
                .await
                .unwrap(),
            Outcome::Done
        );
        assert_eq!(
            commit(&world.ctx, order, &[(variant, 7)], "p")
                .await
                .unwrap(),
            Outcome::Already
        );
        assert_eq!(reserved().await, [0, 0]);
    });
}
