//! Customers: their list, their page with the one timeline, and everything about one of them as a file.

use kernel::{CustomerId, Role, event};
use orders::PaymentMethod;
use platform::events::{self, Event};
use serde_json::{Value, json};

use crate::desk::{Desk, buyer};

/// Two people who bought, one of whom looked around before; the follower has seen it all.
async fn two_people(desk: &Desk) -> (CustomerId, CustomerId) {
    let mut other = buyer(PaymentMethod::CashOnDelivery);
    other.email = "chen@shop.test".into();
    other.phone = "0987654321".into();
    other.address.name = "陳美".into();
    other.address.phone = "0987654321".into();
    let paid = desk.paid(desk.small, 1).await;
    desk.buys(desk.cup, 2, PaymentMethod::CashOnDelivery).await;
    let theirs = desk
        .buys_as(desk.cup, 1, PaymentMethod::CashOnDelivery, &other)
        .await;
    operations::followers::consumers()
        .drain(&desk.ctx)
        .await
        .unwrap();
    (
        customer_of(desk, paid).await,
        customer_of(desk, theirs).await,
    )
}

async fn customer_of(desk: &Desk, order: kernel::OrderId) -> CustomerId {
    let reading = desk.ctx.read(async move |rx, _| {
        Ok::<_, operations::FlowError>(orders::order::by_id(rx, order).await?)
    });
    reading.await.unwrap().customer_id.unwrap()
}

async fn items(desk: &Desk, role: Role, query: &str) -> Vec<Value> {
    let program = desk.program(role).await;
    let path = format!("/admin/customers.json?{query}");
    let page = program.get(&path).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

/// CRM-01: figures are exact to the cent and follow what happens; people are found in both scripts and by any way to
/// write a telephone number.
#[test]
fn customers_are_listed_with_exact_figures() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (first, second) = two_people(&desk).await;
        let rows = items(&desk, Role::Owner, "sort=-paid").await;
        let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
        assert_eq!(ids, [&json!(first), &json!(second)]);
        assert_eq!(
            (&rows[0]["orders"], &rows[1]["orders"]),
            (&json!(2), &json!(1))
        );
        let program = desk.program(Role::Owner).await;
        let order = program
            .get("/admin/orders.json?tab=all&q=TEA-075")
            .await
            .json();
        assert_eq!(
            rows[0]["paid"], order["items"][0]["total"],
            "what was captured, to the cent"
        );
        assert_eq!(
            rows[1]["paid"]["amount"], 0,
            "cash on delivery has not come in yet"
        );
        for (q, found) in [
            ("陳", vec![second]),
            ("陈美", vec![second]),
            ("%2B886987654321", vec![second]),
            ("0987-654", vec![second]),
            ("READER@shop", vec![first]),
            ("nobody", Vec::new()),
        ] {
            let rows = items(&desk, Role::Owner, &format!("q={q}")).await;
            let ids: Vec<Value> = rows.iter().map(|row| row["id"].clone()).collect();
            assert_eq!(
                ids,
                found.iter().map(|id| json!(id)).collect::<Vec<_>>(),
                "{q}"
            );
        }
        assert_eq!(items(&desk, Role::Owner, "bought=again").await.len(), 1);
    });
}

/// CRM-01: one timeline holds what somebody did before the shop knew them, what they ordered, what was written about
/// them; nobody else's, and nothing from a browser that somebody else uses too.
#[test]
fn the_timeline_joins_a_person_to_their_visits() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let visit = |visitor| platform::Visit {
            visitor,
            session: kernel::SessionId::new(),
            source: "line".into(),
            device: "phone".into(),
        };
        let (own, shared) = (kernel::VisitorId::new(), kernel::VisitorId::new());
        for (visitor, query) in [(own, "烏龍"), (shared, "秘密")] {
            let ctx = desk.ctx.during(Some(visit(visitor)));
            let told = ctx.write(async move |tx, ctx| {
                let payload = json!({ "query": query, "results": 1 });
                events::emit(tx, ctx, Event::new(event::PRODUCTS_SEARCHED, &payload)).await
            });
            told.await.unwrap();
        }
        let mine = order_from(&desk, Some(visit(own)), "reader@shop.test").await;
        order_from(&desk, Some(visit(shared)), "reader@shop.test").await;
        order_from(&desk, Some(visit(shared)), "chen@shop.test").await;
        let id = customer_of(&desk, mine).await;
        let person = desk.staff(Role::Owner).await;
        let page = format!("/admin/customers/{id}");
        person
            .post(&format!("{page}/notes"), &[("text", "喜歡焙火")])
            .await
            .location();
        let program = desk.program(Role::Owner).await;
        let shown = program
            .get(&format!("{page}.json"))
            .await
            .expect(200)
            .json();
        let timeline = shown["timeline"].as_array().unwrap();
        let details: Vec<&str> = timeline
            .iter()
            .filter_map(|e| e["detail"].as_str())
            .collect();
        assert!(
            details.contains(&"烏龍") && details.contains(&"喜歡焙火"),
            "{details:?}"
        );
        assert!(!details.contains(&"秘密"), "a shared browser is nobody's");
        assert_eq!(
            timeline
                .iter()
                .filter(|e| e["event"] == "Order Placed")
                .count(),
            2
        );
        let times: Vec<&str> = timeline.iter().map(|e| e["at"].as_str().unwrap()).collect();
        assert!(
            times.windows(2).all(|pair| pair[0] >= pair[1]),
            "newest first"
        );
        let notes = program
            .get(&format!("{page}.json?kind=notes"))
            .await
            .expect(200)
            .json();
        assert_eq!(notes["timeline"].as_array().unwrap().len(), 1);
        person
            .get(&page)
            .await
            .expect(200)
            .says(&["喜歡焙火", "烏龍"]);
    });
}

