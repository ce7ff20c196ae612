//! Seeded chance for hand-drawn irregularity: the same seed draws the same picture on every machine.

/// A small generator (splitmix64): good enough to scatter leaves, not for secrets or sampling.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u32) -> Self {
        Self(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x51ed_270b_9f1c_a7d3)
    }

    /// The next number from 0 (included) to 1 (excluded).
    pub(super) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        let high = u32::try_from(word >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// One of the given things; `None` only of an empty list.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let share = self.unit();
        let count = f64::from(u32::try_from(things.len()).unwrap_or(u32::MAX));
        things
            .iter()
            .enumerate()
            .find(|(index, _)| {
                share * count < f64::from(u32::try_from(index + 1).unwrap_or(u32::MAX))
            })
            .map(|(_, thing)| thing)
    }
}
