//! `zhanggui simulate`: seeded shoppers through the real commands, faster than life; in an empty shop with goods made
//! for it.

use anyhow::Result;
use kernel::Timestamp;
use serde_json::{Value, json};
use simulation::{Assortment, Plan, Stocked};

use crate::App;

/// What to simulate.
#[derive(Debug, Clone, Copy)]
pub struct Simulate {
    /// How many products to open an empty shop with; `None` for the goods that are there.
    pub products: Option<u32>,
    /// For how many days people come.
    pub days: i64,
    /// How many people come on a day, on average.
    pub visitors_per_day: u32,
    /// What every figure depends on.
    pub seed: u64,
    /// The first instant; by default so many days ago.
    pub from: Option<Timestamp>,
}

/// Opens the shop if products are wanted, then simulates days that end now, or begin at `from`.
///
/// # Errors
/// Products for a shop that is not empty, days for one without goods, or a command that refused what it must accept.
pub async fn run(app: &App, what: Simulate) -> Result<Value> {
    let goods = match what.products {
        Some(products) => Some(open(app, what, products).await?),
        None => None,
    };
    let report = if goods.is_some() && what.days == 0 {
        simulation::Report::default()
    } else {
        live(app, what).await?
    };
    let mut said = json!({ "seed": what.seed, "days": what.days, "report": report });
    if let (Some(goods), Some(said)) = (goods, said.as_object_mut()) {
        said.insert("goods".to_owned(), json!(goods));
    }
    Ok(said)
}

async fn open(app: &App, what: Simulate, products: u32) -> Result<Stocked> {
    let wanted = Assortment {
        products,
        seed: what.seed,
    };
    let url = app.config.public_url();
    let goods = simulation::open_assortment(&app.ctx, &app.files, &url, what.days, wanted).await?;
    // Otherwise the first visitors of a large shop would search an index that is still being made.
    app.refresh_search().await?;
    Ok(goods)
}

async fn live(app: &App, what: Simulate) -> Result<simulation::Report> {
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
    let report = simulation::run(&app.ctx, app.handlers()?, plan, |day| {
        bar.set_position(day.unsigned_abs());
    })
    .await?;
    bar.finish_and_clear();
    Ok(report)
}

/// The beginning of an instant's day in the shop's time zone.
#[must_use]
pub fn start_of_day(app: &App, at: Timestamp) -> Timestamp {
    at.in_zone(app.ctx.zone())
        .start_of_day()
        .map_or(at, |z| z.timestamp().into())
}
