//! The demo provider, called by jobs and calling back.

use std::time::Duration;

use kernel::{Money, OrderId, PaymentId};
use payments::{
    Account, DeclineCode, Method, Outcome, Payment, PaymentState, PaymentsError, Provider,
    Providers, RefundState, Settled,
    demo_card::{self, Charge, Scenario},
    payment::{self, ChargeRequest},
    provider::{self, Answer, RefundAnswer, RefundCall},
    provider_event::{ProviderEvent, ProviderEventKind},
    quarantine::{self, Reason},
    signature, work,
};
use platform::jobs::Failure;
use testkit::{START, World};

use crate::support::*;

const STORED: &str = "SELECT count(*) FROM provider_events";

async fn charged(world: &World, scenario: Scenario) -> (OrderId, Payment) {
    let order = order(&world.ctx, twd(10_000)).await;
    let payment = card(&world.ctx, order).await;
    charge(&world.ctx, payment.id, scenario).await;
    workers(world).drain().await.unwrap();
    (order, by_id(&world.ctx, payment.id).await)
}

async fn books(world: &World) -> Vec<Charge> {
    world
        .ctx
        .read(async |rx, _| demo_card::books(rx).await)
        .await
        .unwrap()
}

async fn taken(world: &World) -> usize {
    let now = world.ctx.now();
    books(world)
        .await
        .iter()
        .filter(|c| c.is_taken(now))
        .count()
}

/// CHK-05: each usual refusal leaves the order as it was, says why, and lets another payment begin at once.
#[test]
fn a_refusal_keeps_the_order_payable() {
    testkit::run(async |world| {
        for scenario in Scenario::OFFERED {
            let Scenario::Decline(code) = scenario else {
                continue;
            };
            let (order, refused) = charged(world, scenario).await;
            assert_eq!(
                (refused.state, refused.decline_code),
                (PaymentState::Declined, Some(code))
            );
            assert_eq!(money(&world.ctx, order).await.captured, twd(0));
            start(&world.ctx, order, Method::BankTransfer)
                .await
                .unwrap();
            let again = card(&world.ctx, order).await;
            charge(&world.ctx, again.id, Scenario::Succeed).await;
            workers(world).drain().await.unwrap();
            assert_eq!(
                by_id(&world.ctx, again.id).await.settled,
                Some(Settled::Order)
            );
        }
        let failed = count(
            &world.ctx,
            "SELECT count(*) FROM events WHERE name = 'Payment Failed'",
        )
        .await;
        assert_eq!(
            (
                failed,
                count(
                    &world.ctx,
                    "SELECT count(*) FROM events WHERE name = 'Payment Succeeded'"
                )
                .await
            ),
            (6, 6)
        );
        work_off(world).await;
    });
}

/// P6: a charge without an answer stays unknown until the provider is asked, and then is what the provider says, without
/// a second charge: paid where the money was taken.
#[test]
fn a_silent_charge_that_took_money() {
    testkit::run(async |world| {
        let (order, silent) = charged(world, Scenario::TimeOutAfter).await;
        assert_eq!(silent.state, PaymentState::Unknown);
        world.pass(Duration::from_secs(4));
        workers(world).drain().await.unwrap();
        assert_eq!(
            by_id(&world.ctx, silent.id).await.state,
            PaymentState::Unknown
        );
        assert_eq!(count(&world.ctx, "SELECT count(*) FROM journal").await, 0);
        assert_eq!(count(&world.ctx, "SELECT count(*) FROM refunds").await, 0);
        world.pass(Duration::from_secs(2));
        workers(world).drain().await.unwrap();
        assert_eq!(
            by_id(&world.ctx, silent.id).await.settled,
            Some(Settled::Order)
        );
        assert!(money(&world.ctx, order).await.is_covered());
        assert_eq!((books(world).await.len(), taken(world).await), (1, 1));
        work_off(world).await;
    });
}

