//! What a handler answers: a typed value that becomes a page for people and JSON for programs.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom},
};

use axum::http::StatusCode;
use bytes::Bytes;
use minijinja::{Value as View, value::Serde};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use super::openapi::Operation;

/// A view model: the variables of a template and the JSON answer of the same address.
pub trait PageView: Serialize + JsonSchema + Send + 'static {
    /// The template's name.
    const TEMPLATE: &'static str;
}

/// An answer before it is turned into bytes.
#[derive(Debug)]
pub enum Answer {
    /// A page, or its view model as JSON.
    Page(PageAnswer),
    /// Something was done: browsers go on to `location`, programs get the value.
    Done {
        /// Where a browser goes.
        location: String,
        /// Status for programs.
        status: StatusCode,
        /// What programs get.
        value: Value,
        /// Extra headers.
        headers: Vec<(&'static str, String)>,
    },
    /// Bytes of another kind.
    Raw {
        /// Status.
        status: StatusCode,
        /// Media type.
        content_type: &'static str,
        /// The bytes.
        bytes: Bytes,
        /// Extra headers.
        headers: Vec<(&'static str, String)>,
    },
    /// A file to be kept.
    Download(Download),
}

/// A page about to be rendered.
#[derive(Debug)]
pub struct PageAnswer {
    pub(super) status: StatusCode,
    pub(super) template: &'static str,
    pub(super) view: View,
    pub(super) json: Value,
    pub(super) typed: serde_json::Map<String, Value>,
    pub(super) headers: Vec<(&'static str, String)>,
    program: bool,
}

/// A page of a typed view.
pub struct Page<T> {
    view: T,
    status: StatusCode,
    typed: serde_json::Map<String, Value>,
    headers: Vec<(&'static str, String)>,
}

impl<T: PageView> Page<T> {
    /// A page that shows `view`.
    pub fn new(view: T) -> Self {
        Self {
            view,
            status: StatusCode::OK,
            typed: serde_json::Map::new(),
            headers: Vec::new(),
        }
    }

    /// The page with what was typed into its form, where looking at it is not yet sending it.
    #[must_use]
    pub fn typed(mut self, typed: serde_json::Map<String, Value>) -> Self {
        self.typed = typed;
        self
    }

    /// The page with another status.
    #[must_use]
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The page with a header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The page with what was typed into its form, to be attached to a problem.
    #[must_use]
    pub fn with_typed(self, typed: serde_json::Map<String, Value>) -> PageAnswer {
        page_answer(self.typed(typed), false)
    }
}

fn page_answer<T: PageView>(page: Page<T>, program: bool) -> PageAnswer {
    let (view, json) = if program {
        (
            View::UNDEFINED,
            serde_json::to_value(&page.view).unwrap_or_default(),
        )
    } else {
        (View::from(Serde(&page.view)), Value::Null)
    };
    PageAnswer {
        status: page.status,
        template: T::TEMPLATE,
        view,
        json,
        typed: page.typed,
        headers: page.headers,
        program,
    }
}

impl PageAnswer {
    /// A page of a ready value, for problems.
    pub(super) fn of_value(template: &'static str, status: StatusCode, view: View) -> Self {
        let (json, typed) = (Value::Null, serde_json::Map::new());
        Self {
            status,
            template,
            view,
            json,
            typed,
            headers: Vec::new(),
            program: false,
        }
    }

    pub(super) const fn is_json(&self) -> bool {
        self.program
    }
}

/// Something was done.
pub struct Done<T> {
    value: T,
    location: String,
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
}

impl<T: Serialize + JsonSchema> Done<T> {
    /// Done; browsers go on to `location`.
    pub fn new(value: T, location: impl Into<String>) -> Self {
        Self {
            value,
            location: location.into(),
            status: StatusCode::OK,
            headers: Vec::new(),
        }
    }

    /// Something new exists (201 for programs).
    pub fn created(value: T, location: impl Into<String>) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::new(value, location)
        }
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a short message on the next page, in the language of the request (a Fluent key).
    #[must_use]
    pub fn flash(self, key: &'static str) -> Self {
        self.header("x-flash", key)
    }
}

/// Bytes of another kind: a picture, a map of the site, metrics.
pub struct Raw {
    /// Status.
    pub status: StatusCode,
    /// Media type.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
    /// Extra headers.
    pub headers: Vec<(&'static str, String)>,
}

/// A file that the reader keeps; it is sent piece by piece.
#[derive(Debug)]
pub struct Download {
    /// The file, at its beginning.
    pub file: File,
    /// Its length.
    pub bytes: u64,
    /// Media type.
    pub content_type: &'static str,
    /// The name under which it is kept, of plain letters and digits.
    pub name: String,
}

impl Download {
    /// A file to be written, which is gone once nobody holds it.
    ///
    /// # Errors
    /// What the disk said.
    pub fn begin() -> io::Result<File> {
        tempfile::tempfile()
    }

    /// A file that was written, to be handed out from its beginning.
    ///
    /// # Errors
    /// What the disk said.
    pub fn of(mut file: File, content_type: &'static str, name: String) -> io::Result<Self> {
        let bytes = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        Ok(Self {
            file,
            bytes,
            content_type,
            name,
        })
    }
}

/// Another page of the same house that shows what was asked for.
pub struct Elsewhere(pub String);

/// What was asked for has another address for good: browsers and search engines go there.
pub struct Moved(pub String);

/// Either of two answers.
pub enum Either<A, B> {
    /// The first.
    Left(A),
    /// The second.
    Right(B),
}

/// Something a handler can answer.
pub trait Output: Send {
    /// Adds itself to the operation's description.
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator);

    /// Becomes an answer for a program (JSON) or for a browser.
    fn answer(self, program: bool) -> Answer;
}

impl<T: PageView> Output for Page<T> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        operation.answer(200, &schemas.subschema_for::<T>(), true);
    }

    fn answer(self, program: bool) -> Answer {
        Answer::Page(page_answer(self, program))
    }
}

impl<T: Serialize + JsonSchema + Send> Output for Done<T> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        operation.answer(200, &schemas.subschema_for::<T>(), false);
        operation.redirect();
    }

    fn answer(self, program: bool) -> Answer {
        let value = if program {
            serde_json::to_value(&self.value).unwrap_or_default()
        } else {
            Value::Null
        };
        Answer::Done {
            location: self.location,
            status: self.status,
            value,
            headers: self.headers,
        }
    }
}

