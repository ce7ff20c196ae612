//! From an empty shop to a first sale: steps that know by themselves whether they are done, a walk as the first customer,
//! and what only a person can look at (STF-24).

use std::collections::BTreeSet;

use fulfilment::zone;
use kernel::VariantId;
use orders::PaymentMethod;
use payments::settings as payment_settings;
use platform::{DbError, Rx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    FlowError,
    flows::walk::Walked,
    payment_terms,
    shop::{self, Shop},
};

/// Settings key of [`Guide`].
pub const SETTING: &str = "start_guide";
/// What only a person can look at, page by page.
pub const LOOKS: [&str; 6] = ["home", "product", "cart", "checkout", "letter", "contact"];

/// What is kept of the way to the first sale.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guide {
    /// Whether somebody put it away.
    pub dismissed: bool,
    /// What somebody has looked at.
    pub looked: BTreeSet<String>,
    /// The last walk.
    pub walked: Option<Walked>,
}

/// The way to the first sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StartPage {
    /// The steps in the order in which they are best taken.
    pub steps: Vec<StartStep>,
    /// How many are done.
    pub done: usize,
    /// Whether somebody put the guide away.
    pub dismissed: bool,
    /// The last walk as the first customer; null before the first.
    pub walked: Option<Walked>,
    /// What only a person can look at.
    pub looks: Vec<Look>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StartStep {
    /// `identity`, `product`, `stock`, `delivery`, `payment`, `policies`, `look`, `walk` or `order`.
    pub code: &'static str,
    /// Whether it is done.
    pub done: bool,
    /// Where it is done.
    pub url: &'static str,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Look {
    /// Its code.
    pub code: &'static str,
    /// Whether somebody has.
    pub done: bool,
}

/// How far the shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StartProgress {
    /// Steps that are done.
    pub done: usize,
    /// All steps.
    pub all: usize,
}

/// The way to the first sale.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx) -> Result<StartPage, FlowError> {
    let guide: Guide = settings::load(rx, SETTING).await?;
    let steps = steps(rx, &guide).await?;
    Ok(StartPage {
        done: steps.iter().filter(|step| step.done).count(),
        steps,
        dismissed: guide.dismissed,
        looks: LOOKS
            .into_iter()
            .map(|code| Look {
                code,
                done: guide.looked.contains(code),
            })
            .collect(),
        walked: guide.walked,
    })
}

/// How far the shop is, for the first page; `None` once everything is done or the guide was put away.
///
/// # Errors
/// Whatever the database says.
pub async fn progress(rx: &mut Rx) -> Result<Option<StartProgress>, FlowError> {
    let guide: Guide = settings::load(rx, SETTING).await?;
    if guide.dismissed {
        return Ok(None);
    }
    let steps = steps(rx, &guide).await?;
    let (done, all) = (steps.iter().filter(|step| step.done).count(), steps.len());
    Ok((done < all).then_some(StartProgress { done, all }))
}

async fn steps(rx: &mut Rx, guide: &Guide) -> Result<Vec<StartStep>, FlowError> {
    let shop = shop::load(rx).await?;
    let written = "SELECT 1 AS one FROM pages WHERE kind <> 'home' AND live IS NOT NULL AND updated_at IS NOT NULL LIMIT 1";
    let step = |code, done, url| StartStep { code, done, url };
    let product = "SELECT 1 AS one FROM products p WHERE p.state = 'published' \
                   AND EXISTS (SELECT 1 FROM variants v WHERE v.product_id = p.id AND v.price > 0) \
                   AND EXISTS (SELECT 1 FROM media m WHERE m.product_id = p.id) LIMIT 1";
    let stock = "SELECT 1 AS one FROM stock s JOIN variants v ON v.id = s.variant_id JOIN products p ON p.id = v.product_id \
                 WHERE p.state = 'published' AND s.place_state = 'ships' AND (s.on_hand > s.reserved OR s.backorder) LIMIT 1";
    let sold = orders::order::any(rx).await?;
    Ok(vec![
        step("identity", is_named(&shop), "/admin/settings/shop"),
        step(
            "product",
            there_is(rx, product).await?,
            "/admin/products/new",
        ),
        // What was sold out since was there once.
        step(
            "stock",
            sold || there_is(rx, stock).await?,
            "/admin/inventory",
        ),
        step("delivery", delivers(rx).await?, "/admin/settings/delivery"),
        step(
            "payment",
            is_paid(rx, &shop).await?,
            "/admin/settings/payment",
        ),
        step("policies", there_is(rx, written).await?, "/admin/pages"),
        step(
            "look",
            LOOKS.iter().all(|l| guide.looked.contains(*l)),
            "/admin/start#looks",
        ),
        step(
            "walk",
            guide.walked.as_ref().is_some_and(|walked| walked.passed),
            "/admin/start#walk",
        ),
        step("order", sold, "/admin/orders"),
    ])
}

/// The variant that a first customer would look at: the earliest that is on sale and there, else the earliest on sale.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn first_to_buy(rx: &mut Rx) -> Result<Option<VariantId>, DbError> {
    let sql = "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id LEFT JOIN \
               (SELECT variant_id, SUM(on_hand - reserved) AS free FROM stock WHERE place_state = 'ships' GROUP BY variant_id) s ON s.variant_id = v.id \
               WHERE p.state = 'published' ORDER BY CASE WHEN COALESCE(s.free, 0) > 0 THEN 0 ELSE 1 END, p.published_at, v.position LIMIT 1";
    let row = rx.row(sql, &[]).await?;
    row.map(|row| row.get("id")).transpose()
}

fn is_named(shop: &Shop) -> bool {
    let named = !shop.name.is_empty() && shop.name != Shop::default().name;
    named && !(shop.contact_email.is_empty() && shop.contact_phone.is_empty())
}

async fn there_is(rx: &mut Rx, sql: &str) -> Result<bool, FlowError> {
    Ok(rx.row(sql, &[]).await?.is_some())
}

async fn delivers(rx: &mut Rx) -> Result<bool, FlowError> {
    Ok(!zone::tariff(rx).await?.at_home().is_empty())
}

async fn is_paid(rx: &mut Rx, shop: &Shop) -> Result<bool, FlowError> {
    let terms = payment_terms::load(rx).await?;
    let cards = payment_settings::load(rx).await?.cards().is_some();
    let cash = zone::tariff(rx)
        .await?
        .at_home()
        .iter()
        .any(|m| m.cash_on_delivery);
    let ways = [
        (PaymentMethod::Card, cards),
        (
            PaymentMethod::BankTransfer,
            !shop.bank.account_number.is_empty(),
        ),
        (PaymentMethod::CashOnDelivery, cash),
    ];
    Ok(ways
        .into_iter()
        .any(|(method, there)| there && terms.of(method).on))
}
