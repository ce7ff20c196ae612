//! The list of delays that were announced (ORD-12).

use kernel::{DelayId, Permission, Texts, Timestamp};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::Row,
    list::{Asked, Cell, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading, Select},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::person, lists::Listing};
use crate::FlowError;

/// The list of delays that were announced.
pub struct AnnouncedDelays;

static LIST: List<AnnouncedDelay> = List {
    code: "delays",
    path: "/admin/delays/announcements",
    permission: Permission::OrdersWrite,
    columns: &[
        Column::sorting("at", "desk-delays-told", |a| Cell::At(a.at)),
        Column::sorting("ship_by", "desk-delays-ship-by", |a| Cell::At(a.ship_by)),
        Column::sorting("orders", "desk-delays-orders", |a| Cell::Number(a.orders)),
        Column::new("reason", "desk-delays-reason", |a| Cell::text(&a.reason)),
        Column::new("by", "list-made-by", |a| {
            Cell::maybe(a.by.as_deref(), Cell::text)
        }),
    ],
    filters: &[
        Filter::new("from", "admin-from", FilterKind::Day),
        Filter::new("to", "admin-to", FilterKind::Day),
    ],
    sort: "-at",
    page: 30,
};

/// What the columns sort by; there are few announcements.
const KEYS: [Key; 3] = [
    Key::number("at", "a.at"),
    Key::number("ship_by", "a.ship_by"),
    Key::number("orders", ORDERS),
];

const ORDERS: &str = "(SELECT COUNT(*) FROM order_delays d WHERE d.announcement_id = a.id)";

impl Listed for AnnouncedDelays {
    type Row = AnnouncedDelay;

    fn list() -> &'static List<AnnouncedDelay> {
        &LIST
    }
}

impl Listing for AnnouncedDelays {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<AnnouncedDelay>, FlowError> {
        let mut select = Select::from("delay_announcements a");
        select.days(ctx, asked, "a.at")?;
        let columns = format!("a.id, a.reason, a.ship_by, a.actor, a.at, {ORDERS} AS orders");
        let reading = Reading {
            columns: &columns,
            keys: &KEYS,
            ids: &["a.id"],
            limit,
        };
        let read = |row: &Row| announced(ctx, row);
        Ok(select.page(rx, ctx, (&LIST, asked), reading, read).await?)
    }
}

/// Delays that were announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnnouncedDelaysPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The announcements, newest first when nobody says.
    pub items: Vec<AnnouncedDelay>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// A delay that was announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnnouncedDelay {
    /// The announcement.
    pub id: DelayId,
    /// Why.
    pub reason: String,
    /// When the orders leave at the latest.
    pub ship_by: Timestamp,
    /// Who announced it; null for the shop itself.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// How many orders it moved.
    pub orders: i64,
}

fn announced(ctx: &Ctx, row: &Row) -> Result<AnnouncedDelay, DbError> {
    let reason: Texts = row.json("reason")?;
    let actor: String = row.get("actor")?;
    Ok(AnnouncedDelay {
        id: row.get("id")?,
        reason: reason.get(ctx.locale()).to_owned(),
        ship_by: row.get("ship_by")?,
        by: person(&actor),
        at: row.get("at")?,
        orders: row.get("orders")?,
    })
}

/// The newest announcements, for the page on which delays are announced.
pub(super) async fn newest(
    rx: &mut Rx,
    ctx: &Ctx,
    limit: usize,
) -> Result<Vec<AnnouncedDelay>, FlowError> {
    let page = AnnouncedDelays::rows(rx, ctx, &Asked::default(), limit).await?;
    Ok(page.items)
}

/// A page of announcements.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<AnnouncedDelaysPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let page = AnnouncedDelays::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    Ok(AnnouncedDelaysPage {
        list,
        items: page.items,
        next_cursor: page.next_cursor,
    })
}
