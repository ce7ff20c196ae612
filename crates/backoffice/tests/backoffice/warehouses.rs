//! Several warehouses, transfers between them, what is printed there, and parcels that carry a part of an order.

use kernel::Role;
use serde_json::{Value, json};

use crate::desk::{Desk, Program};

/// Adds a second warehouse and gives its id.
async fn second(program: &Program<'_>) -> String {
    let new = json!({ "code": "south", "name": "南倉", "priority": 10, "ships": true, "serves": ["TW:高雄市"] });
    let made = program
        .send("POST", "/admin/warehouses", Some(new))
        .await
        .expect(201)
        .json();
    made["id"].as_str().unwrap().to_owned()
}

/// The id of the warehouse that every shop begins with.
async fn main(program: &Program<'_>) -> String {
    let list = program
        .get("/admin/warehouses.json")
        .await
        .expect(200)
        .json();
    let items = list["warehouses"].as_array().unwrap();
    let main = items.iter().find(|w| w["code"] == "main").unwrap();
    main["id"].as_str().unwrap().to_owned()
}

/// Units on hand at each place, by its code.
async fn levels(program: &Program<'_>, variant: impl std::fmt::Display) -> Value {
    let item = program
        .get(&format!("/admin/inventory/variants/{variant}.json"))
        .await
        .expect(200)
        .json();
    let places = item["locations"].as_array().unwrap().iter();
    places
        .map(|l| (l["code"].as_str().unwrap().to_owned(), l["on_hand"].clone()))
        .collect()
}

/// INV-14: a warehouse is added, changed, closed and opened again, on the page and as JSON; what cannot be is said at its
/// field, and the last one that ships stays.
#[test]
fn a_warehouse_is_decided() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let id = second(&program).await;
        let at = format!("/admin/warehouses/{id}");
        let staff = desk.staff(Role::Operations).await;
        staff
            .get("/admin/warehouses")
            .await
            .expect(200)
            .says(&["南倉", "高雄市", "出貨中"]);
        staff
            .get(&at)
            .await
            .expect(200)
            .says(&["value=\"TW:高雄市\" checked", "關閉倉庫"]);

        let twice = [("code", "south"), ("name", "又一個"), ("priority", "3")];
        staff
            .post("/admin/warehouses", &twice)
            .await
            .expect(409)
            .says(&["又一個", "id=\"error-code\""]);
        let half = [
            ("name", "南倉"),
            ("priority", "10"),
            ("ships", "true"),
            ("address.name", "茶行"),
            ("address.country", "TW"),
        ];
        staff
            .post(&format!("{at}?_method=PUT"), &half)
            .await
            .expect(422)
            .says(&["id=\"error-address.line1\""]);

        program
            .send("POST", &format!("{at}/closure"), None)
            .await
            .expect(200);
        let closed = program.get(&format!("{at}.json")).await.json();
        assert_eq!(closed["state"], "closed");
        let first = main(&program).await;
        let refused = program
            .send("POST", &format!("/admin/warehouses/{first}/closure"), None)
            .await
            .expect(409)
            .json();
        assert_eq!(refused["code"], "location-last");
        program
            .send("DELETE", &format!("{at}/closure"), None)
            .await
            .expect(200);
        let opened = program.get(&format!("{at}.json")).await.json();
        assert_eq!(opened["state"], "keeps");
    });
}

/// INV-14: a transfer names two warehouses and goods that are there; what is wrong is said at its field.
#[test]
fn a_wrong_transfer_is_refused() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let (from, to) = (main(&program).await, second(&program).await);
        let wrong =
            json!({ "from": from, "to": from, "lines": [{ "sku": "TEA-075", "quantity": 4 }] });
        let refused = program
            .send("POST", "/admin/transfers", Some(wrong))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/to");
        let unknown =
            json!({ "from": from, "to": to, "lines": [{ "sku": "NONE", "quantity": 4 }] });
        let refused = program
            .send("POST", "/admin/transfers", Some(unknown))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/sku");
    });
}

