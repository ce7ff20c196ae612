//! Settings of payments: whether the shop takes real money.

use std::sync::Arc;

use platform::{Ctx, DbError, Rx, Tx, recent};
use serde::{Deserialize, Serialize};

/// The key under which [`PaymentSettings`] are kept.
pub const KEY: &str = "payments";

/// Whether the shop takes real money. A shop does unless it says that it is a demonstration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentSettings {
    /// True for a demonstration: only then does the demo card provider pay orders (P3).
    pub test_mode: bool,
}

/// The settings.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<PaymentSettings, DbError> {
    platform::settings::load(rx, KEY).await
}

/// The settings as they were at most a moment ago.
///
/// # Errors
/// Whatever the database says.
pub async fn recent(rx: &mut Rx, ctx: &Ctx) -> Result<Arc<PaymentSettings>, DbError> {
    recent::recent(rx, ctx, KEY, load).await
}

/// Changes the settings.
///
/// # Errors
/// Whatever the database says.
pub async fn save(tx: &mut Tx, ctx: &Ctx, settings: &PaymentSettings) -> Result<(), DbError> {
    platform::settings::save(tx, ctx, KEY, settings).await
}
