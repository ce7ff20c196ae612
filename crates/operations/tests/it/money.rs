//! Two hands on the same money (P4, P8, P14).

use kernel::Money;
use operations::{
    FlowError,
    flows::{
        collect_payment,
        refund_order::{self, RefundOrder, What, Which},
    },
};
use orders::{OrderState, PaymentMethod, PaymentState};
use payments::{Account, PaymentsError, RefundState, demo_card::Scenario, payment, quarantine};

use crate::shop::{Shop, back, fresh, twd, units};

fn some_back(order: kernel::OrderId, amount: Money, key: String) -> RefundOrder {
    RefundOrder {
        order_id: order,
        what: What::Amount(amount),
        reason: "goodwill".into(),
        idempotency_key: key,
    }
}

/// P4, P8, P14: a card charge and a matched transfer pay one order at the same time: it is paid once; the other money
/// is refused or lies in suspense, and goes back when somebody says so.
#[test]
fn two_payments_of_one_order_at_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut doubled = 0;
        for _ in 0..20 {
            let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
            let (id, pay, total) = (placed.order.id, placed.payment.id, placed.order.total);
            let ask = shop.ctx.write(async move |tx, ctx| {
                payment::request_charge(tx, ctx, pay, Scenario::Succeed).await
            });
            ask.await.unwrap();
            let (worker, clerk) = (shop.clone(), shop.clone());
            let charged = tokio::spawn(async move { worker.drain().await });
            let matched = tokio::spawn(async move { clerk.transfer(id, total).await });
            charged.await.unwrap();
            match matched.await.unwrap() {
                Ok(()) | Err(FlowError::Payments(PaymentsError::NothingDue)) => {}
                Err(other) => panic!("{other:?}"),
            }
            shop.drain().await;
            let order = shop.order(id).await;
            assert_eq!(
                (order.state, order.payment_state),
                (OrderState::Paid, PaymentState::Paid)
            );
            assert_eq!(shop.money(id).await.captured, total);
            assert_eq!(
                shop.messages(id).await,
                ["order_confirmation", "order_paid"]
            );
            assert_eq!(shop.road(id).await, ["placed", "paid"]);
            let strays = shop
                .ctx
                .read(async move |rx, _| quarantine::of_order(rx, id).await)
                .await
                .unwrap();
            for stray in strays {
                doubled += 1;
                assert_eq!(stray.amount, Some(total));
                let give = shop
                    .ctx
                    .write(async move |tx, ctx| quarantine::give_back(tx, ctx, &stray.id).await);
                give.await.unwrap();
            }
            shop.drain().await;
        }
        println!("{doubled} of 20 orders were charged beside a transfer; each charge went back");
        let suspense = shop
            .books()
            .await
            .into_iter()
            .find(|(account, _)| *account == Account::Suspense);
        assert_eq!(suspense, None);
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// P4, P8: the card was being charged when the transfer was matched: the second money never becomes a second capture.
#[test]
fn a_charge_under_way_when_the_transfer_is_matched() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let (id, pay, total) = (placed.order.id, placed.payment.id, placed.order.total);
        let sent = shop.ctx.write(async move |tx, ctx| {
            payment::request_charge(tx, ctx, pay, Scenario::CallbackTwice).await?;
            payment::send(tx, ctx, pay, Scenario::CallbackTwice).await
        });
        assert!(sent.await.unwrap().is_some());
        shop.transfer(id, total).await.unwrap();
        shop.drain().await;
        shop.pass(world, 3, std::time::Duration::from_secs(10))
            .await;
        assert_eq!(shop.money(id).await.captured, total);
        let books = [
            (Account::Card, 70_000),
            (Account::Bank, 70_000),
            (Account::CustomerOrders, -70_000),
            (Account::Suspense, -70_000),
        ];
        assert_eq!(shop.books().await, books);
        let strays = shop
            .ctx
            .read(async |rx, _| quarantine::open(rx, 10).await)
            .await
            .unwrap();
        assert_eq!(
            (strays.len(), strays[0].reason),
            (1, quarantine::Reason::Overpaid)
        );
        let name = strays[0].id.clone();
        let give = shop
            .ctx
            .write(async move |tx, ctx| quarantine::give_back(tx, ctx, &name).await);
        give.await.unwrap();
        shop.drain().await;
        assert_eq!(
            shop.books().await,
            [(Account::Bank, 70_000), (Account::CustomerOrders, -70_000)]
        );
        assert_eq!(
            shop.messages(id).await,
            ["order_confirmation", "order_paid"]
        );
        shop.reconcile().await;
    });
}

