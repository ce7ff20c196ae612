//! A buyer takes back that they called an order off: once, with goods and money as they were, or not at all (CHK-21).

use std::time::Duration;

use kernel::OrderId;
use operations::{
    FlowError,
    flows::{
        buyer_acts::{self, Elsewhere},
        end_order,
        refund_order::{self, What},
        undo_cancellation::undo_cancellation,
    },
    shop::{SHOP, Shop as Decisions},
};
use orders::{OrderState, PaymentMethod, PaymentState, order};
use payments::RefundState;
use platform::{DbError, settings};

use crate::{
    edits::{in_region, two_zones},
    gifts::gives,
    shop::{DELIVERY, Shop, back, draft, twd},
};

const WINDOW: Duration = Duration::from_secs(3_600);

async fn call_off(shop: &Shop, token: &str) {
    end_order::cancel_by_buyer(&shop.ctx, token.to_owned())
        .await
        .unwrap();
}

/// How many of a dozen who ask at once get the order back; the others are told that it is too late.
async fn restored_of_twelve(shop: &Shop, token: &str) -> usize {
    let mut tasks = Vec::new();
    for _ in 0..12 {
        let (ctx, token) = (shop.ctx.clone(), token.to_owned());
        tasks.push(tokio::spawn(
            async move { undo_cancellation(&ctx, token).await },
        ));
    }
    let mut restored = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => restored += 1,
            Err(FlowError::WrongState) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    restored
}

/// Where the order and its money stand, and its refunds.
async fn standing(shop: &Shop, id: OrderId) -> (OrderState, PaymentState, Vec<RefundState>) {
    let order = shop.order(id).await;
    let refunds = shop.refunds(id).await;
    let states = refunds.iter().map(|refund| refund.state).collect();
    (order.state, order.payment_state, states)
}

async fn refuses(shop: &Shop, token: &str) {
    let late = undo_cancellation(&shop.ctx, token.to_owned()).await;
    assert!(matches!(late, Err(FlowError::WrongState)), "{late:?}");
}

/// CHK-21, S4, S10: a cancellation is taken back once, whoever asks how often at once, with fresh holds; not once
/// somebody else has the goods, and then nothing of it is left behind.
#[test]
fn a_cancellation_is_taken_back_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mine = shop
            .ready(&[(shop.cup, 1), (shop.tea, 3)], PaymentMethod::Card)
            .await;
        let placed = shop.place(&mine).await.unwrap().order;
        call_off(&shop, &placed.token).await;
        assert_eq!(shop.units(shop.cup).await, (1, 0));
        assert_eq!(restored_of_twelve(&shop, &placed.token).await, 1);
        assert_eq!(
            (shop.units(shop.cup).await, shop.units(shop.tea).await),
            ((1, 1), (100, 3))
        );
        world.check().await;

        call_off(&shop, &placed.token).await;
        let theirs = shop.ready(&[(shop.cup, 1)], PaymentMethod::Card).await;
        shop.place(&theirs).await.unwrap();
        let late = undo_cancellation(&shop.ctx, placed.token).await;
        assert!(
            matches!(
                late,
                Err(FlowError::Inventory(
                    inventory::InventoryError::OutOfStock { .. }
                ))
            ),
            "{late:?}"
        );
        let id = placed.id;
        let now = shop
            .ctx
            .read(async move |rx, _| order::by_id(rx, id).await)
            .await
            .unwrap();
        assert_eq!(now.state, OrderState::Cancelled);
        assert_eq!(shop.units(shop.tea).await, (100, 0));
    });
}

