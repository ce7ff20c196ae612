//! The cart as its owner sees it.

use kernel::{CartId, CartLineId, Locale, Money, ProductId, Timestamp, VariantId};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    card::{ProductCard, cards_of},
    facts::Facts,
    gift_offer::GiftOffer,
    parts::{self, Cutoff, Estimate, FreeShipping, Inside, SummaryLine, filled, small_url},
    related::Bought,
};
use crate::{
    FlowError,
    flows::cart::PricedCart,
    pricing::{Priced, PricedCartLine},
    usual_address,
};

/// Cards offered beside the cart.
const RECOMMENDED: usize = 4;

/// The cart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartPage {
    /// The cart; null while nothing was ever put in.
    pub id: Option<CartId>,
    /// What finds the cart again: send it as `Cart-Token`.
    pub token: Option<String>,
    /// Its lines, oldest first.
    pub lines: Vec<CartLineView>,
    /// Units in the cart.
    pub item_count: i64,
    /// Price times quantity of all lines.
    pub subtotal: Money,
    /// How far it is from free shipping; null where no sum makes it free.
    pub free_shipping: Option<FreeShipping>,
    /// What is given with it, or would be with more goods; null where nothing is, and while there is none to give.
    pub gift: Option<GiftOffer>,
    /// Whether it can be ordered as it is.
    pub can_checkout: bool,
    /// When it would leave and arrive.
    pub delivery: CartDelivery,
    /// What goes with it and can be bought; only on pages, empty for programs.
    pub recommended: Vec<ProductCard>,
}

impl PageView for CartPage {
    const TEMPLATE: &'static str = "cart.html";
}

/// When the cart would leave and arrive.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartDelivery {
    /// When an order that is paid now leaves.
    pub cutoff: Option<Cutoff>,
    /// When it arrives with the cheapest way to deliver.
    pub estimate: Option<Estimate>,
    /// Where it comes from.
    pub ships_from: Option<String>,
    /// The place of the signed-in customer's usual address, for which this is; null for anybody else.
    pub to: Option<String>,
}

/// A line of the cart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartLineView {
    /// The line: `/cart/lines/{id}`.
    pub id: CartLineId,
    /// What is wanted.
    pub variant_id: VariantId,
    /// Its product's page.
    pub product_handle: String,
    /// The product's name.
    pub title: String,
    /// Which variant; null when there is only one.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// Its picture.
    pub image_url: Option<String>,
    /// How many.
    pub quantity: i64,
    /// What one costs now.
    pub unit_price: Money,
    /// What it really cost before the present reduction (GOV-08).
    pub compare_at: Option<Money>,
    /// When it costs that again (CHK-20); null when nobody has decided.
    pub reduced_until: Option<Timestamp>,
    /// What the line costs now.
    pub line_total: Money,
    /// How many can be bought.
    pub available: i64,
    /// Whether only few are left.
    pub low_stock: bool,
    /// Why the line cannot be ordered as it is: `sold_out`, `shared` (the rest of the stock is in
    /// other lines of this cart), `not_enough`, `unavailable`; null when it can.
    pub problem: Option<&'static str>,
    /// What one unit is made of, when it is a bundle.
    pub contents: Vec<Inside>,
}

/// A cart, or an empty one. What was bought together with its goods is offered beside it, then what is bought most; to
/// programs nothing is.
///
/// # Errors
/// Whatever the database says.
pub async fn cart_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    (token, cart): (Option<&str>, Option<PricedCart>),
    suggest: Option<(&Bought, &[ProductId])>,
) -> Result<CartPage, FlowError> {
    let known = usual_address::of(rx, ctx).await?;
    let id = cart.as_ref().map(|cart| cart.id);
    let priced = cart.and_then(|cart| cart.priced);
    let within: Vec<ProductId> = priced
        .iter()
        .flat_map(|p| &p.lines)
        .map(|l| l.sellable.product_id)
        .collect();
    let others = suggest.map_or_else(Vec::new, |(bought, popular)| {
        bought.beside(&within, popular)
    });
    let mut recommended = cards_of(rx, &others, others.len(), ctx.locale()).await?;
    recommended.retain(|card| card.in_stock);
    recommended.truncate(RECOMMENDED);
    let goods = priced
        .as_ref()
        .map_or_else(|| Money::zero(facts.shop.currency), |p| p.totals.subtotal);
    Ok(CartPage {
        id,
        token: id.and(token).map(str::to_owned),
        lines: priced
            .iter()
            .flat_map(|p| &p.lines)
            .map(|l| line_view(l, ctx.locale()))
            .collect::<Result<_, _>>()?,
        item_count: priced.as_ref().map_or(0, Priced::item_count),
        subtotal: goods,
        free_shipping: parts::free_shipping(&facts.methods, goods),
        gift: match &priced {
            Some(priced) => priced.gift.as_ref(),
            None => facts.gift.as_ref(),
        }
        .map(|gift| GiftOffer::of(gift, ctx.locale())),
        can_checkout: priced.as_ref().is_some_and(|p| p.problems().is_empty()),
        delivery: CartDelivery {
            cutoff: Some(parts::cutoff(ctx.now(), &facts.calendar)),
            estimate: priced
                .as_ref()
                .and_then(|p| parts::cheapest_estimate(&p.delivery)),
            ships_from: facts.ships_from(ctx.locale(), known.as_ref()),
            to: known.as_ref().and_then(usual_address::place_name),
        },
        recommended,
    })
}

fn line_view(line: &PricedCartLine, locale: Locale) -> Result<CartLineView, FlowError> {
    let sold = &line.sellable;
    let quantity = line.line.quantity.get();
    let available = if sold.for_sale {
        parts::shown(line.available)
    } else {
        0
    };
    Ok(CartLineView {
        id: line.line.id,
        variant_id: sold.variant_id,
        product_handle: sold.handle.clone(),
        title: sold.product_title.get(locale).to_owned(),
        variant_title: filled(&sold.variant_title(locale)),
        sku: sold.sku.clone(),
        image_url: sold.image_key.as_deref().map(small_url),
        quantity,
        unit_price: sold.price,
        compare_at: sold.compare_at,
        reduced_until: sold.reduced_until,
        line_total: sold.price.times(quantity)?,
        available,
        low_stock: (1..=parts::FEW).contains(&available),
        problem: line.problem().map(|p| p.problem),
        contents: sold.parts.iter().map(|p| Inside::of(p, locale)).collect(),
    })
}

/// The same line where it can no longer be changed.
pub(super) fn summary_line(
    line: &PricedCartLine,
    locale: Locale,
) -> Result<SummaryLine, FlowError> {
    let view = line_view(line, locale)?;
    Ok(SummaryLine {
        id: view.id.to_string(),
        variant_id: view.variant_id,
        product_handle: Some(view.product_handle),
        title: view.title,
        variant_title: view.variant_title,
        sku: view.sku,
        image_url: view.image_url,
        quantity: view.quantity,
        unit_price: view.unit_price,
        line_total: view.line_total,
        contents: view.contents,
        gift: false,
    })
}
