//! Background work: jobs by state, schedules, followers of the stream.

use std::collections::HashMap;

use kernel::{JobId, Permission, Timestamp};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::{IntoValue, Row, Value},
    events,
    jobs::{self, Every, Schedule, schedules},
    list::{Asked, Cell, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading, Select},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{common::TabCount, lists::Listing};
use crate::{FlowError, background::SCHEDULES};

/// The list of jobs.
pub struct JobsList;

static LIST: List<JobLine> = List {
    code: "jobs",
    path: "/admin/jobs",
    permission: Permission::JobsWrite,
    columns: &[
        Column::sorting("kind", "admin-jobs-job", |j| Cell::text(&j.kind)),
        Column::new("subject", "list-subject", |j| {
            Cell::maybe(j.subject.as_deref(), Cell::text)
        }),
        Column::new("state", "admin-state", |j| {
            Cell::word("job-state-", &j.state)
        }),
        Column::sorting("attempts", "admin-jobs-attempts", |j| {
            Cell::Number(j.attempts)
        }),
        Column::sorting("created_at", "list-queued-at", |j| Cell::At(j.created_at)),
        Column::sorting("run_at", "admin-jobs-when", |j| Cell::At(j.run_at)),
        Column::new("finished_at", "list-finished-at", |j| {
            Cell::maybe(j.finished_at, Cell::At)
        }),
        Column::new("error", "list-error", |j| {
            Cell::maybe(j.last_error.as_deref(), Cell::text)
        }),
    ],
    filters: &[Filter::new(
        "tab",
        "admin-jobs-tabs",
        FilterKind::Tab(&["dead", "queued", "running", "done"]),
    )],
    sort: "-run_at",
    page: 50,
};

/// What the columns sort by. Only the due time has an index: jobs are written by every order.
const KEYS: [Key; 4] = [
    Key::number("run_at", "run_at"),
    Key::number("created_at", "created_at"),
    Key::number("attempts", "attempts"),
    Key::text("kind", "kind"),
];

impl Listed for JobsList {
    type Row = JobLine;

    fn list() -> &'static List<JobLine> {
        &LIST
    }
}

impl Listing for JobsList {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<JobLine>, FlowError> {
        let mut select = Select::from("jobs");
        select.equal("state", tab(asked).code());
        let reading = Reading {
            columns: COLUMNS,
            keys: &KEYS,
            ids: &["id"],
            limit,
        };
        Ok(select.page(rx, ctx, (&LIST, asked), reading, line).await?)
    }
}

const COLUMNS: &str = "id, kind, state, payload, attempts, max_attempts, run_at, created_at, lease_until, finished_at, last_error";

fn tab(asked: &Asked) -> JobTab {
    let found = JobTab::ALL
        .into_iter()
        .find(|tab| asked.get("tab") == Some(tab.code()));
    found.unwrap_or_default()
}
/// Characters of a payload that a list shows.
const SUBJECT: usize = 160;

/// Jobs in a state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobTab {
    /// Waiting, perhaps for another try.
    Queued,
    /// Under way.
    Running,
    /// Failed for good, until somebody looks.
    #[default]
    Dead,
    /// Over.
    Done,
}

impl JobTab {
    const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Dead, Self::Done];

    const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Dead => "dead",
            Self::Done => "done",
        }
    }
}

/// Background work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobsPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The tab.
    pub tab: JobTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The jobs.
    pub items: Vec<JobLine>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// What comes back by the clock.
    pub schedules: Vec<ScheduleLine>,
    /// Who follows the stream of events.
    pub consumers: Vec<FollowerLine>,
    /// What the reader may do.
    pub can: JobsCan,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobLine {
    /// The job.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// How often it is tried at most.
    pub max_attempts: i64,
    /// What it works on, in short.
    pub subject: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it is due; for a dead one, when it was given up.
    pub run_at: Timestamp,
    /// Until when its worker has promised to report; only while it runs.
    pub lease_until: Option<Timestamp>,
    /// When it ended well, or was discarded.
    pub finished_at: Option<Timestamp>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// Something that comes back by the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScheduleLine {
    /// The kind of job that it queues.
    pub kind: String,
    /// Seconds between two times; null when it is due once a day.
    pub every_seconds: Option<i64>,
    /// The shop's time of day at which it is due, `04:00`; null when it is due more often.
    pub daily_at: Option<String>,
    /// When it was due last.
    pub last_due: Option<Timestamp>,
    /// How that ended: `queued`, `running`, `done`, `dead`, `cancelled`; null when nobody knows any more.
    pub last_state: Option<String>,
    /// When it is due next; null before the workers have seen it.
    pub next_due: Option<Timestamp>,
}

