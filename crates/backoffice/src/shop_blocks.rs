//! Blocks of a page: added, written, moved, hidden, removed, each with its picture.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{product, variant};
use kernel::{CollectionId, Locale, PageId, Permission as P, ProductId, Texts, VariantId};
use marketing::{
    Block, BlockKind, Field, Item, MarketingError, PageKind, Picture, Topic, block::Fields,
    page::write,
};
use operations::FlowError;
use platform::{
    Ctx, Rx, Tx,
    web::{Done, FieldProblem, Files, Path, Problem, Routes, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Count, Form, Listed, Nothing, Sent, explain, filled},
    paths::{BlockPath, ShopPagePath},
    pictures::{OnePicture, one_picture},
    shop_pages::{MoveTo, PageChanged, editor, path_of},
};

/// Everything that is done with blocks.
pub(crate) fn routes(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .post(
            "/admin/pages/{id}/blocks",
            P::ProductsWrite,
            "Adds a block to the draft",
            add,
        )
        .put(
            "/admin/pages/{id}/blocks/{block}",
            P::ProductsWrite,
            "Replaces what stands in a block",
            write_block,
        )
        .delete(
            "/admin/pages/{id}/blocks/{block}",
            P::ProductsWrite,
            "Takes a block out of the draft",
            remove,
        )
        .post(
            "/admin/pages/{id}/blocks/{block}/place",
            P::ProductsWrite,
            "Moves a block",
            place,
        )
        .post(
            "/admin/pages/{id}/blocks/{block}/hiding",
            P::ProductsWrite,
            "Hides a block",
            hide,
        )
        .delete(
            "/admin/pages/{id}/blocks/{block}/hiding",
            P::ProductsWrite,
            "Shows a hidden block",
            show,
        )
        .post(
            "/admin/pages/{id}/blocks/{block}/picture",
            P::ProductsWrite,
            "Hangs a picture into a block",
            hang,
        )
}

/// A block to add.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddBlock {
    /// What it is.
    kind: BlockKind,
    /// Its place, counted from 1; at the end when absent.
    #[serde(default)]
    place: Option<Count>,
}

/// What stands in a block. What is absent is emptied; its picture stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WriteBlock {
    /// A few words above the title.
    eyebrow: BTreeMap<Locale, String>,
    /// The title.
    title: BTreeMap<Locale, String>,
    /// The text; HTML or plain where the kind has structure.
    text: BTreeMap<Locale, String>,
    /// The words of its link or button.
    action: BTreeMap<Locale, String>,
    /// What its picture shows.
    alt: BTreeMap<Locale, String>,
    /// Whether its picture is taken out.
    #[serde(deserialize_with = "form::flag")]
    without_picture: bool,
    /// Where it leads.
    url: Option<String>,
    /// Its entries: a list, or rows by number. Rows without a product and a title do not count.
    items: Listed<WriteItem>,
    /// Its collections.
    collections: Vec<CollectionId>,
    /// The SKU of what it offers.
    variant: Option<String>,
    /// How many products it shows.
    count: Option<Count>,
    /// After how many seconds it moves by itself.
    seconds: Option<Count>,
    /// Whether it asks what was missing.
    #[serde(deserialize_with = "form::flag")]
    asks: bool,
    /// Its topic.
    topic: Option<Topic>,
}

/// An entry of a block.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WriteItem {
    /// Its product's address, or a SKU of it.
    product: String,
    /// Its drawing.
    icon: String,
    /// Its title or question.
    title: BTreeMap<Locale, String>,
    /// Its text or answer.
    text: BTreeMap<Locale, String>,
}

/// What a new page of a kind begins with: a landing page with the steps that lead to an offer and the way on for those
/// whom it is not for.
pub(crate) fn beginning(kind: PageKind) -> Vec<Block> {
    use BlockKind as B;
    let kinds: &[BlockKind] = match kind {
        PageKind::Landing => &[B::Picture, B::Promises, B::Proof, B::Buy, B::Elsewhere],
        PageKind::Guide => &[B::Steps],
        PageKind::Faq => &[B::Faq, B::Contact],
        PageKind::Home | PageKind::Policy | PageKind::Page => &[B::RichText],
    };
    let blocks = kinds.iter().map(|kind| Block {
        id: String::new(),
        kind: *kind,
        hidden: false,
        fields: fresh(*kind),
    });
    blocks.collect()
}

