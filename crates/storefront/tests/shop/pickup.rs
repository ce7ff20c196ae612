//! Buying with a parcel that waits at a convenience store (CHK-04), and from where goods come to whom (STF-15).

use std::time::Duration;

use fulfilment::{
    PickupTerms,
    delivery::{self, NewDeliveryMethod},
};
use inventory::location::{self, Area, PlaceDraft};
use kernel::{Address, Currency, Money, Texts};
use operations::FlowError;
use serde_json::{Value, json};

use crate::{
    accounts::opens_account,
    world::{SMALL, Shop, details, form, texts},
};

/// Offers 7-ELEVEN beside the ways of the shop.
async fn offer(shop: &Shop, most: i64) {
    let dollars = |amount: i64| Money::new(amount * 100, Currency::TWD);
    let way = NewDeliveryMethod {
        code: "711".into(),
        name: texts("7-ELEVEN 取貨", "7-ELEVEN 自取", "Collect at 7-ELEVEN"),
        description: Texts::default(),
        carrier: "711".into(),
        rate: dollars(60),
        free_over: None,
        days_min: 2,
        days_max: 3,
        cash_on_delivery: true,
        max_weight_g: None,
        position: 3,
        pickup: Some(PickupTerms {
            chain: "711".into(),
            keep_days: 5,
            most: Some(dollars(most)),
        }),
    };
    let write = shop
        .ctx
        .write(async move |tx, ctx| delivery::create(tx, ctx, way.clone()).await);
    write.await.unwrap();
}

/// What somebody fills in who collects at a store: no street.
fn at_store(number: &str) -> Value {
    let mut details = details("cash_on_delivery");
    let fields = details.as_object_mut().unwrap();
    let address = json!({
        "name": "王小明", "phone": "+886 912-345-678", "country": "TW", "line1": "忘了刪的舊地址",
        "store": { "number": number, "name": "建盛門市" },
    });
    fields.insert("delivery_method".into(), json!("711"));
    fields.insert("shipping_address".into(), address);
    details
}

/// CHK-04: a program orders to a store and pays there. The order keeps the store and nothing of a street; its page says
/// what to bring, until when, and what is paid at the counter.
#[test]
fn a_program_collects_at_a_store() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        offer(&shop, 20_000).await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        let quote = program
            .send("PUT", "/checkout", Some(at_store("131386")), &[])
            .await
            .expect(200)
            .json();
        let ways = quote["delivery_methods"].as_array().unwrap();
        let way = ways.iter().find(|way| way["code"] == "711").unwrap();
        assert_eq!(
            way["pickup"],
            json!({
                "chain": "711", "chain_name": "7-ELEVEN", "digits": 6,
                "finder_url": "https://emap.pcsc.com.tw/", "keep_days": 5,
            })
        );
        assert_eq!(quote["total"]["amount"], SMALL + 6_000);
        let placed = program.order("store-1").await.expect(201).json();
        let url = format!("/orders/{}", placed["order"]["token"].as_str().unwrap());
        let order = program.get(&url).await.expect(200).json();
        assert_eq!(
            order["address_lines"],
            json!(["7-ELEVEN 131386", "建盛門市"])
        );
        let address = &order["shipping_address"];
        assert_eq!(
            (
                &address["line1"],
                &address["phone"],
                &address["store"]["chain"]
            ),
            (&json!(""), &json!("0912345678"), &json!("711"))
        );
        assert_eq!(order["pickup"]["keep_days"], 5);
        assert_eq!(order["pickup"]["collect"]["amount"], SMALL + 6_000);
        shop.close().await;
    });
}

/// CHK-04: whoever names no way to deliver is never sent to a store, however cheap it is.
#[test]
fn a_store_is_only_for_those_who_choose_it() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        offer(&shop, 20_000).await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        let quote = program.fill_in("card").await;
        let ways = quote["delivery_methods"].as_array().unwrap();
        let chosen = ways.iter().find(|way| way["selected"] == true).unwrap();
        assert_eq!(chosen["code"], "post", "60 at the store, 80 by post");
        shop.close().await;
    });
}

