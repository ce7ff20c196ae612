//! One person is one customer; a question is kept and counted once.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

use customers::{
    CustomersError, NewCustomer, NewInquiry,
    customer::{self, ImportedCustomer},
    inquiry::{self, Inquiry},
};
use kernel::{Email, Locale, Phone, SessionId, VisitorId, event};
use platform::{DbError, Visit, events};
use proptest::prelude::*;
use testkit::{START, World};

fn new(email: &str, phone: Option<&str>, name: &str) -> NewCustomer {
    NewCustomer {
        email: Email::parse(email).unwrap(),
        phone: phone.map(|p| Phone::parse(p).unwrap()),
        name: name.into(),
        country: Some("TW".into()),
        locale: Locale::Hant,
    }
}

async fn find_or_create(world: &World, new: NewCustomer) -> kernel::CustomerId {
    world
        .ctx
        .write(async move |tx, ctx| customer::find_or_create(tx, ctx, new.clone()).await)
        .await
        .unwrap()
}

async fn how_many(world: &World) -> i64 {
    let n: Result<i64, DbError> = world
        .ctx
        .read(async |rx, _| rx.scalar("SELECT COUNT(*) FROM customers", &[]).await)
        .await;
    n.unwrap()
}

/// C7: letter case, plus-addressing and ordering again do not make a second person.
#[test]
fn one_person_is_one_customer() {
    testkit::run(async |world| {
        let first = find_or_create(world, new("Ming.Li@Example.tw", None, "")).await;
        for spelling in [
            "ming.li@example.tw",
            "MING.LI+tea@example.TW",
            " ming.li+x+y@Example.tw ",
        ] {
            assert_eq!(
                find_or_create(world, new(spelling, Some("0912-345-678"), "李明")).await,
                first
            );
        }
        let kept = world
            .ctx
            .read(async move |rx, _| customer::by_id(rx, first).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (kept.email.as_deref(), kept.phone.as_deref()),
            (Some("Ming.Li@Example.tw"), Some("0912345678"))
        );
        assert_eq!((kept.name.as_str(), kept.created_at), ("李明", START));
    });
}

/// C7: whoever types somebody's address fills gaps, and changes nothing that is known.
#[test]
fn a_stranger_changes_nothing() {
    testkit::run(async |world| {
        let id = find_or_create(world, new("a@example.tw", Some("0911111111"), "王小美")).await;
        find_or_create(
            world,
            new("A@example.tw", Some("0922222222"), "somebody else"),
        )
        .await;
        let kept = world
            .ctx
            .read(async move |rx, _| customer::by_id(rx, id).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (kept.phone.as_deref(), kept.name.as_str()),
            (Some("0911111111"), "王小美")
        );
    });
}

/// C7: 64 orders of one new person at once make one customer.
#[test]
fn a_race_makes_one_customer() {
    testkit::run(async |world| {
        let racing = (0..64).map(|n| {
            let ctx = world.ctx.clone();
            let email = if n % 2 == 0 {
                "race@example.tw".to_owned()
            } else {
                format!("Race+{n}@example.tw")
            };
            tokio::spawn(async move {
                ctx.write(async move |tx, ctx| {
                    customer::find_or_create(tx, ctx, new(&email, None, "賴")).await
                })
                .await
            })
        });
        let mut ids = Vec::new();
        for task in racing.collect::<Vec<_>>() {
            ids.push(task.await.unwrap().unwrap());
        }
        ids.dedup();
        assert_eq!((ids.len(), how_many(world).await), (1, 1));
    });
}

proptest! {
    /// C7: no spelling of an address ever has another identity than its folded form, and an imported key never meets one.
    #[test]
    fn identities_do_not_meet(local in "[a-zA-Z0-9.]{1,12}", tag in "[a-z0-9+]{0,6}", key in "[ -~]{1,20}") {
        let plain = Email::parse(&format!("{local}@example.tw")).unwrap().identity();
        let tagged = Email::parse(&format!("{}+{tag}@EXAMPLE.tw", local.to_uppercase())).unwrap().identity();
        prop_assert_eq!(&plain, &tagged);
        prop_assert_ne!(plain, format!("ref:{key}"));
    }
}

/// An import can be repeated: the same people, the same ids, also when one stands in the rows twice.
#[test]
fn an_import_can_be_repeated() {
    testkit::run(async |world| {
        let row = |n: i32| ImportedCustomer {
            external_ref: format!("uci:{n}"),
            phone: None,
            name: String::new(),
            country: Some("GB".into()),
            locale: Locale::En,
            created_at: START,
        };
        let rows: Vec<_> = (0..1_200).chain([5, 5]).map(row).collect();
        let mut answers = Vec::new();
        for _ in 0..2 {
            let rows = rows.clone();
            answers.push(
                world
                    .ctx
                    .write(async move |tx, _| customer::import(tx, &rows).await)
                    .await
                    .unwrap(),
            );
        }
        assert_eq!(
            (answers[0].len(), &answers[0][5], &answers[0]),
            (1_202, &answers[0][1_200], &answers[1])
        );
        assert_eq!(how_many(world).await, 1_200);
        let some = answers[0][..700].to_vec();
        let found = world
            .ctx
            .read(async move |rx, _| customer::of_ids(rx, &some).await)
            .await
            .unwrap();
        assert_eq!(found.len(), 700);
    });
}

