//! Where messages of providers come in: believed with a fitting signature only, answered when they are stored (P2, P9).

use platform::{
    Ctx,
    jobs::{Failure, JobRun},
};

use super::CallbackJob;
use crate::{
    PaymentsError, Provider, demo_card,
    provider_event::{self, Received},
    signature::{self, BadSignature},
    stripe::{Stripe, message::Envelope},
};

/// [`CALLBACK`]: the demo provider signs a message and delivers it to the shop, which stores it before it says yes.
///
/// # Errors
/// [`Failure::Retry`] when the shop did not take it.
pub async fn handle_callback(ctx: Ctx, run: JobRun) -> Result<(), Failure> {
    let CallbackJob { raw } = run.payload()?;
    let secret = ctx
        .read(async |rx, _| demo_card::account(rx).await)
        .await?
        .secret;
    let header = signature::sign(&secret, ctx.now(), raw.as_bytes());
    deliver(&ctx, &header, &raw).await
}

/// The shop's entrance for messages of the demo provider: believes only a fitting signature, and says yes only when the
/// message is stored (P2, P9).
///
/// # Errors
/// [`Failure::Permanent`] for a message that is not believed; it changed nothing.
pub async fn deliver(ctx: &Ctx, header: &str, raw: &str) -> Result<(), Failure> {
    let secret = ctx
        .read(async |rx, _| demo_card::account(rx).await)
        .await?
        .secret;
    let event = provider_event::verify(&secret, header, raw.as_bytes(), ctx.now())
        .map_err(|refused| Failure::Permanent(refused.to_string()))?;
    let raw = raw.to_owned();
    ctx.write(async move |tx, ctx| {
        let named = (event.id.as_str(), event.kind.code());
        provider_event::receive(tx, ctx, Provider::DemoCard, named, &raw).await?;
        Ok(())
    })
    .await
}

/// A message that was not taken; nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It is not believed.
    #[error(transparent)]
    Disbelieved(#[from] BadSignature),
    /// It could not be stored.
    #[error(transparent)]
    NotStored(#[from] PaymentsError),
}

/// The shop's entrance for messages of Stripe: believes only a fitting signature over the very bytes, and says yes only
/// when the message is stored (P2, P9).
///
/// # Errors
/// [`NotTaken`].
pub async fn deliver_from_stripe(
    ctx: &Ctx,
    stripe: &Stripe,
    header: &str,
    raw: &[u8],
) -> Result<Received, NotTaken> {
    stripe.check(header, raw, ctx.now())?;
    let envelope = Envelope::read(raw).map_err(|_| BadSignature::Body)?;
    let raw = String::from_utf8(raw.to_vec()).map_err(|_| BadSignature::Body)?;
    let stored = ctx.write(async move |tx, ctx| {
        let named = (envelope.id.as_str(), envelope.kind.as_str());
        provider_event::receive(tx, ctx, Provider::Stripe, named, &raw).await
    });
    Ok(stored.await?)
}
