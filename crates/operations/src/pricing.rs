//! What a cart costs: goods at today's prices, delivery, tax. The server computes every figure (O4).

use std::sync::Arc;

use catalog::sellable::{self, Sellable};
use fulfilment::{
    calendar::ShopCalendar,
    delivery,
    delivery::DeliveryQuote,
    zone::{self, Place, Tariff},
};
use inventory::stock;
use kernel::{Locale, Money, Quantity, VariantId};
use orders::{
    CheckoutDraft, Concession, LinePart, PaymentMethod,
    cart::CartLine,
    totals::{PricedLine, Totals},
};
use platform::{Ctx, Rx, recent, settings};

use crate::{
    FlowError, bundles,
    error::LineProblem,
    gift::{self, Gift, GiftRule},
    packing::{self, GiftWrap},
    payment_terms::{self, PaymentTerms},
    shop::{self, Shop},
};

/// A cart with prices, and what it costs with one delivery method.
#[derive(Debug, Clone)]
pub struct Priced {
    /// The shop's decisions that went into it.
    pub shop: Shop,
    /// The calendar behind the estimates.
    pub calendar: ShopCalendar,
    /// The lines of the cart beside what they sell.
    pub lines: Vec<PricedCartLine>,
    /// What is given to orders of enough goods; where the goods are enough it is the last line of the totals. None while
    /// there is none to give.
    pub gift: Option<Gift>,
    /// Ways to deliver, with their rates for this cart.
    pub delivery: Vec<DeliveryQuote>,
    /// The one that was asked for, or the cheapest.
    pub chosen: Option<DeliveryQuote>,
    /// Every figure.
    pub totals: Totals,
    /// Which ways to pay the shop offers.
    pub payment_terms: PaymentTerms,
    /// Whether and for how much the shop wraps presents.
    pub gift_wrap: GiftWrap,
    /// Whether parcels go to the country of the address.
    pub reached: bool,
}

/// A line of a cart beside what it sells.
#[derive(Debug, Clone)]
pub struct PricedCartLine {
    /// The cart's line.
    pub line: CartLine,
    /// What is sold.
    pub sellable: Arc<Sellable>,
    /// How many are available now, after the lines before it in the cart took what they need of the same stock.
    pub available: i64,
    /// How many there would be if it were alone in the cart.
    pub alone: i64,
}

impl PricedCartLine {
    /// Why the line cannot be ordered as it is.
    #[must_use]
    pub fn problem(&self) -> Option<LineProblem> {
        let problem = match (self.sellable.for_sale, self.available) {
            (false, _) => "unavailable",
            (true, ..=0) if self.alone > 0 => "shared",
            (true, ..=0) => "sold_out",
            (true, available) if available < self.line.quantity.get() => "not_enough",
            _ => return None,
        };
        Some(LineProblem {
            variant_id: self.line.variant_id,
            problem,
            available: self.available.max(0),
        })
    }
}

impl Priced {
    /// The lines that cannot be ordered as they are.
    #[must_use]
    pub fn problems(&self) -> Vec<LineProblem> {
        self.lines
            .iter()
            .filter_map(PricedCartLine::problem)
            .collect()
    }

    /// What was taken off: the goods' discount, and what the delivery would have cost that is given away.
    ///
    /// # Errors
    /// An overflow.
    pub fn given_away(&self) -> Result<Money, FlowError> {
        let rate = self
            .chosen
            .as_ref()
            .map_or(self.totals.shipping, |q| q.rate);
        let shipping = rate.minus(self.totals.shipping)?;
        Ok(self.totals.discount.plus(shipping)?)
    }

    /// What is given with these goods.
    #[must_use]
    pub fn given(&self) -> Option<&Gift> {
        self.gift.as_ref().filter(|gift| gift.is_reached())
    }

    /// Units in the cart.
    #[must_use]
    pub fn item_count(&self) -> i64 {
        self.lines.iter().map(|l| l.line.quantity.get()).sum()
    }
}

/// What of the shop's decisions a price depends on.
#[derive(Debug)]
struct Terms {
    shop: Shop,
    calendar: ShopCalendar,
    tariff: Tariff,
    payment_terms: PaymentTerms,
    gift_wrap: GiftWrap,
    gift: GiftRule,
}

impl Terms {
    async fn load(rx: &mut Rx) -> Result<Self, FlowError> {
        Ok(Self {
            shop: shop::load(rx).await?,
            calendar: settings::load(rx, shop::CALENDAR).await?,
            tariff: zone::tariff(rx).await?,
            payment_terms: payment_terms::load(rx).await?,
            gift_wrap: packing::load(rx).await?.gift_wrap,
            gift: gift::load(rx).await?,
        })
    }
}

/// Prices the lines of a cart with the delivery method that the draft names, or the cheapest that fits its payment
/// method when it names none; to a store a parcel goes only when somebody says so.
///
/// # Errors
/// An overflow, or whatever the database says.
pub async fn price(
    rx: &mut Rx,
    ctx: &Ctx,
    lines: Vec<CartLine>,
    draft: &CheckoutDraft,
) -> Result<Priced, FlowError> {
    price_agreed(rx, ctx, lines, draft, Concession::default()).await
}