/// INV-14: goods of a transfer are found by title, SKU or barcode. The first of them makes the draft, a scanned one is
/// added at once, one is taken out again; what was looked for stays.
#[test]
fn goods_of_a_transfer_are_found() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let staff = desk.staff(Role::Operations).await;
        let (from, to) = (main(&program).await, second(&program).await);
        let look = format!("/admin/transfers/new.json?q=tea-0&from={from}");
        let found = program.get(&look).await.expect(200).json();
        let small = &found["found"][0];
        assert_eq!(small["sku"], "TEA-075");
        assert_eq!(small["available"], 10);
        let elsewhere = format!("/admin/transfers/new.json?q=TEA-075&from={to}");
        let elsewhere = program.get(&elsewhere).await.expect(200).json();
        assert_eq!(elsewhere["found"][0]["available"], 0);

        let asks = [
            ("from", from.as_str()),
            ("to", to.as_str()),
            ("note", "檔期"),
            ("q", "tea-0"),
        ];
        staff
            .post("/admin/transfers", &asks)
            .await
            .expect(200)
            .says(&["TEA-075", "value=\"檔期\""]);
        let variant = desk.small.to_string();
        let plus = [&asks[..], &[("plus", variant.as_str())]].concat();
        let made = staff.post("/admin/transfers", &plus).await.expect(303);
        let next = made.location().to_owned();
        let path = next.split('?').next().unwrap().to_owned();
        assert!(next.ends_with("?q=tea-0"), "{next}");
        staff
            .get(&next)
            .await
            .expect(200)
            .says(&["id=\"found\"", "TEA-075"]);

        let at = format!("{path}?_method=PUT");
        let scanned = [
            ("from", from.as_str()),
            ("to", to.as_str()),
            ("lines[0][sku]", "TEA-075"),
            ("lines[0][quantity]", "4"),
            ("q", "TEA-075"),
        ];
        let kept = staff.post(&at, &scanned).await.expect(303);
        assert!(!kept.location().contains("?q="), "{}", kept.location());
        let shown = program.get(&format!("{path}.json")).await.json();
        assert_eq!(shown["lines"][0]["quantity"], 5);
        let out = [&scanned[..4], &[("remove", variant.as_str())]].concat();
        staff
            .post(&at, &out)
            .await
            .expect(422)
            .says(&["id=\"error-lines\""]);
    });
}

/// INV-14, S12: goods leave one warehouse, are for sale nowhere, and arrive in parts at the other; a difference needs its
/// reason, and the same arrival sent twice counts once.
#[test]
fn goods_move_between_warehouses() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let (from, to) = (main(&program).await, second(&program).await);
        let draft = json!({ "from": from, "to": to, "note": "檔期", "lines": [{ "sku": "TEA-075", "quantity": 4 }, { "sku": "" }] });
        let made = program
            .send("POST", "/admin/transfers", Some(draft))
            .await
            .expect(201)
            .json();
        let at = format!("/admin/transfers/{}", made["id"].as_str().unwrap());
        assert_eq!(levels(&program, desk.small).await["main"], 10);
        let sent = program.send("POST", &format!("{at}/departure"), None).await;
        assert_eq!(sent.expect(200).json()["state"], "sent");
        program
            .send("POST", &format!("{at}/departure"), None)
            .await
            .expect(200);
        assert_eq!(
            levels(&program, desk.small).await,
            json!({ "main": 6, "south": 0 })
        );

        let staff = desk.staff(Role::Operations).await;
        staff
            .get("/admin/transfers")
            .await
            .expect(200)
            .says(&["運送中", "南倉"]);
        let small = format!("arrived[{}]", desk.small);
        let key = [("idempotency_key", "scan-1"), (small.as_str(), "1")];
        for _ in 0..2 {
            staff
                .post(&format!("{at}/arrivals"), &key)
                .await
                .expect(303);
        }
        assert_eq!(levels(&program, desk.small).await["south"], 1);
        let short = [
            ("idempotency_key", "scan-2"),
            (small.as_str(), "2"),
            ("last", "true"),
        ];
        staff
            .post(&format!("{at}/arrivals"), &short)
            .await
            .expect(422)
            .says(&["id=\"error-reason\"", "請寫下原因"]);
        let counted =
            json!({ "arrived": { desk.small.to_string(): 2 }, "last": true, "reason": "一罐摔破" });
        let over = program
            .send("POST", &format!("{at}/arrivals"), Some(counted))
            .await
            .expect(200)
            .json();
        assert_eq!(over["state"], "received");
        let page = program.get(&format!("{at}.json")).await.json();
        assert_eq!(
            (&page["lines"][0]["received"], &page["lines"][0]["missing"]),
            (&json!(3), &json!(1))
        );
        staff
            .get(&format!("{at}/slip"))
            .await
            .expect(200)
            .says(&["調撥單 1001", "TEA-075"]);
        program.send("DELETE", &at, None).await.expect(409);
    });
}

