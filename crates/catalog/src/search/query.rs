//! From what a shopper typed to a question to the index.
//!
//! All terms must be there; where nothing has them all, half of them are enough. A match in a title of the shopper's
//! language counts most, then a title of another language, then the other texts. What looks like a SKU or barcode
//! also finds the code itself and, from three characters on, codes that begin with it.

use kernel::Locale;
use tantivy::{
    Term,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::fold;

/// Characters of a query that are looked at; what follows is ignored.
pub const MAX_QUERY_CHARS: usize = 100;
/// Terms of a query that are looked up; what follows is ignored.
pub const MAX_TERMS: usize = 16;
/// Hits that can be paged through; beyond them a page is empty.
pub const MAX_DEPTH: usize = 2_000;
/// The shortest and the longest beginning of a code that finds it.
pub(super) const CODE_PREFIX: std::ops::RangeInclusive<usize> = 3..=24;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) id: Field,
    pub(super) id_high: Field,
    pub(super) id_low: Field,
    pub(super) title_chinese: Field,
    pub(super) title_english: Field,
    pub(super) text: Field,
    pub(super) code: Field,
    pub(super) code_start: Field,
}

/// A query that was cut to size and taken apart.
pub(super) struct Asked {
    terms: Vec<String>,
    code: Option<String>,
    /// Whether the code has a digit or punctuation, so that its beginning is more than an ordinary word.
    coded: bool,
    locale: Locale,
}

impl Asked {
    pub(super) fn new(q: &str, locale: Locale) -> Self {
        let q: String = q.trim().chars().take(MAX_QUERY_CHARS).collect();
        let mut terms = fold::query_terms(&q);
        terms.truncate(MAX_TERMS);
        let coded = q.chars().any(|c| c.is_numeric() || matches!(c, '-' | '_'));
        Self {
            terms,
            code: fold::code(&q),
            coded,
            locale,
        }
    }

    /// The question that all terms must answer; `None` when nothing was asked.
    pub(super) fn strict(&self, fields: &Fields) -> Option<Box<dyn Query>> {
        let words = self
            .terms
            .iter()
            .map(|term| (Occur::Must, self.term(fields, term)))
            .collect::<Vec<_>>();
        let all: Option<Box<dyn Query>> = match words.len() {
            0 => None,
            _ => Some(Box::new(BooleanQuery::new(words))),
        };
        either(all.into_iter().chain(self.codes(fields, self.coded)))
    }

    /// The question that half of the terms must answer; `None` when it would be the same as the strict one.
    pub(super) fn loose(&self, fields: &Fields) -> Option<Box<dyn Query>> {
        let prefix = !self.coded && self.code.is_some();
        if self.terms.len() < 2 && !prefix {
            return None;
        }
        let words: Vec<Box<dyn Query>> = self
            .terms
            .iter()
            .map(|term| self.term(fields, term))
            .collect();
        let half = (words.len() / 2).max(1);
        let some: Option<Box<dyn Query>> = match words.len() {
            0 => None,
            _ => Some(Box::new(BooleanQuery::union_with_minimum_required_clauses(
                words, half,
            ))),
        };
        either(some.into_iter().chain(self.codes(fields, true)))
    }

    /// One term in any of the texts.
    fn term(&self, fields: &Fields, term: &str) -> Box<dyn Query> {
        let (own, other) = match self.locale {
            Locale::Hant | Locale::Hans => (fields.title_chinese, fields.title_english),
            Locale::En => (fields.title_english, fields.title_chinese),
        };
        let in_field = |field: Field, boost: f32| -> Box<dyn Query> {
            let query = TermQuery::new(
                Term::from_field_text(field, term),
                IndexRecordOption::WithFreqs,
            );
            Box::new(BoostQuery::new(Box::new(query), boost))
        };
        Box::new(BooleanQuery::union(vec![
            in_field(own, 4.0),
            in_field(other, 3.0),
            in_field(fields.text, 1.0),
        ]))
    }

    /// The code itself, and codes that begin with it.
    fn codes(&self, fields: &Fields, beginnings: bool) -> Vec<Box<dyn Query>> {
        let Some(code) = &self.code else {
            return Vec::new();
        };
        let in_field = |field: Field, score: f32| -> Box<dyn Query> {
            let query =
                TermQuery::new(Term::from_field_text(field, code), IndexRecordOption::Basic);
            Box::new(ConstScoreQuery::new(Box::new(query), score))
        };
        let mut found = vec![in_field(fields.code, 1_000.0)];
        if beginnings && CODE_PREFIX.contains(&code.len()) {
            found.push(in_field(fields.code_start, 100.0));
        }
        found
    }
}

fn either(queries: impl Iterator<Item = Box<dyn Query>>) -> Option<Box<dyn Query>> {
    let mut queries: Vec<_> = queries.collect();
    match queries.len() {
        0 | 1 => queries.pop(),
        _ => Some(Box::new(BooleanQuery::union(queries))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// STF-03: however long a query is, what it costs is bounded.
    #[test]
    fn a_query_is_cut_to_size() {
        let words: String = (0..500).map(|n| format!("w{n} ")).collect();
        assert_eq!(Asked::new(&words, Locale::En).terms.len(), MAX_TERMS);
        let long = Asked::new(&"a".repeat(1_000_000), Locale::En);
        assert_eq!(long.terms[0].len(), MAX_QUERY_CHARS);
    }
}
