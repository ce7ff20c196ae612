//! Bundles: what a variant is made of, and what it costs in comparison (CAT-16).

use std::{collections::BTreeMap, sync::Arc};

use kernel::VariantId;
use operations::{
    FlowError,
    flows::make_bundle,
    views::admin::{BundlePage, bundle as views},
};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Count, Form, Nothing, explain},
    paths::{BundlePartPath, VariantPath},
};

/// What could become a part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartsQuery {
    /// A part of the product's name, or the beginning of its address, SKU or barcode.
    #[serde(default)]
    q: String,
}

/// What a variant is made of, replaced together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteBundle {
    /// Units of each variant in one bundle; 0 takes it out.
    #[serde(default)]
    quantities: BTreeMap<VariantId, Count>,
    /// What the bundle costs; as it is when absent.
    #[serde(default)]
    price: Option<Amount>,
}

/// One more part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddPart {
    /// The variant.
    variant_id: VariantId,
    /// Units of it in one bundle; 1 when absent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    quantity: Option<i64>,
}

/// A bundle that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BundleChanged {
    /// The variant.
    variant_id: VariantId,
}

/// What a variant is made of.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<VariantPath>, Query<PartsQuery>),
) -> Result<Page<BundlePage>, Problem> {
    Ok(Page::new(page(&ctx, at.id, query.q).await?))
}

async fn page(ctx: &Ctx, id: VariantId, q: String) -> Result<BundlePage, Problem> {
    let q = q.trim().to_owned();
    Ok(ctx
        .read(async move |rx, ctx| views::bundle_page(rx, ctx, id, q.clone()).await)
        .await?)
}

fn done(id: VariantId, next: String) -> Done<BundleChanged> {
    Done::new(BundleChanged { variant_id: id }, next).flash("admin-flash-saved")
}

fn address(id: VariantId) -> String {
    format!("/admin/variants/{id}/bundle")
}

/// Replaces what a variant is made of, and what it costs.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<VariantPath>, Form<WriteBundle>),
) -> Result<Done<BundleChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let mut wanted = value?;
        let before = page(&ctx, at.id, String::new()).await?;
        let currency = before.price.currency;
        let price = wanted
            .price
            .map(|price| price.money(currency, "price"))
            .transpose()?;
        // Parts keep their order, new ones come behind them.
        let kept = before.parts.iter().map(|part| part.variant_id);
        let kept = kept.filter_map(|id| Some((id, wanted.quantities.remove(&id)?.0)));
        let mut parts: Vec<(VariantId, i64)> = kept.collect();
        parts.extend(wanted.quantities.iter().map(|(id, count)| (*id, count.0)));
        parts.retain(|(_, quantity)| *quantity != 0);
        let made = make_bundle::make_bundle(&ctx, at.id, parts, price).await;
        made.map_err(explained)?;
        Ok(done(at.id, sent.next(address(at.id))))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}

/// Puts one more part in, or more units of one that is inside.
pub(crate) async fn add(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<VariantPath>, Form<AddPart>),
) -> Result<Done<BundleChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let units = wanted.quantity.unwrap_or(1);
        let put = make_bundle::put_in(&ctx, at.id, wanted.variant_id, units).await;
        put.map_err(explained)?;
        Ok(done(at.id, sent.next(address(at.id))))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}

/// Takes a part out.
pub(crate) async fn remove(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BundlePartPath>, Form<Nothing>),
) -> Result<Done<BundleChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let taken = make_bundle::take_out(&ctx, at.id, at.part_id).await;
        taken.map_err(explained)?;
        Ok(done(at.id, sent.next(address(at.id))))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}

/// What the catalogue refuses about a bundle is said at its parts.
fn explained(error: FlowError) -> Problem {
    use catalog::CatalogError::{BundleHasStock, BundleInBundle, PartQuantity, TooMany};
    match &error {
        FlowError::Catalog(
            refused @ (BundleInBundle { sku } | BundleHasStock { sku } | PartQuantity { sku, .. }),
        ) => Problem::conflict(refused.key())
            .with("sku", sku)
            .field("quantities", refused.key()),
        FlowError::Catalog(refused @ TooMany { max, .. }) => Problem::conflict(refused.key())
            .with("max", max)
            .field("quantities", refused.key()),
        _ => explain(error),
    }
}
