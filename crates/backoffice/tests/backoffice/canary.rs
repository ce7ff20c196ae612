//! A card number that somebody types where none belongs is nowhere afterwards (P12).

use kernel::Role;
use serde_json::{Value, json};

use crate::{
    cases,
    desk::{Desk, Program},
    lists, order_drafts,
};

/// What people paste: as it stands on the card, with a date and what is on the back.
const TYPED: &str = "卡號 4242-4242-4242-4242 12/27";
/// What must not stay of it.
const CANARIES: [&str; 2] = ["4242-4242", "42424242"];

/// The addresses at which people of the shop write freely, each with what they send.
async fn free_words(desk: &Desk, program: &Program<'_>) -> Vec<(&'static str, String, Value)> {
    let order = desk.paid(desk.small, 1).await;
    let (_, case) = cases::refused(desk).await;
    lists::asks(desk, "Ann", "hello").await;
    // The list of customers follows the events.
    operations::followers::consumers()
        .drain(&desk.ctx)
        .await
        .unwrap();
    let first = async |list: &str| {
        let page = program.get(&format!("/admin/{list}.json")).await.json();
        page["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let customer = first("customers").await;
    let inquiry = first("inquiries").await;
    let made = program
        .send("POST", "/admin/order-drafts", Some(json!({})))
        .await
        .json();
    let draft = made["id"].as_str().unwrap();
    let words = json!({ "gift_message": TYPED, "note": TYPED });
    let text = json!({ "text": TYPED });
    vec![
        ("POST", format!("/admin/orders/{order}/notes"), text.clone()),
        (
            "POST",
            format!("/admin/payment-cases/{case}/notes"),
            text.clone(),
        ),
        ("POST", format!("/admin/customers/{customer}/notes"), text),
        (
            "POST",
            format!("/admin/inquiries/{inquiry}/answer"),
            json!({ "answer": TYPED }),
        ),
        (
            "PUT",
            format!("/admin/order-drafts/{draft}"),
            order_drafts::filled(&words),
        ),
        (
            "POST",
            "/admin/delays".into(),
            json!({ "ship_on": "2099-01-05", "reason": { "en": TYPED } }),
        ),
        (
            "POST",
            "/admin/products".into(),
            json!({ "title": TYPED, "sku": "CARD", "price": "100" }),
        ),
        (
            "POST",
            "/admin/products/bulk".into(),
            json!({ "all": true, "what": "tag_add", "tag": TYPED }),
        ),
        (
            "POST",
            "/admin/collections".into(),
            json!({ "title": { "zh-Hant": TYPED }, "handle": "cards" }),
        ),
        (
            "POST",
            "/admin/keys".into(),
            json!({ "name": TYPED, "role": "warehouse" }),
        ),
        (
            "POST",
            "/admin/views".into(),
            json!({ "list": "orders", "name": TYPED, "query": "q=4242-4242-4242-4242" }),
        ),
    ]
}

/// P12: a card number that is typed into every field in which people of the shop write freely, and into a search, stands
/// in no answer and in no table afterwards; its last four digits do, so that the words still make sense.
#[test]
fn a_card_number_is_nowhere_afterwards() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        for (method, path, body) in free_words(&desk, &program).await {
            let answer = program.send(method, &path, Some(body)).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.body);
            let said = CANARIES.iter().any(|canary| answer.body.contains(canary));
            assert!(!said, "{path}: {}", answer.body);
        }
        let search = "/admin/orders?q=4242+4242-4242+4242";
        let page = desk.staff(Role::Owner).await.get(search).await.expect(200);
        assert!(page.body.contains("•••• 4242") && !page.body.contains("4242 4242"));
        desk.work().await;
        let found = testkit::rows(&desk.ctx).await.unwrap();
        assert!(found.len() > 100, "nothing was searched");
        let masked = found.iter().filter(|(_, line)| line.contains("•••• 4242"));
        assert!(masked.count() >= 11, "the words stay");
        for (table, line) in found {
            let kept = CANARIES.iter().any(|canary| line.contains(canary));
            assert!(!kept, "{table}: {line}");
        }
    });
}
