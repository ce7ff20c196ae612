//! Bundles: what is made of parts takes the parts' stock (CAT-16, S7).

use std::{collections::BTreeMap, sync::Arc};

use catalog::bundle;
use inventory::InventoryError;
use kernel::{OrderId, VariantId};
use operations::{
    FlowError,
    flows::{
        end_order,
        refund_order::{self, Which},
    },
};
use orders::{OrderState, PaymentMethod};
use proptest::prelude::*;
use proptest::{strategy::ValueTree, test_runner::TestRunner};
use testkit::World;
use tokio::sync::Barrier;

use crate::shop::{DAY, Shop, back, units};

/// Rounds of the race.
const ROUNDS: usize = 24;

/// A fresh product of one variant that is made of these.
pub(crate) async fn box_of(shop: &Shop, name: &str, parts: &[(VariantId, i64)]) -> VariantId {
    let id = shop.product(name, 90_000).await;
    let parts = parts.to_vec();
    let made = shop
        .ctx
        .write(async move |tx, ctx| bundle::set(tx, ctx, id, &parts).await);
    made.await.unwrap();
    id
}

/// Whether an order was refused because goods ran out, and for no other reason.
fn sold_out(error: &FlowError) -> bool {
    matches!(
        error,
        FlowError::Lines(_) | FlowError::Inventory(InventoryError::OutOfStock { .. })
    )
}

/// CAT-16, S5, S7: the last units are wanted at once by bundles, by the part alone and by carts that hold both. Whoever
/// gets an order gets all of it, nothing is sold twice, and nothing is left that somebody could still have had.
#[test]
fn a_bundle_and_its_part_race_for_the_last_units() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for round in 0..ROUNDS {
            let tea = shop.goods(&format!("tea-{round}"), 40_000, 5).await;
            let cup = shop.goods(&format!("cup-{round}"), 20_000, 9).await;
            let set = box_of(&shop, &format!("set-{round}"), &[(tea, 2), (cup, 1)]).await;
            let wishes: [&[(VariantId, i64)]; 6] = [
                &[(set, 1)],
                &[(tea, 1)],
                &[(set, 1), (tea, 1)],
                &[(set, 2)],
                &[(tea, 2)],
                &[(set, 1), (cup, 3)],
            ];
            let start = Arc::new(Barrier::new(wishes.len()));
            let mut racing = Vec::new();
            for wish in wishes {
                let token = shop.ready(wish, PaymentMethod::Card).await;
                let (shop, start) = (shop.clone(), Arc::clone(&start));
                let taken: (i64, i64) = wish.iter().fold((0, 0), |sum, (variant, units)| {
                    let each = match *variant {
                        id if id == set => (2, 1),
                        id if id == tea => (1, 0),
                        _ => (0, 1),
                    };
                    (sum.0 + each.0 * units, sum.1 + each.1 * units)
                });
                racing.push(tokio::spawn(async move {
                    start.wait().await;
                    (shop.place(&token).await, taken)
                }));
            }
            let (mut won, mut lost) = ((0, 0), Vec::new());
            for one in racing {
                match one.await.unwrap() {
                    (Ok(_), units) => won = (won.0 + units.0, won.1 + units.1),
                    (Err(refused), units) => {
                        assert!(sold_out(&refused), "round {round}: {refused:?}");
                        lost.push(units);
                    }
                }
            }
            assert_eq!(shop.units(tea).await, (5, won.0), "round {round}");
            assert_eq!(shop.units(cup).await, (9, won.1), "round {round}");
            assert!(won.0 <= 5 && !lost.is_empty(), "round {round}");
            let fits = |units: &(i64, i64)| won.0 + units.0 <= 5 && won.1 + units.1 <= 9;
            assert!(
                !lost.iter().any(fits),
                "round {round}: refused although it was there"
            );
        }
        world.check().await;
    });
}

/// S7, S8: a bundle and its part in one cart are one demand; the line that is short says that the rest is in the cart,
/// and nothing is held.
#[test]
fn a_cart_with_both_is_one_demand() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let tea = shop.goods("few", 40_000, 5).await;
        let pair = box_of(&shop, "pair", &[(tea, 2)]).await;
        let token = shop
            .ready(&[(pair, 2), (tea, 1)], PaymentMethod::Card)
            .await;
        shop.place(&token).await.unwrap();
        assert_eq!(shop.units(tea).await, (5, 5));

        let more = shop.goods("more", 40_000, 4).await;
        let double = box_of(&shop, "double", &[(more, 2)]).await;
        for (lines, problem) in [
            ([(double, 2), (more, 1)], ("shared", 0)),
            ([(more, 1), (double, 2)], ("not_enough", 1)),
        ] {
            let token = shop.ready(&lines, PaymentMethod::Card).await;
            let Err(FlowError::Lines(short)) = shop.place(&token).await else {
                panic!("five of four")
            };
            assert_eq!(short.len(), 1);
            assert_eq!((short[0].problem, short[0].available), problem);
            assert_eq!(shop.units(more).await, (4, 0));
        }
    });
}

