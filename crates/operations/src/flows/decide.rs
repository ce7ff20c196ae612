//! What the shop decides: each page of the settings is one command, which says what is wrong at its field and leaves
//! everything that stands on other pages as it is.

use std::collections::{BTreeMap, BTreeSet};

use fulfilment::{
    calendar::{self, Day, ShopCalendar},
    delivery,
    hours::{self, BusinessHours},
    office_calendar::{self, Imported, OfficeCalendar},
};
use jiff::{civil::Date, tz::TimeZone};
use kernel::{Currency, Email, Locale, Texts};
use orders::PaymentMethod;
use platform::{Ctx, Rx, Tx, settings, web::FieldProblem};
use rust_decimal::Decimal;

use crate::{
    FlowError,
    gift::{self, GiftRule},
    packing::{self, Packing},
    payment_terms::{self, MethodTerms, PaymentTerms},
    shop::{self, BankAccount, SHOP, Shop},
};

/// Characters of a short text.
pub(super) const SHORT: usize = 80;
/// Characters of a line.
pub(super) const LINE: usize = 200;

/// Why the currency cannot be changed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurrencyLock {
    /// Orders exist in it.
    Orders,
    /// Goods have prices in it.
    Prices,
}

/// What keeps the currency as it is; nothing in a shop that has not begun.
///
/// # Errors
/// Whatever the database says.
pub async fn currency_lock(rx: &mut Rx) -> Result<Option<CurrencyLock>, FlowError> {
    if orders::order::any(rx).await? {
        return Ok(Some(CurrencyLock::Orders));
    }
    if catalog::price::any(rx).await? {
        return Ok(Some(CurrencyLock::Prices));
    }
    Ok(None)
}

/// Who the shop is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Its name.
    pub name: Texts,
    /// One line about it.
    pub tagline: Texts,
    /// Where customers write; empty for nowhere.
    pub contact_email: String,
    /// Where customers call; empty for nowhere.
    pub contact_phone: String,
    /// Where customers chat on LINE; empty for nowhere.
    pub contact_line: String,
    /// Where parcels are sent from.
    pub ships_from: Texts,
    /// The languages in which it sells.
    pub languages: Vec<Locale>,
    /// What it charges in; `None` leaves it.
    pub currency: Option<Currency>,
    /// Where its clock hangs, by the name of the time zone database.
    pub zone: String,
}

/// Says who the shop is.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn identity(tx: &mut Tx, ctx: &Ctx, new: &Identity) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    let zone = TimeZone::get(new.zone.trim()).ok();
    wrong.when(new.name.is_empty(), "name", "error-required");
    for (field, texts, most) in [
        ("name", &new.name, SHORT),
        ("tagline", &new.tagline, LINE),
        ("ships_from", &new.ships_from, LINE),
    ] {
        wrong.long(field, texts, most);
    }
    wrong.when(
        !new.contact_email.is_empty() && Email::parse(&new.contact_email).is_err(),
        "contact_email",
        "error-email",
    );
    wrong.when(
        too_long(&new.contact_phone, SHORT),
        "contact_phone",
        "error-too-long",
    );
    wrong.when(
        !is_line(&new.contact_line),
        "contact_line",
        "error-settings-line",
    );
    wrong.when(
        new.languages.is_empty(),
        "languages",
        "error-settings-language",
    );
    wrong.when(zone.is_none(), "zone", "error-settings-zone");
    let before = shop::load(tx).await?;
    let currency = new.currency.filter(|c| *c != before.currency);
    if currency.is_some()
        && let Some(lock) = currency_lock(tx).await?
    {
        let key = match lock {
            CurrencyLock::Orders => "error-settings-currency-orders",
            CurrencyLock::Prices => "error-settings-currency-prices",
        };
        wrong.at("currency", key);
    }
    wrong.end()?;
    settings::change(tx, ctx, SHOP, |shop: &mut Shop| {
        shop.name = new.name.clone();
        shop.tagline = new.tagline.clone();
        shop.contact_email = new.contact_email.clone();
        shop.contact_phone = new.contact_phone.clone();
        shop.contact_line = new.contact_line.clone();
        shop.ships_from = new.ships_from.clone();
        shop.languages = new.languages.clone();
        shop.currency = currency.unwrap_or(shop.currency);
        Ok::<_, FlowError>(())
    })
    .await?;
    if let Some(currency) = currency {
        reprice(tx, ctx, before.currency, currency).await?;
    }
    if let Some(zone) = zone {
        change_calendar(tx, ctx, |calendar| calendar.zone = zone).await?;
    }
    Ok(())
}

