//! Reports that do not fit what was asked for.

use kernel::{Currency, Money, OrderId, PaymentId};
use payments::{
    Account, Effect, Outcome, Payment, PaymentState, PaymentsError, journal,
    quarantine::{self, QuarantineState, Reason},
    record::Success,
};
use testkit::{START, World};

use crate::support::*;

const EVENTS: &str = "SELECT count(*) FROM events WHERE name = 'Payment Quarantined'";

async fn suspense(world: &World, currency: Currency) -> i64 {
    let balances = world
        .ctx
        .read(async |rx, _| journal::balances(rx).await)
        .await
        .unwrap();
    let found = balances
        .iter()
        .find(|b| b.account == Account::Suspense && b.balance.currency == currency);
    -found.map_or(0, |b| b.balance.amount)
}

/// Tells a misfit three times; it must be kept once, announced once, and pay nothing.
async fn refuse(
    world: &World,
    payment: &Payment,
    report: &Outcome,
    reason: Reason,
    held: Option<Money>,
) -> OrderId {
    let before = count(&world.ctx, EVENTS).await;
    for _ in 0..3 {
        let recorded = record(&world.ctx, payment.id, report).await;
        assert_eq!(recorded.effect, Effect::Quarantined);
    }
    let cases = quarantined(&world.ctx, payment.order_id).await;
    assert_eq!(
        cases
            .iter()
            .map(|q| (q.reason, q.amount))
            .collect::<Vec<_>>(),
        [(reason, held)]
    );
    assert_eq!(count(&world.ctx, EVENTS).await, before + 1);
    payment.order_id
}

async fn fresh(world: &World) -> Payment {
    let order = order(&world.ctx, twd(10_000)).await;
    card(&world.ctx, order).await
}

fn told(reference: &str, amount: Money, live: bool) -> Outcome {
    Outcome::Succeeded(Success {
        reference: reference.into(),
        amount,
        live,
        at: START,
    })
}

/// P3: another amount, currency or mode than asked for pays nothing, is kept once however often it is told, and calls
/// somebody; real money that came with it lies in suspense.
#[test]
fn what_does_not_fit_pays_nothing() {
    testkit::run(async |world| {
        let usd = Money::new(10_000, Currency::USD);
        for (n, (report, reason, held)) in [
            (
                told("r0", twd(10_100), false),
                Reason::WrongAmount,
                Some(twd(10_100)),
            ),
            (
                told("r1", twd(100), false),
                Reason::WrongAmount,
                Some(twd(100)),
            ),
            (told("r2", usd, false), Reason::WrongCurrency, Some(usd)),
            (told("r3", twd(10_000), true), Reason::WrongMode, None),
            (told("r4", twd(-10_000), false), Reason::WrongAmount, None),
        ]
        .into_iter()
        .enumerate()
        {
            let payment = fresh(world).await;
            let order = refuse(world, &payment, &report, reason, held).await;
            assert_eq!(money(&world.ctx, order).await.captured, twd(0), "{n}");
            assert_eq!(
                by_id(&world.ctx, payment.id).await.state,
                PaymentState::Created,
                "{n}"
            );
        }
        assert_eq!(
            (
                suspense(world, Currency::TWD).await,
                suspense(world, Currency::USD).await
            ),
            (10_200, 10_000)
        );
    });
}

/// P3: the name of another payment's charge pays nothing, and does not keep the owner from being paid by it.
#[test]
fn a_charge_of_another_payment_pays_nothing() {
    testkit::run(async |world| {
        let (owner, thief) = (fresh(world).await, fresh(world).await);
        record(
            &world.ctx,
            owner.id,
            &Outcome::Pending {
                reference: Some("mine".into()),
            },
        )
        .await;
        refuse(
            world,
            &thief,
            &told("mine", twd(10_000), false),
            Reason::ForeignReference,
            None,
        )
        .await;
        let also = fresh(world).await;
        refuse(
            world,
            &also,
            &Outcome::Pending {
                reference: Some("mine".into()),
            },
            Reason::ForeignReference,
            None,
        )
        .await;
        assert!(
            record(&world.ctx, owner.id, &told("mine", twd(10_000), false))
                .await
                .captured()
        );
        sync(world).await;
    });
}

/// P4: a second charge of one payment is money of the shopper's, not of the order's.
#[test]
fn a_second_charge_lies_in_suspense() {
    testkit::run(async |world| {
        let (order, paid) = paid_order(&world.ctx, twd(10_000)).await;
        refuse(
            world,
            &paid,
            &told("again", twd(10_000), false),
            Reason::SecondCharge,
            Some(twd(10_000)),
        )
        .await;
        assert_eq!(money(&world.ctx, order).await.captured, twd(10_000));
        assert_eq!(by_id(&world.ctx, paid.id).await, paid);
        sync(world).await;
    });
}

