//! The fields of an address as a page shows them: which ones, in which order, and what can be chosen in them, by country.

use kernel::{
    Address,
    address_form::{AddressForm, COUNTRIES},
    divisions,
};
use schemars::JsonSchema;
use serde::Serialize;

/// The fields of an address, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AddressFields {
    /// Which words the fields have: `tw`, `hk`, `cn` or `other`.
    pub code: &'static str,
    /// The chosen country.
    pub country: String,
    /// The countries to choose from.
    pub countries: Vec<String>,
    /// The fields after name and country, in the order of the country.
    pub fields: Vec<Field>,
}

/// A field of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What is in it.
    pub value: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What can be chosen; empty where it is typed.
    pub options: Vec<&'static str>,
    /// Whether another choice in it changes what the fields after it offer.
    pub leads: bool,
}

/// The fields for an address in one of `countries`.
#[must_use]
pub fn fields(address: &Address, countries: &[String]) -> AddressFields {
    let known = countries.iter().filter(|c| COUNTRIES.contains(&c.as_str()));
    let countries: Vec<String> = known.cloned().collect();
    let wanted = countries.iter().find(|c| **c == address.country);
    let country = wanted.or_else(|| countries.first()).cloned();
    let country = country.unwrap_or_default();
    let form = AddressForm::of(&country);
    let address = &within(address, &country);
    let field = |field: &kernel::address_form::AddressField| {
        let options = match field.name {
            "region" => divisions::regions(&country),
            "city" => divisions::cities(&country, &address.region),
            "district" => divisions::districts(&country, &address.region, &address.city),
            _ => Vec::new(),
        };
        // Some cities have no districts; below one that was not chosen yet, a district is chosen next.
        let none = field.name == "district" && options.is_empty() && !address.city.is_empty();
        (!none).then(|| Field {
            name: field.name,
            value: address.get(field.name).to_owned(),
            required: field.required,
            leads: matches!(field.name, "region" | "city")
                && !divisions::regions(&country).is_empty(),
            options,
        })
    };
    AddressFields {
        code: form.code,
        fields: form.fields.iter().filter_map(field).collect(),
        country,
        countries,
    }
}

/// The address without places that do not lie where it is now, as when another county was chosen.
fn within(address: &Address, country: &str) -> Address {
    let mut kept = address.clone();
    let regions = divisions::regions(country);
    if regions.is_empty() {
        return kept;
    }
    if !regions.contains(&kept.region.as_str()) {
        kept.region.clear();
    }
    let cities = divisions::cities(country, &kept.region);
    if !cities.contains(&kept.city.as_str()) {
        kept.city.clear();
        kept.postal_code.clear();
    }
    let districts = divisions::districts(country, &kept.region, &kept.city);
    if !districts.contains(&kept.district.as_str()) {
        kept.district.clear();
    }
    if let Some(code) = divisions::postal_code(country, &kept.region, &kept.city)
        && !kept.postal_code.starts_with(code)
    {
        code.clone_into(&mut kept.postal_code);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(country: &str, region: &str, city: &str) -> Vec<(&'static str, usize)> {
        let address = Address {
            country: country.into(),
            region: region.into(),
            city: city.into(),
            ..Address::default()
        };
        let offered = ["TW", "HK", "CN", "SG", "XX"].map(str::to_owned);
        let shown = fields(&address, &offered);
        assert_eq!(shown.countries, ["TW", "HK", "CN", "SG"]);
        shown
            .fields
            .iter()
            .map(|f| (f.name, f.options.len()))
            .collect()
    }

    /// Each country has its own fields in its own order, and what is chosen first decides what is offered next.
    #[test]
    fn fields_follow_the_country() {
        let taiwan = names("TW", "臺北市", "");
        assert_eq!(
            taiwan[..3],
            [("region", 22), ("city", 12), ("postal_code", 0)]
        );
        assert_eq!(names("HK", "九龍", "")[..2], [("region", 3), ("city", 5)]);
        let shenzhen = names("CN", "广东省", "深圳市");
        assert_eq!(shenzhen[2].0, "district");
        assert!(
            names("CN", "海南省", "琼海市")
                .iter()
                .all(|(name, _)| *name != "district")
        );
        assert_eq!(names("SG", "", "")[0].0, "line1");
        assert_eq!(
            names("FR", "", "")[0],
            ("region", 22),
            "a country the shop does not send to"
        );
    }
}
