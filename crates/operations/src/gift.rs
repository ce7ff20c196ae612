//! A gift with orders whose goods reach a sum (STF-16): what the shop has decided, and the gift beside a cart.
//!
//! The gift is a line of the order at no price, held by the statement that holds the rest. It is promised only while
//! there is one, after the goods of the cart took theirs; an order is placed without it once it is gone, when its buyer
//! knows.

use std::{collections::BTreeMap, sync::Arc};

use catalog::sellable::{self, Sellable};
use inventory::stock;
use kernel::{Currency, Locale, Money, Quantity, VariantId};
use orders::totals::PricedLine;
use platform::{DbError, Rx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FlowError, bundles, pricing, shop::Shop};

/// Settings key of [`GiftRule`].
pub const GIFT: &str = "gift_with_purchase";

/// What the shop gives away with an order, and from which sum of goods.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GiftRule {
    /// Whether something is given.
    pub on: bool,
    /// What: one unit of this; it need not be on sale.
    pub variant_id: Option<VariantId>,
    /// From what sum of goods, before discounts, in minor units of the shop's currency.
    pub from: i64,
}

/// A gift of which there is one, beside the goods of a cart.
#[derive(Debug, Clone)]
pub struct Gift {
    /// What is given.
    pub sellable: Arc<Sellable>,
    /// From what sum of goods.
    pub threshold: Money,
    /// How much is missing; zero when it is reached.
    pub remaining: Money,
}

impl GiftRule {
    /// What is given; none where nothing is.
    #[must_use]
    pub fn variant(&self) -> Option<VariantId> {
        self.variant_id.filter(|_| self.on)
    }

    /// From what sum of goods.
    #[must_use]
    pub const fn threshold(&self, currency: Currency) -> Money {
        Money::new(self.from, currency)
    }

    /// The gift beside goods of this sum; none while there is none to give.
    #[must_use]
    pub fn beside(&self, goods: Money, sellable: Arc<Sellable>, available: i64) -> Option<Gift> {
        let given = self.variant() == Some(sellable.variant_id) && !sellable.retired;
        (given && available > 0).then(|| Gift {
            sellable,
            threshold: self.threshold(goods.currency),
            remaining: Money::new(
                self.from.saturating_sub(goods.amount).max(0),
                goods.currency,
            ),
        })
    }
}

impl Gift {
    /// Whether the goods reach the sum.
    #[must_use]
    pub const fn is_reached(&self) -> bool {
        self.remaining.is_zero()
    }

    /// The gift as a line of an order, in the buyer's language.
    pub(crate) fn line(&self, shop: &Shop, locale: Locale) -> PricedLine {
        let line = pricing::line_of(&self.sellable, Quantity::ONE, shop, locale);
        PricedLine {
            unit_price: Money::zero(line.unit_price.currency),
            gift: true,
            ..line
        }
    }
}

/// The gift that the shop offers; none while there is none to give.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn offered(rx: &mut Rx, currency: Currency) -> Result<Option<Gift>, FlowError> {
    let rule = load(rx).await?;
    of(rx, &rule, Money::zero(currency), &BTreeMap::new()).await
}

/// The gift beside goods of a sum, after these units are taken from the stock; none while there is none to give.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn of(
    rx: &mut Rx,
    rule: &GiftRule,
    goods: Money,
    taken: &BTreeMap<VariantId, i64>,
) -> Result<Option<Gift>, FlowError> {
    let Some(variant) = rule.variant() else {
        return Ok(None);
    };
    let Some(sold) = sellable::of(rx, &[variant]).await?.pop() else {
        return Ok(None);
    };
    let available = left(rx, &sold, taken).await?;
    Ok(rule.beside(goods, Arc::new(sold), available))
}

/// How many units can be given after these units are taken from the stock.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn left(
    rx: &mut Rx,
    sold: &Sellable,
    taken: &BTreeMap<VariantId, i64>,
) -> Result<i64, FlowError> {
    let asked: Vec<VariantId> = sold.needs().map(|(variant, _)| variant).collect();
    let mut free = stock::available(rx, &asked).await?;
    for (variant, units) in taken {
        if let Some(left) = free.get_mut(variant) {
            *left = left.saturating_sub(*units);
        }
    }
    Ok(bundles::units(&free, sold.needs()))
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<GiftRule, DbError> {
    settings::load(rx, GIFT).await
}
