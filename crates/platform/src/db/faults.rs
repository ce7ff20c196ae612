//! Bugs that are planted on purpose, so that a suite that hunts such bugs can prove that it would catch them.
//!
//! None of this exists without debug assertions, so no release has a trace of it.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use super::sqlite::Answer;

/// How long the planted lane sits on what it has acknowledged.
const DAWDLE: Duration = Duration::from_millis(4);

static EARLY_ACK: AtomicBool = AtomicBool::new(false);

/// From now on the write lane of SQLite in this process answers each command before the commit, and commits a few
/// milliseconds later: an acknowledged write can be lost (breaks D1).
pub fn plant_early_ack() {
    tracing::warn!("planted: writes are acknowledged before they are committed");
    EARLY_ACK.store(true, Ordering::SeqCst);
}

/// How many steps of a migration this process lives for, where its death is planted.
static STEPS_LEFT: AtomicU64 = AtomicU64::new(u64::MAX);

/// This process is killed (`kill -9`) once so many steps of migrations are done: a step is a statement, a beginning, a
/// record or a commit of one that was not there yet (D5).
pub fn plant_death(steps: u64) {
    STEPS_LEFT.store(steps, Ordering::SeqCst);
}

/// A migration in pieces with a step each: whole, or statement by statement where a death is planted.
pub(super) fn pieces(sql: &str) -> Vec<String> {
    if STEPS_LEFT.load(Ordering::SeqCst) == u64::MAX {
        return vec![sql.to_owned()];
    }
    let mut pieces = vec![String::new()];
    for line in sql.lines() {
        let Some(piece) = pieces.last_mut() else {
            break;
        };
        piece.push_str(line);
        piece.push('\n');
        // A body between dollar signs has semicolons of its own.
        if line.ends_with(';') && piece.matches("$$").count() % 2 == 0 {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

/// One step is done; the last one that was granted is the end.
#[expect(
    clippy::disallowed_methods,
    reason = "only where a death is planted, and nothing comes after it"
)]
pub(super) fn step() {
    let left = STEPS_LEFT.load(Ordering::SeqCst);
    if left == u64::MAX {
        return;
    }
    STEPS_LEFT.store(left.saturating_sub(1), Ordering::SeqCst);
    if left <= 1 {
        let pid = std::process::id().to_string();
        let _ = std::process::Command::new("kill")
            .args(["-KILL", &pid])
            .status();
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// Answers at once where the bug is planted; otherwise gives the answer back, for after the commit.
pub(super) fn answer_early(answer: Option<Answer>) -> Option<Answer> {
    if EARLY_ACK.load(Ordering::Relaxed) {
        answer.into_iter().for_each(|answer| answer(None));
        return None;
    }
    answer
}

/// Lets time pass before the commit where the bug is planted.
#[expect(
    clippy::disallowed_methods,
    reason = "on the lane's own thread, and only where a bug is planted"
)]
pub(super) fn dawdle() {
    if EARLY_ACK.load(Ordering::Relaxed) {
        std::thread::sleep(DAWDLE);
    }
}
