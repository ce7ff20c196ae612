//! What a buyer does with an order through its link, at once and beside the warehouse, on both databases.

use kernel::{Address, Money};
use operations::{
    FlowError,
    flows::{
        buyer_acts::{self, Elsewhere},
        pick_order,
    },
};
use orders::{PaymentMethod, PaymentState, order};

use crate::{
    edits::{in_region, two_zones},
    shop::{DELIVERY, Shop, draft, twd},
};

/// ORD-04: of a change of address and the warehouse that takes the goods at the same moment, either the parcel has the
/// new address or the buyer is told that it is too late.
#[test]
fn no_parcel_leaves_with_an_address_that_was_changed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for n in 0..12 {
            let token = shop
                .ready(&[(shop.tea, 1)], PaymentMethod::CashOnDelivery)
                .await;
            let placed = shop.place(&token).await.unwrap().order;
            let other = Address {
                line1: format!("新地址 {n} 號"),
                ..draft(PaymentMethod::Card).address
            };
            let wanted = Elsewhere {
                address: other.clone(),
                delivery_method: None,
                total: None,
            };
            let change = buyer_acts::readdress(&shop.ctx, placed.token.clone(), wanted);
            let (changed, picked) = tokio::join!(change, pick_order::pick(&shop.ctx, placed.id));
            let picked = picked.unwrap();
            let id = placed.id;
            let now = shop
                .ctx
                .read(async move |rx, _| order::by_id(rx, id).await)
                .await
                .unwrap();
            match changed {
                Ok(()) => {
                    assert_eq!(picked.address.line1, other.line1);
                    assert_eq!(now.address, other);
                }
                Err(FlowError::Orders(orders::OrdersError::TooLateToReaddress)) => {
                    assert_eq!(now.address, picked.address);
                }
                Err(wrong) => panic!("{wrong:?}"),
            }
        }
    });
}

/// Sends an order of the buyer elsewhere in Taiwan, at a total that they agreed to.
async fn send(
    shop: &Shop,
    token: &str,
    region: &str,
    total: Option<Money>,
) -> Result<(), FlowError> {
    let wanted = Elsewhere {
        address: in_region(draft(PaymentMethod::Card).address, region),
        delivery_method: None,
        total,
    };
    buyer_acts::readdress(&shop.ctx, token.to_owned(), wanted).await
}

/// ORD-04, O5, O10: a buyer sends an order to where it costs the same without a word about money; where it costs otherwise
/// only at the total that they agreed to, and what they paid already is followed by the difference, asked for and, back
/// home, asked for no more, until the books tie out.
#[test]
fn a_buyer_agrees_to_what_it_costs_elsewhere() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let unpaid = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await.order;
        let paid = shop.paid(&[(shop.tea, 1)]).await.order;
        two_zones(&shop).await;
        let (near, far) = (twd(58_000 + DELIVERY), twd(58_000 + 25_000));
        for order in [&unpaid, &paid] {
            send(&shop, &order.token, "新北市", None).await.unwrap();
            let now = shop.order(order.id).await;
            assert_eq!((now.shipping, now.total), (twd(DELIVERY), near));
            for total in [None, Some(near), Some(twd(1))] {
                let refused = send(&shop, &order.token, "澎湖縣", total).await;
                assert!(
                    matches!(refused, Err(FlowError::TotalChanged { now, .. }) if now == far),
                    "{refused:?}"
                );
            }
            let kept = shop.order(order.id).await;
            assert_eq!((kept.address.region.as_str(), kept.total), ("新北市", near));
            send(&shop, &order.token, "澎湖縣", Some(far))
                .await
                .unwrap();
            let moved = shop.order(order.id).await;
            assert_eq!(
                (moved.address.region.as_str(), moved.total),
                ("澎湖縣", far)
            );
            assert_eq!(shop.money(order.id).await.due, far);
        }
        let states = [
            shop.order(unpaid.id).await.payment_state,
            shop.order(paid.id).await.payment_state,
        ];
        assert_eq!(states, [PaymentState::Pending, PaymentState::PartlyPaid]);
        send(&shop, &paid.token, "臺北市", Some(near))
            .await
            .unwrap();
        let home = shop.order(paid.id).await;
        assert_eq!((home.total, home.payment_state), (near, PaymentState::Paid));
        assert!(shop.refunds(paid.id).await.is_empty());
        shop.reconcile().await;
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// ORD-04, CHK-03: a buyer can choose another way at its price; a place to which the way does not go, or where it is not
/// paid as agreed, is said at the way, and nothing is changed.
#[test]
fn a_buyer_is_told_where_nothing_goes() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let cash = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::CashOnDelivery)
            .await
            .order;
        let card = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await.order;
        two_zones(&shop).await;
        for (region, key) in [
            ("澎湖縣", "error-no-cash-on-delivery"),
            ("花蓮縣", "error-delivery-method"),
        ] {
            let refused = send(&shop, &cash.token, region, None).await;
            let Err(FlowError::Fields(fields)) = refused else {
                panic!("{refused:?}")
            };
            let said: Vec<_> = fields.iter().map(|f| (f.field.as_str(), f.key)).collect();
            assert_eq!(said, [("delivery_method", key)]);
        }
        let other = Elsewhere {
            address: draft(PaymentMethod::Card).address,
            delivery_method: Some("post".into()),
            total: None,
        };
        let by_post = buyer_acts::readdress(&shop.ctx, cash.token, other.clone()).await;
        assert!(matches!(by_post, Err(FlowError::Fields(_))), "{by_post:?}");
        buyer_acts::readdress(&shop.ctx, card.token, other)
            .await
            .unwrap();
        let posted = shop.order(card.id).await;
        assert_eq!(
            (posted.delivery_code.as_str(), posted.total),
            ("post", card.total)
        );
        shop.drain().await;
        shop.nothing_failed().await;
    });
}
