//! Limits that people run into, with many at once, on both databases.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

use std::sync::Arc;

use kernel::{Email, Role, StaffId};
use platform::{
    Actor, Ctx, DbError,
    auth::{
        staff,
        tries::{self, Try},
    },
    list::{
        ListError,
        saved::{self, MOST_VIEWS, NewView},
    },
};

/// How many of these came to what was asked for.
async fn won(racing: Vec<tokio::task::JoinHandle<bool>>) -> i64 {
    let mut won = 0;
    for one in racing {
        won += i64::from(one.await.unwrap());
    }
    won
}

fn at_once(
    tries: i64,
    one: impl Fn(i64) -> tokio::task::JoinHandle<bool>,
) -> Vec<tokio::task::JoinHandle<bool>> {
    (0..tries).map(one).collect()
}

async fn counts(ctx: &Ctx, tried: Try<'static>) -> bool {
    let counted = ctx.write(async move |tx, ctx| tries::count(tx, ctx, tried).await);
    let counted: Result<bool, DbError> = counted.await;
    counted.unwrap()
}

/// A13: however many guess at once, a day has so many tries at one person's codes and at one account, and not one more;
/// another person and another day have their own.
#[test]
fn a_day_has_so_many_tries() {
    testkit::run(async |world| {
        let id = StaffId::new();
        for tried in [Try::Code(id), Try::Staff("owner@shop.test")] {
            let most = tried.most();
            // All but the last few are used up, so that the race is about these.
            for _ in 0..most - 5 {
                assert!(counts(&world.ctx, tried).await);
            }
            let racing = at_once(40, |_| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move { counts(&ctx, tried).await })
            });
            assert_eq!(won(racing).await, 5, "{tried:?}");
        }
        assert!(!counts(&world.ctx, Try::Staff(" OWNER@shop.test")).await);
        assert!(counts(&world.ctx, Try::Code(StaffId::new())).await);
        world.pass(std::time::Duration::from_secs(86_400));
        assert!(counts(&world.ctx, Try::Code(id)).await);
        let forgotten = world
            .ctx
            .write(async |tx, ctx| tries::forget(tx, ctx.now()).await);
        let forgotten: Result<u64, DbError> = forgotten.await;
        assert_eq!(forgotten.unwrap(), 3, "yesterday's counts go, today's stay");
    });
}

/// One person keeps so many views of a list, however many are kept at once; under a name they have, it is the same view.
#[test]
fn a_person_keeps_so_many_views() {
    testkit::run(async |world| {
        let email = Email::parse("owner@shop.test").unwrap();
        let invited = world
            .ctx
            .write(async move |tx, ctx| staff::invite(tx, ctx, &email, "owner", Role::Owner).await);
        let (id, _) = invited.await.unwrap();
        let actor = Actor::Staff {
            id,
            name: Arc::from("owner"),
            role: Role::Owner,
        };
        let me = world.ctx.acting(actor, Role::Owner.permissions());
        let keep = |n: i64| {
            let ctx = me.clone();
            tokio::spawn(async move {
                let kept = ctx.write(async move |tx, ctx| {
                    let new = NewView {
                        list: "orders",
                        name: format!("view {n}"),
                        query: "tab=all".into(),
                        shared: false,
                        as_default: false,
                    };
                    saved::keep(tx, ctx, new).await
                });
                let kept = kept.await;
                let refused = matches!(kept, Err(ListError::TooManyViews));
                assert!(kept.is_ok() || refused, "{kept:?}");
                kept.is_ok()
            })
        };
        let racing = at_once(MOST_VIEWS + 20, keep);
        assert_eq!(won(racing).await, MOST_VIEWS);
        let sql = "SELECT COUNT(*) FROM saved_views";
        let kept = world
            .ctx
            .read(async move |rx, _| rx.scalar::<i64>(sql, &[]).await);
        let kept: Result<i64, DbError> = kept.await;
        assert_eq!(kept.unwrap(), MOST_VIEWS);
    });
}
