//! Giving money back, whole or in part: for goods that will not be sent any more, for goods that left, for
//! delivery and fees, or as a plain amount.
//!
//! Units that have not left are cancelled by their refund: nobody picks them, their stock is free again, and an order of
//! which nothing is left to send goes on to its end. To give money back and send the goods all the same, an amount is
//! refunded.

use std::collections::BTreeMap;

use inventory::{EntryKind, hold, stock, stock::Adjustment};
use kernel::{Money, OrderId, OrderLineId, RefundId, Timestamp, VariantId};
use orders::{Act, Order, OrderLine, OrderState, PaymentState, RefundedUnits, order};
use payments::{
    OrderMoney, Refund, RefundLine, RefundOutcome, RefundRequest, RefundState, order_money, refund,
};
use platform::{
    Ctx, Rx, Tx,
    web::idempotency::{self, Begin},
};
use serde::Serialize;

use super::{deliver_parcel, drop_gift, end_order, tell};
use crate::FlowError;

/// A refund about to be asked for.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// The order.
    pub order_id: OrderId,
    /// What is given back.
    pub what: What,
    /// Why, as a code or a sentence.
    pub reason: String,
    /// The caller's key; the same key again is the same refund.
    pub idempotency_key: String,
}

/// What is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum What {
    /// All that is left of the money, for all units, delivery and fees.
    Everything {
        /// Whether units that left came back and go on the shelf again.
        restock: bool,
    },
    /// What some units cost.
    Units {
        /// The units.
        lines: Vec<RefundUnits>,
        /// Whether what is left of delivery and fees is given back as well.
        shipping: bool,
    },
    /// An amount; the goods stay as they are.
    Amount(Money),
}

/// Units of one line in a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RefundUnits {
    /// The line.
    pub order_line_id: OrderLineId,
    /// How many units.
    pub quantity: i64,
    /// Which of its units.
    pub which: Which,
}

/// Where units are whose money goes back. Whoever asks says which are meant: a unit that was shipped meanwhile is not
/// taken for one that will stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Which {
    /// They have not left, and will not.
    Unshipped,
    /// They left.
    Shipped {
        /// Whether they came back and go on the shelf again.
        restock: bool,
    },
    /// They were cancelled or came back before; only their money is still here, for instance because a refund failed.
    Ended,
}

/// Asks for a refund. Concurrent refunds never exceed what was paid: the limit is in the statement that sets the money
/// aside (P4). A unit is either shipped or given up: both are taken from what is left of its line (S13).
///
/// # Errors
/// More than can be given back, units that are not where they were said to be, or a reused key.
pub async fn refund(ctx: &Ctx, input: RefundOrder) -> Result<Refund, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, input.order_id).await?;
        let (scope, key) = (format!("refund:{}", order.id), &input.idempotency_key);
        let body = idempotency::body_hash(&(&input.what, &input.reason));
        match idempotency::begin::<RefundId>(tx, ctx, &scope, key, &body).await? {
            Begin::Fresh => {}
            Begin::Replay(id) => return Ok(refund::by_id(tx, id).await?),
            Begin::Mismatch => return Err(FlowError::KeyReused),
        }
        // Keys are forgotten after a while, refunds are not.
        if refund::by_key(tx, key).await?.is_some() {
            return Err(FlowError::KeyReused);
        }
        let asked = refund_locked(tx, ctx, &order, &input).await?;
        idempotency::finish(tx, &scope, key, &asked.id).await?;
        Ok(asked)
    })
    .await
}

async fn refund_locked(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    input: &RefundOrder,
) -> Result<Refund, FlowError> {
    // What it costs is not settled yet: it is changed or called off, not refunded.
    if order.payment_state == PaymentState::PartlyPaid {
        return Err(FlowError::NotEditable("error-refund-before-rest"));
    }
    let known = order::lines(tx, order.id).await?;
    let units = match &input.what {
        What::Everything { restock } => all_of(order, &known, *restock),
        What::Units { lines, .. } => merged(lines),
        What::Amount(_) => Vec::new(),
    };
    let request = request(tx, order, input, priced(&known, &units)?).await?;
    let whole = request.amount;
    let asked = refund::request(tx, ctx, request).await?;
    let given_up = give_up(tx, ctx, order, &known, &units).await?;
    // Where the money came in several payments, the first part speaks for all of them.
    let first = asked.first().cloned().ok_or(FlowError::WrongState)?;
    take_back(tx, ctx, order, &known, &units, &first).await?;
    let lines: Vec<RefundedUnits> = asked.iter().flat_map(counted).collect();
    order::record_line_refunds(tx, order.id, &lines).await?;
    if given_up {
        go_on(tx, ctx, order, (&input.reason, whole)).await?;
    }
    Ok(first)
}

