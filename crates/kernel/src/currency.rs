//! Currencies: ISO 4217 code, exponent, and the step in which they are actually paid.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217.
///
/// The minor unit follows the standard's exponent: 1 TWD is 100 minor units although nobody pays with cents; the
/// smallest amount that can be charged is [`Currency::step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// New Taiwan dollar.
    pub const TWD: Self = Self(*b"TWD");
    /// Hong Kong dollar.
    pub const HKD: Self = Self(*b"HKD");
    /// Chinese yuan (renminbi).
    pub const CNY: Self = Self(*b"CNY");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Japanese yen (no minor unit).
    pub const JPY: Self = Self(*b"JPY");
    /// Kuwaiti dinar (three decimals).
    pub const KWD: Self = Self(*b"KWD");

    /// The three-letter code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimal digits of the minor unit by ISO 4217.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" => 0,
            b"KWD" | b"BHD" | b"OMR" | b"TND" | b"JOD" | b"IQD" => 3,
            _ => 2,
        }
    }

    /// Minor units in one major unit (100 for TWD, 1 for JPY).
    #[must_use]
    pub const fn scale(self) -> i64 {
        10_i64.pow(self.exponent())
    }

    /// The smallest chargeable amount in minor units: 100 for TWD (whole dollars), otherwise 1.
    #[must_use]
    pub const fn step(self) -> i64 {
        match &self.0 {
            b"TWD" => 100,
            _ => 1,
        }
    }

    /// The sign people write before an amount.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match &self.0 {
            b"TWD" => "NT$",
            b"HKD" => "HK$",
            b"CNY" | b"JPY" => "¥",
            b"GBP" => "£",
            b"USD" => "US$",
            b"EUR" => "€",
            _ => "",
        }
    }
}

/// A text that is not a three-letter currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a currency code of three capital letters")]
pub struct UnknownCurrency(pub String);

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(UnknownCurrency(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 code" })
    }
}
