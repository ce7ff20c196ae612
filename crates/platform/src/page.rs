//! Pages of long lists: some items and an opaque text that leads to the next ones.
//!
//! A cursor holds the sort key of the last item, so that paging costs the same at any depth and skips or repeats
//! nothing when rows come and go meanwhile.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A part of a list, as programs receive it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// The items in the order of the list.
    pub items: Vec<T>,
    /// Leads to the items after these; null on the last page.
    pub next_cursor: Option<Cursor>,
}

/// A place in a list, opaque to whoever carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Cursor(String);

impl<T> Page<T> {
    /// A page of at most `limit` of `rows`, each with the sort key it stands at. Hand in one row more than `limit` to
    /// say that there is a next page.
    pub fn of<K: Serialize>(rows: Vec<(T, K)>, limit: usize) -> Self {
        let more = rows.len() > limit;
        let next_cursor = limit
            .checked_sub(1)
            .filter(|_| more)
            .and_then(|last| rows.get(last))
            .map(|(_, key)| Cursor::at(key));
        Self {
            items: rows.into_iter().take(limit).map(|(item, _)| item).collect(),
            next_cursor,
        }
    }

    /// The same page of something made from each item.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

impl Cursor {
    /// The place of the item with this sort key.
    pub fn at(key: &impl Serialize) -> Self {
        Self(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default()))
    }

    /// A cursor as it came from outside; whether it means anything is seen by [`Cursor::key`].
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The sort key, or `None` when this is no cursor of such a list.
    #[must_use]
    pub fn key<K: DeserializeOwned>(&self) -> Option<K> {
        let json = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cursor leads back to the key it was made of, and nothing else passes for one.
    #[test]
    fn a_cursor_reads_back_its_key() {
        let cursor = Cursor::at(&(7_i64, "茶"));
        assert_eq!(
            Cursor::from_text(&cursor.to_string()).key::<(i64, String)>(),
            Some((7, "茶".to_owned()))
        );
        assert_eq!(Cursor::from_text("%%").key::<(i64, String)>(), None);
        assert_eq!(cursor.key::<i64>(), None);
    }

    /// The last page names no next one.
    #[test]
    fn only_a_full_page_has_a_next_one() {
        let rows = |n: i64| (0..n).map(|i| (i, i)).collect::<Vec<_>>();
        assert_eq!(Page::of(rows(3), 3).next_cursor, None);
        let page = Page::of(rows(4), 3);
        assert_eq!(
            (page.items, page.next_cursor.and_then(|c| c.key::<i64>())),
            (vec![0, 1, 2], Some(2))
        );
    }
}
