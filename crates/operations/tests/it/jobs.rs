//! Jobs may run twice, and may be killed in between: the effects are the same (J1 to J3 through the flows).

use std::time::Duration;

use operations::flows::{collect_payment, end_order, refund_order};
use orders::{OrderState, PaymentMethod};
use payments::{DeclineCode, demo_card::Scenario, payment};
use platform::{DbError, params};

use crate::shop::{DAY, Shop, back, twd};

/// Puts every job back into the queue, as if no result had ever been recorded.
async fn forget_results(shop: &Shop) -> u64 {
    let sql = "UPDATE jobs SET state = 'queued', attempts = 0, lease_until = NULL, finished_at = NULL, run_at = $1";
    shop.ctx
        .write(async move |tx, ctx| tx.execute(sql, params![ctx.now()]).await)
        .await
        .unwrap()
}

/// One order for each thing that jobs do.
async fn everything(shop: &Shop, world: &testkit::World) {
    let scenarios = [
        Scenario::Succeed,
        Scenario::TimeOutAfter,
        Scenario::TimeOutBefore,
        Scenario::CallbackTwice,
        Scenario::CallbackOutOfOrder,
        Scenario::LateCallback(30),
        Scenario::WrongAmount,
        Scenario::Decline(DeclineCode::LimitReached),
    ];
    for scenario in scenarios {
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        shop.pay(placed.order.id, placed.payment.id, scenario).await;
    }
    shop.pass(world, 3, Duration::from_secs(60)).await;
    let refunded = shop.paid(&[(shop.tea, 1)]).await;
    let part = back(refunded.order.id, refund_order::What::Amount(twd(5_000)));
    refund_order::refund(&shop.ctx, part).await.unwrap();
    let cancelled = shop.paid(&[(shop.pot, 1)]).await;
    end_order::cancel(&shop.ctx, cancelled.order.id, "test")
        .await
        .unwrap();
    let shipped = shop.paid(&[(shop.pot, 1)]).await;
    shop.pick_and_ship(shipped.order.id).await;
    let declined = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
    shop.pay(
        declined.order.id,
        declined.payment.id,
        Scenario::Decline(DeclineCode::ExpiredCard),
    )
    .await;
    collect_payment::choose_method(&shop.ctx, declined.order.id, PaymentMethod::BankTransfer)
        .await
        .unwrap();
    shop.buy(&[(shop.tea, 1)], PaymentMethod::BankTransfer)
        .await;
    shop.pass(world, 1, Duration::from_secs(3 * DAY)).await;
    shop.pass(world, 2, Duration::from_secs(60)).await;
}

/// J2, J3, P5, M1: after everything was done, every job runs again: charges, questions, refunds, callbacks, messages,
/// expiries. Not one row of any table with an effect changes, and no letter leaves again.
#[test]
fn running_every_job_twice_changes_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        everything(&shop, world).await;
        shop.nothing_failed().await;
        shop.reconcile().await;
        let (before, letters) = (shop.picture().await, shop.letters());
        let again = forget_results(&shop).await;
        assert!(again > 30, "{again} jobs");
        assert!(shop.drain().await >= again);
        let after = shop.picture().await;
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "{table}");
        }
        assert_eq!(shop.letters(), letters);
        shop.nothing_failed().await;
        shop.reconcile().await;
    });
}

/// J3: two workers that both believe a job is theirs, because the first one's lease ran out: one charge, one capture,
/// one letter.
#[test]
fn a_worker_that_lost_its_lease_does_no_harm() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for _ in 0..10 {
            let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
            let (id, pay) = (placed.order.id, placed.payment.id);
            let ask = shop.ctx.write(async move |tx, ctx| {
                payment::request_charge(tx, ctx, pay, Scenario::Succeed).await
            });
            ask.await.unwrap();
            let workers: Vec<_> = (0..3)
                .map(|_| {
                    let shop = shop.clone();
                    tokio::spawn(async move {
                        for _ in 0..2 {
                            shop.drain().await;
                            let steal = "UPDATE jobs SET lease_until = 0 WHERE state = 'running'";
                            shop.ctx
                                .write(async move |tx, _| tx.execute(steal, &[]).await)
                                .await
                                .unwrap();
                        }
                    })
                })
                .collect();
            for worker in workers {
                worker.await.unwrap();
            }
            shop.drain().await;
            let left = shop
                .ctx
                .read(async |rx, _| {
                    rx.rows(
                        "SELECT kind, state, attempts, last_error FROM jobs WHERE state <> 'done'",
                        &[],
                    )
                    .await
                })
                .await
                .unwrap();
            assert!(left.is_empty(), "{left:?}");
            assert_eq!(shop.order(id).await.state, OrderState::Paid);
            assert_eq!(shop.road(id).await, ["placed", "paid"]);
            let sent = shop
                .ctx
                .read(async move |rx, _| engagement::message::of_order(rx, id).await)
                .await
                .unwrap();
            let mut kinds: Vec<_> = sent.iter().map(|m| m.kind.code()).collect();
            kinds.sort_unstable();
            assert_eq!(kinds, ["order_confirmation", "order_paid"]);
        }
        shop.reconcile().await;
    });
}

/// J1: what was refused queued no job: a rolled back order leaves no letter to send and no charge to make.
#[test]
fn a_refused_order_leaves_no_job() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let count = async || {
            let jobs = shop
                .ctx
                .read(async |rx, _| rx.scalar::<i64>("SELECT COUNT(*) FROM jobs", &[]).await);
            jobs.await.unwrap()
        };
        let before = count().await;
        let token = shop.ready(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let ctx = shop.ctx.clone();
        let broken: Result<(), DbError> = ctx
            .write(async |tx, ctx| {
                payment::request_charge(tx, ctx, kernel::PaymentId::new(), Scenario::Succeed)
                    .await
                    .map_err(|e| DbError::Missing(e.to_string()))?;
                Err(DbError::Busy)
            })
            .await;
        assert!(broken.is_err());
        assert!(shop.place_with(&token, None, Some(twd(1))).await.is_err());
        assert_eq!(count().await, before);
        shop.place(&token).await.unwrap();
        assert_eq!(count().await, before + 1, "the confirmation");
    });
}

/// Q: the hourly check finds nothing, and a broken invariant becomes a dead letter that says which.
#[test]
fn the_hourly_check_tells_what_is_broken() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        shop.paid(&[(shop.tea, 1)]).await;
        shop.pass(world, 2, Duration::from_secs(3_600)).await;
        shop.nothing_failed().await;
        let tea = shop.tea;
        let on_hand = async |delta: i64| {
            let sql = "UPDATE stock SET on_hand = on_hand + $2 WHERE variant_id = $1";
            shop.ctx
                .write(async move |tx, _| tx.execute(sql, params![tea, delta]).await)
                .await
                .unwrap();
        };
        on_hand(1).await;
        shop.pass(world, 2, Duration::from_secs(3_600)).await;
        on_hand(-1).await;
        let dead = shop
            .ctx
            .read(async |rx, _| {
                rx.rows(
                    "SELECT last_error FROM jobs WHERE state = 'dead' AND kind = 'shop.check'",
                    &[],
                )
                .await
            })
            .await
            .unwrap();
        assert!(!dead.is_empty());
        assert!(format!("{dead:?}").contains("S2"), "{dead:?}");
    });
}