impl Output for Raw {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        operation.raw();
    }

    fn answer(self, _: bool) -> Answer {
        Answer::Raw {
            status: self.status,
            content_type: self.content_type,
            bytes: self.bytes,
            headers: self.headers,
        }
    }
}

impl Output for Download {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        operation.raw();
    }

    fn answer(self, _: bool) -> Answer {
        Answer::Download(self)
    }
}

impl Output for Elsewhere {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        operation.elsewhere();
    }

    fn answer(self, _: bool) -> Answer {
        Answer::Done {
            location: self.0,
            status: StatusCode::OK,
            value: Value::Null,
            headers: Vec::new(),
        }
    }
}

impl Output for Moved {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        operation.moved();
    }

    fn answer(self, _: bool) -> Answer {
        Answer::Raw {
            status: StatusCode::MOVED_PERMANENTLY,
            content_type: "text/plain; charset=utf-8",
            bytes: Bytes::new(),
            headers: vec![("location", self.0)],
        }
    }
}

impl<A: Output, B: Output> Output for Either<A, B> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        A::describe(operation, schemas);
        B::describe(operation, schemas);
    }

    fn answer(self, program: bool) -> Answer {
        match self {
            Self::Left(a) => a.answer(program),
            Self::Right(b) => b.answer(program),
        }
    }
}