/// Every unit whose money is still here.
fn all_of(order: &Order, known: &[OrderLine], restock: bool) -> Vec<RefundUnits> {
    let pools = |line: &OrderLine| {
        let to_ship = if order.state.is_over() {
            0
        } else {
            line.to_ship()
        };
        [
            (Which::Unshipped, to_ship),
            (Which::Shipped { restock }, line.out()),
            (Which::Ended, line.ended()),
        ]
        .map(|(which, quantity)| RefundUnits {
            order_line_id: line.id,
            quantity,
            which,
        })
    };
    let all = known.iter().flat_map(pools);
    all.filter(|units| units.quantity > 0).collect()
}

/// Units by line and by where they are: a line that is named twice is one demand.
fn merged(wanted: &[RefundUnits]) -> Vec<RefundUnits> {
    let mut sums: BTreeMap<(OrderLineId, Which), i64> = BTreeMap::new();
    for units in wanted {
        let sum = sums.entry((units.order_line_id, units.which)).or_default();
        *sum = sum.saturating_add(units.quantity);
    }
    sums.into_iter()
        .map(|((order_line_id, which), quantity)| RefundUnits {
            order_line_id,
            quantity,
            which,
        })
        .collect()
}

/// What the units of each line are worth: the line's total split over its units, so that all of them sum to the line.
fn priced(known: &[OrderLine], wanted: &[RefundUnits]) -> Result<Vec<RefundLine>, FlowError> {
    let mut lines: BTreeMap<OrderLineId, RefundLine> = BTreeMap::new();
    // Units of a line that left are of one kind whether they go on the shelf or not.
    let mut out: BTreeMap<OrderLineId, i64> = BTreeMap::new();
    for units in wanted {
        let line = line_of(known, units.order_line_id)?;
        let worth = match units.which {
            Which::Unshipped => line.worth_unshipped(units.quantity)?,
            Which::Ended => line.worth_ended(units.quantity)?,
            Which::Shipped { .. } => {
                let before = out.entry(line.id).or_default();
                let all = before.saturating_add(units.quantity);
                let worth = line.worth_out(all)?;
                let counted = if *before > 0 {
                    line.worth_out(*before)?
                } else {
                    Money::zero(worth.currency)
                };
                *before = all;
                worth.minus(counted)?
            }
        };
        let sum = lines.entry(line.id).or_insert(RefundLine {
            order_line_id: line.id,
            quantity: 0,
            amount: Money::zero(worth.currency),
        });
        sum.quantity = sum.quantity.saturating_add(units.quantity);
        sum.amount = at_most(sum.amount.plus(worth)?, line.total.minus(line.refunded)?);
    }
    Ok(lines.into_values().collect())
}

fn line_of(known: &[OrderLine], id: OrderLineId) -> Result<&OrderLine, FlowError> {
    known
        .iter()
        .find(|line| line.id == id)
        .ok_or(FlowError::NotFound)
}

const fn at_most(amount: Money, limit: Money) -> Money {
    if amount.amount > limit.amount {
        limit
    } else {
        amount
    }
}

