//! Collections: a new one, its words, place, picture, sheet and rules, and the order of its members.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{CatalogError, NewCollection, collection, product, rules::slug};
use kernel::{CollectionId, Locale, ProductId};
use operations::{
    FlowError,
    views::admin::{
        AdminCollection,
        collection::{self as collection_view, MembersAsked},
    },
};
use platform::{
    Ctx, Cursor, Tx,
    web::{Done, Files, Page, Path, Problem, Query},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    collection_form::{self, WriteRules, WriteSheetRow},
    forms::{Count, Form, Listed, Nothing, Sent, explain, filled},
    paths::{CollectionPath, MemberPath},
    pictures::{OnePicture, one_picture},
};

/// A collection, whole. What is absent is emptied.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteCollection {
    /// Its name.
    #[serde(default)]
    title: BTreeMap<Locale, String>,
    /// A text above its products.
    #[serde(default)]
    description: BTreeMap<Locale, String>,
    /// Its name in addresses; made of the name when absent.
    #[serde(default)]
    handle: Option<String>,
    /// The collection above it.
    #[serde(default)]
    parent_id: Option<CollectionId>,
    /// Key of its picture among the shop's files.
    #[serde(default)]
    image_key: Option<String>,
    /// The attributes that its products have: a list, or rows by number. Rows without a code and a name do not count.
    #[serde(default)]
    sheet: Listed<WriteSheetRow>,
    /// By what it finds its members; absent where they are chosen by hand.
    #[serde(default)]
    rules: Option<WriteRules>,
    /// The collection that is being changed, when rules are tried out.
    #[serde(default)]
    id: Option<CollectionId>,
}

/// A place among those beside it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveTo {
    /// The place, counted from 1.
    place: Count,
}

/// A product to put into a collection.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddMember {
    /// Its address, or a SKU of it.
    product: String,
}

/// Which members.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MembersQuery {
    /// The `next_cursor` of the page before.
    #[serde(default)]
    after: Option<Cursor>,
    /// How many members stood on the pages before.
    #[serde(default)]
    from: Option<Count>,
    /// A member that was just moved.
    #[serde(default)]
    moved: Option<ProductId>,
    /// The place where it was, counted from 1.
    #[serde(default)]
    was: Option<Count>,
}

/// A collection that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CollectionChanged {
    /// The collection.
    pub(crate) id: CollectionId,
}

/// A product that was moved within a collection.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MemberMoved {
    /// The collection.
    id: CollectionId,
    /// The place where it was, counted from 1.
    was: usize,
}

fn page_of(id: CollectionId) -> String {
    format!("/admin/collections/{id}")
}

fn changed(id: CollectionId, next: String) -> Done<CollectionChanged> {
    Done::new(CollectionChanged { id }, next).flash("admin-flash-saved")
}

async fn page(ctx: &Ctx, id: Option<CollectionId>) -> Result<AdminCollection, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| match id {
            Some(id) => collection_view::collection(rx, ctx, id, MembersAsked::default()).await,
            None => collection_view::new_collection(rx, ctx).await,
        })
        .await?)
}

/// The form of a new collection.
pub(crate) async fn new_form(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<AdminCollection>, Problem> {
    Ok(Page::new(page(&ctx, None).await?))
}

/// One collection.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<CollectionPath>, Query<MembersQuery>),
) -> Result<Page<AdminCollection>, Problem> {
    let number = |count: Option<Count>| count.and_then(|Count(n)| usize::try_from(n).ok());
    let asked = MembersAsked {
        first_place: number(query.from).unwrap_or_default(),
        moved: query.moved.zip(number(query.was)),
        after: query.after,
    };
    let found =
        ctx.read(async move |rx, ctx| collection_view::collection(rx, ctx, at.id, asked).await);
    Ok(Page::new(found.await?))
}

