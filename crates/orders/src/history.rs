//! The history of an order: one row for each step, with who and why, never changed.

use kernel::{OrderId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::OrderState;

/// One step of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HistoryRow {
    /// The state before; none for the first row.
    pub from: Option<OrderState>,
    /// The state after.
    pub to: OrderState,
    /// Why, as a code: `checkout`, `payment_succeeded`, `customer_request`, …
    pub cause: String,
    /// Why, in somebody's own words.
    pub note: Option<String>,
    /// Who, as `kind:name`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Why something is done: a code, and words where a person gave some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    code: String,
    note: Option<String>,
}

impl Cause {
    /// A reason by its code, such as `payment_succeeded` or `out_of_stock`.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            note: None,
        }
    }

    /// The reason with words added; empty words are none.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into()).filter(|n| !n.trim().is_empty());
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The words.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

impl From<&str> for Cause {
    fn from(code: &str) -> Self {
        Self::new(code)
    }
}

impl From<String> for Cause {
    fn from(code: String) -> Self {
        Self::new(code)
    }
}

/// The history of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, id: OrderId) -> Result<Vec<HistoryRow>, DbError> {
    let sql = "SELECT from_state, to_state, cause, note, actor, at FROM order_history WHERE order_id = $1 ORDER BY seq";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter()
        .map(|row| {
            let from: Option<String> = row.get("from_state")?;
            let from = from
                .map(|code| code.parse().map_err(|_| row.inconsistent("from_state")))
                .transpose()?;
            Ok(HistoryRow {
                from,
                to: row.parse("to_state")?,
                cause: row.get("cause")?,
                note: row.get("note")?,
                actor: row.get("actor")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// Writes the row of a step that was just taken.
pub(crate) async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    (from, to): (Option<OrderState>, OrderState),
    cause: &Cause,
) -> Result<(), DbError> {
    let sql = "INSERT INTO order_history (order_id, from_state, to_state, cause, note, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.later(
        sql,
        params![
            id,
            from,
            to,
            cause.code(),
            cause.note(),
            ctx.actor().label(),
            ctx.now()
        ],
    )
    .await
}
