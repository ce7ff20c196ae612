//! Products and stock: created, priced, published; counted, adjusted, explained.

use kernel::Role;
use orders::PaymentMethod;
use serde_json::{Value, json};

use crate::desk::Desk;

/// INV-01, INV-04, the outside contract: stock of a variant, and a change with exactly the fields of the contract.
#[test]
fn a_program_changes_stock() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.buys(desk.small, 2, PaymentMethod::CashOnDelivery)
            .await;
        let program = desk.program(Role::Warehouse).await;
        let path = format!("/admin/inventory/variants/{}.json", desk.small);
        let item = program.get(&path).await.expect(200).json();
        assert_eq!(
            (&item["on_hand"], &item["reserved"], &item["available"]),
            (&json!(10), &json!(2), &json!(8))
        );
        assert_eq!(
            (&item["holds"][0]["quantity"], &item["holds"][0]["reason"]),
            (&json!(2), &json!("cash_on_delivery"))
        );
        let body =
            json!({ "variant_id": desk.small, "quantity_delta": 5, "reason": "nightly sync" });
        let made = program
            .send("POST", "/admin/inventory/adjustments", Some(body))
            .await
            .expect(201)
            .json();
        assert_eq!(
            (&made["on_hand"], &made["available"]),
            (&json!(15), &json!(13))
        );
        let at_place = json!({ "variant_id": desk.small, "location": "main", "quantity_delta": -1, "reason": "damaged", "note": "罐子凹了" });
        let keyed = || {
            program.send_keyed(
                "POST",
                "/admin/inventory/adjustments",
                Some(at_place.clone()),
                Some("k1"),
            )
        };
        assert_eq!(keyed().await.expect(201).json()["on_hand"], 14);
        assert_eq!(
            keyed().await.expect(201).json()["on_hand"],
            14,
            "the same key again changes nothing"
        );
        let other = json!({ "variant_id": desk.small, "quantity_delta": -3, "reason": "damaged" });
        let mismatch = program
            .send_keyed(
                "POST",
                "/admin/inventory/adjustments",
                Some(other),
                Some("k1"),
            )
            .await
            .expect(422)
            .json();
        assert_eq!(mismatch["code"], "idempotency-mismatch");
        let item = program.get(&path).await.json();
        let newest = &item["movements"][0];
        assert_eq!(
            (&newest["reason"], &newest["note"], &newest["by"]),
            (&json!("damaged"), &json!("罐子凹了"), &json!("scanner"))
        );
        assert_eq!(
            (&newest["quantity"], &newest["balance"]),
            (&json!(-1), &json!(14))
        );
        assert_eq!(item["movements"][1]["reason"], "nightly sync");
        let sum: i64 = item["movements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["quantity"].as_i64().unwrap())
            .sum();
        assert_eq!(json!(sum), item["on_hand"]);
    });
}

/// S1: what orders have on hold cannot be taken away, and a refused form keeps what was typed.
#[test]
fn reserved_stock_stays() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.buys(desk.cup, 8, PaymentMethod::CashOnDelivery).await;
        let staff = desk.staff(Role::Warehouse).await;
        let variant = desk.cup.to_string();
        let fields = [
            ("variant_id", variant.as_str()),
            ("quantity_delta", "-5"),
            ("reason", "lost"),
            ("note", "找不到"),
        ];
        let page = staff
            .post("/admin/inventory/adjustments", &fields)
            .await
            .expect(409);
        page.says(&[
            "會少於已保留給訂單的數量",
            "value=\"-5\"",
            "value=\"找不到\"",
            "id=\"error-quantity_delta\"",
        ]);
        for (delta, place, status) in [
            ("0", "main", 409),
            ("abc", "main", 422),
            ("1", "nowhere", 422),
        ] {
            let fields = [
                ("variant_id", variant.as_str()),
                ("quantity_delta", delta),
                ("location", place),
                ("reason", "found"),
            ];
            staff
                .post("/admin/inventory/adjustments", &fields)
                .await
                .expect(status);
        }
        let unknown = json!({ "variant_id": "variant_01kan5mmxjgmpd024mn8t6f8df", "quantity_delta": 1, "reason": "found" });
        let program = desk.program(Role::Warehouse).await;
        program
            .send("POST", "/admin/inventory/adjustments", Some(unknown))
            .await
            .expect(404);
        let item = program
            .get(&format!("/admin/inventory/variants/{}.json", desk.cup))
            .await
            .json();
        assert_eq!(
            (&item["on_hand"], &item["reserved"]),
            (&json!(10), &json!(8))
        );
    });
}

