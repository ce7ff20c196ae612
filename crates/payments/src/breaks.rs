//! Differences between a provider's books and ours, each once, with the person who looks after it (P11).
//!
//! A difference changes nothing in our books. It ends when the two agree again, because what was missing was posted
//! meanwhile, or when somebody says in words what became of it.

use kernel::{BreakId, OrderId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{PaymentsError, Provider, codes::codes};

codes! {
    /// What differs.
    BreakKind {
        /// The provider has it and we do not.
        NotHere = "not_here",
        /// We have it and the provider does not.
        NotThere = "not_there",
        /// The two have other amounts.
        OtherAmount = "other_amount",
    }
}

codes! {
    /// Where a difference stands.
    BreakState {
        /// Somebody must look.
        Open = "open",
        /// The two agree by now.
        Matched = "matched",
        /// Somebody said what became of it.
        Settled = "settled",
    }
}

/// A difference about to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What differs.
    pub kind: BreakKind,
    /// The charge or refund, by the provider's name.
    pub subject: String,
    /// What the provider says.
    pub theirs: String,
    /// What we say.
    pub ours: String,
    /// The order, where one is known.
    pub order_id: Option<OrderId>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownBreak {
    /// The difference.
    pub id: BreakId,
    /// Whose books.
    pub provider: Provider,
    /// What differs.
    pub kind: BreakKind,
    /// The charge or refund, by the provider's name.
    pub subject: String,
    /// What the provider says.
    pub theirs: String,
    /// What we say.
    pub ours: String,
    /// The order, where one is known.
    pub order_id: Option<OrderId>,
    /// Who looks after it.
    pub owner: String,
    /// Where it stands.
    pub state: BreakState,
    /// What became of it.
    pub note: String,
    /// When it was found.
    pub found_at: Timestamp,
    /// When it ended.
    pub settled_at: Option<Timestamp>,
}

/// The last comparison with a provider's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Whose books.
    pub provider: Provider,
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Charges that the provider listed.
    pub charges: i64,
    /// Refunds that it listed.
    pub refunds: i64,
    /// Differences that were found.
    pub breaks: i64,
    /// When it was done.
    pub finished_at: Timestamp,
}

const COLUMNS: &str =
    "id, provider, kind, subject, theirs, ours, order_id, owner, state, note, found_at, settled_at";

impl KnownBreak {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            provider: row.parse("provider")?,
            kind: row.parse("kind")?,
            subject: row.get("subject")?,
            theirs: row.get("theirs")?,
            ours: row.get("ours")?,
            order_id: row.get("order_id")?,
            owner: row.get("owner")?,
            state: row.parse("state")?,
            note: row.get("note")?,
            found_at: row.get("found_at")?,
            settled_at: row.get("settled_at")?,
        })
    }
}

/// Keeps what a comparison found. A difference that is known stays as it is; one that had gone and is back is open
/// again; an open one that was not found again is matched.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    made: &Comparison,
    owner: &str,
    found: &[Found],
) -> Result<(), DbError> {
    for one in found {
        let sql = "INSERT INTO reconciliation_breaks (id, provider, kind, subject, theirs, ours, order_id, owner, state, found_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9) ON CONFLICT (provider, kind, subject) \
                   DO UPDATE SET state = 'open', settled_at = NULL WHERE reconciliation_breaks.state = 'matched'";
        let values = params![
            BreakId::new(),
            made.provider,
            one.kind,
            &one.subject,
            &one.theirs,
            &one.ours,
            one.order_id,
            owner,
            ctx.now()
        ];
        tx.execute(sql, values).await?;
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM reconciliation_breaks WHERE provider = $1 AND state = 'open'"
    );
    for row in tx.rows(&sql, params![made.provider]).await? {
        let known = KnownBreak::from_row(&row)?;
        let still = |one: &Found| one.kind == known.kind && one.subject == known.subject;
        if !found.iter().any(still) {
            let sql = "UPDATE reconciliation_breaks SET state = 'matched', settled_at = $2 WHERE id = $1 AND state = 'open'";
            tx.execute(sql, params![known.id, ctx.now()]).await?;
        }
    }
    let sql = "INSERT INTO reconciliations (provider, since, until, charges, refunds, breaks, finished_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider) DO UPDATE SET since = excluded.since, \
               until = excluded.until, charges = excluded.charges, refunds = excluded.refunds, breaks = excluded.breaks, \
               finished_at = excluded.finished_at";
    let values = params![
        made.provider,
        made.since,
        made.until,
        made.charges,
        made.refunds,
        made.breaks,
        made.finished_at
    ];
    tx.execute_one(sql, values).await
}

/// Somebody takes a difference upon themselves.
///
/// # Errors
/// [`PaymentsError::BreakOver`] when it ended before.
pub async fn take(tx: &mut Tx, ctx: &Ctx, id: BreakId) -> Result<(), PaymentsError> {
    let sql = "UPDATE reconciliation_breaks SET owner = $2 WHERE id = $1 AND state = 'open'";
    let taken = tx.execute(sql, params![id, ctx.actor().name()]).await?;
    open_unless(taken == 1)
}

/// Somebody says what became of a difference. Our books stay as they are.
///
/// # Errors
/// [`PaymentsError::BreakOver`] when it ended before, [`PaymentsError::CaseNote`] without a word or with too many.
pub async fn settle(tx: &mut Tx, ctx: &Ctx, id: BreakId, note: &str) -> Result<(), PaymentsError> {
    let note = note.trim();
    if note.is_empty() || note.chars().count() > 2_000 {
        return Err(PaymentsError::CaseNote);
    }
    let sql = "UPDATE reconciliation_breaks SET state = 'settled', note = $2, settled_at = $3, settled_by = $4 \
               WHERE id = $1 AND state = 'open'";
    let values = params![id, note, ctx.now(), ctx.actor().label()];
    open_unless(tx.execute(sql, values).await? == 1)
}

fn open_unless(changed: bool) -> Result<(), PaymentsError> {
    if changed {
        Ok(())
    } else {
        Err(PaymentsError::BreakOver)
    }
}

/// Differences that somebody must look at, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn open(rx: &mut Rx, limit: i64) -> Result<Vec<KnownBreak>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM reconciliation_breaks WHERE state = 'open' ORDER BY found_at, id LIMIT $1"
    );
    rx.rows(&sql, params![limit])
        .await?
        .iter()
        .map(KnownBreak::from_row)
        .collect()
}

/// The last comparison with a provider's books.
///
/// # Errors
/// Whatever the database says.
pub async fn last_comparison(
    rx: &mut Rx,
    provider: Provider,
) -> Result<Option<Comparison>, DbError> {
    let sql = "SELECT since, until, charges, refunds, breaks, finished_at FROM reconciliations WHERE provider = $1";
    let row = rx.row(sql, params![provider]).await?;
    row.map(|row| {
        Ok(Comparison {
            provider,
            since: row.get("since")?,
            until: row.get("until")?,
            charges: row.get("charges")?,
            refunds: row.get("refunds")?,
            breaks: row.get("breaks")?,
            finished_at: row.get("finished_at")?,
        })
    })
    .transpose()
}
