//! What a buyer does with an order through its link, at once and beside the warehouse, on both databases.

use kernel::Address;
use operations::{
    FlowError,
    flows::{buyer_acts, end_order, pick_order},
};
use orders::{OrderState, PaymentMethod, order};

use crate::shop::{Shop, draft};

/// CHK-21, S4, S10: a cancellation is taken back once, whoever asks how often at once, with fresh holds; not once
/// somebody else has the goods, and then nothing of it is left behind.
#[test]
fn a_cancellation_is_taken_back_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let mine = shop
            .ready(&[(shop.cup, 1), (shop.tea, 3)], PaymentMethod::Card)
            .await;
        let placed = shop.place(&mine).await.unwrap().order;
        end_order::cancel_by_buyer(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        assert_eq!(shop.units(shop.cup).await, (1, 0));
        let mut tasks = Vec::new();
        for _ in 0..12 {
            let (ctx, token) = (shop.ctx.clone(), placed.token.clone());
            tasks.push(tokio::spawn(async move {
                buyer_acts::undo_cancellation(&ctx, token).await
            }));
        }
        let mut restored = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => restored += 1,
                Err(FlowError::WrongState) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(restored, 1);
        assert_eq!(
            (shop.units(shop.cup).await, shop.units(shop.tea).await),
            ((1, 1), (100, 3))
        );
        world.check().await;

        end_order::cancel_by_buyer(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        let theirs = shop.ready(&[(shop.cup, 1)], PaymentMethod::Card).await;
        shop.place(&theirs).await.unwrap();
        let late = buyer_acts::undo_cancellation(&shop.ctx, placed.token).await;
        assert!(
            matches!(
                late,
                Err(FlowError::Inventory(
                    inventory::InventoryError::OutOfStock { .. }
                ))
            ),
            "{late:?}"
        );
        let id = placed.id;
        let now = shop
            .ctx
            .read(async move |rx, _| order::by_id(rx, id).await)
            .await
            .unwrap();
        assert_eq!(now.state, OrderState::Cancelled);
        assert_eq!(shop.units(shop.tea).await, (100, 0));
    });
}

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
            let change = buyer_acts::readdress(&shop.ctx, placed.token.clone(), other.clone());
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
