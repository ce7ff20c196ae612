//! Durations counted in buckets whose width grows with the duration, so that every percentile is right within one
//! part in a hundred and recording costs an addition.

use std::time::Duration;

/// Buckets for each doubling, as a power of two: 128 of them are at most 0.8 % wide.
const BITS: u32 = 7;
const PER_DOUBLING: u64 = 1 << BITS;
/// The longest duration told apart from longer ones: 2^42 ns, 73 minutes.
const LONGEST: u64 = (1 << 42) - 1;
const BUCKETS: usize = ((42 - BITS as usize) + 1) << BITS;

/// Durations, in nanoseconds.
#[derive(Debug, Clone)]
pub struct Histogram {
    buckets: Box<[u64]>,
    count: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: vec![0; BUCKETS].into_boxed_slice(),
            count: 0,
            max: 0,
        }
    }
}

impl Histogram {
    /// Counts a duration.
    pub fn record(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        if let Some(bucket) = self.buckets.get_mut(index(nanos)) {
            *bucket += 1;
        }
        self.count += 1;
        self.max = self.max.max(nanos);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// How many durations were counted.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The longest, exactly.
    #[must_use]
    pub const fn max(&self) -> Duration {
        Duration::from_nanos(self.max)
    }

    /// The duration that `per_cent` of all do not exceed; zero when nothing was counted.
    #[must_use]
    pub fn percentile(&self, per_cent: f64) -> Duration {
        let wanted = (self.count as f64 * per_cent / 100.0).ceil().max(1.0);
        let mut seen = 0_u64;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += count;
            if *count > 0 && seen as f64 >= wanted {
                return Duration::from_nanos(upper(index).min(self.max));
            }
        }
        self.max()
    }
}

/// The bucket of a value: exact up to 128, then 128 buckets for each doubling.
fn index(nanos: u64) -> usize {
    let nanos = nanos.min(LONGEST);
    let shift = nanos
        .checked_ilog2()
        .map_or(0, |log| log.saturating_sub(BITS));
    let doubling = u64::from(shift) << BITS;
    usize::try_from(doubling + (nanos >> shift)).unwrap_or(BUCKETS - 1)
}

/// The largest value of a bucket.
fn upper(index: usize) -> u64 {
    let index = index as u64;
    if index < 2 * PER_DOUBLING {
        return index;
    }
    let shift = (index >> BITS) - 1;
    let within = index - (shift << BITS);
    ((within + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every bucket holds exactly the values between its neighbours.
    #[test]
    fn buckets_touch() {
        for nanos in [0, 1, 127, 128, 255, 256, 257, 1_000, 65_535, 1_000_000_007] {
            let bucket = index(nanos);
            assert!(upper(bucket) >= nanos, "{nanos}");
            assert!(bucket == 0 || upper(bucket - 1) < nanos, "{nanos}");
        }
        assert_eq!(index(u64::MAX), BUCKETS - 1);
    }

    /// Percentiles are right within a hundredth, the longest exactly.
    #[test]
    fn percentiles_are_close() {
        let mut histogram = Histogram::default();
        for micros in 1..=100_000 {
            histogram.record(Duration::from_micros(micros));
        }
        for (per_cent, exact) in [(50.0, 50_000.0), (90.0, 90_000.0), (99.0, 99_000.0)] {
            let found = histogram.percentile(per_cent).as_secs_f64() * 1e6;
            assert!((found / exact - 1.0).abs() < 0.01, "{per_cent}: {found}");
        }
        assert_eq!(histogram.percentile(100.0), Duration::from_micros(100_000));
        assert_eq!(histogram.max(), Duration::from_micros(100_000));
    }

    /// What was counted apart can be read together.
    #[test]
    fn histograms_add_up() {
        let (mut a, mut b) = (Histogram::default(), Histogram::default());
        a.record(Duration::from_millis(1));
        b.record(Duration::from_millis(9));
        a.merge(&b);
        assert_eq!(a.count(), 2);
        assert_eq!(a.max(), Duration::from_millis(9));
        assert!(a.percentile(50.0) < Duration::from_millis(2));
        assert_eq!(Histogram::default().percentile(99.0), Duration::ZERO);
    }
}
