//! One zone with what each way to deliver costs there.

use fulfilment::{
    delivery::DeliveryMethod,
    zone::{self, Basis, ZonePlace, ZoneRate},
};
use kernel::{DeliveryZoneId, Money};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{FlowError, shop};

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
