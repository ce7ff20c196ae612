//! What a change of an order would be: its lines, its figures, and what it means for its money. Only read here, so that
//! the preview and the act go by the same plan.

use std::collections::BTreeMap;

use catalog::sellable;
use fulfilment::zone;
use kernel::{Address, Email, Money, OrderLineId, Phone, Quantity, VariantId};
use orders::{
    Order, OrderLine, OrderState, PaymentMethod, PaymentState,
    order::Revision,
    totals::{PricedLine, Totals},
};
use payments::{OrderMoney, Payment, order_money, payment};
use platform::{Ctx, Rx, web::FieldProblem};
use rust_decimal::Decimal;

use super::{
    delivery::{carried, deliver, destination},
    gift::gift,
};
use crate::{
    FlowError, packing,
    payment_terms::{self, Refusal},
    pricing,
    shop::{self, Shop},
};

/// What an order is to become. Everything is named, so that what a page showed is what it becomes.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// Units of each line and, where it is another one, the variant. No units take the line out; a line that is not named
    /// stays as it is.
    pub lines: BTreeMap<OrderLineId, (i64, Option<VariantId>)>,
    /// Units of goods that are added, at today's price.
    pub added: BTreeMap<VariantId, i64>,
    /// Where its messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where it goes.
    pub address: Address,
    /// Code of the way to deliver; as it is when absent. Another one costs what it costs today.
    pub delivery_method: Option<String>,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// Whether it is wrapped as a gift: at the price at which it was ordered, or else at today's.
    pub gift_wrap: bool,
    /// The buyer's wish.
    pub note: Option<String>,
    /// Why staff change it; none where its buyer does.
    pub reason: Option<String>,
}

impl Proposal {
    /// The order as it is, changed by its buyer.
    #[must_use]
    pub fn of(order: &Order) -> Self {
        Self {
            email: order.email.clone(),
            phone: order.phone.clone(),
            address: order.address.clone(),
            gift_message: order.gift_message.clone(),
            gift_wrap: order.gift_wrap.is_some(),
            note: order.note.clone(),
            ..Self::default()
        }
    }
}

/// What a change means for the order's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// It costs what it cost.
    None,
    /// Nothing is paid yet; this is asked for now.
    Unpaid(Money),
    /// It is paid, and this much more is asked for.
    Ask(Money),
    /// It is paid, and this much goes back.
    GiveBack(Money),
}

/// A change that can be made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is written.
    pub revision: Revision,
    /// What it means for the money.
    pub difference: Difference,
}

/// Why an order cannot be changed now; `None` when it can.
#[must_use]
pub fn obstacle(order: &Order, lines: &[OrderLine], tries: &[Payment]) -> Option<&'static str> {
    let early = matches!(order.state, OrderState::Placed | OrderState::Paid);
    let touched = |l: &OrderLine| l.cancelled > 0 || l.shipped > 0 || l.refunded_units > 0;
    if !early || order.delivery_code == "import" {
        return Some("error-edit-too-late");
    }
    if tries.iter().any(Payment::is_under_way) || order.payment_state == PaymentState::Unknown {
        return Some("error-edit-payment-under-way");
    }
    if lines.iter().any(touched) || order.payment_state == PaymentState::Refunded {
        return Some("error-edit-given-back");
    }
    None
}