/// CHK-21, P4, S10: what was paid does not leave while the buyer can take the cancellation back; who does has the order,
/// its goods and its payment as they were, once. Called off again and left so, all of it goes back, once, and then it is
/// too late.
#[test]
fn a_paid_order_is_restored_with_its_money() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.cup, 1), (shop.tea, 3)]).await.order;
        let (id, token) = (placed.id, placed.token.as_str());
        call_off(&shop, token).await;
        shop.pass(world, 1, WINDOW / 2).await;
        assert_eq!(
            standing(&shop, id).await,
            (
                OrderState::Cancelled,
                PaymentState::Paid,
                vec![RefundState::Pending]
            )
        );
        assert_eq!(shop.units(shop.cup).await, (1, 0));
        world.check().await;

        assert_eq!(restored_of_twelve(&shop, token).await, 1);
        shop.pass(world, 2, WINDOW).await;
        assert_eq!(
            standing(&shop, id).await,
            (
                OrderState::Paid,
                PaymentState::Paid,
                vec![RefundState::Withdrawn]
            )
        );
        let money = shop.money(id).await;
        assert_eq!(
            (money.refundable(), money.outstanding()),
            (placed.total, twd(0))
        );
        assert_eq!(
            (shop.units(shop.cup).await, shop.units(shop.tea).await),
            ((1, 1), (100, 3))
        );
        assert!(shop.order(id).await.closed_at.is_none());
        shop.reconcile().await;
        world.check().await;

        call_off(&shop, token).await;
        shop.pass(world, 2, WINDOW).await;
        assert_eq!(
            standing(&shop, id).await,
            (
                OrderState::Cancelled,
                PaymentState::Refunded,
                vec![RefundState::Withdrawn, RefundState::Succeeded]
            )
        );
        refuses(&shop, token).await;
        assert_eq!(shop.money(id).await.refunded, placed.total);
        let letters = shop.messages(id).await;
        let of = |kind| letters.iter().filter(|known| **known == kind).count();
        assert_eq!(
            ["order_cancelled", "order_restored", "order_refunded"].map(of),
            [2, 1, 1]
        );
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// CHK-21, P4, O5: money that comes while the buyer can still take the cancellation back waits like the rest: the first
/// money of an order that was not paid, and the rest of one that became dearer. Restored, the order is paid, whole, once.
#[test]
fn money_that_comes_after_waits_too() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let late = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::BankTransfer)
            .await
            .order;
        call_off(&shop, &late.token).await;
        shop.transfer(late.id, late.total).await.unwrap();
        let waiting = shop.refunds(late.id).await;
        assert!(waiting[0].waits_until.is_some(), "{waiting:?}");
        undo_cancellation(&shop.ctx, late.token.clone())
            .await
            .unwrap();
        let now = shop.order(late.id).await;
        assert_eq!(
            (now.state, now.payment_state),
            (OrderState::Paid, PaymentState::Paid)
        );
        assert!(now.completed_at.is_some() && now.paid_at.is_some());
        assert_eq!(shop.events(late.id).await["Order Completed"], 1);

        let dear = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::BankTransfer)
            .await
            .order;
        shop.transfer(dear.id, dear.total).await.unwrap();
        two_zones(&shop).await;
        let far = twd(58_000 + 25_000);
        let wanted = Elsewhere {
            address: in_region(draft(PaymentMethod::Card).address, "澎湖縣"),
            delivery_method: None,
            total: Some(far),
        };
        buyer_acts::readdress(&shop.ctx, dear.token.clone(), wanted)
            .await
            .unwrap();
        call_off(&shop, &dear.token).await;
        shop.transfer(dear.id, twd(25_000 - DELIVERY))
            .await
            .unwrap();
        undo_cancellation(&shop.ctx, dear.token.clone())
            .await
            .unwrap();
        let money = shop.money(dear.id).await;
        assert_eq!(
            (
                money.refundable(),
                money.outstanding(),
                money.refund_pending
            ),
            (far, twd(0), twd(0))
        );
        assert_eq!(shop.order(dear.id).await.payment_state, PaymentState::Paid);
        shop.pass(world, 2, WINDOW).await;
        assert_eq!(shop.money(dear.id).await.refunded, twd(0));
        shop.nothing_failed().await;
    });
}