/// P5, P6: while a card is being charged no second payment can be started, however many hands try.
#[test]
fn no_second_payment_beside_one_under_way() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let (id, pay) = (placed.order.id, placed.payment.id);
        let unknown = shop.pay(id, pay, Scenario::TimeOutAfter).await;
        assert_eq!(unknown.state, payments::PaymentState::Unknown);
        let tries: Vec<_> = [
            PaymentMethod::Card,
            PaymentMethod::BankTransfer,
            PaymentMethod::CashOnDelivery,
        ]
        .into_iter()
        .cycle()
        .take(12)
        .map(|method| {
            let ctx = shop.ctx.clone();
            tokio::spawn(async move { collect_payment::choose_method(&ctx, id, method).await })
        })
        .collect();
        for attempt in tries {
            assert!(attempt.await.unwrap().is_err());
        }
        assert_eq!(shop.payments(id).await.len(), 1);
        shop.pass(world, 3, std::time::Duration::from_secs(10))
            .await;
        assert_eq!(
            shop.order(id).await.state,
            OrderState::Paid,
            "the question was answered"
        );
        shop.reconcile().await;
    });
}

/// P5: the button pressed by twelve hands charges once.
#[test]
fn one_charge_however_often_it_is_asked_for() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let (id, pay) = (placed.order.id, placed.payment.id);
        let pressed: Vec<_> = (0..12)
            .map(|_| {
                let shop = shop.clone();
                tokio::spawn(async move { shop.pay(id, pay, Scenario::Succeed).await.state })
            })
            .collect();
        for hand in pressed {
            assert_eq!(hand.await.unwrap(), payments::PaymentState::Succeeded);
        }
        let charges: i64 = shop
            .ctx
            .read(async |rx, _| {
                rx.scalar("SELECT COUNT(*) FROM demo_card_charges", &[])
                    .await
            })
            .await
            .unwrap();
        assert_eq!(charges, 1);
        assert_eq!(shop.books().await[0], (Account::Card, 70_000));
    });
}

/// P4: sixteen refunds at once of a third each: three fit, never more, and the provider gives back exactly those.
#[test]
fn concurrent_refunds_never_exceed_the_payment() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for _ in 0..10 {
            let placed = shop.paid(&[(shop.tea, 1)]).await;
            let id = placed.order.id;
            let third = twd(23_300);
            let asking: Vec<_> = (0..16)
                .map(|n| {
                    let ctx = shop.ctx.clone();
                    let ask = some_back(id, third, fresh(&format!("third-{n}")));
                    tokio::spawn(async move { refund_order::refund(&ctx, ask).await })
                })
                .collect();
            let mut granted = 0;
            for ask in asking {
                match ask.await.unwrap() {
                    Ok(_) => granted += 1,
                    Err(FlowError::Payments(PaymentsError::OverRefund { .. })) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(granted, 3);
            shop.drain().await;
            let money = shop.money(id).await;
            assert_eq!(
                (money.refunded, money.refund_pending),
                (twd(69_900), twd(0))
            );
            assert_eq!(
                shop.order(id).await.payment_state,
                PaymentState::PartlyRefunded
            );
        }
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// O8, P4: one key is one refund, also from sixteen hands at once; the same key for something else is refused.
#[test]
fn one_refund_for_one_key() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2)]).await;
        let id = placed.order.id;
        let asking: Vec<_> = (0..16)
            .map(|_| {
                let ctx = shop.ctx.clone();
                let ask = some_back(id, twd(10_000), "once".into());
                tokio::spawn(async move { refund_order::refund(&ctx, ask).await.unwrap().id })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for ask in asking {
            ids.insert(ask.await.unwrap());
        }
        assert_eq!(ids.len(), 1);
        shop.drain().await;
        let other =
            refund_order::refund(&shop.ctx, some_back(id, twd(20_000), "once".into())).await;
        let reused = matches!(
            other,
            Err(FlowError::KeyReused | FlowError::Payments(PaymentsError::KeyReused))
        );
        assert!(reused, "{other:?}");
        let again = refund_order::refund(&shop.ctx, some_back(id, twd(10_000), "once".into()))
            .await
            .unwrap();
        assert_eq!(
            (again.amount, again.state),
            (twd(10_000), RefundState::Succeeded)
        );
        assert_eq!(shop.money(id).await.refunded, twd(10_000));
        assert_eq!(
            shop.messages(id).await,
            ["order_confirmation", "order_paid", "order_refunded"]
        );
    });
}

