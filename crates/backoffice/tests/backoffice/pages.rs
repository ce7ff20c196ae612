//! Every page for people and for programs.

use insight::intake::PageEvents;
use kernel::{Locale, Role};
use orders::PaymentMethod;
use platform::jobs;
use serde_json::json;

use crate::desk::Desk;

/// PLT: every page answers people with HTML in their language and programs with the same facts as JSON.
#[test]
fn every_page_has_both_representations() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let order = desk.paid(desk.small, 1).await;
        desk.buys(desk.cup, 1, PaymentMethod::CashOnDelivery).await;
        let person = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let pages = [
            ("/admin".to_owned(), "today"),
            ("/admin/orders".to_owned(), "items"),
            (format!("/admin/orders/{order}"), "timeline"),
            ("/admin/shipping".to_owned(), "pick_list"),
            ("/admin/bank-receipts".to_owned(), "suspense"),
            ("/admin/products".to_owned(), "items"),
            ("/admin/products/new".to_owned(), "collections"),
            (format!("/admin/products/{}", desk.tea), "variants"),
            ("/admin/inventory".to_owned(), "items"),
            (
                format!("/admin/inventory/variants/{}", desk.small),
                "movements",
            ),
            ("/admin/funnel".to_owned(), "totals"),
            ("/admin/message-templates".to_owned(), "items"),
            (
                "/admin/message-templates/order_shipped".to_owned(),
                "variables",
            ),
            ("/admin/jobs".to_owned(), "schedules"),
            ("/admin/staff".to_owned(), "roles"),
            ("/admin/sign-in".to_owned(), "next"),
        ];
        for (path, field) in &pages {
            let page = person.get(path).await.expect(200);
            assert!(
                page.header("content-type").starts_with("text/html"),
                "{path}"
            );
            assert!(
                page.header("content-security-policy")
                    .contains("script-src 'self' 'nonce-"),
                "{path}"
            );
            assert!(
                page.body.contains("lang=\"zh-Hant\"") && !page.body.contains(" style="),
                "{path}"
            );
            let asked = program.get(path).await.expect(200).json();
            assert!(asked.get(*field).is_some(), "{path} has no {field}");
            let named = program.get(&format!("{path}.json")).await.expect(200);
            assert!(
                named.header("content-type").starts_with("application/json"),
                "{path}"
            );
            for locale in [Locale::Hans, Locale::En] {
                let page = person
                    .get(&format!("{path}?lang={locale}"))
                    .await
                    .expect(200);
                assert!(
                    page.body.contains(&format!("<html lang=\"{locale}\"")),
                    "{path}"
                );
            }
            person
                .get(&format!("{path}?lang=zh-Hant"))
                .await
                .expect(200);
        }
        person
            .get("/admin/account")
            .await
            .expect(200)
            .says(&["owner@shop.test", "店主"]);
        program.get("/admin/account").await.expect(404);
    });
}

/// ANA-36, TRF-05: visits and orders stand in the funnel by source, for the days that were asked for.
#[test]
fn the_funnel_counts_people() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let visit = |source: &str| platform::Visit {
            visitor: kernel::VisitorId::new(),
            session: kernel::SessionId::new(),
            source: source.into(),
            device: "phone".into(),
        };
        let (events, writer) = PageEvents::new(desk.ctx.clone());
        for source in ["ad:google", "ad:google", "direct"] {
            let ctx = desk
                .ctx
                .acting(platform::Actor::Visitor, kernel::Permissions::NONE)
                .during(Some(visit(source)));
            events.record(
                &ctx,
                platform::events::Event::new(kernel::event::PAGE_VIEWED, &json!({ "path": "/" })),
            );
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let writing = tokio::spawn(writer.run(stopped));
        stop.send(true).unwrap();
        writing.await.unwrap();
        desk.paid(desk.small, 1).await;
        let program = desk.program(Role::Promotion).await;
        let funnel = program.get("/admin/funnel.json").await.expect(200).json();
        assert_eq!(
            (&funnel["totals"]["visitors"], &funnel["totals"]["payers"]),
            (&json!(3), &json!(1))
        );
        assert_eq!(funnel["totals"]["paid_sales"]["amount"], 68_000);
        let one = program
            .get("/admin/funnel.json?source=ad%3Agoogle")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&one["totals"]["visitors"], &one["source"]["channel"]),
            (&json!(2), &json!("ad"))
        );
        let before = program
            .get("/admin/funnel.json?from=2026-02-01&to=2026-02-02")
            .await
            .expect(200)
            .json();
        assert_eq!(before["totals"]["visitors"], 0);
        program
            .get("/admin/funnel.json?from=2026-03-02&to=2026-03-01")
            .await
            .expect(422);
        program
            .get("/admin/funnel.json?from=yesterday")
            .await
            .expect(422);
        let person = desk.staff(Role::Promotion).await;
        person
            .get("/admin/funnel?from=2026-03-01&to=2026-03-02")
            .await
            .expect(200)
            .says(&["五個點", "付款轉化率", "廣告", "NT$680"]);
        person
            .get("/admin/funnel?from=2026-02-01&to=2026-02-02")
            .await
            .expect(200)
            .says(&["這段期間沒有資料"]);
        person
            .get("/admin")
            .await
            .expect(200)
            .says(&["訪客", "NT$680"]);
    });
}

