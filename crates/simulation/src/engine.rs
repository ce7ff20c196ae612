//! The clockwork: steps of all visits in the order of time, run in small windows so that commands share commits.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use futures_util::future::join_all;
use kernel::{Clock, Timestamp};
use operations::flows::end_order;
use platform::{
    Ctx,
    events::emit_bulk,
    jobs::{Handlers, Workers},
};
use rand::Rng;
use tokio::sync::watch;

use crate::{
    SimulationError, browse,
    crowd::{Person, generator, visitors_on},
    shelves::Shelves,
    visit::{Step, Visiting},
};

const DAY: i64 = 86_400;
/// Steps of this many simulated seconds run together.
const WINDOW: i64 = 600;
/// Page events written in one transaction.
const EVENTS: usize = 2_000;

/// What to simulate.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The first instant.
    pub from: Timestamp,
    /// For how many days people come.
    pub days: i64,
    /// How many people come on a day, on average.
    pub visitors_per_day: u32,
    /// What every figure depends on.
    pub seed: u64,
}

/// What happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// People who were shown a card at another place and went on.
    pub shown: u64,
    /// Visits.
    pub visits: u64,
    /// Questions through the contact form.
    pub questions: u64,
    /// Page events.
    pub page_events: u64,
    /// Checkouts that were begun.
    pub checkouts: u64,
    /// Orders placed.
    pub orders: u64,
    /// Orders closed because nobody paid.
    pub expired: u64,
}

/// A step waiting for its time; the number keeps steps of one instant in the order in which they were planned.
struct Waiting {
    at: Timestamp,
    number: u64,
    visit: usize,
    step: Step,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

struct Engine {
    ctx: Ctx,
    clock: Clock,
    workers: Workers,
    shelves: Shelves,
    waiting: BinaryHeap<Reverse<Waiting>>,
    planned: u64,
    visits: Vec<Option<Visiting>>,
    regulars: Vec<Person>,
    events: Vec<Vec<platform::db::Value>>,
    report: Report,
}

/// Lets people live in the shop by a plan; `progress` is told after each day how many are done.
///
/// # Errors
/// A command that refused what it must accept.
pub async fn run(
    ctx: &Ctx,
    handlers: Handlers,
    plan: Plan,
    mut progress: impl FnMut(i64),
) -> Result<Report, SimulationError> {
    let mut engine = Engine::new(ctx, handlers, plan.from).await?;
    for day in 0..plan.days {
        engine.invite(plan, day);
        engine
            .live_until(plan.from.plus_seconds((day + 1) * DAY))
            .await?;
        progress(day + 1);
    }
    engine.flush().await?;
    Ok(engine.report)
}

/// A trickle of shoppers in real time until `stop` turns true: one visit every few seconds.
///
/// # Errors
/// A command that refused what it must accept.
pub async fn trickle(
    ctx: &Ctx,
    handlers: Handlers,
    seed: u64,
    mut stop: watch::Receiver<bool>,
) -> Result<(), SimulationError> {
    let mut engine = Engine::new(ctx, handlers, ctx.now()).await?;
    let mut number = 0;
    while !*stop.borrow() {
        let mut luck = generator(seed, ctx.now().micros() / 1_000_000, number);
        if luck.random_range(0..4) == 0 {
            engine.greet(ctx.now(), 1_000_000 + number, &mut luck);
            number += 1;
        }
        engine.live_until(ctx.now()).await?;
        engine.flush().await?;
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_secs(2)) => {}
            _ = stop.changed() => {}
        }
    }
    Ok(())
}

impl Engine {
    async fn new(ctx: &Ctx, handlers: Handlers, from: Timestamp) -> Result<Self, SimulationError> {
        let shelves = ctx.read(async |rx, _| Shelves::load(rx).await).await?;
        if shelves.is_empty() {
            return Err(SimulationError::NothingForSale);
        }
        let clock = Clock::standing(from);
        let ctx = ctx.at(clock.clone());
        Ok(Self {
            workers: Workers::new(ctx.clone(), handlers),
            ctx,
            clock,
            shelves,
            waiting: BinaryHeap::new(),
            planned: 0,
            visits: Vec::new(),
            regulars: Vec::new(),
            events: Vec::new(),
            report: Report::default(),
        })
    }

    fn plan(&mut self, at: Timestamp, visit: usize, step: Step) {
        self.planned += 1;
        self.waiting.push(Reverse(Waiting {
            at,
            number: self.planned,
            visit,
            step,
        }));
    }

