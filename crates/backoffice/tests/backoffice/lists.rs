//! Every list sorts, narrows, pages, leaves as a file and is kept as a view, and none tells more than its reader may
//! see.

use std::collections::BTreeSet;

use axum::http::Method;
use customers::{NewInquiry, inquiry};
use kernel::{Email, Role};
use operations::views::admin::lists::all;
use orders::PaymentMethod;
use serde_json::{Value, json};

use crate::{
    cases,
    desk::{Desk, Program, buyer},
    order_drafts,
};

/// The lists of the owner, each with the columns by which it sorts.
const LISTS: [(&str, &[&str]); 18] = [
    ("orders", &["placed_at", "customer", "total", "ship_by"]),
    ("inquiries", &["created_at", "name", "answered_at"]),
    (
        "shipping",
        &["ship_by", "placed_at", "customer", "delivery"],
    ),
    (
        "bank-receipts?tab=matched",
        &["received_at", "amount", "payer"],
    ),
    ("payments?tab=all", &["created_at", "amount", "decided_at"]),
    ("funnel/cards", &["shown", "opened", "rate"]),
    ("products", &["title", "handle", "price", "updated_at"]),
    (
        "inventory",
        &["sku", "product", "on_hand", "reserved", "available"],
    ),
    (
        "staff",
        &[
            "name",
            "email",
            "role",
            "state",
            "created_at",
            "signed_in_at",
        ],
    ),
    (
        "jobs?tab=queued",
        &["run_at", "created_at", "attempts", "kind"],
    ),
    ("message-templates", &["own", "sent", "failed"]),
    (
        "payment-cases",
        &[
            "customer",
            "opened_at",
            "failures",
            "failed_at",
            "amount",
            "pay_until",
            "closed_at",
        ],
    ),
    ("order-drafts", &["units", "created_at", "updated_at"]),
    (
        "products/bulk/edits",
        &["created_at", "rows", "finished_at"],
    ),
    ("delays/announcements", &["at", "ship_by", "orders"]),
    ("messages", &["created_at"]),
    ("audit", &["seq"]),
    (
        "collections",
        &[
            "title",
            "handle",
            "products",
            "on_sale",
            "attributes",
            "archived_at",
        ],
    ),
];

/// Lists that are so short that they are read whole: they have no second page.
const WHOLE: [&str; 4] = [
    "/admin/collections",
    "/admin/funnel/cards",
    "/admin/message-templates",
    "/admin/staff",
];

/// What has rows and is no list: the funnel by source is a report of a period, the pages of the shop stand in the one
/// order that menu and footer have.
const REPORTS: [&str; 2] = ["/admin/funnel", "/admin/pages"];

pub(crate) async fn asks(desk: &Desk, name: &str, message: &str) {
    let (name, message) = (name.to_owned(), message.to_owned());
    let asking = desk.ctx.write(async move |tx, ctx| {
        let new = NewInquiry {
            name: name.clone(),
            email: Email::parse("mei+shop@example.tw").unwrap(),
            message: message.clone(),
            order_number: Some("20260302-000001".into()),
        };
        inquiry::record(tx, ctx, new).await
    });
    asking.await.unwrap();
}

/// A shop in which every list has something.
async fn busy(world: &testkit::World) -> Desk {
    let desk = Desk::open(world).await;
    for (units, name) in [(1, "王小明"), (3, "Ann"), (1, "陳美"), (2, "=HYPERLINK(1)")] {
        let mut draft = buyer(PaymentMethod::CashOnDelivery);
        draft.address.name = name.into();
        desk.buys_as(desk.cup, units, PaymentMethod::CashOnDelivery, &draft)
            .await;
        world.pass(std::time::Duration::from_secs(60));
        asks(&desk, name, "還有 100% 純棉的嗎？").await;
    }
    desk.paid(desk.small, 1).await;
    desk.paid(desk.small, 2).await;
    desk
}

