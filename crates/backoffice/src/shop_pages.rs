//! Pages of the shop: the list and its order, a new page, its words and places, publishing, undoing, looking before.

use std::{collections::BTreeMap, sync::Arc};

use catalog::rules::slug;
use kernel::{Locale, PageId, Permission as P};
use marketing::{
    Content, MarketingError, NewPage, PageKind, Places,
    page::{publish, write},
};
use operations::{
    FlowError,
    views::admin::{ShopPageEditor, ShopPages, shop_pages as view},
};
use platform::{
    Ctx, Tx,
    web::{Done, Page, Path, Problem, Routes, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Count, Form, Nothing, Sent, explain, filled},
    paths::{ShopPagePath, VersionPath},
    shop_blocks,
};

/// Everything that is done with pages and their blocks.
pub(crate) fn routes(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    let routes = routes
        .get(
            "/admin/pages",
            P::ProductsRead,
            "The pages of the shop",
            list,
        )
        .post(
            "/admin/pages",
            P::ProductsWrite,
            "Makes a page, as a draft",
            create,
        )
        .get(
            "/admin/pages/{id}",
            P::ProductsRead,
            "One page with its draft",
            show,
        )
        .put(
            "/admin/pages/{id}",
            P::ProductsWrite,
            "Replaces a page's title and lines",
            write_words,
        )
        .delete(
            "/admin/pages/{id}",
            P::ProductsWrite,
            "Removes a page that shoppers never read",
            remove,
        )
        .put(
            "/admin/pages/{id}/address",
            P::ProductsWrite,
            "Gives a page another address; the one before still leads to it",
            move_page,
        )
        .put(
            "/admin/pages/{id}/links",
            P::ProductsWrite,
            "Says where a page is linked",
            link,
        )
        .post(
            "/admin/pages/{id}/place",
            P::ProductsWrite,
            "Moves a page among the others",
            place,
        );
    shop_blocks::routes(drafts(routes))
}

/// What becomes of a draft.
fn drafts(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .post(
            "/admin/pages/{id}/publication",
            P::ProductsWrite,
            "Makes the draft that was seen what shoppers read",
            publish_page,
        )
        .delete(
            "/admin/pages/{id}/publication",
            P::ProductsWrite,
            "Takes a page off",
            withdraw,
        )
        .post(
            "/admin/pages/{id}/undo",
            P::ProductsWrite,
            "Takes back the last change of the draft",
            undo,
        )
        .post(
            "/admin/pages/{id}/discard",
            P::ProductsWrite,
            "Makes what shoppers read the draft again",
            discard,
        )
        .post(
            "/admin/pages/{id}/versions/{revision}",
            P::ProductsWrite,
            "Makes an earlier draft the present one",
            restore,
        )
        .post(
            "/admin/pages/{id}/preview",
            P::ProductsWrite,
            "Makes a link to the draft; the one before works no longer",
            preview,
        )
}

/// A page that is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakePage {
    /// Its title.
    #[serde(default)]
    title: BTreeMap<Locale, String>,
    /// Its name in addresses; made of the title when absent.
    #[serde(default)]
    handle: Option<String>,
    /// What it is for.
    kind: PageKind,
}

/// The words of a page, whole. What is absent is emptied.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteWords {
    /// Its title.
    #[serde(default)]
    title: BTreeMap<Locale, String>,
    /// One line about it.
    #[serde(default)]
    summary: BTreeMap<Locale, String>,
    /// The title for search engines.
    #[serde(default)]
    seo_title: BTreeMap<Locale, String>,
}

/// Another address of a page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MovePage {
    /// Its name in addresses, what follows `/pages/`.
    handle: String,
}

/// Where a page is linked.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkPage {
    /// Beside the collections.
    #[serde(default, deserialize_with = "form::flag")]
    header: bool,
    /// At the foot of every page.
    #[serde(default, deserialize_with = "form::flag")]
    footer: bool,
    /// Where an order is placed.
    #[serde(default, deserialize_with = "form::flag")]
    checkout: bool,
}

