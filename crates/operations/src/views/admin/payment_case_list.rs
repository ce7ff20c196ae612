//! The list of cards that failed: by what it sorts and narrows, and its file (CHK-06).

use kernel::{Money, PaymentCaseId, Permission, Timestamp};
use payments::{
    DeclineCode,
    case::{self, CaseReason, CaseState},
};
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

use super::{common::TabCount, lists::Listing};
use crate::{FlowError, shop};

/// The list of cards that failed.
pub struct PaymentCases;

static LIST: List<CaseRow> = List {
    code: "payment-cases",
    path: "/admin/payment-cases",
    permission: Permission::OrdersRead,
    columns: &[
        Column::new("number", "admin-order-number", |c| Cell::text(&c.number)),
        Column::sorting("customer", "admin-customer", |c| Cell::text(&c.name)),
        Column::sorting("opened_at", "admin-cases-since", |c| Cell::At(c.opened_at)),
        Column::new("decline_code", "admin-cases-why", |c| {
            Cell::word("decline-reason-", c.decline_code)
        }),
        Column::sorting("failures", "admin-cases-tries", |c| {
            Cell::Number(c.failures)
        }),
        Column::sorting("failed_at", "admin-cases-failed-at", |c| {
            Cell::At(c.failed_at)
        }),
        Column::sorting("amount", "admin-amount", |c| Cell::Money(c.amount)),
        Column::new("currency", "list-currency", |c| {
            Cell::text(c.amount.currency.code())
        }),
        Column::new("assignee", "admin-cases-assignee", |c| {
            Cell::maybe(c.assignee.as_deref(), Cell::text)
        }),
        Column::sorting("pay_until", "admin-cases-pay-until", |c| {
            Cell::maybe(c.pay_until, Cell::At)
        }),
        Column::new("state", "admin-state", |c| {
            Cell::word("case-state-", c.state)
        }),
        Column::new("reason", "admin-cases-reason", |c| {
            Cell::maybe(c.reason, |reason| Cell::word("case-reason-", reason))
        }),
        Column::sorting("closed_at", "admin-cases-closed", |c| {
            Cell::maybe(c.closed_at, Cell::At)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "admin-cases-tabs",
            FilterKind::Tab(&["open", "contacted", "resolved", "lost"]),
        ),
        Filter::search("admin-cases-search"),
        Filter::new(
            "why",
            "admin-cases-why",
            FilterKind::Choice(
                &[
                    "insufficient_funds",
                    "limit_reached",
                    "expired_card",
                    "declined_by_bank",
                    "authentication_failed",
                    "timed_out",
                    "suspected_fraud",
                    "wrong_details",
                    "not_processed",
                ],
                "decline-reason-",
            ),
        ),
        Filter::new("from", "admin-cases-failed-from", FilterKind::Day),
        Filter::new("to", "admin-cases-failed-to", FilterKind::Day),
    ],
    sort: "opened_at",
    page: 30,
};

/// What the columns sort by, among the cases of one state.
const KEYS: [Key; 7] = [
    Key::number("opened_at", "c.opened_at"),
    Key::text("customer", "o.buyer_name"),
    Key::number("failures", "c.failures"),
    Key::number("failed_at", "c.failed_at"),
    Key::number("amount", "c.amount"),
    Key::number("pay_until", "COALESCE(o.pay_until, 0)"),
    Key::number("closed_at", "COALESCE(c.closed_at, 0)"),
];

const COLUMNS: &str = "c.id, c.state, c.reason, c.currency, c.amount, c.failures, c.decline_code, c.failed_at, c.assignee, \
     c.opened_at, c.closed_at, o.number, o.buyer_name, o.pay_until";

impl Listed for PaymentCases {
    type Row = CaseRow;

    fn list() -> &'static List<CaseRow> {
        &LIST
    }
}

