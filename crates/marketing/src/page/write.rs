//! Changes of a draft and of a page's place among the pages.

use kernel::{PageId, event};
use platform::{
    Ctx, Tx,
    db::Value,
    events::{self, Event},
    params, pictures,
};

use super::{
    Content, NewPage, Page, PageKind, Places, VERSIONS, Version, check_handle, locking, version,
};
use crate::{Block, BlockKind, MarketingError, Picture, block::Fields, events::PageMoved};

/// Makes a page, as a draft.
///
/// # Errors
/// A handle that is none or taken, no title, a second home page, what [`Content::checked`] refuses.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewPage) -> Result<PageId, MarketingError> {
    check_handle(&new.handle)?;
    if new.kind == PageKind::Home {
        return Err(MarketingError::OneHome);
    }
    let content = new.content.checked()?;
    if content.title.is_empty() {
        return Err(MarketingError::TitleMissing);
    }
    let id = PageId::new();
    let sql = "INSERT INTO pages (id, handle, kind, draft, revision, in_header, in_footer, at_checkout, position, updated_at, updated_by) \
               SELECT $1, $2, $3, $4, 1, $5, $6, $7, COALESCE(MAX(position), 0) + 1, $8, $9 FROM pages WHERE TRUE \
               ON CONFLICT (handle) DO NOTHING";
    let values = params![
        id,
        &new.handle,
        new.kind.code(),
        stored(&content),
        new.places.header,
        new.places.footer,
        new.places.checkout,
        ctx.now(),
        ctx.actor().label()
    ];
    if tx.execute(sql, values).await? == 0 {
        return Err(MarketingError::HandleTaken);
    }
    claim(tx, id, &new.handle).await?;
    tx.about(|| id.to_string());
    Ok(id)
}

/// Takes a name in addresses for a page; a page may take one again that it had.
async fn claim(tx: &mut Tx, id: PageId, handle: &str) -> Result<(), MarketingError> {
    let sql = "INSERT INTO page_addresses (handle, page_id) VALUES ($1, $2) ON CONFLICT (handle) DO NOTHING";
    if tx.execute(sql, params![handle, id]).await? == 1 {
        return Ok(());
    }
    let sql = "SELECT p.id, p.handle FROM page_addresses a JOIN pages p ON p.id = a.page_id WHERE a.handle = $1";
    let row = tx.row(sql, params![handle]).await?;
    let row = row.ok_or(MarketingError::HandleTaken)?;
    if row.get::<PageId>("id")? == id {
        return Ok(());
    }
    Err(if row.get::<String>("handle")? == handle {
        MarketingError::HandleTaken
    } else {
        MarketingError::HandleLeadsElsewhere
    })
}

/// Gives a page another name in addresses. The one before still leads to it, unless shoppers never read the page.
///
/// # Errors
/// A handle that is none or leads to another page, [`MarketingError::HomeHasNoHandle`], [`MarketingError::NoPage`].
pub async fn change_handle(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    handle: &str,
) -> Result<(), MarketingError> {
    check_handle(handle)?;
    let page = lock(tx, id).await?;
    if page.kind == PageKind::Home {
        return Err(MarketingError::HomeHasNoHandle);
    }
    tx.about(|| id.to_string());
    if page.handle == handle {
        return Ok(());
    }
    claim(tx, id, handle).await?;
    let sql = "UPDATE pages SET handle = $2, updated_at = $3, updated_by = $4 WHERE id = $1";
    tx.execute_one(sql, params![id, handle, ctx.now(), ctx.actor().label()])
        .await?;
    if page.is_unread() {
        let sql = "DELETE FROM page_addresses WHERE handle = $1";
        tx.execute_one(sql, params![&page.handle]).await?;
    }
    let payload = PageMoved {
        handle: handle.to_owned(),
        from: page.handle,
    };
    let event = Event::new(event::PAGE_MOVED, &payload).about(id);
    events::emit(tx, ctx, event).await?;
    Ok(())
}

pub(super) fn stored(content: &Content) -> Value {
    Value::Text(serde_json::to_string(content).unwrap_or_default())
}

/// The page, which nobody else changes before this transaction ends.
pub(super) async fn lock(tx: &mut Tx, id: PageId) -> Result<Page, MarketingError> {
    let sql = locking(tx.dialect());
    let row = tx.row(&sql, params![id]).await?;
    let row = row.ok_or(MarketingError::NoPage)?;
    Ok(Page::from_row(&row)?)
}

