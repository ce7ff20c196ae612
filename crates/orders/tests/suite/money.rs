//! What is known about an order's money.

use kernel::event;
use orders::{OrderState, OrdersError, PaymentMethod, PaymentState, order, payment_state};
use platform::params;

use crate::shop::{self, events_of, order_in};

/// The end of a look that must leave nothing behind.
#[derive(Debug)]
enum Looked {
    Done,
    Failed { why: OrdersError },
}

impl From<platform::DbError> for Looked {
    fn from(error: platform::DbError) -> Self {
        Self::Failed { why: error.into() }
    }
}

/// P14: the payment state changes as its table says and in no other way; repeating is no change; a late decline never
/// undoes a success.
#[test]
fn the_payment_state_follows_its_table() {
    testkit::run(async |world| {
        let order = order_in(&world.ctx, OrderState::Placed).await;
        for from in PaymentState::ALL.iter().copied() {
            for to in PaymentState::ALL.iter().copied() {
                let id = order.id;
                let looked = world.ctx.write(async move |tx, ctx| {
                    tx.execute_one(
                        "UPDATE orders SET payment_state = $2 WHERE id = $1",
                        params![id, from],
                    )
                    .await?;
                    let changed = order::set_payment_state(tx, ctx, id, to).await;
                    let after = order::by_id(tx, id)
                        .await
                        .map_err(|why| Looked::Failed { why })?;
                    let expected = payment_state::TABLE.contains(&(from, to));
                    match changed {
                        Ok(changed) => {
                            assert_eq!(changed, expected);
                            assert!(changed || from == to);
                            assert_eq!(after.payment_state, to);
                        }
                        Err(OrdersError::IllegalPayment { from: f, to: t }) => {
                            assert_eq!((f, t), (from, to));
                            assert!(!expected && from != to);
                            assert_eq!(after.payment_state, from);
                        }
                        Err(other) => panic!("{other}"),
                    }
                    assert_eq!(
                        after.paid_at.is_some(),
                        expected && to == PaymentState::Paid
                    );
                    Err::<(), _>(Looked::Done)
                });
                match looked.await {
                    Err(Looked::Done) => {}
                    Err(Looked::Failed { why }) => panic!("{from} {to}: {why}"),
                    Ok(()) => unreachable!(),
                }
            }
        }
    });
}

/// P8: money at the door is recorded on the delivered order, once, without a step of its own.
#[test]
fn cash_is_recorded_after_delivery() {
    testkit::run(async |world| {
        let order = world.ctx.write(async |tx, ctx| {
            let mut order =
                shop::place(tx, ctx, shop::two_lines(PaymentMethod::CashOnDelivery)).await?;
            for act in [
                orders::Act::Pick,
                orders::Act::ShipAll,
                orders::Act::Deliver,
            ] {
                order = order::apply(tx, ctx, &order, act, "test").await?;
            }
            let at = ctx.now().plus_seconds(-60);
            shop::capture(tx, ctx, &order).await?;
            assert!(order::mark_paid(tx, ctx, order.id, at).await?);
            assert!(!order::mark_paid(tx, ctx, order.id, ctx.now()).await?);
            order::by_id(tx, order.id).await
        });
        let order = order.await.unwrap();
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Delivered, PaymentState::Paid)
        );
        assert_eq!(order.paid_at, Some(testkit::START.plus_seconds(-60)));
        let id = order.id;
        assert_eq!(
            world
                .ctx
                .read(async move |rx, _| order::history(rx, id).await)
                .await
                .unwrap()
                .len(),
            4
        );
        assert_eq!(events_of(&world.ctx, id, event::ORDER_COMPLETED).await, 1);
    });
}

/// A decline keeps the order and lets the shopper pay in another way at once; with a payment in the air, or once it is
/// paid, the way is fixed.
#[test]
fn another_way_to_pay_is_open_until_one_works() {
    testkit::run(async |world| {
        let order = order_in(&world.ctx, OrderState::Placed).await;
        let id = order.id;
        let until = testkit::START.plus_seconds(3_600);
        let change = async |state: PaymentState, method: PaymentMethod| {
            let changed = world.ctx.write(async move |tx, ctx| {
                order::set_payment_state(tx, ctx, id, state).await?;
                order::change_method(tx, ctx, id, method, Some(until)).await
            });
            changed.await
        };
        let declined = change(PaymentState::Declined, PaymentMethod::BankTransfer)
            .await
            .unwrap();
        assert_eq!(
            (declined.payment_state, declined.payment_method),
            (PaymentState::Pending, PaymentMethod::BankTransfer)
        );
        assert_eq!(declined.pay_until, Some(until));
        assert!(matches!(
            change(PaymentState::Unknown, PaymentMethod::Card).await,
            Err(OrdersError::MethodFixed)
        ));
        let door = change(PaymentState::Declined, PaymentMethod::CashOnDelivery)
            .await
            .unwrap();
        assert_eq!(
            (door.pay_until, door.completed_at),
            (None, Some(testkit::START))
        );
        assert_eq!(events_of(&world.ctx, id, event::ORDER_COMPLETED).await, 1);
        let paid = order_in(&world.ctx, OrderState::Paid).await.id;
        let late = world
            .ctx
            .write(async move |tx, ctx| {
                order::change_method(tx, ctx, paid, PaymentMethod::Card, None).await
            })
            .await;
        assert!(matches!(late, Err(OrdersError::MethodFixed)));
        let nobody = kernel::OrderId::new();
        let none = world
            .ctx
            .write(async move |tx, ctx| {
                order::change_method(tx, ctx, nobody, PaymentMethod::Card, None).await
            })
            .await;
        assert!(matches!(none, Err(OrdersError::OrderNotFound)));
    });
}
