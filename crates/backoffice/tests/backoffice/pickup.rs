//! Parcels that wait at a convenience store, as staff set them up, change, pack and send them (CHK-04).

use kernel::{OrderId, Role, pickup::Store};
use orders::{CheckoutDraft, PaymentMethod};
use serde_json::{Value, json};

use crate::desk::{Desk, Program, buyer, wrong_fields};

fn way(changes: &Value) -> Value {
    let mut way = json!({
        "code": "family", "name": { "zh-Hant": "全家取貨" }, "carrier": "tcat", "rate": "60", "days_min": 2, "days_max": 3,
        "position": 3, "cash_on_delivery": true, "active": true, "pickup_chain": "family", "pickup_days": 7, "pickup_most": "20000",
    });
    for (key, value) in changes.as_object().unwrap() {
        way[key] = value.clone();
    }
    way
}

async fn offered(program: &Program<'_>) {
    program
        .send(
            "POST",
            "/admin/settings/delivery/methods",
            Some(way(&json!({}))),
        )
        .await
        .expect(201);
}

/// Somebody who collects at a store and pays there.
fn collector() -> CheckoutDraft {
    let mut draft = buyer(PaymentMethod::CashOnDelivery);
    draft.delivery_method = Some("family".into());
    draft.address.store = Store::typed("006598", "建國店");
    draft
}

async fn bought(desk: &Desk) -> OrderId {
    desk.buys_as(desk.cup, 1, PaymentMethod::CashOnDelivery, &collector())
        .await
}

/// CHK-04: a way to a chain of stores is set up with its terms and carried by the chain; wrong terms are named at their
/// field, and a way can go to doors again.
#[test]
fn a_way_to_a_store_is_set_up() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        for (field, value) in [
            ("pickup_chain", json!("corner-shop")),
            ("pickup_days", json!(0)),
            ("pickup_most", json!("0")),
        ] {
            let refused = program
                .send(
                    "POST",
                    "/admin/settings/delivery/methods",
                    Some(way(&json!({ field: value }))),
                )
                .await
                .expect(422);
            assert_eq!(wrong_fields(&refused.json()), [format!("/{field}")]);
        }
        offered(&program).await;
        let list = program
            .get("/admin/settings/delivery.json")
            .await
            .expect(200)
            .json();
        let kept = list["methods"]
            .as_array()
            .unwrap()
            .iter()
            .find(|way| way["code"] == "family")
            .unwrap();
        assert_eq!(
            (&kept["pickup"], &kept["carrier"]),
            (&json!("全家 FamilyMart"), &json!("FamilyMart pick-up"))
        );
        let owner = desk.staff(Role::Owner).await;
        let page = format!(
            "/admin/settings/delivery/methods/{}",
            kept["id"].as_str().unwrap()
        );
        owner.get(&page).await.expect(200).says(&[
            "送到哪裡",
            "全家 FamilyMart 門市取貨",
            "value=\"20000\"",
        ]);
        let door = way(&json!({ "pickup_chain": "", "carrier": "tcat" }));
        program.send("PUT", &page, Some(door)).await.expect(200);
        let shown = program
            .get(&format!("{page}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&shown["pickup_chain"], &shown["carrier"]),
            (&json!(""), &json!("tcat"))
        );
    });
}

/// CHK-04, ORD-08: the label shows who carries it, the store by number and name, the recipient with the end of their
/// number only, and what the store collects; once a parcel is recorded its number stands there as well. The queue says
/// the same.
#[test]
fn a_label_shows_the_store() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        offered(&desk.program(Role::Owner).await).await;
        let id = bought(&desk).await;
        let program = desk.program(Role::Operations).await;
        let path = format!("/admin/print/labels.json?orders[]={id}");
        let label = program.get(&path).await.expect(200).json()["orders"][0].clone();
        assert_eq!(
            label["store"],
            json!({ "chain": "全家 FamilyMart", "number": "006598", "name": "建國店", "phone_end": "678", "keep_days": 7 })
        );
        assert_eq!(
            (&label["carrier"], &label["tracking"]),
            (&json!("全家超商取貨"), &Value::Null)
        );
        assert!(label["collect"]["amount"].as_i64().unwrap() > 0);
        let staff = desk.staff(Role::Warehouse).await;
        let printed = staff
            .get(&format!("/admin/print/labels?orders[]={id}"))
            .await
            .expect(200)
            .says(&[
                "006598",
                "建國店",
                "全家超商取貨",
                "手機末三碼 678",
                "代收貨款",
            ]);
        assert!(!printed.body.contains("0912345678"), "{}", printed.body);
        staff
            .get(&format!("/admin/print/packing-slips?orders[]={id}"))
            .await
            .expect(200)
            .says(&["全家 FamilyMart 006598", "門市保留 7 天"]);
        staff
            .get("/admin/shipping")
            .await
            .expect(200)
            .says(&["全家 FamilyMart", "006598 建國店"]);
        let order = format!("/admin/orders/{id}");
        program
            .send("POST", &format!("{order}/picking"), Some(json!({})))
            .await
            .expect(200);
        let parcel = json!({ "carrier": "family", "tracking_number": "F0012345678" });
        program
            .send("POST", &format!("{order}/parcels"), Some(parcel))
            .await
            .expect(201);
        let label = program.get(&path).await.expect(200).json()["orders"][0].clone();
        assert_eq!(label["tracking"]["number"], "F0012345678");
        desk.work().await;
        let letters = desk.letters();
        assert!(
            letters.len() >= 2,
            "a confirmation and the news that it left: {}",
            letters.len()
        );
    });
}

/// CHK-04, ORD-04: staff send an order to another store, or to a door where it then costs what that costs; what is wrong
/// is named, and the page of the order shows where it goes now.
#[test]
fn an_order_moves_between_store_and_door() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        offered(&desk.program(Role::Owner).await).await;
        let id = bought(&desk).await;
        let program = desk.program(Role::Operations).await;
        let path = format!("/admin/orders/{id}/edit");
        let to = |way: &str, number: &str| {
            json!({
                "email": "reader@shop.test", "phone": "0912345678", "delivery_method": way, "reason": "顧客來電",
                "shipping_address": {
                    "name": "王小明", "phone": "0912345678", "country": "TW", "region": "臺北市", "city": "大安區",
                    "line1": "茶香路 12 號", "store": { "number": number, "name": "建國店" },
                },
            })
        };
        let refused = program
            .send("POST", &path, Some(to("family", "99")))
            .await
            .expect(422);
        assert_eq!(
            wrong_fields(&refused.json()),
            ["/shipping_address/store/number"]
        );
        program
            .send("POST", &path, Some(to("family", "001779")))
            .await
            .expect(200);
        let page = format!("/admin/orders/{id}.json");
        let shown = program.get(&page).await.expect(200).json();
        assert_eq!(
            shown["address_lines"],
            json!(["全家 FamilyMart 001779", "建國店"])
        );
        program
            .send("POST", &path, Some(to("home", "001779")))
            .await
            .expect(200);
        let shown = program.get(&page).await.expect(200).json();
        assert_eq!(shown["shipping_address"]["store"], Value::Null);
        assert_eq!(shown["delivery_method"]["code"], "home");
        program
            .send("POST", &path, Some(to("family", "001779")))
            .await
            .expect(200);
        let shown = program.get(&page).await.expect(200).json();
        assert_eq!(shown["shipping_address"]["line1"], "");
    });
}
