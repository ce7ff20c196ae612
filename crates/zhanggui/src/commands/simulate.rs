//! `zhanggui simulate`: seeded shoppers through the real commands, faster than life.

use anyhow::Result;
use kernel::Timestamp;
use serde_json::{Value, json};
use simulation::Plan;

use crate::App;

/// What to simulate.
#[derive(Debug, Clone, Copy)]
pub struct Simulate {
    /// For how many days people come.
    pub days: i64,
    /// How many people come on a day, on average.
    pub visitors_per_day: u32,
    /// What every figure depends on.
    pub seed: u64,
    /// The first instant; by default so many days ago.
    pub from: Option<Timestamp>,
}

/// Simulates days that end now, or begin at `from`.
///
/// # Errors
/// A shop without goods, or a command that refused what it must accept.
pub async fn run(app: &App, what: Simulate) -> Result<Value> {
    let from = what
        .from
        .unwrap_or_else(|| start_of_day(app, app.ctx.now().plus_seconds(-what.days * 86_400)));
    let plan = Plan {
        from,
        days: what.days,
        visitors_per_day: what.visitors_per_day,
        seed: what.seed,
    };
    let bar = indicatif::ProgressBar::new(what.days.unsigned_abs());
    let report = simulation::run(&app.ctx, app.handlers_without_mail()?, plan, |day| {
        bar.set_position(day.unsigned_abs());
    })
    .await?;
    bar.finish_and_clear();
    Ok(json!({ "seed": what.seed, "days": what.days, "report": report }))
}

/// The beginning of an instant's day in the shop's time zone.
#[must_use]
pub fn start_of_day(app: &App, at: Timestamp) -> Timestamp {
    at.in_zone(app.ctx.zone())
        .start_of_day()
        .map_or(at, |z| z.timestamp().into())
}
