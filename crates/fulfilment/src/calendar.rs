//! The shop's calendar: its time zone, on which days it works, until what hour an order leaves the same day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    civil::{Date, Weekday},
    tz::{self, TimeZone},
};
use kernel::Timestamp;
use platform::{Ctx, Rx, Tx, settings};
use serde::{Deserialize, Serialize};

use crate::FulfilmentError;

/// The settings key under which the calendar is kept.
pub const SETTING: &str = "calendar";
/// Minutes of a civil day.
const DAY: i64 = 24 * 60;
/// So many days in a row without work are a mistake in the calendar.
const LONGEST_BREAK: u32 = 400;

/// A day of the week.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// The day of the week of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }

    /// All days, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// The code as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// When the shop works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopCalendar {
    /// Where the shop's clock hangs.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    /// An order that is paid before this minute after midnight leaves the same day.
    pub cutoff_minute: i64,
    /// By this minute after midnight the carrier has taken the day's parcels.
    pub collection_minute: i64,
    /// The days of the week on which parcels leave.
    pub working_days: BTreeSet<Day>,
    /// Dates on which none leave.
    pub holidays: BTreeSet<Date>,
    /// Dates on which they leave although the week or the list of holidays says otherwise.
    pub extra_days: BTreeSet<Date>,
    /// What people call some dates.
    pub names: BTreeMap<Date, String>,
}

/// Taipei, Monday to Friday, paid before 14:00 leaves the same day, collected by 18:00.
impl Default for ShopCalendar {
    fn default() -> Self {
        Self {
            zone: TimeZone::get("Asia/Taipei").unwrap_or_else(|_| TimeZone::fixed(tz::offset(8))),
            cutoff_minute: 14 * 60,
            collection_minute: 18 * 60,
            working_days: BTreeSet::from([Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri]),
            holidays: BTreeSet::new(),
            extra_days: BTreeSet::new(),
            names: BTreeMap::new(),
        }
    }
}

impl ShopCalendar {
    /// Where the shop's clock hangs.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    /// The shop's date at an instant.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        at.in_zone(&self.zone).date()
    }

    /// Whether parcels leave on this date.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        self.extra_days.contains(&date)
            || (self.working_days.contains(&Day::of(date)) && !self.holidays.contains(&date))
    }

    /// The first date after this one on which parcels leave. A calendar without any gives the very next date:
    /// [`ShopCalendar::check`] keeps such a calendar out.
    #[must_use]
    pub fn next_working_day(&self, after: Date) -> Date {
        let tomorrow = after.tomorrow().unwrap_or(after);
        let mut date = tomorrow;
        for _ in 0..LONGEST_BREAK {
            if self.is_working(date) {
                return date;
            }
            date = date.tomorrow().unwrap_or(date);
        }
        tomorrow
    }

    /// The instant at which the shop's clock shows this minute of this date. A minute that a change of summer time
    /// leaves out is taken an hour later; of one that comes twice, the first.
    #[must_use]
    pub fn instant(&self, date: Date, minute: i64) -> Timestamp {
        let minute = minute.clamp(0, DAY - 1);
        let (hour, minute) = (
            i8::try_from(minute / 60).unwrap_or(0),
            i8::try_from(minute % 60).unwrap_or(0),
        );
        let zoned = date.at(hour, minute, 0, 0).to_zoned(self.zone.clone());
        zoned.map_or(Timestamp::from_micros(i64::MAX), |zoned| {
            zoned.timestamp().into()
        })
    }

    /// Refuses a calendar by which nothing could ever leave.
    ///
    /// # Errors
    /// [`FulfilmentError::InvalidCalendar`] naming the field.
    pub fn check(&self) -> Result<(), FulfilmentError> {
        let fields = [
            ("cutoff_minute", (0..DAY).contains(&self.cutoff_minute)),
            (
                "collection_minute",
                (self.cutoff_minute..DAY).contains(&self.collection_minute),
            ),
            ("working_days", !self.working_days.is_empty()),
        ];
        match fields.iter().find(|(_, good)| !good) {
            Some((field, _)) => Err(FulfilmentError::InvalidCalendar(field)),
            None => Ok(()),
        }
    }
}

/// The shop's calendar, or the default one until it is set.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<ShopCalendar, FulfilmentError> {
    Ok(settings::load(rx, SETTING).await?)
}

/// Sets the shop's calendar. Promises that were given stay as they were given.
///
/// # Errors
/// [`FulfilmentError::InvalidCalendar`].
pub async fn save(tx: &mut Tx, ctx: &Ctx, calendar: &ShopCalendar) -> Result<(), FulfilmentError> {
    calendar.check()?;
    Ok(settings::save(tx, ctx, SETTING, calendar).await?)
}