fn question(name: &str, message: &str) -> NewInquiry {
    NewInquiry {
        name: name.into(),
        email: Email::parse("Mei+shop@example.tw").unwrap(),
        message: message.into(),
        order_number: Some(" 20260302-000001\u{7} ".into()),
    }
}

/// A question is kept with its visitor and customer, counts as one inquiry on the stream, and is answered once.
#[test]
fn a_question_is_kept_and_answered_once() {
    testkit::run(async |world| {
        let customer = find_or_create(world, new("mei@example.tw", None, "美")).await;
        let visitor = VisitorId::new();
        let visit = Visit {
            visitor,
            session: SessionId::new(),
            source: "line".into(),
            device: "phone".into(),
        };
        let ctx = world.ctx.during(Some(visit));
        let id = ctx
            .write(async |tx, ctx| {
                inquiry::record(tx, ctx, question("陳美", "還有貨嗎？\r\n謝謝\u{0}")).await
            })
            .await
            .unwrap();
        let open = waiting(world).await;
        assert_eq!(
            (
                open.len(),
                open[0].id,
                open[0].visitor_id,
                open[0].customer_id
            ),
            (1, id, Some(visitor), Some(customer))
        );
        assert_eq!(
            (open[0].message.as_str(), open[0].order_number.as_deref()),
            ("還有貨嗎？\n謝謝", Some("20260302-000001"))
        );
        let timeline = world
            .ctx
            .read(async move |rx, _| events::timeline(rx, id).await)
            .await
            .unwrap();
        assert_eq!(timeline[0].name, event::INQUIRY_STARTED);
        assert_eq!((timeline.len(), timeline[0].visitor), (1, Some(visitor)));
        let (first, again) = (
            answer(world, id, " 有貨。\r\n謝謝 ").await,
            answer(world, id, "有貨。\n謝謝").await,
        );
        let (first, again) = (first.unwrap(), again.unwrap());
        assert_eq!(
            (first.first, again.first),
            (true, false),
            "the same answer is the same act"
        );
        assert_eq!(first.inquiry, again.inquiry);
        assert_eq!(first.inquiry.answer.as_deref(), Some("有貨。\n謝謝"));
        let other = answer(world, id, "沒有貨。").await;
        assert!(matches!(other, Err(CustomersError::AlreadyAnswered)));
        let unknown = answer(world, kernel::InquiryId::new(), "有貨。").await;
        assert!(matches!(unknown, Err(CustomersError::NoInquiry)));
        let timeline = world
            .ctx
            .read(async move |rx, _| events::timeline(rx, id).await)
            .await
            .unwrap();
        let names: Vec<&str> = timeline.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, [event::INQUIRY_STARTED, event::INQUIRY_ANSWERED]);
    });
}

async fn answer(
    world: &World,
    id: kernel::InquiryId,
    text: &'static str,
) -> Result<inquiry::Answered, CustomersError> {
    world
        .ctx
        .write(async move |tx, ctx| inquiry::answer(tx, ctx, id, text).await)
        .await
}

/// The questions that wait.
async fn waiting(world: &World) -> Vec<Inquiry> {
    let sql = "SELECT * FROM inquiries WHERE state = 'open' ORDER BY created_at, id";
    let reading = world.ctx.read(async move |rx, _| {
        let rows = rx.rows(sql, &[]).await?;
        rows.iter()
            .map(Inquiry::from_row)
            .collect::<Result<_, DbError>>()
    });
    reading.await.unwrap()
}

/// An answer that says nothing, or too much, is refused at its field and leaves the question open.
#[test]
fn impossible_answers_are_refused() {
    testkit::run(async |world| {
        let asked = question("美", "請問？");
        let id = world
            .ctx
            .write(async move |tx, ctx| inquiry::record(tx, ctx, asked.clone()).await)
            .await
            .unwrap();
        for text in [" \n".to_owned(), "答".repeat(inquiry::ANSWER + 1)] {
            let refused = world
                .ctx
                .write(async move |tx, ctx| inquiry::answer(tx, ctx, id, &text).await)
                .await;
            assert_eq!(refused.unwrap_err().field(), Some("answer"));
        }
        let open = waiting(world).await;
        assert_eq!(open.len(), 1);
    });
}

/// Questions that cannot be answered are refused with the field to blame, and leave nothing behind.
#[test]
fn impossible_questions_are_refused() {
    testkit::run(async |world| {
        let cases = [
            (" ", "x".to_owned(), "name"),
            ("\u{1}", "x".to_owned(), "name"),
            ("美", " \n ".to_owned(), "message"),
            ("美", "問".repeat(inquiry::MESSAGE + 1), "message"),
        ];
        for (name, message, field) in cases {
            let asked = question(name, &message);
            let refused = world
                .ctx
                .write(async move |tx, ctx| inquiry::record(tx, ctx, asked.clone()).await)
                .await;
            assert_eq!(refused.unwrap_err().field(), Some(field));
        }
        let open = waiting(world).await;
        assert!(open.is_empty());
    });
}
