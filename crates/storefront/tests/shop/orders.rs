//! An order through its link: paying, declining, paying another way, transfers, cancelling, expiring.

use serde_json::{Value, json};

use crate::world::{Browser, Shop, form};

/// Orders one tea in a browser and gives the address that follows.
async fn order_in(shop: &Shop, browser: &Browser<'_>, method: &'static str) -> String {
    let id = shop.small.to_string();
    browser
        .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
        .await;
    browser
        .post("/checkout/complete", &form(method))
        .await
        .location()
        .to_owned()
}

/// Chooses an outcome on the demo page while the shop's jobs run beside it.
async fn pays(shop: &Shop, browser: &Browser<'_>, page: &str, outcome: &str) -> String {
    let fields = [("outcome", outcome)];
    let answering = browser.post(page, &fields);
    let working = async {
        for _ in 0..40 {
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            shop.work().await;
        }
    };
    let (answer, ()) = tokio::join!(answering, working);
    answer.location().to_owned()
}

fn token_of(url: &str) -> String {
    url.split('/').nth(2).unwrap().to_owned()
}

async fn read(shop: &Shop, token: &str) -> Value {
    shop.program()
        .get(&format!("/orders/{token}.json"))
        .await
        .expect(200)
        .json()
}

/// CHK-03: the demo card page says that it is one, and a charge that succeeds pays the order.
#[test]
fn a_card_pays() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order_in(&shop, &browser, "card").await;
        let token = token_of(&page);
        let unpaid = browser
            .get(&format!("/orders/{token}/result"))
            .await
            .expect(200);
        assert!(
            unpaid.body.contains("尚未付款") && unpaid.body.contains("還差付款這一步"),
            "{}",
            unpaid.body
        );
        let demo = browser.get(&page).await.expect(200);
        assert!(
            demo.body.contains("示範付款，不會真的扣款") && demo.body.contains("NT$680"),
            "{}",
            demo.body
        );
        assert_eq!(
            pays(&shop, &browser, &page, "succeed").await,
            format!("/orders/{token}/result")
        );
        let paid = browser
            .get(&format!("/orders/{token}/result"))
            .await
            .expect(200);
        assert!(
            paid.body.contains("付款完成，謝謝您") && !paid.body.contains("尚未付款"),
            "{}",
            paid.body
        );
        let order = read(&shop, &token).await;
        assert_eq!(
            (
                &order["state"],
                &order["payment_state"],
                &order["payment"]["can_pay"]
            ),
            (&json!("paid"), &json!("paid"), &json!(false))
        );
        assert_eq!(
            (&order["steps"][1]["status"], &order["hold"]["reason"]),
            (&json!("done"), &json!("until_shipped"))
        );
        assert_eq!(
            browser.get(&page).await.location(),
            format!("/orders/{token}/result")
        );
        shop.close().await;
    });
}

/// CHK-05: a decline keeps the order, says why in plain words and offers the other ways first.
#[test]
fn a_decline_leads_to_another_way() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order_in(&shop, &browser, "card").await;
        let token = token_of(&page);
        let result = pays(&shop, &browser, &page, "insufficient_funds").await;
        let declined = browser.get(&result).await.expect(200);
        assert!(
            declined.body.contains("付款沒有成功") && declined.body.contains("餘額不足"),
            "{}",
            declined.body
        );
        let order = read(&shop, &token).await;
        assert_eq!(
            (&order["payment_state"], &order["payment"]["decline_reason"]),
            (&json!("declined"), &json!("insufficient_funds"))
        );
        let ways: Vec<_> = order["payment"]["methods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["code"].clone())
            .collect();
        assert_eq!(
            ways,
            [
                json!("bank_transfer"),
                json!("cash_on_delivery"),
                json!("card")
            ]
        );
        let next = browser
            .post(
                &format!("/orders/{token}/payments"),
                &[("payment_method", "bank_transfer")],
            )
            .await;
        assert_eq!(next.location(), format!("/orders/{token}/result"));
        let transfer = browser
            .get(&format!("/orders/{token}/result"))
            .await
            .expect(200);
        assert!(
            transfer.body.contains("0123-456") && transfer.body.contains("請轉帳 NT$680"),
            "{}",
            transfer.body
        );
        let report = format!("/orders/{token}/transfer_report");
        let wrong = browser.post(&report, &[("last_five", "12")]).await;
        let wrong = wrong.expect(422);
        assert!(
            wrong.body.contains("id=\"error-last_five\"") && wrong.body.contains("value=\"12\""),
            "{}",
            wrong.body
        );
        let told = browser.post(&report, &[("last_five", "54321")]).await;
        assert_eq!(told.location(), format!("/orders/{token}"));
        let waiting = browser.get(&format!("/orders/{token}")).await.expect(200);
        assert!(
            waiting.body.contains("等候核對入帳") && waiting.body.contains("54321"),
            "{}",
            waiting.body
        );
        shop.close().await;
    });
}

/// P6: while nobody knows how a payment ended, the page says so and offers no second charge.
#[test]
fn an_unknown_payment_is_not_paid_twice() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order_in(&shop, &browser, "card").await;
        let token = token_of(&page);
        pays(&shop, &browser, &page, "timed_out").await;
        let result = browser
            .get(&format!("/orders/{token}/result"))
            .await
            .expect(200);
        assert!(
            result.body.contains("正在向銀行確認付款") && !result.body.contains("pay-form"),
            "{}",
            result.body
        );
        let order = read(&shop, &token).await;
        assert_eq!(
            (&order["payment_state"], &order["can_cancel"]),
            (&json!("unknown"), &json!(false))
        );
        let again = browser
            .post(
                &format!("/orders/{token}/payments"),
                &[("payment_method", "card")],
            )
            .await;
        assert!(again.status.is_client_error(), "{again:?}");
        shop.close().await;
    });
}

