//! The shop's search: the index of each node, following the catalogue.

use std::{path::Path, sync::Arc, time::Duration};

use catalog::{CatalogError, search::SearchIndex};
use platform::Ctx;
use tokio::sync::watch;

/// The search index of this node.
pub struct ShopSearch {
    index: Arc<SearchIndex>,
}

impl ShopSearch {
    /// Opens the index in its folder, or an empty one; [`ShopSearch::refresh`] fills it.
    ///
    /// # Errors
    /// A folder that cannot be used.
    pub fn open(folder: &Path) -> Result<Self, CatalogError> {
        Ok(Self {
            index: Arc::new(SearchIndex::open(folder)?),
        })
    }

    /// An index in memory, for tests.
    ///
    /// # Errors
    /// What the engine says.
    pub fn in_memory() -> Result<Self, CatalogError> {
        Ok(Self {
            index: Arc::new(SearchIndex::in_memory()?),
        })
    }

    /// The index.
    #[must_use]
    pub const fn index(&self) -> &Arc<SearchIndex> {
        &self.index
    }

    /// Brings the index up to date with the catalogue.
    ///
    /// # Errors
    /// Whatever the database or the engine says.
    pub async fn refresh(&self, ctx: &Ctx) -> Result<(), CatalogError> {
        catalog::search::follow(ctx, &self.index).await?;
        Ok(())
    }

    /// Follows the catalogue until `stop` turns true.
    pub async fn follow(&self, ctx: Ctx, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.refresh(&ctx).await {
                tracing::warn!(%error, "search could not follow the catalogue");
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(700)) => {}
                _ = stop.changed() => {}
            }
        }
    }
}
