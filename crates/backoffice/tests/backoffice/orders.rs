//! The life of an order at the order desk and in the warehouse: found, paid, picked, shipped, delivered, cancelled.

use kernel::Role;
use orders::PaymentMethod;
use serde_json::{Value, json};

use crate::desk::{Desk, buyer};

/// The events of a timeline, newest first.
fn events(order: &Value) -> Vec<&str> {
    order["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["event"].as_str().unwrap())
        .collect()
}

/// ORD-02, ORD-03: from the transfer to the door, by forms of a browser without a script.
#[test]
fn an_order_goes_its_way() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 2).await;
        let at = format!("/admin/orders/{id}");
        let staff = desk.staff(Role::Operations).await;
        let page = staff.get(&at).await.expect(200).says(&[
            "揀貨完成",
            "凍頂烏龍茶",
            "王小明",
            "0912345678",
            "茶香路 12 號",
        ]);
        assert!(
            !page.body.contains("這個包裹裝什麼"),
            "goods leave only once they are picked"
        );
        assert_eq!(
            staff.post(&format!("{at}/picking"), &[]).await.location(),
            at
        );
        staff
            .get(&at)
            .await
            .expect(200)
            .says(&["已揀貨", "這個包裹裝什麼", "已記為揀貨完成"]);
        let program = desk.program(Role::Warehouse).await;
        let line = program.get(&format!("{at}.json")).await.json()["lines"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let lines = format!("lines[{line}]");
        let parcel = [
            ("form", "parcel"),
            ("carrier", "tcat"),
            ("tracking_number", "9001-1"),
            (lines.as_str(), "1"),
        ];
        staff
            .post(&format!("{at}/parcels"), &parcel)
            .await
            .expect(303);
        staff
            .get(&at)
            .await
            .expect(200)
            .says(&["部分出貨", "9001-1", "黑貓宅急便"]);
        let rest = [
            ("carrier", "tcat"),
            ("tracking_number", "9001-2"),
            ("return_to", "/admin/shipping?tab=picked"),
        ];
        assert_eq!(
            staff.post(&format!("{at}/parcels"), &rest).await.location(),
            "/admin/shipping?tab=picked"
        );
        let order = program.get(&format!("{at}.json")).await.json();
        assert_eq!(
            (
                &order["order"]["state"],
                order["parcels"].as_array().unwrap().len()
            ),
            (&json!("shipped"), 2)
        );
        assert_eq!(order["holds"][0]["state"], "committed");
        for parcel in order["parcels"].as_array().unwrap() {
            let path = format!("{at}/parcels/{}/delivery", parcel["id"].as_str().unwrap());
            staff.post(&path, &[]).await.expect(303);
        }
        desk.work().await;
        let order = program.get(&format!("{at}.json")).await.json();
        assert_eq!(order["order"]["state"], "delivered");
        let told = events(&order);
        for event in [
            "Order Placed",
            "Stock Held",
            "Payment Succeeded",
            "Order Completed",
            "Order Picked",
            "Parcel Shipped",
            "Parcel Delivered",
            "Message Sent",
        ] {
            assert!(told.contains(&event), "{event} in {told:?}");
        }
        assert!(
            told.iter().position(|e| *e == "Parcel Delivered")
                < told.iter().position(|e| *e == "Order Placed"),
            "newest first"
        );
        let shipped = order["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .find(|e| e["event"] == "Parcel Shipped")
            .unwrap()
            .clone();
        assert_eq!(
            (&shipped["actor"], &shipped["actor_name"]),
            (&json!("staff"), &json!("operations 一號"))
        );
        staff.get(&at).await.expect(200).says(&[
            "包裹送達",
            "出貨通知",
            "寄出通知信",
            "TEA-075</span> × 2",
        ]);
    });
}

