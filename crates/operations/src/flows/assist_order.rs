//! Staff put an order together for a customer and send them the link to pay it (CHK-22), with something off its price
//! where they may give that away (CHK-25).
//!
//! The order is placed by the same flow as a shopper's: stock is held from then on, and it expires as usual. Whoever
//! makes it never pays it: a card is only ever used on the customer's own page (A6).

use std::collections::BTreeMap;

use catalog::{VariantState, variant};
use kernel::{CartId, CartLineId, CustomerId, Locale, Money, Quantity, VariantId, event};
use orders::{
    CartLine, CheckoutDraft, Concession, Order, OrderDraft, OrdersError, PaymentMethod, cart,
    checkout, concession::Discount, draft, draft::Agreed, order,
};
use payments::settings as payment_settings;
use platform::{
    Ctx, Rx, Tx,
    events::{Event, emit},
    secret,
    web::FieldProblem,
};
use serde_json::json;

use super::place_order::{self, Letter, Seen, Terms};
use crate::{FlowError, bargaining, payment_terms, pricing, shop};

/// How an order that staff made is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The customer gets a link and chooses.
    PayLink,
    /// By a transfer; the confirmation says where to.
    BankTransfer,
    /// In cash to the courier.
    CashOnDelivery,
}

/// Everything that staff can change about a draft, replaced together.
#[derive(Debug, Clone, Default)]
pub struct Worked {
    /// Who it is for, where it goes, how, with which words.
    pub checkout: CheckoutDraft,
    /// The customer's language.
    pub locale: Locale,
    /// Units of lines that are there; none takes the line out. Lines that are not named stay.
    pub lines: BTreeMap<CartLineId, i64>,
    /// Units of goods to be added.
    pub added: BTreeMap<VariantId, i64>,
    /// A SKU of which one unit is added, as a scanner reads it.
    pub sku: Option<String>,
    /// What is taken off.
    pub concession: Concession,
    /// Why something is taken off.
    pub reason: String,
}

/// Begins an order for a customer, or for somebody new. What the last order of a known customer said is filled in.
///
/// # Errors
/// [`FlowError::NotFound`] for a customer who is none.
pub async fn open(ctx: &Ctx, customer: Option<CustomerId>) -> Result<CartId, FlowError> {
    ctx.write(async move |tx, ctx| {
        let shop = shop::load(tx).await?;
        let (filled, locale) = match customer {
            Some(id) => known(tx, id).await?,
            None => (CheckoutDraft::default(), Locale::default()),
        };
        let hash = secret::token_hash(&secret::random_token());
        let id = cart::open(tx, ctx, &hash, None).await?.id;
        checkout::save(tx, ctx, id, &filled).await?;
        draft::open(tx, ctx, id, customer, (locale, shop.currency)).await?;
        Ok(id)
    })
    .await
}

/// What is known of a customer, from their last order where there is one.
async fn known(rx: &mut Rx, id: CustomerId) -> Result<(CheckoutDraft, Locale), FlowError> {
    let customer = customers::customer::by_id(rx, id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let last = order::of_customer(rx, id, 1).await?.into_iter().next();
    let mut filled = CheckoutDraft {
        email: customer.email.unwrap_or_default(),
        phone: customer.phone.unwrap_or_default(),
        ..CheckoutDraft::default()
    };
    match last {
        Some(last) => {
            filled.phone = last.phone;
            filled.address = last.address;
            filled.delivery_method = Some(last.delivery_code).filter(|code| code != "import");
        }
        None => {
            filled.address.name = customer.name;
            filled.address.phone.clone_from(&filled.phone);
            filled.address.country = customer.country.unwrap_or_else(|| "TW".to_owned());
        }
    }
    Ok((filled, customer.locale))
}

/// Keeps what was worked on.
///
/// # Errors
/// [`FlowError::BeyondLimit`], [`FlowError::Fields`] for a concession without a reason, goods that are not for sale, a
/// draft that is over. Nothing is kept then.
pub async fn save(ctx: &Ctx, id: CartId, worked: Worked) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| keep(tx, ctx, id, &worked).await)
        .await
}

