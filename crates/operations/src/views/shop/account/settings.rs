//! What a customer keeps about themselves, and how they sign in (CRM-01).

use customers::{
    consent::{self, Purpose},
    customer,
};
use kernel::{CustomerId, Locale};
use platform::{Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

/// Who the customer is and how they sign in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SettingsPage {
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// The language of their letters.
    pub locale: Locale,
    /// The account's address.
    pub email: String,
    /// Whether the account has a password.
    pub has_password: bool,
    /// Whether the customer wants letters about offers and news.
    pub marketing_mail: bool,
}

impl PageView for SettingsPage {
    const TEMPLATE: &'static str = "account_settings.html";
}

/// What a customer's account keeps.
///
/// # Errors
/// [`FlowError::NotFound`] without an account.
pub async fn settings_page(rx: &mut Rx, id: CustomerId) -> Result<SettingsPage, FlowError> {
    let known = customers::account::of(rx, id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let person = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    Ok(SettingsPage {
        name: person.name,
        phone: person.phone.unwrap_or_default(),
        locale: person.locale,
        email: known.email,
        has_password: known.has_password,
        marketing_mail: consent::allows(rx, id, Purpose::MarketingMail).await?,
    })
}
