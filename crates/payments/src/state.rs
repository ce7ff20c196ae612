//! The life of one payment: its states, what moves it, and the one table of moves.
//!
//! Words of a provider form a ladder (unknown, pending, closed, declined, succeeded) that a payment only climbs. That makes
//! the end independent of how often and in which order the words arrive (P1), and keeps a late decline from undoing a
//! success (P14).

use crate::codes::codes;

codes! {
    /// Where one try to collect money stands.
    PaymentState {
        /// Exists; nobody outside knows of it until it is sent.
        Created = "created",
        /// Somebody outside works on it: the provider, the shopper's bank, the courier.
        Pending = "pending",
        /// It was sent and no answer came; only the provider can tell (P6).
        Unknown = "unknown",
        /// The money is here.
        Succeeded = "succeeded",
        /// Refused.
        Declined = "declined",
        /// Given up before anybody outside took money for it, or its stray money given back.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What moves a payment.
    Signal {
        /// A call without an answer.
        Unanswered = "unanswered",
        /// The provider works on it.
        Pending = "pending",
        /// The provider closed its page; nothing was taken, and nothing can be.
        Closed = "closed",
        /// The provider refused.
        Declined = "declined",
        /// The provider took the money.
        Succeeded = "succeeded",
        /// We gave it up.
        Cancel = "cancel",
        /// Money that did not fit was given back.
        Returned = "returned",
    }
}

/// Every move there is: from, by, to. What is not listed changes nothing.
pub const TABLE: &[(PaymentState, Signal, PaymentState)] = &[
    (
        PaymentState::Created,
        Signal::Unanswered,
        PaymentState::Unknown,
    ),
    (
        PaymentState::Created,
        Signal::Pending,
        PaymentState::Pending,
    ),
    (
        PaymentState::Created,
        Signal::Closed,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Created,
        Signal::Declined,
        PaymentState::Declined,
    ),
    (
        PaymentState::Created,
        Signal::Succeeded,
        PaymentState::Succeeded,
    ),
    (
        PaymentState::Created,
        Signal::Cancel,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Created,
        Signal::Returned,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Unknown,
        Signal::Pending,
        PaymentState::Pending,
    ),
    (
        PaymentState::Unknown,
        Signal::Closed,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Unknown,
        Signal::Declined,
        PaymentState::Declined,
    ),
    (
        PaymentState::Unknown,
        Signal::Succeeded,
        PaymentState::Succeeded,
    ),
    (
        PaymentState::Unknown,
        Signal::Returned,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Pending,
        Signal::Closed,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Pending,
        Signal::Declined,
        PaymentState::Declined,
    ),
    (
        PaymentState::Pending,
        Signal::Succeeded,
        PaymentState::Succeeded,
    ),
    (
        PaymentState::Pending,
        Signal::Cancel,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Pending,
        Signal::Returned,
        PaymentState::Cancelled,
    ),
    (
        PaymentState::Declined,
        Signal::Succeeded,
        PaymentState::Succeeded,
    ),
    (
        PaymentState::Cancelled,
        Signal::Declined,
        PaymentState::Declined,
    ),
    (
        PaymentState::Cancelled,
        Signal::Succeeded,
        PaymentState::Succeeded,
    ),
];

impl PaymentState {
    /// The state after a signal; `None` when it changes nothing.
    #[must_use]
    pub fn after(self, signal: Signal) -> Option<Self> {
        TABLE
            .iter()
            .find(|(from, by, _)| (*from, *by) == (self, signal))
            .map(|(_, _, to)| *to)
    }

    /// True while nobody can say how it will end.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Pending | Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: [Signal; 5] = [
        Signal::Unanswered,
        Signal::Pending,
        Signal::Closed,
        Signal::Declined,
        Signal::Succeeded,
    ];

    fn fold(words: &[Signal]) -> PaymentState {
        words.iter().fold(PaymentState::Created, |state, word| {
            state.after(*word).unwrap_or(state)
        })
    }

    /// O7: the whole table, printed. A change of it shows here.
    #[test]
    fn the_table_is_this() {
        let printed: Vec<String> = TABLE
            .iter()
            .map(|(from, by, to)| format!("{from} -{by}-> {to}"))
            .collect();
        let expected = "\
created -unanswered-> unknown
created -pending-> pending
created -closed-> cancelled
created -declined-> declined
created -succeeded-> succeeded
created -cancel-> cancelled
created -returned-> cancelled
unknown -pending-> pending
unknown -closed-> cancelled
unknown -declined-> declined
unknown -succeeded-> succeeded
unknown -returned-> cancelled
pending -closed-> cancelled
pending -declined-> declined
pending -succeeded-> succeeded
pending -cancel-> cancelled
pending -returned-> cancelled
declined -succeeded-> succeeded
cancelled -declined-> declined
cancelled -succeeded-> succeeded";
        assert_eq!(printed.join("\n"), expected);
    }

    /// O7: every state can be reached, and no pair of state and signal is listed twice.
    #[test]
    fn every_state_is_reachable() {
        let mut reached = vec![PaymentState::Created];
        while let Some(more) = TABLE
            .iter()
            .find(|(from, _, to)| reached.contains(from) && !reached.contains(to))
        {
            reached.push(more.2);
        }
        assert_eq!(reached.len(), PaymentState::ALL.len());
        let keys: std::collections::HashSet<_> =
            TABLE.iter().map(|(from, by, _)| (from, by)).collect();
        assert_eq!(keys.len(), TABLE.len());
    }

    /// P14: nothing leaves success, and no call without an answer leaves anything but a fresh payment.
    #[test]
    fn success_is_final() {
        assert!(
            TABLE
                .iter()
                .all(|(from, _, _)| *from != PaymentState::Succeeded)
        );
        for state in PaymentState::ALL {
            assert_eq!(
                state.after(Signal::Unanswered).is_some(),
                *state == PaymentState::Created
            );
        }
    }

    proptest! {
        /// P1: the end depends only on which words were said, not on their order or number.
        #[test]
        fn order_and_repetition_do_not_matter(
            words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..12),
            shuffled in any::<prop::sample::Index>(),
        ) {
            let mut once: Vec<Signal> = words.clone();
            once.sort();
            once.dedup();
            let mut turned = words.clone();
            if !turned.is_empty() {
                turned.rotate_left(shuffled.index(words.len()));
                turned.reverse();
            }
            prop_assert_eq!(fold(&words), fold(&turned));
            prop_assert_eq!(fold(&words), fold(&once));
        }
    }
}
