//! Letters to somebody who is forgotten (A9): they go, whether they have left or wait.

use std::collections::BTreeSet;

use kernel::{CustomerId, MessageId, OrderId};
use platform::{
    Ctx, DbError, Rx, Tx,
    jobs::{self, Failure, JobRun, NewJob},
    params,
};
use serde::{Deserialize, Serialize};

use crate::{Mailer, MessageKind};

/// The job that takes copies of letters away.
pub const FORGET: &str = "engagement.forget";

/// Payload of [`FORGET`]: which letters; nobody learns from it whose.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Forget {
    letters: Vec<MessageId>,
}

/// Whose letters.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// The customer.
    pub customers: Vec<CustomerId>,
    /// Their orders.
    pub orders: Vec<OrderId>,
    /// Every address they have had, as it was typed.
    pub emails: BTreeSet<String>,
}

/// The letters of somebody, and whether one of them is being handed to a mail server right now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// The letters.
    pub ids: Vec<MessageId>,
    /// Those that wait to leave.
    pub waiting: usize,
    /// Whether one is leaving at this moment; what comes of it is not known before it has.
    pub leaving: bool,
}

/// The letters of somebody.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, reader: &Reader) -> Result<Letters, DbError> {
    let mut found: BTreeSet<MessageId> = BTreeSet::new();
    let mut letters = Letters::default();
    let mut take = |rows: Vec<platform::db::Row>| -> Result<(), DbError> {
        for row in rows {
            if found.insert(row.get("id")?) {
                let state: String = row.get("state")?;
                letters.leaving |= state == "claimed";
                letters.waiting += usize::from(state == "queued");
            }
        }
        Ok(())
    };
    for order in &reader.orders {
        let sql = "SELECT id, state FROM messages WHERE order_id = $1";
        take(rx.rows(sql, params![*order]).await?)?;
    }
    for customer in &reader.customers {
        let sql = "SELECT id, state FROM messages WHERE customer_id = $1 AND order_id IS NULL";
        take(rx.rows(sql, params![*customer]).await?)?;
    }
    let kinds: Vec<String> = MessageKind::ALL
        .iter()
        .map(|kind| format!("'{}'", kind.code()))
        .collect();
    let sql = format!(
        "SELECT id, state FROM messages WHERE kind IN ({}) AND channel = 'email' AND recipient = $1",
        kinds.join(", ")
    );
    for email in &reader.emails {
        take(rx.rows(&sql, params![email.as_str()]).await?)?;
    }
    letters.ids = found.into_iter().collect();
    Ok(letters)
}

/// Takes letters away, and their copies by a job. False when one of them is being handed to a mail server: what comes of
/// it would be written down afterwards.
///
/// # Errors
/// Whatever the database says.
pub async fn erase(tx: &mut Tx, ctx: &Ctx, letters: &[MessageId]) -> Result<bool, DbError> {
    for id in letters {
        let sql = "DELETE FROM messages WHERE id = $1 AND state <> 'claimed'";
        if tx.execute(sql, params![*id]).await? != 1 {
            return Ok(false);
        }
    }
    if !letters.is_empty() {
        let payload = Forget {
            letters: letters.to_vec(),
        };
        jobs::enqueue(tx, ctx, NewJob::new(FORGET, &payload)).await?;
    }
    Ok(true)
}

pub(crate) async fn handle_forget(run: JobRun, mailer: Mailer) -> Result<(), Failure> {
    let Forget { letters } = run.payload()?;
    let gone = mailer.forget(letters).await;
    gone.map_err(|error| Failure::Retry(error.to_string()))
}