/// CHK-04: what is wrong is told at its field and all of it is still there: a number that is none, a name that is on no
/// identity card, a telephone that takes no message. A street is not asked for.
#[test]
fn a_store_is_checked_where_it_is_typed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        offer(&shop, 20_000).await;
        let browser = shop.browser();
        browser
            .post("/cart/lines", &[("variant_id", &shop.small.to_string())])
            .await;
        let page = browser
            .get("/checkout?delivery_method=711&payment_method=cash_on_delivery")
            .await
            .expect(200);
        for text in [
            "門市店號",
            "https://emap.pcsc.com.tw/",
            "6 位數字",
            "到門市拿到包裹時才付現金",
            "取貨付款（到店付現）",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        let mut typed = form("cash_on_delivery");
        typed.retain(|(name, _)| {
            !name.contains("line1") && !name.contains("region") && !name.contains("city")
        });
        typed.extend([
            ("shipping_address.store.number", "13138"),
            ("shipping_address.store.name", "建盛門市"),
        ]);
        for (name, value) in &mut typed {
            match *name {
                "delivery_method" => *value = "711",
                "shipping_address.name" => *value = "小明❤",
                "phone" => *value = "02-2345-6789",
                _ => {}
            }
        }
        let refused = browser.post("/checkout/complete", &typed).await.expect(422);
        for text in [
            "error-shipping_address.store.number",
            "門市店號是 6 位數字",
            "error-shipping_address.name",
            "error-phone",
            "09 開頭",
            "value=\"13138\"",
            "value=\"建盛門市\"",
            "小明❤",
        ] {
            assert!(refused.body.contains(text), "{text}: {}", refused.body);
        }
        assert!(!refused.body.contains("error-shipping_address.line1"));
        for (name, value) in &mut typed {
            match *name {
                "shipping_address.store.number" => *value = "１３１３８６",
                "shipping_address.name" => *value = "王小明",
                "phone" => *value = "0912 345 678",
                _ => {}
            }
        }
        let placed = browser.post("/checkout/complete", &typed).await;
        let result = browser.get(placed.location()).await.expect(200);
        for text in [
            "取貨門市",
            "7-ELEVEN 131386",
            "門市保留 5 天",
            "付現金 NT$640 給店員",
        ] {
            assert!(result.body.contains(text), "{text}: {}", result.body);
        }
        shop.close().await;
    });
}

/// CHK-04: no store takes a parcel that is worth more than its chain takes on, nor more cash: goods of that worth are not
/// offered the way, and goods just below it cannot be paid there when the delivery lifts them above.
#[test]
fn a_store_takes_no_more_than_its_chain() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        offer(&shop, 600).await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        let refused = program
            .send("PUT", "/checkout", Some(at_store("131386")), &[])
            .await
            .expect(422)
            .json();
        let fields: Vec<&str> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|error| error["pointer"].as_str())
            .collect();
        assert_eq!(
            fields,
            ["/payment_method"],
            "580 of goods and 60: {refused}"
        );
        program.add(shop.small, 1).await;
        let refused = program
            .send("PUT", "/checkout", Some(at_store("131386")), &[])
            .await
            .expect(422);
        assert!(refused.body.contains("delivery_method"), "{}", refused.body);
        shop.close().await;
    });
}

/// CHK-04, ORD-04: until it is packed the buyer names another store of the same chain; a number that is none is told.
#[test]
fn another_store_can_be_named() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        offer(&shop, 20_000).await;
        let program = shop.program();
        program.add(shop.small, 1).await;
        program
            .send("PUT", "/checkout", Some(at_store("131386")), &[])
            .await
            .expect(200);
        let placed = program.order("store-2").await.expect(201).json();
        let token = placed["order"]["token"].as_str().unwrap().to_owned();
        let browser = shop.browser();
        let form = format!("/orders/{token}/address");
        let page = browser.get(&form).await.expect(200);
        assert!(
            page.body.contains("address.store.number") && page.body.contains("131386"),
            "{}",
            page.body
        );
        let path = format!("{form}?_method=PUT");
        let to = |number| {
            [
                ("address.name", "王小明"),
                ("address.phone", "0912345678"),
                ("address.store.number", number),
                ("address.store.name", "建國門市"),
            ]
        };
        let refused = browser.post(&path, &to("99")).await.expect(422);
        assert!(
            refused.body.contains("門市店號是 6 位數字"),
            "{}",
            refused.body
        );
        let moved = browser.post(&path, &to("991182")).await;
        let page = browser.get(moved.location()).await.expect(200);
        assert!(
            page.body.contains("7-ELEVEN 991182") && !page.body.contains("131386"),
            "{}",
            page.body
        );
        shop.close().await;
    });
}

