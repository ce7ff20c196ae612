//! Pictures of the shop, and the files of its pages.

use std::sync::Arc;

use platform::{
    Ctx, pictures,
    web::{Path, Problem, Raw, StatusCode, Whole, assets},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Storefront;

/// A year; a file's name is the hash of its content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A picture that is opened by itself runs nothing and loads nothing; its own styles may paint it.
const PICTURE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// A file by its name.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct FilePath {
    /// Its name.
    file: String,
}

pub(crate) async fn media(
    shop: Arc<Storefront>,
    _: Ctx,
    Path(path): Path<FilePath>,
) -> Result<Raw, Problem> {
    let content_type = match path.file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("svg") => "image/svg+xml",
        Some("webp") => "image/webp",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("avif") => "image/avif",
        Some("gif") => "image/gif",
        _ => return Err(Problem::not_found()),
    };
    let files = &shop.parts.files;
    let (content_type, bytes, kept) = match files.get(&path.file) {
        Some(bytes) => (content_type, bytes, FOREVER),
        // A size that is not made yet: the large picture serves meanwhile, and nobody keeps it under this name.
        None => pictures::instead(files, &path.file)
            .map(|(content_type, bytes)| (content_type, bytes, "no-cache"))
            .ok_or_else(Problem::not_found)?,
    };
    let headers = vec![
        ("cache-control", kept.to_owned()),
        ("content-security-policy", PICTURE_POLICY.to_owned()),
    ];
    Ok(Raw {
        status: StatusCode::OK,
        content_type,
        bytes: bytes.into(),
        headers,
    })
}

pub(crate) async fn asset(
    _: Arc<Storefront>,
    _: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<FilePath>),
) -> Result<Raw, Problem> {
    assets::serve(
        &path.file,
        incoming.header("accept-encoding").unwrap_or_default(),
    )
}

/// A file of a theme, under a name that is made of its content.
pub(crate) async fn of_theme(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<FilePath>),
) -> Result<Raw, Problem> {
    let themes = &shop.parts.themes;
    let mut found = themes.asset(&path.file);
    if found.is_none() {
        // After a start no page has made the theme ready yet.
        shop.dress(&ctx, &incoming).await;
        found = themes.asset(&path.file);
    }
    let asset = found.ok_or_else(Problem::not_found)?;
    let mut headers = vec![
        ("cache-control", FOREVER.to_owned()),
        ("vary", "accept-encoding".to_owned()),
        ("content-security-policy", PICTURE_POLICY.to_owned()),
    ];
    let accepted = incoming.header("accept-encoding").unwrap_or_default();
    let packed = asset.gzip.as_ref().filter(|_| accepted.contains("gzip"));
    if packed.is_some() {
        headers.push(("content-encoding", "gzip".to_owned()));
    }
    Ok(Raw {
        status: StatusCode::OK,
        content_type: asset.content_type,
        bytes: packed.unwrap_or(&asset.bytes).clone(),
        headers,
    })
}
