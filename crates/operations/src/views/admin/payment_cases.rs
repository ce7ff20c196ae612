//! A card that failed, with everything that is needed to help (CHK-06); `payment_case_list` lists those who wait.

use engagement::{MessageKind, MessageState, message};
use kernel::{Currency, Locale, OrderId, PaymentCaseId, Permission, Timestamp};
use orders::{OrderState, PaymentState, order};
use payments::{
    DeclineCode, Method, PaymentsError, Provider,
    case::{self, Case, CaseReason, CaseState, NoteKind},
    payment, tries,
};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::{OrderLink, person};
use crate::{
    FlowError,
    payment_help::{self, HelpText},
    shop,
};

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
