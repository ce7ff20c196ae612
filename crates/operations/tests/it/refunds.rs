//! Refunds of units: those that never leave are given up, those that left come back, and a refund that fails takes
//! nothing (P4, S2, S3, S13, O11).

use kernel::{OrderId, OrderLineId};
use operations::{
    FlowError,
    flows::{
        deliver_parcel, pick_order,
        refund_order::{self, RefundOrder, What, Which},
        ship_parcel,
    },
    views::admin::shipping,
};
use orders::{OrderLine, OrderState, OrdersError, PaymentState};
use payments::{Account, Refund, RefundState};
use platform::{list::Asked, params};
use testkit::START;

use crate::shop::{DELIVERY, Shop, back, parcel_of, twd, units};

async fn ask(shop: &Shop, input: RefundOrder) -> Result<Refund, FlowError> {
    refund_order::refund(&shop.ctx, input).await
}

/// Units of one line that have not left.
fn unshipped(id: OrderId, line: OrderLineId, count: i64) -> RefundOrder {
    back(id, units(&[(line, count, Which::Unshipped)]))
}

/// Lets the card company refuse refunds, or grant them again.
async fn provider_refuses(shop: &Shop, refuses: bool) {
    let sql = "UPDATE demo_card_charges SET refunded = CASE WHEN $1 THEN amount ELSE \
               COALESCE((SELECT SUM(r.amount) FROM demo_card_refunds r WHERE r.reference = demo_card_charges.reference), 0) END";
    shop.ctx
        .write(async move |tx, _| tx.execute(sql, params![refuses]).await)
        .await
        .unwrap();
}

/// (cancelled, refunded units, refunded money)
fn counted(line: &OrderLine) -> (i64, i64, i64) {
    (line.cancelled, line.refunded_units, line.refunded.amount)
}

/// P4: the card company refuses: no money left the house, so no unit and no money counts as given back, once, however
/// often the job runs; the units stay cancelled, and asking again gives their money back.
#[test]
fn a_refund_that_fails_counts_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 3)]).await;
        let (id, line) = (placed.order.id, shop.lines(placed.order.id).await[0].id);
        provider_refuses(&shop, true).await;
        let asked = ask(&shop, unshipped(id, line, 2)).await.unwrap();
        assert_eq!(counted(&shop.lines(id).await[0]), (2, 2, 116_000));
        shop.drain().await;
        let again = "UPDATE jobs SET state = 'queued', attempts = 0, lease_until = NULL, finished_at = NULL WHERE kind = 'payments.refund'";
        shop.ctx
            .write(async move |tx, _| tx.execute(again, &[]).await)
            .await
            .unwrap();
        shop.drain().await;
        assert_eq!(shop.refunds(id).await[0].state, RefundState::Failed);
        assert_eq!(counted(&shop.lines(id).await[0]), (2, 0, 0));
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Paid);
        assert_eq!(shop.units(shop.tea).await, (100, 1), "given up once");

        provider_refuses(&shop, false).await;
        let ended = |count| back(id, units(&[(line, count, Which::Ended)]));
        assert!(ask(&shop, ended(3)).await.is_err(), "three of two");
        let retried = ask(&shop, ended(1)).await.unwrap();
        assert_ne!(retried.id, asked.id);
        ask(&shop, ended(1)).await.unwrap();
        shop.drain().await;
        assert_eq!(counted(&shop.lines(id).await[0]), (2, 2, 116_000));
        assert_eq!(shop.units(shop.tea).await, (100, 1));
        assert_eq!(shop.money(id).await.refunded, twd(116_000));
        shop.reconcile().await;
    });
}

/// P4, O11: a refund of everything that fails leaves an order that is cancelled and still owes its money; asking again
/// gives all of it back.
#[test]
fn everything_is_refunded_after_a_failure() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1), (shop.cup, 1)]).await;
        let id = placed.order.id;
        provider_refuses(&shop, true).await;
        let all = || back(id, What::Everything { restock: false });
        ask(&shop, all()).await.unwrap();
        shop.drain().await;
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Cancelled, PaymentState::Paid)
        );
        provider_refuses(&shop, false).await;
        let refund = ask(&shop, all()).await.unwrap();
        assert_eq!(
            (refund.amount, refund.shipping, refund.lines.len()),
            (placed.order.total, twd(DELIVERY), 2)
        );
        shop.drain().await;
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Refunded);
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.cup).await),
            ((100, 0), (1, 0))
        );
        assert!(shop.books().await.is_empty());
        assert!(ask(&shop, all()).await.is_err(), "nothing is left");
        shop.reconcile().await;
    });
}

