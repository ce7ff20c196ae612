//! Few units and many shoppers (S5 to S10).

use std::{sync::Arc, time::Duration};

use inventory::{EntryKind, InventoryError, stock, stock::Adjustment};
use kernel::{OrderId, Quantity, VariantId};
use operations::{
    FlowError,
    flows::{cart, collect_payment, hold_again, pick_order, place_order::Placed, refund_order},
};
use orders::{OrderState, OrdersError, PaymentMethod, PaymentState};
use payments::{DeclineCode, demo_card::Scenario, payment};
use tokio::sync::Semaphore;

use crate::shop::{DAY, Shop, back};

/// Rounds of the race.
const ROUNDS: usize = 20;
/// Units in each round.
const UNITS: i64 = 100;
/// Shoppers in each round.
const SHOPPERS: usize = 400;
/// How many of them order at once.
const AT_ONCE: usize = 64;

/// Fills one cart for each shopper; this is not the race yet.
async fn queue(shop: &Shop, variant: VariantId, shoppers: usize) -> Vec<String> {
    let door = Arc::new(Semaphore::new(AT_ONCE));
    let mut filling = Vec::with_capacity(shoppers);
    for _ in 0..shoppers {
        let (shop, door) = (shop.clone(), Arc::clone(&door));
        filling.push(tokio::spawn(async move {
            let _inside = door.acquire_owned().await.unwrap();
            shop.ready(&[(variant, 1)], PaymentMethod::Card).await
        }));
    }
    let mut tokens = Vec::with_capacity(shoppers);
    for task in filling {
        tokens.push(task.await.unwrap());
    }
    tokens
}

/// Lets all of them order, [`AT_ONCE`] at a time. Every refusal must be a clean "sold out".
async fn rush(shop: &Shop, tokens: Vec<String>) -> Vec<Placed> {
    let door = Arc::new(Semaphore::new(0));
    let mut ordering = Vec::with_capacity(tokens.len());
    for token in tokens {
        let (shop, door) = (shop.clone(), Arc::clone(&door));
        ordering.push(tokio::spawn(async move {
            let _inside = door.acquire_owned().await.unwrap();
            shop.place(&token).await
        }));
    }
    door.add_permits(AT_ONCE);
    let mut won = Vec::new();
    for task in ordering {
        match task.await.unwrap() {
            Ok(placed) => won.push(placed),
            Err(FlowError::Lines(lines)) => assert_eq!(lines[0].problem, "sold_out"),
            Err(FlowError::Inventory(InventoryError::OutOfStock { short })) => {
                assert_eq!((short[0].wanted, short[0].available), (1, 0));
            }
            Err(other) => panic!("not a clean refusal: {other:?}"),
        }
    }
    won
}

/// S5, S6: a hundred units, four hundred shoppers, sixty-four at once, in twenty rounds: exactly a hundred orders each
/// time, every other shopper hears "sold out"; once the unpaid orders expire all units can be bought again.
#[test]
fn a_hundred_units_for_four_hundred_shoppers() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut racing = Duration::ZERO;
        let mut last = shop.tea;
        for round in 0..ROUNDS {
            let variant = shop.goods(&format!("rare-{round}"), 10_000, UNITS).await;
            let tokens = queue(&shop, variant, SHOPPERS).await;
            let started = std::time::Instant::now();
            let won = rush(&shop, tokens).await;
            racing += started.elapsed();
            assert_eq!(won.len(), 100, "round {round}");
            assert_eq!(shop.units(variant).await, (UNITS, UNITS));
            let numbers: std::collections::BTreeSet<_> =
                won.iter().map(|p| &p.order.number).collect();
            assert_eq!(numbers.len(), 100, "O9: every number once");
            last = variant;
        }
        println!(
            "{ROUNDS} rounds on {:?}: {:?} for each rush",
            shop.ctx.db().dialect(),
            racing / 20
        );
        world.check().await;
        world.pass(Duration::from_secs(3 * DAY));
        while operations::flows::end_order::expire_due(&shop.ctx)
            .await
            .unwrap()
            > 0
        {}
        assert_eq!(
            shop.units(last).await,
            (UNITS, 0),
            "S6: no unit is unsold and unavailable"
        );
        let tokens = queue(&shop, last, SHOPPERS / 2).await;
        assert_eq!(rush(&shop, tokens).await.len(), 100);
    });
}

