//! Stripe's signed messages in our own words.
//!
//! A message is read without trusting that it is complete: what cannot be read, or is about nothing that concerns the
//! shop's money, says nothing. Whether it was signed was found out before it was stored.

use kernel::Timestamp;
use serde::Deserialize;

use super::{
    amount::from_stripe,
    objects::{self, Dispute, Intent, Refund, Session},
};
use crate::{
    dispute::{DisputeState, ToldDispute},
    provider_event::{ProviderEvent, ProviderEventKind, Told},
    refund::ToldRefund,
};

/// The envelope of a message.
#[derive(Debug, Clone, Deserialize)]
pub struct Envelope {
    /// Stripe's name for the message; the same message carries the same name.
    pub id: String,
    /// What it says, as `payment_intent.succeeded`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, in seconds since 1970.
    pub created: i64,
    /// False in a simulation.
    #[serde(default)]
    pub livemode: bool,
    data: Data,
}

#[derive(Debug, Clone, Deserialize)]
struct Data {
    object: serde_json::Value,
}

impl Envelope {
    /// Reads a message.
    ///
    /// # Errors
    /// A text that is no message of Stripe's.
    pub fn read(raw: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(raw)
    }

    fn at(&self) -> Timestamp {
        objects::seconds(self.created)
    }