/// A place, counted from 1.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveTo {
    /// The place.
    pub(crate) place: Count,
}

impl MoveTo {
    /// The place from 0.
    pub(crate) fn counted_from_nought(self) -> Result<usize, Problem> {
        usize::try_from(self.place.0.saturating_sub(1)).map_err(|_| {
            Problem::invalid("error-invalid-input").field("place", "error-invalid-value")
        })
    }
}

/// Which draft was looked at.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// Its number; absent for whatever is there.
    #[serde(default)]
    revision: Option<Count>,
}

/// A page that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PageChanged {
    /// The page.
    pub(crate) id: PageId,
}

/// A link to a draft.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PreviewOpened {
    /// Where it is.
    url: String,
    /// For how many seconds it works.
    seconds: i64,
}

pub(crate) fn path_of(id: PageId) -> String {
    format!("/admin/pages/{id}")
}

/// One page as its editor shows it.
pub(crate) async fn editor(ctx: &Ctx, id: PageId) -> Result<ShopPageEditor, Problem> {
    let found = ctx.read_snapshot(async move |rx, ctx| view::editor(rx, ctx, id).await);
    Ok(found.await?)
}

async fn all(ctx: &Ctx) -> Result<ShopPages, Problem> {
    Ok(ctx.read(async |rx, ctx| view::list(rx, ctx).await).await?)
}

async fn list(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Page<ShopPages>, Problem> {
    Ok(Page::new(all(&ctx).await?))
}

async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<ShopPagePath>,
) -> Result<Page<ShopPageEditor>, Problem> {
    Ok(Page::new(editor(&ctx, at.id).await?))
}

async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<MakePage>,
) -> Result<Done<PageChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let title = filled(typed.title);
        let handle = typed.handle.map(|h| h.trim().to_owned());
        let handle = handle.or_else(|| slug(title.get(Locale::En)));
        let new = NewPage {
            handle: handle.unwrap_or_default(),
            kind: typed.kind,
            content: Content {
                title,
                blocks: shop_blocks::beginning(typed.kind),
                ..Content::default()
            },
            places: Places {
                footer: typed.kind != PageKind::Landing,
                ..Places::default()
            },
        };
        let making = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(write::create(tx, ctx, new.clone()).await?)
        });
        let id = making.await.map_err(explain)?;
        Ok(Done::created(PageChanged { id }, path_of(id)).flash("admin-flash-created"))
    };
    sent.or_show(work, all(&ctx)).await
}

/// What is done to a page.
#[derive(Clone)]
enum Step {
    Words(Content),
    Move(String),
    Link(Places),
    Place(usize),
    Publish(Option<i64>),
    Withdraw,
    Undo(Option<i64>),
    Discard,
    Restore(i64),
    Remove,
}

impl Step {
    async fn take(self, tx: &mut Tx, ctx: &Ctx, id: PageId) -> Result<(), MarketingError> {
        match self {
            Self::Words(words) => {
                write::edit(tx, ctx, id, None, |content| {
                    *content = Content {
                        blocks: std::mem::take(&mut content.blocks),
                        ..words
                    };
                    Ok(())
                })
                .await
            }
            Self::Move(handle) => write::change_handle(tx, ctx, id, &handle).await,
            Self::Link(places) => write::place(tx, id, places).await,
            Self::Place(place) => write::move_to(tx, id, place).await,
            Self::Publish(seen) => publish::publish(tx, ctx, id, seen).await,
            Self::Withdraw => publish::withdraw(tx, ctx, id).await,
            Self::Undo(seen) => write::undo(tx, ctx, id, seen).await,
            Self::Discard => publish::discard(tx, ctx, id).await,
            Self::Restore(revision) => write::restore(tx, ctx, id, revision).await,
            Self::Remove => write::remove(tx, id).await,
        }
    }

