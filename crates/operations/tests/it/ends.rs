//! Orders that are called off, before, while and after their money comes (O11, P6, P14).

use std::time::Duration;

use kernel::OrderId;
use operations::{
    FlowError,
    flows::{
        end_order,
        refund_order::{self, What},
    },
};
use orders::{OrderState, OrdersError, PaymentMethod, PaymentState};
use payments::{Account, demo_card::Scenario, payment};

use crate::shop::{Shop, back, twd};

async fn cancel(shop: &Shop, id: OrderId) -> Result<(), FlowError> {
    end_order::cancel(&shop.ctx, id, "customer_request")
        .await
        .map(|_| ())
}

/// O11: of eight cancellations at once one is done, the others hear that it is over; cancelling again later changes
/// nothing.
#[test]
fn cancelling_twice_is_cancelling_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2), (shop.pot, 1)]).await;
        let id = placed.order.id;
        let hands: Vec<_> = (0..8)
            .map(|_| {
                let shop = shop.clone();
                tokio::spawn(async move { cancel(&shop, id).await })
            })
            .collect();
        let mut done = 0;
        for hand in hands {
            match hand.await.unwrap() {
                Ok(()) => done += 1,
                Err(FlowError::Orders(OrdersError::IllegalTransition { .. })) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(done, 1);
        shop.drain().await;
        let before = shop.picture().await;
        assert!(cancel(&shop, id).await.is_err());
        assert!(
            end_order::cancel_by_buyer(&shop.ctx, placed.order.token.clone())
                .await
                .is_err()
        );
        shop.drain().await;
        assert_eq!(shop.picture().await, before);

        assert_eq!(shop.road(id).await, ["placed", "paid", "cancelled"]);
        let order = shop.order(id).await;
        assert_eq!(order.payment_state, PaymentState::Refunded);
        assert!(
            shop.lines(id)
                .await
                .iter()
                .all(|line| line.cancelled == line.quantity)
        );
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((100, 0), (10, 0))
        );
        assert!(shop.books().await.is_empty(), "all of it went back");
        let letters = [
            "order_cancelled",
            "order_confirmation",
            "order_paid",
            "order_refunded",
        ];
        assert_eq!(shop.messages(id).await, letters);
        shop.reconcile().await;
    });
}

/// P4, O11: a part was given back before: the cancellation gives back the rest, not the whole again.
#[test]
fn a_refund_and_then_a_cancellation() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for settled in [true, false] {
            let placed = shop.paid(&[(shop.tea, 1)]).await;
            let id = placed.order.id;
            let part = back(id, What::Amount(twd(30_000)));
            refund_order::refund(&shop.ctx, part).await.unwrap();
            if settled {
                shop.drain().await;
                assert_eq!(
                    shop.order(id).await.payment_state,
                    PaymentState::PartlyRefunded
                );
            }
            cancel(&shop, id).await.unwrap();
            shop.drain().await;
            let mut amounts: Vec<_> = shop
                .refunds(id)
                .await
                .iter()
                .map(|r| r.amount.amount)
                .collect();
            amounts.sort_unstable();
            assert_eq!(amounts, [30_000, 40_000]);
            assert_eq!(shop.order(id).await.payment_state, PaymentState::Refunded);
        }
        assert!(shop.books().await.is_empty());
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// O7: goods on their way cannot be called off; the buyer can call off until picking, staff until shipping.
#[test]
fn until_when_an_order_can_be_cancelled() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::CashOnDelivery)
            .await;
        let token = placed.order.token.clone();
        operations::flows::pick_order::pick(&shop.ctx, placed.order.id)
            .await
            .unwrap();
        let refused = end_order::cancel_by_buyer(&shop.ctx, token).await;
        assert!(matches!(refused, Err(FlowError::WrongState)), "{refused:?}");
        cancel(&shop, placed.order.id).await.unwrap();
        assert_eq!(shop.units(shop.tea).await, (100, 0));
        assert!(
            shop.books().await.is_empty(),
            "nothing was paid, nothing goes back"
        );

        let gone = shop.paid(&[(shop.tea, 1)]).await;
        shop.pick_and_ship(gone.order.id).await;
        let refused = cancel(&shop, gone.order.id).await;
        assert!(
            matches!(
                refused,
                Err(FlowError::Orders(OrdersError::IllegalTransition { .. }))
            ),
            "{refused:?}"
        );
        let nobody = end_order::cancel_by_buyer(&shop.ctx, "x".repeat(32)).await;
        assert!(matches!(nobody, Err(FlowError::NotFound)), "{nobody:?}");
    });
}

