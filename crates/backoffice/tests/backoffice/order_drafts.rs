//! Staff put an order together for a customer, give something away, and send the link to pay it.

use engagement::{MessageKind, message};
use kernel::{OrderId, Permissions, Role, VariantId, event};
use orders::{PaymentMethod, PaymentState, order};
use platform::{Actor, events};
use serde_json::{Value, json};

use crate::desk::{Desk, Program, SMALL};

/// A draft with everything that an order needs, of two small teas.
async fn ready(program: &Program<'_>, tea: VariantId) -> String {
    let made = program
        .send("POST", "/admin/order-drafts", Some(json!({})))
        .await
        .expect(201)
        .json();
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/admin/order-drafts/{id}");
    program
        .send(
            "PUT",
            &path,
            Some(filled(&json!({ "add": { tea.to_string(): 2 } }))),
        )
        .await
        .expect(200);
    id
}

/// What a customer says on the telephone, with something more.
pub(crate) fn filled(more: &Value) -> Value {
    let mut body = json!({
        "email": "mei@shop.test", "phone": "0912345678", "delivery_method": "home", "customer_locale": "en",
        "shipping_address": {
            "name": "林美", "postal_code": "106", "region": "臺北市", "city": "大安區", "line1": "茶香路 12 號",
        },
        "gift_message": "生日快樂",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn order_of(desk: &Desk, id: OrderId) -> orders::Order {
    let read = desk.ctx.read(async move |rx, _| order::by_id(rx, id).await);
    read.await.unwrap()
}

/// CHK-22, O5, A6: staff fill a draft, see its figures, and send the link; the goods are held from then on, the customer
/// gets one letter in their language, the order says who made it for whom, and on its page any way to pay can be chosen
/// for exactly the total that was sent.
#[test]
fn a_draft_becomes_an_order_with_a_link_to_pay_it() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Service).await;
        let id = ready(&program, desk.small).await;
        let path = format!("/admin/order-drafts/{id}");
        let page = program
            .get(&format!("{path}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(page["figures"]["subtotal"]["amount"], 2 * SMALL);
        assert_eq!(page["figures"]["total"]["amount"], 2 * SMALL + 10_000);
        assert_eq!(
            (&page["missing"], &page["lines"][0]["available"]),
            (&json!([]), &json!(10))
        );

        let unseen = filled(&json!({ "then": "pay_link", "seen_total": 1 }));
        let refused = program
            .send("PUT", &path, Some(unseen))
            .await
            .expect(409)
            .json();
        assert_eq!(refused["code"], "total-changed");
        let card = filled(&json!({ "then": "card" }));
        program.send("PUT", &path, Some(card)).await.expect(422);

        let seen = filled(&json!({ "then": "pay_link", "seen_total": 2 * SMALL + 10_000 }));
        let made = program
            .send("PUT", &path, Some(seen.clone()))
            .await
            .expect(201)
            .json();
        program.send("PUT", &path, Some(seen)).await.expect(409);
        let order_id: OrderId = made["order"]["id"].as_str().unwrap().parse().unwrap();
        let order = order_of(&desk, order_id).await;
        assert_eq!(
            (order.total.amount, order.inquired),
            (2 * SMALL + 10_000, true)
        );
        assert_eq!(order.payment_state, PaymentState::Pending);
        assert_eq!(order.locale, kernel::Locale::En);
        assert!(order.pay_until.is_some(), "it expires as usual");

        let shown = program
            .get(&format!("/admin/orders/{order_id}.json"))
            .await
            .json();
        assert_eq!(shown["order"]["assisted"]["by"], "scanner");
        assert_eq!(shown["holds"][0]["quantity"], 2);
        let happened = desk
            .ctx
            .read(async move |rx, _| events::timeline(rx, order_id).await);
        let happened = happened.await.unwrap();
        let assisted = happened
            .iter()
            .find(|e| e.name == event::ORDER_ASSISTED)
            .unwrap();
        assert_eq!(assisted.actor, "key:scanner");
        assert_eq!(assisted.payload["customer_id"], json!(order.customer_id));

        desk.work().await;
        let letters = desk
            .ctx
            .read(async move |rx, _| message::of_order(rx, order_id).await);
        let letters = letters.await.unwrap();
        assert_eq!(letters.len(), 1, "one letter, once");
        assert_eq!(letters[0].kind, MessageKind::OrderPayLink);
        assert!(letters[0].subject.as_ref().unwrap().contains(&order.number));

        let visitor = desk.ctx.acting(Actor::Visitor, Permissions::NONE);
        let method = PaymentMethod::BankTransfer;
        let chosen = operations::flows::collect_payment::choose_method(&visitor, order_id, method);
        assert_eq!(chosen.await.unwrap().amount, order.total);
    });
}

/// CHK-25, O2: a discount and free shipping count together against the limit of whoever gives them; above it the form
/// says who may, a reason is needed and kept, the discount is shared out over the lines exactly, and the word of
/// somebody who may give more stays good for somebody who may not, but not for more.
#[test]
fn what_is_given_away_stays_within_a_limit() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let service = desk.program(Role::Service).await;
        let owner = desk.program(Role::Owner).await;
        desk.account(Role::Owner, "boss@shop.test").await;
        let id = ready(&service, desk.small).await;
        let path = format!("/admin/order-drafts/{id}");
        let put = async |program: &Program<'_>, more: Value| {
            program.send("PUT", &path, Some(filled(&more))).await
        };
        put(&service, json!({ "discount_percent": "5" }))
            .await
            .expect(422);
        put(
            &service,
            json!({ "discount_percent": "5", "reason": "老客人" }),
        )
        .await
        .expect(200);
        // Ten percent of 1,160 is 116; five percent and the delivery of 100 are more.
        let both = json!({ "discount_percent": "5", "free_shipping": true, "reason": "老客人" });
        let refused = put(&service, both.clone()).await.expect(422).json();
        assert_eq!(refused["code"], "discount-beyond-limit");
        assert_eq!(
            (
                &refused["facts"]["limit"]["amount"],
                &refused["facts"]["who"]
            ),
            (&json!(11_600), &json!("owner 一號"))
        );
        assert_eq!(refused["errors"][0]["pointer"], "/discount");
        let twice = json!({ "discount_percent": "5", "discount_amount": "10", "reason": "x" });
        put(&service, twice).await.expect(422);

        put(&owner, both.clone()).await.expect(200);
        put(&service, both.clone()).await.expect(200);
        let more = json!({ "discount_percent": "6", "free_shipping": true, "reason": "老客人" });
        put(&service, more).await.expect(422);
        let mut fewer = both.clone();
        let page = service.get(&format!("{path}.json")).await.json();
        let line = page["lines"][0]["id"].as_str().unwrap();
        fewer["lines"] = json!({ line: 1 });
        put(&service, fewer).await.expect(422);

        let mut more_goods = both.clone();
        more_goods["add"] = json!({ desk.cup.to_string(): 1 });
        more_goods["discount_percent"] = json!(null);
        more_goods["discount_amount"] = json!("58");
        more_goods["then"] = json!("bank_transfer");
        let made = put(&service, more_goods).await.expect(201).json();
        let order_id: OrderId = made["order"]["id"].as_str().unwrap().parse().unwrap();
        let order = order_of(&desk, order_id).await;
        assert_eq!((order.discount.amount, order.shipping.amount), (5_800, 0));
        let lines = desk
            .ctx
            .read(async move |rx, _| order::lines(rx, order_id).await);
        let lines = lines.await.unwrap();
        assert_eq!(lines.iter().map(|l| l.discount.amount).sum::<i64>(), 5_800);
        let shown = owner
            .get(&format!("/admin/orders/{order_id}.json"))
            .await
            .json();
        let assisted = &shown["order"]["assisted"];
        assert_eq!(
            (&assisted["reason"], &assisted["agreed_by"]),
            (&json!("老客人"), &json!("scanner"))
        );
    });
}

