//! Postal addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a parcel goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Address {
    /// Who receives.
    pub name: String,
    /// Their telephone number, for the courier.
    #[serde(default)]
    pub phone: String,
    /// ISO 3166-1 alpha-2 code, `TW` by default.
    #[serde(default = "taiwan")]
    pub country: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// County or city of the first level (縣市), province on the mainland.
    #[serde(default)]
    pub region: String,
    /// District or township (鄉鎮市區), city on the mainland.
    #[serde(default)]
    pub city: String,
    /// Street, lane, number, floor.
    pub line1: String,
    /// Anything more.
    #[serde(default)]
    pub line2: Option<String>,
}

fn taiwan() -> String {
    "TW".to_owned()
}

/// What is wrong with a field of an address: field name and the message key of the reason.
pub type AddressProblem = (&'static str, &'static str);

impl Address {
    /// The largest length of one field, in characters.
    pub const MAX_FIELD: usize = 200;

    /// Everything that keeps a parcel from arriving. Empty when the address is complete.
    #[must_use]
    pub fn problems(&self) -> Vec<AddressProblem> {
        let required = [
            ("name", &self.name),
            ("region", &self.region),
            ("city", &self.city),
            ("line1", &self.line1),
        ];
        let mut found: Vec<AddressProblem> = required
            .iter()
            .filter(|(_, value)| value.trim().is_empty())
            .map(|(field, _)| (*field, "error-required"))
            .collect();
        let all = [
            &self.name,
            &self.phone,
            &self.postal_code,
            &self.region,
            &self.city,
            &self.line1,
        ];
        if all
            .iter()
            .any(|v| v.chars().count() > Self::MAX_FIELD || v.chars().any(char::is_control))
        {
            found.push(("line1", "error-too-long"));
        }
        if crate::Phone::parse(&self.phone).is_err() {
            found.push(("phone", "error-phone"));
        }
        if self.country == "TW" && !matches!(self.postal_code.len(), 3 | 5 | 6) {
            found.push(("postal_code", "error-postal-code"));
        }
        found
    }

    /// One line in the order of the country: largest place first in Chinese-speaking places.
    #[must_use]
    pub fn one_line(&self) -> String {
        let line2 = self.line2.as_deref().unwrap_or_default();
        let parts = match self.country.as_str() {
            "TW" | "CN" | "HK" | "MO" => {
                return format!(
                    "{} {}{}{}{}",
                    self.postal_code, self.region, self.city, self.line1, line2
                )
                .trim()
                .to_owned();
            }
            _ => [
                self.line1.as_str(),
                line2,
                &self.city,
                &self.region,
                &self.postal_code,
                &self.country,
            ],
        };
        parts
            .iter()
            .filter(|p| !p.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    }
}