/// Sums that the shop has decided are of the other currency now. Before there are prices they are only examples, so that
/// they keep their figures.
async fn reprice(
    tx: &mut Tx,
    ctx: &Ctx,
    before: Currency,
    currency: Currency,
) -> Result<(), FlowError> {
    delivery::reprice(tx, ctx, before, currency).await?;
    settings::save(tx, ctx, payment_terms::SETTING, &PaymentTerms::default()).await?;
    let scaled = |amount: i64| amount * currency.scale() / before.scale();
    settings::change(tx, ctx, packing::PACKING, |packing: &mut Packing| {
        packing.gift_wrap.price = scaled(packing.gift_wrap.price);
        Ok::<_, FlowError>(())
    })
    .await?;
    settings::change(tx, ctx, gift::GIFT, |gift: &mut GiftRule| {
        gift.from = scaled(gift.from);
        Ok::<_, FlowError>(())
    })
    .await?;
    Ok(())
}

/// Whether a text is an account of LINE, or nothing: an id, or a link to LINE and to nowhere else.
fn is_line(text: &str) -> bool {
    let id = |id: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        (3..=40).contains(&id.len()) && id.chars().all(plain)
    };
    let link = ["https://line.me/", "https://lin.ee/"]
        .iter()
        .any(|begin| text.starts_with(begin));
    let whole = text.len() <= LINE && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    text.is_empty() || text.strip_prefix('@').is_some_and(id) || (link && whole)
}

async fn change_calendar(
    tx: &mut Tx,
    ctx: &Ctx,
    change: impl FnOnce(&mut ShopCalendar),
) -> Result<(), FlowError> {
    settings::change(tx, ctx, calendar::SETTING, |calendar: &mut ShopCalendar| {
        change(calendar);
        Ok(calendar.check()?)
    })
    .await
    .map(|_| ())
}

/// The rules of selling.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The standard tax contained in prices, 0.05 for five percent.
    pub tax_rate: Decimal,
    /// Days within which an order must be paid (CHK-15).
    pub payment_days: i64,
    /// Days within which goods can be returned.
    pub return_days: i64,
    /// Minutes within which a buyer takes back that they called an order off (CHK-21); 0 for not at all.
    pub undo_minutes: i64,
    /// Unpaid orders one source may place in an hour (A13).
    pub unpaid_orders_per_hour: i64,
}

