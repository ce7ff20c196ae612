//! The browser's files: bundled by `web/`, embedded, named by their content, precompressed.

use std::{collections::HashMap, sync::OnceLock};

use axum::http::StatusCode;
use bytes::Bytes;
use rust_embed::RustEmbed;

use super::{output::Raw, problem::Problem};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Files;

/// A year; the name changes with the content.
const FOREVER: &str = "public, max-age=31536000, immutable";

fn manifest() -> &'static HashMap<String, String> {
    static MANIFEST: OnceLock<HashMap<String, String>> = OnceLock::new();
    MANIFEST.get_or_init(|| {
        let file = Files::get("manifest.json");
        file.and_then(|f| serde_json::from_slice(&f.data).ok())
            .unwrap_or_default()
    })
}

/// The address of a file by its logical name: `shop.css` is `/assets/shop.4f3a….css`.
#[must_use]
pub fn url(name: &str) -> Option<String> {
    manifest().get(name).map(|file| format!("/assets/{file}"))
}

/// The bytes of an embedded file, in the best encoding the browser takes.
///
/// # Errors
/// 404.
pub fn serve(file: &str, accepted: &str) -> Result<Raw, Problem> {
    let content_type = match file.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("map") => "application/json",
        _ => return Err(Problem::not_found()),
    };
    let mut headers = vec![
        ("cache-control", FOREVER.to_owned()),
        ("vary", "accept-encoding".to_owned()),
    ];
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepted.contains(encoding)
            && let Some(found) = Files::get(&format!("{file}.{ending}"))
        {
            headers.push(("content-encoding", encoding.to_owned()));
            return Ok(Raw {
                status: StatusCode::OK,
                content_type,
                bytes: bytes_of(found.data),
                headers,
            });
        }
    }
    let found = Files::get(file).ok_or_else(Problem::not_found)?;
    Ok(Raw {
        status: StatusCode::OK,
        content_type,
        bytes: bytes_of(found.data),
        headers,
    })
}

fn bytes_of(data: std::borrow::Cow<'static, [u8]>) -> Bytes {
    match data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    }
}
