//! What payments keep of somebody who is forgotten (GOV-10, A9): amounts, dates, references of charges and the journal.
//! Payers' names, digits of accounts, what the staff wrote about a failed card and the messages of providers as they
//! came go; a job has the provider forget the cards that it keeps.

use kernel::{CustomerId, OrderId};
use platform::{
    Ctx, DbError, Rx, Tx,
    jobs::{self, Failure, JobRun, NewJob},
    params,
};
use serde::{Deserialize, Serialize};

use crate::{Provider, Providers};

/// The job that has a provider forget a customer with their cards.
pub const FORGET: &str = "payments.forget";

/// Payload of [`FORGET`].
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ForgetJob {
    customer_id: CustomerId,
}

/// How many orders have money under way: a refund, a try without an outcome, a dispute, money in quarantine.
///
/// # Errors
/// Whatever the database says.
pub async fn under_way(rx: &mut Rx, orders: &[OrderId]) -> Result<usize, DbError> {
    let mut found = 0;
    for order in orders {
        let sql = "SELECT (SELECT COUNT(*) FROM refunds WHERE order_id = $1 AND state = 'pending') \
                   + (SELECT COUNT(*) FROM payments WHERE order_id = $1 AND state IN ('created', 'pending', 'unknown')) \
                   + (SELECT COUNT(*) FROM disputes WHERE order_id = $1 AND state IN ('inquiry', 'open')) \
                   + (SELECT COUNT(*) FROM payment_quarantine WHERE order_id = $1 AND amount IS NOT NULL AND state IN ('open', 'returning'))";
        let open: Option<i64> = rx.scalar(sql, params![*order]).await?;
        found += usize::from(open.unwrap_or(0) > 0);
    }
    Ok(found)
}

/// Whether a provider keeps cards for one of these customers.
///
/// # Errors
/// Whatever the database says.
pub async fn has_cards(rx: &mut Rx, customers: &[CustomerId]) -> Result<bool, DbError> {
    for customer in customers {
        let sql = "SELECT reference FROM provider_customers WHERE customer_id = $1";
        if rx.row(sql, params![*customer]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the person out of the payments of an order.
///
/// # Errors
/// Whatever the database says.
pub async fn erase(tx: &mut Tx, order: OrderId) -> Result<(), DbError> {
    for sql in [
        "UPDATE payments SET wish = NULL, page_ref = NULL, page_url = NULL, page_until = NULL WHERE order_id = $1",
        "UPDATE provider_events SET raw = '{}' WHERE payment_id IN (SELECT id FROM payments WHERE order_id = $1)",
        "UPDATE refunds SET reason = '', failure = NULL WHERE order_id = $1",
        "UPDATE bank_receipts SET payer = '', last_five = '' WHERE order_id = $1",
        "DELETE FROM transfer_reports WHERE order_id = $1",
        "UPDATE payment_case_notes SET text = '' WHERE case_id IN (SELECT id FROM payment_cases WHERE order_id = $1) AND text <> ''",
        "UPDATE reconciliation_breaks SET note = '' WHERE order_id = $1 AND note <> ''",
    ] {
        tx.execute(sql, params![order]).await?;
    }
    Ok(())
}

/// Has providers forget a customer, where they know one.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_cards(tx: &mut Tx, ctx: &Ctx, customer: CustomerId) -> Result<(), DbError> {
    if has_cards(tx, &[customer]).await? {
        let payload = ForgetJob {
            customer_id: customer,
        };
        let job = NewJob::new(FORGET, &payload).unique(customer.to_string());
        jobs::enqueue(tx, ctx, job).await?;
    }
    Ok(())
}

/// [`FORGET`]: takes every card off, then the customer, and only then what they are called there. A repeated run finds
/// less to do.
pub(crate) async fn handle_forget(
    ctx: Ctx,
    run: JobRun,
    providers: Providers,
) -> Result<(), Failure> {
    let ForgetJob { customer_id } = run.payload()?;
    providers.stripe()?.forget(&ctx, customer_id).await?;
    ctx.write(async move |tx, ctx| {
        let sql = "DELETE FROM provider_customers WHERE provider = $1 AND customer_id = $2";
        tx.execute(sql, params![Provider::Stripe, customer_id])
            .await?;
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}
