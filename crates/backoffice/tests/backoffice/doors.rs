//! Signing in and out: fresh sessions, ended sessions, limits that lock nobody out.

use kernel::Role;
use serde_json::json;

use crate::desk::{Desk, PASSWORD};

const OWNER: &str = "owner@shop.test";

/// A12: each sign-in has a session of its own; one that was planted in the browser opens nothing, before or after.
#[test]
fn a_planted_session_opens_nothing() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.account(Role::Owner, OWNER).await;
        let person = desk.stranger();
        person
            .jar
            .lock()
            .unwrap()
            .insert("__Host-staff".into(), "planted-by-somebody-else".into());
        assert!(
            person
                .get("/admin")
                .await
                .location()
                .starts_with("/admin/sign-in")
        );
        assert_eq!(person.signs_in(OWNER, PASSWORD).await.location(), "/admin");
        let first = person.cookie("__Host-staff").unwrap();
        assert_ne!(first, "planted-by-somebody-else");
        person.get("/admin").await.expect(200).says(&["今天"]);
        person.signs_in(OWNER, PASSWORD).await.expect(303);
        assert_ne!(person.cookie("__Host-staff").unwrap(), first);
        let old = desk.stranger();
        old.jar.lock().unwrap().insert("__Host-staff".into(), first);
        assert_eq!(
            old.get("/admin").await.status,
            303,
            "the session that the browser came with has ended"
        );
        person.post("/admin/sign-out", &[]).await.expect(303);
        assert_eq!(person.cookie("__Host-staff"), None);
    });
}

/// A12: signing out ends the session itself, not only its cookie.
#[test]
fn signing_out_ends_the_session() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.staff(Role::Service).await;
        let token = person.cookie("__Host-staff").unwrap();
        person
            .get("/admin/account")
            .await
            .expect(200)
            .says(&["service@shop.test"]);
        assert_eq!(
            person.post("/admin/sign-out", &[]).await.location(),
            "/admin/sign-in"
        );
        person
            .jar
            .lock()
            .unwrap()
            .insert("__Host-staff".into(), token);
        assert_eq!(person.get("/admin/account").await.status, 303);
    });
}

/// A12: a new password ends every other session; this one goes on under a fresh token.
#[test]
fn a_new_password_ends_other_sessions() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let here = desk.staff(Role::Operations).await;
        let there = desk.stranger();
        there
            .signs_in("operations@shop.test", PASSWORD)
            .await
            .expect(303);
        there.get("/admin").await.expect(200);
        let before = here.cookie("__Host-staff").unwrap();
        let new = "twelve green teapots";
        let change = |current: &'static str, again: &'static str| {
            [
                ("email", "operations@shop.test"),
                ("current_password", current),
                ("new_password", new),
                ("new_password_again", again),
            ]
        };
        here.post("/admin/account/password", &change("wrong", new))
            .await
            .expect(422)
            .says(&["目前的密碼不對", "error-current_password"]);
        let slip = here
            .post("/admin/account/password", &change(PASSWORD, "other"))
            .await
            .expect(422);
        assert!(
            slip.body.contains("兩次輸入的密碼不一樣")
                && !slip.body.contains(PASSWORD)
                && !slip.body.contains(new),
            "no password comes back"
        );
        here.post("/admin/account/password", &change(PASSWORD, new))
            .await
            .expect(303);
        assert_ne!(here.cookie("__Host-staff").unwrap(), before);
        here.get("/admin").await.expect(200).says(&["密碼已更改"]);
        assert_eq!(there.get("/admin").await.status, 303);
        there
            .signs_in("operations@shop.test", PASSWORD)
            .await
            .expect(422);
        there
            .signs_in("operations@shop.test", new)
            .await
            .expect(303);
    });
}

/// A12: a short password is refused, at the field where it was typed.
#[test]
fn a_short_password_is_refused() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.staff(Role::Warehouse).await;
        let fields = [
            ("current_password", PASSWORD),
            ("new_password", "short"),
            ("new_password_again", "short"),
        ];
        person
            .post("/admin/account/password", &fields)
            .await
            .expect(422)
            .says(&["id=\"error-new_password\"", "至少"]);
        person.get("/admin/account").await.expect(200);
    });
}

/// A12: a form from another site does nothing.
#[test]
fn other_sites_cannot_send_forms() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let mut person = desk.staff(Role::Owner).await;
        person.site = "cross-site";
        person.post("/admin/sign-out", &[]).await.expect(403);
        person
            .post(
                "/admin/staff",
                &[("name", "x"), ("email", "x@shop.test"), ("role", "owner")],
            )
            .await
            .expect(403);
        person.site = "same-origin";
        let page = person.get("/admin/staff").await.expect(200);
        assert!(!page.body.contains("x@shop.test"));
    });
}

