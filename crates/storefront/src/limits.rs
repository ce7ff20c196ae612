//! How often a source, and an account, may try what could be guessed or hoarded (A7, A13).

use std::time::Duration;

use platform::web::{Incoming, Limit, Problem};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// The limits of the shop's pages.
pub(crate) struct Limits {
    links: Limit,
    lookups: Limit,
    orders: Limit,
    messages: Limit,
}

impl Limits {
    pub(crate) fn new() -> Self {
        let unpaid = operations::shop::Shop::default().unpaid_orders_per_hour;
        Self {
            links: Limit::new(30, 30, MINUTE),
            lookups: Limit::new(20, 10, HOUR),
            orders: Limit::new(unpaid, unpaid, HOUR),
            messages: Limit::new(10, 10, HOUR),
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

    /// Stock is about to be held for somebody who has not paid. The machine itself is not limited.
    pub(crate) fn order(&self, incoming: &Incoming, email: &str) -> Result<(), Problem> {
        if incoming.source.is_loopback() {
            return Ok(());
        }
        self.orders.source(incoming.source)?;
        // A program that filled in the checkout before sends no address here; its source is counted all the same.
        if email.is_empty() {
            return Ok(());
        }
        self.orders.account(email)
    }

    /// A message is sent.
    pub(crate) fn message(&self, incoming: &Incoming) -> Result<(), Problem> {
        self.messages.source(incoming.source)
    }

    /// Forgets who has not tried for long.
    pub(crate) fn shrink(&self) {
        for limit in [&self.links, &self.lookups, &self.orders, &self.messages] {
            limit.shrink();
        }
    }
}
