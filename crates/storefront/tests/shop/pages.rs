//! Pages that only show: home, lists, search, product, texts, files.

use axum::http::StatusCode;
use kernel::{Currency, Money};
use serde_json::json;

use crate::world::{SMALL, Shop};

/// PLT: every public page answers a person and a program from the same handler.
#[test]
fn every_page_is_html_and_json() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (browser, program) = (shop.browser(), shop.program());
        for path in [
            "/",
            "/collections/tea",
            "/products/dongding-oolong",
            "/search?q=%E8%8C%B6",
            "/cart",
            "/orders/lookup",
            "/contact",
            "/pages/returns",
            "/pages/delivery",
            "/pages/ordering",
            "/pages/questions",
            "/pages/privacy",
            "/pages/about",
        ] {
            let page = browser.get(path).await.expect(200);
            assert!(
                page.header("content-type").starts_with("text/html"),
                "{path}"
            );
            assert!(
                page.body.contains("<h1") && page.body.contains("半日茶"),
                "{path}: {}",
                page.body
            );
            assert!(!page.body.contains("style="), "{path}");
            let data = program.get(path).await.expect(200);
            assert!(data.json().is_object(), "{path}");
            let (stem, query) = path.split_once('?').unwrap_or((path, ""));
            if stem != "/" {
                let by_ending = browser
                    .get(&format!("{stem}.json?{query}"))
                    .await
                    .expect(200);
                assert!(
                    by_ending
                        .header("content-type")
                        .starts_with("application/json"),
                    "{path}"
                );
            }
            for language in ["zh-Hans", "en"] {
                browser
                    .get(&format!("{stem}?lang={language}&{query}"))
                    .await
                    .expect(200);
            }
            browser
                .get(&format!("{stem}?lang=zh-Hant&{query}"))
                .await
                .expect(200);
        }
        shop.close().await;
    });
}

/// CAT-01, STF-15, STF-16: the product as the outside contract promises it, and as a person reads it.
#[test]
fn a_product_tells_price_stock_and_arrival() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let product = shop
            .program()
            .get("/products/dongding-oolong.json")
            .await
            .expect(200)
            .json();
        assert_eq!(product["handle"], "dongding-oolong");
        assert_eq!(product["title"], "凍頂烏龍茶");
        let first = &product["variants"][0];
        assert_eq!(first["id"], json!(shop.small));
        assert_eq!(
            (&first["sku"], &first["price"]),
            (
                &json!("TEA-075"),
                &json!({"amount": SMALL, "currency": "TWD"})
            )
        );
        assert_eq!(
            (first["available"].as_i64(), first["in_stock"].as_bool()),
            (Some(10), Some(true))
        );
        assert_eq!(
            product["options"],
            json!([{"name": "重量", "values": ["75 g", "150 g"]}])
        );
        assert_eq!(product["collections"][0]["handle"], "oolong");
        let delivery = &product["delivery"];
        assert_eq!(
            (&delivery["ships_from"], &delivery["rate_from"]["amount"]),
            (&json!("臺北"), &json!(8_000))
        );
        // Monday 10:00 is before the cut-off of 14:00, and the parcel takes one or two working days.
        assert_eq!(
            (
                &delivery["cutoff"]["ships_today"],
                &delivery["cutoff"]["ships_on"]
            ),
            (&json!(true), &json!("2026-03-02"))
        );
        assert_eq!(
            delivery["estimate"],
            json!({"earliest": "2026-03-03", "latest": "2026-03-04"})
        );
        let page = shop
            .browser()
            .get(&format!("/products/dongding-oolong?variant={}", shop.large))
            .await
            .expect(200);
        for text in ["凍頂烏龍茶", "NT$1,080", "臺北", "第二段。", "NT$1,200"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        shop.close().await;
    });
}

/// A1, A4: what is not on sale is as if it were not there, and costs are nobody's business.
#[test]
fn drafts_do_not_exist_for_shoppers() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let draft = program.get("/products/not-yet").await.expect(404).json();
        let nothing = program.get("/products/nothing").await.expect(404).json();
        assert_eq!(
            (&draft["code"], &draft["detail"]),
            (&nothing["code"], &nothing["detail"])
        );
        assert!(
            program
                .get("/search?q=%E6%9C%AA%E4%B8%8A%E6%9E%B6")
                .await
                .expect(200)
                .json()["items"]
                .as_array()
                .unwrap()
                .is_empty()
        );
        let page = shop.browser().get("/products/nothing").await.expect(404);
        assert!(
            page.body.contains("這裡沒有東西") && page.body.contains("<h1>"),
            "{}",
            page.body
        );
        let product = program.get("/products/dongding-oolong").await;
        assert!(!product.body.contains("\"cost\""), "{}", product.body);
        for lost in [
            "/collections/nothing",
            "/pages/nothing",
            "/media/nothing.svg",
            "/nowhere",
        ] {
            program.get(lost).await.expect(404);
        }
        shop.close().await;
    });
}

