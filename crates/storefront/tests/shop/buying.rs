//! Cart, checkout and placing the order, by a program and by a browser without a script.

use kernel::{Currency, Money};
use serde_json::json;

use crate::world::{SMALL, Shop, details, form};

/// CHK-01, the outside contract: a cart by its token, from the first line to the order.
#[test]
fn a_program_buys() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let first = program.add(shop.small, 1).await;
        let token = program.token.lock().unwrap().clone().unwrap();
        assert_eq!(first["token"], json!(token));
        let cart = program.add(shop.cup, 2).await;
        assert_eq!(
            (cart["item_count"].as_i64(), &cart["subtotal"]["amount"]),
            (Some(3), &json!(SMALL + 72_000))
        );
        assert_eq!(
            program.get("/cart.json").await.expect(200).json()["token"],
            json!(token)
        );
        let line = cart["lines"][1]["id"].as_str().unwrap().to_owned();
        let path = format!("/cart/lines/{line}");
        let less = program
            .send("PATCH", &path, Some(json!({"quantity": 1})), &[])
            .await
            .expect(200)
            .json();
        assert_eq!(less["lines"][1]["quantity"], 1);
        program.send("DELETE", &path, None, &[]).await.expect(200);
        let quote = program.fill_in("card").await;
        // The cheapest way to deliver where none is named.
        assert_eq!(
            (&quote["shipping"]["amount"], &quote["total"]["amount"]),
            (&json!(8_000), &json!(SMALL + 8_000))
        );
        assert_eq!(quote["tax_included"]["currency"], "TWD");
        let placed = program.order("k1").await.expect(201).json();
        let order = &placed["order"];
        assert_eq!(
            (order["state"].as_str(), order["payment_state"].as_str()),
            (Some("placed"), Some("pending"))
        );
        assert_eq!(
            (&order["total"], order["lines"].as_array().unwrap().len()),
            (&quote["total"], 1)
        );
        assert_eq!(placed["payment"]["next_action"]["type"], "redirect");
        let token = order["token"].as_str().unwrap();
        let read = program
            .get(&format!("/orders/{token}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&read["id"], &read["number"]),
            (&order["id"], &order["number"])
        );
        shop.close().await;
    });
}

/// CHK-23: a browser without a script buys, and the cart follows it by cookies alone.
#[test]
fn a_browser_buys() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        let added = browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "2")])
            .await;
        assert_eq!(added.location(), "/cart");
        assert_eq!(browser.cookie("__Host-cartn").as_deref(), Some("2"));
        let cart = browser.get("/cart").await.expect(200);
        for text in ["凍頂烏龍茶", "75 g", "NT$1,160", "再買 NT$40 就免運費"] {
            assert!(cart.body.contains(text), "{text}: {}", cart.body);
        }
        let other = browser.get("/").await.expect(200);
        assert!(other.body.contains("購物車，2 件商品"), "{}", other.body);
        let checkout = browser.get("/checkout").await.expect(200);
        assert!(
            checkout.body.contains("NT$1,240") && checkout.body.contains("臺北市"),
            "{}",
            checkout.body
        );
        let quote = browser
            .get("/checkout?delivery_method=home&payment_method=cash_on_delivery")
            .await
            .expect(200);
        assert!(quote.body.contains("NT$1,260"), "{}", quote.body);
        let partial = [
            ("delivery_method", "home"),
            ("recalculate", "1"),
            ("email", "half@"),
        ];
        let again = browser
            .post("/checkout?_method=PUT", &partial)
            .await
            .expect(200);
        assert!(
            again.body.contains("NT$1,260") && again.body.contains("half@"),
            "{}",
            again.body
        );
        let placed = browser
            .post("/checkout/complete", &form("cash_on_delivery"))
            .await;
        let result = placed.location().to_owned();
        assert!(
            result.starts_with("/orders/") && result.ends_with("/result"),
            "{result}"
        );
        assert_eq!(browser.cookie("__Host-cart"), None);
        let page = browser.get(&result).await.expect(200);
        assert!(
            page.body.contains("訂單成立，謝謝您") && page.body.contains("NT$1,260"),
            "{}",
            page.body
        );
        shop.close().await;
    });
}

