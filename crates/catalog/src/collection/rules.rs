//! Rules by which a collection finds its members itself: all or any of a few conditions on the product.
//!
//! No condition says "not", so time alone only ever takes a product out, and a product that changes is looked at when it
//! changes.

use kernel::{Money, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CatalogError, Facet,
    rules::{MAX_NAME, check_count, check_price},
};

/// Conditions of one collection.
const MAX_CONDITIONS: usize = 20;
/// Days that "published within" may look back.
const MAX_DAYS: i64 = 3_650;
const DAY_SECONDS: i64 = 86_400;

/// What a product must be to belong to a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// Whether all conditions must hold or one is enough.
    pub join: Join,
    /// The conditions; there is at least one.
    pub conditions: Vec<Condition>,
}

/// How conditions stand together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// All must hold.
    #[default]
    All,
    /// One is enough.
    Any,
}

/// One condition on a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum Condition {
    /// It has this tag.
    Tag {
        /// The tag.
        value: String,
    },
    /// It is of this brand.
    Brand {
        /// The brand.
        value: String,
    },
    /// It has this value in an attribute.
    Attribute {
        /// Code of the attribute.
        code: String,
        /// The value as lists are narrowed by it, see [`crate::facet::value_of`].
        value: String,
    },
    /// It costs at least this.
    PriceFrom {
        /// The price of its cheapest variant.
        price: Money,
    },
    /// It costs at most this.
    PriceTo {
        /// The price of its cheapest variant.
        price: Money,
    },
    /// It can be bought now.
    InStock,
    /// It went on sale at most so many days ago, and is on sale.
    PublishedWithin {
        /// Days of 24 hours.
        days: i64,
    },
}

/// What the conditions look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFacts {
    /// Brand, tags and values of attributes.
    pub values: Vec<(Facet, String)>,
    /// The lowest price of its active variants, in minor units; `None` without one.
    pub price_from: Option<i64>,
    /// Whether it can be bought.
    pub in_stock: bool,
    /// Since when it is on sale; `None` while it is not.
    pub on_sale_since: Option<Timestamp>,
}

impl Rules {
    /// Whether a product belongs in.
    #[must_use]
    pub fn fit(&self, product: &ProductFacts, now: Timestamp) -> bool {
        let holds = |condition: &Condition| condition.holds(product, now);
        match self.join {
            Join::All => !self.conditions.is_empty() && self.conditions.iter().all(holds),
            Join::Any => self.conditions.iter().any(holds),
        }
    }

    /// Whether a product can leave although nothing about it changes.
    #[must_use]
    pub fn wear_off(&self) -> bool {
        let by_time = |c: &Condition| matches!(c, Condition::PublishedWithin { .. });
        self.conditions.iter().any(by_time)
    }

    /// Refuses rules that say nothing or too much.
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        check_count("conditions", self.conditions.len(), MAX_CONDITIONS)?;
        if self.conditions.is_empty() {
            return Err(CatalogError::RulesMissing);
        }
        match self.conditions.iter().position(|c| !c.makes_sense()) {
            Some(index) => Err(CatalogError::ConditionInvalid { index }),
            None => Ok(()),
        }
    }
}

impl Condition {
    /// Whether it has a value, and one within range.
    #[must_use]
    pub fn makes_sense(&self) -> bool {
        let word = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_NAME;
        match self {
            Self::Tag { value } | Self::Brand { value } => word(value),
            Self::Attribute { code, value } => word(code) && word(value),
            Self::PriceFrom { price } | Self::PriceTo { price } => check_price(*price).is_ok(),
            Self::PublishedWithin { days } => (1..=MAX_DAYS).contains(days),
            Self::InStock => true,
        }
    }

    fn holds(&self, product: &ProductFacts, now: Timestamp) -> bool {
        let has = |facet: &Facet, wanted: &str| {
            let mut values = product.values.iter();
            values.any(|(f, value)| f == facet && value == wanted)
        };
        match self {
            Self::Tag { value } => has(&Facet::Tag, value),
            Self::Brand { value } => has(&Facet::Brand, value),
            Self::Attribute { code, value } => has(&Facet::Attribute(code.clone()), value),
            Self::PriceFrom { price } => product.price_from.is_some_and(|p| p >= price.amount),
            Self::PriceTo { price } => product.price_from.is_some_and(|p| p <= price.amount),
            Self::InStock => product.in_stock,
            Self::PublishedWithin { days } => product
                .on_sale_since
                .is_some_and(|since| since.plus_seconds(days * DAY_SECONDS) >= now),
        }
    }

