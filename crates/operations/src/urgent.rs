//! The urgent lane (ORD-07): how many orders a day may go before all others, and which ways to deliver buy a place.

use std::sync::Arc;

use platform::{Ctx, DbError, Rx, recent, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings key of [`UrgentLane`].
pub const URGENT_LANE: &str = "urgent_lane";

/// What the shop has decided about orders that go first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UrgentLane {
    /// Orders that must leave on one day and go before others; more are refused, so that the promise stays true.
    pub per_day: i64,
    /// Codes of ways to deliver whose orders go first.
    pub methods: Vec<String>,
}

impl Default for UrgentLane {
    fn default() -> Self {
        Self {
            per_day: 10,
            methods: Vec::new(),
        }
    }
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<UrgentLane, DbError> {
    settings::load(rx, URGENT_LANE).await
}

/// As [`load`], as it was a moment ago (see [`platform::recent`]).
///
/// # Errors
/// Whatever the database says.
pub async fn recent(rx: &mut Rx, ctx: &Ctx) -> Result<Arc<UrgentLane>, DbError> {
    recent::recent(rx, ctx, "urgent_lane", async |rx: &mut Rx| load(rx).await).await
}
