//! The record of bulk edits: what each row was and became, and how far the edit has come.

use std::{collections::BTreeMap, str::FromStr};

use kernel::{BulkEditId, ProductId, Timestamp, VariantId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BulkChange, Figures};
use crate::CatalogError;

/// How far an edit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkState {
    /// Its rows are being changed.
    Applying,
    /// Every row was reached.
    Applied,
    /// Its rows are being changed back.
    Undoing,
    /// Every row was reached again.
    Undone,
}

/// What became of a row.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// It was not reached yet.
    Waiting,
    /// It was changed.
    Done,
    /// Somebody had changed it since the preview; it was left alone.
    Changed,
    /// A rule refused it.
    Refused,
    /// It is as it was before.
    Undone,
    /// It was no longer as the edit had left it, or a rule refused; undoing left it alone.
    Kept,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// The stored word.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    };
}

words!(BulkState { Applying = "applying", Applied = "applied", Undoing = "undoing", Undone = "undone" });
words!(RowState {
    Waiting = "waiting", Done = "done", Changed = "changed", Refused = "refused", Undone = "undone", Kept = "kept",
});

/// A change of many products at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkEdit {
    /// The edit.
    pub id: BulkEditId,
    /// How far it has come.
    pub state: BulkState,
    /// What it changes.
    pub change: BulkChange,
    /// Who made it, as `kind:name`.
    pub actor: String,
    /// How many rows it has.
    pub rows: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When every row was reached.
    pub finished_at: Option<Timestamp>,
}

/// A product or variant in an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRow {
    /// Its place in the edit, from 0.
    pub position: i64,
    /// The product.
    pub product_id: ProductId,
    /// The variant, in an edit of variants.
    pub variant_id: Option<VariantId>,
    /// What it was.
    pub before: Figures,
    /// What it becomes.
    pub after: Figures,
    /// What became of it.
    pub state: RowState,
    /// Why it was refused, as the key of a sentence.
    pub reason: Option<String>,
}

/// How many rows are in each state.
pub type RowCount = BTreeMap<RowState, i64>;

/// The columns of an edit.
pub const EDIT: &str = "id, state, change, actor, rows, created_at, finished_at";
const ROW: &str = "position, product_id, variant_id, before, after, state, reason";

impl BulkEdit {
    /// An edit from [`EDIT`].
    ///
    /// # Errors
    /// A row that is none.
    pub fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            state: row.parse("state")?,
            change: row.json("change")?,
            actor: row.get("actor")?,
            rows: row.get("rows")?,
            created_at: row.get("created_at")?,
            finished_at: row.get("finished_at")?,
        })
    }
}

impl BulkRow {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            position: row.get("position")?,
            product_id: row.get("product_id")?,
            variant_id: row.get("variant_id")?,
            before: row.json("before")?,
            after: row.json("after")?,
            state: row.parse("state")?,
            reason: row.get("reason")?,
        })
    }
}

fn text(value: &impl Serialize) -> Value {
    Value::Text(serde_json::to_string(value).unwrap_or_default())
}

/// Writes an edit with its rows; nothing is changed yet.
///
/// # Errors
/// The database's.
pub async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    change: &BulkChange,
    rows: &[BulkRow],
) -> Result<BulkEditId, CatalogError> {
    let id = BulkEditId::new();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let sql = "INSERT INTO bulk_edits (id, state, change, actor, rows, created_at) VALUES ($1, 'applying', $2, $3, $4, $5)";
    let actor = ctx.actor().label();
    tx.execute_one(sql, params![id, text(change), &actor, count, ctx.now()])
        .await?;
    let values: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| {
            params![
                id,
                row.position,
                row.product_id,
                row.variant_id,
                text(&row.before),
                text(&row.after),
                RowState::Waiting.code()
            ]
            .to_vec()
        })
        .collect();
    let columns = [
        "edit_id",
        "position",
        "product_id",
        "variant_id",
        "before",
        "after",
        "state",
    ];
    tx.insert_many("bulk_edit_rows", &columns, &values).await?;
    Ok(id)
}

/// An edit.
///
/// # Errors
/// The database's.
pub async fn by_id(rx: &mut Rx, id: BulkEditId) -> Result<Option<BulkEdit>, CatalogError> {
    let sql = format!("SELECT {EDIT} FROM bulk_edits WHERE id = $1");
    let row = rx.row(&sql, params![id]).await?;
    Ok(row.as_ref().map(BulkEdit::from_row).transpose()?)
}

