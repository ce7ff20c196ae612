//! Letters about an order that changes after it was placed: its goods, its address, its promise, its cancellation.

use engagement::{
    Content,
    content::{Destination, Line, OrderBefore, OrderChanged, OrderDelayed, OrderRestored},
};
use kernel::{Address, DelayId, Money, Timestamp};
use orders::{
    Order, OrderLine, PaymentMethod,
    order::{Revised, StoodLine},
};
use platform::{Ctx, Tx};

use super::{due, due_of, letter, parts, send, sender};
use crate::{FlowError, shop};

/// The order changed: what it was, what it is, and what follows for its money. `rest` is what is still to be paid and
/// how, `refund` what goes back.
///
/// # Errors
/// Whatever the database says.
pub async fn order_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
    kept: &Revised,
    (rest, refund): (Option<(PaymentMethod, Money)>, Option<Money>),
) -> Result<(), FlowError> {
    let shop = shop::load(tx).await?;
    let was = &kept.before;
    let content = OrderChanged {
        shop: sender(&shop, order),
        order: letter(&shop, order, lines),
        before: OrderBefore {
            lines: was.lines.iter().map(stood).collect(),
            shipping: was.shipping,
            gift_wrap: was.gift_wrap,
            total: was.total,
            delivery_name: Some(was.delivery_name.clone()).filter(|n| *n != order.delivery_name),
            address: (was.address != order.address).then(|| Destination::from(&was.address)),
        },
        goods_changed: was.costs_otherwise(&kept.after),
        due: rest.and_then(|asked| due_of(&shop, order, asked)),
        refund,
    };
    let content = Content::OrderChanged(Box::new(content));
    send(tx, ctx, order, &format!("changed:{}", kept.seq), content).await
}

fn stood(line: &StoodLine) -> Line {
    Line {
        title: line.title.clone(),
        variant_title: line.variant_title.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        total: line.total,
        gift: line.gift,
    }
}

/// The order leaves later than promised: why, and when now (ORD-12). `before` is when it was to leave.
///
/// # Errors
/// Whatever the database says.
pub async fn order_delayed(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    (announcement, before): (DelayId, Option<Timestamp>),
    reason: &str,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let content = OrderDelayed {
        shop: sender(&shop, order),
        order: letter,
        reason: reason.to_owned(),
        before,
        ship_by: order.ship_by.unwrap_or_else(|| ctx.now()),
    };
    let content = Content::OrderDelayed(Box::new(content));
    send(tx, ctx, order, &announcement.to_string(), content).await
}

/// The buyer sent the order elsewhere: from where to where. The occurrence is the moment, for it may happen again.
///
/// # Errors
/// Whatever the database says.
pub async fn order_readdressed(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    before: &Address,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let content = OrderChanged {
        shop: sender(&shop, order),
        before: OrderBefore {
            lines: letter.lines.clone(),
            shipping: order.shipping,
            gift_wrap: order.gift_wrap,
            total: order.total,
            delivery_name: None,
            address: Some(Destination::from(before)),
        },
        order: letter,
        goods_changed: false,
        due: due(&shop, order),
        refund: None,
    };
    let occurrence = format!("readdressed:{}", ctx.now());
    send(
        tx,
        ctx,
        order,
        &occurrence,
        Content::OrderChanged(Box::new(content)),
    )
    .await
}

/// The buyer took a cancellation back: what is still to be paid and how, and what was paid and does not go back. The
/// occurrence is the moment, for it may happen again.
///
/// # Errors
/// Whatever the database says.
pub async fn order_restored(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    due: Option<(PaymentMethod, Money)>,
    kept: Option<Money>,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let content = OrderRestored {
        shop: sender(&shop, order),
        order: letter,
        due: due.and_then(|due| due_of(&shop, order, due)),
        kept,
    };
    let occurrence = format!("restored:{}", ctx.now());
    send(
        tx,
        ctx,
        order,
        &occurrence,
        Content::OrderRestored(Box::new(content)),
    )
    .await
}
