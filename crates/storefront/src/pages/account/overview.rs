//! The first page of the account.

use std::sync::Arc;

use operations::views::shop::account::overview::{OverviewPage, overview_page};
use platform::{
    Ctx,
    web::{Page, Problem, Whole},
};

use super::customer;
use crate::Storefront;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<OverviewPage>, Problem> {
    let id = customer(&ctx)?;
    shop.opened(&ctx, &incoming);
    let view = ctx
        .read(async move |rx, _| overview_page(rx, id).await)
        .await?;
    Ok(Page::new(view))
}
