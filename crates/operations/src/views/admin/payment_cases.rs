//! Cards that failed, and the people who help: the list of those who wait, and one case with everything that is needed
//! to help (CHK-06).

use std::collections::HashMap;

use engagement::{MessageKind, MessageState, message};
use kernel::{Currency, Locale, Money, OrderId, PaymentCaseId, Permission, Timestamp};
use orders::{OrderState, PaymentState, order};
use payments::{
    DeclineCode, Method, PaymentsError, Provider,
    case::{self, Case, CaseReason, CaseState, NoteKind},
    payment, tries,
};
use platform::{Ctx, Cursor, Page, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::{OrderLink, TabCount, in_list, person};
use crate::{
    FlowError,
    payment_help::{self, HelpText},
    shop,
};

/// Cases on one page.
const PAGE: usize = 30;

/// Cards that failed, and the people who help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentCasesPage {
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
    /// When.
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

/// One case, with everything that is needed to help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentCasePage {
    /// The case.
    pub case: Case,
    /// The order.
    pub order: OrderLink,
    /// Where the order stands.
    pub order_state: OrderState,
    /// Where its payment stands.
    pub payment_state: PaymentState,
    /// Until when it can be paid.
    pub pay_until: Option<Timestamp>,
    /// Who wants to pay.
    pub shopper: Shopper,
    /// Where the shopper pays, to be sent or read to them.
    pub pay_url: String,
    /// What was tried, newest first.
    pub tried: Vec<Tried>,
    /// What became of the letter that was sent when it failed; null when there is none.
    pub letter: Option<MessageState>,
    /// What helps, in the shopper's language.
    pub help: Vec<HelpText>,
    /// What happened, newest first.
    pub notes: Vec<CaseEvent>,
    /// How it can be closed by hand.
    pub endings: Vec<Ending>,
    /// Whether the reader may work on it.
    pub can_work: bool,
}

/// Who wants to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shopper {
    /// The name.
    pub name: String,
    /// Where to write.
    pub email: String,
    /// Where to call.
    pub phone: String,
    /// In which language.
    pub locale: Locale,
}

/// A way of paying that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tried {
    /// When.
    pub at: Timestamp,
    /// How.
    pub method: Method,
    /// With whom.
    pub provider: Provider,
    /// Where that stands.
    pub state: payments::PaymentState,
    /// Why it failed.
    pub decline_code: Option<DeclineCode>,
}

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CaseEvent {
    /// What kind of thing.
    pub kind: NoteKind,
    /// In words, or the code of a reason.
    pub text: String,
    /// Who; null for the shop itself.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How a case can be closed by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ending {
    /// `resolved` or `lost`.
    pub state: CaseState,
    /// Why.
    pub reason: CaseReason,
}

