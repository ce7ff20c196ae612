//! Requests that end in another way than with an answer: the handler panics, or whoever asked hangs up.
#![expect(clippy::unwrap_used, reason = "helpers of a test speak by failing")]

use std::{future::Future, pin::pin, sync::Arc, task::Poll};

use axum::body::Body;
use http::{Request, StatusCode, header};
use kernel::Permission;
use minijinja::Value;
use platform::{
    Ctx,
    web::{self, Done, Face, FaceFuture, Incoming, Problem, Routes, Templates, Web, WebConfig},
    words::Words,
};
use testkit::World;
use tower::ServiceExt;

struct House;

impl Face for House {
    fn surroundings<'a>(
        &'a self,
        _: &'a Ctx,
        _: &'a Incoming,
    ) -> FaceFuture<'a, Vec<(&'static str, Value)>> {
        Box::pin(async { Vec::new() })
    }

    fn shop(&self, _: &Ctx) -> Value {
        Value::from(())
    }

    fn error_template(&self) -> &'static str {
        "error.html"
    }
}

type Told = Result<Done<serde_json::Value>, Problem>;

async fn breaks(_: Arc<House>, _: Ctx, (): ()) -> Told {
    panic!("on purpose")
}

async fn waits(_: Arc<House>, _: Ctx, (): ()) -> Told {
    std::future::pending().await
}

async fn works(_: Arc<House>, _: Ctx, (): ()) -> Told {
    Ok(Done::new(serde_json::json!({ "works": true }), "/"))
}

fn router(world: &World) -> axum::Router {
    let words = Arc::new(Words::load().unwrap());
    let pages = [("error.html".to_owned(), "{{ detail }}".to_owned())];
    let templates = Templates::compile(pages, Arc::clone(&words), jiff::tz::TimeZone::UTC).unwrap();
    let web = Arc::new(Web::new(
        world.ctx.clone(),
        templates,
        words,
        WebConfig::default(),
    ));
    let routes = Routes::new(Arc::new(House))
        .get("/breaks", Permission::Public, "Panics.", breaks)
        .get("/waits", Permission::Public, "Never ends.", waits)
        .get("/works", Permission::Public, "Answers.", works);
    web::app::router(&web, routes.finish(), Arc::new(House))
}

fn ask(path: &str) -> Request<Body> {
    let request = Request::get(path).header(header::ACCEPT, "application/json");
    request.body(Body::empty()).unwrap()
}

async fn answer(router: &axum::Router, path: &str) -> (StatusCode, String) {
    let response = router.clone().oneshot(ask(path)).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    (status, String::from_utf8(bytes.unwrap().to_vec()).unwrap())
}

/// D7: however many hang up before they are answered, and however many handlers panic, none of them keeps a place among
/// the requests under way. A20: a panic is told as a failure, without its words.
#[test]
fn what_breaks_off_keeps_no_place() {
    testkit::run(async |world| {
        let router = router(world);
        for _ in 0..1_100 {
            let mut asking = pin!(router.clone().oneshot(ask("/waits")));
            let waiting =
                std::future::poll_fn(|cx| Poll::Ready(asking.as_mut().poll(cx).is_pending()));
            assert!(waiting.await, "it hangs up before the answer");
        }
        for _ in 0..1_100 {
            let (status, told) = answer(&router, "/breaks").await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(
                told.contains("internal") && !told.contains("on purpose"),
                "{told}"
            );
        }
        assert_eq!(answer(&router, "/works").await.0, StatusCode::OK);
    });
}
