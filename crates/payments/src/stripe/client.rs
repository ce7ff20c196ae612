//! The calls themselves: one function each, in Stripe's words.

use kernel::Timestamp;
use platform::outgoing::{NoAnswer, Reply};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Stripe,
    objects::{Error, Intent, List, Method, Refund, Session, Thing},
};
use crate::{PageWish, payment::ChargeRequest, provider::RefundCall};

/// A call that did not bring what it was for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// No answer, or one from which it is not known whether anything was done.
    #[error("no answer: {0}")]
    Silence(String),
    /// Stripe said no, and did nothing.
    #[error("refused: {0}")]
    Refused(Box<Error>),
}

impl From<NoAnswer> for Failed {
    fn from(silence: NoAnswer) -> Self {
        Self::Silence(silence.0)
    }
}

type Fields = Vec<(String, String)>;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

impl Stripe {
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        read(&self.api.get(path).await?)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Option<&str>,
        fields: &Fields,
    ) -> Result<T, Failed> {
        read(&self.api.post(path, key, fields).await?)
    }

    /// A payment intent that charges a kept card once it is confirmed.
    pub(super) async fn make_intent(
        &self,
        request: &ChargeRequest,
        amount: i64,
        customer: &str,
        card: &str,
    ) -> Result<Intent, Failed> {
        let currency = request.amount.currency.code().to_lowercase();
        let form = fields(&[
            ("amount", &amount.to_string()),
            ("currency", &currency),
            ("customer", customer),
            ("payment_method", card),
            ("payment_method_types[]", "card"),
            ("metadata[payment]", &request.payment_id.to_string()),
        ]);
        let key = format!("{}-intent", request.idempotency_key);
        self.post("/v1/payment_intents", Some(&key), &form).await
    }

    pub(super) async fn confirm_intent(&self, id: &str, key: &str) -> Result<Intent, Failed> {
        let path = format!("/v1/payment_intents/{}/confirm", part(id)?);
        self.post(&path, Some(key), &Vec::new()).await
    }

    pub(super) async fn cancel_intent(&self, id: &str) -> Result<Intent, Failed> {
        let path = format!("/v1/payment_intents/{}/cancel", part(id)?);
        self.post(&path, None, &Vec::new()).await
    }

    pub(super) async fn intent(&self, id: &str) -> Result<Intent, Failed> {
        self.get(&format!("/v1/payment_intents/{}", part(id)?))
            .await
    }

    /// The page on which a new card is typed.
    pub(super) async fn make_session(
        &self,
        request: &ChargeRequest,
        wish: &PageWish,
        amount: i64,
        customer: Option<&str>,
        until: Timestamp,
    ) -> Result<Session, Failed> {
        let payment = request.payment_id.to_string();
        let currency = request.amount.currency.code().to_lowercase();
        let locale = match wish.locale {
            kernel::Locale::Hant => "zh-TW",
            kernel::Locale::Hans => "zh",
            kernel::Locale::En => "en",
        };
        let mut form = fields(&[
            ("mode", "payment"),
            ("payment_method_types[0]", "card"),
            ("client_reference_id", &payment),
            ("metadata[payment]", &payment),
            ("payment_intent_data[metadata][payment]", &payment),
            ("payment_intent_data[description]", &wish.title),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &currency),
            (
                "line_items[0][price_data][unit_amount]",
                &amount.to_string(),
            ),
            ("line_items[0][price_data][product_data][name]", &wish.title),
            ("locale", locale),
            ("success_url", &wish.done_url),
            ("cancel_url", &wish.back_url),
            ("expires_at", &(until.micros() / 1_000_000).to_string()),
        ]);
        match customer {
            Some(customer) => form.extend(fields(&[
                ("customer", customer),
                ("payment_intent_data[setup_future_usage]", "on_session"),
            ])),
            None if !wish.email.is_empty() => {
                form.extend(fields(&[("customer_email", &wish.email)]));
            }
            None => {}
        }
        let key = format!("{}-page", request.idempotency_key);
        self.post("/v1/checkout/sessions", Some(&key), &form).await
    }

    pub(super) async fn session(&self, id: &str) -> Result<Session, Failed> {
        let id = part(id)?;
        self.get(&format!(
            "/v1/checkout/sessions/{id}?expand[]=payment_intent"
        ))
        .await
    }

    pub(super) async fn expire_session(&self, id: &str) -> Result<Session, Failed> {
        let path = format!("/v1/checkout/sessions/{}/expire", part(id)?);
        self.post(&path, None, &Vec::new()).await
    }

    pub(super) async fn make_refund(
        &self,
        call: &RefundCall,
        amount: i64,
    ) -> Result<Refund, Failed> {
        let form = fields(&[
            ("payment_intent", &call.reference),
            ("amount", &amount.to_string()),
            ("metadata[refund]", &call.idempotency_key),
        ]);
        self.post("/v1/refunds", Some(&call.idempotency_key), &form)
            .await
    }

    pub(super) async fn refunds_of(&self, intent: &str) -> Result<Vec<Refund>, Failed> {
        let mut found: Vec<Refund> = Vec::new();
        loop {
            let mut path = format!("/v1/refunds?payment_intent={}&limit=100", part(intent)?);
            if let Some(last) = found.last() {
                path = format!("{path}&starting_after={}", part(&last.id)?);
            }
            let page: List<Refund> = self.get(&path).await?;
            let more = page.has_more && !page.data.is_empty();
            found.extend(page.data);
            if !more {
                return Ok(found);
            }
        }
    }

    /// One page of a list, newest first.
    pub(super) async fn page_of<T: DeserializeOwned>(
        &self,
        what: &str,
        after: Option<&str>,
    ) -> Result<List<T>, Failed> {
        let mut path = format!("/v1/{what}limit=100");
        if let Some(after) = after {
            path = format!("{path}&starting_after={}", part(after)?);
        }
        self.get(&path).await
    }

    pub(super) async fn make_customer(&self, name: &str, email: &str) -> Result<Thing, Failed> {
        let mut form = fields(&[("metadata[customer]", name)]);
        if !email.is_empty() {
            form.extend(fields(&[("email", email)]));
        }
        self.post("/v1/customers", Some(&format!("customer-{name}")), &form)
            .await
    }

    pub(super) async fn remove_customer(&self, customer: &str) -> Result<Thing, Failed> {
        let path = format!("/v1/customers/{}", part(customer)?);
        read(&self.api.delete(&path).await?)
    }

    pub(super) async fn methods_of(&self, customer: &str) -> Result<Vec<Method>, Failed> {
        let customer = part(customer)?;
        let path = format!("/v1/payment_methods?customer={customer}&type=card&limit=20");
        let list: List<Method> = self.get(&path).await?;
        Ok(list.data)
    }

    pub(super) async fn detach(&self, method: &str) -> Result<Thing, Failed> {
        let path = format!("/v1/payment_methods/{}/detach", part(method)?);
        self.post(&path, None, &Vec::new()).await
    }
}

