//! What went wrong, in the same words for people and for programs (RFC 9457).

use axum::http::StatusCode;
use kernel::Locale;
use serde::Serialize;

use super::output::PageAnswer;
use crate::{DbError, words::Words};

/// A refusal or a failure, told to whoever asked.
///
/// The text comes from a Fluent key, so a page and a program get the same sentence in the language of the request.
/// Internal details go to the log, never into the answer (invariant A20).
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    key: &'static str,
    args: Vec<(&'static str, String)>,
    fields: Vec<FieldProblem>,
    retry_after: Option<u32>,
    internal: Option<String>,
    page: Option<Box<PageAnswer>>,
    extra: Option<serde_json::Value>,
}

/// What is wrong with one field of the input.
#[derive(Debug, Clone)]
pub struct FieldProblem {
    /// The field as the form or the JSON names it; nested fields with dots.
    pub field: String,
    /// Fluent key of the sentence.
    pub key: &'static str,
    /// Arguments of the sentence.
    pub args: Vec<(&'static str, String)>,
}

/// The body of a problem as a program reads it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ProblemBody {
    /// Identifies the kind of problem: `/problems/CODE`.
    #[serde(rename = "type")]
    kind: String,
    /// The HTTP status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened and what to do, in the language of the request.
    detail: String,
    /// The request, for questions to the shop's people.
    instance: String,
    /// The kind of problem as a word.
    code: String,
    /// Fields that were not accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldBody>,
    /// Facts a program can act on.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<serde_json::Value>,
}

/// One field that was not accepted.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FieldBody {
    /// JSON pointer to the field.
    pointer: String,
    /// What is wrong, in the language of the request.
    detail: String,
    /// What is wrong, as a word.
    code: String,
}

impl Problem {
    /// A problem with a status and the Fluent key of its sentence (`error-…`).
    #[must_use]
    pub const fn new(status: StatusCode, key: &'static str) -> Self {
        Self {
            status,
            key,
            args: Vec::new(),
            fields: Vec::new(),
            retry_after: None,
            internal: None,
            page: None,
            extra: None,
        }
    }

    /// Nothing is at this address, or nothing that the asker may see (invariant A1).
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "error-not-found")
    }

    /// The input cannot be accepted as it is.
    #[must_use]
    pub const fn invalid(key: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, key)
    }

    /// What is asked does not fit the present state of things.
    #[must_use]
    pub const fn conflict(key: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, key)
    }

    /// The shop's own fault; the reason goes to the log.
    #[must_use]
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "error-internal");
        problem.internal = Some(reason.to_string());
        problem
    }

    /// Adds an argument of the sentence.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over numbers and amounts as they are"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, key: &'static str) -> Self {
        self.fields.push(FieldProblem {
            field: field.into(),
            key,
            args: Vec::new(),
        });
        self
    }

    /// Adds fields that are wrong.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldProblem>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Adds facts a program can act on, for example which lines are short of stock.
    #[must_use]
    pub fn facts(mut self, facts: serde_json::Value) -> Self {
        self.extra = Some(facts);
        self
    }

    /// Asks to come back after so many seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Shows the page where the input was typed, with everything still in it, instead of a bare error page.
    #[must_use]
    pub fn on(mut self, page: PageAnswer) -> Self {
        self.page = Some(Box::new(page));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The kind of problem as a word: the Fluent key without `error-`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.key.strip_prefix("error-").unwrap_or(self.key)
    }

    /// The reason for the log.
    #[must_use]
    pub fn internal_reason(&self) -> Option<&str> {
        self.internal.as_deref()
    }

    /// Seconds after which to come back.
    #[must_use]
    pub const fn retry_seconds(&self) -> Option<u32> {
        self.retry_after
    }

    /// The fields that are wrong.
    #[must_use]
    pub fn fields(&self) -> &[FieldProblem] {
        &self.fields
    }

    pub(super) fn take_page(&mut self) -> Option<PageAnswer> {
        self.page.take().map(|page| *page)
    }

    /// The sentence in a language.
    #[must_use]
    pub fn sentence(&self, words: &Words, locale: Locale) -> String {
        words.say(locale, self.key, &self.args)
    }

    /// The body for programs.
    #[must_use]
    pub fn body(&self, words: &Words, locale: Locale, request_id: &str) -> ProblemBody {
        let errors = self.fields.iter().map(|f| FieldBody {
            pointer: format!("/{}", f.field.replace('.', "/")),
            detail: words.say(locale, f.key, &f.args),
            code: f.key.strip_prefix("error-").unwrap_or(f.key).to_owned(),
        });
        ProblemBody {
            kind: format!("/problems/{}", self.code()),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.sentence(words, locale),
            instance: request_id.to_owned(),
            code: self.code().to_owned(),
            errors: errors.collect(),
            facts: self.extra.clone(),
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        if error.is_busy() {
            let mut problem =
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "error-busy").retry_after(2);
            problem.internal = Some(error.to_string());
            return problem;
        }
        Self::internal(error)
    }
}
