//! What the shop decides, page by page (PLT-08 lets only those change it who may).

pub mod delivery;
pub mod delivery_zone;
pub mod identity;
pub mod letters;
pub mod payment;
pub mod privacy;
pub mod rules;
pub mod times;

use fulfilment::{calendar::ShopCalendar, zone};
use jiff::civil::Date;
use kernel::{Locale, Timestamp};
use orders::PaymentMethod;
use platform::{
    Ctx, DbError, Rx,
    auth::{keys, staff},
    settings,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::person;
use crate::{FlowError, payment_terms, shop};

/// Who changed something last, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Changed {
    /// When.
    pub at: Timestamp,
    /// Who; null for the shop itself.
    pub by: Option<String>,
}

/// Who changed the settings under a key last; `None` while they are the program's own.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn changed(rx: &mut Rx, key: &str) -> Result<Option<Changed>, DbError> {
    let last = settings::last_change(rx, key).await?;
    Ok(last.map(|(at, by)| Changed {
        at,
        by: person(&by),
    }))
}

/// The newer of two changes.
pub(crate) fn newer(a: Option<Changed>, b: Option<Changed>) -> Option<Changed> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if a.at >= b.at { a } else { b }),
        (a, b) => a.or(b),
    }
}

/// A minute of the day as a clock shows it, `14:00`.
#[must_use]
pub fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60))
}

/// All settings at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SettingsPage {
    /// The shop's name.
    pub name: String,
    /// Where customers reach it.
    pub contact: Option<String>,
    /// The languages in which it sells.
    pub languages: Vec<Locale>,
    /// What it charges in.
    pub currency: String,
    /// Where its clock hangs.
    pub zone: String,
    /// The standard tax in percent, `5`.
    pub tax_percent: String,
    /// Days within which an order must be paid.
    pub payment_days: i64,
    /// Days within which goods can be returned.
    pub return_days: i64,
    /// Ways to deliver that are offered.
    pub delivery_methods: i64,
    /// Zones with rates of their own.
    pub zones: i64,
    /// Ways to pay that are on.
    pub payment_methods: Vec<PaymentMethod>,
    /// Classes of tax beside the standard one.
    pub tax_classes: i64,
    /// Whether browsers are asked before their visits are measured.
    pub ask_consent: shop::AskConsent,
    /// The name that letters come from.
    pub sender: String,
    /// Until when an order leaves the same day.
    pub cutoff: String,
    /// Holidays that are still to come.
    pub holidays: i64,
    /// The last date that the calendar knows as a holiday.
    #[schemars(with = "Option<String>")]
    pub holidays_until: Option<Date>,
    /// People who can sign in.
    pub staff: i64,
    /// Keys in use.
    pub keys: i64,
}

/// All settings at a glance.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<SettingsPage, FlowError> {
    let shop = shop::load(rx).await?;
    let calendar: ShopCalendar = settings::load(rx, shop::CALENDAR).await?;
    let terms = payment_terms::load(rx).await?;
    let tariff = zone::tariff(rx).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let today = calendar.date(ctx.now());
    let contact = [&shop.contact_email, &shop.contact_phone];
    Ok(SettingsPage {
        tax_classes: count(shop.tax_classes.len()),
        ask_consent: shop.ask_consent,
        sender: [&shop.letters.name, &shop.name]
            .into_iter()
            .map(|name| name.get(ctx.locale()))
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .to_owned(),
        name: shop.name.get(ctx.locale()).to_owned(),
        contact: contact.into_iter().find(|text| !text.is_empty()).cloned(),
        languages: shop.languages,
        currency: shop.currency.code().to_owned(),
        zone: zone_name(&calendar),
        tax_percent: rules::percent(shop.tax_rate),
        payment_days: shop.payment_days,
        return_days: shop.return_days,
        delivery_methods: count(tariff.methods.len()),
        zones: count(tariff.zones.len()),
        payment_methods: PaymentMethod::ALL
            .iter()
            .copied()
            .filter(|m| terms.of(*m).on)
            .collect(),
        cutoff: clock(calendar.cutoff_minute),
        holidays: count(calendar.holidays.range(today..).count()),
        holidays_until: calendar.holidays.last().copied(),
        staff: count(
            staff::list(rx)
                .await?
                .iter()
                .filter(|person| person.state == "active")
                .count(),
        ),
        keys: count(
            keys::list(rx)
                .await?
                .iter()
                .filter(|key| key.revoked_at.is_none())
                .count(),
        ),
    })
}

/// The name of the calendar's time zone.
pub(crate) fn zone_name(calendar: &ShopCalendar) -> String {
    calendar
        .zone
        .iana_name()
        .unwrap_or("Asia/Taipei")
        .to_owned()
}
