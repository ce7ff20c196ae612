//! Addresses by country, in the book and at checkout; what a buyer does with an order through its link.

use fulfilment::zone::{self, Basis, NewRate, NewZone, Step, ZonePlace};
use serde_json::{Value, json};

use crate::{
    accounts::opens_account,
    world::{Browser, Shop, details, form},
};

/// Lets the shop send parcels to these countries.
async fn sends_to(shop: &Shop, countries: &[&str]) {
    let countries: Vec<String> = countries.iter().map(|c| (*c).to_owned()).collect();
    let write = shop.ctx.write(async move |tx, ctx| {
        let known = operations::shop::load(tx).await?;
        let decided = operations::shop::Shop {
            countries: countries.clone(),
            ..known
        };
        platform::settings::save(tx, ctx, operations::shop::SHOP, &decided).await
    });
    write.await.unwrap();
}

const HOME: [(&str, &str); 6] = [
    ("address.name", "王小明"),
    ("address.phone", "0912345678"),
    ("address.country", "TW"),
    ("address.region", "臺北市"),
    ("address.city", "大安區"),
    ("address.line1", "茶香路 12 號"),
];

async fn book(browser: &Browser<'_>) -> Vec<Value> {
    let page = browser.get("/account/addresses.json").await.expect(200);
    let page = page.json();
    page.get("addresses")
        .and_then(serde_json::Value::as_array)
        .unwrap()
        .clone()
}

/// CRM-01: an address book keeps several addresses, each once; one is the default and is filled in first at checkout; a
/// foreign one is not there (A1).
#[test]
fn a_book_keeps_addresses() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        sends_to(&shop, &["TW", "HK", "CN"]).await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        for _ in 0..2 {
            browser.post("/account/addresses", &HOME).await.location();
        }
        let hong_kong = [
            ("address.name", "陳美玲"),
            ("address.phone", "91234567"),
            ("address.country", "HK"),
            ("address.region", "九龍"),
            ("address.city", "觀塘區"),
            ("address.line1", "觀塘道 1 號"),
            ("is_default", "1"),
        ];
        browser
            .post("/account/addresses", &hong_kong)
            .await
            .location();
        let kept = book(&browser).await;
        assert_eq!(kept.len(), 2, "the same address is kept once");
        assert_eq!(
            (&kept[0]["lines"], &kept[0]["is_default"]),
            (&json!(["香港九龍觀塘區", "觀塘道 1 號"]), &json!(true))
        );
        assert_eq!(kept[1]["lines"][0], "106 臺北市大安區", "the code is known");

        let id = shop.small.to_string();
        let line = [("variant_id", id.as_str()), ("quantity", "1")];
        browser.post("/cart/lines", &line).await.location();
        let checkout = browser.get("/checkout.json").await.expect(200).json();
        assert_eq!(
            (&checkout["shipping_address"]["name"], &checkout["email"]),
            (&json!("陳美玲"), &json!("Reader@shop.test"))
        );
        let other = kept[1]["id"].as_str().unwrap();
        let chosen = browser
            .get(&format!("/checkout.json?address={other}"))
            .await;
        assert_eq!(chosen.json()["shipping_address"]["city"], "大安區");

        let stranger = shop.browser();
        crate::accounts::opens_account_of(&shop, &stranger, "stranger@shop.test").await;
        let page = format!("/account/addresses/{other}");
        stranger.get(&page).await.expect(404);
        stranger
            .post(&format!("{page}?_method=DELETE"), &[])
            .await
            .expect(404);
        stranger
            .post(&format!("{page}?_method=PUT"), &HOME)
            .await
            .expect(404);
        let first = kept[0]["id"].as_str().unwrap();
        let first = format!("/account/addresses/{first}?_method=DELETE");
        browser.post(&first, &[]).await.location();
        let left = book(&browser).await;
        assert_eq!((left.len(), &left[0]["is_default"]), (1, &json!(true)));
        shop.close().await;
    });
}

