//! Stripe: a card company whose own page takes the card, so that no number of a card ever comes here (P12).
//!
//! A new card is typed on a page of Stripe's (a Checkout Session) that is opened for one payment and closes by itself
//! after an hour; a refused card leaves it open for another one. A card that Stripe keeps for a customer is charged
//! through a payment intent that is made first, noted, and only then confirmed: confirming the same intent again cannot
//! charge again, however long the pause was (P5). What Stripe says reaches us as the answer to a call, as a signed
//! message ([`message`]), or because we asked; all three end in [`crate::record`].

pub mod amount;
mod books;
mod client;
mod customer;
mod decline;
pub mod message;
mod objects;

use kernel::Timestamp;
use platform::{
    Ctx,
    jobs::Failure,
    outgoing::{BadAddress, Outgoing},
};

pub use books::{BookedCharge, BookedRefund, Books};
use client::Failed;
pub use customer::SavedCard;
use objects::{Intent, Session};

use crate::{
    DeclineCode, OpenPage, Outcome, PageWish, Payment, Wish,
    payment::ChargeRequest,
    provider::{Answer, RefundAnswer, RefundCall},
    signature::{self, BadSignature},
};

/// Where Stripe answers.
pub const API: &str = "https://api.stripe.com";
/// The version of Stripe's language that is spoken here.
const VERSION: &str = "2024-06-20";
/// How long a page takes cards, in seconds; Stripe allows half an hour to a day.
const PAGE_OPEN: i64 = 3_600;

/// What is needed to work with Stripe.
#[derive(Clone, PartialEq, Eq)]
pub struct StripeConfig {
    /// The secret key, `sk_test_…` or `sk_live_…`, or a restricted one, `rk_…`.
    pub secret_key: String,
    /// The secrets that sign its messages to us; two while one replaces the other.
    pub webhook_secrets: Vec<String>,
    /// Where it answers; [`API`] unless it is a stand-in.
    pub api: String,
}

/// A configuration that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// The key is none of Stripe's secret keys.
    #[error(
        "stripe_secret_key is no secret key of Stripe: it begins with sk_test_, sk_live_, rk_test_ or rk_live_"
    )]
    Key,
    /// Without a secret nobody could tell Stripe's messages from anybody else's.
    #[error(
        "stripe_webhook_secrets has no secret: copy the signing secret of the endpoint, whsec_…"
    )]
    NoWebhookSecret,
    /// A real key must not be told to a stand-in.
    #[error("stripe_api is {0}, but a live key is only sent to {API}")]
    LiveKeyElsewhere(String),
    /// The address cannot be called.
    #[error("stripe_api: {0}")]
    Api(#[from] BadAddress),
}

/// The shop's account at Stripe.
#[derive(Clone)]
pub struct Stripe {
    api: Outgoing,
    base: String,
    webhook_secrets: Vec<String>,
    live: bool,
}

/// The secrets are not for logs (P12).
impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe")
            .field("api", &self.base)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for StripeConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StripeConfig")
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

impl Stripe {
    /// The account of this configuration.
    ///
    /// # Errors
    /// [`BadConfig`].
    pub fn new(config: &StripeConfig) -> Result<Self, BadConfig> {
        let live = match config.secret_key.as_str() {
            key if key.starts_with("sk_live_") || key.starts_with("rk_live_") => true,
            key if key.starts_with("sk_test_") || key.starts_with("rk_test_") => false,
            _ => return Err(BadConfig::Key),
        };
        let base = config.api.trim_end_matches('/').to_owned();
        if live && base != API {
            return Err(BadConfig::LiveKeyElsewhere(base));
        }
        let webhook_secrets: Vec<String> = config
            .webhook_secrets
            .iter()
            .filter(|s| !s.is_empty())
            .cloned()
            .collect();
        if webhook_secrets.is_empty() {
            return Err(BadConfig::NoWebhookSecret);
        }
        let bearer = format!("Bearer {}", config.secret_key);
        let headers = [
            ("authorization", bearer.as_str()),
            ("stripe-version", VERSION),
        ];
        let api = Outgoing::to(&base, &headers)?;
        Ok(Self {
            api,
            base,
            webhook_secrets,
            live,
        })
    }

