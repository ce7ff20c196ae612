//! Orders with everything that hangs on them: lines, history, money, parcels, stock that left, stock that is held.

use fulfilment::parcel::{self, ImportedParcel, ParcelState};
use inventory::{EntryKind, hold, stock};
use kernel::{Locale, OrderId, OrderLineId, Quantity, Timestamp, VariantId};
use orders::{
    Order, OrderState, PaymentMethod, PaymentState, TotalLine,
    import::{ImportedLine, ImportedOrder, LineProgress},
    totals::PricedLine,
};
use payments::{
    Method,
    import::{ImportedMoney, Paid},
};
use platform::{Ctx, Tx};
use rust_decimal::Decimal;

use super::{Course, Known, PlannedOrder, Shared, known};
use crate::{
    import::{self, ImportError, refused},
    mall::{FORMAT, plan::member_ref, sales::PlannedLine, sales::yuan},
};

/// Writes a part of the orders.
pub(super) async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    shared: &Shared,
    part: &[PlannedOrder],
) -> Result<(), ImportError> {
    let known = known(tx, shared, part).await?;
    let imported = part
        .iter()
        .map(|planned| order(&known, planned))
        .collect::<Result<Vec<_>, _>>()?;
    let (mut money, mut goods, mut parcels, mut held) = (vec![], vec![], vec![], vec![]);
    for (planned, order) in part.iter().zip(&imported) {
        money.push(money_of(planned, order));
        if let (true, Some(at)) = (planned.course.has_left(), planned.shipped_at) {
            let id = order.order.id;
            goods.extend(order.lines.iter().map(|line| {
                let units = -line.progress.shipped;
                let variant = line.line.line.variant_id;
                let place = (variant, shared.location);
                let entry = import::movement(place, units, EntryKind::Sale, at);
                stock::ImportedEntry {
                    order_id: Some(id),
                    ..entry
                }
            }));
            parcels.extend(parcel_of(planned, order, at));
        }
        if planned.course == Course::ToShip {
            held.push((order.order.id, wanted(order)));
        }
    }
    orders::order::import(tx, ctx, imported, FORMAT)
        .await
        .map_err(refused)?;
    stock::import_entries(tx, ctx, &goods)
        .await
        .map_err(refused)?;
    payments::import::money(tx, ctx, &money)
        .await
        .map_err(refused)?;
    parcel::import(tx, ctx, &parcels).await?;
    for (id, lines) in held {
        hold::reserve(tx, ctx, id, &lines, None, "order_paid")
            .await
            .map_err(refused)?;
    }
    Ok(())
}

fn wanted(order: &ImportedOrder) -> Vec<(VariantId, i64)> {
    let lines = order.lines.iter().map(|line| &line.line.line);
    lines
        .map(|line| (line.variant_id, line.quantity.get()))
        .collect()
}

fn parcel_of(
    planned: &PlannedOrder,
    order: &ImportedOrder,
    at: Timestamp,
) -> Option<ImportedParcel> {
    let (carrier, number) = planned.parcel.clone()?;
    let lines: Vec<(OrderLineId, i64)> = order
        .lines
        .iter()
        .map(|line| (line.id, line.progress.shipped))
        .collect();
    Some(ImportedParcel {
        order_id: order.order.id,
        carrier: carrier.to_owned(),
        tracking_number: number,
        state: if planned.received_at.is_some() {
            ParcelState::Delivered
        } else {
            ParcelState::Shipped
        },
        shipped_at: at,
        delivered_at: planned.received_at,
        lines,
    })
}

fn money_of(planned: &PlannedOrder, order: &ImportedOrder) -> ImportedMoney {
    let at = planned.paid_at.unwrap_or(planned.placed_at);
    ImportedMoney {
        order_id: order.order.id,
        total: order.order.total,
        shipping: order.order.shipping,
        fees: order.order.fees,
        refunded: planned.refunded(),
        refund_lines: order.given_back(),
        method: Method::BankTransfer,
        paid: match planned.course {
            Course::Cancelled | Course::Expired => Paid::Nothing,
            Course::ToShip => Paid::Held,
            Course::Shipped | Course::Received => Paid::Earned,
        },
        paid_at: at,
        refunded_at: planned.refunded_at.unwrap_or(at),
    }
}

