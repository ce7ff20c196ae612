//! Jobs that come back by the clock: at most once for each due time over all nodes, and once after a downtime
//! however many due times were missed (J5).

use std::time::Duration;

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;

use super::{NewJob, enqueue};
use crate::{Ctx, DbError, Rx, params};

/// How often a schedule is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Every so many seconds.
    Seconds(i64),
    /// Once a day at this minute of the day in the shop's time zone.
    DayAt(i16),
}

/// A job that comes back by the clock.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Unique name.
    pub name: &'static str,
    /// When it is due.
    pub every: Every,
    /// The kind of job that is queued, with an empty payload.
    pub kind: &'static str,
}

/// A schedule as people see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ScheduleRow {
    /// Its name.
    pub name: String,
    /// The due time that fired last.
    pub last_due: Option<Timestamp>,
    /// The next due time.
    pub next_due: Timestamp,
}

impl Every {
    /// The first due time after `now`.
    #[must_use]
    pub fn after(self, now: Timestamp, ctx: &Ctx) -> Timestamp {
        match self {
            Self::Seconds(seconds) => {
                let period = seconds.max(1) * 1_000_000;
                Timestamp::from_micros((now.micros().div_euclid(period) + 1) * period)
            }
            Self::DayAt(minute) => {
                let local = now.in_zone(ctx.zone());
                let at = |day: jiff::civil::Date| {
                    let hour = i8::try_from(minute / 60).unwrap_or_default();
                    let rest = i8::try_from(minute % 60).unwrap_or_default();
                    day.at(hour, rest, 0, 0)
                        .to_zoned(ctx.zone().clone())
                        .map(|z| Timestamp::from(z.timestamp()))
                };
                let tomorrow = local.date().tomorrow().unwrap_or_else(|_| local.date());
                match at(local.date()) {
                    Ok(today) if today > now => today,
                    _ => at(tomorrow).unwrap_or_else(|_| now.plus_seconds(86_400)),
                }
            }
        }
    }
}

/// Queues the jobs of schedules that are due; safe to call from any number of nodes at once.
///
/// # Errors
/// Whatever the database says.
pub async fn tick(ctx: &Ctx, schedules: &'static [Schedule]) -> Result<(), DbError> {
    ctx.write(async move |tx, ctx| {
        for schedule in schedules {
            let now = ctx.now();
            let next = schedule.every.after(now, ctx);
            let sql = "INSERT INTO schedules (name, next_due) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
            tx.execute(sql, params![schedule.name, next]).await?;
            let due: Timestamp = tx.scalar("SELECT next_due FROM schedules WHERE name = $1", params![schedule.name]).await?;
            let fire = "UPDATE schedules SET last_due = next_due, next_due = $3 WHERE name = $1 AND next_due = $2 AND next_due <= $4";
            if due <= now && tx.execute(fire, params![schedule.name, due, next, now]).await? == 1 {
                let key = format!("{}@{}", schedule.name, due.micros());
                enqueue(tx, ctx, NewJob::new(schedule.kind, &serde_json::json!({})).unique(key)).await?;
            }
        }
        Ok(())
    })
    .await
}

/// Ticks every second until `stop` turns true.
pub(crate) async fn run(ctx: Ctx, schedules: &'static [Schedule], mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = tick(&ctx.refreshed(), schedules).await {
            tracing::warn!(%error, "schedules could not be read");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// All schedules.
///
/// # Errors
/// Whatever the database says.
pub async fn schedules(rx: &mut Rx) -> Result<Vec<ScheduleRow>, DbError> {
    let rows = rx
        .rows(
            "SELECT name, last_due, next_due FROM schedules ORDER BY name",
            &[],
        )
        .await?;
    rows.iter()
        .map(|r| {
            Ok(ScheduleRow {
                name: r.get("name")?,
                last_due: r.get("last_due")?,
                next_due: r.get("next_due")?,
            })
        })
        .collect()
}