/// The refund as payments know it. Delivery and fees go back once: the order's row is locked, so no two refunds look at once.
async fn request(
    rx: &mut Rx,
    order: &Order,
    input: &RefundOrder,
    mut lines: Vec<RefundLine>,
) -> Result<RefundRequest, FlowError> {
    let zero = Money::zero(order.total.currency);
    let earlier = refund::of_order(rx, order.id).await?;
    let mut shipping = match &input.what {
        What::Everything { .. } | What::Units { shipping: true, .. } => {
            carriage_left(order, &earlier)
        }
        What::Units { .. } | What::Amount(_) => zero,
    };
    let parts = Money::sum(
        zero.currency,
        lines.iter().map(|line| line.amount).chain([shipping]),
    )?;
    let amount = match &input.what {
        What::Everything { .. } => order_money::money_of(rx, order.id).await?.refundable(),
        What::Units { .. } => parts,
        What::Amount(amount) => *amount,
    };
    if amount.is_zero() && !matches!(input.what, What::Amount(_)) {
        return Err(FlowError::NotEditable("error-refund-nothing"));
    }
    // Something went back as a plain amount before: delivery and fees and then the last lines get that much less.
    let mut missing = parts.minus(amount)?;
    let by_line = lines.iter_mut().map(|line| &mut line.amount);
    for part in [&mut shipping].into_iter().chain(by_line.rev()) {
        let less = at_most(missing, *part);
        if less.amount > 0 {
            *part = part.minus(less)?;
            missing = missing.minus(less)?;
        }
    }
    Ok(RefundRequest {
        order_id: order.id,
        amount,
        shipping,
        lines,
        reason: input.reason.clone(),
        idempotency_key: input.idempotency_key.clone(),
        waits_until: None,
    })
}

/// What of delivery and fees was not given back yet.
pub(crate) fn carriage_left(order: &Order, refunds: &[Refund]) -> Money {
    let live = refunds.iter().filter(|refund| refund.state.is_live());
    let back: i64 = live.map(|refund| refund.shipping.amount).sum();
    Money::new(
        order.carriage().amount.saturating_sub(back).max(0),
        order.currency(),
    )
}

/// Cancels units that have not left and frees the stock kept for them. True when there are any.
async fn give_up(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
    units: &[RefundUnits],
) -> Result<bool, FlowError> {
    let unshipped: Vec<&RefundUnits> = units
        .iter()
        .filter(|units| units.which == Which::Unshipped)
        .collect();
    if unshipped.is_empty() {
        return Ok(false);
    }
    let lines: Vec<_> = unshipped
        .iter()
        .map(|units| (units.order_line_id, units.quantity))
        .collect();
    order::cancel_lines(tx, order.id, &lines).await?;
    // An order that waits for a decision about its stock has none (S9).
    if !order.stock_decision {
        let mut goods: Vec<(VariantId, i64)> = Vec::new();
        for units in &unshipped {
            goods.extend(line_of(known, units.order_line_id)?.goods(units.quantity));
        }
        hold::release_quantity(tx, ctx, order.id, &goods, "refunded").await?;
    }
    Ok(true)
}

/// Goods that left: counted as come back, and on the shelf where they are good again.
async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
    units: &[RefundUnits],
    asked: &Refund,
) -> Result<(), FlowError> {
    let mut good = Vec::new();
    for unit in units {
        let Which::Shipped { restock } = unit.which else {
            continue;
        };
        let line = line_of(known, unit.order_line_id)?;
        order::record_returned(tx, order.id, &[(line.id, unit.quantity)], restock).await?;
        if restock {
            let goods = line.goods(unit.quantity);
            good.extend(goods.map(|(variant, units)| (variant, line.id, units)));
        }
    }
    good.sort_unstable();
    for (variant_id, line_id, quantity) in good {
        let change = Adjustment {
            order_id: Some(order.id),
            effect_key: Some(format!("refund:{}:{line_id}:{variant_id}", asked.id)),
            ..Adjustment::new(variant_id, quantity, EntryKind::Return, "refund")
        };
        stock::adjust(tx, ctx, change).await?;
    }
    Ok(())
}

/// What a refund counts on the lines of its order.
fn counted(refund: &Refund) -> Vec<RefundedUnits> {
    let lines = refund.lines.iter();
    lines
        .filter(|line| line.quantity > 0 || line.amount.amount > 0)
        .map(|line| RefundedUnits {
            line_id: line.order_line_id,
            units: line.quantity,
            amount: line.amount,
        })
        .collect()
}

