//! Changing many products at once (bulk edit): what a change makes of each product or variant, decided before anything
//! is written, and the record by which the whole can be undone.
//!
//! The rules here are pure; `operations` reads the goods, shows what would come of it and applies it row by row.

mod store;

use kernel::{CollectionId, LocationId, Money, MoneyError, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use store::{
    BulkEdit, BulkRow, BulkState, EDIT, RowCount, RowState, begin, by_id, claim, counts, finish,
    mark, recent, rows, start_undo, waiting,
};

use crate::{
    CatalogError, ProductState, Variant, compare_at,
    price::PricePoint,
    product::{Act, ProductIdentity},
    rules::check_price,
};

/// Rows that one edit may have.
pub const MAX_ROWS: usize = 20_000;
/// Hundredths of a per cent that a price may fall or rise by.
pub const PERCENT: std::ops::RangeInclusive<i64> = -9_900..=100_000;

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BulkChange {
    /// Another price.
    Price {
        /// How it comes about.
        by: PriceStep,
        /// To what it is rounded.
        round: Rounding,
        /// What becomes of the was-price.
        was: WasPrice,
    },
    /// Another was-price at the same price.
    Was {
        /// Which.
        was: WasPrice,
    },
    /// A step of the product's life.
    State {
        /// Which.
        act: BulkAct,
    },
    /// Into a collection, or out of it.
    Collection {
        /// Which one.
        id: CollectionId,
        /// Into it.
        into: bool,
    },
    /// One tag more, or one less.
    Tag {
        /// The tag, as the shop writes it.
        tag: String,
        /// More.
        add: bool,
    },
    /// The number of units at which stock counts as low, wherever stock of a variant is kept.
    Alert {
        /// The number; none takes the level away.
        low_at: Option<i64>,
    },
}

/// How a new price comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PriceStep {
    /// This price for everything.
    To {
        /// The price.
        price: Money,
    },
    /// The present price and this much, or with a minus less.
    Add {
        /// How much.
        amount: Money,
    },
    /// The present price and this many hundredths of a per cent, or with a minus less.
    Percent {
        /// −1250 is 12.5 % less.
        hundredths: i64,
    },
}

/// To what a price is rounded, in whole units of the currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the smallest amount that can be paid.
    #[default]
    Unit,
    /// To fives.
    Five,
    /// To tens.
    Ten,
    /// To tens less one: 399, 1,299.
    Nine,
    /// To hundreds.
    Hundred,
}

/// What becomes of the was-price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WasPrice {
    /// It stays where it is still above the price and true.
    #[default]
    Keep,
    /// What it really cost until now, where the price falls and shoppers could pay it long enough (GOV-08).
    Mark,
    /// It goes.
    Drop,
}

/// A step of a product's life that many can take at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAct {
    /// Puts it on sale.
    Publish,
    /// Takes it off sale.
    Unpublish,
    /// Puts it away.
    Archive,
    /// Takes it out of the archive, as a draft.
    Restore,
}

/// What a row is or becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Figures {
    /// The prices of a variant.
    Price {
        /// What it costs.
        price: Money,
        /// What it really cost before.
        compare_at: Option<Money>,
    },
    /// Whether a product is on sale.
    State {
        /// The state.
        state: ProductState,
    },
    /// The collections that a product was put into, sorted.
    Collections {
        /// Their ids.
        ids: Vec<CollectionId>,
    },
    /// The tags of a product, in their order.
    Tags {
        /// The tags.
        tags: Vec<String>,
    },
    /// The alert level of a variant at each place where stock of it is kept, sorted by place.
    Alert {
        /// Place and level.
        levels: Vec<(LocationId, Option<i64>)>,
    },
}

impl BulkChange {
    /// What is changed, in one word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Price { .. } => "price",
            Self::Was { .. } => "was",
            Self::State { .. } => "state",
            Self::Collection { .. } => "collection",
            Self::Tag { .. } => "tag",
            Self::Alert { .. } => "alert",
        }
    }

    /// Whether it changes variants, and not products as a whole.
    #[must_use]
    pub const fn is_of_variants(&self) -> bool {
        matches!(
            self,
            Self::Price { .. } | Self::Was { .. } | Self::Alert { .. }
        )
    }
}