/// CHK-23: the form has the fields of the country, without a script too; what is wrong is told at its field and the
/// rest is kept; a country the shop does not send to is refused.
#[test]
fn fields_follow_the_country() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        sends_to(&shop, &["TW", "CN"]).await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        let choose = [
            ("address.name", "王小明"),
            ("address.country", "CN"),
            ("address.region", "广东省"),
            ("address.city", "深圳市"),
            ("choose", "1"),
        ];
        let page = browser
            .post("/account/addresses", &choose)
            .await
            .expect(200);
        assert!(
            page.body.contains("南山区") && page.body.contains("address.district"),
            "{}",
            page.body
        );
        assert!(
            page.body.contains("value=\"王小明\""),
            "what was typed stays"
        );
        assert!(book(&browser).await.is_empty(), "nothing was kept");
        let mut wrong = HOME.to_vec();
        wrong[3].1 = "新北市";
        let refused = browser.post("/account/addresses", &wrong).await.expect(422);
        assert!(refused.body.contains("error-address.city") && refused.body.contains("茶香路"));
        let mut abroad = HOME.to_vec();
        abroad[2].1 = "FR";
        browser
            .post("/account/addresses", &abroad)
            .await
            .expect(422);

        let id = shop.small.to_string();
        let guest = shop.browser();
        let line = [("variant_id", id.as_str()), ("quantity", "1")];
        guest.post("/cart/lines", &line).await.location();
        let page = guest
            .get("/checkout?shipping_address.country=CN&shipping_address.region=%E5%B9%BF%E4%B8%9C%E7%9C%81")
            .await
            .expect(200);
        assert!(page.body.contains("深圳市") && !page.body.contains("大安區"));
        let program = shop.program();
        program.add(shop.small, 1).await;
        let mut sent = details("bank_transfer");
        sent["shipping_address"] = json!({
            "name": "王小明", "phone": "13800138000", "country": "CN", "region": "广东省",
            "city": "深圳市", "district": "南山区", "line1": "科技路 1 号",
        });
        sent["delivery_method"] = json!("home");
        let kept = program.send("PUT", "/checkout", Some(sent), &[]).await;
        kept.expect(200);
        program.order("mainland").await.expect(201);
        shop.close().await;
    });
}

/// Orders one tea as a guest and tells the path of its page.
async fn order(browser: &Browser<'_>, shop: &Shop) -> String {
    let id = shop.small.to_string();
    let line = [("variant_id", id.as_str()), ("quantity", "2")];
    browser.post("/cart/lines", &line).await.location();
    let placed = browser
        .post("/checkout/complete", &form("cash_on_delivery"))
        .await;
    placed.location().trim_end_matches("/result").to_owned()
}

/// ORD-04, ORD-13: the address is changed through the link until the goods are taken from the shelf, with a letter; the
/// form follows the country, county and way that are chosen, without a script too; after that the change is refused with
/// the reason. Then the page says to look before signing.
#[test]
fn an_order_goes_elsewhere_until_it_is_picked() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order(&browser, &shop).await;
        let form = format!("{page}/address");
        let change = format!("{form}?_method=PUT");
        assert!(browser.get(&page).await.expect(200).body.contains(&form));
        let south = browser
            .get(&format!("{form}?region=%E9%AB%98%E9%9B%84%E5%B8%82&city="))
            .await
            .expect(200);
        assert!(south.body.contains("前鎮區") && !south.body.contains("大安區"));
        let mut other = HOME.to_vec();
        other[0].1 = "陳美玲";
        other[4].1 = "信義區";
        let mut only_looking = other.clone();
        only_looking[3].1 = "高雄市";
        only_looking.push(("choose", "1"));
        let looked = browser.post(&change, &only_looking).await.expect(200);
        assert!(looked.body.contains("前鎮區") && looked.body.contains("陳美玲"));
        assert_eq!(browser.post(&change, &other).await.location(), page);
        let now = browser.get(&format!("{page}.json")).await.json();
        assert_eq!(
            (&now["shipping_address"]["city"], &now["address_lines"][0]),
            (&json!("信義區"), &json!("110 臺北市信義區"))
        );
        let id: kernel::OrderId = now["id"].as_str().unwrap().parse().unwrap();
        operations::flows::pick_order::pick(&shop.ctx, id)
            .await
            .unwrap();
        let late = browser.post(&change, &HOME).await.expect(409);
        assert!(late.body.contains("已經在備貨"), "{}", late.body);
        browser.get(&form).await.expect(409);
        let now = browser.get(&format!("{page}.json")).await.json();
        assert_eq!(now["can_readdress"], false);
        assert_eq!(now["shipping_address"]["name"], "陳美玲");
        assert_eq!(now["inspect"], true);
        browser.get("/orders/nowhere/address").await.expect(404);
        shop.close().await;
    });
}

