//! The audit log: every change in the back office has its row, and nobody can take one away unseen.

use std::sync::Arc;

use axum::{body::Body, extract::Request, http::Method};
use kernel::{Permission, Role};
use operations::views::admin::{audit::AuditLog, lists::Listing};
use orders::PaymentMethod;
use platform::{
    Ctx, DbError,
    audit::{self, Anchors, Entry},
    list::Asked,
    settings,
    web::{Done, Problem, Routes, Templates, Web, WebConfig, app},
    words::Words,
};
use serde_json::json;
use tower::ServiceExt;

use crate::desk::{Desk, HOST, PASSWORD, Person};

async fn rows(ctx: &Ctx) -> Vec<Entry> {
    ctx.read(async |rx, ctx| AuditLog::rows(rx, ctx, &Asked::default(), 10_000).await)
        .await
        .unwrap()
        .items
}

/// A handler that changes something and does nothing about the log.
async fn forgetful(_: Arc<backoffice::Backoffice>, ctx: Ctx, (): ()) -> Result<Done<()>, Problem> {
    ctx.write(async |tx, ctx| settings::save(tx, ctx, "probe", &1).await)
        .await?;
    Ok(Done::new((), "/admin"))
}

/// A8: each route of the back office that may change something leaves exactly one row, in whose making its handler has
/// no part: here every handler is replaced by one that knows nothing of the log.
#[test]
fn no_route_can_forget_its_row() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.staff(Role::Owner).await;
        let cookie = person.cookie("__Host-staff").unwrap();
        let (real, mut list) = (desk.routes(), Routes::new(Arc::clone(&desk.face)));
        let writing: Vec<_> = real.iter().filter(|r| r.method != Method::GET).collect();
        for route in &writing {
            list = match route.method {
                Method::POST => list.post(route.path, route.permission, "", forgetful),
                Method::PUT => list.put(route.path, route.permission, "", forgetful),
                Method::PATCH => list.patch(route.path, route.permission, "", forgetful),
                _ => list.delete(route.path, route.permission, "", forgetful),
            };
        }
        let words = Arc::new(Words::load().unwrap());
        let templates = Templates::compile(Vec::new(), Arc::clone(&words), jiff::tz::TimeZone::UTC);
        let web = Arc::new(Web::new(
            desk.ctx.clone(),
            templates.unwrap(),
            words,
            WebConfig::default(),
        ));
        let router = app::router(&web, list.finish(), Arc::clone(&desk.face) as _);
        assert!(writing.len() > 40, "{}", writing.len());
        for route in writing {
            let before = rows(&desk.ctx).await.len();
            let path = route.path.replace(['{', '}'], "");
            let request = Request::builder()
                .method(route.method.clone())
                .uri(&path)
                .header("host", HOST)
                .header("sec-fetch-site", "same-origin")
                .header("cookie", format!("__Host-staff={cookie}"))
                .body(Body::empty())
                .unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert!(
                answer.status().is_redirection(),
                "{path}: {}",
                answer.status()
            );
            let all = rows(&desk.ctx).await;
            let expected = usize::from(route.path.starts_with("/admin"));
            assert_eq!(all.len() - before, expected, "{} {path}", route.method);
            if let Some(row) = all.first().filter(|_| expected == 1) {
                assert_eq!(
                    (
                        row.method.as_str(),
                        row.route.as_str(),
                        row.permission.as_str()
                    ),
                    (route.method.as_str(), route.path, route.permission.code())
                );
                assert_eq!(
                    (row.actor_kind.as_str(), row.role.as_str()),
                    ("staff", "owner")
                );
                assert!(row.objects.contains(&"setting:probe".to_owned()), "{row:?}");
            }
        }
    });
}

/// A request: its address, its route, its fields, and how the id of the thing begins that it is about.
type Step<'a> = (String, &'a str, Vec<(&'a str, &'a str)>, String);

