//! Starting, sending and ending payments.

use kernel::{Money, Timestamp};
use payments::{
    Account, DeclineCode, Effect, EntryKind, Method, Outcome, Payment, PaymentState, PaymentsError,
    Provider, Settled, StartPayment,
    demo_card::Scenario,
    payment,
    quarantine::Reason,
    settings::{self, PaymentSettings},
};
use platform::DbError;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use testkit::{START, World};

use crate::support::*;

/// One thing that a provider can say, without the name of the charge.
#[derive(Debug, Clone, Copy)]
enum Word {
    Silence,
    Pending,
    Declined(DeclineCode, i64),
    Succeeded,
}

fn words() -> impl Strategy<Value = Vec<Word>> {
    let word = prop_oneof![
        Just(Word::Silence),
        Just(Word::Pending),
        (prop::sample::select(DeclineCode::ALL), 0..3_i64)
            .prop_map(|(code, at)| Word::Declined(code, at)),
        (prop::sample::select(DeclineCode::ALL), 0..3_i64)
            .prop_map(|(code, at)| Word::Declined(code, at)),
        Just(Word::Succeeded),
    ];
    prop::collection::vec(word, 1..7)
}

impl Word {
    fn about(self, payment: &Payment) -> Outcome {
        let reference = format!("ch_{}", payment.id);
        match self {
            Self::Silence => Outcome::Unknown,
            Self::Pending => Outcome::Pending {
                reference: Some(reference),
            },
            Self::Declined(code, at) => Outcome::Declined {
                code,
                reference: Some(reference),
                at: START.plus_seconds(at),
            },
            Self::Succeeded => success(&reference, payment.amount),
        }
    }
}

/// What is left of a payment and its books when names and times of writing are taken away.
#[derive(Debug, PartialEq)]
struct End {
    state: PaymentState,
    decline: Option<DeclineCode>,
    named: bool,
    decided_at: Option<Timestamp>,
    settled: Option<Settled>,
    captured: Money,
    rows: Vec<(EntryKind, Account, Account, Money)>,
    quarantined: usize,
}

async fn tell(world: &World, words: &[Word]) -> End {
    let order = order(&world.ctx, twd(58_000)).await;
    let payment = card(&world.ctx, order).await;
    for word in words {
        record(&world.ctx, payment.id, &word.about(&payment)).await;
    }
    let payment = by_id(&world.ctx, payment.id).await;
    let rows = journal(&world.ctx, order).await;
    End {
        state: payment.state,
        decline: payment.decline_code,
        named: payment.provider_ref.is_some(),
        decided_at: payment.decided_at,
        settled: payment.settled,
        captured: money(&world.ctx, order).await.captured,
        rows: rows
            .iter()
            .map(|t| (t.entry, t.debit, t.credit, t.amount))
            .collect(),
        quarantined: quarantined(&world.ctx, order).await.len(),
    }
}

/// The end by definition: the strongest word wins, of refusals the latest.
fn expected(words: &[Word]) -> End {
    let has = |f: fn(&Word) -> bool| words.iter().any(f);
    let succeeded = has(|w| matches!(w, Word::Succeeded));
    let refusal = words
        .iter()
        .filter_map(|w| {
            if let Word::Declined(code, at) = w {
                Some((*at, *code))
            } else {
                None
            }
        })
        .max();
    let state = if succeeded {
        PaymentState::Succeeded
    } else if refusal.is_some() {
        PaymentState::Declined
    } else if has(|w| matches!(w, Word::Pending)) {
        PaymentState::Pending
    } else {
        PaymentState::Unknown
    };
    let capture = (
        EntryKind::Capture,
        Account::Card,
        Account::CustomerOrders,
        twd(58_000),
    );
    End {
        state,
        decline: refusal.filter(|_| !succeeded).map(|(_, code)| code),
        named: has(|w| !matches!(w, Word::Silence)),
        decided_at: if succeeded {
            Some(START)
        } else {
            refusal.map(|(at, _)| START.plus_seconds(at))
        },
        settled: succeeded.then_some(Settled::Order),
        captured: twd(if succeeded { 58_000 } else { 0 }),
        rows: if succeeded { vec![capture] } else { Vec::new() },
        quarantined: 0,
    }
}

/// P1: for any multiset of genuine words about a payment, told in any order and any number of times, the end is the
/// same: the payment, the order's money, the journal.
#[test]
fn any_order_of_words_ends_the_same() {
    testkit::run(async |world| {
        let mut runner = TestRunner::default();
        let mut dice = Dice(0x5eed);
        for _ in 0..40 {
            let once = words().new_tree(&mut runner).unwrap().current();
            let mut often: Vec<Word> = once.iter().chain(&once).copied().collect();
            dice.shuffle(&mut often);
            assert_eq!(tell(world, &once).await, expected(&once), "{once:?}");
            assert_eq!(tell(world, &often).await, expected(&once), "{often:?}");
        }
        sync(world).await;
    });
}