/// S13, O1, P4: goods that come back are worth their share of the line, all shares sum to the line, and good ones are
/// on the shelf again.
#[test]
fn returned_goods_are_worth_their_share() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 3)]).await;
        let id = placed.order.id;
        let parcel = shop.pick_and_ship(id).await;
        operations::flows::deliver_parcel::deliver(&shop.ctx, parcel.id)
            .await
            .unwrap();
        let line = shop.lines(id).await[0].id;
        for (count, restock) in [(1, true), (2, false)] {
            let asked = back(id, units(&[(line, count, Which::Shipped { restock })]));
            let refund = refund_order::refund(&shop.ctx, asked).await.unwrap();
            assert_eq!(refund.amount, twd(58_000 * count));
        }
        shop.drain().await;
        let kept = &shop.lines(id).await[0];
        assert_eq!(
            (kept.returned, kept.restocked, kept.refunded),
            (3, 1, twd(174_000))
        );
        assert_eq!(shop.units(shop.tea).await, (98, 0), "100 less 3 plus 1");
        let more = back(id, units(&[(line, 1, Which::Shipped { restock: true })]));
        assert!(
            refund_order::refund(&shop.ctx, more).await.is_err(),
            "four of three"
        );
        let books = [
            (Account::Card, 12_000),
            (Account::Sales, -174_000),
            (Account::Shipping, -12_000),
            (Account::Refunds, 174_000),
        ];
        assert_eq!(shop.books().await, books);
        assert_eq!(
            shop.order(id).await.payment_state,
            PaymentState::PartlyRefunded
        );
        shop.reconcile().await;
    });
}

/// S7, S13: a line that is named twice in one return is one demand: money, shelf and ledger agree.
#[test]
fn a_line_named_twice_in_one_return() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 4)]).await;
        let id = placed.order.id;
        shop.pick_and_ship(id).await;
        let order_line_id = shop.lines(id).await[0].id;
        let out = |quantity, restock| (order_line_id, quantity, Which::Shipped { restock });
        let too_many = back(id, units(&[out(3, true), out(2, false)]));
        assert!(
            refund_order::refund(&shop.ctx, too_many).await.is_err(),
            "five of four"
        );
        let asked = back(id, units(&[out(1, true), out(1, false), out(2, true)]));
        let refund = refund_order::refund(&shop.ctx, asked.clone())
            .await
            .unwrap();
        assert_eq!(refund.amount, twd(4 * 58_000));
        let again = refund_order::refund(&shop.ctx, asked).await.unwrap();
        assert_eq!(again.id, refund.id);
        let line = &shop.lines(id).await[0];
        assert_eq!((line.returned, line.restocked), (4, 3));
        assert_eq!(shop.units(shop.tea).await, (99, 0), "100 less 4 plus 3");
        shop.drain().await;
        shop.reconcile().await;
    });
}

/// P4: money that staff give back by hand is set aside at once, gone once, and told once.
#[test]
fn a_refund_by_hand() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::BankTransfer)
            .await;
        let (id, total) = (placed.order.id, placed.order.total);
        shop.transfer(id, total).await.unwrap();
        let asked = refund_order::refund(&shop.ctx, some_back(id, total, "all".into()))
            .await
            .unwrap();
        shop.drain().await;
        assert_eq!(
            shop.money(id).await.refund_pending,
            total,
            "no machine gives bank money back"
        );
        let settling: Vec<_> = (0..8)
            .map(|_| {
                let ctx = shop.ctx.clone();
                tokio::spawn(async move {
                    refund_order::settle_by_hand(&ctx, asked.id, "T-1".into()).await
                })
            })
            .collect();
        for hand in settling {
            assert_eq!(hand.await.unwrap().unwrap().state, RefundState::Succeeded);
        }
        shop.drain().await;
        assert!(shop.books().await.is_empty());
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Refunded);
        assert_eq!(
            shop.messages(id).await,
            ["order_confirmation", "order_paid", "order_refunded"]
        );
    });
}
