//! Staff, roles, invitations and keys.

use kernel::Role;
use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD};

fn link_of(page: &Value) -> String {
    let url = page["invitation"]["url"].as_str().unwrap();
    url.strip_prefix("https://shop.test").unwrap().to_owned()
}

/// PLT-08: somebody is invited by a link that is shown once, sets a password, and is in.
#[test]
fn an_invitation_is_used_once() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let fields = [
            ("form", "staff"),
            ("name", "倉庫晚班"),
            ("email", "night@shop.test"),
            ("role", "warehouse"),
        ];
        let shown = owner
            .post("/admin/staff", &fields)
            .await
            .expect(201)
            .says(&["https://shop.test/admin/invitations/", "倉庫晚班"]);
        assert_eq!(shown.header("cache-control"), "no-store");
        let start = shown.body.find("/admin/invitations/").unwrap();
        let path: String = shown.body[start..]
            .chars()
            .take_while(|c| *c != '"')
            .collect();
        assert!(
            !owner
                .get("/admin/staff")
                .await
                .body
                .contains("/admin/invitations/"),
            "the link is shown once"
        );
        owner
            .post("/admin/staff", &fields)
            .await
            .expect(409)
            .says(&["已經有員工用這個電子郵件", "night@shop.test", "倉庫晚班"]);

        let night = desk.stranger();
        night
            .get(&path)
            .await
            .expect(200)
            .says(&["倉庫晚班", "night@shop.test"]);
        let password = [
            ("email", "night@shop.test"),
            ("new_password", PASSWORD),
            ("new_password_again", PASSWORD),
        ];
        assert_eq!(night.post(&path, &password).await.location(), "/admin");
        night.get("/admin").await.expect(200).says(&["倉庫晚班"]);
        night.get(&path).await.expect(200).says(&["已經用過或過期"]);
        night.post(&path, &password).await.expect(404);
        desk.stranger()
            .signs_in("night@shop.test", PASSWORD)
            .await
            .expect(303);
    });
}

/// A6: the last owner stays: nobody, not even they themselves, can take the role or the access away.
#[test]
fn the_last_owner_stays() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.program(Role::Owner).await;
        let id = desk.account(Role::Owner, "first@shop.test").await;
        let path = format!("/admin/staff/{id}");
        let demote = json!({ "role": "service" });
        let refused = owner
            .send("PATCH", &path, Some(demote.clone()))
            .await
            .expect(409)
            .json();
        assert_eq!(refused["code"], "last-owner");
        owner
            .send("POST", &format!("{path}/deactivation"), Some(json!({})))
            .await
            .expect(409);
        desk.account(Role::Owner, "second@shop.test").await;
        owner.send("PATCH", &path, Some(demote)).await.expect(200);
        let page = owner.get("/admin/staff.json").await.json();
        let mut roles: Vec<&str> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["role"].as_str().unwrap())
            .collect();
        roles.sort_unstable();
        assert_eq!(roles, ["owner", "service"]);
    });
}

/// A6: nobody grants, or acts on, what they lack: not by role, not by key, not by a link to somebody else's account.
#[test]
fn nobody_reaches_beyond_their_own() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let id = desk.account(Role::Owner, "owner@shop.test").await;
        // No role but the owner's manages staff; a context with staff.write and little else stands for one that will.
        let few = kernel::Permissions::of(&[
            kernel::Permission::SignedIn,
            kernel::Permission::StaffWrite,
        ]);
        let clerk = desk.ctx.acting(platform::Actor::System("clerk"), few);
        let tried = clerk
            .write(async move |tx, ctx| {
                use platform::auth::staff::{self, StaffError};
                let email = kernel::Email::parse("friend@shop.test").unwrap();
                let beyond =
                    |result: Result<(), StaffError>| matches!(result, Err(StaffError::Beyond));
                let invited = staff::invite(tx, ctx, &email, "朋友", Role::Owner)
                    .await
                    .map(|_| ());
                let link = staff::reinvite(tx, ctx, id).await.map(|_| ());
                let demoted = staff::change(tx, ctx, id, None).await;
                let revived = staff::reactivate(tx, ctx, id).await;
                Ok::<_, platform::DbError>([invited, link, demoted, revived].map(beyond))
            })
            .await;
        assert_eq!(tried.unwrap(), [true; 4]);
        let service = desk.program(Role::Service).await;
        service
            .send(
                "POST",
                "/admin/keys",
                Some(json!({ "name": "x", "role": "service" })),
            )
            .await
            .expect(403);
        service
            .send(
                "POST",
                "/admin/staff",
                Some(json!({ "name": "x", "email": "x@y.tw", "role": "service" })),
            )
            .await
            .expect(403);
    });
}

