//! The card company's ways of telling one truth (P1, P3, P6, P10): whatever the way, the same end, and equal books.

use std::time::Duration;

use kernel::OrderId;
use operations::FlowError;
use orders::{OrderState, PaymentMethod, PaymentState};
use payments::{
    Account, DeclineCode, PaymentState as Try,
    demo_card::{self, Scenario},
    provider_event::{ProviderEvent, ProviderEventKind},
    quarantine, signature, work,
};
use platform::jobs::Failure;
use testkit::World;

use crate::shop::{Shop, twd};

/// What an order's money looks like in the end, in every respect that a way of telling could disturb.
async fn end(
    shop: &Shop,
    id: OrderId,
) -> (OrderState, PaymentState, Vec<Try>, i64, Vec<&'static str>) {
    let order = shop.order(id).await;
    let tries = shop.payments(id).await.iter().map(|p| p.state).collect();
    let captured = shop.money(id).await.captured.amount;
    (
        order.state,
        order.payment_state,
        tries,
        captured,
        shop.messages(id).await,
    )
}

/// Half an hour of background work.
async fn wait(shop: &Shop, world: &World) {
    shop.drain().await;
    shop.pass(world, 30, Duration::from_secs(60)).await;
}

/// P1, P10: the money was taken: at once, late, told twice, told in the wrong order, or not told at all. The end is the
/// same, and the company's books are ours.
#[test]
fn money_that_was_taken_is_there_however_it_is_told() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let ways = [
            Scenario::Succeed,
            Scenario::LateCallback(600),
            Scenario::LateCallback(0),
            Scenario::CallbackTwice,
            Scenario::CallbackOutOfOrder,
            Scenario::TimeOutAfter,
        ];
        for way in ways {
            let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
            shop.pay(placed.order.id, placed.payment.id, way).await;
            wait(&shop, world).await;
            let letters = vec!["order_confirmation", "order_paid"];
            let expected = (
                OrderState::Paid,
                PaymentState::Paid,
                vec![Try::Succeeded],
                70_000,
                letters,
            );
            assert_eq!(end(&shop, placed.order.id).await, expected, "{way:?}");
            assert_eq!(
                shop.road(placed.order.id).await,
                ["placed", "paid"],
                "{way:?}"
            );
        }
        let taken = 70_000 * i64::try_from(ways.len()).unwrap();
        assert_eq!(
            shop.books().await,
            [(Account::Card, taken), (Account::CustomerOrders, -taken)]
        );
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// CHK-05, P6: the money was not taken: refused for each usual reason, or the call never arrived and the question says
/// so. Nothing is booked, the order waits for another try.
#[test]
fn money_that_was_not_taken_is_not_there() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let reasons = [
            DeclineCode::InsufficientFunds,
            DeclineCode::LimitReached,
            DeclineCode::ExpiredCard,
            DeclineCode::DeclinedByBank,
            DeclineCode::AuthenticationFailed,
            DeclineCode::SuspectedFraud,
        ];
        let ways = reasons.map(|code| (Scenario::Decline(code), code));
        for (way, code) in ways
            .into_iter()
            .chain([(Scenario::TimeOutBefore, DeclineCode::TimedOut)])
        {
            let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
            let id = placed.order.id;
            shop.pay(id, placed.payment.id, way).await;
            wait(&shop, world).await;
            let letters = vec!["order_confirmation", "payment_failed"];
            let expected = (
                OrderState::Placed,
                PaymentState::Declined,
                vec![Try::Declined],
                0,
                letters,
            );
            assert_eq!(end(&shop, id).await, expected, "{way:?}");
            assert_eq!(shop.payments(id).await[0].decline_code, Some(code));
        }
        assert!(shop.books().await.is_empty());
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// P6: the call never arrived, the question closed its key: a call that is still on its way charges nothing any more.
#[test]
fn a_call_that_arrives_after_the_question_charges_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        shop.pay(placed.order.id, placed.payment.id, Scenario::TimeOutBefore)
            .await;
        wait(&shop, world).await;
        let late = payments::payment::ChargeRequest {
            payment_id: placed.payment.id,
            idempotency_key: shop.payments(placed.order.id).await[0]
                .idempotency_key
                .clone(),
            amount: placed.order.total,
            sent_at: shop.ctx.now(),
            reference: None,
            wish: Scenario::Succeed.into(),
        };
        demo_card::charge(&shop.ctx, &late).await.unwrap();
        wait(&shop, world).await;
        assert_eq!(
            shop.order(placed.order.id).await.payment_state,
            PaymentState::Declined
        );
        shop.reconcile().await;
    });
}

/// P3: another amount than asked for is real money, but not this order's: the order stays unpaid, the money lies in
/// suspense until it is given back, and the books are equal all the while.
#[test]
fn another_amount_is_quarantined() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let id = placed.order.id;
        shop.pay(id, placed.payment.id, Scenario::WrongAmount).await;
        wait(&shop, world).await;
        let order = shop.order(id).await;
        assert_eq!(order.state, OrderState::Placed);
        assert!(!order.payment_state.was_paid());
        assert_eq!(shop.money(id).await.captured, twd(0));
        assert_eq!(
            shop.books().await,
            [(Account::Card, 70_100), (Account::Suspense, -70_100)]
        );
        shop.reconcile().await;
        let open = shop
            .ctx
            .read(async |rx, _| quarantine::open(rx, 10).await)
            .await
            .unwrap();
        assert_eq!((open.len(), open[0].amount), (1, Some(twd(70_100))));
        let name = open[0].id.clone();
        let give = shop
            .ctx
            .write(async move |tx, ctx| quarantine::give_back(tx, ctx, &name).await);
        give.await.unwrap();
        wait(&shop, world).await;
        assert!(shop.books().await.is_empty());
        shop.reconcile().await;
    });
}

