//! What search engines and assistants are told about: every page that everybody may see.

use kernel::Timestamp;
use platform::{Rx, params};

use super::{facts::Facts, page};
use crate::FlowError;

/// Addresses of one map at most, by the protocol of site maps.
const MOST: i64 = 50_000;

/// One page that everybody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// When it last changed.
    pub changed: Option<Timestamp>,
}

/// Every page that everybody may see, products newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn entries(rx: &mut Rx, facts: &Facts) -> Result<Vec<Entry>, FlowError> {
    let plain = |path: String| Entry {
        path,
        changed: None,
    };
    let mut found = vec![
        plain("/".to_owned()),
        plain("/contact".to_owned()),
        plain("/orders/lookup".to_owned()),
    ];
    let more = facts
        .pages
        .keys()
        .map(String::as_str)
        .filter(|h| !page::OWN.contains(h));
    found.extend(
        page::OWN
            .into_iter()
            .chain(more)
            .map(|h| plain(format!("/pages/{h}"))),
    );
    for node in &facts.collections {
        let all = std::iter::once(&node.collection).chain(&node.children);
        found.extend(all.map(|c| plain(format!("/collections/{}", c.handle))));
    }
    let room = MOST - i64::try_from(found.len()).unwrap_or(MOST);
    let sql = "SELECT handle, updated_at FROM products WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT $1";
    for row in rx.rows(sql, params![room.max(0)]).await? {
        let handle: String = row.get("handle")?;
        found.push(Entry {
            path: format!("/products/{handle}"),
            changed: row.get("updated_at")?,
        });
    }
    Ok(found)
}
