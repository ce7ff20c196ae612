//! Stores at which a buyer collects a parcel, and the chains they belong to (CHK-04).
//!
//! A store stands in an [`Address`] in place of a street. The clerk hands the parcel over against an identity card, so
//! the recipient's name is the one on it, and tells of its arrival by a message to a mobile telephone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Address, Phone, address::AddressProblem};

/// A chain of convenience stores that keeps parcels.
#[derive(Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its code, which is also that of the carrier who brings parcels to its stores.
    pub code: &'static str,
    /// Its name as it stands at its doors.
    pub name: &'static str,
    /// ISO 3166-1 alpha-2 code of where its stores are.
    pub country: &'static str,
    /// Digits of a store's number.
    pub digits: usize,
    /// The chain's own page on which people look a store up.
    pub finder: &'static str,
    /// Key of the sentence that says what a number looks like.
    wrong_number: &'static str,
}

/// Every chain. The numbers are those that the couriers of the chains read: six digits at 7-ELEVEN and `FamilyMart`,
/// four at Hi-Life and OK mart.
pub const CHAINS: &[Chain] = &[
    Chain {
        code: "711",
        name: "7-ELEVEN",
        country: "TW",
        digits: 6,
        finder: "https://emap.pcsc.com.tw/",
        wrong_number: "error-store-number-six",
    },
    Chain {
        code: "family",
        name: "全家 FamilyMart",
        country: "TW",
        digits: 6,
        finder: "https://www.family.com.tw/Marketing/zh/Map",
        wrong_number: "error-store-number-six",
    },
    Chain {
        code: "hilife",
        name: "萊爾富 Hi-Life",
        country: "TW",
        digits: 4,
        finder: "https://www.hilife.com.tw/storeInquiry_street.aspx",
        wrong_number: "error-store-number-four",
    },
    Chain {
        code: "okmart",
        name: "OKmart",
        country: "TW",
        digits: 4,
        finder: "https://www.okmart.com.tw/convenient_shopSearch",
        wrong_number: "error-store-number-four",
    },
];

/// The chain of this code.
#[must_use]
pub fn chain(code: &str) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.code == code)
}

/// A store at which a parcel waits for its recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Store {
    /// The code of its chain; empty until a way to deliver says which.
    pub chain: String,
    /// Its number within the chain.
    pub number: String,
    /// What the chain calls it.
    pub name: String,
    /// Days for which it keeps the parcel; 0 until a way to deliver says how many.
    pub keep_days: i64,
}

impl Store {
    /// The store with no space around words and narrow digits; `None` when neither number nor name was typed.
    #[must_use]
    pub fn typed(number: &str, name: &str) -> Option<Self> {
        let narrow = |c: char| match u32::from(c) {
            wide @ 0xff10..=0xff19 => char::from_u32(wide - 0xfee0).unwrap_or(c),
            _ => c,
        };
        let store = Self {
            number: number.trim().chars().map(narrow).collect(),
            name: name.trim().to_owned(),
            ..Self::default()
        };
        (!store.number.is_empty() || !store.name.is_empty()).then_some(store)
    }

    /// What the chain is called; a code that is no chain any more is its own name.
    #[must_use]
    pub fn chain_name(&self) -> &str {
        chain(&self.chain).map_or(&self.chain, |chain| chain.name)
    }

    /// Everything that keeps a parcel from being handed over there to this person.
    pub(crate) fn problems(&self, name: &str, phone: &str) -> Vec<AddressProblem> {
        let mut found: Vec<AddressProblem> = Vec::new();
        if name.trim().is_empty() {
            found.push(("name", "error-required"));
        } else if !is_real_name(name) {
            found.push(("name", "error-real-name"));
        }
        let chain = chain(&self.chain);
        if mobile(chain.map_or("", |chain| chain.country), phone).is_none() {
            found.push(("phone", "error-mobile"));
        }
        let digits = self.number.bytes().all(|b| b.is_ascii_digit());
        match chain {
            None => found.push(("store.number", "error-store-chain")),
            Some(_) if self.number.is_empty() => {
                found.push(("store.number", "error-required"));
            }
            Some(chain) if !digits || self.number.len() != chain.digits => {
                found.push(("store.number", chain.wrong_number));
            }
            Some(_) => {}
        }
        let long = self.name.chars().count() > Address::MAX_FIELD;
        if self.name.is_empty() {
            found.push(("store.name", "error-required"));
        } else if long || self.name.chars().any(char::is_control) {
            found.push(("store.name", "error-too-long"));
        }
        found
    }
}

/// Whether this can be the name on an identity card: two letters at least, no digits and none of the signs that people
/// decorate names with.
fn is_real_name(name: &str) -> bool {
    let name = name.trim();
    let joins = |c: char| {
        matches!(
            c,
            ' ' | '\u{3000}' | '·' | '‧' | '・' | '.' | '-' | '\'' | '’' | ','
        )
    };
    name.chars().count() <= Address::MAX_FIELD
        && name.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && name.chars().all(|c| c.is_alphabetic() || joins(c))
}