async fn keep(tx: &mut Tx, ctx: &Ctx, id: CartId, worked: &Worked) -> Result<(), FlowError> {
    let before = draft::take(tx, ctx, id).await?;
    checkout::save(tx, ctx, id, &worked.checkout).await?;
    for (line, units) in &worked.lines {
        match units {
            0 => cart::remove(tx, ctx, id, *line).await?,
            units => cart::set_quantity(tx, ctx, id, *line, quantity(*units)?).await?,
        }
    }
    for (variant, units) in added(tx, worked).await? {
        cart::add(tx, ctx, id, variant, quantity(units)?).await?;
    }
    let lines = cart::lines(tx, id).await?;
    let agreed = agree(tx, ctx, &before, worked, lines).await?;
    let written = (worked.concession, agreed.as_ref());
    draft::write(tx, ctx, id, worked.locale, written).await?;
    Ok(())
}

fn quantity(units: i64) -> Result<Quantity, FlowError> {
    Quantity::new(units).map_err(|_| wrong("lines", "error-quantity"))
}

/// What is added, of which everything is for sale. A SKU that is none says so at its field.
async fn added(rx: &mut Rx, worked: &Worked) -> Result<BTreeMap<VariantId, i64>, FlowError> {
    let mut added = worked.added.clone();
    added.retain(|_, units| *units != 0);
    if let Some(sku) = &worked.sku {
        let found = variant::by_skus(rx, &[sku]).await?.into_iter().next();
        let found = found.filter(|v| v.state == VariantState::Active);
        let found = found.ok_or_else(|| wrong("sku", "error-unknown-sku"))?;
        *added.entry(found.id).or_default() += 1;
    }
    let ids: Vec<VariantId> = added.keys().copied().collect();
    let for_sale = catalog::sellable::of(rx, &ids).await?;
    if added.len() != for_sale.len() || for_sale.iter().any(|s| !s.for_sale) {
        return Err(wrong("add", "error-variant-not-for-sale"));
    }
    Ok(added)
}

/// Who answers for what is taken off. The word of somebody who may give more away stands as long as no more is taken
/// and the goods are not fewer.
async fn agree(
    tx: &mut Tx,
    ctx: &Ctx,
    before: &OrderDraft,
    worked: &Worked,
    lines: Vec<CartLine>,
) -> Result<Option<Agreed>, FlowError> {
    if worked.concession.is_none() {
        return Ok(None);
    }
    let reason = worked.reason.trim();
    if reason.is_empty() {
        return Err(wrong("reason", "error-required"));
    }
    if let Discount::Amount(amount) = worked.concession.discount
        && amount.amount % amount.currency.step() != 0
    {
        return Err(wrong("discount_amount", "error-invalid-value"));
    }
    let (given, goods) = if lines.is_empty() {
        (Money::zero(before.currency), Money::zero(before.currency))
    } else {
        let priced =
            pricing::price_agreed(tx, ctx, lines, &worked.checkout, worked.concession).await?;
        (priced.given_away()?, priced.totals.subtotal)
    };
    let earlier = before.agreed.as_ref().filter(|a| a.covers(given, goods));
    if let Some(earlier) = earlier {
        return Ok(Some(Agreed {
            reason: reason.to_owned(),
            ..earlier.clone()
        }));
    }
    bargaining::check(tx, ctx.actor(), given, goods).await?;
    Ok(Some(Agreed {
        reason: reason.to_owned(),
        by: ctx.actor().label(),
        amount: given,
        goods,
    }))
}

/// Gives a draft up.
///
/// # Errors
/// [`FlowError::AlreadyOrdered`] for one that became an order.
pub async fn discard(ctx: &Ctx, id: CartId) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| draft::discard(tx, ctx, id).await.map_err(over))
        .await
}

