//! What customers ask, from the list to the letter that answers.

use axum::http::StatusCode;
use customers::inquiry::{self, NewInquiry};
use kernel::{Email, InquiryId, Locale, Permissions, Role, event};
use orders::PaymentMethod;
use platform::{Actor, events};
use serde_json::json;

use crate::desk::Desk;

async fn asks(desk: &Desk, name: &str, message: &str, order_number: Option<String>) -> InquiryId {
    let new = NewInquiry {
        name: name.into(),
        email: Email::parse("reader@shop.test").unwrap(),
        message: message.into(),
        order_number,
    };
    let visitor = desk
        .ctx
        .acting(Actor::Visitor, Permissions::NONE)
        .speaking(Locale::Hans);
    visitor
        .write(async move |tx, ctx| inquiry::record(tx, ctx, new.clone()).await)
        .await
        .unwrap()
}

/// SVC-07: a question waits in the list, on the home page and at the menu, the longest wait first; it is found by its
/// words, and the pages lead from one to the next.
#[test]
fn questions_wait_where_they_are_seen() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Service).await;
        staff
            .get("/admin/inquiries")
            .await
            .expect(200)
            .says(&["沒有等待回覆的詢問"]);
        for number in 0..32 {
            asks(
                &desk,
                &format!("顧客{number:02}"),
                "請問<b>還有</b>貨嗎？",
                None,
            )
            .await;
            world.pass(std::time::Duration::from_secs(60));
        }
        let page = staff.get("/admin/inquiries").await.expect(200);
        let page = page.says(&["顧客00", "&lt;b&gt;還有", "等待回覆 </span>32</span>"]);
        assert!(
            !page.body.contains("顧客31"),
            "the newest waits on the next page"
        );
        staff
            .get("/admin")
            .await
            .expect(200)
            .says(&["待回覆的詢問"]);

        let program = desk.program(Role::Service).await;
        let first = program.get("/admin/inquiries.json").await.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 30);
        let after = first["next_cursor"].as_str().unwrap();
        let rest = program
            .get(&format!("/admin/inquiries.json?after={after}"))
            .await
            .json();
        let names: Vec<&str> = rest["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            (names, &rest["next_cursor"]),
            (vec!["顧客30", "顧客31"], &json!(null))
        );
        let found = program
            .get("/admin/inquiries.json?q=%E5%AE%A207")
            .await
            .json();
        assert_eq!(found["items"][0]["name"], "顧客07");
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        program
            .get("/admin/inquiries.json?after=nonsense")
            .await
            .expect(422);
        let home = program.get("/admin.json").await.json();
        assert_eq!(home["inquiries"]["open"], 32);
        staff
            .get("/admin/inquiries?q=%E7%B4%85%E8%8C%B6")
            .await
            .expect(200)
            .says(&["找不到符合「紅茶」的詢問"]);
    });
}

/// The letters that answer: what became of each, its subject, where it went.
async fn letters(desk: &Desk) -> Vec<(String, String, String)> {
    let read = desk.ctx.read(async |rx, _| {
        let sql = "SELECT state, subject, recipient FROM messages WHERE kind = 'inquiry_answered'";
        let rows = rx.rows(sql, &[]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.get("state")?,
                    row.get("subject")?,
                    row.get("recipient")?,
                ))
            })
            .collect::<Result<Vec<_>, platform::DbError>>()
    });
    read.await.unwrap()
}

/// SVC-07, M1: the answer is kept, its letter leaves once in the language of the question, also when the form is sent
/// twice, and stands on the timeline of the order that it is about.
#[test]
fn an_answer_leaves_once() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Service).await;
        let order = desk.buys(desk.small, 1, PaymentMethod::BankTransfer).await;
        let order_page = format!("/admin/orders/{order}");
        let program = desk.program(Role::Service).await;
        let known = program.get(&format!("{order_page}.json")).await.json();
        let number = known["order"]["number"].as_str().unwrap();
        let asked = "请问什么时候发货？\n谢谢";
        let id = asks(&desk, "王小明", asked, Some(number.to_owned())).await;
        let path = format!("/admin/inquiries/{id}");
        let page = staff.get(&path).await.expect(200);
        page.says(&["请问什么时候发货？", number, &order_page, "寄出回覆"]);

        let answer = [("answer", "今天下午寄出。\n<script>1</script>")];
        for _ in 0..2 {
            let done = staff.post(&format!("{path}/answer"), &answer).await;
            assert_eq!(done.expect(303).location(), path);
        }
        desk.work().await;
        let sent = ["sent", "回复您的咨询｜半日茶", "reader@shop.test"].map(str::to_owned);
        assert_eq!(letters(&desk).await, [sent.into()]);
        let page = staff.get(&path).await.expect(200);
        let page = page.says(&["今天下午寄出。", "&lt;script&gt;", "信已寄出"]);
        assert!(!page.body.contains("寄出回覆"), "the form is gone");
        let timeline = staff.get(&order_page).await.expect(200);
        timeline.says(&["詢問的回覆"]);
        let told = desk
            .ctx
            .read(async move |rx, _| events::timeline(rx, id).await);
        let told = told.await.unwrap();
        let answers = told.iter().filter(|e| e.name == event::INQUIRY_ANSWERED);
        assert_eq!(answers.count(), 1);
        let open = program.get("/admin/inquiries.json").await.json();
        assert_eq!(open["items"], json!([]));
        let answered = program.get("/admin/inquiries.json?tab=answered").await;
        assert_eq!(answered.json()["items"][0]["answered_by"], "service 一號");
    });
}

/// SVC-07: an empty answer is refused at its field; whoever comes too late is told that nothing was sent, and keeps
/// what they wrote.
#[test]
fn a_late_answer_is_not_lost() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Service).await;
        let id = asks(&desk, "王小明", "請問？", None).await;
        let path = format!("/admin/inquiries/{id}/answer");
        let empty = staff.post(&path, &[("answer", "  ")]).await.expect(422);
        empty.says(&["請寫下要回覆的內容", "id=\"error-answer\""]);
        staff.post(&path, &[("answer", "可以。")]).await.expect(303);
        let late = staff.post(&path, &[("answer", "明天才行。")]).await;
        late.expect(409)
            .says(&["這次的內容沒有寄出", "沒有寄出的內容", "明天才行。"]);
        let program = desk.program(Role::Service).await;
        let body = Some(json!({ "answer": "明天才行。" }));
        let refused = program.send("POST", &path, body).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_eq!(refused.json()["code"], "inquiry-answered");
        desk.work().await;
        assert_eq!(letters(&desk).await.len(), 1);
    });
}

/// A4: members may read what customers ask and not answer it; the warehouse sees neither, nor the mark at the menu.
#[test]
fn only_service_answers() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = asks(&desk, "王小明", "請問？", None).await;
        let path = format!("/admin/inquiries/{id}");
        let members = desk.staff(Role::Members).await;
        let page = members.get(&path).await.expect(200);
        assert!(!page.body.contains("<textarea"));
        members
            .post(&format!("{path}/answer"), &[("answer", "好")])
            .await
            .expect(403);
        let warehouse = desk.staff(Role::Warehouse).await;
        warehouse.get(&path).await.expect(403);
        let home = warehouse.get("/admin").await.expect(200);
        assert!(!home.body.contains("/admin/inquiries"));
        assert!(page.body.contains("/admin/inquiries"));
    });
}
