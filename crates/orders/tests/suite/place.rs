//! Placing: one order from one cart, with the figures that were confirmed.

use std::collections::HashSet;

use kernel::{OrderId, Permissions, Quantity, Role, StaffId, event};
use orders::{
    OrderState, OrdersError, PaymentMethod, PaymentState, cart,
    order::{self, NewOrder},
};
use platform::{Actor, DbError, params};

use crate::shop::{self, cart_now, cart_with_tea, events_of, number, two_lines};

/// O1, O9, A7: an order is stored with every figure, a number of its day, an unguessable link that ends, a first row
/// of history with who and why, and its event.
#[test]
fn an_order_is_written_whole() {
    testkit::run(async |world| {
        let staff = Actor::Staff {
            id: StaffId::new(),
            name: "客服甲".into(),
            role: Role::Service,
        };
        let ctx = world.ctx.acting(staff, Permissions::all());
        let order = ctx
            .write(async |tx, ctx| {
                shop::place(tx, ctx, two_lines(PaymentMethod::BankTransfer)).await
            })
            .await
            .unwrap();
        let id = order.id;
        let read = ctx
            .read(async move |rx, _| order::by_id(rx, id).await)
            .await
            .unwrap();
        assert_eq!(read, order);
        assert_eq!(
            (order.subtotal, order.shipping, order.total),
            (shop::twd(2_100), shop::twd(100), shop::twd(2_200))
        );
        assert_eq!(order.tax_included, shop::twd(105));
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Placed, PaymentState::Pending)
        );
        assert!(
            order.number.starts_with("20260302-") && order.number.len() == 15,
            "{}",
            order.number
        );
        assert_eq!(order.token.len(), 32);
        assert_eq!(
            order.pay_until,
            Some(testkit::START.plus_seconds(3 * 86_400))
        );
        let history = ctx
            .read(async move |rx, _| order::history(rx, id).await)
            .await
            .unwrap();
        assert_eq!(history.len(), 1);
        let row = &history[0];
        assert_eq!(
            (row.from, row.to, row.cause.as_str()),
            (None, OrderState::Placed, "by_hand")
        );
        assert_eq!(
            (row.actor.as_str(), row.at),
            ("staff:客服甲", testkit::START)
        );
        assert_eq!(events_of(&ctx, id, event::ORDER_PLACED).await, 1);
        let lines = ctx
            .read(async move |rx, _| order::lines(rx, id).await)
            .await
            .unwrap();
        assert_eq!(
            lines.iter().map(|l| l.total.amount).sum::<i64>(),
            order.subtotal.amount - order.discount.amount
        );
    });
}

/// A7: the link works until it ends, a renewed one replaces it, and no other text opens the order.
#[test]
fn a_link_ends() {
    testkit::run(async |world| {
        let order = shop::order_in(&world.ctx, OrderState::Placed).await;
        let open = async |token: String, days: i64| {
            let now = testkit::START.plus_seconds(days * 86_400);
            let found = world
                .ctx
                .read(async move |rx, _| order::by_token(rx, &token, now).await)
                .await
                .unwrap();
            found.map(|o| o.id)
        };
        assert_eq!(
            open(order.token.clone(), order::LINK_DAYS - 1).await,
            Some(order.id)
        );
        assert_eq!(open(order.token.clone(), order::LINK_DAYS).await, None);
        assert_eq!(open(order.token.to_uppercase(), 0).await, None);
        let id = order.id;
        let renewed = world
            .ctx
            .write(async move |tx, ctx| order::renew_link(tx, ctx, id).await)
            .await
            .unwrap();
        assert_eq!(open(renewed, 0).await, Some(id));
        assert_eq!(open(order.token.clone(), 0).await, None);
        let by_number = order.number.clone();
        let found = world
            .ctx
            .read(async move |rx, _| order::by_number(rx, &by_number).await)
            .await
            .unwrap();
        assert_eq!(found.map(|o| o.id), Some(id));
    });
}

/// O5: thirty-two simultaneous placements from one cart make exactly one order; the others are told which.
#[test]
fn one_cart_makes_one_order() {
    testkit::run(async |world| {
        for round in ["a", "b", "c", "d", "e"] {
            let opened = cart_with_tea(&world.ctx, round).await;
            let tasks = (0..32).map(|_| {
                let ctx = world.ctx.clone();
                let new = NewOrder {
                    cart: Some((opened.id, opened.version)),
                    ..two_lines(PaymentMethod::Card)
                };
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
                        .await
                })
            });
            let mut placed: Vec<OrderId> = Vec::new();
            let mut told: HashSet<OrderId> = HashSet::new();
            for task in tasks.collect::<Vec<_>>() {
                match task.await.unwrap() {
                    Ok(order) => placed.push(order.id),
                    Err(OrdersError::CartClosed { order_id }) => told.extend(order_id),
                    Err(other) => panic!("{other}"),
                }
            }
            assert_eq!(placed.len(), 1);
            assert_eq!(told, HashSet::from([placed[0]]));
        }
        assert_eq!(number(&world.ctx, "SELECT COUNT(*) FROM orders").await, 5);
        assert_eq!(
            number(&world.ctx, "SELECT COUNT(*) FROM order_history").await,
            5
        );
        assert_eq!(
            number(
                &world.ctx,
                "SELECT COUNT(*) FROM events WHERE name = 'Order Placed'"
            )
            .await,
            5
        );
    });
}

