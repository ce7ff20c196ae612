//! Idempotency keys of placing an order and of sending a parcel (O8).

use std::collections::BTreeSet;

use operations::{
    FlowError,
    flows::{pick_order, ship_parcel},
};
use orders::{OrderState, PaymentMethod};

use crate::shop::{Shop, parcel_of, twd};

async fn orders(shop: &Shop) -> i64 {
    let count = shop
        .ctx
        .read(async |rx, _| rx.scalar("SELECT COUNT(*) FROM orders", &[]).await);
    count.await.unwrap()
}

/// O8: thirty-two requests with one key and one body at once are one order, and all hear the same answer, then and
/// later.
#[test]
fn a_storm_of_one_key() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for round in 1..=5 {
            let token = shop.ready(&[(shop.tea, 1)], PaymentMethod::Card).await;
            let storm: Vec<_> = (0..32)
                .map(|_| {
                    let (shop, token) = (shop.clone(), token.clone());
                    tokio::spawn(async move { shop.place_with(&token, Some("once"), None).await })
                })
                .collect();
            let mut answers = BTreeSet::new();
            for request in storm {
                answers.insert(serde_json::to_string(&request.await.unwrap().unwrap()).unwrap());
            }
            assert_eq!(answers.len(), 1, "{answers:?}");
            let later = shop.place_with(&token, Some("once"), None).await.unwrap();
            assert!(answers.contains(&serde_json::to_string(&later).unwrap()));
            assert_eq!(orders(&shop).await, round);
            assert_eq!(shop.units(shop.tea).await, (100, round));
        }
    });
}

/// O8: without a key, thirty-two hands on one cart still make one order; the others hear that it is ordered.
#[test]
fn a_storm_without_a_key() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.ready(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let storm: Vec<_> = (0..32)
            .map(|n| {
                let (shop, token) = (shop.clone(), token.clone());
                tokio::spawn(async move {
                    let key = format!("key-{n}");
                    shop.place_with(&token, (n % 2 == 0).then_some(key.as_str()), None)
                        .await
                })
            })
            .collect();
        let mut won = 0;
        for request in storm {
            match request.await.unwrap() {
                Ok(_) => won += 1,
                Err(error) => {
                    let said = format!("{error:?}");
                    let problem = platform::web::Problem::from(error);
                    assert_eq!(problem.status().as_u16(), 409, "{said}");
                }
            }
        }
        assert_eq!((won, orders(&shop).await), (1, 1));
        assert_eq!(shop.units(shop.tea).await, (100, 1));
    });
}

/// O8: the same key with another body is refused with 422 and does nothing; another cart's same key is another key; a
/// try that failed does not use its key up.
#[test]
fn a_key_belongs_to_its_body_and_its_caller() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let token = shop.cart(&[(shop.cup, 1)]).await;
        let shown = shop.fill_in(&token, PaymentMethod::Card).await;
        let placed = shop
            .place_with(&token, Some("k"), Some(shown))
            .await
            .unwrap();
        let before = shop.picture().await;
        let reused = shop.place_with(&token, Some("k"), Some(twd(1))).await;
        assert!(matches!(reused, Err(FlowError::KeyReused)), "{reused:?}");
        let status = platform::web::Problem::from(FlowError::KeyReused).status();
        assert_eq!(status.as_u16(), 422);
        assert_eq!(shop.picture().await, before);

        let other = shop.ready(&[(shop.cup, 1)], PaymentMethod::Card).await;
        let refused = shop.place_with(&other, Some("k"), None).await;
        assert!(
            matches!(refused, Err(FlowError::Lines(_))),
            "sold out, not known: {refused:?}"
        );
        operations::flows::end_order::cancel(&shop.ctx, placed.order.id, "test")
            .await
            .unwrap();
        let second = shop.place_with(&other, Some("k"), None).await.unwrap();
        assert_ne!(second.order.id, placed.order.id);
    });
}

/// O8: a parcel that is sent with one key by sixteen hands at once, and later again, is one parcel, and all hear which;
/// the same key for another parcel is refused and sends nothing.
#[test]
fn one_parcel_for_one_key() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2)]).await;
        let id = placed.order.id;
        pick_order::pick(&shop.ctx, id).await.unwrap();
        let line = shop.lines(id).await[0].id;
        let mut one = parcel_of(id, Some(vec![(line, 1)]));
        one.idempotency_key = Some("click".into());
        let hands: Vec<_> = (0..16)
            .map(|_| {
                let (ctx, one) = (shop.ctx.clone(), one.clone());
                tokio::spawn(async move { ship_parcel::ship(&ctx, one).await.unwrap() })
            })
            .collect();
        let first = ship_parcel::ship(&shop.ctx, one.clone()).await.unwrap();
        for hand in hands {
            assert_eq!(hand.await.unwrap(), first);
        }
        assert_eq!(shop.order(id).await.state, OrderState::PartlyShipped);
        assert_eq!(shop.units(shop.tea).await, (99, 1));

        let mut rest = parcel_of(id, None);
        rest.idempotency_key = Some("click".into());
        let before = shop.picture().await;
        let reused = ship_parcel::ship(&shop.ctx, rest.clone()).await;
        assert!(matches!(reused, Err(FlowError::KeyReused)), "{reused:?}");
        assert_eq!(shop.picture().await, before);
        rest.idempotency_key = Some("another click".into());
        let last = ship_parcel::ship(&shop.ctx, rest.clone()).await.unwrap();
        let again = ship_parcel::ship(&shop.ctx, rest).await.unwrap();
        assert_eq!((again.id, again.number), (last.id, 2));
        shop.drain().await;
        let letters = shop.messages(id).await;
        assert_eq!(
            letters
                .iter()
                .filter(|kind| **kind == "order_shipped")
                .count(),
            2
        );
    });
}
