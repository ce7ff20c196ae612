//! What the staff write down about a customer: notes, and tags by which groups of customers are found (CRM-01).

use kernel::{CustomerId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CustomersError, customer};

/// The longest note, in characters.
pub const NOTE: usize = 1_000;
/// The longest tag, in characters.
pub const TAG: usize = 40;
/// Tags of one customer at most.
pub const TAGS: i64 = 20;

/// A note about a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerNote {
    /// The words.
    pub text: String,
    /// Who, as `kind:name`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Adds a note.
///
/// # Errors
/// No such customer, or a text that is empty or too long.
pub async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CustomerId,
    text: &str,
) -> Result<(), CustomersError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CustomersError::NoteMissing);
    }
    if text.chars().count() > NOTE {
        return Err(CustomersError::NoteTooLong);
    }
    customer::known(tx, id).await?;
    let sql = "INSERT INTO customer_notes (customer_id, text, actor, at) VALUES ($1, $2, $3, $4)";
    let values = params![id, text, ctx.actor().label(), ctx.now()];
    Ok(tx.execute_one(sql, values).await?)
}

/// All notes about a customer, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn notes(rx: &mut Rx, id: CustomerId) -> Result<Vec<CustomerNote>, DbError> {
    let sql = "SELECT text, actor, at FROM customer_notes WHERE customer_id = $1 ORDER BY seq";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter()
        .map(|row| {
            Ok(CustomerNote {
                text: row.get("text")?,
                actor: row.get("actor")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// Gives a customer a tag; one they have already stays as it is.
///
/// # Errors
/// No such customer, a tag that is empty or too long, or one tag too many.
pub async fn tag(tx: &mut Tx, id: CustomerId, tag: &str) -> Result<(), CustomersError> {
    let tag = tag.trim();
    let fits = (1..=TAG).contains(&tag.chars().count()) && !tag.chars().any(char::is_control);
    if !fits {
        return Err(CustomersError::BadTag);
    }
    customer::known(tx, id).await?;
    // The count stands in the statement that adds the row.
    let sql = "INSERT INTO customer_tags (customer_id, tag) SELECT $1, $2 FROM \
               (SELECT COUNT(*) AS kept FROM customer_tags WHERE customer_id = $1 AND tag <> $2) AS mine WHERE kept < $3 \
               ON CONFLICT (customer_id, tag) DO UPDATE SET tag = excluded.tag RETURNING tag";
    let added = tx.row(sql, params![id, tag, TAGS]).await?;
    added.map(|_| ()).ok_or(CustomersError::TooManyTags)
}

/// Takes a tag away; one they do not have is gone already.
///
/// # Errors
/// [`CustomersError::NoCustomer`].
pub async fn untag(tx: &mut Tx, id: CustomerId, tag: &str) -> Result<(), CustomersError> {
    let sql = "DELETE FROM customer_tags WHERE customer_id = $1 AND tag = $2";
    if tx.execute(sql, params![id, tag]).await? == 0 && customer::by_id(tx, id).await?.is_none() {
        return Err(CustomersError::NoCustomer);
    }
    Ok(())
}

/// The tags of a customer.
///
/// # Errors
/// Whatever the database says.
pub async fn tags(rx: &mut Rx, id: CustomerId) -> Result<Vec<String>, DbError> {
    let sql = "SELECT tag FROM customer_tags WHERE customer_id = $1 ORDER BY tag";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter().map(|row| row.get("tag")).collect()
}

/// Every tag that somebody has, at most 200 of them.
///
/// # Errors
/// Whatever the database says.
pub async fn all_tags(rx: &mut Rx) -> Result<Vec<String>, DbError> {
    let sql = "SELECT DISTINCT tag FROM customer_tags ORDER BY tag LIMIT 200";
    let rows = rx.rows(sql, &[]).await?;
    rows.iter().map(|row| row.get("tag")).collect()
}