/// O5: a cart that changed after the shopper confirmed it is not ordered at the old figures, also when the change and
/// the order race: the order has exactly the version it confirmed.
#[test]
fn a_changed_cart_is_not_ordered() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "stale").await;
        let line = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, opened.id).await)
            .await
            .unwrap()[0];
        let add = async move |tx: &mut platform::Tx, ctx: &platform::Ctx| {
            cart::add(tx, ctx, line_cart(&opened), line.variant_id, Quantity::ONE).await
        };
        world.ctx.write(add).await.unwrap();
        let opened = cart_now(&world.ctx, line_cart_of(&world.ctx, "stale").await).await;
        let stale = NewOrder {
            cart: Some((opened.id, opened.version - 1)),
            ..two_lines(PaymentMethod::Card)
        };
        let refused = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, stale.clone()).await)
            .await;
        let (expected, found) = (opened.version - 1, opened.version);
        assert!(
            matches!(refused, Err(OrdersError::CartChanged { expected: e, found: f }) if (e, f) == (expected, found)),
            "{refused:?}"
        );
        assert_eq!(number(&world.ctx, "SELECT COUNT(*) FROM orders").await, 0);
        for round in ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"] {
            let confirmed = cart_with_tea(&world.ctx, round).await;
            let line = world
                .ctx
                .read(async move |rx, _| cart::lines(rx, confirmed.id).await)
                .await
                .unwrap()[0];
            let (id, version, ctx) = (confirmed.id, confirmed.version, world.ctx.clone());
            let change = tokio::spawn(async move {
                ctx.write(async move |tx, ctx| {
                    cart::add(tx, ctx, id, line.variant_id, Quantity::ONE).await
                })
                .await
            });
            let new = NewOrder {
                cart: Some((id, version)),
                ..two_lines(PaymentMethod::Card)
            };
            let placed = world
                .ctx
                .write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
                .await;
            let changed = change.await.unwrap();
            assert_ne!(placed.is_ok(), changed.is_ok(), "{placed:?} {changed:?}");
        }
    });
}

fn line_cart(cart: &orders::Cart) -> kernel::CartId {
    cart.id
}

async fn line_cart_of(ctx: &platform::Ctx, token: &'static str) -> kernel::CartId {
    ctx.read(async move |rx, _| cart::by_token_hash(rx, token).await)
        .await
        .unwrap()
        .unwrap()
        .id
}

/// O5, O9: the schema itself refuses a second order of one cart and a second order of one number.
#[test]
fn the_schema_backs_the_rules() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let new = NewOrder {
            cart: Some((opened.id, opened.version)),
            ..two_lines(PaymentMethod::Card)
        };
        let order = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
            .await
            .unwrap();
        let other = shop::order_in(&world.ctx, OrderState::Placed).await;
        let (cart, number) = (opened.id, order.number.clone());
        let tried = world.ctx.write(async move |tx, _| {
            tx.execute(
                "UPDATE orders SET cart_id = $2 WHERE id = $1",
                params![other.id, cart],
            )
            .await
        });
        assert!(matches!(tried.await, Err(DbError::Unique(_))));
        let tried = world.ctx.write(async move |tx, _| {
            tx.execute(
                "UPDATE orders SET number = $2 WHERE id = $1",
                params![other.id, &number],
            )
            .await
        });
        assert!(matches!(tried.await, Err(DbError::Unique(_))));
        for sql in [
            "UPDATE orders SET total = total + 1",
            "UPDATE orders SET state = 'sent'",
            "UPDATE order_lines SET total = total - 1",
            "UPDATE order_lines SET shipped = quantity + 1",
            "UPDATE order_lines SET returned = 1",
            "UPDATE order_history SET cause = 'x'",
            "DELETE FROM order_history",
        ] {
            let tried = world
                .ctx
                .write(async move |tx, _| tx.execute(sql, &[]).await)
                .await;
            assert!(
                matches!(tried, Err(DbError::Constraint(_))),
                "{sql}: {tried:?}"
            );
        }
    });
}

/// O9: simultaneous orders have different numbers.
#[test]
fn numbers_are_unique() {
    testkit::run(async |world| {
        let tasks = (0..40).map(|_| {
            let ctx = world.ctx.clone();
            tokio::spawn(async move {
                ctx.write(async |tx, ctx| {
                    shop::place(tx, ctx, two_lines(PaymentMethod::Card)).await
                })
                .await
            })
        });
        let (mut numbers, mut tokens) = (HashSet::new(), HashSet::new());
        for task in tasks.collect::<Vec<_>>() {
            let order = task.await.unwrap().unwrap();
            numbers.insert(order.number);
            tokens.insert(order.token);
        }
        assert_eq!((numbers.len(), tokens.len()), (40, 40));
    });
}

