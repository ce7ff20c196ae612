//! Money that arrived at the bank, and the orders it may pay (P8).

use std::collections::HashMap;

use kernel::{BankReceiptId, Currency, Money, OrderId, Permission, Timestamp};
use payments::receipt::{self, ALARM_AFTER, BankReceipt, Fit, ReceiptState, Suggestion};
use platform::{
    Ctx, Cursor, Page, Rx,
    list::{
        Asked, Cell, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading, Select,
        select::anywhere,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    common::{OrderLink, TabCount, in_list, order_links, person},
    lists::Listing,
};
use crate::{FlowError, shop};

/// The list of money that arrived.
pub struct BankReceipts;

static LIST: List<ReceiptRow> = List {
    code: "bank-receipts",
    path: "/admin/bank-receipts",
    permission: Permission::PaymentsRead,
    columns: &[
        Column::sorting("received_at", "admin-received-at", |r| {
            Cell::At(r.received_at)
        }),
        Column::sorting("amount", "admin-amount", |r| Cell::Money(r.amount)),
        Column::new("currency", "list-currency", |r| {
            Cell::text(r.amount.currency.code())
        }),
        Column::sorting("payer", "admin-receipt-payer", |r| {
            Cell::maybe(r.payer.as_deref(), Cell::text)
        }),
        Column::new("last_five", "admin-payer-last-five", |r| {
            Cell::maybe(r.payer_last_five.as_deref(), Cell::text)
        }),
        Column::new("reference", "admin-receipt-reference", |r| {
            Cell::text(&r.reference)
        }),
        Column::new("state", "admin-state", |r| {
            Cell::word("receipt-state-", r.state)
        }),
        Column::new("order", "admin-order", |r| {
            Cell::maybe(r.order.as_ref(), |order| Cell::text(&order.number))
        }),
        Column::new("matched_at", "list-matched-at", |r| {
            Cell::maybe(r.matched_at, Cell::At)
        }),
        Column::new("matched_by", "list-matched-by", |r| {
            Cell::maybe(r.matched_by.as_deref(), Cell::text)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "admin-receipts-tabs",
            FilterKind::Tab(&["suspense", "matched", "all"]),
        ),
        Filter::search("list-receipts-hint"),
        Filter::new("from", "list-received-from", FilterKind::Day),
        Filter::new("to", "list-received-to", FilterKind::Day),
    ],
    sort: "-received_at",
    page: PAGE,
};

/// Receipts on one page; each one in suspense is a question of its own.
const PAGE: usize = 20;

/// What the columns sort by.
const KEYS: [Key; 3] = [
    Key::number("received_at", "received_at"),
    Key::number("amount", "amount"),
    Key::text("payer", "payer"),
];

impl Listed for BankReceipts {
    type Row = ReceiptRow;

    fn list() -> &'static List<ReceiptRow> {
        &LIST
    }
}

impl Listing for BankReceipts {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<ReceiptRow>, FlowError> {
        let found = receipts(rx, ctx, asked, limit).await?;
        rows(rx, ctx, found, HashMap::new()).await
    }
}

/// Which receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptTab {
    /// Those that nobody has found an order for.
    #[default]
    Suspense,
    /// Those that pay an order.
    Matched,
    /// All of them.
    All,
}

/// Money that arrived at the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BankReceiptsPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The tab.
    pub tab: ReceiptTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// What no order was found for yet.
    pub suspense: SuspenseFigures,
    /// The receipts.
    pub items: Vec<ReceiptRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// What the reader may do.
    pub can: ReceiptsCan,
}

/// What no order was found for yet, in the shop's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuspenseFigures {
    /// How many receipts.
    pub receipts: i64,
    /// How much.
    pub amount: Money,
    /// When the oldest arrived.
    pub oldest_at: Option<Timestamp>,
    /// Whether the oldest has lain there for more than three days.
    pub overdue: bool,
}

