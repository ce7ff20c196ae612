//! Customers whose cards Stripe keeps, and these cards: brand and last four digits, as Stripe tells them.

use kernel::CustomerId;
use platform::{Ctx, DbError, jobs::Failure, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Stripe, client::Failed};
use crate::Provider;

/// A card that the provider keeps for a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SavedCard {
    /// The provider's name for it.
    pub id: String,
    /// Whose card: `visa`, `mastercard`, …
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month in which it ends, from 1.
    pub exp_month: i64,
    /// The year in which it ends.
    pub exp_year: i64,
}

/// What Stripe calls a customer, if it knows them.
pub(super) async fn known(ctx: &Ctx, id: CustomerId) -> Result<Option<String>, DbError> {
    ctx.read(async move |rx, _| {
        let sql =
            "SELECT reference FROM provider_customers WHERE provider = $1 AND customer_id = $2";
        let row = rx.row(sql, params![Provider::Stripe, id]).await?;
        row.map(|row| row.get("reference")).transpose()
    })
    .await
}

impl Stripe {
    /// What Stripe calls a customer, who is introduced to it if need be.
    pub(super) async fn ensure_customer(
        &self,
        ctx: &Ctx,
        id: CustomerId,
        email: &str,
    ) -> Result<Result<String, Failed>, DbError> {
        if let Some(reference) = known(ctx, id).await? {
            return Ok(Ok(reference));
        }
        let made = match self.make_customer(&id.to_string(), email).await {
            Ok(made) => made.id,
            Err(failed) => return Ok(Err(failed)),
        };
        ctx.write(async move |tx, ctx| {
            let sql = "INSERT INTO provider_customers (provider, customer_id, reference, created_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (provider, customer_id) DO NOTHING";
            tx.execute(sql, params![Provider::Stripe, id, &made, ctx.now()])
                .await
        })
        .await?;
        Ok(Ok(known(ctx, id).await?.unwrap_or_default()))
    }

    /// The cards that Stripe keeps for a customer; none when it does not answer in time, for a card can always be typed.
    ///
    /// # Errors
    /// Whatever our own database says.
    pub async fn saved_cards(&self, ctx: &Ctx, id: CustomerId) -> Result<Vec<SavedCard>, DbError> {
        let Some(customer) = known(ctx, id).await? else {
            return Ok(Vec::new());
        };
        let methods = match self.methods_of(&customer).await {
            Ok(methods) => methods,
            Err(failed) => {
                tracing::warn!(%failed, "the kept cards of a customer are not known");
                return Ok(Vec::new());
            }
        };
        let cards = methods.into_iter().filter_map(|method| {
            let card = method.card?;
            Some(SavedCard {
                id: method.id,
                brand: card.brand,
                last4: card.last4,
                exp_month: card.exp_month,
                exp_year: card.exp_year,
            })
        });
        Ok(cards.collect())
    }

    /// Has Stripe forget a card of a customer. False for a card that is not theirs, or when Stripe did not answer.
    ///
    /// # Errors
    /// Whatever our own database says.
    pub async fn forget_card(
        &self,
        ctx: &Ctx,
        id: CustomerId,
        card: &str,
    ) -> Result<bool, DbError> {
        let theirs = self.saved_cards(ctx, id).await?;
        if !theirs.iter().any(|kept| kept.id == card) {
            return Ok(false);
        }
        Ok(self.detach(card).await.is_ok())
    }

    /// Has Stripe forget a customer: their cards one by one, then themselves. Whom Stripe does not know any more was
    /// forgotten before.
    pub(crate) async fn forget(&self, ctx: &Ctx, id: CustomerId) -> Result<(), Failure> {
        let Some(customer) = known(ctx, id).await? else {
            return Ok(());
        };
        let told = |failed: Failed| match failed {
            Failed::Refused(error) if error.code.as_deref() == Some("resource_missing") => Ok(()),
            failed => Err(Failure::Retry(failed.to_string())),
        };
        match self.methods_of(&customer).await {
            Ok(cards) => {
                for card in cards {
                    self.detach(&card.id).await.map(|_| ()).or_else(told)?;
                }
            }
            Err(failed) => told(failed)?,
        }
        self.remove_customer(&customer)
            .await
            .map(|_| ())
            .or_else(told)
    }
}
