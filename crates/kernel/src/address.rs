//! Postal addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{address_form::AddressForm, divisions, pickup::Store};

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
    /// County or city of the first level (縣市), area of Hong Kong, province on the mainland.
    #[serde(default)]
    pub region: String,
    /// District or township (鄉鎮市區), district of Hong Kong, city on the mainland.
    #[serde(default)]
    pub city: String,
    /// District or county below a city of the mainland; empty elsewhere.
    #[serde(default)]
    pub district: String,
    /// Street, lane, number, floor.
    pub line1: String,
    /// Anything more.
    #[serde(default)]
    pub line2: Option<String>,
    /// The store at which the recipient collects the parcel; then there is no street.
    #[serde(default)]
    pub store: Option<Store>,
}

fn taiwan() -> String {
    "TW".to_owned()
}

/// What is wrong with a field of an address: field name and the message key of the reason.
pub type AddressProblem = (&'static str, &'static str);

impl Address {
    /// The largest length of one field, in characters.
    pub const MAX_FIELD: usize = 200;

    /// Everything that keeps a parcel from arriving, by the rules of the address's country, or of the chain where it is
    /// collected at a store. Empty when the address is complete.
    #[must_use]
    pub fn problems(&self) -> Vec<AddressProblem> {
        if let Some(store) = &self.store {
            return store.problems(&self.name, &self.phone);
        }
        let form = AddressForm::of(&self.country);
        let mut found: Vec<AddressProblem> = Vec::new();
        if self.name.trim().is_empty() {
            found.push(("name", "error-required"));
        }
        for field in form.fields {
            let value = self.get(field.name);
            if value.trim().is_empty() && self.needs(field.name, field.required) {
                found.push((field.name, "error-required"));
            }
        }
        let all = [
            "name",
            "postal_code",
            "region",
            "city",
            "district",
            "line1",
            "line2",
        ];
        for field in all {
            let value = self.get(field);
            if value.chars().count() > Self::MAX_FIELD || value.chars().any(char::is_control) {
                found.push((field, "error-too-long"));
            }
        }
        if crate::Phone::parse(&self.phone).is_err() {
            found.push(("phone", "error-phone"));
        }
        found.extend(self.unknown_place());
        let code = &self.postal_code;
        if !code.trim().is_empty() && !form.fits_postal_code(code) {
            found.push(("postal_code", form.postal_problem()));
        }
        found
    }

    /// The district of a city that has none is not missing.
    fn needs(&self, field: &str, required: bool) -> bool {
        required
            && (field != "district"
                || !divisions::districts(&self.country, &self.region, &self.city).is_empty())
    }

    /// A place that does not lie where the address says, as when the county was changed and the district was not.
    fn unknown_place(&self) -> Option<AddressProblem> {
        let within = |list: Vec<&str>, value: &str| list.is_empty() || list.contains(&value);
        let (country, region, city) = (self.country.as_str(), &self.region, &self.city);
        let filled = |value: &str| !value.trim().is_empty();
        if filled(region) && !within(divisions::regions(country), region) {
            return Some(("region", "error-address-region"));
        }
        if filled(city) && !within(divisions::cities(country, region), city) {
            return Some(("city", "error-address-city"));
        }
        let districts = divisions::districts(country, region, city);
        if filled(&self.district) && !within(districts, &self.district) {
            return Some(("district", "error-address-city"));
        }
        None
    }

    /// The field of this name as text.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        match field {
            "name" => &self.name,
            "phone" => &self.phone,
            "country" => &self.country,
            "postal_code" => &self.postal_code,
            "region" => &self.region,
            "city" => &self.city,
            "district" => &self.district,
            "line1" => &self.line1,
            "line2" => self.line2.as_deref().unwrap_or_default(),
            "store.number" => self.store.as_ref().map_or("", |store| &store.number),
            "store.name" => self.store.as_ref().map_or("", |store| &store.name),
            _ => "",
        }
    }

    /// The address as its country has it: no space around words, 臺 where people type 台, digits of a postal code in
    /// their narrow form, the postal code of a district of Taiwan where none was typed, and nothing in fields that the
    /// country does not have.
    #[must_use]
    pub fn tidied(self) -> Self {
        let form = AddressForm::of(&self.country);
        let has = |name: &str| form.fields.iter().any(|field| field.name == name);
        let tidy = |name: &str, value: &str| {
            if has(name) {
                value.trim().to_owned()
            } else {
                String::new()
            }
        };
        let (mut region, city) = (tidy("region", &self.region), tidy("city", &self.city));
        if self.country == "TW" {
            region = region.replace('台', "臺");
        }
        let mut postal_code = half_width(&tidy("postal_code", &self.postal_code));
        if postal_code.is_empty()
            && let Some(known) = divisions::postal_code(&self.country, &region, &city)
        {
            known.clone_into(&mut postal_code);
        }
        let line2 = self.line2.map(|line| line.trim().to_owned());
        Self {
            name: self.name.trim().to_owned(),
            phone: self.phone.trim().to_owned(),
            postal_code,
            district: tidy("district", &self.district),
            line1: self.line1.trim().to_owned(),
            line2: line2.filter(|line| !line.is_empty()),
            store: self.store,
            country: self.country,
            region,
            city,
        }
    }

    /// One line in the order of the country: largest place first in Chinese-speaking places.
    #[must_use]
    pub fn one_line(&self) -> String {
        let between = match &self.store {
            Some(_) => " ",
            None if self.largest_first() => "",
            None => ", ",
        };
        self.lines().join(between)
    }

    /// Whether the largest place comes first: where Chinese is written, unless the street is in another script.
    fn largest_first(&self) -> bool {
        let han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
        matches!(self.country.as_str(), "TW" | "CN" | "HK" | "MO")
            && (self.line1.chars().any(han) || self.city.chars().any(han))
    }

    /// The lines of the address or of the store as they stand on a parcel, without name and telephone number.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        if let Some(store) = &self.store {
            let numbered = format!("{} {}", store.chain_name(), store.number);
            return filled([numbered.trim().to_owned(), store.name.clone()]);
        }
        let line2 = self.line2.as_deref().unwrap_or_default();
        let city = if self.city == self.region {
            ""
        } else {
            &self.city
        };
        if self.largest_first() {
            let land = match self.country.as_str() {
                "HK" => "香港",
                "MO" => "澳門",
                _ => "",
            };
            let land = if self.region.starts_with(land) {
                ""
            } else {
                land
            };
            let place = format!(
                "{} {land}{}{city}{}",
                self.postal_code, self.region, self.district
            );
            return filled([place.trim().to_owned(), format!("{}{line2}", self.line1)]);
        }
        let place =
            filled([city.to_owned(), self.district.clone(), self.region.clone()]).join(", ");
        let place = format!("{place} {}", self.postal_code);
        filled([
            self.line1.clone(),
            line2.to_owned(),
            place.trim().to_owned(),
            self.country.clone(),
        ])
    }
}

