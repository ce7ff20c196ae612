//! What was written to and by the account.

use std::sync::Arc;

use operations::views::shop::account::messages::{MessagesPage, messages_page};
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
) -> Result<Page<MessagesPage>, Problem> {
    let id = customer(&ctx)?;
    shop.opened(&ctx, &incoming);
    let read = ctx.read(async move |rx, _| messages_page(rx, id).await);
    Ok(Page::new(read.await?))
}