/// Two warehouses; the shop itself says nothing of where its goods come from.
async fn two_warehouses(shop: &Shop) {
    let place = |code: &str, region: &str, city: &str, priority, serves: &[&str]| PlaceDraft {
        code: code.into(),
        name: code.into(),
        address: Address {
            name: "倉庫".into(),
            phone: "0712345678".into(),
            country: "TW".into(),
            region: region.into(),
            city: city.into(),
            line1: "港口路 5 號".into(),
            ..Address::default()
        },
        priority,
        serves: vec![Area {
            country: "TW".into(),
            regions: serves.iter().map(|r| (*r).to_owned()).collect(),
        }],
        ships: true,
    };
    let places = [
        place("north", "新北市", "板橋區", 1, &[]),
        place("south", "高雄市", "前鎮區", 2, &["高雄市"]),
    ];
    let write = shop.ctx.write(async move |tx, ctx| {
        let known = operations::shop::load(tx).await?;
        let decided = operations::shop::Shop {
            ships_from: Texts::default(),
            ..known
        };
        platform::settings::save(tx, ctx, operations::shop::SHOP, &decided).await?;
        let sql = "UPDATE locations SET priority = 9 WHERE code = 'main'";
        tx.execute(sql, &[]).await?;
        for place in &places {
            location::add(tx, ctx, place).await?;
        }
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
}

/// STF-15: where the shop says nothing, goods come from the place of the warehouse that serves first; what the shop says
/// goes before.
#[test]
fn goods_come_from_the_nearest_warehouse() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let program = shop.program();
        let page = program
            .get("/products/dongding-oolong.json")
            .await
            .expect(200)
            .json();
        assert_eq!(page["delivery"]["ships_from"], "臺北");
        two_warehouses(&shop).await;
        world.pass(Duration::from_secs(2));
        let page = program
            .get("/products/dongding-oolong.json")
            .await
            .expect(200)
            .json();
        assert_eq!(page["delivery"]["ships_from"], "新北市板橋區");
        let cart = program.add(shop.small, 1).await;
        assert_eq!(cart["delivery"]["ships_from"], "新北市板橋區");
        assert_eq!(cart["delivery"]["to"], Value::Null);
        shop.close().await;
    });
}

/// STF-15: somebody who is signed in sees from where, when and for how much a parcel comes to their own usual address;
/// nobody else sees that page.
#[test]
fn promises_are_for_the_usual_address() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        two_warehouses(&shop).await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        let home = [
            ("address.name", "王小明"),
            ("address.phone", "0912345678"),
            ("address.country", "TW"),
            ("address.region", "高雄市"),
            ("address.city", "苓雅區"),
            ("address.line1", "中正一路 12 號"),
        ];
        browser.post("/account/addresses", &home).await.location();
        world.pass(Duration::from_secs(2));
        let mine = browser
            .get("/products/dongding-oolong.json")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&mine["delivery"]["ships_from"], &mine["delivery"]["to"]),
            (&json!("高雄市前鎮區"), &json!("高雄市苓雅區"))
        );
        let page = browser.get("/products/dongding-oolong").await.expect(200);
        assert!(
            page.body.contains("以您的預設地址（高雄市苓雅區）計算"),
            "{}",
            page.body
        );
        browser
            .post("/cart/lines", &[("variant_id", &shop.small.to_string())])
            .await
            .location();
        let cart = browser.get("/cart.json").await.expect(200).json();
        assert_eq!(cart["delivery"]["to"], "高雄市苓雅區");
        let theirs = shop
            .browser()
            .get("/products/dongding-oolong.json")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&theirs["delivery"]["ships_from"], &theirs["delivery"]["to"]),
            (&json!("新北市板橋區"), &Value::Null)
        );
        shop.close().await;
    });
}
