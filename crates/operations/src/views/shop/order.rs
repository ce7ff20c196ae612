//! An order as its buyer sees it through its unguessable link (STF-21, ORD-02).

use std::collections::HashMap;

use catalog::{ProductState, product};
use fulfilment::{carrier, parcel, promise};
use inventory::hold::{self, HoldState};
use jiff::civil::Date;
use kernel::{Address, Money, OrderId, ParcelId, ProductId, Timestamp};
use orders::{LinePart, Order, OrderLine, OrderState, PaymentMethod, PaymentState, delay, order};
use payments::{RefundState, refund};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    facts::Facts,
    order_payment::{self, OrderPayment},
    order_steps::{self, Step},
    parts::{Estimate, Inside, SummaryLine, filled, small_url},
};
use crate::{
    FlowError,
    bundles::{self, Free},
    flows::{buyer_acts, end_order, undo_cancellation},
};

/// The page of an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderPage {
    /// The order.
    pub id: OrderId,
    /// The number people use.
    pub number: String,
    /// The unguessable text of its page.
    pub token: String,
    /// Where it stands.
    pub state: OrderState,
    /// What is known about its money.
    pub payment_state: PaymentState,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where its messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// What was ordered.
    pub lines: Vec<SummaryLine>,
    /// What of it will not be sent; everything, once the order is called off.
    pub cancelled: Vec<Units>,
    /// Units ordered.
    pub item_count: i64,
    /// Price times quantity of all lines.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; null when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// Other fees.
    pub fees: Money,
    /// The tax contained in the total.
    pub tax_included: Money,
    /// What it costs.
    pub total: Money,
    /// Where it goes.
    pub shipping_address: Address,
    /// The address as its country writes it.
    pub address_lines: Vec<String>,
    /// How it is delivered.
    pub delivery_method: ChosenDelivery,
    /// When it arrives; null once a parcel has left or the order is over.
    pub estimate: Option<Estimate>,
    /// That it leaves later than promised, and why; null once a parcel has left, or when it does not.
    pub delay: Option<DelayView>,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// The buyer's wish.
    pub note: Option<String>,
    /// Its payment and what can be done about it.
    pub payment: OrderPayment,
    /// What is kept for it, until when, and why (INV-04); null when nothing is.
    pub hold: Option<HoldView>,
    /// Its parcels.
    pub parcels: Vec<ParcelView>,
    /// Money that went back or is about to.
    pub refunds: Vec<RefundView>,
    /// How far it is.
    pub steps: Vec<Step>,
    /// Whether the buyer can still call it off.
    pub can_cancel: bool,
    /// Whether the buyer can still send it elsewhere.
    pub can_readdress: bool,
    /// The store at which it is collected; null where it goes to an address.
    pub pickup: Option<Pickup>,
    /// Until when the buyer can take back that they called it off; null when they cannot.
    pub undo_until: Option<Timestamp>,
    /// Whether a parcel is on its way or about to be, so that it is to be looked at before it is signed for.
    pub inspect: bool,
}

impl PageView for OrderPage {
    const TEMPLATE: &'static str = "order.html";
}

/// An order that leaves later than promised (ORD-12).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DelayView {
    /// Why, in the reader's language where it was said in it.
    pub reason: String,
    /// When it was to leave.
    pub before: Option<Timestamp>,
    /// When it leaves at the latest.
    pub after: Timestamp,
}

/// A store at which an order is collected (CHK-04).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Pickup {
    /// The chain's name.
    pub chain_name: String,
    /// Days for which the store keeps the parcel.
    pub keep_days: i64,
    /// What is paid there; null where nothing is.
    pub collect: Option<Money>,
}

/// How an order is delivered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChosenDelivery {
    /// The code of the way to deliver.
    pub code: String,
    /// Its name when the order was placed.
    pub name: String,
}

/// Goods kept for an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HoldView {
    /// Why: `awaiting_payment`, `confirming_payment` or `until_shipped`.
    pub reason: &'static str,
    /// Until when; null without end.
    pub until: Option<Timestamp>,
    /// What.
    pub lines: Vec<Units>,
}

/// Units of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Units {
    /// The product's name.
    pub title: String,
    /// Which variant; null when there is only one.
    pub variant_title: Option<String>,
    /// How many.
    pub quantity: i64,
}

