//! What somebody looked at lately (STF-09).

use catalog::sellable;
use insight::recent;
use kernel::ProductId;
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::card::{ProductCard, cards_of};
use crate::{FlowError, flows::cart::find_with_lines};

/// Cards at most.
const SHOWN: usize = 8;

/// The products that this browser looked at, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecentPage {
    /// Their cards; those that are no longer on sale are left out. None where visits are not measured.
    pub items: Vec<ProductCard>,
}

impl PageView for RecentPage {
    const TEMPLATE: &'static str = "recently_seen.html";
}

/// What the cards are shown beside, and so leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// A page of their own.
    Nothing,
    /// A product's page.
    Product(ProductId),
    /// The cart of who looks, with the token that their browser carries.
    Cart(Option<String>),
}

impl Beside {
    async fn goods(&self, rx: &mut Rx, ctx: &Ctx) -> Result<Vec<ProductId>, FlowError> {
        match self {
            Self::Nothing => Ok(Vec::new()),
            Self::Product(id) => Ok(vec![*id]),
            Self::Cart(token) => {
                let cart = find_with_lines(rx, ctx, token.as_deref()).await?;
                let lines = cart.map_or_else(Vec::new, |(_, lines)| lines);
                let variants: Vec<_> = lines.iter().map(|line| line.variant_id).collect();
                let sold = sellable::of(rx, &variants).await?;
                Ok(sold.iter().map(|s| s.product_id).collect())
            }
        }
    }
}

/// What the browser of the context looked at, without what it sees beside the cards anyway.
///
/// # Errors
/// Whatever the database says.
pub async fn recent_page(rx: &mut Rx, ctx: &Ctx, beside: &Beside) -> Result<RecentPage, FlowError> {
    let Some(visit) = ctx.visit() else {
        return Ok(RecentPage::default());
    };
    // A few more than are shown: some may be off sale by now.
    let mut ids = recent::products(rx, visit.visitor, SHOWN * 2).await?;
    let without = beside.goods(rx, ctx).await?;
    ids.retain(|id| !without.contains(id));
    Ok(RecentPage {
        items: cards_of(rx, &ids, SHOWN, ctx.locale()).await?,
    })
}
