//! When goods leave and when they arrive: pure functions of an instant and the shop's calendar, the same for every page
//! and for the warehouse (CHK-14, STF-15).

use jiff::civil::Date;
use kernel::Timestamp;
use serde::Serialize;

use crate::ShopCalendar;

/// The most working days that a delivery is said to take.
const LONGEST: i64 = 366;

/// When an order that is paid at some instant leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// The date on which it leaves.
    pub ship_on: Date,
    /// The instant by which the carrier has it; the warehouse works in this order (ORD-08).
    pub ship_by: Timestamp,
    /// Until when an order has to be paid to leave on that date; always later than the instant asked about.
    pub cutoff: Timestamp,
    /// The same, if that date is the present one.
    pub cutoff_today: Option<Timestamp>,
    /// Whole minutes left until the cut-off.
    pub minutes_left: i64,
}

impl Promise {
    /// Whether it leaves on the present date.
    #[must_use]
    pub const fn ships_today(&self) -> bool {
        self.cutoff_today.is_some()
    }
}

/// When an order that is paid now leaves: today before the cut-off of a working day, else on the next working day.
#[must_use]
pub fn ship_by(now: Timestamp, calendar: &ShopCalendar) -> Promise {
    let today = calendar.date(now);
    let closes = calendar.instant(today, calendar.cutoff_minute);
    let leaves_today = calendar.is_working(today) && now < closes;
    let ship_on = if leaves_today {
        today
    } else {
        calendar.next_working_day(today)
    };
    let cutoff = calendar.instant(ship_on, calendar.cutoff_minute);
    Promise {
        ship_on,
        ship_by: calendar
            .instant(ship_on, calendar.collection_minute)
            .max(cutoff),
        cutoff,
        cutoff_today: leaves_today.then_some(cutoff),
        minutes_left: cutoff.seconds_since(now) / 60,
    }
}

