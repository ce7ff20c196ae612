//! Orders that go before all others, and orders of which it is said in advance that they leave later.

use kernel::{Locale, OrderId, Texts};
use operations::{
    FlowError,
    flows::{
        announce_delay::{self, Affected},
        end_order, prioritise,
    },
    urgent::{URGENT_LANE, UrgentLane},
    views::admin::shipping,
};
use orders::{OrdersError, PaymentMethod, delay, priority};
use platform::{list::Asked, settings};

use crate::shop::{DAY, Shop};

/// How the orders of these tests are delivered.
const HOME: &str = "home";

async fn decide(shop: &Shop, lane: UrgentLane) {
    let saved = shop
        .ctx
        .write(async move |tx, ctx| settings::save(tx, ctx, URGENT_LANE, &lane).await);
    saved.await.unwrap();
}

async fn queue(shop: &Shop) -> Vec<OrderId> {
    let read = shop
        .ctx
        .read(async |rx, ctx| shipping::queue(rx, ctx, &Asked::default()).await);
    read.await
        .unwrap()
        .items
        .iter()
        .map(|o| o.order_id)
        .collect()
}

/// ORD-07: an order that goes first is first in the queue, with who, why and until when; it goes in its turn again when
/// somebody says so; how many of them left in time is counted.
#[test]
fn an_urgent_order_goes_before_all_others() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let first = shop.paid(&[(shop.tea, 1)]).await.order.id;
        let second = shop.paid(&[(shop.tea, 1)]).await.order.id;
        assert_eq!(queue(&shop).await, [first, second]);
        assert!(
            prioritise::prioritise(&shop.ctx, second, None, " ".into())
                .await
                .is_err()
        );
        let past = Some(shop.ctx.now().plus_seconds(-60));
        assert!(
            prioritise::prioritise(&shop.ctx, second, past, "生日".into())
                .await
                .is_err()
        );
        prioritise::prioritise(&shop.ctx, second, None, "生日".into())
            .await
            .unwrap();
        assert!(
            prioritise::prioritise(&shop.ctx, second, None, "再一次".into())
                .await
                .is_err()
        );
        assert_eq!(queue(&shop).await, [second, first]);
        let known = shop
            .ctx
            .read(async move |rx, _| priority::of(rx, second).await);
        let known = known.await.unwrap().unwrap();
        assert_eq!(
            (known.reason.as_str(), known.by.as_str()),
            ("生日", shop.ctx.actor().label().as_str())
        );
        prioritise::in_turn(&shop.ctx, second).await.unwrap();
        assert!(prioritise::in_turn(&shop.ctx, second).await.is_err());
        assert_eq!(queue(&shop).await, [first, second]);
        prioritise::prioritise(&shop.ctx, second, None, "生日".into())
            .await
            .unwrap();
        shop.pick_and_ship(second).await;
        let kept = shop.ctx.read(async |rx, ctx| {
            priority::kept(rx, ctx.now().plus_seconds(-60), ctx.now().plus_seconds(60)).await
        });
        let kept = kept.await.unwrap();
        assert_eq!((kept.shipped, kept.on_time), (1, 1));
    });
}

/// ORD-07: a day takes so many urgent orders and no more, however many ask at once; a delivery that buys a place is not
/// sold when the day is full.
#[test]
fn a_day_has_only_so_much_room() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let lane = UrgentLane {
            per_day: 3,
            methods: Vec::new(),
        };
        decide(&shop, lane.clone()).await;
        let mut asking = Vec::new();
        for _ in 0..10 {
            let id = shop
                .buy(&[(shop.tea, 1)], PaymentMethod::CashOnDelivery)
                .await
                .order
                .id;
            let shop = shop.clone();
            asking.push(tokio::spawn(async move {
                prioritise::prioritise(&shop.ctx, id, None, "趕時間".into()).await
            }));
        }
        let mut won = 0;
        for task in asking {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(FlowError::Orders(OrdersError::NoRoom { room: 3, .. })) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 3);
        let token = shop.ready(&[(shop.tea, 1)], PaymentMethod::Card).await;
        decide(
            &shop,
            UrgentLane {
                methods: vec![HOME.into()],
                ..lane
            },
        )
        .await;
        let full = shop.place(&token).await;
        assert!(
            matches!(full, Err(FlowError::Fields(_))),
            "what cannot be kept is not sold"
        );
        decide(
            &shop,
            UrgentLane {
                per_day: 4,
                methods: vec![HOME.into()],
            },
        )
        .await;
        let bought = shop.place(&token).await.unwrap().order.id;
        assert!(shop.order(bought).await.urgent_until.is_some());
    });
}

/// ORD-12, M1: a delay moves the promise of the chosen orders with history, and each buyer is told once in their language,
/// also when it is announced again; orders that are over, or promised for later, stay as they are.
#[test]
fn a_delay_is_said_in_advance_and_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let moved = shop.paid(&[(shop.tea, 1)]).await.order.id;
        let called_off = shop.paid(&[(shop.tea, 1)]).await.order.id;
        end_order::cancel(&shop.ctx, called_off, "customer_request")
            .await
            .unwrap();
        let before = shop.order(moved).await.ship_by.unwrap();
        let later = before.plus_seconds(3 * i64::try_from(DAY).unwrap());
        let reason = Texts(
            [
                (Locale::Hant, "颱風".to_owned()),
                (Locale::En, "Typhoon".to_owned()),
            ]
            .into(),
        );
        let nobody = Affected {
            region: Some("花蓮縣".into()),
            ..Affected::default()
        };
        let none = announce_delay::announce(&shop.ctx, nobody, later, reason.clone()).await;
        assert!(matches!(none, Err(FlowError::WrongState)), "{none:?}");
        let all = Affected {
            delivery_method: Some(HOME.into()),
            ..Affected::default()
        };
        let silent =
            announce_delay::announce(&shop.ctx, all.clone(), later, Texts::default()).await;
        assert!(silent.is_err(), "a delay has a reason");
        let count = announce_delay::announce(&shop.ctx, all.clone(), later, reason.clone()).await;
        assert_eq!(count.unwrap(), 1);
        let again = announce_delay::announce(&shop.ctx, all, later, reason).await;
        assert!(
            matches!(again, Err(FlowError::WrongState)),
            "nothing is left to be moved"
        );
        let order = shop.order(moved).await;
        assert_eq!(order.ship_by, Some(later));
        let history = shop.history(moved).await;
        assert_eq!(history.last().unwrap().cause, "delay_announced");
        let known = shop
            .ctx
            .read(async move |rx, _| delay::of_order(rx, moved).await);
        let known = known.await.unwrap().unwrap();
        assert_eq!((known.before, known.after), (Some(before), later));
        assert_eq!(shop.events(moved).await["Order Delayed"], 1);
        shop.drain().await;
        let told = shop.messages(moved).await;
        assert_eq!(
            told.iter().filter(|kind| **kind == "order_delayed").count(),
            1
        );
        assert!(!shop.messages(called_off).await.contains(&"order_delayed"));
        shop.nothing_failed().await;
    });
}
