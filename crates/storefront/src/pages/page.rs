//! Pages made of blocks, what people say they missed on them, and drafts that are looked at before they are public.

use std::sync::Arc;

use kernel::PageId;
use marketing::{NewObjection, PageKind, Reason, objection, page::publish};
use operations::{
    FlowError,
    views::shop::{
        home::{self, HomePage},
        page::{self, LivePage, ShopPage},
        schema_org,
    },
};
use platform::{
    Ctx,
    web::{Body, Done, Either, Moved, Page, PageView, Path, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::HandlePath;
use crate::{Shared, Storefront, face::problem};

/// What the page begins with.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct PageQuery {
    /// Whether somebody has just said what they missed.
    #[serde(deserialize_with = "form::flag")]
    said: bool,
}

/// A page. A browser that asks by an address which the page had before goes on to the present one, whatever follows
/// the question mark; a program gets the page at once and sees by its handle that it has moved. Browsers ask again each
/// time, so that an address can come back.
pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Query(query)): (Whole, Path<HandlePath>, Query<PageQuery>),
) -> Result<Either<Page<Shared<ShopPage>>, Moved>, Problem> {
    let live = live(&shop, &ctx, &path.handle).await?;
    if live.handle != path.handle && !incoming.program {
        let mut now = format!("/pages/{}", live.handle);
        if !incoming.query.is_empty() {
            now.extend(["?", incoming.query.as_str()]);
        }
        return Ok(Either::Right(Moved(now)));
    }
    let view = known(&shop, &ctx, live).await?;
    shop.opened(&ctx, &incoming);
    if query.said {
        let view = ShopPage {
            said: true,
            ..ShopPage::clone(&view)
        };
        return Ok(Either::Left(Page::new(Shared(Arc::new(view)))));
    }
    Ok(Either::Left(Page::new(Shared(view))))
}

/// The page at an address, its present one or one that it had.
async fn live(shop: &Storefront, ctx: &Ctx, handle: &str) -> Result<LivePage, Problem> {
    let facts = shop.facts(ctx).await?;
    if let Some(live) = page::find(&facts, handle) {
        return Ok(live.clone());
    }
    let handle = handle.to_owned();
    let moved = ctx.read(async move |rx, _| {
        Ok::<_, FlowError>(marketing::page::at_address(rx, &handle).await?)
    });
    let id = moved.await?;
    let mut pages = facts.pages.iter();
    let found = pages.find(|live| Some(live.id) == id);
    found.cloned().ok_or_else(Problem::not_found)
}

/// A page as it was read a moment ago.
async fn known(shop: &Storefront, ctx: &Ctx, live: LivePage) -> Result<Arc<ShopPage>, Problem> {
    let (now, locale) = (ctx.now(), ctx.locale());
    let key = (locale, live.handle.clone());
    if let Some(view) = shop.pages.get(&key, now) {
        return Ok(view);
    }
    let view = read(shop, ctx, live).await?;
    Ok(shop.pages.put(key, now, view))
}

async fn read(shop: &Storefront, ctx: &Ctx, live: LivePage) -> Result<ShopPage, Problem> {
    let (facts, wanted) = (shop.facts(ctx).await?, shop.wanted(ctx).await?);
    let (known, words) = (Arc::clone(&facts), Arc::clone(&shop.parts.words));
    let mut view = ctx
        .read(async move |rx, ctx| page::shop_page(rx, ctx, (&known, &words, &wanted), &live).await)
        .await?;
    view.json_ld = schema_org::page(&view, shop.place(ctx, &facts));
    Ok(view)
}

/// What somebody missed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectionForm {
    /// What kept them from buying.
    reason: Reason,
    /// More about it.
    #[serde(default)]
    text: String,
}

/// An answer that was kept.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Heard {
    /// The page it is about.
    page_id: PageId,
}

/// Keeps what somebody says they missed on a page (TRF-14).
pub(crate) async fn object(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(form)): (Whole, Path<HandlePath>, Body<ObjectionForm>),
) -> Result<Done<Heard>, Problem> {
    let live = live(&shop, &ctx, &path.handle).await?;
    let page_id = live.id;
    shop.limits.message(&incoming)?;
    let giving = ctx.write(async move |tx, ctx| {
        let new = NewObjection {
            reason: form.reason,
            text: form.text.clone(),
        };
        Ok::<_, FlowError>(objection::give(tx, ctx, page_id, new).await?)
    });
    giving.await.map_err(problem)?;
    let next = format!("/pages/{}?said=1#elsewhere", live.handle);
    Ok(Done::created(Heard { page_id }, next))
}

/// The secret of a link to a draft.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct PreviewPath {
    /// The secret.
    token: String,
}

/// A draft as shoppers would see it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Preview {
    /// The home page.
    Home(HomePage),
    /// Another page.
    Page(ShopPage),
}

impl PageView for Preview {
    const TEMPLATE: &'static str = "preview.html";
}

/// Shows a draft to whoever has the link; nothing is counted.
pub(crate) async fn preview(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<PreviewPath>),
) -> Result<Page<Preview>, Problem> {
    let token = path.token.clone();
    let looking = ctx
        .read(async move |rx, ctx| Ok::<_, FlowError>(publish::by_preview(rx, ctx, &token).await?));
    let Some(found) = looking.await.map_err(problem)? else {
        return Err(shop.limits.link_missed(&incoming));
    };
    if found.kind == PageKind::Home {
        let (facts, wanted) = (shop.facts(&ctx).await?, shop.wanted(&ctx).await?);
        let words = Arc::clone(&shop.parts.words);
        let view = ctx
            .read(async move |rx, ctx| {
                home::of_content(rx, ctx, (&facts, &words, &wanted), &found.draft).await
            })
            .await?;
        return Ok(Page::new(Preview::Home(view)));
    }
    let live = LivePage {
        id: found.id,
        handle: found.handle,
        kind: found.kind,
        topic: found.topic,
        content: found.draft,
        places: found.places,
        published_at: found.updated_at,
        touched: true,
    };
    Ok(Page::new(Preview::Page(read(&shop, &ctx, live).await?)))
}
