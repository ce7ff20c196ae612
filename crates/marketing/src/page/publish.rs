//! What makes a draft public, takes a page off, and lets somebody look at a draft before.

use kernel::{PageId, event};
use platform::{
    Ctx, Rx, Tx,
    events::{self, Event},
    params, secret,
};

use super::{COLUMNS, Page, PageKind, write};
use crate::{MarketingError, events::PageState};

/// For how long a link to a draft works, in seconds.
pub const PREVIEW: i64 = 3_600;

/// Makes the draft what shoppers read, whole and at once. `seen` is the number of the draft that was looked at: exactly
/// that one is published, or none.
///
/// # Errors
/// [`MarketingError::Stale`] when the draft is another one by now, [`MarketingError::NoPage`].
pub async fn publish(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    seen: Option<i64>,
) -> Result<(), MarketingError> {
    let sql = "UPDATE pages SET live = draft, live_revision = revision, published_at = $3 \
               WHERE id = $1 AND revision = COALESCE($2, revision) RETURNING handle, revision";
    let row = tx.row(sql, params![id, seen, ctx.now()]).await?;
    let Some(row) = row else {
        let known = super::by_id(tx, id).await?;
        return Err(if known.is_some() {
            MarketingError::Stale
        } else {
            MarketingError::NoPage
        });
    };
    let payload = PageState {
        handle: row.get("handle")?,
        revision: row.get("revision")?,
    };
    let event = Event::new(event::PAGE_PUBLISHED, &payload).about(id);
    events::emit(tx, ctx, event).await?;
    Ok(())
}

/// Takes a page off; its draft stays. Taking off what is off does nothing.
///
/// # Errors
/// [`MarketingError::MustStay`] for the home page, [`MarketingError::NoPage`].
pub async fn withdraw(tx: &mut Tx, ctx: &Ctx, id: PageId) -> Result<(), MarketingError> {
    let page = write::lock(tx, id).await?;
    if page.kind == PageKind::Home {
        return Err(MarketingError::MustStay);
    }
    let Some(revision) = page.live_revision else {
        return Ok(());
    };
    // It was public, whatever brought it there, so that it is never removed.
    let sql = "UPDATE pages SET live = NULL, live_revision = NULL, published_at = COALESCE(published_at, $2) WHERE id = $1";
    tx.execute_one(sql, params![id, ctx.now()]).await?;
    let payload = PageState {
        handle: page.handle,
        revision,
    };
    let event = Event::new(event::PAGE_WITHDRAWN, &payload).about(id);
    events::emit(tx, ctx, event).await?;
    Ok(())
}

/// Makes what shoppers read the draft again; the draft is kept among the earlier ones.
///
/// # Errors
/// [`MarketingError::NothingToUndo`] for a page that shoppers do not read.
pub async fn discard(tx: &mut Tx, ctx: &Ctx, id: PageId) -> Result<(), MarketingError> {
    let page = write::lock(tx, id).await?;
    let live = page.live.clone().ok_or(MarketingError::NothingToUndo)?;
    write::replace(tx, ctx, &page, live).await
}

/// Makes a link to the draft; the one made before works no longer. Returns its secret, of which only a hash is kept.
///
/// # Errors
/// [`MarketingError::NoPage`], or the database's.
pub async fn open_preview(tx: &mut Tx, ctx: &Ctx, id: PageId) -> Result<String, MarketingError> {
    let token = secret::random_token();
    let sql = "UPDATE pages SET preview_hash = $2, preview_until = $3 WHERE id = $1";
    let until = ctx.now().plus_seconds(PREVIEW);
    let values = params![id, secret::token_hash(&token), until];
    if tx.execute(sql, values).await? == 0 {
        return Err(MarketingError::NoPage);
    }
    tx.about(|| id.to_string());
    Ok(token)
}

/// The page behind a link to its draft; nothing when the link is none or too old.
///
/// # Errors
/// Whatever the database says.
pub async fn by_preview(
    rx: &mut Rx,
    ctx: &Ctx,
    token: &str,
) -> Result<Option<Page>, MarketingError> {
    let sql = format!("SELECT {COLUMNS} FROM pages WHERE preview_hash = $1 AND preview_until > $2");
    let values = params![secret::token_hash(token), ctx.now()];
    let row = rx.row(&sql, values).await?;
    Ok(row.as_ref().map(Page::from_row).transpose()?)
}