/// A page of cases.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(
    rx: &mut Rx,
    tab: CaseState,
    after: Option<Cursor>,
) -> Result<PaymentCasesPage, FlowError> {
    let after: Option<(Timestamp, PaymentCaseId)> = match after {
        Some(cursor) => Some(cursor.key().ok_or(orders::OrdersError::BadCursor)?),
        None => None,
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = case::list(rx, tab, after, limit).await?;
    let orders = orders_of(rx, &found).await?;
    let keyed = found.into_iter().filter_map(|case| {
        let place = (case.closed_at.unwrap_or(case.opened_at), case.id);
        Some((row(case, &orders)?, place))
    });
    let page = Page::of(keyed.collect(), PAGE);
    let currency = shop::load(rx).await?.currency;
    let waiting = case::waiting(rx, currency).await?;
    let tabs = [
        ("open", Some(waiting.open)),
        ("contacted", Some(waiting.contacted)),
        ("resolved", None),
        ("lost", None),
    ];
    Ok(PaymentCasesPage {
        tab,
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

/// What is shown of the order of a case.
struct Beside {
    number: String,
    name: String,
    pay_until: Option<Timestamp>,
}

async fn orders_of(rx: &mut Rx, cases: &[Case]) -> Result<HashMap<OrderId, Beside>, FlowError> {
    let ids: Vec<OrderId> = cases.iter().map(|case| case.order_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, values) = in_list(1, &ids);
    let sql =
        format!("SELECT id, number, buyer_name, pay_until FROM orders WHERE id IN ({places})");
    let mut found = HashMap::new();
    for row in rx.rows(&sql, &values).await? {
        let beside = Beside {
            number: row.get("number")?,
            name: row.get("buyer_name")?,
            pay_until: row.get("pay_until")?,
        };
        found.insert(row.get("id")?, beside);
    }
    Ok(found)
}

fn row(case: Case, orders: &HashMap<OrderId, Beside>) -> Option<CaseRow> {
    let order = orders.get(&case.order_id)?;
    Some(CaseRow {
        id: case.id,
        number: order.number.clone(),
        name: order.name.clone(),
        amount: case.amount,
        failures: case.failures,
        decline_code: case.decline_code,
        failed_at: case.failed_at,
        pay_until: order.pay_until.filter(|_| case.state.is_open()),
        assignee: case.assignee,
        reason: case.reason,
        closed_at: case.closed_at,
    })
}

/// One case.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn one(rx: &mut Rx, ctx: &Ctx, id: PaymentCaseId) -> Result<PaymentCasePage, FlowError> {
    let case = match case::by_id(rx, id).await {
        Err(PaymentsError::NotFound(_)) => return Err(FlowError::NotFound),
        other => other?,
    };
    let order = order::by_id(rx, case.order_id).await?;
    let shop = shop::load(rx).await?;
    let help = payment_help::load(rx).await?;
    let mut notes: Vec<CaseEvent> = case::notes(rx, id)
        .await?
        .into_iter()
        .map(|note| CaseEvent {
            by: person(&note.actor),
            kind: note.kind,
            text: note.text,
            at: note.at,
        })
        .collect();
    notes.reverse();
    Ok(PaymentCasePage {
        tried: tried(rx, case.order_id).await?,
        letter: letter(rx, case.order_id).await?,
        help: help.texts(Some(case.decline_code), order.locale),
        endings: CaseReason::BY_HAND
            .iter()
            .map(|(state, reason)| Ending {
                state: *state,
                reason: *reason,
            })
            .collect(),
        can_work: ctx.allows(Permission::OrdersWrite),
        pay_url: format!("{}/orders/{}", shop.public_url, order.token),
        order_state: order.state,
        payment_state: order.payment_state,
        pay_until: order.pay_until,
        shopper: Shopper {
            name: order.buyer_name,
            email: order.email,
            phone: order.phone,
            locale: order.locale,
        },
        order: OrderLink {
            id: order.id,
            number: order.number,
        },
        notes,
        case,
    })
}

/// Payments, and cards that were refused on a provider's page, newest first. A payment whose refusals are told one by one
/// is not told once more.
async fn tried(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Tried>, FlowError> {
    let payments = payment::of_order(rx, order_id).await?;
    let refusals = tries::of_order(rx, order_id).await?;
    let mut all: Vec<Tried> = Vec::new();
    for known in &payments {
        let told: Vec<_> = refusals
            .iter()
            .filter(|t| t.payment_id == known.id)
            .collect();
        all.extend(told.iter().map(|refusal| Tried {
            at: refusal.at,
            method: known.method,
            provider: known.provider,
            state: payments::PaymentState::Declined,
            decline_code: Some(refusal.decline_code),
        }));
        if known.state == payments::PaymentState::Declined && !told.is_empty() {
            continue;
        }
        all.push(Tried {
            at: known.decided_at.unwrap_or(known.created_at),
            method: known.method,
            provider: known.provider,
            state: known.state,
            decline_code: known.decline_code,
        });
    }
    all.sort_by_key(|tried| std::cmp::Reverse(tried.at));
    Ok(all)
}

async fn letter(rx: &mut Rx, order_id: OrderId) -> Result<Option<MessageState>, FlowError> {
    let all = message::of_order(rx, order_id).await?;
    let last = all.iter().rfind(|m| m.kind == MessageKind::PaymentFailed);
    Ok(last.map(|letter| letter.state))
}

/// How many cases wait, and for how much; for the first page.
///
/// # Errors
/// Whatever the database says.
pub async fn waiting(rx: &mut Rx, currency: Currency) -> Result<case::Waiting, FlowError> {
    Ok(case::waiting(rx, currency).await?)
}
