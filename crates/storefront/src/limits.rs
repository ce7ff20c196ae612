//! How often a source, and an account, may try what could be guessed or hoarded (A7, A13).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kernel::CustomerId;
use platform::web::{Incoming, Limit, Problem, StatusCode};

const MINUTE: Duration = Duration::from_secs(60);
const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(3_600);

/// The limits of the shop's pages.
pub(crate) struct Limits {
    links: Limit,
    lookups: Limit,
    orders: Unpaid,
    messages: Limit,
    /// Tries of strangers at the passwords of accounts.
    sign_ins: Limit,
    /// Tries of browsers that have signed in to the account before, so that strangers cannot use up its own.
    known_sign_ins: Limit,
    /// Letters with links to accounts.
    letters: Limit,
    /// The same for browsers that have signed in to the account before.
    known_letters: Limit,
    /// Proofs of a password by somebody who is signed in.
    proofs: Limit,
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
            sign_ins: Limit::new(20, 60, QUARTER),
            known_sign_ins: Limit::new(20, 20, QUARTER),
            letters: Limit::new(20, 6, HOUR),
            known_letters: Limit::new(20, 6, HOUR),
            proofs: Limit::new(20, 20, QUARTER),
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

    /// A password is tried at an account. A browser that has signed in to it before has tries of its own, so nobody who
    /// guesses can lock out the person they pretend to be (A13).
    pub(crate) fn sign_in(
        &self,
        incoming: &Incoming,
        account: &str,
        browser: Option<&str>,
    ) -> Result<(), Problem> {
        if let Some(browser) = browser {
            return self.known_sign_ins.account(&format!("{account} {browser}"));
        }
        self.sign_ins.source(incoming.source)?;
        self.sign_ins.account(account)
    }

    /// A letter with a link to an account is asked for.
    pub(crate) fn letter(
        &self,
        incoming: &Incoming,
        account: &str,
        browser: Option<&str>,
    ) -> Result<(), Problem> {
        if let Some(browser) = browser {
            return self.known_letters.account(&format!("{account} {browser}"));
        }
        self.letters.source(incoming.source)?;
        self.letters.account(account)
    }

    /// Somebody who is signed in tells their password.
    pub(crate) fn proof(&self, id: CustomerId) -> Result<(), Problem> {
        self.proofs.account(&id.to_string())
    }

    /// A link of a letter was tried that does not work.
    pub(crate) fn account_link_missed(&self, incoming: &Incoming) -> Problem {
        let gone = || Problem::new(StatusCode::NOT_FOUND, "error-account-link-over");
        self.links
            .source(incoming.source)
            .err()
            .unwrap_or_else(gone)
    }

    /// Forgets who has not tried for long.
    pub(crate) fn shrink(&self) {
        let limits = [
            &self.links,
            &self.lookups,
            &self.messages,
            &self.sign_ins,
            &self.known_sign_ins,
            &self.letters,
            &self.known_letters,
            &self.proofs,
        ];
        for limit in limits {
            limit.shrink();
        }
        self.orders.shrink();
    }
}
