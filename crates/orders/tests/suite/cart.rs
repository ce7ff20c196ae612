//! Carts: persistent, limited, and closed once ordered.

use kernel::{CartLineId, Quantity, VariantId};
use orders::{CheckoutDraft, OrdersError, PaymentMethod, cart};

use crate::shop::{cart_now, cart_with_tea, number, place, two_lines, variant};

/// CHK-01: a cart is found again by its token on any device, with its lines and what was filled in.
#[test]
fn a_cart_is_found_again_by_its_token() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let draft = CheckoutDraft {
            email: "a@example.tw".into(),
            payment_method: Some(PaymentMethod::BankTransfer),
            gift_message: Some("生日快樂".into()),
            ..CheckoutDraft::default()
        };
        let saved = draft.clone();
        let save = async move |tx: &mut platform::Tx, ctx: &platform::Ctx| {
            cart::save_checkout(tx, ctx, opened.id, &saved).await
        };
        world.ctx.write(save).await.unwrap();
        let found = world
            .ctx
            .read(async |rx, _| cart::by_token_hash(rx, "token").await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (found.id, found.open, &found.checkout),
            (opened.id, true, &draft)
        );
        assert_eq!(found.version, opened.version + 1);
        let lines = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, opened.id).await)
            .await
            .unwrap();
        assert_eq!(
            lines.iter().map(|l| l.quantity.get()).collect::<Vec<_>>(),
            [1]
        );
        let other = world
            .ctx
            .read(async |rx, _| cart::by_token_hash(rx, "another").await)
            .await
            .unwrap();
        assert_eq!(other, None);
    });
}

/// O3: units of one variant gather in one line, up to the largest quantity and not beyond; what is refused leaves the
/// cart as it was.
#[test]
fn a_line_holds_up_to_the_largest_quantity() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let add = async |count: i64| {
            let added = world.ctx.write(async move |tx, ctx| {
                let line = cart::lines(tx, opened.id).await?[0];
                cart::add(
                    tx,
                    ctx,
                    opened.id,
                    line.variant_id,
                    Quantity::new(count).unwrap(),
                )
                .await
            });
            added.await
        };
        let lines = add(Quantity::MAX - 1).await.unwrap();
        assert_eq!(
            lines.iter().map(|l| l.quantity.get()).collect::<Vec<_>>(),
            [Quantity::MAX]
        );
        let before = cart_now(&world.ctx, opened.id).await;
        assert!(matches!(add(1).await, Err(OrdersError::QuantityTooLarge)));
        assert_eq!(cart_now(&world.ctx, opened.id).await, before);
    });
}

/// CHK-01: what does not exist cannot be put into a cart, and nothing of the attempt stays.
#[test]
fn what_is_not_there_cannot_be_added() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let before = cart_now(&world.ctx, opened.id).await;
        let added = world.ctx.write(async move |tx, ctx| {
            cart::add(tx, ctx, opened.id, VariantId::new(), Quantity::ONE).await
        });
        assert!(matches!(added.await, Err(OrdersError::UnknownVariant)));
        assert_eq!(cart_now(&world.ctx, opened.id).await, before);
    });
}

/// Limits on everything: a cart takes a hundred lines.
#[test]
fn a_cart_takes_a_hundred_lines() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let fill = world.ctx.write(async move |tx, ctx| {
            for n in 1..cart::MAX_LINES {
                let (_, variant) = variant(tx, &format!("SKU-{n}")).await?;
                cart::add(tx, ctx, opened.id, variant, Quantity::ONE).await?;
            }
            Ok::<_, OrdersError>(())
        });
        fill.await.unwrap();
        let more = world.ctx.write(async move |tx, ctx| {
            let (_, variant) = variant(tx, "ONE-TOO-MANY").await?;
            cart::add(tx, ctx, opened.id, variant, Quantity::ONE).await
        });
        assert!(matches!(
            more.await,
            Err(OrdersError::CartFull {
                max: cart::MAX_LINES
            })
        ));
        assert_eq!(
            number(&world.ctx, "SELECT COUNT(*) FROM cart_lines").await,
            cart::MAX_LINES
        );
    });
}

