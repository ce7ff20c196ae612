//! The home page.

use std::sync::Arc;

use operations::views::shop::{
    home::{self, HomePage},
    schema_org,
};
use platform::{
    Ctx,
    web::{Page, Problem, Whole},
};

use crate::{Shared, Storefront};

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<Shared<HomePage>>, Problem> {
    shop.opened(&ctx, &incoming);
    let (now, locale) = (ctx.now(), ctx.locale());
    if let Some(known) = shop.homes.get(&locale, now) {
        return Ok(Page::new(Shared(known)));
    }
    let (facts, wanted) = (shop.facts(&ctx).await?, shop.wanted(&ctx).await?);
    let (known, words) = (Arc::clone(&facts), Arc::clone(&shop.parts.words));
    let mut view = ctx
        .read(async move |rx, ctx| home::home_page(rx, ctx, &known, &words, &wanted).await)
        .await?;
    view.json_ld = schema_org::home(shop.place(&ctx, &facts));
    Ok(Page::new(Shared(shop.homes.put(locale, now, view))))
}
