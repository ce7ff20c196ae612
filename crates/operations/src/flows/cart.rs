//! Filling a cart: add, change, remove (CHK-01).

use kernel::{CartId, CartLineId, Quantity, VariantId, event};
use orders::{
    CheckoutDraft,
    cart::{self, Cart, CartLine},
};
use platform::{
    Actor, Ctx, Rx, Tx,
    events::{Event, emit},
    secret,
};
use serde_json::json;

use crate::{
    FlowError,
    pricing::{self, Priced},
    usual_address,
};

/// A cart and what its lines cost now.
#[derive(Debug, Clone)]
pub struct PricedCart {
    /// The cart.
    pub id: CartId,
    /// Its lines with prices; none while it is empty.
    pub priced: Option<Priced>,
}

impl PricedCart {
    /// A cart of which the lines are known.
    ///
    /// # Errors
    /// An amount that cannot be computed, or whatever the database says.
    pub async fn of(
        rx: &mut Rx,
        ctx: &Ctx,
        id: CartId,
        lines: Vec<CartLine>,
    ) -> Result<Self, FlowError> {
        let priced = if lines.is_empty() {
            None
        } else {
            let known = usual_address::of(rx, ctx).await?;
            let draft = CheckoutDraft {
                address: known.unwrap_or_default(),
                ..CheckoutDraft::default()
            };
            Some(pricing::price(rx, ctx, lines, &draft).await?)
        };
        Ok(Self { id, priced })
    }

    /// The open cart behind a token.
    ///
    /// # Errors
    /// As [`PricedCart::of`].
    pub async fn behind(
        rx: &mut Rx,
        ctx: &Ctx,
        token: Option<&str>,
    ) -> Result<Option<Self>, FlowError> {
        match find_with_lines(rx, ctx, token).await? {
            Some((cart, lines)) => Ok(Some(Self::of(rx, ctx, cart.id, lines).await?)),
            None => Ok(None),
        }
    }

    /// Units in the cart.
    #[must_use]
    pub fn item_count(&self) -> i64 {
        self.priced.as_ref().map_or(0, Priced::item_count)
    }
}

/// A cart that was changed and, when it was just opened, the token with which it is found again.
#[derive(Debug, Clone)]
pub struct OpenCart {
    /// The cart after the change.
    pub cart: PricedCart,
    /// A fresh token, to be kept by the browser or the program.
    pub fresh_token: Option<String>,
}

/// The cart that is meant, open or ordered, with its lines: a signed-in customer's own, whatever their browser carries;
/// otherwise the one behind the token.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn meant(
    rx: &mut Rx,
    ctx: &Ctx,
    token: Option<&str>,
) -> Result<Option<(Cart, Vec<CartLine>)>, FlowError> {
    Ok(match (ctx.actor(), token) {
        (Actor::Customer(id), _) => cart::of_customer(rx, *id).await?,
        (_, Some(token)) => cart::with_lines(rx, &secret::token_hash(token)).await?,
        (_, None) => None,
    })
}

/// The open cart of who acts, without its lines.
async fn find(rx: &mut Rx, ctx: &Ctx, token: Option<&str>) -> Result<Cart, FlowError> {
    let found = find_with_lines(rx, ctx, token).await?;
    found.map(|(cart, _)| cart).ok_or(FlowError::NotFound)
}

/// The open cart of who acts with its lines; `None` when there is none or it was ordered.
///
/// # Errors
/// Whatever the database says.
pub async fn find_with_lines(
    rx: &mut Rx,
    ctx: &Ctx,
    token: Option<&str>,
) -> Result<Option<(Cart, Vec<CartLine>)>, FlowError> {
    let found = meant(rx, ctx, token).await?;
    Ok(found.filter(|(cart, _)| cart.open))
}

