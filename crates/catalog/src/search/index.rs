//! The index itself: opened, filled, asked.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::{Locale, ProductId, Texts, id::TypedId};
use platform::events::Position;
use serde::{Deserialize, Serialize};
use tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::{Count, TopDocs},
    directory::MmapDirectory,
    indexer::LogMergePolicy,
    query::Query,
    schema::{FAST, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
};
use uuid::Uuid;

use super::{
    Doc, Hits, SearchError, fold,
    query::{Asked, CODE_PREFIX, Fields, MAX_DEPTH},
};

/// Raised whenever texts are taken apart in another way, so that older indexes are rebuilt.
const VERSION: u32 = 1;
/// Memory of the writer; it lives only from a first change to the commit.
const WRITER_BYTES: usize = 32 << 20;
/// Products of one page of hits at most.
pub const MAX_HITS: usize = 500;

/// The index of the products on sale; cheap to clone. Searching never waits for writing.
#[derive(Clone)]
pub struct SearchIndex(Arc<Inner>);

struct Inner {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    writer: Mutex<Option<IndexWriter>>,
    place: Mutex<Option<Position>>,
    following: tokio::sync::Mutex<()>,
}

/// What is kept with each commit.
#[derive(Serialize, Deserialize)]
struct Stamp {
    version: u32,
    place: Position,
}

impl SearchIndex {
    /// Opens the index in a folder of its own, or makes one there. One that cannot be read is thrown away: everything
    /// in it can be had again from the database.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let folder = folder.join("products");
        std::fs::create_dir_all(&folder)?;
        let opened = Self::open_in(&folder);
        if let Err(error) = &opened {
            tracing::warn!(%error, "the search index cannot be read and is made anew");
            std::fs::remove_dir_all(&folder)?;
            std::fs::create_dir_all(&folder)?;
            return Self::open_in(&folder);
        }
        opened
    }

    fn open_in(folder: &Path) -> Result<Self, SearchError> {
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        Self::with(Index::open_or_create(directory, schema)?, fields)
    }

    /// An index that lives as long as the program.
    ///
    /// # Errors
    /// The engine's.
    pub fn in_memory() -> Result<Self, SearchError> {
        let (schema, fields) = schema();
        Self::with(Index::create_in_ram(schema), fields)
    }

    fn with(index: Index, fields: Fields) -> Result<Self, SearchError> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let stamp = index
            .load_metas()?
            .payload
            .and_then(|text| serde_json::from_str::<Stamp>(&text).ok());
        let place = stamp
            .filter(|stamp| stamp.version == VERSION)
            .map(|stamp| stamp.place);
        let inner = Inner {
            index,
            reader,
            fields,
            writer: Mutex::default(),
            place: Mutex::new(place),
            following: Default::default(),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// How far the index has followed the stream of events; `None` when it must be rebuilt first.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        *locked(&self.0.place)
    }

    /// How many products are in it.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.reader.searcher().num_docs()
    }

    /// True when no product is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Only one task follows the stream at a time.
    pub(super) async fn following(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.following.lock().await
    }

    /// Replaces everything by these products, as they are at this place of the stream. Blocks until it is on disk.
    ///
    /// # Errors
    /// The engine's.
    pub fn rebuild(&self, docs: &[Doc], at: Position) -> Result<(), SearchError> {
        self.clear()?;
        docs.iter().try_for_each(|doc| self.upsert(doc))?;
        self.commit(at)
    }

    /// Empties the index, as part of the next commit. Changes that were not committed are forgotten.
    ///
    /// # Errors
    /// The engine's.
    pub fn clear(&self) -> Result<(), SearchError> {
        self.abandon();
        self.writing(|writer, _| writer.delete_all_documents())?;
        Ok(())
    }

    /// Adds or replaces a product, as part of the next commit.
    ///
    /// # Errors
    /// The engine's.
    pub fn upsert(&self, doc: &Doc) -> Result<(), SearchError> {
        self.writing(|writer, fields| {
            writer.delete_term(key(fields, doc.id));
            writer.add_document(document(fields, doc))
        })?;
        Ok(())
    }

    /// Removes a product, as part of the next commit.
    ///
    /// # Errors
    /// The engine's.
    pub fn delete(&self, id: ProductId) -> Result<(), SearchError> {
        self.writing(|writer, fields| Ok(writer.delete_term(key(fields, id))))?;
        Ok(())
    }

    /// Makes all changes since the last commit visible at once, together with the place of the stream they reach to.
    /// Blocks until they are on disk.
    ///
    /// # Errors
    /// The engine's; then nothing of them is visible.
    pub fn commit(&self, at: Position) -> Result<(), SearchError> {
        let mut slot = locked(&self.0.writer);
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => self.writer()?,
        };
        let stamp = serde_json::to_string(&Stamp {
            version: VERSION,
            place: at,
        })
        .unwrap_or_default();
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&stamp);
        prepared.commit()?;
        writer.wait_merging_threads()?;
        self.0.reader.reload()?;
        *locked(&self.0.place) = Some(at);
        Ok(())
    }

    /// Notes that nothing up to this place concerned the index; kept in memory only.
    pub(super) fn seen(&self, place: Position) {
        *locked(&self.0.place) = Some(place);
    }

    /// Forgets all changes since the last commit.
    pub fn abandon(&self) {
        drop(locked(&self.0.writer).take());
    }

    fn writer(&self) -> Result<IndexWriter, SearchError> {
        let writer: IndexWriter = self.0.index.writer_with_num_threads(1, WRITER_BYTES)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(4);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    fn writing<T>(
        &self,
        work: impl FnOnce(&IndexWriter, &Fields) -> tantivy::Result<T>,
    ) -> Result<T, SearchError> {
        let mut slot = locked(&self.0.writer);
        let writer = match slot.take() {
            Some(writer) => writer,
            None => self.writer()?,
        };
        let done = work(&writer, &self.0.fields);
        *slot = Some(writer);
        Ok(done?)
    }

    /// The products on sale that answer a query, best first: `limit` of them after the first `offset`.
    ///
    /// Only the first [`super::MAX_QUERY_CHARS`] characters and [`super::MAX_TERMS`] terms are looked at, and hits
    /// beyond [`MAX_DEPTH`] are counted but not shown.
    ///
    /// # Errors
    /// The engine's.
    pub fn search(
        &self,
        q: &str,
        locale: Locale,
        offset: usize,
        limit: usize,
    ) -> Result<Hits, SearchError> {
        let asked = Asked::new(q, locale);
        let searcher = self.0.reader.searcher();
        let Some(strict) = asked.strict(&self.0.fields) else {
            return Ok(Hits::default());
        };
        let hits = page(&searcher, &*strict, offset, limit)?;
        if hits.total > 0 {
            return Ok(hits);
        }
        asked
            .loose(&self.0.fields)
            .map_or(Ok(Hits::default()), |loose| {
                page(&searcher, &*loose, offset, limit)
            })
    }
}

