//! What a buyer does with their order through its link: order the same again, send it elsewhere until it is packed
//! (ORD-04).

use catalog::sellable;
use fulfilment::zone::{self, Place, Tariff};
use kernel::{Address, Money, Quantity, VariantId};
use orders::{Order, OrderState, OrdersError, PaymentMethod, cart, order};
use platform::{Ctx, secret, web::FieldProblem};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    cart::PricedCart,
    edit_order::{self, Proposal},
    place_order::Seen,
    tell,
};
use crate::FlowError;

/// What became of ordering the same again.
#[derive(Debug, Clone)]
pub struct Reordered {
    /// The cart after it.
    pub cart: PricedCart,
    /// A fresh token, where the browser had no cart.
    pub fresh_token: Option<String>,
    /// What is not sold any more and was left out.
    pub left_out: Vec<LeftOut>,
}

/// Something that could not be put into the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// What.
    pub title: String,
    /// Which variant; may be empty.
    pub variant_title: String,
}

/// Puts what was ordered into the cart of who acts, at today's prices. What is sold out is put there too: the cart says
/// so at its line, and how many there are.
///
/// # Errors
/// [`FlowError::NotFound`] for a link that leads nowhere, a cart that is full.
pub async fn reorder(
    ctx: &Ctx,
    cart_token: Option<String>,
    token: String,
) -> Result<Reordered, FlowError> {
    ctx.write(async move |tx, ctx| {
        let known = order::by_token(tx, &token, ctx.now())
            .await?
            .ok_or(FlowError::NotFound)?;
        let lines = order::lines(tx, known.id).await?;
        let ids: Vec<VariantId> = lines.iter().map(|l| l.variant_id).collect();
        let sold = sellable::recent(tx, ctx, &ids).await?;
        let (id, fresh_token) = match super::cart::taken(tx, ctx, cart_token.as_deref()).await? {
            Some(id) => (id, None),
            None => {
                let fresh = secret::random_token();
                let visitor = ctx.visit().map(|v| v.visitor);
                let opened = cart::open(tx, ctx, &secret::token_hash(&fresh), visitor).await?;
                (opened.id, Some(fresh))
            }
        };
        let mut left_out = Vec::new();
        // What was given then is given again by what the shop gives now.
        for line in lines.iter().filter(|line| !line.gift) {
            let on_sale = sold
                .iter()
                .any(|s| s.variant_id == line.variant_id && s.for_sale);
            match Quantity::new(line.quantity).ok().filter(|_| on_sale) {
                Some(quantity) => {
                    cart::put(tx, ctx, id, line.variant_id, quantity).await?;
                }
                None => left_out.push(LeftOut {
                    title: line.title.clone(),
                    variant_title: line.variant_title.clone(),
                }),
            }
        }
        let lines = cart::lines(tx, id).await?;
        Ok(Reordered {
            cart: PricedCart::of(tx, ctx, id, lines).await?,
            fresh_token,
            left_out,
        })
    })
    .await
}

/// Whether the buyer can still send the order elsewhere.
#[must_use]
pub const fn may_readdress(order: &Order) -> bool {
    matches!(order.state, OrderState::Placed | OrderState::Paid)
}

/// Whether the order's way to deliver costs at another address what it costs at its own, and can be paid there as agreed.
/// A way that is offered no more costs what it cost in the region for which it was agreed.
fn costs_the_same(tariff: &Tariff, order: &Order, address: &Address) -> bool {
    let price = |at: &Address| {
        let ways = tariff.at(Place::from(at));
        let way = ways.iter().find(|way| way.code == order.delivery_code)?;
        let payable = way.cash_on_delivery || order.payment_method != PaymentMethod::CashOnDelivery;
        let steps = way.steps.clone();
        Some((way.rate, way.free_over, way.basis, steps, payable))
    };
    match (price(&order.address), price(address)) {
        (None, None) => Place::from(&order.address) == Place::from(address),
        (here, there) => here == there,
    }
}

/// Where a buyer wants an order to go.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// The address, with the store where the way ends at one.
    pub address: Address,
    /// Code of the way to deliver; as it was ordered when absent.
    pub delivery_method: Option<String>,
    /// The total that the buyer agreed to; the one that the order has when absent.
    pub total: Option<Money>,
}

/// Sends an order elsewhere, also by another way. Where that costs otherwise, the order costs otherwise, once the buyer
/// has agreed.
///
/// # Errors
/// [`FlowError::NotFound`] for a link that leads nowhere, [`FlowError::Fields`] with what is wrong with the address or
/// when nothing goes there so, [`FlowError::TotalChanged`] when it costs otherwise, [`FlowError::NotEditable`] when its
/// money cannot follow now, [`orders::OrdersError::TooLateToReaddress`] once it is picked.
pub async fn readdress(ctx: &Ctx, token: String, wanted: Elsewhere) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        let found = order::by_token(tx, &token, ctx.now())
            .await?
            .ok_or(FlowError::NotFound)?;
        let known = order::lock(tx, found.id).await?;
        if !may_readdress(&known) {
            return Err(OrdersError::TooLateToReaddress.into());
        }
        let tariff = zone::tariff(tx).await?;
        let another = wanted.delivery_method.as_deref();
        let stays = another.is_none_or(|code| code == known.delivery_code);
        let mut proposal = Proposal {
            address: wanted.address.clone(),
            delivery_method: wanted.delivery_method.clone(),
            ..Proposal::of(&known)
        };
        let address = edit_order::destination(&tariff, &known, &proposal);
        let wrong = address.problems();
        if !wrong.is_empty() {
            return Err(super::checkout::of_address("address", wrong));
        }
        if stays && costs_the_same(&tariff, &known, &address) {
            let changed = order::readdress(tx, ctx, &known, &address).await?;
            return tell::order_readdressed(tx, ctx, &changed, &known.address).await;
        }
        proposal.address = address;
        let seen = Seen::total(Some(wanted.total.unwrap_or(known.total)));
        match edit_order::change(tx, ctx, &known, &proposal, seen).await {
            Ok(_) => Ok(()),
            Err(FlowError::Fields(problems)) => Err(FlowError::Fields(of_the_way(problems))),
            Err(other) => Err(other),
        }
    })
    .await
}

/// What stands in the way of a change of which the address is in order: the way to deliver, whatever field it is about for
/// those who can change more.
fn of_the_way(problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
    let about_the_way = |problem: FieldProblem| FieldProblem {
        field: "delivery_method".to_owned(),
        ..problem
    };
    problems.into_iter().map(about_the_way).collect()
}
