//! What the buyer confirmed is what is charged, or nothing is (O4, O5, O10).

use catalog::{price, product};
use kernel::{Quantity, VariantId};
use operations::{FlowError, flows::cart};
use orders::{OrdersError, PaymentMethod};

use crate::shop::{DELIVERY, Shop, twd};

async fn set_price(shop: &Shop, variant: VariantId, amount: i64) {
    let write = shop.ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(price::set(tx, ctx, variant, twd(amount), None, "test").await?)
    });
    write.await.unwrap();
}

async fn put(shop: &Shop, token: &str, variant: VariantId) {
    cart::add(&shop.ctx, Some(token.to_owned()), variant, Quantity::ONE)
        .await
        .unwrap();
}

/// O5: a confirmed total that is not what the cart costs is refused, tells the true one, and writes nothing.
#[test]
fn another_total_is_refused() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.cart(&[(shop.tea, 2)]).await;
        let shown = shop.fill_in(&token, PaymentMethod::Card).await;
        assert_eq!(shown, twd(116_000 + DELIVERY));
        let before = shop.picture().await;
        for wrong in [twd(1), twd(shown.amount - 100), twd(shown.amount + 100)] {
            let refused = shop.place_with(&token, Some("key-1"), Some(wrong)).await;
            let Err(FlowError::TotalChanged { confirmed, now }) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!((confirmed, now), (wrong, shown));
        }
        assert_eq!(
            shop.picture().await,
            before,
            "a refusal leaves no trace, not even of its key"
        );
        let placed = shop
            .place_with(&token, Some("key-1"), Some(shown))
            .await
            .unwrap();
        assert_eq!(placed.order.total, shown);
    });
}

/// O5, O10: a price that changes between the quote and the order is noticed; one that changes after it changes nothing.
#[test]
fn a_price_change_in_between() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.cart(&[(shop.tea, 1)]).await;
        let shown = shop.fill_in(&token, PaymentMethod::BankTransfer).await;
        set_price(&shop, shop.tea, 60_000).await;
        let refused = shop.place_with(&token, None, Some(shown)).await;
        assert!(
            matches!(refused, Err(FlowError::TotalChanged { .. })),
            "{refused:?}"
        );
        let placed = shop
            .place_with(&token, None, Some(twd(60_000 + DELIVERY)))
            .await
            .unwrap();
        let id = placed.order.id;
        let (order, lines) = (shop.order(id).await, shop.lines(id).await);
        set_price(&shop, shop.tea, 90_000).await;
        assert_eq!((shop.order(id).await, shop.lines(id).await), (order, lines));
        assert_eq!(shop.money(id).await.due, twd(72_000));
        shop.transfer(id, twd(72_000)).await.unwrap();
        assert_eq!(shop.payments(id).await[0].amount, twd(72_000));
    });
}

/// O5: goods that go off sale are refused by the very next order, although their price was read a moment before, and sold
/// by the next one once they are back.
#[test]
fn goods_that_go_off_sale_are_not_sold() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.ready(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let tea = shop.tea;
        let read = shop
            .ctx
            .read(async move |rx, _| catalog::sellable::of(rx, &[tea]).await);
        let product = read.await.unwrap()[0].product_id;
        shop.ctx
            .write(async move |tx, ctx| product::unpublish(tx, ctx, product).await)
            .await
            .unwrap();
        let refused = shop.place(&token).await;
        let Err(FlowError::Lines(lines)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((lines.len(), lines[0].problem), (1, "unavailable"));
        shop.ctx
            .write(async move |tx, ctx| product::publish(tx, ctx, product).await)
            .await
            .unwrap();
        shop.place(&token).await.unwrap();
    });
}

/// O5: a cart that changes after its total was confirmed cannot be ordered with the old total, nor changed once it is
/// ordered.
#[test]
fn a_cart_change_in_between() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.cart(&[(shop.tea, 1)]).await;
        let shown = shop.fill_in(&token, PaymentMethod::Card).await;
        put(&shop, &token, shop.cup).await;
        let refused = shop.place_with(&token, None, Some(shown)).await;
        assert!(
            matches!(refused, Err(FlowError::TotalChanged { .. })),
            "{refused:?}"
        );
        let shown = shop.fill_in(&token, PaymentMethod::Card).await;
        let placed = shop.place_with(&token, None, Some(shown)).await.unwrap();
        let other = cart::add(&shop.ctx, Some(token.clone()), shop.tea, Quantity::ONE)
            .await
            .unwrap();
        assert!(
            other.fresh_token.is_some(),
            "an ordered cart takes nothing more: a new one is opened"
        );
        assert_eq!(shop.lines(placed.order.id).await.len(), 2);
        let again = shop.place(&token).await;
        assert!(matches!(again, Err(FlowError::AlreadyOrdered)), "{again:?}");
    });
}

/// O5, S7: while one hand orders, others change the cart: every order has exactly the lines and the total that were
/// confirmed, or there is none.
#[test]
fn ordering_and_changing_at_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mut ordered = 0;
        for _ in 0..20 {
            let token = shop.cart(&[(shop.tea, 1)]).await;
            let shown = shop.fill_in(&token, PaymentMethod::Card).await;
            let mut others = Vec::new();
            for _ in 0..3 {
                let (ctx, token, tea) = (shop.ctx.clone(), token.clone(), shop.tea);
                others.push(tokio::spawn(async move {
                    cart::add(&ctx, Some(token), tea, Quantity::ONE)
                        .await
                        .map(|_| ())
                }));
            }
            let outcome = shop.place_with(&token, None, Some(shown)).await;
            for other in others {
                match other.await.unwrap() {
                    Ok(()) | Err(FlowError::Orders(OrdersError::CartClosed { .. })) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            match outcome {
                Ok(placed) => {
                    ordered += 1;
                    assert_eq!(placed.order.total, shown);
                    let lines = shop.lines(placed.order.id).await;
                    assert_eq!((lines.len(), lines[0].quantity), (1, 1));
                }
                Err(
                    FlowError::TotalChanged { .. }
                    | FlowError::Orders(OrdersError::CartChanged { .. }),
                ) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(shop.units(shop.tea).await, (100, ordered));
    });
}