/// A message of the company about a payment.
fn message(
    shop_merchant: &str,
    payment: &payments::Payment,
    nth: usize,
    kind: ProviderEventKind,
) -> ProviderEvent {
    ProviderEvent {
        id: format!("evt_{}_{nth}", payment.id),
        kind,
        occurred_at: payment.created_at.plus_seconds(i64::try_from(nth).unwrap()),
        merchant: shop_merchant.to_owned(),
        live: false,
        payment: payment.id.to_string(),
        reference: format!("dc_{}", payment.id),
        amount: payment.amount,
        decline_code: (kind == ProviderEventKind::Declined).then_some(DeclineCode::DeclinedByBank),
        this_try: None,
    }
}

/// Every order in which three things can be said.
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// P1, P2, P9: signed messages (working on it, refused, taken) in every order, each twice: the order is paid, once, with
/// one letter about it.
#[test]
fn messages_in_every_order() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let account = shop
            .ctx
            .read(async |rx, _| demo_card::account(rx).await)
            .await
            .unwrap();
        let kinds = [
            ProviderEventKind::Pending,
            ProviderEventKind::Declined,
            ProviderEventKind::Succeeded,
        ];
        for order in ORDERS {
            let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
            let payment = shop.payments(placed.order.id).await[0].clone();
            for nth in order.into_iter().chain(order) {
                let event = message(&account.merchant, &payment, nth, kinds[nth]);
                let raw = serde_json::to_string(&event).unwrap();
                let header = signature::sign(&account.secret, shop.ctx.now(), raw.as_bytes());
                work::deliver(&shop.ctx, &header, &raw).await.unwrap();
                shop.drain().await;
            }
            let end = end(&shop, placed.order.id).await;
            assert_eq!(
                (end.0, end.1, end.2, end.3),
                (
                    OrderState::Paid,
                    PaymentState::Paid,
                    vec![Try::Succeeded],
                    70_000
                )
            );
            assert_eq!(
                end.4.iter().filter(|kind| **kind == "order_paid").count(),
                1,
                "{order:?}"
            );
        }
        shop.nothing_failed().await;
    });
}

/// P2: a message with a forged or old signature changes nothing, whatever it says.
#[test]
fn a_forged_message_pays_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let account = shop
            .ctx
            .read(async |rx, _| demo_card::account(rx).await)
            .await
            .unwrap();
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let payment = shop.payments(placed.order.id).await[0].clone();
        let raw = serde_json::to_string(&message(
            &account.merchant,
            &payment,
            0,
            ProviderEventKind::Succeeded,
        ))
        .unwrap();
        let now = shop.ctx.now();
        let before = shop.picture().await;
        let forged = [
            signature::sign("another secret", now, raw.as_bytes()),
            signature::sign(&account.secret, now.plus_seconds(-301), raw.as_bytes()),
            signature::sign(&account.secret, now, b"another body"),
            String::new(),
        ];
        for header in forged {
            let refused = work::deliver(&shop.ctx, &header, &raw).await;
            assert!(matches!(refused, Err(Failure::Permanent(_))), "{refused:?}");
        }
        shop.drain().await;
        let after = shop.picture().await;
        for table in [
            "orders",
            "payments",
            "journal",
            "provider_events",
            "order_money",
        ] {
            assert_eq!(before[table], after[table]);
        }
    });
}

/// P3: a charge of one order told as another's changes neither, and a demonstration never pays a real shop's order.
#[test]
fn a_message_about_another_order_pays_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let account = shop
            .ctx
            .read(async |rx, _| demo_card::account(rx).await)
            .await
            .unwrap();
        let paid = shop.paid(&[(shop.tea, 1)]).await;
        let unpaid = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let known = shop.payments(paid.order.id).await[0].clone();
        let target = shop.payments(unpaid.order.id).await[0].clone();
        let taken = message(&account.merchant, &target, 0, ProviderEventKind::Succeeded);
        let foreign = ProviderEvent {
            reference: known.provider_ref.clone().unwrap(),
            ..taken.clone()
        };
        let real = ProviderEvent {
            id: "evt_live".into(),
            live: true,
            ..taken.clone()
        };
        let stranger = ProviderEvent {
            id: "evt_merchant".into(),
            merchant: "somebody".into(),
            ..taken
        };
        for event in [foreign, real, stranger] {
            let raw = serde_json::to_string(&event).unwrap();
            let header = signature::sign(&account.secret, shop.ctx.now(), raw.as_bytes());
            work::deliver(&shop.ctx, &header, &raw).await.unwrap();
        }
        shop.drain().await;
        let order = shop.order(unpaid.order.id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Placed, PaymentState::Pending)
        );
        assert_eq!(shop.money(unpaid.order.id).await.captured, twd(0));
        shop.reconcile().await;
    });
}

/// P10: no callback, no answer, and the worker died before it could ask: the sweep asks, within its period.
#[test]
fn the_sweep_finds_what_everybody_forgot() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        shop.pay(placed.order.id, placed.payment.id, Scenario::TimeOutAfter)
            .await;
        let lose = shop.ctx.write(async |tx, _| {
            Ok::<_, FlowError>(
                tx.execute("DELETE FROM jobs WHERE kind = 'payments.query'", &[])
                    .await?,
            )
        });
        assert_eq!(lose.await.unwrap(), 1, "the question is lost");
        shop.pass(world, 12, Duration::from_secs(900)).await;
        assert_eq!(shop.order(placed.order.id).await.state, OrderState::Paid);
        shop.reconcile().await;
    });
}