/// The latest edits, newest first.
///
/// # Errors
/// The database's.
pub async fn recent(rx: &mut Rx, limit: i64) -> Result<Vec<BulkEdit>, CatalogError> {
    let sql = format!("SELECT {EDIT} FROM bulk_edits ORDER BY created_at DESC, id DESC LIMIT $1");
    let rows = rx.rows(&sql, params![limit]).await?;
    Ok(rows
        .iter()
        .map(BulkEdit::from_row)
        .collect::<Result<_, _>>()?)
}

/// Rows of an edit; those that need a look come first.
///
/// # Errors
/// The database's.
pub async fn rows(rx: &mut Rx, id: BulkEditId, limit: i64) -> Result<Vec<BulkRow>, CatalogError> {
    let sql = format!(
        "SELECT {ROW} FROM bulk_edit_rows WHERE edit_id = $1 \
         ORDER BY CASE WHEN state IN ('changed', 'refused', 'kept') THEN 0 ELSE 1 END, position LIMIT $2"
    );
    let found = rx.rows(&sql, params![id, limit]).await?;
    Ok(found
        .iter()
        .map(BulkRow::from_row)
        .collect::<Result<_, _>>()?)
}

/// How many rows of an edit are in each state.
///
/// # Errors
/// The database's.
pub async fn counts(rx: &mut Rx, id: BulkEditId) -> Result<RowCount, CatalogError> {
    let sql = "SELECT state, COUNT(*) AS n FROM bulk_edit_rows WHERE edit_id = $1 GROUP BY state";
    let mut found = RowCount::new();
    for row in rx.rows(sql, params![id]).await? {
        found.insert(row.parse("state")?, row.get("n")?);
    }
    Ok(found)
}

/// The next rows in a state, in their order.
///
/// # Errors
/// The database's.
pub async fn waiting(
    rx: &mut Rx,
    id: BulkEditId,
    state: RowState,
    limit: i64,
) -> Result<Vec<BulkRow>, CatalogError> {
    let sql = format!(
        "SELECT {ROW} FROM bulk_edit_rows WHERE edit_id = $1 AND state = $2 ORDER BY position LIMIT $3"
    );
    let found = rx.rows(&sql, params![id, state.code(), limit]).await?;
    Ok(found
        .iter()
        .map(BulkRow::from_row)
        .collect::<Result<_, _>>()?)
}

/// Moves a row from one state to another; false when somebody else has moved it.
///
/// # Errors
/// The database's.
pub async fn claim(
    tx: &mut Tx,
    (id, position): (BulkEditId, i64),
    from: RowState,
    to: RowState,
) -> Result<bool, CatalogError> {
    let sql = "UPDATE bulk_edit_rows SET state = $4, reason = NULL WHERE edit_id = $1 AND position = $2 AND state = $3";
    let values = params![id, position, from.code(), to.code()];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Says what became of a row that was claimed, and why.
///
/// # Errors
/// The database's.
pub async fn mark(
    tx: &mut Tx,
    (id, position): (BulkEditId, i64),
    state: RowState,
    reason: Option<&str>,
) -> Result<(), CatalogError> {
    let sql =
        "UPDATE bulk_edit_rows SET state = $3, reason = $4 WHERE edit_id = $1 AND position = $2";
    tx.execute_one(sql, params![id, position, state.code(), reason])
        .await?;
    Ok(())
}

/// Begins to undo an edit whose rows were all reached; false when it is not one.
///
/// # Errors
/// The database's.
pub async fn start_undo(tx: &mut Tx, id: BulkEditId) -> Result<bool, CatalogError> {
    let sql = "UPDATE bulk_edits SET state = 'undoing', finished_at = NULL WHERE id = $1 AND state = 'applied'";
    Ok(tx.execute(sql, params![id]).await? == 1)
}

/// Every row was reached.
///
/// # Errors
/// The database's.
pub async fn finish(tx: &mut Tx, ctx: &Ctx, id: BulkEditId) -> Result<(), CatalogError> {
    let sql = "UPDATE bulk_edits SET state = CASE state WHEN 'applying' THEN 'applied' ELSE 'undone' END, finished_at = $2 \
               WHERE id = $1 AND state IN ('applying', 'undoing')";
    tx.execute(sql, params![id, ctx.now()]).await?;
    Ok(())
}