/// O10: an order keeps what was in its bundle, whatever the bundle is made of later; two parcels, a refund of what has
/// not left and a return move the parts (S13), and a second bundle of the same goods is not touched by any of it.
#[test]
fn an_order_keeps_its_parts() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let tea = shop.goods("oolong", 40_000, 20).await;
        let cup = shop.goods("bowl", 20_000, 20).await;
        let set = box_of(&shop, "gift", &[(tea, 2), (cup, 1)]).await;
        let placed = shop.paid(&[(set, 4), (tea, 1)]).await;
        let id = placed.order.id;
        assert_eq!(shop.units(tea).await, (20, 9));
        let changed = shop
            .ctx
            .write(async move |tx, ctx| bundle::set(tx, ctx, set, &[(cup, 5)]).await);
        changed.await.unwrap();
        let lines = shop.lines(id).await;
        let line = lines.iter().find(|line| line.variant_id == set).unwrap();
        let parts: Vec<_> = line
            .parts
            .iter()
            .map(|p| (p.variant_id, p.quantity))
            .collect();
        assert_eq!(parts, [(tea, 2), (cup, 1)]);

        operations::flows::pick_order::pick(&shop.ctx, id)
            .await
            .unwrap();
        shop.ship(id, Some(vec![(line.id, 1)])).await.unwrap();
        assert_eq!(
            (shop.units(tea).await, shop.units(cup).await),
            ((18, 7), (19, 3))
        );
        let what = units(&[(line.id, 1, Which::Unshipped)]);
        refund_order::refund(&shop.ctx, back(id, what))
            .await
            .unwrap();
        assert_eq!(
            (shop.units(tea).await, shop.units(cup).await),
            ((18, 5), (19, 2))
        );
        shop.ship(id, None).await.unwrap();
        assert_eq!(
            (shop.units(tea).await, shop.units(cup).await),
            ((13, 0), (17, 0))
        );
        let what = units(&[(line.id, 2, Which::Shipped { restock: true })]);
        let mut again = back(id, what);
        again.idempotency_key = "came back".into();
        refund_order::refund(&shop.ctx, again.clone())
            .await
            .unwrap();
        refund_order::refund(&shop.ctx, again).await.unwrap();
        assert_eq!(
            (shop.units(tea).await, shop.units(cup).await),
            ((17, 0), (19, 0))
        );
        let line = shop
            .lines(id)
            .await
            .into_iter()
            .find(|l| l.variant_id == set)
            .unwrap();
        assert_eq!(
            (line.shipped, line.cancelled, line.returned, line.restocked),
            (3, 1, 2, 2)
        );
    });
}

/// S9: a late payment of a bundle takes its parts again, or asks somebody to decide when one of them is gone; then
/// nothing of the others is held either.
#[test]
fn a_late_payment_needs_every_part() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let tea = shop.goods("late", 40_000, 4).await;
        let set = box_of(&shop, "late-box", &[(tea, 2), (shop.cup, 1)]).await;
        let late = async |world: &World| {
            let placed = shop.buy(&[(set, 1)], PaymentMethod::BankTransfer).await;
            world.pass(std::time::Duration::from_secs(3 * DAY + 60));
            end_order::expire_due(&shop.ctx).await.unwrap();
            placed
        };
        let first = late(world).await;
        assert_eq!(shop.units(tea).await, (4, 0));
        shop.transfer(first.order.id, first.order.total)
            .await
            .unwrap();
        assert_eq!(
            (shop.units(tea).await.1, shop.units(shop.cup).await.1),
            (2, 1)
        );
        end_order::cancel(&shop.ctx, first.order.id, "test")
            .await
            .unwrap();
        let second = late(world).await;
        shop.paid(&[(shop.cup, 1)]).await;
        shop.transfer(second.order.id, second.order.total)
            .await
            .unwrap();
        let order = shop.order(second.order.id).await;
        assert_eq!(
            (order.state, order.stock_decision),
            (OrderState::Paid, true)
        );
        assert_eq!(shop.units(tea).await, (4, 0));
    });
}

/// What a shopper or the staff do next.
#[derive(Debug, Clone)]
enum Step {
    /// Orders lines: which of the three goods or two bundles, and how many.
    Order(Vec<(usize, i64)>),
    /// Calls an order off.
    Cancel(usize),
    /// Sends some units of the first line, or everything.
    Ship(usize, Option<i64>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let line = (0_usize..5, 1_i64..4);
    let step = prop_oneof![
        3 => prop::collection::vec(line, 1..4).prop_map(Step::Order),
        1 => (0_usize..6).prop_map(Step::Cancel),
        2 => (0_usize..6, prop::option::of(1_i64..3)).prop_map(|(at, units)| Step::Ship(at, units)),
    ];
    prop::collection::vec(step, 4..14)
}

/// What the naive clerk knows of an order.
struct Known {
    id: OrderId,
    /// What its first line is of.
    first: VariantId,
    /// Units of each line that have not left, and what one takes of each good.
    lines: Vec<(i64, [i64; 3])>,
    over: bool,
}

/// S1, S3, S7, S8, S13: whatever is ordered, called off and sent, of goods and of bundles that share them, every shelf
/// has what a clerk with paper and pencil has written down.
#[test]
fn shelves_agree_with_a_clerk() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let plan = steps().new_tree(&mut runner).unwrap().current();
        testkit::run(async |world| follow(world, plan.clone()).await);
    }
}

