//! The whole program against a Stripe on this machine: localstripe from PyPI, run as a process of its own by
//! `scripts/localstripe`. Its messages come in through the program's real entrance.
//!
//! Where localstripe is missing the tests say so and do nothing; `CI` makes that a failure.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

mod stage;
mod telling;
mod ways;