/// P14: a card that was being charged while staff cancelled: the money comes and goes back; the order stays cancelled
/// and its stock stays free.
#[test]
fn money_after_the_cancellation_goes_back() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let (id, pay) = (placed.order.id, placed.payment.id);
        let sent = shop.ctx.write(async move |tx, ctx| {
            payment::request_charge(tx, ctx, pay, Scenario::Succeed).await?;
            payment::send(tx, ctx, pay, Scenario::Succeed).await
        });
        assert!(sent.await.unwrap().is_some());
        cancel(&shop, id).await.unwrap();
        shop.drain().await;
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Cancelled, PaymentState::Refunded)
        );
        assert_eq!(shop.units(shop.cup).await, (1, 0));
        assert!(shop.books().await.is_empty());
        let letters = ["order_cancelled", "order_confirmation", "order_refunded"];
        assert_eq!(
            shop.messages(id).await,
            letters,
            "nobody is told that a cancelled order is paid"
        );
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// P6, P10: a cancellation while the outcome is unknown waits for the answer: charged, it is given back; not charged,
/// the order says that nothing is owed. Neither leaves the order unknown for ever.
#[test]
fn a_cancellation_while_the_outcome_is_unknown() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for (scenario, end) in [
            (Scenario::TimeOutAfter, PaymentState::Refunded),
            (Scenario::TimeOutBefore, PaymentState::Cancelled),
        ] {
            let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
            let id = placed.order.id;
            shop.pay(id, placed.payment.id, scenario).await;
            assert_eq!(shop.order(id).await.payment_state, PaymentState::Unknown);
            let token = placed.order.token.clone();
            assert!(
                end_order::cancel_by_buyer(&shop.ctx, token).await.is_err(),
                "the buyer waits for the answer"
            );
            cancel(&shop, id).await.unwrap();
            assert!(
                shop.refunds(id).await.is_empty(),
                "no refund out of the unknown"
            );
            shop.pass(world, 4, Duration::from_secs(30)).await;
            let order = shop.order(id).await;
            assert_eq!(
                (order.state, order.payment_state),
                (OrderState::Cancelled, end),
                "{scenario:?}"
            );
        }
        assert!(shop.books().await.is_empty());
        shop.reconcile().await;
    });
}

/// P14, O11: paying and cancelling at once, in twenty rounds: whoever is first, no money stays with a cancelled order,
/// and the stock of one is free.
#[test]
fn paying_and_cancelling_at_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for round in 0..20 {
            let method = if round % 2 == 0 {
                PaymentMethod::Card
            } else {
                PaymentMethod::BankTransfer
            };
            let placed = shop.buy(&[(shop.tea, 1)], method).await;
            let (id, pay, total) = (placed.order.id, placed.payment.id, placed.order.total);
            let (payer, staff) = (shop.clone(), shop.clone());
            let paying = tokio::spawn(async move {
                if method == PaymentMethod::BankTransfer {
                    return payer.transfer(id, total).await.map(|()| None);
                }
                let ask = payer.ctx.write(async move |tx, ctx| {
                    Ok::<_, FlowError>(
                        payment::request_charge(tx, ctx, pay, Scenario::Succeed).await?,
                    )
                });
                ask.await?;
                Ok::<_, FlowError>(Some(payer.drain().await))
            });
            let cancelling = tokio::spawn(async move { cancel(&staff, id).await });
            cancelling.await.unwrap().unwrap();
            paying.await.unwrap().unwrap();
            shop.drain().await;
            for refund in shop.refunds(id).await {
                if method == PaymentMethod::BankTransfer {
                    refund_order::settle_by_hand(&shop.ctx, refund.id, "T-9".into())
                        .await
                        .unwrap();
                }
            }
            shop.drain().await;
            let order = shop.order(id).await;
            assert_eq!(order.state, OrderState::Cancelled);
            let money = shop.money(id).await;
            assert_eq!(money.captured, money.refunded);
        }
        assert_eq!(shop.units(shop.tea).await, (100, 0));
        let kept: Vec<_> = shop
            .books()
            .await
            .into_iter()
            .filter(|(a, _)| *a != Account::Suspense)
            .collect();
        assert!(kept.is_empty(), "{kept:?}");
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}
