//! Staff change an order until it is packed: goods, delivery, address (ORD-04), with the difference in price. A buyer who
//! sends it to where delivery costs otherwise changes it the same way.
//!
//! One plan serves the preview and the act, so that what is shown is what happens. An order that is not paid simply
//! costs otherwise: the payment that was asked for is given up and another one is asked for, so the old amount can no
//! longer be paid (O5). A paid one that costs more asks for the rest, and one that costs less gives the rest back. Its
//! holds follow in the same transaction, all or nothing (S8), and its buyer is told what it was and what it is.

mod delivery;
mod gift;
mod plan;

use std::collections::BTreeMap;

use inventory::hold;
use kernel::{Money, OrderId, VariantId};
use orders::{Order, OrderLine, OrderState, PaymentMethod, PaymentState, order};
use payments::{
    RefundRequest,
    case::{self, CaseReason},
    payment, refund, settings,
};
use platform::{Ctx, Tx};

pub(super) use self::delivery::destination;
pub use self::delivery::ways_to;
use self::plan::wrong;
pub use self::plan::{Difference, Plan, Proposal, obstacle, plan};
use super::{collect_payment, place_order::Seen, tell};
use crate::{FlowError, payment_terms};

/// Changes an order. `seen` is what whoever changes it has seen.
///
/// # Errors
/// As [`plan`]; [`FlowError::TotalChanged`], [`inventory::InventoryError::OutOfStock`]. Nothing is changed then.
pub async fn edit(
    ctx: &Ctx,
    id: OrderId,
    proposal: Proposal,
    seen: Seen,
) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, id).await?;
        change(tx, ctx, &order, &proposal, seen).await
    })
    .await
}

/// As [`edit`], of an order that is locked already, in the caller's transaction.
pub(super) async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    proposal: &Proposal,
    seen: Seen,
) -> Result<Order, FlowError> {
    let lines = order::lines(tx, order.id).await?;
    let plan = plan(tx, ctx, order, &lines, proposal).await?;
    let totals = &plan.revision.totals;
    let mut given = totals.lines.iter().filter(|total| total.line.gift);
    let given = given.next().map(|total| total.line.variant_id);
    seen.check(totals.total, given)?;
    carry_out(tx, ctx, order, &lines, &plan).await
}

async fn carry_out(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
    plan: &Plan,
) -> Result<Order, FlowError> {
    let (revised, now, kept) = order::revise(tx, ctx, order, lines, &plan.revision).await?;
    follow_stock(tx, ctx, &revised, lines, &now).await?;
    let due = money_follows(tx, ctx, order, &revised, plan.difference, kept.seq).await?;
    let revised = order::by_id(tx, order.id).await?;
    let refund = match plan.difference {
        Difference::GiveBack(amount) if !amount.is_zero() => Some(amount),
        _ => None,
    };
    tell::order_changed(tx, ctx, &revised, &now, &kept, (due, refund)).await?;
    Ok(revised)
}

/// The holds of the variants whose units change, those of the parts where a line is a bundle: given up and taken anew in
/// one transaction, so that the order's own hold does not stand in its way and nobody else gets in between (S7, S8).
async fn follow_stock(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    before: &[OrderLine],
    after: &[OrderLine],
) -> Result<(), FlowError> {
    let mut changes: BTreeMap<VariantId, (i64, i64)> = BTreeMap::new();
    // An order that waits for a decision about its stock has none (S9): all of it is taken now.
    let held = if order.stock_decision { &[] } else { before };
    for (variant, units) in held.iter().flat_map(|line| line.goods(line.quantity)) {
        changes.entry(variant).or_default().0 += units;
    }
    for (variant, units) in after.iter().flat_map(|line| line.goods(line.quantity)) {
        changes.entry(variant).or_default().1 += units;
    }
    changes.retain(|_, (old, new)| old != new);
    let of = |pick: fn(&(i64, i64)) -> i64| -> Vec<(VariantId, i64)> {
        let all = changes
            .iter()
            .map(|(variant, units)| (*variant, pick(units)));
        all.filter(|(_, units)| *units > 0).collect()
    };
    let (given_up, taken) = (of(|units| units.0), of(|units| units.1));
    if !given_up.is_empty() {
        hold::release_quantity(tx, ctx, order.id, &given_up, "replaced").await?;
    }
    if !taken.is_empty() {
        let (until, why) = if order.state == OrderState::Placed {
            (order.pay_until, "order_placed")
        } else {
            (None, "order_paid")
        };
        hold::reserve_near(tx, ctx, (order.id, &order.address), &taken, until, why).await?;
    }
    if order.stock_decision {
        order::set_stock_decision(tx, ctx, order.id, false).await?;
    }
    Ok(())
}

