//! The list of orders that staff put together: those that lie open, those that were sent, those that were given up
//! (CHK-22).

use kernel::{CartId, Permission, Timestamp};
use orders::{CheckoutDraft, draft::DraftState};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::Row,
    list::{
        Asked, Cell, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading, Select,
        select::anywhere,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{OrderLink, TabCount, person},
    lists::Listing,
};
use crate::FlowError;

/// The list of orders that staff put together.
pub struct OrderDrafts;

static LIST: List<OrderDraftRow> = List {
    code: "order-drafts",
    path: "/admin/order-drafts",
    permission: Permission::OrdersWrite,
    columns: &[
        Column::new("name", "admin-customer", |d| Cell::text(&d.name)),
        Column::new("phone", "admin-phone", |d| Cell::text(&d.phone)),
        Column::new("email", "admin-email", |d| Cell::text(&d.email)),
        Column::sorting("units", "list-units", |d| Cell::Number(d.units)),
        Column::new("state", "admin-state", |d| {
            Cell::word("desk-draft-state-", d.state)
        }),
        Column::new("order", "admin-order", |d| {
            Cell::maybe(d.order.as_ref(), |order| Cell::text(&order.number))
        }),
        Column::new("by", "list-made-by", |d| {
            Cell::maybe(d.by.as_deref(), Cell::text)
        }),
        Column::sorting("created_at", "desk-drafts-begun", |d| {
            Cell::At(d.created_at)
        }),
        Column::sorting("updated_at", "admin-updated", |d| Cell::At(d.updated_at)),
    ],
    filters: &[
        Filter::new(
            "tab",
            "desk-drafts-tabs",
            FilterKind::Tab(&["open", "ordered", "discarded"]),
        ),
        Filter::search("desk-drafts-search"),
        Filter::new("from", "desk-drafts-from", FilterKind::Day),
        Filter::new("to", "desk-drafts-to", FilterKind::Day),
    ],
    sort: "-updated_at",
    page: 30,
};

/// What the columns sort by, among the drafts of one state.
const KEYS: [Key; 3] = [
    Key::number("updated_at", "d.updated_at"),
    Key::number("created_at", "d.created_at"),
    Key::number("units", UNITS),
];

const UNITS: &str = "CAST((SELECT COALESCE(SUM(l.quantity), 0) FROM cart_lines l WHERE l.cart_id = d.cart_id) AS BIGINT)";

impl Listed for OrderDrafts {
    type Row = OrderDraftRow;

    fn list() -> &'static List<OrderDraftRow> {
        &LIST
    }
}

impl Listing for OrderDrafts {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<OrderDraftRow>, FlowError> {
        let mut select = Select::from(
            "order_drafts d JOIN carts k ON k.id = d.cart_id LEFT JOIN orders o ON o.id = d.order_id",
        );
        select.equal("d.state", tab(asked));
        select.days(ctx, asked, "d.updated_at")?;
        let words = asked.words();
        if !words.is_empty() {
            let pattern = select.value(anywhere(&words.to_lowercase()));
            let typed = ["address.name", "phone", "email"];
            let fields = typed.map(|path| rx.dialect().json_text("k.checkout", path));
            let fits = fields.map(|field| format!("LOWER({field}) LIKE {pattern} ESCAPE '!'"));
            select.only(format!("({})", fits.join(" OR ")));
        }
        let columns = format!(
            "d.cart_id, d.state, d.made_by, d.created_at, d.updated_at, d.order_id, o.number, k.checkout, {UNITS} AS units"
        );
        let reading = Reading {
            columns: &columns,
            keys: &KEYS,
            ids: &["d.cart_id"],
            limit,
        };
        Ok(select.page(rx, ctx, (&LIST, asked), reading, row).await?)
    }
}

fn tab(asked: &Asked) -> DraftState {
    let code = asked.get("tab").unwrap_or_default();
    code.parse().unwrap_or(DraftState::Open)
}

/// Orders that staff put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderDraftsPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub tab: DraftState,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The drafts, the last changed first when nobody says.
    pub items: Vec<OrderDraftRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// A draft in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderDraftRow {
    /// The draft.
    pub id: CartId,
    /// Where it stands.
    pub state: DraftState,
    /// Who it is for; empty while nobody has said.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// Their address.
    pub email: String,
    /// Units in it.
    pub units: i64,
    /// The order it became.
    pub order: Option<OrderLink>,
    /// Who works on it; null for the shop itself.
    pub by: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

fn row(row: &Row) -> Result<OrderDraftRow, DbError> {
    let kept: CheckoutDraft = row.json("checkout")?;
    let made_by: String = row.get("made_by")?;
    let order = match row.get("order_id")? {
        Some(id) => Some(OrderLink {
            id,
            number: row.get("number")?,
        }),
        None => None,
    };
    Ok(OrderDraftRow {
        id: row.get("cart_id")?,
        state: row.parse("state")?,
        name: kept.address.name,
        phone: kept.phone,
        email: kept.email,
        units: row.get("units")?,
        order,
        by: person(&made_by),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// A page of drafts.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<OrderDraftsPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let page = OrderDrafts::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let sql = "SELECT COUNT(*) AS n FROM order_drafts WHERE state = 'open'";
    let open: i64 = rx.one(sql, &[]).await?.get("n")?;
    let tabs = [("open", Some(open)), ("ordered", None), ("discarded", None)];
    Ok(OrderDraftsPage {
        list,
        q: asked.words(),
        tab: tab(asked),
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount { code, count })
            .collect(),
        items: page.items,
        next_cursor: page.next_cursor,
    })
}
