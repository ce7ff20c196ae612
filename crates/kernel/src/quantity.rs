//! How many units of a variant somebody wants: a whole number from 1 to a limit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A count of units between 1 and [`Quantity::MAX`] (invariant O3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Quantity(#[schemars(range(min = 1, max = 9999))] i64);

/// A number that is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a whole number from 1 to {}", Quantity::MAX)]
pub struct InvalidQuantity;

impl Quantity {
    /// The largest quantity of one line.
    pub const MAX: i64 = 9_999;
    /// A single unit.
    pub const ONE: Self = Self(1);

    /// Checks the bounds.
    ///
    /// # Errors
    /// A number below 1 or above [`Quantity::MAX`].
    pub const fn new(count: i64) -> Result<Self, InvalidQuantity> {
        if count >= 1 && count <= Self::MAX {
            Ok(Self(count))
        } else {
            Err(InvalidQuantity)
        }
    }

    /// The number of units.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// Accepts a JSON number or the text of one, since forms send text.
impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(i64),
            Text(String),
        }
        let count = match Written::deserialize(deserializer)? {
            Written::Number(n) => n,
            Written::Text(t) => t
                .trim()
                .parse()
                .map_err(|_| serde::de::Error::custom(InvalidQuantity))?,
        };
        Self::new(count).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O3: zero, negative and absurd quantities are refused, from numbers and from text.
    #[test]
    fn only_sensible_quantities_exist() {
        for bad in ["0", "-1", "10000", "\"abc\"", "1.5", "99999999999999999999"] {
            assert!(serde_json::from_str::<Quantity>(bad).is_err(), "{bad}");
        }
        assert_eq!(serde_json::from_str::<Quantity>("\"3\"").unwrap().get(), 3);
    }
}
