//! Shoppers over HTTP: each fills a cart, checks out, orders, and mostly pays, again and again until the line is cut.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use kernel::VariantId;
use serde_json::{Value, json};

use crate::{
    http::{Answer, Connection},
    journal::{Journal, Line},
};

/// What happened, over all shoppers.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Requests that were answered with a server error.
    pub(crate) errors: AtomicU64,
    /// Requests that were cut off.
    pub(crate) in_flight: AtomicU64,
}

/// One shopper.
pub(crate) struct Shopper {
    pub(crate) address: SocketAddr,
    pub(crate) variants: Vec<VariantId>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) name: String,
}

/// Why a purchase ended early.
enum Stop {
    /// The line was cut.
    Cut,
    /// An answer was no success.
    Refused,
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Cut
    }
}

impl Shopper {
    /// Buys until the line is cut.
    pub(crate) async fn shop(self) {
        let Ok(mut line) = Connection::open(self.address).await else {
            return;
        };
        for nth in 0_u64.. {
            if let Err(Stop::Cut) = self.purchase(&mut line, nth).await {
                self.tally.in_flight.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }

    async fn purchase(&self, line: &mut Connection, nth: u64) -> Result<(), Stop> {
        let mut cart = String::new();
        for (variant, quantity) in self.variants.iter().zip([1 + nth % 3, 1]) {
            let body = json!({ "variant_id": variant, "quantity": quantity });
            let headers: Vec<_> = (!cart.is_empty())
                .then_some(("cart-token", cart.as_str()))
                .into_iter()
                .collect();
            let added = self.good(
                line.ask("POST", "/cart/lines", &headers, Some(&body))
                    .await?,
            )?;
            if let Some(token) = added.header("cart-token") {
                cart = token.to_owned();
            }
        }
        let methods = ["card", "bank_transfer", "card", "cash_on_delivery"];
        let method = methods[usize::try_from(nth % 4).unwrap_or_default()];
        let token = [("cart-token", cart.as_str())];
        let email = format!("{}-{nth}@example.com", self.name);
        let quote = self.good(
            line.ask("PUT", "/checkout", &token, Some(&checkout(&email, method)))
                .await?,
        )?;
        let total = quote.body["total"]["amount"]
            .as_i64()
            .ok_or(Stop::Refused)?;
        let key = format!("{}-{nth}", self.name);
        self.journal.write(&Line::Asked {
            key: key.clone(),
            cart: cart.clone(),
            total,
        });
        let (order, payment) = order(line, &cart, &key, &self.journal)
            .await?
            .map_err(|status| self.refused(status))?;
        if method == "card" {
            self.pay(line, nth, &order, &payment).await?;
        }
        Ok(())
    }

    async fn pay(
        &self,
        line: &mut Connection,
        nth: u64,
        order: &Value,
        payment: &Value,
    ) -> Result<(), Stop> {
        let outcomes = [
            "succeed",
            "succeed",
            "timed_out_charged",
            "insufficient_funds",
            "succeed",
        ];
        let outcome = outcomes[usize::try_from(nth / 2 % 5).unwrap_or_default()];
        let (token, id) = (text(&order["token"]), text(&payment["id"]));
        let path = format!("/orders/{token}/payments/{id}");
        let paid = self.good(
            line.ask("POST", &path, &[], Some(&json!({ "outcome": outcome })))
                .await?,
        )?;
        if paid.body["state"] == "succeeded" {
            self.journal.write(&Line::Paid {
                number: text(&order["number"]),
            });
        }
        Ok(())
    }

    fn good(&self, answer: Answer) -> Result<Answer, Stop> {
        if answer.is_ok() {
            Ok(answer)
        } else {
            Err(self.refused(answer.status))
        }
    }

    fn refused(&self, status: u16) -> Stop {
        if status >= 500 {
            self.tally.errors.fetch_add(1, Ordering::Relaxed);
        }
        Stop::Refused
    }
}

/// Asks for the order of a cart under a key, and writes the answer down: the order and its payment, or the status of a
/// refusal.
pub(crate) async fn order(
    line: &mut Connection,
    cart: &str,
    key: &str,
    journal: &Journal,
) -> io::Result<Result<(Value, Value), u16>> {
    let headers = [("cart-token", cart), ("idempotency-key", key)];
    let answer = line
        .ask("POST", "/checkout/complete", &headers, Some(&json!({})))
        .await?;
    if answer.status != 201 {
        return Ok(Err(answer.status));
    }
    let order = answer.body["order"].clone();
    journal.write(&Line::Ordered {
        key: key.to_owned(),
        number: text(&order["number"]),
        token: text(&order["token"]),
        total: order["total"]["amount"].as_i64().unwrap_or_default(),
    });
    Ok(Ok((order, answer.body["payment"].clone())))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn checkout(email: &str, method: &str) -> Value {
    json!({
        "email": email,
        "phone": "0912345678",
        "shipping_address": {
            "name": "王小明", "phone": "0912345678", "country": "TW", "postal_code": "100", "region": "臺北市",
            "city": "中正區", "line1": "重慶南路一段 122 號",
        },
        "payment_method": method,
    })
}
