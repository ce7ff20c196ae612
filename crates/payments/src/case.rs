//! A card failed, and somebody of the shop helps (CHK-06).
//!
//! An order has at most one open case. It opens in the transaction that recorded the failure, collects further failures,
//! and closes by hand, by the money that came, or when the order is gone. Closing touches nothing but the case: it never
//! undoes what another try achieved (P14).

use kernel::{CaseNoteId, Money, OrderId, PaymentCaseId, StaffId, Timestamp};
use platform::{Actor, Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{DeclineCode, PaymentsError, codes::codes};

/// The longest note, in characters.
const LONGEST: usize = 2_000;

codes! {
    /// Where a case stands.
    CaseState {
        /// Nobody has reached the shopper yet.
        Open = "open",
        /// The shopper was reached; the money is still missing.
        Contacted = "contacted",
        /// The order is paid, or will be.
        Resolved = "resolved",
        /// The order will not be paid.
        Lost = "lost",
    }
}

codes! {
    /// Why a case was closed.
    CaseReason {
        /// The money came.
        Paid = "paid",
        /// The shopper pays in another way.
        Paying = "paying",
        /// The shop no longer asks for what was missing.
        Waived = "waived",
        /// The order was called off.
        Cancelled = "cancelled",
        /// The order was not paid in time.
        Expired = "expired",
        /// The shopper does not want it any more.
        ChangedMind = "changed_mind",
        /// The shopper could not be reached.
        Unreachable = "unreachable",
        /// Something else; a note tells what.
        Other = "other",
    }
}

codes! {
    /// What happened in a case.
    NoteKind {
        /// Somebody wrote something down.
        Note = "note",
        /// It began.
        Opened = "opened",
        /// Another card failed.
        Failed = "failed",
        /// Somebody took it.
        Taken = "taken",
        /// The shopper was reached.
        Contacted = "contacted",
        /// It was resolved.
        Resolved = "resolved",
        /// It was given up.
        Lost = "lost",
    }
}

impl CaseState {
    /// True while somebody should do something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Contacted)
    }
}

impl CaseReason {
    /// What people can choose from for a case that ends so; the rest is for the money and the order themselves.
    pub const BY_HAND: [(CaseState, Self); 5] = [
        (CaseState::Resolved, Self::Paying),
        (CaseState::Resolved, Self::Other),
        (CaseState::Lost, Self::ChangedMind),
        (CaseState::Lost, Self::Unreachable),
        (CaseState::Lost, Self::Other),
    ];
}

/// A failed payment that somebody helps with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Case {
    /// The case.
    pub id: PaymentCaseId,
    /// The order that was to be paid.
    pub order_id: OrderId,
    /// Where it stands.
    pub state: CaseState,
    /// Why it was closed.
    pub reason: Option<CaseReason>,
    /// What was to be paid.
    pub amount: Money,
    /// How many cards failed.
    pub failures: i64,
    /// Why the last one failed.
    pub decline_code: DeclineCode,
    /// When.
    pub failed_at: Timestamp,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
}

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CaseNote {
    /// What kind of thing.
    pub kind: NoteKind,
    /// In words, or the code of a reason.
    pub text: String,
    /// Who, as `kind:name`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// How many cases wait, and for how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiting {
    /// Cases in which nobody was reached yet.
    pub open: i64,
    /// Cases in which the money is still missing.
    pub contacted: i64,
    /// The money of all of them.
    pub amount: Money,
    /// When the oldest of those that nobody was reached in began.
    pub oldest_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, order_id, state, reason, currency, amount, failures, decline_code, failed_at, assignee, opened_at, closed_at";

impl Case {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let reason: Option<String> = row.get("reason")?;
        Ok(Self {
            id: row.get("id")?,
            order_id: row.get("order_id")?,
            state: row.parse("state")?,
            reason: reason
                .map(|code| code.parse().map_err(|_| row.inconsistent("reason")))
                .transpose()?,
            amount: row.money("amount")?,
            failures: row.get("failures")?,
            decline_code: row.parse("decline_code")?,
            failed_at: row.get("failed_at")?,
            assignee: row.get("assignee")?,
            opened_at: row.get("opened_at")?,
            closed_at: row.get("closed_at")?,
        })
    }
}

