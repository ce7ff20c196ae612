//! Background work: tried again, given up.

use std::sync::Arc;

use kernel::JobId;
use platform::{
    Ctx, jobs,
    web::{Done, Path, Problem},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    paths::JobPath,
};

/// A job that somebody decided about.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JobDecided {
    /// The job.
    id: JobId,
    /// `queued` or `cancelled`.
    state: &'static str,
}

/// Puts a dead letter back into the queue.
pub(crate) async fn retry(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<JobPath>, Form<Nothing>),
) -> Result<Done<JobDecided>, Problem> {
    form.value?;
    let done = ctx
        .write(async move |tx, ctx| jobs::retry(tx, ctx, at.id).await)
        .await?;
    decided(
        done,
        at.id,
        "queued",
        form.sent.next("/admin/jobs?tab=dead"),
        "admin-flash-retried",
    )
}

/// Gives up a job that is not under way.
pub(crate) async fn discard(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<JobPath>, Form<Nothing>),
) -> Result<Done<JobDecided>, Problem> {
    form.value?;
    let done = ctx
        .write(async move |tx, ctx| jobs::discard(tx, ctx, at.id).await)
        .await?;
    decided(
        done,
        at.id,
        "cancelled",
        form.sent.next("/admin/jobs?tab=dead"),
        "admin-flash-discarded",
    )
}

fn decided(
    done: bool,
    id: JobId,
    state: &'static str,
    next: String,
    flash: &'static str,
) -> Result<Done<JobDecided>, Problem> {
    if done {
        Ok(Done::new(JobDecided { id, state }, next).flash(flash))
    } else {
        Err(Problem::conflict("error-wrong-state"))
    }
}
