//! What customers ask (詢單): the list of those who wait, and one question with its answer, its asker's orders and what
//! became of the letter.

use customers::inquiry::{self, Inquiry, InquiryState};
use engagement::{MessageKind, MessageState, message};
use kernel::{CustomerId, InquiryId, Locale, Money, OrderId, Permission, Timestamp};
use orders::{OrderState, PaymentMethod, PaymentState, order};
use platform::{
    Ctx, Cursor, Page, Rx,
    list::{
        Asked, Cell, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading, Select,
        select::anywhere,
    },
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    common::{OrderLink, TabCount, person},
    lists::Listing,
};
use crate::FlowError;

/// Characters of a question that the list shows.
const EXCERPT: usize = 90;
/// Orders and earlier questions beside a question.
const BESIDE: i64 = 8;

/// Which inquiries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InquiryTab {
    /// Those that wait, the longest first.
    #[default]
    Open,
    /// Those that were answered, the newest first.
    Answered,
}

/// The list of inquiries.
pub struct Inquiries;

static LIST: List<InquiryRow> = List {
    code: "inquiries",
    path: "/admin/inquiries",
    permission: Permission::CustomersRead,
    columns: &[
        Column::sorting("name", "admin-customer", |i| Cell::text(&i.name)),
        Column::new("email", "admin-email", |i| Cell::text(&i.email)),
        Column::new("question", "admin-inquiries-question", |i| {
            Cell::text(&i.excerpt)
        }),
        Column::new("order", "admin-order", |i| {
            Cell::maybe(i.order_number.as_deref(), Cell::text)
        }),
        Column::sorting("created_at", "list-asked-at", |i| Cell::At(i.created_at)),
        Column::sorting("answered_at", "admin-inquiries-answered", |i| {
            Cell::maybe(i.answered_at, Cell::At)
        }),
        Column::new("answered_by", "list-answered-by", |i| {
            Cell::maybe(i.answered_by.as_deref(), Cell::text)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "admin-inquiries-tabs",
            FilterKind::Tab(&["open", "answered"]),
        ),
        Filter::search("admin-inquiries-search-placeholder"),
        Filter::new("from", "list-asked-from", FilterKind::Day),
        Filter::new("to", "list-asked-to", FilterKind::Day),
    ],
    sort: "created_at",
    page: 30,
};

/// What the columns sort by; each has its index behind the state.
const KEYS: [Key; 3] = [
    Key::number("created_at", "created_at"),
    Key::number("answered_at", "COALESCE(answered_at, 0)"),
    Key::text("name", "name"),
];

impl Listed for Inquiries {
    type Row = InquiryRow;

    fn list() -> &'static List<InquiryRow> {
        &LIST
    }
}

impl Listing for Inquiries {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<InquiryRow>, FlowError> {
        let asked = usual(asked);
        let state = match asked.get("tab") {
            Some("answered") => InquiryState::Answered,
            _ => InquiryState::Open,
        };
        let mut select = Select::from("inquiries");
        select.equal("state", state.code());
        select.days(ctx, &asked, "created_at")?;
        let words = asked.words();
        if !words.is_empty() {
            let pattern = select.value(anywhere(&words.to_lowercase()));
            let fields = ["name", "email", "message", "order_number"];
            let fits = fields.map(|field| format!("LOWER({field}) LIKE {pattern} ESCAPE '!'"));
            select.only(format!("({})", fits.join(" OR ")));
        }
        let from = (&LIST, &asked);
        let reading = Reading {
            columns: "*",
            keys: &KEYS,
            ids: &["id"],
            limit,
        };
        let found = select
            .page(rx, ctx, from, reading, Inquiry::from_row)
            .await?;
        Ok(found.map(row))
    }
}

/// Those who wait are listed the longest first, answers the newest first.
fn usual(asked: &Asked) -> Asked {
    let answered = asked.get("tab") == Some("answered");
    Asked {
        usual: answered.then_some("-created_at"),
        ..asked.clone()
    }
}

/// What customers ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InquiriesPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab.
    pub tab: InquiryTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// Since when the longest has waited; null when nobody waits.
    pub oldest_at: Option<Timestamp>,
    /// The inquiries.
    pub items: Vec<InquiryRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// An inquiry in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InquiryRow {
    /// The inquiry.
    pub id: InquiryId,
    /// Who asks.
    pub name: String,
    /// Where to answer.
    pub email: String,
    /// How the question begins.
    pub excerpt: String,
    /// The order it is about, as typed.
    pub order_number: Option<String>,
    /// `open` or `answered`.
    pub state: InquiryState,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Who answered.
    pub answered_by: Option<String>,
}

