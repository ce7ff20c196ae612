//! What shoppers do at Stripe: another card after a refusal, turning back, keeping a card; and what staff see of it.

use operations::{
    FlowError,
    flows::{collect_payment, end_order, erase_customer},
};
use payments::{
    DeclineCode, PaymentState, Wish,
    breaks::{self, BreakKind},
    case::{self, CaseReason, CaseState},
};
use platform::outgoing::Outgoing;

use crate::{
    localstripe::{VISA, post},
    stage::{Stage, run},
};

const REFUSED: &str = "pm_card_chargeCustomerFail";

async fn case_of(stage: &Stage, order: kernel::OrderId) -> Option<case::Case> {
    stage
        .ctx
        .read(async move |rx, _| case::open_of(rx, order).await)
        .await
        .unwrap()
}

/// CHK-05, CHK-06: a refused card leaves the page open and opens a case; another card pays, and the case closes itself.
#[test]
fn another_card_on_the_same_page() {
    run(true, async |stage| {
        let placed = stage.order().await;
        let (_, page) = stage.open_page(&placed, false).await;
        assert!(!stage.there.type_card(&page, REFUSED).await);
        let begun = std::time::Instant::now();
        let opened = loop {
            if let Some(found) = case_of(stage, placed.order.id).await {
                break found;
            }
            assert!(begun.elapsed().as_secs() < 20, "no case was opened");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        assert_eq!((opened.failures, opened.state), (1, CaseState::Open));
        assert_eq!(opened.decline_code, DeclineCode::DeclinedByBank);
        assert_eq!(stage.payment(&placed).await.state, PaymentState::Pending);

        assert!(stage.there.type_card(&page, VISA).await);
        stage.until_paid(&placed).await;
        let closed = stage
            .ctx
            .read(async move |rx, _| case::by_id(rx, opened.id).await)
            .await
            .unwrap();
        assert_eq!(
            (closed.state, closed.reason),
            (CaseState::Resolved, Some(CaseReason::Paid))
        );
        assert_eq!(stage.there.charges().await.len(), 1);
    });
}

/// CHK-05, P6: whoever turns back has the page closed first; then the order can be paid otherwise, and not there.
#[test]
fn turning_back_closes_the_page() {
    run(false, async |stage| {
        let placed = stage.order().await;
        let (_, page) = stage.open_page(&placed, false).await;
        let (order, payment) = (placed.order.id, placed.payment.id);
        let early =
            collect_payment::choose_method(&stage.ctx, order, orders::PaymentMethod::Card).await;
        assert!(early.is_err(), "a second try while the page is open");
        let left = collect_payment::leave_page(&stage.ctx, order, payment)
            .await
            .unwrap();
        assert_eq!(left.state, PaymentState::Cancelled);
        assert_eq!(case_of(stage, order).await, None, "nothing was tried");
        let fields = crate::localstripe::owned(&[("session", &page), ("card", VISA)]);
        let reply = stage
            .there
            .there
            .post("/_config/charge", None, &fields)
            .await;
        assert_eq!(
            reply.unwrap().status,
            400,
            "the page takes no card any more"
        );
        let again =
            collect_payment::choose_method(&stage.ctx, order, orders::PaymentMethod::Card).await;
        assert_ne!(again.unwrap().id, payment);
        assert_eq!(stage.there.charges().await.len(), 0);
    });
}

/// CHK-03, P12: a card is kept by the customer's choice, shown by brand and last digits, pays again, and is forgotten;
/// nobody else sees it, and no number of it is anywhere here.
#[test]
fn a_kept_card_pays_again() {
    run(true, async |stage| {
        let first = stage.order().await;
        let (_, page) = stage.open_page(&first, true).await;
        assert!(stage.there.type_card(&page, VISA).await);
        stage.until_paid(&first).await;
        let customer = stage.order_of(first.order.id).await.customer_id.unwrap();
        let kept = stage
            .stripe
            .saved_cards(&stage.ctx, customer)
            .await
            .unwrap();
        let card = kept.first().unwrap();
        assert_eq!((card.brand.as_str(), card.last4.as_str()), ("visa", "4242"));

        let second = stage.order().await;
        let wish = Wish::Saved {
            customer_id: customer,
            card: card.id.clone(),
        };
        let (order, payment) = (second.order.id, second.payment.id);
        collect_payment::pay_by_card(&stage.ctx, order, payment, wish)
            .await
            .unwrap();
        stage.until_paid(&second).await;

        let other = stage.order_of(second.order.id).await.customer_id.unwrap();
        assert_ne!(other, customer);
        let theirs = stage.stripe.saved_cards(&stage.ctx, other).await.unwrap();
        assert_eq!(theirs, Vec::new());
        assert!(
            !stage
                .stripe
                .forget_card(&stage.ctx, other, &card.id)
                .await
                .unwrap()
        );
        assert!(
            stage
                .stripe
                .forget_card(&stage.ctx, customer, &card.id)
                .await
                .unwrap()
        );
        let none = stage
            .stripe
            .saved_cards(&stage.ctx, customer)
            .await
            .unwrap();
        assert_eq!(none, Vec::new());
        let told = "SELECT COUNT(*) FROM provider_events WHERE raw LIKE '%4242424242424242%'";
        assert_eq!(stage.count(told).await, 0);
    });
}

/// CHK-05: a kept card that is refused ends its payment at once, and its intent is closed.
#[test]
fn a_kept_card_is_refused() {
    run(true, async |stage| {
        let first = stage.order().await;
        let (_, page) = stage.open_page(&first, true).await;
        assert!(stage.there.type_card(&page, VISA).await);
        stage.until_paid(&first).await;
        let customer = stage.order_of(first.order.id).await.customer_id.unwrap();
        let theirs = stage.there.list("/v1/customers").await;
        let name = theirs.first().unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/payment_methods/{REFUSED}/attach");
        let bad = post(&stage.there.there, &path, &[("customer", &name)]).await;

        let second = stage.order().await;
        let wish = Wish::Saved {
            customer_id: customer,
            card: bad["id"].as_str().unwrap().to_owned(),
        };
        let (order, payment) = (second.order.id, second.payment.id);
        collect_payment::pay_by_card(&stage.ctx, order, payment, wish)
            .await
            .unwrap();
        let declined = |p: &payments::Payment| p.state == PaymentState::Declined;
        let ended = stage
            .until(&second, "the payment is declined", declined)
            .await;
        let path = format!("/v1/payment_intents/{}", ended.provider_ref.unwrap());
        let intent = stage.there.get(&path).await;
        assert_eq!(intent["status"], "canceled");
        assert!(case_of(stage, second.order.id).await.is_some());
        assert_eq!(stage.there.charges().await.len(), 1);
    });
}

/// P11: a charge that nobody here asked for is found as a difference with an owner, and nothing is posted for it.
#[test]
fn a_charge_of_others_is_a_difference() {
    run(false, async |stage| {
        let fields = [
            ("amount", "4200"),
            ("currency", "twd"),
            ("payment_method", VISA),
            ("confirm", "true"),
        ];
        let strange = post(&stage.there.there, "/v1/payment_intents", &fields).await;
        let until = stage.ctx.now().plus_seconds(2);
        for _ in 0..2 {
            let found = payments::reconcile::stripe(&stage.ctx, &stage.stripe, until).await;
            let found = found.unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found.first().unwrap().kind, BreakKind::NotHere);
        }
        let open = stage
            .ctx
            .read(async |rx, _| breaks::open(rx, 10).await)
            .await
            .unwrap();
        let known = open.first().unwrap();
        assert_eq!(
            (open.len(), known.subject.as_str()),
            (1, strange["id"].as_str().unwrap())
        );
        assert!(!known.owner.is_empty());
        assert_eq!(stage.count("SELECT COUNT(*) FROM journal").await, 0);
    });
}

