//! What somebody looked at lately (STF-09).

use insight::recent;
use kernel::ProductId;
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::card::{ProductCard, cards_of};
use crate::FlowError;

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

/// What the browser of the context looked at, without the product that it looks at now.
///
/// # Errors
/// Whatever the database says.
pub async fn recent_page(
    rx: &mut Rx,
    ctx: &Ctx,
    without: Option<ProductId>,
) -> Result<RecentPage, FlowError> {
    let Some(visit) = ctx.visit() else {
        return Ok(RecentPage::default());
    };
    // A few more than are shown: some may be off sale by now.
    let mut ids = recent::products(rx, visit.visitor, SHOWN * 2).await?;
    ids.retain(|id| Some(*id) != without);
    Ok(RecentPage {
        items: cards_of(rx, &ids, SHOWN, ctx.locale()).await?,
    })
}
