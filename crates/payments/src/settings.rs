//! Settings of payments: whether the shop takes real money.

use std::sync::Arc;

use platform::{Ctx, DbError, Rx, Tx, recent};
use serde::{Deserialize, Serialize};

use crate::Provider;

/// The key under which [`PaymentSettings`] are kept.
pub const KEY: &str = "payments";

/// Whether the shop takes real money. A shop does unless it says that it is a demonstration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentSettings {
    /// True for a demonstration: only then does the demo card provider pay orders (P3).
    pub test_mode: bool,
    /// What the program was last started with; none without a key of Stripe.
    pub stripe: Option<StripeAccount>,
}

/// What is known about the shop's account at Stripe, without any secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeAccount {
    /// False when its key only simulates payments.
    pub live: bool,
}

impl PaymentSettings {
    /// A demonstration that has no account anywhere.
    pub const DEMONSTRATION: Self = Self {
        test_mode: true,
        stripe: None,
    };

    /// Who charges cards now; nobody in a shop that takes real money and has no account for it, or only a simulated one
    /// (P3).
    #[must_use]
    pub const fn cards(&self) -> Option<Provider> {
        match &self.stripe {
            Some(account) if account.live != self.test_mode => Some(Provider::Stripe),
            _ if self.test_mode => Some(Provider::DemoCard),
            _ => None,
        }
    }
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

/// Keeps with which account at Stripe the program was started, if with any.
///
/// # Errors
/// Whatever the database says.
pub async fn started_with(
    tx: &mut Tx,
    ctx: &Ctx,
    stripe: Option<StripeAccount>,
) -> Result<(), DbError> {
    let known = load(tx).await?;
    if known.stripe == stripe {
        return Ok(());
    }
    save(tx, ctx, &PaymentSettings { stripe, ..known }).await
}

/// Changes the settings.
///
/// # Errors
/// Whatever the database says.
pub async fn save(tx: &mut Tx, ctx: &Ctx, settings: &PaymentSettings) -> Result<(), DbError> {
    platform::settings::save(tx, ctx, KEY, settings).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P3: simulated payments and real orders never meet, whoever charges the card.
    #[test]
    fn a_simulation_charges_no_real_order() {
        let with = |test_mode, stripe: Option<bool>| {
            let stripe = stripe.map(|live| StripeAccount { live });
            PaymentSettings { test_mode, stripe }.cards()
        };
        assert_eq!(with(false, Some(true)), Some(Provider::Stripe));
        assert_eq!(with(true, Some(false)), Some(Provider::Stripe));
        assert_eq!(with(false, Some(false)), None);
        assert_eq!(with(true, Some(true)), Some(Provider::DemoCard));
        assert_eq!(with(false, None), None);
        assert_eq!(with(true, None), Some(Provider::DemoCard));
    }
}