/// CHK-21, P8: what went back of an order before it was called off does not make it paid: restored, it waits for the rest
/// that it waited for, and takes it in.
#[test]
fn an_order_waits_for_its_rest_as_before() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::BankTransfer)
            .await
            .order;
        let id = placed.id;
        shop.transfer(id, placed.total).await.unwrap();
        let goodwill = refund_order::refund(&shop.ctx, back(id, What::Amount(twd(10_000))));
        let goodwill = goodwill.await.unwrap().id;
        two_zones(&shop).await;
        let wanted = Elsewhere {
            address: in_region(draft(PaymentMethod::Card).address, "澎湖縣"),
            delivery_method: None,
            total: Some(twd(58_000 + 25_000)),
        };
        buyer_acts::readdress(&shop.ctx, placed.token.clone(), wanted)
            .await
            .unwrap();
        call_off(&shop, &placed.token).await;
        refund_order::settle_by_hand(&shop.ctx, goodwill, "bank-1".into())
            .await
            .unwrap();
        undo_cancellation(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        let now = shop.order(id).await;
        assert_eq!(
            (now.state, now.payment_state),
            (OrderState::Paid, PaymentState::PartlyPaid)
        );
        world.check().await;
        shop.transfer(id, twd(25_000 - DELIVERY)).await.unwrap();
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Paid);
        assert_eq!(shop.money(id).await.outstanding(), twd(0));
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// CHK-21, STF-16: the goods are there and only the gift is gone: the buyer has the order back without it.
#[test]
fn goods_come_back_without_a_gift_that_is_gone() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        gives(&shop, "cup", 58_000).await.unwrap();
        let placed = shop.paid(&[(shop.tea, 1)]).await.order;
        call_off(&shop, &placed.token).await;
        shop.buy(&[(shop.cup, 1)], PaymentMethod::CashOnDelivery)
            .await;
        undo_cancellation(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        let lines = shop.lines(placed.id).await;
        let to_send: Vec<_> = lines.iter().map(|l| (l.gift, l.to_ship())).collect();
        assert_eq!(to_send, [(false, 1)]);
        let changes = shop
            .ctx
            .read(async move |rx, _| order::revisions(rx, placed.id).await);
        assert_eq!(changes.await.unwrap()[0].before.lines.len(), 2);
        assert_eq!(shop.units(shop.tea).await, (100, 1));
        shop.pick_and_ship(placed.id).await;
        assert_eq!(shop.order(placed.id).await.state, OrderState::Shipped);
        shop.reconcile().await;
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// CHK-21, P4, S9: somebody else has the goods: the order stays called off, its money stays set aside and goes back when
/// its time comes, as if nobody had asked.
#[test]
fn money_goes_back_when_the_goods_are_gone() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.cup, 1)]).await.order;
        call_off(&shop, &placed.token).await;
        shop.buy(&[(shop.cup, 1)], PaymentMethod::CashOnDelivery)
            .await;
        let late = undo_cancellation(&shop.ctx, placed.token.clone()).await;
        assert!(
            matches!(
                late,
                Err(FlowError::Inventory(
                    inventory::InventoryError::OutOfStock { .. }
                ))
            ),
            "{late:?}"
        );
        assert_eq!(shop.money(placed.id).await.refund_pending, placed.total);
        shop.pass(world, 2, WINDOW).await;
        assert_eq!(shop.money(placed.id).await.refunded, placed.total);
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// CHK-21, P4, J3: of the buyer who takes a cancellation back and the worker that begins to give the money back at the same
/// moment one wins: either the order is paid and no money leaves, or it stays called off and all of it does.
#[test]
fn the_refund_and_its_withdrawal_are_decided_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for _ in 0..8 {
            let placed = shop.paid(&[(shop.tea, 1)]).await.order;
            call_off(&shop, &placed.token).await;
            // A node whose clock is ahead.
            let sql =
                "UPDATE jobs SET run_at = 0 WHERE kind = 'payments.refund' AND state = 'queued'";
            let early = shop
                .ctx
                .write(async move |tx, _| tx.execute(sql, &[]).await);
            assert_eq!(early.await.unwrap(), 1);
            let (undone, _) = tokio::join!(
                undo_cancellation(&shop.ctx, placed.token.clone()),
                shop.drain()
            );
            shop.drain().await;
            let (state, payment, refunds) = standing(&shop, placed.id).await;
            let refunded = shop.money(placed.id).await.refunded;
            match undone {
                Ok(()) => {
                    assert_eq!((state, payment), (OrderState::Paid, PaymentState::Paid));
                    assert_eq!((refunds, refunded), (vec![RefundState::Withdrawn], twd(0)));
                }
                Err(FlowError::WrongState) => {
                    assert_eq!(state, OrderState::Cancelled);
                    assert_eq!(refunds, vec![RefundState::Succeeded]);
                    assert_eq!(refunded, placed.total);
                }
                Err(wrong) => panic!("{wrong:?}"),
            }
            shop.reconcile().await;
        }
        shop.nothing_failed().await;
    });
}