/// ORD-08, ORD-13, ORD-14: the pick list has the shelves in their order and the boxes of the orders, the slip no price for
/// a present.
#[test]
fn papers_say_what_is_needed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let order = desk.paid(desk.small, 2).await;
        let program = desk.program(Role::Operations).await;
        let place = main(&program).await;
        let shelf = json!({ "location": place, "shelf": "A-02" });
        program
            .send(
                "PUT",
                &format!("/admin/inventory/variants/{}/shelf", desk.small),
                Some(shelf),
            )
            .await
            .expect(200);
        let owner = desk.program(Role::Owner).await;
        let words = json!({ "instructions": { "zh-Hant": "先包氣泡紙" }, "thanks": { "zh-Hant": "謝謝您" } });
        owner
            .send("PUT", "/admin/settings/packing", Some(words))
            .await
            .expect(200);
        let staff = desk.staff(Role::Warehouse).await;
        staff
            .get("/admin/print/pick-list")
            .await
            .expect(200)
            .says(&["A-02", "TEA-075", "先包氣泡紙"]);
        let list = program
            .get(&format!("/admin/print/pick-list.json?orders[]={order}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            list["places"][0]["rows"][0]["boxes"],
            json!([{ "number": 1, "units": 2 }])
        );
        let slips = program
            .get(&format!(
                "/admin/print/packing-slips.json?orders[]={order}&paper=a5"
            ))
            .await
            .expect(200)
            .json();
        let slip = &slips["orders"][0];
        assert_eq!(
            (&slip["lines"][0]["units"], &slip["thanks"]),
            (&json!(2), &json!("謝謝您"))
        );
        assert_eq!(slip["gift"], slip["gift_message"].is_string());
        assert_eq!(slip["gift"], slip["total"].is_null());
        staff
            .get("/admin/print/packing-slips?paper=a5")
            .await
            .expect(200)
            .says(&["出貨單", "謝謝您", "paper-a5"]);
    });
}

/// ORD-08: a label says who receives the parcel, what the courier has to collect, and the order as a code to read.
#[test]
fn a_label_says_where_to_and_what_to_collect() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let staff = desk.staff(Role::Warehouse).await;
        let cash = desk
            .buys(desk.cup, 1, orders::PaymentMethod::CashOnDelivery)
            .await;
        let labels = program
            .get(&format!("/admin/print/labels.json?orders[]={cash}"))
            .await
            .expect(200)
            .json();
        let label = &labels["orders"][0];
        assert!(label["collect"]["amount"].as_i64().unwrap() > 0);
        assert!(label["code"]["path"].as_str().unwrap().starts_with('M'));
        staff
            .get("/admin/print/labels")
            .await
            .expect(200)
            .says(&["代收貨款", "sticker"]);
    });
}

/// S13, INV-14: a parcel carries a part of an order from the warehouse that was chosen; the rest stays in the queue, and
/// leaves later.
#[test]
fn a_part_leaves_from_the_chosen_warehouse() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let to = second(&program).await;
        let came = json!({ "variant_id": desk.small, "location": to, "quantity_delta": 2, "reason": "received" });
        program
            .send("POST", "/admin/inventory/adjustments", Some(came))
            .await
            .expect(201);
        let order = desk.paid(desk.small, 3).await;
        let at = format!("/admin/orders/{order}");
        program
            .send("POST", &format!("{at}/picking"), None)
            .await
            .expect(200);
        let page = program.get(&format!("{at}.json")).await.json();
        assert_eq!(page["ship_places"].as_array().unwrap().len(), 2);
        let line = page["lines"][0]["id"].as_str().unwrap().to_owned();
        let parcel = |units: i64, number: &str| json!({ "carrier": "tcat", "tracking_number": number, "from": to, "lines": { line.clone(): units } });
        let refused = program
            .send(
                "POST",
                &format!("{at}/parcels"),
                Some(parcel(3, "906812345670")),
            )
            .await
            .expect(409)
            .json();
        assert_eq!(refused["code"], "out-of-stock");
        program
            .send(
                "POST",
                &format!("{at}/parcels"),
                Some(parcel(2, "906812345671")),
            )
            .await
            .expect(201);
        assert_eq!(
            levels(&program, desk.small).await,
            json!({ "main": 10, "south": 0 })
        );
        let queue = program.get("/admin/shipping.json").await.json();
        assert_eq!(queue["items"][0]["lines"][0]["quantity"], 1);
        let now = program.get(&format!("{at}.json")).await.json();
        assert_eq!(now["order"]["state"], "partly_shipped");
        let rest = json!({ "carrier": "tcat", "tracking_number": "906812345672" });
        program
            .send("POST", &format!("{at}/parcels"), Some(rest))
            .await
            .expect(201);
        assert_eq!(levels(&program, desk.small).await["main"], 9);
        let done = program.get(&format!("{at}.json")).await.json();
        assert_eq!(done["order"]["state"], "shipped");
    });
}