/// A parcel.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ParcelView {
    /// The parcel.
    pub id: ParcelId,
    /// Who carries it.
    pub carrier: String,
    /// The number to find it by.
    pub tracking_number: Option<String>,
    /// The carrier's page about it.
    pub tracking_url: Option<String>,
    /// When it left.
    pub shipped_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// What is in it.
    pub lines: Vec<Units>,
}

/// Money given back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefundView {
    /// How much.
    pub amount: Money,
    /// `pending` or `succeeded`.
    pub state: RefundState,
    /// When it was asked for or, once it went, when it went.
    pub at: Timestamp,
    /// Until when its buyer can take back what it is for; the money leaves after that. Null once it may be on its way.
    pub waits_until: Option<Timestamp>,
}

/// The order behind a link's token.
///
/// # Errors
/// [`FlowError::NotFound`] for a token that leads nowhere (A1, A7), or whatever the database says.
pub async fn order_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    token: &str,
) -> Result<OrderPage, FlowError> {
    let order = order::by_token(rx, token, ctx.now())
        .await?
        .ok_or(FlowError::NotFound)?;
    let lines = order::lines(rx, order.id).await?;
    let history = order::history(rx, order.id).await?;
    let parcels = parcels(rx, ctx, &order, &lines).await?;
    let refunds = refund::of_order(rx, order.id).await?;
    let payment = order_payment::payment_of(rx, ctx, facts, &order).await?;
    Ok(OrderPage {
        delay: delay_of(rx, ctx, &order).await?,
        fees: order.other_fees(),
        hold: hold_of(rx, &order, &lines).await?,
        item_count: bought_units(&lines),
        cancelled: lines
            .iter()
            .filter(|line| line.cancelled > 0)
            .map(|line| units(line, line.cancelled))
            .collect(),
        lines: summary(rx, &lines).await?,
        estimate: estimate(facts, &order),
        refunds: refunds
            .iter()
            .filter(|r| r.state.is_live())
            .map(|r| refund_view(r, ctx.now()))
            .collect(),
        steps: order_steps::steps(&order, &history),
        can_cancel: end_order::buyer_may_cancel(&order),
        can_readdress: buyer_acts::may_readdress(&order),
        pickup: pickup_of(&order),
        undo_until: undo_cancellation::undo_until(
            &order,
            &history,
            &refunds,
            &facts.shop,
            ctx.now(),
        ),
        inspect: matches!(
            order.state,
            OrderState::Picked | OrderState::PartlyShipped | OrderState::Shipped
        ),
        delivery_method: ChosenDelivery {
            code: order.delivery_code,
            name: order.delivery_name,
        },
        parcels,
        payment,
        id: order.id,
        number: order.number,
        token: order.token,
        state: order.state,
        payment_state: order.payment_state,
        placed_at: order.placed_at,
        email: order.email,
        phone: order.phone,
        subtotal: order.subtotal,
        discount: order.discount,
        shipping: order.shipping,
        gift_wrap: order.gift_wrap,
        tax_included: order.tax_included,
        total: order.total,
        address_lines: order.address.lines(),
        shipping_address: order.address,
        gift_message: order.gift_message,
        note: order.note,
    })
}

fn pickup_of(order: &Order) -> Option<Pickup> {
    let store = order.address.store.as_ref()?;
    let cash =
        order.payment_method == PaymentMethod::CashOnDelivery && !order.payment_state.was_paid();
    Some(Pickup {
        chain_name: store.chain_name().to_owned(),
        keep_days: store.keep_days,
        collect: cash.then_some(order.total),
    })
}

async fn delay_of(rx: &mut Rx, ctx: &Ctx, order: &Order) -> Result<Option<DelayView>, FlowError> {
    if !order.state.awaits_shipping() {
        return Ok(None);
    }
    let found = delay::of_order(rx, order.id).await?;
    Ok(found.map(|delay| DelayView {
        reason: delay.reason.get(ctx.locale()).to_owned(),
        before: delay.before,
        after: delay.after,
    }))
}

/// Units that were bought; what was given beside them does not count.
pub(crate) fn bought_units(lines: &[OrderLine]) -> i64 {
    let bought = lines.iter().filter(|line| !line.gift);
    bought.map(|line| line.quantity).sum()
}

