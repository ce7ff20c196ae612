//! Taiwan's office calendar (政府行政機關辦公日曆表) as it is published for each year: one line a day, with whether offices
//! are closed and the name of the holiday.
//!
//! `20260101,四,2,開國紀念日`: date, day of the week, 2 for closed or 0 for open, remark. The first line has headings; the
//! file begins with a byte order mark.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{ShopCalendar, calendar::Day};

/// The most lines that are read: two years.
const MOST: usize = 800;

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfficeCalendar {
    /// Every date with whether offices are closed, and what the day is called.
    pub days: BTreeMap<Date, (bool, String)>,
    /// Lines that could not be read.
    pub rejected: Vec<Rejected>,
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rejected {
    /// Its number, from 1.
    pub line: usize,
    /// `date`, `state` or `too_many`.
    pub reason: &'static str,
    /// How it begins.
    pub text: String,
}

/// What an import changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Imported {
    /// The first date of the file.
    #[schemars(with = "String")]
    pub from: Date,
    /// The last date of the file.
    #[schemars(with = "String")]
    pub to: Date,
    /// Dates on which no parcels leave although the week says so.
    pub holidays: usize,
    /// Dates on which parcels leave although the week says otherwise.
    pub extra_days: usize,
}

/// Reads a file. Empty lines and the headings are passed over.
#[must_use]
pub fn read(text: &str) -> OfficeCalendar {
    let mut found = OfficeCalendar::default();
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    for (index, line) in lines {
        let parts: Vec<&str> = line
            .split([',', '\t'])
            .map(|part| part.trim().trim_matches('"'))
            .collect();
        let [first, ..] = parts.as_slice() else {
            continue;
        };
        let heading = index == 0 && !first.starts_with(|c: char| c.is_ascii_digit());
        if first.is_empty() || heading {
            continue;
        }
        let reject = |reason| Rejected {
            line: index + 1,
            reason,
            text: line.chars().take(40).collect(),
        };
        if found.days.len() >= MOST {
            found.rejected.push(reject("too_many"));
            break;
        }
        let Some(date) = date(first) else {
            found.rejected.push(reject("date"));
            continue;
        };
        let closed = match parts.get(2).copied() {
            Some("2") => true,
            Some("0") => false,
            _ => {
                found.rejected.push(reject("state"));
                continue;
            }
        };
        let name: String = parts
            .get(3)
            .copied()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(40)
            .collect();
        found.days.insert(date, (closed, name));
    }
    found
}

/// `20260101` or `2026-01-01`.
fn date(text: &str) -> Option<Date> {
    if text.contains('-') {
        return text.parse().ok();
    }
    let part = |range: std::ops::Range<usize>| text.get(range);
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::new(
        part(0..4)?.parse().ok()?,
        part(4..6)?.parse().ok()?,
        part(6..8)?.parse().ok()?,
    )
    .ok()
}

impl OfficeCalendar {
    /// Puts the dates into the shop's calendar. What the calendar said of other dates stays; of these, the file counts.
    /// `None` for a file without any date.
    #[must_use]
    pub fn apply(&self, calendar: &mut ShopCalendar) -> Option<Imported> {
        let (from, to) = (*self.days.keys().next()?, *self.days.keys().next_back()?);
        let (mut holidays, mut extra_days) = (0, 0);
        for (date, (closed, name)) in &self.days {
            calendar.holidays.remove(date);
            calendar.extra_days.remove(date);
            calendar.names.remove(date);
            let usual = calendar.working_days.contains(&Day::of(*date));
            if *closed && usual {
                calendar.holidays.insert(*date);
                holidays += 1;
            } else if !closed && !usual {
                calendar.extra_days.insert(*date);
                extra_days += 1;
            }
            if !name.is_empty() {
                calendar.names.insert(*date, name.clone());
            }
        }
        Some(Imported {
            from,
            to,
            holidays,
            extra_days,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// CHK-14: a year of the office calendar as it is published; a line that is none is reported and the rest counts.
    #[test]
    fn a_published_file_is_read() {
        let text = "\u{feff}西元日期,星期,是否放假,備註\r\n20250127,一,2,小年夜\r\n20250208,六,0,補行上班\r\n20250209,日,2,\r\n20250210,一,0,\r\n2025021x,二,0,\r\n20250212,三,1,\r\n";
        let read = read(text);
        assert_eq!(read.days.len(), 4);
        assert_eq!(
            read.rejected
                .iter()
                .map(|r| (r.line, r.reason))
                .collect::<Vec<_>>(),
            [(6, "date"), (7, "state")]
        );
        let mut calendar = ShopCalendar {
            holidays: [date(2025, 2, 10), date(2024, 1, 1)].into(),
            ..ShopCalendar::default()
        };
        let imported = read.apply(&mut calendar).unwrap();
        assert_eq!((imported.holidays, imported.extra_days), (1, 1));
        assert!(!calendar.is_working(date(2025, 1, 27)) && calendar.is_working(date(2025, 2, 8)));
        assert!(
            calendar.is_working(date(2025, 2, 10)),
            "the file counts for its own dates"
        );
        assert!(!calendar.is_working(date(2024, 1, 1)), "other dates stay");
        assert_eq!(calendar.names[&date(2025, 1, 27)], "小年夜");
    }

    #[test]
    fn a_file_of_something_else_changes_nothing() {
        let mut calendar = ShopCalendar::default();
        assert_eq!(read("sku,price\nA,5\n").apply(&mut calendar), None);
        assert_eq!(calendar, ShopCalendar::default());
    }

    /// CHK-14: every year that was published can be read whole.
    #[test]
    fn every_published_year_is_read() {
        let Some(data) = testkit::real_data() else {
            return;
        };
        for entry in std::fs::read_dir(data.join("calendars")).unwrap() {
            let path = entry.unwrap().path();
            let read = read(&std::fs::read_to_string(&path).unwrap());
            assert!(
                matches!(read.days.len(), 365 | 366),
                "{}: {}",
                path.display(),
                read.days.len()
            );
            assert_eq!(read.rejected, [], "{}", path.display());
            let imported = read.apply(&mut ShopCalendar::default()).unwrap();
            assert!(
                (8..30).contains(&imported.holidays),
                "{}: {imported:?}",
                path.display()
            );
        }
    }
}
