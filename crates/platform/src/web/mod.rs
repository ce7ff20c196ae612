//! The web: one list of routes, one handler for people and programs alike.
//!
//! A handler takes its face's state, the [`Ctx`](crate::Ctx) and a typed input, and answers a typed view model. A
//! browser gets the view rendered by its template, a program gets it as JSON. Every route declares its permission. The
//! OpenAPI document is built from the same list.

pub mod app;
pub mod assets;
mod body;
pub mod face;
pub mod form;
pub mod guard;
pub mod idempotency;
pub mod input;
pub mod limits;
pub mod openapi;
pub mod output;
pub mod problem;
mod recorded;
mod render;
pub mod route;
pub mod server;
mod shape;
pub mod templates;
pub mod upload;

pub use axum::http::StatusCode;

pub use app::{Web, WebConfig};
pub use face::{Face, FaceFuture};
pub use input::{Body, IdempotencyKey, Incoming, Input, Path, Query, Whole};
pub use limits::Limit;
pub use output::{
    Answer, Done, Download, Either, Elsewhere, Moved, Output, Page, PageAnswer, PageView, Raw,
};
pub use problem::{FieldProblem, Problem};
pub use route::{Route, Routes};
pub use templates::Templates;
pub use upload::{FileField, Files, UploadedFile};
