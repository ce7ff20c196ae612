//! When parcels leave and when somebody answers: cut-off, working days, hours, the calendar of a year.

use fulfilment::{
    calendar::{Day, ShopCalendar},
    hours::{self, Answering},
};
use jiff::civil::Date;
use kernel::Texts;
use platform::{Ctx, Rx, settings};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Changed, changed, clock, newer};
use crate::{
    FlowError, shop,
    views::shop::parts::{self, Cutoff},
};

/// When parcels leave and when somebody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimesPage {
    /// Who changed it last.
    pub changed: Option<Changed>,
    /// Paid before this time of the clock, an order leaves the same day.
    pub cutoff: String,
    /// By this time the carrier has taken the day's parcels.
    pub collection: String,
    /// The days of the week.
    pub week: Vec<WeekDay>,
    /// Whether the hours also count on holidays.
    pub on_holidays: bool,
    /// The hours in words, for letters.
    pub hours_text: Texts,
    /// When an order that is paid now leaves, as shoppers are told.
    pub promise: Cutoff,
    /// Whether somebody answers now, as shoppers are told; null while no hours are set.
    pub answering: Option<Answering>,
    /// The year that is shown.
    pub year: i16,
    /// Its months.
    pub months: Vec<Month>,
    /// The dates of the year that are not like their week.
    pub exceptions: Vec<CalendarDay>,
}

/// A day of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WeekDay {
    /// `mon` to `sun`.
    pub code: &'static str,
    /// Whether parcels leave.
    pub working: bool,
    /// The hours in which somebody answers, `09:00-12:00 13:00-18:00`; empty for none.
    pub hours: String,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Month {
    /// 1 to 12.
    pub number: i8,
    /// Days of the week before its first day, from Monday.
    pub blanks: i8,
    /// Its days.
    pub days: Vec<CalendarDay>,
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CalendarDay {
    /// The date.
    #[schemars(with = "String")]
    pub date: Date,
    /// The day of the month.
    pub day: i8,
    /// Whether parcels leave.
    pub working: bool,
    /// Whether that is not what the week says.
    pub exception: bool,
    /// What people call it.
    pub name: Option<String>,
}

/// When parcels leave and when somebody answers, with the calendar of a year, or of the present one.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, year: Option<i16>) -> Result<TimesPage, FlowError> {
    let shop = shop::load(rx).await?;
    let calendar: ShopCalendar = settings::load(rx, shop::CALENDAR).await?;
    let hours = hours::load(rx).await?;
    let year = year
        .filter(|year| (2000..=2100).contains(year))
        .unwrap_or_else(|| calendar.date(ctx.now()).year());
    let week = Day::ALL.into_iter().map(|day| WeekDay {
        code: day.code(),
        working: calendar.working_days.contains(&day),
        hours: written(hours.week.get(&day).map_or(&[], Vec::as_slice)),
    });
    let months: Vec<Month> = (1..=12).filter_map(|n| month(&calendar, year, n)).collect();
    let exceptions = months
        .iter()
        .flat_map(|m| &m.days)
        .filter(|d| d.exception)
        .cloned()
        .collect();
    Ok(TimesPage {
        changed: newer(
            changed(rx, shop::CALENDAR).await?,
            changed(rx, hours::SETTING).await?,
        ),
        cutoff: clock(calendar.cutoff_minute),
        collection: clock(calendar.collection_minute),
        week: week.collect(),
        on_holidays: hours.on_holidays,
        hours_text: shop.hours,
        promise: parts::cutoff(ctx.now(), &calendar),
        answering: hours.at(ctx.now(), &calendar),
        year,
        months,
        exceptions,
    })
}

fn written(spans: &[hours::Span]) -> String {
    let each: Vec<String> = spans
        .iter()
        .map(|span| format!("{}-{}", clock(span.from), clock(span.to)))
        .collect();
    each.join(" ")
}

fn month(calendar: &ShopCalendar, year: i16, number: i8) -> Option<Month> {
    let first = Date::new(year, number, 1).ok()?;
    let days = (1..=first.days_in_month()).filter_map(|n| {
        let date = Date::new(year, number, n).ok()?;
        let working = calendar.is_working(date);
        Some(CalendarDay {
            date,
            day: n,
            working,
            exception: working != calendar.working_days.contains(&Day::of(date)),
            name: calendar.names.get(&date).cloned(),
        })
    });
    Some(Month {
        number,
        blanks: first.weekday().to_monday_zero_offset(),
        days: days.collect(),
    })
}
