//! Stripe's reasons for a refusal in our own words.

use crate::DeclineCode;

/// Our word for a reason: the bank's (`decline_code`) where there is one, otherwise Stripe's own (`code`).
/// What Stripe asks not to tell a thief, such as a stolen card, is told as a risk that the bank sees.
pub(super) fn word(code: Option<&str>, decline_code: Option<&str>) -> DeclineCode {
    let known = |text: &str| match text {
        "insufficient_funds" => Some(DeclineCode::InsufficientFunds),
        "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => {
            Some(DeclineCode::LimitReached)
        }
        "expired_card" => Some(DeclineCode::ExpiredCard),
        "authentication_required"
        | "payment_intent_authentication_failure"
        | "authentication_failed" => Some(DeclineCode::AuthenticationFailed),
        "fraudulent" | "lost_card" | "stolen_card" | "pickup_card" | "restricted_card"
        | "security_violation" | "merchant_blacklist" => Some(DeclineCode::SuspectedFraud),
        "incorrect_number"
        | "invalid_number"
        | "incorrect_cvc"
        | "invalid_cvc"
        | "invalid_expiry_month"
        | "invalid_expiry_year"
        | "incorrect_zip" => Some(DeclineCode::WrongDetails),
        "processing_error" | "try_again_later" | "issuer_not_available" | "reenter_transaction" => {
            Some(DeclineCode::NotProcessed)
        }
        _ => None,
    };
    decline_code
        .and_then(known)
        .or_else(|| code.and_then(known))
        .unwrap_or(DeclineCode::DeclinedByBank)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CHK-05: the bank's reason is told before Stripe's, and what nobody knows is a refusal of the bank.
    #[test]
    fn reasons_have_words() {
        let cases = [
            (
                Some("card_declined"),
                Some("insufficient_funds"),
                DeclineCode::InsufficientFunds,
            ),
            (
                Some("card_declined"),
                Some("stolen_card"),
                DeclineCode::SuspectedFraud,
            ),
            (Some("card_declined"), None, DeclineCode::DeclinedByBank),
            (
                Some("incorrect_cvc"),
                Some("incorrect_cvc"),
                DeclineCode::WrongDetails,
            ),
            (Some("expired_card"), None, DeclineCode::ExpiredCard),
            (
                Some("new_word"),
                Some("newer_word"),
                DeclineCode::DeclinedByBank,
            ),
            (None, None, DeclineCode::DeclinedByBank),
        ];
        for (code, decline, expected) in cases {
            assert_eq!(word(code, decline), expected, "{code:?} {decline:?}");
        }
    }
}
