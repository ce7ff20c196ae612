//! Sending a parcel: lines, stock, the order's state, the message with the tracking number (ORD-03).

use std::collections::BTreeMap;

use fulfilment::parcel::{self, NewParcel, Parcel};
use inventory::hold;
use kernel::{LocationId, Money, OrderId, OrderLineId, ParcelId, VariantId};
use orders::{Act, Order, OrderLine, line::Shipped, order};
use payments::{Account, Entry, EntryKind, journal};
use platform::{
    Ctx, Tx,
    web::idempotency::{self, Begin},
};

use super::tell;
use crate::FlowError;

/// A parcel about to leave.
#[derive(Debug, Clone)]
pub struct ShipParcel {
    /// The order.
    pub order_id: OrderId,
    /// Code of the carrier.
    pub carrier: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// What is in it; everything that remains when it is not said.
    pub lines: Option<Vec<(OrderLineId, i64)>>,
    /// The place that it leaves from; wherever its goods are held when it is not said.
    pub from: Option<LocationId>,
    /// The caller's key; the same key again is the same parcel.
    pub idempotency_key: Option<String>,
}

/// Sends a parcel. Goods leave the stock of the order's own hold, also when nothing else is available.
///
/// # Errors
/// Lines that are not of the order or more than remains; an order that is not picked; a reused key.
pub async fn ship(ctx: &Ctx, input: ShipParcel) -> Result<Parcel, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, input.order_id).await?;
        let Some(key) = &input.idempotency_key else {
            return ship_locked(tx, ctx, &order, &input).await;
        };
        let scope = format!("ship:{}", order.id);
        let body = (
            &input.carrier,
            &input.tracking_number,
            &input.lines,
            &input.from,
        );
        let body = idempotency::body_hash(&body);
        match idempotency::begin::<ParcelId>(tx, ctx, &scope, key, &body).await? {
            Begin::Fresh => {}
            Begin::Replay(id) => return parcel::by_id(tx, id).await?.ok_or(FlowError::NotFound),
            Begin::Mismatch => return Err(FlowError::KeyReused),
        }
        let parcel = ship_locked(tx, ctx, &order, &input).await?;
        idempotency::finish(tx, &scope, key, &parcel.id).await?;
        Ok(parcel)
    })
    .await
}

async fn ship_locked(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    input: &ShipParcel,
) -> Result<Parcel, FlowError> {
    let known = order::lines(tx, order.id).await?;
    let lines = match &input.lines {
        Some(lines) => lines.clone(),
        None => remaining(&known),
    };
    if lines.is_empty() {
        return Err(FlowError::WrongState);
    }
    let goods = goods(&known, &lines)?;
    let shipped = order::record_shipped(tx, order.id, &lines).await?;
    let act = if shipped == Shipped::AllShipped {
        Act::ShipAll
    } else {
        Act::ShipPart
    };
    let order = order::apply(tx, ctx, order, act, "parcel").await?;
    let new = NewParcel {
        order_id: order.id,
        carrier: input.carrier.clone(),
        tracking_number: input.tracking_number.clone(),
        lines: lines.clone(),
    };
    let parcel = parcel::ship(tx, ctx, new).await?;
    earn(tx, ctx, &order, &known, &parcel, &lines).await?;
    let effect = format!("parcel:{}", parcel.id);
    match input.from {
        Some(place) => {
            hold::commit_from(tx, ctx, (order.id, place), &goods, &effect).await?;
        }
        None => {
            hold::commit(tx, ctx, order.id, &goods, &effect).await?;
        }
    }
    tell::parcel_shipped(tx, ctx, &order, &known, &parcel, &lines).await?;
    Ok(parcel)
}

/// What leaves is earned: its share of the goods, and the delivery and the fees with the first parcel.
async fn earn(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
    parcel: &Parcel,
    lines: &[(OrderLineId, i64)],
) -> Result<(), FlowError> {
    let mut goods = Money::zero(order.total.currency);
    for (id, quantity) in lines {
        let line = known
            .iter()
            .find(|l| l.id == *id)
            .ok_or(FlowError::NotFound)?;
        goods = goods.plus(line.value_of(line.shipped, *quantity)?)?;
    }
    let none = Money::zero(goods.currency);
    let (delivery, fees) = if parcel.number == 1 {
        (order.shipping, order.fees)
    } else {
        (none, none)
    };
    for (entry, credit, amount) in [
        (EntryKind::Sale, Account::Sales, goods),
        (EntryKind::Shipping, Account::Shipping, delivery),
        (EntryKind::Fees, Account::Fees, fees),
    ] {
        if amount.is_zero() {
            continue;
        }
        let held = held_for(tx, order, amount).await?;
        // What went back before it was earned was no expense then; it is one now that the goods leave all the same.
        let given_back = amount.minus(held)?;
        for (debit, amount, part) in [
            (Account::CustomerOrders, held, ""),
            (Account::Refunds, given_back, ":given_back"),
        ] {
            let entry = Entry {
                entry,
                debit,
                credit,
                amount,
                order_id: Some(order.id),
                effect_key: format!("{}:{}{part}", entry.code(), parcel.id),
                at: None,
            };
            journal::post(tx, ctx, &entry).await?;
        }
    }
    Ok(())
}

/// How much of what is earned now lies ready as money held for the order. Goods that are paid at the door are earned
/// before their money comes.
async fn held_for(tx: &mut Tx, order: &Order, amount: Money) -> Result<Money, FlowError> {
    if !order.payment_state.was_paid() {
        return Ok(amount);
    }
    let unearned = journal::unearned(tx, order.id, amount.currency).await?;
    Ok(Money {
        amount: amount.amount.min(unearned.amount),
        ..amount
    })
}

fn remaining(lines: &[OrderLine]) -> Vec<(OrderLineId, i64)> {
    lines
        .iter()
        .map(|l| (l.id, l.quantity - l.cancelled - l.shipped))
        .filter(|(_, left)| *left > 0)
        .collect()
}

/// What the parcel takes from stock, summed by variant; of a bundle, its parts.
fn goods(
    known: &[OrderLine],
    lines: &[(OrderLineId, i64)],
) -> Result<Vec<(VariantId, i64)>, FlowError> {
    let mut sums: BTreeMap<VariantId, i64> = BTreeMap::new();
    for (id, quantity) in lines {
        let line = known
            .iter()
            .find(|l| l.id == *id)
            .ok_or(FlowError::NotFound)?;
        for (variant, units) in line.goods(*quantity) {
            let sum = sums.entry(variant).or_default();
            *sum = sum.saturating_add(units);
        }
    }
    Ok(sums.into_iter().collect())
}
