//! The program as a process under ill treatment: killed, flooded, on a full disk, on a failing disk.
//!
//! Beside what stands in the modules ([`migrations`], [`imports`], [`overload`], [`disk`], [`secrets`], [`links`],
//! [`stripe`]), this is the kill suite: the program is killed (`kill -9`) at random instants while shoppers order and pay,
//! fifty times.
//!
//! Each cycle starts the program on the shop as the last kill left it, compares everything it ever acknowledged with
//! what is there, lets eight shoppers order over HTTP, and kills the process group at a random microsecond. What must
//! hold (D1, D2, J1, J2, O8, P9):
//!
//! - every acknowledged order is there with its total, every acknowledged payment is paid, both with their events;
//! - what was asked and not acknowledged is wholly there or wholly absent, and asking again under the same
//!   `Idempotency-Key` makes one order;
//! - `zhanggui check` is silent on the shop as the kill left it;
//! - the program starts unaided within its limit;
//! - in the end, an hour later, all background work is done, nothing is a dead letter, and the card company's books are
//!   ours.
//!
//! Acknowledged answers are written to a log of the suite's own, with fsync, and read back from there.
//!
//! # Would it notice?
//!
//! [`the_suite_catches_an_early_answer`] runs the same cycles against a planted bug: the write lane answers before it
//! commits, and commits a few milliseconds later. `kill -9` alone cannot see a missing fsync, because the page cache
//! survives it, so the bug must lie before the commit. The switch is a hidden flag, `serve --planted-early-ack`, that is
//! compiled only where debug assertions are: every test build has it and no release has a trace of it. A cargo feature
//! would do the same for the price of compiling the whole house a second time, and would be one more thing to forget in
//! a release.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test speaks by failing"
)]

mod disk;
mod http;
mod imports;
mod journal;
mod links;
#[path = "../localstripe/mod.rs"]
mod localstripe;
mod migrations;
mod overload;
mod program;
mod secrets;
mod shop;
mod shoppers;
mod stripe;
mod suite;

use std::time::Duration;

use suite::{Plan, Report, run};

/// A program of this suite runs alone: two of them on two cores would measure each other.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// D1, D2, O8, J1, J2, P9: fifty kills lose nothing that was acknowledged and leave nothing half-done.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_kills_lose_nothing() {
    let _alone = ALONE.lock().await;
    let plan = Plan {
        cycles: 50,
        planted: false,
        shoppers: 8,
        server: None,
    };
    let report = run(plan)
        .await
        .unwrap_or_else(|(cycle, lost)| panic!("cycle {cycle}: {lost}"));
    prove(&report, 500);
}

/// D1, D2, O8, J1, J2: the same on PostgreSQL, where the server lives on and the program dies in the middle of
/// transactions, leases and charges.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn kills_beside_postgres_lose_nothing() {
    let _alone = ALONE.lock().await;
    let Some(world) = testkit::World::postgres().await else {
        return;
    };
    let server = world.ctx.db().postgres_url().map(str::to_owned);
    let plan = Plan {
        cycles: 15,
        planted: false,
        shoppers: 8,
        server,
    };
    let report = run(plan)
        .await
        .unwrap_or_else(|(cycle, lost)| panic!("cycle {cycle}: {lost}"));
    prove(&report, 150);
}

/// Enough was going on that the silence means something.
fn prove(report: &Report, orders: usize) {
    println!("{report:#?}");
    assert!(
        report.acknowledged > orders,
        "too little was going on to prove anything"
    );
    assert!(
        report.paid > orders / 10,
        "too few payments to prove anything"
    );
    assert!(
        report.in_flight > report.cycles,
        "too few requests were under way when the kills came"
    );
    assert_eq!(report.errors, 0, "D7: no answer was a server error");
    assert!(report.slowest_start < Duration::from_secs(10), "D2");
}

/// D1, the suite's own proof: a write lane that answers before it commits is caught within twenty cycles.
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_suite_catches_an_early_answer() {
    let _alone = ALONE.lock().await;
    let plan = Plan {
        cycles: 20,
        planted: true,
        shoppers: 8,
        server: None,
    };
    match run(plan).await {
        Err((cycle, lost)) => println!("caught in cycle {cycle}: {lost}"),
        Ok(report) => panic!("the planted bug was not noticed: {report:#?}"),
    }
}
