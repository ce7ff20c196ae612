//! What search engines and assistants are told about: every page that everybody may see, in maps of bounded length.

use kernel::Timestamp;
use platform::{Rx, params};

use super::{facts::Facts, parts::media_url};
use crate::FlowError;

/// Products of one map. With three languages it has at most 45,000 addresses; the protocol of site maps allows 50,000.
pub const PRODUCTS: i64 = 15_000;

/// One page that everybody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// When it last changed.
    pub changed: Option<Timestamp>,
    /// The path of its picture.
    pub picture: Option<String>,
}

/// The pages that are no products.
#[must_use]
pub fn pages(facts: &Facts) -> Vec<Entry> {
    let plain = |path: String| Entry {
        path,
        changed: None,
        picture: None,
    };
    let mut found = vec![plain("/".to_owned()), plain("/contact".to_owned())];
    found.extend(facts.pages.iter().map(|page| Entry {
        changed: page.published_at,
        ..plain(format!("/pages/{}", page.handle))
    }));
    for node in &facts.collections {
        let all = std::iter::once(&node.collection).chain(&node.children);
        found.extend(all.map(|c| Entry {
            picture: c.image_key.as_deref().map(media_url),
            ..plain(format!("/collections/{}", c.handle))
        }));
    }
    found
}

/// How many products are on sale.
///
/// # Errors
/// Whatever the database says.
pub async fn count(rx: &mut Rx) -> Result<i64, FlowError> {
    let sql = "SELECT COUNT(*) AS n FROM products WHERE state = 'published'";
    Ok(rx.one(sql, &[]).await?.get("n")?)
}

/// The products of one map, from 0, in the order in which they came on sale: what is new changes the last map alone.
///
/// # Errors
/// Whatever the database says.
pub async fn products(rx: &mut Rx, map: i64) -> Result<Vec<Entry>, FlowError> {
    let sql = "SELECT p.handle, p.updated_at, (SELECT m.file_key FROM media m WHERE m.product_id = p.id \
               ORDER BY m.position, m.id LIMIT 1) AS picture FROM products p WHERE p.state = 'published' \
               ORDER BY p.published_at, p.id LIMIT $1 OFFSET $2";
    let rows = rx
        .rows(sql, params![PRODUCTS, map.saturating_mul(PRODUCTS)])
        .await?;
    let entry = |row: &platform::db::Row| {
        Ok(Entry {
            path: format!("/products/{}", row.get::<String>("handle")?),
            changed: row.get("updated_at")?,
            picture: row
                .get::<Option<String>>("picture")?
                .as_deref()
                .map(media_url),
        })
    };
    rows.iter().map(entry).collect()
}
