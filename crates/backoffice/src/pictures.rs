//! Pictures of a product and the film about it: sent, described, ordered, taken out, put back.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{NewMedia, media, product, removed_media, video};
use kernel::{Locale, MediaId, Permission as P, ProductId, Texts, VariantId};
use operations::FlowError;
use platform::{
    Ctx,
    pictures::{self, PictureError},
    web::{Done, FieldProblem, FileField, Files, Path, Problem, Routes, StatusCode, UploadedFile},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Count, Form, Nothing, explain},
    paths::{PicturePath, ProductPath},
    products::{ProductChanged, changed, page_of, product_page},
};

/// Everything that is done with pictures and films.
pub(crate) fn routes(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .post(
            "/admin/products/{id}/pictures",
            P::ProductsWrite,
            "Adds pictures",
            add,
        )
        .put(
            "/admin/products/{id}/pictures/{picture_id}",
            P::ProductsWrite,
            "Says what a picture shows, and which variant",
            describe,
        )
        .patch(
            "/admin/products/{id}/pictures/{picture_id}",
            P::ProductsWrite,
            "Moves a picture to another place",
            place,
        )
        .delete(
            "/admin/products/{id}/pictures/{picture_id}",
            P::ProductsWrite,
            "Takes a picture out",
            remove,
        )
        .post(
            "/admin/products/{id}/removed-pictures/{picture_id}",
            P::ProductsWrite,
            "Puts a picture back that was taken out",
            put_back,
        )
        .put(
            "/admin/products/{id}/video",
            P::ProductsWrite,
            "Sets the film about it, or takes it away",
            set_video,
        )
}

/// The pictures of one form.
pub(crate) struct Pictures;

impl FileField for Pictures {
    const NAME: &'static str = "pictures";
    const MOST: usize = 20;
    const FILE_BYTES: usize = pictures::FILE_BYTES;
    const BODY_BYTES: usize = 48 << 20;
    const TYPES: &'static [&'static str] = pictures::TYPES;
}

/// One picture of something that has one.
pub(crate) struct OnePicture;

impl FileField for OnePicture {
    const NAME: &'static str = "picture";
    const MOST: usize = 1;
    const FILE_BYTES: usize = pictures::FILE_BYTES;
    const BODY_BYTES: usize = pictures::FILE_BYTES + (1 << 20);
    const TYPES: &'static [&'static str] = pictures::TYPES;
}

/// Takes the one picture of a form.
///
/// # Errors
/// 422 at its field when it is missing or no picture.
pub(crate) async fn one_picture(
    desk: &Backoffice,
    files: Files<OnePicture>,
) -> Result<pictures::Kept, Problem> {
    let file = files.one()?;
    let kept = pictures::take(&desk.files, file.bytes).await;
    kept.map_err(|error| match error {
        PictureError::Disk(error) => Problem::internal(error),
        error => {
            let said = FieldProblem {
                field: OnePicture::NAME.to_owned(),
                key: error.key(),
                args: vec![("name", file.name.clone())],
            };
            Problem::invalid(error.key())
                .with("name", &file.name)
                .with_fields(vec![said])
        }
    })
}

/// Pictures to add.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddPictures {
    /// The one variant that all of them show; absent when they show the product.
    #[serde(default)]
    variant_id: Option<VariantId>,
}

/// What a picture shows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DescribePicture {
    /// In words, in each language, for people who cannot see it and for search engines.
    #[serde(default)]
    alt: BTreeMap<Locale, String>,
    /// The one variant that it shows; absent when it shows the product.
    #[serde(default)]
    variant_id: Option<VariantId>,
}

/// Where a picture is to stand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlacePicture {
    /// Its place among the pictures, from 1.
    place: Count,
}

/// The film about a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetVideo {
    /// The address of a page of YouTube, Vimeo or Bilibili, or of an MP4 or WebM file; absent for none.
    #[serde(default)]
    url: Option<String>,
}

/// What became of pictures that were sent.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PicturesAdded {
    /// Those that were taken, in order.
    added: Vec<MediaId>,
    /// Those that were not.
    refused: Vec<RefusedPicture>,
}

/// A file that was not taken as a picture.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RefusedPicture {
    /// Its name.
    name: String,
    /// Why, as a word.
    code: String,
}

