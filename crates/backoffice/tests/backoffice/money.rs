//! Money at the back office: transfers matched to orders, refunds whole and in part, money given back by hand.

use kernel::Role;
use orders::PaymentMethod;
use serde_json::{Value, json};

use crate::desk::{Desk, SMALL};

async fn order(desk: &Desk, at: &str) -> Value {
    desk.program(Role::Owner)
        .await
        .get(&format!("{at}.json"))
        .await
        .expect(200)
        .json()
}

/// P8: money that arrived waits in suspense, finds its order, and pays it once.
#[test]
fn a_transfer_finds_its_order() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.buys(desk.small, 1, PaymentMethod::BankTransfer).await;
        operations::flows::collect_payment::report_transfer(&desk.ctx, id, "40218".into())
            .await
            .unwrap();
        let staff = desk.staff(Role::Operations).await;
        let wrong = [("amount", "六百八"), ("payer_last_five", "40218")];
        staff
            .post("/admin/bank-receipts", &wrong)
            .await
            .expect(422)
            .says(&["六百八", "id=\"error-amount\""]);
        let fields = [
            ("amount", "680"),
            ("payer_last_five", "40218"),
            ("payer", "王小明"),
            ("idempotency_key", "click-1"),
        ];
        staff
            .post("/admin/bank-receipts", &fields)
            .await
            .expect(303);
        staff
            .post("/admin/bank-receipts", &fields)
            .await
            .expect(303);
        let program = desk.program(Role::Operations).await;
        let list = program.get("/admin/bank-receipts.json").await.json();
        assert_eq!(
            list["suspense"]["receipts"], 1,
            "a second click is the same money"
        );
        let candidate = &list["items"][0]["candidates"][0];
        assert_eq!(
            (&candidate["order_id"], &candidate["match"]),
            (&json!(id.to_string()), &json!("amount_and_last_five"))
        );
        staff.get("/admin/bank-receipts").await.expect(200).says(&[
            "金額與末五碼都符合",
            "王小明",
            "NT$680",
        ]);
        staff
            .get(&format!("/admin/orders/{id}"))
            .await
            .expect(200)
            .says(&["這些入帳可能就是它"]);
        let receipt = list["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/admin/bank-receipts/{receipt}/match");
        staff
            .post(&path, &[("order_number", "no-such-order")])
            .await
            .expect(422)
            .says(&["查無這筆訂單"]);
        let other = desk.buys(desk.cup, 1, PaymentMethod::BankTransfer).await;
        staff
            .post(&path, &[("order_id", &other.to_string())])
            .await
            .expect(409)
            .says(&["金額和應付金額不同"]);
        staff
            .post(&path, &[("order_id", &id.to_string())])
            .await
            .expect(303);
        let paid = order(&desk, &format!("/admin/orders/{id}")).await;
        assert_eq!(
            (&paid["order"]["state"], &paid["figures"]["paid"]["amount"]),
            (&json!("paid"), &json!(68_000))
        );
        staff
            .post(&path, &[("order_id", &other.to_string())])
            .await
            .expect(409);
        let matched = program
            .get("/admin/bank-receipts.json?tab=matched")
            .await
            .json();
        assert_eq!(
            (
                &matched["items"][0]["matched_by"],
                &matched["suspense"]["receipts"]
            ),
            (&json!("operations 一號"), &json!(0))
        );
    });
}

/// P8: money that belongs to no order is sent back, once, and can pay nothing afterwards.
#[test]
fn money_without_an_order_is_sent_back() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let body = json!({ "amount": { "amount": 68_000, "currency": "TWD" }, "reference": "B1", "received_at": "2026-03-01T12:00:00Z" });
        let made = program
            .send("POST", "/admin/bank-receipts", Some(body.clone()))
            .await
            .expect(201)
            .json();
        assert_eq!(
            program
                .send("POST", "/admin/bank-receipts", Some(body))
                .await
                .expect(201)
                .json()["id"],
            made["id"]
        );
        let id = made["id"].as_str().unwrap();
        let other = json!({ "amount": "999", "reference": "B1" });
        let refused = program
            .send("POST", "/admin/bank-receipts", Some(other))
            .await
            .expect(409)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/reference");
        let future = json!({ "amount": "999", "received_at": "2030-01-01T00:00" });
        program
            .send("POST", "/admin/bank-receipts", Some(future))
            .await
            .expect(422);
        program
            .send("POST", &format!("/admin/bank-receipts/{id}/return"), None)
            .await
            .expect(200);
        program
            .send("POST", &format!("/admin/bank-receipts/{id}/return"), None)
            .await
            .expect(200);
        let order = desk.buys(desk.small, 1, PaymentMethod::BankTransfer).await;
        let pays = json!({ "order_id": order });
        program
            .send(
                "POST",
                &format!("/admin/bank-receipts/{id}/match"),
                Some(pays),
            )
            .await
            .expect(409);
        desk.staff(Role::Operations)
            .await
            .get("/admin/bank-receipts?tab=all")
            .await
            .expect(200)
            .says(&["已退回"]);
    });
}

