//! How often a source, and an account, may try what could be guessed or hoarded (A7, A13).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use platform::web::{Incoming, Limit, Problem};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// The limits of the shop's pages.
pub(crate) struct Limits {
    links: Limit,
    lookups: Limit,
    orders: Unpaid,
    messages: Limit,
}

/// How many unpaid orders there may be in an hour: the shop's own decision, which it may change while the shop is open.
struct Unpaid(Mutex<(u32, Arc<Limit>)>);

impl Unpaid {
    fn new(per_hour: u32) -> Self {
        Self(Mutex::new((per_hour, Arc::new(hourly(per_hour)))))
    }

    /// The limit of so many in an hour. Who tried how often is forgotten when the number changes, and only then.
    fn of(&self, per_hour: u32) -> Arc<Limit> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != per_hour {
            *known = (per_hour, Arc::new(hourly(per_hour)));
        }
        Arc::clone(&known.1)
    }

    fn shrink(&self) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.1.shrink();
    }
}

fn hourly(count: u32) -> Limit {
    Limit::new(count, count, HOUR)
}

impl Limits {
    pub(crate) fn new() -> Self {
        let unpaid = operations::shop::Shop::default().unpaid_orders_per_hour;
        Self {
            links: Limit::new(30, 30, MINUTE),
            lookups: Limit::new(20, 10, HOUR),
            orders: Unpaid::new(unpaid),
            messages: hourly(10),
        }
    }

    /// A link that leads nowhere was tried. Links that work are never counted.
    pub(crate) fn link_missed(&self, incoming: &Incoming) -> Problem {
        self.links
            .source(incoming.source)
            .err()
            .unwrap_or_else(Problem::not_found)
    }

    /// An order is looked up by its number.
    pub(crate) fn lookup(&self, incoming: &Incoming, number: &str) -> Result<(), Problem> {
        self.lookups.source(incoming.source)?;
        self.lookups.account(number.trim())
    }

    /// Stock is about to be held for somebody who has not paid, as the shop allows `per_hour` times. The machine itself is
    /// not limited.
    pub(crate) fn order(
        &self,
        incoming: &Incoming,
        email: &str,
        per_hour: u32,
    ) -> Result<(), Problem> {
        if incoming.source.is_loopback() {
            return Ok(());
        }
        let orders = self.orders.of(per_hour);
        orders.source(incoming.source)?;
        // A program that filled in the checkout before sends no address here; its source is counted all the same.
        if email.is_empty() {
            return Ok(());
        }
        orders.account(email)
    }

    /// A message is sent.
    pub(crate) fn message(&self, incoming: &Incoming) -> Result<(), Problem> {
        self.messages.source(incoming.source)
    }

    /// Forgets who has not tried for long.
    pub(crate) fn shrink(&self) {
        for limit in [&self.links, &self.lookups, &self.messages] {
            limit.shrink();
        }
        self.orders.shrink();
    }
}
