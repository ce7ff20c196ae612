//! The cycles: start, compare, shop, kill.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use kernel::{Clock, VariantId};

use crate::{
    http::Connection,
    journal::{Journal, Known},
    program::{self, Program},
    shop::{self, Store},
    shoppers::{Shopper, Tally, order},
};

/// How the suite is run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) cycles: u64,
    /// Whether the program has the planted bug.
    pub(crate) planted: bool,
    pub(crate) shoppers: usize,
    /// A PostgreSQL database, instead of a file.
    pub(crate) server: Option<String>,
}

/// What the suite did.
#[derive(Debug)]
#[expect(dead_code, reason = "printed")]
pub(crate) struct Report {
    /// What the random instants were made of.
    pub(crate) seed: u64,
    pub(crate) cycles: u64,
    /// Orders that were acknowledged.
    pub(crate) acknowledged: usize,
    /// Payments that were acknowledged.
    pub(crate) paid: usize,
    /// Orders that were asked for and not acknowledged before a kill.
    pub(crate) asked_again: usize,
    /// Of those, how many were there already.
    pub(crate) were_there: usize,
    /// Requests that a kill cut off.
    pub(crate) in_flight: u64,
    /// Answers that were server errors.
    pub(crate) errors: u64,
    pub(crate) slowest_start: Duration,
    pub(crate) took: Duration,
}

/// Which cycle found a loss, and what was lost.
pub(crate) type Loss = (u64, String);

struct Suite {
    plan: Plan,
    folder: tempfile::TempDir,
    store: Store,
    journal: Arc<Journal>,
    tally: Arc<Tally>,
    variants: Vec<VariantId>,
    luck: Luck,
    /// Acknowledged orders that were looked at over HTTP in an earlier cycle.
    seen: usize,
    asked_again: usize,
    were_there: usize,
    slowest_start: Duration,
}

/// Runs all cycles, or stops at the first loss.
pub(crate) async fn run(plan: Plan) -> Result<Report, Loss> {
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::empty(folder.path(), plan.server.clone());
    let variants = shop::prepare(&store).await;
    let cycles = plan.cycles;
    let luck = Luck::fresh();
    let seed = luck.0;
    let mut suite = Suite {
        plan,
        store,
        journal: Arc::new(Journal::create(folder.path())),
        tally: Arc::default(),
        variants,
        luck,
        seen: 0,
        asked_again: 0,
        were_there: 0,
        slowest_start: Duration::ZERO,
        folder,
    };
    for cycle in 1..=cycles {
        suite
            .cycle()
            .await
            .map_err(|lost| (cycle, format!("{lost} (seed {seed})")))?;
    }
    suite
        .end()
        .await
        .map_err(|lost| (cycles, format!("at the end: {lost} (seed {seed})")))?;
    let known = suite.journal.read();
    Ok(Report {
        seed,
        cycles,
        acknowledged: known.ordered.len(),
        paid: known.paid.len(),
        asked_again: suite.asked_again,
        were_there: suite.were_there,
        in_flight: suite.tally.in_flight.load(Ordering::Relaxed),
        errors: suite.tally.errors.load(Ordering::Relaxed),
        slowest_start: suite.slowest_start,
        took: begun.elapsed(),
    })
}

impl Suite {
    /// Starts on what the last kill left, compares, shops, kills, looks at what is left.
    async fn cycle(&mut self) -> Result<(), String> {
        let mut program = Program::serve(&self.store, self.plan.planted)?;
        self.slowest_start = self.slowest_start.max(program.started_in);
        self.compare(&program).await?;
        let mut shopping = Vec::new();
        for nth in 0..self.plan.shoppers {
            let shopper = Shopper {
                address: program.address,
                variants: self.variants.clone(),
                journal: Arc::clone(&self.journal),
                tally: Arc::clone(&self.tally),
                name: format!("s{nth}-{:x}", self.luck.below(u64::MAX)),
            };
            shopping.push(tokio::spawn(shopper.shop()));
        }
        tokio::time::sleep(Duration::from_micros(200_000 + self.luck.below(700_000))).await;
        program.kill();
        for shopper in shopping {
            shopper.await.unwrap();
        }
        self.look_at_what_is_left().await
    }

