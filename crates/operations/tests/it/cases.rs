//! Cases of cards that failed: opened with the failure, closed by the money, by the order, or by hand (CHK-06).

use std::time::Duration;

use kernel::{OrderId, PaymentCaseId};
use operations::flows::{collect_payment, edit_order, end_order, place_order::Seen};
use orders::PaymentMethod;
use payments::{
    DeclineCode, PaymentsError,
    case::{self, Case, CaseReason, CaseState},
    demo_card::Scenario,
};
use platform::params;

use crate::{edits::with, shop::Shop};

async fn cases(shop: &Shop, order: OrderId) -> Vec<Case> {
    let read = shop.ctx.read(async move |rx, _| {
        let sql = "SELECT id FROM payment_cases WHERE order_id = $1 ORDER BY opened_at, id";
        let mut found = Vec::new();
        for row in rx.rows(sql, params![order]).await? {
            found.push(case::by_id(rx, row.get("id")?).await?);
        }
        Ok::<_, PaymentsError>(found)
    });
    read.await.unwrap()
}

async fn close(
    shop: &Shop,
    id: PaymentCaseId,
    state: CaseState,
    reason: CaseReason,
) -> Result<(), PaymentsError> {
    shop.ctx
        .write(async move |tx, ctx| case::close(tx, ctx, id, state, reason).await)
        .await
}

const REFUSED: Scenario = Scenario::Decline(DeclineCode::LimitReached);

/// CHK-06, P14: a failure opens one case, a second one adds to it, and what becomes of the order closes it: paid, to be
/// paid at the door, called off, out of time. A failure after the money came opens none.
#[test]
fn a_case_opens_and_closes_with_its_order() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let tea = shop.goods("oolong", 50_000, 100).await;
        for ending in ["paid", "at the door", "cancelled", "expired"] {
            let placed = shop.buy(&[(tea, 1)], PaymentMethod::Card).await;
            let id = placed.order.id;
            assert_eq!(cases(&shop, id).await.len(), 0);
            shop.pay(id, placed.payment.id, REFUSED).await;
            let again = collect_payment::choose_method(&shop.ctx, id, PaymentMethod::Card)
                .await
                .unwrap();
            shop.pay(id, again.id, REFUSED).await;
            let open = cases(&shop, id).await;
            let [one] = open.as_slice() else {
                panic!("{open:?}")
            };
            assert_eq!((one.failures, one.state), (2, CaseState::Open));
            assert_eq!(one.decline_code, DeclineCode::LimitReached);
            let expected = match ending {
                "paid" => {
                    let third = collect_payment::choose_method(&shop.ctx, id, PaymentMethod::Card)
                        .await
                        .unwrap();
                    shop.pay(id, third.id, Scenario::Succeed).await;
                    (CaseState::Resolved, Some(CaseReason::Paid))
                }
                "at the door" => {
                    let cash = PaymentMethod::CashOnDelivery;
                    collect_payment::choose_method(&shop.ctx, id, cash)
                        .await
                        .unwrap();
                    (CaseState::Resolved, Some(CaseReason::Paying))
                }
                "cancelled" => {
                    let token = placed.order.token.clone();
                    end_order::cancel_by_buyer(&shop.ctx, token).await.unwrap();
                    (CaseState::Lost, Some(CaseReason::Cancelled))
                }
                _ => {
                    shop.pass(world, 5, Duration::from_secs(86_400)).await;
                    (CaseState::Lost, Some(CaseReason::Expired))
                }
            };
            let closed = cases(&shop, id).await;
            let [one] = closed.as_slice() else {
                panic!("{closed:?}")
            };
            assert_eq!((one.state, one.reason), expected, "{ending}");
            let late = close(&shop, one.id, CaseState::Lost, CaseReason::Other).await;
            assert!(matches!(late, Err(PaymentsError::CaseOver)), "{ending}");
        }
        shop.nothing_failed().await;
    });
}

/// CHK-06: a case about the rest of an order ends when the shop no longer asks for it.
#[test]
fn a_waived_rest_needs_no_help() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = shop.paid(&[(shop.tea, 1)]).await.order.id;
        let more = with(&shop, id, 2, &[]).await;
        edit_order::edit(&shop.ctx, id, more, Seen::default())
            .await
            .unwrap();
        let asked = shop.payments(id).await.pop().unwrap();
        shop.pay(id, asked.id, REFUSED).await;
        let open = cases(&shop, id).await;
        assert_eq!((open.len(), open[0].state), (1, CaseState::Open));
        edit_order::waive_balance(&shop.ctx, id, "老客人".into())
            .await
            .unwrap();
        let ended = cases(&shop, id).await.remove(0);
        assert_eq!(
            (ended.state, ended.reason),
            (CaseState::Resolved, Some(CaseReason::Waived))
        );
        let late = shop.paid(&[(shop.tea, 1)]).await.order.id;
        let more = with(&shop, late, 2, &[]).await;
        edit_order::edit(&shop.ctx, late, more, Seen::default())
            .await
            .unwrap();
        let asked = shop.payments(late).await.pop().unwrap();
        edit_order::waive_balance(&shop.ctx, late, "老客人".into())
            .await
            .unwrap();
        shop.pay(late, asked.id, REFUSED).await;
        assert!(cases(&shop, late).await.is_empty());
        shop.nothing_failed().await;
    });
}

/// CHK-06: by hand only with a reason that is for people; once closed, a further failure opens a new case.
#[test]
fn a_case_is_closed_by_hand() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let tea = shop.goods("oolong", 50_000, 100).await;
        let placed = shop.buy(&[(tea, 1)], PaymentMethod::Card).await;
        let id = placed.order.id;
        shop.pay(id, placed.payment.id, REFUSED).await;
        let first = cases(&shop, id).await.remove(0);
        for (state, reason) in [
            (CaseState::Resolved, CaseReason::Paid),
            (CaseState::Open, CaseReason::Other),
            (CaseState::Lost, CaseReason::Paying),
        ] {
            let refused = close(&shop, first.id, state, reason).await;
            assert!(
                matches!(refused, Err(PaymentsError::CaseOver)),
                "{state} {reason}"
            );
        }
        let told = first.id;
        for _ in 0..2 {
            shop.ctx
                .write(async move |tx, ctx| case::contacted(tx, ctx, told).await)
                .await
                .unwrap();
        }
        close(&shop, first.id, CaseState::Lost, CaseReason::Unreachable)
            .await
            .unwrap();
        let again = collect_payment::choose_method(&shop.ctx, id, PaymentMethod::Card)
            .await
            .unwrap();
        shop.pay(id, again.id, REFUSED).await;
        let all = cases(&shop, id).await;
        let open = all.iter().filter(|c| c.state.is_open()).count();
        assert_eq!((all.len(), open), (2, 1));
        let notes = shop
            .ctx
            .read(async move |rx, _| case::notes(rx, told).await)
            .await
            .unwrap();
        let kinds: Vec<_> = notes.iter().map(|n| n.kind.code()).collect();
        assert_eq!(kinds, ["opened", "contacted", "lost"]);
    });
}
