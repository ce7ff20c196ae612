//! Whole lives of an order, one for each way to pay: what is written down, said and booked at each step, once.

use std::time::Duration;

use kernel::event;
use operations::{
    FlowError,
    flows::{collect_payment, deliver_parcel, match_receipt, pick_order, place_order::Placed},
};
use orders::{OrderState, OrdersError, PaymentMethod, PaymentState};
use payments::{Account, DeclineCode, PaymentState as Try, PaymentsError, demo_card::Scenario};
use testkit::World;

use crate::shop::{DAY, DELIVERY, Shop, twd};

async fn deliver(shop: &Shop, parcel: kernel::ParcelId) {
    deliver_parcel::deliver(&shop.ctx, parcel).await.unwrap();
}

/// Eight days after delivery the return window is over.
async fn close(shop: &Shop, world: &World, placed: &Placed) {
    assert_eq!(
        shop.order(placed.order.id).await.state,
        OrderState::Delivered
    );
    shop.pass(world, 8, Duration::from_secs(DAY)).await;
    assert_eq!(shop.order(placed.order.id).await.state, OrderState::Closed);
    shop.reconcile().await;
    shop.nothing_failed().await;
}

/// ORD-01 to ORD-03, O7, P7, S2, S13, M1: a card order that leaves in two parcels, to its end: one row of history for
/// each step, one event, one letter; what left is earned, the shelf and the books agree.
#[test]
fn a_card_order_in_two_parcels() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 3), (shop.pot, 1)]).await;
        let id = placed.order.id;
        assert_eq!(
            placed.order.total,
            twd(3 * 58_000 + 240_000),
            "delivery is free from NT$3,000"
        );
        assert_eq!(
            shop.books().await,
            [
                (Account::Card, 414_000),
                (Account::CustomerOrders, -414_000)
            ]
        );
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((100, 3), (10, 1))
        );

        pick_order::pick(&shop.ctx, id).await.unwrap();
        let tea = shop.lines(id).await[0].id;
        let first = shop.ship(id, Some(vec![(tea, 2)])).await.unwrap();
        assert_eq!(shop.units(shop.tea).await, (98, 1));
        deliver(&shop, first.id).await;
        assert_eq!(shop.order(id).await.state, OrderState::PartlyShipped);
        let rest = shop.ship(id, None).await.unwrap();
        assert_eq!(rest.lines.iter().map(|(_, units)| units).sum::<i64>(), 2);
        deliver(&shop, rest.id).await;
        deliver(&shop, rest.id).await;
        close(&shop, world, &placed).await;

        let road = [
            "placed",
            "paid",
            "picked",
            "partly_shipped",
            "shipped",
            "delivered",
            "closed",
        ];
        assert_eq!(shop.road(id).await, road);
        assert_eq!(
            shop.books().await,
            [(Account::Card, 414_000), (Account::Sales, -414_000)]
        );
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((97, 0), (9, 0))
        );
        let letters = [
            "order_confirmation",
            "order_paid",
            "order_shipped",
            "order_shipped",
        ];
        assert_eq!(shop.messages(id).await, letters);
        assert_eq!(shop.letters(), 4);
        let once = [
            (event::MESSAGE_SENT, 4),
            (event::ORDER_CLOSED, 1),
            (event::ORDER_COMPLETED, 1),
            (event::ORDER_PICKED, 1),
            (event::ORDER_PLACED, 1),
            (event::PARCEL_DELIVERED, 2),
            (event::PARCEL_SHIPPED, 2),
            (event::PAYMENT_STARTED, 1),
            (event::PAYMENT_SUCCEEDED, 1),
            (event::STOCK_HELD, 1),
        ];
        assert_eq!(
            shop.events(id).await,
            once.map(|(name, n)| (name.to_owned(), n)).into()
        );
    });
}

