//! Publishing ahead of time: when a product goes on sale and when it goes off, carried out by the clock.
//!
//! A time is taken away in the transaction that acts on it, so it fires once whatever happens. What cannot go on sale at
//! its time stays a draft and says why.

use kernel::{ProductId, Timestamp};
use platform::{Ctx, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::{changed, lock, publish, unpublish};
use crate::{CatalogError, ProductState, events::Change};

/// What the clock shall do with a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Plan {
    /// When it goes on sale.
    pub publish_at: Option<Timestamp>,
    /// When it goes off sale.
    pub unpublish_at: Option<Timestamp>,
}

impl Plan {
    /// Refuses times that have passed and an end before the beginning.
    fn check(&self, now: Timestamp) -> Result<(), CatalogError> {
        let refused = |field| Err(CatalogError::PlanInvalid { field });
        if self.publish_at.is_some_and(|at| at <= now) {
            return refused("publish_at");
        }
        let from = self.publish_at.unwrap_or(now);
        if self.unpublish_at.is_some_and(|at| at <= from) {
            return refused("unpublish_at");
        }
        Ok(())
    }
}

/// Sets when a product goes on sale and off; `None` takes a time away.
///
/// # Errors
/// [`CatalogError::PlanInvalid`] for a time that has passed or an end before the beginning, [`CatalogError::State`] for
/// an archived product, [`CatalogError::NotFound`], or the database's.
pub async fn plan(tx: &mut Tx, ctx: &Ctx, id: ProductId, plan: Plan) -> Result<(), CatalogError> {
    plan.check(ctx.now())?;
    let product = lock(tx, id).await?;
    if product.state == ProductState::Archived {
        return Err(CatalogError::State {
            from: product.state,
            to: ProductState::Published,
        });
    }
    let sql =
        "UPDATE products SET publish_at = $2, unpublish_at = $3, plan_problem = NULL WHERE id = $1";
    tx.execute_one(sql, params![id, plan.publish_at, plan.unpublish_at])
        .await?;
    changed(tx, ctx, &product, Change::Texts).await
}

/// Carries out the times that have come, at most `most` of them, earliest first, and says how many there were.
///
/// # Errors
/// The database's; a product that cannot go on sale is no error but keeps the reason.
pub async fn carry_out(tx: &mut Tx, ctx: &Ctx, most: i64) -> Result<usize, CatalogError> {
    let now = ctx.now();
    let sql = "SELECT id, publish_at AS due, TRUE AS on_sale FROM products WHERE publish_at <= $1 UNION ALL \
               SELECT id, unpublish_at AS due, FALSE AS on_sale FROM products WHERE unpublish_at <= $1 \
               ORDER BY due, on_sale DESC, id LIMIT $2";
    let rows = tx.rows(sql, params![now, most]).await?;
    for row in &rows {
        let (id, due, on_sale): (ProductId, Timestamp, bool) =
            (row.get("id")?, row.get("due")?, row.get("on_sale")?);
        let take = if on_sale {
            "UPDATE products SET publish_at = NULL WHERE id = $1 AND publish_at = $2"
        } else {
            "UPDATE products SET unpublish_at = NULL WHERE id = $1 AND unpublish_at = $2"
        };
        if tx.execute(take, params![id, due]).await? == 0 {
            continue;
        }
        let acted = tx
            .attempt(async |tx: &mut Tx| {
                if on_sale {
                    publish(tx, ctx, id).await
                } else {
                    unpublish(tx, ctx, id).await
                }
            })
            .await;
        match acted {
            Ok(()) => {}
            Err(CatalogError::Db(error)) => return Err(error.into()),
            Err(refusal) => {
                let sql = "UPDATE products SET plan_problem = $2 WHERE id = $1";
                tx.execute_one(sql, params![id, refusal.key()]).await?;
            }
        }
    }
    Ok(rows.len())
}

/// Why a product could not go on sale at its time, as a Fluent key; `None` when nothing went wrong.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn plan_problem(rx: &mut Rx, id: ProductId) -> Result<Option<String>, CatalogError> {
    let sql = "SELECT plan_problem FROM products WHERE id = $1";
    let row = rx
        .row(sql, params![id])
        .await?
        .ok_or(CatalogError::NotFound("product"))?;
    Ok(row.get("plan_problem")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plan lies ahead and ends after it began.
    #[test]
    fn plans_lie_ahead() {
        let now = Timestamp::from_micros(1_000_000_000);
        let at = |seconds| Some(now.plus_seconds(seconds));
        let fits = |publish_at, unpublish_at| {
            let plan = Plan {
                publish_at,
                unpublish_at,
            };
            plan.check(now).is_ok()
        };
        assert!(fits(at(10), at(20)) && fits(None, at(5)) && fits(at(5), None) && fits(None, None));
        assert!(!fits(at(0), None) && !fits(at(20), at(20)) && !fits(None, at(-1)));
    }
}