/// PLT-08: access ends at once, also for links that are still open, and can be given back.
#[test]
fn access_ends_at_once() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.program(Role::Owner).await;
        let service = desk.staff(Role::Service).await;
        let page = owner.get("/admin/staff.json").await.json();
        let id = page["items"][0]["id"].as_str().unwrap().to_owned();
        let again = owner
            .send(
                "POST",
                &format!("/admin/staff/{id}/invitation"),
                Some(json!({})),
            )
            .await
            .expect(201)
            .json();
        assert_eq!(
            service.get("/admin").await.status,
            303,
            "a fresh link ends the sessions"
        );
        let link = link_of(&again);
        owner
            .send(
                "POST",
                &format!("/admin/staff/{id}/deactivation"),
                Some(json!({})),
            )
            .await
            .expect(200);
        desk.stranger()
            .get(&link)
            .await
            .expect(200)
            .says(&["已經用過或過期"]);
        desk.stranger()
            .signs_in("service@shop.test", PASSWORD)
            .await
            .expect(422);
        owner
            .send("DELETE", &format!("/admin/staff/{id}/deactivation"), None)
            .await
            .expect(200);
        desk.stranger()
            .signs_in("service@shop.test", PASSWORD)
            .await
            .expect(303);
        owner
            .send(
                "POST",
                "/admin/staff/staff_01kan5mmxjgmpd024mn8t6f8df/invitation",
                Some(json!({})),
            )
            .await
            .expect(404);
    });
}

/// PLT-08: a key is shown once, works within its role, and ends at once.
#[test]
fn a_key_is_shown_once_and_can_be_revoked() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let shown = owner
            .post(
                "/admin/keys",
                &[("form", "key"), ("name", "條碼槍"), ("role", "warehouse")],
            )
            .await
            .expect(201);
        assert_eq!(shown.header("cache-control"), "no-store");
        let start = shown.body.find("zg_").unwrap();
        let key: String = shown.body[start..]
            .chars()
            .take_while(|c| *c != '"')
            .collect();
        let listed = owner
            .get("/admin/staff")
            .await
            .expect(200)
            .says(&["條碼槍", "有效"]);
        assert!(!listed.body.contains(&key));
        let ask = async |path: &str| {
            let request = axum::extract::Request::builder()
                .uri(path)
                .header("authorization", format!("Bearer {key}"));
            desk.ask(
                request.body(axum::body::Body::empty()).unwrap(),
                [203, 0, 113, 20],
            )
            .await
            .status
            .as_u16()
        };
        assert_eq!(
            (ask("/admin/inventory").await, ask("/admin/staff").await),
            (200, 403)
        );
        let page = desk
            .program(Role::Owner)
            .await
            .get("/admin/staff.json")
            .await
            .json();
        let found = page["keys"]
            .as_array()
            .unwrap()
            .iter()
            .find(|k| k["name"] == "條碼槍")
            .unwrap()
            .clone();
        owner
            .post(
                &format!(
                    "/admin/keys/{}?_method=DELETE",
                    found["id"].as_str().unwrap()
                ),
                &[],
            )
            .await
            .expect(303);
        assert_eq!(ask("/admin/inventory").await, 401);
        owner
            .post(
                "/admin/keys",
                &[("form", "key"), ("name", " "), ("role", "warehouse")],
            )
            .await
            .expect(422)
            .says(&["error-name"]);
    });
}
