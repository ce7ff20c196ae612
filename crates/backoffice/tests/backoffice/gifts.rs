//! The gift with orders of enough goods: the shop decides it, and whoever packs and sells sees that it is one.

use kernel::Role;
use orders::PaymentMethod;
use serde_json::json;

use crate::desk::{Desk, SMALL, wrong_fields};

const PAGE: &str = "/admin/settings/gift";
const PUT: &str = "/admin/settings/gift?_method=PUT";

/// STF-16: the shop says what it gives and from which sum; what is wrong is said at its field and what was typed stays;
/// the page says how many there are.
#[test]
fn the_shop_decides_what_it_gives() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner.get(PAGE).await.expect(200).says(&["滿額贈"]);
        let index = owner.get("/admin/settings").await.expect(200).body;
        assert!(index.contains(PAGE), "{index}");
        let long_gone = [("on", "on"), ("sku", "NO-SUCH"), ("from", "0")];
        let refused = owner.post(PUT, &long_gone).await.expect(422).body;
        for words in ["NO-SUCH", "沒有這個 SKU", "請輸入大於零的金額"] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
        owner
            .post(PUT, &[("on", "on"), ("sku", "CUP-1"), ("from", "580")])
            .await
            .location();
        owner
            .get(PAGE)
            .await
            .expect(200)
            .says(&["CUP-1", "玻璃杯", "580"]);
        let program = desk.program(Role::Owner).await;
        let known = program
            .get(&format!("{PAGE}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                &known["on"],
                &known["from"]["amount"],
                &known["given"]["available"]
            ),
            (&json!(true), &json!(58_000), &json!(10))
        );
        let bad = json!({ "on": true, "sku": "CUP-1", "from": "much" });
        let refused = program.send("PUT", PAGE, Some(bad)).await.expect(422);
        assert_eq!(wrong_fields(&refused.json()), ["/from"]);
        let clerk = desk.program(Role::Service).await;
        clerk.get(&format!("{PAGE}.json")).await.expect(403);
    });
}

/// STF-16, ORD-04, ORD-08: order, queue, pick list and slip mark the gift, its sheet lets it only be taken out, and a
/// change says beforehand that it goes.
#[test]
fn a_gift_is_marked_wherever_it_stands() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner
            .post(PUT, &[("on", "on"), ("sku", "CUP-1"), ("from", "1160")])
            .await
            .location();
        let id = desk
            .buys(desk.small, 2, PaymentMethod::CashOnDelivery)
            .await;
        let page = format!("/admin/orders/{id}");
        for path in [
            page.clone(),
            format!("{page}/edit"),
            "/admin/shipping".to_owned(),
            format!("/admin/print/packing-slips?orders[]={id}"),
        ] {
            owner.get(&path).await.expect(200).says(&["贈品"]);
        }
        let program = desk.program(Role::Owner).await;
        let known = program
            .get(&format!("{page}.json"))
            .await
            .expect(200)
            .json();
        let lines = known["lines"].as_array().unwrap();
        let marks: Vec<_> = lines
            .iter()
            .map(|l| (&l["gift"], &l["net_total"]["amount"]))
            .collect();
        assert_eq!(
            marks,
            [
                (&json!(false), &json!(2 * SMALL)),
                (&json!(true), &json!(0))
            ]
        );
        let sheet = program
            .get(&format!("{page}/edit.json"))
            .await
            .expect(200)
            .json();
        let tea = lines[0]["id"].as_str().unwrap();
        let mut wanted = json!({ "reason": "顧客來電", "lines": { tea: 1 } });
        for field in ["email", "phone", "shipping_address", "delivery_method"] {
            wanted[field] = sheet[field].clone();
        }
        let preview = program
            .send(
                "POST",
                &format!("{page}/edit/preview"),
                Some(wanted.clone()),
            )
            .await;
        let preview = preview.expect(200).json();
        assert_eq!(
            preview["preview"]["gift"],
            json!({ "change": "goes", "variant_id": desk.cup, "title": "玻璃杯" })
        );
        program
            .send("POST", &format!("{page}/edit"), Some(wanted))
            .await
            .expect(200);
        let known = program
            .get(&format!("{page}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(known["lines"].as_array().unwrap().len(), 1);
    });
}

/// STF-16, CHK-22: whoever puts an order together for a customer sees what comes with it.
#[test]
fn a_draft_tells_its_gift() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let decided = json!({ "on": true, "sku": "CUP-1", "from": "1160" });
        program.send("PUT", PAGE, Some(decided)).await.expect(200);
        let draft = program
            .send("POST", "/admin/order-drafts", Some(json!({})))
            .await;
        let draft = draft.expect(201).json();
        let here = format!("/admin/order-drafts/{}", draft["id"].as_str().unwrap());
        let added = json!({ "add": { desk.small.to_string(): 2 } });
        program.send("PUT", &here, Some(added)).await.expect(200);
        let draft = program
            .get(&format!("{here}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(draft["figures"]["gift"]["title"], "Glass cup");
    });
}

/// STF-16, ORD-04: a gift that cannot be sent is taken out by a button of the order, also once it is picked.
#[test]
fn a_gift_is_taken_out_by_a_button() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner
            .post(PUT, &[("on", "on"), ("sku", "CUP-1"), ("from", "580")])
            .await
            .location();
        let id = desk
            .buys(desk.small, 1, PaymentMethod::CashOnDelivery)
            .await;
        let page = format!("/admin/orders/{id}");
        owner.post(&format!("{page}/picking"), &[]).await.location();
        owner.get(&page).await.expect(200).says(&["拿掉贈品"]);
        let gift = format!("{page}/gift?_method=DELETE");
        owner.post(&gift, &[]).await.location();
        let program = desk.program(Role::Owner).await;
        let known = program
            .get(&format!("{page}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(known["lines"].as_array().unwrap().len(), 1);
        assert_eq!(known["can"]["drop_gift"], false);
        owner.post(&gift, &[]).await.expect(409);
    });
}