    /// The word in forms.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Tag { .. } => "tag",
            Self::Brand { .. } => "brand",
            Self::Attribute { .. } => "attribute",
            Self::PriceFrom { .. } => "price_from",
            Self::PriceTo { .. } => "price_to",
            Self::InStock => "in_stock",
            Self::PublishedWithin { .. } => "published_within",
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn rules(join: Join, conditions: Vec<Condition>) -> Rules {
        Rules { join, conditions }
    }

    fn some_condition() -> impl Strategy<Value = Condition> {
        let price = |amount: i64| Money::new(amount * 100, Currency::TWD);
        prop_oneof![
            "[ab]".prop_map(|value| Condition::Tag { value }),
            "[ab]".prop_map(|value| Condition::Brand { value }),
            "[ab]".prop_map(|value| Condition::Attribute {
                code: "x".to_owned(),
                value
            }),
            (0_i64..20).prop_map(move |a| Condition::PriceFrom { price: price(a) }),
            (0_i64..20).prop_map(move |a| Condition::PriceTo { price: price(a) }),
            Just(Condition::InStock),
            (1_i64..40).prop_map(|days| Condition::PublishedWithin { days }),
        ]
    }

    fn some_product() -> impl Strategy<Value = ProductFacts> {
        let facet = prop_oneof![
            Just(Facet::Tag),
            Just(Facet::Brand),
            Just(Facet::Attribute("x".to_owned()))
        ];
        let values = proptest::collection::vec((facet, "[ab]"), 0..4);
        let days = proptest::option::of(0_i64..60);
        let price = proptest::option::of((0_i64..20).prop_map(|a| a * 100));
        (values, price, any::<bool>(), days).prop_map(|(values, price_from, in_stock, days)| {
            ProductFacts {
                values,
                price_from,
                in_stock,
                on_sale_since: days.map(|d| NOW.plus_seconds(-d * DAY_SECONDS)),
            }
        })
    }

    proptest! {
        /// STF-02: "all" is within "any", and a condition more never brings a product into "all" nor out of "any".
        #[test]
        fn conditions_narrow_or_widen(
            conditions in proptest::collection::vec(some_condition(), 1..5),
            more in some_condition(),
            product in some_product(),
        ) {
            let all = rules(Join::All, conditions.clone());
            let any = rules(Join::Any, conditions.clone());
            prop_assert!(!all.fit(&product, NOW) || any.fit(&product, NOW));
            let longer: Vec<Condition> = conditions.into_iter().chain([more]).collect();
            prop_assert!(!rules(Join::All, longer.clone()).fit(&product, NOW) || all.fit(&product, NOW));
            prop_assert!(!any.fit(&product, NOW) || rules(Join::Any, longer).fit(&product, NOW));
        }

        /// STF-02: time alone only takes products out, and out of nothing but rules that wear off.
        #[test]
        fn time_only_takes_out(
            conditions in proptest::collection::vec(some_condition(), 1..5),
            any in any::<bool>(),
            product in some_product(),
            days in 0_i64..100,
        ) {
            let rules = rules(if any { Join::Any } else { Join::All }, conditions);
            let later = rules.fit(&product, NOW.plus_seconds(days * DAY_SECONDS));
            prop_assert!(!later || rules.fit(&product, NOW));
            prop_assert!(rules.wear_off() || later == rules.fit(&product, NOW));
        }
    }

    /// Rules that say nothing are refused, and the wrong condition is named.
    #[test]
    fn rules_say_something() {
        assert!(rules(Join::All, Vec::new()).check().is_err());
        let ever = Condition::PublishedWithin { days: 0 };
        let refused = rules(Join::Any, vec![Condition::InStock, ever]).check();
        assert!(matches!(
            refused,
            Err(CatalogError::ConditionInvalid { index: 1 })
        ));
        assert!(!rules(Join::All, Vec::new()).fit(&ProductFacts::default(), NOW));
    }
}