/// What one unit of each thing takes of each of the three goods: the goods themselves, then the two bundles.
const NEEDS: [[i64; 3]; 5] = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 1, 0], [0, 1, 3]];

/// The clerk: what lies on each shelf, what is set aside, and the orders.
struct Clerk {
    shop: Shop,
    goods: Vec<VariantId>,
    on_hand: [i64; 3],
    reserved: [i64; 3],
    orders: Vec<Known>,
}

impl Clerk {
    async fn open(world: &World) -> Self {
        let shop = Shop::open(world).await;
        let on_hand = [12, 9, 7];
        let mut goods = Vec::new();
        for (name, units) in ["a", "b", "c"].into_iter().zip(on_hand) {
            goods.push(shop.goods(&format!("clerk-{name}"), 10_000, units).await);
        }
        goods.push(box_of(&shop, "clerk-ab", &[(goods[0], 2), (goods[1], 1)]).await);
        goods.push(box_of(&shop, "clerk-bc", &[(goods[1], 1), (goods[2], 3)]).await);
        Self {
            shop,
            goods,
            on_hand,
            reserved: [0; 3],
            orders: Vec::new(),
        }
    }

    async fn order(&mut self, wish: Vec<(usize, i64)>) {
        let mut merged: BTreeMap<usize, i64> = BTreeMap::new();
        for (what, units) in wish {
            *merged.entry(what).or_default() += units;
        }
        let merged: Vec<(usize, i64)> = merged.into_iter().collect();
        let wanted: Vec<(VariantId, i64)> = merged
            .iter()
            .map(|(what, units)| (self.goods[*what], *units))
            .collect();
        let demand = [0, 1, 2].map(|at| {
            let each = merged.iter().map(|(what, units)| units * NEEDS[*what][at]);
            each.sum::<i64>()
        });
        let enough = (0..3).all(|at| demand[at] <= self.on_hand[at] - self.reserved[at]);
        let token = self
            .shop
            .ready(&wanted, PaymentMethod::CashOnDelivery)
            .await;
        match self.shop.place(&token).await {
            Ok(placed) => {
                assert!(enough, "sold what was not there");
                (0..3).for_each(|at| self.reserved[at] += demand[at]);
                let id = placed.order.id;
                let picked = operations::flows::pick_order::pick(&self.shop.ctx, id).await;
                picked.unwrap();
                let lines = merged.iter().map(|(what, units)| (*units, NEEDS[*what]));
                self.orders.push(Known {
                    id,
                    first: wanted[0].0,
                    lines: lines.collect(),
                    over: false,
                });
            }
            Err(refused) => assert!(!enough && sold_out(&refused), "{refused:?}"),
        }
    }

    async fn cancel(&mut self, at: usize) {
        let Some(order) = self.orders.get_mut(at).filter(|order| !order.over) else {
            return;
        };
        let cancelled = end_order::cancel(&self.shop.ctx, order.id, "test").await;
        if cancelled.is_ok() {
            for (units, each) in &order.lines {
                (0..3).for_each(|at| self.reserved[at] -= units * each[at]);
            }
            order.over = true;
        }
    }

    async fn ship(&mut self, at: usize, units: Option<i64>) {
        let Some(order) = self.orders.get_mut(at).filter(|order| !order.over) else {
            return;
        };
        let lines = self.shop.lines(order.id).await;
        let first = lines.iter().find(|line| line.variant_id == order.first);
        let first = first.unwrap().id;
        let wanted = units.map(|units| vec![(first, units)]);
        if self.shop.ship(order.id, wanted).await.is_err() {
            return;
        }
        for (place, (left, each)) in order.lines.iter_mut().enumerate() {
            let leaves = units.map_or(*left, |units| if place == 0 { units } else { 0 });
            for (at, units) in each.iter().enumerate() {
                self.on_hand[at] -= leaves * units;
                self.reserved[at] -= leaves * units;
            }
            *left -= leaves;
        }
        order.over = order.lines.iter().all(|(left, _)| *left == 0);
    }
}

async fn follow(world: &World, plan: Vec<Step>) {
    let mut clerk = Clerk::open(world).await;
    for step in plan {
        match step {
            Step::Order(wish) => clerk.order(wish).await,
            Step::Cancel(at) => clerk.cancel(at).await,
            Step::Ship(at, units) => clerk.ship(at, units).await,
        }
        for at in 0..3 {
            let written = (clerk.on_hand[at], clerk.reserved[at]);
            assert_eq!(
                clerk.shop.units(clerk.goods[at]).await,
                written,
                "good {at}"
            );
        }
        world.check().await;
    }
}