/// One inquiry, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InquiryPage {
    /// The question.
    pub inquiry: AskedQuestion,
    /// The answer; null while it waits.
    pub answer: Option<GivenAnswer>,
    /// The order that the question names; null for none, or for readers who may not see orders.
    pub order: Option<OrderLink>,
    /// The asker's newest orders; empty for readers who may not see orders.
    pub orders: Vec<AskersOrder>,
    /// What else came from the same address, newest first.
    pub others: Vec<InquiryRow>,
    /// What the reader may do.
    pub can: InquiryCan,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AskedQuestion {
    /// The inquiry.
    pub id: InquiryId,
    /// Who asks.
    pub name: String,
    /// Where to answer.
    pub email: String,
    /// The whole question.
    pub message: String,
    /// The order it is about, as typed.
    pub order_number: Option<String>,
    /// The language of the question, and of the letter.
    pub locale: Locale,
    /// `open` or `answered`.
    pub state: InquiryState,
    /// When it came.
    pub created_at: Timestamp,
    /// The customer who wants to be forgotten by it; null for other questions, and for readers who may not do that.
    pub erase_customer: Option<CustomerId>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GivenAnswer {
    /// What was answered.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Who answered; null for the shop itself.
    pub by: Option<String>,
    /// What became of its letter: `queued`, `claimed`, `sent`, `unknown` or `failed`; null when there is none.
    pub letter: Option<MessageState>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// An order of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AskersOrder {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where it stands.
    pub state: OrderState,
    /// Where its payment stands.
    pub payment_state: PaymentState,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// What it costs.
    pub total: Money,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InquiryCan {
    /// Answer it now.
    pub answer: bool,
}

/// A page of inquiries.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<InquiriesPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, &usual(asked), Vec::new()).await?;
    let page = Inquiries::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let waiting = inquiry::waiting(rx).await?;
    let tabs = [("open", Some(waiting.open)), ("answered", None)];
    Ok(InquiriesPage {
        list,
        q: asked.words(),
        tab: match asked.get("tab") {
            Some("answered") => InquiryTab::Answered,
            _ => InquiryTab::Open,
        },
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount { code, count })
            .collect(),
        oldest_at: waiting.oldest_at,
        items: page.items,
        next_cursor: page.next_cursor,
    })
}

fn row(inquiry: Inquiry) -> InquiryRow {
    InquiryRow {
        excerpt: excerpt(&inquiry.message),
        answered_by: inquiry.answered_by.as_deref().and_then(person),
        id: inquiry.id,
        name: inquiry.name,
        email: inquiry.email,
        order_number: inquiry.order_number,
        state: inquiry.state,
        created_at: inquiry.created_at,
        answered_at: inquiry.answered_at,
    }
}

/// The beginning of a text on one line.
fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let begun: String = line.chars().take(EXCERPT).collect();
    format!("{}…", begun.trim_end())
}

/// One inquiry.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn one(rx: &mut Rx, ctx: &Ctx, id: InquiryId) -> Result<InquiryPage, FlowError> {
    let found = inquiry::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let others = inquiry::others_of(rx, &found, BESIDE).await?;
    let (mut order, mut orders) = (None, Vec::new());
    if ctx.allows(Permission::OrdersRead) {
        order = named_order(rx, found.order_number.as_deref()).await?;
        orders = orders_of(rx, found.customer_id).await?;
    }
    let answer = answer(rx, &found).await?;
    Ok(InquiryPage {
        can: InquiryCan {
            answer: found.state == InquiryState::Open && ctx.allows(Permission::InquiriesAnswer),
        },
        answer,
        order,
        orders,
        others: others.into_iter().map(row).collect(),
        inquiry: AskedQuestion {
            id,
            name: found.name,
            email: found.email,
            message: found.message,
            order_number: found.order_number,
            locale: found.locale,
            state: found.state,
            created_at: found.created_at,
            erase_customer: found
                .customer_id
                .filter(|_| found.wants_erasure && ctx.allows(Permission::CustomersErase)),
        },
    })
}

async fn answer(rx: &mut Rx, found: &Inquiry) -> Result<Option<GivenAnswer>, FlowError> {
    let (Some(text), Some(at)) = (&found.answer, found.answered_at) else {
        return Ok(None);
    };
    let occurrence = found.id.to_string();
    let kind = MessageKind::InquiryAnswered;
    let letter = message::of_occurrence(rx, kind, &found.email, &occurrence).await?;
    Ok(Some(GivenAnswer {
        text: text.clone(),
        at,
        by: found.answered_by.as_deref().and_then(person),
        letter: letter.as_ref().map(|letter| letter.state),
        sent_at: letter.as_ref().and_then(|letter| letter.sent_at),
        problem: letter.and_then(|letter| letter.error),
    }))
}

async fn named_order(rx: &mut Rx, number: Option<&str>) -> Result<Option<OrderLink>, FlowError> {
    let Some(number) = number else {
        return Ok(None);
    };
    let found = order::by_number(rx, number).await?;
    Ok(found.map(|order| OrderLink {
        id: order.id,
        number: order.number,
    }))
}

/// The newest orders of a customer.
pub(super) async fn orders_of(
    rx: &mut Rx,
    customer: Option<CustomerId>,
) -> Result<Vec<AskersOrder>, FlowError> {
    let Some(customer) = customer else {
        return Ok(Vec::new());
    };
    let sql = "SELECT id, number, placed_at, state, payment_state, payment_method, currency, total FROM orders \
               WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT $2";
    let rows = rx.rows(sql, params![customer, BESIDE]).await?;
    rows.iter()
        .map(|row| {
            Ok(AskersOrder {
                id: row.get("id")?,
                number: row.get("number")?,
                placed_at: row.get("placed_at")?,
                state: row.parse("state")?,
                payment_state: row.parse("payment_state")?,
                payment_method: row.parse("payment_method")?,
                total: row.money("total")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line() {
        assert_eq!(excerpt("請問\n還有貨嗎？"), "請問 還有貨嗎？");
        let long = "茶".repeat(EXCERPT + 1);
        assert_eq!(excerpt(&long).chars().count(), EXCERPT + 1);
        assert!(excerpt(&long).ends_with('…'));
    }
}