/// Changes the draft and keeps the one before. `seen` is the number of the draft that whoever changes it looked at;
/// without it, the change is made to whatever is there. A change that changes nothing keeps nothing.
///
/// # Errors
/// [`MarketingError::Stale`] when the draft is another one by now, what `change` and [`Content::checked`] refuse.
pub async fn edit<T>(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    seen: Option<i64>,
    change: impl FnOnce(&mut Content) -> Result<T, MarketingError>,
) -> Result<T, MarketingError> {
    let page = lock(tx, id).await?;
    if seen.is_some_and(|seen| seen != page.revision) {
        return Err(MarketingError::Stale);
    }
    let mut content = page.draft.clone();
    let done = change(&mut content)?;
    replace(tx, ctx, &page, content.checked()?).await?;
    Ok(done)
}

/// Puts another draft in the place of a locked page's, and keeps the one before.
pub(super) async fn replace(
    tx: &mut Tx,
    ctx: &Ctx,
    page: &Page,
    content: Content,
) -> Result<(), MarketingError> {
    tx.about(|| page.id.to_string());
    if content == page.draft {
        return Ok(());
    }
    let sql = "INSERT INTO page_versions (page_id, revision, content, at, replaced_by) VALUES ($1, $2, $3, $4, $5)";
    let values = params![
        page.id,
        page.revision,
        stored(&page.draft),
        ctx.now(),
        ctx.actor().label()
    ];
    tx.execute_one(sql, values).await?;
    let sql = "DELETE FROM page_versions WHERE page_id = $1 AND revision <= $2";
    tx.execute(sql, params![page.id, page.revision - VERSIONS])
        .await?;
    write(tx, ctx, page, &content).await
}

async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    page: &Page,
    content: &Content,
) -> Result<(), MarketingError> {
    let sql = "UPDATE pages SET draft = $3, revision = revision + 1, updated_at = $4, updated_by = $5 \
               WHERE id = $1 AND revision = $2";
    let values = params![
        page.id,
        page.revision,
        stored(content),
        ctx.now(),
        ctx.actor().label()
    ];
    tx.execute_one(sql, values).await?;
    Ok(())
}

/// Adds a block at a place, counted from 0, or at the end; returns its name.
///
/// # Errors
/// As [`edit`].
pub async fn add_block(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    (kind, fields): (BlockKind, Fields),
    place: Option<usize>,
) -> Result<String, MarketingError> {
    let at = edit(tx, ctx, id, None, |content| {
        let at = place.map_or(content.blocks.len(), |p| p.min(content.blocks.len()));
        let block = Block {
            id: String::new(),
            kind,
            hidden: false,
            fields,
        };
        content.blocks.insert(at, block);
        Ok(at)
    })
    .await?;
    let page = super::by_id(tx, id).await?.ok_or(MarketingError::NoPage)?;
    let added = page.draft.blocks.get(at);
    added.map(|b| b.id.clone()).ok_or(MarketingError::NoBlock)
}

fn block_of<'a>(content: &'a mut Content, block: &str) -> Result<&'a mut Block, MarketingError> {
    let found = content.blocks.iter_mut().find(|b| b.id == block);
    found.ok_or(MarketingError::NoBlock)
}

/// Replaces what stands in a block.
///
/// # Errors
/// [`MarketingError::NoBlock`], and as [`edit`].
pub async fn write_block(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    block: &str,
    fields: Fields,
) -> Result<(), MarketingError> {
    edit(tx, ctx, id, None, |content| {
        block_of(content, block)?.fields = fields;
        Ok(())
    })
    .await
}

/// Hangs a kept picture into a block, in the place of the one that was there.
///
/// # Errors
/// As [`write_block`].
pub async fn hang_picture(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    block: &str,
    picture: Picture,
) -> Result<(), MarketingError> {
    pictures::queue_sizes(tx, ctx, &picture.key).await?;
    edit(tx, ctx, id, None, |content| {
        block_of(content, block)?.fields.image = Some(picture);
        Ok(())
    })
    .await
}

/// Shows a block or hides it.
///
/// # Errors
/// As [`write_block`].
pub async fn hide_block(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    block: &str,
    hidden: bool,
) -> Result<(), MarketingError> {
    edit(tx, ctx, id, None, |content| {
        block_of(content, block)?.hidden = hidden;
        Ok(())
    })
    .await
}

/// Takes a block out; undoing puts it back.
///
/// # Errors
/// As [`write_block`].
pub async fn remove_block(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    block: &str,
) -> Result<(), MarketingError> {
    edit(tx, ctx, id, None, |content| {
        block_of(content, block)?;
        content.blocks.retain(|b| b.id != block);
        Ok(())
    })
    .await
}