/// P6: where nothing was taken, asking closes the key, so that the call that is still on its way cannot charge later.
#[test]
fn a_silent_charge_that_took_nothing() {
    testkit::run(async |world| {
        let (order, silent) = charged(world, Scenario::TimeOutBefore).await;
        assert_eq!(silent.state, PaymentState::Unknown);
        world.pass(Duration::from_secs(5));
        workers(world).drain().await.unwrap();
        let ended = by_id(&world.ctx, silent.id).await;
        assert_eq!(
            (ended.state, ended.decline_code),
            (PaymentState::Declined, Some(DeclineCode::TimedOut))
        );

        let late = ChargeRequest {
            payment_id: silent.id,
            idempotency_key: silent.idempotency_key.clone(),
            amount: silent.amount,
            sent_at: world.ctx.now(),
            reference: None,
            wish: Scenario::Succeed.into(),
        };
        let answer = provider::charge(&world.ctx, &Providers::default(), Provider::DemoCard, &late)
            .await
            .unwrap();
        assert!(
            matches!(
                answer,
                Answer::Said(Outcome::Declined {
                    code: DeclineCode::TimedOut,
                    ..
                })
            ),
            "{answer:?}"
        );
        assert_eq!(taken(world).await, 0);
        card(&world.ctx, order).await;
    });
}

/// P10: late, twice, in the wrong order: the end is the same, and each message is stored once.
#[test]
fn callbacks_may_come_as_they_like() {
    testkit::run(async |world| {
        let mut stored = 0;
        for (scenario, messages) in [
            (Scenario::LateCallback(90), 1),
            (Scenario::CallbackTwice, 1),
            (Scenario::CallbackOutOfOrder, 2),
        ] {
            let (order, begun) = charged(world, scenario).await;
            assert!(
                matches!(begun.state, PaymentState::Pending | PaymentState::Succeeded),
                "{scenario:?}"
            );
            work_off(world).await;
            stored += messages;
            let ended = by_id(&world.ctx, begun.id).await;
            assert_eq!(
                (ended.state, ended.settled),
                (PaymentState::Succeeded, Some(Settled::Order)),
                "{scenario:?}"
            );
            assert_eq!(money(&world.ctx, order).await.captured, twd(10_000));
            assert_eq!(journal(&world.ctx, order).await.len(), 1);
            assert_eq!(count(&world.ctx, STORED).await, stored);
        }
        assert_eq!(
            count(
                &world.ctx,
                "SELECT count(*) FROM provider_events WHERE outcome = 'received'"
            )
            .await,
            0
        );
    });
}

/// P10: while the provider still works on a charge, asking leaves it pending; the callback ends it.
#[test]
fn a_late_callback_is_waited_for() {
    testkit::run(async |world| {
        let (order, pending) = charged(world, Scenario::LateCallback(3_600)).await;
        for _ in 0..6 {
            world.pass(Duration::from_secs(300));
            workers(world).drain().await.unwrap();
            assert_eq!(
                by_id(&world.ctx, pending.id).await.state,
                PaymentState::Pending
            );
        }
        let other = start(&world.ctx, order, Method::Card).await;
        assert!(
            matches!(other, Err(PaymentsError::AttemptOpen { .. })),
            "{other:?}"
        );
        work_off(world).await;
        assert_eq!(
            by_id(&world.ctx, pending.id).await.state,
            PaymentState::Succeeded
        );
        assert_eq!(taken(world).await, 1);
    });
}

/// P5: the process dies between the provider's answer and our record of it; the repeated call carries the same key and
/// is the same charge.
#[test]
fn a_crash_after_the_call_charges_once() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let payment = card(&world.ctx, order).await;
        let (id, send) = (payment.id, Scenario::Succeed);
        let request = world
            .ctx
            .write(async move |tx, ctx| payment::send(tx, ctx, id, send).await)
            .await
            .unwrap()
            .unwrap();
        provider::charge(
            &world.ctx,
            &Providers::default(),
            Provider::DemoCard,
            &request,
        )
        .await
        .unwrap();
        assert_eq!(
            (by_id(&world.ctx, id).await.state, taken(world).await),
            (PaymentState::Created, 1)
        );
        assert!(matches!(
            start(&world.ctx, order, Method::Card).await,
            Err(PaymentsError::AttemptOpen { .. })
        ));

        charge(&world.ctx, id, send).await;
        workers(world).drain().await.unwrap();
        assert_eq!(by_id(&world.ctx, id).await.settled, Some(Settled::Order));
        assert_eq!(books(world).await.len(), 1);
    });
}