/// CHK-05, P14: a decline keeps the order and its stock, says why, and another card pays the same order; nothing is
/// booked for the try that failed.
#[test]
fn a_declined_card_and_then_another() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let id = placed.order.id;
        let refused = Scenario::Decline(DeclineCode::InsufficientFunds);
        let first = shop.pay(id, placed.payment.id, refused).await;
        assert_eq!(
            (first.state, first.decline_code),
            (Try::Declined, Some(DeclineCode::InsufficientFunds))
        );
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Placed, PaymentState::Declined)
        );
        assert_eq!(shop.units(shop.cup).await, (1, 1));
        assert!(shop.books().await.is_empty());
        assert!(
            pick_order::pick(&shop.ctx, id).await.is_err(),
            "unpaid goods stay on the shelf"
        );

        let second = collect_payment::choose_method(&shop.ctx, id, PaymentMethod::Card)
            .await
            .unwrap();
        assert_ne!(second.id, first.id);
        let second = shop.pay(id, second.id, Scenario::Succeed).await;
        assert_eq!(second.state, Try::Succeeded);
        let parcel = shop.pick_and_ship(id).await;
        deliver(&shop, parcel.id).await;
        close(&shop, world, &placed).await;
        let books = [
            (Account::Card, 44_000),
            (Account::Sales, -32_000),
            (Account::Shipping, -DELIVERY),
        ];
        assert_eq!(shop.books().await, books);
        let letters = [
            "order_confirmation",
            "order_paid",
            "order_shipped",
            "payment_failed",
        ];
        assert_eq!(shop.messages(id).await, letters);
        let events = shop.events(id).await;
        assert_eq!(
            (
                events[event::PAYMENT_STARTED],
                events[event::PAYMENT_FAILED]
            ),
            (2, 1)
        );
        assert_eq!(events[event::STOCK_HELD], 1, "the hold was never given up");
    });
}

/// CHK-05: after a decline the order can be paid at the door; where the courier takes no money it cannot.
#[test]
fn a_declined_card_and_then_cash() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let id = placed.order.id;
        shop.pay(
            id,
            placed.payment.id,
            Scenario::Decline(DeclineCode::ExpiredCard),
        )
        .await;
        let cash = collect_payment::choose_method(&shop.ctx, id, PaymentMethod::CashOnDelivery)
            .await
            .unwrap();
        assert_eq!(cash.state, Try::Pending);
        let order = shop.order(id).await;
        assert_eq!(
            (order.payment_method, order.pay_until),
            (PaymentMethod::CashOnDelivery, None)
        );
        assert_eq!(shop.holds(id).await[0].expires_at, None);
        shop.pass(world, 4, Duration::from_secs(DAY)).await;
        assert_eq!(
            shop.order(id).await.state,
            OrderState::Placed,
            "cash at the door does not expire"
        );
        let parcel = shop.pick_and_ship(id).await;
        deliver(&shop, parcel.id).await;
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Paid);
        close(&shop, world, &placed).await;
        assert_eq!(shop.books().await[0], (Account::CashOnDelivery, 70_000));

        let token = shop.cart(&[(shop.tea, 1)]).await;
        let posted = orders::CheckoutDraft {
            delivery_method: Some("post".into()),
            ..crate::shop::draft(PaymentMethod::Card)
        };
        operations::flows::checkout::save(&shop.ctx, Some(token.clone()), posted)
            .await
            .unwrap();
        let posted = shop.place(&token).await.unwrap();
        let refused = collect_payment::choose_method(
            &shop.ctx,
            posted.order.id,
            PaymentMethod::CashOnDelivery,
        )
        .await;
        assert!(matches!(refused, Err(FlowError::WrongState)), "{refused:?}");
    });
}

/// P3, P8: money at the bank waits in suspense until staff say whose it is; it pays only an order that costs exactly
/// as much, and pays it once.
#[test]
fn a_transfer_is_matched() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop
            .buy(&[(shop.tea, 2)], PaymentMethod::BankTransfer)
            .await;
        let id = placed.order.id;
        collect_payment::report_transfer(&shop.ctx, id, " 12345 ".into())
            .await
            .unwrap();
        let receipt = shop.receipt(placed.order.total);
        let kept = match_receipt::record(&shop.ctx, receipt.clone())
            .await
            .unwrap();
        let again = match_receipt::record(&shop.ctx, receipt).await.unwrap();
        assert_eq!(kept.id, again.id, "the bank's name for it is one receipt");
        assert_eq!(
            shop.books().await,
            [(Account::Bank, 128_000), (Account::Suspense, -128_000)]
        );
        assert_eq!(shop.order(id).await.state, OrderState::Placed);

        let short = match_receipt::record(&shop.ctx, shop.receipt(twd(127_900)))
            .await
            .unwrap();
        let refused = match_receipt::match_to_order(&shop.ctx, short.id, id).await;
        assert!(
            matches!(
                refused,
                Err(FlowError::Payments(PaymentsError::NotTheAmountDue { .. }))
            ),
            "{refused:?}"
        );
        match_receipt::match_to_order(&shop.ctx, kept.id, id)
            .await
            .unwrap();
        match_receipt::match_to_order(&shop.ctx, kept.id, id)
            .await
            .unwrap();
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Paid, PaymentState::Paid)
        );
        assert_eq!(shop.holds(id).await[0].expires_at, None);

        let more = match_receipt::record(&shop.ctx, shop.receipt(placed.order.total))
            .await
            .unwrap();
        let refused = match_receipt::match_to_order(&shop.ctx, more.id, id).await;
        assert!(
            matches!(refused, Err(FlowError::Payments(PaymentsError::NothingDue))),
            "{refused:?}"
        );
        let parcel = shop.pick_and_ship(id).await;
        deliver(&shop, parcel.id).await;
        close(&shop, world, &placed).await;
        let books = [
            (Account::Bank, 128_000 + 127_900 + 128_000),
            (Account::Suspense, -(127_900 + 128_000)),
            (Account::Sales, -116_000),
            (Account::Shipping, -DELIVERY),
        ];
        assert_eq!(shop.books().await, books);
        assert_eq!(
            shop.messages(id).await,
            ["order_confirmation", "order_paid", "order_shipped"]
        );
    });
}