/// The same shop after a card failed, and after staff began orders for people, changed many products and told of delays.
async fn busier(world: &testkit::World) -> Desk {
    let desk = busy(world).await;
    cases::refused(&desk).await;
    let program = desk.program(Role::Owner).await;
    for n in 0..3 {
        let made = program
            .send("POST", "/admin/order-drafts", Some(json!({})))
            .await
            .expect(201)
            .json();
        let path = format!("/admin/order-drafts/{}", made["id"].as_str().unwrap());
        program
            .send("PUT", &path, Some(order_drafts::filled(&json!({}))))
            .await
            .expect(200);
        let body = json!({ "all": true, "what": "percent_down", "percent": "10" });
        program
            .send("POST", "/admin/products/bulk", Some(body))
            .await
            .expect(201);
        let delay = json!({ "ship_on": format!("2099-01-0{}", n + 1), "reason": { "en": "=1+1" } });
        program
            .send("POST", "/admin/delays", Some(delay))
            .await
            .expect(201);
    }
    desk.paid(desk.small, 1).await;
    desk
}

fn address(list: &str, more: &str) -> String {
    let (path, query) = list.split_once('?').unwrap_or((list, "tab="));
    format!("/admin/{path}.json?{query}&{more}")
}

/// All rows of a list, two at a time; what changes by itself from page to page is left out.
async fn walked(program: &Program<'_>, list: &str, sort: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let path = address(list, &format!("sort={sort}&limit=2{after}"));
        let page = program.get(&path).await.expect(200).json();
        let items = page["items"].as_array().unwrap().clone();
        rows.extend(items);
        let Some(next) = page["next_cursor"].as_str() else {
            return rows;
        };
        after = format!("&after={next}");
        assert!(rows.len() < 100, "{list} {sort} never ends");
    }
}

/// Every list pages by every order it offers without a gap or a repeat, in both directions.
#[test]
fn every_order_pages_through_the_whole_list() {
    testkit::run(async |world| {
        let desk = busier(world).await;
        let program = desk.program(Role::Owner).await;
        for (list, columns) in LISTS {
            let whole = program.get(&address(list, "")).await.expect(200).json();
            let rows = whole["items"].as_array().unwrap();
            let known: BTreeSet<String> = rows.iter().map(Value::to_string).collect();
            let sorts = whole["list"]["sorts"].as_object().unwrap();
            let offered: BTreeSet<&str> = sorts.keys().map(String::as_str).collect();
            assert_eq!(offered, columns.iter().copied().collect(), "{list}");
            for column in columns {
                let up = walked(&program, list, column).await;
                let down = walked(&program, list, &format!("-{column}")).await;
                for way in [&up, &down] {
                    let found: BTreeSet<String> = way.iter().map(Value::to_string).collect();
                    assert_eq!(
                        (way.len(), &found),
                        (rows.len(), &known),
                        "{list} by {column}"
                    );
                }
                let backwards: Vec<&Value> = down.iter().rev().collect();
                if list.starts_with("orders") || list == "products" || list == "inventory" {
                    assert_eq!(
                        up.iter().collect::<Vec<_>>(),
                        backwards,
                        "{list} by {column}"
                    );
                }
            }
        }
    });
}

/// Every page of the router that lists something sorts by what it offers, narrows, refuses what it does not know, leaves
/// as a file of either kind in which nothing is a formula, is kept as a view and shows its menus, so that no new list can
/// forget one of these.
#[test]
fn every_list_of_the_router_has_what_lists_have() {
    testkit::run(async |world| {
        let desk = busier(world).await;
        let program = desk.program(Role::Owner).await;
        let owner = desk.staff(Role::Owner).await;
        let mut found = BTreeSet::new();
        for route in desk.routes() {
            let path = route.path;
            let plain = path.starts_with("/admin") && !path.contains('{');
            if route.method != Method::GET || !plain || path.ends_with("/export") {
                continue;
            }
            let answer = program.get(path).await;
            let page: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            if !page["items"].is_array() || REPORTS.contains(&path) {
                continue;
            }
            let code = lists_well(&program, path, &page).await;
            let shown = owner.get(&format!("{path}?sort=")).await.expect(200);
            assert!(shown.body.contains("id=\"list-menus\""), "{path}");
            found.insert(code);
        }
        let known: BTreeSet<String> = all().iter().map(|list| list.code.to_owned()).collect();
        assert_eq!(
            found, known,
            "lists that the router shows, lists of which views are kept"
        );
    });
}

