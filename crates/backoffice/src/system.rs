//! What machines ask: whether the program lives, whether it can serve, its figures, the document of its routes.

use std::sync::Arc;

use bytes::Bytes;
use kernel::Permission;
use operations::views::admin as views;
use platform::{
    Actor, Ctx, DbError, telemetry,
    web::{Problem, Raw, StatusCode, Whole},
};

use crate::Backoffice;

fn text(content_type: &'static str, bytes: impl Into<Bytes>) -> Raw {
    Raw {
        status: StatusCode::OK,
        content_type,
        bytes: bytes.into(),
        headers: vec![("cache-control", "no-store".to_owned())],
    }
}

/// The process lives.
pub(crate) async fn healthz(_: Arc<Backoffice>, _: Ctx, (): ()) -> Result<Raw, Problem> {
    Ok(text("text/plain; charset=utf-8", "ok\n"))
}

/// The database answers, so the shop can serve.
pub(crate) async fn readyz(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Raw, Problem> {
    match ctx
        .read(async |rx, _| views::database_answers(rx).await)
        .await
    {
        Ok(()) => Ok(text("text/plain; charset=utf-8", "ready\n")),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            Err(Problem::from(DbError::Busy))
        }
    }
}

/// Figures for a monitor on this machine, or for a key that may see figures; nothing for anybody else.
pub(crate) async fn metrics(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Raw, Problem> {
    let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip"]
        .iter()
        .any(|name| incoming.headers.contains_key(*name));
    let here = incoming.source.is_loopback() && !forwarded;
    let may = matches!(ctx.actor(), Actor::Key { .. }) && ctx.allows(Permission::InsightRead);
    if here || may {
        Ok(text(
            "text/plain; version=0.0.4; charset=utf-8",
            telemetry::metrics_text(),
        ))
    } else {
        Err(Problem::not_found())
    }
}

/// The document of all routes.
pub(crate) async fn openapi(desk: Arc<Backoffice>, _: Ctx, (): ()) -> Result<Raw, Problem> {
    let document = desk.openapi.get().ok_or_else(Problem::not_found)?;
    Ok(text("application/json", document.clone()))
}