/// INV-03: what has fallen to its alert level stands in the list of low stock and on the first page.
#[test]
fn low_stock_is_listed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Operations).await;
        let path = format!(
            "/admin/inventory/variants/{}/threshold?_method=PUT",
            desk.cup
        );
        staff
            .post(&path, &[("low_stock_threshold", "-1")])
            .await
            .expect(422);
        staff
            .post(&path, &[("low_stock_threshold", "9")])
            .await
            .expect(303);
        desk.buys(desk.cup, 1, PaymentMethod::CashOnDelivery).await;
        let program = desk.program(Role::Operations).await;
        let low = program.get("/admin/inventory.json?show=low").await.json();
        assert_eq!(
            (
                low["items"].as_array().unwrap().len(),
                &low["items"][0]["sku"]
            ),
            (1, &json!("CUP-1"))
        );
        assert_eq!(
            program.get("/admin.json").await.json()["low_stock"]["variants"],
            1
        );
        staff
            .get("/admin/inventory")
            .await
            .expect(200)
            .says(&["偏低", "TEA-075"]);
        staff.post(&path, &[]).await.expect(303);
        assert_eq!(
            program.get("/admin/inventory.json?show=low").await.json()["items"],
            json!([])
        );
        for (q, found) in [("玻璃", 1), ("冻顶", 2), ("tea-1", 1), ("%25", 0)] {
            let list = program
                .get(&format!("/admin/inventory.json?q={q}"))
                .await
                .expect(200)
                .json();
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{q}");
        }
    });
}

fn variant_form<'a>(
    id: &'a str,
    sku: &'a str,
    price: &'a str,
    compare: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("form", id),
        ("sku", sku),
        ("price", price),
        ("compare_at_price", compare),
        ("cost", "200"),
        ("weight_grams", "180"),
    ]
}

/// CHK-20, GOV-08: the end of a reduction is announced with the price, kept in the form when it is refused, brought
/// forward but not put off, and goes with the reduction.
#[test]
fn the_end_of_a_reduction_is_announced() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let id = desk.small.to_string();
        let path = format!("/admin/variants/{id}?_method=PUT");
        let until = |days: i64| {
            let at = world.ctx.now().plus_seconds(days * 86_400);
            at.in_zone(world.ctx.zone())
                .strftime("%Y-%m-%dT%H:%M")
                .to_string()
        };
        let save = async |compare: &str, until: &str| {
            let mut form = variant_form(&id, "TEA-075", "500", compare);
            form.push(("reduced_until", until));
            staff.post(&path, &form).await
        };
        world.pass(std::time::Duration::from_secs(2 * 86_400));
        let refused = save("", &until(3)).await;
        let kept = format!("value=\"{}\"", until(3));
        refused.expect(409).says(&["沒有在打折", kept.as_str()]);
        save("580", "tomorrow")
            .await
            .expect(422)
            .says(&["value=\"tomorrow\""]);
        let told = until(3);
        save("580", &told).await.expect(303);
        save("580", &told).await.expect(303);
        save("580", &until(4))
            .await
            .expect(409)
            .says(&["只能提前，不能延後"]);
        save("580", &until(1)).await.expect(303);
        let page = staff.get(&format!("/admin/products/{}", desk.tea)).await;
        page.expect(200).says(&[&format!("value=\"{}\"", until(1))]);
        // What the form holds is no announcement where the reduction is taken away.
        save("", &until(1)).await.expect(303);
        let program = desk.program(Role::Promotion).await;
        let product = program
            .get(&format!("/admin/products/{}.json", desk.tea))
            .await
            .json();
        let variants = product["variants"].as_array().unwrap();
        assert!(
            variants.iter().all(|v| v["reduced_until"].is_null()),
            "{variants:?}"
        );
    });
}

