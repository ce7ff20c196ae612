//! Who the shop is: name, contact, languages, currency, time zone.

use fulfilment::calendar::ShopCalendar;
use kernel::{Locale, Texts};
use platform::{Rx, settings};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Changed, changed, newer, zone_name};
use crate::{
    FlowError,
    flows::decide::{self, CurrencyLock},
    shop,
};

/// Currencies that are offered first.
const CURRENCIES: [&str; 9] = [
    "TWD", "HKD", "CNY", "USD", "EUR", "JPY", "GBP", "SGD", "MYR",
];
/// Time zones that are offered first.
const ZONES: [&str; 12] = [
    "Asia/Taipei",
    "Asia/Hong_Kong",
    "Asia/Macau",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Sydney",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
];

/// Who the shop is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IdentityPage {
    /// Who changed it last.
    pub changed: Option<Changed>,
    /// Its name.
    pub name: Texts,
    /// One line about it.
    pub tagline: Texts,
    /// Where customers write.
    pub contact_email: String,
    /// Where customers call.
    pub contact_phone: String,
    /// Where customers chat on LINE.
    pub contact_line: String,
    /// Where parcels are sent from.
    pub ships_from: Texts,
    /// The languages in which it sells.
    pub languages: Vec<Locale>,
    /// What it charges in.
    pub currency: String,
    /// What keeps the currency as it is: `orders` or `prices`; null while it can still be chosen.
    pub currency_lock: Option<CurrencyLock>,
    /// Currencies to choose from.
    pub currencies: Vec<String>,
    /// Where its clock hangs.
    pub zone: String,
    /// Time zones to choose from.
    pub zones: Vec<String>,
}

/// Who the shop is.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx) -> Result<IdentityPage, FlowError> {
    let shop = shop::load(rx).await?;
    let calendar: ShopCalendar = settings::load(rx, shop::CALENDAR).await?;
    let (currency, zone) = (shop.currency.code().to_owned(), zone_name(&calendar));
    Ok(IdentityPage {
        changed: newer(changed(rx, shop::SHOP).await?, None),
        name: shop.name,
        tagline: shop.tagline,
        contact_email: shop.contact_email,
        contact_phone: shop.contact_phone,
        contact_line: shop.contact_line,
        ships_from: shop.ships_from,
        languages: shop.languages,
        currency_lock: decide::currency_lock(rx).await?,
        currencies: with(&CURRENCIES, &currency),
        currency,
        zones: with(&ZONES, &zone),
        zone,
    })
}

/// A list with the present choice in it.
fn with(list: &[&str], present: &str) -> Vec<String> {
    let mut all: Vec<String> = list.iter().map(|text| (*text).to_owned()).collect();
    if !all.iter().any(|text| text == present) {
        all.push(present.to_owned());
    }
    all
}
