//! What seldom changes, such as the shop's own decisions: kept in memory for a moment, so that not every request reads
//! it again.
//!
//! Whoever begins to read after this process committed a change sees it. Where another process made the change, or a
//! reader whose snapshot is older than the commit was still at work, it takes [`AGE`] at most.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{Ctx, Rx};

/// How old a kept value may be.
pub const AGE: Duration = Duration::from_secs(1);

type Kept = Arc<dyn Any + Send + Sync>;

/// The kept values of one database.
#[derive(Default)]
pub(crate) struct Recent(Mutex<State>);

#[derive(Default)]
struct State {
    /// Counts the changes, so that a value read before one is not kept after it.
    changes: u64,
    values: HashMap<&'static str, (Instant, Kept)>,
}

impl Recent {
    /// Forgets everything: something was changed and committed.
    pub(crate) fn forget(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.changes += 1;
        state.values.clear();
    }

    fn get(&self, key: &str) -> (Option<Kept>, u64) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = state.values.get(key).filter(|(at, _)| at.elapsed() < AGE);
        (fresh.map(|(_, kept)| Arc::clone(kept)), state.changes)
    }

    fn keep(&self, key: &'static str, value: Kept, changes: u64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.changes == changes {
            state.values.insert(key, (Instant::now(), value));
        }
    }
}

/// The value kept under `key`, or what `load` reads. One key is always of one type. A command that changed such a value
/// itself must not ask for it here before it has committed.
///
/// # Errors
/// What `load` says.
pub async fn recent<T, E>(
    rx: &mut Rx,
    ctx: &Ctx,
    key: &'static str,
    load: impl AsyncFnOnce(&mut Rx) -> Result<T, E>,
) -> Result<Arc<T>, E>
where
    T: Send + Sync + 'static,
{
    let recent = ctx.db().recent();
    let (kept, changes) = recent.get(key);
    if let Some(Ok(value)) = kept.map(Arc::downcast::<T>) {
        return Ok(value);
    }
    let value = Arc::new(load(rx).await?);
    let kept: Kept = Arc::<T>::clone(&value);
    recent.keep(key, kept, changes);
    Ok(value)
}