/// J2, J6: a failed job is seen with its reason, tried again, or given up.
#[test]
fn failed_jobs_wait_for_somebody() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let queued = desk.ctx.write(async |tx, ctx| {
            for word in ["first", "second"] {
                let job = jobs::NewJob::new(
                    "nobody.handles",
                    &json!({ "order_id": word, "secret": "canary" }),
                );
                jobs::enqueue(tx, ctx, job).await?;
            }
            Ok::<_, platform::DbError>(())
        });
        queued.await.unwrap();
        desk.work().await;
        let staff = desk.staff(Role::Operations).await;
        let page = staff.get("/admin/jobs").await.expect(200).says(&[
            "nobody.handles",
            "nothing handles",
            "orders.expire",
            "first",
        ]);
        assert!(
            !page.body.contains("canary"),
            "what a job works with is nobody's business"
        );
        let program = desk.program(Role::Operations).await;
        let list = program.get("/admin/jobs.json").await.json();
        let ids: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|j| j["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), 2);
        staff
            .post(&format!("/admin/jobs/{}/retry", ids[0]), &[])
            .await
            .expect(303);
        staff
            .post(&format!("/admin/jobs/{}?_method=DELETE", ids[1]), &[])
            .await
            .expect(303);
        staff
            .post(&format!("/admin/jobs/{}?_method=DELETE", ids[1]), &[])
            .await
            .expect(409);
        assert_eq!(
            program.get("/admin/jobs.json?tab=queued").await.json()["items"][0]["id"],
            json!(ids[0])
        );
        assert_eq!(
            program.get("/admin/jobs.json?tab=dead").await.json()["items"],
            json!([])
        );
        staff.get("/admin/jobs?tab=done").await.expect(200);
    });
}

/// ORD-03, A16: words of a message are tried before they are kept, shown as a letter, and put back.
#[test]
fn words_of_messages_are_the_shops() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Members).await;
        let path = "/admin/message-templates/order_shipped";
        staff
            .get(path)
            .await
            .expect(200)
            .says(&["預設", "order.number"]);
        let put = format!("{path}?_method=PUT");
        let wrong = [
            ("text_locale", "zh-Hant"),
            ("subject", "{{ order.nothing }}"),
            ("body", "<p>x</p>"),
        ];
        staff
            .post(&put, &wrong)
            .await
            .expect(422)
            .says(&["{{ order.nothing }}", "id=\"error-subject\""]);
        let own = [
            ("text_locale", "zh-Hant"),
            ("subject", "{{ order.number }} 出門了"),
            ("body", "<p>{{ order.buyer_name }}，包裹在路上。</p>"),
        ];
        let tried = staff
            .post(&format!("{path}/preview"), &own)
            .await
            .expect(200);
        assert!(
            tried.body.contains("包裹在路上")
                && tried.header("content-security-policy").contains("sandbox")
        );
        assert!(
            staff.get(path).await.body.contains("預設"),
            "a preview keeps nothing"
        );
        staff.post(&put, &own).await.expect(303);
        staff
            .get(path)
            .await
            .expect(200)
            .says(&["自訂", "出門了", "members 一號", "包裹在路上"]);
        staff
            .get(&format!("{path}/preview?text_locale=zh-Hant"))
            .await
            .expect(200)
            .says(&["包裹在路上"]);
        let reset = format!("{path}?_method=DELETE&text_locale=zh-Hant");
        staff.post(&reset, &[]).await.expect(303);
        assert!(!staff.get(path).await.body.contains("包裹在路上"));
        staff
            .get("/admin/message-templates/no_such_kind")
            .await
            .expect(404);
        let loud = [
            ("text_locale", "zh-Hant"),
            ("subject", "x"),
            (
                "body",
                "{% autoescape false %}{{ order.buyer_name }}{% endautoescape %}",
            ),
        ];
        staff.post(&put, &loud).await.expect(422);
    });
}
