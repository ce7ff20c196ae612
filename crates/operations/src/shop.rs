//! What the shop has decided: its name, tax, payment window, bank account, limits. One settings key each.

use catalog::AfterSales;
use fulfilment::{
    calendar::ShopCalendar,
    delivery::{self, NewDeliveryMethod},
    zone::{self, Tariff},
};
use jiff::tz::TimeZone;
use kernel::{Currency, Locale, Money, Texts, address_form::COUNTRIES};
use platform::{Ctx, DbError, Rx, ShopZone, Tx, recent, settings};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::FlowError;

/// Settings key of [`Shop`].
pub const SHOP: &str = "shop";
/// Settings key of the shop's own [`catalog::AfterSales`] terms.
pub const AFTER_SALES: &str = "after_sales";
/// Settings key of [`fulfilment::calendar::ShopCalendar`].
pub const CALENDAR: &str = "calendar";

/// The shop and its rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Shop {
    /// Its name.
    pub name: Texts,
    /// One line about it.
    pub tagline: Texts,
    /// Where it came from and what it stands for.
    pub story: Texts,
    /// The wide picture of the home page, a file of the shop.
    pub hero: Option<String>,
    /// The languages in which it sells, the first one for everybody who reads none of them; none means all.
    pub languages: Vec<Locale>,
    /// What it charges in.
    pub currency: Currency,
    /// Where customers write.
    pub contact_email: String,
    /// Where customers call.
    pub contact_phone: String,
    /// Where customers chat on LINE: an id such as `@tea`, or a link of LINE's.
    pub contact_line: String,
    /// How its letters look and where they come from.
    pub letters: LetterSender,
    /// When somebody answers.
    pub hours: Texts,
    /// Where parcels are sent from, for product pages (STF-15).
    pub ships_from: Texts,
    /// Tax contained in prices; 0.05 in Taiwan.
    #[schemars(with = "String")]
    pub tax_rate: Decimal,
    /// Other classes of tax than the standard one, which is [`Shop::tax_rate`].
    pub tax_classes: Vec<TaxClass>,
    /// Days within which an order must be paid before it closes (CHK-15).
    pub payment_days: i64,
    /// Whether browsers are asked before their visits are measured.
    pub ask_consent: AskConsent,
    /// Minutes within which a buyer can take back that they called an order off (CHK-21).
    pub undo_minutes: i64,
    /// Days after delivery until an order closes; the return window.
    pub return_days: i64,
    /// Where transfers go.
    pub bank: BankAccount,
    /// The shop's address on the web, for links in messages; without a slash at the end.
    pub public_url: String,
    /// Countries that parcels go to by ways to deliver without rates in zones, the shop's own first; ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// Unpaid orders one source may place in an hour (A13).
    pub unpaid_orders_per_hour: u32,
}

/// Whether browsers are asked before their visits are measured. What the shop needs to work, such as the cart, needs no
/// asking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskConsent {
    /// Nobody is asked.
    Never,
    /// Those whose browser is set to a place whose law asks for it: the European Economic Area, Switzerland, the United
    /// Kingdom.
    #[default]
    ByRegion,
    /// Everybody is asked.
    Always,
}

/// How the shop's letters look and where they come from. What is empty is as it would be without it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LetterSender {
    /// The name they come from; the shop's own when empty.
    pub name: Texts,
    /// The address they come from; the program's own when empty. The mail server must be allowed to send for it.
    pub address: String,
    /// Where answers go; the contact address when empty.
    pub reply_to: String,
    /// A line at the end of every letter, such as the company's name and tax number.
    pub footer: Texts,
}

/// An account for bank transfers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BankAccount {
    /// The bank's name.
    pub bank_name: String,
    /// The bank's code.
    pub bank_code: String,
    /// The branch.
    pub branch: String,
    /// The account's number.
    pub account_number: String,
    /// In whose name it is.
    pub account_name: String,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            name: Texts::one(Locale::Hant, "我的商店"),
            tagline: Texts::default(),
            story: Texts::default(),
            hero: None,
            languages: Locale::ALL.to_vec(),
            currency: Currency::TWD,
            contact_email: String::new(),
            contact_phone: String::new(),
            contact_line: String::new(),
            letters: LetterSender::default(),
            hours: Texts::default(),
            ships_from: Texts::default(),
            tax_rate: Decimal::new(5, 2),
            tax_classes: TaxClass::usual(),
            payment_days: 3,
            ask_consent: AskConsent::default(),
            undo_minutes: 60,
            return_days: 7,
            bank: BankAccount::default(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            countries: vec!["TW".to_owned()],
            unpaid_orders_per_hour: 20,
        }
    }
}

/// Code of the tax class of goods that nobody put into another.
pub const STANDARD_TAX: &str = "standard";

/// A class of goods that are taxed at a rate of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaxClass {
    /// Stable code, lower-case: `reduced`.
    pub code: String,
    /// Its name for people: 零稅率.
    pub name: Texts,
    /// The rate of the tax that prices contain.
    #[schemars(with = "String")]
    pub rate: Decimal,
}

impl TaxClass {
    /// The classes of a shop that decided nothing: zero-rated and exempt goods, which contain no tax.
    fn usual() -> Vec<Self> {
        let class = |code: &str, names: [&str; 3]| Self {
            code: code.to_owned(),
            name: Texts(
                Locale::ALL
                    .into_iter()
                    .zip(names.map(str::to_owned))
                    .collect(),
            ),
            rate: Decimal::ZERO,
        };
        vec![
            class("zero", ["零稅率", "零税率", "Zero-rated"]),
            class("exempt", ["免稅", "免税", "Exempt"]),
        ]
    }
}