/// CHK-26: "not yet paid" is unmistakable on both pages, with the deadline and a way to pay; INV-04: the hold is explained.
#[test]
fn unpaid_is_unmistakable() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let result = order_in(&shop, &browser, "bank_transfer").await;
        let token = token_of(&result);
        for path in [result.clone(), format!("/orders/{token}")] {
            let page = browser.get(&path).await.expect(200);
            for text in [
                "尚未付款",
                "2026/03/05",
                "outcome-unpaid",
                "改用其他方式付款",
                "為您保留",
            ] {
                assert!(page.body.contains(text), "{path} {text}: {}", page.body);
            }
        }
        let order = read(&shop, &token).await;
        assert_eq!(
            (&order["hold"]["reason"], &order["hold"]["until"]),
            (&json!("awaiting_payment"), &order["payment"]["deadline"])
        );
        assert_eq!(
            order["hold"]["lines"],
            json!([{"title": "凍頂烏龍茶", "variant_title": "75 g", "quantity": 1}])
        );
        world.pass(std::time::Duration::from_secs(3 * 86_400 + 1));
        shop.expire().await;
        let over = browser
            .get(&format!("/orders/{token}/result"))
            .await
            .expect(200);
        assert!(
            over.body.contains("訂單已逾期關閉") && !over.body.contains("尚未付款"),
            "{}",
            over.body
        );
        let order = read(&shop, &token).await;
        assert_eq!(
            (&order["state"], &order["hold"], &order["steps"][1]["code"]),
            (&json!("expired"), &json!(null), &json!("expired"))
        );
        shop.close().await;
    });
}

/// The buyer calls off an order that was not picked, once, and its stock is free again.
#[test]
fn a_buyer_cancels() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let order = program.buys(shop.small, "bank_transfer").await;
        let token = order["order"]["token"].as_str().unwrap();
        let path = format!("/orders/{token}/cancellation");
        let gone = program
            .send("POST", &path, None, &[])
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&gone["state"], &gone["payment_state"], &gone["hold"]),
            (&json!("cancelled"), &json!("cancelled"), &json!(null))
        );
        assert_eq!(
            gone["steps"][1],
            json!({"code": "cancelled", "status": "stopped", "at": "2026-03-02T02:00:00Z"})
        );
        program.send("POST", &path, None, &[]).await.expect(409);
        let browser = shop.browser();
        let refused = browser.post(&path, &[]).await.expect(409);
        assert!(
            refused.body.contains("已取消") && refused.body.contains("notice-error"),
            "{}",
            refused.body
        );
        let report = format!("/orders/{token}/transfer_report");
        let late = browser.post(&report, &[("last_five", "54321")]).await;
        assert!(
            late.status.as_u16() == 409 && late.body.contains("notice-error"),
            "{}",
            late.body
        );
        assert!(!late.body.contains("54321"), "nothing was kept");
        let page = browser.get(&format!("/orders/{token}")).await.expect(200);
        assert!(!page.body.contains("transfer_report") && !page.body.contains(">error-"));
        world.pass(std::time::Duration::from_secs(2));
        let product = program.get("/products/dongding-oolong").await.json();
        assert_eq!(product["variants"][0]["available"], 10);
        shop.close().await;
    });
}

/// CHK-04: cash is paid at the door, so the page does not call it unpaid; without the delivery for it, it is refused.
#[test]
fn cash_is_due_at_the_door() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let result = order_in(&shop, &browser, "cash_on_delivery").await;
        let token = token_of(&result);
        let page = browser.get(&format!("/orders/{token}")).await.expect(200);
        assert!(
            page.body.contains("收貨時付款") && !page.body.contains("尚未付款"),
            "{}",
            page.body
        );
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let mut fields = form("cash_on_delivery");
        fields.retain(|(name, _)| *name != "delivery_method");
        fields.push(("delivery_method", "post"));
        let refused = browser
            .post("/checkout/complete", &fields)
            .await
            .expect(422);
        assert!(
            refused.body.contains("這個配送方式不能貨到付款"),
            "{}",
            refused.body
        );
        shop.close().await;
    });
}

/// A17, ORD-05, ORD-15: what a shopper types shows as text on the order's page.
#[test]
fn typed_scripts_are_text() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let script = "<script>alert(1)</script>";
        let mut fields = form("bank_transfer");
        fields
            .retain(|(name, _)| !["note", "gift_message", "shipping_address.name"].contains(name));
        fields.extend([
            ("note", script),
            ("gift_message", "\"><img src=x onerror=alert(1)>"),
            ("shipping_address.name", script),
        ]);
        let result = browser
            .post("/checkout/complete", &fields)
            .await
            .location()
            .to_owned();
        let page = browser
            .get(&format!("/orders/{}", token_of(&result)))
            .await
            .expect(200);
        assert!(
            page.body.contains("&lt;script&gt;alert(1)"),
            "{}",
            page.body
        );
        assert!(
            !page.body.contains("<script>alert") && !page.body.contains("<img src=x"),
            "{}",
            page.body
        );
        shop.close().await;
    });
}
