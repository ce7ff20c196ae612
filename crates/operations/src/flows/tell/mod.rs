//! Telling the buyer: which message follows from which step of an order. Each is queued in the step's transaction and
//! leaves at most once (M1); an order without an address (an import) is told nothing.

mod changes;

use customers::inquiry::Inquiry;
use engagement::{
    Content, NewMessage,
    content::{
        BankAccount, Destination, Due, InquiryAnswered, Line, OrderCancelled, OrderConfirmation,
        OrderExpired, OrderPaid, OrderPayLink, OrderRefunded, OrderShipped, ParcelLine,
        PaymentFailed, Question,
    },
    message,
};
use fulfilment::{carrier, parcel::Parcel};
use kernel::{Email, Locale, Money, OrderLineId, Timestamp};
use orders::{Order, OrderLine, OrderState, PaymentMethod, order};
use payments::{Payment, Refund};
use platform::{Ctx, Tx};

pub use self::changes::{order_changed, order_delayed, order_readdressed, order_restored};
use crate::{
    FlowError,
    shop::{self, Shop},
};

/// The order exists (ORD-01); an unpaid one says unmistakably that it is not paid (CHK-26).
///
/// # Errors
/// Whatever the database says.
pub async fn order_placed(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
    shop: &Shop,
) -> Result<(), FlowError> {
    let content = OrderConfirmation {
        shop: sender(shop, order),
        order: letter(shop, order, lines),
        due: due(shop, order),
        ship_by: order.ship_by,
    };
    let content = Content::OrderConfirmation(Box::new(content));
    if let Some(new) = about(order, "placed", content) {
        message::queue_first(tx, ctx, new).await?;
    }
    Ok(())
}

/// Staff put the order together: the goods are kept, and its page is where it is paid, in whichever way (CHK-22).
///
/// # Errors
/// Whatever the database says.
pub async fn pay_link(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
    shop: &Shop,
) -> Result<(), FlowError> {
    let content = OrderPayLink {
        shop: sender(shop, order),
        order: letter(shop, order, lines),
        until: order.pay_until,
        ship_by: order.ship_by,
    };
    let content = Content::OrderPayLink(Box::new(content));
    send(tx, ctx, order, "placed", content).await
}

/// The money arrived.
///
/// # Errors
/// Whatever the database says.
pub async fn order_paid(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    money_came(tx, ctx, order, (order.total, order.paid_at), "paid").await
}

/// The rest of an order that had become dearer arrived.
///
/// # Errors
/// Whatever the database says.
pub async fn rest_paid(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    payment: &Payment,
) -> Result<(), FlowError> {
    let came = (payment.amount, payment.decided_at);
    money_came(tx, ctx, order, came, &payment.id.to_string()).await
}

async fn money_came(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    (amount, at): (Money, Option<Timestamp>),
    occurrence: &str,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let content = OrderPaid {
        shop: sender(&shop, order),
        order: letter,
        amount,
        paid_at: at.unwrap_or_else(|| ctx.now()),
        ship_by: order.ship_by.filter(|_| order.state.awaits_shipping()),
        goods_left: !order.state.awaits_shipping(),
    };
    let content = Content::OrderPaid(Box::new(content));
    send(tx, ctx, order, occurrence, content).await
}

/// A payment was declined: why, and where to pay another way (CHK-05).
///
/// # Errors
/// Whatever the database says.
pub async fn payment_failed(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    payment: &Payment,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let content = PaymentFailed {
        shop: sender(&shop, order),
        pay_url: letter.url.clone(),
        order: letter,
        amount: payment.amount,
        decline_code: payment
            .decline_code
            .map_or_else(|| "declined_by_bank".to_owned(), |c| c.code().to_owned()),
        until: order.pay_until,
    };
    send(
        tx,
        ctx,
        order,
        &payment.id.to_string(),
        Content::PaymentFailed(Box::new(content)),
    )
    .await
}

