//! What helps shoppers decide: what they looked at, what goes together, whether somebody answers, what is promised.

use std::{collections::BTreeMap, time::Duration};

use catalog::AfterSales;
use fulfilment::{
    calendar::Day,
    hours::{self, BusinessHours, Span},
};
use inventory::{EntryKind, stock};
use operations::FlowError;
use platform::settings;
use serde_json::{Value, json};

use crate::world::{Browser, Shop, form};

/// A minute, for which it is kept what goes together.
const MINUTE: Duration = Duration::from_secs(61);

fn handles(items: Option<&Value>) -> Vec<&str> {
    let items = items.and_then(Value::as_array).unwrap();
    items
        .iter()
        .filter_map(|item| item.get("handle").and_then(Value::as_str))
        .collect()
}

/// What a browser is shown of what it looked at.
async fn seen(browser: &Browser<'_>, query: &str) -> Vec<String> {
    let path = format!("/recently-seen.json{query}");
    let page = browser.get(&path).await.expect(200).json();
    let found = handles(page.get("items"));
    found.into_iter().map(str::to_owned).collect()
}

/// STF-09, M13: a browser is shown what it looked at itself, the latest first, without another cookie, until it wishes
/// otherwise; another browser, and one that is not measured, is shown nothing.
#[test]
fn what_was_looked_at_is_shown_again() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        for handle in ["dongding-oolong", "glass-cup", "dongding-oolong"] {
            let path = format!("/products/{handle}");
            let page = browser.get(&path).await.expect(200);
            assert!(
                page.body
                    .contains("data-recent-from=\"/recently-seen?without=")
            );
        }
        let cookies = browser.jar.lock().unwrap().len();
        shop.events().await;
        assert_eq!(seen(&browser, "").await, ["dongding-oolong", "glass-cup"]);
        let without = format!("?without={}", shop.tea);
        assert_eq!(seen(&browser, &without).await, ["glass-cup"]);
        assert_eq!(seen(&browser, "?without=rubbish").await.len(), 2);
        assert_eq!(seen(&browser, "?without=cart").await.len(), 2);
        assert_eq!(browser.jar.lock().unwrap().len(), cookies);
        let small = shop.small.to_string();
        let line = [("variant_id", small.as_str()), ("quantity", "1")];
        browser.post("/cart/lines", &line).await.location();
        let cart = browser.get("/cart").await.expect(200);
        assert!(cart.body.contains("/recently-seen?without=cart"));
        assert_eq!(seen(&browser, "?without=cart").await, ["glass-cup"]);
        let page = browser.get("/recently-seen").await.expect(200);
        assert!(
            page.body.contains("data-recent>") && page.body.contains("content=\"noindex\""),
            "{}",
            page.body
        );
        assert!(seen(&shop.browser(), "").await.is_empty());

        let cleared = browser.post("/recently-seen?_method=DELETE", &[]).await;
        assert_eq!(cleared.location(), "/recently-seen");
        assert!(seen(&browser, "").await.is_empty());
        browser.get("/products/glass-cup").await.expect(200);
        shop.events().await;
        assert_eq!(seen(&browser, "").await, ["glass-cup"]);

        let no = [("measurement", "0")];
        browser.post("/consent", &no).await.location();
        assert!(seen(&browser, "").await.is_empty());
        shop.close().await;
    });
}

/// STF-09: what was bought together stands beside the product and beside the cart, and nothing that is sold out does.
#[test]
fn what_was_bought_together_is_offered() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let related = async || {
            let page = shop.program().get("/products/dongding-oolong").await;
            page.expect(200).json()["related"].clone()
        };
        assert_eq!(
            related().await,
            json!([]),
            "nothing stands beside it, nothing was bought"
        );
        let (small, cup) = (shop.small.to_string(), shop.cup.to_string());
        let buyer = shop.browser();
        for id in [&small, &cup] {
            let line = [("variant_id", id.as_str()), ("quantity", "1")];
            buyer.post("/cart/lines", &line).await.location();
        }
        let fields = form("cash_on_delivery");
        buyer.post("/checkout/complete", &fields).await.location();
        world.pass(MINUTE);
        assert_eq!(handles(Some(&related().await)), ["glass-cup"]);
        let other = shop.browser();
        let line = [("variant_id", small.as_str()), ("quantity", "1")];
        other.post("/cart/lines", &line).await.location();
        let cart = other.get("/cart").await.expect(200);
        assert!(
            cart.body.contains("data-list=\"cart\"") && cart.body.contains("/products/glass-cup")
        );

        let cup = shop.cup;
        let empty = world.ctx.write(async move |tx, ctx| {
            let gone = stock::Adjustment::new(cup, -9, EntryKind::Count, "broken");
            stock::adjust(tx, ctx, gone).await?;
            Ok::<_, FlowError>(())
        });
        empty.await.unwrap();
        world.pass(MINUTE);
        assert_eq!(related().await, json!([]));
        let cart = other.get("/cart").await.expect(200);
        assert!(!cart.body.contains("data-list=\"cart\""), "{}", cart.body);
        shop.close().await;
    });
}

/// STF-17, STF-18: every page says whether somebody answers and until when, or when next, by the hours of the shop; what
/// is promised stands beside the cart as it is set up, and nothing stands there that is not.
#[test]
fn pages_say_who_answers_and_what_is_promised() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = browser.get("/").await.expect(200);
        assert!(
            !page.body.contains("class=\"answering"),
            "no hours, no word"
        );
        let span = Span {
            from: 9 * 60,
            to: 18 * 60,
        };
        let week: BTreeMap<Day, Vec<Span>> = [Day::Mon, Day::Tue, Day::Fri]
            .into_iter()
            .map(|day| (day, vec![span]))
            .collect();
        let write = world.ctx.write(async move |tx, ctx| {
            let hours = BusinessHours {
                week: week.clone(),
                on_holidays: true,
            };
            hours::save(tx, ctx, &hours).await?;
            let terms = AfterSales {
                warranty_months: Some(12),
                ..AfterSales::default()
            };
            settings::save(tx, ctx, operations::shop::AFTER_SALES, &terms).await?;
            Ok::<_, FlowError>(())
        });
        write.await.unwrap();
        world.pass(Duration::from_secs(3));
        // It is Monday, ten in the morning.
        for path in [
            "/",
            "/products/dongding-oolong",
            "/contact",
            "/pages/privacy",
        ] {
            let page = browser.get(path).await.expect(200);
            assert!(
                page.body.contains("客服在線，到 18:00"),
                "{path}: {}",
                page.body
            );
        }
        let id = shop.small.to_string();
        let line = [("variant_id", id.as_str()), ("quantity", "1")];
        browser.post("/cart/lines", &line).await.location();
        let cart = browser.get("/cart").await.expect(200);
        for text in [
            "12 個月免費維修",
            "7 天鑑賞期",
            "信用卡、銀行轉帳、貨到付款",
        ] {
            assert!(cart.body.contains(text), "{text}: {}", cart.body);
        }
        assert!(!cart.body.contains("天內可換貨"), "{}", cart.body);
        world.pass(Duration::from_secs(10 * 3_600));
        let night = browser.get("/contact").await.expect(200);
        assert!(
            night.body.contains("客服明天 09:00 上線") && night.body.contains("上班後就回覆"),
            "{}",
            night.body
        );
        shop.close().await;
    });
}
