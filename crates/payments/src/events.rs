//! What the stream of events tells about money, version 1.

use kernel::{Money, PaymentId, RefundId};
use serde::{Deserialize, Serialize};

use crate::{DeclineCode, Method, Provider, RefundLine, dispute::DisputeState, quarantine::Reason};

/// `Payment Started`: an attempt exists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentStarted {
    /// The attempt.
    pub payment_id: PaymentId,
    /// How the shopper wants to pay.
    pub method: Method,
    /// Who will tell us.
    pub provider: Provider,
    /// What is asked for.
    pub amount: Money,
}

/// `Payment Succeeded`: money was captured for the order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentSucceeded {
    /// The attempt.
    pub payment_id: PaymentId,
    /// How it was paid.
    pub method: Method,
    /// Who told us.
    pub provider: Provider,
    /// What came in.
    pub amount: Money,
    /// The provider's name for the charge.
    pub reference: String,
}

/// `Payment Failed`: an attempt was declined. The order stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentFailed {
    /// The attempt.
    pub payment_id: PaymentId,
    /// How the shopper wanted to pay.
    pub method: Method,
    /// What was asked for.
    pub amount: Money,
    /// Why.
    pub decline_code: DeclineCode,
}

/// `Payment Unknown`: no answer came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentUnknown {
    /// The attempt.
    pub payment_id: PaymentId,
    /// How the shopper wanted to pay.
    pub method: Method,
    /// What was asked for.
    pub amount: Money,
}

/// `Payment Quarantined`: a report does not fit what was asked for; somebody must look.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentQuarantined {
    /// The quarantined report.
    pub quarantine_id: String,
    /// The attempt, where one is known.
    pub payment_id: Option<PaymentId>,
    /// What does not fit.
    pub reason: Reason,
    /// Money that came with it and lies in suspense.
    pub amount: Option<Money>,
}

/// `Order Refunded`: money went back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderRefunded {
    /// The refund.
    pub refund_id: RefundId,
    /// What went back.
    pub amount: Money,
    /// How much of it is for shipping.
    pub shipping: Money,
    /// How much of it is for which lines.
    pub lines: Vec<RefundLine>,
    /// Why, as a code.
    pub reason: String,
    /// All that went back for this order so far.
    pub refunded: Money,
    /// True when nothing of what was captured is left.
    pub whole: bool,
    /// Who asked for it, as `kind:name`: the event itself is often of the job that the provider answered.
    #[serde(default)]
    pub requested_by: Option<String>,
}

/// `Payment Disputed`: a shopper's bank asked for money back, or that ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentDisputed {
    /// The attempt whose money it is.
    pub payment_id: PaymentId,
    /// The provider's name for the dispute.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The bank's reason, as the provider's code.
    pub reason: String,
    /// Where it stands now.
    pub state: DisputeState,
}