/// O8: a parcel whose form is sent twice, or whose request a program repeats, leaves once; nobody sees an error.
#[test]
fn a_double_click_is_one_parcel() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 2).await;
        let at = format!("/admin/orders/{id}");
        let path = format!("{at}/parcels");
        let staff = desk.staff(Role::Operations).await;
        staff.post(&format!("{at}/picking"), &[]).await.expect(303);
        let line = orders_line(&desk, &at).await;
        let units = format!("lines[{line}]");
        let click = [
            ("form", "parcel"),
            ("idempotency_key", "request-parcel"),
            ("carrier", "own"),
            (units.as_str(), "1"),
        ];
        let (one, two) = tokio::join!(staff.post(&path, &click), staff.post(&path, &click));
        assert_eq!((one.location(), two.location()), (at.as_str(), at.as_str()));
        staff.post(&path, &click).await.expect(303);
        let program = desk.program(Role::Warehouse).await;
        let body = json!({ "carrier": "own" });
        let rest = program
            .send_keyed("POST", &path, Some(body.clone()), Some("k"))
            .await
            .expect(201)
            .json();
        let again = program
            .send_keyed("POST", &path, Some(body), Some("k"))
            .await
            .expect(201)
            .json();
        assert_eq!(rest, again);
        let other = json!({ "carrier": "tcat", "tracking_number": "9001-7" });
        let reused = program
            .send_keyed("POST", &path, Some(other), Some("k"))
            .await
            .expect(422)
            .json();
        assert_eq!(reused["code"], "idempotency-mismatch");
        let order = program.get(&format!("{at}.json")).await.json();
        assert_eq!(
            (
                order["parcels"].as_array().unwrap().len(),
                &order["lines"][0]["shipped_quantity"]
            ),
            (2, &json!(2))
        );
    });
}

/// The first line of an order.
async fn orders_line(desk: &Desk, at: &str) -> String {
    let program = desk.program(Role::Warehouse).await;
    let order = program.get(&format!("{at}.json")).await.json();
    order["lines"][0]["id"].as_str().unwrap().to_owned()
}

/// ORD-03: what the warehouse types wrongly comes back with what it typed, beside the field.
#[test]
fn a_refused_parcel_keeps_what_was_typed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 2).await;
        let at = format!("/admin/orders/{id}");
        let staff = desk.staff(Role::Warehouse).await;
        staff
            .post(
                &format!("{at}/parcels"),
                &[("carrier", "tcat"), ("tracking_number", "1")],
            )
            .await
            .expect(409)
            .says(&["訂單的狀態已經改變"]);
        staff.post(&format!("{at}/picking"), &[]).await.expect(303);
        let wrong = [
            ("form", "parcel"),
            ("carrier", "tcat"),
            ("tracking_number", "12/34"),
        ];
        staff
            .post(&format!("{at}/parcels"), &wrong)
            .await
            .expect(409)
            .says(&[
                "物流單號只能有",
                "value=\"12/34\"",
                "id=\"error-tracking_number\"",
            ]);
        let program = desk.program(Role::Warehouse).await;
        let line = program.get(&format!("{at}.json")).await.json()["lines"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let too_many =
            json!({ "carrier": "tcat", "tracking_number": "7", "lines": { line.clone(): 3 } });
        let refused = program
            .send("POST", &format!("{at}/parcels"), Some(too_many))
            .await
            .expect(409)
            .json();
        assert_eq!(
            (&refused["code"], &refused["errors"][0]["pointer"]),
            (&json!("order-line-exceeded"), &json!("/lines"))
        );
        let empty = json!({ "carrier": "tcat", "tracking_number": "7", "lines": { line: 0 } });
        program
            .send("POST", &format!("{at}/parcels"), Some(empty))
            .await
            .expect(422);
        assert_eq!(
            program.get(&format!("{at}.json")).await.json()["parcels"],
            json!([])
        );
    });
}

