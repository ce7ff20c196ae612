//! What machines ask.

use axum::{body::Body, extract::Request};
use kernel::Role;
use platform::web::app;

use crate::desk::{Answer, Desk};

async fn ask(desk: &Desk, path: &str, source: [u8; 4], headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path).header("host", "shop.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.ask(request.body(Body::empty()).unwrap(), source).await
}

/// The program says that it lives and that it can serve.
#[test]
fn the_program_says_how_it_is() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        assert_eq!(
            ask(&desk, "/healthz", [203, 0, 113, 1], &[])
                .await
                .expect(200)
                .body,
            "ok\n"
        );
        assert_eq!(
            ask(&desk, "/readyz", [203, 0, 113, 1], &[])
                .await
                .expect(200)
                .body,
            "ready\n"
        );
    });
}

/// A2: figures are for a monitor on this machine or a key that may see figures; for everybody else there is nothing.
#[test]
fn metrics_are_not_for_everybody() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        platform::telemetry::collect_metrics();
        let here = [127, 0, 0, 1];
        ask(&desk, "/healthz", here, &[]).await.expect(200);
        ask(&desk, "/metrics", here, &[])
            .await
            .expect(200)
            .says(&["http_requests_total"]);
        ask(&desk, "/metrics", [203, 0, 113, 1], &[])
            .await
            .expect(404);
        ask(
            &desk,
            "/metrics",
            here,
            &[("x-forwarded-for", "203.0.113.1")],
        )
        .await
        .expect(404);
        desk.program(Role::Members)
            .await
            .get("/metrics")
            .await
            .expect(200);
        desk.program(Role::Warehouse)
            .await
            .get("/metrics")
            .await
            .expect(404);
        let owner = desk.staff(Role::Owner).await;
        owner.get("/metrics").await.expect(404);
    });
}

/// PLT: the document names every route of the back office, and every request it describes is one of them.
#[test]
fn the_document_is_complete() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        ask(&desk, "/openapi.json", [203, 0, 113, 1], &[])
            .await
            .expect(404);
        let routes = desk.routes();
        desk.face.publish_openapi(&app::openapi(&routes));
        let document = ask(&desk, "/openapi.json", [203, 0, 113, 1], &[])
            .await
            .expect(200)
            .json();
        for route in &routes {
            let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
            assert_eq!(operation["summary"], route.summary, "{}", route.path);
            assert_eq!(operation["x-permission"], route.permission.code());
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for name in [
            "AdminOrder",
            "StockItem",
            "AdjustStock",
            "SendParcel",
            "NewRefund",
        ] {
            assert!(schemas.contains_key(name), "{name} in {:?}", schemas.keys());
        }
    });
}

/// A20: an answer that failed tells nothing of the inside, and carries the headers that every answer has.
#[test]
fn problems_tell_nothing_of_the_inside() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let missing = owner
            .get("/admin/orders/order_01kan5mmxjgmpd024mn8t6f8df")
            .await
            .expect(404);
        for header in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
        ] {
            assert!(!missing.header(header).is_empty(), "{header}");
        }
        assert!(
            !missing.body.contains("SELECT") && !missing.body.contains("crates/"),
            "{}",
            missing.body
        );
        let malformed = owner.get("/admin/orders/order_nonsense").await.expect(404);
        // Beside the request's number, the page names its own address in the menu of languages.
        let shape = |body: &str| {
            let body = body.split("<code>").next().unwrap().to_owned();
            body.replace("order_nonsense", "order_01kan5mmxjgmpd024mn8t6f8df")
        };
        assert_eq!(
            shape(&malformed.body),
            shape(&missing.body),
            "a malformed id is a missing thing"
        );
    });
}
