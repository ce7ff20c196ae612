//! Keeping what was just read for a moment.
//!
//! An answer is kept for a fixed time by the shop's clock, counted from before it was read; nobody has to be told that
//! something changed. With one second for anything that shows stock, what a page shows is younger than the two seconds
//! that are allowed (S17), and the decision to sell never looks here.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::Timestamp;
use platform::web::PageView;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// Answers of one kind by their question.
pub(crate) struct Cache<K, T> {
    seconds: i64,
    most: usize,
    entries: Mutex<HashMap<K, Entry<T>>>,
}

struct Entry<T> {
    read_at: Timestamp,
    value: Arc<T>,
}

impl<K: Eq + Hash, T> Cache<K, T> {
    /// Keeps at most `most` answers, each for `seconds`.
    pub(crate) fn new(seconds: i64, most: usize) -> Self {
        Self {
            seconds,
            most,
            entries: Mutex::default(),
        }
    }

    /// The answer, unless it is too old.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<Arc<T>> {
        let entries = self.entries();
        let entry = entries.get(key).filter(|e| self.is_fresh(e.read_at, now))?;
        Some(Arc::clone(&entry.value))
    }

    /// The answer, however old it is.
    pub(crate) fn last(&self, key: &K) -> Option<Arc<T>> {
        self.entries().get(key).map(|e| Arc::clone(&e.value))
    }

    /// Keeps an answer whose reading began at `read_at`.
    pub(crate) fn put(&self, key: K, read_at: Timestamp, value: T) -> Arc<T> {
        self.put_shared(key, read_at, Arc::new(value))
    }

    /// The same of an answer that others hold already.
    pub(crate) fn put_shared(&self, key: K, read_at: Timestamp, value: Arc<T>) -> Arc<T> {
        let mut entries = self.entries();
        if entries.len() >= self.most {
            entries.retain(|_, e| self.is_fresh(e.read_at, read_at));
        }
        if entries.len() >= self.most {
            entries.clear();
        }
        entries.insert(
            key,
            Entry {
                read_at,
                value: Arc::clone(&value),
            },
        );
        value
    }

    fn is_fresh(&self, read_at: Timestamp, now: Timestamp) -> bool {
        let age = now.micros().saturating_sub(read_at.micros());
        (0..self.seconds.saturating_mul(1_000_000)).contains(&age)
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, Entry<T>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A view that several answers share.
#[derive(Debug)]
pub struct Shared<T>(pub Arc<T>);

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Shared<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: PageView + Sync> PageView for Shared<T> {
    const TEMPLATE: &'static str = T::TEMPLATE;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S17: an answer is used for its time and not a moment longer, and a clock that is set back does not keep it.
    #[test]
    fn answers_grow_old() {
        let cache = Cache::new(1, 2);
        let at = Timestamp::from_micros(5_000_000);
        cache.put("tea", at, 1);
        assert_eq!(cache.get(&"tea", at).as_deref(), Some(&1));
        assert_eq!(
            cache
                .get(&"tea", Timestamp::from_micros(5_999_999))
                .as_deref(),
            Some(&1)
        );
        assert_eq!(cache.get(&"tea", at.plus_seconds(1)), None);
        assert_eq!(cache.get(&"tea", at.plus_seconds(-1)), None);
        assert_eq!(cache.last(&"tea").as_deref(), Some(&1));
    }

    /// Memory stays bounded whatever is asked for.
    #[test]
    fn no_more_than_so_many_are_kept() {
        let cache = Cache::new(1, 2);
        let at = Timestamp::from_micros(0);
        for n in 0..10 {
            cache.put(n, at, n);
        }
        assert!(cache.entries().len() <= 2);
        assert_eq!(cache.get(&9, at).as_deref(), Some(&9));
    }
}
