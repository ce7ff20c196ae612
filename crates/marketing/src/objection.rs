//! What people say they missed on a page (TRF-14): a reason out of a few, and a sentence if they like.

use kernel::{CustomerId, PageId, Timestamp, VisitorId, event};
use platform::{
    Actor, Ctx, DbError, Rx, Tx,
    events::{self, Event},
    params,
};
use serde::Serialize;

use crate::{
    MarketingError,
    block::{self, codes},
    events::ObjectionGiven,
};

/// The longest sentence, in characters.
pub const TEXT: usize = 500;

codes! {
    /// What kept somebody from buying.
    Reason, UnknownReason, "a text that names no reason" {
        /// It costs too much.
        Price = "price",
        /// The kind, colour or size they wanted is not there.
        Choice = "choice",
        /// They could not find out what they wanted to know.
        Information = "information",
        /// Delivery takes too long or costs too much.
        Delivery = "delivery",
        /// They are not sure that they can rely on it.
        Trust = "trust",
        /// They are only looking.
        Looking = "looking",
        /// Something else.
        Other = "other",
    }
}

/// What somebody said.
#[derive(Debug, Clone)]
pub struct NewObjection {
    /// What kept them.
    pub reason: Reason,
    /// More about it, as typed.
    pub text: String,
}

/// How often a reason was given on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The reason.
    pub reason: Reason,
    /// How many people gave it.
    pub people: i64,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What kept them.
    pub reason: Reason,
    /// What they wrote.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Keeps what somebody said about a page that shoppers read, and says so on the stream. The same browser has one answer
/// for a page: the last one.
///
/// # Errors
/// [`MarketingError::NoPage`] for a page that is not public, an over-long text, or the database's.
pub async fn give(
    tx: &mut Tx,
    ctx: &Ctx,
    page: PageId,
    new: NewObjection,
) -> Result<(), MarketingError> {
    let text = block::lines(&new.text);
    if text.chars().count() > TEXT {
        return Err(MarketingError::TooLong {
            field: "text",
            max: TEXT,
        });
    }
    let sql = "SELECT handle FROM pages WHERE id = $1 AND live IS NOT NULL";
    let row = tx.row(sql, params![page]).await?;
    let handle: String = row.ok_or(MarketingError::NoPage)?.get("handle")?;
    let customer: Option<CustomerId> = match ctx.actor() {
        Actor::Customer(id) => Some(*id),
        _ => None,
    };
    let visitor = ctx.visit().map(|visit| visit.visitor);
    let sql = "INSERT INTO page_objections (page_id, visitor_id, customer_id, reason, text, locale, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (page_id, visitor_id) WHERE visitor_id IS NOT NULL DO UPDATE SET \
               customer_id = excluded.customer_id, reason = excluded.reason, text = excluded.text, \
               locale = excluded.locale, at = excluded.at";
    let values = params![
        page,
        visitor,
        customer,
        new.reason.code(),
        text.as_str(),
        ctx.locale(),
        ctx.now()
    ];
    tx.execute_one(sql, values).await?;
    let payload = ObjectionGiven {
        handle,
        reason: new.reason,
        has_text: !text.is_empty(),
    };
    let event = Event::new(event::OBJECTION_GIVEN, &payload)
        .about(page)
        .customer(customer);
    events::emit(tx, ctx, event).await?;
    Ok(())
}

/// Takes away who said something, and what they wrote: of a customer, or from a browser. That a reason was given stays.
///
/// # Errors
/// Whatever the database says.
pub async fn forget(
    tx: &mut Tx,
    customer: Option<CustomerId>,
    visitor: Option<VisitorId>,
) -> Result<(), DbError> {
    let sql = "UPDATE page_objections SET customer_id = NULL, visitor_id = NULL, text = '' \
               WHERE customer_id = $1 OR visitor_id = $2";
    tx.execute(sql, params![customer, visitor]).await?;
    Ok(())
}

/// How often each reason was given on a page, most first.
///
/// # Errors
/// Whatever the database says.
pub async fn counts(rx: &mut Rx, page: PageId) -> Result<Vec<Count>, DbError> {
    let sql = "SELECT reason, COUNT(*) AS people FROM page_objections WHERE page_id = $1 \
               GROUP BY reason ORDER BY people DESC, reason";
    let rows = rx.rows(sql, params![page]).await?;
    let count = |row: &platform::db::Row| {
        Ok(Count {
            reason: row.parse("reason")?,
            people: row.get("people")?,
        })
    };
    rows.iter().map(count).collect()
}

/// What people wrote about a page last.
///
/// # Errors
/// Whatever the database says.
pub async fn said(rx: &mut Rx, page: PageId, limit: i64) -> Result<Vec<Said>, DbError> {
    let sql = "SELECT reason, text, at FROM page_objections WHERE page_id = $1 AND text <> '' ORDER BY at DESC, seq DESC LIMIT $2";
    let rows = rx.rows(sql, params![page, limit]).await?;
    let said = |row: &platform::db::Row| {
        Ok(Said {
            reason: row.parse("reason")?,
            text: row.get("text")?,
            at: row.get("at")?,
        })
    };
    rows.iter().map(said).collect()
}
