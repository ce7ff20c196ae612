//! A shopper of the outside contract: two lines into a cart, the checkout, the order.

use std::{fmt::Write as _, rc::Rc};

use clap::ValueEnum;
use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{Connection, Failure, Worker, request, shop::Variant};

/// How shoppers pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaymentMethod {
    /// To the courier.
    CashOnDelivery,
    /// Within some days.
    BankTransfer,
    /// At once, with the demo provider.
    Card,
}

impl PaymentMethod {
    const fn code(self) -> &'static str {
        match self {
            Self::CashOnDelivery => "cash_on_delivery",
            Self::BankTransfer => "bank_transfer",
            Self::Card => "card",
        }
    }
}

/// Somebody who places one whole order after the other, each with a cart, a name and a key of its own.
///
/// An order is four requests; what counts is the time from the first to the last answer, and the first status that is
/// not from 200 to 299.
#[derive(Debug)]
pub struct Shopper {
    variants: Rc<[Variant]>,
    lines: usize,
    payment: PaymentMethod,
    index: usize,
    orders: u64,
    random: SmallRng,
    bytes: Vec<u8>,
    headers: String,
    body: String,
}

impl Shopper {
    /// The `index`-th shopper, who buys one unit of each of `lines` different variants.
    #[must_use]
    pub fn new(variants: &[Variant], lines: usize, payment: PaymentMethod, index: usize) -> Self {
        Self {
            variants: variants.into(),
            lines: lines.min(variants.len()),
            payment,
            index,
            orders: 0,
            random: SmallRng::seed_from_u64(index as u64),
            bytes: Vec::with_capacity(1_024),
            headers: String::with_capacity(256),
            body: String::with_capacity(512),
        }
    }

    async fn fill(&mut self, connection: &mut Connection) -> Result<u16, Failure> {
        self.headers.clear();
        self.headers.push_str(ACCEPT);
        let first = self.random.random_range(0..self.variants.len().max(1));
        let mut status = 0;
        for line in 0..self.lines {
            let variant = self
                .variants
                .get((first + line) % self.variants.len().max(1));
            let id = variant.map(|v| v.id.as_str()).unwrap_or_default();
            self.body.clear();
            let _ = write!(self.body, "{{\"variant_id\":\"{id}\",\"quantity\":1}}");
            let answer = send(
                connection,
                &mut self.bytes,
                ("POST", "/cart/lines"),
                &self.headers,
                &self.body,
            )
            .await?;
            status = answer.0;
            if !is_good(status) {
                break;
            }
            if let Some(token) = answer.1.filter(|_| self.headers.len() == ACCEPT.len()) {
                self.headers.push_str("Cart-Token: ");
                self.headers.push_str(token);
                self.headers.push_str("\r\n");
            }
        }
        Ok(status)
    }

    async fn check_out(&mut self, connection: &mut Connection) -> Result<u16, Failure> {
        let (index, order, payment) = (self.index, self.orders, self.payment.code());
        self.body.clear();
        let _ = write!(
            self.body,
            "{{\"email\":\"shopper-{index}-{order}@example.com\",\"phone\":\"0912345678\",\"shipping_address\":\
             {{\"name\":\"Shopper {index}\",\"phone\":\"0912345678\",\"country\":\"TW\",\"postal_code\":\"106\",\
             \"region\":\"台北市\",\"city\":\"大安區\",\"line1\":\"和平東路 1 號\"}},\"payment_method\":\"{payment}\"}}"
        );
        let request = ("PUT", "/checkout");
        let answer = send(
            connection,
            &mut self.bytes,
            request,
            &self.headers,
            &self.body,
        )
        .await?;
        Ok(answer.0)
    }

    async fn complete(&mut self, connection: &mut Connection) -> Result<u16, Failure> {
        let (index, order) = (self.index, self.orders);
        // Writing into a text cannot fail.
        let _ = write!(self.headers, "Idempotency-Key: shopper-{index}-{order}\r\n");
        let request = ("POST", "/checkout/complete");
        let answer = send(connection, &mut self.bytes, request, &self.headers, "{}").await?;
        Ok(answer.0)
    }
}

const ACCEPT: &str = "Accept: application/json\r\n";

impl Worker for Shopper {
    async fn turn(&mut self, connection: &mut Connection) -> Result<u16, Failure> {
        self.orders += 1;
        let filled = self.fill(connection).await?;
        if !is_good(filled) {
            return Ok(filled);
        }
        let quoted = self.check_out(connection).await?;
        if !is_good(quoted) {
            return Ok(quoted);
        }
        self.complete(connection).await
    }
}

/// The status of the answer, and the cart's token if it carries one.
async fn send<'a>(
    connection: &'a mut Connection,
    bytes: &mut Vec<u8>,
    (method, path): (&str, &str),
    headers: &str,
    body: &str,
) -> Result<(u16, Option<&'a str>), Failure> {
    request(bytes, method, path, headers, body);
    let answer = connection.exchange(bytes).await?;
    Ok((answer.status, answer.header("cart-token")))
}

const fn is_good(status: u16) -> bool {
    matches!(status, 200..=299)
}
