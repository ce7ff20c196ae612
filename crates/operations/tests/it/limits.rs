//! What staff may give away, with several at the same draft (CHK-25).

use std::sync::Arc;

use kernel::{CartId, Role, StaffId};
use operations::{
    FlowError,
    flows::{
        assist_order::{self, Way, Worked},
        place_order::Seen,
    },
};
use orders::{Concession, PaymentMethod, cart, concession::Discount};
use platform::{Actor, Ctx};

use crate::shop::{Shop, draft};

fn service(shop: &Shop) -> Ctx {
    let actor = Actor::Staff {
        id: StaffId::new(),
        name: Arc::from("service"),
        role: Role::Service,
    };
    shop.ctx.acting(actor, Role::Service.permissions())
}

/// Changes the draft's goods to so many units, with so much off.
async fn works(
    ctx: &Ctx,
    shop: &Shop,
    id: CartId,
    units: i64,
    share: i64,
) -> Result<(), FlowError> {
    let lines = ctx
        .read(async move |rx, _| cart::lines(rx, id).await)
        .await?;
    let mut worked = Worked {
        checkout: draft(PaymentMethod::BankTransfer),
        concession: Concession {
            discount: Discount::Share(share),
            free_shipping: false,
        },
        reason: "熟客".into(),
        ..Worked::default()
    };
    match lines.first() {
        Some(line) => drop(worked.lines.insert(line.id, units)),
        None => drop(worked.added.insert(shop.tea, units)),
    }
    assist_order::save(ctx, id, worked).await
}

/// CHK-25: several of the staff change goods and discount of one draft while one of them makes the order of it: what is
/// given away is never more than a tenth, which is what any of them may, whoever was first.
#[test]
fn nobody_gives_away_more_than_they_may() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        for _ in 0..8 {
            let id = assist_order::open(&service(&shop), None).await.unwrap();
            works(&service(&shop), &shop, id, 10, 1_000).await.unwrap();
            let mut racing = Vec::new();
            for (units, share) in [
                (1, 1_000),
                (2, 3_000),
                (9, 900),
                (3, 1_050),
                (1, 500),
                (7, 1_000),
            ] {
                let (ctx, shop) = (service(&shop), shop.clone());
                racing.push(tokio::spawn(async move {
                    match works(&ctx, &shop, id, units, share).await {
                        Ok(()) => assert!(share <= 1_000, "{share} was kept"),
                        Err(
                            FlowError::BeyondLimit { .. }
                            | FlowError::AlreadyOrdered
                            | FlowError::Orders(_),
                        ) => {}
                        Err(error) => panic!("{error}"),
                    }
                }));
            }
            let order =
                assist_order::order(&service(&shop), id, Way::BankTransfer, Seen::default()).await;
            for task in racing {
                task.await.unwrap();
            }
            let order = match order {
                Ok(order) => order,
                Err(FlowError::BeyondLimit { .. }) => continue,
                Err(error) => panic!("{error}"),
            };
            assert!(
                order.discount.amount * 10 <= order.subtotal.amount,
                "{} off {}",
                order.discount,
                order.subtotal
            );
        }
    });
}
