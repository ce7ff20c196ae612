//! When somebody answers (STF-18): the hours of each day of the week, in the time zone and with the holidays of the
//! shop's calendar.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::Timestamp;
use platform::{Ctx, Rx, Tx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FulfilmentError, ShopCalendar, calendar::Day};

/// The settings key under which the hours are kept.
pub const SETTING: &str = "business_hours";
/// Minutes of a civil day.
const DAY: i64 = 24 * 60;
/// Days that are looked through for the next opening.
const AHEAD: i32 = 60;
/// Spans of one day.
const SPANS: usize = 3;

/// A part of a day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// It begins here.
    pub from: i64,
    /// It ends before here; 1440 is midnight.
    pub to: i64,
}

/// When somebody answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessHours {
    /// The spans of each day of the week, in order; a day without any is closed. No day at all means that the shop does
    /// not say.
    pub week: BTreeMap<Day, Vec<Span>>,
    /// Whether the hours also count on holidays of the calendar.
    pub on_holidays: bool,
}

/// Whether somebody answers now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Answering {
    /// Somebody does, until then.
    Open {
        /// When they go.
        until: Timestamp,
    },
    /// Nobody does.
    Closed {
        /// When somebody does again; null when the next two months know no hours.
        opens: Option<Timestamp>,
    },
}

impl BusinessHours {
    /// Whether the shop says any hours.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.week.values().any(|spans| !spans.is_empty())
    }

    /// The spans of a date. A day on which the shop works although the week says otherwise has the hours of a Monday,
    /// or of the first day that has any.
    #[must_use]
    pub fn on(&self, date: Date, calendar: &ShopCalendar) -> &[Span] {
        if calendar.holidays.contains(&date) && !self.on_holidays {
            return &[];
        }
        let own = self.week.get(&Day::of(date)).map_or(&[][..], Vec::as_slice);
        if own.is_empty() && calendar.extra_days.contains(&date) {
            let working = self.week.values().find(|spans| !spans.is_empty());
            return working.map_or(&[], Vec::as_slice);
        }
        own
    }

    /// Whether somebody answers at an instant; `None` when the shop says no hours.
    #[must_use]
    pub fn at(&self, now: Timestamp, calendar: &ShopCalendar) -> Option<Answering> {
        if !self.is_set() {
            return None;
        }
        let today = calendar.date(now);
        let mut date = today;
        for _ in 0..AHEAD {
            for span in self.on(date, calendar) {
                let (from, to) = (
                    calendar.instant(date, span.from),
                    end_of(calendar, date, span.to),
                );
                if now < from {
                    return Some(Answering::Closed { opens: Some(from) });
                }
                if now < to {
                    return Some(Answering::Open { until: to });
                }
            }
            date = date.tomorrow().unwrap_or(date);
        }
        Some(Answering::Closed { opens: None })
    }

    /// Refuses hours that are none.
    ///
    /// # Errors
    /// [`FulfilmentError::InvalidCalendar`] naming the day.
    pub fn check(&self) -> Result<(), FulfilmentError> {
        for (day, spans) in &self.week {
            let each = spans
                .iter()
                .all(|s| 0 <= s.from && s.from < s.to && s.to <= DAY);
            let rising = spans
                .iter()
                .zip(spans.iter().skip(1))
                .all(|(a, b)| a.to < b.from);
            if !each || !rising || spans.len() > SPANS {
                return Err(FulfilmentError::InvalidCalendar(day.code()));
            }
        }
        Ok(())
    }
}

fn end_of(calendar: &ShopCalendar, date: Date, minute: i64) -> Timestamp {
    if minute < DAY {
        return calendar.instant(date, minute);
    }
    calendar.instant(date.tomorrow().unwrap_or(date), 0)
}

/// The hours; none until they are set.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<BusinessHours, FulfilmentError> {
    Ok(settings::load(rx, SETTING).await?)
}

