//! What is decided about a place where stock lies: what it is for, whom it serves, what it is called.

use kernel::Address;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Characters of a code and of a name.
const CODE: usize = 32;
const NAME: usize = 80;

/// What a place is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceState {
    /// Orders are served from here.
    #[default]
    Ships,
    /// Goods lie here and are not for sale: samples, what is to be mended, a shop with a till of its own.
    Keeps,
    /// Nothing lies here any more.
    Closed,
}

impl PlaceState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ships, Self::Keeps, Self::Closed];

    /// The state as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ships => "ships",
            Self::Keeps => "keeps",
            Self::Closed => "closed",
        }
    }
}

/// A text that names no state of a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no state of a place")]
pub struct UnknownPlaceState;

impl std::str::FromStr for PlaceState {
    type Err = UnknownPlaceState;

    fn from_str(text: &str) -> Result<Self, UnknownPlaceState> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.code() == text)
            .ok_or(UnknownPlaceState)
    }
}

/// A country, or some regions of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Area {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Counties or cities of the first level; none for the whole country.
    #[serde(default)]
    pub regions: Vec<String>,
}

/// What somebody decides about a place.
#[derive(Debug, Clone, Default)]
pub struct PlaceDraft {
    /// Its short name for programs: small letters, digits and hyphens.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Where parcels from here come from.
    pub address: Address,
    /// Goods leave from the smallest number first.
    pub priority: i64,
    /// Where it is the first to send to.
    pub serves: Vec<Area>,
    /// Whether orders are served from here.
    pub ships: bool,
}

impl PlaceDraft {
    /// The first field that cannot be, with the key of the reason.
    pub(crate) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let code = &self.code;
        let clean = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if code.is_empty() || code.len() > CODE || !code.chars().all(clean) {
            return Some(("code", "error-location-code"));
        }
        if self.name.trim().is_empty() {
            return Some(("name", "error-required"));
        }
        if self.name.chars().count() > NAME {
            return Some(("name", "error-too-long"));
        }
        if !(0..=1_000).contains(&self.priority) {
            return Some(("priority", "error-invalid-value"));
        }
        let country = |area: &Area| {
            area.country.len() == 2 && area.country.bytes().all(|b| b.is_ascii_uppercase())
        };
        if !self.serves.iter().all(country) || self.serves.len() > 32 {
            return Some(("serves", "error-invalid-value"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INV-14: a place has a code that files can name, a name and a sensible number.
    #[test]
    fn a_place_says_what_is_wrong_with_it() {
        let good = PlaceDraft {
            code: "north-1".to_owned(),
            name: "北倉".to_owned(),
            ..PlaceDraft::default()
        };
        assert_eq!(good.problem(), None);
        let field = |change: fn(&mut PlaceDraft)| {
            let mut draft = good.clone();
            change(&mut draft);
            draft.problem().map(|(field, _)| field)
        };
        assert_eq!(field(|d| d.code = "North".to_owned()), Some("code"));
        assert_eq!(field(|d| d.name = " ".to_owned()), Some("name"));
        assert_eq!(field(|d| d.priority = -1), Some("priority"));
        let nowhere = |d: &mut PlaceDraft| {
            d.serves = vec![Area {
                country: "tw".to_owned(),
                regions: Vec::new(),
            }];
        };
        assert_eq!(field(nowhere), Some("serves"));
    }
}
