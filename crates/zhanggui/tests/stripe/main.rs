//! The whole program against a Stripe on this machine: localstripe from PyPI, run as a process of its own by
//! `scripts/localstripe`. Its messages come in through the program's real entrance.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

#[path = "../localstripe/mod.rs"]
mod localstripe;
mod stage;
mod telling;
mod ways;
