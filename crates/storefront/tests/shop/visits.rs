//! Visits and what pages tell about them (TRF-01, TRF-05).

use serde_json::{Value, json};

use crate::world::{Shop, form};

fn named<'a>(events: &'a [(String, Value)], name: &str) -> Vec<&'a Value> {
    events
        .iter()
        .filter(|(n, _)| n == name)
        .map(|(_, payload)| payload)
        .collect()
}

/// TRF-01: a visit has a browser, a source and a device, ends after half an hour, and a new campaign begins another.
#[test]
fn a_visit_is_kept_by_its_cookies() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        browser
            .led("/", "https://www.google.com/")
            .await
            .expect(200);
        let visitor = browser.cookie("__Host-visitor").unwrap();
        let first = browser.cookie("__Host-visit").unwrap();
        let session = |text: &str| text.split('|').next().unwrap().to_owned();
        assert!(first.contains("|google|phone|"), "{first}");
        browser
            .led("/collections/tea", "https://shop.test/")
            .await
            .expect(200);
        assert_eq!(
            browser.cookie("__Host-visit").unwrap(),
            first,
            "the shop's own links go on"
        );
        browser
            .get("/?utm_source=line&utm_medium=social")
            .await
            .expect(200);
        let second = browser.cookie("__Host-visit").unwrap();
        assert!(
            session(&second) != session(&first) && second.contains("|line|"),
            "{second}"
        );
        browser
            .get("/?utm_source=line&utm_medium=social")
            .await
            .expect(200);
        assert_eq!(
            session(&browser.cookie("__Host-visit").unwrap()),
            session(&second),
            "the same link again goes on"
        );
        world.pass(std::time::Duration::from_secs(31 * 60));
        browser.get("/").await.expect(200);
        let third = browser.cookie("__Host-visit").unwrap();
        assert!(
            session(&third) != session(&second) && third.contains("|direct|"),
            "{third}"
        );
        assert_eq!(browser.cookie("__Host-visitor").unwrap(), visitor);
        shop.close().await;
    });
}

/// TRF-05: a person's way through the shop is told step by step, under one visit.
#[test]
fn pages_tell_what_was_seen() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        browser
            .led(
                "/products/dongding-oolong?utm_source=fb&utm_medium=cpc",
                "https://l.facebook.com/l.php?u=x",
            )
            .await
            .expect(200);
        browser.get("/search?q=%E8%8C%B6").await.expect(200);
        let seen = json!({ "list": "search", "product_ids": [shop.tea], "places": [3] });
        browser
            .beacon("/v1/impressions", seen.to_string())
            .await
            .expect(204);
        browser
            .get("/contact?product=dongding-oolong")
            .await
            .expect(200);
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        browser.get("/cart").await.expect(200);
        browser.get("/checkout").await.expect(200);
        // People take longer to fill in a form than the buffer takes to be written.
        assert_eq!(named(&shop.events().await, "Inquiry Started").len(), 1);
        browser
            .post("/checkout/complete", &form("cash_on_delivery"))
            .await;
        let events = shop.events().await;
        for name in [
            "Product Viewed",
            "Products Searched",
            "Product List Viewed",
            "Inquiry Started",
            "Product Added",
            "Cart Viewed",
            "Checkout Started",
            "Order Placed",
        ] {
            assert_eq!(named(&events, name).len(), 1, "{name}: {events:?}");
        }
        assert_eq!(
            named(&events, "Product List Viewed")[0]["places"],
            json!([3]),
            "TRF-06: the place in the search's results"
        );
        let first = named(&events, "Page Viewed")[0].clone();
        assert_eq!(
            (&first["path"], &first["utm"]["source"]),
            (&json!("/products/dongding-oolong"), &json!("fb"))
        );
        assert_eq!(first["referrer"], "https://l.facebook.com/l.php");
        assert_eq!(named(&events, "Order Placed")[0]["inquired"], true);
        let visits = world.ctx.read(async |rx, _| {
            let sql =
                "SELECT COUNT(DISTINCT session_id) AS n FROM events WHERE session_id IS NOT NULL";
            rx.scalar::<i64>(sql, &[]).await
        });
        assert_eq!(visits.await.unwrap(), 1);
        let source = world.ctx.read(async |rx, _| {
            let sql = "SELECT source FROM events WHERE name = 'Order Placed'";
            rx.scalar::<String>(sql, &[]).await
        });
        assert_eq!(source.await.unwrap(), "ad:facebook");
        shop.close().await;
    });
}

/// Programs, crawlers and scripts in the background are no visitors.
#[test]
fn only_people_are_counted() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        shop.program()
            .get("/products/dongding-oolong")
            .await
            .expect(200);
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.5.0",
        ] {
            let mut crawler = shop.browser();
            crawler.agent = agent;
            let page = crawler.get("/products/dongding-oolong").await.expect(200);
            assert!(!page.headers.contains_key("set-cookie"), "{agent}");
            let seen = json!({ "list": "home", "product_ids": [shop.tea] }).to_string();
            crawler.beacon("/v1/impressions", seen).await.expect(204);
        }
        assert!(named(&shop.events().await, "Page Viewed").is_empty());
        assert!(named(&shop.events().await, "Product List Viewed").is_empty());
        shop.close().await;
    });
}

/// Reports of cards are small and well-formed, or refused.
#[test]
fn reports_have_bounds() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        browser.get("/").await.expect(200);
        let many: Vec<_> = (0..101).map(|_| shop.tea).collect();
        for (bad, status) in [
            ("rubbish".to_owned(), 400),
            (
                json!({ "list": "home", "product_ids": ["x"] }).to_string(),
                422,
            ),
            (
                json!({ "list": "home", "product_ids": [shop.tea], "price": 1 }).to_string(),
                422,
            ),
            (
                json!({ "list": "", "product_ids": [shop.tea] }).to_string(),
                422,
            ),
            (
                json!({ "list": "home", "product_ids": [] }).to_string(),
                422,
            ),
            (
                json!({ "list": "home", "product_ids": many }).to_string(),
                422,
            ),
            (
                json!({ "list": "search", "product_ids": [shop.tea], "places": [1, 2] })
                    .to_string(),
                422,
            ),
            (
                json!({ "list": "search", "product_ids": [shop.tea], "places": [0] }).to_string(),
                422,
            ),
            (format!("{{\"list\":\"{}\"}}", "x".repeat(9_000)), 413),
        ] {
            browser.beacon("/v1/impressions", bad).await.expect(status);
        }
        assert!(named(&shop.events().await, "Product List Viewed").is_empty());
        shop.close().await;
    });
}

/// A7: no event holds the secret of an order's link.
#[test]
fn secrets_of_links_are_in_no_event() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let id = shop.small.to_string();
        browser
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        let result = browser
            .post("/checkout/complete", &form("cash_on_delivery"))
            .await
            .location()
            .to_owned();
        let token = result.split('/').nth(2).unwrap();
        browser.get(&result).await.expect(200);
        browser
            .led("/", &format!("https://shop.test/orders/{token}?x=1"))
            .await
            .expect(200);
        let events = shop.events().await;
        assert!(named(&events, "Page Viewed").len() >= 2);
        assert!(
            events
                .iter()
                .all(|(_, payload)| !payload.to_string().contains(token)),
            "{events:?}"
        );
        shop.close().await;
    });
}
