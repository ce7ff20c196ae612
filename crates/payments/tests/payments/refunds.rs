//! Giving money back.

use kernel::{Currency, Money, OrderLineId};
use payments::{
    Account, Entry, EntryKind, PaymentsError, RefundLine, RefundOutcome, RefundRequest,
    RefundState, journal, refund,
};
use platform::{Ctx, params};
use testkit::World;

use crate::support::*;

async fn settle(
    world: &World,
    id: kernel::RefundId,
    outcome: RefundOutcome,
) -> Result<bool, PaymentsError> {
    world
        .ctx
        .write(async move |tx, ctx| refund::settle(tx, ctx, id, &outcome).await)
        .await
}

fn done() -> RefundOutcome {
    RefundOutcome::Succeeded {
        reference: "by hand".into(),
    }
}

fn failed() -> RefundOutcome {
    RefundOutcome::Failed {
        why: "account closed".into(),
    }
}

/// Two lines of an order, as orders would have them once their units came back, and what is given back for them.
async fn two_lines(ctx: &Ctx, order: kernel::OrderId) -> [RefundLine; 2] {
    let lines = [3_000, 1_000].map(|amount| RefundLine {
        order_line_id: OrderLineId::new(),
        quantity: 1,
        amount: twd(amount),
    });
    let given = lines.clone();
    let write = ctx.write(async move |tx, _| {
        for (position, line) in (0_i64..).zip(&given) {
            let sql = "INSERT INTO order_lines (id, order_id, position, product_id, variant_id, sku, title, variant_title, currency, \
                       unit_price, quantity, discount, tax_included, total, shipped, returned, refunded, refunded_units) \
                       VALUES ($1, $2, $3, $1, $1, '', '', '', 'TWD', 5000, 1, 0, 0, 5000, 1, 1, $4, 1)";
            tx.execute_one(sql, params![line.order_line_id, order, position, line.amount.amount])
                .await?;
        }
        // What fulfilment would know of them is not this test's.
        tx.execute("UPDATE orders SET delivery_code = 'import' WHERE id = $1", params![order])
            .await
    });
    write.await.unwrap();
    lines
}

/// P4: 64 refunds of random size at once, some of them settling meanwhile, never exceed what was captured; and what is
/// refused would really not have fitted.
#[test]
fn concurrent_refunds_stay_within_the_capture() {
    testkit::run(async |world| {
        for seed in [3, 17, 2026] {
            let (order, _) = paid_order(&world.ctx, twd(100_000)).await;
            let mut dice = Dice(seed);
            let wanted: Vec<i64> = (0..64)
                .map(|_| i64::try_from(dice.below(120) + 1).unwrap() * 100)
                .collect();
            let requests = wanted.iter().enumerate().map(|(n, amount)| {
                let (ctx, wanted) = (
                    world.ctx.clone(),
                    refund_of(order, *amount, &format!("{order}-{n}")),
                );
                async move {
                    let refund = request(&ctx, wanted).await?;
                    if n % 3 == 0 {
                        let settle = ctx.write(async move |tx, ctx| {
                            refund::settle(tx, ctx, refund.id, &done()).await
                        });
                        assert!(settle.await?);
                    }
                    Ok::<i64, PaymentsError>(refund.amount.amount)
                }
            });
            let results = at_once(requests.collect()).await;
            let given: i64 = results.iter().filter_map(|r| r.as_ref().ok()).sum();
            let money = money(&world.ctx, order).await;
            assert_eq!(money.refund_pending.amount + money.refunded.amount, given);
            assert!(
                given <= 100_000 && wanted.iter().sum::<i64>() > 100_000,
                "{given}"
            );
            for (result, wanted) in results.iter().zip(&wanted) {
                if let Err(refused) = result {
                    assert!(
                        matches!(refused, PaymentsError::OverRefund { .. }),
                        "{refused}"
                    );
                    assert!(*wanted > money.refundable().amount);
                }
            }
        }
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        sync(world).await;
    });
}

/// O8: the same key is the same refund, also from 32 requests at once; with other content it is refused, also for
/// another order at the same instant.
#[test]
fn one_key_is_one_refund() {
    testkit::run(async |world| {
        let (order, _) = paid_order(&world.ctx, twd(100_000)).await;
        let same = (0..32).map(|_| {
            let ctx = world.ctx.clone();
            async move {
                request(&ctx, refund_of(order, 10_000, "key"))
                    .await
                    .unwrap()
                    .id
            }
        });
        let ids = at_once(same.collect()).await;
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(money(&world.ctx, order).await.refund_pending, twd(10_000));
        let other = request(&world.ctx, refund_of(order, 20_000, "key")).await;
        assert!(matches!(other, Err(PaymentsError::KeyReused)), "{other:?}");

        let (next, _) = paid_order(&world.ctx, twd(100_000)).await;
        let both = [order, next, order, next].map(|order| {
            let ctx = world.ctx.clone();
            async move {
                request(&ctx, refund_of(order, 5_000, "shared"))
                    .await
                    .map(|r| r.order_id)
            }
        });
        let results = at_once(both.into_iter().collect()).await;
        let winner = *results.iter().find_map(|r| r.as_ref().ok()).unwrap();
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 2);
        assert!(results.iter().flatten().all(|o| *o == winner));
        assert!(
            results
                .iter()
                .filter_map(|r| r.as_ref().err())
                .all(|e| matches!(e, PaymentsError::KeyReused))
        );
        assert_eq!(count(&world.ctx, "SELECT count(*) FROM refunds").await, 2);
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        sync(world).await;
    });
}