/// A1: a parcel is reached through its own order alone.
#[test]
fn a_parcel_belongs_to_its_order() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (mine, other) = (desk.paid(desk.small, 1).await, desk.paid(desk.cup, 1).await);
        let program = desk.program(Role::Warehouse).await;
        program
            .send("POST", &format!("/admin/orders/{mine}/picking"), None)
            .await
            .expect(200);
        let body = json!({ "carrier": "own" });
        let parcel = program
            .send("POST", &format!("/admin/orders/{mine}/parcels"), Some(body))
            .await
            .expect(201)
            .json();
        let id = parcel["id"].as_str().unwrap();
        program
            .send(
                "POST",
                &format!("/admin/orders/{other}/parcels/{id}/delivery"),
                None,
            )
            .await
            .expect(404);
        program
            .send(
                "POST",
                &format!("/admin/orders/{mine}/parcels/{id}/delivery"),
                None,
            )
            .await
            .expect(200);
    });
}

/// ORD-02, S4: a cancelled order has a reason, frees its stock, and tells the customer.
#[test]
fn an_order_is_called_off() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk
            .buys(desk.small, 3, PaymentMethod::CashOnDelivery)
            .await;
        let at = format!("/admin/orders/{id}");
        let service = desk.staff(Role::Service).await;
        service
            .get(&at)
            .await
            .expect(200)
            .says(&["取消這筆訂單", "貨到付款，等出貨"]);
        let odd = [
            ("form", "cancellation"),
            ("reason", "because"),
            ("note", "客人來電"),
        ];
        service
            .post(&format!("{at}/cancellation"), &odd)
            .await
            .expect(422)
            .says(&["客人來電"]);
        let fields = [
            ("form", "cancellation"),
            ("reason", "duplicate"),
            ("note", "客人來電"),
        ];
        service
            .post(&format!("{at}/cancellation"), &fields)
            .await
            .expect(303);
        service
            .get(&at)
            .await
            .expect(200)
            .says(&["已取消：重複下單", "客人來電", "訂單已取消"]);
        let order = desk
            .program(Role::Service)
            .await
            .get(&format!("{at}.json"))
            .await
            .json();
        assert_eq!(
            order["order"]["cancellation"],
            json!({ "reason": "duplicate", "note": "客人來電" })
        );
        assert_eq!(
            (
                &order["holds"][0]["state"],
                &order["holds"][0]["closed_reason"]
            ),
            (&json!("released"), &json!("cancelled"))
        );
        assert_eq!(
            (&order["figures"]["due"]["amount"], &order["can"]["cancel"]),
            (&json!(0), &json!(false))
        );
        service
            .post(&format!("{at}/cancellation"), &fields)
            .await
            .expect(409);
        let stock = desk
            .program(Role::Service)
            .await
            .get(&format!("/admin/inventory/variants/{}.json", desk.small))
            .await
            .json();
        assert_eq!(
            (&stock["reserved"], &stock["available"]),
            (&json!(0), &json!(10))
        );
    });
}

/// ORD-05: a note is on the one timeline, with who wrote it.
#[test]
fn notes_are_part_of_the_timeline() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.buys(desk.cup, 1, PaymentMethod::BankTransfer).await;
        let at = format!("/admin/orders/{id}");
        let service = desk.staff(Role::Service).await;
        service
            .post(
                &format!("{at}/notes"),
                &[("form", "note"), ("text", "已電話確認地址")],
            )
            .await
            .expect(303);
        service
            .get(&at)
            .await
            .expect(200)
            .says(&["已電話確認地址", "內部備註", "service 一號"]);
        service
            .post(&format!("{at}/notes"), &[("form", "note"), ("text", "  ")])
            .await
            .expect(409);
        let order = desk
            .program(Role::Warehouse)
            .await
            .get(&format!("{at}.json"))
            .await
            .json();
        assert_eq!(
            (events(&order)[0], &order["timeline"][0]["detail"]),
            ("Order Noted", &json!("已電話確認地址"))
        );
    });
}