/// Looks at everything that the list at `path` can do; its name.
async fn lists_well(program: &Program<'_>, path: &str, page: &Value) -> String {
    let list = &page["list"];
    let code = list["code"].as_str().unwrap_or(path).to_owned();
    assert_eq!(list["path"], path);
    let sorts = list["sorts"].as_object().unwrap();
    assert!(!sorts.is_empty(), "{path} sorts by nothing");
    for sort in sorts.values() {
        let url = sort["url"].as_str().unwrap();
        program.get(url).await.expect(200);
    }
    let tabs = list["tab_urls"].as_object().unwrap();
    let narrows = list["filters"].as_array().unwrap().len() + tabs.len();
    assert!(
        narrows > 0 || list["search"].is_object(),
        "{path} narrows by nothing"
    );
    program.get(&format!("{path}?colour=red")).await.expect(422);
    let pages = page.as_object().unwrap().contains_key("next_cursor");
    assert_eq!(pages, !WHOLE.contains(&path), "{path} by cursor");
    for file in list["exports"].as_array().unwrap() {
        let answer = program.get(file["url"].as_str().unwrap()).await.expect(200);
        assert!(
            answer.header("content-disposition").contains(&code),
            "{path}"
        );
        if file["format"] == "csv" {
            let formula = ["\n=", ",=", ",\"="];
            let runs = formula.iter().any(|begins| answer.body.contains(begins));
            assert!(!runs, "{path}: {}", answer.body);
        }
    }
    assert_eq!(list["exports"].as_array().unwrap().len(), 2, "{path}");
    let first = sorts.keys().next().unwrap();
    let view = json!({ "list": code, "name": "mine", "query": format!("sort={first}") });
    program
        .send("POST", "/admin/views", Some(view))
        .await
        .expect(201);
    code
}

/// The lists of the desk find what they are asked for and nothing else.
#[test]
fn lists_of_the_desk_are_narrowed() {
    testkit::run(async |world| {
        let desk = busier(world).await;
        let program = desk.program(Role::Owner).await;
        for (query, expected) in [
            ("payment-cases?q=0912", 1),
            ("payment-cases?q=nobody", 0),
            ("payment-cases?why=limit_reached", 1),
            ("payment-cases?why=expired_card", 0),
            ("payment-cases?tab=lost", 0),
            ("order-drafts?q=%E6%9E%97%E7%BE%8E", 3),
            ("order-drafts?q=MEI%40shop", 3),
            ("order-drafts?q=address", 0),
            ("order-drafts?tab=discarded", 0),
            ("products/bulk/edits?kind=price", 3),
            ("products/bulk/edits?kind=state", 0),
            ("products/bulk/edits?state=applying&kind=price", 3),
            ("delays/announcements?to=2020-01-01", 0),
            ("delays/announcements?from=2020-01-01", 3),
            ("messages?kind=payment_failed", 1),
            ("messages?kind=account_link", 0),
            ("messages?tab=failed", 0),
            ("audit?who=nobody", 0),
            // Three announcements, of which each moves six orders.
            ("audit?what=delays", 21),
            ("collections?q=nothing+like+it", 0),
            ("collections?tab=archived", 0),
            ("staff?q=nobody", 0),
            ("message-templates?words=own", 0),
        ] {
            let page = program.get(&format!("/admin/{query}")).await.expect(200);
            let items = page.json()["items"].as_array().unwrap().len();
            assert_eq!(items, expected, "{query}");
        }
    });
}