/// Money that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReceiptRow {
    /// The receipt.
    pub id: BankReceiptId,
    /// When the bank got it.
    pub received_at: Timestamp,
    /// How much.
    pub amount: Money,
    /// The last five digits of the sender's account.
    pub payer_last_five: Option<String>,
    /// Who sent it, as the bank writes it.
    pub payer: Option<String>,
    /// The bank's own name for it.
    pub reference: String,
    /// `suspense`, `matched` or `returned`.
    pub state: ReceiptState,
    /// Whether it has been in suspense for more than three days.
    pub overdue: bool,
    /// The order it pays.
    pub order: Option<OrderLink>,
    /// Who said so; null for the shop itself.
    pub matched_by: Option<String>,
    /// When.
    pub matched_at: Option<Timestamp>,
    /// Orders that it may pay, best first; only while it is in suspense.
    pub candidates: Vec<OrderCandidate>,
}

/// An order that a receipt may pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderCandidate {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// What it still costs.
    pub due: Money,
    /// Who ordered.
    pub customer_name: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Until when it must be paid.
    pub pay_by: Option<Timestamp>,
    /// What fits: `amount_and_last_five`, `amount` or `last_five`.
    #[serde(rename = "match")]
    pub fit: Fit,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReceiptsCan {
    /// Record money that arrived.
    pub add: bool,
    /// Say which order it pays, or that it was sent back.
    #[serde(rename = "match")]
    pub assign: bool,
}

/// A page of receipts.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<BankReceiptsPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let currency = shop::load(rx).await?.currency;
    let suspense = suspense(rx, ctx, currency).await?;
    let found = receipts(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let mut suggested: Vec<(BankReceiptId, Vec<Suggestion>)> = Vec::new();
    let may = ctx.allows(Permission::PaymentsWrite);
    for receipt in found
        .items
        .iter()
        .filter(|r| may && r.state == ReceiptState::Suspense)
    {
        suggested.push((receipt.id, receipt::suggestions(rx, receipt).await?));
    }
    let candidates = candidates(rx, suggested).await?;
    let found = rows(rx, ctx, found, candidates).await?;
    let tabs = [
        ("suspense", Some(suspense.receipts)),
        ("matched", None),
        ("all", None),
    ];
    Ok(BankReceiptsPage {
        list,
        tab: tab(asked),
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount { code, count })
            .collect(),
        suspense,
        items: found.items,
        next_cursor: found.next_cursor,
        can: ReceiptsCan {
            add: may,
            assign: may,
        },
    })
}

/// What no order was found for yet, in a currency.
///
/// # Errors
/// Whatever the database says.
pub async fn suspense(
    rx: &mut Rx,
    ctx: &Ctx,
    currency: Currency,
) -> Result<SuspenseFigures, FlowError> {
    let sums = receipt::suspense_sums(rx, ctx.now()).await?;
    let mine = sums.into_iter().find(|sum| sum.amount.currency == currency);
    let nothing = SuspenseFigures {
        receipts: 0,
        amount: Money::zero(currency),
        oldest_at: None,
        overdue: false,
    };
    Ok(mine.map_or(nothing, |sum| SuspenseFigures {
        receipts: sum.receipts,
        amount: sum.amount,
        oldest_at: Some(sum.oldest_at),
        overdue: sum.overdue,
    }))
}

fn tab(asked: &Asked) -> ReceiptTab {
    match asked.get("tab") {
        Some("matched") => ReceiptTab::Matched,
        Some("all") => ReceiptTab::All,
        _ => ReceiptTab::Suspense,
    }
}