/// CHK-25: the shop decides the limits, by role and by person; a wrong number is named and nothing changes.
#[test]
fn the_shop_decides_the_limits() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.account(Role::Service, "mei@shop.test").await;
        let owner = desk.staff(Role::Owner).await;
        owner
            .get("/admin/settings/desk")
            .await
            .expect(200)
            .says(&["折讓權限", "service 一號"]);
        let wrong = [("roles[service][percent]", "120")];
        owner
            .post("/admin/settings/desk?_method=PUT", &wrong)
            .await
            .expect(422)
            .says(&["120"]);
        let own = format!("people[{person}][percent]");
        let fields = [("roles[service][percent]", "0"), (own.as_str(), "7.5")];
        owner
            .post("/admin/settings/desk?_method=PUT", &fields)
            .await
            .location();
        let program = desk.program(Role::Owner).await;
        let page = program.get("/admin/settings/desk.json").await.json();
        let role = |code: &str| {
            let roles = page["roles"].as_array().unwrap();
            roles.iter().find(|r| r["role"] == code).unwrap()["percent"].clone()
        };
        assert_eq!(
            (role("service"), role("operations")),
            (json!("0"), json!("20"))
        );
        let mine = page["people"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["id"] == json!(person));
        assert_eq!(mine.unwrap()["percent"], "7.5");
        let service = desk.program(Role::Service).await;
        service.get("/admin/settings/desk.json").await.expect(403);
        let id = ready(&service, desk.small).await;
        let little = filled(&json!({ "discount_amount": "1", "reason": "x" }));
        let path = format!("/admin/order-drafts/{id}");
        service.send("PUT", &path, Some(little)).await.expect(422);
    });
}

