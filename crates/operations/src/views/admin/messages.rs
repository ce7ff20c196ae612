//! The list of letters that left or did not: what, to whom, and what became of it.

use engagement::{MessageKind, MessageState};
use kernel::{MessageId, Permission, Timestamp};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::Row,
    list::{
        Asked, Cell, Choice, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading,
        Select, select::anywhere,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{OrderLink, TabCount},
    lists::Listing,
};
use crate::FlowError;

/// The list of letters.
pub struct Messages;

static LIST: List<MessageRow> = List {
    code: "messages",
    path: "/admin/messages",
    permission: Permission::CustomersRead,
    columns: &[
        Column::sorting("created_at", "list-queued-at", |m| Cell::At(m.created_at)),
        Column::new("kind", "admin-templates-message", |m| {
            Cell::word("message-kind-", m.kind)
        }),
        Column::new("recipient", "messages-recipient", |m| {
            Cell::text(&m.recipient)
        }),
        Column::new("order", "admin-order", |m| {
            Cell::maybe(m.order.as_ref(), |order| Cell::text(&order.number))
        }),
        Column::new("subject", "messages-subject", |m| {
            Cell::maybe(m.subject.as_deref(), Cell::text)
        }),
        Column::new("state", "admin-state", |m| {
            Cell::word("letter-state-", m.state.code())
        }),
        Column::new("sent_at", "messages-sent-at", |m| {
            Cell::maybe(m.sent_at, Cell::At)
        }),
        Column::new("error", "list-error", |m| {
            Cell::maybe(m.error.as_deref(), Cell::text)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "messages-tabs",
            FilterKind::Tab(&["all", "queued", "sent", "unknown", "failed"]),
        ),
        Filter::search("messages-search"),
        Filter::new("kind", "admin-templates-message", FilterKind::Offered),
        Filter::new("from", "list-queued-from", FilterKind::Day),
        Filter::new("to", "list-queued-to", FilterKind::Day),
    ],
    sort: "-created_at",
    page: 50,
};

/// Letters that a filter looks through: the newest of the days that were asked for. The state of a letter is in no
/// index, because every letter changes it and all orders would pay for that.
const AMONG: usize = 20_000;

/// What the list sorts by.
const KEYS: [Key; 1] = [Key::number("created_at", "m.created_at")];

const COLUMNS: &str = "m.id, m.kind, m.recipient, m.order_id, m.subject, m.state, m.created_at, m.sent_at, m.error, o.number";

impl Listed for Messages {
    type Row = MessageRow;

    fn list() -> &'static List<MessageRow> {
        &LIST
    }
}

impl Listing for Messages {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<MessageRow>, FlowError> {
        let mut select = if narrows(asked) {
            newest(ctx, asked)?
        } else {
            let mut all = Select::from("messages m LEFT JOIN orders o ON o.id = m.order_id");
            all.days(ctx, asked, "m.created_at")?;
            all
        };
        match asked.get("tab") {
            None | Some("all") => {}
            Some("queued") => select.only("m.state IN ('queued', 'claimed')"),
            Some(state) => select.equal("m.state", state),
        }
        if let Some(kind) = asked.parsed::<MessageKind>("kind")? {
            select.equal("m.kind", kind.code());
        }
        let words = asked.words();
        if !words.is_empty() {
            let pattern = select.value(anywhere(&words.to_lowercase()));
            let fields = ["m.recipient", "m.subject", "o.number"];
            let fits = fields.map(|field| format!("LOWER({field}) LIKE {pattern} ESCAPE '!'"));
            select.only(format!("({})", fits.join(" OR ")));
        }
        let reading = Reading {
            columns: COLUMNS,
            keys: &KEYS,
            ids: &["m.id"],
            limit,
        };
        Ok(select.page(rx, ctx, (&LIST, asked), reading, row).await?)
    }
}

/// Whether something is looked for that no index finds.
fn narrows(asked: &Asked) -> bool {
    let tab = asked.get("tab").is_some_and(|tab| tab != "all");
    tab || asked.get("kind").is_some() || !asked.words().is_empty()
}

/// The newest letters of the days that were asked for.
fn newest(ctx: &Ctx, asked: &Asked) -> Result<Select, FlowError> {
    let mut days = Vec::new();
    if let Some(from) = asked.day_begins(ctx, "from")? {
        days.push(format!("created_at >= {}", from.micros()));
    }
    if let Some(to) = asked.day_ends(ctx, "to")? {
        days.push(format!("created_at < {}", to.micros()));
    }
    let within = if days.is_empty() {
        "TRUE".to_owned()
    } else {
        days.join(" AND ")
    };
    Ok(Select::from(format!(
        "(SELECT * FROM messages WHERE {within} ORDER BY created_at DESC LIMIT {AMONG}) m LEFT JOIN orders o ON o.id = m.order_id"
    )))
}

/// Letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessagesPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab: `all`, `queued`, `sent`, `unknown` or `failed`.
    pub tab: String,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// How many of the newest letters were looked through; null when all were.
    pub among: Option<usize>,
    /// The letters, newest first when nobody says.
    pub items: Vec<MessageRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// A letter in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageRow {
    /// The letter.
    pub id: MessageId,
    /// What it is about; the word is `message-kind-CODE`.
    pub kind: MessageKind,
    /// Where it goes.
    pub recipient: String,
    /// The order it is about.
    pub order: Option<OrderLink>,
    /// Its subject, once it was written.
    pub subject: Option<String>,
    /// What became of it.
    pub state: MessageState,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
}

fn row(row: &Row) -> Result<MessageRow, DbError> {
    let order = match row.get("order_id")? {
        Some(id) => row
            .get::<Option<String>>("number")?
            .map(|number| OrderLink { id, number }),
        None => None,
    };
    Ok(MessageRow {
        id: row.get("id")?,
        kind: row.parse("kind")?,
        recipient: row.get("recipient")?,
        order,
        subject: row.get("subject")?,
        state: row.parse("state")?,
        created_at: row.get("created_at")?,
        sent_at: row.get("sent_at")?,
        error: row.get("error")?,
    })
}

/// A page of letters.
///
/// # Errors
/// A filter or cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<MessagesPage, FlowError> {
    let kinds = MessageKind::ALL.into_iter().map(|kind| Choice {
        code: kind.code().to_owned(),
        word: Some(format!("message-kind-{kind}")),
        name: None,
    });
    let offered = vec![("kind", kinds.collect())];
    let list = ListView::of(rx, ctx, &LIST, asked, offered).await?;
    let page = Messages::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let tabs = ["all", "queued", "sent", "unknown", "failed"];
    let among = if narrows(asked) && more_than(rx, AMONG).await? {
        Some(AMONG)
    } else {
        None
    };
    Ok(MessagesPage {
        list,
        q: asked.words(),
        tab: asked.get("tab").unwrap_or("all").to_owned(),
        tabs: tabs
            .into_iter()
            .map(|code| TabCount { code, count: None })
            .collect(),
        among,
        items: page.items,
        next_cursor: page.next_cursor,
    })
}

/// Whether there are more letters than so many.
async fn more_than(rx: &mut Rx, many: usize) -> Result<bool, FlowError> {
    let sql = format!("SELECT 1 AS one FROM messages ORDER BY created_at LIMIT 1 OFFSET {many}");
    Ok(rx.row(&sql, &[]).await?.is_some())
}
