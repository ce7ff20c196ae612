//! Presents that are wrapped: the shop decides it, whoever packs cannot overlook it, and staff add it or take it away.

use kernel::{OrderId, Role};
use orders::{CheckoutDraft, PaymentMethod};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Program, SMALL, buyer, wrong_fields},
    order_drafts::filled,
};

/// The shop wraps presents for NT$60.
async fn wraps(desk: &Desk) {
    let owner = desk.program(Role::Owner).await;
    let decided = json!({
        "gift_wrap": { "offered": true, "price": "60", "words": { "zh-Hant": "和紙與棉繩" } },
    });
    owner
        .send("PUT", "/admin/settings/packing", Some(decided))
        .await
        .expect(200);
}

/// An order that is wrapped and has no card.
async fn wrapped(desk: &Desk) -> OrderId {
    let method = PaymentMethod::CashOnDelivery;
    let draft = CheckoutDraft {
        gift_wrap: true,
        gift_message: None,
        ..buyer(method)
    };
    desk.buys_as(desk.small, 1, method, &draft).await
}

async fn read(program: &Program<'_>, path: &str) -> Value {
    program.get(path).await.expect(200).json()
}

/// ORD-15: the shop says whether it wraps presents, for how much and in which words; what is wrong is said at its field
/// and what was typed stays.
#[test]
fn the_shop_decides_whether_it_wraps() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let path = "/admin/settings/packing";
        let page = staff.get(path).await.expect(200);
        page.says(&["禮物包裝", "以包裝紙與緞帶包好"]);
        let put = "/admin/settings/packing?_method=PUT";
        let long = "長".repeat(121);
        for (field, typed, at) in [
            ("gift_wrap[price]", "-5", "/gift_wrap/price"),
            (
                "gift_wrap[words][zh-Hant]",
                long.as_str(),
                "/gift_wrap/words/zh-Hant",
            ),
        ] {
            let fields = [
                ("gift_wrap[offered]", "on"),
                ("thanks[en]", "Thanks"),
                (field, typed),
            ];
            let refused = staff.post(put, &fields).await.expect(422);
            assert!(
                refused.body.contains(typed) && refused.body.contains("Thanks"),
                "{at}: {}",
                refused.body
            );
        }
        let fields = [
            ("gift_wrap[offered]", "on"),
            ("gift_wrap[price]", "60"),
            ("gift_wrap[words][zh-Hant]", "和紙與棉繩"),
        ];
        staff.post(put, &fields).await.location();
        let program = desk.program(Role::Owner).await;
        let known = read(&program, &format!("{path}.json")).await;
        assert_eq!(
            known["gift_wrap"],
            json!({
                "offered": true, "price": { "amount": 6_000, "currency": "TWD" }, "words": { "zh-Hant": "和紙與棉繩" },
            })
        );
        let bad = json!({ "gift_wrap": { "offered": true, "price": "much" } });
        let refused = program.send("PUT", path, Some(bad)).await.expect(422);
        assert_eq!(wrong_fields(&refused.json()), ["/gift_wrap/price"]);
        staff.post(put, &[]).await.location();
        let known = read(&program, &format!("{path}.json")).await;
        assert_eq!(known["gift_wrap"]["offered"], false);
    });
}

/// ORD-15, ORD-08: a present without a card is wrapped all the same: queue, pick list, slip, order and list say so, and the
/// paper inside shows no price.
#[test]
fn whoever_packs_cannot_overlook_it() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        wraps(&desk).await;
        let id = wrapped(&desk).await;
        let staff = desk.staff(Role::Operations).await;
        for (path, words) in [
            ("/admin/shipping".to_owned(), "要包成禮物"),
            (format!("/admin/orders/{id}"), "要包成禮物"),
            ("/admin/orders".to_owned(), "禮物包裝"),
            (
                format!("/admin/print/pick-list?orders[]={id}"),
                "要包成禮物",
            ),
            (
                format!("/admin/print/packing-slips?orders[]={id}"),
                "禮物包裝",
            ),
        ] {
            staff.get(&path).await.expect(200).says(&[words]);
        }
        let program = desk.program(Role::Operations).await;
        let slips = read(
            &program,
            &format!("/admin/print/packing-slips.json?orders[]={id}"),
        )
        .await;
        let slip = &slips["orders"][0];
        assert_eq!(
            (&slip["gift"], &slip["gift_wrap"], &slip["total"]),
            (&json!(true), &json!(true), &json!(null))
        );
        assert_eq!(slip["lines"][0]["unit_price"], json!(null));
        // The courier still has to know what to collect.
        assert_eq!(slip["collect"]["amount"], SMALL + 10_000 + 6_000);
        let queue = read(&program, "/admin/shipping.json").await;
        assert_eq!(queue["items"][0]["gift_wrap"], true);
        let order = read(&program, &format!("/admin/orders/{id}.json")).await;
        let figures = &order["figures"];
        assert_eq!(
            (&figures["gift_wrap"]["amount"], &figures["fees"]["amount"]),
            (&json!(6_000), &json!(0))
        );
        let file = staff
            .get("/admin/orders/export?format=csv")
            .await
            .expect(200);
        let mut rows = file.body.trim_start_matches('\u{feff}').lines();
        let names: Vec<&str> = rows.next().unwrap().split(',').collect();
        let wrap = names.iter().position(|name| *name == "禮物包裝").unwrap();
        let row: Vec<&str> = rows.next().unwrap().split(',').collect();
        assert_eq!(row[wrap], "60.00", "{}", file.body);
    });
}

