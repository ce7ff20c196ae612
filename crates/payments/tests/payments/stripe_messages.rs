//! Stripe's messages in every order and number: the same end (P1), the same books (P7), and nothing believed that is not
//! signed (P2).

use std::sync::Arc;

use kernel::{OrderId, PaymentId};
use payments::{
    Method, OpenPage, Outcome, PageWish, PaymentState, Provider, StartPayment, Wish,
    dispute::{self, DisputeState},
    payment,
    settings::{self, PaymentSettings, StripeAccount},
    signature,
    stripe::{Stripe, StripeConfig},
    work::{self, NotTaken},
};
use serde_json::{Value, json};
use testkit::World;

use crate::support::*;

const SECRET: &str = "whsec_new";

fn stripe() -> Arc<Stripe> {
    let config = StripeConfig {
        secret_key: "sk_test_canary".into(),
        webhook_secrets: vec!["whsec_old".into(), SECRET.into()],
        api: "http://127.0.0.1:9".into(),
    };
    Arc::new(Stripe::new(&config).unwrap())
}

/// A card payment for which Stripe's page is open.
async fn with_page(world: &World) -> (OrderId, PaymentId) {
    let order = order(&world.ctx, twd(120_000)).await;
    let known = PaymentSettings {
        test_mode: true,
        stripe: Some(StripeAccount { live: false }),
    };
    let wish = Wish::Page(PageWish {
        title: "A-1".into(),
        done_url: "http://127.0.0.1/done".into(),
        back_url: "http://127.0.0.1/back".into(),
        locale: kernel::Locale::En,
        email: String::new(),
        keep_for: None,
    });
    let write = world.ctx.write(async move |tx, ctx| {
        settings::save(tx, ctx, &known).await?;
        let start = StartPayment {
            order_id: order,
            method: Method::Card,
            provider: Provider::Stripe,
            amount: twd(120_000),
        };
        let started = payment::start(tx, ctx, start).await?;
        payment::send(tx, ctx, started.id, wish.clone()).await?;
        let page = OpenPage {
            reference: format!("cs_{}", started.id),
            url: "http://127.0.0.1/pay".into(),
            until: ctx.now().plus_seconds(3_600),
        };
        payment::record(tx, ctx, started.id, &Outcome::PageOpen(page)).await?;
        Ok::<_, payments::PaymentsError>(started.id)
    });
    (order, write.await.unwrap())
}

/// A message of Stripe's about a payment, `after` seconds after the beginning.
fn message(name: &str, kind: &str, after: i64, object: &Value) -> String {
    let created = testkit::START.micros() / 1_000_000 + after;
    json!({
        "id": format!("evt_{name}"), "object": "event", "type": kind, "created": created, "livemode": false,
        "data": { "object": object },
    })
    .to_string()
}

fn intent(payment: PaymentId, status: &str, refused: Option<(&str, &str)>) -> Value {
    json!({
        "id": format!("pi_{payment}"), "object": "payment_intent", "status": status, "amount": 120_000,
        "amount_received": if status == "succeeded" { 120_000 } else { 0 }, "currency": "twd", "livemode": false,
        "metadata": { "payment": payment.to_string() },
        "last_payment_error": refused.map(|(charge, code)| json!({ "charge": charge, "code": "card_declined", "decline_code": code })),
    })
}

fn session(payment: PaymentId, paid: bool) -> Value {
    json!({
        "id": format!("cs_{payment}"), "client_reference_id": payment.to_string(), "amount_total": 120_000, "currency": "twd",
        "livemode": false, "payment_status": if paid { "paid" } else { "unpaid" },
        "payment_intent": if paid { json!(format!("pi_{payment}")) } else { Value::Null },
    })
}

fn refund(payment: PaymentId, status: &str) -> Value {
    json!({
        "id": format!("re_{payment}"), "status": status, "amount": 20_000, "currency": "twd", "created": 1,
        "payment_intent": format!("pi_{payment}"), "metadata": {},
    })
}

fn disputed(payment: PaymentId, status: &str) -> Value {
    json!({
        "id": format!("dp_{payment}"), "status": status, "amount": 100_000, "currency": "twd", "reason": "fraudulent",
        "payment_intent": format!("pi_{payment}"),
    })
}

/// Two refused cards, the third paid; a part given back at Stripe's own desk; the bank disputes the rest and wins.
fn paid_story(id: PaymentId) -> Vec<String> {
    let refused = |charge, code| intent(id, "requires_payment_method", Some((charge, code)));
    vec![
        message(
            "1",
            "payment_intent.payment_failed",
            1,
            &refused("ch_1", "insufficient_funds"),
        ),
        message(
            "2",
            "payment_intent.payment_failed",
            2,
            &refused("ch_2", "expired_card"),
        ),
        message(
            "3",
            "payment_intent.succeeded",
            3,
            &intent(id, "succeeded", None),
        ),
        message("4", "checkout.session.completed", 3, &session(id, true)),
        message("5", "refund.created", 4, &refund(id, "pending")),
        message("6", "refund.updated", 5, &refund(id, "succeeded")),
        message(
            "7",
            "charge.dispute.created",
            6,
            &disputed(id, "needs_response"),
        ),
        message(
            "8",
            "charge.dispute.funds_withdrawn",
            6,
            &disputed(id, "needs_response"),
        ),
        message("9", "charge.dispute.closed", 9, &disputed(id, "lost")),
    ]
}

