//! Prices and their append-only history.
//!
//! The history holds one point for each price and for each time the offer began or ended, so it tells what a shopper
//! could really have paid at any instant. Which "was" price it bears out is [`crate::compare_at`]'s.

use std::collections::HashMap;

use kernel::{Money, ProductId, Timestamp, VariantId, event, id::TypedId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    events::Event,
    params,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    CatalogError, Product, ProductState, Variant, VariantState, collection,
    compare_at::check_compare_at, events::PriceChanged, product, rules::check_price, store,
    variant,
};

/// Characters of a reason.
const MAX_REASON: usize = 300;

/// A point of a variant's price history; holds until the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PricePoint {
    /// What it costs from here on.
    pub price: Money,
    /// The compare-at price shown with it.
    pub compare_at: Option<Money>,
    /// The end of the reduction that shoppers were told.
    pub until: Option<Timestamp>,
    /// Whether shoppers could buy it at this price.
    pub on_sale: bool,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Who set it, as `kind:name`.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// Sets a variant's price and compare-at price. The same figures again write nothing.
///
/// # Errors
/// [`CatalogError::CompareAt`] when the compare-at price was not really charged, [`CatalogError::PriceInvalid`],
/// [`CatalogError::CurrencyMixed`], [`CatalogError::NotFound`], or the database's.
pub async fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    id: VariantId,
    price: Money,
    compare_at: Option<Money>,
    reason: &str,
) -> Result<(), CatalogError> {
    check_price(price)?;
    crate::rules::check_count("characters", reason.chars().count(), MAX_REASON)?;
    let product = variant::product_of(tx, id).await?;
    let owner = product::lock(tx, product).await?;
    let before = variant::by_id(tx, id)
        .await?
        .ok_or(CatalogError::NotFound("variant"))?;
    if price.currency != before.price.currency {
        return Err(CatalogError::CurrencyMixed);
    }
    if (before.price, before.compare_at) == (price, compare_at) {
        return Ok(());
    }
    let history = history(tx, id).await?;
    if let Some(was) = compare_at {
        check_compare_at(&history, ctx.now(), price, was)?;
    }
    // An end belongs to a reduction and goes with it.
    let until = before.reduced_until.filter(|_| compare_at.is_some());
    let sql = "UPDATE variants SET price = $2, compare_at = $3, reduced_until = $4 WHERE id = $1";
    let was = compare_at.map(|m| m.amount);
    tx.execute_one(sql, params![id, price.amount, was, until])
        .await?;
    product::refresh_price_from(tx, owner.id).await?;
    collection::fold::follow(tx, ctx.now(), &[owner.id]).await?;
    tx.execute_one(
        "UPDATE products SET updated_at = $2 WHERE id = $1",
        params![owner.id, ctx.now()],
    )
    .await?;
    let last = history.last().map(|point| point.valid_from);
    let now = Offered {
        price,
        compare_at,
        until,
    };
    record(tx, ctx, (&owner, &before, last), now, reason).await
}

/// What a variant is offered at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offered {
    pub(crate) price: Money,
    pub(crate) compare_at: Option<Money>,
    pub(crate) until: Option<Timestamp>,
}

/// Puts on record and on the stream what a variant is offered at from now on; `last` is where its history ends.
pub(crate) async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    (owner, before, last): (&Product, &Variant, Option<Timestamp>),
    now: Offered,
    reason: &str,
) -> Result<(), CatalogError> {
    let point = PricePoint {
        price: now.price,
        compare_at: now.compare_at,
        until: now.until,
        on_sale: owner.state == ProductState::Published && before.state == VariantState::Active,
        valid_from: last.map_or(ctx.now(), |last| last.max(ctx.now())),
        actor: ctx.actor().label(),
        reason: reason.to_owned(),
    };
    tx.insert_many("price_history", &COLUMNS, &[point.row(before.id)])
        .await?;
    let payload = PriceChanged {
        product_id: owner.id,
        variant_id: before.id,
        sku: before.sku.clone(),
        before: before.price,
        price: now.price,
        compare_at_before: before.compare_at,
        compare_at: now.compare_at,
        until: now.until,
        reason: reason.to_owned(),
    };
    tx.forget_recent();
    let changed = Event::new(event::PRICE_CHANGED, &payload).about(owner.id);
    Ok(platform::events::emit(tx, ctx, changed).await?)
}

/// Whether anything was ever priced.
///
/// # Errors
/// Whatever the database says.
pub async fn any(rx: &mut Rx) -> Result<bool, CatalogError> {
    Ok(rx
        .row("SELECT 1 AS one FROM price_history LIMIT 1", &[])
        .await?
        .is_some())
}

