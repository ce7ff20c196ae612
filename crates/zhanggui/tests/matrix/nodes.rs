//! What is taken away is gone at once, at every node.

use axum::http::{Method, StatusCode};
use kernel::{Role, StaffId};
use platform::{
    Ctx,
    auth::{keys, session, staff},
};
use testkit::World;

use crate::house::{self, Ask};

/// A member of staff with a session.
async fn member(ctx: &Ctx, role: Role, email: &str) -> (StaffId, String) {
    let address = kernel::Email::parse(email).unwrap();
    let invited =
        ctx.write(async move |tx, ctx| staff::invite(tx, ctx, &address, "Nora", role).await);
    let (id, token) = invited.await.unwrap();
    let password = "eleven blue teapots".to_owned();
    staff::accept(ctx, token, password).await.unwrap();
    let opened = ctx.write(async move |tx, ctx| session::open(tx, ctx, id).await);
    (id, opened.await.unwrap())
}

/// Another node over the same database: what it answers to a proof at a page and at the file of a list.
struct Node {
    router: platform::web::app::AxumRouter,
}

impl Node {
    async fn over(world: &World) -> Self {
        let app = house::app_of(world).await;
        Self {
            router: app.router().unwrap(),
        }
    }

    async fn asked(&self, name: &str, proof: &str) -> [StatusCode; 2] {
        let mut told = Vec::new();
        for path in ["/admin/orders", "/admin/orders/export"] {
            let ask = Ask::change(&Method::GET, path, None);
            let request = ask.request().header(name, proof);
            let request = request.body(ask.content()).unwrap();
            told.push(house::send(&self.router, request).await.status);
        }
        [told[0], told[1]]
    }
}

/// A5: a session, a key, a role or an account that is taken away opens nothing at any node from the next request on,
/// no file of a list either.
#[test]
fn what_is_taken_away_opens_nothing_anywhere() {
    const OPEN: [StatusCode; 2] = [StatusCode::OK, StatusCode::OK];
    const SHUT: [StatusCode; 2] = [StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED];
    const REFUSED: [StatusCode; 2] = [StatusCode::FORBIDDEN, StatusCode::FORBIDDEN];
    testkit::run(async |world| {
        let here = house::app_of(world).await;
        let (ctx, there) = (&here.ctx, Node::over(world).await);
        let (_, signed_in) = member(ctx, Role::Operations, "one@desk.test").await;
        let (moved, session_of_moved) = member(ctx, Role::Operations, "two@desk.test").await;
        let (gone, session_of_gone) = member(ctx, Role::Operations, "three@desk.test").await;
        let made = ctx.write(async |tx, ctx| keys::create(tx, ctx, "till", Role::Operations).await);
        let (key, secret) = made.await.unwrap();
        let bearer = format!("Bearer {secret}");
        let cookie = |token: &str| format!("__Host-staff={token}");
        for token in [&signed_in, &session_of_moved, &session_of_gone] {
            assert_eq!(there.asked("cookie", &cookie(token)).await, OPEN);
        }
        assert_eq!(there.asked("authorization", &bearer).await, OPEN);

        let token = signed_in.clone();
        let end = ctx.write(async move |tx, _| session::close(tx, &token).await);
        end.await.unwrap();
        assert_eq!(there.asked("cookie", &cookie(&signed_in)).await, SHUT);
        let end = ctx.write(async move |tx, ctx| keys::revoke(tx, ctx, key).await);
        assert!(end.await.unwrap());
        assert_eq!(there.asked("authorization", &bearer).await, SHUT);
        let end = ctx
            .write(async move |tx, ctx| staff::change(tx, ctx, moved, Some(Role::Promotion)).await);
        end.await.unwrap();
        assert_eq!(
            there.asked("cookie", &cookie(&session_of_moved)).await,
            REFUSED
        );
        let end = ctx.write(async move |tx, ctx| staff::change(tx, ctx, gone, None).await);
        end.await.unwrap();
        assert_eq!(there.asked("cookie", &cookie(&session_of_gone)).await, SHUT);
    });
}