/// A17: whatever a customer types is text on every page of the back office.
#[test]
fn what_customers_type_is_text() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let method = PaymentMethod::BankTransfer;
        let mut draft = buyer(method);
        draft.address.name = "<script>alert('name')</script>".into();
        draft.address.line1 = "<img src=x onerror=alert(1)> 12 號".into();
        draft.address.line2 = Some("\"><svg onload=alert(2)>".into());
        draft.note = Some("</textarea><script>alert('note')</script>".into());
        draft.gift_message = Some("{{ 7 * 7 }} <b>bold</b>".into());
        let id = desk.buys_as(desk.small, 1, method, &draft).await;
        let staff = desk.staff(Role::Owner).await;
        staff
            .post(
                &format!("/admin/orders/{id}/notes"),
                &[("text", "<script>alert('staff')</script>")],
            )
            .await
            .expect(303);
        let mut pages = vec![staff.get(&format!("/admin/orders/{id}")).await];
        pages.push(staff.get("/admin/orders").await);
        pages.push(staff.get("/admin/orders?q=%3Cscript%3Ealert").await);
        pages.push(
            staff
                .get("/admin/orders?q=%22%3E%3Cscript%3Ealert(9)%3C%2Fscript%3E")
                .await,
        );
        pages.push(staff.get("/admin/bank-receipts").await);
        let cash = buyer(PaymentMethod::CashOnDelivery);
        let cash = orders::CheckoutDraft {
            address: draft.address.clone(),
            note: draft.note.clone(),
            gift_message: draft.gift_message.clone(),
            ..cash
        };
        desk.buys_as(desk.cup, 1, PaymentMethod::CashOnDelivery, &cash)
            .await;
        pages.push(staff.get("/admin/shipping").await);
        for page in pages {
            let page = page.expect(200);
            for live in [
                "<script>alert",
                "<img src=x",
                "<svg onload",
                "<b>bold",
                "49 ",
            ] {
                assert!(!page.body.contains(live), "{live} is alive");
            }
        }
        staff.get(&format!("/admin/orders/{id}")).await.says(&[
            "&lt;script&gt;alert(",
            "&lt;img src=x",
            "{{ 7 * 7 }}",
        ]);
    });
}

/// ORD-05, the outside contract: orders are found by number, name, phone and SKU, page by page.
#[test]
fn orders_are_found() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        for _ in 0..3 {
            desk.buys(desk.cup, 1, PaymentMethod::BankTransfer).await;
        }
        let paid = desk.paid(desk.small, 1).await;
        let program = desk.program(Role::Service).await;
        let all = program
            .get("/admin/orders.json?q=")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (all["items"].as_array().unwrap().len(), &all["next_cursor"]),
            (4, &Value::Null)
        );
        assert_eq!(all["items"][0]["id"], json!(paid.to_string()));
        let number = all["items"][0]["number"].as_str().unwrap();
        for (q, found) in [
            (number, 1),
            ("王小", 4),
            ("0912", 4),
            ("TEA-", 1),
            ("cup-1", 3),
            ("nothing", 0),
        ] {
            let query = serde_urlencoded::to_string([("q", q)]).unwrap();
            let list = program
                .get(&format!("/admin/orders.json?{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{q}");
        }
        let first = program.get("/admin/orders.json?limit=3").await.json();
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = program
            .get(&format!("/admin/orders.json?limit=3&after={cursor}"))
            .await
            .json();
        assert_eq!(
            (
                second["items"].as_array().unwrap().len(),
                &second["next_cursor"]
            ),
            (1, &Value::Null)
        );
        program
            .get("/admin/orders.json?after=%25%25")
            .await
            .expect(422);
        let unpaid = program.get("/admin/orders.json?tab=unpaid").await.json();
        assert_eq!(
            (
                unpaid["items"].as_array().unwrap().len(),
                &unpaid["unpaid"]["orders"]
            ),
            (3, &json!(3))
        );
        assert_eq!(unpaid["unpaid"]["money_at_risk"]["amount"], 3 * 46_000);
        let page = desk.staff(Role::Service).await;
        page.get("/admin/orders?tab=unpaid")
            .await
            .expect(200)
            .says(&["NT$1,380", "未付款"]);
        page.get("/admin/orders?q=zzzz")
            .await
            .expect(200)
            .says(&["找不到符合「zzzz」的訂單"]);
    });
}