/// P4, P14 and the order's one capture: two payments of one order that succeed at the same instant, each told many
/// times, make exactly one capture; the other's money lies in suspense and somebody is called.
#[test]
fn two_payments_succeed_at_once() {
    testkit::run(async |world| {
        for round in 0..12 {
            let order = order(&world.ctx, twd(10_000)).await;
            let first = card(&world.ctx, order).await;
            record(
                &world.ctx,
                first.id,
                &decline(DeclineCode::DeclinedByBank, START),
            )
            .await;
            let second = card(&world.ctx, order).await;
            let told = (0..16).map(|n| {
                let (ctx, id) = (
                    world.ctx.clone(),
                    if n % 2 == 0 { first.id } else { second.id },
                );
                async move { record(&ctx, id, &success(&format!("ch_{id}"), twd(10_000))).await }
            });
            let recorded = at_once(told.collect()).await;
            assert_eq!(
                recorded.iter().filter(|r| r.captured()).count(),
                1,
                "round {round}"
            );
            assert_eq!(
                recorded
                    .iter()
                    .filter(|r| r.effect == Effect::Quarantined)
                    .count(),
                1,
                "round {round}"
            );
            assert_eq!(money(&world.ctx, order).await.captured, twd(10_000));
            let mut entries: Vec<EntryKind> = journal(&world.ctx, order)
                .await
                .iter()
                .map(|t| t.entry)
                .collect();
            entries.sort();
            assert_eq!(entries, [EntryKind::Capture, EntryKind::Overpayment]);
            let cases = quarantined(&world.ctx, order).await;
            assert_eq!(
                cases
                    .iter()
                    .map(|q| (q.reason, q.amount))
                    .collect::<Vec<_>>(),
                [(Reason::Overpaid, Some(twd(10_000)))]
            );
        }
        sync(world).await;
    });
}

/// P14: a refusal, a pending word or a silence that comes after the money changes nothing.
#[test]
fn nothing_undoes_a_success() {
    testkit::run(async |world| {
        let (order, paid) = paid_order(&world.ctx, twd(10_000)).await;
        for late in [
            decline(DeclineCode::InsufficientFunds, START.plus_seconds(60)),
            Outcome::Pending {
                reference: paid.provider_ref.clone(),
            },
            Outcome::Unknown,
        ] {
            let recorded = record(&world.ctx, paid.id, &late).await;
            assert_eq!(
                (recorded.effect, &recorded.payment),
                (Effect::Superseded, &paid)
            );
        }
        let again = record(
            &world.ctx,
            paid.id,
            &success(paid.provider_ref.as_ref().unwrap(), twd(10_000)),
        )
        .await;
        assert_eq!(again.effect, Effect::Already);
        assert_eq!(journal(&world.ctx, order).await.len(), 1);
        sync(world).await;
    });
}

async fn start_with(world: &World, start: StartPayment) -> Result<Payment, PaymentsError> {
    world
        .ctx
        .write(async move |tx, ctx| payment::start(tx, ctx, start.clone()).await)
        .await
}

/// O5, P6: a payment is started only for exactly what is due, never while an earlier one may be charging; a try that
/// nobody acts on makes room.
#[test]
fn what_may_be_started() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let card_of = |amount| StartPayment {
            order_id: order,
            method: Method::Card,
            provider: Provider::DemoCard,
            amount,
        };
        let cheaper = start_with(world, card_of(twd(9_900))).await;
        assert!(
            matches!(cheaper, Err(PaymentsError::NotTheAmountDue { .. })),
            "{cheaper:?}"
        );
        let foreign = start_with(world, card_of(Money::new(10_000, kernel::Currency::USD))).await;
        assert!(
            matches!(foreign, Err(PaymentsError::Money(_))),
            "{foreign:?}"
        );

        let transfer = start(&world.ctx, order, Method::BankTransfer)
            .await
            .unwrap();
        assert_eq!(transfer.state, PaymentState::Pending);
        let first = card(&world.ctx, order).await;
        let second = card(&world.ctx, order).await;
        for given_up in [transfer.id, first.id] {
            assert_eq!(
                by_id(&world.ctx, given_up).await.state,
                PaymentState::Cancelled
            );
        }

        charge(&world.ctx, second.id, Scenario::TimeOutAfter).await;
        workers(world).drain().await.unwrap();
        for method in Method::ALL {
            let third = start(&world.ctx, order, *method).await;
            assert!(
                matches!(third, Err(PaymentsError::AttemptOpen { payment, .. }) if payment == second.id),
                "{third:?}"
            );
        }
        work_off(world).await;
        let paid = start_with(world, card_of(twd(10_000))).await;
        assert!(matches!(paid, Err(PaymentsError::NothingDue)), "{paid:?}");
    });
}

/// P3: the demo provider pays no order of a shop that takes real money.
#[test]
fn a_real_shop_takes_no_demo_money() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let real = PaymentSettings::default();
        world
            .ctx
            .write(async move |tx, ctx| settings::save(tx, ctx, &real).await)
            .await
            .unwrap();
        let refused = start(&world.ctx, order, Method::Card).await;
        assert!(
            matches!(refused, Err(PaymentsError::DemoInRealShop)),
            "{refused:?}"
        );
        assert!(
            start(&world.ctx, order, Method::BankTransfer)
                .await
                .unwrap()
                .live
        );
    });
}

