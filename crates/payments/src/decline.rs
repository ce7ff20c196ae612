//! Why a card payment did not succeed, in the words that banks use.

use crate::codes::codes;

codes! {
    /// The reason of a decline; `decline-reason-CODE` is its translation (CHK-05).
    DeclineCode {
        /// Not enough money or credit.
        InsufficientFunds = "insufficient_funds",
        /// The card's limit for a day or a purchase.
        LimitReached = "limit_reached",
        /// The card is too old.
        ExpiredCard = "expired_card",
        /// The bank gave no reason.
        DeclinedByBank = "declined_by_bank",
        /// The shopper did not pass the bank's check.
        AuthenticationFailed = "authentication_failed",
        /// The bank fears fraud.
        SuspectedFraud = "suspected_fraud",
        /// Number, date or check digits were typed wrong.
        WrongDetails = "wrong_details",
        /// The card company could not work on it; nothing was charged.
        NotProcessed = "not_processed",
        /// The bank did not answer, and nothing was charged.
        TimedOut = "timed_out",
    }
}
