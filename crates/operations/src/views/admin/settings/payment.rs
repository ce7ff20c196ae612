//! How the shop is paid: which ways, from what to what sum, into which account.

use kernel::Money;
use orders::PaymentMethod;
use payments::settings as payment_settings;
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Changed, changed, newer};
use crate::{
    FlowError, payment_terms,
    shop::{self, BankAccount},
};

/// How the shop is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentSettingsPage {
    /// Who changed it last.
    pub changed: Option<Changed>,
    /// What it charges in.
    pub currency: String,
    /// The ways to pay.
    pub methods: Vec<MethodRow>,
    /// Where transfers go.
    pub bank: BankAccount,
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MethodRow {
    /// Its code.
    pub code: PaymentMethod,
    /// Whether it is on.
    pub on: bool,
    /// The smallest total.
    pub least: Option<Money>,
    /// The largest total.
    pub most: Option<Money>,
    /// Why shoppers do not see it although it is on: `provider` without a card company, `account` without a bank account,
    /// `delivery` where no courier takes money; null when they do.
    pub lacks: Option<&'static str>,
}

/// How the shop is paid.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx) -> Result<PaymentSettingsPage, FlowError> {
    let shop = shop::load(rx).await?;
    let terms = payment_terms::load(rx).await?;
    let money = |amount: i64| Money::new(amount, shop.currency);
    let cards = payment_settings::load(rx).await?.cards().is_some();
    let tariff = fulfilment::zone::tariff(rx).await?;
    let couriers = tariff.methods.iter().any(|m| m.cash_on_delivery)
        || tariff.rates.iter().any(|r| r.cash_on_delivery);
    let row = |code: &PaymentMethod| {
        let own = terms.of(*code);
        let lacks = match code {
            PaymentMethod::Card if !cards => Some("provider"),
            PaymentMethod::BankTransfer if shop.bank.account_number.is_empty() => Some("account"),
            PaymentMethod::CashOnDelivery if !couriers => Some("delivery"),
            _ => None,
        };
        MethodRow {
            code: *code,
            on: own.on,
            least: own.least.map(money),
            most: own.most.map(money),
            lacks,
        }
    };
    Ok(PaymentSettingsPage {
        changed: newer(
            changed(rx, payment_terms::SETTING).await?,
            changed(rx, shop::SHOP).await?,
        ),
        currency: shop.currency.code().to_owned(),
        methods: PaymentMethod::ALL.iter().map(row).collect(),
        bank: shop.bank,
    })
}
