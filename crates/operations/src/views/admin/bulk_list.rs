//! The list of changes of many products at once: what was changed, by whom, and whether it stands.

use catalog::bulk::{self, BulkEdit, BulkState};
use kernel::{BulkEditId, Permission, Timestamp};
use platform::{
    Ctx, Cursor, Page, Rx,
    list::{Asked, Cell, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading, Select},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::person, lists::Listing};
use crate::FlowError;

/// The list of changes of many products.
pub struct BulkEdits;

static LIST: List<EditSummary> = List {
    code: "bulk-edits",
    path: "/admin/products/bulk/edits",
    permission: Permission::ProductsRead,
    columns: &[
        Column::sorting("created_at", "admin-time", |e| Cell::At(e.created_at)),
        Column::new("kind", "admin-bulk-what", |e| {
            Cell::word("bulk-kind-", e.kind)
        }),
        Column::new("state", "admin-state", |e| {
            Cell::word("bulk-state-", e.state.code())
        }),
        Column::sorting("rows", "admin-bulk-row-count", |e| Cell::Number(e.rows)),
        Column::new("by", "list-made-by", |e| {
            Cell::maybe(e.by.as_deref(), Cell::text)
        }),
        Column::sorting("finished_at", "list-finished-at", |e| {
            Cell::maybe(e.finished_at, Cell::At)
        }),
    ],
    filters: &[
        Filter::new(
            "kind",
            "admin-bulk-what",
            FilterKind::Choice(
                &["price", "was", "state", "collection", "tag", "alert"],
                "bulk-kind-",
            ),
        ),
        Filter::new(
            "state",
            "admin-state",
            FilterKind::Choice(&["applying", "applied", "undoing", "undone"], "bulk-state-"),
        ),
        Filter::new("from", "admin-from", FilterKind::Day),
        Filter::new("to", "admin-to", FilterKind::Day),
    ],
    sort: "-created_at",
    page: 30,
};

/// What the columns sort by; only the time has an index, there are few edits.
const KEYS: [Key; 3] = [
    Key::number("created_at", "created_at"),
    Key::number("rows", "rows"),
    Key::number("finished_at", "COALESCE(finished_at, 0)"),
];

impl Listed for BulkEdits {
    type Row = EditSummary;

    fn list() -> &'static List<EditSummary> {
        &LIST
    }
}

impl Listing for BulkEdits {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<EditSummary>, FlowError> {
        let mut select = Select::from("bulk_edits");
        select.days(ctx, asked, "created_at")?;
        if let Some(state) = asked.get("state") {
            select.equal("state", state);
        }
        if let Some(kind) = asked.get("kind") {
            let stored = rx.dialect().json_text("change", "kind");
            select.equal(&stored, kind);
        }
        let reading = Reading {
            columns: bulk::EDIT,
            keys: &KEYS,
            ids: &["id"],
            limit,
        };
        let page = select
            .page(rx, ctx, (&LIST, asked), reading, BulkEdit::from_row)
            .await?;
        Ok(page.map(|edit| summary(&edit)))
    }
}

/// Changes of many products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BulkEditsPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The edits, newest first when nobody says.
    pub items: Vec<EditSummary>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// An edit in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EditSummary {
    /// The edit.
    pub id: BulkEditId,
    /// How far it has come.
    pub state: BulkState,
    /// What it changes: `price`, `was`, `state`, `collection`, `tag` or `alert`.
    pub kind: &'static str,
    /// How many rows it has.
    pub rows: i64,
    /// Who made it; null for the shop itself.
    pub by: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When every row was reached.
    pub finished_at: Option<Timestamp>,
}

pub(super) fn summary(edit: &BulkEdit) -> EditSummary {
    EditSummary {
        id: edit.id,
        state: edit.state,
        kind: edit.change.kind(),
        rows: edit.rows,
        by: person(&edit.actor),
        created_at: edit.created_at,
        finished_at: edit.finished_at,
    }
}

/// A page of edits.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<BulkEditsPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let page = BulkEdits::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    Ok(BulkEditsPage {
        list,
        items: page.items,
        next_cursor: page.next_cursor,
    })
}
