//! The film about a product: a link to where it plays. Nothing of it is loaded before a shopper follows the link.

use kernel::ProductId;
use platform::{Ctx, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CatalogError, events::Change, product};

/// Characters of an address.
const LONGEST: usize = 500;

/// Where a film plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Player {
    /// YouTube.
    Youtube,
    /// Vimeo.
    Vimeo,
    /// Bilibili.
    Bilibili,
    /// A file that browsers play themselves.
    File,
}

/// A link to a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Video {
    /// Where it plays.
    pub player: Player,
    /// The address, without what would tell the player where a shopper came from.
    pub url: String,
}

/// Reads an address as people copy it: of a page of YouTube, Vimeo or Bilibili, or of an MP4 or WebM file.
///
/// # Errors
/// [`CatalogError::VideoUnknown`].
pub fn read(text: &str) -> Result<Video, CatalogError> {
    let text = text.trim();
    let unknown = || CatalogError::VideoUnknown;
    let clean = text.chars().count() <= LONGEST
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\'));
    let rest = text
        .strip_prefix("https://")
        .filter(|_| clean)
        .ok_or_else(unknown)?;
    let (host, path) = rest.split_once('/').ok_or_else(unknown)?;
    if host.is_empty() || host.contains('@') {
        return Err(unknown());
    }
    let host = host.to_ascii_lowercase();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = path.split('#').next().unwrap_or_default();
    let site = ["www.", "m."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix))
        .unwrap_or(&host);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let watch = || {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix("v="))
            .map(|id| id.split('#').next().unwrap_or_default())
    };
    let (player, url) = match (site, parts.as_slice()) {
        ("youtube.com", ["watch"]) => (
            Player::Youtube,
            named("https://www.youtube.com/watch?v=", watch()),
        ),
        ("youtu.be", [id]) | ("youtube.com", ["shorts" | "embed" | "live", id]) => (
            Player::Youtube,
            named("https://www.youtube.com/watch?v=", Some(id)),
        ),
        ("vimeo.com", [id]) => (Player::Vimeo, named("https://vimeo.com/", Some(id))),
        ("bilibili.com", ["video", id]) => (
            Player::Bilibili,
            named("https://www.bilibili.com/video/", Some(id)),
        ),
        ("b23.tv", [id]) => (Player::Bilibili, named("https://b23.tv/", Some(id))),
        (_, [.., file])
            if [".mp4", ".webm"]
                .iter()
                .any(|end| file.to_ascii_lowercase().ends_with(end)) =>
        {
            (Player::File, Some(text.to_owned()))
        }
        _ => return Err(unknown()),
    };
    Ok(Video {
        player,
        url: url.ok_or_else(unknown)?,
    })
}

fn named(stem: &str, id: Option<&str>) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    id.filter(|id| !id.is_empty() && id.len() <= 64 && id.chars().all(plain))
        .map(|id| format!("{stem}{id}"))
}

/// The film about a product.
///
/// # Errors
/// The database's.
pub async fn of(rx: &mut Rx, product: ProductId) -> Result<Option<Video>, CatalogError> {
    let sql = "SELECT url FROM product_videos WHERE product_id = $1";
    match rx.row(sql, params![product]).await? {
        Some(row) => Ok(read(&row.get::<String>("url")?).ok()),
        None => Ok(None),
    }
}

/// Sets the film about a product, or takes it away.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    video: Option<&Video>,
) -> Result<(), CatalogError> {
    let owner = product::lock(tx, product).await?;
    match video {
        Some(video) => {
            let sql = "INSERT INTO product_videos (product_id, url) VALUES ($1, $2) \
                       ON CONFLICT (product_id) DO UPDATE SET url = excluded.url";
            tx.execute_one(sql, params![product, &video.url]).await?;
        }
        None => {
            tx.execute(
                "DELETE FROM product_videos WHERE product_id = $1",
                params![product],
            )
            .await?;
        }
    }
    product::changed(tx, ctx, &owner, Change::Media).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TRF-18: addresses as people copy them lead to one film, without what follows a shopper around.
    #[test]
    fn copied_addresses_are_understood() {
        for (text, player, url) in [
            (
                "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3s&si=x",
                Player::Youtube,
                "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            ),
            (
                "https://youtu.be/dQw4w9WgXcQ?si=abc",
                Player::Youtube,
                "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            ),
            (
                "https://m.youtube.com/shorts/abc_DEF-1",
                Player::Youtube,
                "https://www.youtube.com/watch?v=abc_DEF-1",
            ),
            (
                " https://vimeo.com/76979871 ",
                Player::Vimeo,
                "https://vimeo.com/76979871",
            ),
            (
                "https://www.bilibili.com/video/BV1xx411c7mD/?spm_id_from=333",
                Player::Bilibili,
                "https://www.bilibili.com/video/BV1xx411c7mD",
            ),
            (
                "https://b23.tv/abc123",
                Player::Bilibili,
                "https://b23.tv/abc123",
            ),
            (
                "https://films.tea.tw/a/Brewing.MP4?v=2",
                Player::File,
                "https://films.tea.tw/a/Brewing.MP4?v=2",
            ),
        ] {
            let video = read(text).unwrap();
            assert_eq!((video.player, video.url.as_str()), (player, url), "{text}");
            assert_eq!(read(&video.url).unwrap(), video, "{text}");
        }
    }

    /// A17: nothing but an address of a film becomes a link.
    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "",
            "javascript:alert(1)",
            "http://youtu.be/abc",
            "https://youtube.com/watch?v=",
            "https://youtube.com/watch",
            "https://evil.example/watch?v=abc",
            "https://youtube.com.evil.example/watch?v=abc",
            "https://a@b/x.mp4",
            "https://youtu.be/a\"onload=x",
            "https://tea.tw/x.mp4 y",
            "https:///x.mp4",
            "https://www.youtube.com/@shop",
        ] {
            assert!(
                matches!(read(text), Err(CatalogError::VideoUnknown)),
                "{text}"
            );
        }
    }
}