    /// The shop as the kill left it, in a copy: `zhanggui check` is silent, nothing is half-done, nothing is missing.
    async fn look_at_what_is_left(&mut self) -> Result<(), String> {
        let copy = tempfile::tempdir_in(self.folder.path()).unwrap();
        let left = self.store.as_left(copy.path());
        tokio::task::block_in_place(|| program::check(&left))?;
        self.were_there += shop::inspect(&left, &self.journal.read()).await?;
        Ok(())
    }

    /// Everything acknowledged since the last look is there over HTTP, too; what was not acknowledged is asked for again
    /// and is one order; what was acknowledged and is asked for again is the same order.
    async fn compare(&mut self, program: &Program) -> Result<(), String> {
        let known = self.journal.read();
        let cut = |e: std::io::Error| format!("the program went away: {e}");
        let mut line = Connection::open(program.address).await.map_err(cut)?;
        for (key, (cart, shown)) in &known.asked {
            if known.ordered.contains_key(key) {
                continue;
            }
            let again = order(&mut line, cart, key, &self.journal)
                .await
                .map_err(cut)?;
            let (order, _) = again.map_err(|status| {
                format!("{key}: its cart was acknowledged, and ordering it answers {status}")
            })?;
            if order["total"]["amount"].as_i64() != Some(*shown) {
                return Err(format!("{key}: {shown} was shown, {order} was ordered"));
            }
            self.asked_again += 1;
        }
        let known = self.journal.read();
        self.visit(&mut line, &known).await?;
        Ok(())
    }

    async fn visit(&mut self, line: &mut Connection, known: &Known) -> Result<(), String> {
        let cut = |e: std::io::Error| format!("the program went away: {e}");
        let mut orders: Vec<_> = known.ordered.iter().collect();
        orders.sort_unstable_by_key(|(_, order)| &order.number);
        for (key, order) in orders.iter().skip(self.seen) {
            let page = line
                .get(&format!("/orders/{}.json", order.token))
                .await
                .map_err(cut)?;
            let total = page.body["total"]["amount"].as_i64();
            if page.status != 200
                || total != Some(order.total)
                || page.body["number"] != order.number.as_str()
            {
                return Err(format!(
                    "acknowledged order {order:?} of {key} answers {page:?}"
                ));
            }
            if known.paid.contains(&order.number) && page.body["payment_state"] != "paid" {
                return Err(format!(
                    "acknowledged payment of {} is {}",
                    order.number, page.body["payment_state"]
                ));
            }
        }
        if let Some((key, first)) = orders.get(self.seen) {
            let cart = &known.asked[*key].0;
            let again = crate::shoppers::order(line, cart, key, &self.journal)
                .await
                .map_err(cut)?;
            let number = again.map(|(order, _)| order["number"].clone());
            if number.as_ref().ok().and_then(|n| n.as_str()) != Some(&first.number) {
                return Err(format!(
                    "{key} was {}, and asked again it is {number:?}",
                    first.number
                ));
            }
        }
        self.seen = orders.len();
        Ok(())
    }

    /// A last start, a clean stop, and then the background work of the hours after.
    async fn end(&mut self) -> Result<(), String> {
        let program = Program::serve(&self.store, self.plan.planted)?;
        self.compare(&program).await?;
        if !tokio::task::block_in_place(|| program.stop()) {
            return Err(format!(
                "it did not stop cleanly: {}",
                program::last_words(&self.store.data)
            ));
        }
        let known = self.journal.read();
        shop::settle(&self.store, Clock::wall().now(), &known).await
    }
}

/// Random numbers from one seed (SplitMix64).
#[derive(Debug)]
pub(crate) struct Luck(u64);

impl Luck {
    /// From a seed that nobody chose; it is printed with a failure.
    pub(crate) fn fresh() -> Self {
        let seed = kernel::id::fresh_uuid().as_u128() & u128::from(u64::MAX);
        Self(u64::try_from(seed).unwrap() | 1)
    }

    /// From a seed that somebody chose.
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}
