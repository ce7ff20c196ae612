//! Calls to providers. Each of them stands for a call over the network: none may happen inside a transaction of ours.

use kernel::Money;
use platform::{Ctx, DbError, Rx};

use crate::{Outcome, Provider, demo_card, payment::ChargeRequest};

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The provider said this.
    Said(Outcome),
    /// No answer came; whether the call did anything is not known (P6).
    Silence,
}

impl Answer {
    /// The answer as an outcome of the payment: silence leaves it unknown.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Said(outcome) => outcome,
            Self::Silence => Outcome::Unknown,
        }
    }
}

/// What a provider is asked to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundCall {
    /// The key of this one refund; a repeated call is the same refund.
    pub idempotency_key: String,
    /// The provider's name for the charge.
    pub reference: String,
    /// How much.
    pub amount: Money,
}

/// What came of asking for a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The money is on its way, under this name.
    Done(String),
    /// It will never be given back, for this reason.
    Refused(String),
}

/// Asks for a charge.
///
/// # Errors
/// Whatever the way to the provider says; nothing is known then, and the call can be made again with the same key.
pub async fn charge(
    ctx: &Ctx,
    provider: Provider,
    request: &ChargeRequest,
) -> Result<Answer, DbError> {
    match provider {
        Provider::DemoCard => demo_card::charge(ctx, request).await,
        Provider::Bank | Provider::CashOnDelivery => Ok(Answer::Silence),
    }
}

/// Asks what became of a charge. A provider that never saw the key closes it and says that it timed out, so that a
/// call which is still on its way cannot charge later.
///
/// # Errors
/// As [`charge`].
pub async fn query(
    ctx: &Ctx,
    provider: Provider,
    key: &str,
    amount: Money,
) -> Result<Answer, DbError> {
    match provider {
        Provider::DemoCard => demo_card::query(ctx, key, amount).await,
        Provider::Bank | Provider::CashOnDelivery => Ok(Answer::Silence),
    }
}

/// Asks for money to be given back.
///
/// # Errors
/// As [`charge`].
pub async fn refund(
    ctx: &Ctx,
    provider: Provider,
    call: &RefundCall,
) -> Result<RefundAnswer, DbError> {
    match provider {
        Provider::DemoCard => demo_card::refund(ctx, call).await,
        Provider::Bank | Provider::CashOnDelivery => {
            Ok(RefundAnswer::Refused("people give this money back".into()))
        }
    }
}

/// The shop's account at a provider; empty where it has none.
///
/// # Errors
/// Whatever the database says.
pub async fn merchant(rx: &mut Rx, provider: Provider) -> Result<String, DbError> {
    match provider {
        Provider::DemoCard => Ok(demo_card::account(rx).await?.merchant),
        Provider::Bank | Provider::CashOnDelivery => Ok(String::new()),
    }
}
