//! What the list of customers sorts by: one row for each customer, written anew whenever something happens to them.

use kernel::{Currency, CustomerId, Locale, Timestamp};
use platform::{DbError, Tx, params};

/// The facts of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The customer.
    pub customer_id: CustomerId,
    /// Their name.
    pub name: String,
    /// Name, address and telephone number, folded.
    pub search: String,
    /// ISO 3166-1 code of their country; empty when nobody knows.
    pub country: String,
    /// The language they are written to in.
    pub locale: Locale,
    /// Where the visit came from that led to their first order; empty when nobody knows.
    pub source: String,
    /// The currency of `paid`.
    pub currency: Currency,
    /// Orders they placed.
    pub orders: i64,
    /// What came in for these and did not go back, in minor units.
    pub paid: i64,
    /// When they ordered last; the beginning of time when never.
    pub last_order_at: Timestamp,
    /// When they first came.
    pub first_seen_at: Timestamp,
}

/// Writes the facts of a customer in place of those that were.
///
/// # Errors
/// Whatever the database says.
pub async fn save(tx: &mut Tx, facts: &Facts) -> Result<(), DbError> {
    let sql = "INSERT INTO customer_facts (customer_id, name, search, country, locale, source, currency, orders, paid, last_order_at, first_seen_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (customer_id) DO UPDATE SET name = excluded.name, \
               search = excluded.search, country = excluded.country, locale = excluded.locale, source = excluded.source, \
               currency = excluded.currency, orders = excluded.orders, paid = excluded.paid, last_order_at = excluded.last_order_at, \
               first_seen_at = excluded.first_seen_at";
    let values = params![
        facts.customer_id,
        &facts.name,
        &facts.search,
        &facts.country,
        facts.locale,
        &facts.source,
        facts.currency,
        facts.orders,
        facts.paid,
        facts.last_order_at,
        facts.first_seen_at
    ];
    tx.execute(sql, values).await?;
    Ok(())
}
