//! What came of a run.

use std::{collections::BTreeMap, time::Duration};

use crate::{Failure, Histogram};

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How long the turns took that ended well (a status from 200 to 299).
    pub latency: Histogram,
    /// How often each status ended a turn.
    pub statuses: BTreeMap<u16, u64>,
    /// Turns that ended without an answer, by reason.
    pub failures: BTreeMap<Failure, u64>,
    /// Turns that were still under way when the patience ended.
    pub stuck: u64,
    /// From the first counted turn's beginning to the last one's end.
    pub elapsed: Duration,
    /// What one turn cost the load tool itself; `None` where the system does not say.
    pub cost: Option<Duration>,
}

impl Outcome {
    /// Turns per second that ended well.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            self.latency.count() as f64 / seconds
        } else {
            0.0
        }
    }

    /// Turns that did not end well.
    #[must_use]
    pub fn errors(&self) -> u64 {
        let refused = self
            .statuses
            .iter()
            .filter(|(status, _)| !is_good(**status));
        refused.map(|(_, count)| count).sum::<u64>()
            + self.failures.values().sum::<u64>()
            + self.stuck
    }

    /// How many turns each reason kept from ending well: `409: 300, closed: 1`.
    #[must_use]
    pub fn reasons(&self) -> String {
        let refused = self
            .statuses
            .iter()
            .filter(|(status, _)| !is_good(**status));
        let mut parts: Vec<String> = refused.map(|(s, n)| format!("{s}: {n}")).collect();
        parts.extend(self.failures.iter().map(|(f, n)| format!("{f}: {n}")));
        if self.stuck > 0 {
            parts.push(format!("no answer: {}", self.stuck));
        }
        parts.join(", ")
    }

    /// How many turns per second one processor could put out with this tool.
    #[must_use]
    pub fn ceiling(&self) -> Option<f64> {
        let cost = self.cost?.as_secs_f64();
        (cost > 0.0).then(|| 1.0 / cost)
    }

    pub(crate) fn count(&mut self, result: Result<u16, Failure>, took: Duration) {
        match result {
            Ok(status) => {
                *self.statuses.entry(status).or_default() += 1;
                // A refusal is quick and would make the rest look good.
                if is_good(status) {
                    self.latency.record(took);
                }
            }
            Err(failure) => *self.failures.entry(failure).or_default() += 1,
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.latency.merge(&other.latency);
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        for (failure, count) in &other.failures {
            *self.failures.entry(failure.clone()).or_default() += count;
        }
        self.stuck += other.stuck;
    }
}

const fn is_good(status: u16) -> bool {
    matches!(status, 200..=299)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refusals and failures are counted by reason and kept out of the figures.
    #[test]
    fn refusals_do_not_flatter() {
        let mut outcome = Outcome::default();
        outcome.count(Ok(201), Duration::from_millis(8));
        outcome.count(Ok(409), Duration::from_micros(1));
        outcome.count(Err(Failure::Closed), Duration::ZERO);
        outcome.elapsed = Duration::from_secs(2);
        assert_eq!((outcome.errors(), outcome.latency.count()), (2, 1));
        assert_eq!(outcome.reasons(), "409: 1, closed: 1");
        assert!((outcome.per_second() - 0.5).abs() < 1e-9);
        assert!(outcome.latency.percentile(1.0) > Duration::from_millis(7));
    }
}