/// Puts units of a variant into the cart, opening one where there is none.
///
/// # Errors
/// [`FlowError::NotFound`] for a variant that is not for sale; a quantity beyond the limit.
pub async fn add(
    ctx: &Ctx,
    token: Option<String>,
    variant: VariantId,
    quantity: Quantity,
) -> Result<OpenCart, FlowError> {
    ctx.write(async move |tx, ctx| {
        let (id, fresh_token, lines) = match taken(tx, ctx, token.as_deref()).await? {
            Some(id) => {
                let lines = cart::put(tx, ctx, id, variant, quantity).await?;
                (id, None, lines)
            }
            None => {
                let fresh = secret::random_token();
                let visitor = ctx.visit().map(|v| v.visitor);
                let id = cart::open(tx, ctx, &secret::token_hash(&fresh), visitor)
                    .await?
                    .id;
                let line = cart::put_first(tx, ctx, id, variant, quantity).await?;
                (id, Some(fresh), vec![line])
            }
        };
        let cart = PricedCart::of(tx, ctx, id, lines).await?;
        let mut all = cart.priced.iter().flat_map(|p| &p.lines);
        let sold = all
            .find(|l| l.sellable.variant_id == variant && l.sellable.for_sale)
            .map(|l| &l.sellable)
            .ok_or(FlowError::NotFound)?;
        let payload = json!({
            "cart_id": id, "product_id": sold.product_id, "variant_id": variant, "sku": sold.sku,
            "price": sold.price, "quantity": quantity,
        });
        emit(
            tx,
            ctx,
            Event::new(event::PRODUCT_ADDED, &payload).about(id),
        )
        .await?;
        Ok(OpenCart { cart, fresh_token })
    })
    .await
}

/// The cart of who acts, locked to be changed. A signed-in customer always has one.
pub(super) async fn taken(
    tx: &mut Tx,
    ctx: &Ctx,
    token: Option<&str>,
) -> Result<Option<CartId>, FlowError> {
    Ok(match (ctx.actor(), token) {
        (Actor::Customer(id), _) => Some(cart::own(tx, ctx, *id).await?),
        (_, Some(token)) => cart::take(tx, ctx, &secret::token_hash(token)).await?,
        (_, None) => None,
    })
}

/// Changes how many units a line has.
///
/// # Errors
/// [`FlowError::NotFound`] for a line of another cart or of none.
pub async fn set_quantity(
    ctx: &Ctx,
    token: Option<String>,
    line: CartLineId,
    quantity: Quantity,
) -> Result<OpenCart, FlowError> {
    ctx.write(async move |tx, ctx| {
        let cart = find(tx, ctx, token.as_deref()).await?;
        cart::set_quantity(tx, ctx, cart.id, line, quantity).await?;
        let lines = cart::lines(tx, cart.id).await?;
        Ok(OpenCart {
            cart: PricedCart::of(tx, ctx, cart.id, lines).await?,
            fresh_token: None,
        })
    })
    .await
}

/// Takes a line out of the cart.
///
/// # Errors
/// [`FlowError::NotFound`] for a line of another cart or of none.
pub async fn remove(
    ctx: &Ctx,
    token: Option<String>,
    line: CartLineId,
) -> Result<OpenCart, FlowError> {
    ctx.write(async move |tx, ctx| {
        let cart = find(tx, ctx, token.as_deref()).await?;
        let mut lines = cart::lines(tx, cart.id).await?;
        let place = lines
            .iter()
            .position(|l| l.id == line)
            .ok_or(FlowError::NotFound)?;
        let gone = lines.remove(place);
        cart::remove(tx, ctx, cart.id, line).await?;
        let payload =
            json!({ "cart_id": cart.id, "variant_id": gone.variant_id, "quantity": gone.quantity });
        emit(
            tx,
            ctx,
            Event::new(event::PRODUCT_REMOVED, &payload).about(cart.id),
        )
        .await?;
        Ok(OpenCart {
            cart: PricedCart::of(tx, ctx, cart.id, lines).await?,
            fresh_token: None,
        })
    })
    .await
}
