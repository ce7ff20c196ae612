//! The journal, and the comparison of our books with the provider's.

use std::collections::BTreeMap;

use kernel::{Currency, Money, OrderId};
use payments::{
    Account, Entry, EntryKind, Method, PaymentsError, Settled,
    demo_card::{self, Scenario},
    import::{self, ImportedMoney, Paid},
    journal, payment, quarantine, reconcile,
};
use platform::params;
use testkit::World;

use crate::support::*;

fn entry(key: &str, amount: Money) -> Entry {
    Entry {
        entry: EntryKind::Sale,
        debit: Account::CustomerOrders,
        credit: Account::Sales,
        amount,
        order_id: None,
        effect_key: key.into(),
        at: None,
    }
}

async fn post(world: &World, entry: Entry) -> Result<bool, PaymentsError> {
    world
        .ctx
        .write(async move |tx, ctx| journal::post(tx, ctx, &entry).await)
        .await
}

async fn balanced(world: &World) {
    let balances = world
        .ctx
        .read(async |rx, _| journal::balances(rx).await)
        .await
        .unwrap();
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for balance in &balances {
        *sums.entry(balance.balance.currency).or_default() += balance.balance.amount;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{balances:?}");
}

/// P7: an effect is posted once, with one figure; nothing negative is posted, and zero posts nothing.
#[test]
fn an_effect_is_posted_once() {
    testkit::run(async |world| {
        let posts = (0..32).map(|_| {
            let ctx = world.ctx.clone();
            async move {
                ctx.write(async |tx, ctx| journal::post(tx, ctx, &entry("sale:1", twd(100))).await)
                    .await
                    .unwrap()
            }
        });
        assert_eq!(
            at_once(posts.collect())
                .await
                .into_iter()
                .filter(|posted| *posted)
                .count(),
            1
        );
        assert!(matches!(
            post(world, entry("sale:1", twd(200))).await,
            Err(PaymentsError::EffectReused(_))
        ));
        assert!(matches!(
            post(world, entry("sale:2", twd(-100))).await,
            Err(PaymentsError::NotPayable { .. })
        ));
        assert!(!post(world, entry("sale:3", twd(0))).await.unwrap());
        assert!(
            post(world, entry("sale:4", Money::new(7, Currency::JPY)))
                .await
                .unwrap()
        );
        assert_eq!(count(&world.ctx, "SELECT count(*) FROM journal").await, 2);
        balanced(world).await;
    });
}

const SCENARIOS: [Scenario; 9] = [
    Scenario::Succeed,
    Scenario::Decline(payments::DeclineCode::LimitReached),
    Scenario::TimeOutBefore,
    Scenario::TimeOutAfter,
    Scenario::LateCallback(700),
    Scenario::LateCallback(3),
    Scenario::CallbackTwice,
    Scenario::CallbackOutOfOrder,
    Scenario::WrongAmount,
];

/// Several workers at once, as on several nodes.
async fn crowd(world: &World) {
    let drains = (0..3).map(|_| {
        let workers = workers(world);
        async move { workers.drain().await.unwrap() }
    });
    at_once(drains.collect()).await;
}

/// One step of a shopper or of staff: pay what is not paid, give back some of what is, give stray money back.
async fn step(world: &World, order: OrderId, dice: &mut Dice, n: u64) {
    let money = money(&world.ctx, order).await;
    if !money.is_covered() {
        if let Ok(begun) = start(&world.ctx, order, Method::Card).await {
            let scenario = SCENARIOS[usize::try_from(dice.below(9)).unwrap()];
            charge(&world.ctx, begun.id, scenario).await;
        }
    } else if dice.below(2) == 0 {
        let amount = i64::try_from(dice.below(60) + 1).unwrap() * 100;
        let wanted = refund_of(order, amount, &format!("{order}-{}", n / 2));
        let _ = request(&world.ctx, wanted).await;
    }
    if dice.below(3) == 0 {
        for case in quarantined(&world.ctx, order).await {
            let _ = world
                .ctx
                .write(async move |tx, ctx| quarantine::give_back(tx, ctx, &case.id.clone()).await)
                .await;
        }
    }
}

/// What the provider holds, added up from its books alone.
async fn held(world: &World) -> i64 {
    let now = world.ctx.now();
    let books = world
        .ctx
        .read(async |rx, _| demo_card::books(rx).await)
        .await
        .unwrap();
    books
        .iter()
        .filter(|c| c.is_taken(now))
        .map(|c| c.amount.amount - c.refunded.amount)
        .sum()
}

/// An order whose work is done is paid once or not at all; a payment without an end is one that somebody was called for.
async fn settled_order(world: &World, order: OrderId) {
    let payments = world
        .ctx
        .read(async move |rx, _| payment::of_order(rx, order).await)
        .await
        .unwrap();
    let captures: Vec<Money> = payments
        .iter()
        .filter(|p| p.settled == Some(Settled::Order))
        .map(|p| p.amount)
        .collect();
    let money = money(&world.ctx, order).await;
    let expected = if captures.is_empty() {
        twd(0)
    } else {
        money.due
    };
    assert_eq!((captures.len() <= 1, money.captured), (true, expected));
    let called: Vec<_> = quarantined(&world.ctx, order)
        .await
        .into_iter()
        .filter(|q| q.settled_at.is_none())
        .collect();
    for open in payments.iter().filter(|p| p.state.is_open()) {
        assert!(
            called.iter().any(|q| q.payment_id == Some(open.id)),
            "{open:?}"
        );
    }
}

/// P1, P4 to P8, P14 together, the strongest oracle: after a random run of payments, failures of every kind, refunds and
/// returned stray money, worked off by several workers, the provider's books equal ours charge by charge, no shopper was
/// charged twice for one order except into suspense, and the accounts sum to nothing.
#[test]
fn the_providers_books_equal_ours() {
    testkit::run(async |world| {
        for seed in [1, 20_260_302] {
            let mut dice = Dice(seed);
            let mut orders = Vec::new();
            for _ in 0..12 {
                let amount = i64::try_from(dice.below(300) + 1).unwrap() * 100;
                orders.push(order(&world.ctx, twd(amount)).await);
            }
            for n in 0..10 {
                for order in &orders {
                    step(world, *order, &mut dice, n).await;
                }
                crowd(world).await;
                world.pass(std::time::Duration::from_secs(dice.below(400)));
            }
            work_off(world).await;
            let breaks = world
                .ctx
                .read(async |rx, ctx| reconcile::demo_card(rx, ctx.now()).await)
                .await
                .unwrap();
            assert_eq!(breaks, [], "seed {seed}");
            let balances = world
                .ctx
                .read(async |rx, _| journal::balances(rx).await)
                .await
                .unwrap();
            let ours: i64 = balances
                .iter()
                .filter(|b| b.account == Account::Card)
                .map(|b| b.balance.amount)
                .sum();
            assert_eq!(held(world).await, ours, "seed {seed}");
            for order in &orders {
                settled_order(world, *order).await;
            }
            balanced(world).await;
        }
        let paid = count(
            &world.ctx,
            "SELECT count(*) FROM order_money WHERE captured > 0",
        )
        .await;
        let refunded = count(
            &world.ctx,
            "SELECT count(*) FROM refunds WHERE state = 'succeeded'",
        )
        .await;
        let stray = count(
            &world.ctx,
            "SELECT count(*) FROM payment_quarantine WHERE amount IS NOT NULL",
        )
        .await;
        assert!(
            paid > 10 && refunded > 5 && stray > 0,
            "the run was too tame: {paid} {refunded} {stray}"
        );
        assert_eq!(
            count(&world.ctx, "SELECT count(*) FROM jobs WHERE state = 'dead'").await,
            0
        );
    });
}

/// P7, P8: imported orders leave the same books as living ones: captured, earned, refunded.
#[test]
fn imported_money_is_whole() {
    testkit::run(async |world| {
        let mut rows = Vec::new();
        for (total, shipping, fees, refunded) in [
            (10_000, 1_000, 500, 0),
            (20_000, 0, 0, 5_000),
            (30_000, 0, 0, 30_000),
            (0, 0, 0, 0),
        ] {
            let id = order(&world.ctx, twd(total)).await;
            let priced = world.ctx.write(async move |tx, _| {
                let sql = "UPDATE orders SET subtotal = total - $2 - $3, shipping = $2, fees = $3 WHERE id = $1";
                tx.execute_one(sql, params![id, shipping, fees]).await
            });
            priced.await.unwrap();
            rows.push(ImportedMoney {
                order_id: id,
                total: twd(total),
                shipping: twd(shipping),
                fees: twd(fees),
                refunded: twd(refunded),
                refund_lines: Vec::new(),
                method: Method::BankTransfer,
                paid: Paid::Earned,
                paid_at: testkit::START,
                refunded_at: testkit::START,
            });
        }
        raw(&world.ctx, "DELETE FROM order_money").await.unwrap();
        let mut wrong = rows.clone();
        wrong[0].refunded = twd(10_100);
        let refused = world
            .ctx
            .write(async move |tx, ctx| import::money(tx, ctx, &wrong).await)
            .await;
        assert!(matches!(refused, Err(PaymentsError::RefundParts)));
        world
            .ctx
            .write(async move |tx, ctx| import::money(tx, ctx, &rows).await)
            .await
            .unwrap();
        sync(world).await;
        let balances = world
            .ctx
            .read(async |rx, _| journal::balances(rx).await)
            .await
            .unwrap();
        let of = |account| {
            balances
                .iter()
                .find(|b| b.account == account)
                .map_or(0, |b| b.balance.amount)
        };
        assert_eq!(
            (of(Account::Bank), of(Account::Sales), of(Account::Shipping)),
            (25_000, -58_500, -1_000)
        );
        assert_eq!(of(Account::Fees), -500);
        assert_eq!(
            (of(Account::Refunds), of(Account::CustomerOrders)),
            (35_000, 0)
        );
        balanced(world).await;
    });
}

/// CHK-05: every refusal has a sentence in the three languages.
#[test]
fn every_refusal_is_translated() {
    for file in [
        include_str!("../../../../locales/zh-Hant/errors-payments.ftl"),
        include_str!("../../../../locales/zh-Hans/errors-payments.ftl"),
        include_str!("../../../../locales/en/errors-payments.ftl"),
    ] {
        for key in PaymentsError::KEYS {
            let line = file
                .lines()
                .find_map(|l| l.strip_prefix(key)?.strip_prefix(" = "));
            assert!(line.is_some_and(|text| !text.trim().is_empty()), "{key}");
        }
    }
}