async fn receipts(
    rx: &mut Rx,
    ctx: &Ctx,
    asked: &Asked,
    limit: usize,
) -> Result<Page<BankReceipt>, FlowError> {
    let mut select = Select::from("bank_receipts");
    match tab(asked) {
        ReceiptTab::Suspense => select.equal("state", ReceiptState::Suspense),
        ReceiptTab::Matched => select.equal("state", ReceiptState::Matched),
        ReceiptTab::All => {}
    }
    select.days(ctx, asked, "received_at")?;
    let words = asked.words();
    if !words.is_empty() {
        let pattern = select.value(anywhere(&words.to_lowercase()));
        select.only(format!(
            "(LOWER(payer) LIKE {pattern} ESCAPE '!' OR last_five LIKE {pattern} ESCAPE '!' OR LOWER(bank_reference) LIKE {pattern} ESCAPE '!')"
        ));
    }
    let reading = Reading {
        columns: "*",
        keys: &KEYS,
        ids: &["id"],
        limit,
    };
    let read = BankReceipt::from_row;
    Ok(select.page(rx, ctx, (&LIST, asked), reading, read).await?)
}

/// Receipts with the orders that they pay.
async fn rows(
    rx: &mut Rx,
    ctx: &Ctx,
    found: Page<BankReceipt>,
    candidates: HashMap<BankReceiptId, Vec<OrderCandidate>>,
) -> Result<Page<ReceiptRow>, FlowError> {
    let paid: Vec<OrderId> = found.items.iter().filter_map(|r| r.order_id).collect();
    let links = order_links(rx, &paid).await?;
    Ok(found.map(|receipt| row(receipt, ctx.now(), &links, &candidates)))
}

/// The suggested orders with what a person needs to recognise them.
async fn candidates(
    rx: &mut Rx,
    suggested: Vec<(BankReceiptId, Vec<Suggestion>)>,
) -> Result<HashMap<BankReceiptId, Vec<OrderCandidate>>, FlowError> {
    let ids: Vec<OrderId> = suggested
        .iter()
        .flat_map(|(_, list)| list.iter().map(|s| s.order_id))
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, values) = in_list(1, &ids);
    let sql = format!(
        "SELECT id, number, buyer_name, placed_at, pay_until FROM orders WHERE id IN ({places})"
    );
    let mut known: HashMap<OrderId, (String, String, Timestamp, Option<Timestamp>)> =
        HashMap::new();
    for row in rx.rows(&sql, &values).await? {
        let facts = (
            row.get("number")?,
            row.get("buyer_name")?,
            row.get("placed_at")?,
            row.get("pay_until")?,
        );
        known.insert(row.get("id")?, facts);
    }
    let candidate = |s: Suggestion| {
        let (number, customer_name, placed_at, pay_by) = known.get(&s.order_id)?.clone();
        Some(OrderCandidate {
            order_id: s.order_id,
            number,
            due: s.due,
            customer_name,
            placed_at,
            pay_by,
            fit: s.fit,
        })
    };
    Ok(suggested
        .into_iter()
        .map(|(id, list)| (id, list.into_iter().filter_map(candidate).collect()))
        .collect())
}

fn row(
    receipt: BankReceipt,
    now: Timestamp,
    links: &HashMap<OrderId, OrderLink>,
    candidates: &HashMap<BankReceiptId, Vec<OrderCandidate>>,
) -> ReceiptRow {
    let waits = receipt.state == ReceiptState::Suspense;
    ReceiptRow {
        id: receipt.id,
        received_at: receipt.received_at,
        amount: receipt.amount,
        payer_last_five: Some(receipt.last_five).filter(|digits| !digits.is_empty()),
        payer: Some(receipt.payer).filter(|name| !name.is_empty()),
        reference: receipt.bank_reference,
        state: receipt.state,
        overdue: waits && now.seconds_since(receipt.received_at) > ALARM_AFTER,
        order: receipt.order_id.and_then(|id| links.get(&id)).cloned(),
        matched_by: receipt.matched_by.as_deref().and_then(person),
        matched_at: receipt.matched_at,
        candidates: candidates.get(&receipt.id).cloned().unwrap_or_default(),
    }
}
