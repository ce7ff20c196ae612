//! Who may not see or do what: foreign links and lines, other sites, guesses.

use platform::settings;
use serde_json::{Value, json};

use crate::{
    accounts::opens_account,
    world::{Browser, Shop, form},
};

/// A1: a foreign or unknown order link, payment and cart line answer exactly like a missing one.
#[test]
fn foreign_things_are_missing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (mine, other) = (shop.program(), shop.program());
        let placed = mine.buys(shop.small, "card").await;
        let theirs = other.buys(shop.small, "card").await;
        let (token, payment) = (
            placed["order"]["token"].as_str().unwrap(),
            theirs["payment"]["id"].as_str().unwrap(),
        );
        let missing = mine
            .get("/orders/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .await
            .expect(404)
            .json();
        for path in [
            format!("/orders/{token}x"),
            format!("/orders/{token}/payments/{payment}"),
            format!("/orders/{token}/payments/{}", kernel::PaymentId::new()),
            format!("/orders/{token}/payments/nothing"),
            format!("/orders/{}", placed["order"]["id"].as_str().unwrap()),
            format!("/orders/{}", placed["order"]["number"].as_str().unwrap()),
        ] {
            let answer = mine.get(&path).await.expect(404).json();
            assert_eq!(
                (&answer["code"], &answer["detail"]),
                (&missing["code"], &missing["detail"]),
                "{path}"
            );
        }
        let paying = format!("/orders/{token}/payments/{payment}");
        mine.send("POST", &paying, Some(json!({"outcome": "succeed"})), &[])
            .await
            .expect(404);
        mine.add(shop.cup, 1).await;
        let line = other.add(shop.cup, 1).await["lines"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let unknown = kernel::CartLineId::new().to_string();
        for id in [line.as_str(), unknown.as_str(), "nothing"] {
            let path = format!("/cart/lines/{id}");
            let change = mine
                .send("PATCH", &path, Some(json!({"quantity": 5})), &[])
                .await
                .expect(404)
                .json();
            let remove = mine
                .send("DELETE", &path, None, &[])
                .await
                .expect(404)
                .json();
            assert_eq!(
                (&change["status"], &remove["status"]),
                (&json!(404), &json!(404)),
                "{id}"
            );
        }
        assert_eq!(other.get("/cart").await.json()["item_count"], 1);
        shop.close().await;
    });
}

/// A12: a form from another site, or without proof of where it comes from, changes nothing.
#[test]
fn other_sites_cannot_act() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        browser.site = "cross-site";
        for path in [
            "/cart/lines",
            "/checkout/complete",
            "/contact",
            "/orders/lookup",
        ] {
            let refused = browser
                .post(path, &[("variant_id", &id), ("quantity", "1")])
                .await
                .expect(403);
            assert!(refused.body.contains("不是從本站"), "{}", refused.body);
        }
        browser.site = "same-origin";
        assert_eq!(browser.get("/cart.json").await.json()["item_count"], 1);
        shop.close().await;
    });
}

/// A7: links are long and random, they end, and whoever guesses is slowed down.
#[test]
fn links_cannot_be_guessed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let placed = program.buys(shop.small, "cash_on_delivery").await;
        let token = placed["order"]["token"].as_str().unwrap().to_owned();
        assert!(token.len() >= 32, "{token}");
        let mut slowed = false;
        for n in 0..60 {
            let answer = program.get(&format!("/orders/guess{n:027}")).await;
            slowed |= answer.status.as_u16() == 429 && !answer.header("retry-after").is_empty();
        }
        assert!(slowed);
        // The buyer's own link still works from the same place.
        program.get(&format!("/orders/{token}")).await.expect(200);
        world.pass(std::time::Duration::from_secs(200 * 86_400));
        let mut later = shop.program();
        later.source = [203, 0, 113, 200];
        later.get(&format!("/orders/{token}")).await.expect(404);
        shop.close().await;
    });
}

/// STF-21, A1, A13: an order is found by number and contact; unknown and wrong are one answer, and guessing is slowed.
#[test]
fn orders_are_looked_up() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.program().buys(shop.small, "cash_on_delivery").await;
        let (number, token) = (
            placed["order"]["number"].as_str().unwrap(),
            placed["order"]["token"].as_str().unwrap(),
        );
        let browser = shop.browser();
        for contact in ["READER+x@shop.test", "0912-345-678", "+886912345678"] {
            let found = browser
                .post(
                    "/orders/lookup",
                    &[("number", number), ("contact", contact)],
                )
                .await;
            assert_eq!(found.location(), format!("/orders/{token}"), "{contact}");
        }
        let wrong = browser
            .post(
                "/orders/lookup",
                &[("number", number), ("contact", "a@b.tw")],
            )
            .await
            .expect(404);
        let unknown = browser
            .post(
                "/orders/lookup",
                &[("number", "20260302-999999"), ("contact", "a@b.tw")],
            )
            .await
            .expect(404);
        assert!(
            wrong.body.contains("找不到這筆訂單") && wrong.body.contains("a@b.tw"),
            "{}",
            wrong.body
        );
        let plain = |body: &str| {
            let text = body.replace(number, "N").replace("20260302-999999", "N");
            text.lines()
                .filter(|l| l.contains("notice") || l.contains("找不到"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(plain(&wrong.body), plain(&unknown.body));
        let empty = browser
            .post("/orders/lookup", &[("number", number), ("contact", "")])
            .await
            .expect(422);
        assert!(empty.body.contains("error-contact"), "{}", empty.body);
        let mut slowed = 0;
        for source in 0..30_u8 {
            let mut guesser = shop.program();
            guesser.source = [198, 51, 100, source];
            let guess = json!({ "number": number, "contact": format!("09{source:08}") });
            slowed += u8::from(
                guesser
                    .send("POST", "/orders/lookup", Some(guess), &[])
                    .await
                    .status
                    .as_u16()
                    == 429,
            );
        }
        assert!(
            slowed > 15,
            "many sources share one order's limit: {slowed}"
        );
        shop.close().await;
    });
}