fn page(
    searcher: &Searcher,
    query: &dyn Query,
    offset: usize,
    limit: usize,
) -> Result<Hits, SearchError> {
    let limit = limit.min(MAX_HITS);
    if limit == 0 || offset.saturating_add(limit) > MAX_DEPTH {
        return Ok(Hits {
            ids: Vec::new(),
            total: searcher.search(query, &Count)?,
        });
    }
    let top = TopDocs::with_limit(limit)
        .and_offset(offset)
        .order_by_score();
    let (found, total) = searcher.search(query, &(top, Count))?;
    let ids = found
        .into_iter()
        .map(|(_, place)| id_at(searcher, place))
        .collect::<Result<_, _>>()?;
    Ok(Hits { ids, total })
}

/// The product of a hit, from the two columns that hold the halves of its id.
fn id_at(searcher: &Searcher, place: DocAddress) -> Result<ProductId, SearchError> {
    let columns = searcher.segment_reader(place.segment_ord).fast_fields();
    let half = |name| {
        Ok::<u64, tantivy::TantivyError>(columns.u64(name)?.first(place.doc_id).unwrap_or_default())
    };
    Ok(ProductId(Uuid::from_u64_pair(
        half("id_high")?,
        half("id_low")?,
    )))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn schema() -> (Schema, Fields) {
    let words = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(IndexRecordOption::WithFreqs);
    let words = TextOptions::default().set_indexing_options(words);
    let codes = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let codes = TextOptions::default().set_indexing_options(codes);
    let mut schema = Schema::builder();
    let fields = Fields {
        id: schema.add_text_field("id", STRING),
        id_high: schema.add_u64_field("id_high", FAST),
        id_low: schema.add_u64_field("id_low", FAST),
        title_chinese: schema.add_text_field("title_chinese", words.clone()),
        title_english: schema.add_text_field("title_english", words.clone()),
        text: schema.add_text_field("text", words),
        code: schema.add_text_field("code", codes.clone()),
        code_start: schema.add_text_field("code_start", codes),
    };
    (schema.build(), fields)
}

fn key(fields: &Fields, id: ProductId) -> Term {
    Term::from_field_text(fields.id, &id.to_string())
}

/// A product as the index holds it. Nothing is stored but the id; texts are kept as terms only.
fn document(fields: &Fields, doc: &Doc) -> TantivyDocument {
    let mut made = TantivyDocument::new();
    let (high, low) = doc.id.uuid().as_u64_pair();
    made.add_text(fields.id, doc.id.to_string());
    made.add_u64(fields.id_high, high);
    made.add_u64(fields.id_low, low);
    made.add_text(
        fields.title_chinese,
        terms(&doc.title, &[Locale::Hant, Locale::Hans]),
    );
    made.add_text(fields.title_english, terms(&doc.title, &[Locale::En]));
    let texts = doc
        .words
        .iter()
        .chain([&doc.description])
        .map(|texts| terms(texts, &Locale::ALL));
    made.add_text(fields.text, texts.collect::<Vec<_>>().join(" "));
    let codes: Vec<String> = doc
        .codes
        .iter()
        .filter_map(|text| fold::code(text))
        .collect();
    let starts = codes
        .iter()
        .flat_map(|code| CODE_PREFIX.filter_map(|length| code.get(..length)));
    made.add_text(fields.code_start, starts.collect::<Vec<_>>().join(" "));
    made.add_text(fields.code, codes.join(" "));
    made
}

/// The terms of a text in some languages. A text that reads the same in two of them, once folded, counts once.
fn terms(texts: &Texts, locales: &[Locale]) -> String {
    let mut folded: Vec<String> = locales
        .iter()
        .filter_map(|l| texts.0.get(l))
        .map(|text| fold::fold(text))
        .collect();
    folded.sort();
    folded.dedup();
    folded
        .iter()
        .flat_map(|text| fold::index_terms(text))
        .collect::<Vec<_>>()
        .join(" ")
}
