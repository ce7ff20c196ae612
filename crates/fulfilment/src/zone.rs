//! Zones: where parcels go, and what each way to deliver costs there.
//!
//! An address lies in one zone: the one that names its region, else the one with its whole country, else the one for
//! everywhere. A way to deliver that has rates in zones is offered only in those; one without is offered everywhere at
//! its own rate.

use kernel::{Address, Currency, DeliveryMethodId, DeliveryZoneId, Money};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DeliveryMethod, FulfilmentError, delivery};

/// The country code of everywhere else.
pub const ANYWHERE: &str = "*";
/// Steps of one rate.
const STEPS: usize = 12;
/// Characters of a name.
const NAME: usize = 80;

/// Where a parcel goes, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place<'a> {
    /// ISO 3166-1 alpha-2; empty while it is not known.
    pub country: &'a str,
    /// County or city of the first level; empty while it is not known.
    pub region: &'a str,
}

impl<'a> From<&'a Address> for Place<'a> {
    fn from(address: &'a Address) -> Self {
        Self {
            country: &address.country,
            region: &address.region,
        }
    }
}

/// A part of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZonePlace {
    /// ISO 3166-1 alpha-2, or `*` for everywhere else.
    pub country: String,
    /// Counties or cities of the first level; none for the whole country.
    #[serde(default)]
    pub regions: Vec<String>,
}

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Zone {
    /// Its key.
    pub id: DeliveryZoneId,
    /// What the staff call it.
    pub name: String,
    /// What it covers.
    pub places: Vec<ZonePlace>,
    /// Its place in lists, smallest first.
    pub position: i64,
}

/// What the steps of a rate are counted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Grams of the whole cart.
    Weight,
    /// The sum of the goods.
    #[default]
    Amount,
}

/// From this weight or sum on, the rate is this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Grams, or minor units of the currency.
    pub from: i64,
    /// What it costs, in minor units.
    pub rate: i64,
}

/// What a way to deliver costs in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ZoneRate {
    /// The way to deliver.
    pub method_id: DeliveryMethodId,
    /// The zone.
    pub zone_id: DeliveryZoneId,
    /// What the steps are counted in.
    pub basis: Basis,
    /// The steps, from 0 on, rising.
    pub steps: Vec<Step>,
    /// From this sum of goods on it costs nothing, in minor units.
    pub free_over: Option<i64>,
    /// The fewest working days it takes.
    pub days_min: i64,
    /// The most working days it takes.
    pub days_max: i64,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
}

/// All ways to deliver that are offered, with what they cost where.
#[derive(Debug, Clone, Default)]
pub struct Tariff {
    /// The ways, in their order.
    pub methods: Vec<DeliveryMethod>,
    /// The zones, in their order.
    pub zones: Vec<Zone>,
    /// The rates in the zones.
    pub rates: Vec<ZoneRate>,
}

/// The zone in which a place lies. While only the country is known, it is the zone of the whole country, or the first
/// with a part of it; while nothing is known, the first zone.
#[must_use]
pub fn zone_of<'a>(zones: &'a [Zone], place: Place<'_>) -> Option<&'a Zone> {
    if place.country.is_empty() {
        return zones.first();
    }
    let best = zones
        .iter()
        .filter_map(|zone| Some((zone.fit(place)?, zone)))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, zone)| zone)
}

impl Zone {
    /// How well a zone fits a place: 3 by its region, 2 by its country, 1 by a part of the country while the region is
    /// not known, 0 as everywhere else.
    fn fit(&self, place: Place<'_>) -> Option<u8> {
        let region = plain_region(place.region);
        let fits = self.places.iter().filter_map(|own| {
            if own.country == ANYWHERE {
                return Some(0);
            }
            if !own.country.eq_ignore_ascii_case(place.country) {
                return None;
            }
            if own.regions.is_empty() {
                return Some(2);
            }
            if region.is_empty() {
                return Some(1);
            }
            own.regions
                .iter()
                .any(|r| plain_region(r) == region)
                .then_some(3)
        });
        fits.max()
    }
}

/// 台 and 臺 are one sign.
fn plain_region(text: &str) -> String {
    text.trim().replace('台', "臺")
}

/// The rate for a cart: of the last step that it reaches.
#[must_use]
pub fn rate_at(steps: &[Step], reached: i64) -> Option<i64> {
    steps
        .iter()
        .filter(|step| step.from <= reached)
        .max_by_key(|step| step.from)
        .map(|step| step.rate)
}

