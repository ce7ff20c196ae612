//! The gift with orders of enough goods, as the page that decides it shows it (STF-16).

use std::collections::BTreeMap;

use catalog::sellable;
use kernel::{Money, ProductId};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::thumb_url;
use crate::{FlowError, gift, shop};

/// What the shop has decided about its gift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GiftPage {
    /// Whether something is given.
    pub on: bool,
    /// The SKU of what is given; empty before anything was chosen.
    pub sku: String,
    /// From what sum of goods.
    pub from: Money,
    /// What is given, as it stands now; null before anything was chosen.
    pub given: Option<GivenView>,
}

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GivenView {
    /// Its product.
    pub product_id: ProductId,
    /// The product's title.
    pub product_title: String,
    /// The variant's title; null when the product has one.
    pub variant_title: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// What one costs the shop.
    pub cost: Option<Money>,
    /// How many can be given now.
    pub available: i64,
    /// Whether it was put away for good; then nothing is given.
    pub retired: bool,
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<GiftPage, FlowError> {
    let decided = gift::load(rx).await?;
    let currency = shop::load(rx).await?.currency;
    let chosen: Vec<_> = decided.variant_id.into_iter().collect();
    let sold = sellable::of(rx, &chosen).await?.pop();
    let mut page = GiftPage {
        on: decided.on,
        sku: String::new(),
        from: decided.threshold(currency),
        given: None,
    };
    if let Some(sold) = sold {
        page.given = Some(GivenView {
            product_id: sold.product_id,
            product_title: sold.product_title.get(ctx.locale()).to_owned(),
            variant_title: Some(sold.variant_title(ctx.locale())).filter(|t| !t.is_empty()),
            image_url: thumb_url(sold.image_key.as_deref()),
            cost: sold.cost,
            available: gift::left(rx, &sold, &BTreeMap::new()).await?.max(0),
            retired: sold.retired,
        });
        page.sku = sold.sku;
    }
    Ok(page)
}