    const fn flash(&self) -> &'static str {
        match self {
            Self::Words(_) | Self::Move(_) | Self::Link(_) | Self::Place(_) => "admin-flash-saved",
            Self::Publish(_) => "pages-flash-published",
            Self::Withdraw => "pages-flash-withdrawn",
            Self::Undo(_) | Self::Discard | Self::Restore(_) => "pages-flash-undone",
            Self::Remove => "pages-flash-removed",
        }
    }
}

async fn walk(
    ctx: &Ctx,
    id: PageId,
    step: Result<Step, Problem>,
    sent: &Sent,
) -> Result<Done<PageChanged>, Problem> {
    let work = async {
        let step = step?;
        let flash = step.flash();
        let next = if matches!(step, Step::Remove) {
            "/admin/pages".to_owned()
        } else {
            path_of(id)
        };
        let taking = ctx.write(async move |tx, ctx| {
            let step = step.clone();
            Ok::<_, FlowError>(step.take(tx, ctx, id).await?)
        });
        taking.await.map_err(explain)?;
        Ok(Done::new(PageChanged { id }, sent.next(next)).flash(flash))
    };
    sent.or_show(work, editor(ctx, id)).await
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident: $form:ty, |$typed:ident| $step:expr;)*) => {$(
        $(#[$doc])*
        async fn $name(
            _: Arc<Backoffice>,
            ctx: Ctx,
            (Path(at), form): (Path<ShopPagePath>, Form<$form>),
        ) -> Result<Done<PageChanged>, Problem> {
            let step = match form.value {
                Ok($typed) => $step,
                Err(problem) => Err(problem),
            };
            walk(&ctx, at.id, step, &form.sent).await
        }
    )*};
}

steps! {
    /// Replaces a page's title and lines.
    write_words: WriteWords, |typed| Ok(Step::Words(Content {
        title: filled(typed.title),
        summary: filled(typed.summary),
        seo_title: filled(typed.seo_title),
        blocks: Vec::new(),
    }));
    /// Gives a page another address.
    move_page: MovePage, |typed| Ok(Step::Move(typed.handle.trim().to_owned()));
    /// Says where a page is linked.
    link: LinkPage, |typed| Ok(Step::Link(Places {
        header: typed.header,
        footer: typed.footer,
        checkout: typed.checkout,
    }));
    /// Moves a page among the others.
    place: MoveTo, |typed| typed.counted_from_nought().map(Step::Place);
    /// Publishes the draft that was looked at.
    publish_page: Seen, |typed| Ok(Step::Publish(typed.revision.map(|r| r.0)));
    /// Takes a page off.
    withdraw: Nothing, |_typed| Ok(Step::Withdraw);
    /// Takes back the last change.
    undo: Seen, |typed| Ok(Step::Undo(typed.revision.map(|r| r.0)));
    /// Goes back to what shoppers read.
    discard: Nothing, |_typed| Ok(Step::Discard);
    /// Removes a page that shoppers never read.
    remove: Nothing, |_typed| Ok(Step::Remove);
}

/// Makes an earlier draft the present one.
async fn restore(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<VersionPath>, Form<Nothing>),
) -> Result<Done<PageChanged>, Problem> {
    let step = form.value.map(|_| Step::Restore(at.revision.0));
    walk(&ctx, at.id, step, &form.sent).await
}

/// Opens a link to the draft and goes there.
async fn preview(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ShopPagePath>, Form<Nothing>),
) -> Result<Done<PreviewOpened>, Problem> {
    form.value?;
    let opening = ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(publish::open_preview(tx, ctx, at.id).await?)
    });
    let url = format!("/preview/{}", opening.await.map_err(explain)?);
    let opened = PreviewOpened {
        url: url.clone(),
        seconds: publish::PREVIEW,
    };
    Ok(Done::created(opened, url))
}
