//! An order is changed on its sheet: what it would mean first, then the change; and what waits for somebody afterwards.

use kernel::{OrderId, Role};
use orders::{PaymentMethod, order};
use serde_json::{Value, json};

use crate::desk::{Desk, SMALL};

/// The sheet as a program sends it, with other units of the first line.
fn sheet(page: &Value, units: i64, reason: &str) -> Value {
    let line = page["lines"][0]["id"].as_str().unwrap();
    json!({
        "lines": { line: units }, "email": page["email"], "phone": page["phone"],
        "shipping_address": page["shipping_address"], "reason": reason,
    })
}

/// ORD-04: the sheet shows what an order is, its preview what a change would mean without changing anything, the change
/// is made as it was seen, and the order's page shows what waits: the rest, and packing it all the same.
#[test]
fn an_order_is_changed_on_its_sheet() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Service).await;
        let id = desk.paid(desk.small, 1).await;
        let path = format!("/admin/orders/{id}/edit");
        let page = program
            .get(&format!("{path}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&page["obstacle"], &page["preview"]),
            (&json!(null), &json!(null))
        );
        assert_eq!(page["lines"][0]["variants"].as_array().unwrap().len(), 2);
        let preview = format!("{path}/preview");
        let silent = program
            .send("POST", &preview, Some(sheet(&page, 3, "")))
            .await
            .expect(422)
            .json();
        assert_eq!(silent["errors"][0]["pointer"], "/reason");
        let asked = program
            .send("POST", &preview, Some(sheet(&page, 3, "多要兩盒")))
            .await
            .expect(200)
            .json();
        assert_eq!(asked["preview"]["difference"], "ask");
        // Goods for 1,740 go free of charge only where the delivery is another one: it stays as it was ordered.
        assert_eq!(asked["preview"]["amount"]["amount"], 2 * SMALL);
        let total = |desk: &Desk, id: OrderId| {
            let ctx = desk.ctx.clone();
            async move {
                ctx.read(async move |rx, _| order::by_id(rx, id).await)
                    .await
                    .unwrap()
                    .total
                    .amount
            }
        };
        assert_eq!(
            total(&desk, id).await,
            SMALL + 10_000,
            "nothing was changed"
        );
        let mut body = sheet(&page, 3, "多要兩盒");
        body["seen_total"] = json!(1);
        program
            .send("POST", &path, Some(body.clone()))
            .await
            .expect(409);
        body["seen_total"] = json!(3 * SMALL + 10_000);
        program.send("POST", &path, Some(body)).await.expect(200);
        assert_eq!(total(&desk, id).await, 3 * SMALL + 10_000);

        let staff = desk.staff(Role::Owner).await;
        let shown = staff.get(&format!("/admin/orders/{id}")).await.expect(200);
        shown.says(&["差額待付", "先備貨", "更改訂單"]);
        let waiver = format!("/admin/orders/{id}/balance-waiver");
        staff
            .post(&waiver, &[("reason", "老客人")])
            .await
            .location();
        staff
            .post(&format!("/admin/orders/{id}/picking"), &[])
            .await
            .location();
        staff.get(&path).await.expect(200).says(&["不能再更改內容"]);
    });
}

/// ORD-04: on the sheet goods are found and added, a line becomes another variant, the address changes, and what was typed
/// stays when something is wrong.
#[test]
fn a_person_changes_goods_and_address() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.buys(desk.small, 1, PaymentMethod::BankTransfer).await;
        let staff = desk.staff(Role::Service).await;
        let path = format!("/admin/orders/{id}/edit");
        let line = desk
            .ctx
            .read(async move |rx, _| order::lines(rx, id).await)
            .await
            .unwrap()[0]
            .id;
        let units = format!("lines[{line}]");
        let cup = format!("add[{}]", desk.cup);
        let mut fields = vec![
            (units.as_str(), "2"),
            (cup.as_str(), "1"),
            ("email", "reader@shop.test"),
            ("phone", "0912345678"),
            ("shipping_address.name", "王小明"),
            ("shipping_address.postal_code", "106"),
            ("shipping_address.region", "臺北市"),
            ("shipping_address.city", "大安區"),
            ("shipping_address.line1", "新地址 5 號"),
            ("delivery_method", "home"),
        ];
        let looked = [fields.as_slice(), &[("q", "玻璃")]].concat();
        let found = staff
            .post(&format!("{path}/preview"), &looked)
            .await
            .expect(200);
        found.says(&["CUP-1", "新地址 5 號"]);
        staff
            .post(&format!("{path}/preview"), &fields)
            .await
            .expect(422)
            .says(&["新地址 5 號"]);
        fields.push(("reason", "搬家"));
        let shown = staff
            .post(&format!("{path}/preview"), &fields)
            .await
            .expect(200);
        shown.says(&["訂單還沒付款，改為應付 NT$1,620", "確定更改並通知顧客"]);
        staff.post(&path, &fields).await.location();
        staff
            .get(&format!("/admin/orders/{id}"))
            .await
            .expect(200)
            .says(&["新地址 5 號", "CUP-1", "搬家"]);
        let warehouse = desk.staff(Role::Warehouse).await;
        warehouse.get(&path).await.expect(403);
    });
}

/// ORD-07, ORD-12: an order is sent first from its page and stands first in list and queue, in words and colour; a delay is
/// announced after it was said how many people it reaches, and its buyer's page tells.
#[test]
fn orders_go_first_or_later() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let id = desk.paid(desk.small, 1).await;
        let first = format!("/admin/orders/{id}/priority");
        staff
            .post(&first, &[("form", "priority")])
            .await
            .expect(422);
        staff
            .post(&first, &[("reason", "生日"), ("until", "2000-01-01T10:00")])
            .await
            .expect(422);
        staff.post(&first, &[("reason", "生日")]).await.location();
        for page in ["/admin/orders", "/admin/shipping"] {
            staff
                .get(page)
                .await
                .expect(200)
                .says(&["tag-first", "急件", "is-first"]);
        }
        staff
            .get(&format!("/admin/orders/{id}"))
            .await
            .expect(200)
            .says(&["生日", "取消急件"]);
        staff
            .post(&format!("{first}?_method=DELETE"), &[])
            .await
            .location();

        let reaches = staff
            .get("/admin/delays?ship_on=2099-01-05")
            .await
            .expect(200);
        reaches.says(&["會寄給 1 位顧客，共 1 筆訂單", "王小明"]);
        staff
            .get("/admin/delays?ship_on=tomorrow")
            .await
            .expect(422);
        let fields = [("ship_on", "2099-01-05"), ("reason[zh-Hant]", "颱風來了")];
        staff.post("/admin/delays", &fields[..1]).await.expect(422);
        staff
            .post("/admin/delays", &[("ship_on", "2000-01-05"), fields[1]])
            .await
            .expect(422);
        staff.post("/admin/delays", &fields).await.location();
        staff
            .get("/admin/delays")
            .await
            .expect(200)
            .says(&["颱風來了", "1 筆訂單"]);
        staff.post("/admin/delays", &fields).await.expect(409);
        let program = desk.program(Role::Owner).await;
        let shown = program
            .get(&format!("/admin/orders/{id}.json"))
            .await
            .json();
        let told = shown["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .find(|e| e["event"] == "Order Delayed");
        assert_eq!(told.unwrap()["detail"], "颱風來了");
    });
}
