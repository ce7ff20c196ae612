//! The five-point funnel by source for a range of days (ANA-36, TRF-05).

use insight::{
    Range, SourceCode,
    funnel::{self, Path, Points, Query, SourceRow},
};
use jiff::{ToSpan, civil::Date};
use kernel::Timestamp;
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::OrderSource;
use crate::{FlowError, shop};

/// The funnel of a range of days.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FunnelPage {
    /// The first day, in the shop's time zone.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The one source that was asked for; null for all of them.
    pub source: Option<OrderSource>,
    /// Ranges to choose.
    pub presets: Vec<RangePreset>,
    /// Sources that are too small to be listed.
    pub left_out: usize,
    /// The newest event that was counted.
    pub data_until: Option<Timestamp>,
    /// All sources together, each person once.
    pub totals: Points,
    /// Orders after an inquiry, and silent ones.
    pub paths: Vec<Path>,
    /// One row for each source, most visitors first.
    pub items: Vec<SourceRow>,
}

/// A range to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RangePreset {
    /// Its name: `today`, `yesterday`, `7_days`, `30_days`, `90_days`.
    pub code: &'static str,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// The funnel from `from` to `to`, both included; without them the last 30 days.
///
/// # Errors
/// A reversed or over-long range, or whatever the database says.
pub async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    from: Option<Date>,
    to: Option<Date>,
    source: Option<String>,
) -> Result<FunnelPage, FlowError> {
    let (today, from, to) = days_asked(ctx, from, to);
    let query = Query {
        range: Range::days(ctx.zone(), from, to)?,
        currency: shop::load(rx).await?.currency,
        source: source.as_deref().map(SourceCode::stored),
    };
    let found = funnel::by_source(rx, &query).await?;
    Ok(FunnelPage {
        from: from.to_string(),
        to: to.to_string(),
        source: source.as_deref().map(|code| OrderSource::of(Some(code))),
        presets: presets(today, from, to),
        left_out: found.left_out,
        data_until: found.data_until,
        totals: found.totals,
        paths: found.paths,
        items: found.items,
    })
}

/// Today, and the days asked for: without them the last 30.
pub(super) fn days_asked(ctx: &Ctx, from: Option<Date>, to: Option<Date>) -> (Date, Date, Date) {
    let today = ctx.now().in_zone(ctx.zone()).date();
    let to = to.unwrap_or(today);
    (today, from.unwrap_or_else(|| back(to, 29)), to)
}

fn back(day: Date, days: i64) -> Date {
    day.checked_sub(days.days()).unwrap_or(day)
}

/// The ranges to choose, with the one shown marked.
pub(super) fn presets(today: Date, from: Date, to: Date) -> Vec<RangePreset> {
    let yesterday = back(today, 1);
    let ranges = [
        ("today", today, today),
        ("yesterday", yesterday, yesterday),
        ("7_days", back(today, 6), today),
        ("30_days", back(today, 29), today),
        ("90_days", back(today, 89), today),
    ];
    ranges
        .into_iter()
        .map(|(code, first, last)| RangePreset {
            code,
            from: first.to_string(),
            to: last.to_string(),
            current: (first, last) == (from, to),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_range_shown_is_marked() {
        let today = date(2026, 3, 2);
        let marked: Vec<_> = presets(today, date(2026, 2, 24), today)
            .into_iter()
            .filter(|p| p.current)
            .collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(
            (marked[0].code, marked[0].from.as_str()),
            ("7_days", "2026-02-24")
        );
    }
}