impl Listing for PaymentCases {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<CaseRow>, FlowError> {
        let asked = usual(asked);
        let mut select = Select::from("payment_cases c JOIN orders o ON o.id = c.order_id");
        select.equal("c.state", tab(&asked));
        select.days(ctx, &asked, "c.failed_at")?;
        if let Some(why) = asked.get("why") {
            select.equal("c.decline_code", why);
        }
        let words = asked.words();
        if !words.is_empty() {
            let pattern = select.value(anywhere(&words.to_lowercase()));
            let fields = ["o.number", "o.buyer_name", "o.email", "o.phone"];
            let fits = fields.map(|field| format!("LOWER({field}) LIKE {pattern} ESCAPE '!'"));
            select.only(format!("({})", fits.join(" OR ")));
        }
        let reading = Reading {
            columns: COLUMNS,
            keys: &KEYS,
            ids: &["c.id"],
            limit,
        };
        Ok(select.page(rx, ctx, (&LIST, &asked), reading, row).await?)
    }
}

/// Those who wait are listed the longest first, closed cases the newest first.
fn usual(asked: &Asked) -> Asked {
    let over = !tab(asked).is_open();
    Asked {
        usual: over.then_some("-closed_at"),
        ..asked.clone()
    }
}

fn tab(asked: &Asked) -> CaseState {
    let code = asked.get("tab").unwrap_or_default();
    code.parse().unwrap_or(CaseState::Open)
}

/// Cards that failed, and the people who help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentCasesPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// The tab: where the cases stand.
    pub tab: CaseState,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The money that waits in open cases, in the shop's currency.
    pub amount: Money,
    /// Since when the longest has waited that nobody was reached in.
    pub oldest_at: Option<Timestamp>,
    /// The cases.
    pub items: Vec<CaseRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CaseRow {
    /// The case.
    pub id: PaymentCaseId,
    /// Where it stands.
    pub state: CaseState,
    /// The order's number.
    pub number: String,
    /// Who wants to pay.
    pub name: String,
    /// What is to be paid.
    pub amount: Money,
    /// How many cards failed.
    pub failures: i64,
    /// Why the last one failed.
    pub decline_code: DeclineCode,
    /// When the first card failed.
    pub opened_at: Timestamp,
    /// When the last one did.
    pub failed_at: Timestamp,
    /// Until when the order can be paid.
    pub pay_until: Option<Timestamp>,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// Why it was closed.
    pub reason: Option<CaseReason>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

fn row(row: &Row) -> Result<CaseRow, DbError> {
    let state: CaseState = row.parse("state")?;
    let pay_until: Option<Timestamp> = row.get("pay_until")?;
    let reason: Option<String> = row.get("reason")?;
    Ok(CaseRow {
        id: row.get("id")?,
        number: row.get("number")?,
        name: row.get("buyer_name")?,
        amount: row.money("amount")?,
        failures: row.get("failures")?,
        decline_code: row.parse("decline_code")?,
        opened_at: row.get("opened_at")?,
        failed_at: row.get("failed_at")?,
        pay_until: pay_until.filter(|_| state.is_open()),
        assignee: row.get("assignee")?,
        reason: reason
            .map(|code| code.parse().map_err(|_| row.inconsistent("reason")))
            .transpose()?,
        closed_at: row.get("closed_at")?,
        state,
    })
}

/// A page of cases.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<PaymentCasesPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, &usual(asked), Vec::new()).await?;
    let page = PaymentCases::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let currency = shop::load(rx).await?.currency;
    let waiting = case::waiting(rx, currency).await?;
    let tabs = [
        ("open", Some(waiting.open)),
        ("contacted", Some(waiting.contacted)),
        ("resolved", None),
        ("lost", None),
    ];
    Ok(PaymentCasesPage {
        list,
        q: asked.words(),
        tab: tab(asked),
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount { code, count })
            .collect(),
        amount: waiting.amount,
        oldest_at: waiting.oldest_at,
        items: page.items,
        next_cursor: page.next_cursor,
    })
}
