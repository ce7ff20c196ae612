//! Sending an order elsewhere until it is packed (ORD-04).

use std::sync::Arc;

use kernel::Money;
use operations::{
    FlowError,
    flows::buyer_acts::{self, Elsewhere},
    views::shop::{
        order::OrderPage,
        order_address::{FilledIn, OrderAddressPage, order_address_page},
    },
};
use platform::{
    Ctx,
    web::{Body, Done, Either, Incoming, Page, Path, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    account::addresses::{PlaceQuery, moved},
    order::{self, TokenPath},
};
use crate::{Storefront, address_input::AddressInput};

/// What the fields of the form depend on; as the order has it when absent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Chosen {
    /// ISO 3166-1 alpha-2 code.
    country: Option<String>,
    /// County or city of the first level.
    region: Option<String>,
    /// District or city of the second level.
    city: Option<String>,
    /// Code of the way to deliver.
    delivery_method: Option<String>,
}

/// Where the order is to go.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewAddress {
    /// The address.
    address: AddressInput,
    /// Code of the way to deliver; as it was ordered when absent.
    delivery_method: Option<String>,
    /// The total that the buyer agreed to, in the smallest unit of the order's currency; the order's own when absent.
    #[serde(deserialize_with = "form::whole_opt")]
    expected_total: Option<i64>,
    /// Only the fields of another country, place or way are wanted; nothing is changed.
    #[serde(deserialize_with = "form::flag")]
    choose: bool,
}

/// The order after the change, or the form with the fields of another country, place or way.
pub(crate) type Changed = Either<Done<OrderPage>, Page<OrderAddressPage>>;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Query(chosen)): (Whole, Path<TokenPath>, Query<Chosen>),
) -> Result<Page<OrderAddressPage>, Problem> {
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let place = PlaceQuery {
        country: chosen.country,
        region: chosen.region,
        city: chosen.city,
    };
    let filled = FilledIn {
        address: Some(moved(known.address, place)),
        delivery_method: chosen.delivery_method,
    };
    let page = view(&shop, &ctx, &incoming, path.token, filled).await?;
    Ok(Page::new(page))
}

pub(crate) async fn change(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(form)): (Whole, Path<TokenPath>, Body<NewAddress>),
) -> Result<Changed, Problem> {
    let filled = FilledIn {
        address: Some(form.address.address("")),
        delivery_method: form.delivery_method.clone(),
    };
    if form.choose {
        let page = view(&shop, &ctx, &incoming, path.token, filled).await?;
        return Ok(Either::Right(Page::new(page)));
    }
    let known = order::by_token(&shop, &ctx, &incoming, path.token.clone()).await?;
    let total = |amount| Money::new(amount, known.currency());
    let wanted = Elsewhere {
        address: form.address.address(""),
        delivery_method: form.delivery_method.clone(),
        total: form.expected_total.map(total),
    };
    match buyer_acts::readdress(&ctx, path.token.clone(), wanted).await {
        Ok(()) => {
            let done = order::after(&shop, &ctx, &incoming, path.token, Ok(())).await?;
            Ok(Either::Left(done.flash("flash-order-readdressed")))
        }
        Err(error) => Err(refused(&shop, &ctx, &incoming, (path.token, filled), error).await),
    }
}

/// A refusal; a browser sees it on the form, with the new total where there is one to agree to.
async fn refused(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    (token, filled): (String, FilledIn),
    error: FlowError,
) -> Problem {
    let new_total = match &error {
        FlowError::TotalChanged { now, .. } => Some(*now),
        _ => None,
    };
    let refusal = order::missed(shop, incoming, error);
    if incoming.program || !refusal.status().is_client_error() || refusal.status() == 404 {
        return refusal;
    }
    match view(shop, ctx, incoming, token, filled).await {
        Ok(page) => {
            let page = OrderAddressPage { new_total, ..page };
            refusal.on(Page::new(page).with_typed(incoming.typed()))
        }
        Err(_) => refusal,
    }
}

async fn view(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    token: String,
    filled: FilledIn,
) -> Result<OrderAddressPage, Problem> {
    let facts = shop.facts(ctx).await?;
    let read =
        ctx.read(async move |rx, ctx| order_address_page(rx, ctx, &facts, &token, &filled).await);
    read.await.map_err(|e| order::missed(shop, incoming, e))
}