/// Takes pictures. One that cannot be taken is said with its reason, and the others are taken all the same.
pub(crate) async fn add(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form, files): (Path<ProductPath>, Form<AddPictures>, Files<Pictures>),
) -> Result<Done<PicturesAdded>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let files = files.some()?;
        let known = ctx.read(async move |rx, _| product::by_id(rx, at.id).await);
        if known.await.map_err(|e| explain(e.into()))?.is_none() {
            return Err(Problem::not_found());
        }
        let (mut added, mut refused) = (Vec::new(), Vec::new());
        for file in files {
            match pictures::take(&desk.files, file.bytes.clone()).await {
                Ok(kept) => added.push(hang(&ctx, at.id, &wanted, kept).await?),
                Err(PictureError::Disk(error)) => return Err(Problem::internal(error)),
                Err(error) => refused.push((file, error)),
            }
        }
        if refused.is_empty() || (sent.is_program() && !added.is_empty()) {
            let refused = refused.iter().map(|(file, error)| RefusedPicture {
                name: file.name.clone(),
                code: error.key().trim_start_matches("error-").to_owned(),
            });
            let refused = refused.collect();
            let next = sent.next(page_of(at.id) + "#pictures");
            return Ok(Done::created(PicturesAdded { added, refused }, next)
                .flash("admin-flash-pictures-added"));
        }
        Err(told(added.len(), &refused))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Says which files were not taken and why, each at a field of its own.
fn told(added: usize, refused: &[(UploadedFile, PictureError)]) -> Problem {
    let said = |(place, (file, error)): (usize, &(UploadedFile, PictureError))| FieldProblem {
        field: format!("pictures.{place}"),
        key: error.key(),
        args: vec![("name", file.name.clone())],
    };
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "error-pictures-refused");
    problem
        .with("added", added)
        .with("refused", refused.len())
        .with_fields(refused.iter().enumerate().map(said).collect())
}

/// Adds a kept picture to the product.
async fn hang(
    ctx: &Ctx,
    product: ProductId,
    wanted: &AddPictures,
    kept: pictures::Kept,
) -> Result<MediaId, Problem> {
    let variant = wanted.variant_id;
    let hanging = ctx.write(async move |tx, ctx| {
        let new = NewMedia {
            file_key: kept.key.clone(),
            alt: Texts::default(),
            width: kept.width.into(),
            height: kept.height.into(),
        };
        let id = media::add(tx, ctx, product, new).await?;
        if variant.is_some() {
            media::describe(tx, ctx, product, id, &Texts::default(), variant).await?;
        }
        Ok::<_, FlowError>(id)
    });
    hanging.await.map_err(explain)
}

/// Says what a picture shows.
pub(crate) async fn describe(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PicturePath>, Form<DescribePicture>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let texts = wanted
            .alt
            .into_iter()
            .map(|(locale, text)| (locale, text.trim().to_owned()))
            .filter(|(_, text)| !text.is_empty());
        let texts = Texts(texts.collect());
        let describing = ctx.write(async move |tx, ctx| {
            let (id, picture, variant) = (at.id, at.picture_id, wanted.variant_id);
            Ok::<_, FlowError>(media::describe(tx, ctx, id, picture, &texts, variant).await?)
        });
        describing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id) + "#pictures")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Moves a picture to another place.
pub(crate) async fn place(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PicturePath>, Form<PlacePicture>),
) -> Result<Done<ProductChanged>, Problem> {
    let place = form.value?.place.0;
    let moving = ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(media::place(tx, ctx, at.id, at.picture_id, place).await?)
    });
    moving.await.map_err(explain)?;
    let next = form.sent.next(page_of(at.id) + "#pictures");
    Ok(Done::new(ProductChanged { id: at.id }, next))
}

/// Takes a picture out; it can be put back.
pub(crate) async fn remove(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PicturePath>, Form<Nothing>),
) -> Result<Done<ProductChanged>, Problem> {
    form.value?;
    let removing = ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(removed_media::remove(tx, ctx, at.id, at.picture_id).await?)
    });
    removing.await.map_err(explain)?;
    let next = form.sent.next(page_of(at.id) + "#pictures");
    Ok(Done::new(ProductChanged { id: at.id }, next).flash("admin-flash-picture-removed"))
}

/// Puts a picture back to where it was.
pub(crate) async fn put_back(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PicturePath>, Form<Nothing>),
) -> Result<Done<ProductChanged>, Problem> {
    form.value?;
    let restoring = ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(removed_media::put_back(tx, ctx, at.id, at.picture_id).await?)
    });
    restoring.await.map_err(explain)?;
    Ok(changed(at.id, form.sent.next(page_of(at.id) + "#pictures")))
}

/// Sets the film about a product, or takes it away.
pub(crate) async fn set_video(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<SetVideo>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let url = value?.url;
        let wanted = url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let film = wanted
            .map(video::read)
            .transpose()
            .map_err(|e| explain(e.into()))?;
        let setting = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(video::set(tx, ctx, at.id, film.as_ref()).await?)
        });
        setting.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id) + "#video")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}