/// A2, A4: an order, a filter or a cursor that a list does not have is refused by name, never ignored.
#[test]
fn what_a_list_does_not_know_is_refused() {
    testkit::run(async |world| {
        let desk = busy(world).await;
        let program = desk.program(Role::Owner).await;
        let first = program.get("/admin/orders.json?limit=1").await.json();
        let cursor = first["next_cursor"].as_str().unwrap();
        for (path, field) in [
            ("/admin/orders.json?sort=phone".to_owned(), "/sort"),
            ("/admin/orders.json?colour=red".to_owned(), "/colour"),
            ("/admin/orders.json?from=soon".to_owned(), "/from"),
            (
                "/admin/inventory.json?location=shelf".to_owned(),
                "/location",
            ),
            (
                format!("/admin/orders.json?sort=total&after={cursor}"),
                "/after",
            ),
            (format!("/admin/products.json?after={cursor}"), "/after"),
        ] {
            let refused = program.get(&path).await.expect(422).json();
            assert_eq!(refused["errors"][0]["pointer"], field, "{path}");
        }
    });
}

/// Filters narrow orders by how they are paid, by day and by source, together with a search.
#[test]
fn orders_are_narrowed() {
    testkit::run(async |world| {
        let desk = busy(world).await;
        let program = desk.program(Role::Owner).await;
        let found = async |query: &str| {
            let path = format!("/admin/orders.json?{query}");
            program.get(&path).await.expect(200).json()["items"]
                .as_array()
                .unwrap()
                .len()
        };
        assert_eq!(found("payment_method=cash_on_delivery").await, 4);
        assert_eq!(found("payment_method=cash_on_delivery&q=ann").await, 1);
        assert_eq!(found("payment_state=paid").await, 2);
        assert_eq!(found("payment_state=paid&q=ann").await, 0);
        assert_eq!(found("source=unknown").await, 6);
        assert_eq!(found("source=ad").await, 0);
        assert_eq!(found("from=2020-01-01&to=2020-01-02").await, 0);
        let today = desk.ctx.now().in_zone(desk.ctx.zone()).date();
        assert_eq!(
            found(&format!("from={today}&to={today}&sort=-total")).await,
            6
        );
        assert_eq!(found("q=0912&sort=total&limit=4").await, 4);
    });
}

/// A question is found by name, address, words and order number; a wildcard is a letter.
#[test]
fn questions_are_found() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        asks(&desk, "陳美", "還有 100% 純棉的嗎？").await;
        asks(&desk, "Ann", "Is it gone?").await;
        let program = desk.program(Role::Service).await;
        for (q, expected) in [
            ("美", 1),
            ("ANN", 1),
            ("純棉", 1),
            ("mei%2BSHOP", 2),
            ("20260302-", 2),
            ("0%25", 1),
            ("%25", 1),
            ("_", 0),
            ("nobody", 0),
        ] {
            let path = format!("/admin/inquiries.json?q={q}");
            let page = program.get(&path).await.expect(200).json();
            assert_eq!(page["items"].as_array().unwrap().len(), expected, "{q}");
        }
    });
}