    /// Whether its key takes real money.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.live
    }

    /// Where it answers.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Believes a message only with a signature of one of the account's secrets over its very bytes (P2).
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn check(&self, header: &str, raw: &[u8], now: Timestamp) -> Result<(), BadSignature> {
        // Every secret is tried, so that the duration does not tell which one fits.
        let mut result = Err(BadSignature::Mismatch);
        for secret in &self.webhook_secrets {
            let checked = signature::check(secret, header, raw, now);
            if result.is_err() {
                result = checked;
            }
        }
        result
    }

    /// Makes what a charge needs before it can be repeated safely; the name must be noted before [`Stripe::charge`].
    ///
    /// # Errors
    /// [`Failure`] when the way to our own database failed.
    pub(crate) async fn prepare(
        &self,
        ctx: &Ctx,
        request: &ChargeRequest,
    ) -> Result<Prepared, Failure> {
        let Wish::Saved { customer_id, card } = &request.wish else {
            return Ok(Prepared::Nothing);
        };
        if request.reference.is_some() {
            return Ok(Prepared::Nothing);
        }
        let customer = customer::known(ctx, *customer_id).await?;
        let Some((customer, amount)) = customer.zip(amount::to_stripe(request.amount)) else {
            return Ok(Prepared::Over(Outcome::refused(ctx.now())));
        };
        let made = self.make_intent(request, amount, &customer, card).await;
        Ok(match made {
            Ok(intent) => Prepared::Named(intent.id),
            Err(Failed::Silence(_)) => Prepared::Silence,
            Err(Failed::Refused(error)) => {
                tracing::error!(payment = %request.payment_id, %error, "Stripe refused a payment intent");
                Prepared::Over(Outcome::Declined {
                    code: error.decline(),
                    reference: None,
                    at: ctx.now(),
                })
            }
        })
    }

    /// Charges a kept card, or opens the page for a new one.
    ///
    /// # Errors
    /// [`Failure`] when the way to our own database failed.
    pub(crate) async fn charge(
        &self,
        ctx: &Ctx,
        request: &ChargeRequest,
    ) -> Result<Answer, Failure> {
        match (&request.wish, &request.reference) {
            (Wish::Page(wish), _) => self.open_page(ctx, request, wish).await,
            (Wish::Saved { .. }, Some(reference)) => {
                let key = format!("{}-confirm", request.idempotency_key);
                let answer = match self.confirm_intent(reference, &key).await {
                    Ok(intent) => Ok(intent),
                    // A refused card is told as an error; the intent itself says how it stands.
                    Err(Failed::Refused(_)) => self.intent(reference).await,
                    Err(silence) => Err(silence),
                };
                self.settle_intent(ctx, answer).await
            }
            (Wish::Saved { .. }, None) => Ok(Answer::Silence),
            (Wish::Demo(_), _) => Ok(Answer::Said(Outcome::refused(ctx.now()))),
        }
    }

    /// Opens the page under the payment's key: the same key again is the same page.
    async fn open_page(
        &self,
        ctx: &Ctx,
        request: &ChargeRequest,
        wish: &PageWish,
    ) -> Result<Answer, Failure> {
        let Some(amount) = amount::to_stripe(request.amount) else {
            return Ok(Answer::Said(Outcome::refused(ctx.now())));
        };
        let customer = match wish.keep_for {
            Some(id) => match self.ensure_customer(ctx, id, &wish.email).await? {
                Ok(customer) => Some(customer),
                Err(Failed::Silence(_)) => return Ok(Answer::Silence),
                Err(Failed::Refused(error)) => {
                    tracing::error!(%error, "Stripe refused a customer; the card is not kept");
                    None
                }
            },
            None => None,
        };
        let until = request.sent_at.plus_seconds(PAGE_OPEN);
        let made = self
            .make_session(request, wish, amount, customer.as_deref(), until)
            .await;
        Ok(match made {
            Ok(session) => Answer::Said(session.opened(until)),
            Err(Failed::Silence(why)) => {
                tracing::warn!(payment = %request.payment_id, why, "no answer about a page of Stripe");
                Answer::Silence
            }
            Err(Failed::Refused(error)) => {
                tracing::error!(payment = %request.payment_id, %error, "Stripe opened no page");
                Answer::Said(Outcome::refused(ctx.now()))
            }
        })
    }

    /// Asks how a payment stands. A kept card whose charge was never confirmed is closed, so that nothing can be charged
    /// later; a page is asked about, and opened if the call for it was lost.
    ///
    /// # Errors
    /// As [`Stripe::charge`].
    pub(crate) async fn query(
        &self,
        ctx: &Ctx,
        payment: &Payment,
        request: Option<&ChargeRequest>,
    ) -> Result<Answer, Failure> {
        if let Some(page) = &payment.page {
            return Ok(match self.session(&page.reference).await {
                Ok(session) => Answer::Said(session.outcome(ctx.now(), page.until)),
                Err(_) => Answer::Silence,
            });
        }
        if let Some(reference) = &payment.provider_ref {
            let found = self.intent(reference).await;
            return self.settle_intent(ctx, found).await;
        }
        match request.map(|request| (request, &request.wish)) {
            // Stripe never refuses a page that nobody was led to: it is opened now, if there is still time.
            Some((request, Wish::Page(wish)))
                if request.sent_at.plus_seconds(PAGE_OPEN / 2) > ctx.now() =>
            {
                self.open_page(ctx, request, wish).await
            }
            Some((_, Wish::Page(_))) => Ok(Answer::Said(Outcome::Closed)),
            // An intent whose name was never noted was never confirmed either.
            _ => Ok(Answer::Said(Outcome::Declined {
                code: DeclineCode::TimedOut,
                reference: None,
                at: ctx.now(),
            })),
        }
    }

    /// Closes the page of a payment; where it is too late, tells how the payment ended instead.
    ///
    /// # Errors
    /// As [`Stripe::charge`].
    pub(crate) async fn close(
        &self,
        ctx: &Ctx,
        payment: &Payment,
        request: Option<&ChargeRequest>,
    ) -> Result<Answer, Failure> {
        let Some(page) = &payment.page else {
            return self.query(ctx, payment, request).await;
        };
        match self.expire_session(&page.reference).await {
            Ok(_) | Err(Failed::Refused(_)) => self.query(ctx, payment, request).await,
            Err(Failed::Silence(_)) => Ok(Answer::Silence),
        }
    }

    /// What an intent says, after it was closed if it can still be charged without anybody's doing.
    async fn settle_intent(
        &self,
        ctx: &Ctx,
        found: Result<Intent, Failed>,
    ) -> Result<Answer, Failure> {
        let intent = match found {
            Ok(intent) => intent,
            Err(why) => {
                tracing::warn!(%why, "no answer about a payment intent");
                return Ok(Answer::Silence);
            }
        };
        if !intent.is_waiting() {
            return Ok(Answer::Said(intent.outcome(ctx.now())));
        }
        match self.cancel_intent(&intent.id).await {
            Ok(_) => Ok(Answer::Said(intent.given_up(ctx.now()))),
            // Somebody was faster: what it says now counts.
            Err(Failed::Refused(_)) => Ok(match self.intent(&intent.id).await {
                Ok(now) if !now.is_waiting() => Answer::Said(now.outcome(ctx.now())),
                _ => Answer::Silence,
            }),
            Err(Failed::Silence(_)) => Ok(Answer::Silence),
        }
    }

    /// Gives money back, once per key: Stripe forgets keys after a day, so it is asked first whether it did so before.
    ///
    /// # Errors
    /// [`Failure::Retry`] when no answer came.
    pub(crate) async fn refund(&self, call: &RefundCall) -> Result<RefundAnswer, Failure> {
        let Some(amount) = amount::to_stripe(call.amount) else {
            return Ok(RefundAnswer::Refused("not an amount of Stripe's".into()));
        };
        let silent = |failed: Failed| Failure::Retry(failed.to_string());
        let known = self.refunds_of(&call.reference).await;
        let known = match known {
            Ok(list) => list
                .into_iter()
                .find(|r| r.named() == Some(&call.idempotency_key)),
            Err(Failed::Refused(error)) => return Ok(RefundAnswer::Refused(error.to_string())),
            Err(silence) => return Err(silent(silence)),
        };
        let refund = match known {
            Some(refund) => Ok(refund),
            None => self.make_refund(call, amount).await,
        };
        Ok(match refund {
            Ok(refund) if refund.is_lost() => RefundAnswer::Refused(refund.status),
            Ok(refund) => RefundAnswer::Done(refund.id),
            Err(Failed::Refused(error)) => RefundAnswer::Refused(error.to_string()),
            Err(silence) => return Err(silent(silence)),
        })
    }
}

/// What came of preparing a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// There was nothing to prepare.
    Nothing,
    /// The charge has this name at the provider; note it, then charge.
    Named(String),
    /// It is over before it began.
    Over(Outcome),
    /// No answer came.
    Silence,
}

impl Session {
    /// The page as an outcome, just opened.
    fn opened(self, until: Timestamp) -> Outcome {
        match self.url {
            Some(url) => Outcome::PageOpen(OpenPage {
                reference: self.id,
                url,
                until: self.expires_at.map_or(until, objects::seconds),
            }),
            None => Outcome::Pending { reference: None },
        }
    }
}
