//! The rules of selling: tax, the payment window, returns.

use kernel::{Currency, Money, Timestamp};
use platform::{Ctx, Rx};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Changed, changed};
use crate::{FlowError, shop};

/// The rules of selling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RulesPage {
    /// Who changed them last.
    pub changed: Option<Changed>,
    /// The standard tax contained in prices, in percent: `5`, `8.875`.
    pub tax_percent: String,
    /// Days within which an order must be paid before it closes.
    pub payment_days: i64,
    /// Days within which goods can be returned; 0 for none.
    pub return_days: i64,
    /// Minutes within which a buyer takes back that they called an unpaid order off; 0 for not at all.
    pub undo_minutes: i64,
    /// Unpaid orders that one source may place in an hour.
    pub unpaid_orders_per_hour: i64,
    /// What the rules mean for an order placed now.
    pub example: RulesExample,
}

/// What the rules mean for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RulesExample {
    /// What it costs.
    pub total: Money,
    /// The tax contained in it.
    pub tax: Money,
    /// Until when it can be paid.
    pub pay_until: Timestamp,
}

/// The rules of selling.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<RulesPage, FlowError> {
    let shop = shop::load(rx).await?;
    let total = round_figure(shop.currency);
    Ok(RulesPage {
        changed: changed(rx, shop::SHOP).await?,
        tax_percent: percent(shop.tax_rate),
        payment_days: shop.payment_days,
        return_days: shop.return_days,
        undo_minutes: shop.undo_minutes,
        unpaid_orders_per_hour: i64::from(shop.unpaid_orders_per_hour),
        example: RulesExample {
            total,
            tax: total.tax_included(shop.tax_rate)?,
            pay_until: ctx.now().plus_seconds(shop.payment_days * 86_400),
        },
    })
}

const fn round_figure(currency: Currency) -> Money {
    Money::new(1_000 * currency.scale(), currency)
}

/// A rate as people write it, without the sign: 0.05 is `5`.
#[must_use]
pub fn percent(rate: Decimal) -> String {
    (rate * Decimal::ONE_HUNDRED).normalize().to_string()
}