/// A parcel left: what is in it, with whom, under which number, where to (ORD-03).
///
/// # Errors
/// Whatever the database says.
pub async fn parcel_shipped(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
    parcel: &Parcel,
    inside: &[(OrderLineId, i64)],
) -> Result<(), FlowError> {
    let shop = shop::load(tx).await?;
    let units = |line: &OrderLine, quantity| ParcelLine {
        title: line.title.clone(),
        variant_title: line.variant_title.clone(),
        quantity,
    };
    let lines = inside.iter().filter_map(|(id, quantity)| {
        let line = known.iter().find(|l| l.id == *id)?;
        Some(units(line, *quantity))
    });
    let packed = |line: &OrderLine| -> i64 {
        let own = inside.iter().filter(|(id, _)| *id == line.id);
        own.map(|(_, quantity)| quantity).sum()
    };
    // The lines as they were before this parcel was taken off them.
    let rest = known
        .iter()
        .map(|line| units(line, line.to_ship() - packed(line)))
        .filter(|line| line.quantity > 0);
    let content = OrderShipped {
        shop: sender(&shop, order),
        order: letter(&shop, order, known),
        parcel: engagement::content::Parcel {
            courier: carrier::name(&parcel.carrier, order.locale),
            tracking_number: Some(parcel.tracking_number.clone()).filter(|n| !n.is_empty()),
            tracking_url: carrier::tracking_url(&parcel.carrier, &parcel.tracking_number),
            lines: lines.collect(),
            arrives_from: None,
            arrives_until: None,
            rest_follows: order.state != orders::OrderState::Shipped,
            rest: rest.collect(),
        },
        due: due(&shop, order),
    };
    send(
        tx,
        ctx,
        order,
        &parcel.id.to_string(),
        Content::OrderShipped(Box::new(content)),
    )
    .await
}

/// The order was called off.
///
/// # Errors
/// Whatever the database says.
pub async fn order_cancelled(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    refund: Option<Money>,
    undo_until: Option<Timestamp>,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let content = OrderCancelled {
        shop: sender(&shop, order),
        order: letter,
        reason: None,
        refund,
        undo_until,
    };
    send(
        tx,
        ctx,
        order,
        &cancelled_at(order),
        Content::OrderCancelled(Box::new(content)),
    )
    .await
}

/// An order that was restored may be called off again, which is another occurrence.
fn cancelled_at(order: &Order) -> String {
    let at = order.closed_at.map(|at| at.to_string());
    format!("cancelled:{}", at.unwrap_or_default())
}

/// The order was not paid in time.
///
/// # Errors
/// Whatever the database says.
pub async fn order_expired(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let until = order.pay_until.unwrap_or_else(|| ctx.now());
    let content = OrderExpired {
        shop: sender(&shop, order),
        order: letter,
        until,
    };
    send(
        tx,
        ctx,
        order,
        "expired",
        Content::OrderExpired(Box::new(content)),
    )
    .await
}

/// Money was given back.
///
/// # Errors
/// Whatever the database says.
pub async fn order_refunded(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    refund: &Refund,
) -> Result<(), FlowError> {
    let (shop, letter) = parts(tx, order).await?;
    let whole = refund.amount == order.total;
    let content = OrderRefunded {
        shop: sender(&shop, order),
        order: letter,
        amount: refund.amount,
        whole,
        reason: None,
    };
    send(
        tx,
        ctx,
        order,
        &refund.id.to_string(),
        Content::OrderRefunded(Box::new(content)),
    )
    .await
}

/// A question was answered. When it names an order of the same person, the letter stands on that order's timeline too.
///
/// # Errors
/// [`FlowError::WrongState`] for an address that takes no letters, or whatever the database says.
pub async fn inquiry_answered(tx: &mut Tx, ctx: &Ctx, inquiry: &Inquiry) -> Result<(), FlowError> {
    let recipient = Email::parse(&inquiry.email).map_err(|_| FlowError::WrongState)?;
    let shop = shop::load(tx).await?;
    let order = match &inquiry.order_number {
        Some(number) => order::by_number(tx, number).await?,
        None => None,
    };
    let theirs = order.filter(|order| {
        Email::parse(&order.email).is_ok_and(|email| email.identity() == recipient.identity())
    });
    let content = InquiryAnswered {
        shop: sender_in(&shop, inquiry.locale),
        inquiry: Question {
            name: inquiry.name.clone(),
            message: inquiry.message.clone(),
            order_number: inquiry.order_number.clone(),
            asked_at: inquiry.created_at,
        },
        answer: inquiry.answer.clone().unwrap_or_default(),
    };
    let new = NewMessage {
        content: Content::InquiryAnswered(Box::new(content)),
        recipient,
        order_id: theirs.map(|order| order.id),
        customer_id: inquiry.customer_id,
        occurrence: inquiry.id.to_string(),
        locale: inquiry.locale,
    };
    message::queue(tx, ctx, new).await?;
    Ok(())
}

