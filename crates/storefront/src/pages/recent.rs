//! What somebody looked at lately, and the wish to see it no longer.

use std::sync::Arc;

use kernel::ProductId;
use operations::views::shop::recent::{Beside, RecentPage, recent_page};
use platform::{
    Ctx,
    web::{Done, Page, Problem, Query, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::account::Moved;
use crate::{Storefront, cart_token, face::problem};

/// The word for what is in the cart.
const CART: &str = "cart";

/// What is left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Without {
    /// The product that is looked at now, or `cart` for all that is in the cart; another text leaves nothing out.
    without: Option<String>,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Query(query), Whole(incoming)): (Query<Without>, Whole),
) -> Result<Page<RecentPage>, Problem> {
    shop.opened(&ctx, &incoming);
    let beside = match query.without.as_deref() {
        Some(CART) => Beside::Cart(cart_token::of(&incoming)),
        Some(id) => id
            .parse::<ProductId>()
            .map_or(Beside::Nothing, Beside::Product),
        None => Beside::Nothing,
    };
    let read = ctx.read(async move |rx, ctx| recent_page(rx, ctx, &beside).await);
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