/// Two refused cards, and then nobody came back.
fn unpaid_story(id: PaymentId) -> Vec<String> {
    let refused = |charge, code| intent(id, "requires_payment_method", Some((charge, code)));
    vec![
        message(
            "1",
            "payment_intent.payment_failed",
            1,
            &refused("ch_1", "insufficient_funds"),
        ),
        message(
            "2",
            "payment_intent.payment_failed",
            2,
            &refused("ch_2", "expired_card"),
        ),
        message("3", "checkout.session.expired", 3, &session(id, false)),
        message(
            "4",
            "payment_intent.canceled",
            3,
            &intent(id, "canceled", Some(("ch_2", "expired_card"))),
        ),
    ]
}

async fn deliver(world: &World, raw: &str) {
    let header = signature::sign(SECRET, world.ctx.now(), raw.as_bytes());
    work::deliver_from_stripe(&world.ctx, &stripe(), &header, raw.as_bytes())
        .await
        .unwrap();
}

/// All that messages can change, with the names that differ from order to order left out.
async fn end(world: &World, order: OrderId, id: PaymentId) -> String {
    let known = by_id(&world.ctx, id).await;
    let money = money(&world.ctx, order).await;
    let mut posted: Vec<_> = journal(&world.ctx, order)
        .await
        .iter()
        .map(|row| (row.entry, row.debit, row.credit, row.amount.amount))
        .collect();
    posted.sort_unstable();
    let disputes = world
        .ctx
        .read(async move |rx, _| dispute::of_order(rx, order).await)
        .await
        .unwrap();
    let disputes: Vec<_> = disputes
        .iter()
        .map(|d| (d.state, d.amount.amount))
        .collect();
    let tries = world
        .ctx
        .read(async move |rx, _| payments::tries::of_order(rx, order).await)
        .await
        .unwrap();
    let tries: Vec<_> = tries.iter().map(|t| t.decline_code).collect();
    let quarantined = quarantined(&world.ctx, order).await.len();
    format!(
        "{} {:?} {:?} captured {} refunded {} {posted:?} {disputes:?} {tries:?} quarantined {quarantined}",
        known.state,
        known.decline_code,
        known.settled,
        money.captured.amount,
        money.refunded.amount
    )
}

/// P1, P7, P14: a story told in its order, in any other order, and each message up to three times, ends the same.
#[test]
fn any_order_of_messages_ends_the_same() {
    testkit::run(async |world| {
        let mut dice = Dice(20_261_130);
        for (story, last) in [
            (
                paid_story as fn(PaymentId) -> Vec<String>,
                PaymentState::Succeeded,
            ),
            (unpaid_story, PaymentState::Declined),
        ] {
            let mut expected = None;
            for round in 0..24 {
                let (order, id) = with_page(world).await;
                let mut told = story(id);
                // Names of messages are the provider's own: another payment's must not be taken for the same.
                for raw in &mut told {
                    *raw = raw.replace("evt_", &format!("evt_{id}_"));
                }
                if round > 0 {
                    let again: Vec<String> = told.clone();
                    told.extend(again.into_iter().filter(|_| dice.below(2) == 0));
                    dice.shuffle(&mut told);
                }
                for raw in &told {
                    deliver(world, raw).await;
                    if dice.below(2) == 0 {
                        workers(world).drain().await.unwrap();
                    }
                }
                for _ in 0..8 {
                    workers(world).drain().await.unwrap();
                    world.pass(std::time::Duration::from_secs(120));
                }
                let now = end(world, order, id).await;
                assert_eq!(by_id(&world.ctx, id).await.state, last, "{now}");
                let first = expected.get_or_insert_with(|| now.clone());
                assert_eq!(*first, now, "round {round}");
            }
        }
        sync(world).await;
    });
}

/// P3: another amount than asked for, or a real payment for a trial order, pays nothing and is kept for people.
#[test]
fn what_does_not_fit_pays_nothing() {
    testkit::run(async |world| {
        for (field, value) in [
            ("amount_received", json!(110_000)),
            ("livemode", json!(true)),
            ("currency", json!("usd")),
        ] {
            let (order, id) = with_page(world).await;
            let mut object = intent(id, "succeeded", None);
            object[field] = value;
            let raw = message(&id.to_string(), "payment_intent.succeeded", 1, &object);
            deliver(world, &raw).await;
            workers(world).drain().await.unwrap();
            assert_eq!(money(&world.ctx, order).await.captured, twd(0), "{field}");
            assert_eq!(quarantined(&world.ctx, order).await.len(), 1, "{field}");
        }
        let stranger = intent(PaymentId::new(), "succeeded", None);
        deliver(
            world,
            &message("stranger", "payment_intent.succeeded", 1, &stranger),
        )
        .await;
        let failed = intent(
            PaymentId::new(),
            "requires_payment_method",
            Some(("ch_9", "expired_card")),
        );
        deliver(
            world,
            &message("others", "payment_intent.payment_failed", 1, &failed),
        )
        .await;
        workers(world).drain().await.unwrap();
        let unknown = "SELECT count(*) FROM payment_quarantine WHERE reason = 'unknown_payment'";
        assert_eq!(count(&world.ctx, unknown).await, 1);
    });
}