/// ORD-04, CHK-03: where delivery costs otherwise, the form shows what the order would cost and keeps what was typed; it
/// moves once that is agreed to, and a way that does not go there is said at its field.
#[test]
fn another_price_is_agreed_to_first() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order(&browser, &shop).await;
        let change = format!("{page}/address?_method=PUT");
        let before = browser.get(&format!("{page}.json")).await.json();
        let total = before["total"]["amount"].as_i64().unwrap();
        costs_more_in_the_south(&shop).await;
        let mut south = HOME.to_vec();
        (south[3].1, south[4].1, south[5].1) = ("高雄市", "前鎮區", "中山三路 12 號");
        let asked = browser.post(&change, &south).await.expect(409);
        let dearer = total - before["shipping"]["amount"].as_i64().unwrap() + 25_000;
        assert!(
            asked.body.contains("中山三路 12 號")
                && asked.body.contains(&format!("value=\"{dearer}\"")),
            "{}",
            asked.body
        );
        let still = browser.get(&format!("{page}.json")).await.json();
        assert_eq!(still["shipping_address"], before["shipping_address"]);
        let agreed = dearer.to_string();
        south.push(("expected_total", &agreed));
        assert_eq!(browser.post(&change, &south).await.location(), page);
        let moved = browser.get(&format!("{page}.json")).await.json();
        assert_eq!(moved["total"]["amount"], dearer);
        assert_eq!(moved["shipping_address"]["region"], "高雄市");
        let mut nowhere = HOME.to_vec();
        (nowhere[3].1, nowhere[4].1) = ("花蓮縣", "花蓮市");
        let refused = browser.post(&change, &nowhere).await.expect(422);
        assert!(
            refused.body.contains("id=\"error-delivery_method\""),
            "{}",
            refused.body
        );
        shop.close().await;
    });
}

/// Delivery home to Kaohsiung for 250 dollars, to Taipei as ever, and to nowhere else.
async fn costs_more_in_the_south(shop: &Shop) {
    let zone_of = |region: &str, rates| NewZone {
        name: region.to_owned(),
        places: vec![ZonePlace {
            country: "TW".into(),
            regions: vec![region.to_owned()],
        }],
        position: 0,
        rates,
    };
    let south = NewRate {
        basis: Basis::Amount,
        steps: vec![Step {
            from: 0,
            rate: 25_000,
        }],
        free_over: None,
        days_min: 1,
        days_max: 3,
        cash_on_delivery: true,
    };
    let north = NewRate {
        steps: vec![Step {
            from: 0,
            rate: 10_000,
        }],
        ..south.clone()
    };
    for (region, rate) in [("高雄市", south), ("臺北市", north)] {
        let zone = zone_of(region, vec![("home".to_owned(), rate)]);
        let write = shop
            .ctx
            .write(async move |tx, ctx| zone::save(tx, ctx, None, &zone).await);
        write.await.unwrap();
    }
}

/// CHK-21: a buyer who called an unpaid order off by mistake restores it for an hour, holds and all; after that not.
#[test]
fn a_cancellation_is_taken_back() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order(&browser, &shop).await;
        let cancellation = format!("{page}/cancellation");
        let undo = format!("{cancellation}?_method=DELETE");
        browser.post(&undo, &[]).await.expect(409);
        browser.post(&cancellation, &[]).await.location();
        let off = browser.get(&page).await.expect(200);
        assert!(off.body.contains("恢復訂單"), "{}", off.body);
        browser.post(&undo, &[]).await.location();
        let back = browser.get(&format!("{page}.json")).await.json();
        assert_eq!(
            (&back["state"], &back["hold"]["lines"][0]["quantity"]),
            (&json!("placed"), &json!(2))
        );
        assert_eq!(back["cancelled"], json!([]));
        browser.post(&cancellation, &[]).await.location();
        world.pass(std::time::Duration::from_secs(3_601));
        browser.post(&undo, &[]).await.expect(409);
        shop.close().await;
    });
}

/// CHK-01: the same again puts what was ordered into the cart of whoever asks, and says what is not sold any more.
#[test]
fn an_order_is_placed_again() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = order(&browser, &shop).await;
        let again = browser.post(&format!("{page}/reorder"), &[]).await;
        assert_eq!(again.location(), "/cart");
        let cart = browser.get("/cart.json").await.json();
        assert_eq!(cart["item_count"], 2);
        let product = shop.tea;
        let write = shop
            .ctx
            .write(async move |tx, ctx| catalog::product::unpublish(tx, ctx, product).await);
        write.await.unwrap();
        let program = shop.program();
        let path = format!("{page}/reorder");
        let told = program.send("POST", &path, Some(json!({})), &[]).await;
        let told = told.expect(200).json();
        assert_eq!(
            (&told["item_count"], &told["left_out"][0]["title"]),
            (&json!(0), &json!("凍頂烏龍茶"))
        );
        shop.close().await;
    });
}