/// S7, S8: several puts of one variant are one demand, also when they come at once; a cart of which one line is short
/// holds nothing of the others.
#[test]
fn demand_is_summed_and_all_or_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.ready(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let mut puts = Vec::new();
        for _ in 0..100 {
            let (ctx, token, tea) = (shop.ctx.clone(), token.clone(), shop.tea);
            puts.push(tokio::spawn(async move {
                cart::add(&ctx, Some(token), tea, Quantity::ONE)
                    .await
                    .unwrap()
            }));
        }
        for put in puts {
            put.await.unwrap();
        }
        let refused = shop.place(&token).await;
        let Err(FlowError::Lines(lines)) = refused else {
            panic!("101 of 100: {refused:?}")
        };
        assert_eq!(
            (lines.len(), lines[0].problem, lines[0].available),
            (1, "not_enough", 100)
        );

        // Two carts want the only cup, each beside something else: one gets all of its lines, the other none.
        let first = shop
            .ready(&[(shop.tea, 5), (shop.cup, 1)], PaymentMethod::Card)
            .await;
        let second = shop
            .ready(&[(shop.cup, 1), (shop.pot, 2)], PaymentMethod::Card)
            .await;
        let (one, other) = tokio::join!(shop.place(&first), shop.place(&second));
        let units = (
            shop.units(shop.tea).await.1,
            shop.units(shop.cup).await.1,
            shop.units(shop.pot).await.1,
        );
        match (one.is_ok(), other.is_ok()) {
            (true, false) => assert_eq!(units, (5, 1, 0)),
            (false, true) => assert_eq!(units, (0, 1, 2)),
            both => panic!("{both:?}"),
        }
    });
}

/// S8: carts that want the same goods in opposite order neither block each other nor oversell.
#[test]
fn opposite_orders_of_lines_do_not_deadlock() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut tokens = Vec::new();
        for n in 0..48 {
            let mut lines = [(shop.tea, 4), (shop.pot, 1)];
            if n % 2 == 0 {
                lines.reverse();
            }
            tokens.push(shop.ready(&lines, PaymentMethod::BankTransfer).await);
        }
        let placing: Vec<_> = tokens
            .into_iter()
            .map(|token| {
                let shop = shop.clone();
                tokio::spawn(async move { shop.place(&token).await })
            })
            .collect();
        let mut won = 0;
        for task in placing {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(
                    FlowError::Lines(_) | FlowError::Inventory(InventoryError::OutOfStock { .. }),
                ) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 10, "ten pots");
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((100, 40), (10, 10))
        );
    });
}

/// S10: the buyer of the last unit is not shut out by their own hold: declined, they pay another way, and meanwhile
/// nobody else gets the unit.
#[test]
fn a_buyers_own_hold_does_not_block_them() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let other = shop.ready(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let placed = shop.buy(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let id = placed.order.id;
        for code in [DeclineCode::LimitReached, DeclineCode::DeclinedByBank] {
            let open = shop.payments(id).await.into_iter().next_back().unwrap();
            shop.pay(id, open.id, Scenario::Decline(code)).await;
            assert!(
                shop.place(&other).await.is_err(),
                "it is held for the first buyer"
            );
            collect_payment::choose_method(&shop.ctx, id, PaymentMethod::Card)
                .await
                .unwrap();
        }
        collect_payment::choose_method(&shop.ctx, id, PaymentMethod::BankTransfer)
            .await
            .unwrap();
        shop.transfer(id, placed.order.total).await.unwrap();
        assert_eq!(shop.order(id).await.state, OrderState::Paid);
        assert!(matches!(shop.place(&other).await, Err(FlowError::Lines(_))));
        assert_eq!(
            shop.holds(id).await.len(),
            1,
            "one hold from beginning to end"
        );
    });
}

/// An order whose time ran out while the bank had the money already.
async fn expired(shop: &Shop, lines: &[(VariantId, i64)], world: &testkit::World) -> OrderId {
    let placed = shop.buy(lines, PaymentMethod::BankTransfer).await;
    world.pass(Duration::from_secs(3 * DAY));
    shop.tick().await;
    world.pass(Duration::from_secs(60));
    shop.tick().await;
    let order = shop.order(placed.order.id).await;
    assert_eq!(
        (order.state, order.payment_state),
        (OrderState::Expired, PaymentState::Cancelled)
    );
    order.id
}

/// S9: money that comes after the hold expired takes the stock again where there is still enough.
#[test]
fn a_late_payment_gets_its_stock_back() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = expired(&shop, &[(shop.tea, 2), (shop.cup, 1)], world).await;
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.cup).await),
            ((100, 0), (1, 0))
        );
        shop.transfer(id, shop.order(id).await.total).await.unwrap();
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Paid, PaymentState::Paid)
        );
        assert!(!order.stock_decision);
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.cup).await),
            ((100, 2), (1, 1))
        );
        shop.drain().await;
        assert_eq!(
            shop.messages(id).await,
            ["order_confirmation", "order_expired", "order_paid"]
        );
        shop.pick_and_ship(id).await;
        assert_eq!(
            shop.road(id).await,
            ["placed", "expired", "paid", "picked", "shipped"]
        );
    });
}

