//! The checkout, and placing the order.

use std::sync::Arc;

use customers::{
    address_book,
    consent::{self, Purpose, Source, Who},
};
use kernel::{AddressId, Money, OrderId, event};
use operations::{
    FlowError,
    flows::{
        checkout as flow,
        place_order::{PlaceOrder, Placed, Seen, place_order},
    },
    views::{
        payment::NextAction,
        shop::checkout::{self, CheckoutPage, Choices},
    },
};
use orders::{CheckoutDraft, PaymentMethod, cart, order};
use platform::{
    Actor, Ctx,
    events::Event,
    secret,
    web::{
        Body, Done, Either, IdempotencyKey, Incoming, Page, Problem, Query, Whole, form,
        idempotency,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::cart as cart_page;
use crate::{Storefront, cart_token, checkout_form::CheckoutForm, face::problem};

/// Choices of the moment.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct QuoteQuery {
    /// Code of a way to deliver.
    delivery_method: Option<String>,
    /// A way to pay.
    payment_method: Option<PaymentMethod>,
    /// Whether it is wrapped as a gift.
    #[serde(deserialize_with = "form::flag_opt")]
    gift_wrap: Option<bool>,
    /// Where the parcel goes.
    shipping_address: RegionQuery,
    /// An address of the signed-in customer's book.
    address: Option<AddressId>,
}

/// Where the parcel goes, as far as figures depend on it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct RegionQuery {
    /// ISO 3166-1 alpha-2 code.
    country: Option<String>,
    /// County or city of the first level.
    region: Option<String>,
    /// District or city of the second level.
    city: Option<String>,
}

/// The checkout, or the way back to a cart with nothing in it.
pub(crate) type Quoted = Either<Done<()>, Page<CheckoutPage>>;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Query(query)): (Whole, Query<QuoteQuery>),
) -> Result<Quoted, Problem> {
    let (facts, token) = (shop.facts(&ctx).await?, cart_token::of(&incoming));
    let choices = Choices {
        delivery_method: query.delivery_method,
        payment_method: query.payment_method,
        gift_wrap: query.gift_wrap,
        country: query.shipping_address.country,
        region: query.shipping_address.region,
        city: query.shipping_address.city,
        address: query.address,
    };
    let read = ctx.read(async move |rx, ctx| {
        checkout::checkout_page(rx, ctx, &facts, token.as_deref(), choices).await
    });
    let view = match read.await {
        Ok(view) => view,
        Err(FlowError::EmptyCart) if !incoming.program => {
            return Ok(Either::Left(Done::new((), "/cart")));
        }
        Err(error) => return Err(problem(error)),
    };
    if shop.opened(&ctx, &incoming) {
        let started = serde_json::json!({ "item_count": view.item_count, "total": view.total });
        shop.note(&ctx, Event::new(event::CHECKOUT_STARTED, &started));
    }
    Ok(Either::Right(Page::new(view)))
}

pub(crate) async fn save(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<CheckoutForm>),
) -> Result<Page<CheckoutPage>, Problem> {
    let token = cart_token::of(&incoming);
    if form.recalculate {
        return Ok(Page::new(quote(&shop, &ctx, token, form.draft()).await?));
    }
    let facts = shop.facts(&ctx).await?;
    match flow::save(&ctx, token.clone(), form.draft()).await {
        Ok(kept) => {
            let read =
                ctx.read(async move |rx, ctx| checkout::kept_page(rx, ctx, &facts, kept).await);
            Ok(with_token(Page::new(read.await?), &incoming, token))
        }
        Err(error) => Err(refused(&shop, &ctx, &incoming, &form, token, error).await),
    }
}

fn with_token(
    page: Page<CheckoutPage>,
    incoming: &Incoming,
    token: Option<String>,
) -> Page<CheckoutPage> {
    match token.filter(|_| incoming.program) {
        Some(token) => page.header("cart-token", token),
        None => page,
    }
}

/// A browser goes on to pay or to the result, a program gets the order.
pub(crate) type Ordered = Either<Done<()>, Done<Placed>>;