/// A12: after signing in a browser goes on inside the shop, wherever the link wanted to send it.
#[test]
fn nobody_is_led_elsewhere() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.account(Role::Owner, OWNER).await;
        let cases = [
            ("/admin/orders?tab=unpaid", "/admin/orders?tab=unpaid"),
            ("//evil.example", "/admin"),
            ("https://evil.example", "/admin"),
            ("/\\evil.example", "/admin"),
        ];
        for (next, goes) in cases {
            let person = desk.stranger();
            let fields = [("email", OWNER), ("password", PASSWORD), ("next", next)];
            assert_eq!(
                person.post("/admin/sign-in", &fields).await.location(),
                goes
            );
        }
        let door = desk.stranger().get("/admin/orders?tab=unpaid").await;
        assert_eq!(
            door.location(),
            "/admin/sign-in?next=%2Fadmin%2Forders%3Ftab%3Dunpaid"
        );
        let shown = desk.stranger().get(door.location()).await.expect(200);
        shown.says(&["name=\"next\" value=\"/admin/orders?tab=unpaid\""]);
        let lie = desk
            .stranger()
            .get("/admin/sign-in?next=https%3A%2F%2Fevil.example")
            .await
            .expect(200);
        lie.says(&["name=\"next\" value=\"\""]);
    });
}

/// A13: whoever guesses from one place is stopped there; the person they pretend to be gets in from another place, and
/// from a browser that has been in before even from the same one.
#[test]
fn guessing_is_limited_and_locks_nobody_out() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.account(Role::Owner, OWNER).await;
        let known = desk.stranger();
        known.signs_in(OWNER, PASSWORD).await.expect(303);
        known.post("/admin/sign-out", &[]).await.expect(303);
        assert!(known.cookie("__Host-known").is_some());
        let thief = desk.stranger();
        let mut stopped = 0;
        for guess in 0..40 {
            let answer = thief
                .signs_in(OWNER, &format!("guess number {guess}"))
                .await;
            assert!(
                [422, 429].contains(&answer.status.as_u16()),
                "{}",
                answer.status
            );
            if answer.status == 429 {
                assert!(!answer.header("retry-after").is_empty());
                answer.says(&["試得太頻繁", OWNER]);
                stopped += 1;
            }
        }
        assert!(stopped >= 15, "{stopped}");
        thief.signs_in(OWNER, PASSWORD).await.expect(429);
        known.signs_in(OWNER, PASSWORD).await.expect(303);
        let mut elsewhere = desk.stranger();
        elsewhere.source = [198, 51, 100, 4];
        elsewhere.signs_in(OWNER, PASSWORD).await.expect(303);
        let forged = desk.stranger();
        forged
            .jar
            .lock()
            .unwrap()
            .insert("__Host-known".into(), "made.up".into());
        forged.signs_in(OWNER, PASSWORD).await.expect(429);
    });
}

/// A13: an account that does not exist answers like a wrong password.
#[test]
fn nobody_learns_which_accounts_exist() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        desk.account(Role::Owner, OWNER).await;
        let body = |email: &str| json!({ "email": email, "password": "not this one" });
        let program = desk.nobody();
        let known = program
            .send("POST", "/admin/sign-in", Some(body(OWNER)))
            .await
            .expect(422)
            .json();
        let unknown = program
            .send("POST", "/admin/sign-in", Some(body("nobody@shop.test")))
            .await
            .expect(422)
            .json();
        assert_eq!(
            (&known["code"], &known["detail"]),
            (&unknown["code"], &unknown["detail"])
        );
        assert_eq!(known["code"], "sign-in-wrong");
    });
}

/// A4: whoever is signed in keeps their own menu where something is refused, missing or broken; a stranger sees none.
#[test]
fn an_error_keeps_the_menu() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let warehouse = desk.staff(Role::Warehouse).await;
        let nowhere = "/admin/orders/order_01kan5mmxjgmpd024mn8t6f8df";
        let refused = warehouse.get("/admin/staff").await.expect(403);
        let missing = warehouse.get(nowhere).await.expect(404);
        let unknown = warehouse.get("/admin/no/such/page").await.expect(404);
        let pages = [refused, missing, unknown];
        let pages =
            pages.map(|page| page.says(&["warehouse 一號", "href=\"/admin/shipping\"", "<h1"]));
        for page in &pages {
            assert!(
                !page.body.contains("href=\"/admin/staff\""),
                "{}",
                page.body
            );
        }
        let stranger = desk.stranger().get("/admin/no/such/page").await.expect(404);
        assert!(!stranger.body.contains("href=\"/admin/shipping\""));
        assert!(stranger.body.contains("href=\"/admin/sign-in\""));

        let service = desk.staff(Role::Service).await;
        rename(&desk, "inquiries", "elsewhere").await;
        let broken = service.get("/admin/inquiries").await.expect(500);
        broken.says(&[
            "service 一號",
            "href=\"/admin/orders\"",
            "回報問題時請附上編號",
        ]);
        rename(&desk, "elsewhere", "inquiries").await;
        service.get("/admin/inquiries").await.expect(200);
    });
}

async fn rename(desk: &Desk, from: &'static str, to: &'static str) {
    let sql = format!("ALTER TABLE {from} RENAME TO {to}");
    let work = desk
        .ctx
        .write(async move |tx, _| tx.execute(&sql, &[]).await);
    work.await.unwrap();
}