    fn object<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.data.object.clone()).ok()
    }

    /// What it says.
    #[must_use]
    pub fn told(&self) -> Told {
        let told = match self.kind.as_str() {
            "payment_intent.succeeded" => self.intent(ProviderEventKind::Succeeded),
            "payment_intent.payment_failed" => self.intent(ProviderEventKind::TryFailed),
            "payment_intent.processing" => self.intent(ProviderEventKind::Pending),
            "payment_intent.canceled" => self.intent(ProviderEventKind::Closed),
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
                self.session(ProviderEventKind::Succeeded)
            }
            "checkout.session.expired" => self.session(ProviderEventKind::Closed),
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                self.refund()
            }
            "charge.dispute.created"
            | "charge.dispute.updated"
            | "charge.dispute.closed"
            | "charge.dispute.funds_withdrawn"
            | "charge.dispute.funds_reinstated" => self.dispute(),
            _ => None,
        };
        told.unwrap_or(Told::Nothing)
    }

    fn intent(&self, kind: ProviderEventKind) -> Option<Told> {
        let intent: Intent = self.object()?;
        let error = intent.last_payment_error.as_ref();
        // A refused card leaves the intent open; cancelling it says once more why.
        let code = error.map(objects::Error::decline);
        let this_try = error.and_then(|e| e.charge.clone());
        Some(Told::Charge(ProviderEvent {
            id: self.id.clone(),
            kind,
            occurred_at: self.at(),
            merchant: String::new(),
            live: intent.livemode,
            payment: intent.payment().to_owned(),
            amount: intent.money()?,
            this_try: this_try.or_else(|| Some(format!("{}:{}", intent.id, code?))),
            decline_code: code,
            reference: intent.id,
        }))
    }

    fn session(&self, kind: ProviderEventKind) -> Option<Told> {
        let session: Session = self.object()?;
        let paid = session.paid(self.at());
        let kind = match (kind, &paid) {
            (ProviderEventKind::Succeeded, None) => ProviderEventKind::Pending,
            (kind, _) => kind,
        };
        let amount = from_stripe(session.amount_total?, session.currency.as_deref()?)?;
        Some(Told::Charge(ProviderEvent {
            id: self.id.clone(),
            kind,
            occurred_at: self.at(),
            merchant: String::new(),
            live: session.livemode,
            payment: session.client_reference_id.clone()?,
            reference: session.intent_id().unwrap_or_default().to_owned(),
            amount,
            decline_code: None,
            this_try: None,
        }))
    }

    fn refund(&self) -> Option<Told> {
        let refund: Refund = self.object()?;
        Some(Told::Refund(ToldRefund {
            key: refund.named().cloned(),
            charge: refund.payment_intent.as_ref()?.id().to_owned(),
            amount: from_stripe(refund.amount, &refund.currency)?,
            lost: refund.is_lost().then(|| {
                refund
                    .failure_reason
                    .clone()
                    .unwrap_or(refund.status.clone())
            }),
            reference: refund.id,
        }))
    }

    fn dispute(&self) -> Option<Told> {
        let dispute: Dispute = self.object()?;
        let state = match dispute.status.as_str() {
            // An inquiry of the bank: an answer is due, but no money moved.
            "warning_needs_response" | "warning_under_review" => DisputeState::Inquiry,
            "warning_closed" | "prevented" => DisputeState::Dropped,
            "needs_response" | "under_review" => DisputeState::Open,
            "won" => DisputeState::Won,
            "lost" => DisputeState::Lost,
            _ => return None,
        };
        let due_by = dispute.evidence_details.and_then(|details| details.due_by);
        Some(Told::Dispute(ToldDispute {
            charge: dispute.payment_intent.as_ref()?.id().to_owned(),
            amount: from_stripe(dispute.amount, &dispute.currency)?,
            reason: dispute.reason.unwrap_or_else(|| "general".to_owned()),
            state,
            live: self.livemode,
            due_by: due_by.map(objects::seconds),
            at: self.at(),
            reference: dispute.id,
        }))
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Money};
    use serde_json::{Value, json};

    use super::*;

    fn told(kind: &str, object: &Value) -> Told {
        let raw = json!({ "id": "evt_1", "type": kind, "created": 1_772_416_800, "livemode": false, "data": { "object": object } });
        Envelope::read(raw.to_string().as_bytes()).unwrap().told()
    }

    fn intent(status: &str) -> Value {
        json!({
            "id": "pi_1", "object": "payment_intent", "status": status, "amount": 120_000, "amount_received": 120_000,
            "currency": "twd", "livemode": false, "metadata": { "payment": "pay_1" }, "latest_charge": "ch_1",
        })
    }

    /// P1: each message is read into what it means, and one that concerns no money says nothing.
    #[test]
    fn messages_are_understood() {
        let Told::Charge(event) = told("payment_intent.succeeded", &intent("succeeded")) else {
            panic!("a charge")
        };
        assert_eq!(event.kind, ProviderEventKind::Succeeded);
        assert_eq!(event.amount, Money::new(120_000, Currency::TWD));
        assert_eq!(
            (event.payment.as_str(), event.reference.as_str()),
            ("pay_1", "pi_1")
        );

        let mut refused = intent("requires_payment_method");
        *refused.get_mut("metadata").unwrap() = json!({ "payment": "pay_1" });
        refused.as_object_mut().unwrap().insert(
            "last_payment_error".into(),
            json!({ "code": "card_declined", "decline_code": "insufficient_funds", "charge": "ch_2" }),
        );
        let Told::Charge(event) = told("payment_intent.payment_failed", &refused) else {
            panic!("a charge")
        };
        assert_eq!(
            event.decline_code,
            Some(crate::DeclineCode::InsufficientFunds)
        );
        assert_eq!(event.this_try.as_deref(), Some("ch_2"));

        for (kind, object) in [
            ("customer.created", json!({ "id": "cus_1" })),
            ("payment_intent.succeeded", json!({ "id": 7 })),
            ("payment_intent.succeeded", json!(null)),
            (
                "charge.dispute.created",
                json!({ "id": "dp_1", "status": "new", "amount": 1, "currency": "twd" }),
            ),
            (
                "refund.created",
                json!({ "id": "re_1", "status": "succeeded", "amount": 1, "currency": "twd", "created": 1 }),
            ),
        ] {
            assert!(matches!(told(kind, &object), Told::Nothing), "{kind}");
        }
    }

    /// CHK-03: an unpaid page that was completed is not paid, and one that ended is closed.
    #[test]
    fn a_page_is_only_paid_when_it_says_so() {
        let page = |payment_status: &str| {
            json!({
                "id": "cs_1", "client_reference_id": "pay_1", "payment_status": payment_status, "payment_intent": "pi_1",
                "amount_total": 1_200, "currency": "jpy", "livemode": true,
            })
        };
        let kind = |told| match told {
            Told::Charge(event) => event.kind,
            _ => panic!("a charge"),
        };
        assert_eq!(
            kind(told("checkout.session.completed", &page("paid"))),
            ProviderEventKind::Succeeded
        );
        assert_eq!(
            kind(told("checkout.session.completed", &page("unpaid"))),
            ProviderEventKind::Pending
        );
        assert_eq!(
            kind(told("checkout.session.expired", &page("unpaid"))),
            ProviderEventKind::Closed
        );
    }
}
