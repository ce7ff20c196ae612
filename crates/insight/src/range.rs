//! A stretch of days in the shop's time zone, as the half-open interval of instants that events are compared with.

use jiff::{civil::Date, tz::TimeZone};
use kernel::Timestamp;

use crate::InsightError;

/// From an instant up to, but not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    from: Timestamp,
    until: Timestamp,
}

impl Range {
    /// The longest range in days.
    pub const MAX_DAYS: i64 = 1_100;

    /// From `from` up to, not including, `until`.
    ///
    /// # Errors
    /// A reversed or over-long range.
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, InsightError> {
        match until.seconds_since(from) {
            _ if until < from => Err(InsightError::RangeReversed),
            seconds if seconds > (Self::MAX_DAYS + 1) * 86_400 => Err(InsightError::RangeTooLong),
            _ => Ok(Self { from, until }),
        }
    }

    /// Whole days of `zone`, both included. A day of 23 or 25 hours is one day.
    ///
    /// # Errors
    /// A reversed or over-long range.
    pub fn days(zone: &TimeZone, first: Date, last: Date) -> Result<Self, InsightError> {
        if last < first {
            return Err(InsightError::RangeReversed);
        }
        let end = last.tomorrow().map_err(|_| InsightError::RangeTooLong)?;
        Self::new(midnight(zone, first)?, midnight(zone, end)?)
    }

    /// The first instant of the range.
    #[must_use]
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// The first instant after the range.
    #[must_use]
    pub const fn until(self) -> Timestamp {
        self.until
    }

    /// Whether an instant lies in the range.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// The instant at which a day of `zone` begins.
fn midnight(zone: &TimeZone, day: Date) -> Result<Timestamp, InsightError> {
    let start = day
        .to_zoned(zone.clone())
        .map_err(|_| InsightError::RangeTooLong)?;
    Ok(start.timestamp().into())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// ANA-36: days follow the shop's clock, also over daylight saving.
    #[test]
    fn a_day_of_the_shop_is_a_day() {
        let taipei = TimeZone::get("Asia/Taipei").unwrap();
        let range = Range::days(&taipei, date(2026, 3, 2), date(2026, 3, 2)).unwrap();
        assert_eq!(range.until().seconds_since(range.from()), 86_400);
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let short = Range::days(&berlin, date(2026, 3, 29), date(2026, 3, 29)).unwrap();
        assert_eq!(short.until().seconds_since(short.from()), 23 * 3_600);
    }

    #[test]
    fn impossible_ranges_are_refused() {
        let zone = TimeZone::UTC;
        assert!(matches!(
            Range::days(&zone, date(2026, 3, 2), date(2026, 3, 1)),
            Err(InsightError::RangeReversed)
        ));
        assert!(matches!(
            Range::days(&zone, date(2016, 3, 2), date(2026, 3, 1)),
            Err(InsightError::RangeTooLong)
        ));
    }
}