/// S17: what a page shows of the stock is at most two seconds old; GOV-08: a "was" price only where one was charged.
#[test]
fn shown_stock_follows_within_two_seconds() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let look = async || {
            program
                .get("/products/dongding-oolong")
                .await
                .expect(200)
                .json()["variants"][0]
                .clone()
        };
        assert_eq!(look().await["available"], 10);
        assert!(look().await["compare_at"].is_null());
        program.buys(shop.small, "cash_on_delivery").await;
        world.pass(std::time::Duration::from_secs(2));
        assert_eq!(look().await["available"], 9);
        let (variant, two_days) = (shop.small, std::time::Duration::from_secs(2 * 86_400));
        let set = async |compare: Option<i64>| {
            let twd = |amount| Money::new(amount, Currency::TWD);
            world
                .ctx
                .write(async move |tx, ctx| {
                    let lower = (twd(50_000), compare.map(twd));
                    catalog::price::set(tx, ctx, variant, lower.0, lower.1, "sale").await
                })
                .await
        };
        assert!(set(Some(99_000)).await.is_err(), "nobody ever paid that");
        world.pass(two_days);
        set(Some(SMALL)).await.unwrap();
        world.pass(std::time::Duration::from_secs(2));
        assert_eq!(look().await["compare_at"]["amount"], SMALL);
        let page = shop
            .browser()
            .get("/products/dongding-oolong")
            .await
            .expect(200);
        assert!(
            page.body.contains("NT$580") && page.body.contains("NT$500"),
            "{}",
            page.body
        );
        shop.close().await;
    });
}

/// CHK-20, GOV-08: how long a price holds and how few are left is said where people decide, and comes true: after the
/// announced end the page, the list, the cart and an order have the full price again.
#[test]
fn an_offer_says_until_when() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (variant, guest) = (shop.small, shop.browser());
        world.pass(std::time::Duration::from_secs(2 * 86_400));
        let until = world.ctx.now().plus_seconds(36 * 3_600);
        world
            .ctx
            .write(async move |tx, ctx| {
                let twd = |amount| Money::new(amount, Currency::TWD);
                catalog::price::set(tx, ctx, variant, twd(50_000), Some(twd(SMALL)), "sale")
                    .await?;
                catalog::reduction::announce(tx, ctx, variant, until).await
            })
            .await
            .unwrap();
        world.pass(std::time::Duration::from_secs(2));
        let add = [("variant_id", &*variant.to_string()), ("quantity", "6")];
        guest.post("/cart/lines", &add).await.expect(303);
        for path in ["/products/dongding-oolong", "/collections/tea", "/cart"] {
            let page = guest.get(path).await.expect(200);
            assert!(page.body.contains("優惠到"), "{path}: {}", page.body);
        }
        let cart = guest.get("/cart.json").await.expect(200).json();
        let line = &cart["lines"][0];
        assert_eq!(line["reduced_until"], until.to_string());
        assert_eq!(line["compare_at"]["amount"], SMALL);
        assert_eq!(line["low_stock"], false);
        let offer = guest.get("/products/dongding-oolong").await.body;
        assert!(
            offer.contains("priceValidUntil") && offer.contains("之後恢復 NT$580"),
            "{offer}"
        );

        world.pass(std::time::Duration::from_secs(36 * 3_600));
        assert_eq!(
            operations::flows::shelve::carry_out_plans(&world.ctx)
                .await
                .unwrap(),
            1
        );
        world.pass(std::time::Duration::from_secs(2));
        for path in ["/products/dongding-oolong", "/collections/tea", "/cart"] {
            let page = guest.get(path).await.expect(200);
            assert!(!page.body.contains("優惠到"), "{path}");
        }
        let cart = guest.get("/cart.json").await.expect(200).json();
        assert_eq!(cart["lines"][0]["unit_price"]["amount"], SMALL);
        shop.close().await;
    });
}