/// A card failed for an order that still waits for its money: opens its case, or adds to it.
///
/// # Errors
/// Whatever the database says.
pub async fn failed(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    amount: Money,
    code: DeclineCode,
) -> Result<(), PaymentsError> {
    let fresh = PaymentCaseId::new();
    let sql = "INSERT INTO payment_cases (id, order_id, state, currency, amount, failures, decline_code, failed_at, opened_at) \
               VALUES ($1, $2, 'open', $3, $4, 1, $5, $6, $6) ON CONFLICT (order_id) WHERE state IN ('open', 'contacted') \
               DO UPDATE SET failures = payment_cases.failures + 1, decline_code = excluded.decline_code, \
               failed_at = excluded.failed_at RETURNING id";
    let values = params![
        fresh,
        order_id,
        amount.currency,
        amount.amount,
        code,
        ctx.now()
    ];
    let id: PaymentCaseId = tx.one(sql, values).await?.get("id")?;
    let kind = if id == fresh {
        NoteKind::Opened
    } else {
        NoteKind::Failed
    };
    note(tx, ctx, id, kind, code.code()).await?;
    Ok(())
}

/// Closes the case of an order, if one is open, because of what became of the order. False when none was.
///
/// # Errors
/// Whatever the database says.
pub async fn over(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    reason: CaseReason,
) -> Result<bool, PaymentsError> {
    let state = match reason {
        CaseReason::Paid | CaseReason::Paying | CaseReason::Waived => CaseState::Resolved,
        CaseReason::Cancelled
        | CaseReason::Expired
        | CaseReason::ChangedMind
        | CaseReason::Unreachable
        | CaseReason::Other => CaseState::Lost,
    };
    let sql = "UPDATE payment_cases SET state = $2, reason = $3, closed_at = $4 WHERE order_id = $1 \
               AND state IN ('open', 'contacted') RETURNING id";
    let closed = tx
        .row(sql, params![order_id, state, reason, ctx.now()])
        .await?;
    let Some(row) = closed else { return Ok(false) };
    let kind = if state == CaseState::Resolved {
        NoteKind::Resolved
    } else {
        NoteKind::Lost
    };
    note(tx, ctx, row.get("id")?, kind, reason.code()).await?;
    Ok(true)
}

/// Closes a case by hand.
///
/// # Errors
/// [`PaymentsError::CaseOver`] when it is closed, or for a reason that is not for people.
pub async fn close(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PaymentCaseId,
    state: CaseState,
    reason: CaseReason,
) -> Result<(), PaymentsError> {
    if !CaseReason::BY_HAND.contains(&(state, reason)) {
        return Err(PaymentsError::CaseOver);
    }
    let sql = "UPDATE payment_cases SET state = $2, reason = $3, closed_at = $4 WHERE id = $1 AND state IN ('open', 'contacted')";
    let closed = tx
        .execute(sql, params![id, state, reason, ctx.now()])
        .await?;
    over_unless(tx, id, closed == 1).await?;
    let kind = if state == CaseState::Resolved {
        NoteKind::Resolved
    } else {
        NoteKind::Lost
    };
    Ok(note(tx, ctx, id, kind, reason.code()).await?)
}

/// Somebody takes a case upon themselves, or from somebody else.
///
/// # Errors
/// [`PaymentsError::CaseOver`] when it is closed.
pub async fn take(tx: &mut Tx, ctx: &Ctx, id: PaymentCaseId) -> Result<(), PaymentsError> {
    let (staff, name): (Option<StaffId>, String) = match ctx.actor() {
        Actor::Staff { id, name, .. } => (Some(*id), name.to_string()),
        _ => return Err(PaymentsError::NotByHand),
    };
    let sql = "UPDATE payment_cases SET assignee_id = $2, assignee = $3 WHERE id = $1 AND state IN ('open', 'contacted')";
    let taken = tx.execute(sql, params![id, staff, &name]).await?;
    over_unless(tx, id, taken == 1).await?;
    Ok(note(tx, ctx, id, NoteKind::Taken, &name).await?)
}

