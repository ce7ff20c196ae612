//! The list of routes: each with its method, path, permission, one sentence, and a handler.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::http::Method;
use kernel::Permission;
use schemars::SchemaGenerator;

use super::{
    face::Face,
    input::{Incoming, Input},
    openapi::{Described, Operation},
    output::{Answer, Output},
    problem::Problem,
    upload::Accepts,
};
use crate::Ctx;

type Answering = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;
type Handler = Arc<dyn Fn(Ctx, Arc<Incoming>) -> Answering + Send + Sync>;

/// One route.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with parameters in braces.
    pub path: &'static str,
    /// What the asker must be allowed.
    pub permission: Permission,
    /// What it does, in one sentence.
    pub summary: &'static str,
    pub(super) face: Arc<dyn Face>,
    pub(super) accepts: Option<Accepts>,
    pub(super) handler: Handler,
    pub(super) describe: fn(&mut Operation, &mut SchemaGenerator),
}

/// The routes of one face. A route without a permission cannot be written (invariant A3).
pub struct Routes<S> {
    state: Arc<S>,
    list: Vec<Route>,
}

macro_rules! methods {
    ($($name:ident = $method:ident;)*) => {$(
        #[doc = concat!("Adds a ", stringify!($method), " route.")]
        #[must_use]
        pub fn $name<H, I, O, Fut>(self, path: &'static str, permission: Permission, summary: &'static str, handler: H) -> Self
        where
            H: Fn(Arc<S>, Ctx, I) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<O, Problem>> + Send + 'static,
            I: Input + 'static,
            O: Output + 'static,
        {
            self.add(Method::$method, path, permission, summary, handler)
        }
    )*};
}

impl<S: Face> Routes<S> {
    /// No routes yet; handlers get `state` first.
    #[must_use]
    pub const fn new(state: Arc<S>) -> Self {
        Self {
            state,
            list: Vec::new(),
        }
    }

    methods! {
        get = GET;
        post = POST;
        put = PUT;
        patch = PATCH;
        delete = DELETE;
    }

    fn add<H, I, O, Fut>(
        mut self,
        method: Method,
        path: &'static str,
        permission: Permission,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Fn(Arc<S>, Ctx, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Problem>> + Send + 'static,
        I: Input + 'static,
        O: Output + 'static,
    {
        let state = Arc::clone(&self.state);
        let handler: Handler = Arc::new(move |ctx, incoming: Arc<Incoming>| {
            let program = incoming.program;
            match I::read(&incoming) {
                Ok(input) => {
                    let answering = handler(Arc::clone(&state), ctx, input);
                    Box::pin(async move { Ok(answering.await?.answer(program)) })
                }
                Err(problem) => Box::pin(std::future::ready(Err(problem))),
            }
        });
        let face: Arc<dyn Face> = Arc::clone(&self.state) as Arc<dyn Face>;
        let describe = |operation: &mut Operation, schemas: &mut SchemaGenerator| {
            I::describe(operation, schemas);
            O::describe(operation, schemas);
        };
        self.list.push(Route {
            method,
            path,
            permission,
            summary,
            face,
            accepts: I::accepts(),
            handler,
            describe,
        });
        self
    }

    /// The finished list.
    #[must_use]
    pub fn finish(self) -> Vec<Route> {
        self.list
    }
}

impl Route {
    /// The route as the OpenAPI document sees it. The operation's id is made of method and path: `get_products_handle`.
    pub(super) fn described(&self) -> Described<'_> {
        let words: Vec<&str> = self
            .path
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
            .collect();
        let place = if words.is_empty() {
            "home".to_owned()
        } else {
            words.join("_")
        };
        Described {
            method: self.method.as_str(),
            path: self.path,
            summary: self.summary,
            permission: self.permission,
            operation_id: format!("{}_{place}", self.method.as_str().to_lowercase()),
            describe: self.describe,
        }
    }
}
