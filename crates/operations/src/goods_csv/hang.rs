//! The pictures of a product of a file: hung, described, or fetched by jobs.

use catalog::{
    NewMedia, Variant, media,
    picture_import::{self, WantedPicture},
};
use kernel::{ProductId, Texts, VariantId};
use platform::{Ctx, Tx};

use super::{
    Goods, PictureRef, PictureSource, Remark,
    import::{Known, Refusal, at},
};

/// The pictures of a product that are in the shop already.
pub(super) fn kept(goods: &Goods) -> impl Iterator<Item = (&PictureRef, NewMedia)> {
    let pictures = goods.pictures.iter().flatten();
    pictures.filter_map(move |picture| match &picture.source {
        PictureSource::Kept {
            file_key,
            width,
            height,
        } => {
            let new = NewMedia {
                file_key: file_key.clone(),
                alt: alt_of(picture, goods),
                width: *width,
                height: *height,
            };
            Some((picture, new))
        }
        PictureSource::Address(_) | PictureSource::File(_) => None,
    })
}

/// What a new picture shows: as the file says, or else the product's title.
fn alt_of(picture: &PictureRef, goods: &Goods) -> Texts {
    match &picture.alt {
        Some(_) => picture.alt_over(&Texts::default()),
        None => goods.title.clone().unwrap_or_default(),
    }
}

/// The variant that a picture shows by the file; the outer `None` when the file does not say, or names no variant of the
/// product, which is remarked.
fn shown_by(
    picture: &PictureRef,
    sold: &[Variant],
    notes: &mut Vec<Remark>,
) -> Option<Option<VariantId>> {
    let sku = picture.sku.as_deref()?;
    if sku.is_empty() {
        return Some(None);
    }
    let found = sold.iter().find(|variant| variant.sku == sku);
    if found.is_none() {
        let key = "csv-picture-variant";
        notes.push(Remark::note(picture.line, "picture_sku", sku, key));
    }
    Some(Some(found?.id))
}

/// Hangs the pictures that are in the shop and do not hang yet, and brings what they show to what the file says; true when
/// anything differed.
pub(super) async fn hang(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    (goods, sold): (&Goods, &[Variant]),
    notes: &mut Vec<Remark>,
) -> Result<bool, Refusal> {
    let mut changed = false;
    let hung = media::of(tx, &[id]).await;
    let hung = hung.map_err(at(goods.line, "pictures", ""))?;
    for (picture, new) in kept(goods) {
        let key = new.file_key.clone();
        let refused = || at(picture.line, "pictures", &key);
        let shows = shown_by(picture, sold, notes);
        let (one, was, alt) = match hung.iter().find(|one| one.file_key == key) {
            Some(one) => (one.id, one.variant_id, picture.alt_over(&one.alt)),
            None => {
                let alt = new.alt.clone();
                let added = media::add(tx, ctx, id, new).await.map_err(refused())?;
                changed = true;
                (added, None, alt)
            }
        };
        let same = hung.iter().all(|known| known.id != one || known.alt == alt);
        let shows = shows.unwrap_or(was);
        if !same || shows != was {
            let said = media::describe(tx, ctx, id, one, &alt, shows).await;
            said.map_err(refused())?;
            changed = true;
        }
    }
    Ok(changed)
}

/// Has the pictures fetched that are at addresses; how many of them are new.
pub(super) async fn fetch(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    (goods, sold): (&Goods, &[Variant]),
    known: &Known,
    notes: &mut Vec<Remark>,
) -> Result<usize, Refusal> {
    let mut wanted = 0;
    for picture in goods.pictures.iter().flatten() {
        let PictureSource::Address(address) = &picture.source else {
            continue;
        };
        let refused = || at(picture.line, "pictures", address);
        let import = match known.pictures {
            Some(import) => import,
            // Looking at a file rolls back what it tried, its import too.
            None => picture_import::begin(tx, ctx).await.map_err(refused())?,
        };
        let picture = WantedPicture {
            line: i64::try_from(picture.line).unwrap_or_default(),
            column: known.picture_column.to_owned(),
            address: address.clone(),
            alt: alt_of(picture, goods),
            variant: shown_by(picture, sold, notes).flatten(),
        };
        let new = picture_import::want(tx, ctx, import, id, &picture).await;
        wanted += usize::from(new.map_err(refused())?);
    }
    Ok(wanted)
}
