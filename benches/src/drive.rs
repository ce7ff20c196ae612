//! Putting on load: in a closed loop, where each of N clients sends as soon as it has its answer, and in an open one,
//! where work arrives at a fixed rate whether or not the program keeps up.

use std::{
    cell::Cell,
    future::Future,
    io,
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    sync::Semaphore,
    task::{JoinSet, LocalSet},
    time::timeout_at,
};

use crate::{Connection, Failure, Outcome, cpu};

/// How long turns that are under way may take after the end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who does the same kind of work over and over.
pub trait Worker: 'static {
    /// Does it once. Answers the status that decided it, or why there was none.
    fn turn(&mut self, connection: &mut Connection) -> impl Future<Output = Result<u16, Failure>>;
}

/// A worker that sends prepared requests in turn.
#[derive(Debug, Clone)]
pub struct Requests {
    prepared: Rc<[Vec<u8>]>,
    next: usize,
}

impl Requests {
    /// Sends `prepared` in turn, beginning with the `first`.
    #[must_use]
    pub fn new(prepared: &[Vec<u8>], first: usize) -> Self {
        Self {
            prepared: prepared.into(),
            next: first,
        }
    }
}

impl Worker for Requests {
    async fn turn(&mut self, connection: &mut Connection) -> Result<u16, Failure> {
        let at = self.next % self.prepared.len().max(1);
        self.next = at + 1;
        let request = self.prepared.get(at).map(Vec::as_slice).unwrap_or_default();
        Ok(connection.exchange(request).await?.status)
    }
}

/// A closed loop.
#[derive(Debug, Clone)]
pub struct Closed {
    /// Clients, each with a connection of its own.
    pub connections: usize,
    /// How long they work before it counts.
    pub warm_up: Duration,
    /// How long they work while it counts.
    pub lasting: Duration,
    /// How many turns they do together at most; the run ends with the last.
    pub turns: Option<u64>,
}

impl Closed {
    /// `connections` clients for some time, after a fifth of it to get warm.
    #[must_use]
    pub fn lasting(connections: usize, lasting: Duration) -> Self {
        Self {
            connections,
            warm_up: lasting / 5,
            lasting,
            turns: None,
        }
    }

    /// `turns` turns, as many at a time as there are connections.
    #[must_use]
    pub const fn turns(connections: usize, turns: u64) -> Self {
        Self {
            connections,
            warm_up: Duration::ZERO,
            lasting: Duration::from_secs(600),
            turns: Some(turns),
        }
    }
}

/// An open loop.
#[derive(Debug, Clone)]
pub struct Open {
    /// Arrivals per second.
    pub rate: f64,
    /// How many can be under way at once; further arrivals wait, and their waiting counts.
    pub connections: usize,
    /// How long work arrives.
    pub lasting: Duration,
}

/// Runs a closed loop on a thread of its own; `make` is asked for each client's worker.
///
/// # Errors
/// When no thread or runtime can be had.
pub fn closed<W: Worker>(
    address: SocketAddr,
    plan: &Closed,
    make: impl Fn(usize) -> W + Sync,
) -> io::Result<Outcome> {
    on_own_thread(|| async {
        let counted_from = Instant::now() + plan.warm_up;
        let until = counted_from + plan.lasting;
        let left = Rc::new(Cell::new(plan.turns.unwrap_or(u64::MAX)));
        let mut workers = JoinSet::new();
        for index in 0..plan.connections {
            let (mut worker, left) = (make(index), Rc::clone(&left));
            workers.spawn_local(async move {
                let mut connection = Connection::to(address);
                let mut shift = Shift::default();
                while Instant::now() < until && take(&left) {
                    let started = Instant::now();
                    let result = worker.turn(&mut connection).await;
                    shift.turn(result, started, started >= counted_from);
                }
                shift
            });
        }
        gather(workers, until + PATIENCE, Some(counted_from)).await
    })
}

/// Runs an open loop on a thread of its own. Latency is counted from the instant at which work was due, so that
/// waiting for a free connection counts as the customer would count it.
///
/// # Errors
/// When no thread or runtime can be had.
pub fn open<W: Worker>(
    address: SocketAddr,
    plan: &Open,
    make: impl Fn(usize) -> W + Sync,
) -> io::Result<Outcome> {
    let step = Duration::from_secs_f64(1.0 / plan.rate.max(0.001));
    let arrivals = (plan.lasting.as_secs_f64() / step.as_secs_f64()).round();
    let due = Arc::new(Semaphore::new(0));
    let begin = Instant::now() + Duration::from_millis(20);
    let scheduled = move |ticket: f64| begin + step.mul_f64(ticket);
    thread::scope(|scope| {
        let arriving = Arc::clone(&due);
        scope.spawn(move || arrive(&arriving, arrivals, scheduled));
        on_own_thread(|| async {
            let next = Rc::new(Cell::new(0.0));
            let mut workers = JoinSet::new();
            for index in 0..plan.connections {
                let (mut worker, due, next) = (make(index), Arc::clone(&due), Rc::clone(&next));
                workers.spawn_local(async move {
                    let mut connection = Connection::to(address);
                    let mut shift = Shift::default();
                    while let Ok(permit) = due.acquire().await {
                        permit.forget();
                        let ticket = next.get();
                        if ticket >= arrivals {
                            // The last one tells the others.
                            due.add_permits(1);
                            break;
                        }
                        next.set(ticket + 1.0);
                        let result = worker.turn(&mut connection).await;
                        shift.turn(result, scheduled(ticket), true);
                    }
                    shift
                });
            }
            gather(workers, scheduled(arrivals) + PATIENCE, Some(begin)).await
        })
    })
}