/// P4: refunds by line, by amount and of the rest give back exactly what came in, and not a cent more.
#[test]
fn refunds_give_back_what_came_in() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 2).await;
        let at = format!("/admin/orders/{id}");
        let service = desk.staff(Role::Service).await;
        let line = order(&desk, &at).await["lines"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("{at}/refunds");
        let lines = format!("lines[{line}][unshipped]");
        let one = [
            ("form", "refund"),
            ("scope", "lines"),
            (lines.as_str(), "1"),
            ("reason", "damaged"),
            ("idempotency_key", "k1"),
        ];
        service.post(&path, &one).await.expect(303);
        service.post(&path, &one).await.expect(303);
        let after = order(&desk, &at).await;
        assert_eq!(
            (
                after["refunds"].as_array().unwrap().len(),
                &after["figures"]["refunded"]["amount"]
            ),
            (1, &json!(SMALL))
        );
        assert_eq!(
            (
                &after["lines"][0]["refundable_unshipped"],
                &after["lines"][0]["cancelled_quantity"]
            ),
            (&json!(1), &json!(1))
        );
        let none = [("form", "refund"), ("scope", "lines"), ("reason", "other")];
        service
            .post(&path, &none)
            .await
            .expect(422)
            .says(&["id=\"error-lines\""]);
        let goodwill = [
            ("form", "refund"),
            ("scope", "amount"),
            ("amount", "30"),
            ("reason", "price_adjustment"),
        ];
        service.post(&path, &goodwill).await.expect(303);
        service
            .post(
                &path,
                &[
                    ("form", "refund"),
                    ("scope", "whole"),
                    ("reason", "customer_request"),
                ],
            )
            .await
            .expect(303);
        let after = order(&desk, &at).await;
        assert_eq!(
            (
                &after["figures"]["refundable"]["amount"],
                &after["can"]["refund"]
            ),
            (&json!(0), &json!(false))
        );
        assert_eq!(after["figures"]["refunded"], after["figures"]["paid"]);
        assert_eq!(
            after["order"]["state"], "cancelled",
            "nothing is left to send"
        );
        let whole = json!({ "scope": "whole", "reason": "other" });
        desk.program(Role::Service)
            .await
            .send("POST", &path, Some(whole))
            .await
            .expect(409);
    });
}

/// P4: a transfer is given back by hand; until somebody says so the refund is under way, and the customer hears of it once.
#[test]
fn money_given_back_by_hand_is_said_so() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 1).await;
        let at = format!("/admin/orders/{id}");
        let service = desk.staff(Role::Service).await;
        service
            .post(
                &format!("{at}/refunds"),
                &[("scope", "whole"), ("reason", "customer_request")],
            )
            .await
            .expect(303);
        service
            .get(&at)
            .await
            .expect(200)
            .says(&["已用其他方式退還 NT$680", "處理中"]);
        let refund = order(&desk, &at).await["refunds"][0].clone();
        assert_eq!(
            (&refund["state"], &refund["by_hand"]),
            (&json!("pending"), &json!(true))
        );
        let path = format!("{at}/refunds/{}/settlement", refund["id"].as_str().unwrap());
        let other = desk.paid(desk.cup, 1).await;
        let elsewhere = path.replace(&id.to_string(), &other.to_string());
        let said = [("reference", "T-778")];
        service.post(&elsewhere, &said).await.expect(404);
        service.post(&path, &[]).await.expect(422);
        service.post(&path, &said).await.expect(303);
        let after = order(&desk, &at).await;
        assert_eq!(
            (
                &after["refunds"][0]["state"],
                &after["order"]["payment_state"]
            ),
            (&json!("succeeded"), &json!("refunded"))
        );
        service.post(&path, &said).await.expect(409);
    });
}

