//! Where the shop's clock hangs: a place that every context and template of a process looks at, so that it can be moved
//! while the shop is open.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::tz::TimeZone;

/// The shop's time zone, shared; cheap to clone.
#[derive(Debug, Clone)]
pub struct ShopZone(Arc<RwLock<TimeZone>>);

impl From<TimeZone> for ShopZone {
    fn from(zone: TimeZone) -> Self {
        Self(Arc::new(RwLock::new(zone)))
    }
}

impl ShopZone {
    /// The zone as it is now.
    #[must_use]
    pub fn get(&self) -> TimeZone {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Hangs the clock elsewhere: contexts that are derived from now on, and pages that are rendered, follow.
    pub fn set(&self, zone: TimeZone) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = zone;
    }
}
