//! Where a card company tells what happened: believed only with its signature, answered only when it is stored (P2, P9).

use std::sync::Arc;

use payments::work::{self, NotTaken};
use platform::{
    Ctx,
    web::{Done, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Storefront;

/// A message was stored.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Stored {
    /// Always true; anything else is a problem.
    received: bool,
}

pub(crate) async fn stripe(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Done<Stored>, Problem> {
    let Some(stripe) = &shop.parts.providers.stripe else {
        return Err(Problem::not_found());
    };
    let header = incoming.header("stripe-signature").unwrap_or_default();
    match work::deliver_from_stripe(&ctx, stripe, header, &incoming.body).await {
        Ok(_) => Ok(Done::new(Stored { received: true }, "/")),
        Err(NotTaken::Disbelieved(why)) => {
            tracing::warn!(%why, "a message to the entrance of Stripe is not believed");
            Err(Problem::invalid("error-webhook-disbelieved"))
        }
        Err(NotTaken::NotStored(error)) => Err(operations::FlowError::from(error).into()),
    }
}