/// One request for each kind of change: to an order, to an unpaid one, to staff, keys, stock, one's own password.
fn changes<'a>(order: &str, unpaid: &str, clerk: &str, small: &'a str) -> Vec<Step<'a>> {
    let at = |route: &'static str, id: &str| (route.replace("{id}", id), route, id.to_owned());
    let plain = |route: &'static str, begins: &str| (route.to_owned(), route, begins.to_owned());
    let step = |(path, route, object), fields: &[(&'a str, &'a str)]| -> Step<'a> {
        (path, route, fields.to_vec(), object)
    };
    let role = at("/admin/staff/{id}", clerk);
    let stock = [
        ("variant_id", small),
        ("quantity_delta", "3"),
        ("reason", "received"),
    ];
    let password = [
        ("current_password", PASSWORD),
        ("new_password", "twelve green kettles"),
        ("new_password_again", "twelve green kettles"),
    ];
    let new = [
        ("name", "新人"),
        ("email", "new@shop.test"),
        ("role", "warehouse"),
    ];
    vec![
        step(
            at("/admin/orders/{id}/notes", order),
            &[("text", "怕水，請包好")],
        ),
        step(at("/admin/orders/{id}/picking", order), &[]),
        step(
            at("/admin/orders/{id}/cancellation", unpaid),
            &[("reason", "customer_request")],
        ),
        step(plain("/admin/staff", "staff_"), &new),
        step(
            (format!("{}?_method=PATCH", role.0), role.1, role.2),
            &[("role", "members")],
        ),
        step(
            plain("/admin/keys", "key_"),
            &[("name", "揀貨機"), ("role", "warehouse")],
        ),
        step(plain("/admin/inventory/adjustments", "variant_"), &stock),
        step(plain("/admin/account/password", ""), &password),
    ]
}

/// Sends a request and looks at the one row that it leaves.
async fn leaves_one_row(desk: &Desk, person: &Person<'_>, owner: &str, step: Step<'_>) {
    let (path, route, fields, object) = step;
    let before = rows(&desk.ctx).await.len();
    let answer = person.post(&path, &fields).await;
    assert!(
        answer.status.as_u16() < 400,
        "{path}: {} {}",
        answer.status,
        answer.body
    );
    let all = rows(&desk.ctx).await;
    assert_eq!(all.len() - before, 1, "{path}");
    assert_eq!(
        (all[0].route.as_str(), all[0].actor_id.as_str()),
        (route, owner)
    );
    assert_eq!(all[0].source, "203.0.113.7");
    let named = all[0].objects.iter().any(|o| o.starts_with(&object));
    assert!(object.is_empty() || named, "{path}: {:?}", all[0]);
    for (name, _) in fields {
        assert!(
            all[0].fields.contains(&name.to_owned()),
            "{path}: {:?}",
            all[0]
        );
    }
}

/// A8, GOV-10: real changes leave one row each that says who, what and about what; what was refused, or changed nothing,
/// leaves none; no secret and no personal data of a buyer is in any of them.
#[test]
fn a_change_leaves_one_row_and_no_secret() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk
            .account(Role::Owner, "owner@shop.test")
            .await
            .to_string();
        let clerk = desk
            .account(Role::Service, "clerk@shop.test")
            .await
            .to_string();
        let order = desk.paid(desk.small, 1).await.to_string();
        let unpaid = desk
            .buys(desk.cup, 1, PaymentMethod::BankTransfer)
            .await
            .to_string();
        assert!(
            rows(&desk.ctx).await.is_empty(),
            "shoppers and the shop itself have no rows"
        );
        let person = desk.stranger();
        person
            .signs_in("owner@shop.test", PASSWORD)
            .await
            .expect(303);
        let small = desk.small.to_string();
        for step in changes(&order, &unpaid, &clerk, &small) {
            leaves_one_row(&desk, &person, &owner, step).await;
        }
        let before = rows(&desk.ctx).await.len();
        person.get("/admin/orders").await.expect(200);
        person
            .post(&format!("/admin/orders/{order}/cancellation"), &[])
            .await
            .expect(422);
        person
            .post(&format!("/admin/staff/{owner}/deactivation"), &[])
            .await
            .expect(409);
        assert_eq!(
            rows(&desk.ctx).await.len(),
            before,
            "what was refused leaves no row"
        );
        let told = serde_json::to_string(&rows(&desk.ctx).await).unwrap();
        for secret in [
            PASSWORD,
            "twelve green",
            "怕水",
            "0912345678",
            "new@shop.test",
            "王小明",
        ] {
            assert!(!told.contains(secret), "{secret} is in the log");
        }
        let first = rows(&desk.ctx).await.pop().unwrap();
        assert_eq!(
            (first.route.as_str(), first.actor_id),
            ("/admin/sign-in", owner)
        );
    });
}

