//! From an empty shop to a first sale.

use kernel::Role;
use orders::PaymentMethod;
use serde_json::{Value, json};

use crate::desk::Desk;

fn done(page: &Value) -> Vec<&str> {
    page["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["done"] == true)
        .map(|s| s["code"].as_str().unwrap())
        .collect()
}

/// STF-24: steps know by themselves whether they are done; what a person looked at is kept; the guide is put away and taken
/// out again.
#[test]
fn steps_follow_the_shop() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let page = program.get("/admin/start.json").await.expect(200).json();
        assert_eq!(done(&page), ["product", "stock", "delivery", "payment"]);
        let form = json!({ "name": { "en": "Tea" }, "contact_email": "a@shop.test", "languages": { "en": "on" }, "zone": "Asia/Taipei" });
        program
            .send("PUT", "/admin/settings/shop", Some(form))
            .await
            .expect(200);
        let looked = json!({ "looked": { "home": "on", "product": "on", "cart": "on", "checkout": "on", "letter": "on", "contact": "on" } });
        program
            .send("PUT", "/admin/start/looks", Some(looked))
            .await
            .expect(200);
        desk.buys(desk.small, 1, PaymentMethod::BankTransfer).await;
        let page = program.get("/admin/start.json").await.json();
        assert_eq!(
            done(&page),
            [
                "identity", "product", "stock", "delivery", "payment", "look", "order"
            ]
        );
        let owner = desk.staff(Role::Owner).await;
        owner
            .get("/admin")
            .await
            .expect(200)
            .says(&["開店步驟", "完成 7／9"]);
        owner
            .post("/admin/start/dismissal?_method=PUT", &[("dismissed", "on")])
            .await
            .expect(303);
        assert!(!owner.get("/admin").await.body.contains("開店步驟"));
        owner
            .get("/admin/start")
            .await
            .expect(200)
            .says(&["重新顯示在首頁"]);
        let clerk = desk.staff(Role::Service).await;
        clerk.get("/admin/start").await.expect(403);
        program
            .send(
                "PUT",
                "/admin/start/looks",
                Some(json!({ "looked": { "moon": "on" } })),
            )
            .await
            .expect(422);
    });
}

async fn counts(desk: &Desk) -> Vec<i64> {
    let mut all = Vec::new();
    for table in [
        "orders", "carts", "holds", "messages", "events", "payments", "jobs",
    ] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        all.push(
            desk.ctx
                .read(async move |rx, _| rx.scalar(&sql, &[]).await)
                .await
                .unwrap(),
        );
    }
    all
}

/// STF-24: the walk goes all the way by the real flow and leaves nothing behind: no order, no hold, no letter, no event.
#[test]
fn the_first_customer_leaves_no_trace() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let before = counts(&desk).await;
        let walked = program
            .send("POST", "/admin/start/walk", Some(json!({})))
            .await
            .expect(200)
            .json();
        let steps: Vec<&str> = walked["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["code"].as_str().unwrap())
            .collect();
        assert_eq!(
            steps,
            [
                "home",
                "product",
                "cart",
                "checkout",
                "order",
                "cancellation"
            ],
            "{walked}"
        );
        assert_eq!(
            walked["steps"][0]["problems"],
            json!(["no_contact", "no_policies"])
        );
        assert!(
            walked["steps"]
                .as_array()
                .unwrap()
                .iter()
                .all(|s| s["stopped"] == false)
        );
        assert_eq!(counts(&desk).await, before);
        let owner = desk.staff(Role::Owner).await;
        owner.get("/admin/start").await.expect(200).says(&[
            "有地方要改",
            "沒有電話也沒有信箱",
            "取消訂單",
        ]);
    });
}

/// STF-24: what would stop a customer is named at its step: no delivery to the address, no way to pay, sold out.
#[test]
fn the_walk_says_what_is_in_the_way() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let last = async || {
            let walked = program
                .send("POST", "/admin/start/walk", Some(json!({})))
                .await
                .expect(200)
                .json();
            let step = walked["steps"].as_array().unwrap().last().unwrap().clone();
            assert_eq!(step["stopped"], true, "{walked}");
            format!(
                "{} {}",
                step["code"].as_str().unwrap(),
                step["problems"][0].as_str().unwrap()
            )
        };
        let off = json!({ "methods": { "bank_transfer": { "on": true } }, "bank": { "account_number": "123" } });
        program
            .send("PUT", "/admin/settings/payment", Some(off))
            .await
            .expect(200);
        let none = json!({ "methods": { "card": { "on": true, "most": "1" } } });
        program
            .send("PUT", "/admin/settings/payment", Some(none))
            .await
            .expect(200);
        assert_eq!(last().await, "checkout no_payment");
        let methods = program.get("/admin/settings/delivery.json").await.json();
        let id = methods["methods"][0]["id"].as_str().unwrap().to_owned();
        let off = json!({ "name": { "en": "x" }, "carrier": "tcat", "rate": "100", "days_min": 1, "days_max": 2, "position": 1 });
        program
            .send(
                "PUT",
                &format!("/admin/settings/delivery/methods/{id}"),
                Some(off),
            )
            .await
            .expect(200);
        assert_eq!(last().await, "checkout no_delivery");
        let gone = desk
            .ctx
            .write(async |tx, _| tx.execute("UPDATE products SET state = 'draft'", &[]).await);
        gone.await.unwrap();
        assert_eq!(last().await, "product no_product");
    });
}
