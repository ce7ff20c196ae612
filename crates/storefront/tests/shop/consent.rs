//! What people allow: measured visits, letters about offers; their own data.

use platform::params;
use serde_json::json;

use crate::{
    accounts::opens_account,
    world::{Shop, form},
};

/// Every decision on record: purpose, whether it was allowed, where.
async fn decisions(shop: &Shop) -> Vec<(String, bool, String)> {
    let read = shop.ctx.read(async |rx, _| {
        let sql = "SELECT purpose, granted, source FROM consents ORDER BY seq";
        let rows = rx.rows(sql, &[]).await?;
        rows.iter()
            .map(|r| Ok((r.get("purpose")?, r.get("granted")?, r.get("source")?)))
            .collect::<Result<Vec<_>, platform::DbError>>()
    });
    read.await.unwrap()
}

async fn asks_everybody(shop: &Shop) {
    let write = shop.ctx.write(async |tx, ctx| {
        let known = operations::shop::load(tx).await?;
        let decided = operations::shop::Shop {
            ask_consent: operations::shop::AskConsent::Always,
            ..known
        };
        platform::settings::save(tx, ctx, operations::shop::SHOP, &decided).await
    });
    write.await.unwrap();
}

/// M13: where browsers are asked, nothing is measured and no browser known again before it said yes; no is kept as well,
/// and what was known is taken away; a decision can be changed, and each stays on record.
#[test]
fn nothing_is_measured_before_a_yes() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        asks_everybody(&shop).await;
        let browser = shop.browser();
        browser.get("/").await.expect(200);
        let page = browser.get("/products/dongding-oolong").await.expect(200);
        assert!(page.body.contains("action=\"/consent\""), "the banner asks");
        assert_eq!(browser.cookie("__Host-visitor"), None);
        let seen = |events: Vec<(String, serde_json::Value)>| {
            events
                .iter()
                .filter(|(name, _)| name == "Page Viewed")
                .count()
        };
        assert_eq!(seen(shop.events().await), 0);
        let yes = [("measurement", "1"), ("next", "/cart")];
        assert_eq!(browser.post("/consent", &yes).await.location(), "/cart");
        let page = browser.get("/products/dongding-oolong").await.expect(200);
        assert!(
            !page.body.contains("class=\"consent\""),
            "nobody is asked twice"
        );
        assert!(browser.cookie("__Host-visitor").is_some());
        assert_eq!(seen(shop.events().await), 1);
        browser
            .post("/consent", &[("measurement", "0")])
            .await
            .location();
        browser.get("/").await.expect(200);
        assert_eq!(browser.cookie("__Host-visitor"), None);
        assert_eq!(seen(shop.events().await), 1);
        let kept = decisions(&shop).await;
        let granted: Vec<bool> = kept.iter().map(|(_, granted, _)| *granted).collect();
        assert_eq!(granted, [true, false]);
        let change = shop.ctx.write(async |tx, _| {
            tx.execute("UPDATE consents SET granted = $1", params![true])
                .await
        });
        assert!(change.await.is_err(), "a decision is never rewritten");
        shop.close().await;
    });
}

/// GOV-10, M13: letters about offers are wanted only by a tick, at checkout and in the account; each decision is on
/// record; the customer takes along everything that is kept, and asks to be forgotten where somebody answers.
#[test]
fn a_customer_decides_about_their_data() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        let id = shop.small.to_string();
        let line = [("variant_id", id.as_str()), ("quantity", "1")];
        browser.post("/cart/lines", &line).await.location();
        let mut fields = form("bank_transfer");
        fields.push(("marketing_mail", "1"));
        browser.post("/checkout/complete", &fields).await.location();
        let settings = browser.get("/account/settings.json").await.json();
        assert_eq!(settings["marketing_mail"], true);
        let consent = "/account/consent?_method=PUT";
        browser.post(consent, &[]).await.location();
        browser.post(consent, &[]).await.location();
        let kept = decisions(&shop).await;
        let kept: Vec<_> = kept
            .iter()
            .map(|(_, yes, at)| (*yes, at.as_str()))
            .collect();
        assert_eq!(kept, [(true, "checkout"), (false, "account")]);

        let file = browser.get("/account/export").await.expect(200);
        assert!(file.header("content-disposition").starts_with("attachment"));
        let all = file.json();
        assert_eq!(
            (
                &all["profile"]["email"],
                &all["orders"][0]["address"]["city"]
            ),
            (&json!("Reader@shop.test"), &json!("大安區"))
        );
        assert_eq!(all["consents"].as_array().unwrap().len(), 2);
        shop.browser().get("/account/export").await.location();
        let page = browser.get("/account/erasure.json").await.json();
        assert_eq!(
            (&page["preview"]["orders"], &page["preview"]["needed"]),
            (&json!(1), &json!("error-erase-open-orders"))
        );
        assert!(page["preview"]["books_until"].is_string());
        for _ in 0..2 {
            browser.post("/account/erasure", &[]).await.location();
        }
        browser.get("/account/erasure").await.expect(200);
        let page = browser.get("/account/erasure.json").await.json();
        assert!(page["preview"]["wished_at"].is_string());
        shop.browser().get("/account/erasure").await.location();
        let messages = browser.get("/account/messages.json").await.json();
        assert_eq!(messages["questions"][0]["answer"], serde_json::Value::Null);
        assert_eq!(messages["questions"].as_array().unwrap().len(), 1);
        shop.close().await;
    });
}