/// A8: a key's second request under the same idempotency key changes nothing and leaves no row.
#[test]
fn a_repeated_request_leaves_no_second_row() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let body = json!({ "variant_id": desk.small, "quantity_delta": 2, "reason": "received" });
        for _ in 0..2 {
            program
                .send_keyed(
                    "POST",
                    "/admin/inventory/adjustments",
                    Some(body.clone()),
                    Some("once"),
                )
                .await;
        }
        let all = rows(&desk.ctx).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(
            (all[0].actor_kind.as_str(), all[0].actor_name.as_str()),
            ("key", "scanner")
        );
    });
}

/// A8: changes that race for the head stand in one chain without a gap.
#[test]
fn the_chain_has_one_row_after_the_other() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let order = desk.paid(desk.small, 1).await;
        let program = desk.program(Role::Operations).await;
        let path = format!("/admin/orders/{order}/notes");
        let notes =
            (0..24).map(|n| program.send("POST", &path, Some(json!({ "text": format!("n{n}") }))));
        for answer in futures_util::future::join_all(notes).await {
            answer.expect(201);
        }
        let mut numbers: Vec<i64> = rows(&desk.ctx).await.iter().map(|r| r.seq).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
        let found = audit::verify(&desk.ctx, Vec::new()).await.unwrap();
        assert_eq!((found.rows, found.findings), (24, Vec::new()));
    });
}

async fn run(ctx: &Ctx, statements: &[&str]) -> Result<(), DbError> {
    let statements: Vec<String> = statements.iter().map(|s| (*s).to_owned()).collect();
    ctx.write(async move |tx, _| {
        for sql in &statements {
            tx.execute(sql, &[]).await?;
        }
        Ok(())
    })
    .await
}

/// Takes away what keeps the table append-only, as somebody with the database's password could.
async fn unlock(ctx: &Ctx) {
    let sql: &[&str] = match ctx.db().dialect() {
        platform::db::Dialect::Sqlite => &[
            "DROP TRIGGER audit_log_no_update",
            "DROP TRIGGER audit_log_no_delete",
        ],
        platform::db::Dialect::Postgres => &["DROP TRIGGER audit_log_append_only ON audit_log"],
    };
    run(ctx, sql).await.unwrap();
}

/// The log's notes, and what a walk that compares them finds.
struct Watch<'a> {
    ctx: &'a Ctx,
    folder: tempfile::TempDir,
    notes: Anchors,
}

impl<'a> Watch<'a> {
    async fn begin(ctx: &'a Ctx) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let notes = Anchors::open(folder.path()).unwrap();
        notes.note(ctx).await.unwrap();
        notes.note(ctx).await.unwrap();
        assert_eq!(notes.list().unwrap().len(), 1, "a head is noted once");
        Self { ctx, folder, notes }
    }

    async fn finds(&self) -> Vec<String> {
        let walked = self.notes.look(self.ctx).await.unwrap();
        walked
            .findings
            .iter()
            .map(|f| format!("{} {}", f.seq, f.what))
            .collect()
    }

    async fn run(&self, statements: &[&str]) {
        run(self.ctx, statements).await.unwrap();
    }
}

