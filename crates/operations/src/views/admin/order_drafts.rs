//! An order that staff put together, as they work on it (CHK-22).

use kernel::{Address, CartId, CartLineId, Locale, Money, VariantId};
use orders::{
    Discount, PaymentMethod, cart, draft,
    draft::{Agreed, DraftState},
};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{DestinationCountry, OrderLink, destinations, order_links, person, thumb_url},
    found_goods::{self, FoundGoods},
};
use crate::{
    FlowError, bargaining,
    flows::checkout,
    packing::{self, WrapOffer},
    pricing::{self, Priced, PricedCartLine},
};

/// A draft for the people who work on it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderDraftPage {
    /// The draft.
    pub id: CartId,
    /// `open`, `ordered` or `discarded`.
    pub state: DraftState,
    /// The order it became.
    pub order: Option<OrderLink>,
    /// The customer's language.
    pub customer_locale: Locale,
    /// All languages.
    pub locales: Vec<Locale>,
    /// Where the letters go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// Whether it is to be wrapped as a gift.
    pub gift_wrap: bool,
    /// How wrapping is offered; null where the shop does not wrap.
    pub gift_wrap_offer: Option<WrapOffer>,
    /// The customer's wish.
    pub note: Option<String>,
    /// The goods.
    pub lines: Vec<DraftLine>,
    /// What goods somebody looked for.
    pub q: String,
    /// Which were found.
    pub found: Vec<FoundGoods>,
    /// Ways to deliver these goods.
    pub delivery_methods: Vec<DraftDelivery>,
    /// The countries that it can go to, with their regions.
    pub destinations: Vec<DestinationCountry>,
    /// The amount that is taken off the goods.
    pub discount_amount: Option<Money>,
    /// The share that is taken off them, in percent as people type it.
    pub discount_percent: Option<String>,
    /// Whether the delivery costs nothing.
    pub free_shipping: bool,
    /// Why, and who answers for it.
    pub agreed: Option<AgreedView>,
    /// What it costs; null without goods.
    pub figures: Option<DraftFigures>,
    /// The most that whoever looks may give away on these goods.
    pub limit: Money,
    /// What is still missing before it can be sent, by the names of its fields.
    pub missing: Vec<String>,
    /// Whether the courier takes cash.
    pub cash_on_delivery: bool,
    /// Whether transfers can be made.
    pub bank_transfer: bool,
}

/// Why something is taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgreedView {
    /// In somebody's words.
    pub reason: String,
    /// Who answers for it; null for the shop itself.
    pub by: Option<String>,
}

impl From<Agreed> for AgreedView {
    fn from(agreed: Agreed) -> Self {
        Self {
            by: person(&agreed.by),
            reason: agreed.reason,
        }
    }
}

/// Goods of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftLine {
    /// The line.
    pub id: CartLineId,
    /// What.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one.
    pub variant_title: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// What one costs.
    pub unit_price: Money,
    /// How many.
    pub quantity: i64,
    /// What they cost together before any discount.
    pub gross: Money,
    /// How many there are now.
    pub available: i64,
    /// `sold_out`, `not_enough` or `unavailable`.
    pub problem: Option<&'static str>,
}

/// A way to deliver a draft's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftDelivery {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it costs for these goods.
    pub rate: Money,
    /// Whether the parcel is collected at a store.
    pub at_store: bool,
    /// Whether it is chosen.
    pub selected: bool,
}

/// What is given with a draft's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftGift {
    /// What it is.
    pub variant_id: VariantId,
    /// Its title.
    pub title: String,
}

/// What a draft costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftFigures {
    /// Goods before discount.
    pub subtotal: Money,
    /// What is taken off them.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// What the delivery would cost that is given away.
    pub shipping_given: Money,
    /// What is given with it; null where nothing is.
    pub gift: Option<DraftGift>,
    /// Wrapping as a gift; null when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// Tax contained in the total.
    pub tax_included: Money,
    /// What it costs.
    pub total: Money,
}

