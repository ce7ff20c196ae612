//! E-mail addresses and telephone numbers: checked, and normalised so that one person is one person (invariant C7).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An e-mail address as it was typed, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Email(String);

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address")]
pub struct InvalidEmail;

impl Email {
    /// Checks the shape: one `@`, a dot in the domain, no spaces or control characters, at most 254 bytes.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(InvalidEmail)?;
        let clean = |part: &str| {
            !part.is_empty()
                && !part.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "<>(),;:\\\"@[]".contains(c)
                })
        };
        let labels_fine = domain.split('.').all(|label| !label.is_empty()) && domain.contains('.');
        if text.len() <= 254 && clean(local) && clean(domain) && labels_fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEmail)
        }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identity behind the address: lower case, without a `+tag`. Two spellings with one key are one person.
    #[must_use]
    pub fn identity(&self) -> String {
        let lower = self.0.to_lowercase();
        let (local, domain) = lower.split_once('@').unwrap_or((lower.as_str(), ""));
        let local = local
            .split('+')
            .next()
            .filter(|l| !l.is_empty())
            .unwrap_or(local);
        format!("{local}@{domain}")
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A telephone number: digits, with a leading `+` when international.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Phone(String);

/// A text that is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a telephone number")]
pub struct InvalidPhone;

impl Phone {
    /// Keeps the digits of what was typed; full-width digits, spaces, dashes and brackets are fine.
    ///
    /// # Errors
    /// Fewer than 8 or more than 15 digits, or other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidPhone> {
        let mut number = String::with_capacity(16);
        for c in text.trim().chars() {
            match c {
                '0'..='9' => number.push(c),
                '０'..='９' => {
                    number.extend(char::from_digit(u32::from(c) - u32::from('０'), 10));
                }
                '+' | '＋' if number.is_empty() => number.push('+'),
                ' ' | '-' | '(' | ')' | '－' | '\u{3000}' | '.' => {}
                _ => return Err(InvalidPhone),
            }
        }
        let digits = number.trim_start_matches('+').len();
        if (8..=15).contains(&digits) {
            Ok(Self(number))
        } else {
            Err(InvalidPhone)
        }
    }

    /// The normalised number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C7: letter case and plus-addressing do not make a new person.
    #[test]
    fn spellings_of_one_address_are_one_identity() {
        let a = Email::parse("Ming.Li+tea@Example.TW").unwrap();
        assert_eq!(a.identity(), "ming.li@example.tw");
    }

    #[test]
    fn addresses_that_would_inject_headers_are_refused() {
        for bad in [
            "a@b",
            "a b@c.tw",
            "a@b.tw\r\nBcc: x@y.tw",
            "@c.tw",
            "a@@b.tw",
            "a@.tw",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn phones_are_read_as_people_type_them() {
        assert_eq!(
            Phone::parse("０９１２-345 678").unwrap().as_str(),
            "0912345678"
        );
        assert!(Phone::parse("12345").is_err());
    }
}
