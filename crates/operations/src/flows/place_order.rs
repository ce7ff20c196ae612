//! Placing an order: cart, order, stock, money and confirmation in one transaction.
//!
//! The order exists before the shopper leaves to pay. A unit is held from this moment whatever the payment method;
//! two orders of one cart, or one unit for two orders, cannot be committed.

use fulfilment::promise;
use inventory::InventoryError;
use kernel::{CustomerId, Email, Money, Phone, VariantId};
use orders::{
    CartLine, CheckoutDraft, Concession, Order, OrderLine, PaymentMethod, cart, order,
    order::NewOrder,
};
use payments::payment;
use platform::{
    Actor, Ctx, Tx, secret,
    web::idempotency::{self, Begin},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{cart::meant, checkout, collect_payment, prioritise, tell};
use crate::{
    FlowError,
    pricing::{self, Priced},
    views::payment::NextPayment,
};

/// What is needed to place an order.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// The cart's token; a signed-in customer needs none.
    pub token: Option<String>,
    /// The caller's idempotency key.
    pub idempotency_key: Option<String>,
    /// The hash of what the caller sent; the same key with another hash is refused.
    pub request: String,
    /// What the buyer saw and confirmed.
    pub seen: Seen,
}

/// What whoever confirms an order has seen of it, as far as the caller says so. The order is not made if it would be
/// otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// What it costs.
    pub total: Option<Money>,
    /// What is given with it.
    pub gift: Option<VariantId>,
}

impl Seen {
    /// Only the total was looked at.
    #[must_use]
    pub const fn total(total: Option<Money>) -> Self {
        Self { total, gift: None }
    }

    /// Refuses what is otherwise than it was seen.
    pub(super) fn check(self, now: Money, given: Option<VariantId>) -> Result<(), FlowError> {
        if let Some(confirmed) = self.total.filter(|seen| *seen != now) {
            return Err(FlowError::TotalChanged { confirmed, now });
        }
        match self.gift {
            Some(seen) if given != Some(seen) => Err(FlowError::GiftGone),
            _ => Ok(()),
        }
    }
}

/// An order that was just placed, or placed before under the same idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Placed {
    /// The order.
    pub order: PlacedOrder,
    /// What to do to pay it.
    pub payment: NextPayment,
}

/// The order as its buyer gets it back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PlacedOrder {
    /// The order.
    pub id: kernel::OrderId,
    /// Its number for people.
    pub number: String,
    /// The unguessable text of its page.
    pub token: String,
    /// Where it is in its life.
    pub state: String,
    /// Where its payment is.
    pub payment_state: String,
    /// What it costs.
    pub total: Money,
    /// What was ordered.
    pub lines: Vec<PlacedLine>,
}

/// A line of an order that was just placed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PlacedLine {
    /// The line.
    pub id: kernel::OrderLineId,
    /// What was ordered.
    pub variant_id: kernel::VariantId,
    /// Its SKU.
    pub sku: String,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    pub unit_price: Money,
    /// What the line costs.
    pub total: Money,
    /// Whether it is given to an order of enough goods, for nothing.
    #[serde(default)]
    pub gift: bool,
}

/// Places the order of a cart.
///
/// # Errors
/// What keeps the cart from being ordered: missing fields, sold-out lines, a changed total, a reused key.
pub async fn place_order(ctx: &Ctx, input: PlaceOrder) -> Result<Placed, FlowError> {
    ctx.write(async move |tx, ctx| {
        let token = input.token.as_deref();
        let buyer = match (ctx.actor(), token) {
            (Actor::Customer(id), _) => id.to_string(),
            (_, Some(token)) => secret::token_hash(token),
            (_, None) => return Err(FlowError::EmptyCart),
        };
        let scope = format!("checkout:{buyer}");
        let body = idempotency::body_hash(&(&input.request, input.seen.total));
        if let Some(key) = &input.idempotency_key {
            match idempotency::begin::<Placed>(tx, ctx, &scope, key, &body).await? {
                Begin::Fresh => {}
                Begin::Replay(placed) => return Ok(placed),
                Begin::Mismatch => return Err(FlowError::KeyReused),
            }
        }
        let placed = place(tx, ctx, token, input.seen).await?;
        if let Some(key) = &input.idempotency_key {
            idempotency::finish(tx, &scope, key, &placed).await?;
        }
        Ok(placed)
    })
    .await
}

/// Places the order of a cart in the caller's transaction.
pub(super) async fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    token: Option<&str>,
    seen: Seen,
) -> Result<Placed, FlowError> {
    let found = meant(tx, ctx, token).await?;
    let (cart, lines) = found.ok_or(FlowError::EmptyCart)?;
    if !cart.open {
        return Err(FlowError::AlreadyOrdered);
    }
    let terms = Terms {
        seen,
        concession: Concession::default(),
        letter: Letter::Confirmation,
        inquired: None,
    };
    let (order, lines, next) = place_cart(tx, ctx, &cart, lines, terms).await?;
    Ok(Placed {
        order: placed_order(&order, &lines),
        payment: next,
    })
}

/// On what terms a cart becomes an order.
pub(super) struct Terms {
    /// What was seen and confirmed.
    pub(super) seen: Seen,
    /// What was agreed off the price.
    pub(super) concession: Concession,
    /// What its buyer is written.
    pub(super) letter: Letter,
    /// Whether the buyer had asked before, where that is known otherwise than by their visit.
    pub(super) inquired: Option<bool>,
}

/// The letter that tells a buyer of their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// They placed it.
    Confirmation,
    /// It was put together for them; the link leads to its payment.
    PayLink,
}