/// P4: a refund ends once; a failed one frees its money, and the opposite end is refused afterwards.
#[test]
fn a_refund_ends_once() {
    testkit::run(async |world| {
        let (order, _) = paid_order(&world.ctx, twd(10_000)).await;
        let first = request(&world.ctx, refund_of(order, 10_000, "a"))
            .await
            .unwrap();
        let too_much = request(&world.ctx, refund_of(order, 100, "b")).await;
        assert!(
            matches!(too_much, Err(PaymentsError::OverRefund { refundable, .. }) if refundable == twd(0))
        );
        assert!(settle(world, first.id, failed()).await.unwrap());
        assert!(!settle(world, first.id, failed()).await.unwrap());
        assert!(matches!(
            settle(world, first.id, done()).await,
            Err(PaymentsError::RefundOver(RefundState::Failed))
        ));
        assert_eq!(money(&world.ctx, order).await.refundable(), twd(10_000));

        let second = request(&world.ctx, refund_of(order, 10_000, "c"))
            .await
            .unwrap();
        let ends = (0..16).map(|_| {
            let ctx = world.ctx.clone();
            async move {
                ctx.write(async move |tx, ctx| refund::settle(tx, ctx, second.id, &done()).await)
                    .await
                    .unwrap()
            }
        });
        assert_eq!(
            at_once(ends.collect())
                .await
                .into_iter()
                .filter(|first| *first)
                .count(),
            1
        );
        assert!(money(&world.ctx, order).await.is_refunded());
        assert_eq!(
            count(
                &world.ctx,
                "SELECT count(*) FROM events WHERE name = 'Order Refunded'"
            )
            .await,
            1
        );
        assert_eq!(
            count(
                &world.ctx,
                "SELECT count(*) FROM journal WHERE entry = 'refund'"
            )
            .await,
            1
        );
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        sync(world).await;
    });
}

/// P7: what was not earned yet goes back as such; only what was earned by shipping becomes an expense.
#[test]
fn a_refund_knows_what_was_earned() {
    testkit::run(async |world| {
        let (order, _) = paid_order(&world.ctx, twd(10_000)).await;
        let sale = Entry {
            entry: EntryKind::Sale,
            debit: Account::CustomerOrders,
            credit: Account::Sales,
            amount: twd(7_000),
            order_id: Some(order),
            effect_key: format!("sale:{order}"),
            at: None,
        };
        for posted in [true, false] {
            let sale = sale.clone();
            assert_eq!(
                world
                    .ctx
                    .write(async move |tx, ctx| journal::post(tx, ctx, &sale).await)
                    .await
                    .unwrap(),
                posted
            );
        }
        let refund = request(&world.ctx, refund_of(order, 5_000, "a"))
            .await
            .unwrap();
        settle(world, refund.id, done()).await.unwrap();
        let rows = journal(&world.ctx, order).await;
        let mut refunds: Vec<_> = rows
            .iter()
            .filter(|t| t.entry == EntryKind::Refund)
            .map(|t| (t.debit, t.amount))
            .collect();
        refunds.sort_by_key(|r| r.0);
        assert_eq!(
            refunds,
            [
                (Account::CustomerOrders, twd(3_000)),
                (Account::Refunds, twd(2_000))
            ]
        );
        let left = world
            .ctx
            .read(async move |rx, _| journal::unearned(rx, order, Currency::TWD).await)
            .await
            .unwrap();
        assert_eq!(left, twd(0));
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        sync(world).await;
    });
}

/// O3, P4: amounts that nobody can pay and parts that do not fit are refused, and set nothing aside.
#[test]
fn impossible_refunds_are_refused() {
    testkit::run(async |world| {
        let (order, _) = paid_order(&world.ctx, twd(10_000)).await;
        let line = |amount| RefundLine {
            order_line_id: OrderLineId::new(),
            quantity: 1,
            amount: twd(amount),
        };
        let base = refund_of(order, 5_000, "k");
        let parts = |lines: Vec<RefundLine>, shipping| RefundRequest {
            lines,
            shipping: twd(shipping),
            ..base.clone()
        };
        for wrong in [
            parts(vec![line(4_000), line(1_100)], 0),
            parts(vec![line(5_000)], 100),
            parts(vec![line(-100)], 0),
            parts(vec![], -100),
        ] {
            let refused = request(&world.ctx, wrong).await;
            assert!(
                matches!(refused, Err(PaymentsError::RefundParts)),
                "{refused:?}"
            );
        }
        for amount in [0, -100, 50] {
            let refused = request(&world.ctx, refund_of(order, amount, "k")).await;
            assert!(
                matches!(refused, Err(PaymentsError::NotPayable { .. })),
                "{refused:?}"
            );
        }
        let foreign = RefundRequest {
            amount: Money::new(100, Currency::USD),
            ..base.clone()
        };
        assert!(matches!(
            request(&world.ctx, foreign).await,
            Err(PaymentsError::Money(_))
        ));
        let unpaid = crate::support::order(&world.ctx, twd(10_000)).await;
        assert!(matches!(
            request(&world.ctx, refund_of(unpaid, 100, "u")).await,
            Err(PaymentsError::OverRefund { .. })
        ));
        assert_eq!(money(&world.ctx, order).await.refundable(), twd(10_000));

        let [first, second] = two_lines(&world.ctx, order).await;
        let twice = parts(vec![first.clone(), first.clone()], 0);
        assert!(matches!(
            request(&world.ctx, twice).await,
            Err(PaymentsError::RefundParts)
        ));
        let whole = request(&world.ctx, parts(vec![second, first], 1_000))
            .await
            .unwrap();
        assert_eq!(whole.lines.len(), 2);
        assert_eq!(refund_by_id(&world.ctx, whole.id).await, whole);
        assert!(
            raw(&world.ctx, "UPDATE refund_lines SET quantity = 9")
                .await
                .is_err(),
            "what was asked for stays"
        );
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        sync(world).await;
    });
}
