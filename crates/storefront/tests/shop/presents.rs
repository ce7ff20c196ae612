//! Presents that are wrapped: chosen at the checkout by a box and by a program, and a line of its own wherever the price
//! stands.

use kernel::{Locale, Texts};
use operations::packing::{GiftWrap, PACKING, Packing};
use platform::{DbError, settings};
use serde_json::json;

use crate::world::{SMALL, Shop, details, form};

/// The shop wraps presents for a price, or does not.
async fn wraps(shop: &Shop, price: Option<i64>) {
    let decided = Packing {
        gift_wrap: GiftWrap {
            offered: price.is_some(),
            price: price.unwrap_or(0),
            words: Texts::one(Locale::Hant, "和紙與棉繩"),
        },
        ..Packing::default()
    };
    let write = shop.ctx.write(async move |tx, ctx| {
        settings::save(tx, ctx, PACKING, &decided).await?;
        Ok::<_, DbError>(())
    });
    write.await.unwrap();
}

/// ORD-15, CHK-23: a browser without a script ticks a box, has the figures worked out again, and sees the wrap as a line
/// of its own until the order's page; unticked it is gone again.
#[test]
fn a_present_is_wrapped_by_a_box() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let bare = browser.get("/checkout").await.expect(200).body;
        assert!(!bare.contains("name=\"gift_wrap\""), "{bare}");
        wraps(&shop, Some(6_000)).await;
        let offered = browser.get("/checkout").await.expect(200).body;
        for words in ["加禮物包裝（NT$60）", "和紙與棉繩"] {
            assert!(offered.contains(words), "{words}: {offered}");
        }
        assert!(!offered.contains("<dt>禮物包裝</dt>"), "{offered}");
        let mut fields = form("bank_transfer");
        fields.push(("gift_wrap", "1"));
        let again = [fields.as_slice(), &[("recalculate", "1")]].concat();
        let page = browser
            .post("/checkout?_method=PUT", &again)
            .await
            .expect(200)
            .body;
        for words in [
            "<dt>禮物包裝</dt><dd>NT$60</dd>",
            "NT$740",
            "value=\"1\" aria-describedby=\"hint-gift_wrap\" checked",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let plain = form("bank_transfer");
        let again = [plain.as_slice(), &[("recalculate", "1")]].concat();
        let page = browser
            .post("/checkout?_method=PUT", &again)
            .await
            .expect(200)
            .body;
        assert!(!page.contains("<dt>禮物包裝</dt>"), "{page}");
        let placed = browser.post("/checkout/complete", &fields).await;
        let result = placed.location().to_owned();
        let order = result.trim_end_matches("/result").to_owned();
        for path in [result, order] {
            let page = browser.get(&path).await.expect(200).body;
            assert!(
                page.contains("<dt>禮物包裝</dt><dd>NT$60</dd>") && page.contains("NT$740"),
                "{path}: {page}"
            );
        }
        shop.close().await;
    });
}

/// ORD-15, O4: a program says that it wants the wrap, never what it costs; what the shop does not offer is refused by its
/// field, and free of charge is said as nothing to pay.
#[test]
fn a_program_has_a_present_wrapped() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        let mut draft = details("bank_transfer");
        draft["gift_wrap"] = json!(true);
        let refused = program
            .send("PUT", "/checkout", Some(draft.clone()), &[])
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/gift_wrap", "{refused}");
        wraps(&shop, Some(0)).await;
        draft["gift_wrap"] = json!({ "amount": 1 });
        program
            .send("PUT", "/checkout", Some(draft.clone()), &[])
            .await
            .expect(422);
        draft["gift_wrap"] = json!(true);
        let quote = program
            .send("PUT", "/checkout", Some(draft), &[])
            .await
            .expect(200)
            .json();
        let offer = json!({ "price": { "amount": 0, "currency": "TWD" }, "about": "和紙與棉繩" });
        assert_eq!(
            (&quote["gift_wrap"]["amount"], &quote["gift_wrap_offer"]),
            (&json!(0), &offer)
        );
        assert_eq!(quote["total"]["amount"], SMALL + 8_000);
        let without = program
            .get("/checkout.json?gift_wrap=0")
            .await
            .expect(200)
            .json();
        assert_eq!(
            without["gift_wrap"],
            json!(null),
            "a look that keeps nothing"
        );
        let placed = program.order("present").await.expect(201).json();
        let token = placed["order"]["token"].as_str().unwrap();
        let read = program
            .get(&format!("/orders/{token}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&read["gift_wrap"]["amount"], &read["fees"]["amount"]),
            (&json!(0), &json!(0))
        );
        shop.close().await;
    });
}