/// What was typed as a collection.
async fn wanted(ctx: &Ctx, typed: WriteCollection) -> Result<NewCollection, Problem> {
    let (definitions, currency) = ctx
        .read(async |rx, _| {
            let definitions = collection_view::definitions(rx).await?;
            Ok::<_, FlowError>((definitions, collection_view::currency(rx).await?))
        })
        .await?;
    let rules = typed
        .rules
        .map(|rules| rules.read(&definitions, currency))
        .transpose()?
        .flatten();
    let title = filled(typed.title);
    let handle = typed.handle.map(|h| h.trim().to_owned());
    let handle = handle
        .or_else(|| slug(title.get(Locale::En)))
        .ok_or_else(|| Problem::invalid("error-invalid-input").field("handle", "error-required"))?;
    // What stood in the sheet of a collection that now follows rules has nobody to ask.
    let attributes = if rules.is_some() {
        Vec::new()
    } else {
        collection_form::sheet(typed.sheet.list())?
    };
    Ok(NewCollection {
        parent: typed.parent_id,
        handle,
        title,
        description: filled(typed.description),
        image_key: typed.image_key.map(|key| key.trim().to_owned()),
        attributes,
        rules,
    })
}

/// Creates a collection.
pub(crate) async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteCollection>,
) -> Result<Done<CollectionChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = wanted(&ctx, value?).await?;
        let creating = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(collection::create(tx, ctx, new.clone()).await?)
        });
        let id = creating.await.map_err(explain)?;
        let done = Done::created(CollectionChanged { id }, sent.next(page_of(id)));
        Ok(done.flash("admin-flash-created"))
    };
    sent.or_show(work, page(&ctx, None)).await
}

/// Replaces a collection's words, place, picture, sheet and rules.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CollectionPath>, Form<WriteCollection>),
) -> Result<Done<CollectionChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = wanted(&ctx, value?).await?;
        let writing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(collection::update(tx, ctx, at.id, new.clone()).await?)
        });
        writing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id))))
    };
    sent.or_show(work, page(&ctx, Some(at.id))).await
}

/// Shows what rules would find, with everything that was typed.
pub(crate) async fn preview(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteCollection>,
) -> Result<Page<AdminCollection>, Problem> {
    let Form { value, sent } = form;
    let id = value.as_ref().ok().and_then(|typed| typed.id);
    let work = async {
        let new = wanted(&ctx, value?).await?;
        let rules = new.rules.ok_or(CatalogError::RulesMissing);
        let rules = rules.map_err(|error| explain(error.into()))?;
        let mut shown = page(&ctx, id).await?;
        let looking =
            ctx.read(async move |rx, ctx| collection_view::preview(rx, ctx, &rules).await);
        shown.preview = Some(looking.await.map_err(explain)?);
        Ok(Page::new(shown).typed(sent.typed()))
    };
    sent.or_show(work, page(&ctx, id)).await
}

/// Moves a collection among those beside it.
pub(crate) async fn place(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CollectionPath>, Form<MoveTo>),
) -> Result<Done<CollectionChanged>, Problem> {
    let place = place_of(&form.value?)?;
    let moving = ctx
        .write(async move |tx, _| Ok::<_, FlowError>(collection::move_to(tx, at.id, place).await?));
    moving.await.map_err(explain)?;
    let next = form.sent.next("/admin/collections");
    Ok(changed(at.id, next))
}

/// A place from 0.
fn place_of(wanted: &MoveTo) -> Result<usize, Problem> {
    let place = wanted.place.0.checked_sub(1);
    place
        .and_then(|place| usize::try_from(place).ok())
        .ok_or_else(|| {
            Problem::invalid("error-invalid-input").field("place", "error-invalid-value")
        })
}

/// What is done to a collection beside writing it.
enum Step {
    Archive,
    Restore,
    Remove(ProductId),
    /// Hangs the picture of this key into it, or takes it out.
    Picture(Option<String>),
}

impl Step {
    async fn take(&self, tx: &mut Tx, ctx: &Ctx, id: CollectionId) -> Result<(), CatalogError> {
        match self {
            Self::Archive => collection::archive(tx, ctx, id).await,
            Self::Restore => collection::restore(tx, ctx, id).await,
            Self::Remove(product) => collection::remove_product(tx, ctx, id, *product).await,
            Self::Picture(key) => collection::set_picture(tx, ctx, id, key.as_deref()).await,
        }
    }