fn over(error: OrdersError) -> FlowError {
    match error {
        OrdersError::CartClosed { order_id: Some(_) } => FlowError::AlreadyOrdered,
        other => other.into(),
    }
}

/// Makes an order of a draft, in its customer's language, and writes to them once: the link to pay, or the confirmation
/// of the way that was agreed. `seen` is what whoever sends it has seen.
///
/// # Errors
/// As [`place_order::place_order`]; [`FlowError::BeyondLimit`] when prices or goods changed so that more is given away
/// than somebody answers for.
pub async fn order(ctx: &Ctx, id: CartId, way: Way, seen: Seen) -> Result<Order, FlowError> {
    ctx.write(async move |tx, ctx| {
        let kept = draft::take(tx, ctx, id).await.map_err(over)?;
        let found = cart::by_id(tx, id).await?;
        let method = method_of(tx, ctx, way).await?;
        let checkout = CheckoutDraft {
            payment_method: Some(method),
            ..found.checkout
        };
        checkout::save(tx, ctx, id, &checkout).await?;
        let cart = cart::by_id(tx, id).await?;
        let lines = cart::lines(tx, id).await?;
        let worked = Worked {
            checkout,
            concession: kept.concession,
            reason: kept
                .agreed
                .as_ref()
                .map_or_else(String::new, |a| a.reason.clone()),
            ..Worked::default()
        };
        let agreed = agree(tx, ctx, &kept, &worked, lines.clone()).await?;
        let terms = Terms {
            seen,
            concession: kept.concession,
            letter: if way == Way::PayLink {
                Letter::PayLink
            } else {
                Letter::Confirmation
            },
            // It came out of a conversation.
            inquired: Some(true),
        };
        let speaking = ctx.speaking(kept.locale);
        let (order, _, _) = place_order::place_cart(tx, &speaking, &cart, lines, terms).await?;
        let written = (kept.concession, agreed.as_ref());
        draft::write(tx, ctx, id, kept.locale, written).await?;
        draft::ordered(tx, ctx, id, (order.id, order.customer_id)).await?;
        announce(tx, ctx, &order, &kept, agreed.as_ref()).await?;
        Ok(order)
    })
    .await
}

/// The way to pay that the order begins with. With a link any way can be chosen afterwards.
async fn method_of(rx: &mut Rx, ctx: &Ctx, way: Way) -> Result<PaymentMethod, FlowError> {
    Ok(match way {
        Way::CashOnDelivery => PaymentMethod::CashOnDelivery,
        Way::BankTransfer => PaymentMethod::BankTransfer,
        Way::PayLink => {
            let provided = payment_settings::recent(rx, ctx).await?.cards().is_some();
            let offered = payment_terms::load(rx).await?.of(PaymentMethod::Card).on;
            if provided && offered {
                PaymentMethod::Card
            } else {
                PaymentMethod::BankTransfer
            }
        }
    })
}

/// Says on the stream who made the order for whom, and what was given away by whose word (A6).
async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    kept: &OrderDraft,
    agreed: Option<&Agreed>,
) -> Result<(), FlowError> {
    let payload = json!({
        "order_id": order.id, "number": order.number, "customer_id": order.customer_id, "draft_id": kept.cart_id,
        "begun_by": kept.made_by, "made_by": ctx.actor().label(), "total": order.total, "discount": order.discount,
        "free_shipping": kept.concession.free_shipping, "given_away": agreed.map(|a| a.amount),
        "agreed_by": agreed.map(|a| &a.by), "reason": agreed.map(|a| &a.reason),
    });
    let event = Event::new(event::ORDER_ASSISTED, &payload)
        .about(order.id)
        .customer(order.customer_id);
    Ok(emit(tx, ctx, event).await?)
}

fn wrong(field: &str, key: &'static str) -> FlowError {
    FlowError::Fields(vec![FieldProblem {
        field: field.to_owned(),
        key,
        args: Vec::new(),
    }])
}