/// CHK-21: money that people give back by hand can be kept until they recorded that they gave it back; not at all in a shop
/// that allows no time for it.
#[test]
fn a_transfer_is_kept_until_it_went_back() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut orders = Vec::new();
        for _ in 0..2 {
            let placed = shop
                .buy(&[(shop.tea, 1)], PaymentMethod::BankTransfer)
                .await
                .order;
            shop.transfer(placed.id, placed.total).await.unwrap();
            call_off(&shop, &placed.token).await;
            orders.push(placed);
        }
        let [kept, gone] = orders.as_slice() else {
            panic!("two orders")
        };
        undo_cancellation(&shop.ctx, kept.token.clone())
            .await
            .unwrap();
        let withdrawn = shop.refunds(kept.id).await[0].id;
        let again = refund_order::settle_by_hand(&shop.ctx, withdrawn, "x".into()).await;
        assert!(again.is_err(), "a refund that was withdrawn is not made");
        assert_eq!(shop.order(kept.id).await.state, OrderState::Paid);
        let asked = shop.refunds(gone.id).await[0].id;
        refund_order::settle_by_hand(&shop.ctx, asked, "bank-1".into())
            .await
            .unwrap();
        refuses(&shop, &gone.token).await;
        let none = shop.ctx.write(async |tx, ctx| {
            settings::change(tx, ctx, SHOP, |shop: &mut Decisions| {
                shop.undo_minutes = 0;
                Ok::<_, DbError>(())
            })
            .await
        });
        none.await.unwrap();
        call_off(&shop, &kept.token).await;
        assert_eq!(shop.refunds(kept.id).await[1].waits_until, None);
        refuses(&shop, &kept.token).await;
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// CHK-21, O5: an order whose rest was asked for is as it was, and the rest is asked for again.
#[test]
fn the_rest_is_asked_for_again() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1)]).await.order;
        two_zones(&shop).await;
        let far = twd(58_000 + 25_000);
        let wanted = Elsewhere {
            address: in_region(draft(PaymentMethod::Card).address, "澎湖縣"),
            delivery_method: None,
            total: Some(far),
        };
        buyer_acts::readdress(&shop.ctx, placed.token.clone(), wanted)
            .await
            .unwrap();
        call_off(&shop, &placed.token).await;
        undo_cancellation(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        let (state, payment, _) = standing(&shop, placed.id).await;
        assert_eq!(
            (state, payment),
            (OrderState::Paid, PaymentState::PartlyPaid)
        );
        let asked = shop.payments(placed.id).await;
        let open = asked
            .iter()
            .rfind(|p| p.state == payments::PaymentState::Created);
        let open = open.unwrap();
        assert_eq!(open.amount, twd(25_000 - DELIVERY));
        shop.pay(placed.id, open.id, payments::demo_card::Scenario::Succeed)
            .await;
        assert_eq!(
            shop.order(placed.id).await.payment_state,
            PaymentState::Paid
        );
        shop.pass(world, 2, WINDOW).await;
        assert_eq!(shop.money(placed.id).await.captured, far);
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}