/// A13: a source cannot hold stock without end; the machine itself, behind which tools stand, is not limited.
#[test]
fn stock_cannot_be_hoarded() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut refused = false;
        for _ in 0..25 {
            let program = shop.program();
            program.add(shop.small, 1).await;
            program.fill_in("card").await;
            refused |= program.order("one").await.status.as_u16() == 429;
        }
        assert!(refused);
        let mut local = shop.program();
        local.source = [127, 0, 0, 1];
        for _ in 0..30 {
            *local.token.lock().unwrap() = None;
            local.add(shop.large, 1).await;
            local.fill_in("card").await;
            assert_ne!(local.order("one").await.status.as_u16(), 429);
        }
        shop.close().await;
    });
}

/// A13: how many unpaid orders a source may place is the shop's own decision, and a new one counts within seconds.
#[test]
fn the_shop_decides_how_many_unpaid_orders() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let place = async |times: usize| {
            let mut taken = 0;
            for _ in 0..times {
                let program = shop.program();
                program.add(shop.cup, 1).await;
                program.fill_in("card").await;
                taken += usize::from(program.order("one").await.status.as_u16() != 429);
            }
            taken
        };
        for (decided, times, taken) in [(3, 6, 3), (40, 6, 6), (1, 2, 1)] {
            let save = world.ctx.write(async move |tx, ctx| {
                let shop = operations::shop::Shop {
                    unpaid_orders_per_hour: decided,
                    ..operations::shop::load(tx).await?
                };
                settings::save(tx, ctx, operations::shop::SHOP, &shop).await
            });
            save.await.unwrap();
            world.pass(std::time::Duration::from_secs(3));
            assert_eq!(place(times).await, taken, "{decided} an hour");
        }
        shop.close().await;
    });
}

/// CRM-01, SVC-01: a signed-in customer need not say again who they are; nobody else's form says anything.
#[test]
fn a_message_begins_with_who_writes() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let asks = async |browser: &Browser<'_>| {
            let page = browser.get("/contact.json").await.expect(200).json();
            (page["name"].clone(), page["email"].clone())
        };
        assert_eq!(asks(&browser).await, (Value::Null, Value::Null));
        opens_account(&shop, &browser).await;
        assert_eq!(
            asks(&browser).await,
            (json!("王小明"), json!("Reader@shop.test"))
        );
        assert_eq!(asks(&shop.browser()).await, (Value::Null, Value::Null));
        shop.close().await;
    });
}

/// PLT: a message reaches the shop; a wrong one is refused beside its fields; a crowd of them is slowed.
#[test]
fn messages_are_kept() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        browser
            .get("/contact?product=dongding-oolong")
            .await
            .expect(200);
        let wrong = browser
            .post(
                "/contact",
                &[("name", "王"), ("email", "x"), ("message", "")],
            )
            .await
            .expect(422);
        assert!(
            wrong.body.contains("error-email") && wrong.body.contains("error-message"),
            "{}",
            wrong.body
        );
        let fields = [
            ("name", "王"),
            ("email", "a@b.tw"),
            ("message", "有禮盒嗎？"),
            ("product", "dongding-oolong"),
        ];
        assert_eq!(
            browser.post("/contact", &fields).await.location(),
            "/contact?sent=1"
        );
        assert!(
            browser
                .get("/contact?sent=1")
                .await
                .expect(200)
                .body
                .contains("收到您的訊息了")
        );
        let kept: String = world
            .ctx
            .read(async |rx, _| rx.scalar("SELECT message FROM inquiries", &[]).await)
            .await
            .unwrap();
        assert!(
            kept.contains("有禮盒嗎？") && kept.contains("/products/dongding-oolong"),
            "{kept}"
        );
        let mut slowed = false;
        for _ in 0..15 {
            slowed |= browser.post("/contact", &fields).await.status.as_u16() == 429;
        }
        assert!(slowed);
        shop.close().await;
    });
}

/// A20: no answer of the shop lets a page be framed, sniffed or run foreign code; forms are told so as well.
#[test]
fn every_answer_is_guarded() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let refused = browser.post("/checkout/complete", &form("rubbish")).await;
        assert!(refused.status.is_client_error());
        for answer in [
            browser.get("/").await,
            browser.get("/cart").await,
            browser.get("/nowhere").await,
            refused,
        ] {
            let policy = answer.header("content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
        shop.close().await;
    });
}