/// P4, INV-04: goods that come back are on the shelf and in the ledger, and the page says so.
#[test]
fn goods_that_come_back_are_on_the_shelf() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 2).await;
        let at = format!("/admin/orders/{id}");
        let program = desk.program(Role::Owner).await;
        program
            .send("POST", &format!("{at}/picking"), None)
            .await
            .expect(200);
        program
            .send(
                "POST",
                &format!("{at}/parcels"),
                Some(json!({ "carrier": "own" })),
            )
            .await
            .expect(201);
        let line = order(&desk, &at).await["lines"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let back = json!({ "scope": "lines", "lines": { line: { "shipped": 1 } }, "include_shipping": false, "reason": "returned", "restock": true });
        program
            .send("POST", &format!("{at}/refunds"), Some(back))
            .await
            .expect(201);
        let stock = program
            .get(&format!("/admin/inventory/variants/{}.json", desk.small))
            .await
            .json();
        assert_eq!(
            (&stock["on_hand"], &stock["movements"][0]["kind"]),
            (&json!(9), &json!("return"))
        );
        let after = order(&desk, &at).await;
        assert_eq!(
            (
                &after["refunds"][0]["restocked"],
                &after["lines"][0]["returned_quantity"]
            ),
            (&json!(true), &json!(1))
        );
        desk.staff(Role::Owner)
            .await
            .get(&at)
            .await
            .expect(200)
            .says(&["已放回庫存", "退回 1"]);
    });
}

/// P4: a refused refund comes back with everything that was typed, and says in the reader's words what is wrong; what was
/// given back of the shipping is not offered again.
#[test]
fn a_refused_refund_keeps_what_was_typed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 2).await;
        let at = format!("/admin/orders/{id}");
        let path = format!("{at}/refunds");
        let page = order(&desk, &at).await;
        let line = page["lines"][0]["id"].as_str().unwrap().to_owned();
        let service = desk.staff(Role::Service).await;
        let field = format!("lines[{line}][unshipped]");
        let many = [
            ("form", "refund"),
            ("scope", "lines"),
            (field.as_str(), "3"),
            ("include_shipping", "true"),
            ("reason", "damaged"),
        ];
        let refused = service.post(&path, &many).await.expect(409);
        let refused = refused.says(&[
            "id=\"error-lines\"",
            "value=\"3\"",
            "value=\"damaged\" selected",
        ]);
        let boxes = "name=\"include_shipping\" value=\"true\" checked";
        assert!(refused.body.contains(boxes), "{}", refused.body);
        for (amount, status) in [
            ("9999", 409),
            ("六百", 422),
            ("-1", 422),
            ("0", 409),
            ("0.5", 409),
        ] {
            let wrong = [
                ("form", "refund"),
                ("scope", "amount"),
                ("amount", amount),
                ("reason", "other"),
            ];
            let said = service.post(&path, &wrong).await.expect(status);
            let typed = format!("value=\"{amount}\"");
            let said = said.says(&["notice-bad", &typed, "value=\"other\" selected"]);
            assert!(!said.body.contains(">error-"), "{amount}: {}", said.body);
        }
        let shipping = [
            ("form", "refund"),
            ("scope", "lines"),
            ("include_shipping", "true"),
            ("reason", "other"),
        ];
        service
            .get(&at)
            .await
            .expect(200)
            .says(&["include_shipping"]);
        service.post(&path, &shipping).await.expect(303);
        let after = order(&desk, &at).await;
        assert_eq!(
            (
                &after["refunds"][0]["amount"]["amount"],
                &after["figures"]["shipping_refundable"]["amount"]
            ),
            (&page["figures"]["shipping"]["amount"], &json!(0))
        );
        assert!(!service.get(&at).await.body.contains("include_shipping"));
        service
            .post(&path, &shipping)
            .await
            .expect(409)
            .says(&["沒有可以退的款項"]);
    });
}

/// ORD-05: the provider gives the money back, in the background; the timeline says who of the staff asked for it.
#[test]
fn the_timeline_names_who_refunded() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.buys(desk.small, 1, PaymentMethod::Card).await;
        let pay = desk.ctx.write(async move |tx, ctx| {
            payments::demo_card::open_account(tx, ctx).await?;
            let tries = payments::payment::of_order(tx, id).await?;
            let scenario = payments::demo_card::Scenario::Succeed;
            payments::payment::request_charge(tx, ctx, tries[0].id, scenario).await
        });
        pay.await.unwrap();
        desk.work().await;
        let at = format!("/admin/orders/{id}");
        let service = desk.staff(Role::Service).await;
        let fields = [("scope", "amount"), ("amount", "100"), ("reason", "other")];
        service
            .post(&format!("{at}/refunds"), &fields)
            .await
            .expect(303);
        desk.work().await;
        let page = order(&desk, &at).await;
        let entries = page["timeline"].as_array().unwrap();
        let refunded = entries
            .iter()
            .find(|e| e["event"] == "Order Refunded")
            .unwrap();
        assert_eq!(
            (&refunded["actor"], &refunded["actor_name"]),
            (&json!("staff"), &json!("service 一號"))
        );
        assert_eq!(page["refunds"][0]["by"], "service 一號");
    });
}
