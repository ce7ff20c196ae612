//! How a changed order goes and what that costs: its way at the price that was agreed, or what it costs today.

use catalog::sellable;
use fulfilment::{
    DeliveryQuote, PickupTerms, ShopCalendar, delivery, pickup,
    zone::{self, Place, Tariff},
};
use kernel::{Address, Money, Timestamp, VariantId};
use orders::{Order, OrderLine, PaymentMethod, totals::PricedLine};
use platform::{Ctx, Rx};

use super::plan::{Proposal, wrong};
use crate::FlowError;

/// How the order goes and what that costs.
pub(super) struct Delivery {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) rate: Money,
}

/// The way to deliver stays at its price, or is another one at today's. Where the parcel goes to a place to which the way
/// costs otherwise than to the old one, it costs what it costs there today.
pub(super) async fn deliver(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
    priced: &[PricedLine],
    subtotal: Money,
    (tariff, wanted, address): (&Tariff, Option<&str>, &Address),
) -> Result<Delivery, FlowError> {
    let wanted = wanted.unwrap_or(&order.delivery_code);
    let (old, new) = (Place::from(&order.address), Place::from(address));
    let stays = wanted == order.delivery_code;
    let as_ordered = || Delivery {
        code: order.delivery_code.clone(),
        name: order.delivery_name.clone(),
        rate: order.shipping,
    };
    if stays && (old.country, old.region) == (new.country, new.region) {
        return Ok(as_ordered());
    }
    let bought = priced.iter().filter(|line| !line.gift);
    let units: Vec<(VariantId, i64)> = bought
        .map(|line| (line.variant_id, line.quantity.get()))
        .collect();
    let (before, ways) = {
        let goods = Goods::of(rx, ctx, &units, subtotal).await?;
        (goods.ways(tariff, old), goods.ways(tariff, new))
    };
    let named = |ways: Vec<DeliveryQuote>| ways.into_iter().find(|way| way.code == wanted);
    let chosen = named(ways).ok_or_else(|| wrong("delivery_method", "error-delivery-method"))?;
    let cash =
        order.payment_method == PaymentMethod::CashOnDelivery && !order.payment_state.has_money();
    if cash && !chosen.cash_on_delivery {
        return Err(wrong("delivery_method", "error-no-cash-on-delivery"));
    }
    if stays && named(before).is_some_and(|before| before.rate == chosen.rate) {
        return Ok(as_ordered());
    }
    Ok(Delivery {
        name: chosen.name.get(order.locale).to_owned(),
        code: chosen.code,
        rate: chosen.rate,
    })
}

/// The goods of an order as far as delivery depends on them.
struct Goods {
    subtotal: Money,
    weight: i64,
    now: Timestamp,
    calendar: ShopCalendar,
}

impl Goods {
    async fn of(
        rx: &mut Rx,
        ctx: &Ctx,
        units: &[(VariantId, i64)],
        subtotal: Money,
    ) -> Result<Self, FlowError> {
        let ids: Vec<VariantId> = units.iter().map(|(variant, _)| *variant).collect();
        let known = sellable::of(rx, &ids).await?;
        let weight = units.iter().fold(0_i64, |sum, (variant, units)| {
            let one = known.iter().find(|s| s.variant_id == *variant);
            let grams = one.map_or(0, |s| s.weight_g);
            sum.saturating_add(grams.saturating_mul(*units))
        });
        Ok(Self {
            subtotal,
            weight,
            now: ctx.now(),
            calendar: fulfilment::calendar::load(rx).await?,
        })
    }

    fn ways(&self, tariff: &Tariff, place: Place<'_>) -> Vec<DeliveryQuote> {
        let methods = tariff.at(place);
        delivery::quote(
            &methods,
            self.subtotal,
            self.weight,
            self.now,
            &self.calendar,
        )
    }
}

/// The ways by which an order as it is could go to a place, at today's price; its own way costs what was agreed while it
/// goes to the region for which that was agreed.
///
/// # Errors
/// Whatever the database says.
pub async fn ways_to(
    rx: &mut Rx,
    ctx: &Ctx,
    (order, lines): (&Order, &[OrderLine]),
    place: Place<'_>,
) -> Result<Vec<DeliveryQuote>, FlowError> {
    let tariff = zone::tariff(rx).await?;
    let bought = lines.iter().filter(|line| !line.gift);
    let units: Vec<(VariantId, i64)> = bought.map(|l| (l.variant_id, l.quantity)).collect();
    let goods = Goods::of(rx, ctx, &units, order.subtotal).await?;
    let own = Place::from(&order.address);
    let before = goods.ways(&tariff, own);
    let was = before.iter().find(|way| way.code == order.delivery_code);
    let mut ways = goods.ways(&tariff, place);
    for way in &mut ways {
        let same = way.code == order.delivery_code
            && (own == place || was.is_some_and(|was| was.rate == way.rate));
        if same {
            way.rate = order.shipping;
        }
    }
    Ok(ways)
}

/// Where the parcel goes: to the store that is named where the way ends at one, as it was agreed while the way stays.
pub(in crate::flows) fn destination(
    tariff: &Tariff,
    order: &Order,
    proposal: &Proposal,
) -> Address {
    let wanted = proposal.delivery_method.as_deref();
    let other = wanted.filter(|code| *code != order.delivery_code);
    let terms = match other {
        Some(code) => tariff
            .methods
            .iter()
            .find(|way| way.code == code)
            .and_then(|way| way.pickup.clone()),
        None => order.address.store.as_ref().map(PickupTerms::agreed),
    };
    pickup::destination(&proposal.address, terms.as_ref())
}

/// A store takes no parcel that is worth more than its chain takes on, and no more cash than that.
pub(super) fn carried(
    tariff: &Tariff,
    order: &Order,
    delivery: &Delivery,
    total: Money,
) -> Result<(), FlowError> {
    let way = tariff.methods.iter().find(|way| way.code == delivery.code);
    let terms = way.and_then(|way| way.pickup.as_ref());
    let dearer = total.amount > order.total.amount || delivery.code != order.delivery_code;
    match terms {
        Some(terms) if dearer && !terms.takes(total) => {
            Err(wrong("delivery_method", "error-delivery-worth"))
        }
        _ => Ok(()),
    }
}
