//! The figures of an order: pure arithmetic on integer minor units, done once, when the order is placed.
//!
//! total = Σ line totals + shipping + fees, and Σ line totals = subtotal − discount, exactly (O1). Prices contain
//! their tax; it is shown, not added. What is taxed at one rate is taxed together and the tax shared out among its
//! lines; delivery and fees have the rate of the shop. Nothing here rounds but the tax of each rate and the shares of
//! the discount, both to the currency's paying step.

use kernel::{Currency, Money, MoneyError, ProductId, Quantity, VariantId};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{LinePart, OrdersError, line_part};

/// A line with the price at which it is sold, as the server decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PricedLine {
    /// What is sold.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Its SKU.
    pub sku: String,
    /// The product's title in the shopper's language.
    pub title: String,
    /// The variant's title; empty when the product has one variant.
    pub variant_title: String,
    /// The stored picture.
    pub image_key: Option<String>,
    /// Price of one unit, tax included.
    pub unit_price: Money,
    /// What one unit cost the shop.
    pub unit_cost: Option<Money>,
    /// The rate of the tax that the price contains: 0.05 for 5 %.
    #[schemars(with = "String")]
    pub tax_rate: Decimal,
    /// How many.
    pub quantity: Quantity,
    /// What one unit is made of, when it is a bundle.
    #[serde(default)]
    pub parts: Vec<LinePart>,
    /// Whether it is given to an order of enough goods (STF-16); then it costs nothing.
    #[serde(default)]
    pub gift: bool,
}

impl PricedLine {
    /// What its units take from which stock: their own variant, or the parts of a bundle.
    pub fn goods(&self) -> impl Iterator<Item = (VariantId, i64)> + '_ {
        line_part::goods(self.variant_id, &self.parts, self.quantity.get())
    }
}

/// A line with its share of the order's discount and tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotalLine {
    /// The line.
    #[serde(flatten)]
    pub line: PricedLine,
    /// Its share of the discount.
    pub discount: Money,
    /// Its share of the tax that is contained in the total.
    pub tax_included: Money,
    /// Price times quantity less the discount.
    pub total: Money,
}

/// Every figure of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// The lines.
    pub lines: Vec<TotalLine>,
    /// The currency of all figures.
    pub currency: Currency,
    /// Price times quantity of all lines.
    pub subtotal: Money,
    /// What is taken off the goods.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Fees, the wrapping included.
    pub fees: Money,
    /// Wrapping as a gift; none when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// The tax contained in the total.
    pub tax_included: Money,
    /// What the shopper pays.
    pub total: Money,
}

impl Totals {
    /// Computes every figure from prices, quantities and the rates of the tax they contain; `tax_rate` is that of
    /// delivery and fees (0.05 for 5 %).
    ///
    /// # Errors
    /// No line, an amount below zero, a discount beyond the goods, two currencies, or an overflow (O3, O6).
    pub fn compute(
        currency: Currency,
        lines: &[PricedLine],
        shipping: Money,
        discount: Money,
        tax_rate: Decimal,
    ) -> Result<Self, OrdersError> {
        if lines.is_empty() {
            return Err(OrdersError::Empty);
        }
        let costs = lines.iter().filter_map(|l| l.unit_cost);
        for amount in lines
            .iter()
            .map(|l| l.unit_price)
            .chain(costs)
            .chain([shipping, discount])
        {
            if amount.amount < 0 {
                return Err(OrdersError::Negative);
            }
            Money::zero(currency).plus(amount)?;
        }
        let gross = lines
            .iter()
            .map(|l| l.unit_price.times(l.quantity.get()))
            .collect::<Result<Vec<_>, _>>()?;
        let subtotal = Money::sum(currency, gross.iter().copied())?;
        if discount.amount > subtotal.amount {
            return Err(OrdersError::DiscountTooLarge);
        }
        let weights: Vec<i64> = gross.iter().map(|g| g.amount).collect();
        let shares = allocate(
            discount.amount,
            &weights,
            unit_of(currency, &weights, discount.amount),
        );
        let lines = lines
            .iter()
            .zip(gross.iter().zip(shares))
            .map(|(line, (gross, share))| {
                let discount = Money::new(share, currency);
                Ok(TotalLine {
                    line: line.clone(),
                    discount,
                    tax_included: Money::zero(currency),
                    total: gross.minus(discount)?,
                })
            })
            .collect::<Result<Vec<_>, MoneyError>>()?;
        let none = Money::zero(currency);
        Self {
            lines,
            currency,
            subtotal,
            discount,
            shipping,
            fees: none,
            gift_wrap: None,
            tax_included: none,
            total: none,
        }
        .settled(tax_rate)
    }

