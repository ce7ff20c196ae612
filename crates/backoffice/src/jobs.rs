//! Background work: looked at, tried again, given up.

use std::sync::Arc;

use kernel::JobId;
use operations::views::admin::{
    JobsPage,
    jobs::{self as views, JobTab},
};
use platform::{
    Ctx, Cursor, jobs,
    web::{Done, Page, Path, Problem, Query},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    paths::JobPath,
};

/// Which jobs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobsQuery {
    /// The tab: `queued`, `running`, `dead`, `done`.
    #[serde(default)]
    tab: JobTab,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    after: Option<Cursor>,
}

/// A job that somebody decided about.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JobDecided {
    /// The job.
    id: JobId,
    /// `queued` or `cancelled`.
    state: &'static str,
}

/// Background work.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<JobsQuery>,
) -> Result<Page<JobsPage>, Problem> {
    let found = ctx.read(async move |rx, ctx| views::page(rx, ctx, query.tab, query.after).await);
    Ok(Page::new(found.await?))
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