/// S3, S13, ORD-08: units that are refunded before they leave are not sent: the queue, the picking list and the parcel
/// leave them out, their stock is free, and the rest earns exactly what is left.
#[test]
fn refunded_units_are_not_sent() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 3), (shop.pot, 1)]).await;
        let id = placed.order.id;
        let line = shop.lines(id).await[0].id;
        let refund = ask(&shop, unshipped(id, line, 1)).await.unwrap();
        assert_eq!(refund.amount, twd(58_000));
        assert_eq!(shop.units(shop.tea).await, (100, 2), "one is free again");
        let queue = shop
            .ctx
            .read(async |rx, ctx| shipping::queue(rx, ctx, &Asked::default()).await)
            .await
            .unwrap();
        let waiting: Vec<i64> = queue.items[0].lines.iter().map(|l| l.quantity).collect();
        let to_pick: i64 = queue.pick_list.iter().map(|row| row.quantity).sum();
        assert_eq!((waiting, to_pick), (vec![2, 1], 3));
        let parcel = shop.pick_and_ship(id).await;
        assert_eq!(parcel.lines.iter().map(|(_, n)| n).sum::<i64>(), 3);
        assert_eq!(shop.order(id).await.state, OrderState::Shipped);
        shop.drain().await;
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((98, 0), (9, 0))
        );
        let books = [
            (Account::Card, 414_000 - 58_000),
            (Account::Sales, -(414_000 - 58_000)),
        ];
        assert_eq!(shop.books().await, books);
        let late = ask(&shop, unshipped(id, line, 1)).await;
        assert!(
            matches!(
                late,
                Err(FlowError::Orders(OrdersError::LineExceeded { .. }))
            ),
            "it has left: {late:?}"
        );
        shop.reconcile().await;
    });
}

/// O7, O11: an order whose last unit is refunded before anything left is cancelled, its buyer is told once, and nobody
/// packs it.
#[test]
fn an_order_without_units_is_cancelled() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2), (shop.pot, 1)]).await;
        let id = placed.order.id;
        pick_order::pick(&shop.ctx, id).await.unwrap();
        let lines = shop.lines(id).await;
        ask(&shop, unshipped(id, lines[0].id, 2)).await.unwrap();
        assert_eq!(shop.order(id).await.state, OrderState::Picked);
        ask(&shop, unshipped(id, lines[1].id, 1)).await.unwrap();
        shop.drain().await;
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Cancelled, PaymentState::Refunded)
        );
        assert_eq!(
            shop.road(id).await,
            ["placed", "paid", "picked", "cancelled"]
        );
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((100, 0), (10, 0))
        );
        assert!(shop.ship(id, None).await.is_err());
        assert!(shop.books().await.is_empty());
        let letters = [
            "order_cancelled",
            "order_confirmation",
            "order_paid",
            "order_refunded",
            "order_refunded",
        ];
        assert_eq!(shop.messages(id).await, letters);
        shop.reconcile().await;
    });
}

/// O7, S6: the rest of an order of which a part left is given up: it counts as shipped since that part left, and as
/// delivered once that has arrived.
#[test]
fn the_rest_of_an_order_is_given_up() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for arrived in [false, true] {
            let placed = shop.paid(&[(shop.tea, 3)]).await;
            let id = placed.order.id;
            let line = shop.lines(id).await[0].id;
            pick_order::pick(&shop.ctx, id).await.unwrap();
            let parcel = shop.ship(id, Some(vec![(line, 1)])).await.unwrap();
            if arrived {
                deliver_parcel::deliver(&shop.ctx, parcel.id).await.unwrap();
            }
            world.pass(std::time::Duration::from_secs(3_600));
            ask(&shop, unshipped(id, line, 2)).await.unwrap();
            let order = shop.order(id).await;
            assert_eq!(order.shipped_at, Some(parcel.shipped_at));
            if !arrived {
                assert_eq!(order.state, OrderState::Shipped);
                deliver_parcel::deliver(&shop.ctx, parcel.id).await.unwrap();
            }
            assert_eq!(shop.order(id).await.state, OrderState::Delivered);
            let road = [
                "placed",
                "paid",
                "picked",
                "partly_shipped",
                "shipped",
                "delivered",
            ];
            assert_eq!(shop.road(id).await, road);
        }
        assert!(shop.ctx.now() > START);
        assert_eq!(shop.units(shop.tea).await, (98, 0));
        shop.drain().await;
        shop.reconcile().await;
    });
}

