//! What the staff write down about an order (ORD-05); shoppers never see it, and it is never changed.

use kernel::{OrderId, Timestamp};
use platform::{Ctx, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{OrdersError, order};

/// The longest note, in characters.
pub const MAX: usize = 1_000;

/// An internal note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Note {
    /// The words.
    pub text: String,
    /// Who, as `kind:name`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Adds a note.
///
/// # Errors
/// No such order, or a text that is empty or too long.
pub async fn add(tx: &mut Tx, ctx: &Ctx, id: OrderId, text: &str) -> Result<(), OrdersError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(OrdersError::Empty);
    }
    if text.chars().count() > MAX {
        return Err(OrdersError::TooLong {
            field: "text",
            max: MAX,
        });
    }
    order::by_id(tx, id).await?;
    let sql = "INSERT INTO order_notes (order_id, text, actor, at) VALUES ($1, $2, $3, $4)";
    Ok(tx
        .execute_one(sql, params![id, text, ctx.actor().label(), ctx.now()])
        .await?)
}

/// The notes of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, id: OrderId) -> Result<Vec<Note>, OrdersError> {
    let rows = rx
        .rows(
            "SELECT text, actor, at FROM order_notes WHERE order_id = $1 ORDER BY seq",
            params![id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Note {
                text: row.get("text")?,
                actor: row.get("actor")?,
                at: row.get("at")?,
            })
        })
        .collect()
}
