//! Ways to deliver, zones and their rates, and what a shopper at some address would be offered.

use fulfilment::{
    calendar::ShopCalendar,
    carrier,
    delivery::{self, DeliveryMethod},
    pickup as stores,
    zone::{self, Basis, Place, Zone, ZonePlace, ZoneRate},
};
use kernel::{Currency, DeliveryMethodId, DeliveryZoneId, Money, Texts, pickup};
use platform::{Ctx, Rx, settings};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::common::NamedCode;
use crate::{FlowError, shop, views::shop::parts::Estimate};

/// Ways to deliver and zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeliveryPage {
    /// All ways to deliver, those that are offered first.
    pub methods: Vec<MethodSummary>,
    /// The zones.
    pub zones: Vec<ZoneSummary>,
    /// What a shopper would be offered.
    pub trial: Trial,
}

/// A way to deliver in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MethodSummary {
    /// The way.
    pub id: DeliveryMethodId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Who carries it.
    pub carrier: String,
    /// What it costs where no zone says otherwise.
    pub rate: Money,
    /// From this sum of goods on it costs nothing.
    pub free_over: Option<Money>,
    /// The fewest working days it takes.
    pub days_min: i64,
    /// The most working days it takes.
    pub days_max: i64,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
    /// Whether it is offered.
    pub active: bool,
    /// The chain of stores at which its parcels are collected; null where they go to an address.
    pub pickup: Option<String>,
    /// Zones in which it has rates; with any, it is offered only there.
    pub zones: i64,
}

/// A zone in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ZoneSummary {
    /// The zone.
    pub id: DeliveryZoneId,
    /// What the staff call it.
    pub name: String,
    /// What it covers.
    pub places: Vec<ZonePlace>,
    /// What each way costs there.
    pub rates: Vec<RateSummary>,
}

/// What a way to deliver costs in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RateSummary {
    /// The name of the way.
    pub method: String,
    /// The lowest rate of its steps.
    pub lowest: Money,
    /// The highest rate of its steps.
    pub highest: Money,
    /// How many steps there are.
    pub steps: i64,
    /// What they are counted in.
    pub basis: Basis,
    /// From this sum of goods on it costs nothing.
    pub free_over: Option<Money>,
    /// The fewest working days it takes.
    pub days_min: i64,
    /// The most working days it takes.
    pub days_max: i64,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
}

/// What a shopper would be offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trial {
    /// The country of the address.
    pub country: String,
    /// Its region.
    pub region: String,
    /// The sum of the goods.
    pub goods: Money,
    /// What they weigh, in grams.
    pub weight_g: i64,
    /// The zone in which the address lies.
    pub zone: Option<String>,
    /// What is offered, in the order of the checkout.
    pub offers: Vec<Offer>,
}

/// One way to deliver as a shopper is offered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// What it costs.
    pub rate: Money,
    /// When the parcel arrives.
    pub estimate: Estimate,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
}

/// What to try.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The country; Taiwan when it is empty.
    pub country: String,
    /// The region.
    pub region: String,
    /// The sum of the goods.
    pub goods: Option<Money>,
    /// What they weigh, in grams.
    pub weight_g: i64,
}

/// Ways to deliver and zones, with a trial.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: Asked) -> Result<DeliveryPage, FlowError> {
    let all = delivery::list_all(rx).await?;
    let tariff = zone::tariff(rx).await?;
    let methods = all.iter().map(|m| summary(ctx, m, &tariff.rates)).collect();
    let zones = tariff
        .zones
        .iter()
        .map(|zone| zone_summary(ctx, zone, &tariff.rates, &all))
        .collect();
    Ok(DeliveryPage {
        methods,
        zones,
        trial: trial(rx, ctx, &tariff, asked).await?,
    })
}

fn summary(ctx: &Ctx, method: &DeliveryMethod, rates: &[ZoneRate]) -> MethodSummary {
    let zones = rates.iter().filter(|r| r.method_id == method.id).count();
    MethodSummary {
        id: method.id,
        code: method.code.clone(),
        name: method.name.get(ctx.locale()).to_owned(),
        carrier: carrier::name(&method.carrier, ctx.locale()),
        rate: method.rate,
        free_over: method.free_over,
        days_min: method.days_min,
        days_max: method.days_max,
        cash_on_delivery: method.cash_on_delivery,
        active: method.active,
        pickup: method.pickup.as_ref().map(|own| {
            let chain = own.known_chain();
            chain.map_or_else(|| own.chain.clone(), |chain| chain.name.to_owned())
        }),
        zones: i64::try_from(zones).unwrap_or(i64::MAX),
    }
}