/// A zone about to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewZone {
    /// What the staff call it.
    pub name: String,
    /// What it covers.
    pub places: Vec<ZonePlace>,
    /// Its place in lists.
    pub position: i64,
    /// What the ways to deliver cost there, by their codes; ways that are missing are not offered there.
    pub rates: Vec<(String, NewRate)>,
}

/// What a way to deliver will cost in a zone; the fields mean the same as in [`ZoneRate`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at ZoneRate")]
pub struct NewRate {
    pub basis: Basis,
    pub steps: Vec<Step>,
    pub free_over: Option<i64>,
    pub days_min: i64,
    pub days_max: i64,
    pub cash_on_delivery: bool,
}

impl NewZone {
    fn check(&self) -> Result<(), FulfilmentError> {
        let wrong = FulfilmentError::InvalidDelivery;
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
            return Err(wrong("name"));
        }
        let known = |place: &ZonePlace| {
            let two =
                place.country.len() == 2 && place.country.bytes().all(|b| b.is_ascii_uppercase());
            (two || (place.country == ANYWHERE && place.regions.is_empty()))
                && place.regions.iter().all(|r| !r.trim().is_empty())
        };
        if self.places.is_empty() || !self.places.iter().all(known) {
            return Err(wrong("places"));
        }
        Ok(())
    }
}

impl NewRate {
    /// Refuses a rate that cannot be charged.
    ///
    /// # Errors
    /// [`FulfilmentError::InvalidDelivery`] naming the field.
    pub fn check(&self, currency: Currency) -> Result<(), FulfilmentError> {
        let payable = |amount: i64| amount >= 0 && amount % currency.step() == 0;
        let rising = self
            .steps
            .iter()
            .zip(self.steps.iter().skip(1))
            .all(|(a, b)| a.from < b.from);
        let steps = self.steps.first().is_some_and(|first| first.from == 0)
            && self.steps.len() <= STEPS
            && rising
            && self.steps.iter().all(|step| payable(step.rate));
        let fields = [
            ("steps", steps),
            ("free_over", self.free_over.is_none_or(payable)),
            ("days_min", self.days_min >= 0),
            ("days_max", (self.days_min..=366).contains(&self.days_max)),
        ];
        match fields.iter().find(|(_, good)| !good) {
            Some((field, _)) => Err(FulfilmentError::InvalidDelivery(field)),
            None => Ok(()),
        }
    }
}

/// Keeps a zone with all its rates: a new one, or in place of what it was. Orders keep what they were placed with.
///
/// # Errors
/// [`FulfilmentError::InvalidDelivery`], [`FulfilmentError::UnknownDelivery`],
/// [`FulfilmentError::UnknownZone`], [`FulfilmentError::PlaceTaken`] when another zone has one of its places.
pub async fn save(
    tx: &mut Tx,
    _ctx: &Ctx,
    id: Option<DeliveryZoneId>,
    zone: &NewZone,
) -> Result<DeliveryZoneId, FulfilmentError> {
    zone.check()?;
    let others = zones(tx).await?;
    for other in others.iter().filter(|other| Some(other.id) != id) {
        if let Some(taken) = shared(&other.places, &zone.places) {
            return Err(FulfilmentError::PlaceTaken {
                place: taken,
                zone: other.name.clone(),
            });
        }
    }
    let places = serde_json::to_value(&zone.places).unwrap_or_default();
    let id = match id {
        Some(id) => {
            let sql =
                "UPDATE delivery_zones SET name = $2, places = $3, position = $4 WHERE id = $1";
            let values = params![id, zone.name.trim(), places, zone.position];
            if tx.execute(sql, values).await? == 0 {
                return Err(FulfilmentError::UnknownZone);
            }
            id
        }
        None => {
            let id = DeliveryZoneId::new();
            let sql =
                "INSERT INTO delivery_zones (id, name, places, position) VALUES ($1, $2, $3, $4)";
            tx.execute_one(sql, params![id, zone.name.trim(), places, zone.position])
                .await?;
            id
        }
    };
    tx.about(|| id.to_string());
    replace_rates(tx, id, &zone.rates).await?;
    tx.forget_recent();
    Ok(id)
}

