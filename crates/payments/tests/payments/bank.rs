//! Money that arrives at the bank.

use kernel::{BankReceiptId, OrderId};
use payments::{
    Account, Effect, EntryKind, Method, PaymentState, PaymentsError, Recorded, Settled,
    receipt::{self, BankReceipt, Fit, NewReceipt},
    transfer_report,
};
use platform::Ctx;
use testkit::World;

use crate::support::*;

async fn arrive(
    ctx: &Ctx,
    amount: i64,
    last_five: &str,
    reference: &str,
) -> Result<BankReceipt, PaymentsError> {
    let new = NewReceipt {
        amount: twd(amount),
        received_at: ctx.now(),
        payer: String::new(),
        last_five: last_five.into(),
        bank_reference: reference.into(),
    };
    ctx.write(async move |tx, ctx| receipt::record(tx, ctx, new.clone()).await)
        .await
}

async fn match_to(ctx: &Ctx, id: BankReceiptId, order: OrderId) -> Result<Recorded, PaymentsError> {
    ctx.write(async move |tx, ctx| receipt::match_to(tx, ctx, id, order).await)
        .await
}

async fn report(world: &World, order: OrderId, digits: &'static str) -> Result<(), PaymentsError> {
    world
        .ctx
        .write(async move |tx, ctx| transfer_report::save(tx, ctx, order, digits).await)
        .await
}

/// P8: what arrives lies in suspense, is recorded once per bank reference, and becomes an alarm when it lies too long.
#[test]
fn a_transfer_is_recorded_once() {
    testkit::run(async |world| {
        let receipt = arrive(&world.ctx, 10_000, "12345", "B1").await.unwrap();
        let again = arrive(&world.ctx, 10_000, "12345", "B1").await.unwrap();
        assert_eq!(again, receipt);
        let other = arrive(&world.ctx, 20_000, "", "B1").await;
        assert!(
            matches!(other, Err(PaymentsError::BankReferenceReused)),
            "{other:?}"
        );
        for overdue in [false, true] {
            let sums = world
                .ctx
                .read(async |rx, ctx| receipt::suspense_sums(rx, ctx.now()).await)
                .await
                .unwrap();
            let sums: Vec<_> = sums
                .iter()
                .map(|s| (s.receipts, s.amount, s.overdue))
                .collect();
            assert_eq!(sums, [(1, twd(10_000), overdue)]);
            world.pass(std::time::Duration::from_secs(4 * 86_400));
        }
        let waiting = world
            .ctx
            .read(async |rx, _| receipt::suspense(rx, 10).await)
            .await
            .unwrap();
        assert_eq!(waiting, [receipt]);
    });
}

/// P8: a receipt pays exactly the order it is matched to, by its exact amount, once.
#[test]
fn a_transfer_pays_its_order() {
    testkit::run(async |world| {
        let order_id = order(&world.ctx, twd(10_000)).await;
        let awaited = start(&world.ctx, order_id, Method::BankTransfer)
            .await
            .unwrap();
        let receipt = arrive(&world.ctx, 10_000, "12345", "B1").await.unwrap();
        let dearer = order(&world.ctx, twd(10_100)).await;
        let wrong = match_to(&world.ctx, receipt.id, dearer).await;
        assert!(
            matches!(wrong, Err(PaymentsError::NotTheAmountDue { .. })),
            "{wrong:?}"
        );
        let recorded = match_to(&world.ctx, receipt.id, order_id).await.unwrap();
        assert!(recorded.captured());
        assert_eq!(
            (recorded.payment.id, recorded.payment.state),
            (awaited.id, PaymentState::Succeeded)
        );
        let again = match_to(&world.ctx, receipt.id, order_id).await.unwrap();
        assert_eq!(again.effect, Effect::Already);
        let taken = match_to(&world.ctx, receipt.id, dearer).await;
        assert!(
            matches!(taken, Err(PaymentsError::ReceiptTaken)),
            "{taken:?}"
        );
        let rows = journal(&world.ctx, order_id).await;
        let rows: Vec<_> = rows.iter().map(|t| (t.entry, t.debit, t.credit)).collect();
        assert_eq!(
            rows,
            [(
                EntryKind::Capture,
                Account::Suspense,
                Account::CustomerOrders
            )]
        );
        sync(world).await;
    });
}

/// P8 as a race: one receipt matched to two orders by many hands at once pays exactly one of them.
#[test]
fn one_receipt_pays_one_order() {
    testkit::run(async |world| {
        for round in 0..8 {
            let orders = [
                order(&world.ctx, twd(10_000)).await,
                order(&world.ctx, twd(10_000)).await,
            ];
            let receipt = arrive(&world.ctx, 10_000, "", &format!("B{round}"))
                .await
                .unwrap()
                .id;
            let hands = (0..16).map(|n| {
                let (ctx, order) = (world.ctx.clone(), orders[n % 2]);
                async move { match_to(&ctx, receipt, order).await }
            });
            let results = at_once(hands.collect()).await;
            assert_eq!(results.iter().flatten().filter(|r| r.captured()).count(), 1);
            let paid = [
                money(&world.ctx, orders[0]).await.is_covered(),
                money(&world.ctx, orders[1]).await.is_covered(),
            ];
            assert_ne!(paid[0], paid[1]);
            let refused = results.iter().filter_map(|r| r.as_ref().err());
            assert!(
                refused
                    .into_iter()
                    .all(|e| matches!(e, PaymentsError::ReceiptTaken))
            );
        }
        sync(world).await;
    });
}

