//! A product.

use std::sync::Arc;

use insight::events::ProductViewed;
use kernel::{VariantId, event};
use operations::{
    usual_address,
    views::shop::{
        product::{ProductPage, product_page},
        schema_org,
    },
};
use platform::{
    Actor, Ctx,
    events::Event,
    web::{Page, Path, Problem, Query, Whole},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Shared, Storefront};

/// A page by its name in addresses.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct HandlePath {
    /// Its name in addresses.
    pub(crate) handle: String,
}

/// What is chosen when the page opens.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ProductQuery {
    /// A variant of the product; another text chooses nothing.
    variant: Option<String>,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Path(path), Query(query), Whole(incoming)): (Path<HandlePath>, Query<ProductQuery>, Whole),
) -> Result<Page<Shared<ProductPage>>, Problem> {
    let view = view(&shop, &ctx, path.handle).await?;
    if shop.opened(&ctx, &incoming) {
        let viewed = ProductViewed {
            handle: view.handle.clone(),
        };
        shop.note(
            &ctx,
            Event::new(event::PRODUCT_VIEWED, &viewed).about(view.id),
        );
    }
    let view = for_customer(&shop, &ctx, view).await?;
    let chosen = query.variant.and_then(|id| id.parse::<VariantId>().ok());
    Ok(Page::new(Shared(choose(view, chosen))))
}

async fn view(shop: &Storefront, ctx: &Ctx, handle: String) -> Result<Arc<ProductPage>, Problem> {
    let now = ctx.now();
    let key = (ctx.locale(), handle);
    if let Some(known) = shop.products.get(&key, now) {
        return Ok(known);
    }
    let (facts, related) = (shop.facts(ctx).await?, shop.related(ctx, &key.1).await?);
    let (handle, known) = (key.1.clone(), Arc::clone(&facts));
    let mut view = ctx
        .read(async move |rx, ctx| product_page(rx, ctx, &known, &handle, &related).await)
        .await?;
    view.json_ld = schema_org::product(&view, shop.place(ctx, &facts));
    Ok(shop.products.put(key, now, view))
}

/// The page with the promise and the cost of delivery to the usual address of whoever is signed in.
async fn for_customer(
    shop: &Storefront,
    ctx: &Ctx,
    view: Arc<ProductPage>,
) -> Result<Arc<ProductPage>, Problem> {
    if !matches!(ctx.actor(), Actor::Customer(_)) {
        return Ok(view);
    }
    let known = ctx.read(async |rx, ctx| usual_address::of(rx, ctx).await);
    let Some(address) = known.await? else {
        return Ok(view);
    };
    let facts = shop.facts(ctx).await?;
    Ok(Arc::new(ProductPage {
        delivery: view.delivered_to(ctx, &facts, &address),
        ..(*view).clone()
    }))
}

/// The page with another variant chosen, if it is one of the product's.
fn choose(view: Arc<ProductPage>, wanted: Option<VariantId>) -> Arc<ProductPage> {
    match wanted {
        Some(id) if id != view.selected_variant_id && view.variants.iter().any(|v| v.id == id) => {
            Arc::new(ProductPage {
                selected_variant_id: id,
                ..(*view).clone()
            })
        }
        _ => view,
    }
}