/// CAT-01: a product is written, priced and published by forms; the shop sees it only then.
#[test]
fn a_product_is_made() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let teas = desk
            .program(Role::Promotion)
            .await
            .get("/admin/products/new.json")
            .await
            .json()["collections"][0]["id"]
            .clone();
        let fields = [
            ("title", "日月潭紅茶"),
            ("description", "蜜香。"),
            ("option_name", "重量"),
            ("option_values", "50 g、100 g"),
            ("sku", "TEA-BLK"),
            ("price", "460"),
            ("collections[]", teas.as_str().unwrap()),
        ];
        let path = staff
            .post("/admin/products", &fields)
            .await
            .location()
            .to_owned();
        staff.get(&path).await.expect(200).says(&[
            "日月潭紅茶",
            "TEA-BLK-1",
            "TEA-BLK-2",
            "NT$460",
            "草稿",
            "上架",
        ]);
        staff
            .post("/admin/products", &fields)
            .await
            .expect(409)
            .says(&["日月潭紅茶", "貨號「TEA-BLK-1」已經有人用了"]);
        let texts = [
            ("form", "texts"),
            ("title[zh-Hant]", "日月潭紅茶"),
            ("title[en]", "Sun Moon Lake black tea"),
            ("summary[en]", "Honey"),
        ];
        staff
            .post(&format!("{path}/texts?_method=PUT"), &texts)
            .await
            .expect(303);
        staff
            .post(
                &format!("{path}?_method=PATCH"),
                &[("form", "place"), ("handle", "Not A Handle")],
            )
            .await
            .expect(409)
            .says(&["Not A Handle", "網址代稱只能用"]);
        staff
            .post(
                &format!("{path}?_method=PATCH"),
                &[("form", "place"), ("handle", "sun-moon-black")],
            )
            .await
            .expect(303);
        staff
            .post(
                &format!("{path}/variants"),
                &[
                    ("form", "variant"),
                    ("sku", "TEA-BLK-3"),
                    ("price", "800"),
                    ("options[0]", "50 g"),
                ],
            )
            .await
            .expect(409);
        staff
            .post(
                &format!("{path}/variants"),
                &[
                    ("form", "variant"),
                    ("sku", "TEA-BLK-3"),
                    ("price", "800"),
                    ("options[0]", "200 g"),
                ],
            )
            .await
            .expect(303);
        staff
            .post(&format!("{path}/publication"), &[])
            .await
            .expect(303);
        let program = desk.program(Role::Promotion).await;
        let product = program.get(&format!("{path}.json")).await.json();
        assert_eq!(
            (&product["product"]["state"], &product["product"]["url"]),
            (&json!("published"), &json!("/products/sun-moon-black"))
        );
        assert_eq!(product["variants"].as_array().unwrap().len(), 3);
        assert_eq!(product["texts"][2]["title"], "Sun Moon Lake black tea");
    });
}

/// CAT-01: a product goes off sale, leaves its collections, and its options have the shop's own names.
#[test]
fn a_product_changes_its_place() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = format!("/admin/products/{}", desk.tea);
        staff
            .post(&format!("{path}/publication?_method=DELETE"), &[])
            .await
            .expect(303);
        assert_eq!(
            program.get(&format!("{path}.json")).await.json()["product"]["state"],
            "draft"
        );
        staff
            .post(
                &format!("{path}/collections?_method=PUT"),
                &[("form", "collections")],
            )
            .await
            .expect(303);
        assert_eq!(
            program.get(&format!("{path}.json")).await.json()["collections"][0]["selected"],
            false
        );
        staff
            .post(
                &format!("{path}/options/0?_method=PATCH"),
                &[("name", "份量")],
            )
            .await
            .expect(303);
        staff
            .post(
                &format!("{path}/options/7?_method=PATCH"),
                &[("name", "份量")],
            )
            .await
            .expect(404);
        staff.get(&path).await.expect(200).says(&["份量"]);
    });
}

/// CAT-01: an empty draft cannot be published, and the page says what is missing.
#[test]
fn an_empty_draft_stays_a_draft() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let path = format!("/admin/products/{}", desk.draft);
        staff
            .get(&path)
            .await
            .expect(200)
            .says(&["至少一個規格", "disabled aria-describedby=\"problems\""]);
        staff
            .post(&format!("{path}/publication"), &[])
            .await
            .expect(409)
            .says(&["上架的商品至少要有一個可以購買的規格"]);
        let add = [("form", "option"), ("name", "尺寸"), ("value", "大")];
        staff
            .post(&format!("{path}/options"), &add)
            .await
            .expect(303);
        staff
            .post(
                &format!("{path}/variants"),
                &[
                    ("form", "variant"),
                    ("sku", "BIG"),
                    ("price", "100"),
                    ("options[0]", "大"),
                ],
            )
            .await
            .expect(303);
        staff
            .post(&format!("{path}/publication"), &[])
            .await
            .expect(303);
    });
}

/// CAT-01: a product is put away and taken back, as a draft or straight onto the shelf; a second click changes nothing,
/// and what cannot be sold is not put on sale by the way back.
#[test]
fn a_product_goes_into_the_archive_and_out() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = format!("/admin/products/{}", desk.tea);
        let state = async || {
            let product = program.get(&format!("{path}.json")).await.json();
            product["product"]["state"].as_str().unwrap().to_owned()
        };
        let put_away = format!("{path}/archive");
        let take_back = format!("{path}/archive?_method=DELETE");
        let page = staff.get(&path).await.expect(200);
        let page = page.says(&["封存", "data-confirm"]);
        assert!(!page.body.contains("還原成草稿"));
        for _ in 0..2 {
            staff.post(&put_away, &[]).await.expect(303);
            assert_eq!(state().await, "archived");
        }
        staff.get(&path).await.expect(200).says(&[
            "已收進封存",
            "這件商品已封存",
            "還原並重新上架",
            "還原成草稿",
        ]);
        let listed = program
            .get("/admin/products.json?state=archived")
            .await
            .json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        staff
            .post(&format!("{path}/publication"), &[])
            .await
            .expect(409);

        for _ in 0..2 {
            staff.post(&take_back, &[]).await.expect(303);
            assert_eq!(state().await, "draft");
        }
        program
            .send("POST", &put_away, Some(json!({})))
            .await
            .expect(200);
        staff
            .post(&take_back, &[("publish", "true")])
            .await
            .expect(303);
        assert_eq!(state().await, "published");
        staff.post(&take_back, &[]).await.expect(409);

        let nothing = format!("/admin/products/{}/archive", desk.draft);
        staff.post(&nothing, &[]).await.expect(303);
        staff
            .post(&format!("{nothing}?_method=DELETE"), &[("publish", "true")])
            .await
            .expect(409)
            .says(&["這件商品已封存"]);
    });
}