impl BulkAct {
    /// The act as the product knows it.
    #[must_use]
    pub const fn act(self) -> Act {
        match self {
            Self::Publish => Act::Publish,
            Self::Unpublish => Act::Unpublish,
            Self::Archive => Act::Archive,
            Self::Restore => Act::Restore,
        }
    }

    /// The state after it. Where it leads nowhere new, the state stays.
    ///
    /// # Errors
    /// [`CatalogError::State`] where a product in this state cannot take the step.
    pub fn applied(self, from: ProductState) -> Result<ProductState, CatalogError> {
        let act = self.act();
        let to = if from == act.goal() {
            Some(from)
        } else {
            from.after(act)
        };
        to.ok_or(CatalogError::State {
            from,
            to: act.goal(),
        })
    }
}

impl Rounding {
    /// An amount rounded, half up. `scale` minor units are one unit of the currency, `step` can be paid.
    fn round(self, amount: i128, scale: i64, step: i64) -> i128 {
        let scale = i128::from(scale);
        let nearest = |to: i128| (amount + to / 2).div_euclid(to) * to;
        match self {
            Self::Unit => nearest(i128::from(step.max(1))),
            Self::Five => nearest(5 * scale),
            Self::Ten => nearest(10 * scale),
            Self::Hundred => nearest(100 * scale),
            Self::Nine => {
                let shifted = amount + scale;
                (shifted + 5 * scale).div_euclid(10 * scale) * 10 * scale - scale
            }
        }
    }
}

impl PriceStep {
    /// The price that comes of `from`.
    ///
    /// # Errors
    /// [`CatalogError::CurrencyMixed`], [`CatalogError::PriceInvalid`] for one that nobody can pay, or an overflow.
    pub fn applied(self, from: Money, round: Rounding) -> Result<Money, CatalogError> {
        let exact = match self {
            Self::To { price } | Self::Add { amount: price } if price.currency != from.currency => {
                return Err(CatalogError::CurrencyMixed);
            }
            // A price that somebody typed is meant as it stands.
            Self::To { price } => {
                check_price(price)?;
                return Ok(price);
            }
            Self::Add { amount } => i128::from(from.amount) + i128::from(amount.amount),
            Self::Percent { hundredths } => {
                let parts = i128::from(from.amount) * (10_000 + i128::from(hundredths));
                (parts + 5_000).div_euclid(10_000)
            }
        };
        let currency = from.currency;
        let rounded = round.round(exact, currency.scale(), currency.step());
        let amount = i64::try_from(rounded).map_err(|_| MoneyError::Overflow)?;
        let price = Money::new(amount, currency);
        check_price(price)?;
        Ok(price)
    }
}

/// What a change of prices makes of a variant. Decided by the same rules that will check it when it is written.
///
/// # Errors
/// What [`crate::price::set`] would refuse, or the step itself.
pub fn price_figures(
    variant: &Variant,
    history: &[PricePoint],
    now: Timestamp,
    change: (Option<(PriceStep, Rounding)>, WasPrice),
) -> Result<Figures, CatalogError> {
    let (step, was) = change;
    let to = match step {
        Some((step, round)) => step.applied(variant.price, round)?,
        None => variant.price,
    };
    let allowed = |was: Money| compare_at::check_compare_at(history, now, to, was);
    let compare_at = match was {
        WasPrice::Drop => None,
        WasPrice::Keep => variant.compare_at.filter(|was| allowed(*was).is_ok()),
        WasPrice::Mark if to.amount < variant.price.amount => {
            allowed(variant.price)?;
            Some(variant.price)
        }
        WasPrice::Mark => match compare_at::check(history, now).highest {
            Some(highest) if step.is_none() => Some(highest),
            _ => variant.compare_at.filter(|was| allowed(*was).is_ok()),
        },
    };
    if was == WasPrice::Mark && step.is_none() && compare_at.is_none() {
        return Err(compare_at::Why::NoHistory.into());
    }
    Ok(Figures::Price {
        price: to,
        compare_at,
    })
}