/// An order whose last unshipped units were given up goes on: cancelled when nothing ever left, otherwise as if the rest
/// had been shipped. A gift is not sent by itself.
pub(super) async fn go_on(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    refund: (&str, Money),
) -> Result<(), FlowError> {
    let lines = order::lines(tx, order.id).await?;
    let left = |gift| {
        lines
            .iter()
            .any(|line| line.to_ship() > 0 && line.gift == gift)
    };
    let some_left_the_house = lines.iter().any(|line| line.shipped > 0);
    if left(false) || (left(true) && some_left_the_house) {
        return Ok(());
    }
    drop_gift::give_up(tx, ctx, order, &lines).await?;
    if lines.iter().all(|line| line.shipped == 0) {
        return end_order::emptied(tx, ctx, order, refund).await;
    }
    let shipped = order::apply(tx, ctx, order, Act::DropRest, refund.0).await?;
    if fulfilment::parcel::all_delivered(tx, order.id).await? {
        deliver_parcel::arrived(tx, ctx, &shipped).await?;
    }
    Ok(())
}

/// Gives back everything that is left, as a cancellation does, and tells how much that is. Until `waits_until` it can be
/// withdrawn.
///
/// # Errors
/// Whatever the domains or the database say.
pub async fn refund_everything(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    reason: &str,
    waits_until: Option<Timestamp>,
) -> Result<Option<Money>, FlowError> {
    let money = order_money::money_of(tx, order.id).await?;
    let amount = money.refundable();
    if amount.is_zero() {
        return Ok(None);
    }
    let known = refund::of_order(tx, order.id).await?;
    let withdrawn = known
        .iter()
        .filter(|refund| refund.state == RefundState::Withdrawn)
        .count();
    let request = RefundRequest {
        order_id: order.id,
        amount,
        shipping: Money::zero(amount.currency),
        lines: Vec::new(),
        reason: reason.to_owned(),
        // The rest of an order's money may come after everything else went back, and goes back too; who took it back may
        // call the order off again.
        idempotency_key: format!(
            "everything:{}:{}:{withdrawn}",
            order.id, money.captured.amount
        ),
        waits_until,
    };
    refund::request(tx, ctx, request).await?;
    Ok(Some(amount))
}

/// Records that staff gave the money back by hand (a transfer, cash).
///
/// # Errors
/// A refund that ended otherwise.
pub async fn settle_by_hand(
    ctx: &Ctx,
    id: RefundId,
    reference: String,
) -> Result<Refund, FlowError> {
    ctx.write(async move |tx, ctx| {
        let asked = refund::by_id(tx, id).await?;
        order::lock(tx, asked.order_id).await?;
        let outcome = RefundOutcome::Succeeded {
            reference: reference.clone(),
        };
        if refund::settle(tx, ctx, id, &outcome).await? {
            let done = refund::by_id(tx, id).await?;
            settled(tx, ctx, &done).await?;
        }
        Ok(refund::by_id(tx, id).await?)
    })
    .await
}

/// What the end of a refund means for its order and its buyer; to be called once, when it ends. The order's row is
/// locked already.
///
/// # Errors
/// Whatever the domains or the database say.
pub async fn settled(tx: &mut Tx, ctx: &Ctx, refund: &Refund) -> Result<(), FlowError> {
    match refund.state {
        RefundState::Pending | RefundState::Withdrawn => Ok(()),
        // No money left the house: the units can be refunded again. They stay cancelled or returned, as they are.
        RefundState::Failed => {
            let counted = counted(refund);
            Ok(order::withdraw_line_refunds(tx, refund.order_id, &counted).await?)
        }
        RefundState::Succeeded => {
            let money = order_money::money_of(tx, refund.order_id).await?;
            let order = order::by_id(tx, refund.order_id).await?;
            // An order that waits for the rest of its money is not paid, whatever went back of it before.
            let waits = order.payment_state == PaymentState::PartlyPaid
                && order.state != OrderState::Cancelled;
            if !waits {
                order::set_payment_state(tx, ctx, refund.order_id, paid_state(&money)).await?;
            }
            tell::order_refunded(tx, ctx, &order, refund).await
        }
    }
}

const fn paid_state(money: &OrderMoney) -> PaymentState {
    if money.is_refunded() {
        PaymentState::Refunded
    } else {
        PaymentState::PartlyRefunded
    }
}