/// A name of Stripe's as part of an address; anything else could lead elsewhere.
fn part(id: &str) -> Result<&str, Failed> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !id.is_empty() && id.len() <= 255 && id.bytes().all(plain) {
        Ok(id)
    } else {
        Err(Failed::Refused(Box::new(Error {
            message: Some("not a name of Stripe's".into()),
            ..Error::default()
        })))
    }
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, Failed> {
    #[derive(Deserialize)]
    struct Refusal {
        error: Error,
    }
    match reply.status {
        200..300 => serde_json::from_slice(&reply.body)
            .map_err(|e| Failed::Silence(format!("an answer that cannot be read: {e}"))),
        // The same call is under way, or there were too many: nothing is known, and it may be made again.
        409 | 429 => Err(Failed::Silence(format!("status {}", reply.status))),
        400..500 => {
            let refusal = serde_json::from_slice(&reply.body).unwrap_or(Refusal {
                error: Error::default(),
            });
            Err(Failed::Refused(Box::new(Error {
                code: refusal
                    .error
                    .code
                    .or_else(|| Some(format!("status_{}", reply.status))),
                ..refusal.error
            })))
        }
        other => Err(Failed::Silence(format!("status {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            body: body.into(),
        }
    }

    /// P6: only a clear no means that nothing was done; everything else is silence.
    #[test]
    fn only_a_clear_no_is_a_no() {
        let declined = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds","charge":"ch_1"}}"#;
        let refused = read::<Thing>(&reply(402, declined)).unwrap_err();
        assert!(
            matches!(&refused, Failed::Refused(e) if e.decline() == crate::DeclineCode::InsufficientFunds),
            "{refused}"
        );
        for (status, body) in [
            (409, declined),
            (429, declined),
            (500, declined),
            (503, ""),
            (302, ""),
            (200, "<html>"),
            (200, "{}"),
        ] {
            let silence = read::<Thing>(&reply(status, body)).unwrap_err();
            assert!(matches!(silence, Failed::Silence(_)), "{status} {body}");
        }
        assert!(matches!(
            read::<Thing>(&reply(401, "")),
            Err(Failed::Refused(_))
        ));
        assert_eq!(read::<Thing>(&reply(200, r#"{"id":"x"}"#)).unwrap().id, "x");
    }

    /// A15: a name from outside never becomes another address.
    #[test]
    fn names_stay_names() {
        assert!(part("pi_3Abc").is_ok());
        for bad in [
            "",
            "a/b",
            "..",
            "pi_1?x=2",
            "pi_1#",
            "pi 1",
            &"a".repeat(256),
        ] {
            assert!(part(bad).is_err(), "{bad}");
        }
    }
}