/// S9: where the goods are gone meanwhile the order is paid and waits for a decision: nothing is picked, nothing is
/// dropped, nothing goes below zero; with new stock it goes on.
#[test]
fn a_late_payment_without_stock_waits_for_a_decision() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = expired(&shop, &[(shop.tea, 2), (shop.cup, 1)], world).await;
        let winner = shop.paid(&[(shop.cup, 1)]).await;
        shop.transfer(id, shop.order(id).await.total).await.unwrap();
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.stock_decision),
            (OrderState::Paid, true)
        );
        assert_eq!(
            shop.units(shop.tea).await,
            (100, 0),
            "S8: not a part of it either"
        );
        assert_eq!(shop.events(id).await[kernel::event::STOCK_SHORT], 1);
        let refused = pick_order::pick(&shop.ctx, id).await;
        assert!(
            matches!(
                refused,
                Err(FlowError::Orders(OrdersError::StockDecisionNeeded))
            ),
            "{refused:?}"
        );
        let refused = hold_again::hold_again(&shop.ctx, id).await;
        assert!(
            matches!(
                refused,
                Err(FlowError::Inventory(InventoryError::OutOfStock { .. }))
            ),
            "{refused:?}"
        );

        let cup = shop.cup;
        let receive = shop.ctx.write(async move |tx, ctx| {
            stock::adjust(
                tx,
                ctx,
                Adjustment::new(cup, 1, EntryKind::Receipt, "received"),
            )
            .await
        });
        receive.await.unwrap();
        hold_again::hold_again(&shop.ctx, id).await.unwrap();
        shop.pick_and_ship(id).await;
        shop.pick_and_ship(winner.order.id).await;
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.cup).await),
            ((98, 0), (0, 0))
        );
    });
}

/// S9, O11: an order that is paid and has no stock can be refunded whole: it is cancelled, nobody has to decide any more,
/// and no stock is freed that it never had.
#[test]
fn an_order_without_stock_is_refunded() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = expired(&shop, &[(shop.tea, 2), (shop.cup, 1)], world).await;
        shop.paid(&[(shop.cup, 1)]).await;
        shop.transfer(id, shop.order(id).await.total).await.unwrap();
        assert!(shop.order(id).await.stock_decision);
        let all = refund_order::What::Everything { restock: false };
        let asked = refund_order::refund(&shop.ctx, back(id, all))
            .await
            .unwrap();
        refund_order::settle_by_hand(&shop.ctx, asked.id, "T-1".into())
            .await
            .unwrap();
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state, order.stock_decision),
            (OrderState::Cancelled, PaymentState::Refunded, false)
        );
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.cup).await),
            ((100, 0), (1, 1))
        );
    });
}

/// S9, P14: of two late payers for one unit, one gets it, the other a decision, whoever is first.
#[test]
fn late_payers_race_for_the_last_unit() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for round in 0..10 {
            let last = shop.goods(&format!("last-{round}"), 20_000, 1).await;
            let mut late = Vec::new();
            for _ in 0..2 {
                late.push(expired(&shop, &[(last, 1)], world).await);
            }
            let fresh = shop.ready(&[(last, 1)], PaymentMethod::Card).await;
            let total = shop.order(late[0]).await.total;
            let (one, two, third) = tokio::join!(
                shop.transfer(late[0], total),
                shop.transfer(late[1], total),
                shop.place(&fresh)
            );
            one.unwrap();
            two.unwrap();
            let waiting = usize::from(shop.order(late[0]).await.stock_decision)
                + usize::from(shop.order(late[1]).await.stock_decision);
            assert_eq!(
                2 - waiting + usize::from(third.is_ok()),
                1,
                "one unit, one buyer"
            );
            assert_eq!(shop.units(last).await, (1, 1));
        }
    });
}

/// S9, P6: a card that was being charged while its order expired: the money comes, so the order comes back.
#[test]
fn a_charge_under_way_outlives_the_expiry() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let (id, pay) = (placed.order.id, placed.payment.id);
        let sent = shop.ctx.write(async move |tx, ctx| {
            payment::request_charge(tx, ctx, pay, Scenario::Succeed).await?;
            payment::send(tx, ctx, pay, Scenario::Succeed).await
        });
        assert!(sent.await.unwrap().is_some());
        world.pass(Duration::from_secs(3 * DAY));
        assert_eq!(
            operations::flows::end_order::expire_due(&shop.ctx)
                .await
                .unwrap(),
            1
        );
        assert_eq!(shop.units(shop.cup).await, (1, 0));
        shop.drain().await;
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Paid, PaymentState::Paid)
        );
        assert_eq!(shop.units(shop.cup).await, (1, 1));
        shop.reconcile().await;
    });
}
