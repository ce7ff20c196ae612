//! The life of orders: every step of the table, no other, each once.

use std::collections::BTreeSet;

use kernel::event;
use orders::{
    Act, Cause, HistoryRow, Order, OrderState, OrdersError, PaymentMethod, PaymentState, life,
    order::{self, NewOrder},
    steps::{self, StepStatus},
};
use platform::Ctx;

use crate::shop::{self, events_of, order_in, two_lines};

async fn history(ctx: &Ctx, order: &Order) -> Vec<HistoryRow> {
    let id = order.id;
    ctx.read(async move |rx, _| order::history(rx, id).await)
        .await
        .unwrap()
}

async fn now(ctx: &Ctx, order: &Order) -> Order {
    let id = order.id;
    ctx.read(async move |rx, _| order::by_id(rx, id).await)
        .await
        .unwrap()
}

/// Each row begins where the one before ended and is a step of the table; the last is the order's state.
async fn assert_legal(ctx: &Ctx, order: &Order) -> Vec<HistoryRow> {
    let rows = history(ctx, order).await;
    assert_eq!(rows[0].from, None);
    assert_eq!(rows[0].to, OrderState::Placed);
    for pair in rows.windows(2) {
        assert_eq!(pair[1].from, Some(pair[0].to));
        let step = life::TABLE
            .iter()
            .any(|(from, _, to)| (*from, *to) == (pair[0].to, pair[1].to));
        assert!(step, "{rows:?}");
    }
    assert_eq!(rows.last().map(|r| r.to), Some(now(ctx, order).await.state));
    rows
}

/// O7: from every state every act does what the table says, or is refused and writes nothing.
#[test]
fn every_state_admits_exactly_its_acts() {
    testkit::run(async |world| {
        for state in OrderState::ALL {
            for act in Act::ALL.iter().copied() {
                let order = order_in(&world.ctx, *state).await;
                let before = history(&world.ctx, &order).await.len();
                let copy = order.clone();
                let tried = world
                    .ctx
                    .write(async move |tx, ctx| shop::act(tx, ctx, &copy, act).await)
                    .await;
                let expected = if life::allows(&order, act) {
                    life::next(*state, act)
                } else {
                    None
                };
                let rows = assert_legal(&world.ctx, &order).await;
                match (expected, tried) {
                    (Some(to), Ok(after)) => {
                        assert_eq!(after.state, to);
                        assert_eq!(now(&world.ctx, &order).await, after);
                        assert_eq!(rows.len(), before + 1);
                        assert_eq!(
                            (rows[before].actor.as_str(), rows[before].cause.as_str()),
                            ("system:test", "test")
                        );
                    }
                    (None, Err(OrdersError::IllegalTransition { from, act: refused })) => {
                        assert_eq!((from, refused), (*state, act));
                        assert_eq!(rows.len(), before);
                        assert_eq!(now(&world.ctx, &order).await, order);
                    }
                    (expected, tried) => panic!("{state} {act}: {expected:?} {tried:?}"),
                }
            }
        }
    });
}

