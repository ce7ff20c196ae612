//! Dates and amounts as people read them in a letter.

use jiff::{Zoned, civil::Date, tz::TimeZone};
use kernel::{Locale, Timestamp};

const WEEKDAYS: [(&str, &str); 7] = [
    ("一", "Monday"),
    ("二", "Tuesday"),
    ("三", "Wednesday"),
    ("四", "Thursday"),
    ("五", "Friday"),
    ("六", "Saturday"),
    ("日", "Sunday"),
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `3 月 5 日（四）`, `3月5日（周四）`, `Thursday 5 March`.
pub(crate) fn date(locale: Locale, day: Date) -> String {
    let position = |n: i8| usize::try_from(n - 1).unwrap_or_default();
    let (chinese, english) = WEEKDAYS
        .get(position(day.weekday().to_monday_one_offset()))
        .copied()
        .unwrap_or_default();
    let month = MONTHS
        .get(position(day.month()))
        .copied()
        .unwrap_or_default();
    match locale {
        Locale::Hant => format!("{} 月 {} 日（{chinese}）", day.month(), day.day()),
        Locale::Hans => format!("{}月{}日（周{chinese}）", day.month(), day.day()),
        Locale::En => format!("{english} {} {month}", day.day()),
    }
}

/// The day and the time of day on the shop's clock.
pub(crate) fn datetime(locale: Locale, at: &Zoned) -> String {
    let day = date(locale, at.date());
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    match locale {
        Locale::Hant => format!("{day}{time}"),
        Locale::Hans => format!("{day}{time}"),
        Locale::En => format!("{day}, {time}"),
    }
}

/// A day out of `2026-03-05`, or out of an instant by the shop's clock.
pub(crate) fn read_date(text: &str, zone: &TimeZone) -> Option<Date> {
    match text.parse::<Timestamp>() {
        Ok(at) => Some(at.in_zone(zone).date()),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_naturally() {
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        let at = "2026-03-05T02:05:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .in_zone(&zone);
        assert_eq!(datetime(Locale::Hant, &at), "3 月 5 日（四）10:05");
        assert_eq!(datetime(Locale::Hans, &at), "3月5日（周四）10:05");
        assert_eq!(datetime(Locale::En, &at), "Thursday 5 March, 10:05");
        assert_eq!(
            read_date("2026-03-05", &zone),
            read_date("2026-03-04T20:00:00Z", &zone)
        );
    }
}