/// What the order costs now, what is asked for or given back, and what is still to be paid and how.
async fn money_follows(
    tx: &mut Tx,
    ctx: &Ctx,
    before: &Order,
    order: &Order,
    difference: Difference,
    seq: i64,
) -> Result<Option<(PaymentMethod, Money)>, FlowError> {
    if difference == Difference::None && before.total == order.total {
        return Ok(None);
    }
    let money = payment::reprice(tx, ctx, order.id, order.total).await?;
    let missing = money.outstanding();
    if before.payment_state.has_money() {
        let state = if missing.is_zero() {
            PaymentState::Paid
        } else {
            PaymentState::PartlyPaid
        };
        settle_state(tx, ctx, before, state).await?;
        if missing.is_zero() {
            // Nothing is missing any more of what a card was refused for.
            case::over(tx, ctx, order.id, CaseReason::Paid).await?;
        }
    } else if before.payment_state == PaymentState::Declined {
        order::set_payment_state(tx, ctx, order.id, PaymentState::Pending).await?;
    }
    if !missing.is_zero() {
        let method = method_for(tx, ctx, before).await?;
        let start = collect_payment::start_by(tx, ctx, order.id, (method, missing)).await?;
        payment::start(tx, ctx, start).await?;
        return Ok(Some((method, missing)));
    }
    if let Difference::GiveBack(amount) = difference
        && !amount.is_zero()
    {
        let request = RefundRequest {
            order_id: order.id,
            amount,
            shipping: Money::zero(amount.currency),
            lines: Vec::new(),
            reason: "price_adjustment".to_owned(),
            idempotency_key: format!("change:{seq}"),
            waits_until: None,
        };
        refund::request(tx, ctx, request).await?;
    }
    Ok(None)
}

/// How what is missing is asked for: as the order was to be paid. The rest of one that was paid by card is asked for by
/// transfer once the shop takes no cards any more.
pub(super) async fn method_for(
    tx: &mut Tx,
    ctx: &Ctx,
    before: &Order,
) -> Result<PaymentMethod, FlowError> {
    let method = before.payment_method;
    if method != PaymentMethod::Card || !before.payment_state.has_money() {
        return Ok(method);
    }
    let provided = settings::recent(tx, ctx).await?.cards().is_some();
    let offered = payment_terms::load(tx).await?.of(method).on;
    Ok(if provided && offered {
        method
    } else {
        PaymentMethod::BankTransfer
    })
}

/// Money that went back is not forgotten by an order that is settled again (P14).
async fn settle_state(
    tx: &mut Tx,
    ctx: &Ctx,
    before: &Order,
    state: PaymentState,
) -> Result<(), FlowError> {
    let was = before.payment_state;
    let stays = state == PaymentState::Paid && was == PaymentState::PartlyRefunded;
    if was != state && !stays {
        order::set_payment_state(tx, ctx, before.id, state).await?;
    }
    Ok(())
}

/// Lets an order be packed although the rest of its money has not come.
///
/// # Errors
/// A missing reason, an order that waits for no rest.
pub async fn waive_balance(ctx: &Ctx, id: OrderId, reason: String) -> Result<Order, FlowError> {
    if reason.trim().is_empty() {
        return Err(wrong("reason", "error-required"));
    }
    ctx.write(async move |tx, ctx| {
        order::lock(tx, id).await?;
        let waived = order::waive_balance(tx, ctx, id, reason.trim()).await?;
        case::over(tx, ctx, id, CaseReason::Waived).await?;
        Ok(waived)
    })
    .await
}
