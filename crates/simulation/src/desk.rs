//! What lies on the desk of the demo shop: a draft that somebody began for a customer, and an order that goes first.

use kernel::CustomerId;
use operations::{
    FlowError,
    flows::{
        assist_order::{self, Worked},
        prioritise,
    },
};
use orders::{CheckoutDraft, Concession, Discount, OrderQuery, Tab, cart, draft, order, search};
use platform::Ctx;

use crate::{SimulationError, warehouse};

/// Leaves work on the desk, where there are orders to be shipped. What is refused, for want of stock or of room, is left
/// out: it is only there to be looked at.
///
/// # Errors
/// The database's.
pub async fn leave_work(ctx: &Ctx) -> Result<(), SimulationError> {
    warehouse::furnish(ctx).await?;
    let waiting = ctx
        .read(async |rx, _| {
            let query = OrderQuery {
                tab: Tab::ToShip,
                ..OrderQuery::default()
            };
            let found = search::search(rx, query).await?;
            let Some(newest) = found.items.first() else {
                return Ok(None);
            };
            Ok::<_, FlowError>(Some(order::by_id(rx, newest.id).await?))
        })
        .await?;
    let Some(newest) = waiting else {
        return Ok(());
    };
    let first = prioritise::prioritise(ctx, newest.id, None, "生日禮物，明天要送到".to_owned());
    if let Err(refused) = first.await {
        tracing::info!(%refused, "no order goes first in the demonstration");
    }
    if let Some(customer) = newest.customer_id {
        begin_draft(ctx, customer, newest.id).await?;
    }
    Ok(())
}

/// A draft with what the customer ordered before, ten percent off.
async fn begin_draft(
    ctx: &Ctx,
    customer: CustomerId,
    like: kernel::OrderId,
) -> Result<(), SimulationError> {
    let id = assist_order::open(ctx, Some(customer)).await?;
    let (checkout, locale, added) = ctx
        .read(async move |rx, _| {
            let kept = draft::by_id(rx, id).await?;
            let checkout = cart::by_id(rx, id).await?.checkout;
            let lines = order::lines(rx, like).await?;
            let added = lines.iter().map(|line| (line.variant_id, 2)).collect();
            Ok::<_, FlowError>((checkout, kept.locale, added))
        })
        .await?;
    let worked = Worked {
        checkout: CheckoutDraft {
            gift_message: Some("生日快樂，茶香滿室。".to_owned()),
            gift_wrap: true,
            ..checkout
        },
        locale,
        added,
        concession: Concession {
            discount: Discount::Share(1_000),
            free_shipping: false,
        },
        reason: "老客人回購".to_owned(),
        ..Worked::default()
    };
    if let Err(refused) = assist_order::save(ctx, id, worked).await {
        tracing::info!(%refused, "the draft of the demonstration stays empty");
    }
    Ok(())
}
