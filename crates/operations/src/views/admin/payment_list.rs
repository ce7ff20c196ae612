//! The list of payments: every try to collect money, by what it sorts and narrows, and its file (CHK-03).

use kernel::{Money, PaymentId, Permission, Timestamp};
use payments::{DeclineCode, Method, PaymentState, Provider};
use platform::{
    Ctx, DbError, Page, Rx,
    db::Row,
    list::{
        Asked, Cell, Column, Filter, FilterKind, Key, List, Listed, Reading, Select,
        select::anywhere,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{common::OrderLink, lists::Listing};
use crate::FlowError;

/// The list of payments.
pub struct Payments;

pub(super) static LIST: List<PaymentLine> = List {
    code: "payments",
    path: "/admin/payments",
    permission: Permission::PaymentsRead,
    columns: &[
        Column::new("number", "admin-order-number", |p| {
            Cell::text(&p.order.number)
        }),
        Column::new("method", "list-payment-method", |p| {
            Cell::word("payment-method-", p.method)
        }),
        Column::new("provider", "admin-payments-by", |p| {
            Cell::word("provider-", p.provider)
        }),
        Column::sorting("amount", "admin-amount", |p| Cell::Money(p.amount)),
        Column::new("currency", "list-currency", |p| {
            Cell::text(p.amount.currency.code())
        }),
        Column::new("state", "admin-state", |p| {
            Cell::word("attempt-state-", p.state)
        }),
        Column::new("decline_code", "admin-cases-why", |p| {
            Cell::maybe(p.decline_code, |code| Cell::word("decline-reason-", code))
        }),
        Column::new("reference", "admin-payments-reference", |p| {
            Cell::maybe(p.reference.as_deref(), Cell::text)
        }),
        Column::sorting("created_at", "admin-payments-begun", |p| {
            Cell::At(p.created_at)
        }),
        Column::sorting("decided_at", "admin-payments-decided", |p| {
            Cell::maybe(p.decided_at, Cell::At)
        }),
    ],
    filters: &[
        Filter::new("tab", "admin-payments-tabs", FilterKind::Tab(&TABS)),
        Filter::search("admin-payments-search"),
        Filter::new(
            "method",
            "list-payment-method",
            FilterKind::Choice(
                &["card", "bank_transfer", "cash_on_delivery"],
                "payment-method-",
            ),
        ),
        Filter::new("from", "admin-payments-from", FilterKind::Day),
        Filter::new("to", "admin-payments-to", FilterKind::Day),
    ],
    sort: "-created_at",
    page: 30,
};

/// The tabs, as the address names them.
pub(super) const TABS: [&str; 5] = ["open", "succeeded", "declined", "cancelled", "all"];

/// What the columns sort by. None has an index, for which every order would pay; open payments are few.
const KEYS: [Key; 3] = [
    Key::number("created_at", "p.created_at"),
    Key::number("decided_at", "COALESCE(p.decided_at, 0)"),
    Key::number("amount", "p.amount"),
];

const COLUMNS: &str = "p.id, p.order_id, o.number, p.method, p.provider, p.state, p.live, p.currency, p.amount, p.decline_code, \
     p.provider_ref, p.created_at, p.decided_at";

impl Listed for Payments {
    type Row = PaymentLine;

    fn list() -> &'static List<PaymentLine> {
        &LIST
    }
}

impl Listing for Payments {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<PaymentLine>, FlowError> {
        let mut select = Select::from("payments p JOIN orders o ON o.id = p.order_id");
        match tab(asked) {
            // The words of the index over payments under way.
            PaymentTab::Open => select.only("p.state IN ('created', 'pending', 'unknown')"),
            PaymentTab::Succeeded => select.equal("p.state", PaymentState::Succeeded),
            PaymentTab::Declined => select.equal("p.state", PaymentState::Declined),
            PaymentTab::Cancelled => select.equal("p.state", PaymentState::Cancelled),
            PaymentTab::All => {}
        }
        select.days(ctx, asked, "p.created_at")?;
        if let Some(method) = asked.get("method") {
            select.equal("p.method", method);
        }
        let words = asked.words();
        if !words.is_empty() {
            let pattern = select.value(anywhere(&words.to_lowercase()));
            select.only(format!(
                "(LOWER(o.number) LIKE {pattern} ESCAPE '!' OR LOWER(p.provider_ref) LIKE {pattern} ESCAPE '!')"
            ));
        }
        let reading = Reading {
            columns: COLUMNS,
            keys: &KEYS,
            ids: &["p.id"],
            limit,
        };
        Ok(select.page(rx, ctx, (&LIST, asked), reading, line).await?)
    }
}

/// Which payments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTab {
    /// Those without an end.
    #[default]
    Open,
    /// Those that brought the money.
    Succeeded,
    /// Those that were refused.
    Declined,
    /// Those that were given up.
    Cancelled,
    /// All of them.
    All,
}

pub(super) fn tab(asked: &Asked) -> PaymentTab {
    match asked.get("tab") {
        Some("succeeded") => PaymentTab::Succeeded,
        Some("declined") => PaymentTab::Declined,
        Some("cancelled") => PaymentTab::Cancelled,
        Some("all") => PaymentTab::All,
        _ => PaymentTab::Open,
    }
}

/// How many payments have no end yet.
pub(super) async fn open(rx: &mut Rx) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM payments WHERE state IN ('created', 'pending', 'unknown')";
    rx.scalar(sql, &[]).await
}

/// One try to collect the money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentLine {
    /// The payment.
    pub id: PaymentId,
    /// The order.
    pub order: OrderLink,
    /// How it is paid.
    pub method: Method,
    /// Who collects it.
    pub provider: Provider,
    /// Where it stands.
    pub state: PaymentState,
    /// Whether it is real money.
    pub live: bool,
    /// How much.
    pub amount: Money,
    /// Why it was refused.
    pub decline_code: Option<DeclineCode>,
    /// What the provider calls it.
    pub reference: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ended.
    pub decided_at: Option<Timestamp>,
}

fn line(row: &Row) -> Result<PaymentLine, DbError> {
    Ok(PaymentLine {
        id: row.get("id")?,
        order: OrderLink {
            id: row.get("order_id")?,
            number: row.get("number")?,
        },
        method: row.parse("method")?,
        provider: row.parse("provider")?,
        state: row.parse("state")?,
        live: row.get("live")?,
        amount: row.money("amount")?,
        decline_code: row
            .get::<Option<String>>("decline_code")?
            .map(|code| code.parse().map_err(|_| row.inconsistent("decline_code")))
            .transpose()?,
        reference: row.get("provider_ref")?,
        created_at: row.get("created_at")?,
        decided_at: row.get("decided_at")?,
    })
}