/// P10: a payment that every job forgot is found by the sweep.
#[test]
fn the_sweep_finds_what_was_forgotten() {
    testkit::run(async |world| {
        let (order, silent) = charged(world, Scenario::TimeOutAfter).await;
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        for (hours, expected) in [(1, PaymentState::Unknown), (2, PaymentState::Succeeded)] {
            world.pass(Duration::from_secs(hours * 3_600));
            let sweep = world.ctx.write(async |tx, ctx| {
                platform::jobs::enqueue(
                    tx,
                    ctx,
                    platform::jobs::NewJob::new(work::SWEEP, &serde_json::json!({})),
                )
                .await
            });
            sweep.await.unwrap();
            workers(world).drain().await.unwrap();
            assert_eq!(by_id(&world.ctx, silent.id).await.state, expected);
        }
        assert!(money(&world.ctx, order).await.is_covered());
        work_off(world).await;
    });
}

fn message(merchant: &str, payment: &str, amount: Money) -> ProviderEvent {
    ProviderEvent {
        id: format!("evt_{payment}_{}", amount.amount),
        kind: ProviderEventKind::Succeeded,
        occurred_at: START,
        merchant: merchant.to_owned(),
        live: false,
        payment: payment.to_owned(),
        reference: format!("dc_{payment}"),
        amount,
        decline_code: None,
        this_try: None,
    }
}

/// P2, P9: a bad, old, future, foreign or torn signature changes nothing at all; the same message with a good one is
/// stored once and pays.
#[test]
fn only_a_fitting_signature_changes_anything() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let payment = card(&world.ctx, order).await;
        let account = world
            .ctx
            .read(async |rx, _| demo_card::account(rx).await)
            .await
            .unwrap();
        let raw = serde_json::to_string(&message(
            &account.merchant,
            &payment.id.to_string(),
            twd(10_000),
        ))
        .unwrap();
        let now = world.ctx.now();
        let good = signature::sign(&account.secret, now, raw.as_bytes());
        let more = raw.replace("10000", "10001");
        let cut = &raw[..raw.len() - 1];
        for (header, body) in [
            (
                signature::sign("another shop", now, raw.as_bytes()),
                raw.as_str(),
            ),
            (
                signature::sign(&account.secret, now.plus_seconds(-301), raw.as_bytes()),
                &raw,
            ),
            (
                signature::sign(&account.secret, now.plus_seconds(301), raw.as_bytes()),
                &raw,
            ),
            (good.replace("v1=", "v0="), &raw),
            (String::new(), &raw),
            (good.clone(), &more),
            (good.clone(), cut),
            (signature::sign(&account.secret, now, b"{}"), "{}"),
            (signature::sign(&account.secret, now, cut.as_bytes()), cut),
        ] {
            let refused = work::deliver(&world.ctx, &header, body).await;
            assert!(
                matches!(refused, Err(Failure::Permanent(_))),
                "{header} {body}"
            );
        }
        assert_eq!(count(&world.ctx, STORED).await, 0);
        assert_eq!(by_id(&world.ctx, payment.id).await, payment);

        let times = (0..16).map(|_| {
            let (ctx, good, raw) = (world.ctx.clone(), good.clone(), raw.clone());
            async move { work::deliver(&ctx, &good, &raw).await.is_ok() }
        });
        assert!(
            at_once(times.collect())
                .await
                .into_iter()
                .all(|taken| taken)
        );
        assert_eq!(count(&world.ctx, STORED).await, 1);
        assert_eq!(
            by_id(&world.ctx, payment.id).await.state,
            PaymentState::Created
        );
        work_off(world).await;
        assert_eq!(
            by_id(&world.ctx, payment.id).await.settled,
            Some(Settled::Order)
        );
    });
}

/// P3, P8: a signed message for another merchant pays nothing; one for a payment that we never started leaves its money
/// in suspense.
#[test]
fn a_message_without_its_payment_is_kept() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let payment = card(&world.ctx, order).await;
        let account = world
            .ctx
            .read(async |rx, _| demo_card::account(rx).await)
            .await
            .unwrap();
        let stranger = PaymentId::new().to_string();
        for event in [
            message("another merchant", &payment.id.to_string(), twd(10_000)),
            message(&account.merchant, &stranger, twd(500)),
            message(&account.merchant, "no id at all", twd(700)),
        ] {
            let raw = serde_json::to_string(&event).unwrap();
            let header = signature::sign(&account.secret, world.ctx.now(), raw.as_bytes());
            work::deliver(&world.ctx, &header, &raw).await.unwrap();
        }
        work_off(world).await;
        assert_eq!(by_id(&world.ctx, payment.id).await, payment);
        let open = world
            .ctx
            .read(async |rx, _| quarantine::open(rx, 10).await)
            .await
            .unwrap();
        let mut found: Vec<_> = open
            .iter()
            .map(|q| (q.reason, q.amount.map(|m| m.amount)))
            .collect();
        found.sort();
        let unknown = |amount| (Reason::UnknownPayment, Some(amount));
        assert_eq!(
            found,
            [(Reason::WrongMerchant, None), unknown(500), unknown(700)]
        );
    });
}