/// S2, S3, S13, P4: packers and the desk want the same two units at the same time, in twenty rounds: each unit is either
/// shipped or given up, never both; shelf, holds, books and the card company agree.
#[test]
fn shipping_and_refunding_the_same_units() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut left = 0;
        for round in 0..20 {
            let placed = shop.paid(&[(shop.tea, 2)]).await;
            let id = placed.order.id;
            pick_order::pick(&shop.ctx, id).await.unwrap();
            let line = shop.lines(id).await[0].id;
            let hands: Vec<_> = (0..8)
                .map(|hand| {
                    let ctx = shop.ctx.clone();
                    tokio::spawn(async move {
                        if (hand + round) % 2 == 0 {
                            let parcel = parcel_of(id, Some(vec![(line, 1)]));
                            ship_parcel::ship(&ctx, parcel).await.map(|_| ())
                        } else {
                            let asked = unshipped(id, line, 1);
                            refund_order::refund(&ctx, asked).await.map(|_| ())
                        }
                    })
                })
                .collect();
            let mut won = 0;
            for hand in hands {
                match hand.await.unwrap() {
                    Ok(()) => won += 1,
                    Err(FlowError::Orders(
                        OrdersError::LineExceeded { .. } | OrdersError::IllegalTransition { .. },
                    )) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            shop.drain().await;
            let kept = &shop.lines(id).await[0];
            assert_eq!((won, kept.shipped + kept.cancelled), (2, 2), "{kept:?}");
            assert_eq!(kept.refunded_units, kept.cancelled);
            left += kept.shipped;
            assert_eq!(shop.units(shop.tea).await, (100 - left, 0));
            let state = shop.order(id).await.state;
            let wanted = if kept.shipped == 0 {
                OrderState::Cancelled
            } else {
                OrderState::Shipped
            };
            assert_eq!(state, wanted);
        }
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// O8: a refund of everything that is clicked twice, or by sixteen hands at once, is one refund, and each hand hears so.
#[test]
fn everything_is_refunded_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2)]).await;
        let id = placed.order.id;
        let all = back(id, What::Everything { restock: false });
        let hands: Vec<_> = (0..16)
            .map(|_| {
                let (ctx, all) = (shop.ctx.clone(), all.clone());
                tokio::spawn(async move { refund_order::refund(&ctx, all).await.unwrap().id })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for hand in hands {
            ids.insert(hand.await.unwrap());
        }
        shop.drain().await;
        ids.insert(ask(&shop, all).await.unwrap().id);
        assert_eq!(ids.len(), 1);
        assert_eq!(shop.units(shop.tea).await, (100, 0));
        assert!(shop.books().await.is_empty());
        shop.reconcile().await;
    });
}

/// P4: shipping goes back once, also from eight hands at once; what went back as a plain amount is not given twice.
#[test]
fn shipping_goes_back_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1)]).await;
        let id = placed.order.id;
        let hands: Vec<_> = (0..8)
            .map(|_| {
                let ctx = shop.ctx.clone();
                let what = What::Units {
                    lines: Vec::new(),
                    shipping: true,
                };
                tokio::spawn(async move { refund_order::refund(&ctx, back(id, what)).await })
            })
            .collect();
        let mut granted = 0;
        for hand in hands {
            match hand.await.unwrap() {
                Ok(refund) => {
                    granted += 1;
                    assert_eq!(
                        (refund.amount, refund.shipping),
                        (twd(DELIVERY), twd(DELIVERY))
                    );
                }
                Err(FlowError::NotEditable("error-refund-nothing")) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(granted, 1);
        ask(&shop, back(id, What::Amount(twd(8_000))))
            .await
            .unwrap();
        let rest = ask(&shop, back(id, What::Everything { restock: false }))
            .await
            .unwrap();
        assert_eq!((rest.amount, rest.shipping), (twd(50_000), twd(0)));
        assert_eq!(rest.lines[0].amount, twd(50_000));
        shop.drain().await;
        assert!(shop.books().await.is_empty());
        shop.reconcile().await;
    });
}

/// P7: money that went back before the goods left is an expense once they leave all the same; the order owes nothing and
/// is owed nothing.
#[test]
fn goods_that_leave_after_a_refund() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1)]).await;
        let id = placed.order.id;
        ask(&shop, back(id, What::Amount(twd(20_000))))
            .await
            .unwrap();
        shop.drain().await;
        shop.pick_and_ship(id).await;
        let books = [
            (Account::Card, 50_000),
            (Account::Sales, -58_000),
            (Account::Shipping, -DELIVERY),
            (Account::Refunds, 20_000),
        ];
        assert_eq!(shop.books().await, books);
        shop.drain().await;
        shop.reconcile().await;
    });
}