    const fn flash(&self) -> &'static str {
        match self {
            Self::Archive => "admin-flash-archived",
            Self::Restore => "admin-flash-collection-restored",
            Self::Remove(_) | Self::Picture(_) => "admin-flash-saved",
        }
    }
}

async fn walk(
    ctx: &Ctx,
    id: CollectionId,
    step: Result<Step, Problem>,
    sent: &Sent,
) -> Result<Done<CollectionChanged>, Problem> {
    let work = async {
        let step = step?;
        let flash = step.flash();
        let taking =
            ctx.write(async move |tx, ctx| Ok::<_, FlowError>(step.take(tx, ctx, id).await?));
        taking.await.map_err(explain)?;
        Ok(Done::new(CollectionChanged { id }, sent.next(page_of(id))).flash(flash))
    };
    sent.or_show(work, page(ctx, Some(id))).await
}

/// Puts a collection away with those below it.
pub(crate) async fn archive(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CollectionPath>, Form<Nothing>),
) -> Result<Done<CollectionChanged>, Problem> {
    let step = form.value.map(|_| Step::Archive);
    walk(&ctx, at.id, step, &form.sent).await
}

/// Takes a collection back.
pub(crate) async fn restore(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CollectionPath>, Form<Nothing>),
) -> Result<Done<CollectionChanged>, Problem> {
    let step = form.value.map(|_| Step::Restore);
    walk(&ctx, at.id, step, &form.sent).await
}

/// Hangs a picture into a collection, in place of the one that it had.
pub(crate) async fn hang(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form, files): (Path<CollectionPath>, Form<Nothing>, Files<OnePicture>),
) -> Result<Done<CollectionChanged>, Problem> {
    let step = async {
        form.value?;
        let kept = one_picture(&desk, files).await?;
        Ok(Step::Picture(Some(kept.key)))
    };
    walk(&ctx, at.id, step.await, &form.sent).await
}

/// Takes its picture out of a collection.
pub(crate) async fn unhang(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CollectionPath>, Form<Nothing>),
) -> Result<Done<CollectionChanged>, Problem> {
    let step = form.value.map(|_| Step::Picture(None));
    walk(&ctx, at.id, step, &form.sent).await
}

/// Puts a product into a collection, by its address or a SKU.
pub(crate) async fn add_member(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CollectionPath>, Form<AddMember>),
) -> Result<Done<CollectionChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let word = value?.product.trim().to_owned();
        let adding = ctx.write(async move |tx, ctx| {
            let Some(product) = product::by_word(tx, &word).await? else {
                return Ok(false);
            };
            collection::add_product(tx, ctx, at.id, product).await?;
            Ok::<_, FlowError>(true)
        });
        if !adding.await.map_err(explain)? {
            return Err(
                Problem::invalid("error-invalid-input").field("product", "error-no-such-product")
            );
        }
        Ok(changed(at.id, sent.next(page_of(at.id) + "#members")))
    };
    sent.or_show(work, page(&ctx, Some(at.id))).await
}

/// Takes a product out of a collection.
pub(crate) async fn remove_member(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<MemberPath>, Form<Nothing>),
) -> Result<Done<CollectionChanged>, Problem> {
    let step = form.value.map(|_| Step::Remove(at.product_id));
    walk(&ctx, at.id, step, &form.sent).await
}

/// Moves a product within a collection; the page that follows offers to take it back.
pub(crate) async fn place_member(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<MemberPath>, Form<MoveTo>),
) -> Result<Done<MemberMoved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let to = place_of(&value?)?;
        let moving = ctx.write(async move |tx, _| {
            let from = collection::move_member(tx, at.id, at.product_id, to).await?;
            Ok::<_, FlowError>(from)
        });
        let was = moving.await.map_err(explain)? + 1;
        let (id, product_id) = (at.id, at.product_id);
        let next = format!("{}?moved={product_id}&was={was}#members", page_of(id));
        Ok(Done::new(MemberMoved { id, was }, sent.next(next)))
    };
    sent.or_show(work, page(&ctx, Some(at.id))).await
}
