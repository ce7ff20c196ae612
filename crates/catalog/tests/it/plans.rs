//! Products that go on sale and off by the clock.

use std::time::Duration;

use catalog::{NewProduct, Plan, ProductState, price, product};
use kernel::{ProductId, Timestamp};
use testkit::World;

use crate::{created, first_variant, on_sale, tea};

async fn planned(world: &World, id: ProductId, plan: Plan) -> Result<(), &'static str> {
    world
        .ctx
        .write(async move |tx, ctx| product::plan(tx, ctx, id, plan).await)
        .await
        .map_err(|error| error.key())
}

/// Lets the clock act and says how many times had come.
async fn act(world: &World) -> usize {
    world
        .ctx
        .write(async |tx, ctx| product::carry_out(tx, ctx, 100).await)
        .await
        .unwrap()
}

async fn state(world: &World, id: ProductId) -> (ProductState, Plan) {
    let found = world
        .ctx
        .read(async move |rx, _| product::by_id(rx, id).await)
        .await
        .unwrap()
        .unwrap();
    (found.state, found.plan)
}

fn at(world: &World, hours: i64) -> Option<Timestamp> {
    Some(world.ctx.now().plus_seconds(hours * 3_600))
}

const HOUR: Duration = Duration::from_secs(3_600);

/// CAT-01, GOV-08: a product goes on sale and off at its times, each once, and its price history says exactly when
/// shoppers could buy it; a time that was missed acts when the clock is looked at, and the history does not claim
/// otherwise.
#[test]
fn times_act_once() {
    testkit::run(async |world| {
        let id = created(world, tea("a", "甲")).await;
        let plan = Plan {
            publish_at: at(world, 1),
            unpublish_at: at(world, 30),
        };
        planned(world, id, plan).await.unwrap();
        assert_eq!(act(world).await, 0);
        assert_eq!(state(world, id).await, (ProductState::Draft, plan));
        world.pass(HOUR * 2);
        assert_eq!(act(world).await, 1);
        assert_eq!(act(world).await, 0, "it fires once");
        let (now, left) = state(world, id).await;
        assert_eq!(now, ProductState::Published);
        assert_eq!(
            (left.publish_at, left.unpublish_at),
            (None, plan.unpublish_at)
        );
        let opened = world.ctx.now();
        world.pass(HOUR * 40);
        assert_eq!(act(world).await, 1);
        assert_eq!(
            state(world, id).await,
            (ProductState::Draft, Plan::default())
        );
        let variant = first_variant(world, id).await;
        let history = world
            .ctx
            .read(async move |rx, _| price::history(rx, variant).await)
            .await
            .unwrap();
        let told: Vec<_> = history.iter().map(|p| (p.on_sale, p.valid_from)).collect();
        assert_eq!(told[1..], [(true, opened), (false, world.ctx.now())]);
    });
}

/// CAT-01: what cannot go on sale at its time stays a draft and says why, and holds up nobody else; what somebody does
/// by hand takes the time away; times that have passed are refused.
#[test]
fn a_plan_that_fails_says_why() {
    testkit::run(async |world| {
        let bare = NewProduct {
            variants: Vec::new(),
            ..tea("bare", "空")
        };
        let bare = created(world, bare).await;
        let other = created(world, tea("other", "乙")).await;
        let plan = Plan {
            publish_at: at(world, 1),
            unpublish_at: None,
        };
        for id in [bare, other] {
            planned(world, id, plan).await.unwrap();
        }
        world.pass(HOUR);
        assert_eq!(act(world).await, 2);
        assert_eq!(state(world, bare).await.0, ProductState::Draft);
        assert_eq!(state(world, other).await.0, ProductState::Published);
        let why = world
            .ctx
            .read(async move |rx, _| product::plan_problem(rx, bare).await)
            .await;
        assert_eq!(why.unwrap().as_deref(), Some("error-nothing-to-sell"));
        assert_eq!(planned(world, bare, plan).await, Err("error-plan-invalid"));
        let early = on_sale(world, tea("early", "早")).await;
        let off = Plan {
            publish_at: None,
            unpublish_at: at(world, 1),
        };
        planned(world, early, off).await.unwrap();
        let by_hand = world
            .ctx
            .write(async move |tx, ctx| product::unpublish(tx, ctx, early).await);
        by_hand.await.unwrap();
        assert_eq!(state(world, early).await.1, Plan::default());
    });
}