/// What a new block of a kind begins with.
fn fresh(kind: BlockKind) -> Fields {
    Fields {
        asks: kind.has(Field::Asks),
        seconds: (kind == BlockKind::Carousel).then_some(7),
        topic: kind.has(Field::Topic).then_some(Topic::Returns),
        ..Fields::default()
    }
}

/// What is done to a block.
#[derive(Clone)]
enum Step {
    Place(usize),
    Hide(bool),
    Remove,
    Hang(Picture),
}

impl Step {
    async fn take(
        self,
        tx: &mut Tx,
        ctx: &Ctx,
        (id, block): (PageId, &str),
    ) -> Result<(), MarketingError> {
        match self {
            Self::Place(place) => write::move_block(tx, ctx, id, block, place).await,
            Self::Hide(hidden) => write::hide_block(tx, ctx, id, block, hidden).await,
            Self::Remove => write::remove_block(tx, ctx, id, block).await,
            Self::Hang(picture) => write::hang_picture(tx, ctx, id, block, picture).await,
        }
    }
}

async fn walk(
    ctx: &Ctx,
    at: BlockPath,
    step: Result<Step, Problem>,
    sent: &Sent,
) -> Result<Done<PageChanged>, Problem> {
    let id = at.id;
    let work = async {
        let step = step?;
        let (next, flash) = if matches!(step, Step::Remove) {
            (path_of(id) + "#blocks", "pages-flash-block-removed")
        } else {
            (format!("{}#{}", path_of(id), at.block), "admin-flash-saved")
        };
        let taking = ctx.write(async move |tx, ctx| {
            let step = step.clone();
            Ok::<_, FlowError>(step.take(tx, ctx, (id, &at.block)).await?)
        });
        taking.await.map_err(explain)?;
        Ok(Done::new(PageChanged { id }, sent.next(next)).flash(flash))
    };
    sent.or_show(work, editor(ctx, id)).await
}

/// Adds a block.
async fn add(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ShopPagePath>, Form<AddBlock>),
) -> Result<Done<PageChanged>, Problem> {
    let Form { value, sent } = form;
    let id = at.id;
    let work = async {
        let wanted = value?;
        let place = wanted
            .place
            .map(|p| usize::try_from(p.0.saturating_sub(1)).unwrap_or(0));
        let adding = ctx.write(async move |tx, ctx| {
            let new = (wanted.kind, fresh(wanted.kind));
            Ok::<_, FlowError>(write::add_block(tx, ctx, id, new, place).await?)
        });
        let name = adding.await.map_err(explain)?;
        let next = sent.next(format!("{}?open={name}#{name}", path_of(id)));
        Ok(Done::created(PageChanged { id }, next))
    };
    sent.or_show(work, editor(&ctx, id)).await
}