/// Between which dates a parcel arrives that leaves on `ship_on` and takes so many working days; 0 is the same day.
#[must_use]
pub fn estimate(
    ship_on: Date,
    days_min: i64,
    days_max: i64,
    calendar: &ShopCalendar,
) -> (Date, Date) {
    let min = days_min.clamp(0, LONGEST);
    let max = days_max.clamp(min, LONGEST);
    let earliest = (0..min).fold(ship_on, |date, _| calendar.next_working_day(date));
    let latest = (min..max).fold(earliest, |date, _| calendar.next_working_day(date));
    (earliest, latest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{civil::date, tz::TimeZone};
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::Day;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn taipei(holidays: &[Date]) -> ShopCalendar {
        ShopCalendar {
            holidays: holidays.iter().copied().collect(),
            ..ShopCalendar::default()
        }
    }

    /// CHK-14: paid before 14:00 of a working day it leaves the same day, from 14:00 on it leaves the next working day.
    #[test]
    fn the_cutoff_divides_the_day() {
        let calendar = taipei(&[]);
        let before = ship_by(at("2026-03-02T13:59:59+08:00"), &calendar);
        assert_eq!((before.ship_on, before.minutes_left), (date(2026, 3, 2), 0));
        assert_eq!(before.cutoff_today, Some(at("2026-03-02T14:00:00+08:00")));
        assert_eq!(before.ship_by, at("2026-03-02T18:00:00+08:00"));
        let after = ship_by(at("2026-03-02T14:00:00+08:00"), &calendar);
        assert_eq!(
            (after.ship_on, after.cutoff_today),
            (date(2026, 3, 3), None)
        );
        assert_eq!((after.minutes_left, after.ships_today()), (24 * 60, false));
    }

    /// STF-15: weekends, holidays and made-up working days are the shop's own.
    #[test]
    fn goods_leave_on_working_days() {
        let friday = at("2026-02-13T15:00:00+08:00");
        assert_eq!(ship_by(friday, &taipei(&[])).ship_on, date(2026, 2, 16));
        let new_year: Vec<Date> = (16..=20).map(|day| date(2026, 2, day)).collect();
        let mut calendar = taipei(&new_year);
        assert_eq!(ship_by(friday, &calendar).ship_on, date(2026, 2, 23));
        calendar.extra_days.insert(date(2026, 2, 14));
        assert_eq!(ship_by(friday, &calendar).ship_on, date(2026, 2, 14));
    }

    /// STF-15: the estimate counts working days from the day on which it leaves.
    #[test]
    fn arrival_counts_working_days() {
        let calendar = taipei(&[date(2026, 3, 10)]);
        assert_eq!(
            estimate(date(2026, 3, 6), 1, 3, &calendar),
            (date(2026, 3, 9), date(2026, 3, 12))
        );
        assert_eq!(
            estimate(date(2026, 3, 6), 0, 0, &calendar),
            (date(2026, 3, 6), date(2026, 3, 6))
        );
        assert_eq!(
            estimate(date(2026, 3, 6), 2, 1, &calendar),
            (date(2026, 3, 11), date(2026, 3, 11))
        );
    }

    /// CHK-14: a cut-off in the hour that summer time leaves out, and in the one that comes twice, is one instant.
    #[test]
    fn summer_time_has_one_cutoff_a_day() {
        let new_york = ShopCalendar {
            zone: TimeZone::get("America/New_York").unwrap(),
            cutoff_minute: 2 * 60 + 30,
            working_days: BTreeSet::from([Day::Sat, Day::Sun]),
            ..ShopCalendar::default()
        };
        let spring = ship_by(at("2026-03-08T06:59:00Z"), &new_york);
        assert_eq!(
            (spring.ship_on, spring.cutoff),
            (date(2026, 3, 8), at("2026-03-08T07:30:00Z"))
        );
        let autumn = ShopCalendar {
            cutoff_minute: 90,
            ..new_york
        };
        let first = ship_by(at("2026-11-01T05:00:00Z"), &autumn);
        assert_eq!(first.cutoff_today, Some(at("2026-11-01T05:30:00Z")));
        assert!(!ship_by(at("2026-11-01T06:15:00Z"), &autumn).ships_today());
    }

    fn zone() -> impl Strategy<Value = TimeZone> {
        let names = [
            "Asia/Taipei",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "America/Santiago",
            "Pacific/Apia",
        ];
        prop::sample::select(names.to_vec()).prop_map(|name| TimeZone::get(name).unwrap())
    }

    prop_compose! {
        fn calendar()(
            zone in zone(),
            cutoff in 0_i64..1440,
            rest in 0_i64..600,
            days in prop::collection::btree_set(prop::sample::select(&[Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun][..]), 1..=7),
            holidays in prop::collection::btree_set(0_i32..4_000, 0..600),
            extra in prop::collection::btree_set(0_i32..4_000, 0..20),
        ) -> ShopCalendar {
            let dates = |numbers: &BTreeSet<i32>| numbers.iter().map(|n| date(2020, 1, 1) + jiff::Span::new().days(*n)).collect();
            ShopCalendar {
                zone,
                cutoff_minute: cutoff,
                collection_minute: (cutoff + rest).min(1439),
                working_days: days,
                holidays: dates(&holidays),
                extra_days: dates(&extra),
                ..ShopCalendar::default()
            }
        }
    }

    /// An instant between 2020 and 2030.
    fn instant() -> impl Strategy<Value = Timestamp> {
        (1_577_836_800_i64..1_893_456_000)
            .prop_map(|second| Timestamp::from_micros(second * 1_000_000))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        /// CHK-14, STF-15: over all changes of summer time and any holidays, the cut-off is still to come, the goods leave
        /// on a working day by the promised instant, and no earlier chance is left out.
        #[test]
        fn a_promise_is_the_earliest_that_can_be_kept(calendar in calendar(), now in instant()) {
            prop_assert!(calendar.check().is_ok());
            let promise = ship_by(now, &calendar);
            let today = calendar.date(now);
            prop_assert!(now < promise.cutoff && promise.cutoff <= promise.ship_by);
            prop_assert!(promise.minutes_left >= 0);
            prop_assert!(calendar.is_working(promise.ship_on));
            prop_assert!(promise.ship_on >= today);
            prop_assert_eq!(promise.ships_today(), promise.ship_on == today);
            let mut skipped = today;
            while skipped < promise.ship_on {
                prop_assert!(!calendar.is_working(skipped) || calendar.instant(skipped, calendar.cutoff_minute) <= now);
                skipped = skipped.tomorrow().unwrap();
            }
        }

        /// CHK-14: whoever pays later is never promised an earlier departure; the promise changes exactly at the cut-off.
        #[test]
        fn paying_later_is_never_faster(calendar in calendar(), now in instant(), later in 0_i64..200_000) {
            let promise = ship_by(now, &calendar);
            prop_assert!(ship_by(now.plus_seconds(later), &calendar).ship_by >= promise.ship_by);
            let last = Timestamp::from_micros(promise.cutoff.micros() - 1);
            prop_assert_eq!(ship_by(last, &calendar).ship_on, promise.ship_on);
            prop_assert!(ship_by(promise.cutoff, &calendar).ship_on > promise.ship_on);
        }

        /// STF-15: a parcel arrives on working days, not before it leaves, and the range is in order.
        #[test]
        fn an_estimate_is_in_order(calendar in calendar(), now in instant(), min in 0_i64..9, more in 0_i64..9) {
            let ship_on = ship_by(now, &calendar).ship_on;
            let (earliest, latest) = estimate(ship_on, min, min + more, &calendar);
            prop_assert!(ship_on <= earliest && earliest <= latest);
            prop_assert!(calendar.is_working(earliest) && calendar.is_working(latest));
            prop_assert_eq!(earliest == ship_on, min == 0);
            prop_assert_eq!(earliest == latest, more == 0);
        }
    }
}