/// ORD-08: the queue is by promise, tells where the goods lie, and hands over what is picked.
#[test]
fn the_queue_is_by_promise() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let transfer = desk.buys(desk.cup, 1, PaymentMethod::BankTransfer).await;
        let first = desk.paid(desk.small, 2).await;
        world.pass(std::time::Duration::from_secs(86_400));
        let second = desk
            .buys(desk.small, 1, PaymentMethod::CashOnDelivery)
            .await;
        let program = desk.program(Role::Warehouse).await;
        let queue = program.get("/admin/shipping.json").await.expect(200).json();
        let ids: Vec<&str> = queue["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["order_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, [first.to_string(), second.to_string()]);
        assert!(!ids.contains(&transfer.to_string().as_str()));
        let oldest = &queue["items"][0];
        assert_eq!(
            (&oldest["overdue"], &oldest["can_pick"], &oldest["can_ship"]),
            (&json!(true), &json!(true), &json!(false))
        );
        assert_eq!(
            (
                &oldest["lines"][0]["location"]["code"],
                &oldest["lines"][0]["on_hand"]
            ),
            (&json!("main"), &json!(10))
        );
        assert_eq!(queue["items"][1]["collect"]["amount"], 68_000);
        let pick = &queue["pick_list"][0];
        assert_eq!(
            (&pick["sku"], &pick["quantity"], &pick["orders"]),
            (&json!("TEA-075"), &json!(3), &json!(2))
        );
        program
            .send("POST", &format!("/admin/orders/{first}/picking"), None)
            .await
            .expect(200);
        let picked = program.get("/admin/shipping.json?tab=picked").await.json();
        assert_eq!(
            (
                picked["items"].as_array().unwrap().len(),
                &picked["items"][0]["can_ship"]
            ),
            (1, &json!(true))
        );
        for tab in ["all", "overdue", "today", "later"] {
            let count = picked["tabs"]
                .as_array()
                .unwrap()
                .iter()
                .find(|t| t["code"] == tab)
                .unwrap()["count"]
                .clone();
            let shown = program
                .get(&format!("/admin/shipping.json?tab={tab}"))
                .await
                .expect(200)
                .json();
            assert_eq!(
                json!(shown["items"].as_array().unwrap().len()),
                count,
                "{tab}"
            );
        }
        desk.staff(Role::Warehouse)
            .await
            .get("/admin/shipping")
            .await
            .expect(200)
            .says(&["代收 NT$680", "揀貨單", "已逾期"]);
    });
}

/// S9: a paid order whose stock was gone waits for a decision, and goes on once there is stock again.
#[test]
fn a_paid_order_without_stock_goes_on_later() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let late = desk.buys(desk.cup, 10, PaymentMethod::BankTransfer).await;
        world.pass(std::time::Duration::from_secs(4 * 86_400));
        operations::flows::end_order::expire_due(&desk.ctx)
            .await
            .unwrap();
        desk.buys(desk.cup, 5, PaymentMethod::CashOnDelivery).await;
        let owner = desk.staff(Role::Owner).await;
        let at = format!("/admin/orders/{late}");
        owner
            .get(&at)
            .await
            .expect(200)
            .says(&["逾期未付", "登錄收到的轉帳"]);
        let money = [
            ("form", "payment"),
            ("amount", "3600"),
            ("payer_last_five", "12345"),
        ];
        owner
            .post(&format!("{at}/payments"), &money)
            .await
            .expect(303);
        owner
            .get(&at)
            .await
            .expect(200)
            .says(&["庫存要人決定", "有貨了，重新保留"]);
        owner.post(&format!("{at}/picking"), &[]).await.expect(409);
        owner.post(&format!("{at}/hold"), &[]).await.expect(409);
        let more = json!({ "variant_id": desk.cup, "quantity_delta": 5, "reason": "received" });
        desk.program(Role::Warehouse)
            .await
            .send("POST", "/admin/inventory/adjustments", Some(more))
            .await
            .expect(201);
        owner.post(&format!("{at}/hold"), &[]).await.expect(303);
        owner.post(&format!("{at}/picking"), &[]).await.expect(303);
        owner.get(&at).await.expect(200).says(&["已揀貨"]);
    });
}