/// O7: acts that race for one order take one legal path; each success is one row of history, each loser wrote nothing.
#[test]
fn racing_acts_take_one_legal_path() {
    testkit::run(async |world| {
        for round in 0..20 {
            let method = if round % 2 == 0 {
                PaymentMethod::Card
            } else {
                PaymentMethod::CashOnDelivery
            };
            let order = world
                .ctx
                .write(async move |tx, ctx| shop::place(tx, ctx, two_lines(method)).await)
                .await
                .unwrap();
            let acts = [Act::Pay, Act::Cancel, Act::Expire, Act::Pick];
            let tasks = (0..32)
                .filter_map(|n| acts.get(n % acts.len()).copied())
                .map(|act| {
                    let (ctx, order) = (world.ctx.clone(), order.clone());
                    tokio::spawn(async move {
                        ctx.write(async move |tx, ctx| {
                            shop::act(tx, ctx, &order.clone(), act).await
                        })
                        .await
                    })
                });
            let mut done = 0;
            for task in tasks.collect::<Vec<_>>() {
                match task.await.unwrap() {
                    Ok(_) => done += 1,
                    Err(OrdersError::IllegalTransition { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            assert_eq!(done, 1, "all started from `placed`");
            assert_eq!(assert_legal(&world.ctx, &order).await.len(), 2);
        }
    });
}

/// O7: workers that each look at the order, then act on what they saw, walk it through its life together.
#[test]
fn racing_workers_walk_the_whole_life() {
    testkit::run(async |world| {
        let order = shop::order_in(&world.ctx, OrderState::Placed).await;
        let workers = (0..24_usize).map(|worker| {
            let (ctx, id) = (world.ctx.clone(), order.id);
            tokio::spawn(async move {
                let mut done = 0;
                for turn in 0..30 {
                    let act = Act::ALL[(worker + turn) % Act::ALL.len()];
                    let seen = ctx
                        .read(async move |rx, _| order::by_id(rx, id).await)
                        .await
                        .unwrap();
                    let tried = ctx
                        .write(async move |tx, ctx| shop::act(tx, ctx, &seen.clone(), act).await)
                        .await;
                    match tried {
                        Ok(_) => done += 1,
                        Err(OrdersError::IllegalTransition { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
                done
            })
        });
        let mut done = 0;
        for worker in workers.collect::<Vec<_>>() {
            done += worker.await.unwrap();
        }
        let rows = assert_legal(&world.ctx, &order).await;
        assert_eq!(rows.len(), done + 1);
        assert!(done >= 1);
        assert!(events_of(&world.ctx, order.id, event::ORDER_COMPLETED).await <= 1);
    });
}

/// O11: cancelling twice is cancelling once; the reason and who gave it stay in the history and on the stream.
#[test]
fn cancelling_twice_is_cancelling_once() {
    testkit::run(async |world| {
        let order = order_in(&world.ctx, OrderState::Paid).await;
        for turn in 0..2 {
            let id = order.id;
            let tried = world.ctx.write(async move |tx, ctx| {
                let order = order::lock(tx, id).await?;
                let after = order::apply(
                    tx,
                    ctx,
                    &order,
                    Act::Cancel,
                    Cause::new("out_of_stock").noting("缺貨"),
                )
                .await?;
                order::cancel_lines_all(tx, id).await?;
                Ok::<_, OrdersError>(after)
            });
            assert_eq!(tried.await.is_ok(), turn == 0);
        }
        let rows = assert_legal(&world.ctx, &order).await;
        assert_eq!(rows.len(), 3);
        assert_eq!(
            (rows[2].cause.as_str(), rows[2].note.as_deref()),
            ("out_of_stock", Some("缺貨"))
        );
        assert_eq!(
            events_of(&world.ctx, order.id, event::ORDER_CANCELLED).await,
            1
        );
        let after = now(&world.ctx, &order).await;
        assert_eq!(
            (after.total, after.payment_state),
            (order.total, PaymentState::Paid)
        );
        assert_eq!(after.closed_at, Some(testkit::START));
    });
}

/// Only goods paid at the door are picked before they are paid, and an order paid at the door never expires.
#[test]
fn unpaid_goods_stay_on_the_shelf() {
    testkit::run(async |world| {
        for (method, picked, expired) in [
            (PaymentMethod::Card, false, true),
            (PaymentMethod::BankTransfer, false, true),
            (PaymentMethod::CashOnDelivery, true, false),
        ] {
            for (act, works) in [(Act::Pick, picked), (Act::Expire, expired)] {
                let tried = world.ctx.write(async move |tx, ctx| {
                    let order = shop::place(tx, ctx, two_lines(method)).await?;
                    order::apply(tx, ctx, &order, act, "test").await
                });
                let tried = tried.await;
                assert_eq!(tried.is_ok(), works, "{method} {act}: {tried:?}");
            }
        }
    });
}

/// S9: an order whose payment's outcome is unknown does not expire; money that comes after expiry reopens the order,
/// and without stock it waits for a decision before anything is picked.
#[test]
fn late_money_reopens_an_expired_order() {
    testkit::run(async |world| {
        let unknown = order_in(&world.ctx, OrderState::Placed).await;
        let id = unknown.id;
        let tried = world.ctx.write(async move |tx, ctx| {
            order::set_payment_state(tx, ctx, id, PaymentState::Unknown).await?;
            let order = order::lock(tx, id).await?;
            order::apply(tx, ctx, &order, Act::Expire, "pay_window_over").await
        });
        assert!(matches!(
            tried.await,
            Err(OrdersError::IllegalTransition {
                from: OrderState::Placed,
                act: Act::Expire
            })
        ));

        let expired = order_in(&world.ctx, OrderState::Expired).await;
        assert_eq!(expired.payment_state, PaymentState::Cancelled);
        let reopened = world.ctx.write(async move |tx, ctx| {
            let order = shop::act(tx, ctx, &expired.clone(), Act::Reopen).await?;
            order::set_stock_decision(tx, ctx, order.id, true).await?;
            order::lock(tx, order.id).await
        });
        let reopened = reopened.await.unwrap();
        assert_eq!(
            (reopened.state, reopened.payment_state, reopened.closed_at),
            (OrderState::Paid, PaymentState::Paid, None)
        );
        assert!(!life::allows(&reopened, Act::Pick));
        let id = reopened.id;
        let copy = reopened.clone();
        let tried = world
            .ctx
            .write(async move |tx, ctx| order::apply(tx, ctx, &copy, Act::Pick, "test").await)
            .await;
        assert!(matches!(tried, Err(OrdersError::StockDecisionNeeded)));
        let picked = world.ctx.write(async move |tx, ctx| {
            order::set_stock_decision(tx, ctx, id, false).await?;
            let order = order::lock(tx, id).await?;
            order::apply(tx, ctx, &order, Act::Pick, "test").await
        });
        assert_eq!(picked.await.unwrap().state, OrderState::Picked);
        assert_eq!(events_of(&world.ctx, id, event::ORDER_COMPLETED).await, 1);
    });
}

/// The page draws the road of an order from its history: what is done, what comes, where it broke off.
#[test]
fn the_steps_of_an_order_are_drawn() {
    testkit::run(async |world| {
        let drawn = async |order: Order| {
            let rows = history(&world.ctx, &order).await;
            let letter = |status| match status {
                StepStatus::Done => '+',
                StepStatus::Current => '>',
                StepStatus::Upcoming => '.',
                StepStatus::Stopped => '!',
            };
            steps::of(&order, &rows)
                .iter()
                .map(|s| format!("{}{}", letter(s.status), s.code))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let cases = [
            (
                OrderState::Placed,
                "+placed >paid .picked .shipped .delivered",
            ),
            (
                OrderState::Paid,
                "+placed +paid >picked .shipped .delivered",
            ),
            (
                OrderState::PartlyShipped,
                "+placed +paid +picked >shipped .delivered",
            ),
            (
                OrderState::Delivered,
                "+placed +paid +picked +shipped +delivered",
            ),
            (
                OrderState::Closed,
                "+placed +paid +picked +shipped +delivered",
            ),
            (OrderState::Cancelled, "+placed !cancelled"),
            (OrderState::Expired, "+placed !expired"),
        ];
        for (state, expected) in cases {
            assert_eq!(drawn(order_in(&world.ctx, state).await).await, expected);
        }
        let door = NewOrder {
            ..two_lines(PaymentMethod::CashOnDelivery)
        };
        let door = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, door.clone()).await)
            .await
            .unwrap();
        assert_eq!(drawn(door).await, "+placed >picked .shipped .delivered");
    });
}

/// CHK-26: what an order waits for is said in one word, and paying is offered exactly while it can work.
#[test]
fn every_order_says_what_it_waits_for() {
    testkit::run(async |world| {
        let mut said = BTreeSet::new();
        for state in OrderState::ALL {
            let mut order = order_in(&world.ctx, *state).await;
            for payment_state in PaymentState::ALL {
                order.payment_state = *payment_state;
                let key = order.situation().key();
                said.insert(key);
                let waits = *state == OrderState::Placed && *payment_state != PaymentState::Unknown;
                assert_eq!(order.can_pay(), waits, "{state} {payment_state}");
            }
            for promised in [None, Some(testkit::START)] {
                order.payment_state = PaymentState::Pending;
                order.payment_method = PaymentMethod::CashOnDelivery;
                order.ship_by = promised;
                said.insert(order.situation().key());
                assert!(!order.can_pay());
            }
            order.stock_decision = true;
            said.insert(order.situation().key());
        }
        assert!(said.len() >= 14, "{said:?}");
    });
}

/// O7: the question asked after every test sees a history that leaps, and one that ends elsewhere than its order.
#[test]
fn a_history_that_leaps_is_seen() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for (from, to) in [("paid", "picked"), ("placed", "placed"), ("placed", "shipped")] {
            let world = testkit::World::sqlite().await;
            let order = order_in(&world.ctx, OrderState::Placed).await;
            let planted = world.ctx.write(async move |tx, _| {
                let sql = "INSERT INTO order_history (order_id, from_state, to_state, cause, actor, at) VALUES ($1, $2, $3, '', '', 0)";
                tx.execute_one(sql, platform::params![order.id, from, to]).await?;
                let back = if from == "paid" { to } else { "placed" };
                tx.execute_one("UPDATE orders SET state = $2 WHERE id = $1", platform::params![order.id, back]).await
            });
            planted.await.unwrap();
            let broken = testkit::broken_invariants(&world.ctx).await.unwrap();
            let seen = broken.iter().any(|b| b.starts_with("O7"));
            assert_eq!(seen, (from, to) != ("placed", "placed"), "{broken:?}");
        }
    });
}
