//! Pages of text.

use std::sync::Arc;

use operations::views::shop::page::{TextPageView, text_page};
use platform::{
    Ctx,
    web::{Page, Path, Problem, Whole},
};

use super::product::HandlePath;
use crate::Storefront;

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<HandlePath>),
) -> Result<Page<TextPageView>, Problem> {
    let facts = shop.facts(&ctx).await?;
    let view = text_page(&facts, &path.handle, ctx.locale(), &shop.parts.words)
        .ok_or_else(Problem::not_found)?;
    shop.opened(&ctx, &incoming);
    Ok(Page::new(view))
}