/// P3, P6: money of a wrong amount lies in suspense and keeps the order from being charged again until somebody gives it
/// back; then the order can be paid.
#[test]
fn a_wrong_amount_is_given_back() {
    testkit::run(async |world| {
        let (order, _) = charged(world, Scenario::WrongAmount).await;
        work_off(world).await;
        assert!(matches!(
            start(&world.ctx, order, Method::Card).await,
            Err(PaymentsError::AttemptOpen { .. })
        ));
        let cases = quarantined(&world.ctx, order).await;
        assert_eq!(
            cases
                .iter()
                .map(|q| (q.reason, q.amount))
                .collect::<Vec<_>>(),
            [(Reason::WrongAmount, Some(twd(10_100)))]
        );
        let id = cases[0].id.clone();
        world
            .ctx
            .write(async move |tx, ctx| quarantine::give_back(tx, ctx, &id).await)
            .await
            .unwrap();
        work_off(world).await;
        let refunded: Vec<Money> = books(world).await.iter().map(|c| c.refunded).collect();
        assert_eq!(refunded, [twd(10_100)]);
        let balances = world
            .ctx
            .read(async |rx, _| payments::journal::balances(rx).await)
            .await
            .unwrap();
        assert!(balances.iter().all(|b| b.balance.is_zero()), "{balances:?}");
        let again = card(&world.ctx, order).await;
        charge(&world.ctx, again.id, Scenario::Succeed).await;
        work_off(world).await;
        assert!(money(&world.ctx, order).await.is_covered());
    });
}

/// P4, P5: a card refund reaches the provider once, whatever is repeated; what the provider refuses frees the money.
#[test]
fn refunds_reach_the_provider_once() {
    testkit::run(async |world| {
        let (order, paid) = charged(world, Scenario::Succeed).await;
        let whole = request(&world.ctx, refund_of(order, 4_000, "a"))
            .await
            .unwrap();
        assert_eq!(whole.state, RefundState::Pending);
        work_off(world).await;
        assert_eq!(
            refund_by_id(&world.ctx, whole.id).await.state,
            RefundState::Succeeded
        );

        let reference = paid.provider_ref.unwrap();
        let call = |key: &str, amount| RefundCall {
            idempotency_key: key.into(),
            reference: reference.clone(),
            amount: twd(amount),
        };
        let again = (0..16).map(|_| {
            let (ctx, call) = (world.ctx.clone(), call(&whole.id.to_string(), 4_000));
            async move {
                provider::refund(&ctx, &Providers::default(), Provider::DemoCard, &call)
                    .await
                    .unwrap()
            }
        });
        assert!(
            at_once(again.collect())
                .await
                .iter()
                .all(|a| matches!(a, RefundAnswer::Done(_)))
        );
        assert_eq!(books(world).await[0].refunded, twd(4_000));

        // Somebody refunds at the provider, past us: there is not enough left for ours.
        provider::refund(
            &world.ctx,
            &Providers::default(),
            Provider::DemoCard,
            &call("dashboard", 5_000),
        )
        .await
        .unwrap();
        let refused = request(&world.ctx, refund_of(order, 2_000, "b"))
            .await
            .unwrap();
        work_off(world).await;
        assert_eq!(
            refund_by_id(&world.ctx, refused.id).await.state,
            RefundState::Failed
        );
        assert_eq!(money(&world.ctx, order).await.refundable(), twd(6_000));
        let breaks = world
            .ctx
            .read(async |rx, ctx| payments::reconcile::demo_card(rx, ctx.now()).await)
            .await
            .unwrap();
        assert_eq!(
            breaks
                .iter()
                .map(|b| b.subject.as_str())
                .collect::<Vec<_>>(),
            [Account::Card.code()]
        );
    });
}