/// As [`price`], with what was agreed off the price.
///
/// # Errors
/// As [`price`].
pub async fn price_agreed(
    rx: &mut Rx,
    ctx: &Ctx,
    lines: Vec<CartLine>,
    draft: &CheckoutDraft,
    agreed: Concession,
) -> Result<Priced, FlowError> {
    let terms = recent::recent(rx, ctx, "pricing", Terms::load).await?;
    let Terms {
        shop,
        calendar,
        tariff,
        payment_terms,
        gift_wrap,
        gift,
    } = &*terms;
    let mut ids: Vec<VariantId> = lines.iter().map(|l| l.variant_id).collect();
    ids.extend(gift.variant());
    let sellables = sellable::recent(rx, ctx, &ids).await?;
    let given = gift
        .variant()
        .and_then(|id| sellables.iter().find(|s| s.variant_id == id));
    let (lines, gifts) = beside_stock(rx, lines, &sellables, given).await?;
    let goods = Money::sum(
        shop.currency,
        lines
            .iter()
            .map(|l| l.sellable.price.times(l.line.quantity.get()))
            .collect::<Result<Vec<_>, _>>()?,
    )?;
    let gift = given.and_then(|given| gift.beside(goods, Arc::clone(given), gifts));
    let weight = lines
        .iter()
        .map(|l| l.sellable.weight_g.saturating_mul(l.line.quantity.get()))
        .fold(0, i64::saturating_add);
    let methods = tariff.at(Place::from(&draft.address));
    let delivery = delivery::quote(&methods, goods, weight, ctx.now(), calendar);
    let chosen = choose(&delivery, draft);
    let shipping = chosen
        .as_ref()
        .filter(|_| !agreed.free_shipping)
        .map_or_else(|| Money::zero(shop.currency), |q| q.rate);
    let wrap = gift_wrap.price(shop.currency).filter(|_| draft.gift_wrap);
    let mut priced: Vec<PricedLine> = lines
        .iter()
        .map(|l| line_of(&l.sellable, l.line.quantity, shop, ctx.locale()))
        .collect();
    if let Some(gift) = gift.as_ref().filter(|gift| gift.is_reached()) {
        priced.push(gift.line(shop, ctx.locale()));
    }
    let totals = Totals::compute(
        shop.currency,
        &priced,
        shipping,
        agreed.discount.on(goods)?,
        shop.tax_rate,
    )?
    .with_fees(wrap, Money::zero(shop.currency), shop.tax_rate)?;
    Ok(Priced {
        shop: shop.clone(),
        calendar: calendar.clone(),
        lines,
        gift,
        delivery,
        chosen,
        totals,
        payment_terms: payment_terms.clone(),
        gift_wrap: gift_wrap.clone(),
        reached: shop.reaches(tariff, &draft.address.country),
    })
}

/// Lines beside what they sell and what is there of it, and how many gifts there are after they took theirs. Bundles and
/// plain goods share the stock of the same variant.
async fn beside_stock(
    rx: &mut Rx,
    lines: Vec<CartLine>,
    sellables: &[Arc<Sellable>],
    gift: Option<&Arc<Sellable>>,
) -> Result<(Vec<PricedCartLine>, i64), FlowError> {
    let sold = lines.into_iter().filter_map(|line| {
        let sellable = sellables.iter().find(|s| s.variant_id == line.variant_id)?;
        Some((line, Arc::clone(sellable)))
    });
    let sold: Vec<(CartLine, Arc<Sellable>)> = sold.collect();
    let mut demand: Vec<(Vec<(VariantId, i64)>, i64)> = sold
        .iter()
        .map(|(line, sellable)| (sellable.needs().collect(), line.quantity.get()))
        .collect();
    demand.extend(gift.map(|gift| (gift.needs().collect(), 1)));
    let mut asked: Vec<VariantId> = demand
        .iter()
        .flat_map(|(needs, _)| needs.iter().map(|(variant, _)| *variant))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let mut shares = bundles::share(stock::available(rx, &asked).await?, &demand);
    let gifts = gift.and_then(|_| shares.pop());
    let lines = sold.into_iter().zip(shares);
    let lines = lines.map(|((line, sellable), share)| PricedCartLine {
        line,
        sellable,
        available: share.beside_others,
        alone: share.alone,
    });
    Ok((
        lines.collect(),
        gifts.map_or(0, |share| share.beside_others),
    ))
}

/// The delivery that the draft names, or the cheapest that fits its payment method.
fn choose(delivery: &[DeliveryQuote], draft: &CheckoutDraft) -> Option<DeliveryQuote> {
    if let Some(code) = &draft.delivery_method {
        return delivery.iter().find(|q| q.code == *code).cloned();
    }
    let on_delivery = draft.payment_method == Some(PaymentMethod::CashOnDelivery);
    let of = |fits: &dyn Fn(&DeliveryQuote) -> bool| {
        let fitting: Vec<_> = delivery.iter().filter(|q| fits(q)).cloned().collect();
        delivery::cheapest(&fitting).cloned()
    };
    of(&|q| q.pickup.is_none() && (!on_delivery || q.cash_on_delivery))
        .or_else(|| of(&|q| q.pickup.is_none()))
        .or_else(|| of(&|_| true))
}

/// What is sold at this instant as a line of an order, in the buyer's language.
pub(crate) fn line_of(
    sold: &Sellable,
    quantity: Quantity,
    shop: &Shop,
    locale: Locale,
) -> PricedLine {
    PricedLine {
        product_id: sold.product_id,
        variant_id: sold.variant_id,
        sku: sold.sku.clone(),
        title: sold.product_title.get(locale).to_owned(),
        variant_title: sold.variant_title(locale),
        image_key: sold.image_key.clone(),
        unit_price: sold.price,
        unit_cost: sold.cost,
        tax_rate: shop.tax_rate_of(&sold.tax_class),
        quantity,
        parts: sold
            .parts
            .iter()
            .map(|part| line_part(part, locale))
            .collect(),
        gift: false,
    }
}

fn line_part(part: &catalog::Part, locale: Locale) -> LinePart {
    LinePart {
        variant_id: part.variant_id,
        sku: part.sku.clone(),
        title: part.product_title.get(locale).to_owned(),
        variant_title: part.variant_title(locale),
        quantity: part.quantity,
    }
}
