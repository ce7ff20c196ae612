//! Queues and figures of the order desk, and orders of the past.

use std::time::Duration;

use kernel::{Currency, OrderId};
use orders::{
    Act, Order, OrderState, OrdersError, PaymentMethod, PaymentState, Tab, figures,
    import::{self, ImportedLine, ImportedOrder},
    order::{self, NewOrder, PayWindow},
    search,
};
use platform::Ctx;

use crate::shop::{self, number, two_lines};

async fn placed(ctx: &Ctx, new: NewOrder) -> Order {
    ctx.write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
        .await
        .unwrap()
}

/// CHK-15: after three days exactly the orders that still wait for money are due to expire.
#[test]
fn unpaid_orders_fall_due() {
    testkit::run(async |world| {
        let due = async || {
            let found = world
                .ctx
                .read(async |rx, ctx| figures::due_to_expire(rx, ctx.now(), 10).await)
                .await
                .unwrap();
            found.into_iter().collect::<Vec<OrderId>>()
        };
        let card = placed(&world.ctx, two_lines(PaymentMethod::Card)).await;
        placed(&world.ctx, two_lines(PaymentMethod::CashOnDelivery)).await;
        shop::order_in(&world.ctx, OrderState::Paid).await;
        let unknown = placed(&world.ctx, two_lines(PaymentMethod::Card)).await.id;
        let set = world.ctx.write(async move |tx, ctx| {
            order::set_payment_state(tx, ctx, unknown, PaymentState::Unknown).await
        });
        assert!(set.await.unwrap());
        world.pass(Duration::from_secs(3 * 86_400 - 1));
        assert_eq!(due().await, []);
        world.pass(Duration::from_secs(1));
        assert_eq!(due().await, [card.id]);
        let expired = world.ctx.write(async move |tx, ctx| {
            order::apply(tx, ctx, &card.clone(), Act::Expire, "pay_window_over").await
        });
        assert_eq!(expired.await.unwrap().state, OrderState::Expired);
        assert_eq!(due().await, []);
    });
}

/// ORD-08: the warehouse sees what it can send by promise time: paid or due at the door, not what has no stock.
#[test]
fn the_warehouse_sees_promises_in_order() {
    testkit::run(async |world| {
        let hours = |h: i64| Some(testkit::START.plus_seconds(h * 3_600));
        let door = |ship_by| NewOrder {
            ship_by,
            ..two_lines(PaymentMethod::CashOnDelivery)
        };
        let late = placed(&world.ctx, door(hours(30))).await;
        let never = placed(&world.ctx, door(None)).await;
        let soon = placed(&world.ctx, door(hours(4))).await;
        let short = placed(&world.ctx, door(hours(1))).await;
        placed(
            &world.ctx,
            NewOrder {
                ship_by: hours(2),
                ..two_lines(PaymentMethod::Card)
            },
        )
        .await;
        let (short_id, soon_copy) = (short.id, soon.clone());
        let change = world.ctx.write(async move |tx, ctx| {
            order::set_stock_decision(tx, ctx, short_id, true).await?;
            order::apply(tx, ctx, &soon_copy.clone(), Act::Pick, "test").await
        });
        change.await.unwrap();
        let queue = async |limit| {
            world
                .ctx
                .read(async move |rx, _| order::to_ship(rx, limit).await)
                .await
                .unwrap()
        };
        let ids: Vec<OrderId> = queue(10).await.iter().map(|o| o.id).collect();
        assert_eq!(ids, [soon.id, late.id, never.id]);
        assert_eq!(queue(1).await.len(), 1);
        let decide = world
            .ctx
            .read(async |rx, _| figures::without_stock(rx, 10).await)
            .await
            .unwrap();
        assert_eq!(decide.iter().map(|o| o.id).collect::<Vec<_>>(), [short.id]);
        let counts = world
            .ctx
            .read(async |rx, _| search::counts(rx).await)
            .await
            .unwrap();
        assert_eq!(
            counts,
            [
                (Tab::Unpaid, 1),
                (Tab::ToShip, 4),
                (Tab::Shipped, 0),
                (Tab::Delivered, 0)
            ]
        );
    });
}

/// CHK-08: the list of unpaid orders has a sum, and the payment rate counts people, not orders.
#[test]
fn the_payment_rate_counts_people() {
    testkit::run(async |world| {
        let customer =
            |n: i64| kernel::CustomerId(uuid::Uuid::from_u128(u128::try_from(n).unwrap()));
        for n in 1..=3 {
            let id = customer(n);
            let added = world.ctx.write(async move |tx, _| {
                let sql = "INSERT INTO customers (id, identity, name, locale, created_at) VALUES ($1, $2, '', 'zh-Hant', 0)";
                tx.execute_one(sql, platform::params![id, n.to_string()]).await
            });
            added.await.unwrap();
        }
        // One pays the second of two orders, one pays nothing, one pays at the door, and an unknown person pays nothing.
        let mut orders = Vec::new();
        for (who, method) in [
            (Some(1), PaymentMethod::Card),
            (Some(1), PaymentMethod::Card),
            (Some(2), PaymentMethod::BankTransfer),
            (Some(3), PaymentMethod::CashOnDelivery),
            (None, PaymentMethod::Card),
        ] {
            orders.push(
                placed(
                    &world.ctx,
                    NewOrder {
                        customer_id: who.map(customer),
                        ..two_lines(method)
                    },
                )
                .await,
            );
        }
        let paid = orders[1].clone();
        world
            .ctx
            .write(async move |tx, ctx| shop::act(tx, ctx, &paid.clone(), Act::Pay).await)
            .await
            .unwrap();
        let unpaid = world
            .ctx
            .read(async |rx, _| figures::unpaid(rx, Currency::TWD, testkit::START).await)
            .await
            .unwrap();
        assert_eq!((unpaid.orders, unpaid.money_at_risk), (3, shop::twd(6_600)));
        assert_eq!((unpaid.ordering_people, unpaid.paid_people), (4, 2));
        assert_eq!(unpaid.payment_rate(), Some(0.5));
        let later = testkit::START.plus_seconds(1);
        let nobody = world
            .ctx
            .read(async move |rx, _| figures::unpaid(rx, Currency::TWD, later).await)
            .await
            .unwrap();
        assert_eq!(nobody.payment_rate(), None);
    });
}