/// The shopper was reached. Saying so twice changes nothing.
///
/// # Errors
/// [`PaymentsError::CaseOver`] when it is closed.
pub async fn contacted(tx: &mut Tx, ctx: &Ctx, id: PaymentCaseId) -> Result<(), PaymentsError> {
    let sql = "UPDATE payment_cases SET state = 'contacted' WHERE id = $1 AND state = 'open'";
    if tx.execute(sql, params![id]).await? == 1 {
        return Ok(note(tx, ctx, id, NoteKind::Contacted, "").await?);
    }
    if by_id(tx, id).await?.state == CaseState::Contacted {
        Ok(())
    } else {
        Err(PaymentsError::CaseOver)
    }
}

/// Writes something down, also in a closed case.
///
/// # Errors
/// [`PaymentsError::CaseNote`] without a word or with too many.
pub async fn write_down(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PaymentCaseId,
    text: &str,
) -> Result<(), PaymentsError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(PaymentsError::CaseNote);
    }
    by_id(tx, id).await?;
    Ok(note(tx, ctx, id, NoteKind::Note, text).await?)
}

async fn over_unless(tx: &mut Tx, id: PaymentCaseId, changed: bool) -> Result<(), PaymentsError> {
    if changed {
        return Ok(());
    }
    by_id(tx, id).await?;
    Err(PaymentsError::CaseOver)
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    case: PaymentCaseId,
    kind: NoteKind,
    text: &str,
) -> Result<(), DbError> {
    let sql = "INSERT INTO payment_case_notes (id, case_id, kind, text, actor, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        CaseNoteId::new(),
        case,
        kind,
        text,
        ctx.actor().label(),
        ctx.now()
    ];
    tx.later(sql, values).await
}

/// A case.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn by_id(rx: &mut Rx, id: PaymentCaseId) -> Result<Case, PaymentsError> {
    let sql = format!("SELECT {COLUMNS} FROM payment_cases WHERE id = $1");
    let row = rx.row(&sql, params![id]).await?;
    Ok(Case::from_row(
        &row.ok_or(PaymentsError::NotFound("the case"))?,
    )?)
}

/// The open case of an order.
///
/// # Errors
/// Whatever the database says.
pub async fn open_of(rx: &mut Rx, order_id: OrderId) -> Result<Option<Case>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_cases WHERE order_id = $1 AND state IN ('open', 'contacted')"
    );
    rx.row(&sql, params![order_id])
        .await?
        .as_ref()
        .map(Case::from_row)
        .transpose()
}

/// What happened in a case, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn notes(rx: &mut Rx, id: PaymentCaseId) -> Result<Vec<CaseNote>, DbError> {
    let sql =
        "SELECT kind, text, actor, at FROM payment_case_notes WHERE case_id = $1 ORDER BY at, id";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter()
        .map(|row| {
            Ok(CaseNote {
                kind: row.parse("kind")?,
                text: row.get("text")?,
                actor: row.get("actor")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// How many cases wait, and for how much of this currency.
///
/// # Errors
/// Whatever the database says.
pub async fn waiting(rx: &mut Rx, currency: kernel::Currency) -> Result<Waiting, DbError> {
    let sql = "SELECT COALESCE(SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END), 0) AS open_cases, \
               COALESCE(SUM(CASE WHEN state = 'contacted' THEN 1 ELSE 0 END), 0) AS contacted_cases, \
               COALESCE(SUM(CASE WHEN currency = $1 THEN amount ELSE 0 END), 0) AS money, \
               MIN(CASE WHEN state = 'open' THEN opened_at END) AS oldest_at \
               FROM payment_cases WHERE state IN ('open', 'contacted')";
    let row = rx.one(sql, params![currency]).await?;
    Ok(Waiting {
        open: row.get("open_cases")?,
        contacted: row.get("contacted_cases")?,
        amount: Money::new(row.get("money")?, currency),
        oldest_at: row.get("oldest_at")?,
    })
}
