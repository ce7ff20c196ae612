//! Bugs that are planted on purpose, so that a suite that hunts such bugs can prove that it would catch them.
//!
//! None of this exists without debug assertions, so no release has a trace of it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
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
