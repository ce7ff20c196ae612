//! What a face (the shop's pages, the back office) adds to each of its pages.

use std::{future::Future, pin::Pin, sync::Arc};

use kernel::Locale;
use minijinja::Value;

use super::{input::Incoming, problem::Problem};
use crate::{Ctx, ctx::Visit, theme::Look};

/// A future that belongs to a face.
pub type FaceFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A group of pages with common surroundings.
pub trait Face: Send + Sync + 'static {
    /// Variables that every page of the face sees beside its own, such as the navigation.
    fn surroundings<'a>(
        &'a self,
        ctx: &'a Ctx,
        incoming: &'a Incoming,
    ) -> FaceFuture<'a, Vec<(&'static str, Value)>>;

    /// The theme in which a page is shown; without one it is shown by the program's own templates.
    fn look<'a>(
        &'a self,
        _ctx: &'a Ctx,
        _incoming: &'a Incoming,
    ) -> FaceFuture<'a, Option<Arc<Look>>> {
        Box::pin(std::future::ready(None))
    }

    /// The name, tagline and contact of the shop, for `req.shop`.
    fn shop(&self, ctx: &Ctx) -> Value;

    /// The visit during which the request happens, and cookies to keep it.
    fn visit(&self, _ctx: &Ctx, _incoming: &Incoming) -> (Option<Visit>, Vec<String>) {
        (None, Vec::new())
    }

    /// Who asks, where the face knows people that the house does not, such as the shop's customers. Asked only where
    /// nobody is known yet.
    fn recognise<'a>(
        &'a self,
        ctx: Ctx,
        _incoming: &'a Incoming,
    ) -> FaceFuture<'a, Result<Ctx, Problem>> {
        Box::pin(std::future::ready(Ok(ctx)))
    }

    /// Where a browser goes that must sign in first.
    fn sign_in_path(&self) -> &'static str {
        "/admin/sign-in"
    }

    /// The languages that the face speaks, the first one for readers of none of them.
    fn languages(&self) -> Vec<Locale> {
        Locale::ALL.to_vec()
    }

    /// The template that shows a problem.
    fn error_template(&self) -> &'static str;

    /// Whether an address without a route belongs to this face, which then shows that nothing is there.
    fn owns(&self, _path: &str) -> bool {
        false
    }

    /// How many things are in the cart, for `req.cart_count`.
    fn cart_count(&self, _incoming: &Incoming) -> i64 {
        0
    }
}
