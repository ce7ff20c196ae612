//! What the shop decides about people's data and its letters, and that it counts.

use std::time::Duration;

use kernel::Role;
use operations::background;
use platform::{DbError, jobs};
use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD, wrong_fields};

fn decided() -> Value {
    json!({
        "ask_consent": "always", "staff_days": 2, "customer_days": 7, "sign_in_days": 3, "cart_days": 5,
        "letter_days": 30, "work_days": 4, "provider_days": 120, "books_years": 7,
    })
}

async fn count(desk: &Desk, sql: &'static str) -> i64 {
    let read = desk
        .ctx
        .read(async move |rx, _| rx.scalar::<i64>(sql, &[]).await);
    let counted: Result<i64, DbError> = read.await;
    counted.unwrap()
}

/// GOV-10: what is older than the shop keeps it goes with the daily run, and what is younger stays; figures out of their
/// range are named, and nothing is changed by them.
#[test]
fn data_goes_when_its_time_is_over() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let at = "/admin/settings/privacy";
        let mut wrong = decided();
        wrong["staff_days"] = json!(91);
        wrong["provider_days"] = json!(30);
        let refused = program
            .send("PUT", at, Some(wrong))
            .await
            .expect(422)
            .json();
        assert_eq!(wrong_fields(&refused), ["/staff_days", "/provider_days"]);
        program.send("PUT", at, Some(decided())).await.expect(200);
        let page = program.get(&format!("{at}.json")).await.json();
        assert_eq!(
            (
                &page["ask_consent"],
                &page["kept"]["cart_days"],
                &page["books_until"]
            ),
            (&json!("always"), &json!(5), &json!("2033-12-31"))
        );

        leaves_traces(&desk).await;
        assert_eq!(left(&desk).await, [1, 1, 2]);
        // After each of these days: the guest's cart, what the order's letter said, counts of tries.
        for (days, still) in [(2, [1, 1, 2]), (4, [0, 1, 0]), (30, [0, 0, 0])] {
            world.pass(Duration::from_secs(days * 86_400));
            jobs::tick(&desk.ctx, background::SCHEDULES).await.unwrap();
            desk.work().await;
            assert_eq!(left(&desk).await, still, "after {days} more days");
        }
        let letters = "SELECT COUNT(*) FROM messages WHERE kind = 'order_confirmation'";
        assert_eq!(count(&desk, letters).await, 1, "that it was sent stays");
    });
}

/// A guest's cart, an order with its letter, a try at a password.
async fn leaves_traces(desk: &Desk) {
    let one = kernel::Quantity::new(1).unwrap();
    operations::flows::cart::add(&desk.ctx, None, desk.cup, one)
        .await
        .unwrap();
    desk.buys(desk.small, 1, orders::PaymentMethod::CashOnDelivery)
        .await;
    desk.stranger()
        .signs_in("nobody@shop.test", "no")
        .await
        .expect(422);
    jobs::tick(&desk.ctx, background::SCHEDULES).await.unwrap();
    desk.work().await;
}

/// How much of these traces is there.
async fn left(desk: &Desk) -> [i64; 3] {
    [
        count(desk, "SELECT COUNT(*) FROM carts WHERE state = 'open'").await,
        count(
            desk,
            "SELECT COUNT(*) FROM messages WHERE kind = 'order_confirmation' AND context <> '{}'",
        )
        .await,
        count(desk, "SELECT COUNT(*) FROM sign_in_tries").await,
    ]
}

/// PLT-08: how long staff stay signed in is the shop's own decision, and counts from the next sign-in.
#[test]
fn sessions_end_when_the_shop_says() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        program
            .send("PUT", "/admin/settings/privacy", Some(decided()))
            .await
            .expect(200);
        desk.account(Role::Owner, "owner@tea.test").await;
        let person = desk.stranger();
        person.signs_in("owner@tea.test", PASSWORD).await.location();
        world.pass(Duration::from_secs(86_400));
        person.get("/admin/settings").await.expect(200);
        world.pass(Duration::from_secs(86_401));
        let out = person.get("/admin/settings").await;
        assert!(out.location().starts_with("/admin/sign-in"), "{out:?}");
    });
}

/// CHK-26, PLT-08: letters come from the name and address that the shop chose, answers go where it said, its line stands
/// at the end; an example shows it before a customer does.
#[test]
fn letters_come_from_whom_the_shop_says() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/settings/letters";
        let wrong = [("address", "nobody"), ("footer[en]", "Half-Day Tea Ltd")];
        owner
            .post(&format!("{at}?_method=PUT"), &wrong)
            .await
            .expect(422)
            .says(&["nobody", "Half-Day Tea Ltd"]);
        let good = [
            ("name[zh-Hant]", "Half-Day Care"),
            ("address", "care@tea.test"),
            ("reply_to", "answers@tea.test"),
            ("footer[zh-Hant]", "Half-Day Tea Ltd 12345675"),
        ];
        owner
            .post(&format!("{at}?_method=PUT"), &good)
            .await
            .location();
        owner.get(at).await.expect(200).says(&[
            "care@tea.test",
            "Half-Day Tea Ltd 12345675",
            "owner 一號",
        ]);
        let test = format!("{at}/test");
        owner.post(&test, &[("to", "me@tea.test")]).await.location();
        owner.post(&test, &[("to", "nowhere")]).await.expect(422);
        desk.work().await;
        let letters = desk.letters();
        assert_eq!(letters.len(), 1);
        for said in [
            "care@tea.test",
            "Half-Day Care",
            "Reply-To: answers@tea.test",
            "To: me@tea.test",
        ] {
            assert!(letters[0].contains(said), "{said}: {}", letters[0]);
        }
        let line = "SELECT COUNT(*) FROM messages WHERE context LIKE '%Half-Day Tea Ltd 12345675%'";
        assert_eq!(count(&desk, line).await, 1);
    });
}
