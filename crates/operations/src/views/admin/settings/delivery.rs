//! Ways to deliver, zones and their rates, and what a shopper at some address would be offered.

use fulfilment::{
    calendar::ShopCalendar,
    carrier,
    delivery::{self, DeliveryMethod},
    zone::{self, Basis, Place, Zone, ZonePlace, ZoneRate},
};
use kernel::{DeliveryMethodId, DeliveryZoneId, Money, Texts};
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

/// A way to deliver, or an empty form for a new one.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn method(
    rx: &mut Rx,
    ctx: &Ctx,
    id: Option<DeliveryMethodId>,
) -> Result<MethodPage, FlowError> {
    let currency = shop::load(rx).await?.currency.code().to_owned();
    let all = delivery::list_all(rx).await?;
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
    let zones = rates.iter().filter(|r| r.method_id == id).count();
    Ok(MethodPage {
        id: Some(id),
        code: method.code,
        name: method.name,
        description: method.description,
        carrier: method.carrier,
        carriers,
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

/// A zone with everything that can be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ZonePage {
    /// The zone; null for a new one.
    pub id: Option<DeliveryZoneId>,
    /// What the staff call it.
    pub name: String,
    /// What it covers, one place a line: `TW`, `TW 澎湖縣 金門縣`, `*`.
    pub places: String,
    /// Its place in lists.
    pub position: i64,
    /// What the shop charges in.
    pub currency: String,
    /// Every way to deliver, with what it costs here.
    pub rates: Vec<RateRow>,
}

/// A way to deliver in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RateRow {
    /// The code of the way.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is offered here.
    pub offered: bool,
    /// What the steps are counted in.
    pub basis: Basis,
    /// The steps.
    pub steps: Vec<StepRow>,
    /// From this sum of goods on it costs nothing.
    pub free_over: Option<Money>,
    /// The fewest working days it takes.
    pub days_min: i64,
    /// The most working days it takes.
    pub days_max: i64,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
}

/// A step of a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepRow {
    /// From this weight on, in grams; null when sums count.
    pub from_g: Option<i64>,
    /// From this sum of goods on; null when weights count.
    pub from: Option<Money>,
    /// What it costs.
    pub rate: Money,
}

/// A zone, or an empty form for a new one.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn zone(
    rx: &mut Rx,
    ctx: &Ctx,
    id: Option<DeliveryZoneId>,
) -> Result<ZonePage, FlowError> {
    let currency = shop::load(rx).await?.currency.code().to_owned();
    let tariff = zone::tariff(rx).await?;
    let known = match id {
        Some(id) => Some(
            tariff
                .zones
                .iter()
                .find(|z| z.id == id)
                .ok_or(FlowError::NotFound)?,
        ),
        None => None,
    };
    let rates = tariff.methods.iter().map(|method| {
        let own = |rate: &&ZoneRate| Some(rate.zone_id) == id && rate.method_id == method.id;
        rate_row(ctx, method, tariff.rates.iter().find(own))
    });
    Ok(ZonePage {
        id,
        name: known.map_or_else(String::new, |zone| zone.name.clone()),
        places: known.map_or_else(String::new, |zone| lines(&zone.places)),
        position: known.map_or_else(
            || tariff.zones.iter().map(|z| z.position).max().unwrap_or(0) + 1,
            |zone| zone.position,
        ),
        currency,
        rates: rates.collect(),
    })
}

fn rate_row(ctx: &Ctx, method: &DeliveryMethod, rate: Option<&ZoneRate>) -> RateRow {
    let money = |amount| Money::new(amount, method.rate.currency);
    let steps = rate.map_or_else(
        || {
            vec![StepRow {
                from_g: None,
                from: Some(money(0)),
                rate: method.rate,
            }]
        },
        |rate| {
            let step = |step: &zone::Step| StepRow {
                from_g: (rate.basis == Basis::Weight).then_some(step.from),
                from: (rate.basis == Basis::Amount).then(|| money(step.from)),
                rate: money(step.rate),
            };
            rate.steps.iter().map(step).collect()
        },
    );
    RateRow {
        code: method.code.clone(),
        name: method.name.get(ctx.locale()).to_owned(),
        offered: rate.is_some(),
        basis: rate.map_or(Basis::Amount, |r| r.basis),
        steps,
        free_over: rate.map_or(method.free_over, |r| r.free_over.map(money)),
        days_min: rate.map_or(method.days_min, |r| r.days_min),
        days_max: rate.map_or(method.days_max, |r| r.days_max),
        cash_on_delivery: rate.map_or(method.cash_on_delivery, |r| r.cash_on_delivery),
    }
}

/// Places as people write them, one a line.
fn lines(places: &[ZonePlace]) -> String {
    let line = |place: &ZonePlace| {
        let mut words = vec![place.country.clone()];
        words.extend(place.regions.iter().cloned());
        words.join(" ")
    };
    places.iter().map(line).collect::<Vec<_>>().join("\n")
}