/// A draft.
///
/// # Errors
/// [`orders::OrdersError::DraftNotFound`], or whatever the database says.
pub async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CartId,
    q: String,
) -> Result<OrderDraftPage, FlowError> {
    let q = q.trim().to_owned();
    let kept = draft::by_id(rx, id).await?;
    let cart = cart::by_id(rx, id).await?;
    let lines = cart::lines(rx, id).await?;
    let filled = cart.checkout;
    let priced = if lines.is_empty() {
        None
    } else {
        Some(pricing::price_agreed(rx, ctx, lines, &filled, kept.concession).await?)
    };
    let goods = priced
        .as_ref()
        .map_or_else(|| Money::zero(kept.currency), |p| p.totals.subtotal);
    let limit = bargaining::load(rx).await?.of(ctx.actor()).most(goods)?;
    let links: Vec<_> = kept.order_id.into_iter().collect();
    let order = order_links(rx, &links).await?.into_values().next();
    let found = if kept.state == DraftState::Open && !q.is_empty() {
        found_goods::for_sale(rx, ctx, &q).await?
    } else {
        Vec::new()
    };
    let missing = priced.as_ref().map_or_else(
        || vec!["lines".to_owned()],
        |priced| missing(&filled, priced),
    );
    let shop = crate::shop::load(rx).await?;
    let rules = packing::load(rx).await?;
    Ok(OrderDraftPage {
        id,
        state: kept.state,
        order,
        customer_locale: kept.locale,
        locales: Locale::ALL.to_vec(),
        lines: priced
            .iter()
            .flat_map(|p| &p.lines)
            .map(|l| line(ctx, l))
            .collect::<Result<_, _>>()?,
        delivery_methods: priced
            .as_ref()
            .map(|p| deliveries(ctx, p))
            .unwrap_or_default(),
        figures: priced.as_ref().map(|p| figures(ctx, p)).transpose()?,
        cash_on_delivery: priced.as_ref().is_some_and(takes_cash),
        bank_transfer: allows(priced.as_ref(), PaymentMethod::BankTransfer)
            && !shop.bank.account_number.is_empty(),
        email: filled.email,
        phone: filled.phone,
        destinations: destinations(rx, &filled.address.country).await?,
        shipping_address: filled.address,
        gift_message: filled.gift_message,
        gift_wrap: filled.gift_wrap,
        gift_wrap_offer: rules.gift_wrap.offer(kept.currency, ctx.locale()),
        note: filled.note,
        q,
        found,
        discount_amount: match kept.concession.discount {
            Discount::Amount(amount) => Some(amount),
            Discount::None | Discount::Share(_) => None,
        },
        discount_percent: match kept.concession.discount {
            Discount::Share(share) => Some(percent(share)),
            Discount::None | Discount::Amount(_) => None,
        },
        free_shipping: kept.concession.free_shipping,
        agreed: kept.agreed.map(AgreedView::from),
        limit,
        missing,
    })
}

/// Whether the shop lets these goods be paid in some way; without goods there is nothing to pay.
fn allows(priced: Option<&Priced>, method: PaymentMethod) -> bool {
    priced.is_some_and(|p| p.payment_terms.allows(method, p.totals.total).is_ok())
}

fn takes_cash(priced: &Priced) -> bool {
    let total = priced.totals.total;
    let courier = priced.chosen.as_ref().is_some_and(|c| c.takes_cash(total));
    courier && allows(Some(priced), PaymentMethod::CashOnDelivery)
}

/// Hundredths of a percent as people write percent: `12.5`.
#[must_use]
pub fn percent(share: i64) -> String {
    let text = format!("{}.{:02}", share / 100, share % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What keeps a draft from being sent, apart from the way to pay, which is chosen by sending it.
fn missing(filled: &orders::CheckoutDraft, priced: &Priced) -> Vec<String> {
    let mut fields: Vec<String> = checkout::problems(filled, priced)
        .into_iter()
        .map(|problem| problem.field)
        .filter(|field| field != "payment_method")
        .collect();
    if !priced.problems().is_empty() {
        fields.push("lines".to_owned());
    }
    fields
}

fn line(ctx: &Ctx, priced: &PricedCartLine) -> Result<DraftLine, FlowError> {
    let (sold, units) = (&priced.sellable, priced.line.quantity.get());
    let variant_title = sold.variant_title(ctx.locale());
    Ok(DraftLine {
        id: priced.line.id,
        variant_id: sold.variant_id,
        sku: sold.sku.clone(),
        product_title: sold.product_title.get(ctx.locale()).to_owned(),
        variant_title: Some(variant_title).filter(|t| !t.is_empty()),
        image_url: thumb_url(sold.image_key.as_deref()),
        unit_price: sold.price,
        quantity: units,
        gross: sold.price.times(units)?,
        available: priced.available.max(0),
        problem: priced.problem().map(|p| p.problem),
    })
}

fn deliveries(ctx: &Ctx, priced: &Priced) -> Vec<DraftDelivery> {
    let chosen = priced.chosen.as_ref().map(|c| c.code.as_str());
    let quotes = priced.delivery.iter();
    quotes
        .map(|quote| DraftDelivery {
            code: quote.code.clone(),
            name: quote.name.get(ctx.locale()).to_owned(),
            rate: quote.rate,
            at_store: quote.pickup.is_some(),
            selected: chosen == Some(quote.code.as_str()),
        })
        .collect()
}

fn figures(ctx: &Ctx, priced: &Priced) -> Result<DraftFigures, FlowError> {
    let totals = &priced.totals;
    Ok(DraftFigures {
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        shipping_given: priced.given_away()?.minus(totals.discount)?,
        gift: priced.given().map(|gift| DraftGift {
            variant_id: gift.sellable.variant_id,
            title: gift.sellable.product_title.get(ctx.locale()).to_owned(),
        }),
        gift_wrap: totals.gift_wrap,
        tax_included: totals.tax_included,
        total: totals.total,
    })
}