async fn replace_rates(
    tx: &mut Tx,
    zone: DeliveryZoneId,
    rates: &[(String, NewRate)],
) -> Result<(), FulfilmentError> {
    tx.execute(
        "DELETE FROM delivery_rates WHERE zone_id = $1",
        params![zone],
    )
    .await?;
    for (code, rate) in rates {
        let method = delivery::by_code(tx, code)
            .await?
            .ok_or(FulfilmentError::UnknownDelivery)?;
        rate.check(method.rate.currency)?;
        let sql = "INSERT INTO delivery_rates (method_id, zone_id, basis, steps, free_over, days_min, days_max, cash_on_delivery) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = params![
            method.id,
            zone,
            rate.basis.code(),
            serde_json::to_value(&rate.steps).unwrap_or_default(),
            rate.free_over,
            rate.days_min,
            rate.days_max,
            rate.cash_on_delivery
        ];
        tx.execute_one(sql, values).await?;
    }
    Ok(())
}

/// A place that two zones would share.
fn shared(ours: &[ZonePlace], theirs: &[ZonePlace]) -> Option<String> {
    ours.iter().find_map(|a| {
        let b = theirs.iter().filter(|b| b.country == a.country);
        b.into_iter().find_map(|b| {
            if a.regions.is_empty() && b.regions.is_empty() {
                return Some(a.country.clone());
            }
            a.regions
                .iter()
                .find(|r| b.regions.iter().any(|s| plain_region(s) == plain_region(r)))
                .cloned()
        })
    })
}

/// Takes a zone away with its rates.
///
/// # Errors
/// [`FulfilmentError::UnknownZone`].
pub async fn remove(tx: &mut Tx, _ctx: &Ctx, id: DeliveryZoneId) -> Result<(), FulfilmentError> {
    tx.execute("DELETE FROM delivery_rates WHERE zone_id = $1", params![id])
        .await?;
    match tx
        .execute("DELETE FROM delivery_zones WHERE id = $1", params![id])
        .await?
    {
        0 => Err(FulfilmentError::UnknownZone),
        _ => {
            tx.forget_recent();
            Ok(())
        }
    }
}

/// All zones, in their order.
///
/// # Errors
/// Whatever the database says.
pub async fn zones(rx: &mut Rx) -> Result<Vec<Zone>, FulfilmentError> {
    let sql = "SELECT id, name, places, position FROM delivery_zones ORDER BY position, name, id";
    let rows = rx.rows(sql, &[]).await?;
    let read = |row: &Row| -> Result<Zone, DbError> {
        Ok(Zone {
            id: row.get("id")?,
            name: row.get("name")?,
            places: row.json("places")?,
            position: row.get("position")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// All rates in zones.
///
/// # Errors
/// Whatever the database says.
pub async fn rates(rx: &mut Rx) -> Result<Vec<ZoneRate>, FulfilmentError> {
    let sql = "SELECT method_id, zone_id, basis, steps, free_over, days_min, days_max, cash_on_delivery FROM delivery_rates";
    let rows = rx.rows(sql, &[]).await?;
    let read = |row: &Row| -> Result<ZoneRate, DbError> {
        Ok(ZoneRate {
            method_id: row.get("method_id")?,
            zone_id: row.get("zone_id")?,
            basis: if row.get::<String>("basis")? == Basis::Weight.code() {
                Basis::Weight
            } else {
                Basis::Amount
            },
            steps: row.json("steps")?,
            free_over: row.get("free_over")?,
            days_min: row.get("days_min")?,
            days_max: row.get("days_max")?,
            cash_on_delivery: row.get("cash_on_delivery")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Everything that quotes depend on.
///
/// # Errors
/// Whatever the database says.
pub async fn tariff(rx: &mut Rx) -> Result<Tariff, FulfilmentError> {
    Ok(Tariff {
        methods: delivery::list_active(rx).await?,
        zones: zones(rx).await?,
        rates: rates(rx).await?,
    })
}

impl Basis {
    /// The code as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Amount => "amount",
        }
    }
}

impl DeliveryMethod {
    /// This way with what it costs in a zone.
    pub(crate) fn with(&self, rate: &ZoneRate) -> Self {
        let money = |amount| Money::new(amount, self.rate.currency);
        Self {
            rate: money(
                rate.steps
                    .first()
                    .map_or(self.rate.amount, |step| step.rate),
            ),
            free_over: rate.free_over.map(money),
            days_min: rate.days_min,
            days_max: rate.days_max,
            cash_on_delivery: rate.cash_on_delivery,
            basis: rate.basis,
            steps: rate.steps.clone(),
            ..self.clone()
        }
    }
}
