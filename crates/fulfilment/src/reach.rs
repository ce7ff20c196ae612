//! How far parcels go by what the zones say.

use kernel::DeliveryMethodId;

use crate::zone::Tariff;

impl Tariff {
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