/// Plans a change.
///
/// # Errors
/// What keeps the order from being changed, fields that are missing or wrong, goods that are not for sale.
pub async fn plan(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
    proposal: &Proposal,
) -> Result<Plan, FlowError> {
    let tries = payment::of_order(rx, order.id).await?;
    if let Some(key) = obstacle(order, lines, &tries) {
        return Err(FlowError::NotEditable(key));
    }
    let money = order_money::money_of(rx, order.id).await?;
    let shop = shop::load(rx).await?;
    let (mut kept, mut priced) = goods(rx, (order, lines), proposal, &shop).await?;
    if priced.is_empty() {
        return Err(wrong("lines", "error-edit-nothing-left"));
    }
    let tariff = zone::tariff(rx).await?;
    let address = destination(&tariff, order, proposal);
    let wrong_fields = fields(proposal, &address);
    if !wrong_fields.is_empty() {
        return Err(FlowError::Fields(wrong_fields));
    }
    let subtotal = sum(order, &priced)?;
    if let Some((line, given)) =
        gift(rx, (order, lines), proposal, (&priced, subtotal), &shop).await?
    {
        kept.push(line);
        priced.push(given);
    }
    let way = (&tariff, proposal.delivery_method.as_deref(), &address);
    let delivery = deliver(rx, ctx, order, &priced, subtotal, way).await?;
    let wrap = wrapping(rx, order, proposal, &shop).await?;
    let (rate, discount) = (shop.tax_rate, discount(order, subtotal)?);
    let totals = Totals::compute(order.currency(), &priced, delivery.rate, discount, rate)?
        .with_fees(wrap, order.other_fees(), rate)?;
    if totals.total.is_zero() {
        return Err(wrong("lines", "error-edit-nothing-left"));
    }
    payable(rx, order, totals.total).await?;
    carried(&tariff, order, &delivery, totals.total)?;
    let difference = difference(order, &money, totals.total)?;
    Ok(Plan {
        revision: Revision {
            totals,
            lines: kept,
            email: proposal.email.trim().to_owned(),
            phone: proposal.phone.trim().to_owned(),
            address,
            delivery_code: delivery.code,
            delivery_name: delivery.name,
            gift_message: proposal.gift_message.clone(),
            note: proposal.note.clone(),
            reason: proposal
                .reason
                .as_deref()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        },
        difference,
    })
}

/// The lines that stay, at the price at which they were ordered, and those that are new, at today's; without the gift.
async fn goods(
    rx: &mut Rx,
    (order, lines): (&Order, &[OrderLine]),
    proposal: &Proposal,
    shop: &Shop,
) -> Result<(Vec<Option<OrderLineId>>, Vec<PricedLine>), FlowError> {
    let known = |id: &OrderLineId| lines.iter().any(|line| line.id == *id);
    if !proposal.lines.keys().all(known) {
        return Err(FlowError::NotFound);
    }
    let bought = lines.iter().filter(|line| !line.gift);
    let mut wanted: Vec<(Option<&OrderLine>, VariantId, i64)> = bought
        .map(|line| match proposal.lines.get(&line.id) {
            None => (Some(line), line.variant_id, line.quantity),
            Some((units, None)) => (Some(line), line.variant_id, *units),
            Some((units, Some(variant))) if *variant == line.variant_id => {
                (Some(line), *variant, *units)
            }
            Some((units, Some(variant))) => (None, *variant, *units),
        })
        .collect();
    for (variant, units) in &proposal.added {
        match wanted.iter_mut().find(|(_, v, _)| v == variant) {
            Some((_, _, more)) => *more = more.saturating_add(*units),
            None => wanted.push((None, *variant, *units)),
        }
    }
    wanted.retain(|(_, _, units)| *units != 0);
    let fresh: Vec<VariantId> = wanted
        .iter()
        .filter(|(line, ..)| line.is_none())
        .map(|(_, variant, _)| *variant)
        .collect();
    let sold = sellable::of(rx, &fresh).await?;
    let mut kept = Vec::with_capacity(wanted.len());
    let mut priced = Vec::with_capacity(wanted.len());
    for (line, variant, units) in wanted {
        let quantity = Quantity::new(units).map_err(|_| wrong("lines", "error-quantity"))?;
        kept.push(line.map(|line| line.id));
        priced.push(match line {
            Some(line) => again(line, quantity, shop),
            None => {
                let new = sold.iter().find(|s| s.variant_id == variant && s.for_sale);
                let new = new.ok_or_else(|| wrong("add", "error-variant-not-for-sale"))?;
                pricing::line_of(new, quantity, shop, order.locale)
            }
        });
    }
    Ok((kept, priced))
}

