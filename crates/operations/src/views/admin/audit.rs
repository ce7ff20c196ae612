//! What staff and programs changed: the log with its search, and whether it is whole (A8, GOV-10).

use platform::{
    Cursor, Page, Rx,
    audit::{self, AuditFilter, Entry, Head, Verified},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

/// Rows on one page.
const PAGE: usize = 50;
/// Rows that one export holds at most.
const EXPORT: i64 = 50_000;

/// What staff and programs changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditPage {
    /// What was looked for.
    pub search: AuditSearch,
    /// The rows, newest first.
    pub items: Vec<Entry>,
    /// Leads to older rows; null on the last page.
    pub next_cursor: Option<Cursor>,
    /// The newest row of the whole log: whoever notes its hash elsewhere can prove later that nothing was taken away.
    pub head: Head,
    /// What the last walk over the whole log found.
    pub verified: Verified,
}

/// What was looked for in the log; empty parts leave all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditSearch {
    /// A part of a name, an account, a key or a role.
    pub who: String,
    /// A part of a route, a permission or a field.
    pub what: String,
    /// The id of a thing.
    pub object: String,
    /// The first day, `2026-03-02`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// A page of the log.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn page(
    rx: &mut Rx,
    search: AuditSearch,
    filter: AuditFilter,
    after: Option<Cursor>,
) -> Result<AuditPage, FlowError> {
    let before: Option<i64> = match after {
        Some(cursor) => Some(cursor.key().ok_or(orders::OrdersError::BadCursor)?),
        None => None,
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = audit::list(rx, &filter, before, limit).await?;
    let keyed = found.into_iter().map(|entry| {
        let seq = entry.seq;
        (entry, seq)
    });
    let rows = Page::of(keyed.collect(), PAGE);
    Ok(AuditPage {
        search,
        items: rows.items,
        next_cursor: rows.next_cursor,
        head: audit::head(rx).await?,
        verified: audit::last_verified(rx).await?,
    })
}

/// The rows that an export holds, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn export(rx: &mut Rx, filter: AuditFilter) -> Result<Vec<Entry>, FlowError> {
    Ok(audit::list(rx, &filter, None, EXPORT).await?)
}