fn zone_summary(ctx: &Ctx, zone: &Zone, rates: &[ZoneRate], all: &[DeliveryMethod]) -> ZoneSummary {
    let own = rates.iter().filter(|r| r.zone_id == zone.id);
    let mut rows: Vec<(i64, RateSummary)> = own
        .filter_map(|rate| {
            let method = all.iter().find(|m| m.id == rate.method_id && m.active)?;
            let money = |amount| Money::new(amount, method.rate.currency);
            let amounts = || rate.steps.iter().map(|step| step.rate);
            let row = RateSummary {
                method: method.name.get(ctx.locale()).to_owned(),
                lowest: money(amounts().min().unwrap_or(0)),
                highest: money(amounts().max().unwrap_or(0)),
                steps: i64::try_from(rate.steps.len()).unwrap_or(i64::MAX),
                basis: rate.basis,
                free_over: rate.free_over.map(money),
                days_min: rate.days_min,
                days_max: rate.days_max,
                cash_on_delivery: rate.cash_on_delivery,
            };
            Some((method.position, row))
        })
        .collect();
    rows.sort_by_key(|(position, _)| *position);
    ZoneSummary {
        id: zone.id,
        name: zone.name.clone(),
        places: zone.places.clone(),
        rates: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

async fn trial(
    rx: &mut Rx,
    ctx: &Ctx,
    tariff: &zone::Tariff,
    asked: Asked,
) -> Result<Trial, FlowError> {
    let currency = shop::load(rx).await?.currency;
    let calendar: ShopCalendar = settings::load(rx, shop::CALENDAR).await?;
    let goods = asked
        .goods
        .unwrap_or_else(|| Money::new(1_000 * currency.scale(), currency));
    let country = if asked.country.trim().is_empty() {
        "TW".to_owned()
    } else {
        asked.country.trim().to_uppercase()
    };
    let place = Place {
        country: &country,
        region: &asked.region,
    };
    let quotes = delivery::quote(
        &tariff.at(place),
        goods,
        asked.weight_g,
        ctx.now(),
        &calendar,
    );
    let offers = quotes.into_iter().map(|quote| Offer {
        name: quote.name.get(ctx.locale()).to_owned(),
        rate: quote.rate,
        estimate: quote.estimate.into(),
        cash_on_delivery: quote.cash_on_delivery,
    });
    Ok(Trial {
        zone: zone::zone_of(&tariff.zones, place).map(|zone| zone.name.clone()),
        offers: offers.collect(),
        goods,
        weight_g: asked.weight_g,
        region: asked.region,
        country,
    })
}

/// A way to deliver with everything that can be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MethodPage {
    /// The way; null for a new one.
    pub id: Option<DeliveryMethodId>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Texts,
    /// One line about it.
    pub description: Texts,
    /// Code of who carries it.
    pub carrier: String,
    /// Who carries parcels.
    pub carriers: Vec<NamedCode>,
    /// Code of the chain of stores at which parcels are collected; empty where they go to an address.
    pub pickup_chain: String,
    /// The chains there are.
    pub chains: Vec<NamedCode>,
    /// Days for which a store keeps a parcel.
    pub pickup_days: i64,
    /// The most that one parcel to a store may be worth; null without a limit.
    pub pickup_most: Option<Money>,
    /// What it costs.
    pub rate: Option<Money>,
    /// From this sum of goods on it costs nothing.
    pub free_over: Option<Money>,
    /// The fewest working days it takes.
    pub days_min: i64,
    /// The most working days it takes.
    pub days_max: i64,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
    /// The heaviest cart it takes, in grams.
    pub max_weight_g: Option<i64>,
    /// Its place in lists.
    pub position: i64,
    /// Whether it is offered.
    pub active: bool,
    /// What the shop charges in.
    pub currency: String,
    /// Zones in which it has rates of their own.
    pub zones: i64,
}

fn chains() -> Vec<NamedCode> {
    let all = pickup::CHAINS.iter();
    all.map(|chain| NamedCode {
        code: chain.code.to_owned(),
        name: chain.name.to_owned(),
    })
    .collect()
}

/// A way to deliver, or an empty form for a new one.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn method(
    rx: &mut Rx,
    ctx: &Ctx,
    id: Option<DeliveryMethodId>,
) -> Result<MethodPage, FlowError> {
    let money = shop::load(rx).await?.currency;
    let currency = money.code().to_owned();
    let all = delivery::list_all(rx).await?;
    let most =
        (money == Currency::TWD).then(|| Money::new(stores::USUAL_MOST * money.scale(), money));
    let carriers = carrier::list(ctx.locale())
        .into_iter()
        .map(|c| NamedCode {
            code: c.code,
            name: c.name,
        })
        .collect();
    let Some(id) = id else {
        return Ok(MethodPage {
            id: None,
            code: String::new(),
            name: Texts::default(),
            description: Texts::default(),
            carrier: "tcat".to_owned(),
            carriers,
            pickup_chain: String::new(),
            chains: chains(),
            pickup_days: stores::USUAL_DAYS,
            pickup_most: most,
            rate: None,
            free_over: None,
            days_min: 1,
            days_max: 3,
            cash_on_delivery: false,
            max_weight_g: None,
            position: all.iter().map(|m| m.position).max().unwrap_or(0) + 1,
            active: true,
            currency,
            zones: 0,
        });
    };
    let method = all
        .into_iter()
        .find(|m| m.id == id)
        .ok_or(FlowError::NotFound)?;
    let rates = zone::rates(rx).await?;
    let (pickup_chain, pickup_days, pickup_most) = method.pickup.map_or_else(
        || (String::new(), stores::USUAL_DAYS, most),
        |own| (own.chain, own.keep_days, own.most),
    );
    let zones = rates.iter().filter(|r| r.method_id == id).count();
    Ok(MethodPage {
        id: Some(id),
        code: method.code,
        name: method.name,
        description: method.description,
        carrier: method.carrier,
        carriers,
        pickup_chain,
        chains: chains(),
        pickup_days,
        pickup_most,
        rate: Some(method.rate),
        free_over: method.free_over,
        days_min: method.days_min,
        days_max: method.days_max,
        cash_on_delivery: method.cash_on_delivery,
        max_weight_g: method.max_weight_g,
        position: method.position,
        active: method.active,
        currency,
        zones: i64::try_from(zones).unwrap_or(i64::MAX),
    })
}