/// CHK-23: what is wrong is told beside its field, and nothing that was typed is lost.
#[test]
fn a_refused_form_keeps_what_was_typed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let mut wrong = form("card");
        wrong.retain(|(name, _)| !["shipping_address.city", "phone"].contains(name));
        wrong.extend([("phone", "0912-34"), ("note", "請按門鈴")]);
        let page = browser.post("/checkout/complete", &wrong).await.expect(422);
        for text in [
            "id=\"error-phone\"",
            "id=\"error-shipping_address.city\"",
            "0912-34",
            "請按門鈴",
            "王小明",
            "已填的內容都還在",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        let empty = [
            ("payment_method", "card"),
            ("phone", "12"),
            ("shipping_address.phone", "34"),
        ];
        let page = browser.post("/checkout/complete", &empty).await.expect(422);
        let said: Vec<_> = page
            .body
            .split("<li><a href=\"#field-")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let on_the_page = [
            "shipping_address.name",
            "phone",
            "email",
            "shipping_address.region",
            "shipping_address.city",
            "shipping_address.postal_code",
            "shipping_address.line1",
            "shipping_address.phone",
        ];
        assert_eq!(said, on_the_page, "the summary follows the page");
        let mut draft = details("card");
        draft["shipping_address"]["city"] = json!("");
        let program = shop.program();
        program.add(shop.small, 1).await;
        let refused = program
            .send("PUT", "/checkout", Some(draft), &[])
            .await
            .expect(422)
            .json();
        assert_eq!(
            (refused["code"].as_str(), &refused["errors"][0]["pointer"]),
            (Some("invalid-input"), &json!("/shipping_address/city"))
        );
        shop.close().await;
    });
}

/// O4: a price, total, discount or currency that a client sends is refused, and changes nothing.
#[test]
fn nobody_can_send_a_price() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        for extra in [
            "price",
            "unit_price",
            "total",
            "discount",
            "currency",
            "weight_g",
        ] {
            let line = json!({ "variant_id": shop.small, "quantity": 1, extra: 1 });
            let refused = program
                .send("POST", "/cart/lines", Some(line), &[])
                .await
                .expect(422)
                .json();
            assert_eq!(refused["errors"][0]["pointer"], format!("/{extra}"));
        }
        program.add(shop.small, 1).await;
        for extra in ["total", "shipping", "discount", "subtotal", "lines"] {
            let mut draft = details("card");
            draft[extra] = json!({ "amount": 1, "currency": "TWD" });
            program
                .send("PUT", "/checkout", Some(draft), &[])
                .await
                .expect(422);
        }
        program.fill_in("card").await;
        let lie = json!({ "total": { "amount": 100, "currency": "TWD" } });
        program
            .send(
                "POST",
                "/checkout/complete",
                Some(lie),
                &[("idempotency-key", "lie")],
            )
            .await
            .expect(422);
        let placed = program.order("honest").await.expect(201).json();
        assert_eq!(placed["order"]["total"]["amount"], SMALL + 8_000);
        shop.close().await;
    });
}

/// O3: no quantity below one or above the limit gets into a cart.
#[test]
fn absurd_quantities_are_refused() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        for quantity in [json!(0), json!(-1), json!(1.5), json!(10_000), json!("x")] {
            let line = json!({ "variant_id": shop.small, "quantity": quantity });
            program
                .send("POST", "/cart/lines", Some(line), &[])
                .await
                .expect(422);
        }
        program.add(shop.small, 9_999).await;
        let more = json!({ "variant_id": shop.small, "quantity": 1 });
        let refused = program.send("POST", "/cart/lines", Some(more), &[]).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
        assert_eq!(program.get("/cart").await.json()["item_count"], 9_999);
        shop.close().await;
    });
}