/// P4: a refund made at Stripe's own desk counts like ours, and more than came in is left to people.
#[test]
fn refunds_at_the_desk_stay_within_what_came() {
    testkit::run(async |world| {
        let (order, id) = with_page(world).await;
        deliver(
            world,
            &message(
                "paid",
                "payment_intent.succeeded",
                1,
                &intent(id, "succeeded", None),
            ),
        )
        .await;
        workers(world).drain().await.unwrap();
        let mut parts = Vec::new();
        for (name, amount) in [("a", 70_000), ("b", 50_000), ("c", 10_000)] {
            let mut part = refund(id, "succeeded");
            part["id"] = json!(format!("re_{name}"));
            part["amount"] = json!(amount);
            parts.push(message(name, "refund.created", 2, &part));
        }
        for raw in &parts {
            deliver(world, raw).await;
            workers(world).drain().await.unwrap();
        }
        let money = money(&world.ctx, order).await;
        assert_eq!(
            (money.captured, money.refunded),
            (twd(120_000), twd(120_000))
        );
        assert_eq!(quarantined(&world.ctx, order).await.len(), 1);
        sync(world).await;
    });
}

/// P7: a dispute that is won leaves nothing held back, and one that begins as an inquiry moves nothing until it is more.
#[test]
fn a_won_dispute_brings_the_money_back() {
    testkit::run(async |world| {
        let (order, id) = with_page(world).await;
        deliver(
            world,
            &message(
                "paid",
                "payment_intent.succeeded",
                1,
                &intent(id, "succeeded", None),
            ),
        )
        .await;
        let mut rows = Vec::new();
        for (name, kind, status) in [
            ("asked", "charge.dispute.created", "warning_needs_response"),
            ("taken", "charge.dispute.updated", "needs_response"),
            ("won", "charge.dispute.closed", "won"),
            ("late", "charge.dispute.updated", "under_review"),
        ] {
            deliver(world, &message(name, kind, 2, &disputed(id, status))).await;
            workers(world).drain().await.unwrap();
            rows.push(journal(&world.ctx, order).await.len());
        }
        assert_eq!(rows, [1, 2, 3, 3]);
        let known = world
            .ctx
            .read(async move |rx, _| dispute::of_order(rx, order).await)
            .await
            .unwrap();
        assert_eq!(known.first().unwrap().state, DisputeState::Won);
        sync(world).await;
    });
}

/// P2, P12: no forged, old or changed message is stored; either of two secrets is good; none shows in debugging output.
#[test]
fn only_signed_messages_are_stored() {
    testkit::run(async |world| {
        let account = stripe();
        let raw = message(
            "x",
            "payment_intent.succeeded",
            1,
            &intent(PaymentId::new(), "succeeded", None),
        );
        let now = world.ctx.now();
        let good = signature::sign(SECRET, now, raw.as_bytes());
        let changed = raw.replace("120000", "1");
        for (header, body) in [
            (
                signature::sign("whsec_other", now, raw.as_bytes()),
                raw.as_str(),
            ),
            (
                signature::sign(SECRET, now.plus_seconds(-301), raw.as_bytes()),
                raw.as_str(),
            ),
            (
                signature::sign(SECRET, now.plus_seconds(301), raw.as_bytes()),
                raw.as_str(),
            ),
            (good.clone(), changed.as_str()),
            (String::new(), raw.as_str()),
            (good.replace("v1=", "v0="), raw.as_str()),
        ] {
            let refused =
                work::deliver_from_stripe(&world.ctx, &account, &header, body.as_bytes()).await;
            assert!(matches!(refused, Err(NotTaken::Disbelieved(_))), "{header}");
        }
        assert_eq!(
            count(&world.ctx, "SELECT count(*) FROM provider_events").await,
            0
        );
        let old = signature::sign("whsec_old", now, raw.as_bytes());
        for header in [good, old] {
            work::deliver_from_stripe(&world.ctx, &account, &header, raw.as_bytes())
                .await
                .unwrap();
        }
        assert_eq!(
            count(&world.ctx, "SELECT count(*) FROM provider_events").await,
            1
        );
        let shown = format!("{account:?}");
        assert!(
            !shown.contains("canary") && !shown.contains("whsec"),
            "{shown}"
        );
    });
}
