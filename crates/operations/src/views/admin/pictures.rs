//! The pictures of a product as the people who look after it see them: in order, with what is wrong with each, and
//! those that were taken out and can be put back.

use catalog::{Media, RemovedMedia, Variant};
use kernel::{Locale, MediaId, Timestamp, VariantId};
use platform::pictures;
use schemars::JsonSchema;
use serde::Serialize;

use super::common::picture_url;

/// The shorter side from which a picture is sharp on every screen, in pixels (CAT-05).
const SHARP: i64 = 800;
/// The width that lists of pictures are shown in.
const THUMB: u32 = 320;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Picture {
    /// The picture.
    pub id: MediaId,
    /// Its place, from 1.
    pub place: usize,
    /// Its address, in full size.
    pub url: String,
    /// Its address, small.
    pub thumb_url: String,
    /// What it shows, in the reader's language.
    pub alt: String,
    /// What it shows, in each language.
    pub alts: Vec<PictureText>,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// The one variant it shows; null when it shows the product.
    pub variant_id: Option<VariantId>,
    /// That variant's option values, or its SKU.
    pub variant: Option<String>,
    /// What could be better: `small`, `no_alt`, `shape`.
    pub hints: Vec<&'static str>,
}

/// What a picture shows, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PictureText {
    /// The language.
    pub locale: Locale,
    /// The text.
    pub text: String,
}

/// A picture that was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RemovedPicture {
    /// The picture.
    pub id: MediaId,
    /// Its address, small.
    pub thumb_url: String,
    /// What it shows, in the reader's language.
    pub alt: String,
    /// When it was taken out.
    pub removed_at: Timestamp,
}

/// The pictures in order.
pub(super) fn set(media: &[Media], variants: &[Variant], locale: Locale) -> Vec<Picture> {
    let variant = |m: &Media| {
        let found = variants.iter().find(|v| Some(v.id) == m.variant_id)?;
        Some(found.title(locale))
            .filter(|title| !title.is_empty())
            .or_else(|| Some(found.sku.clone()))
    };
    let picture = |(m, place): (&Media, usize)| Picture {
        id: m.id,
        place,
        url: picture_url(Some(&m.file_key)).unwrap_or_default(),
        thumb_url: thumb(&m.file_key),
        alt: m.alt.get(locale).to_owned(),
        alts: Locale::ALL
            .iter()
            .map(|l| PictureText {
                locale: *l,
                text: m.alt.0.get(l).cloned().unwrap_or_default(),
            })
            .collect(),
        width: m.width,
        height: m.height,
        variant_id: m.variant_id,
        variant: variant(m),
        hints: hints_of(m, place == 1),
    };
    media.iter().zip(1..).map(picture).collect()
}

/// The pictures that can be put back.
pub(super) fn removed(media: &[RemovedMedia], locale: Locale) -> Vec<RemovedPicture> {
    let picture = |m: &RemovedMedia| RemovedPicture {
        id: m.media.id,
        thumb_url: thumb(&m.media.file_key),
        alt: m.media.alt.get(locale).to_owned(),
        removed_at: m.removed_at,
    };
    media.iter().map(picture).collect()
}

fn thumb(key: &str) -> String {
    picture_url(Some(&pictures::sized(key, THUMB))).unwrap_or_default()
}

/// What could be better about a whole set (CAT-04, CAT-05, STF-12): `no_picture`, `one_picture`, `small_picture`,
/// `no_alt`.
pub(super) fn hints(media: &[Media]) -> Vec<&'static str> {
    let any = |hint: &str| media.iter().any(|m| hints_of(m, false).contains(&hint));
    let all = [
        ("no_picture", media.is_empty()),
        ("one_picture", media.len() == 1),
        ("small_picture", any("small")),
        ("no_alt", any("no_alt")),
    ];
    all.into_iter()
        .filter(|(_, wanting)| *wanting)
        .map(|(code, _)| code)
        .collect()
}

/// What could be better about one picture. Lists of goods show the first one as a square, so one that is far from it
/// loses its edges there.
fn hints_of(media: &Media, first: bool) -> Vec<&'static str> {
    let (short, long) = (media.width.min(media.height), media.width.max(media.height));
    let drawing = media.file_key.ends_with(".svg");
    let all = [
        ("small", short < SHARP && !drawing),
        ("no_alt", media.alt.is_empty()),
        ("shape", first && long * 10 > short * 15),
    ];
    all.into_iter()
        .filter(|(_, wanting)| *wanting)
        .map(|(code, _)| code)
        .collect()
}

#[cfg(test)]
mod tests {
    use kernel::{ProductId, Texts};

    use super::*;

    fn media(key: &str, width: i64, height: i64, alt: &str) -> Media {
        let alt = if alt.is_empty() {
            Texts::default()
        } else {
            Texts::one(Locale::Hant, alt)
        };
        Media {
            id: MediaId::new(),
            product_id: ProductId::new(),
            variant_id: None,
            file_key: key.into(),
            alt,
            width,
            height,
        }
    }

    /// CAT-04, CAT-05, STF-12: what is too small, cut off in lists, without words, or alone is said.
    #[test]
    fn what_could_be_better_is_said() {
        let good = media("a.jpg", 1_600, 1_600, "茶罐正面");
        assert!(hints_of(&good, true).is_empty());
        assert_eq!(
            hints_of(&media("a.jpg", 799, 1_000, ""), false),
            ["small", "no_alt"]
        );
        assert_eq!(
            hints_of(&media("a.jpg", 3_000, 1_000, "x"), true),
            ["shape"]
        );
        assert!(hints_of(&media("a.svg", 400, 400, "x"), true).is_empty());
        assert_eq!(hints(&[]), ["no_picture"]);
        assert_eq!(hints(std::slice::from_ref(&good)), ["one_picture"]);
        let poor = media("b.jpg", 500, 500, "");
        assert_eq!(hints(&[good, poor]), ["small_picture", "no_alt"]);
    }
}
