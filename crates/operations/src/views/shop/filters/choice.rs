//! What a shopper narrowed a list by, as it stands in an address.

use std::fmt::Write as _;

use catalog::{Facet, FacetChoice, ProductFilter};
use kernel::{Currency, Money};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Values that are looked at; what follows in an address is ignored.
const MOST: usize = 24;
/// Characters of a value at most.
const LONGEST: usize = 80;
/// Prices that are asked for are below this, in major units.
const PRICES_BELOW: i64 = 1_000_000_000;

/// What a list is narrowed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Any of these brands.
    pub brands: Vec<String>,
    /// Values of attributes by their codes: any of those of one attribute, and one of each attribute.
    pub values: Vec<(String, String)>,
    /// Costs at least this.
    pub price_from: Option<Money>,
    /// Costs at most this.
    pub price_to: Option<Money>,
    /// Only what is in stock.
    pub in_stock: bool,
    /// Only what is reduced.
    pub on_sale: bool,
}

/// One of the things that a list is narrowed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Brand(String),
    Value(String, String),
    Price,
    InStock,
    OnSale,
}

/// The words of an address that narrow a list, as they came.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Brands.
    pub brands: Vec<String>,
    /// `CODE:VALUE` each.
    pub values: Vec<String>,
    /// In major units of the currency.
    pub price_from: Option<String>,
    /// The same.
    pub price_to: Option<String>,
    /// Only what is in stock.
    pub in_stock: bool,
    /// Only what is reduced.
    pub on_sale: bool,
}

impl Choice {
    /// Reads an address. What cannot be meant chooses nothing; a range of prices that stands on its head is turned over.
    #[must_use]
    pub fn read(asked: Asked, currency: Currency) -> Self {
        let fits = |text: &String| {
            let length = text.chars().count();
            (1..=LONGEST).contains(&length) && !text.chars().any(char::is_control)
        };
        let mut brands: Vec<String> = asked.brands.into_iter().filter(fits).take(MOST).collect();
        let split = |text: String| {
            let (code, value) = text.split_once(':')?;
            Some((code.to_owned(), value.to_owned()))
        };
        let values = asked.values.into_iter().filter(fits).filter_map(split);
        let mut values: Vec<(String, String)> = values
            .filter(|(code, value)| !code.is_empty() && !value.is_empty())
            .take(MOST)
            .collect();
        brands.sort();
        brands.dedup();
        values.sort();
        values.dedup();
        let typed = |text: Option<String>| price(&text?, currency);
        let (mut from, mut to) = (typed(asked.price_from), typed(asked.price_to));
        if let (Some(low), Some(high)) = (from, to)
            && low.amount > high.amount
        {
            (from, to) = (Some(high), Some(low));
        }
        Self {
            brands,
            values,
            price_from: from,
            price_to: to,
            in_stock: asked.in_stock,
            on_sale: asked.on_sale,
        }
    }

    /// Whether nothing is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Narrows a list.
    #[must_use]
    pub fn narrow(&self, mut filter: ProductFilter) -> ProductFilter {
        let mut chosen: Vec<FacetChoice> = Vec::new();
        let brands = self.brands.iter().map(|b| (Facet::Brand, b));
        let values = self.values.iter();
        let values = values.map(|(code, value)| (Facet::Attribute(code.clone()), value));
        for (facet, value) in brands.chain(values) {
            match chosen.iter_mut().find(|c| c.facet == facet) {
                Some(choice) => choice.values.push(value.clone()),
                None => chosen.push(FacetChoice {
                    facet,
                    values: vec![value.clone()],
                }),
            }
        }
        filter.chosen = chosen;
        filter.price_from = self.price_from.map(|m| m.amount);
        filter.price_to = self.price_to.map(|m| m.amount);
        filter.in_stock = self.in_stock;
        filter.reduced = self.on_sale;
        filter
    }