/// P6 as a race: many windows start a payment of one order at once; one try is left, and each has a key of its own.
#[test]
fn many_windows_leave_one_try() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let starts = (0..64).map(|_| {
            let ctx = world.ctx.clone();
            async move { start(&ctx, order, Method::Card).await }
        });
        let started = at_once(starts.collect()).await;
        assert!(started.iter().all(Result::is_ok));
        let open = count(
            &world.ctx,
            "SELECT count(*) FROM payments WHERE state = 'created'",
        )
        .await;
        let keys = count(
            &world.ctx,
            "SELECT count(DISTINCT idempotency_key) FROM payments",
        )
        .await;
        assert_eq!((open, keys), (1, 64));
    });
}

/// P5, P6 as a race: a try is either sent or given up, never both.
#[test]
fn a_try_is_sent_or_given_up() {
    testkit::run(async |world| {
        for _ in 0..16 {
            let order = order(&world.ctx, twd(10_000)).await;
            let first = card(&world.ctx, order).await;
            let (sender, other) = (world.ctx.clone(), world.ctx.clone());
            let send = tokio::spawn(async move {
                sender
                    .write(async move |tx, ctx| {
                        payment::send(tx, ctx, first.id, Scenario::Succeed).await
                    })
                    .await
                    .unwrap()
            });
            let begin = tokio::spawn(async move { start(&other, order, Method::Card).await });
            let (sent, begun) = (send.await.unwrap().is_some(), begin.await.unwrap().is_ok());
            assert_ne!(sent, begun);
            let expected = if sent {
                PaymentState::Created
            } else {
                PaymentState::Cancelled
            };
            assert_eq!(by_id(&world.ctx, first.id).await.state, expected);
        }
    });
}

/// CHK-04: cash that the courier brought pays the order, once; a card payment cannot be entered by hand.
#[test]
fn cash_is_collected_once() {
    testkit::run(async |world| {
        let order_id = order(&world.ctx, twd(10_000)).await;
        let cash = start(&world.ctx, order_id, Method::CashOnDelivery)
            .await
            .unwrap()
            .id;
        for expected in [Effect::Applied, Effect::Already] {
            let recorded = world
                .ctx
                .write(async move |tx, ctx| {
                    payment::collected(tx, ctx, cash, Some("parcel 1")).await
                })
                .await;
            assert_eq!(recorded.unwrap().effect, expected);
        }
        let rows = journal(&world.ctx, order_id).await;
        assert_eq!(
            rows.iter().map(|t| (t.debit, t.amount)).collect::<Vec<_>>(),
            [(Account::CashOnDelivery, twd(10_000))]
        );
        let other = order(&world.ctx, twd(10_000)).await;
        let by_card = card(&world.ctx, other).await.id;
        let refused = world
            .ctx
            .write(async move |tx, ctx| payment::collected(tx, ctx, by_card, None).await)
            .await;
        assert!(matches!(refused, Err(PaymentsError::NotByHand)));
        sync(world).await;
    });
}

/// CHK-08: a list of unpaid orders sees the last try of each.
#[test]
fn the_last_try_of_each_order() {
    testkit::run(async |world| {
        let (a, b) = (
            order(&world.ctx, twd(10_000)).await,
            order(&world.ctx, twd(20_000)).await,
        );
        start(&world.ctx, a, Method::BankTransfer).await.unwrap();
        let last = card(&world.ctx, a).await;
        let latest = world
            .ctx
            .read(async move |rx, _| payment::latest_of(rx, &[a, b]).await)
            .await
            .unwrap();
        assert_eq!(latest.len(), 1);
        assert_eq!(latest[&a].id, last.id);
    });
}

/// P4, P7 (C): raw SQL cannot capture twice or more than is due, refund more than came in, or touch the journal.
#[test]
fn the_database_itself_refuses() {
    testkit::run(async |world| {
        paid_order(&world.ctx, twd(10_000)).await;
        for sql in [
            "UPDATE order_money SET captured = captured + 1",
            "UPDATE order_money SET excess = captured + 1",
            "UPDATE order_money SET refunded = captured + 1",
            "UPDATE order_money SET refund_pending = captured, refunded = 1",
            "UPDATE order_money SET refunded = -1",
            "UPDATE journal SET amount = amount + 1",
            "DELETE FROM journal",
            "UPDATE payments SET settled = NULL",
            "INSERT INTO journal (id, entry, debit, credit, currency, amount, effect_key, at, actor) \
             SELECT id, entry, debit, debit, currency, amount, 'other', at, actor FROM journal",
        ] {
            let tried = raw(&world.ctx, sql).await;
            assert!(
                matches!(tried, Err(DbError::Constraint(_) | DbError::Unique(_))),
                "{sql}: {tried:?}"
            );
        }
        sync(world).await;
    });
}