pub(crate) async fn complete(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form), IdempotencyKey(key)): (Whole, Body<CheckoutForm>, IdempotencyKey),
) -> Result<Ordered, Problem> {
    let token = cart_token::of(&incoming);
    let facts = shop.facts(&ctx).await?;
    shop.limits.order(
        &incoming,
        &form.draft().email,
        facts.shop.unpaid_orders_per_hour,
    )?;
    if !form.is_bare() {
        match flow::save(&ctx, token.clone(), form.draft()).await {
            // A cart that is gone was perhaps ordered by this very request before: the key tells.
            Ok(_) | Err(FlowError::EmptyCart | FlowError::AlreadyOrdered) => {}
            Err(error) => return Err(refused(&shop, &ctx, &incoming, &form, token, error).await),
        }
    }
    let currency = facts.shop.currency;
    let order = PlaceOrder {
        token: token.clone(),
        idempotency_key: key,
        seen: Seen {
            total: form
                .expected_total
                .map(|amount| Money::new(amount, currency)),
            gift: form.expected_gift,
        },
        request: idempotency::body_hash(&incoming.body_value()?),
    };
    match place_order(&ctx, order).await {
        Ok(placed) => {
            keep_address(&ctx, &form).await;
            keep_consent(&shop, &ctx, &form, placed.order.id).await;
            Ok(ordered(&incoming, placed))
        }
        Err(FlowError::AlreadyOrdered) if !incoming.program => {
            let url = earlier(&ctx, token)
                .await?
                .ok_or_else(|| problem(FlowError::AlreadyOrdered))?;
            Ok(Either::Left(leave(Done::new((), url))))
        }
        Err(error) => Err(refused(&shop, &ctx, &incoming, &form, token, error).await),
    }
}

/// Puts the address of an order into its customer's book, where they wished so. The order stands whether or not it
/// could be done.
async fn keep_address(ctx: &Ctx, form: &CheckoutForm) {
    let Actor::Customer(id) = *ctx.actor() else {
        return;
    };
    // The book is of doors: a store is named anew, since it may have closed.
    let address = form.draft().address.at_door();
    if !form.keep_address || !address.problems().is_empty() {
        return;
    }
    let write =
        ctx.write(async move |tx, ctx| address_book::keep(tx, ctx, id, &address, false).await);
    if let Err(error) = write.await {
        tracing::warn!(%error, "an address was not kept");
    }
}

/// Keeps that a buyer wants letters about offers and news. Silence at a checkout takes nothing back.
async fn keep_consent(shop: &Storefront, ctx: &Ctx, form: &CheckoutForm, id: OrderId) {
    if !form.marketing_mail {
        return;
    }
    let text = shop.parts.words.say(ctx.locale(), "consent-marketing", &[]);
    let write = ctx.write(async move |tx, ctx| {
        let buyer = order::by_id(tx, id).await?.customer_id;
        let decided = (Purpose::MarketingMail, true, Source::Checkout);
        if let Some(buyer) = buyer {
            consent::record(tx, ctx, Who::Customer(buyer), decided, &text).await?;
        }
        Ok::<_, FlowError>(())
    });
    if let Err(error) = write.await {
        tracing::warn!(%error, "a consent was not kept");
    }
}

fn ordered(incoming: &Incoming, placed: Placed) -> Ordered {
    if incoming.program {
        let url = format!("/orders/{}", placed.order.token);
        return Either::Right(Done::created(placed, url));
    }
    let result = format!("/orders/{}/result", placed.order.token);
    let url = match placed.payment.next_action {
        Some(NextAction::Redirect { url }) => url,
        _ => result,
    };
    Either::Left(leave(Done::new((), url)))
}

/// The browser's cart is gone.
fn leave(done: Done<()>) -> Done<()> {
    cart_token::forgotten()
        .into_iter()
        .fold(done, |done, cookie| done.header("set-cookie", cookie))
}

/// The result of the order that was placed from this cart before.
async fn earlier(ctx: &Ctx, token: Option<String>) -> Result<Option<String>, Problem> {
    let Some(token) = token else { return Ok(None) };
    let read = ctx.read(async move |rx, _| {
        let cart = cart::by_token_hash(rx, &secret::token_hash(&token)).await?;
        match cart.and_then(|c| c.order_id) {
            Some(id) => Ok::<_, FlowError>(Some(order::by_id(rx, id).await?.token)),
            None => Ok(None),
        }
    });
    Ok(read.await?.map(|token| format!("/orders/{token}/result")))
}

async fn quote(
    shop: &Storefront,
    ctx: &Ctx,
    token: Option<String>,
    draft: CheckoutDraft,
) -> Result<CheckoutPage, Problem> {
    let facts = shop.facts(ctx).await?;
    let read = ctx.read(async move |rx, ctx| {
        checkout::quote_page(rx, ctx, &facts, token.as_deref(), draft).await
    });
    Ok(read.await?)
}

/// A refusal; a browser gets its form again with everything that was typed, or its cart where the cart is at fault.
async fn refused(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    form: &CheckoutForm,
    token: Option<String>,
    error: FlowError,
) -> Problem {
    let short = matches!(
        error,
        FlowError::Lines(_)
            | FlowError::EmptyCart
            | FlowError::Inventory(inventory::InventoryError::OutOfStock { .. })
    );
    if short {
        return cart_page::refused(shop, ctx, incoming, token, error).await;
    }
    let refusal = problem(error);
    if incoming.program || refusal.status().is_server_error() {
        return refusal;
    }
    match quote(shop, ctx, token, form.draft()).await {
        Ok(view) => refusal.on(Page::new(view).with_typed(incoming.typed())),
        Err(_) => refusal,
    }
}
