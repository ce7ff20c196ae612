//! When parcels leave and when somebody answers; the calendar of a year.

use std::{collections::BTreeMap, sync::Arc};

use fulfilment::{
    calendar::Day,
    hours::{BusinessHours, Span},
    office_calendar::{Imported, Rejected},
};
use jiff::civil::Date;
use kernel::Texts;
use operations::{
    flows::decide::{self, Times},
    views::admin::settings::times::{self as views, TimesPage},
};
use platform::{
    Ctx,
    web::{Done, Page, Problem, Query, form as fields},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Saved, identity::trimmed, minute, wrong};
use crate::{Backoffice, forms::Form};

const PAGE: &str = "/admin/settings/hours";

/// Which year the calendar shows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct YearQuery {
    /// The year; the present one when it is left out.
    #[serde(deserialize_with = "fields::whole_opt")]
    year: Option<i64>,
}

/// When parcels leave and when somebody answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimesForm {
    /// Paid before this time of the clock, an order leaves the same day.
    cutoff: String,
    /// By this time the carrier has taken the day's parcels.
    collection: String,
    /// The days on which parcels leave, each with any text.
    #[serde(default)]
    working: BTreeMap<Day, String>,
    /// The hours of each day in which somebody answers, `09:00-12:00 13:00-18:00`; a day that is left out has none.
    #[serde(default)]
    week: BTreeMap<Day, String>,
    /// Whether the hours also count on holidays.
    #[serde(default, deserialize_with = "fields::flag")]
    on_holidays: bool,
    /// The hours in words.
    #[serde(default)]
    hours_text: Texts,
}

/// A date of the calendar.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DayForm {
    /// The date, `2026-10-09`.
    date: String,
}

/// An office calendar as it is published.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarForm {
    /// Its lines.
    #[serde(default)]
    csv: String,
}

/// A date that was turned.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Turned {
    /// The date.
    #[schemars(with = "String")]
    date: Date,
    /// Whether parcels leave on it now.
    working: bool,
}

/// What an import changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TakenIn {
    /// What counts now.
    imported: Imported,
    /// Lines that could not be read.
    rejected: Vec<Rejected>,
}

/// When parcels leave and when somebody answers.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<YearQuery>,
) -> Result<Page<TimesPage>, Problem> {
    let year = query.year.and_then(|year| i16::try_from(year).ok());
    Ok(Page::new(page(&ctx, year).await?))
}

async fn page(ctx: &Ctx, year: Option<i16>) -> Result<TimesPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::page(rx, ctx, year).await)
        .await?)
}

/// Sets when parcels leave and when somebody answers.
pub(crate) async fn save(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<TimesForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let clock = |text: &str, field: &str| {
            minute(text).ok_or_else(|| wrong(field, "error-settings-clock"))
        };
        let mut week = BTreeMap::new();
        for (day, text) in &typed.week {
            let field = format!("week.{}", day.code());
            let spans = spans(text).ok_or_else(|| wrong(&field, "error-settings-hours"))?;
            week.insert(*day, spans);
        }
        let times = Times {
            cutoff_minute: clock(&typed.cutoff, "cutoff")?,
            collection_minute: clock(&typed.collection, "collection")?,
            working_days: typed.working.into_keys().collect(),
            hours: BusinessHours {
                week,
                on_holidays: typed.on_holidays,
            },
            hours_text: trimmed(typed.hours_text),
        };
        ctx.write(async move |tx, ctx| decide::times(tx, ctx, times.clone()).await)
            .await?;
        Ok(Done::new(Saved::NOW, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx, None)).await
}

/// `09:00-12:00 13:00-18:00`, with any of the signs that people put between.
fn spans(text: &str) -> Option<Vec<Span>> {
    let plain = text.replace(['–', '—', '~', '～', '至'], "-");
    let parts = plain.split([' ', ',', '，', '、', ';', '；', '\u{3000}']);
    parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (from, to) = part.split_once('-')?;
            Some(Span {
                from: minute(from)?,
                to: minute(to)?,
            })
        })
        .collect()
}

/// Turns a date from one on which parcels leave into one on which none do, or back.
pub(crate) async fn turn_day(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<DayForm>,
) -> Result<Done<Turned>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let date: Date = value?
            .date
            .trim()
            .parse()
            .map_err(|_| wrong("date", "error-invalid-value"))?;
        let working = ctx
            .write(async move |tx, ctx| decide::turn_day(tx, ctx, date).await)
            .await?;
        let next = format!("{PAGE}?year={}#month-{}", date.year(), date.month());
        Ok(Done::new(Turned { date, working }, sent.next(next)))
    };
    sent.or_show(work, page(&ctx, None)).await
}

/// Takes in an office calendar; lines that could not be read are told, the rest counts.
pub(crate) async fn take_in(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<CalendarForm>,
) -> Result<Done<TakenIn>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let csv = value?.csv;
        let (imported, read) = ctx
            .write(async move |tx, ctx| decide::take_in_calendar(tx, ctx, &csv).await)
            .await?;
        let flash = if read.rejected.is_empty() {
            "admin-flash-calendar"
        } else {
            "admin-flash-calendar-partly"
        };
        let next = format!("{PAGE}?year={}#calendar", imported.to.year());
        let taken = TakenIn {
            imported,
            rejected: read.rejected,
        };
        Ok(Done::new(taken, sent.next(next)).flash(flash))
    };
    sent.or_show(work, page(&ctx, None)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// STF-18: hours are read as people write them.
    #[test]
    fn hours_are_read_as_people_write_them() {
        let two = vec![
            Span { from: 540, to: 720 },
            Span {
                from: 780,
                to: 1_080,
            },
        ];
        for text in [
            "09:00-12:00 13:00-18:00",
            "9:00–12:00、13:00~18:00",
            " 09:00-12:00 ,  13:00-18:00 ",
        ] {
            assert_eq!(spans(text).as_ref(), Some(&two), "{text}");
        }
        assert_eq!(
            spans("10:00-24:00"),
            Some(vec![Span {
                from: 600,
                to: 1_440
            }])
        );
        for text in ["9-18", "morning", "09:00", "09:00 - 12:00"] {
            assert_eq!(spans(text), None, "{text}");
        }
    }
}