async fn summary(rx: &mut Rx, lines: &[OrderLine]) -> Result<Vec<SummaryLine>, FlowError> {
    let ids: Vec<ProductId> = lines.iter().map(|l| l.product_id).collect();
    let on_sale = product::by_ids(rx, &ids)
        .await?
        .into_iter()
        .filter(|p| p.state == ProductState::Published);
    let handles: HashMap<ProductId, String> = on_sale.map(|p| (p.id, p.handle)).collect();
    let view = |line: &OrderLine| SummaryLine {
        id: line.id.to_string(),
        variant_id: line.variant_id,
        product_handle: handles.get(&line.product_id).cloned(),
        title: line.title.clone(),
        variant_title: filled(&line.variant_title),
        sku: line.sku.clone(),
        image_url: line.image_key.as_deref().map(small_url),
        quantity: line.quantity,
        unit_price: line.unit_price,
        line_total: line.total,
        contents: line.parts.iter().map(inside).collect(),
        gift: line.gift,
    };
    Ok(lines.iter().map(view).collect())
}

fn inside(part: &LinePart) -> Inside {
    Inside {
        title: part.title.clone(),
        variant_title: filled(&part.variant_title),
        quantity: part.quantity,
    }
}

fn units(line: &OrderLine, quantity: i64) -> Units {
    Units {
        title: line.title.clone(),
        variant_title: filled(&line.variant_title),
        quantity,
    }
}

async fn hold_of(
    rx: &mut Rx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Option<HoldView>, FlowError> {
    let open: Vec<_> = hold::of_order(rx, order.id)
        .await?
        .into_iter()
        .filter(|h| h.state == HoldState::Held)
        .collect();
    if open.is_empty() {
        return Ok(None);
    }
    let mut held = Free::new();
    for hold in &open {
        *held.entry(hold.variant_id).or_default() += hold.quantity;
    }
    let demand: Vec<_> = lines
        .iter()
        .map(|line| (line.goods(1).collect(), line.to_ship()))
        .collect();
    let shares = bundles::share(held, &demand);
    let until = open.iter().filter_map(|h| h.expires_at).min();
    let reason = match (order.payment_state, order.payment_method) {
        (PaymentState::Unknown, _) => "confirming_payment",
        (
            PaymentState::Pending | PaymentState::Declined,
            PaymentMethod::Card | PaymentMethod::BankTransfer,
        ) => "awaiting_payment",
        _ => "until_shipped",
    };
    let kept = lines
        .iter()
        .zip(shares)
        .map(|(line, share)| units(line, share.beside_others.min(line.to_ship())))
        .filter(|u| u.quantity > 0)
        .collect();
    Ok(Some(HoldView {
        reason,
        until: until.filter(|_| reason == "awaiting_payment"),
        lines: kept,
    }))
}

async fn parcels(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Vec<ParcelView>, FlowError> {
    let view = |p: parcel::Parcel| {
        let inside = p.lines.iter().filter_map(|(id, quantity)| {
            let line = lines.iter().find(|l| l.id == *id)?;
            Some(units(line, *quantity))
        });
        ParcelView {
            id: p.id,
            carrier: carrier::name(&p.carrier, ctx.locale()),
            tracking_url: carrier::tracking_url(&p.carrier, &p.tracking_number),
            lines: inside.collect(),
            tracking_number: filled(&p.tracking_number),
            shipped_at: Some(p.shipped_at),
            delivered_at: p.delivered_at,
        }
    };
    Ok(parcel::of_order(rx, order.id)
        .await?
        .into_iter()
        .map(view)
        .collect())
}

fn refund_view(refund: &refund::Refund, now: Timestamp) -> RefundView {
    RefundView {
        waits_until: refund.withdrawable_until(now),
        amount: refund.amount,
        state: refund.state,
        at: refund.finished_at.unwrap_or(refund.created_at),
    }
}

/// From the day on which the shop promised to send it.
fn estimate(facts: &Facts, order: &Order) -> Option<Estimate> {
    let waiting = matches!(
        order.state,
        OrderState::Placed | OrderState::Paid | OrderState::Picked
    );
    let method = facts
        .methods
        .iter()
        .find(|m| m.code == order.delivery_code)?;
    let leaves: Date = facts.calendar.date(order.ship_by.filter(|_| waiting)?);
    Some(promise::estimate(leaves, method.days_min, method.days_max, &facts.calendar).into())
}