/// A17: a file has the headings of its reader's language, every row that the filters find, and no formula.
#[test]
fn a_list_leaves_as_a_file() {
    testkit::run(async |world| {
        let desk = busy(world).await;
        let person = desk.staff(Role::Owner).await;
        let file = person
            .get("/admin/orders/export?format=csv")
            .await
            .expect(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        let day = desk.ctx.now().in_zone(desk.ctx.zone()).date();
        let name = format!("attachment; filename=\"orders-{day}.csv\"");
        assert_eq!(file.header("content-disposition"), name);
        assert!(file.body.starts_with('\u{feff}'), "{}", file.body);
        let lines: Vec<&str> = file.body.lines().collect();
        assert_eq!(lines.len(), 7, "{}", file.body);
        assert!(lines[0].contains("訂單編號,下單時間,"), "{}", lines[0]);
        assert!(file.body.contains(",'=HYPERLINK(1),"), "{}", file.body);
        assert!(file.body.contains(",1160.00,TWD,") || file.body.contains(",1260.00,TWD,"));
        let one = person.get("/admin/orders/export?q=ann").await.expect(200);
        assert_eq!(one.body.lines().count(), 2);
        let sheet = person
            .get("/admin/orders/export?format=xlsx")
            .await
            .expect(200);
        assert!(sheet.body.starts_with("PK"));
        for (list, _) in LISTS {
            let (path, query) = list.split_once('?').unwrap_or((list, ""));
            for format in ["csv", "xlsx"] {
                let path = format!("/admin/{path}/export?format={format}&{query}");
                let file = person.get(&path).await.expect(200);
                assert!(
                    file.header("content-disposition").contains("attachment"),
                    "{path}"
                );
            }
        }
        let keys = desk
            .program(Role::Owner)
            .await
            .get("/admin/keys/export")
            .await
            .expect(200);
        assert!(keys.body.contains("scanner"), "{}", keys.body);
    });
}

/// A1, A2: a view is kept by the list's own words, seen by those who may see the list, changed by whoever made it.
#[test]
fn views_are_kept() {
    testkit::run(async |world| {
        let desk = busy(world).await;
        let owner = desk.staff(Role::Owner).await;
        let packer = desk.staff(Role::Warehouse).await;
        let form = [
            ("list", "orders"),
            ("name", "貨到付款"),
            (
                "query",
                "payment_method=cash_on_delivery&sort=-total&after=x",
            ),
            ("opens", "on"),
        ];
        let kept = owner.post("/admin/views", &form).await;
        let view = "/admin/orders?payment_method=cash_on_delivery&sort=-total";
        assert_eq!(kept.location(), view);
        assert_eq!(owner.get("/admin/orders").await.location(), view);
        owner
            .get(view)
            .await
            .expect(200)
            .says(&["貨到付款", "aria-sort=\"descending\""]);
        let theirs = packer.get("/admin/orders").await.expect(200);
        assert!(!theirs.body.contains("貨到付款</a>"));

        let mine = desk
            .program(Role::Owner)
            .await
            .get("/admin/orders.json")
            .await
            .json();
        let again = [
            ("list", "orders"),
            ("name", "貨到付款"),
            ("query", "tab=all"),
        ];
        owner.post("/admin/views", &again).await.location();
        assert_eq!(
            owner.get("/admin/orders").await.location(),
            "/admin/orders?tab=all"
        );
        let theirs = mine["list"]["views"].as_array().unwrap();
        assert!(theirs.is_empty(), "private views are not shown");
    });
}

/// A1, A2: a shared view is for everybody who may see the list; it is changed by nobody else, and views of lists that
/// somebody may not see, or that a list does not understand, are not kept.
#[test]
fn shared_views_stay_with_whoever_made_them() {
    testkit::run(async |world| {
        let desk = busy(world).await;
        let owner = desk.staff(Role::Owner).await;
        let packer = desk.staff(Role::Warehouse).await;
        let shared = [
            ("list", "orders"),
            ("name", "大家"),
            ("query", "tab=unpaid"),
            ("shared", "on"),
        ];
        owner.post("/admin/views", &shared).await.location();
        packer
            .get("/admin/orders")
            .await
            .expect(200)
            .says(&["大家"]);

        let program = desk.program(Role::Warehouse).await;
        let list = program.get("/admin/orders.json").await.expect(200).json();
        let view = &list["list"]["views"][0];
        assert_eq!(
            (&view["mine"], &view["shared"]),
            (&json!(false), &json!(true))
        );
        let path = format!("/admin/views/{}", view["id"].as_str().unwrap());
        program
            .send("DELETE", &path, Some(json!({})))
            .await
            .expect(404);
        program
            .send("PUT", &format!("{path}/opening"), Some(json!({})))
            .await
            .expect(200);
        program
            .send("DELETE", &format!("{path}/opening"), Some(json!({})))
            .await
            .expect(200);
        for (list, name, query, field) in [
            ("bank-receipts", "x", "", "/list"),
            ("nothing", "x", "", "/list"),
            ("orders", " ", "", "/name"),
            ("orders", "x", "colour=red", "/colour"),
        ] {
            let body = json!({ "list": list, "name": name, "query": query });
            let refused = program
                .send("POST", "/admin/views", Some(body))
                .await
                .expect(422);
            assert_eq!(
                refused.json()["errors"][0]["pointer"],
                field,
                "{list} {query}"
            );
        }
    });
}
