//! Filling a cart: add, change, remove (CHK-01).

use kernel::{CartId, CartLineId, Quantity, VariantId, event};
use orders::cart::{self, Cart};
use platform::{
    Ctx, Rx, Tx,
    events::{Event, emit},
    secret,
};
use serde_json::json;

use crate::FlowError;

/// A cart and, when it was just opened, the token with which it is found again.
#[derive(Debug, Clone)]
pub struct OpenCart {
    /// The cart.
    pub id: CartId,
    /// A fresh token, to be kept by the browser or the program.
    pub fresh_token: Option<String>,
    /// Units in the cart after the change.
    pub item_count: i64,
}

/// The open cart behind a token; `None` when there is none or it was ordered.
///
/// # Errors
/// Whatever the database says.
pub async fn find(rx: &mut Rx, token: Option<&str>) -> Result<Option<Cart>, FlowError> {
    let Some(token) = token else { return Ok(None) };
    Ok(cart::by_token_hash(rx, &secret::token_hash(token))
        .await?
        .filter(|c| c.open))
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
        let sold = catalog::sellable::of(tx, &[variant])
            .await?
            .into_iter()
            .next();
        let sold = sold.filter(|s| s.for_sale).ok_or(FlowError::NotFound)?;
        let (id, fresh_token) = match find(tx, token.as_deref()).await? {
            Some(cart) => (cart.id, None),
            None => {
                let fresh = secret::random_token();
                let visitor = ctx.visit().map(|v| v.visitor);
                (
                    cart::open(tx, ctx, &secret::token_hash(&fresh), visitor)
                        .await?
                        .id,
                    Some(fresh),
                )
            }
        };
        cart::add(tx, ctx, id, variant, quantity).await?;
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
        Ok(OpenCart {
            id,
            fresh_token,
            item_count: count(tx, id).await?,
        })
    })
    .await
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
        let cart = find(tx, token.as_deref())
            .await?
            .ok_or(FlowError::NotFound)?;
        cart::set_quantity(tx, ctx, cart.id, line, quantity).await?;
        Ok(OpenCart {
            id: cart.id,
            fresh_token: None,
            item_count: count(tx, cart.id).await?,
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
        let cart = find(tx, token.as_deref())
            .await?
            .ok_or(FlowError::NotFound)?;
        let lines = cart::lines(tx, cart.id).await?;
        let gone = lines
            .into_iter()
            .find(|l| l.id == line)
            .ok_or(FlowError::NotFound)?;
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
            id: cart.id,
            fresh_token: None,
            item_count: count(tx, cart.id).await?,
        })
    })
    .await
}

async fn count(tx: &mut Tx, id: CartId) -> Result<i64, FlowError> {
    Ok(cart::lines(tx, id)
        .await?
        .iter()
        .map(|l| l.quantity.get())
        .sum())
}
