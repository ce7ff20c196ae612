//! Every list: its page, its file, and the views of it that people keep.

use std::sync::Arc;

use kernel::SavedViewId;
use operations::{
    FlowError,
    views::admin::lists::{Keepable, Listing, Paged, keepable},
};
use platform::{
    Ctx,
    list::{
        Asked, Asks,
        export::{self, Export, Format, PART},
        saved::{self, NewView},
    },
    web::{Done, Download, Either, Elsewhere, Page, Path, Problem, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    paths::ViewPath,
};

/// A view to keep.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepView {
    /// The list's name, as in `list.code`.
    list: String,
    /// The view's name. A view of this name is replaced.
    name: String,
    /// What stands after the question mark of the list's address.
    #[serde(default)]
    query: String,
    /// Whether everybody who may see the list sees the view.
    #[serde(default, deserialize_with = "form::flag")]
    shared: bool,
    /// Whether one's own list opens with it.
    #[serde(default, deserialize_with = "form::flag")]
    opens: bool,
}

/// A kept view.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ViewKept {
    /// The view.
    id: SavedViewId,
}

/// A list, or for somebody who opens it plainly the view that they want to begin with.
pub(crate) async fn show<L: Paged>(
    _: Arc<Backoffice>,
    ctx: Ctx,
    asks: Asks<L>,
) -> Result<Either<Page<L::View>, Elsewhere>, Problem> {
    let asked = asks.0;
    if asked.bare {
        let code = L::list().code;
        let opens = ctx.read(async move |rx, ctx| saved::opens_with(rx, ctx, code).await);
        // A view that the list no longer understands is passed over.
        let known = |query: &String| !query.is_empty() && Asked::read(L::list(), query).is_ok();
        if let Some(query) = opens.await?.filter(known) {
            let path = L::list().path;
            return Ok(Either::Right(Elsewhere(format!("{path}?{query}"))));
        }
    }
    let found: Result<L::View, FlowError> = if L::LONG {
        ctx.read_snapshot(async move |rx, ctx| L::view(rx, ctx, &asked).await)
            .await
    } else {
        ctx.read(async move |rx, ctx| L::view(rx, ctx, &asked).await)
            .await
    };
    Ok(Either::Left(Page::new(found?)))
}

/// A list as a file: all rows that the filters find, in the order that was asked for.
pub(crate) async fn export<L: Listing>(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    asks: Asks<L>,
) -> Result<Download, Problem> {
    let mut asked = asks.0;
    let list = L::list();
    asked.permitted(&ctx, list)?;
    // Two at a time: a file takes a core while it is made.
    let _turn = desk.exports.acquire().await.map_err(Problem::internal)?;
    let columns = export::columns(&ctx, list);
    let format = asked.format.unwrap_or(Format::Csv);
    let mut file = Export::begin(&ctx, Arc::clone(&desk.words), format, &columns)?;
    asked.after = None;
    loop {
        let question = asked.clone();
        let reading = ctx
            .read_snapshot(async move |rx, ctx| L::rows(rx, ctx, &question, PART).await)
            .await;
        let part: platform::Page<L::Row> = reading.map_err(Problem::from)?;
        let cells: Vec<Vec<_>> = part
            .items
            .iter()
            .map(|row| columns.iter().map(|column| (column.cell)(row)).collect())
            .collect();
        file = off_thread(move || {
            file.add(&cells)?;
            Ok(file)
        })
        .await?;
        match part.next_cursor {
            Some(cursor) => asked.after = Some(cursor),
            None => break,
        }
    }
    let (ctx, code) = (ctx.clone(), list.code);
    off_thread(move || file.finish(&ctx, code)).await
}

/// Work for a disk and a core, away from the threads that answer requests.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, platform::list::ListError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(Problem::internal)??)
}

/// The list of a name, when the reader may see it: other names and other people's lists are the same nothing.
fn seen(ctx: &Ctx, code: &str) -> Result<Keepable, Problem> {
    let list = keepable(code).filter(|list| ctx.allows(list.permission));
    list.ok_or_else(|| Problem::invalid("error-invalid-input").field("list", "error-invalid-value"))
}

/// Keeps a view of a list.
pub(crate) async fn keep(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<KeepView>,
) -> Result<Done<ViewKept>, Problem> {
    let Form { value, sent } = form;
    let wanted = value?;
    let list = seen(&ctx, &wanted.list)?;
    let query = list.query(&wanted.query)?;
    let next = sent.next(format!("{}?{query}", list.path));
    let (code, name, shared, as_default) = (list.code, wanted.name, wanted.shared, wanted.opens);
    let keeping = ctx.write(async move |tx, ctx| {
        let new = NewView {
            list: code,
            name: name.clone(),
            query: query.clone(),
            shared,
            as_default,
        };
        saved::keep(tx, ctx, new).await
    });
    let id = keeping.await?;
    Ok(Done::created(ViewKept { id }, next).flash("list-flash-kept"))
}

/// Lets one's own list open with a view.
pub(crate) async fn open_with(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ViewPath>, Form<Nothing>),
) -> Result<Done<ViewKept>, Problem> {
    form.value?;
    let opening = ctx.write(async move |tx, ctx| {
        let list = saved::open_with(tx, ctx, at.id).await?;
        Ok::<_, Problem>(seen(ctx, &list)?.path)
    });
    let next = form.sent.next(opening.await?);
    Ok(Done::new(ViewKept { id: at.id }, next).flash("list-flash-opens"))
}

/// Lets one's own list open as it is.
pub(crate) async fn open_plain(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ViewPath>, Form<Nothing>),
) -> Result<Done<ViewKept>, Problem> {
    form.value?;
    let opening = ctx.write(async move |tx, ctx| saved::open_plain(tx, ctx, at.id).await);
    let next = form.sent.next(plain(&opening.await?));
    Ok(Done::new(ViewKept { id: at.id }, next).flash("list-flash-plain"))
}

/// Removes a view of one's own.
pub(crate) async fn remove(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ViewPath>, Form<Nothing>),
) -> Result<Done<ViewKept>, Problem> {
    form.value?;
    let removing = ctx.write(async move |tx, ctx| saved::remove(tx, ctx, at.id).await);
    let next = form.sent.next(plain(&removing.await?));
    Ok(Done::new(ViewKept { id: at.id }, next).flash("list-flash-removed"))
}

fn plain(list: &str) -> &'static str {
    keepable(list).map_or("/admin", |list| list.path)
}