/// CAT-18, GOV-08: a was-price that nobody paid is refused, with the reason; a true one is kept with its history.
#[test]
fn a_was_price_must_have_been_charged() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let page = format!("/admin/products/{}", desk.tea);
        let id = desk.small.to_string();
        let path = format!("/admin/variants/{id}?_method=PUT");
        staff
            .post(&path, &variant_form(&id, "TEA-075", "500", "900"))
            .await
            .expect(409)
            .says(&["還不能標示原價", "value=\"900\""]);
        staff
            .post(&path, &variant_form(&id, "TEA-075", "500", "580"))
            .await
            .expect(409);
        world.pass(std::time::Duration::from_secs(2 * 86_400));
        staff
            .post(&path, &variant_form(&id, "TEA-075", "500", "580"))
            .await
            .expect(303);
        let product: Value = desk
            .program(Role::Promotion)
            .await
            .get(&format!("{page}.json"))
            .await
            .json();
        let small = product["variants"]
            .as_array()
            .unwrap()
            .iter()
            .find(|v| v["sku"] == "TEA-075")
            .unwrap();
        assert_eq!(
            (
                &small["price"]["amount"],
                &small["compare_at_price"]["amount"]
            ),
            (&json!(50_000), &json!(58_000))
        );
        assert_eq!(
            (&small["margin_rate"], &small["weight_grams"]),
            (&json!(0.6), &json!(180))
        );
        let kinds: Vec<&str> = product["price_history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| h["kind"].as_str().unwrap())
            .collect();
        assert!(
            kinds.contains(&"compare_at") && kinds.contains(&"price"),
            "{kinds:?}"
        );
        assert_eq!(product["price_history"][0]["by"], "promotion 一號");
        staff
            .get(&page)
            .await
            .expect(200)
            .says(&["價格紀錄", "NT$580", "60.0%"]);
    });
}

/// CAT-01: a variant keeps what it is when a field does not fit.
#[test]
fn a_refused_variant_stays_as_it_is() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let id = desk.small.to_string();
        let path = format!("/admin/variants/{id}?_method=PUT");
        for (field, value, status) in [
            ("sku", "CUP-1", 409),
            ("price", "-5", 422),
            ("weight_grams", "heavy", 422),
            ("length_mm", "80", 422),
        ] {
            let mut form = variant_form(&id, "TEA-075", "500", "");
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            staff.post(&path, &form).await.expect(status);
        }
        let page = format!("/admin/products/{}.json", desk.tea);
        let product = desk.program(Role::Promotion).await.get(&page).await.json();
        assert_eq!(product["variants"][0]["price"]["amount"], 58_000);
    });
}

/// CAT-01: products are found by name in either script, by SKU, and by state.
#[test]
fn products_are_found() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Service).await;
        for (query, found) in [
            ("", 3),
            ("q=乌龙", 1),
            ("q=烏龍", 1),
            ("q=cup", 1),
            ("state=draft", 1),
            ("state=archived", 0),
            ("q=nothing", 0),
        ] {
            let list = program
                .get(&format!("/admin/products.json?{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{query}");
        }
        let list = program.get("/admin/products.json").await.json();
        let tea = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["handle"] == "dongding-oolong")
            .unwrap();
        assert_eq!(
            (&tea["available"], &tea["variant_count"]),
            (&json!(20), &json!(2))
        );
        assert_eq!(
            (&tea["price_from"]["amount"], &tea["price_to"]["amount"]),
            (&json!(58_000), &json!(108_000))
        );
        assert_eq!(
            (&tea["image_url"], &tea["collections"]),
            (&json!("/media/0a.svg"), &json!(["Tea"]))
        );
        assert_eq!(list["can"]["write"], false);
        let staff = desk.staff(Role::Service).await;
        let page = staff
            .get("/admin/products")
            .await
            .expect(200)
            .says(&["凍頂烏龍茶", "NT$580 <span class=\"up-to\">– NT$1,080"]);
        assert!(!page.body.contains("/admin/products/new"));
    });
}
