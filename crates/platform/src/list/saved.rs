//! Views of lists that people keep: a name and the address behind it, for oneself or for everybody, and one that a
//! person's list opens with.

use kernel::SavedViewId;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::ListError;
use crate::{Actor, Ctx, DbError, Rx, Tx, params};

/// Views of one list that one person keeps at most.
pub const MOST_VIEWS: i64 = 30;
/// The longest name, in characters.
pub const NAME: usize = 60;

/// A kept view, as one reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SavedView {
    /// The view.
    pub id: SavedViewId,
    /// Its name.
    pub name: String,
    /// What stands after the question mark.
    pub query: String,
    /// Whether everybody who may see the list sees it.
    pub shared: bool,
    /// Whether the reader made it, and may remove it.
    pub mine: bool,
    /// Whether the reader's list opens with it.
    pub is_default: bool,
}

/// A view to keep. Under a name that the same person has already, it replaces that view.
#[derive(Debug, Clone)]
pub struct NewView {
    /// The list's name.
    pub list: &'static str,
    /// The view's name.
    pub name: String,
    /// What stands after the question mark, read by the list already.
    pub query: String,
    /// Whether everybody sees it.
    pub shared: bool,
    /// Whether the list opens with it from now on.
    pub as_default: bool,
}

/// Whoever keeps views: people and programs, each their own.
pub(super) fn keeper(ctx: &Ctx) -> Option<Uuid> {
    match ctx.actor() {
        Actor::Staff { id, .. } => Some(id.0),
        Actor::Key { id, .. } => Some(id.0),
        Actor::Visitor | Actor::Customer(_) | Actor::System(_) => None,
    }
}

fn must_keep(ctx: &Ctx) -> Result<Uuid, ListError> {
    keeper(ctx).ok_or(ListError::NoSuchView)
}

/// The views of a list that the reader may use, their own first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_list(rx: &mut Rx, ctx: &Ctx, list: &str) -> Result<Vec<SavedView>, DbError> {
    let Some(me) = keeper(ctx) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT v.id, v.name, v.query, v.shared, v.owner_id, d.view_id FROM saved_views v \
               LEFT JOIN default_views d ON d.view_id = v.id AND d.owner_id = $2 \
               WHERE v.list = $1 AND (v.owner_id = $2 OR v.shared) ORDER BY v.name, v.id";
    let rows = rx.rows(sql, params![list, me]).await?;
    let mut found = rows
        .iter()
        .map(|row| {
            Ok(SavedView {
                id: row.get("id")?,
                name: row.get("name")?,
                query: row.get("query")?,
                shared: row.get("shared")?,
                mine: row.get::<Uuid>("owner_id")? == me,
                is_default: row.get::<Option<SavedViewId>>("view_id")?.is_some(),
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    found.sort_by_key(|view| !view.mine);
    Ok(found)
}

/// What the reader's list opens with; `None` for the list as it is.
///
/// # Errors
/// Whatever the database says.
pub async fn opens_with(rx: &mut Rx, ctx: &Ctx, list: &str) -> Result<Option<String>, DbError> {
    let Some(me) = keeper(ctx) else {
        return Ok(None);
    };
    let sql = "SELECT v.query FROM default_views d JOIN saved_views v ON v.id = d.view_id \
               WHERE d.owner_id = $1 AND d.list = $2 AND (v.owner_id = $1 OR v.shared)";
    let row = rx.row(sql, params![me, list]).await?;
    row.map(|row| row.get("query")).transpose()
}

/// Keeps a view.
///
/// # Errors
/// A missing or over-long name, or one view too many.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, new: NewView) -> Result<SavedViewId, ListError> {
    let me = must_keep(ctx)?;
    let name = new.name.trim();
    let fits = (1..=NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !fits {
        return Err(ListError::BadName);
    }
    one_at_a_time(tx, me).await?;
    // The count stands in the statement that adds the row; under a name that is taken nothing is added.
    let sql = "INSERT INTO saved_views (id, list, owner_id, name, query, shared, created_at) \
               SELECT $1, $2, $3, $4, $5, $6, $7 FROM (SELECT COUNT(*) AS kept FROM saved_views WHERE list = $2 AND owner_id = $3 AND name <> $4) AS mine \
               WHERE kept < $8 ON CONFLICT (list, owner_id, name) DO UPDATE SET query = excluded.query, shared = excluded.shared RETURNING id";
    let values = params![
        SavedViewId::new(),
        new.list,
        me,
        name,
        &new.query,
        new.shared,
        ctx.now(),
        MOST_VIEWS
    ];
    let row = tx.row(sql, values).await?.ok_or(ListError::TooManyViews)?;
    let id: SavedViewId = row.get("id")?;
    if new.as_default {
        open_with(tx, ctx, id).await?;
    }
    Ok(id)
}

/// Whoever keeps a view waits for another view of the same person that is being kept: a count does not see what is not
/// committed yet.
async fn one_at_a_time(tx: &mut Tx, me: Uuid) -> Result<(), DbError> {
    let lock = tx.dialect().for_update();
    for table in ["staff", "api_keys"] {
        let sql = format!("SELECT id FROM {table} WHERE id = $1{lock}");
        tx.row(&sql, params![me]).await?;
    }
    Ok(())
}

/// Lets the actor's list open with a view that they may use. Says which list.
///
/// # Errors
/// [`ListError::NoSuchView`].
pub async fn open_with(tx: &mut Tx, ctx: &Ctx, id: SavedViewId) -> Result<String, ListError> {
    let me = must_keep(ctx)?;
    let sql = "SELECT list FROM saved_views WHERE id = $1 AND (owner_id = $2 OR shared)";
    let row = tx.row(sql, params![id, me]).await?;
    let list: String = row.ok_or(ListError::NoSuchView)?.get("list")?;
    let sql = "INSERT INTO default_views (owner_id, list, view_id) VALUES ($1, $2, $3) \
               ON CONFLICT (owner_id, list) DO UPDATE SET view_id = excluded.view_id";
    tx.execute(sql, params![me, &list, id]).await?;
    Ok(list)
}

/// Lets the actor's list open as it is again. Says which list.
///
/// # Errors
/// [`ListError::NoSuchView`] when it did not open with this view.
pub async fn open_plain(tx: &mut Tx, ctx: &Ctx, id: SavedViewId) -> Result<String, ListError> {
    let me = must_keep(ctx)?;
    let sql = "DELETE FROM default_views WHERE owner_id = $1 AND view_id = $2 RETURNING list";
    let row = tx.row(sql, params![me, id]).await?;
    Ok(row.ok_or(ListError::NoSuchView)?.get("list")?)
}

/// Removes a view of the actor's own; lists that opened with it open as they are. Says which list.
///
/// # Errors
/// [`ListError::NoSuchView`], for other people's views as well (A1).
pub async fn remove(tx: &mut Tx, ctx: &Ctx, id: SavedViewId) -> Result<String, ListError> {
    let me = must_keep(ctx)?;
    let sql = "SELECT list FROM saved_views WHERE id = $1 AND owner_id = $2";
    let row = tx.row(sql, params![id, me]).await?;
    let list: String = row.ok_or(ListError::NoSuchView)?.get("list")?;
    tx.execute("DELETE FROM default_views WHERE view_id = $1", params![id])
        .await?;
    tx.execute("DELETE FROM saved_views WHERE id = $1", params![id])
        .await?;
    Ok(list)
}