/// STF-02: two levels, four orders, pages by cursor that neither skip nor repeat.
#[test]
fn a_list_is_sorted_and_paged() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let page = program
            .get("/collections/tea.json?limit=1&sort=price_asc")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (page["items"][0]["handle"].as_str(), page["total"].as_i64()),
            (Some("glass-cup"), Some(2))
        );
        assert_eq!(page["children"][0]["handle"], "oolong");
        let cursor = page["next_cursor"].as_str().unwrap();
        let next = program
            .get(&format!(
                "/collections/tea.json?limit=1&sort=price_asc&after={cursor}"
            ))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (next["items"][0]["handle"].as_str(), &next["next_cursor"]),
            (Some("dongding-oolong"), &json!(null))
        );
        assert_eq!(next["items"][0]["price_from"]["amount"], SMALL);
        assert_eq!(next["items"][0]["price_varies"], true);
        let below = program
            .get("/collections/oolong.json")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                below["parent"]["handle"].as_str(),
                below["items"].as_array().unwrap().len()
            ),
            (Some("tea"), 1)
        );
        program
            .get("/collections/tea.json?after=rubbish")
            .await
            .expect(422);
        program
            .get("/collections/tea.json?sort=rubbish")
            .await
            .expect(422);
        let html = shop
            .browser()
            .get("/collections/tea?sort=newest")
            .await
            .expect(200);
        assert!(
            html.body.contains("data-list=\"collection:tea\"") && html.body.contains("烏龍茶"),
            "{}",
            html.body
        );
        shop.close().await;
    });
}

/// STF-03: either script finds the other, a SKU finds its product, and a search that finds nothing helps on.
#[test]
fn search_finds_and_helps() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        for words in [
            "%E7%83%8F%E9%BE%8D",
            "%E4%B9%8C%E9%BE%99",
            "TEA-150",
            "oolong",
        ] {
            let found = program
                .get(&format!("/search.json?q={words}"))
                .await
                .expect(200)
                .json();
            assert_eq!(found["items"][0]["handle"], "dongding-oolong", "{words}");
        }
        let nothing = program
            .get("/search.json?q=%E5%92%96%E5%95%A1%E6%A9%9F")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                nothing["total"].as_i64(),
                nothing["suggestions"][0].as_str()
            ),
            (Some(0), Some("茶葉"))
        );
        let page = shop
            .browser()
            .get("/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
            .await
            .expect(200);
        assert!(
            !page.body.contains("<script>alert") && page.body.contains("&lt;script&gt;"),
            "{}",
            page.body
        );
        shop.close().await;
    });
}

/// Files never change under their name; a picture that is opened by itself runs nothing.
#[test]
fn files_are_kept_by_browsers() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let picture = browser
            .get(&format!("/media/{}", shop.picture))
            .await
            .expect(200);
        assert_eq!(picture.header("content-type"), "image/svg+xml");
        assert!(picture.header("cache-control").contains("immutable"));
        assert!(
            picture
                .header("content-security-policy")
                .contains("sandbox"),
            "{:?}",
            picture.headers
        );
        assert!(!picture.headers.contains_key("set-cookie"));
        let home = browser.get("/").await.expect(200);
        let style = home
            .body
            .split("href=\"/assets/shop.")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap();
        let asset = browser
            .get(&format!("/assets/shop.{style}"))
            .await
            .expect(200);
        assert!(
            asset.header("content-type").starts_with("text/css")
                && asset.header("cache-control").contains("immutable")
        );
        for bad in [
            "/media/..%2f..%2fshop.db",
            "/media/x.html",
            "/assets/..%2fmanifest.json",
            "/assets/nothing.css",
        ] {
            assert_eq!(
                browser.get(bad).await.status,
                StatusCode::NOT_FOUND,
                "{bad}"
            );
        }
        shop.close().await;
    });
}

/// Crawlers and assistants find every public page and no private one.
#[test]
fn crawlers_are_shown_the_way() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let robots = browser.get("/robots.txt").await.expect(200);
        assert!(
            robots.body.contains("Disallow: /orders")
                && robots.body.contains("https://shop.test/sitemap.xml")
        );
        let map = browser.get("/sitemap.xml").await.expect(200);
        for path in [
            "/products/dongding-oolong<",
            "/collections/oolong<",
            "/pages/privacy<",
        ] {
            assert!(
                map.body.contains(&format!("https://shop.test{path}")),
                "{path}: {}",
                map.body
            );
        }
        assert!(!map.body.contains("not-yet") && !map.body.contains("/cart"));
        let told = browser.get("/llms.txt").await.expect(200);
        assert!(
            told.body
                .contains("[烏龍茶](https://shop.test/collections/oolong)"),
            "{}",
            told.body
        );
        shop.close().await;
    });
}