/// Every point of a variant's price history, oldest first.
///
/// # Errors
/// The database's.
pub async fn history(rx: &mut Rx, id: VariantId) -> Result<Vec<PricePoint>, CatalogError> {
    let sql = "SELECT currency, price, compare_at, reduced_until, on_sale, valid_from, actor, reason FROM price_history \
               WHERE variant_id = $1 ORDER BY valid_from, id";
    Ok(rx
        .rows(sql, params![id])
        .await?
        .iter()
        .map(PricePoint::from_row)
        .collect::<Result<_, _>>()?)
}

/// The histories of variants, each oldest first; a variant without one has no entry.
///
/// # Errors
/// The database's.
pub async fn histories(
    rx: &mut Rx,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, Vec<PricePoint>>, CatalogError> {
    let sql = "SELECT variant_id, currency, price, compare_at, reduced_until, on_sale, valid_from, actor, reason FROM price_history \
               WHERE variant_id IN ({keys}) ORDER BY valid_from, id";
    let mut found: HashMap<VariantId, Vec<PricePoint>> = HashMap::new();
    for row in store::rows_in(rx, sql, store::keys(ids)).await? {
        let points = found.entry(row.get("variant_id")?).or_default();
        points.push(PricePoint::from_row(&row)?);
    }
    Ok(found)
}

pub(crate) const COLUMNS: [&str; 10] = [
    "id",
    "variant_id",
    "currency",
    "price",
    "compare_at",
    "reduced_until",
    "on_sale",
    "valid_from",
    "actor",
    "reason",
];

impl PricePoint {
    /// The first point of a new variant.
    pub(crate) fn first(ctx: &Ctx, price: Money, on_sale: bool, valid_from: Timestamp) -> Self {
        Self {
            price,
            compare_at: None,
            until: None,
            on_sale,
            valid_from,
            actor: ctx.actor().label(),
            reason: "created".to_owned(),
        }
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            price: row.money("price")?,
            compare_at: row.money_opt("compare_at")?,
            until: row.get("reduced_until")?,
            on_sale: row.get("on_sale")?,
            valid_from: row.get("valid_from")?,
            actor: row.get("actor")?,
            reason: row.get("reason")?,
        })
    }

    pub(crate) fn row(&self, variant: VariantId) -> Vec<Value> {
        params![
            kernel::id::fresh_uuid(),
            variant,
            self.price.currency,
            self.price.amount,
            self.compare_at.map(|m| m.amount),
            self.until,
            self.on_sale,
            self.valid_from,
            &self.actor,
            &self.reason
        ]
        .to_vec()
    }
}

/// Notes that the offer of all active variants of a product began or ended.
pub(crate) async fn note_offer(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    on_sale: bool,
) -> Result<(), CatalogError> {
    let active = variant::of(tx, &[product])
        .await?
        .into_iter()
        .filter(|v| v.state == VariantState::Active);
    note(tx, ctx, product, &active.collect::<Vec<_>>(), on_sale).await
}

/// Notes that the offer of one variant began or ended.
pub(crate) async fn note_offer_of(
    tx: &mut Tx,
    ctx: &Ctx,
    variant: &Variant,
    on_sale: bool,
) -> Result<(), CatalogError> {
    note(
        tx,
        ctx,
        variant.product_id,
        std::slice::from_ref(variant),
        on_sale,
    )
    .await
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    variants: &[Variant],
    on_sale: bool,
) -> Result<(), CatalogError> {
    let sql = "SELECT h.variant_id, MAX(h.valid_from) AS last FROM price_history h JOIN variants v ON v.id = h.variant_id \
               WHERE v.product_id = $1 GROUP BY h.variant_id";
    let mut last: HashMap<Uuid, Timestamp> = HashMap::new();
    for row in tx.rows(sql, params![product]).await? {
        last.insert(row.get("variant_id")?, row.get("last")?);
    }
    let reason = if on_sale { "on sale" } else { "off sale" };
    let points = variants.iter().map(|v| {
        let valid_from = last
            .get(&v.id.uuid())
            .map_or(ctx.now(), |at| (*at).max(ctx.now()));
        let actor = ctx.actor().label();
        PricePoint {
            price: v.price,
            compare_at: v.compare_at,
            until: v.reduced_until,
            on_sale,
            valid_from,
            actor,
            reason: reason.to_owned(),
        }
        .row(v.id)
    });
    Ok(tx
        .insert_many("price_history", &COLUMNS, &points.collect::<Vec<_>>())
        .await?)
}
