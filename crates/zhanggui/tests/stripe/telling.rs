//! However the news of a payment comes, or does not, the end is the same (P10), and nothing is charged or given back
//! twice when an answer is lost (P5, P6).

use payments::{PaymentState, RefundRequest, RefundState, Wish, refund};

use crate::{
    localstripe::VISA,
    stage::{Stage, run},
};

/// Paid, charged once, posted once, and Stripe's books agree.
async fn is_the_end(stage: &Stage, charges: usize) {
    assert_eq!(stage.there.charges().await.len(), charges);
    let posted = stage
        .count("SELECT COUNT(*) FROM journal WHERE entry = 'capture'")
        .await;
    assert_eq!(usize::try_from(posted), Ok(charges));
    let until = stage.ctx.now().plus_seconds(2);
    let found = payments::reconcile::stripe(&stage.ctx, &stage.stripe, until).await;
    assert_eq!(found.unwrap(), Vec::new());
}

/// P10, P2: only the signed message tells, or it tells first and the shopper comes back later; a second secret is good
/// while one replaces the other.
#[test]
fn the_message_tells() {
    run(true, async |stage| {
        let placed = stage.order().await;
        let (_, page) = stage.open_page(&placed, false).await;
        assert!(stage.there.type_card(&page, VISA).await);
        let paid = stage.until_paid(&placed).await;
        assert!(
            paid.provider_ref
                .is_some_and(|name| name.starts_with("pi_"))
        );
        assert!(
            stage
                .order_of(placed.order.id)
                .await
                .payment_state
                .was_paid()
        );
        assert_eq!(
            stage.come_back(&placed).await.state,
            PaymentState::Succeeded
        );
        assert!(
            stage
                .count("SELECT COUNT(*) FROM provider_events WHERE outcome = 'applied'")
                .await
                >= 1
        );
        is_the_end(stage, 1).await;
    });
}

/// P10: the shopper is back before the message, which then says nothing new.
#[test]
fn the_shopper_is_back_first() {
    run(true, async |stage| {
        let placed = stage.order().await;
        let (_, page) = stage.open_page(&placed, false).await;
        assert!(stage.there.type_card(&page, VISA).await);
        assert_eq!(
            stage.come_back(&placed).await.state,
            PaymentState::Succeeded
        );
        let heard =
            "SELECT COUNT(*) FROM provider_events WHERE outcome = 'ignored' AND reason = 'already'";
        let begun = std::time::Instant::now();
        while stage.count(heard).await == 0 {
            assert!(begun.elapsed().as_secs() < 20, "no message came");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        is_the_end(stage, 1).await;
    });
}

/// P10: no message ever comes; the shopper is back, or nobody tells and the program asks by itself.
#[test]
fn nobody_tells() {
    run(false, async |stage| {
        let (back, silent) = (stage.order().await, stage.order().await);
        for placed in [&back, &silent] {
            let (_, page) = stage.open_page(placed, false).await;
            assert!(stage.there.type_card(&page, VISA).await);
        }
        assert_eq!(stage.come_back(&back).await.state, PaymentState::Succeeded);
        stage.until_paid(&silent).await;
        assert_eq!(stage.count("SELECT COUNT(*) FROM provider_events").await, 0);
        is_the_end(stage, 2).await;
    });
}

/// P5, P6: the answer to opening a page is lost after Stripe opened it: the payment is unknown until the same call under
/// the same key brings the same page.
#[test]
fn a_lost_page_is_the_same_page() {
    run(false, async |stage| {
        let placed = stage.order().await;
        stage.lose_answers("/v1/checkout/sessions", 1).await;
        let (known, page) = stage.open_page(&placed, false).await;
        assert!(known.is_under_way());
        let unknown = "SELECT COUNT(*) FROM events WHERE name = 'Payment Unknown'";
        assert_eq!(stage.count(unknown).await, 1);
        assert!(stage.there.type_card(&page, VISA).await);
        stage.come_back(&placed).await;
        is_the_end(stage, 1).await;
    });
}

/// P5, P6: a kept card is charged and the answer is lost; the program asks, and does not charge again.
#[test]
fn a_lost_charge_is_one_charge() {
    run(false, async |stage| {
        let first = stage.order().await;
        let (_, page) = stage.open_page(&first, true).await;
        assert!(stage.there.type_card(&page, VISA).await);
        stage.come_back(&first).await;
        let customer = stage.order_of(first.order.id).await.customer_id.unwrap();
        let kept = stage
            .stripe
            .saved_cards(&stage.ctx, customer)
            .await
            .unwrap();
        let card = kept.first().unwrap().id.clone();

        for lost in ["/confirm", "/v1/payment_intents"] {
            let again = stage.order().await;
            stage.lose_answers(lost, 1).await;
            let wish = Wish::Saved {
                customer_id: customer,
                card: card.clone(),
            };
            let (order, payment) = (again.order.id, again.payment.id);
            operations::flows::collect_payment::pay_by_card(&stage.ctx, order, payment, wish)
                .await
                .unwrap();
            let over = |p: &payments::Payment| !p.is_under_way() && p.sent_at.is_some();
            let ended = stage.until(&again, "the payment is over", over).await;
            // Without the confirmation nothing was charged, and the intent is closed.
            let expected = if lost == "/confirm" {
                PaymentState::Succeeded
            } else {
                PaymentState::Declined
            };
            assert_eq!(ended.state, expected, "{lost}");
        }
        is_the_end(stage, 2).await;
    });
}

/// P4, P5: parts go back, one of them although its answer was lost, each once and never more than came in.
#[test]
fn parts_go_back_once() {
    run(true, async |stage| {
        let placed = stage.order().await;
        let (paid, page) = stage.open_page(&placed, false).await;
        assert!(stage.there.type_card(&page, VISA).await);
        stage.until_paid(&placed).await;
        stage.lose_answers("/v1/refunds", 1).await;
        for (key, part) in [("first", 10_000), ("second", 20_000)] {
            let request = RefundRequest {
                order_id: placed.order.id,
                amount: kernel::Money::new(part, paid.amount.currency),
                shipping: kernel::Money::zero(paid.amount.currency),
                lines: Vec::new(),
                reason: "customer_request".into(),
                idempotency_key: key.into(),
                waits_until: None,
            };
            let asked = stage
                .ctx
                .write(async move |tx, ctx| refund::request(tx, ctx, request.clone()).await)
                .await
                .unwrap();
            let asked = asked[0].id;
            let begun = std::time::Instant::now();
            loop {
                let now = stage
                    .ctx
                    .read(async move |rx, _| refund::by_id(rx, asked).await)
                    .await
                    .unwrap();
                if now.state == RefundState::Succeeded {
                    break;
                }
                assert!(begun.elapsed().as_secs() < 40, "{now:?}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
        let there: i64 = stage
            .there
            .list("/v1/refunds?limit=100")
            .await
            .iter()
            .map(|refund| refund["amount"].as_i64().unwrap())
            .sum();
        assert_eq!(there, 30_000);
        is_the_end(stage, 1).await;
    });
}
