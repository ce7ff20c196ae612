//! Cards that failed, from the first page to the last note; the texts that help; and the page of payments.

use axum::http::StatusCode;
use kernel::{OrderId, PaymentCaseId, Role};
use orders::PaymentMethod;
use payments::{DeclineCode, case, demo_card::Scenario};
use serde_json::json;

use crate::desk::Desk;

/// An order whose card was refused, and its case.
pub(crate) async fn refused(desk: &Desk) -> (OrderId, PaymentCaseId) {
    let id = desk.buys(desk.small, 1, PaymentMethod::Card).await;
    let pay = desk.ctx.write(async move |tx, ctx| {
        payments::demo_card::open_account(tx, ctx).await?;
        let tries = payments::payment::of_order(tx, id).await?;
        let scenario = Scenario::Decline(DeclineCode::LimitReached);
        payments::payment::request_charge(tx, ctx, tries[0].id, scenario).await
    });
    pay.await.unwrap();
    desk.work().await;
    let found = desk
        .ctx
        .read(async move |rx, _| case::open_of(rx, id).await)
        .await
        .unwrap();
    (id, found.unwrap().id)
}

/// CHK-06: a refused card shows on the first page with its money, in the list, and as a case with what was tried, whom to
/// call, what to say and where to pay.
#[test]
fn a_case_says_what_is_needed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let service = desk.staff(Role::Service).await;
        service
            .get("/admin/payment-cases")
            .await
            .expect(200)
            .says(&["刷卡失敗的訂單都有人處理了"]);
        let (order, case) = refused(&desk).await;
        service
            .get("/admin")
            .await
            .expect(200)
            .says(&["付款失敗待協助"]);
        service
            .get("/admin/payment-cases")
            .await
            .expect(200)
            .says(&["待聯絡", "還沒有人", &case.to_string()]);
        let at = format!("/admin/payment-cases/{case}");
        service.get(&at).await.expect(200).says(&[
            "額度通常可以在銀行 App",
            "/orders/",
            "tel:",
            &order.to_string(),
        ]);
        let missing = format!("/admin/payment-cases/{}", PaymentCaseId::new());
        let program = desk.program(Role::Service).await;
        assert_eq!(program.get(&missing).await.status, StatusCode::NOT_FOUND);
    });
}

/// CHK-06: a case is taken, noted, contacted and closed, each step once, by people who may.
#[test]
fn a_case_is_worked_on() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let service = desk.staff(Role::Service).await;
        let (_, case) = refused(&desk).await;
        let at = format!("/admin/payment-cases/{case}");
        let to = |step: &str| format!("{at}/{step}");
        service.post(&to("take"), &[]).await.expect(303);
        let note = [("text", "下午<b>再打</b>")];
        service.post(&to("notes"), &note).await.expect(303);
        let empty = service.post(&to("notes"), &[("text", "  ")]).await;
        empty.expect(422).says(&["請寫下備註"]);
        service.post(&to("contacted"), &[]).await.expect(303);
        let page = service.get(&at).await.expect(200).says(&[
            "service 一號",
            "下午&lt;b&gt;再打",
            "聯絡中",
        ]);
        assert!(!page.body.contains("/contacted"), "reached already");
        let by_money = [("ending", "resolved:paid")];
        service.post(&to("close"), &by_money).await.expect(422);
        let ending = [("ending", "lost:changed_mind")];
        service.post(&to("close"), &ending).await.expect(303);
        service.post(&to("close"), &ending).await.expect(409);
        service
            .get("/admin/payment-cases?tab=lost")
            .await
            .expect(200)
            .says(&["顧客不買了"]);
        let program = desk.program(Role::Service).await;
        let read = program.get(&at).await.expect(200).json();
        assert_eq!(
            (&read["case"]["state"], &read["case"]["decline_code"]),
            (&json!("lost"), &json!("limit_reached"))
        );
        let warehouse = desk.staff(Role::Warehouse).await;
        warehouse
            .post(&to("notes"), &[("text", "x")])
            .await
            .expect(403);
    });
}

