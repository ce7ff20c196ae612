//! Stock: one variant with its ledger and holds, changes by hand, alert levels.

use std::sync::Arc;

use inventory::{
    EntryKind, InventoryError, location,
    stock::{self, Adjustment, Level},
};
use kernel::{LocationId, VariantId};
use operations::{
    FlowError,
    views::admin::{
        StockItem,
        stock_item::{self, MOVEMENTS, joined_reason},
    },
};
use platform::{
    Ctx, Rx,
    web::{Done, Page, Path, Problem, Query, form, idempotency},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, explain},
    paths::VariantPath,
};

/// Characters of a reason with its note.
const REASON: usize = 300;

/// How much of the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemQuery {
    /// How many movements at most, from 1 to 1,000; 50 when absent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    limit: Option<i64>,
}

/// A change of stock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdjustStock {
    /// What.
    variant_id: VariantId,
    /// The place, by id or code; the one that goods leave first when absent.
    #[serde(default)]
    location: Option<String>,
    /// Units that come in, or with a minus go.
    #[serde(deserialize_with = "form::whole")]
    quantity_delta: i64,
    /// Why: one of the page's reasons, or a program's own words.
    reason: String,
    /// More about it.
    #[serde(default)]
    note: Option<String>,
}

/// An alert level.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertLevel {
    /// The place, by id or code; the one that goods leave first when absent.
    #[serde(default)]
    location: Option<String>,
    /// At this number of units or fewer it is time to order more; never when absent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    low_stock_threshold: Option<i64>,
}

/// Stock of a variant at a place after a change.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StockStands {
    /// The variant.
    variant_id: VariantId,
    /// The place.
    location: LocationId,
    /// Units there.
    on_hand: i64,
    /// Of those, reserved for orders.
    reserved: i64,
    /// Units that can still be sold.
    available: i64,
    /// The alert level.
    low_stock_threshold: Option<i64>,
}

impl From<Level> for StockStands {
    fn from(level: Level) -> Self {
        Self {
            variant_id: level.variant_id,
            location: level.location_id,
            on_hand: level.on_hand,
            reserved: level.reserved,
            available: level.available,
            low_stock_threshold: level.low_at,
        }
    }
}

/// The stock of one variant.
pub(crate) async fn item(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<VariantPath>, Query<ItemQuery>),
) -> Result<Page<StockItem>, Problem> {
    Ok(Page::new(
        item_page(&ctx, at.id, query.limit.unwrap_or(*MOVEMENTS.start())).await?,
    ))
}

async fn item_page(ctx: &Ctx, id: VariantId, limit: i64) -> Result<StockItem, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| stock_item::item(rx, ctx, id, limit).await)
        .await?)
}

/// Changes stock by hand.
pub(crate) async fn adjust(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<AdjustStock>,
) -> Result<Done<StockStands>, Problem> {
    let Form { value, sent } = form;
    let variant = value.as_ref().ok().map(|change| change.variant_id);
    let work = async {
        let change = value?;
        let reason = change.reason.trim();
        if reason.is_empty() {
            return Err(Problem::invalid("error-invalid-input").field("reason", "error-required"));
        }
        let reason = joined_reason(reason, change.note.as_deref());
        if reason.chars().count() > REASON {
            return Err(Problem::invalid("error-invalid-input").field("reason", "error-too-long"));
        }
        let kind = kind_of(&change.reason, change.quantity_delta);
        // The key belongs to whoever sends it: two callers with the same key are two requests.
        let effect_key = sent
            .key
            .as_ref()
            .map(|key| format!("by-hand:{}:{key}", ctx.actor().label()));
        let place = change.location;
        let adjusting = ctx.write(async move |tx, ctx| {
            let location = place_of(tx, place.as_deref()).await?;
            let wanted = Adjustment::new(
                change.variant_id,
                change.quantity_delta,
                kind,
                reason.clone(),
            );
            let wanted = Adjustment {
                location,
                effect_key: effect_key.clone(),
                ..wanted
            };
            Ok::<_, FlowError>(stock::adjust(tx, ctx, wanted).await?)
        });
        let level = adjusting.await.map_err(|error| match error {
            FlowError::Inventory(InventoryError::EffectReused(_)) => idempotency::mismatch(),
            other => explain(other),
        })?;
        let next = sent.next(format!("/admin/inventory/variants/{}", level.variant_id));
        Ok(Done::created(StockStands::from(level), next).flash("admin-flash-adjusted"))
    };
    let shown = async {
        let id = variant.ok_or_else(Problem::not_found)?;
        item_page(&ctx, id, *MOVEMENTS.start()).await
    };
    sent.or_show(work, shown).await
}

/// What kind of movement a reason is.
fn kind_of(reason: &str, delta: i64) -> EntryKind {
    match reason.trim() {
        "received" if delta > 0 => EntryKind::Receipt,
        "returned" if delta > 0 => EntryKind::Return,
        "count" => EntryKind::Count,
        _ => EntryKind::Adjustment,
    }
}

/// The place that a text names, by its id or its code.
async fn place_of(rx: &mut Rx, text: Option<&str>) -> Result<Option<LocationId>, FlowError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if let Ok(id) = text.parse::<LocationId>() {
        return Ok(Some(id));
    }
    let known = location::by_code(rx, text).await?;
    match known {
        Some(place) => Ok(Some(place.id)),
        None => Err(FlowError::Fields(vec![platform::web::FieldProblem {
            field: "location".to_owned(),
            key: "error-stock-unknown-location",
            args: Vec::new(),
        }])),
    }
}

/// Sets or ends an alert level.
pub(crate) async fn set_threshold(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<VariantPath>, Form<AlertLevel>),
) -> Result<Done<StockStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        if wanted.low_stock_threshold.is_some_and(|n| n < 0) {
            return Err(Problem::invalid("error-invalid-input")
                .field("low_stock_threshold", "error-invalid-value"));
        }
        let (variant, low_at, place) = (at.id, wanted.low_stock_threshold, wanted.location);
        let setting = ctx.write(async move |tx, ctx| {
            let location = match place_of(tx, place.as_deref()).await? {
                Some(id) => id,
                None => location::first(tx).await?,
            };
            Ok::<_, FlowError>(stock::set_low_at(tx, ctx, variant, location, low_at).await?)
        });
        let level = setting.await.map_err(explain)?;
        let next = sent.next(format!("/admin/inventory/variants/{}", at.id));
        Ok(Done::new(StockStands::from(level), next).flash("admin-flash-saved"))
    };
    sent.or_show(work, item_page(&ctx, at.id, *MOVEMENTS.start()))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INV-04: the ledger names what happened; a program's own word is an adjustment.
    #[test]
    fn a_reason_is_a_kind_of_movement() {
        assert_eq!(kind_of("received", 5), EntryKind::Receipt);
        assert_eq!(kind_of("received", -5), EntryKind::Adjustment);
        assert_eq!(kind_of("count", -2), EntryKind::Count);
        assert_eq!(kind_of("nightly sync", 2), EntryKind::Adjustment);
    }
}
