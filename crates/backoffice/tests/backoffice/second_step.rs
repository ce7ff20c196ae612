//! The second step of signing in, and what roles may do.

use std::time::Duration;

use kernel::Role;
use platform::auth::one_time;
use serde_json::json;

use crate::desk::{Answer, Desk, PASSWORD, Person};

const OWNER: &str = "owner@shop.test";

/// The secret that a page shows to an authenticator.
fn secret_of(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("<code class=\"break\">").unwrap();
    rest.split('<').next().unwrap().replace(' ', "")
}

fn code(desk: &Desk, secret: &str) -> String {
    one_time::code(secret, one_time::step_at(desk.ctx.now())).unwrap()
}

/// Signs in with a password and sets up the second step; the secret and the recovery codes.
async fn set_up(desk: &Desk, person: &Person<'_>) -> (String, Vec<String>) {
    let at = "/admin/account/second-factor";
    person
        .post(at, &[("current_password", "wrong password")])
        .await
        .expect(422)
        .says(&["密碼不對"]);
    let shown = person
        .post(at, &[("current_password", PASSWORD)])
        .await
        .expect(201)
        .says(&["<svg class=\"qr\""]);
    assert_eq!(shown.header("cache-control"), "no-store");
    let secret = secret_of(&shown);
    let confirm = format!("{at}?_method=PUT");
    person
        .post(&confirm, &[("one_time_code", "000000")])
        .await
        .expect(422)
        .says(&["驗證碼不對", "<svg class=\"qr\""]);
    let typed = code(desk, &secret);
    let page = person
        .post(&confirm, &[("one_time_code", &typed)])
        .await
        .expect(201);
    let codes: Vec<String> = page
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    let again = person.get(at).await.expect(200).says(&["已開啟"]);
    assert!(
        !again.body.contains(&codes[0]) && !again.body.contains("<svg class=\"qr\""),
        "shown once"
    );
    (secret, codes)
}

/// A12, A13: with a second step a password alone opens nothing; a code is taken once, a recovery code too; five tries end
/// what the password began.
#[test]
fn a_password_alone_opens_nothing() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let elsewhere = desk.stranger();
        elsewhere.signs_in(OWNER, PASSWORD).await.expect(303);
        let (secret, codes) = set_up(&desk, &owner).await;
        assert_eq!(
            elsewhere.get("/admin").await.status,
            303,
            "other sessions have ended"
        );

        let person = desk.stranger();
        assert_eq!(
            person.signs_in(OWNER, PASSWORD).await.location(),
            "/admin/sign-in/code"
        );
        assert!(
            person
                .get("/admin")
                .await
                .location()
                .starts_with("/admin/sign-in")
        );
        let enter = async |who: &Person<'_>, code: &str| {
            who.post("/admin/sign-in/code", &[("one_time_code", code)])
                .await
        };
        let used = code(&desk, &secret);
        enter(&person, &used)
            .await
            .expect(422)
            .says(&["驗證碼不對"]);
        world.pass(Duration::from_secs(30));
        let fresh = code(&desk, &secret);
        assert_eq!(enter(&person, &fresh).await.location(), "/admin");
        person.get("/admin").await.expect(200);
        let thief = desk.stranger();
        thief.signs_in(OWNER, PASSWORD).await.expect(303);
        enter(&thief, &fresh).await.expect(422);
        for _ in 0..4 {
            enter(&thief, "123456").await.expect(422);
        }
        world.pass(Duration::from_secs(30));
        let right = code(&desk, &secret);
        enter(&thief, &right)
            .await
            .expect(422)
            .says(&["重新輸入密碼"]);

        let lost = desk.stranger();
        lost.signs_in(OWNER, PASSWORD).await.expect(303);
        enter(&lost, &codes[0].to_uppercase()).await.expect(303);
        lost.get("/admin/account/second-factor")
            .await
            .expect(200)
            .says(&["還剩 9 個"]);
        let twice = desk.stranger();
        twice.signs_in(OWNER, PASSWORD).await.expect(303);
        enter(&twice, &codes[0]).await.expect(422);
        let kept = desk
            .ctx
            .read(async |rx, _| rx.rows("SELECT * FROM audit_log", &[]).await)
            .await
            .unwrap();
        let told = format!("{kept:?}");
        for hidden in [&secret, &codes[0]] {
            assert!(!told.contains(hidden), "a secret is in the log");
        }
    });
}