/// P3: a provider that names two amounts for one charge is believed in neither after the first; the charge is posted
/// once.
#[test]
fn a_contradiction_is_posted_once() {
    testkit::run(async |world| {
        let payment = fresh(world).await;
        refuse(
            world,
            &payment,
            &told("r", twd(9_000), false),
            Reason::WrongAmount,
            Some(twd(9_000)),
        )
        .await;
        let recorded = record(&world.ctx, payment.id, &told("r", twd(10_000), false)).await;
        assert_eq!(recorded.effect, Effect::Quarantined);
        let mut reasons: Vec<Reason> = quarantined(&world.ctx, payment.order_id)
            .await
            .iter()
            .map(|q| q.reason)
            .collect();
        reasons.sort();
        assert_eq!(reasons, [Reason::WrongAmount, Reason::Contradiction]);
        assert_eq!(suspense(world, Currency::TWD).await, 9_000);
        assert_eq!(money(&world.ctx, payment.order_id).await.captured, twd(0));

        let (_, paid) = paid_order(&world.ctx, twd(10_000)).await;
        let reference = paid.provider_ref.clone().unwrap();
        refuse(
            world,
            &paid,
            &told(&reference, twd(9_000), false),
            Reason::Contradiction,
            None,
        )
        .await;
        sync(world).await;
    });
}

async fn settle(world: &World, id: &str, by: &'static str) -> Result<(), PaymentsError> {
    let id = id.to_owned();
    world
        .ctx
        .write(async move |tx, ctx| match by {
            "dismiss" => quarantine::dismiss(tx, ctx, &id).await,
            "give_back" => quarantine::give_back(tx, ctx, &id).await,
            _ => quarantine::returned(tx, ctx, &id).await.map(|_| ()),
        })
        .await
}

/// P8: a report that holds money leaves the list only when the money went back; one without money is dismissed.
#[test]
fn money_cannot_be_dismissed() {
    testkit::run(async |world| {
        let payment = fresh(world).await;
        refuse(
            world,
            &payment,
            &told("r", twd(10_000), true),
            Reason::WrongMode,
            None,
        )
        .await;
        let empty = quarantined(&world.ctx, payment.order_id).await[0]
            .id
            .clone();
        assert!(matches!(
            settle(world, &empty, "give_back").await,
            Err(PaymentsError::QuarantineOver)
        ));
        settle(world, &empty, "dismiss").await.unwrap();
        assert!(matches!(
            settle(world, &empty, "dismiss").await,
            Err(PaymentsError::QuarantineOver)
        ));

        let (_, paid) = paid_order(&world.ctx, twd(10_000)).await;
        refuse(
            world,
            &paid,
            &told("again", twd(10_000), false),
            Reason::SecondCharge,
            Some(twd(10_000)),
        )
        .await;
        let held = quarantined(&world.ctx, paid.order_id).await[0].id.clone();
        assert!(matches!(
            settle(world, &held, "dismiss").await,
            Err(PaymentsError::QuarantineOver)
        ));
        assert!(matches!(
            settle(world, &held, "returned").await,
            Err(PaymentsError::QuarantineOver)
        ));
        settle(world, &held, "give_back").await.unwrap();
        assert!(matches!(
            settle(world, &held, "give_back").await,
            Err(PaymentsError::QuarantineOver)
        ));
        for _ in 0..2 {
            settle(world, &held, "returned").await.unwrap();
        }
        assert_eq!(
            quarantined(&world.ctx, paid.order_id).await[0].state,
            QuarantineState::Returned
        );
        assert_eq!(suspense(world, Currency::TWD).await, 0);
        let open = world
            .ctx
            .read(async |rx, _| quarantine::open(rx, 10).await)
            .await
            .unwrap();
        assert!(open.is_empty());
        // The money of this test was invented, so no provider can be asked for it.
        raw(&world.ctx, "DELETE FROM jobs").await.unwrap();
        sync(world).await;
    });
}

/// An id that was never given out is an error, not a panic and not a row.
#[test]
fn an_unknown_payment_is_not_found() {
    testkit::run(async |world| {
        let missing = world.ctx.write(async |tx, ctx| {
            payments::record::record(tx, ctx, PaymentId::new(), &Outcome::Unknown).await
        });
        assert!(matches!(missing.await, Err(PaymentsError::NotFound(_))));
    });
}