/// Sets the hours.
///
/// # Errors
/// [`FulfilmentError::InvalidCalendar`].
pub async fn save(tx: &mut Tx, ctx: &Ctx, hours: &BusinessHours) -> Result<(), FulfilmentError> {
    hours.check()?;
    Ok(settings::save(tx, ctx, SETTING, hours).await?)
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};
    use proptest::prelude::*;

    use super::*;

    fn hours() -> BusinessHours {
        let spans = vec![
            Span {
                from: 9 * 60,
                to: 12 * 60,
            },
            Span {
                from: 13 * 60,
                to: DAY,
            },
        ];
        let week = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];
        BusinessHours {
            week: week.into_iter().map(|day| (day, spans.clone())).collect(),
            on_holidays: false,
        }
    }

    fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
        let taipei = TimeZone::get("Asia/Taipei").unwrap();
        day.at(hour, minute, 0, 0)
            .to_zoned(taipei)
            .unwrap()
            .timestamp()
            .into()
    }

    /// STF-18: the lunch break, the night, the weekend and a holiday are closed, and the page can say until when.
    #[test]
    fn closed_hours_say_when_somebody_is_back() {
        let (monday, friday) = (date(2026, 3, 2), date(2026, 3, 6));
        let calendar = ShopCalendar {
            holidays: [date(2026, 3, 9)].into(),
            extra_days: [date(2026, 3, 14)].into(),
            ..ShopCalendar::default()
        };
        let asked = |now| hours().at(now, &calendar).unwrap();
        let opens = |instant| Answering::Closed {
            opens: Some(instant),
        };
        assert_eq!(
            asked(at(monday, 10, 0)),
            Answering::Open {
                until: at(monday, 12, 0)
            }
        );
        assert_eq!(asked(at(monday, 12, 30)), opens(at(monday, 13, 0)));
        assert_eq!(
            asked(at(monday, 23, 59)),
            Answering::Open {
                until: at(date(2026, 3, 3), 0, 0)
            }
        );
        assert_eq!(
            asked(at(date(2026, 3, 7), 10, 0)),
            opens(at(date(2026, 3, 10), 9, 0))
        );
        assert_eq!(asked(at(friday, 8, 59)), opens(at(friday, 9, 0)));
        let extra = asked(at(date(2026, 3, 14), 10, 0));
        assert!(matches!(extra, Answering::Open { .. }), "{extra:?}");
        assert_eq!(
            BusinessHours::default().at(at(monday, 10, 0), &calendar),
            None
        );
    }

    #[test]
    fn hours_that_are_none_are_refused() {
        for spans in [
            vec![Span { from: 600, to: 600 }],
            vec![Span {
                from: 600,
                to: 1_500,
            }],
            vec![Span { from: 600, to: 700 }, Span { from: 650, to: 800 }],
        ] {
            let hours = BusinessHours {
                week: [(Day::Tue, spans)].into(),
                on_holidays: false,
            };
            assert!(matches!(
                hours.check(),
                Err(FulfilmentError::InvalidCalendar("tue"))
            ));
        }
        assert!(hours().check().is_ok());
    }

    proptest! {
        /// STF-18: whatever the hours, "open" ends later than now, and "closed" opens at an instant at which it is open.
        #[test]
        fn what_is_said_comes_true(from in 0_i64..1_400, length in 1_i64..300, seconds in 0_i64..2_000_000, days in proptest::collection::btree_set(0_usize..7, 1..7)) {
            let to = (from + length).min(DAY);
            let all = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
            let week = days.into_iter().filter_map(|d| all.get(d).copied()).map(|d| (d, vec![Span { from, to }])).collect();
            let hours = BusinessHours { week, on_holidays: true };
            let (calendar, now) = (ShopCalendar::default(), at(date(2026, 3, 2), 0, 0).plus_seconds(seconds));
            match hours.at(now, &calendar).unwrap() {
                Answering::Open { until } => {
                    prop_assert!(until > now);
                    prop_assert!(hours.at(until, &calendar).is_some());
                }
                Answering::Closed { opens } => {
                    let opens = opens.unwrap();
                    prop_assert!(opens > now);
                    let later = hours.at(opens, &calendar);
                    prop_assert!(matches!(later, Some(Answering::Open { .. })), "{:?}", later);
                }
            }
        }
    }
}
