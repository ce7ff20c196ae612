//! The payment window closes exactly once (CHK-15).

use std::time::Duration;

use kernel::event;
use operations::flows::end_order;
use orders::{OrderState, PaymentMethod, PaymentState};
use payments::{DeclineCode, PaymentState as Try, demo_card::Scenario};

use crate::shop::{DAY, Shop};

/// CHK-15: after three days, and not a moment before, unpaid orders close, each exactly once, also when eight tasks
/// close them at once; their stock is free, their buyer hears of it once.
#[test]
fn unpaid_orders_expire_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut due = Vec::new();
        for round in 0..12 {
            let method = if round % 2 == 0 {
                PaymentMethod::BankTransfer
            } else {
                PaymentMethod::Card
            };
            let placed = shop.buy(&[(shop.tea, 1)], method).await;
            if round == 1 {
                shop.pay(
                    placed.order.id,
                    placed.payment.id,
                    Scenario::Decline(DeclineCode::LimitReached),
                )
                .await;
            }
            due.push(placed.order.id);
        }
        let cash = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::CashOnDelivery)
            .await;
        let paid = shop.paid(&[(shop.tea, 1)]).await;
        world.pass(Duration::from_secs(3 * DAY) - Duration::from_micros(1));
        assert_eq!(
            end_order::expire_due(&shop.ctx).await.unwrap(),
            0,
            "three days are three days"
        );
        world.pass(Duration::from_micros(1));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let ctx = shop.ctx.clone();
                tokio::spawn(async move { end_order::expire_due(&ctx).await.unwrap() })
            })
            .collect();
        let mut expired = 0;
        for task in tasks {
            expired += task.await.unwrap();
        }
        assert_eq!(expired, 12);
        assert_eq!(end_order::expire_due(&shop.ctx).await.unwrap(), 0);
        shop.drain().await;
        for (index, id) in due.into_iter().enumerate() {
            let order = shop.order(id).await;
            assert_eq!(
                (order.state, order.payment_state),
                (OrderState::Expired, PaymentState::Cancelled)
            );
            assert_eq!(shop.road(id).await, ["placed", "expired"]);
            let events = shop.events(id).await;
            assert_eq!(
                (events[event::ORDER_EXPIRED], events[event::STOCK_RELEASED]),
                (1, 1)
            );
            let told = shop
                .messages(id)
                .await
                .into_iter()
                .filter(|kind| *kind == "order_expired")
                .count();
            assert_eq!(told, 1);
            let end = if index == 1 {
                Try::Declined
            } else {
                Try::Cancelled
            };
            assert_eq!(shop.payments(id).await[0].state, end, "no try is left open");
        }
        assert_eq!(shop.order(cash.order.id).await.state, OrderState::Placed);
        assert_eq!(shop.order(paid.order.id).await.state, OrderState::Paid);
        assert_eq!(shop.units(shop.tea).await, (100, 2));
    });
}

/// CHK-15, P6: an order whose payment is being confirmed does not expire; once the answer is "not charged" it does,
/// and once it is "charged" it is paid.
#[test]
fn an_unknown_payment_does_not_expire() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let slow = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let days = i64::try_from(5 * DAY).unwrap();
        let pending = shop
            .pay(slow.order.id, slow.payment.id, Scenario::LateCallback(days))
            .await;
        assert_eq!(pending.state, Try::Pending);
        let silent = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        shop.pay(silent.order.id, silent.payment.id, Scenario::TimeOutBefore)
            .await;
        world.pass(Duration::from_secs(4 * DAY));
        assert_eq!(end_order::expire_due(&shop.ctx).await.unwrap(), 0);
        for id in [slow.order.id, silent.order.id] {
            let order = shop.order(id).await;
            assert_eq!(
                (order.state, order.payment_state),
                (OrderState::Placed, PaymentState::Unknown)
            );
        }
        assert_eq!(
            shop.units(shop.tea).await,
            (100, 2),
            "and their stock is still theirs"
        );
        shop.pass(world, 3, Duration::from_secs(60)).await;
        assert_eq!(
            shop.order(silent.order.id).await.state,
            OrderState::Expired,
            "not charged, and its time is over"
        );
        shop.pass(world, 30, Duration::from_secs(3_600)).await;
        assert_eq!(shop.order(slow.order.id).await.state, OrderState::Paid);
        assert_eq!(shop.units(shop.tea).await, (100, 1));
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// CHK-15: more orders than one run takes are all closed by one run of the schedule, also when others, whose payment is
/// being confirmed, have waited for longer.
#[test]
fn many_orders_expire_in_one_run() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let plenty = shop.goods("plenty", 10_000, 1_000).await;
        let silent = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        shop.pay(
            silent.order.id,
            silent.payment.id,
            Scenario::LateCallback(i64::try_from(9 * DAY).unwrap()),
        )
        .await;
        shop.tick().await;
        for _ in 0..230 {
            shop.buy(&[(plenty, 1)], PaymentMethod::BankTransfer).await;
        }
        shop.pass(world, 1, Duration::from_secs(3 * DAY)).await;
        assert_eq!(shop.units(plenty).await, (1_000, 0));
        assert_eq!(shop.order(silent.order.id).await.state, OrderState::Placed);
        shop.nothing_failed().await;
    });
}