/// CHK-07: the merchant's own words stand where they said something, and too long a text comes back with what was typed.
#[test]
fn own_words_stand_for_the_programs() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner
            .get("/admin/payment-help")
            .await
            .expect(200)
            .says(&["卡片額度", "留空時顯示"]);
        let words = [("hotline_hant", "請打 <02-1234-5678>")];
        owner.post("/admin/payment-help", &words).await.expect(303);
        let (_, case) = refused(&desk).await;
        owner
            .get(&format!("/admin/payment-cases/{case}"))
            .await
            .expect(200)
            .says(&["請打 &lt;02-1234-5678&gt;", "很多卡片有單筆和單日上限"]);
        let long = "長".repeat(1_001);
        owner
            .post("/admin/payment-help", &[("card_limit_hant", &long)])
            .await
            .expect(422)
            .says(&["最多 1,000 字", &long]);
    });
}

/// CHK-03: every payment is in the list by where it stands, narrowed by order and way to pay, as a page, for programs and
/// as a file; what no tab is called is refused.
#[test]
fn payments_are_a_list() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let paid = desk.paid(desk.small, 1).await;
        let (failed, _) = refused(&desk).await;
        let program = desk.program(Role::Owner).await;
        let page = program.get("/admin/payments.json?tab=succeeded").await;
        let page = page.expect(200).json();
        let first = &page["items"][0];
        assert_eq!(first["order"]["id"], paid.to_string(), "{page}");
        assert_eq!(
            (&first["state"], &first["method"]),
            (&json!("succeeded"), &json!("bank_transfer"))
        );
        let number = first["order"]["number"].as_str().unwrap();
        assert_eq!(page["items"].as_array().unwrap().len(), 1);

        let declined = program
            .get("/admin/payments.json?tab=declined")
            .await
            .json();
        assert_eq!(declined["items"][0]["order"]["id"], failed.to_string());
        assert!(declined["items"][0]["decline_code"].is_string());
        for (query, rows) in [
            (format!("tab=all&q={number}&method=bank_transfer"), 1),
            (format!("tab=all&q={number}&method=card"), 0),
            ("tab=all&from=2099-01-01".to_owned(), 0),
        ] {
            let page = program
                .get(&format!("/admin/payments.json?{query}"))
                .await
                .json();
            assert_eq!(page["items"].as_array().unwrap().len(), rows, "{query}");
        }
        let wrong = program.get("/admin/payments.json?tab=nothing").await;
        assert_eq!(wrong.expect(422).json()["errors"][0]["pointer"], "/tab");
        let owner = desk.staff(Role::Owner).await;
        let path = "/admin/payments?tab=succeeded";
        owner
            .get(path)
            .await
            .expect(200)
            .says(&[number, "銀行轉帳"]);
        let file = owner
            .get("/admin/payments/export?tab=succeeded")
            .await
            .expect(200);
        assert!(file.body.contains(number) && file.body.lines().count() == 2);
        let warehouse = desk.staff(Role::Warehouse).await;
        warehouse.get("/admin/payments/export").await.expect(403);
    });
}

/// P3, P11: the page of payments says who charges cards, and that the books were not compared yet.
#[test]
fn the_page_of_payments_says_who_charges() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner.get("/admin/payments").await.expect(200).says(&[
            "示範金流",
            "帳目相符",
            "沒有銀行提出爭議",
        ]);
        let known = payments::settings::PaymentSettings {
            test_mode: true,
            stripe: Some(payments::settings::StripeAccount { live: true }),
        };
        desk.ctx
            .write(async move |tx, ctx| payments::settings::save(tx, ctx, &known).await)
            .await
            .unwrap();
        owner
            .get("/admin/payments")
            .await
            .expect(200)
            .says(&["這是示範商店，但金鑰會收真錢"]);
        let nobody = format!("/admin/payment-breaks/{}/settle", kernel::BreakId::new());
        owner.post(&nobody, &[("note", "x")]).await.expect(409);
    });
}