/// ORD-17: the time from payment to shipment, of the order in the middle, and how many promises were kept.
#[test]
fn shipping_speed_is_measured() {
    testkit::run(async |world| {
        for (hours, promise) in [(1_u64, Some(2)), (5, Some(2)), (20, None)] {
            let start = world.ctx.now();
            let ship_by = promise.map(|h: i64| start.plus_seconds(h * 3_600));
            let order = placed(
                &world.ctx,
                NewOrder {
                    ship_by,
                    ..two_lines(PaymentMethod::CashOnDelivery)
                },
            )
            .await;
            world.pass(Duration::from_secs(hours * 3_600));
            let shipped = world.ctx.write(async move |tx, ctx| {
                let order = order::apply(tx, ctx, &order.clone(), Act::Pick, "test").await?;
                order::apply(tx, ctx, &order, Act::ShipAll, "test").await
            });
            shipped.await.unwrap();
        }
        let end = world.ctx.now().plus_seconds(1);
        let speed = world
            .ctx
            .read(async move |rx, _| figures::shipping_speed(rx, testkit::START, end).await)
            .await
            .unwrap();
        assert_eq!((speed.shipped, speed.promised, speed.on_time), (3, 2, 1));
        assert_eq!(
            (speed.median_seconds, speed.on_time_rate()),
            (Some(5 * 3_600), Some(0.5))
        );
        let none = world
            .ctx
            .read(async move |rx, _| figures::shipping_speed(rx, end, end).await)
            .await
            .unwrap();
        assert_eq!(
            (none.shipped, none.median_seconds, none.on_time_rate()),
            (0, None, None)
        );
    });
}

/// Orders of the past come in whole: numbers of their own, history, progress, found by their terms; a number twice is
/// refused and leaves nothing.
#[test]
fn orders_of_the_past_come_in_whole() {
    testkit::run(async |world| {
        let template = placed(&world.ctx, two_lines(PaymentMethod::Card)).await;
        let make = move |n: i64| {
            let at = testkit::START.plus_seconds(-n * 40 * 86_400);
            let totals = two_lines(PaymentMethod::Card).totals;
            let order = Order {
                id: OrderId::new(),
                number: format!("5363{n}"),
                state: OrderState::Closed,
                placed_at: at,
                updated_at: at,
                shipped_at: Some(at),
                closed_at: Some(at.plus_seconds(60)),
                buyer_name: "Import Customer".into(),
                pay_until: None,
                ..template.clone()
            };
            let lines = totals
                .lines
                .into_iter()
                .map(ImportedLine::shipped)
                .collect();
            ImportedOrder {
                order,
                lines,
                history: vec![(OrderState::Placed, at), (OrderState::Shipped, at)],
            }
        };
        let bring = async |numbers: Vec<i64>| {
            let make = make.clone();
            let brought = world.ctx.write(async move |tx, ctx| {
                let orders: Vec<ImportedOrder> = numbers.iter().map(|n| make(*n)).collect();
                let kept: Vec<(Order, Vec<(kernel::OrderLineId, i64)>)> = orders
                    .iter()
                    .map(|o| {
                        (
                            o.order.clone(),
                            o.lines.iter().map(|l| (l.id, l.progress.shipped)).collect(),
                        )
                    })
                    .collect();
                import::import(tx, ctx, orders, "import").await?;
                for (order, units) in kept {
                    shop::open_money(tx, &order).await?;
                    shop::parcel(tx, ctx, order.id, &units).await?;
                }
                Ok::<_, OrdersError>(())
            });
            brought.await
        };
        bring(vec![1, 2, 3]).await.unwrap();
        assert!(bring(vec![4, 2]).await.is_err());
        assert_eq!(number(&world.ctx, "SELECT COUNT(*) FROM orders").await, 4);
        let known = world
            .ctx
            .read(async |rx, _| import::known_numbers(rx, &["53631", "53634", "53633"]).await)
            .await
            .unwrap();
        assert_eq!(known.len(), 2);
        let query = orders::OrderQuery {
            q: "customer".into(),
            ..orders::OrderQuery::default()
        };
        let found = world
            .ctx
            .read(async move |rx, _| order::search(rx, query).await)
            .await
            .unwrap();
        assert_eq!(
            found
                .items
                .iter()
                .map(|o| o.number.as_str())
                .collect::<Vec<_>>(),
            ["53631", "53632", "53633"]
        );
        let id = found.items[0].id;
        let history = world
            .ctx
            .read(async move |rx, _| order::history(rx, id).await)
            .await
            .unwrap();
        let states: Vec<_> = history.iter().map(|row| (row.from, row.to)).collect();
        let (placed, shipped) = (OrderState::Placed, OrderState::Shipped);
        assert_eq!(
            states,
            [
                (None, placed),
                (Some(placed), shipped),
                (Some(shipped), OrderState::Closed)
            ]
        );
        assert_eq!(PayWindow::default().hours, 72);
    });
}
