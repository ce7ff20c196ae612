//! How far parcels go by what the zones say.

use std::borrow::Cow;

use kernel::DeliveryMethodId;

use crate::{
    DeliveryMethod,
    zone::{Place, Tariff, zone_of},
};

impl Tariff {
    /// The ways to deliver to a place, each with what it costs there. Where a store of the buyer's choice is, is not known:
    /// it costs what it costs where only the country of the chain is known.
    #[must_use]
    pub fn at(&self, place: Place<'_>) -> Cow<'_, [DeliveryMethod]> {
        let goes = |method: &DeliveryMethod| {
            let stores = method.pickup.as_ref();
            stores.is_none_or(|stores| stores.is_in(place.country))
        };
        if self.rates.is_empty() && self.methods.iter().all(goes) {
            return Cow::Borrowed(&self.methods);
        }
        let (zone, counters) = (
            zone_of(&self.zones, place),
            zone_of(
                &self.zones,
                Place {
                    region: "",
                    ..place
                },
            ),
        );
        let there = self
            .methods
            .iter()
            .filter(|m| goes(m))
            .filter_map(|method| {
                let zone = if method.pickup.is_some() {
                    counters
                } else {
                    zone
                };
                let mut own = self
                    .rates
                    .iter()
                    .filter(|r| r.method_id == method.id)
                    .peekable();
                own.peek()?;
                let rate = own.find(|rate| Some(rate.zone_id) == zone.map(|z| z.id))?;
                Some(method.with(rate))
            });
        let everywhere = self
            .methods
            .iter()
            .filter(|m| goes(m) && self.rates.iter().all(|r| r.method_id != m.id))
            .cloned();
        let mut found: Vec<DeliveryMethod> = there.chain(everywhere).collect();
        found.sort_by(|a, b| (a.position, &a.code).cmp(&(b.position, &b.code)));
        Cow::Owned(found)
    }

    /// The ways to deliver where most parcels go, for pages that know no address yet: in the first zone.
    #[must_use]
    pub fn at_home(&self) -> Cow<'_, [DeliveryMethod]> {
        let first = self.zones.first().and_then(|zone| zone.places.first());
        self.at(first.map_or_else(Place::default, |place| Place {
            country: &place.country,
            region: place.regions.first().map_or("", String::as_str),
        }))
    }

    /// The countries of the zones in which some way to deliver has a rate, in the order of the zones;
    /// [`ANYWHERE`](crate::zone::ANYWHERE) for everywhere else.
    #[must_use]
    pub fn countries(&self) -> Vec<&str> {
        let offered = |id: DeliveryMethodId| self.methods.iter().any(|method| method.id == id);
        let mut found: Vec<&str> = Vec::new();
        for zone in &self.zones {
            let mut own = self.rates.iter().filter(|rate| rate.zone_id == zone.id);
            if !own.any(|rate| offered(rate.method_id)) {
                continue;
            }
            for place in &zone.places {
                if !found.contains(&place.country.as_str()) {
                    found.push(&place.country);
                }
            }
        }
        found
    }

    /// Whether some way to deliver has no rates in zones, so that no zone says how far it goes.
    #[must_use]
    pub fn goes_beyond_zones(&self) -> bool {
        let rated = |id: DeliveryMethodId| self.rates.iter().any(|rate| rate.method_id == id);
        self.methods.iter().any(|method| !rated(method.id))
    }
}
