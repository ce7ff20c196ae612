//! Rate limits for each account and each source (invariant A13).
//!
//! Limits are counted apart, so somebody who guesses from one place is stopped there and does not lock out the person
//! they pretend to be. Requests from the machine itself are not limited: behind a reverse proxy the source is the
//! address the proxy reports.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use axum::http::StatusCode;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::Problem;

/// How many tries a source, or an account, has.
pub struct Limit {
    by_source: DefaultKeyedRateLimiter<IpAddr>,
    by_account: DefaultKeyedRateLimiter<String>,
}

impl Limit {
    /// `source` tries for each source and `account` tries for each account in `period`; both refill evenly.
    #[must_use]
    pub fn new(source: u32, account: u32, period: Duration) -> Self {
        let quota = |count: u32| {
            let burst = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
            let step = period.checked_div(count.max(1)).unwrap_or(period);
            Quota::with_period(step)
                .map_or_else(|| Quota::per_hour(burst), |q| q.allow_burst(burst))
        };
        Self {
            by_source: RateLimiter::keyed(quota(source)),
            by_account: RateLimiter::keyed(quota(account)),
        }
    }

    /// Counts a try of a source.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn source(&self, source: IpAddr) -> Result<(), Problem> {
        if source.is_loopback() || self.by_source.check_key(&household(source)).is_ok() {
            Ok(())
        } else {
            Err(too_many())
        }
    }

    /// Counts a try against an account: an e-mail address, an order number.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn account(&self, account: &str) -> Result<(), Problem> {
        if self.by_account.check_key(&account.to_lowercase()).is_ok() {
            Ok(())
        } else {
            Err(too_many())
        }
    }

    /// Forgets who has not tried for long, to bound memory.
    pub fn shrink(&self) {
        self.by_source.retain_recent();
        self.by_account.retain_recent();
    }
}

/// The place behind an address: a household of IPv6 has a whole network of them.
pub(crate) fn household(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V4(_) => source,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

fn too_many() -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "error-too-many-tries").retry_after(60)
}