/// CHK-04: cash on delivery is a sale from the start, may be picked unpaid, and is paid when the last parcel arrives.
#[test]
fn cash_on_delivery() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop
            .buy(
                &[(shop.tea, 2), (shop.cup, 1)],
                PaymentMethod::CashOnDelivery,
            )
            .await;
        let id = placed.order.id;
        assert_eq!(shop.events(id).await[event::ORDER_COMPLETED], 1);
        pick_order::pick(&shop.ctx, id).await.unwrap();
        let lines = shop.lines(id).await;
        let first = shop.ship(id, Some(vec![(lines[1].id, 1)])).await.unwrap();
        let second = shop.ship(id, None).await.unwrap();
        deliver(&shop, second.id).await;
        assert_eq!(
            shop.order(id).await.payment_state,
            PaymentState::Pending,
            "a parcel is still out"
        );
        deliver(&shop, first.id).await;
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Delivered, PaymentState::Paid)
        );
        close(&shop, world, &placed).await;
        assert_eq!(
            shop.road(id).await,
            [
                "placed",
                "picked",
                "partly_shipped",
                "shipped",
                "delivered",
                "closed"
            ]
        );
        let books = [
            (Account::CashOnDelivery, 160_000),
            (Account::Sales, -148_000),
            (Account::Shipping, -DELIVERY),
        ];
        assert_eq!(shop.books().await, books);
        assert_eq!(shop.payments(id).await.len(), 1);
        assert_eq!(
            shop.events(id).await[event::ORDER_COMPLETED],
            1,
            "completed once in its life"
        );
        deliver(&shop, first.id).await;
        shop.drain().await;
        let letters = [
            "order_confirmation",
            "order_paid",
            "order_shipped",
            "order_shipped",
        ];
        assert_eq!(shop.messages(id).await, letters, "one receipt");
    });
}

/// S13, O7: no parcel carries more than is left, none leaves before picking, and a refused parcel writes nothing.
#[test]
fn a_parcel_never_carries_too_much() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2)]).await;
        let id = placed.order.id;
        let line = shop.lines(id).await[0].id;
        assert!(shop.ship(id, None).await.is_err(), "not picked yet");
        pick_order::pick(&shop.ctx, id).await.unwrap();
        let before = shop.picture().await;
        assert!(shop.ship(id, Some(vec![(line, 3)])).await.is_err());
        assert!(
            shop.ship(id, Some(vec![(line, 1), (line, 2)]))
                .await
                .is_err(),
            "summed over the parcel"
        );
        assert!(shop.ship(id, Some(vec![])).await.is_err());
        assert!(
            shop.ship(id, Some(vec![(kernel::OrderLineId::new(), 1)]))
                .await
                .is_err()
        );
        assert_eq!(shop.picture().await, before);
        let mut packers = Vec::new();
        for _ in 0..8 {
            let shop = shop.clone();
            packers.push(tokio::spawn(async move {
                shop.ship(id, Some(vec![(line, 1)])).await.is_ok()
            }));
        }
        let mut left = 0;
        for packer in packers {
            left += usize::from(packer.await.unwrap());
        }
        assert_eq!(left, 2, "two units, two parcels");
        assert_eq!(shop.units(shop.tea).await, (98, 0));
        let again = pick_order::pick(&shop.ctx, id).await;
        assert!(
            matches!(
                again,
                Err(FlowError::Orders(OrdersError::IllegalTransition { .. }))
            ),
            "{again:?}"
        );
    });
}