/// The tags of a product with one more, or without one; letter case makes no other tag, and those that stay keep their
/// order and their spelling.
///
/// # Errors
/// [`CatalogError::NameInvalid`] or [`CatalogError::TooMany`] for what a product would not take.
pub fn with_tag(
    identity: &ProductIdentity,
    tag: &str,
    add: bool,
) -> Result<Vec<String>, CatalogError> {
    let is = |known: &str| known.to_lowercase() == tag.trim().to_lowercase();
    let mut changed = identity.clone();
    if !add {
        changed.tags.retain(|known| !is(known));
    } else if !changed.tags.iter().any(|known| is(known)) {
        changed.tags.push(tag.trim().to_owned());
        changed.check()?;
    }
    Ok(changed.tags)
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    fn applied(amount: i64, step: PriceStep, round: Rounding) -> Option<i64> {
        let price = step
            .applied(Money::new(amount, Currency::TWD), round)
            .ok()?;
        Some(price.amount)
    }

    #[test]
    fn prices_end_as_the_merchant_wants() {
        let percent = |hundredths| PriceStep::Percent { hundredths };
        assert_eq!(
            applied(58_000, percent(-1_000), Rounding::Unit),
            Some(52_200)
        );
        assert_eq!(
            applied(58_000, percent(-1_250), Rounding::Unit),
            Some(50_800)
        );
        assert_eq!(
            applied(58_000, percent(-1_250), Rounding::Ten),
            Some(51_000)
        );
        assert_eq!(
            applied(58_000, percent(-1_250), Rounding::Nine),
            Some(50_900)
        );
        assert_eq!(
            applied(58_000, percent(-1_250), Rounding::Hundred),
            Some(50_000)
        );
        assert_eq!(applied(58_000, percent(333), Rounding::Five), Some(60_000));
        let less = PriceStep::Add {
            amount: Money::new(-60_000, Currency::TWD),
        };
        assert_eq!(applied(58_000, less, Rounding::Unit), None);
        let other = PriceStep::To {
            price: Money::new(5, Currency::JPY),
        };
        assert_eq!(applied(58_000, other, Rounding::Unit), None);
    }

    fn tags(tags: &[&str]) -> ProductIdentity {
        ProductIdentity::typed("", "", tags.iter().copied())
    }

    /// CAT-01: a tag that a product has stays as it is written, one that it lacks comes last, one that goes takes no other
    /// with it, and no product gets more than it takes.
    #[test]
    fn a_tag_comes_and_goes() {
        let had = tags(&["New", "茶"]);
        assert_eq!(with_tag(&had, " new ", true).unwrap(), ["New", "茶"]);
        assert_eq!(with_tag(&had, "Gift", true).unwrap(), ["New", "茶", "Gift"]);
        assert_eq!(with_tag(&had, "NEW", false).unwrap(), ["茶"]);
        assert_eq!(with_tag(&had, "ew", false).unwrap(), ["New", "茶"]);
        assert!(with_tag(&had, &"x".repeat(1_000), true).is_err());
        let many: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        let full = ProductIdentity {
            tags: many,
            ..ProductIdentity::default()
        };
        assert!(with_tag(&full, "one more", true).is_err());
        assert_eq!(with_tag(&full, "7", false).unwrap().len(), 999);
    }

    proptest! {
        /// CAT-01: a tag that was added goes again and leaves what was there.
        #[test]
        fn adding_a_tag_is_undone_by_taking_it(own in proptest::collection::vec("[a-z]{1,6}", 0..6), tag in "[A-Z]{7,9}") {
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let had = tags(&own);
            let more = ProductIdentity { tags: with_tag(&had, &tag, true).unwrap(), ..had.clone() };
            prop_assert_eq!(more.tags.len(), had.tags.len() + 1);
            prop_assert_eq!(with_tag(&more, &tag.to_lowercase(), false).unwrap(), had.tags);
        }

        /// O3: a rounded price can be paid and is the nearest one of its kind.
        #[test]
        fn rounding_is_to_the_nearest(amount in 1_i64..10_000_000, hundredths in -9_000_i64..20_000) {
            let amount = amount / 100 * 100;
            let kinds = [
                (Rounding::Unit, 100, 0),
                (Rounding::Five, 500, 0),
                (Rounding::Ten, 1_000, 0),
                (Rounding::Nine, 1_000, -100),
                (Rounding::Hundred, 10_000, 0),
            ];
            for (round, step, off) in kinds {
                let exact = (i128::from(amount) * i128::from(10_000 + hundredths) + 5_000).div_euclid(10_000);
                let got = round.round(exact, 100, 100);
                prop_assert_eq!((got - off).rem_euclid(step), 0);
                prop_assert!((got - exact).abs() * 2 <= step);
            }
        }
    }
}