/// The number of a mobile telephone as the chains of a country take it: in Taiwan `09` and eight digits, whatever stood
/// around them. Elsewhere any number that can be called.
#[must_use]
pub fn mobile(country: &str, typed: &str) -> Option<String> {
    let number = Phone::parse(typed).ok()?;
    let number = number.as_str();
    if country != "TW" {
        return Some(number.to_owned());
    }
    let local = ["+886", "00886", "886"]
        .iter()
        .find_map(|code| number.strip_prefix(code))
        .map_or_else(
            || number.to_owned(),
            |rest| format!("0{}", rest.trim_start_matches('0')),
        );
    (local.len() == 10 && local.starts_with("09")).then_some(local)
}

impl Address {
    /// The same recipient at a store; nothing of a street stays.
    #[must_use]
    pub fn at_store(&self, store: Store) -> Self {
        let country = chain(&store.chain).map_or("", |chain| chain.country);
        let phone = mobile(country, &self.phone);
        Self {
            name: self.name.trim().to_owned(),
            phone: phone.unwrap_or_else(|| self.phone.clone()),
            country: country.to_owned(),
            store: Some(store),
            ..Self::default()
        }
    }

    /// The same recipient at their own door; no store stays.
    #[must_use]
    pub fn at_door(&self) -> Self {
        Self {
            store: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(chain: &str, number: &str, name: &str, phone: &str) -> Vec<(&'static str, &'static str)> {
        let recipient = Address {
            name: name.into(),
            phone: phone.into(),
            line1: "茶香路 12 號".into(),
            ..Address::default()
        };
        let store = Store {
            chain: chain.into(),
            keep_days: 7,
            ..Store::typed(number, "建盛門市").unwrap()
        };
        recipient.at_store(store).problems()
    }

    /// CHK-04: a store is named by the number its chain gives it, and handed to somebody who can show who they are and
    /// whom the chain can reach; each mistake is told at its field, and no street is asked for.
    #[test]
    fn a_store_takes_what_its_chain_takes() {
        for (chain, number) in [
            ("711", "131386"),
            ("family", "006598"),
            ("hilife", "2001"),
            ("okmart", "1328"),
        ] {
            assert_eq!(at(chain, number, "王小明", "0912345678"), [], "{chain}");
        }
        assert_eq!(
            at("711", "１３１３８６", "歐陽‧娜娜", "+886 912-345-678"),
            []
        );
        for bad in ["13138", "1313866", "13138a", "12 345"] {
            assert_eq!(
                at("711", bad, "王小明", "0912345678"),
                [("store.number", "error-store-number-six")],
                "{bad}"
            );
        }
        assert_eq!(
            at("hilife", "131386", "王小明", "0912345678"),
            [("store.number", "error-store-number-four")]
        );
        assert_eq!(
            at("", "131386", "王小明", "0912345678"),
            [("store.number", "error-store-chain")]
        );
        for bad in ["王", "小明123", "❤小明❤", "A"] {
            assert_eq!(
                at("711", "131386", bad, "0912345678"),
                [("name", "error-real-name")],
                "{bad}"
            );
        }
        for bad in ["02-2345-6789", "091234567", "", "+852 9123 4567"] {
            assert_eq!(
                at("711", "131386", "王小明", bad),
                [("phone", "error-mobile")],
                "{bad}"
            );
        }
    }

    /// CHK-04: what stands on the parcel is the store; going back to the door leaves no store behind.
    #[test]
    fn a_store_stands_where_the_street_stood() {
        let home = Address {
            name: " 王小明 ".into(),
            phone: "+886-912-345-678".into(),
            region: "臺北市".into(),
            line1: "茶香路 12 號".into(),
            ..Address::default()
        };
        let store = Store {
            chain: "family".into(),
            keep_days: 7,
            ..Store::typed(" 006598 ", " 建國店 ").unwrap()
        };
        let there = home.at_store(store);
        assert_eq!(there.lines(), ["全家 FamilyMart 006598", "建國店"]);
        assert_eq!(there.one_line(), "全家 FamilyMart 006598 建國店");
        assert_eq!(
            (
                there.phone.as_str(),
                there.region.as_str(),
                there.country.as_str()
            ),
            ("0912345678", "", "TW")
        );
        assert_eq!(there.at_door().store, None);
        assert_eq!(Store::typed("  ", ""), None);
    }

    /// CHK-04: every chain has a page of its own to look a store up, and no code twice.
    #[test]
    fn chains_can_be_told_apart() {
        for (n, one) in CHAINS.iter().enumerate() {
            assert!(one.finder.starts_with("https://"));
            assert!(
                CHAINS
                    .iter()
                    .take(n)
                    .all(|other| other.code != one.code && other.name != one.name)
            );
            assert_eq!(chain(one.code), Some(one));
        }
    }
}