async fn order_from(desk: &Desk, visit: Option<platform::Visit>, email: &str) -> kernel::OrderId {
    use operations::flows::{
        cart, checkout,
        place_order::{self, Seen},
    };
    let visitor = desk
        .ctx
        .acting(platform::Actor::Visitor, kernel::Permissions::NONE)
        .during(visit);
    let mut draft = buyer(PaymentMethod::CashOnDelivery);
    draft.email = email.into();
    let one = kernel::Quantity::new(1).unwrap();
    let added = cart::add(&visitor, None, desk.cup, one).await.unwrap();
    let token = added.fresh_token.unwrap();
    checkout::save(&visitor, Some(token.clone()), draft)
        .await
        .unwrap();
    let order = place_order::PlaceOrder {
        token: Some(token),
        idempotency_key: None,
        request: String::new(),
        seen: Seen::default(),
    };
    place_order::place_order(&visitor, order)
        .await
        .unwrap()
        .order
        .id
}

/// A2, A4: who may not see orders sees no figure of them, sorts by none and reads none on the timeline; who may not
/// see customers sees nobody.
#[test]
fn what_customers_bought_is_for_those_who_see_orders() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (first, _) = two_people(&desk).await;
        let packer = desk.program(Role::Warehouse).await;
        packer.get("/admin/customers.json").await.expect(403);
        packer
            .get(&format!("/admin/customers/{first}.json"))
            .await
            .expect(403);
        packer.get("/admin/customers/export").await.expect(403);
        packer
            .get(&format!("/admin/customers/{first}/export"))
            .await
            .expect(403);
        let found = packer
            .get("/admin/find.json?q=reader")
            .await
            .expect(200)
            .json();
        assert_eq!(found["customers"], json!([]));
        let nobody = CustomerId::new();
        let owner = desk.program(Role::Owner).await;
        owner
            .get(&format!("/admin/customers/{nobody}.json"))
            .await
            .expect(404);
        owner
            .get(&format!("/admin/customers/{nobody}/export"))
            .await
            .expect(404);
    });
}

/// C7: contact data is changed by staff, and nobody takes the address by which somebody else is known.
#[test]
fn contact_data_is_changed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (first, second) = two_people(&desk).await;
        let service = desk.program(Role::Service).await;
        let path = format!("/admin/customers/{first}/contact");
        let to = |email: &str| json!({ "name": "王大明", "email": email, "phone": "0911222333", "locale": "en" });
        let refused = service.send("PUT", &path, Some(to("CHEN@shop.test"))).await;
        assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], "/email");
        service
            .send("PUT", &path, Some(to("wang@shop.test")))
            .await
            .expect(200);
        operations::followers::consumers()
            .drain(&desk.ctx)
            .await
            .unwrap();
        assert_eq!(
            items(&desk, Role::Owner, "q=wang").await[0]["id"],
            json!(first)
        );
        assert!(items(&desk, Role::Owner, "q=reader").await.is_empty());
        let tags = format!("/admin/customers/{second}/tags");
        service
            .send("POST", &tags, Some(json!({ "tag": "常客" })))
            .await
            .expect(200);
        assert_eq!(
            items(&desk, Role::Owner, "tag=%E5%B8%B8%E5%AE%A2").await[0]["id"],
            json!(second)
        );
        service
            .send("POST", &tags, Some(json!({ "tag": " " })))
            .await
            .expect(422);
        service
            .send("DELETE", &tags, Some(json!({ "tag": "常客" })))
            .await
            .expect(200);
        assert!(
            items(&desk, Role::Owner, "tag=%E5%B8%B8%E5%AE%A2")
                .await
                .is_empty()
        );
    });
}

/// GOV-10: the file holds everything about one person and nothing of anybody else.
#[test]
fn everything_about_one_person_is_one_file() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (first, second) = two_people(&desk).await;
        let owner = desk.staff(Role::Owner).await;
        let file = owner
            .get(&format!("/admin/customers/{second}/export"))
            .await
            .expect(200);
        assert!(file.header("content-disposition").starts_with("attachment"));
        for mine in ["chen@shop.test", "0987654321", "陳美", "CUP-1"] {
            assert!(file.body.contains(mine), "{mine}");
        }
        for other in [
            "reader@shop.test",
            "0912345678",
            "TEA-075",
            &first.to_string(),
        ] {
            assert!(!file.body.contains(other), "{other}");
        }
    });
}

/// The palette finds orders, customers and products in either script, each only for those who may see it.
#[test]
fn the_palette_finds_what_its_reader_may_see() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        two_people(&desk).await;
        let owner = desk.program(Role::Owner).await;
        let found = async |q: &str| {
            owner
                .get(&format!("/admin/find.json?q={q}"))
                .await
                .expect(200)
                .json()
        };
        assert_eq!(
            found("chen").await["customers"].as_array().unwrap().len(),
            1
        );
        assert_eq!(
            found("0987654").await["orders"].as_array().unwrap().len(),
            1
        );
        assert_eq!(found("冻顶").await["products"].as_array().unwrap().len(), 1);
        assert_eq!(
            found("tea-0").await["products"].as_array().unwrap().len(),
            1
        );
        assert_eq!(found("").await["products"], json!([]));
        let promotion = desk.program(Role::Promotion).await;
        let theirs = promotion
            .get("/admin/find.json?q=chen")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&theirs["orders"], &theirs["customers"]),
            (&json!([]), &json!([]))
        );
        desk.staff(Role::Service)
            .await
            .get("/admin/find?q=chen")
            .await
            .expect(200)
            .says(&["陳美"]);
    });
}