/// A8: no row can be changed or deleted; where somebody takes the triggers away, a changed row, a missing one and a
/// missing newest one are found, and even a rewound head is, by the note outside the database.
#[test]
fn what_was_taken_away_is_noticed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let ctx = &desk.ctx;
        let order = desk.paid(desk.small, 1).await;
        let program = desk.program(Role::Operations).await;
        for n in 0..4 {
            let note = json!({ "text": format!("n{n}") });
            program
                .send("POST", &format!("/admin/orders/{order}/notes"), Some(note))
                .await
                .expect(201);
        }
        for sql in [
            "UPDATE audit_log SET route = 'x' WHERE seq = 2",
            "DELETE FROM audit_log WHERE seq = 4",
        ] {
            assert!(run(ctx, &[sql]).await.is_err(), "{sql}");
        }
        let watch = Watch::begin(ctx).await;
        assert!(watch.finds().await.is_empty());
        unlock(ctx).await;
        watch
            .run(&["UPDATE audit_log SET route = 'x' WHERE seq = 2"])
            .await;
        assert_eq!(watch.finds().await, ["2 changed"]);
        watch
            .run(&["UPDATE audit_log SET route = '/admin/orders/{id}/notes' WHERE seq = 2"])
            .await;
        assert!(watch.finds().await.is_empty());

        let kept = "CREATE TABLE kept AS SELECT * FROM audit_log WHERE seq IN (2, 4)";
        watch
            .run(&[kept, "DELETE FROM audit_log WHERE seq = 2"])
            .await;
        assert_eq!(watch.finds().await, ["2 missing"]);
        let back = |seq: i64| format!("INSERT INTO audit_log SELECT * FROM kept WHERE seq = {seq}");
        watch
            .run(&[&back(2), "DELETE FROM audit_log WHERE seq = 4"])
            .await;
        assert_eq!(watch.finds().await, ["4 head", "4 anchor"]);
        let head = |seq: i64| {
            format!(
                "UPDATE audit_head SET seq = {seq}, hash = (SELECT hash FROM audit_log WHERE seq = {seq})"
            )
        };
        watch.run(&[&head(3)]).await;
        let alone = audit::verify(ctx, Vec::new()).await.unwrap();
        assert!(alone.findings.is_empty(), "the database alone cannot tell");
        assert_eq!(watch.finds().await, ["4 anchor"]);

        let path = watch.folder.path().join("audit-anchors.jsonl");
        let forged = std::fs::read_to_string(&path)
            .unwrap()
            .replace("\"seq\":4", "\"seq\":3");
        std::fs::write(&path, forged).unwrap();
        assert_eq!(watch.finds().await, ["3 signature"]);
        watch.run(&[&back(4), &head(4)]).await;
    });
}

/// A8: the page is searched by who, what, object and day, says whether the log is whole, and exports what it shows; those
/// without the permission see nothing.
#[test]
fn the_log_is_searched_and_exported() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let order = desk.paid(desk.small, 1).await;
        let owner = desk.staff(Role::Owner).await;
        owner
            .get("/admin/audit")
            .await
            .expect(200)
            .says(&["還沒有人改過什麼", "還沒檢查"]);
        owner
            .post(&format!("/admin/orders/{order}/notes"), &[("text", "x")])
            .await
            .expect(303);
        owner
            .post("/admin/keys", &[("name", "=1+1"), ("role", "warehouse")])
            .await
            .expect(201);
        owner
            .post("/admin/audit/verification", &[])
            .await
            .expect(303);
        owner.get("/admin/audit").await.expect(200).says(&[
            "完整",
            "/admin/orders/{id}/notes",
            "owner 一號",
            "2 筆",
        ]);
        let count = async |query: &str| {
            let program = desk.program(Role::Owner).await;
            let page = program
                .get(&format!("/admin/audit.json?{query}"))
                .await
                .expect(200)
                .json();
            page["items"].as_array().unwrap().len()
        };
        assert_eq!(count("who=OWNER").await, 2);
        assert_eq!(count("who=nobody").await, 0);
        assert_eq!(count("what=/notes").await, 1);
        assert_eq!(count("what=staff.write").await, 1);
        assert_eq!(count(&format!("object={order}")).await, 1);
        assert_eq!(
            count("object=%25").await,
            0,
            "signs of LIKE stand for themselves"
        );
        assert_eq!(count("from=2026-03-02&to=2026-03-02").await, 2);
        assert_eq!(count("to=2026-03-01").await, 0);
        owner.get("/admin/audit?from=yesterday").await.expect(422);
        let table = owner
            .get("/admin/audit/export?what=notes")
            .await
            .expect(200);
        assert!(table.header("content-type").starts_with("text/csv"));
        assert_eq!(table.body.lines().count(), 2, "{}", table.body);
        let clerk = desk.staff(Role::Operations).await;
        for path in ["/admin/audit", "/admin/audit/export"] {
            clerk.get(path).await.expect(403);
        }
        assert!(!Role::Operations.permissions().allows(Permission::AuditRead));
    });
}
