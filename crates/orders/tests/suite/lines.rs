//! How much of each line was shipped, returned, cancelled and refunded.

use kernel::{Money, OrderLineId};
use orders::{OrderState, OrdersError, RefundedUnits, line::Shipped, order};
use proptest::prelude::*;

use crate::shop::{self, line_ids, order_in, parcel, twd};

/// S13: shipped ≤ ordered − cancelled, returned ≤ shipped, restocked ≤ returned; what exceeds a limit is refused and
/// writes nothing, also when it comes as two entries of one line.
#[test]
fn no_line_gives_more_than_it_has() {
    testkit::run(async |world| {
        let order = order_in(&world.ctx, OrderState::Picked).await;
        let (id, lines) = (order.id, line_ids(&world.ctx, order.id).await);
        let (tea, pitcher) = (lines[0], lines[1]);
        let ship = async |units: Vec<(OrderLineId, i64)>| {
            let shipped = world.ctx.write(async move |tx, ctx| {
                let left = order::record_shipped(tx, id, &units).await?;
                parcel(tx, ctx, id, &units).await?;
                Ok::<_, OrdersError>(left)
            });
            shipped.await
        };
        let cancelled = world
            .ctx
            .write(async move |tx, _| order::cancel_lines(tx, id, &[(tea, 1)]).await);
        cancelled.await.unwrap();
        assert!(
            matches!(ship(vec![(tea, 3)]).await, Err(OrdersError::LineExceeded { line_id }) if line_id == tea)
        );
        assert!(matches!(
            ship(vec![(tea, 1), (pitcher, 1), (tea, 2)]).await,
            Err(OrdersError::LineExceeded { .. })
        ));
        for bad in [0, -1, i64::MAX] {
            assert!(matches!(
                ship(vec![(tea, bad)]).await,
                Err(OrdersError::LineExceeded { .. })
            ));
        }
        assert!(matches!(
            ship(vec![(OrderLineId::new(), 1)]).await,
            Err(OrdersError::LineNotFound)
        ));
        assert_eq!(ship(vec![(tea, 2)]).await.unwrap(), Shipped::PartShipped);
        assert_eq!(ship(vec![(pitcher, 1)]).await.unwrap(), Shipped::AllShipped);
        let back = async |count: i64, restock: bool| {
            world
                .ctx
                .write(async move |tx, _| {
                    order::record_returned(tx, id, &[(tea, count)], restock).await
                })
                .await
        };
        assert!(matches!(
            back(3, true).await,
            Err(OrdersError::LineExceeded { .. })
        ));
        back(1, true).await.unwrap();
        back(1, false).await.unwrap();
        assert!(matches!(
            back(1, false).await,
            Err(OrdersError::LineExceeded { .. })
        ));
        let line = world
            .ctx
            .read(async move |rx, _| order::lines(rx, id).await)
            .await
            .unwrap()[0]
            .clone();
        assert_eq!(
            (
                line.cancelled,
                line.shipped,
                line.returned,
                line.restocked,
                line.to_ship()
            ),
            (1, 2, 2, 1, 0)
        );
    });
}