async fn parts(
    tx: &mut Tx,
    order: &Order,
) -> Result<(Shop, engagement::content::Order), FlowError> {
    let shop = shop::load(tx).await?;
    let lines = order::lines(tx, order.id).await?;
    let letter = letter(&shop, order, &lines);
    Ok((shop, letter))
}

async fn send(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    occurrence: &str,
    content: Content,
) -> Result<(), FlowError> {
    if let Some(new) = about(order, occurrence, content) {
        message::queue(tx, ctx, new).await?;
    }
    Ok(())
}

/// A message about an order; none where it has no address.
fn about(order: &Order, occurrence: &str, content: Content) -> Option<NewMessage> {
    Some(NewMessage {
        content,
        recipient: Email::parse(&order.email).ok()?,
        order_id: Some(order.id),
        customer_id: order.customer_id,
        occurrence: format!("{}:{occurrence}", order.id),
        locale: order.locale,
    })
}

fn sender(shop: &Shop, order: &Order) -> engagement::content::Shop {
    sender_in(shop, order.locale)
}

pub(super) fn sender_in(shop: &Shop, locale: Locale) -> engagement::content::Shop {
    let filled = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    engagement::content::Shop {
        name: shop.name.get(locale).to_owned(),
        url: shop.public_url.clone(),
        email: filled(&shop.contact_email),
        phone: filled(&shop.contact_phone),
        hours: filled(shop.hours.get(locale)),
        footer: filled(shop.letters.footer.get(locale)),
        sender: filled(shop.letters.name.get(locale)),
        from: filled(&shop.letters.address),
        reply_to: filled(&shop.letters.reply_to),
    }
}

fn letter(shop: &Shop, order: &Order, lines: &[OrderLine]) -> engagement::content::Order {
    let lines = lines.iter().map(|l| Line {
        title: l.title.clone(),
        variant_title: l.variant_title.clone(),
        quantity: l.quantity,
        unit_price: l.unit_price,
        total: l.total,
        gift: l.gift,
    });
    engagement::content::Order {
        number: order.number.clone(),
        url: format!("{}/orders/{}", shop.public_url, order.token),
        placed_at: order.placed_at,
        buyer_name: order.buyer_name.clone(),
        lines: lines.collect(),
        subtotal: order.subtotal,
        discount: order.discount,
        shipping: order.shipping,
        gift_wrap: order.gift_wrap,
        fees: order.other_fees(),
        total: order.total,
        payment_method: order.payment_method.code().to_owned(),
        delivery_name: order.delivery_name.clone(),
        address: Destination::from(&order.address),
        gift_message: order.gift_message.clone(),
    }
}

/// What is still to be paid; none once it is paid.
fn due(shop: &Shop, order: &Order) -> Option<Due> {
    // The rest of an order that became dearer is asked for by the letter that told of the change.
    (!order.payment_state.has_money())
        .then(|| due_of(shop, order, (order.payment_method, order.total)))
        .flatten()
}

/// How an amount of an order is to be paid.
fn due_of(shop: &Shop, order: &Order, (method, amount): (PaymentMethod, Money)) -> Option<Due> {
    let bank = (method == PaymentMethod::BankTransfer).then(|| BankAccount {
        bank: format!("{} {}", shop.bank.bank_name, shop.bank.branch)
            .trim()
            .to_owned(),
        code: shop.bank.bank_code.clone(),
        account: shop.bank.account_number.clone(),
        holder: shop.bank.account_name.clone(),
    });
    let on_delivery = method == PaymentMethod::CashOnDelivery;
    (!order.payment_state.was_paid()).then(|| Due {
        method: method.code().to_owned(),
        amount,
        until: order
            .pay_until
            .filter(|_| order.state == OrderState::Placed),
        pay_url: (!on_delivery).then(|| format!("{}/orders/{}", shop.public_url, order.token)),
        bank,
    })
}