fn filled<const N: usize>(parts: [String; N]) -> Vec<String> {
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// Digits as they are printed on parcels; full-width ones come from Chinese keyboards.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        other => other,
    };
    text.trim().chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(country: &str, region: &str, city: &str, postal_code: &str) -> Address {
        Address {
            name: "王小明".into(),
            phone: "0912345678".into(),
            country: country.into(),
            postal_code: postal_code.into(),
            region: region.into(),
            city: city.into(),
            line1: "茶香路 12 號".into(),
            ..Address::default()
        }
    }

    /// Each country asks for what its parcels need, and names the field that is wrong.
    #[test]
    fn each_country_has_its_rules() {
        let wrong = |a: Address| a.problems().into_iter().map(|(f, _)| f).collect::<Vec<_>>();
        assert!(wrong(address("TW", "臺北市", "大安區", "106")).is_empty());
        assert!(wrong(address("HK", "九龍", "觀塘區", "")).is_empty());
        assert!(wrong(address("SG", "", "Singapore", "")).is_empty());
        assert_eq!(wrong(address("TW", "新北市", "大安區", "106")), ["city"]);
        assert_eq!(
            wrong(address("TW", "臺北市", "大安區", "1O6")),
            ["postal_code"]
        );
        assert_eq!(wrong(address("HK", "九龍", "", "")), ["city"]);
        assert_eq!(
            wrong(address("CN", "广东省", "深圳市", "518000")),
            ["district"]
        );
        assert_eq!(
            wrong(address("CN", "海南省", "琼海市", "51800")),
            ["postal_code"]
        );
        assert!(wrong(address("CN", "海南省", "琼海市", "571400")).is_empty());
        assert_eq!(wrong(address("CN", "广州", "", "")), ["city", "region"]);
    }

    /// What people type is made what the country writes; what a country does not have is left out.
    #[test]
    fn an_address_is_tidied() {
        let typed = address("TW", " 台北市", "大安區", "").tidied();
        assert_eq!(
            (typed.region.as_str(), typed.postal_code.as_str()),
            ("臺北市", "106")
        );
        assert_eq!(
            address("TW", "臺北市", "大安區", "１０６")
                .tidied()
                .postal_code,
            "106"
        );
        assert_eq!(
            address("HK", "九龍", "觀塘區", "999077")
                .tidied()
                .postal_code,
            ""
        );
    }

    /// Largest place first where Chinese is written, street first elsewhere.
    #[test]
    fn an_address_is_written_as_its_country_writes_it() {
        let taipei = address("TW", "臺北市", "大安區", "106");
        assert_eq!(taipei.one_line(), "106 臺北市大安區茶香路 12 號");
        assert_eq!(
            address("HK", "九龍", "觀塘區", "").one_line(),
            "香港九龍觀塘區茶香路 12 號"
        );
        let beijing = Address {
            district: "朝阳区".into(),
            ..address("CN", "北京市", "北京市", "100000")
        };
        assert_eq!(beijing.lines()[0], "100000 北京市朝阳区");
        let abroad = Address {
            line1: "1 Tea Road".into(),
            ..address("SG", "", "Singapore", "018989")
        };
        assert_eq!(abroad.one_line(), "1 Tea Road, Singapore 018989, SG");
    }

    /// An address kept before districts were known reads as it was.
    #[test]
    fn an_older_address_still_reads() {
        let json = r#"{"name":"王","phone":"0912345678","country":"TW","postal_code":"106","region":"臺北市","city":"大安區","line1":"路"}"#;
        let read: Address = serde_json::from_str(json).unwrap();
        assert_eq!(read.district, "");
    }
}
