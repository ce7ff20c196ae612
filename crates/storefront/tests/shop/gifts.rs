//! A gift with orders of enough goods, as shoppers and programs meet it.

use inventory::{EntryKind, stock, stock::Adjustment};
use operations::{
    FlowError,
    flows::decide_gift::{self, NewGift},
};
use serde_json::json;

use crate::world::{SMALL, Shop, details, form};

/// The shop gives a cup with goods for this much.
async fn gives(shop: &Shop, from: i64) {
    let new = NewGift {
        on: true,
        sku: "CUP-1".into(),
        from: Some(kernel::Money::new(from, kernel::Currency::TWD)),
    };
    let write = shop
        .ctx
        .write(async move |tx, ctx| decide_gift::decide(tx, ctx, &new).await);
    write.await.unwrap();
}

/// No cup is left.
async fn gone(shop: &Shop) {
    let cup = shop.cup;
    let write = shop.ctx.write(async move |tx, ctx| {
        let taken = Adjustment::new(cup, -10, EntryKind::Count, "count");
        stock::adjust(tx, ctx, taken).await?;
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
}

/// STF-16: a shopper without a script reads of the gift on every page, sees in the cart how much is missing and then the
/// gift itself, as a line of the checkout, of the result and of the order that costs nothing.
#[test]
fn a_gift_is_seen_on_the_way() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        gives(&shop, 2 * SMALL).await;
        let browser = shop.browser();
        for path in ["/", "/collections/tea", "/products/dongding-oolong"] {
            let page = browser.get(path).await.expect(200).body;
            assert!(page.contains("滿 NT$1,160 送「玻璃杯」"), "{path}: {page}");
        }
        let id = shop.small.to_string();
        let add = [("variant_id", id.as_str()), ("quantity", "1")];
        browser.post("/cart/lines", &add).await;
        let cart = browser.get("/cart").await.expect(200).body;
        assert!(cart.contains("再買 NT$580，就送「玻璃杯」"), "{cart}");
        assert!(!cart.contains("cart-line-gift"), "{cart}");
        let checkout = browser.get("/checkout").await.expect(200).body;
        assert!(!checkout.contains("name=\"expected_gift\""), "{checkout}");
        browser.post("/cart/lines", &add).await;
        let cart = browser.get("/cart").await.expect(200).body;
        for words in ["cart-line-gift", "已達滿額，送您「玻璃杯」", "單買 NT$360"] {
            assert!(cart.contains(words), "{words}: {cart}");
        }
        let checkout = browser.get("/checkout").await.expect(200).body;
        let seen = format!("name=\"expected_gift\" value=\"{}\"", shop.cup);
        for words in [
            seen.as_str(),
            "<span class=\"gift-tag\">贈品</span>",
            "NT$1,240",
        ] {
            assert!(checkout.contains(words), "{words}: {checkout}");
        }
        let cup = shop.cup.to_string();
        let mut fields = form("bank_transfer");
        fields.push(("expected_gift", &cup));
        let placed = browser.post("/checkout/complete", &fields).await;
        let order = placed.location().trim_end_matches("/result").to_owned();
        let page = browser.get(&order).await.expect(200).body;
        assert!(
            page.contains("<span class=\"gift-tag\">贈品</span>") && page.contains("NT$1,260"),
            "{page}"
        );
        let again = browser.post(&format!("{order}/reorder"), &[]).await;
        assert_eq!(again.location(), "/cart");
        let cart = browser.get("/cart.json").await.json();
        assert_eq!(
            (&cart["item_count"], cart["lines"].as_array().unwrap().len()),
            (&json!(2), 1)
        );
        shop.close().await;
    });
}

/// STF-16: whoever saw a gift that is gone is told, keeps what they typed, and orders without it at the same total; a
/// program gets a problem of its own; nothing is promised any more.
#[test]
fn a_gift_that_is_gone_is_told() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        gives(&shop, SMALL).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        program
            .send("PUT", "/checkout", Some(details("bank_transfer")), &[])
            .await
            .expect(200);
        let quote = program.get("/checkout.json").await.json();
        assert_eq!(
            (&quote["gift"]["reached"], &quote["lines"][1]["gift"]),
            (&json!(true), &json!(true))
        );
        gone(&shop).await;
        let cup = shop.cup.to_string();
        let mut fields = form("bank_transfer");
        fields.push(("expected_gift", &cup));
        let told = browser
            .post("/checkout/complete", &fields)
            .await
            .expect(409)
            .body;
        assert!(told.contains("贈品有變動或已經送完"), "{told}");
        assert!(told.contains("value=\"0912 345 678\""), "{told}");
        assert!(!told.contains("name=\"expected_gift\""), "{told}");
        fields.pop();
        browser.post("/checkout/complete", &fields).await.location();

        let body = json!({ "expected_gift": cup, "expected_total": quote["total"]["amount"] });
        let refused = program
            .send("POST", "/checkout/complete", Some(body), &[])
            .await;
        let refused = refused.expect(409).json();
        assert!(
            refused["type"].as_str().unwrap().ends_with("gift-gone"),
            "{refused}"
        );
        let body = json!({ "expected_total": quote["total"]["amount"] });
        let placed = program
            .send("POST", "/checkout/complete", Some(body), &[])
            .await;
        let placed = placed.expect(201).json();
        assert_eq!(placed["order"]["lines"].as_array().unwrap().len(), 1);
        let cart = shop.browser();
        world.pass(std::time::Duration::from_secs(60));
        let page = cart.get("/").await.expect(200).body;
        assert!(!page.contains("玻璃杯」"), "{page}");
        shop.close().await;
    });
}