/// O8: one key and body is one order, however often it is sent; another body under the key is refused.
#[test]
fn one_key_is_one_order() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        program.fill_in("card").await;
        let (a, b, c) = tokio::join!(
            program.order("same"),
            program.order("same"),
            program.order("same")
        );
        let ids: Vec<_> = [a, b, c]
            .into_iter()
            .map(|answer| answer.expect(201).json()["order"]["id"].clone())
            .collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let other = json!({ "expected_total": 100 });
        let refused = program
            .send(
                "POST",
                "/checkout/complete",
                Some(other),
                &[("idempotency-key", "same")],
            )
            .await
            .expect(422);
        assert_eq!(refused.json()["code"], "idempotency-mismatch");
        let fresh = program.order("another").await.expect(409).json();
        assert_eq!(fresh["code"], "already-ordered");
        let count: i64 = world
            .ctx
            .read(async |rx, _| rx.scalar("SELECT COUNT(*) FROM orders", &[]).await)
            .await
            .unwrap();
        assert_eq!(count, 1);
        shop.close().await;
    });
}

/// O8 for people: a double click is one order, and a late click leads to it.
#[test]
fn a_double_click_is_one_order() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let cart = browser.cookie("__Host-cart").unwrap();
        let mut fields = form("cash_on_delivery");
        fields.push(("idempotency_key", "from-the-page"));
        let first = browser
            .post("/checkout/complete", &fields)
            .await
            .location()
            .to_owned();
        browser
            .jar
            .lock()
            .unwrap()
            .insert("__Host-cart".into(), cart.clone());
        assert_eq!(
            browser.post("/checkout/complete", &fields).await.location(),
            first
        );
        browser
            .jar
            .lock()
            .unwrap()
            .insert("__Host-cart".into(), cart);
        fields.pop();
        fields.push(("idempotency_key", "from-another-tab"));
        assert_eq!(
            browser.post("/checkout/complete", &fields).await.location(),
            first
        );
        shop.close().await;
    });
}

/// O5: what the buyer saw is what is charged; a price that changed meanwhile is shown first.
#[test]
fn a_changed_total_is_shown_before_it_is_charged() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let variant = shop.small;
        let dearer = world.ctx.write(async move |tx, ctx| {
            catalog::price::set(
                tx,
                ctx,
                variant,
                Money::new(60_000, Currency::TWD),
                None,
                "season",
            )
            .await
        });
        dearer.await.unwrap();
        let mut fields = form("card");
        fields.push(("expected_total", "68000"));
        let page = browser
            .post("/checkout/complete", &fields)
            .await
            .expect(409);
        assert!(
            page.body.contains("NT$680")
                && page.body.contains("NT$700")
                && page.body.contains("王小明"),
            "{}",
            page.body
        );
        fields.pop();
        fields.push(("expected_total", "70000"));
        assert!(
            browser
                .post("/checkout/complete", &fields)
                .await
                .location()
                .contains("/payments/")
        );
        shop.close().await;
    });
}

/// S8: an order that stock cannot fill is refused as a whole, and the page says which line and how many there are.
#[test]
fn a_short_cart_is_refused_with_its_reason() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        program.add(shop.cup, 1).await;
        let cart = program.add(shop.small, 11).await;
        assert_eq!(
            (&cart["can_checkout"], &cart["lines"][1]["problem"]),
            (&json!(false), &json!("not_enough"))
        );
        program.fill_in("card").await;
        let refused = program.order("short").await.expect(409).json();
        assert_eq!(refused["code"], "out-of-stock");
        assert_eq!(refused["facts"]["lines"][0]["available"], 10);
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "11")])
            .await;
        let page = browser
            .post("/checkout/complete", &form("card"))
            .await
            .expect(409);
        assert!(page.body.contains("目前只剩 10 件"), "{}", page.body);
        shop.close().await;
    });
}

/// CHK-23: nothing to order leads back to the cart, and is told to a program.
#[test]
fn an_empty_cart_cannot_be_ordered() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        assert_eq!(shop.browser().get("/checkout").await.location(), "/cart");
        let program = shop.program();
        assert_eq!(
            program.get("/checkout").await.expect(422).json()["code"],
            "cart-empty"
        );
        assert_eq!(
            program.order("none").await.expect(422).json()["code"],
            "cart-empty"
        );
        assert_eq!(
            program.get("/cart").await.expect(200).json()["lines"],
            json!([])
        );
        shop.close().await;
    });
}
