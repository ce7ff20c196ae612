//! The cart (CHK-01).

use std::sync::Arc;

use kernel::{CartLineId, Quantity, VariantId, event};
use operations::{
    FlowError,
    flows::cart::{self, OpenCart, PricedCart},
    views::shop::cart::{CartPage, cart_page},
};
use platform::{
    Ctx,
    events::Event,
    web::{Body, Done, Either, Incoming, Page, Path, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Storefront, cart_token, face::problem};

/// What is put into the cart. A price cannot be sent (O4).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLine {
    /// What.
    variant_id: VariantId,
    /// How many; one where nobody says.
    #[serde(default = "one")]
    quantity: Quantity,
}

const fn one() -> Quantity {
    Quantity::ONE
}

/// A line of the cart.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct LinePath {
    /// The line.
    id: CartLineId,
}

/// How many units are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewQuantity {
    /// How many.
    quantity: Quantity,
}

/// A browser goes on to the cart, a program gets it.
pub(crate) type Changed = Either<Done<()>, Done<CartPage>>;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<CartPage>, Problem> {
    let token = cart_token::of(&incoming);
    let view = view(&shop, &ctx, &incoming, token.clone(), None).await?;
    if shop.opened(&ctx, &incoming) {
        let seen = serde_json::json!({ "cart_id": view.id, "item_count": view.item_count, "subtotal": view.subtotal });
        shop.note(&ctx, Event::new(event::CART_VIEWED, &seen));
    }
    let units = view.item_count;
    let page = match (&view.token, incoming.program) {
        (Some(token), true) => {
            let token = token.clone();
            Page::new(view).header("cart-token", token)
        }
        (_, true) => Page::new(view),
        (_, false) if cart_token::count(&incoming) == units => Page::new(view),
        (_, false) => {
            let cookies = cart_token::cookies(None, units);
            cookies.into_iter().fold(Page::new(view), |page, cookie| {
                page.header("set-cookie", cookie)
            })
        }
    };
    Ok(page)
}

pub(crate) async fn add(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(line)): (Whole, Body<NewLine>),
) -> Result<Changed, Problem> {
    let token = cart_token::of(&incoming);
    let added = cart::add(&ctx, token.clone(), line.variant_id, line.quantity).await;
    changed(&shop, &ctx, &incoming, token, added).await
}

pub(crate) async fn change(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(line), Body(wanted)): (Whole, Path<LinePath>, Body<NewQuantity>),
) -> Result<Changed, Problem> {
    let token = cart_token::of(&incoming);
    let set = cart::set_quantity(&ctx, token.clone(), line.id, wanted.quantity).await;
    changed(&shop, &ctx, &incoming, token, set).await
}

pub(crate) async fn remove(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(line)): (Whole, Path<LinePath>),
) -> Result<Changed, Problem> {
    let token = cart_token::of(&incoming);
    let removed = cart::remove(&ctx, token.clone(), line.id).await;
    changed(&shop, &ctx, &incoming, token, removed).await
}

/// The answer to a change: a browser goes on to the cart, a program gets it at once.
async fn changed(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: Option<String>,
    result: Result<OpenCart, FlowError>,
) -> Result<Changed, Problem> {
    let open = match result {
        Ok(open) => open,
        Err(error) => return Err(refused(shop, ctx, incoming, token, error).await),
    };
    let fresh = open.fresh_token.as_deref();
    if !incoming.program {
        let done = Done::new((), "/cart");
        return Ok(Either::Left(cart_token::kept(
            done,
            incoming,
            token.as_deref(),
            fresh,
            open.cart.item_count(),
        )));
    }
    let token = fresh.map(str::to_owned).or(token);
    let units = open.cart.item_count();
    let view = view(shop, ctx, incoming, token.clone(), Some(open.cart)).await?;
    let done = if incoming.method == "POST" {
        Done::created(view, "/cart")
    } else {
        Done::new(view, "/cart")
    };
    Ok(Either::Right(cart_token::kept(
        done,
        incoming,
        token.as_deref(),
        fresh,
        units,
    )))
}

/// A refusal; a browser sees it on its cart.
pub(crate) async fn refused(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: Option<String>,
    error: FlowError,
) -> Problem {
    let refusal = problem(error);
    if incoming.program || refusal.status().is_server_error() {
        return refusal;
    }
    match view(shop, ctx, incoming, token, None).await {
        Ok(view) => refusal.on(Page::new(view).with_typed(incoming.typed())),
        Err(_) => refusal,
    }
}

async fn view(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: Option<String>,
    known: Option<PricedCart>,
) -> Result<CartPage, Problem> {
    let facts = shop.facts(ctx).await?;
    let suggest = if incoming.program {
        None
    } else {
        Some((shop.bought(ctx).await?, shop.popular(ctx).await?))
    };
    let read = ctx.read(async move |rx, ctx| {
        let known = match known {
            Some(known) => Some(known),
            None => PricedCart::behind(rx, ctx, token.as_deref()).await?,
        };
        let suggest = suggest
            .as_ref()
            .map(|(b, popular)| (&**b, popular.as_slice()));
        cart_page(rx, ctx, &facts, (token.as_deref(), known), suggest).await
    });
    Ok(read.await?)
}
