//! The sale against a small shop that keeps the outside contract, and against one that oversells.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
    routing::{get, post, put},
};
use serde_json::{Value, json};

use super::*;

/// What the shop knows.
#[derive(Default)]
struct Books {
    available: i64,
    oversells: bool,
    carts: HashMap<String, Vec<String>>,
    ready: HashMap<String, bool>,
    keys: HashMap<String, String>,
}

type Shop = State<Arc<Mutex<Books>>>;

fn token(headers: &HeaderMap) -> String {
    let token = headers.get("cart-token").and_then(|t| t.to_str().ok());
    token.unwrap_or_default().to_owned()
}

async fn add(State(books): Shop, headers: HeaderMap, Json(line): Json<Value>) -> Response {
    let mut books = books.lock().unwrap();
    let known = token(&headers);
    let token = if known.is_empty() {
        format!("cart-{}", books.carts.len())
    } else {
        known
    };
    let variant = line["variant_id"].as_str().unwrap().to_owned();
    books.carts.entry(token.clone()).or_default().push(variant);
    (
        StatusCode::CREATED,
        [("cart-token", token)],
        Json(json!({})),
    )
        .into_response()
}

async fn check_out(State(books): Shop, headers: HeaderMap, Json(form): Json<Value>) -> StatusCode {
    let whole = ["email", "phone", "payment_method"]
        .iter()
        .all(|f| form[f].is_string())
        && [
            "name",
            "phone",
            "country",
            "postal_code",
            "region",
            "city",
            "line1",
        ]
        .iter()
        .all(|f| form["shipping_address"][f].is_string());
    let mut books = books.lock().unwrap();
    let token = token(&headers);
    if !whole || !books.carts.contains_key(&token) {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    books.ready.insert(token, true);
    StatusCode::OK
}

async fn complete(State(books): Shop, headers: HeaderMap) -> StatusCode {
    let mut books = books.lock().unwrap();
    let (token, key) = (
        token(&headers),
        headers["idempotency-key"].to_str().unwrap(),
    );
    if books.keys.insert(key.to_owned(), token.clone()).is_some()
        || !books.ready.contains_key(&token)
    {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    let units = i64::try_from(books.carts[&token].len()).unwrap();
    if books.available < units && !books.oversells {
        return StatusCode::CONFLICT;
    }
    books.available -= units;
    StatusCode::CREATED
}

async fn stock(State(books): Shop, headers: HeaderMap, Path(file): Path<String>) -> Response {
    if headers["authorization"] != "Bearer secret" || file != "variant_1.json" {
        return StatusCode::NOT_FOUND.into_response();
    }
    Json(json!({"available": books.lock().unwrap().available})).into_response()
}

async fn adjust(State(books): Shop, Json(form): Json<Value>) -> StatusCode {
    books.lock().unwrap().available += form["quantity_delta"].as_i64().unwrap();
    StatusCode::CREATED
}

async fn list(RawQuery(query): RawQuery) -> Json<Value> {
    let item = |n: i64| json!({"handle": format!("tea-{n}"), "title": format!("茶 {n}")});
    Json(match query.filter(|q| q.contains("after=two")) {
        None => json!({"items": [item(1), item(2)], "next_cursor": "two"}),
        Some(_) => json!({"items": [item(3)], "next_cursor": null}),
    })
}

async fn product() -> Json<Value> {
    Json(json!({"variants": [{"id": "variant_1"}, {"id": "variant_2"}]}))
}

/// Serves the shop for as long as the runtime lives.
fn serve(books: Books) -> (tokio::runtime::Runtime, SocketAddr) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = Router::new()
        .route(
            "/",
            get(async || Html("<a href='/collections/tea?x'>tea</a>")),
        )
        .route("/collections/{file}", get(list))
        .route("/products/{file}", get(product))
        .route("/cart/lines", post(add))
        .route("/checkout", put(check_out))
        .route("/checkout/complete", post(complete))
        .route("/admin/inventory/variants/{file}", get(stock))
        .route("/admin/inventory/adjustments", post(adjust))
        .with_state(Arc::new(Mutex::new(books)));
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async { axum::serve(listener, app).await });
    (runtime, address)
}

fn sale(books: Books) -> Sale {
    let (_runtime, address) = serve(books);
    let mut office = Client::to(address, Some("secret".into())).unwrap();
    let variant = Variant {
        id: "variant_1".into(),
        product: "tea-1".into(),
    };
    hold(address, &mut office, &variant, PaymentMethod::Card).unwrap()
}

/// S5: an honest shop sells exactly what it has, and everybody is answered.
#[test]
fn an_honest_sale_is_found_right() {
    let sale = sale(Books {
        available: 7,
        ..Books::default()
    });
    assert_eq!(sale.wrongs(), [""; 0]);
    assert_eq!(sale.outcome.statuses[&409], SHOPPERS - 100);
}

/// S5: a shop that oversells is found out.
#[test]
fn overselling_is_found() {
    let sale = sale(Books {
        oversells: true,
        ..Books::default()
    });
    assert_eq!(
        sale.wrongs(),
        ["sold 400 of 100 units", "-300 units are left on the shelf"]
    );
}

/// The shop is explored as far as benchmarks need it.
#[test]
fn the_shop_is_explored() {
    let (_runtime, address) = serve(Books::default());
    let mut client = Client::to(address, None).unwrap();
    let tea = client.largest_collection().unwrap();
    assert_eq!(tea.handle, "tea");
    assert_eq!(tea.products, ["tea-1", "tea-2", "tea-3"]);
    assert_eq!((tea.titles.len(), tea.cursors), (3, vec!["two".to_owned()]));
    let ids: Vec<_> = client
        .variants(&tea.products, 3)
        .unwrap()
        .into_iter()
        .map(|v| v.id)
        .collect();
    assert_eq!(ids, ["variant_1", "variant_2", "variant_1"]);
    assert_eq!(client.get_status("/nowhere").unwrap(), 404);
}
