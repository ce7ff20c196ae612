//! When a product goes on sale and off, and its tax class, as their forms show them; and the shop's tax classes.

use std::collections::BTreeMap;

use catalog::{Product, product};
use kernel::{Locale, Permission, Timestamp};
use platform::{Ctx, Rx};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{FlowError, shop};

/// When a product is sold, and how it is taxed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductTerms {
    /// When it goes on sale.
    pub publish_at: Option<Timestamp>,
    /// The same as its form takes it, in the shop's time: `2026-12-24T10:00`.
    pub publish_local: Option<String>,
    /// When it goes off sale.
    pub unpublish_at: Option<Timestamp>,
    /// The same as its form takes it.
    pub unpublish_local: Option<String>,
    /// Why it could not go on sale at its time, as a key of a sentence.
    pub problem: Option<String>,
    /// The shop's time zone.
    pub zone: String,
    /// All tax classes, the standard one first.
    pub tax_classes: Vec<TaxChoice>,
}

/// A tax class that a product can be in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TaxChoice {
    /// Its code.
    pub code: String,
    /// Its name; empty for the standard one, which pages name themselves.
    pub name: String,
    /// The rate in per cent: `5`.
    pub percent: String,
    /// Whether the product is in it.
    pub selected: bool,
}

/// The shop's tax classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TaxClassesPage {
    /// The standard rate in per cent.
    pub standard: String,
    /// The other classes.
    pub classes: Vec<TaxClassRow>,
    /// The languages of the shop's words.
    pub locales: [Locale; 3],
    /// Whether the reader may change them.
    pub can_write: bool,
}

/// One tax class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TaxClassRow {
    /// Its code.
    pub code: String,
    /// Its name in each language.
    pub name: BTreeMap<Locale, String>,
    /// The rate in per cent.
    pub percent: String,
}

/// When a product is sold, and how it is taxed.
pub(super) async fn of(
    rx: &mut Rx,
    ctx: &Ctx,
    product: &Product,
) -> Result<ProductTerms, FlowError> {
    let decided = shop::load(rx).await?;
    let known = |code: &str| decided.tax_classes.iter().any(|c| c.code == code);
    let own = Some(product.tax_class.as_str()).filter(|code| known(code));
    let own = own.unwrap_or(shop::STANDARD_TAX);
    let choice = |code: &str, name: &str, rate: Decimal| TaxChoice {
        code: code.to_owned(),
        name: name.to_owned(),
        percent: percent(rate),
        selected: code == own,
    };
    let mut tax_classes = vec![choice(shop::STANDARD_TAX, "", decided.tax_rate)];
    for class in &decided.tax_classes {
        let name = class.name.get(ctx.locale());
        tax_classes.push(choice(&class.code, name, class.rate));
    }
    Ok(ProductTerms {
        publish_at: product.plan.publish_at,
        publish_local: local(ctx, product.plan.publish_at),
        unpublish_at: product.plan.unpublish_at,
        unpublish_local: local(ctx, product.plan.unpublish_at),
        problem: product::plan_problem(rx, product.id).await?,
        zone: ctx.zone().iana_name().unwrap_or("UTC").to_owned(),
        tax_classes,
    })
}

/// An instant as a field of a form holds it, on the shop's clock.
pub(super) fn local(ctx: &Ctx, at: Option<Timestamp>) -> Option<String> {
    at.map(|at| {
        at.in_zone(ctx.zone())
            .strftime("%Y-%m-%dT%H:%M")
            .to_string()
    })
}

/// The shop's tax classes.
///
/// # Errors
/// Whatever the database says.
pub async fn tax_classes(rx: &mut Rx, ctx: &Ctx) -> Result<TaxClassesPage, FlowError> {
    let decided = shop::load(rx).await?;
    let row = |class: shop::TaxClass| TaxClassRow {
        code: class.code,
        name: class.name.0,
        percent: percent(class.rate),
    };
    Ok(TaxClassesPage {
        standard: percent(decided.tax_rate),
        classes: decided.tax_classes.into_iter().map(row).collect(),
        locales: Locale::ALL,
        can_write: ctx.allows(Permission::SettingsWrite),
    })
}

/// A rate as people write it: 0.05 is `5`.
fn percent(rate: Decimal) -> String {
    (rate * Decimal::ONE_HUNDRED).normalize().to_string()
}
