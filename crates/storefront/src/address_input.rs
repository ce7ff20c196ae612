//! An address as it is sent by a form or a program.

use kernel::{Address, pickup::Store};
use schemars::JsonSchema;
use serde::Deserialize;

/// An address as it is sent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AddressInput {
    /// Who receives.
    pub(crate) name: String,
    /// Their telephone number, when it is another than the buyer's.
    pub(crate) phone: String,
    /// ISO 3166-1 alpha-2 code; `TW` where none is given.
    country: String,
    /// Postal code; that of a district of Taiwan is known.
    postal_code: String,
    /// County or city of the first level; area of Hong Kong; province.
    region: String,
    /// District or township; city.
    city: String,
    /// District below a city of the mainland.
    district: String,
    /// Street, lane, number, floor.
    pub(crate) line1: String,
    /// Anything more.
    line2: Option<String>,
    /// The store at which the parcel is collected, where the way to deliver ends at one.
    store: Option<StoreInput>,
}

/// A store as it is sent; which chain it belongs to, the way to deliver says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreInput {
    /// Its number within the chain.
    number: String,
    /// What the chain calls it.
    name: String,
}

impl AddressInput {
    /// The address as its country has it, with `phone` where no other number was given.
    pub(crate) fn address(&self, phone: &str) -> Address {
        let or = |text: &str, otherwise: &str| {
            let text = text.trim();
            let chosen = if text.is_empty() { otherwise } else { text };
            chosen.trim().to_owned()
        };
        let sent = Address {
            name: self.name.clone(),
            phone: or(&self.phone, phone),
            country: or(&self.country, "TW").to_uppercase(),
            postal_code: self.postal_code.clone(),
            region: self.region.clone(),
            city: self.city.clone(),
            district: self.district.clone(),
            line1: self.line1.clone(),
            line2: self.line2.clone(),
            store: self
                .store
                .as_ref()
                .and_then(|store| Store::typed(&store.number, &store.name)),
        };
        sent.tidied()
    }
}