/// Replaces what stands in a block.
async fn write_block(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BlockPath>, Form<WriteBlock>),
) -> Result<Done<PageChanged>, Problem> {
    let Form { value, sent } = form;
    let id = at.id;
    let work = async {
        let typed = value?;
        let next = sent.next(format!("{}#{}", path_of(id), at.block));
        let writing = ctx.write(async move |tx, ctx| {
            let read = Read::of(tx, typed.clone()).await?;
            write::edit(tx, ctx, id, None, |content| {
                let found = content.blocks.iter_mut().find(|b| b.id == at.block);
                let block = found.ok_or(MarketingError::NoBlock)?;
                block.fields = read.over(block.fields.image.take());
                Ok(())
            })
            .await?;
            Ok::<_, FlowError>(())
        });
        writing.await.map_err(explain)?;
        Ok(Done::new(PageChanged { id }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, editor(&ctx, id)).await
}

/// A block as it was typed, its goods found.
struct Read {
    fields: Fields,
    alt: Texts,
    without_picture: bool,
}

impl Read {
    async fn of(rx: &mut Rx, typed: WriteBlock) -> Result<Self, FlowError> {
        let mut items = Vec::new();
        for (number, item) in typed.items.list() {
            items.push(Item {
                product: product_of(rx, number, item.product.trim()).await?,
                icon: item.icon,
                title: filled(item.title),
                text: filled(item.text),
            });
        }
        let fields = Fields {
            eyebrow: filled(typed.eyebrow),
            title: filled(typed.title),
            text: filled(typed.text),
            action: filled(typed.action),
            url: typed.url,
            items,
            collections: typed.collections,
            variant: variant_of(rx, typed.variant).await?,
            count: typed.count.map(|n| n.0),
            seconds: typed.seconds.map(|n| n.0),
            asks: typed.asks,
            topic: typed.topic,
            image: None,
        };
        Ok(Self {
            fields,
            alt: filled(typed.alt),
            without_picture: typed.without_picture,
        })
    }

    /// The fields with the picture that was there.
    fn over(self, picture: Option<Picture>) -> Fields {
        let kept = picture.filter(|_| !self.without_picture);
        Fields {
            image: kept.map(|picture| Picture {
                alt: self.alt,
                ..picture
            }),
            ..self.fields
        }
    }
}

fn unknown(field: String) -> FlowError {
    FlowError::Fields(vec![FieldProblem {
        field,
        key: "error-no-such-product",
        args: Vec::new(),
    }])
}

async fn product_of(rx: &mut Rx, number: u32, word: &str) -> Result<Option<ProductId>, FlowError> {
    if word.is_empty() {
        return Ok(None);
    }
    let found = product::by_word(rx, word).await?;
    let found = found.ok_or_else(|| unknown(format!("items.{number}.product")))?;
    Ok(Some(found))
}

async fn variant_of(rx: &mut Rx, sku: Option<String>) -> Result<Option<VariantId>, FlowError> {
    let Some(sku) = sku
        .map(|sku| sku.trim().to_owned())
        .filter(|s| !s.is_empty())
    else {
        return Ok(None);
    };
    let found = variant::by_skus(rx, &[sku.as_str()]).await?;
    let first = found.first().ok_or_else(|| unknown("variant".to_owned()))?;
    Ok(Some(first.id))
}

/// Moves a block.
async fn place(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BlockPath>, Form<MoveTo>),
) -> Result<Done<PageChanged>, Problem> {
    let step = form
        .value
        .and_then(MoveTo::counted_from_nought)
        .map(Step::Place);
    walk(&ctx, at, step, &form.sent).await
}

/// Hides a block.
async fn hide(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BlockPath>, Form<Nothing>),
) -> Result<Done<PageChanged>, Problem> {
    let step = form.value.map(|_| Step::Hide(true));
    walk(&ctx, at, step, &form.sent).await
}

/// Shows a hidden block.
async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BlockPath>, Form<Nothing>),
) -> Result<Done<PageChanged>, Problem> {
    let step = form.value.map(|_| Step::Hide(false));
    walk(&ctx, at, step, &form.sent).await
}

/// Takes a block out; undoing puts it back.
async fn remove(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BlockPath>, Form<Nothing>),
) -> Result<Done<PageChanged>, Problem> {
    let step = form.value.map(|_| Step::Remove);
    walk(&ctx, at, step, &form.sent).await
}

/// Hangs a picture into a block.
async fn hang(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form, files): (Path<BlockPath>, Form<Nothing>, Files<OnePicture>),
) -> Result<Done<PageChanged>, Problem> {
    let step = async {
        form.value?;
        let kept = one_picture(&desk, files).await?;
        Ok(Step::Hang(Picture {
            key: kept.key,
            alt: Texts::default(),
            width: kept.width.into(),
            height: kept.height.into(),
        }))
    };
    let step = step.await;
    walk(&ctx, at, step, &form.sent).await
}