/// A follower of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FollowerLine {
    /// Its name.
    pub code: String,
    /// Events that it has not seen yet.
    pub lag_events: i64,
    /// When it last moved.
    pub updated_at: Option<Timestamp>,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobsCan {
    /// Retry and discard.
    pub write: bool,
}

/// A page of background work.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<JobsPage, FlowError> {
    let counts = jobs::counts(rx).await?;
    let count = |tab: JobTab| {
        counts
            .iter()
            .find(|(state, _)| state == tab.code())
            .map_or(0, |(_, n)| *n)
    };
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let found = JobsList::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let lags = events::lags(rx).await?;
    Ok(JobsPage {
        list,
        tab: tab(asked),
        tabs: JobTab::ALL
            .iter()
            .map(|tab| TabCount {
                code: tab.code(),
                count: Some(count(*tab)),
            })
            .collect(),
        items: found.items,
        next_cursor: found.next_cursor,
        schedules: clocks(rx).await?,
        consumers: lags
            .into_iter()
            .map(|lag| FollowerLine {
                code: lag.name,
                lag_events: lag.behind,
                updated_at: lag.updated_at,
            })
            .collect(),
        can: JobsCan {
            write: ctx.allows(Permission::JobsWrite),
        },
    })
}

fn line(row: &Row) -> Result<JobLine, DbError> {
    let payload: serde_json::Value = row.get("payload")?;
    Ok(JobLine {
        id: row.get("id")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        max_attempts: row.get("max_attempts")?,
        subject: subject(&payload),
        created_at: row.get("created_at")?,
        run_at: row.get("run_at")?,
        lease_until: row.get("lease_until")?,
        finished_at: row.get("finished_at")?,
        last_error: row.get("last_error")?,
    })
}

/// The keys that a payload names; nothing else of it is anybody's business here.
fn subject(payload: &serde_json::Value) -> Option<String> {
    let named = payload
        .as_object()?
        .iter()
        .filter(|(name, _)| name.ends_with("_id"));
    let texts: Vec<&str> = named.filter_map(|(_, value)| value.as_str()).collect();
    Some(texts.join(" ").chars().take(SUBJECT).collect::<String>()).filter(|text| !text.is_empty())
}

/// All schedules, and how the job of each one's last time ended.
async fn clocks(rx: &mut Rx) -> Result<Vec<ScheduleLine>, FlowError> {
    let known = schedules(rx).await?;
    let row_of = |schedule: &Schedule| known.iter().find(|row| row.name == schedule.name);
    let last_job = |schedule: &Schedule| {
        let due = row_of(schedule)?.last_due?;
        Some((schedule.kind, format!("{}@{}", schedule.name, due.micros())))
    };
    let wanted: Vec<(&'static str, String)> = SCHEDULES.iter().filter_map(last_job).collect();
    let states = states(rx, &wanted).await?;
    Ok(SCHEDULES
        .iter()
        .map(|schedule| {
            let (every_seconds, daily_at) = match schedule.every {
                Every::Seconds(seconds) => (Some(seconds), None),
                Every::DayAt(minute) => {
                    (None, Some(format!("{:02}:{:02}", minute / 60, minute % 60)))
                }
            };
            ScheduleLine {
                kind: schedule.kind.to_owned(),
                every_seconds,
                daily_at,
                last_due: row_of(schedule).and_then(|row| row.last_due),
                last_state: last_job(schedule).and_then(|(_, key)| states.get(&key).cloned()),
                next_due: row_of(schedule).map(|row| row.next_due),
            }
        })
        .collect())
}

/// The states of jobs by their unique keys.
async fn states(
    rx: &mut Rx,
    wanted: &[(&'static str, String)],
) -> Result<HashMap<String, String>, FlowError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let pair = |n: usize| format!("(kind = ${} AND unique_key = ${})", 2 * n + 1, 2 * n + 2);
    let pairs: Vec<String> = (0..wanted.len()).map(pair).collect();
    let values: Vec<Value> = wanted
        .iter()
        .flat_map(|(kind, key)| [kind.into_value(), key.into_value()])
        .collect();
    let sql = format!(
        "SELECT unique_key, state FROM jobs WHERE {}",
        pairs.join(" OR ")
    );
    let rows = rx.rows(&sql, &values).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.get("unique_key")?, row.get("state")?)))
        .collect::<Result<_, DbError>>()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// J6: a person sees what a job was about, and none of its other contents.
    #[test]
    fn a_subject_is_made_of_keys_alone() {
        let payload = json!({ "message_id": "message_01", "order_id": "order_02", "body": "secret", "count": 3 });
        assert_eq!(subject(&payload).as_deref(), Some("message_01 order_02"));
        assert_eq!(subject(&json!({ "scenario": "succeed" })), None);
    }
}