/// A line at the price, and with the tax and the parts, with which it was ordered (O10).
pub(super) fn again(line: &OrderLine, quantity: Quantity, shop: &Shop) -> PricedLine {
    PricedLine {
        product_id: line.product_id,
        variant_id: line.variant_id,
        sku: line.sku.clone(),
        title: line.title.clone(),
        variant_title: line.variant_title.clone(),
        image_key: line.image_key.clone(),
        unit_price: line.unit_price,
        unit_cost: line.unit_cost,
        tax_rate: line.tax_rate.unwrap_or(shop.tax_rate),
        quantity,
        parts: line.parts.clone(),
        gift: line.gift,
    }
}

/// What wrapping costs: what it cost when it was ordered, or what it costs today where it is added.
async fn wrapping(
    rx: &mut Rx,
    order: &Order,
    proposal: &Proposal,
    shop: &Shop,
) -> Result<Option<Money>, FlowError> {
    if !proposal.gift_wrap || order.gift_wrap.is_some() {
        return Ok(order.gift_wrap.filter(|_| proposal.gift_wrap));
    }
    let today = packing::load(rx).await?.gift_wrap.price(shop.currency);
    match today {
        Some(price) => Ok(Some(price)),
        None => Err(wrong("gift_wrap", "error-gift-wrap-off")),
    }
}

/// Cash at the door is for sums that the courier takes; whoever pays otherwise can still choose another way (CHK-03).
async fn payable(rx: &mut Rx, order: &Order, total: Money) -> Result<(), FlowError> {
    let method = order.payment_method;
    if method != PaymentMethod::CashOnDelivery
        || order.payment_state.has_money()
        || total == order.total
    {
        return Ok(());
    }
    match payment_terms::load(rx).await?.allows(method, total) {
        Err(Refusal::Amount) => Err(wrong("lines", "error-payment-method-amount")),
        Ok(()) | Err(Refusal::Off) => Ok(()),
    }
}

fn sum(order: &Order, priced: &[PricedLine]) -> Result<Money, FlowError> {
    let gross = priced
        .iter()
        .map(|l| l.unit_price.times(l.quantity.get()))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Money::sum(order.currency(), gross)?)
}

/// A discount shrinks with its goods and does not grow with them.
fn discount(order: &Order, subtotal: Money) -> Result<Money, FlowError> {
    if subtotal.amount >= order.subtotal.amount {
        return Ok(order.discount);
    }
    let share = Decimal::from(subtotal.amount)
        .checked_div(Decimal::from(order.subtotal.amount))
        .unwrap_or_default();
    let scaled = order.discount.scaled(share)?;
    Ok(Money {
        amount: scaled.amount.min(subtotal.amount),
        ..scaled
    })
}

/// What is missing or wrong in the words.
fn fields(proposal: &Proposal, address: &Address) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if Email::parse(&proposal.email).is_err() {
        found.push(problem("email", "error-email"));
    }
    if Phone::parse(&proposal.phone).is_err() {
        found.push(problem("phone", "error-phone"));
    }
    if proposal
        .reason
        .as_deref()
        .is_some_and(|why| why.trim().is_empty())
    {
        found.push(problem("reason", "error-required"));
    }
    let address = address.problems().into_iter();
    found.extend(address.map(|(field, key)| problem(&format!("shipping_address.{field}"), key)));
    found
}

fn difference(order: &Order, money: &OrderMoney, total: Money) -> Result<Difference, FlowError> {
    if !order.payment_state.has_money() {
        return Ok(if total == order.total {
            Difference::None
        } else {
            Difference::Unpaid(total)
        });
    }
    let missing = total.minus(money.kept())?;
    let asked = money.outstanding();
    Ok(match missing.amount {
        0 if asked.is_zero() => Difference::None,
        // What was asked for before is no longer needed.
        0 => Difference::GiveBack(missing),
        1.. if missing == asked => Difference::None,
        1.. => Difference::Ask(missing),
        _ => Difference::GiveBack(Money::zero(missing.currency).minus(missing)?),
    })
}

fn problem(field: &str, key: &'static str) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        key,
        args: Vec::new(),
    }
}

pub(super) fn wrong(field: &str, key: &'static str) -> FlowError {
    FlowError::Fields(vec![problem(field, key)])
}