/// P4 (lines): no more is given back for a line than it cost, for no more units than were cancelled or came back, in the
/// order's currency only; what a failed refund counted is taken back, no more than once.
#[test]
fn no_line_gives_back_more_than_it_cost() {
    testkit::run(async |world| {
        let order = order_in(&world.ctx, OrderState::Paid).await;
        let (id, line) = (order.id, line_ids(&world.ctx, order.id).await[0]);
        let of = |units: i64, amount: Money| RefundedUnits {
            line_id: line,
            units,
            amount,
        };
        let refund = async |given: Vec<RefundedUnits>| {
            world
                .ctx
                .write(async move |tx, _| order::record_line_refunds(tx, id, &given).await)
                .await
        };
        let withdraw = async |given: Vec<RefundedUnits>| {
            world
                .ctx
                .write(async move |tx, _| order::withdraw_line_refunds(tx, id, &given).await)
                .await
        };
        let exceeded = |tried: Result<(), OrdersError>| {
            assert!(
                matches!(tried, Err(OrdersError::LineExceeded { line_id }) if line_id == line),
                "{tried:?}"
            );
        };
        exceeded(refund(vec![of(1, twd(100))]).await);
        exceeded(refund(vec![of(0, twd(100))]).await);
        world
            .ctx
            .write(async move |tx, _| order::cancel_lines(tx, id, &[(line, 2)]).await)
            .await
            .unwrap();
        exceeded(refund(vec![of(3, twd(100))]).await);
        exceeded(refund(vec![of(1, twd(-100))]).await);
        exceeded(refund(vec![of(0, twd(0))]).await);
        refund(vec![of(1, twd(1_000))]).await.unwrap();
        exceeded(refund(vec![of(1, twd(741))]).await);
        assert!(matches!(
            refund(vec![of(1, Money::new(1, kernel::Currency::GBP))]).await,
            Err(OrdersError::Money(_))
        ));
        refund(vec![of(1, twd(740))]).await.unwrap();
        exceeded(refund(vec![of(1, twd(0))]).await);
        let stranger = RefundedUnits {
            line_id: OrderLineId::new(),
            ..of(1, twd(0))
        };
        assert!(matches!(
            refund(vec![stranger]).await,
            Err(OrdersError::LineNotFound)
        ));
        withdraw(vec![of(1, twd(1_000)), of(1, twd(740))])
            .await
            .unwrap();
        exceeded(withdraw(vec![of(1, twd(0))]).await);
    });
}

/// O11: cancelling everything that has not left tells what that was, once, and leaves the figures of the order alone.
#[test]
fn cancelling_all_lines_twice_is_once() {
    testkit::run(async |world| {
        let order = order_in(&world.ctx, OrderState::Picked).await;
        let (id, lines) = (order.id, line_ids(&world.ctx, order.id).await);
        let tea = lines[0];
        let shipped = world.ctx.write(async move |tx, ctx| {
            order::record_shipped(tx, id, &[(tea, 1)]).await?;
            parcel(tx, ctx, id, &[(tea, 1)]).await?;
            order::cancel_lines_all(tx, id).await
        });
        let cancelled: Vec<_> = shipped
            .await
            .unwrap()
            .into_iter()
            .map(|(line, _, units)| (line, units))
            .collect();
        assert_eq!(cancelled, [(lines[0], 2), (lines[1], 1)]);
        let again = world
            .ctx
            .write(async move |tx, _| order::cancel_lines_all(tx, id).await)
            .await
            .unwrap();
        assert_eq!(again, []);
        let now = world
            .ctx
            .read(async move |rx, _| order::by_id(rx, id).await)
            .await
            .unwrap();
        assert_eq!((now.total, now.subtotal), (order.total, order.subtotal));
    });
}

