//! What can be refused, in facts that a page can show.

use kernel::{Currency, Money, MoneyError, PaymentId};
use platform::{DbError, jobs::Failure};

use crate::{PaymentState, RefundState};

/// Why a command about money was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    /// The database failed or refused.
    #[error(transparent)]
    Db(#[from] DbError),
    /// An amount left the range of money, or two currencies met.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// There is no such payment, refund, receipt or order.
    #[error("{0} does not exist")]
    NotFound(&'static str),
    /// The order is paid already.
    #[error("nothing is left to pay")]
    NothingDue,
    /// The amount is not what is still due (O5).
    #[error("{given} is not the {due} that is due")]
    NotTheAmountDue {
        /// What was offered.
        given: Money,
        /// What is still due.
        due: Money,
    },
    /// An earlier payment of the order is on its way; starting another could charge twice (P6).
    #[error("payment {payment} is still {state}")]
    AttemptOpen {
        /// The earlier payment.
        payment: PaymentId,
        /// Where it stands.
        state: PaymentState,
    },
    /// A shop that takes real money does not accept the demo provider (P3).
    #[error("the demo provider pays no order of a real shop")]
    DemoInRealShop,
    /// The provider tells us itself how this payment ended; nobody may say so by hand.
    #[error("the provider itself reports this payment")]
    NotByHand,
    /// The amount is not positive or not a whole number of the currency's paying steps (O3).
    #[error("{amount} cannot be paid: the step of {} is {step}", amount.currency)]
    NotPayable {
        /// The amount.
        amount: Money,
        /// The smallest payable step in minor units.
        step: i64,
    },
    /// More than is left of what was captured (P4).
    #[error("{wanted} cannot be given back, at most {refundable}")]
    OverRefund {
        /// What was asked for.
        wanted: Money,
        /// What is left.
        refundable: Money,
    },
    /// The parts of a refund are negative, of another currency, or more than the whole.
    #[error("the parts of the refund do not fit its amount")]
    RefundParts,
    /// The refund ended otherwise before.
    #[error("the refund has already {0}")]
    RefundOver(RefundState),
    /// The idempotency key was used for something else (O8).
    #[error("this key was used for another refund")]
    KeyReused,
    /// The effect key of a posting was used for another posting.
    #[error("the effect {0} was posted with other figures")]
    EffectReused(String),
    /// The receipt belongs to an order or was given back.
    #[error("this receipt is no longer in suspense")]
    ReceiptTaken,
    /// The bank reference was recorded with other figures.
    #[error("this bank reference was recorded with other figures")]
    BankReferenceReused,
    /// Not the last five digits of an account.
    #[error("the last five digits of an account are five digits")]
    LastFive,
    /// The quarantined report was settled before, or holds no money to give back, or holds money and cannot be
    /// dismissed.
    #[error("this quarantined report cannot be settled so")]
    QuarantineOver,
    /// The case was closed before, or the reason does not go with the step.
    #[error("this case cannot take that step")]
    CaseOver,
    /// A note without a word, or with too many.
    #[error("a note has one to two thousand characters")]
    CaseNote,
    /// The difference was settled before.
    #[error("this difference was settled before")]
    BreakOver,
}

impl PaymentsError {
    /// The Fluent key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Db(_) | Self::EffectReused(_) => "error-payment-failed",
            Self::Money(_) | Self::NotPayable { .. } => "error-payment-amount",
            Self::NotFound(_) => "error-payment-not-found",
            Self::NothingDue => "error-payment-nothing-due",
            Self::NotTheAmountDue { .. } => "error-payment-not-the-amount-due",
            Self::AttemptOpen { .. } => "error-payment-still-open",
            Self::DemoInRealShop => "error-payment-demo-in-real-shop",
            Self::NotByHand => "error-payment-not-by-hand",
            Self::OverRefund { .. } => "error-refund-too-much",
            Self::RefundParts => "error-refund-parts",
            Self::RefundOver(_) => "error-refund-over",
            Self::KeyReused => "error-refund-key-reused",
            Self::ReceiptTaken => "error-receipt-taken",
            Self::BankReferenceReused => "error-receipt-reference-reused",
            Self::LastFive => "error-last-five",
            Self::QuarantineOver => "error-quarantine-over",
            Self::CaseOver => "error-case-over",
            Self::CaseNote => "error-case-note",
            Self::BreakOver => "error-break-over",
        }
    }

    /// Every key that [`PaymentsError::key`] can give, for the test that all of them are translated.
    pub const KEYS: &'static [&'static str] = &[
        "error-payment-failed",
        "error-payment-amount",
        "error-payment-not-found",
        "error-payment-nothing-due",
        "error-payment-not-the-amount-due",
        "error-payment-still-open",
        "error-payment-demo-in-real-shop",
        "error-payment-not-by-hand",
        "error-refund-too-much",
        "error-refund-parts",
        "error-refund-over",
        "error-refund-key-reused",
        "error-receipt-taken",
        "error-receipt-reference-reused",
        "error-last-five",
        "error-quarantine-over",
        "error-case-over",
        "error-case-note",
        "error-break-over",
    ];
}

/// Databases recover, refusals do not: trying a refused job again cannot help.
impl From<PaymentsError> for Failure {
    fn from(error: PaymentsError) -> Self {
        match error {
            PaymentsError::Db(db) => db.into(),
            refusal => Self::Permanent(refusal.to_string()),
        }
    }
}

/// Refuses an amount that nobody can pay.
pub(crate) fn payable(amount: Money) -> Result<(), PaymentsError> {
    let step = amount.currency.step();
    if amount.amount > 0 && amount.amount % step == 0 {
        Ok(())
    } else {
        Err(PaymentsError::NotPayable { amount, step })
    }
}

/// Refuses amounts of two currencies.
pub(crate) fn same_currency(a: Currency, b: Currency) -> Result<(), PaymentsError> {
    if a == b {
        Ok(())
    } else {
        Err(MoneyError::Currencies(a, b).into())
    }
}