/// Sets the rules of selling. Orders keep those they were placed by.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn rules(tx: &mut Tx, ctx: &Ctx, new: Rules) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    let tax =
        (Decimal::ZERO..=Decimal::new(5, 1)).contains(&new.tax_rate) && new.tax_rate.scale() <= 5;
    wrong.when(!tax, "tax_percent", "error-settings-tax");
    wrong.range("payment_days", new.payment_days, 1, 60);
    wrong.range("return_days", new.return_days, 0, 365);
    wrong.range("undo_minutes", new.undo_minutes, 0, 1_440);
    wrong.range(
        "unpaid_orders_per_hour",
        new.unpaid_orders_per_hour,
        1,
        1_000,
    );
    wrong.end()?;
    settings::change(tx, ctx, SHOP, |shop: &mut Shop| {
        shop.tax_rate = new.tax_rate.normalize();
        shop.payment_days = new.payment_days;
        shop.return_days = new.return_days;
        shop.undo_minutes = new.undo_minutes;
        shop.unpaid_orders_per_hour =
            u32::try_from(new.unpaid_orders_per_hour).unwrap_or(shop.unpaid_orders_per_hour);
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}

/// Says how the shop is paid.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn payment(
    tx: &mut Tx,
    ctx: &Ctx,
    methods: BTreeMap<PaymentMethod, MethodTerms>,
    bank: BankAccount,
) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    wrong.when(
        methods.values().all(|m| !m.on),
        "methods",
        "error-settings-no-payment",
    );
    for (method, terms) in &methods {
        let above = terms
            .least
            .zip(terms.most)
            .is_some_and(|(least, most)| least > most);
        wrong.when(
            above,
            &format!("methods.{method}.most"),
            "error-settings-limits",
        );
    }
    let transfers = methods
        .get(&PaymentMethod::BankTransfer)
        .is_some_and(|m| m.on);
    let parts = [
        ("bank.bank_name", &bank.bank_name),
        ("bank.bank_code", &bank.bank_code),
        ("bank.branch", &bank.branch),
        ("bank.account_number", &bank.account_number),
        ("bank.account_name", &bank.account_name),
    ];
    for (field, text) in parts {
        wrong.when(too_long(text, SHORT), field, "error-too-long");
    }
    let number = bank
        .account_number
        .chars()
        .all(|c| c.is_ascii_digit() || c == '-' || c == ' ');
    wrong.when(!number, "bank.account_number", "error-settings-account");
    wrong.when(
        transfers && bank.account_number.trim().is_empty(),
        "bank.account_number",
        "error-settings-transfer-account",
    );
    wrong.end()?;
    settings::change(
        tx,
        ctx,
        payment_terms::SETTING,
        |terms: &mut PaymentTerms| {
            terms.0.extend(methods);
            Ok::<_, FlowError>(())
        },
    )
    .await?;
    settings::change(tx, ctx, SHOP, |shop: &mut Shop| {
        shop.bank = bank;
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}

/// When parcels leave and when somebody answers.
#[derive(Debug, Clone)]
pub struct Times {
    /// Paid before this minute after midnight, an order leaves the same day (CHK-14).
    pub cutoff_minute: i64,
    /// By this minute the carrier has taken the day's parcels.
    pub collection_minute: i64,
    /// On which days parcels leave.
    pub working_days: BTreeSet<Day>,
    /// When somebody answers (STF-18).
    pub hours: BusinessHours,
    /// The same in words, for places without a clock such as letters; empty to leave them out.
    pub hours_text: Texts,
}

/// Sets when parcels leave and when somebody answers. Promises that were given stay as they were given.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn times(tx: &mut Tx, ctx: &Ctx, new: Times) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    let order = (0..24 * 60).contains(&new.cutoff_minute);
    wrong.when(!order, "cutoff", "error-settings-clock");
    let collected = (new.cutoff_minute..24 * 60).contains(&new.collection_minute);
    wrong.when(!collected, "collection", "error-settings-collection");
    wrong.when(
        new.working_days.is_empty(),
        "working_days",
        "error-settings-working-days",
    );
    wrong.long("hours_text", &new.hours_text, LINE);
    for day in Day::ALL {
        let one = new.hours.week.get(&day).cloned().unwrap_or_default();
        let only = BusinessHours {
            week: [(day, one)].into(),
            on_holidays: false,
        };
        wrong.when(
            only.check().is_err(),
            &format!("week.{}", day.code()),
            "error-settings-hours",
        );
    }
    wrong.end()?;
    hours::save(tx, ctx, &new.hours).await?;
    change_calendar(tx, ctx, |calendar| {
        calendar.cutoff_minute = new.cutoff_minute;
        calendar.collection_minute = new.collection_minute;
        calendar.working_days = new.working_days;
    })
    .await?;
    settings::change(tx, ctx, SHOP, |shop: &mut Shop| {
        shop.hours = new.hours_text;
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}

/// Turns a date from one on which parcels leave into one on which none do, or back. True when parcels leave on it now.
///
/// # Errors
/// Whatever the database says.
pub async fn turn_day(tx: &mut Tx, ctx: &Ctx, date: Date) -> Result<bool, FlowError> {
    let mut working = false;
    change_calendar(tx, ctx, |calendar| {
        let usual = calendar.working_days.contains(&Day::of(date));
        working = !calendar.is_working(date);
        calendar.holidays.remove(&date);
        calendar.extra_days.remove(&date);
        if working && !usual {
            calendar.extra_days.insert(date);
        } else if !working && usual {
            calendar.holidays.insert(date);
        }
    })
    .await?;
    Ok(working)
}

/// Takes in an office calendar: what could be read counts, what could not is told.
///
/// # Errors
/// [`FlowError::Fields`] for a text without a single day.
pub async fn take_in_calendar(
    tx: &mut Tx,
    ctx: &Ctx,
    text: &str,
) -> Result<(Imported, OfficeCalendar), FlowError> {
    let read = office_calendar::read(text);
    let mut imported = None;
    change_calendar(tx, ctx, |calendar| imported = read.apply(calendar)).await?;
    let Some(imported) = imported else {
        let mut wrong = Wrong::default();
        wrong.at("csv", "error-settings-calendar-csv");
        return Err(FlowError::Fields(wrong.0));
    };
    Ok((imported, read))
}

/// Everything that is wrong with a form.
#[derive(Default)]
pub(super) struct Wrong(Vec<FieldProblem>);

impl Wrong {
    pub(super) fn at(&mut self, field: &str, key: &'static str) {
        self.with(field, key, Vec::new());
    }

    fn with(&mut self, field: &str, key: &'static str, args: Vec<(&'static str, String)>) {
        self.0.push(FieldProblem {
            field: field.to_owned(),
            key,
            args,
        });
    }

    pub(super) fn when(&mut self, is_wrong: bool, field: &str, key: &'static str) {
        if is_wrong {
            self.at(field, key);
        }
    }

    pub(super) fn range(&mut self, field: &str, value: i64, least: i64, most: i64) {
        if !(least..=most).contains(&value) {
            let args = vec![("least", least.to_string()), ("most", most.to_string())];
            self.with(field, "error-settings-range", args);
        }
    }

    pub(super) fn long(&mut self, field: &str, texts: &Texts, most: usize) {
        for (locale, text) in &texts.0 {
            self.when(
                too_long(text, most),
                &format!("{field}.{locale}"),
                "error-too-long",
            );
        }
    }

    pub(super) fn end(self) -> Result<(), FlowError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(FlowError::Fields(self.0))
        }
    }
}

fn too_long(text: &str, most: usize) -> bool {
    text.chars().count() > most || text.chars().any(char::is_control)
}