/// S13: parcels packed at once never ship a unit twice, and exactly one of them completes the order.
#[test]
fn simultaneous_parcels_share_the_units() {
    testkit::run(async |world| {
        for _ in 0..8 {
            let new = shop::new_order(
                orders::PaymentMethod::CashOnDelivery,
                &[shop::priced("A", twd(1), 6), shop::priced("B", twd(2), 6)],
            );
            let order = world
                .ctx
                .write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
                .await
                .unwrap();
            let (id, lines) = (order.id, line_ids(&world.ctx, order.id).await);
            let tasks = (0..32_usize).map(|n| {
                let (ctx, line) = (world.ctx.clone(), lines[n % 2]);
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| {
                        let left = order::record_shipped(tx, id, &[(line, 1)]).await?;
                        parcel(tx, ctx, id, &[(line, 1)]).await?;
                        Ok::<_, OrdersError>(left)
                    })
                    .await
                })
            });
            let mut ends = Vec::new();
            for task in tasks.collect::<Vec<_>>() {
                match task.await.unwrap() {
                    Ok(left) => ends.push(left),
                    Err(OrdersError::LineExceeded { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            assert_eq!(ends.len(), 12);
            assert_eq!(
                ends.iter()
                    .filter(|end| **end == Shipped::AllShipped)
                    .count(),
                1
            );
        }
    });
}

/// A line of which nothing has happened yet.
fn a_line(total: Money, quantity: i64) -> orders::OrderLine {
    let zero = Money::zero(total.currency);
    orders::OrderLine {
        id: OrderLineId::new(),
        order_id: kernel::OrderId::new(),
        position: 0,
        product_id: kernel::ProductId::new(),
        variant_id: kernel::VariantId::new(),
        sku: String::new(),
        title: String::new(),
        variant_title: String::new(),
        image_key: None,
        unit_price: zero,
        unit_cost: None,
        quantity,
        discount: zero,
        tax_rate: None,
        tax_included: zero,
        total,
        cancelled: 0,
        shipped: 0,
        returned: 0,
        restocked: 0,
        refunded: zero,
        refunded_units: 0,
        parts: Vec::new(),
        gift: false,
    }
}

proptest! {
    /// O11, P4: however the units of a line are shipped, given up, sent back, refunded, and refunded again after a failure:
    /// what they are worth sums to the line's total, in whole steps of its currency.
    #[test]
    fn all_units_of_a_line_are_worth_its_total(
        total in 0_i64..1_000_000_000, quantity in 1_i64..40, acts in prop::collection::vec((0_u8..5, 1_i64..6), 1..60)
    ) {
        for currency in [kernel::Currency::TWD, kernel::Currency::GBP] {
            let mut line = a_line(Money::new(total / 100 * 100, currency), quantity);
            for (act, count) in &acts {
                let count = *count;
                let refunded = match act {
                    0 if line.to_ship() >= count => {
                        line.shipped += count;
                        None
                    }
                    1 if line.to_ship() >= count => {
                        let worth = line.worth_unshipped(count).unwrap();
                        line.cancelled += count;
                        Some(worth)
                    }
                    2 if line.out() >= count => {
                        let worth = line.worth_out(count).unwrap();
                        line.returned += count;
                        Some(worth)
                    }
                    // Given up by a refund that failed.
                    3 if line.to_ship() >= count => {
                        line.cancelled += count;
                        None
                    }
                    4 if line.ended() >= count => Some(line.worth_ended(count).unwrap()),
                    _ => None,
                };
                if let Some(worth) = refunded {
                    prop_assert!(worth.amount >= 0 && worth.amount % currency.step() == 0, "{worth}");
                    line.refunded = line.refunded.plus(worth).unwrap();
                    line.refunded_units += count;
                    prop_assert!(line.refunded.amount <= line.total.amount);
                }
            }
            prop_assert!(line.worth_unshipped(line.to_ship() + 1).is_err() && line.worth_out(line.out() + 1).is_err());
            for (left, rest) in [(line.to_ship(), 1), (line.out(), 2), (line.ended(), 4)] {
                if left == 0 {
                    continue;
                }
                let worth = match rest {
                    1 => line.worth_unshipped(left).unwrap(),
                    2 => line.worth_out(left).unwrap(),
                    _ => line.worth_ended(left).unwrap(),
                };
                line.refunded = line.refunded.plus(worth).unwrap();
                line.refunded_units += left;
                match rest {
                    1 => line.cancelled += left,
                    2 => line.returned += left,
                    _ => {}
                }
            }
            prop_assert_eq!((line.refunded, line.refunded_units), (line.total, line.quantity));
        }
    }

    /// O11: however the units of a line are divided over cancellations and returns, their values sum to its total.
    #[test]
    fn parts_of_a_line_sum_to_its_total(total in 0_i64..=i64::MAX, cuts in prop::collection::vec(1_i64..60, 1..12)) {
        let quantity: i64 = cuts.iter().sum();
        for currency in [kernel::Currency::TWD, kernel::Currency::GBP] {
            let amount = |minor| Money::new(minor, currency);
            let line = a_line(amount(total), quantity);
            let mut before = 0;
            let mut sum = amount(0);
            for cut in &cuts {
                let value = line.value_of(before, *cut).unwrap();
                prop_assert!(value.amount >= 0);
                sum = sum.plus(value).unwrap();
                before += cut;
            }
            prop_assert_eq!(sum, line.total);
            prop_assert!(line.value_of(before, 1).is_err());
            prop_assert!(line.value_of(-1, 1).is_err());
        }
    }
}