/// A13: two browsers that bring the same code at once: one gets in.
#[test]
fn a_code_is_taken_once() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let (secret, codes) = set_up(&desk, &owner).await;
        world.pass(Duration::from_secs(60));
        for typed in [code(&desk, &secret), codes[3].clone()] {
            let people: Vec<_> = (0..4).map(|_| desk.stranger()).collect();
            for person in &people {
                person.signs_in(OWNER, PASSWORD).await.expect(303);
            }
            let form = [("one_time_code", typed.as_str())];
            let all = people
                .iter()
                .map(|person| person.post("/admin/sign-in/code", &form));
            let answers = futures_util::future::join_all(all).await;
            assert_eq!(answers.iter().filter(|a| a.status == 303).count(), 1);
        }
    });
}

/// A6, A8: an owner can ask a role for a second step, whose people can then do nothing else before; another owner resets
/// it for somebody, on record; nobody turns off what their role needs.
#[test]
fn a_role_can_need_a_second_step() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let clerk = desk.staff(Role::Service).await;
        clerk.get("/admin/orders").await.expect(200);
        owner
            .post(
                "/admin/staff/second-factor-roles?_method=PUT",
                &[("roles[service]", "on")],
            )
            .await
            .expect(303);
        clerk.get("/admin/orders").await.expect(403);
        clerk
            .get("/admin/account/second-factor")
            .await
            .expect(200)
            .says(&["你的角色必須開啟"]);
        let (secret, _) = set_up(&desk, &clerk).await;
        clerk.get("/admin/orders").await.expect(200);
        world.pass(Duration::from_secs(30));
        let typed = code(&desk, &secret);
        clerk
            .post(
                "/admin/account/second-factor?_method=DELETE",
                &[("one_time_code", &typed)],
            )
            .await
            .expect(409);
        let program = desk.program(Role::Owner).await;
        let page = program.get("/admin/staff.json").await.json();
        let row = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["role"] == "service")
            .unwrap()
            .clone();
        assert_eq!(row["second_factor"], true);
        let path = format!("/admin/staff/{}/second-factor", row["id"].as_str().unwrap());
        program
            .send("DELETE", &path, Some(json!({})))
            .await
            .expect(200);
        assert_eq!(
            clerk.get("/admin/orders").await.status,
            303,
            "their sessions have ended"
        );
        let log = program
            .get("/admin/audit.json?what=second-factor&who=scanner")
            .await
            .json();
        assert_eq!(log["items"][0]["objects"][0], row["id"]);
    });
}

/// PLT-08: the pages of a role come from the router; looking as a role shows what it sees and changes nothing; nobody looks
/// as one that may do more than they.
#[test]
fn roles_are_shown_and_tried() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.face.publish_routes(&desk.routes());
        let owner = desk.staff(Role::Owner).await;
        owner
            .get("/admin/staff/roles?role=warehouse")
            .await
            .expect(200)
            .says(&[
                "/admin/inventory/adjustments",
                "/admin/settings",
                "更改商店設定",
            ]);
        let program = desk.program(Role::Owner).await;
        let page = program
            .get("/admin/staff/roles.json?role=warehouse")
            .await
            .json();
        for reach in page["reach"].as_array().unwrap() {
            let allowed = Role::Warehouse
                .permissions()
                .list()
                .iter()
                .any(|p| p.code() == reach["permission"]);
            assert_eq!(reach["allowed"], allowed, "{reach}");
        }
        owner
            .post("/admin/staff/roles/view", &[("role", "warehouse")])
            .await
            .expect(303);
        owner
            .get("/admin/orders")
            .await
            .expect(200)
            .says(&["你正以「倉庫」的角色看後台"]);
        owner.get("/admin/staff").await.expect(403);
        let order = desk.paid(desk.small, 1).await;
        owner
            .post(&format!("/admin/orders/{order}/picking"), &[])
            .await
            .expect(403)
            .says(&["不能修改"]);
        owner
            .post("/admin/staff/roles/view?_method=DELETE", &[])
            .await
            .expect(303);
        owner.get("/admin/staff").await.expect(200);
        let clerk = desk.staff(Role::Service).await;
        clerk
            .jar
            .lock()
            .unwrap()
            .insert("__Host-view-as".into(), "owner".into());
        clerk.get("/admin/staff").await.expect(403);
        clerk
            .post(&format!("/admin/orders/{order}/notes"), &[("text", "x")])
            .await
            .expect(303);
    });
}