/// CHK-22: a customer is found by name, phone and e-mail, and what their last order said is filled in; goods are found
/// by title and SKU, a whole SKU is added at once, and drafts are kept and listed until they are sent or given up.
#[test]
fn an_operator_finds_customer_and_goods_while_typing() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.buys(desk.small, 1, PaymentMethod::CashOnDelivery)
            .await;
        let staff = desk.staff(Role::Service).await;
        for q in ["%E7%8E%8B%E5%B0%8F", "0912-345", "reader%40shop.test"] {
            let found = staff
                .get(&format!("/admin/orders/new?q={q}"))
                .await
                .expect(200);
            found.says(&["王小明", "reader@shop.test"]);
        }
        staff
            .get("/admin/orders/new?q=nobody")
            .await
            .expect(200)
            .says(&["找不到「nobody」"]);
        let program = desk.program(Role::Service).await;
        let found = program
            .get("/admin/orders/new.json?q=reader%40shop.test")
            .await
            .json();
        let customer = found["found"][0]["id"].as_str().unwrap();
        let to = staff
            .post("/admin/order-drafts", &[("customer_id", customer)])
            .await;
        let path = to.location().to_owned();
        staff
            .get(&path)
            .await
            .expect(200)
            .says(&["茶香路 12 號", "reader@shop.test"]);

        let sheet = format!("{path}?_method=PUT");
        let to = staff
            .post(&sheet, &[("q", "玻璃"), ("email", "new@shop.test")])
            .await;
        let page = staff.get(to.location()).await.expect(200);
        page.says(&["CUP-1", "new@shop.test", "庫存 10"]);
        let to = staff
            .post(&sheet, &[("q", "CUP-1"), ("email", "new@shop.test")])
            .await;
        assert_eq!(to.location(), path, "a whole SKU is added at once");
        let plus = desk.small.to_string();
        staff
            .post(&sheet, &[("plus", plus.as_str())])
            .await
            .location();
        staff
            .get(&path)
            .await
            .expect(200)
            .says(&["凍頂烏龍茶", "玻璃杯"]);
        staff
            .get("/admin/orders/new")
            .await
            .expect(200)
            .says(&[&path]);
        let gone = staff.post(&format!("{path}?_method=DELETE"), &[]).await;
        assert_eq!(gone.location(), "/admin/orders/new");
        let late = staff.post(&sheet, &[("email", "a@b.tw")]).await;
        assert!(
            late.status.is_client_error(),
            "a draft that was given up stays so"
        );
        let warehouse = desk.staff(Role::Warehouse).await;
        warehouse.get("/admin/orders/new").await.expect(403);
        let nobodys = "/admin/order-drafts/cart_01kazq4v8vf3et7e1fdn1pzh01.json";
        program.get(nobodys).await.expect(404);
    });
}