fn line(known: &Known, planned: &PlannedLine, shipped: bool) -> Result<ImportedLine, ImportError> {
    let (variant_id, product_id) = known
        .variants
        .get(&planned.sku)
        .copied()
        .ok_or_else(|| refused(format!("no variant {}", planned.sku)))?;
    let line = TotalLine {
        line: PricedLine {
            variant_id,
            product_id,
            sku: planned.sku.clone(),
            title: planned.title.clone(),
            variant_title: planned.variant_title.clone(),
            image_key: None,
            unit_price: planned.unit_price,
            unit_cost: None,
            tax_rate: Decimal::ZERO,
            parts: Vec::new(),
            gift: false,
            quantity: Quantity::new(planned.quantity).map_err(refused)?,
        },
        discount: yuan(planned.discount),
        tax_included: yuan(0),
        total: yuan(planned.net()),
    };
    Ok(ImportedLine {
        progress: LineProgress {
            shipped: if shipped { planned.quantity } else { 0 },
            returned: planned.returned,
            refunded: planned.refunded,
            ..LineProgress::default()
        },
        ..ImportedLine::shipped(line)
    })
}

const fn state(course: Course) -> OrderState {
    match course {
        Course::ToShip => OrderState::Paid,
        Course::Shipped => OrderState::Shipped,
        Course::Received => OrderState::Closed,
        Course::Cancelled => OrderState::Cancelled,
        Course::Expired => OrderState::Expired,
    }
}

fn payment_state(planned: &PlannedOrder) -> PaymentState {
    match planned.refunded().amount {
        _ if !planned.course.is_paid() => PaymentState::Cancelled,
        0 => PaymentState::Paid,
        back if back >= planned.total().amount => PaymentState::Refunded,
        _ => PaymentState::PartlyRefunded,
    }
}

/// The states it went through, and when.
fn history(planned: &PlannedOrder) -> Vec<(OrderState, Timestamp)> {
    let mut steps = vec![(OrderState::Placed, planned.placed_at)];
    steps.extend(planned.paid_at.map(|at| (OrderState::Paid, at)));
    steps.extend(planned.shipped_at.map(|at| (OrderState::Shipped, at)));
    steps.extend(planned.received_at.map(|at| (OrderState::Delivered, at)));
    let last = state(planned.course);
    if steps.last().map(|(state, _)| *state) != Some(last) {
        steps.push((last, planned.updated_at));
    }
    steps
}

fn order(known: &Known, planned: &PlannedOrder) -> Result<ImportedOrder, ImportError> {
    let shipped = planned.course.has_left();
    let lines = planned
        .lines
        .iter()
        .map(|l| line(known, l, shipped))
        .collect::<Result<Vec<_>, _>>()?;
    let subtotal: i64 = planned.lines.iter().map(|l| l.net() + l.discount).sum();
    let over = !matches!(planned.course, Course::ToShip | Course::Shipped);
    let order = Order {
        id: OrderId::new(),
        number: planned.number.clone(),
        token: String::new(),
        token_expires_at: planned.placed_at,
        cart_id: None,
        customer_id: known.customers.get(&member_ref(&planned.member)).copied(),
        state: state(planned.course),
        payment_state: payment_state(planned),
        payment_method: PaymentMethod::BankTransfer,
        by_account: false,
        stock_decision: false,
        subtotal: yuan(subtotal),
        discount: yuan(planned.lines.iter().map(|l| l.discount).sum()),
        shipping: planned.shipping,
        fees: planned.fees,
        gift_wrap: None,
        tax_included: yuan(0),
        total: planned.total(),
        email: String::new(),
        phone: planned.address.phone.clone(),
        buyer_name: planned.address.name.clone(),
        address: planned.address.clone(),
        // Orders under this code were sent from elsewhere.
        delivery_code: "import".to_owned(),
        delivery_name: String::new(),
        gift_message: None,
        note: planned.note.clone(),
        locale: Locale::Hans,
        visitor_id: None,
        source: None,
        inquired: false,
        placed_at: planned.placed_at,
        pay_until: None,
        paid_at: planned.paid_at,
        completed_at: planned.paid_at,
        ship_by: None,
        shipped_at: planned.shipped_at,
        closed_at: over.then_some(planned.updated_at),
        updated_at: planned.updated_at,
        balance_waived: false,
        urgent_until: None,
    };
    Ok(ImportedOrder {
        order,
        lines,
        history: history(planned),
    })
}
