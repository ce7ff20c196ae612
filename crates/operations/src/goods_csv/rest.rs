//! What comes when every product of a file is there: what bundles are made of, and stock.

use catalog::{CatalogError, Variant, bundle, variant};
use inventory::{InventoryError, stock};
use kernel::{LocationId, VariantId};
use platform::{Ctx, Tx};

use super::{
    GoodsVariant,
    import::{Became, Known, Refusal, at},
};
use crate::FlowError;

/// What a variant is made of, and its stock.
pub(super) async fn rest(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &GoodsVariant,
    known: &Known,
) -> Result<Became, Refusal> {
    let has_parts = row.parts.is_some();
    if !has_parts && row.stock.is_empty() {
        return Ok(Became::Same);
    }
    let found = variant::by_skus(tx, &[&row.sku])
        .await
        .map_err(at(row.line, "sku", &row.sku))?;
    let Some(itself) = found.into_iter().next() else {
        return pretend(row, known);
    };
    let mut became = Became::Same;
    if let Some(parts) = &row.parts
        && (itself.is_bundle || !parts.is_empty())
        && make(tx, ctx, &itself, parts, (row.line, known)).await?
    {
        became = Became::Changed;
    }
    for (code, units) in &row.stock {
        let place = place_of(code.as_deref(), known, row.line)?;
        if count(tx, ctx, itself.id, place, *units).await.map_err(at(
            row.line,
            "stock",
            &units.to_string(),
        ))? {
            became = Became::Changed;
        }
    }
    Ok(became)
}

/// In a dry run a new variant is gone again: its row is looked at as far as that goes.
fn pretend(row: &GoodsVariant, known: &Known) -> Result<Became, Refusal> {
    for (code, _) in &row.stock {
        place_of(code.as_deref(), known, row.line)?;
    }
    let missing = row
        .parts
        .iter()
        .flatten()
        .find(|(sku, _)| !known.skus.contains(sku));
    match missing {
        Some((sku, _)) if known.dry_run => {
            Err(at(row.line, "parts", sku)(CatalogError::NotFound("part")))
        }
        _ => Ok(Became::Same),
    }
}

fn place_of(code: Option<&str>, known: &Known, line: u64) -> Result<LocationId, Refusal> {
    let found = match code {
        Some(code) => known.places.get(code).copied(),
        None => known.first,
    };
    let unknown = InventoryError::NoLocation;
    found
        .ok_or(unknown)
        .map_err(at(line, "stock", code.unwrap_or_default()))
}

async fn make(
    tx: &mut Tx,
    ctx: &Ctx,
    itself: &Variant,
    parts: &[(String, i64)],
    (line, known): (u64, &Known),
) -> Result<bool, Refusal> {
    let skus: Vec<&str> = parts.iter().map(|(sku, _)| sku.as_str()).collect();
    let found = variant::by_skus(tx, &skus)
        .await
        .map_err(at(line, "parts", ""))?;
    let mut wanted: Vec<(VariantId, i64)> = Vec::with_capacity(parts.len());
    for (sku, units) in parts {
        match found.iter().find(|variant| variant.sku == *sku) {
            Some(variant) => wanted.push((variant.id, *units)),
            None if known.dry_run && known.skus.contains(sku) => return Ok(true),
            None => return Err(at(line, "parts", sku)(CatalogError::NotFound("part"))),
        }
    }
    let present = bundle::parts_of(tx, &[itself.id])
        .await
        .map_err(at(line, "parts", ""))?;
    let present = present.get(&itself.id).map_or(&[][..], Vec::as_slice);
    let present: Vec<(VariantId, i64)> = present
        .iter()
        .map(|part| (part.variant_id, part.quantity))
        .collect();
    if present == wanted {
        return Ok(false);
    }
    let made = bundle::set(tx, ctx, itself.id, &wanted).await;
    made.map_err(at(line, "parts", ""))?;
    Ok(true)
}

/// Counts a place: what the file says is there.
async fn count(
    tx: &mut Tx,
    ctx: &Ctx,
    id: VariantId,
    place: LocationId,
    units: i64,
) -> Result<bool, FlowError> {
    let before = stock::level(tx, id, place)
        .await?
        .map(|level| level.on_hand);
    if before == Some(units) {
        return Ok(false);
    }
    stock::count(tx, ctx, id, place, units, before.unwrap_or_default()).await?;
    Ok(true)
}
