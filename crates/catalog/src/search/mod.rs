//! Search: an index of the products on sale, in three languages and both Chinese scripts.
//!
//! The index is derived data. It can be thrown away and rebuilt at any time, keeps its place on the stream of events
//! beside its own data, and follows the stream with [`follow`]. Each node has its own.

mod documents;
pub mod fold;
mod index;
mod query;

pub use self::{
    documents::{Changes, Doc, changed_since, documents, follow},
    index::{MAX_HITS, SearchIndex},
    query::{MAX_DEPTH, MAX_QUERY_CHARS, MAX_TERMS},
};

use kernel::ProductId;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    /// The products of the wanted page, best first.
    pub ids: Vec<ProductId>,
    /// How many products were found altogether.
    pub total: usize,
}

/// The index could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The engine's own words.
    #[error("search index: {0}")]
    Engine(#[from] tantivy::TantivyError),
    /// The folder of the index.
    #[error("search folder: {0}")]
    Folder(#[from] std::io::Error),
    /// A thread that worked on the index ended without an answer.
    #[error("the search index was left unfinished")]
    Unfinished,
}
