//! Disputes: a shopper's bank asks for its money back, the provider takes it at once, and the shop may answer.
//!
//! Words of a provider about one dispute arrive in any order (P1): a final word wins over an earlier one, and each
//! movement of money is posted once under a key of its own (P7). An inquiry moves no money.

use kernel::{Money, OrderId, PaymentId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Account, Entry, EntryKind, Payment, PaymentsError, Provider, codes::codes,
    events::PaymentDisputed, journal, order_money,
};

codes! {
    /// Where a dispute stands.
    DisputeState {
        /// The bank asks; no money moved.
        Inquiry = "inquiry",
        /// The inquiry ended, and no money moved.
        Dropped = "dropped",
        /// The provider took the money; the shop may answer.
        Open = "open",
        /// The money came back.
        Won = "won",
        /// The money is gone.
        Lost = "lost",
    }
}

impl DisputeState {
    /// Higher words win over lower ones, whichever arrives first.
    const fn rank(self) -> u8 {
        match self {
            Self::Inquiry => 0,
            Self::Dropped => 1,
            Self::Open => 2,
            Self::Won | Self::Lost => 3,
        }
    }

    /// True while an answer is of use.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Inquiry | Self::Open)
    }

    const fn moved_money(self) -> bool {
        self.rank() >= 2
    }
}

/// What a provider says about a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldDispute {
    /// The provider's name for it.
    pub reference: String,
    /// The provider's name for the charge.
    pub charge: String,
    /// How much is disputed.
    pub amount: Money,
    /// The bank's reason, as the provider's code.
    pub reason: String,
    /// Where it stands.
    pub state: DisputeState,
    /// False in a simulation.
    pub live: bool,
    /// Until when it can be answered.
    pub due_by: Option<Timestamp>,
    /// When this was said.
    pub at: Timestamp,
}

/// A dispute.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Dispute {
    /// The provider's name for it.
    pub reference: String,
    /// Who told of it.
    pub provider: Provider,
    /// The payment whose money it is.
    pub payment_id: PaymentId,
    /// The order.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
    /// The bank's reason, as the provider's code.
    pub reason: String,
    /// Where it stands.
    pub state: DisputeState,
    /// Until when it can be answered.
    pub due_by: Option<Timestamp>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
}

const COLUMNS: &str = "reference, provider, payment_id, order_id, currency, amount, reason, state, due_by, opened_at, closed_at";

impl Dispute {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            reference: row.get("reference")?,
            provider: row.parse("provider")?,
            payment_id: row.get("payment_id")?,
            order_id: row.get("order_id")?,
            amount: row.money("amount")?,
            reason: row.get("reason")?,
            state: row.parse("state")?,
            due_by: row.get("due_by")?,
            opened_at: row.get("opened_at")?,
            closed_at: row.get("closed_at")?,
        })
    }
}

/// Takes in a word about a dispute of a payment's money. False when it says nothing new, or contradicts a final word.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn take_in(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &Payment,
    told: &ToldDispute,
) -> Result<bool, PaymentsError> {
    order_money::lock(tx, payment.order_id).await?;
    let known = by_reference(tx, &told.reference).await?;
    if known
        .as_ref()
        .is_some_and(|known| told.state.rank() <= known.state.rank())
    {
        return Ok(false);
    }
    let closed_at = (!told.state.is_open()).then_some(told.at);
    let sql = "INSERT INTO disputes (reference, provider, payment_id, order_id, currency, amount, reason, state, due_by, opened_at, \
               closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (reference) \
               DO UPDATE SET state = excluded.state, due_by = excluded.due_by, closed_at = excluded.closed_at";
    let values = params![
        &told.reference,
        payment.provider,
        payment.id,
        payment.order_id,
        told.amount.currency,
        told.amount.amount,
        &told.reason,
        told.state,
        told.due_by,
        told.at,
        closed_at
    ];
    tx.execute_one(sql, values).await?;
    post(tx, ctx, payment, told).await?;
    let payload = PaymentDisputed {
        payment_id: payment.id,
        reference: told.reference.clone(),
        amount: told.amount,
        reason: told.reason.clone(),
        state: told.state,
    };
    let event = Event::new(kernel::event::PAYMENT_DISPUTED, &payload).about(payment.order_id);
    events::emit(tx, ctx, event).await?;
    tracing::warn!(dispute = told.reference, state = %told.state, "a payment is disputed");
    Ok(true)
}

/// The money goes to [`Account::Disputed`] once, and from there back or away once.
async fn post(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &Payment,
    told: &ToldDispute,
) -> Result<(), PaymentsError> {
    let provider = payment.provider.account();
    let taken = (EntryKind::Dispute, Account::Disputed, provider, "taken");
    let ended = match told.state {
        DisputeState::Won => Some((EntryKind::DisputeWon, provider, Account::Disputed, "ended")),
        DisputeState::Lost => Some((
            EntryKind::DisputeLost,
            Account::Disputes,
            Account::Disputed,
            "ended",
        )),
        DisputeState::Inquiry | DisputeState::Dropped | DisputeState::Open => None,
    };
    let first = told.state.moved_money().then_some(taken);
    for (entry, debit, credit, part) in first.into_iter().chain(ended) {
        let entry = Entry {
            entry,
            debit,
            credit,
            amount: told.amount,
            order_id: Some(payment.order_id),
            effect_key: format!("dispute:{}:{}:{part}", payment.provider, told.reference),
            at: None,
        };
        journal::post(tx, ctx, &entry).await?;
    }
    Ok(())
}

async fn by_reference(rx: &mut Rx, reference: &str) -> Result<Option<Dispute>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM disputes WHERE reference = $1");
    rx.row(&sql, params![reference])
        .await?
        .as_ref()
        .map(Dispute::from_row)
        .transpose()
}

/// Disputes that somebody should answer, the most urgent first, and after them the last ones that ended.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, limit: i64) -> Result<Vec<Dispute>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM disputes ORDER BY CASE WHEN state IN ('inquiry', 'open') THEN 0 ELSE 1 END, \
         COALESCE(due_by, opened_at), reference LIMIT $1"
    );
    rx.rows(&sql, params![limit])
        .await?
        .iter()
        .map(Dispute::from_row)
        .collect()
}

/// The disputes of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Dispute>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM disputes WHERE order_id = $1 ORDER BY opened_at, reference");
    rx.rows(&sql, params![order_id])
        .await?
        .iter()
        .map(Dispute::from_row)
        .collect()
}