/// Makes an order of an open cart: order, money, letter and, last, its stock.
///
/// # Errors
/// As [`place_order`].
pub(super) async fn place_cart(
    tx: &mut Tx,
    ctx: &Ctx,
    cart: &cart::Cart,
    lines: Vec<CartLine>,
    terms: Terms,
) -> Result<(Order, Vec<OrderLine>, NextPayment), FlowError> {
    if lines.is_empty() {
        return Err(FlowError::EmptyCart);
    }
    let priced = pricing::price_agreed(tx, ctx, lines, &cart.checkout, terms.concession).await?;
    let wrong = checkout::problems(&cart.checkout, &priced);
    if !wrong.is_empty() {
        return Err(FlowError::Fields(wrong));
    }
    let short = priced.problems();
    if !short.is_empty() {
        return Err(FlowError::Lines(short));
    }
    let given = priced.given().map(|gift| gift.sellable.variant_id);
    terms.seen.check(priced.totals.total, given)?;
    let (order, lines) = create(tx, ctx, cart, &priced, terms.inquired).await?;
    prioritise::bought(tx, ctx, &order).await?;
    let start = collect_payment::start_of(tx, ctx, &order).await?;
    let payment = payment::first(tx, ctx, start).await?;
    match terms.letter {
        Letter::Confirmation => {
            tell::order_placed(tx, ctx, &order, &lines, &priced.shop).await?;
        }
        Letter::PayLink => tell::pay_link(tx, ctx, &order, &lines, &priced.shop).await?,
    }
    // Last, because the row of a variant that everybody wants stays locked until the commit.
    // A bundle takes its parts; inventory sums what several lines want of one variant (S7).
    let wanted: Vec<_> = lines.iter().flat_map(|l| l.goods(l.quantity)).collect();
    let whose = (order.id, &order.address);
    inventory::hold::reserve_near(tx, ctx, whose, &wanted, order.pay_until, "order_placed")
        .await
        .map_err(|error| of_the_gift(error, &lines))?;
    let next = crate::views::payment::next(&order, &payment, &priced.shop);
    Ok((order, lines, next))
}

/// Where there is enough of what was bought, the buyer is told of the gift and not of a line of their cart.
fn of_the_gift(error: InventoryError, lines: &[OrderLine]) -> FlowError {
    let bought = |variant: VariantId| -> i64 {
        let bought = lines.iter().filter(|line| !line.gift);
        let goods = bought.flat_map(|line| line.goods(line.quantity));
        goods.filter(|(of, _)| *of == variant).map(|(_, n)| n).sum()
    };
    match error {
        InventoryError::OutOfStock { short }
            if short.iter().all(|s| bought(s.variant_id) <= s.available) =>
        {
            FlowError::GiftGone
        }
        other => other.into(),
    }
}

async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    cart: &cart::Cart,
    priced: &Priced,
    inquired: Option<bool>,
) -> Result<(Order, Vec<OrderLine>), FlowError> {
    let draft = &cart.checkout;
    let address = checkout::destination(draft, priced);
    let chosen = priced.chosen.as_ref().ok_or(FlowError::WrongState)?;
    let method = draft.payment_method.ok_or(FlowError::WrongState)?;
    let customer_id = buyer(tx, ctx, draft).await?;
    let inquired = match (inquired, ctx.visit()) {
        (Some(known), _) => known,
        (None, Some(visit)) => insight::funnel::has_inquired(tx, visit.visitor, ctx.now()).await?,
        (None, None) => false,
    };
    let on_delivery = method == PaymentMethod::CashOnDelivery;
    let pay_until =
        (!on_delivery).then(|| ctx.now().plus_seconds(priced.shop.payment_days * 86_400));
    let ship_by = promise::ship_by(ctx.now(), &priced.calendar).ship_by;
    let new = NewOrder {
        cart: Some((cart.id, cart.version)),
        customer_id: Some(customer_id),
        totals: priced.totals.clone(),
        email: draft.email.clone(),
        phone: draft.phone.clone(),
        buyer_name: draft.address.name.clone(),
        address,
        delivery_code: chosen.code.clone(),
        delivery_name: chosen.name.get(ctx.locale()).to_owned(),
        payment_method: method,
        gift_message: draft.gift_message.clone(),
        note: draft.note.clone(),
        pay_until,
        ship_by: Some(ship_by),
        inquired,
    };
    Ok(order::place(tx, ctx, new).await?)
}

/// Who orders: whoever is signed in, or the person behind the address that a guest typed.
async fn buyer(tx: &mut Tx, ctx: &Ctx, draft: &CheckoutDraft) -> Result<CustomerId, FlowError> {
    if let Actor::Customer(id) = ctx.actor() {
        return Ok(*id);
    }
    let customer = customers::NewCustomer {
        email: Email::parse(&draft.email).map_err(|_| FlowError::WrongState)?,
        phone: Phone::parse(&draft.phone).ok(),
        name: draft.address.name.clone(),
        country: Some(draft.address.country.clone()),
        locale: ctx.locale(),
    };
    Ok(customers::customer::find_or_create(tx, ctx, customer).await?)
}

fn placed_order(order: &Order, lines: &[OrderLine]) -> PlacedOrder {
    PlacedOrder {
        id: order.id,
        number: order.number.clone(),
        token: order.token.clone(),
        state: order.state.code().to_owned(),
        payment_state: order.payment_state.code().to_owned(),
        total: order.total,
        lines: lines
            .iter()
            .map(|l| PlacedLine {
                id: l.id,
                variant_id: l.variant_id,
                sku: l.sku.clone(),
                quantity: l.quantity,
                unit_price: l.unit_price,
                total: l.total,
                gift: l.gift,
            })
            .collect(),
    }
}