impl Shop {
    /// The countries that parcels go to: those of the zones, and the shop's own list for ways to deliver that have no
    /// rates in zones.
    #[must_use]
    pub fn sends_to(&self, tariff: &Tariff) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut add = |code: &str| {
            if found.iter().all(|known| known != code) {
                found.push(code.to_owned());
            }
        };
        let zones = tariff.countries();
        for code in &zones {
            if *code == zone::ANYWHERE {
                for code in COUNTRIES {
                    add(code);
                }
            } else {
                add(code);
            }
        }
        if zones.is_empty() || tariff.goes_beyond_zones() {
            for code in &self.countries {
                add(code);
            }
        }
        found
    }

    /// Whether parcels go to a country.
    #[must_use]
    pub fn reaches(&self, tariff: &Tariff, country: &str) -> bool {
        let zones = tariff.countries();
        let own = zones.is_empty() || tariff.goes_beyond_zones();
        zones.contains(&country)
            || zones.contains(&zone::ANYWHERE)
            || (own && self.countries.iter().any(|code| code == country))
    }

    /// The link behind the shop's account of LINE; none without one.
    #[must_use]
    pub fn line_url(&self) -> Option<String> {
        match self.contact_line.strip_prefix('@') {
            Some(id) => Some(format!("https://line.me/R/ti/p/@{id}")),
            None => Some(self.contact_line.clone()).filter(|link| !link.is_empty()),
        }
    }

    /// The rate of a tax class; that of the standard class for one that is gone.
    #[must_use]
    pub fn tax_rate_of(&self, class: &str) -> Decimal {
        let own = self.tax_classes.iter().find(|c| c.code == class);
        own.map_or(self.tax_rate, |c| c.rate)
    }
}

/// Where the clock of the shop's calendar hangs.
///
/// # Errors
/// Whatever the database says.
pub async fn zone(ctx: &Ctx) -> Result<TimeZone, DbError> {
    let calendar: ShopCalendar = ctx
        .read(async |rx, _| settings::load(rx, CALENDAR).await)
        .await?;
    Ok(calendar.zone())
}

/// Lets `shared` follow the shop's calendar until `stop` turns true: on whichever node somebody moves the clock, this
/// process knows within a second.
pub async fn follow_zone(ctx: Ctx, shared: ShopZone, mut stop: watch::Receiver<bool>) {
    loop {
        match zone(&ctx).await {
            Ok(zone) if zone != shared.get() => shared.set(zone),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the shop's time zone cannot be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(recent::AGE) => {}
            gone = stop.changed() => if gone.is_err() || *stop.borrow() { return; },
        }
    }
}

/// The shop's decisions.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<Shop, DbError> {
    settings::load(rx, SHOP).await
}

/// The after-sales terms that hold for every product that says nothing else (CAT-07). The days within which goods are
/// taken back are the shop's return window where nothing else is decided.
///
/// # Errors
/// Whatever the database says.
pub async fn after_sales(rx: &mut Rx) -> Result<AfterSales, DbError> {
    let window = load(rx).await?.return_days;
    let terms: AfterSales = settings::load(rx, AFTER_SALES).await?;
    Ok(AfterSales {
        return_days: terms.return_days.or(Some(window)),
        ..terms
    })
}

/// Keeps where the shop is reached. What the merchant chose always counts; an address that a program only happens to
/// listen at replaces none but another one of this machine, so that a node without the setting does no harm.
///
/// # Errors
/// Whatever the database says.
pub async fn reached_at(
    tx: &mut Tx,
    ctx: &Ctx,
    public_url: &str,
    chosen: bool,
) -> Result<(), DbError> {
    let shop = load(tx).await?;
    if shop.public_url == public_url || !(chosen || is_this_machine(&shop.public_url)) {
        return Ok(());
    }
    let shop = Shop {
        public_url: public_url.to_owned(),
        ..shop
    };
    settings::save(tx, ctx, SHOP, &shop).await
}

fn is_this_machine(url: &str) -> bool {
    let host = url.strip_prefix("http://").unwrap_or_default();
    ["127.", "localhost", "[::1]", "0.0.0.0", "[::]"]
        .iter()
        .any(|local| host.starts_with(local))
}

/// What every shop needs before its first product: its address on the web, a place for stock, a way to deliver. What
/// is there already stays.
///
/// # Errors
/// Whatever the domains or the database say.
pub async fn prepare(tx: &mut Tx, ctx: &Ctx, public_url: &str) -> Result<(), FlowError> {
    let shop = Shop {
        public_url: public_url.to_owned(),
        ..load(tx).await?
    };
    settings::save(tx, ctx, SHOP, &shop).await?;
    inventory::location::ensure_default(tx, ctx).await?;
    if delivery::list_active(tx).await?.is_empty() {
        let words = |hant: &str, hans: &str, en: &str| {
            Texts(
                [(Locale::Hant, hant), (Locale::Hans, hans), (Locale::En, en)]
                    .map(|(l, t)| (l, t.to_owned()))
                    .into(),
            )
        };
        let home = NewDeliveryMethod {
            code: "home".into(),
            name: words("宅配到府", "送货上门", "Home delivery"),
            description: Texts::default(),
            carrier: "tcat".into(),
            rate: Money::new(100 * shop.currency.scale(), shop.currency),
            free_over: None,
            days_min: 1,
            days_max: 3,
            cash_on_delivery: true,
            max_weight_g: None,
            position: 1,
            pickup: None,
        };
        delivery::create(tx, ctx, home).await?;
    }
    Ok(())
}