/// ORD-04, ORD-15: on the sheet of an order the wrap is added and taken away, at the price that the preview shows; where
/// the shop does not wrap it is refused by its field.
#[test]
fn the_sheet_adds_the_wrap_and_takes_it_away() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Service).await;
        let id = desk.buys(desk.small, 1, PaymentMethod::BankTransfer).await;
        let path = format!("/admin/orders/{id}/edit");
        let page = read(&program, &format!("{path}.json")).await;
        assert_eq!(page["gift_wrap_offer"], json!(null));
        let sheet = |wrap: bool| {
            json!({
                "email": page["email"], "phone": page["phone"], "shipping_address": page["shipping_address"],
                "reason": "送禮", "gift_wrap": wrap,
            })
        };
        let preview = format!("{path}/preview");
        let refused = program
            .send("POST", &preview, Some(sheet(true)))
            .await
            .expect(422);
        assert_eq!(wrong_fields(&refused.json()), ["/gift_wrap"]);
        wraps(&desk).await;
        let asked = program
            .send("POST", &preview, Some(sheet(true)))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                &asked["gift_wrap"],
                &asked["preview"]["gift_wrap"]["amount"]
            ),
            (&json!(true), &json!(6_000))
        );
        let mut body = sheet(true);
        body["seen_total"] = asked["preview"]["total"]["amount"].clone();
        program.send("POST", &path, Some(body)).await.expect(200);
        let staff = desk.staff(Role::Service).await;
        let shown = staff.get(&path).await.expect(200);
        assert!(
            shown
                .body
                .contains("name=\"gift_wrap\" value=\"true\" checked"),
            "{}",
            shown.body
        );
        program
            .send("POST", &path, Some(sheet(false)))
            .await
            .expect(200);
        let order = read(&program, &format!("/admin/orders/{id}.json")).await;
        assert_eq!(
            (
                &order["figures"]["gift_wrap"],
                &order["figures"]["total"]["amount"]
            ),
            (&json!(null), &json!(SMALL + 10_000))
        );
    });
}

/// CHK-22, ORD-15: a draft of staff has the wrap as a line of its own and becomes an order that is wrapped.
#[test]
fn a_draft_of_staff_is_wrapped() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        wraps(&desk).await;
        let program = desk.program(Role::Service).await;
        let made = program
            .send("POST", "/admin/order-drafts", Some(json!({})))
            .await
            .expect(201)
            .json();
        let path = format!("/admin/order-drafts/{}", made["id"].as_str().unwrap());
        let tea = desk.small.to_string();
        let body = filled(&json!({ "add": { tea: 1 }, "gift_wrap": true }));
        program.send("PUT", &path, Some(body)).await.expect(200);
        let page = read(&program, &format!("{path}.json")).await;
        assert_eq!(
            (
                &page["figures"]["gift_wrap"]["amount"],
                &page["figures"]["total"]["amount"]
            ),
            (&json!(6_000), &json!(SMALL + 10_000 + 6_000))
        );
        let staff = desk.staff(Role::Service).await;
        let shown = staff.get(&path).await.expect(200);
        shown.says(&["加禮物包裝（NT$60）", "NT$740"]);
        let sent = filled(&json!({ "then": "bank_transfer", "gift_wrap": true }));
        let made = program
            .send("PUT", &path, Some(sent))
            .await
            .expect(201)
            .json();
        let id = made["order"]["id"].as_str().unwrap();
        let order = read(&program, &format!("/admin/orders/{id}.json")).await;
        assert_eq!(order["figures"]["gift_wrap"]["amount"], 6_000);
    });
}
