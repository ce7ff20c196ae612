//! Who may do what: every route, every role.

use axum::http::StatusCode;
use kernel::{Permission, Role};
use serde_json::json;

use crate::desk::Desk;

/// A path with something plausible in place of each parameter.
fn filled(path: &str) -> String {
    let id = "01kan5mmxjgmpd024mn8t6f8df";
    let part = |part: &str| match part {
        "{id}" if path.starts_with("/admin/orders") => format!("order_{id}"),
        "{id}" if path.starts_with("/admin/bank-receipts") => format!("receipt_{id}"),
        "{id}" if path.starts_with("/admin/inquiries") => format!("inquiry_{id}"),
        "{id}" if path.starts_with("/admin/products/bulk") => format!("bulkedit_{id}"),
        "{id}" if path.starts_with("/admin/collections") => format!("collection_{id}"),
        "{id}" if path.starts_with("/admin/pages") => format!("page_{id}"),
        "{id}" if path.starts_with("/admin/warehouses") => format!("location_{id}"),
        "{id}" if path.starts_with("/admin/transfers") => format!("stocktransfer_{id}"),
        "{product_id}" => format!("product_{id}"),
        "{part_id}" => format!("variant_{id}"),
        "{id}" if path.starts_with("/admin/products") => format!("product_{id}"),
        "{id}" if path.starts_with("/admin/staff") => format!("staff_{id}"),
        "{id}" if path.starts_with("/admin/keys") => format!("key_{id}"),
        "{id}" if path.starts_with("/admin/jobs") => format!("job_{id}"),
        "{id}" => format!("variant_{id}"),
        "{parcel_id}" => format!("parcel_{id}"),
        "{refund_id}" => format!("refund_{id}"),
        "{picture_id}" => format!("media_{id}"),
        "{block}" => "b1".to_owned(),
        "{revision}" => "1".to_owned(),
        "{option}" => "0".to_owned(),
        "{token}" => "no-such-token".to_owned(),
        "{kind}" => "order_shipped".to_owned(),
        "{page}" => "orders".to_owned(),
        "{language}" => "en".to_owned(),
        "{file}" => "home.webp".to_owned(),
        "{theme}" => "default".to_owned(),
        plain => {
            assert!(!plain.contains('{'), "{path}");
            plain.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A2, A3: nobody reaches anything in the back office without a session or a key, except its doors.
#[test]
fn every_route_is_closed_to_strangers() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (stranger, program) = (desk.stranger(), desk.nobody());
        let mut open = Vec::new();
        let mut closed = 0;
        for route in desk.routes() {
            let path = filled(route.path);
            if route.permission == Permission::Public {
                open.push(format!("{} {}", route.method, route.path));
                continue;
            }
            let body = (route.method != axum::http::Method::GET).then(|| json!({}));
            let answer = program.send(route.method.as_str(), &path, body).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{} {path}: {}",
                route.method,
                answer.body
            );
            if route.method == axum::http::Method::GET {
                let door = stranger.get(&path).await;
                assert!(
                    door.location().starts_with("/admin/sign-in?next=%2Fadmin"),
                    "{path} {}",
                    door.location()
                );
            }
            closed += 1;
        }
        assert!(closed > 50, "{closed}");
        let doors = [
            "GET /healthz",
            "GET /readyz",
            "GET /metrics",
            "GET /openapi.json",
            "GET /admin/sign-in",
            "POST /admin/sign-in",
            "POST /admin/sign-out",
            "GET /admin/invitations/{token}",
            "POST /admin/invitations/{token}",
            "GET /admin/sign-in/code",
            "POST /admin/sign-in/code",
        ];
        assert_eq!(open, doors);
    });
}

/// PLT-08, A4: each role gets through exactly the doors of its permissions, as a person and as a program.
#[test]
fn every_role_does_its_own_work() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        for role in Role::ALL {
            let (person, program) = (desk.staff(role).await, desk.program(role).await);
            for route in desk
                .routes()
                .into_iter()
                .filter(|r| r.permission != Permission::Public)
            {
                let path = filled(route.path);
                let allowed = role.permissions().allows(route.permission);
                let body = (route.method != axum::http::Method::GET)
                    .then(|| json!({ "no_such_field": 1 }));
                let answer = program.send(route.method.as_str(), &path, body).await;
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(
                    refused, !allowed,
                    "{role} {} {path}: {} {}",
                    route.method, answer.status, answer.body
                );
                assert!(
                    !answer.status.is_server_error(),
                    "{role} {} {path}: {}",
                    route.method,
                    answer.body
                );
                if route.method == axum::http::Method::GET {
                    let page = person.get(&path).await;
                    assert_eq!(
                        page.status == StatusCode::FORBIDDEN,
                        !allowed,
                        "{role} {path}: {}",
                        page.status
                    );
                    assert!(
                        !page.status.is_server_error(),
                        "{role} {path}: {}",
                        page.body
                    );
                }
            }
        }
    });
}

/// A4: parts of a page that need another permission are not in the answer of those who lack it.
#[test]
fn answers_hold_only_what_the_role_may_see() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.paid(desk.small, 1).await;
        let warehouse = desk.program(Role::Warehouse).await;
        let order = warehouse
            .get(&format!("/admin/orders/{id}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(order["figures_visible"], false);
        for part in ["attempts", "refunds", "journal", "receipt_candidates"] {
            assert_eq!(order[part], json!([]), "{part}");
        }
        assert_eq!(order["customer"]["paid_total"], json!(null));
        let home = warehouse.get("/admin.json").await.expect(200).json();
        for part in ["today", "yesterday", "suspense", "jobs"] {
            assert_eq!(home[part], json!(null), "{part}");
        }
        assert_eq!(
            (&home["to_ship"]["orders"], &home["days"]),
            (&json!(1), &json!([]))
        );
        let tea = format!("/admin/products/{}.json", desk.tea);
        assert_eq!(
            warehouse.get(&tea).await.json()["variants"][0]["cost"],
            json!(null)
        );
        let owner = desk.program(Role::Owner).await;
        let whole = owner
            .get(&format!("/admin/orders/{id}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(whole["attempts"][0]["state"], "succeeded");
        assert_eq!(whole["journal"][0]["entry"], "capture");
    });
}

/// A4: a form that carries a field it does not have is refused as a whole.
#[test]
fn unknown_fields_are_refused() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.program(Role::Owner).await;
        let body = json!({ "variant_id": desk.small, "quantity_delta": 5, "reason": "received", "on_hand": 99 });
        let refused = owner
            .send("POST", "/admin/inventory/adjustments", Some(body))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/on_hand");
        let item = owner
            .get(&format!("/admin/inventory/variants/{}.json", desk.small))
            .await
            .json();
        assert_eq!(item["on_hand"], 10);
    });
}