/// P2: a message that somebody else signed is refused with 4xx, and nothing is stored.
#[test]
fn a_forged_message_is_refused() {
    run(false, async |stage| {
        let shop = Outgoing::to(
            stage.address(),
            &[
                ("stripe-signature", "t=1,v1=00"),
                ("accept", "application/json"),
            ],
        )
        .unwrap();
        let reply = shop.post("/webhooks/stripe", None, &[]).await.unwrap();
        assert!((400..500).contains(&reply.status), "{}", reply.status);
        assert_eq!(stage.count("SELECT COUNT(*) FROM provider_events").await, 0);
    });
}

/// GOV-10, A9: when a customer is forgotten, their kept card is taken off at Stripe, and then they themselves; money on
/// its way back is waited for.
#[test]
fn a_forgotten_customer_is_forgotten_there() {
    run(true, async |stage| {
        let placed = stage.order().await;
        let (_, page) = stage.open_page(&placed, true).await;
        assert!(stage.there.type_card(&page, VISA).await);
        stage.until_paid(&placed).await;
        let customer = stage.order_of(placed.order.id).await.customer_id.unwrap();
        assert_eq!(stage.there.list("/v1/customers?limit=100").await.len(), 1);
        end_order::cancel(&stage.ctx, placed.order.id, "customer_request")
            .await
            .unwrap();
        let begun = std::time::Instant::now();
        let waits = async || {
            assert!(begun.elapsed().as_secs() < 40, "nothing moves");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        };
        loop {
            let done = erase_customer::erase_customer(&stage.ctx, customer).await;
            if done.is_ok() {
                break;
            }
            assert!(matches!(done, Err(FlowError::NotErasable(_))), "{done:?}");
            waits().await;
        }
        while stage.count("SELECT COUNT(*) FROM provider_customers").await > 0 {
            waits().await;
        }
        let there = stage.there.list("/v1/customers?limit=100").await;
        assert!(there.is_empty(), "{there:?}");
        let cards = stage
            .stripe
            .saved_cards(&stage.ctx, customer)
            .await
            .unwrap();
        assert_eq!(cards, Vec::new());
    });
}