    /// These figures with what wrapping costs, where it is wrapped, and any other fees; `tax_rate` is that of delivery and
    /// fees.
    ///
    /// # Errors
    /// A price or fees below zero or in another currency, or an overflow.
    pub fn with_fees(
        mut self,
        gift_wrap: Option<Money>,
        others: Money,
        tax_rate: Decimal,
    ) -> Result<Self, OrdersError> {
        let none = Money::zero(self.currency);
        let wrap = gift_wrap.unwrap_or(none);
        if wrap.amount < 0 || others.amount < 0 {
            return Err(OrdersError::Negative);
        }
        self.fees = none.plus(wrap)?.plus(others)?;
        self.gift_wrap = gift_wrap;
        self.settled(tax_rate)
    }

    /// Units in all lines.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.lines.iter().map(|l| l.line.quantity.get()).sum()
    }

    /// Fills in the total and the tax it contains: the tax of all that has one rate, shared out so that the lines never
    /// hold more.
    fn settled(mut self, tax_rate: Decimal) -> Result<Self, OrdersError> {
        self.total = self
            .subtotal
            .minus(self.discount)?
            .plus(self.shipping)?
            .plus(self.fees)?;
        let carriage = self.shipping.plus(self.fees)?.amount;
        let mut rates: Vec<Decimal> = self.lines.iter().map(|l| l.line.tax_rate).collect();
        rates.push(tax_rate);
        rates.sort_unstable();
        rates.dedup();
        self.tax_included = Money::zero(self.currency);
        for rate in rates {
            let of = |amount, own| if own == rate { amount } else { 0 };
            let weights: Vec<i64> = self
                .lines
                .iter()
                .map(|l| of(l.total.amount, l.line.tax_rate))
                .chain([of(carriage, tax_rate)])
                .collect();
            let amounts = weights.iter().map(|w| Money::new(*w, self.currency));
            let tax = Money::sum(self.currency, amounts)?.tax_included(rate)?;
            let shares = allocate(
                tax.amount,
                &weights,
                unit_of(self.currency, &weights, tax.amount),
            );
            let own = self.lines.iter_mut().zip(shares);
            for (line, share) in own.filter(|(line, _)| line.line.tax_rate == rate) {
                line.tax_included = Money::new(share, self.currency);
            }
            self.tax_included = self.tax_included.plus(tax)?;
        }
        Ok(self)
    }
}

/// The unit in which an amount is shared out: the currency's paying step, or the minor unit when some amount is no
/// multiple of the step.
fn unit_of(currency: Currency, weights: &[i64], amount: i64) -> i64 {
    let step = currency.step();
    if weights.iter().chain([&amount]).all(|a| a % step == 0) {
        step
    } else {
        1
    }
}

/// Shares `amount` over `weights` in whole units by largest remainder: the parts sum exactly to the amount and none
/// exceeds its weight while the amount does not exceed their sum (O2). Equal remainders go to the earlier part.
/// Amount and weights are not negative and multiples of `unit`.
fn allocate(amount: i64, weights: &[i64], unit: i64) -> Vec<i64> {
    let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if total == 0 || amount == 0 {
        return vec![0; weights.len()];
    }
    let units = i128::from(amount / unit);
    let exact = |w: &i64| units * i128::from(*w);
    let mut parts: Vec<i128> = weights.iter().map(|w| exact(w) / total).collect();
    let mut order: Vec<(i128, usize)> = weights
        .iter()
        .enumerate()
        .map(|(i, w)| (-(exact(w) % total), i))
        .collect();
    order.sort_unstable();
    let left = usize::try_from(units - parts.iter().sum::<i128>()).unwrap_or_default();
    for (_, index) in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    // A part is at most the amount, which fits.
    parts
        .into_iter()
        .map(|p| i64::try_from(p * i128::from(unit)).unwrap_or(i64::MAX))
        .collect()
}