/// P4: the shopper who transferred, then chose the card: the transfer pays the order, the card's money waits in
/// suspense.
#[test]
fn a_transfer_after_another_choice_still_pays() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let transfer = start(&world.ctx, order, Method::BankTransfer)
            .await
            .unwrap();
        let by_card = card(&world.ctx, order).await;
        charge(
            &world.ctx,
            by_card.id,
            payments::demo_card::Scenario::LateCallback(60),
        )
        .await;
        workers(world).drain().await.unwrap();
        let receipt = arrive(&world.ctx, 10_000, "", "B1").await.unwrap();
        let recorded = match_to(&world.ctx, receipt.id, order).await.unwrap();
        assert!(recorded.captured());
        assert_ne!(recorded.payment.id, transfer.id);
        sync(world).await;
        work_off(world).await;
        assert_eq!(
            by_id(&world.ctx, by_card.id).await.settled,
            Some(Settled::Suspense)
        );
        assert_eq!(money(&world.ctx, order).await.captured, twd(10_000));
    });
}

/// CHK-03: staff see which orders a receipt may pay, and which receipts may pay an order, best first.
#[test]
fn suggestions_put_the_best_first() {
    testkit::run(async |world| {
        let mut orders = Vec::new();
        for amount in [10_000, 10_000, 30_000, 40_000] {
            let order = order(&world.ctx, twd(amount)).await;
            start(&world.ctx, order, Method::BankTransfer)
                .await
                .unwrap();
            orders.push(order);
        }
        for wrong in ["1234", "123456", "1234a", "１２３４５"] {
            assert!(matches!(
                report(world, orders[1], wrong).await,
                Err(PaymentsError::LastFive)
            ));
        }
        report(world, orders[1], "00000").await.unwrap();
        report(world, orders[1], "12345").await.unwrap();
        report(world, orders[2], "12345").await.unwrap();
        let receipt = arrive(&world.ctx, 10_000, "12345", "B1").await.unwrap();
        let also = arrive(&world.ctx, 10_000, "", "B2").await.unwrap();
        assert!(matches!(
            arrive(&world.ctx, 10_000, "12", "B3").await,
            Err(PaymentsError::LastFive)
        ));
        let asked = receipt.clone();
        let found = world
            .ctx
            .read(async move |rx, _| receipt::suggestions(rx, &asked).await)
            .await
            .unwrap();
        let found: Vec<_> = found.iter().map(|s| (s.order_id, s.fit)).collect();
        assert_eq!(
            found,
            [
                (orders[1], Fit::AmountAndLastFive),
                (orders[0], Fit::Amount),
                (orders[2], Fit::LastFive)
            ]
        );
        let order = orders[1];
        let fitting = world
            .ctx
            .read(async move |rx, _| receipt::candidates(rx, order).await)
            .await
            .unwrap();
        let fitting: Vec<_> = fitting.iter().map(|(r, fit)| (r.id, *fit)).collect();
        assert_eq!(
            fitting,
            [(receipt.id, Fit::AmountAndLastFive), (also.id, Fit::Amount)]
        );
    });
}

/// P8: money without an order goes back once, and can then pay nothing.
#[test]
fn a_receipt_is_given_back_once() {
    testkit::run(async |world| {
        let order = order(&world.ctx, twd(10_000)).await;
        let id = arrive(&world.ctx, 10_000, "", "B1").await.unwrap().id;
        for first in [true, false] {
            assert_eq!(
                world
                    .ctx
                    .write(async move |tx, ctx| receipt::give_back(tx, ctx, id).await)
                    .await
                    .unwrap(),
                first
            );
        }
        assert!(matches!(
            match_to(&world.ctx, id, order).await,
            Err(PaymentsError::ReceiptTaken)
        ));
        let matched = arrive(&world.ctx, 10_000, "", "B2").await.unwrap().id;
        match_to(&world.ctx, matched, order).await.unwrap();
        let refused = world
            .ctx
            .write(async move |tx, ctx| receipt::give_back(tx, ctx, matched).await)
            .await;
        assert!(matches!(refused, Err(PaymentsError::ReceiptTaken)));
        let waiting = world
            .ctx
            .read(async |rx, _| receipt::suspense(rx, 10).await)
            .await
            .unwrap();
        assert!(waiting.is_empty());
        sync(world).await;
    });
}