    /// Plans the visits of a day; the evening is the busiest time.
    fn invite(&mut self, plan: Plan, day: i64) {
        for index in 0..visitors_on(plan.seed, day, plan.visitors_per_day) {
            let number = day.unsigned_abs() * 100_000 + u64::from(index);
            let mut luck = generator(plan.seed, day, number);
            let hour = [
                8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 20, 20, 21, 21, 21, 22, 22, 23,
                7, 1, 13,
            ];
            let hour = hour
                .get(luck.random_range(0..hour.len()))
                .copied()
                .unwrap_or(20);
            let at = plan
                .from
                .plus_seconds(day * DAY + hour * 3_600 + luck.random_range(0..3_600));
            self.greet(at, number, &mut luck);
        }
    }

    /// Plans one visit, and notes who else was shown the card that led to it. One in nine has bought here before.
    fn greet(&mut self, at: Timestamp, number: u64, luck: &mut rand::rngs::StdRng) {
        let regular = if luck.random_range(0..9) == 0 {
            let index = luck.random_range(0..self.regulars.len().max(1));
            self.regulars.get(index).map(|person| person.again(luck))
        } else {
            None
        };
        let person = regular.unwrap_or_else(|| Person::meet(number, luck));
        let source = person.source;
        let landing = if source.has_cards() || source.to_product {
            self.shelves.any(luck)
        } else {
            None
        };
        if let Some(shelf) = landing.and_then(|index| self.shelves.get(index)) {
            let shown = browse::shown(&self.ctx, source, shelf.product, at, luck);
            self.report.shown += shown.len() as u64;
            self.events.extend(shown);
        }
        let visiting = Visiting {
            visit: person.visit(),
            person,
            luck: generator(number, at.micros() / 1_000_000, 1),
            landing,
            token: None,
            ordered: false,
            at_store: false,
        };
        self.visits.push(Some(visiting));
        self.report.visits += 1;
        self.plan(at, self.visits.len() - 1, Step::Browse);
    }

    /// Runs every step until `end`, window by window.
    async fn live_until(&mut self, end: Timestamp) -> Result<(), SimulationError> {
        let mut housekeeping = self.clock.now();
        while let Some(first) = self.waiting.peek().map(|w| w.0.at).filter(|at| *at < end) {
            let window = first.plus_seconds(WINDOW).min(end);
            self.clock.set(first);
            self.window(window).await?;
            self.clock.set(window);
            self.workers.drain().await?;
            if window.seconds_since(housekeeping) >= 4 * 3_600 {
                housekeeping = window;
                self.report.expired += end_order::expire_due(&self.ctx).await?;
                end_order::close_due(&self.ctx).await?;
            }
            if self.events.len() >= EVENTS {
                self.flush().await?;
            }
        }
        self.clock.set(end);
        Ok(())
    }

    /// Runs the steps that are due before `end` together. A visit has one step at a time, so none waits for another.
    async fn window(&mut self, end: Timestamp) -> Result<(), SimulationError> {
        let mut due: Vec<Waiting> = Vec::new();
        let mut busy: HashMap<usize, ()> = HashMap::new();
        let mut back: Vec<Waiting> = Vec::new();
        while self.waiting.peek().is_some_and(|w| w.0.at < end) {
            let Some(Reverse(waiting)) = self.waiting.pop() else {
                break;
            };
            if busy.insert(waiting.visit, ()).is_none() {
                due.push(waiting);
            } else {
                back.push(waiting);
            }
        }
        self.waiting.extend(back.into_iter().map(Reverse));
        let mut running = Vec::new();
        for waiting in due {
            let Some(mut visiting) = self.visits.get_mut(waiting.visit).and_then(Option::take)
            else {
                continue;
            };
            let (ctx, shelves) = (&self.ctx, &self.shelves);
            running.push(async move {
                let outcome = visiting.step(ctx, shelves, waiting.at, waiting.step).await;
                (waiting.visit, visiting, outcome)
            });
        }
        for (index, visiting, outcome) in join_all(running).await {
            let outcome = outcome?;
            self.after(index, visiting, outcome);
        }
        Ok(())
    }

    fn after(&mut self, index: usize, visiting: Visiting, outcome: crate::visit::Outcome) {
        self.report.page_events += outcome.events.len() as u64;
        self.events.extend(outcome.events);
        for (at, step) in outcome.next {
            match step {
                Step::FillIn => self.report.checkouts += 1,
                Step::Ask => self.report.questions += 1,
                _ => {}
            }
            self.plan(at, index, step);
        }
        if visiting.ordered {
            self.report.orders += 1;
            self.regulars.push(visiting.person.clone());
        }
        if let Some(place) = self.visits.get_mut(index) {
            *place = Some(Visiting {
                ordered: false,
                at_store: false,
                ..visiting
            });
        }
    }

    async fn flush(&mut self) -> Result<(), SimulationError> {
        if self.events.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.events);
        self.ctx
            .write(async move |tx, _| emit_bulk(tx, rows.clone()).await)
            .await?;
        Ok(())
    }
}