    /// The choice as a part of an address, always written the same way; empty when nothing is chosen.
    #[must_use]
    pub fn query(&self) -> String {
        let mut text = String::new();
        let mut add = |name: &str, value: &str| {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            escape(value, &mut text);
        };
        for brand in &self.brands {
            add("brand", brand);
        }
        for (code, value) in &self.values {
            add("is", &format!("{code}:{value}"));
        }
        if let Some(price) = self.price_from {
            add("price_from", &price.decimal_text());
        }
        if let Some(price) = self.price_to {
            add("price_to", &price.decimal_text());
        }
        if self.in_stock {
            add("in_stock", "1");
        }
        if self.on_sale {
            add("on_sale", "1");
        }
        text
    }

    /// Everything that is chosen, one by one.
    pub(super) fn parts(&self) -> Vec<Part> {
        let brands = self.brands.iter().cloned().map(Part::Brand);
        let values = self.values.iter().cloned();
        let values = values.map(|(code, value)| Part::Value(code, value));
        let price = self.price_from.or(self.price_to).map(|_| Part::Price);
        let stock = self.in_stock.then_some(Part::InStock);
        let sale = self.on_sale.then_some(Part::OnSale);
        let plain = price.into_iter().chain(stock).chain(sale);
        brands.chain(values).chain(plain).collect()
    }

    /// The choice without one of its parts.
    pub(super) fn without(&self, part: &Part) -> Self {
        let mut left = self.clone();
        match part {
            Part::Brand(brand) => left.brands.retain(|b| b != brand),
            Part::Value(code, value) => left.values.retain(|(c, v)| (c, v) != (code, value)),
            Part::Price => (left.price_from, left.price_to) = (None, None),
            Part::InStock => left.in_stock = false,
            Part::OnSale => left.on_sale = false,
        }
        left
    }
}

/// A price that somebody typed, in major units.
fn price(text: &str, currency: Currency) -> Option<Money> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let typed: Decimal = plain.parse().ok()?;
    let sane = !typed.is_sign_negative() && typed < Decimal::from(PRICES_BELOW);
    let minor = sane.then(|| typed * Decimal::from(currency.scale()))?;
    Some(Money::new(minor.trunc().to_i64()?, currency))
}

/// Writes a text so that it can stand in an address.
fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b':') {
            into.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(from: &str, to: &str) -> Asked {
        Asked {
            brands: vec!["山陽".into(), "山陽".into(), String::new()],
            values: vec!["roast:light".into(), "roast".into(), ":x".into()],
            price_from: Some(from.to_owned()),
            price_to: Some(to.to_owned()),
            in_stock: true,
            on_sale: false,
        }
    }

    /// STF-02: what cannot be meant chooses nothing, prices stand the right way round, and each part can be taken away.
    #[test]
    fn an_address_is_read_kindly() {
        let choice = Choice::read(asked("1,500", "300"), Currency::TWD);
        assert_eq!(
            choice.query(),
            "brand=%E5%B1%B1%E9%99%BD&is=roast:light&price_from=300&price_to=1500&in_stock=1"
        );
        let prices = Choice::read(asked("cheap", "-5"), Currency::TWD);
        assert_eq!((prices.price_from, prices.price_to), (None, None));
        let left = choice
            .parts()
            .iter()
            .fold(choice.clone(), |left, part| left.without(part));
        assert!(left.is_empty());
        assert_eq!(left.query(), "");
    }

    /// Two values of one attribute add up, two attributes narrow each other.
    #[test]
    fn values_of_one_attribute_stand_together() {
        let value = |code: &str, value: &str| (code.to_owned(), value.to_owned());
        let choice = Choice {
            values: vec![
                value("origin", "a"),
                value("origin", "b"),
                value("roast", "c"),
            ],
            ..Choice::default()
        };
        let filter = choice.narrow(ProductFilter::default());
        let sizes: Vec<usize> = filter.chosen.iter().map(|c| c.values.len()).collect();
        assert_eq!(sizes, [2, 1]);
    }

    proptest! {
        /// STF-02: whatever was chosen stands in an address without a character that would break out of it.
        #[test]
        fn addresses_are_plain(brand in ".{0,40}", value in ".{0,40}", from in "[0-9.,]{0,12}") {
            let asked = Asked {
                brands: vec![brand],
                values: vec![format!("code:{value}")],
                price_from: Some(from),
                ..Asked::default()
            };
            let query = Choice::read(asked, Currency::TWD).query();
            prop_assert!(query.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\'' | b'#' | b'?')), "{}", query);
        }
    }
}