/// O4: a line of somebody else's cart is no line of this one.
#[test]
fn a_line_of_another_cart_is_not_found() {
    testkit::run(async |world| {
        let (mine, theirs) = (
            cart_with_tea(&world.ctx, "mine").await,
            cart_with_tea(&world.ctx, "theirs").await,
        );
        let line = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, theirs.id).await)
            .await
            .unwrap()[0]
            .id;
        let nine = Quantity::new(9).unwrap();
        let set = world
            .ctx
            .write(async move |tx, ctx| cart::set_quantity(tx, ctx, mine.id, line, nine).await)
            .await;
        assert!(matches!(set, Err(OrdersError::CartLineNotFound)));
        let removed = world
            .ctx
            .write(async move |tx, ctx| cart::remove(tx, ctx, mine.id, line).await)
            .await;
        assert!(matches!(removed, Err(OrdersError::CartLineNotFound)));
        let set = world
            .ctx
            .write(async move |tx, ctx| cart::set_quantity(tx, ctx, theirs.id, line, nine).await)
            .await;
        set.unwrap();
        let lines = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, theirs.id).await)
            .await
            .unwrap();
        assert_eq!(lines[0].quantity, nine);
        world
            .ctx
            .write(async move |tx, ctx| cart::remove(tx, ctx, theirs.id, line).await)
            .await
            .unwrap();
        assert_eq!(
            cart_now(&world.ctx, theirs.id).await.version,
            theirs.version + 2
        );
    });
}

/// O5: an ordered cart changes no more, whatever is tried, and says which order it became.
#[test]
fn an_ordered_cart_is_closed() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let (id, version) = (opened.id, opened.version);
        let new = crate::shop::two_lines(PaymentMethod::Card);
        let placed = world.ctx.write(async move |tx, ctx| {
            place(
                tx,
                ctx,
                orders::order::NewOrder {
                    cart: Some((id, version)),
                    ..new.clone()
                },
            )
            .await
        });
        let order = placed.await.unwrap();
        let line = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, id).await)
            .await
            .unwrap()[0];
        let add = world
            .ctx
            .write(async move |tx, ctx| {
                cart::add(tx, ctx, id, line.variant_id, Quantity::ONE).await
            })
            .await;
        let set = world
            .ctx
            .write(async move |tx, ctx| {
                cart::set_quantity(tx, ctx, id, line.id, Quantity::ONE).await
            })
            .await;
        let removed = world
            .ctx
            .write(async move |tx, ctx| cart::remove(tx, ctx, id, line.id).await)
            .await;
        let saved = world
            .ctx
            .write(async move |tx, ctx| {
                cart::save_checkout(tx, ctx, id, &CheckoutDraft::default()).await
            })
            .await;
        for refused in [add.map(|_| ()), set, removed, saved] {
            assert!(
                matches!(refused, Err(OrdersError::CartClosed { order_id: Some(o) }) if o == order.id),
                "{refused:?}"
            );
        }
        let gone = world
            .ctx
            .write(async |tx, ctx| {
                cart::remove(tx, ctx, kernel::CartId::new(), CartLineId::new()).await
            })
            .await;
        assert!(matches!(gone, Err(OrdersError::CartNotFound)));
        assert!(!cart_now(&world.ctx, id).await.open);
        assert_eq!(two_lines(PaymentMethod::Card).totals.total, order.total);
    });
}

/// O3: forty simultaneous clicks on "add" put exactly forty units into one line, and each counts the version.
#[test]
fn simultaneous_additions_all_count() {
    testkit::run(async |world| {
        let opened = cart_with_tea(&world.ctx, "token").await;
        let line = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, opened.id).await)
            .await
            .unwrap()[0];
        let tasks = (0..40).map(|_| {
            let ctx = world.ctx.clone();
            let id = opened.id;
            tokio::spawn(async move {
                ctx.write(async move |tx, ctx| {
                    cart::add(tx, ctx, id, line.variant_id, Quantity::ONE).await
                })
                .await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        let lines = world
            .ctx
            .read(async move |rx, _| cart::lines(rx, opened.id).await)
            .await
            .unwrap();
        assert_eq!((lines.len(), lines[0].quantity.get()), (1, 41));
        assert_eq!(
            cart_now(&world.ctx, opened.id).await.version,
            opened.version + 40
        );
    });
}
