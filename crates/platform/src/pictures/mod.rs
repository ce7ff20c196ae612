//! Pictures that people send (invariant A14): looked at, made anew, kept in the sizes that pages need.
//!
//! Nothing that was sent is ever served. The kind is told from the content; size and pixels are read from the head
//! before anything is decoded, and decoding has a limit of memory; then the picture is turned the way it was taken,
//! made at most [`LARGEST`] pixels long and written anew as JPEG, or PNG when parts
//! of it are transparent. Place, camera and every other remark are gone with the old file. One picture is worked on at
//! a time, so that a crowd of large ones costs time and not memory.
//!
//! The sizes for pages ([`WIDTHS`], WebP) are made afterwards by a job; until then, and should one be missing, the large
//! picture is served in its place.

mod codec;
mod container;
mod shrink;

use std::{io, sync::LazyLock};

use bytes::Bytes;
use tokio::sync::Semaphore;

use self::codec::Pixels;
use crate::{
    Ctx, DbError, Tx,
    files::{self, Files},
    jobs::{self, Failure, NewJob},
};

/// The largest file, in bytes.
pub const FILE_BYTES: usize = 20 << 20;
/// Media types that are taken.
pub const TYPES: &[&str] = &["image/jpeg", "image/png", "image/webp", "image/gif"];
/// Widths that are made for pages, in pixels.
pub const WIDTHS: [u32; 3] = [320, 640, 1_280];
/// The longest side that is kept, in pixels: enough to look closely at.
pub const LARGEST: u32 = 2_560;
/// The kind of the job that makes the sizes; its payload is the key of the picture.
pub const SIZES_JOB: &str = "pictures.sizes";

/// One picture at a time.
static WORK: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// A picture that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its key in the file store.
    pub key: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Why a file cannot be taken as a picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It is none of the four kinds.
    #[error("no picture")]
    NotAPicture,
    /// It is a drawing that can carry scripts.
    #[error("an SVG drawing")]
    Svg,
    /// It is a photograph in a form that browsers cannot show.
    #[error("HEIC or AVIF")]
    Heic,
    /// It has more bytes than allowed.
    #[error("more than {FILE_BYTES} bytes")]
    TooLarge,
    /// It has more pixels than allowed, or a side that is too long.
    #[error("{0} × {1} pixels")]
    TooManyPixels(u32, u32),
    /// It ends before the picture does.
    #[error("ends too early")]
    Torn,
    /// Something else is in the file beside the picture.
    #[error("something follows the picture")]
    TwoThings,
    /// Its content is damaged.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The disk refused.
    #[error("cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

impl PictureError {
    /// The Fluent key of the sentence that says what to do.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotAPicture => "error-picture-kind",
            Self::Svg => "error-picture-svg",
            Self::Heic => "error-picture-heic",
            Self::TooLarge => "error-picture-bytes",
            Self::TooManyPixels(..) => "error-picture-pixels",
            Self::Torn => "error-picture-torn",
            Self::TwoThings => "error-picture-two-things",
            Self::Damaged(_) => "error-picture-damaged",
            Self::Disk(_) => "error-internal",
        }
    }
}

/// Takes a picture: checks it, makes it anew and keeps it.
///
/// # Errors
/// Why it cannot be taken.
pub async fn take(files: &Files, bytes: Bytes) -> Result<Kept, PictureError> {
    let _turn = WORK.acquire().await;
    let files = files.clone();
    tokio::task::spawn_blocking(move || {
        let picture = made_anew(&bytes)?;
        let (file, ending) = picture.large()?;
        Ok(Kept {
            key: files.put(&file, ending)?,
            width: picture.width,
            height: picture.height,
        })
    })
    .await
    .unwrap_or_else(|error| Err(PictureError::Damaged(error.to_string())))
}

/// Looks at what was sent and makes a picture of it.
fn made_anew(bytes: &[u8]) -> Result<Pixels, PictureError> {
    if bytes.len() > FILE_BYTES {
        return Err(PictureError::TooLarge);
    }
    let Some(kind) = container::kind(bytes) else {
        return Err(if container::is_svg(bytes) {
            PictureError::Svg
        } else if container::is_heic(bytes) {
            PictureError::Heic
        } else {
            PictureError::NotAPicture
        });
    };
    let end = container::end(kind, bytes).ok_or(PictureError::Torn)?;
    let (picture, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    if !container::may_follow(kind, rest) {
        return Err(PictureError::TwoThings);
    }
    Ok(codec::decode(kind, picture)?
        .within(LARGEST, LARGEST)
        .plain())
}

/// The key of a picture in one of the [`WIDTHS`]. Drawings of the program fit every size as they are.
#[must_use]
pub fn sized(key: &str, width: u32) -> String {
    if is_drawing(key) {
        key.to_owned()
    } else {
        files::made_of(key, width, "webp")
    }
}

/// The sizes in which a picture of this width is kept: `(key, real width)`; none for a drawing.
#[must_use]
pub fn sizes(key: &str, width: u32) -> Vec<(String, u32)> {
    if is_drawing(key) {
        return Vec::new();
    }
    let narrower = WIDTHS.iter().filter(|w| **w < width).count();
    WIDTHS
        .iter()
        .take(narrower + 1)
        .map(|w| (sized(key, *w), width.min(*w)))
        .collect()
}

/// The large picture in place of one of its sizes that is not there: its media type and its bytes.
#[must_use]
pub fn instead(files: &Files, size_key: &str) -> Option<(&'static str, Vec<u8>)> {
    let (hash, _) = size_key.split_once('-')?;
    [("jpg", "image/jpeg"), ("png", "image/png")]
        .into_iter()
        .find_map(|(ending, media_type)| {
            let bytes = files.get(&format!("{hash}.{ending}"))?;
            Some((media_type, bytes))
        })
}

fn is_drawing(key: &str) -> bool {
    key.ends_with(".svg")
}

/// Queues the job that makes the sizes of a picture, once for each picture.
///
/// # Errors
/// Whatever the database says.
pub async fn queue_sizes(tx: &mut Tx, ctx: &Ctx, key: &str) -> Result<(), DbError> {
    if !is_drawing(key) {
        jobs::enqueue(tx, ctx, NewJob::new(SIZES_JOB, &key).unique(key)).await?;
    }
    Ok(())
}

/// Makes the sizes of a picture that are not there yet; a second time makes nothing.
///
/// # Errors
/// Permanent for a picture that is gone or damaged, again for a full disk.
pub async fn make_sizes(files: &Files, key: String) -> Result<(), Failure> {
    let _turn = WORK.acquire().await;
    let files = files.clone();
    let made = tokio::task::spawn_blocking(move || write_sizes(&files, &key)).await;
    match made {
        Ok(Ok(())) => Ok(()),
        Ok(Err(PictureError::Disk(error))) => Err(Failure::Retry(error.to_string())),
        Ok(Err(error)) => Err(Failure::Permanent(error.to_string())),
        Err(error) => Err(Failure::Retry(error.to_string())),
    }
}

fn write_sizes(files: &Files, key: &str) -> Result<(), PictureError> {
    let bytes = files.get(key).ok_or(PictureError::NotAPicture)?;
    let kind = container::kind(&bytes).ok_or(PictureError::NotAPicture)?;
    let mut picture = codec::decode(kind, &bytes)?;
    // From the widest to the narrowest, each made of the one before.
    for (small, width) in sizes(key, picture.width).into_iter().rev() {
        picture = picture.within(width, u32::MAX);
        if !files.has(&small) {
            files.put_at(&small, &picture.webp()?)?;
        }
    }
    Ok(())
}
