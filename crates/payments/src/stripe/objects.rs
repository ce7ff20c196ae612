//! What Stripe sends, as far as it is read here. Unknown fields are left alone.

use std::collections::HashMap;

use kernel::{Money, Timestamp};
use serde::Deserialize;

use super::{amount::from_stripe, decline};
use crate::{DeclineCode, OpenPage, Outcome, record::Success};

/// A moment of Stripe's, in seconds since 1970.
pub(super) fn seconds(at: i64) -> Timestamp {
    Timestamp::from_micros(at.saturating_mul(1_000_000))
}

/// A thing, or only its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Named<T> {
    /// Its name.
    Id(String),
    /// The thing.
    Whole(T),
}

/// Anything with a name.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Thing {
    pub(super) id: String,
}

impl Named<Thing> {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Whole(thing) => &thing.id,
        }
    }
}

/// A list, or one page of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// Why something was refused.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Error {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) decline_code: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) charge: Option<String>,
}

impl Error {
    pub(super) fn decline(&self) -> DeclineCode {
        decline::word(self.code.as_deref(), self.decline_code.as_deref())
    }
}

/// Codes and Stripe's own sentence; neither holds a number of a card.
impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.as_deref().unwrap_or("no code");
        let said = self.message.as_deref().unwrap_or_default();
        let said: String = said.chars().take(200).collect();
        write!(f, "{code}: {said}")
    }
}

/// A payment intent: the one charge of one payment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) amount_received: Option<i64>,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) livemode: bool,
    #[serde(default)]
    pub(super) metadata: HashMap<String, String>,
    #[serde(default)]
    pub(super) last_payment_error: Option<Error>,
}

impl Intent {
    /// The payment that it names.
    pub(super) fn payment(&self) -> &str {
        self.metadata.get("payment").map_or("", String::as_str)
    }

    /// What was taken, or asked for; a currency that is none of ours is told as nothing of one that differs.
    pub(super) fn money(&self) -> Option<Money> {
        let taken = self.amount_received.filter(|n| *n > 0);
        from_stripe(taken.unwrap_or(self.amount), &self.currency)
    }

    /// True while only a call of ours is missing, or a card that nobody is going to type.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(
            self.status.as_str(),
            "requires_payment_method" | "requires_confirmation" | "requires_action"
        )
    }

    /// What it says, as an outcome of the payment.
    pub(super) fn outcome(&self, now: Timestamp) -> Outcome {
        let reference = Some(self.id.clone());
        match (self.status.as_str(), self.money()) {
            ("succeeded", Some(amount)) => Outcome::Succeeded(Success {
                reference: self.id.clone(),
                amount,
                live: self.livemode,
                at: now,
            }),
            ("canceled", _) => self.given_up(now),
            _ => Outcome::Pending { reference },
        }
    }

    /// What a closed intent says: the card was refused, the bank wanted a check that nobody could pass here, or nobody
    /// confirmed in time.
    pub(super) fn given_up(&self, now: Timestamp) -> Outcome {
        let code = match &self.last_payment_error {
            Some(error) => error.decline(),
            None if self.status == "requires_action" => DeclineCode::AuthenticationFailed,
            None => DeclineCode::TimedOut,
        };
        Outcome::Declined {
            code,
            reference: Some(self.id.clone()),
            at: now,
        }
    }

    /// The refusal of the last card that was tried, under the name of its charge.
    pub(super) fn refusal(&self, at: Timestamp) -> Option<Outcome> {
        let error = self.last_payment_error.as_ref()?;
        let this_try = error
            .charge
            .clone()
            .unwrap_or_else(|| format!("{}:{}", self.id, error.decline()));
        Some(Outcome::TryFailed {
            code: error.decline(),
            reference: Some(self.id.clone()),
            this_try,
            at,
        })
    }
}

/// A Checkout Session: a page of Stripe's for one payment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    #[serde(default)]
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) payment_status: Option<String>,
    #[serde(default)]
    pub(super) expires_at: Option<i64>,
    #[serde(default)]
    pub(super) amount_total: Option<i64>,
    #[serde(default)]
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) livemode: bool,
    #[serde(default)]
    pub(super) client_reference_id: Option<String>,
    #[serde(default)]
    pub(super) payment_intent: Option<Named<Intent>>,
}

impl Session {
    /// The intent's name, once there is one.
    pub(super) fn intent_id(&self) -> Option<&str> {
        match self.payment_intent.as_ref()? {
            Named::Id(id) => Some(id),
            Named::Whole(intent) => Some(&intent.id),
        }
    }

    fn intent(&self) -> Option<&Intent> {
        match self.payment_intent.as_ref()? {
            Named::Id(_) => None,
            Named::Whole(intent) => Some(intent),
        }
    }

    /// What was paid on it.
    pub(super) fn paid(&self, at: Timestamp) -> Option<Success> {
        if self.payment_status.as_deref() != Some("paid") {
            return None;
        }
        Some(Success {
            reference: self.intent_id()?.to_owned(),
            amount: from_stripe(self.amount_total?, self.currency.as_deref()?)?,
            live: self.livemode,
            at,
        })
    }

    /// How the payment stands by this page. The intent, where it came along, knows better than the page.
    pub(super) fn outcome(self, now: Timestamp, until: Timestamp) -> Outcome {
        if let Some(intent) = self.intent().filter(|i| i.status == "succeeded") {
            return intent.outcome(now);
        }
        if let Some(success) = self.paid(now) {
            return Outcome::Succeeded(success);
        }
        let refusal = self.intent().and_then(|intent| intent.refusal(now));
        match self.status.as_deref() {
            Some("expired") => match refusal {
                Some(Outcome::TryFailed {
                    code,
                    reference,
                    at,
                    ..
                }) => Outcome::Declined {
                    code,
                    reference,
                    at,
                },
                _ => Outcome::Closed,
            },
            Some("complete") => Outcome::Pending {
                reference: self.intent_id().map(str::to_owned),
            },
            _ => refusal.unwrap_or(Outcome::PageOpen(OpenPage {
                reference: self.id,
                url: self.url.unwrap_or_default(),
                until: self.expires_at.map_or(until, seconds),
            })),
        }
    }
}

/// Money on its way back.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) created: i64,
    #[serde(default)]
    pub(super) charge: Option<String>,
    #[serde(default)]
    pub(super) payment_intent: Option<Named<Thing>>,
    #[serde(default)]
    pub(super) metadata: HashMap<String, String>,
    #[serde(default)]
    pub(super) failure_reason: Option<String>,
}

impl Refund {
    /// The key under which we asked for it.
    pub(super) fn named(&self) -> Option<&String> {
        self.metadata.get("refund")
    }

    /// True when the money does not go back.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.status.as_str(), "failed" | "canceled")
    }
}

/// A charge in Stripe's books.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) created: i64,
    #[serde(default)]
    pub(super) captured: bool,
    #[serde(default)]
    pub(super) payment_intent: Option<Named<Thing>>,
}

/// A disputed charge.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) payment_intent: Option<Named<Thing>>,
    #[serde(default)]
    pub(super) evidence_details: Option<EvidenceDetails>,
}

/// Until when a dispute can be answered.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct EvidenceDetails {
    #[serde(default)]
    pub(super) due_by: Option<i64>,
}

/// A kept card.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Method {
    pub(super) id: String,
    #[serde(default)]
    pub(super) card: Option<Card>,
}

/// What may be known of a card.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Card {
    pub(super) brand: String,
    pub(super) last4: String,
    pub(super) exp_month: i64,
    pub(super) exp_year: i64,
}