/// O10: what happens to products, prices and customers later leaves a placed order as it was.
#[test]
fn a_placed_order_keeps_its_figures() {
    testkit::run(async |world| {
        let placed = world.ctx.write(async |tx, ctx| {
            let (product, variant) = shop::variant(tx, "TEA-1").await?;
            let customer = kernel::CustomerId::new();
            let sql = "INSERT INTO customers (id, identity, name, locale, created_at) VALUES ($1, 'a', '舊名', 'zh-Hant', 0)";
            tx.execute_one(sql, params![customer]).await?;
            let line = orders::PricedLine { variant_id: variant, product_id: product, ..shop::priced("TEA-1", shop::twd(580), 2) };
            let new = NewOrder { customer_id: Some(customer), ..shop::new_order(PaymentMethod::Card, &[line]) };
            shop::place(tx, ctx, new).await
        });
        let id = placed.await.unwrap().id;
        let whole = async || {
            let read = world.ctx.read(async move |rx, _| {
                Ok::<_, OrdersError>((order::by_id(rx, id).await?, order::lines(rx, id).await?))
            });
            read.await.unwrap()
        };
        let before = whole().await;
        let change = world.ctx.write(async |tx, _| {
            tx.execute(
                "UPDATE variants SET price = 1, sku = 'OTHER', option_values = '[1]'",
                &[],
            )
            .await?;
            tx.execute(
                "UPDATE products SET title = '{\"en\":\"Other\"}', handle = 'other'",
                &[],
            )
            .await?;
            tx.execute(
                "UPDATE customers SET name = '新名', email = 'new@example.tw'",
                &[],
            )
            .await
        });
        change.await.unwrap();
        assert_eq!(whole().await, before);
    });
}

/// The sale of an order paid at the door is certain when it is placed, that of any other when it is paid; each is
/// announced once.
#[test]
fn a_sale_is_announced_once() {
    testkit::run(async |world| {
        let place = async |method: PaymentMethod| {
            world
                .ctx
                .write(async move |tx, ctx| shop::place(tx, ctx, two_lines(method)).await)
                .await
                .unwrap()
        };
        let (door, card) = (
            place(PaymentMethod::CashOnDelivery).await,
            place(PaymentMethod::Card).await,
        );
        assert_eq!(
            (door.completed_at, door.pay_until),
            (Some(testkit::START), None)
        );
        assert_eq!(
            events_of(&world.ctx, door.id, event::ORDER_COMPLETED).await,
            1
        );
        assert_eq!(
            events_of(&world.ctx, card.id, event::ORDER_COMPLETED).await,
            0
        );
        for order in [door, card] {
            let id = order.id;
            let paid = world.ctx.write(async move |tx, ctx| {
                let order = order::lock(tx, id).await?;
                shop::act(tx, ctx, &order, orders::Act::Pay).await
            });
            assert!(paid.await.unwrap().completed_at.is_some());
            assert_eq!(events_of(&world.ctx, id, event::ORDER_COMPLETED).await, 1);
        }
    });
}

/// ORD-05, ORD-15: the shopper's wish and the words for the card come with the order, within their limit; the staff
/// add notes that nobody changes.
#[test]
fn wishes_and_notes_stay_with_the_order() {
    testkit::run(async |world| {
        let new = NewOrder {
            note: Some("請白天送".into()),
            gift_message: Some("生日快樂".into()),
            ..two_lines(PaymentMethod::Card)
        };
        let long = NewOrder {
            note: Some("長".repeat(501)),
            ..new.clone()
        };
        let refused = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, long.clone()).await)
            .await;
        assert!(matches!(
            refused,
            Err(OrdersError::TooLong {
                field: "note",
                max: 500
            })
        ));
        let order = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
            .await
            .unwrap();
        assert_eq!(
            (order.note.as_deref(), order.gift_message.as_deref()),
            (Some("請白天送"), Some("生日快樂"))
        );
        let id = order.id;
        world
            .ctx
            .write(async move |tx, ctx| orders::note::add(tx, ctx, id, " 已電話確認 ").await)
            .await
            .unwrap();
        let notes = world
            .ctx
            .read(async move |rx, _| orders::note::of(rx, id).await)
            .await
            .unwrap();
        assert_eq!(
            (notes.len(), notes[0].text.as_str(), notes[0].actor.as_str()),
            (1, "已電話確認", "system:test")
        );
        let tried = world
            .ctx
            .write(async |tx, _| tx.execute("DELETE FROM order_notes", &[]).await)
            .await;
        assert!(matches!(tried, Err(DbError::Constraint(_))));
    });
}
