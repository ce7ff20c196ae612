//! Calls to providers. Each of them stands for a call over the network: none may happen inside a transaction of ours.

use std::sync::Arc;

use kernel::Money;
use platform::{Ctx, DbError, Rx, jobs::Failure};

use crate::{
    Outcome, Payment, Provider, demo_card,
    payment::ChargeRequest,
    stripe::{Prepared, Stripe},
};

/// The card companies outside that this program can call. The demonstration needs nothing.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    /// The shop's account at Stripe, if the program was started with one.
    pub stripe: Option<Arc<Stripe>>,
}

impl Providers {
    /// The account at Stripe. Without one nothing can be known about its payments now; another start may have one.
    pub(crate) fn stripe(&self) -> Result<&Stripe, Failure> {
        let missing = || Failure::Retry("the program was started without a key of Stripe".into());
        self.stripe.as_deref().ok_or_else(missing)
    }
}

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

/// Makes what a charge needs before it can be repeated safely. `Named` is to be noted before [`charge`] is called.
///
/// # Errors
/// Whatever the way to the provider says; nothing is known then, and the call can be made again with the same key.
pub(crate) async fn prepare(
    ctx: &Ctx,
    providers: &Providers,
    provider: Provider,
    request: &ChargeRequest,
) -> Result<Prepared, Failure> {
    match provider {
        Provider::Stripe => providers.stripe()?.prepare(ctx, request).await,
        Provider::DemoCard | Provider::Bank | Provider::CashOnDelivery => Ok(Prepared::Nothing),
    }
}

/// Asks for a charge.
///
/// # Errors
/// Whatever the way to the provider says; nothing is known then, and the call can be made again with the same key.
pub async fn charge(
    ctx: &Ctx,
    providers: &Providers,
    provider: Provider,
    request: &ChargeRequest,
) -> Result<Answer, Failure> {
    match provider {
        Provider::DemoCard => Ok(demo_card::charge(ctx, request).await?),
        Provider::Stripe => providers.stripe()?.charge(ctx, request).await,
        Provider::Bank | Provider::CashOnDelivery => Ok(Answer::Silence),
    }
}

/// Asks what became of a charge; `request` is what was sent for it. A provider that never saw the key closes it and says
/// that it timed out, so that a call which is still on its way cannot charge later.
///
/// # Errors
/// As [`charge`].
pub async fn query(
    ctx: &Ctx,
    providers: &Providers,
    payment: &Payment,
    request: Option<&ChargeRequest>,
) -> Result<Answer, Failure> {
    match payment.provider {
        Provider::DemoCard => {
            Ok(demo_card::query(ctx, &payment.idempotency_key, payment.amount).await?)
        }
        Provider::Stripe => providers.stripe()?.query(ctx, payment, request).await,
        Provider::Bank | Provider::CashOnDelivery => Ok(Answer::Silence),
    }
}

/// Has the page of a payment closed, and tells how the payment stands then.
///
/// # Errors
/// As [`charge`].
pub async fn close(
    ctx: &Ctx,
    providers: &Providers,
    payment: &Payment,
    request: Option<&ChargeRequest>,
) -> Result<Answer, Failure> {
    match payment.provider {
        Provider::Stripe => providers.stripe()?.close(ctx, payment, request).await,
        Provider::DemoCard | Provider::Bank | Provider::CashOnDelivery => Ok(Answer::Silence),
    }
}

/// Asks for money to be given back.
///
/// # Errors
/// As [`charge`].
pub async fn refund(
    ctx: &Ctx,
    providers: &Providers,
    provider: Provider,
    call: &RefundCall,
) -> Result<RefundAnswer, Failure> {
    match provider {
        Provider::DemoCard => Ok(demo_card::refund(ctx, call).await?),
        Provider::Stripe => providers.stripe()?.refund(call).await,
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
        // A secret of the account signs its messages: who signed well is the merchant.
        Provider::Stripe | Provider::Bank | Provider::CashOnDelivery => Ok(String::new()),
    }
}
