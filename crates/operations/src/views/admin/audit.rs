//! What staff and programs changed: the log with its search, and whether it is whole (A8, GOV-10).

use kernel::Permission;
use platform::{
    Ctx, Cursor, Page, Rx,
    audit::{self, Entry, Head, Verified},
    list::{Asked, Cell, Column, Filter, FilterKind, List, ListView, Listed},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::lists::Listing;
use crate::FlowError;

/// The list of what was changed.
pub struct AuditLog;

/// Codes and hashes as they are stored, so that a file of them can be checked against the log.
static LIST: List<Entry> = List {
    code: "audit",
    path: "/admin/audit",
    permission: Permission::AuditRead,
    columns: &[
        Column::sorting("seq", "admin-audit-number", |e| Cell::Number(e.seq)),
        Column::new("at", "admin-audit-when", |e| Cell::text(e.at.to_string())),
        Column::new("actor_kind", "admin-audit-kind", |e| {
            Cell::text(&e.actor_kind)
        }),
        Column::new("actor_id", "admin-audit-account", |e| {
            Cell::text(&e.actor_id)
        }),
        Column::new("actor_name", "admin-audit-who", |e| {
            Cell::text(&e.actor_name)
        }),
        Column::new("role", "admin-role", |e| Cell::text(&e.role)),
        Column::new("method", "admin-audit-method", |e| Cell::text(&e.method)),
        Column::new("route", "admin-audit-what", |e| Cell::text(&e.route)),
        Column::new("permission", "admin-audit-permission", |e| {
            Cell::text(&e.permission)
        }),
        Column::new("objects", "admin-audit-object", |e| {
            Cell::text(e.objects.join(" "))
        }),
        Column::new("fields", "admin-audit-field-names", |e| {
            Cell::text(e.fields.join(" "))
        }),
        Column::new("change_hash", "admin-audit-change-hash", |e| {
            Cell::text(&e.change_hash)
        }),
        Column::new("source", "admin-audit-where", |e| Cell::text(&e.source)),
        Column::new("request_id", "admin-audit-request-id", |e| {
            Cell::text(&e.request_id)
        }),
        Column::new("previous_hash", "admin-audit-previous-hash", |e| {
            Cell::text(&e.previous_hash)
        }),
        Column::new("hash", "admin-audit-head-hash", |e| Cell::text(&e.hash)),
    ],
    filters: &[
        Filter::new("who", "admin-audit-by-who", FilterKind::Text),
        Filter::new("what", "admin-audit-by-what", FilterKind::Text),
        Filter::new("object", "admin-audit-object", FilterKind::Text),
        Filter::new("from", "admin-from", FilterKind::Day),
        Filter::new("to", "admin-to", FilterKind::Day),
    ],
    sort: "-seq",
    page: 50,
};

impl Listed for AuditLog {
    type Row = Entry;

    fn list() -> &'static List<Entry> {
        &LIST
    }
}

impl Listing for AuditLog {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<Entry>, FlowError> {
        Ok(audit::list(rx, ctx, (&LIST, asked), limit).await?)
    }
}

/// What staff and programs changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The rows, newest first when nobody says.
    pub items: Vec<Entry>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// The newest row of the whole log: whoever notes its hash elsewhere can prove later that nothing was taken away.
    pub head: Head,
    /// What the last walk over the whole log found.
    pub verified: Verified,
}

/// A page of the log.
///
/// # Errors
/// A filter or cursor that is none, or whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<AuditPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let rows = AuditLog::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    Ok(AuditPage {
        list,
        items: rows.items,
        next_cursor: rows.next_cursor,
        head: audit::head(rx).await?,
        verified: audit::last_verified(rx).await?,
    })
}