/// Announces each arrival at its time. A thread of its own, because the runtime's timers count whole milliseconds.
#[expect(clippy::disallowed_methods, reason = "a thread that only waits")]
fn arrive(due: &Semaphore, arrivals: f64, scheduled: impl Fn(f64) -> Instant) {
    let mut ticket = 0.0;
    while ticket < arrivals {
        let wait = scheduled(ticket).saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            thread::sleep(wait);
        }
        due.add_permits(1);
        ticket += 1.0;
    }
    // One more than there is work: whoever gets it knows that the day is over.
    due.add_permits(1);
}

/// What one worker did.
#[derive(Default)]
struct Shift {
    outcome: Outcome,
    all_turns: u64,
    ended: Option<Instant>,
}

impl Shift {
    fn turn(&mut self, result: Result<u16, Failure>, since: Instant, counts: bool) {
        let now = Instant::now();
        self.all_turns += 1;
        if counts {
            self.outcome
                .count(result, now.saturating_duration_since(since));
            self.ended = Some(now);
        }
    }
}

fn take(left: &Cell<u64>) -> bool {
    let now = left.get();
    left.set(now.saturating_sub(1));
    now > 0
}

async fn gather(
    mut workers: JoinSet<Shift>,
    until: Instant,
    counted_from: Option<Instant>,
) -> (Outcome, u64) {
    let mut outcome = Outcome::default();
    let (mut all_turns, mut last) = (0, counted_from);
    while !workers.is_empty() {
        match timeout_at(until.into(), workers.join_next()).await {
            Ok(Some(Ok(shift))) => {
                outcome.merge(&shift.outcome);
                all_turns += shift.all_turns;
                last = last.max(shift.ended);
            }
            Ok(Some(Err(_))) => outcome.stuck += 1,
            Ok(None) => break,
            Err(_) => {
                outcome.stuck += workers.len() as u64;
                workers.shutdown().await;
            }
        }
    }
    if let (Some(from), Some(to)) = (counted_from, last) {
        outcome.elapsed = to.saturating_duration_since(from);
    }
    (outcome, all_turns)
}

/// One thread does all the work of the load tool, so that what it costs can be read.
fn on_own_thread<F, Fut>(work: F) -> io::Result<Outcome>
where
    F: FnOnce() -> Fut + Send,
    Fut: Future<Output = (Outcome, u64)>,
{
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let before = cpu::of_this_thread();
        let (mut outcome, all_turns) = LocalSet::new().block_on(&runtime, work());
        let cost = cpu::of_this_thread()
            .zip(before)
            .map(|(after, b)| after - b);
        outcome.cost = cost
            .filter(|_| all_turns > 0)
            .map(|c| c.div_f64(all_turns as f64));
        Ok(outcome)
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("load".into());
        let running = thread.spawn_scoped(scope, run)?;
        running
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the load tool panicked")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hello::Hello, request};

    fn get(path: &str) -> Vec<Vec<u8>> {
        let mut bytes = Vec::new();
        request(&mut bytes, "GET", path, "", "");
        vec![bytes]
    }

    /// Exactly the turns that were asked for are done, and each is counted once.
    #[test]
    fn a_closed_loop_does_its_turns() {
        let hello = Hello::start(100).unwrap();
        let plan = Closed::turns(8, 1_000);
        let outcome = closed(hello.address(), &plan, |i| Requests::new(&get("/json"), i)).unwrap();
        assert_eq!((outcome.latency.count(), outcome.errors()), (1_000, 0));
        assert!(outcome.per_second() > 100.0);
        assert!(outcome.latency.max() <= outcome.elapsed);
    }

    /// A closed loop ends in time, and refusals are no successes.
    #[test]
    fn a_closed_loop_ends_and_counts_refusals() {
        let hello = Hello::start(100).unwrap();
        let plan = Closed::lasting(4, Duration::from_millis(200));
        let both = [get("/json"), get("/nowhere")].concat();
        let outcome = closed(hello.address(), &plan, |i| Requests::new(&both, i)).unwrap();
        let refused = outcome.statuses[&404];
        assert!(refused > 0 && outcome.latency.count().abs_diff(refused) <= 4);
        assert_eq!(outcome.errors(), refused);
        assert!(
            outcome.elapsed < Duration::from_millis(400),
            "{:?}",
            outcome.elapsed
        );
    }

    /// Work that takes 20 ms each.
    struct Slow;

    impl Worker for Slow {
        async fn turn(&mut self, _: &mut Connection) -> Result<u16, Failure> {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(200)
        }
    }

    /// Where work arrives faster than it is done, the waiting is part of the latency.
    #[test]
    fn an_open_loop_counts_waiting() {
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        let plan = |rate, connections| Open {
            rate,
            connections,
            lasting: Duration::from_millis(500),
        };
        let late = open(nobody, &plan(100.0, 1), |_| Slow).unwrap();
        assert_eq!(late.latency.count(), 50);
        assert!(late.latency.percentile(90.0) > Duration::from_millis(300));
        let calm = open(nobody, &plan(100.0, 16), |_| Slow).unwrap();
        assert_eq!(calm.latency.count(), 50);
        assert!(calm.latency.percentile(50.0) < Duration::from_millis(200));
    }
}
