//! What somebody looked at lately, and the wish to see it no longer.

use std::sync::Arc;

use kernel::ProductId;
use operations::views::shop::recent::{RecentPage, recent_page};
use platform::{
    Ctx,
    web::{Done, Page, Problem, Query, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::account::Moved;
use crate::{Storefront, face::problem};

/// What is left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Beside {
    /// The product that is looked at now; another text leaves nothing out.
    without: Option<String>,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Query(beside), Whole(incoming)): (Query<Beside>, Whole),
) -> Result<Page<RecentPage>, Problem> {
    shop.opened(&ctx, &incoming);
    let without = beside.without.and_then(|id| id.parse::<ProductId>().ok());
    let read = ctx.read(async move |rx, ctx| recent_page(rx, ctx, without).await);
    Ok(Page::new(read.await?))
}

pub(crate) async fn clear(
    _: Arc<Storefront>,
    ctx: Ctx,
    Whole(_): Whole,
) -> Result<Done<Moved>, Problem> {
    if ctx.visit().is_some() {
        let write = ctx.write(async |tx, ctx| {
            insight::recent::clear(tx, ctx).await?;
            Ok::<_, operations::FlowError>(())
        });
        write.await.map_err(problem)?;
    }
    Ok(Moved::to("/recently-seen").flash("flash-recently-cleared"))
}