/// Moves a block to a place among the blocks, counted from 0.
///
/// # Errors
/// As [`write_block`].
pub async fn move_block(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    block: &str,
    place: usize,
) -> Result<(), MarketingError> {
    edit(tx, ctx, id, None, |content| {
        let from = content.blocks.iter().position(|b| b.id == block);
        let moved = content.blocks.remove(from.ok_or(MarketingError::NoBlock)?);
        let to = place.min(content.blocks.len());
        content.blocks.insert(to, moved);
        Ok(())
    })
    .await
}

/// Takes back the last change of the draft; once more, the one before it.
///
/// # Errors
/// [`MarketingError::NothingToUndo`], [`MarketingError::Stale`] when the draft is another one by now.
pub async fn undo(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    seen: Option<i64>,
) -> Result<(), MarketingError> {
    let page = lock(tx, id).await?;
    if seen.is_some_and(|seen| seen != page.revision) {
        return Err(MarketingError::Stale);
    }
    let sql = "SELECT revision, content, at, replaced_by FROM page_versions WHERE page_id = $1 ORDER BY revision DESC LIMIT 1";
    let row = tx.row(sql, params![id]).await?;
    let last = version(&row.ok_or(MarketingError::NothingToUndo)?)?;
    let sql = "DELETE FROM page_versions WHERE page_id = $1 AND revision = $2";
    tx.execute_one(sql, params![id, last.revision]).await?;
    tx.about(|| id.to_string());
    write(tx, ctx, &page, &last.content).await
}

/// Makes an earlier draft the present one; the present one is kept like any other.
///
/// # Errors
/// [`MarketingError::NoVersion`], or the database's.
pub async fn restore(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PageId,
    revision: i64,
) -> Result<(), MarketingError> {
    let page = lock(tx, id).await?;
    let sql = "SELECT revision, content, at, replaced_by FROM page_versions WHERE page_id = $1 AND revision = $2";
    let row = tx.row(sql, params![id, revision]).await?;
    let Version { content, .. } = version(&row.ok_or(MarketingError::NoVersion)?)?;
    replace(tx, ctx, &page, content).await
}

/// Says where a page is linked.
///
/// # Errors
/// [`MarketingError::NoPage`], or the database's.
pub async fn place(tx: &mut Tx, id: PageId, places: Places) -> Result<(), MarketingError> {
    let sql = "UPDATE pages SET in_header = $2, in_footer = $3, at_checkout = $4 WHERE id = $1";
    let values = params![id, places.header, places.footer, places.checkout];
    if tx.execute(sql, values).await? == 0 {
        return Err(MarketingError::NoPage);
    }
    tx.about(|| id.to_string());
    Ok(())
}

/// Moves a page to a place among the pages below the home page, counted from 0.
///
/// # Errors
/// [`MarketingError::NoPage`], or the database's.
pub async fn move_to(tx: &mut Tx, id: PageId, place: usize) -> Result<(), MarketingError> {
    // Locked in one order, so that two who arrange at once end with one arrangement.
    let sql = format!(
        "SELECT id FROM pages WHERE kind <> 'home' ORDER BY id{}",
        tx.dialect().for_update()
    );
    tx.rows(&sql, &[]).await?;
    let mut pages = super::all(tx).await?;
    pages.retain(|page| page.kind != PageKind::Home);
    let from = pages.iter().position(|page| page.id == id);
    let moved = pages.remove(from.ok_or(MarketingError::NoPage)?);
    pages.insert(place.min(pages.len()), moved);
    for (page, position) in pages.iter().zip(1_i64..) {
        if page.position != position {
            let sql = "UPDATE pages SET position = $2 WHERE id = $1";
            tx.execute_one(sql, params![page.id, position]).await?;
        }
    }
    tx.about(|| id.to_string());
    Ok(())
}

/// Removes a page that shoppers never read.
///
/// # Errors
/// [`MarketingError::MustStay`] for any other, [`MarketingError::NoPage`].
pub async fn remove(tx: &mut Tx, id: PageId) -> Result<(), MarketingError> {
    let page = lock(tx, id).await?;
    if !page.is_unread() {
        return Err(MarketingError::MustStay);
    }
    tx.execute("DELETE FROM page_addresses WHERE page_id = $1", params![id])
        .await?;
    tx.execute("DELETE FROM page_versions WHERE page_id = $1", params![id])
        .await?;
    tx.execute_one("DELETE FROM pages WHERE id = $1", params![id])
        .await?;
    tx.about(|| id.to_string());
    Ok(())
}
