//! Stock of a variant at a place: how much is on hand, how much of it is reserved, when it counts as low.

mod adjust;
mod import;
mod list;

use std::collections::HashMap;

use kernel::{LocationId, Timestamp, VariantId, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value, id_value, keyed},
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use adjust::{Adjustment, adjust, count, reverse};
pub use import::{ImportedEntry, import_entries};
pub use list::{Counts, Page, Show, StockFilter, StockRow, counts, list, low};

use crate::{InventoryError, events::StockLow, location};

/// How much can be sold of a variant that is sold beyond its stock.
pub const UNLIMITED: i64 = i64::MAX / 2;

/// Characters of the name of a shelf.
const SHELF: usize = 40;

/// Stock of one variant at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Level {
    /// What.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// The place's short name for programs.
    pub location_code: String,
    /// The place's name for people.
    pub location_name: String,
    /// Where on its shelves; empty where nobody said.
    pub shelf: String,
    /// Units there.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
    /// Units that can still be sold, or moved from a place that does not sell; negative where more was sold than is
    /// there.
    pub available: i64,
    /// At this number of units or fewer it is time to order more.
    pub low_at: Option<i64>,
    /// Whether `available` has fallen to `low_at`.
    pub low: bool,
    /// Whether it is sold beyond what is there.
    pub backorder: bool,
    /// When any of this changed last.
    pub updated_at: Timestamp,
}

impl Level {
    pub(crate) const COLUMNS: &str = "s.variant_id, s.location_id, p.code AS location_code, p.name AS location_name, s.shelf, s.on_hand, \
         s.reserved, s.low_at, s.backorder, s.updated_at";

    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        let units = Units::from_row(row)?;
        Ok(Self {
            variant_id: row.get("variant_id")?,
            location_id: row.get("location_id")?,
            location_code: row.get("location_code")?,
            location_name: row.get("location_name")?,
            shelf: row.get("shelf")?,
            on_hand: units.on_hand,
            reserved: units.reserved,
            available: units.available(),
            low_at: units.low_at,
            low: units
                .low_at
                .is_some_and(|low_at| units.available() <= low_at),
            backorder: row.get("backorder")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// The numbers of a stock row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Units {
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) low_at: Option<i64>,
}

impl Units {
    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            on_hand: row.get("on_hand")?,
            reserved: row.get("reserved")?,
            low_at: row.get("low_at")?,
        })
    }

    pub(crate) const fn available(self) -> i64 {
        self.on_hand - self.reserved
    }

    /// The alert level, if taking `taken` units has just brought what can be sold down to it.
    pub(crate) fn fell_to(self, taken: i64) -> Option<i64> {
        self.low_at
            .filter(|low_at| self.available() <= *low_at && self.available() + taken > *low_at)
    }
}

/// Tells that stock is low if taking `taken` units has just made it so (INV-03).
pub(crate) async fn warn_if_low(
    tx: &mut Tx,
    ctx: &Ctx,
    (variant_id, location_id): (VariantId, LocationId),
    after: Units,
    taken: i64,
) -> Result<(), DbError> {
    let Some(low_at) = after.fell_to(taken) else {
        return Ok(());
    };
    let payload = StockLow {
        variant_id,
        location_id,
        available: after.available(),
        on_hand: after.on_hand,
        low_at,
    };
    events::emit(
        tx,
        ctx,
        Event::new(event::STOCK_LOW, &payload).about(variant_id),
    )
    .await
}

/// Stock of a variant at each place, in the order in which goods leave.
///
/// # Errors
/// Whatever the database says.
pub async fn levels(rx: &mut Rx, variant_id: VariantId) -> Result<Vec<Level>, InventoryError> {
    let sql = format!(
        "SELECT {} FROM stock s JOIN locations p ON p.id = s.location_id WHERE s.variant_id = $1 ORDER BY p.priority, p.code",
        Level::COLUMNS
    );
    Ok(rx
        .rows(&sql, params![variant_id])
        .await?
        .iter()
        .map(Level::from_row)
        .collect::<Result<_, _>>()?)
}

/// Stock of each of these variants at each place where it is kept.
///
/// # Errors
/// Whatever the database says.
pub async fn levels_of(rx: &mut Rx, variants: &[VariantId]) -> Result<Vec<Level>, InventoryError> {
    let sql = format!(
        "SELECT {} FROM stock s JOIN locations p ON p.id = s.location_id WHERE s.variant_id IN ({{keys}})",
        Level::COLUMNS
    );
    let mut found = Vec::new();
    for part in variants.chunks(PART) {
        let ids: Vec<Value> = part.iter().map(|id| id_value(*id)).collect();
        let (sql, ids) = keyed(&sql, &[], &ids);
        for row in rx.rows(&sql, &ids).await? {
            found.push(Level::from_row(&row)?);
        }
    }
    Ok(found)
}

/// Stock of a variant at a place; `None` where none was ever kept.
///
/// # Errors
/// Whatever the database says.
pub async fn level(
    rx: &mut Rx,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<Option<Level>, InventoryError> {
    let sql = format!(
        "SELECT {} FROM stock s JOIN locations p ON p.id = s.location_id WHERE s.variant_id = $1 AND s.location_id = $2",
        Level::COLUMNS
    );
    Ok(rx
        .row(&sql, params![variant_id, location_id])
        .await?
        .as_ref()
        .map(Level::from_row)
        .transpose()?)
}

/// How much of each variant can be sold over all places that ship: 0 where none was ever kept, [`UNLIMITED`] where it is sold
/// beyond stock. For showing and warning only: the decision to sell is [`crate::hold::reserve`]'s (invariant S17).
///
/// # Errors
/// Whatever the database says.
pub async fn available(
    rx: &mut Rx,
    variants: &[VariantId],
) -> Result<HashMap<VariantId, i64>, InventoryError> {
    let mut found: HashMap<VariantId, i64> = variants.iter().map(|id| (*id, 0)).collect();
    let sql = "SELECT variant_id, MAX(CASE WHEN backorder THEN 1 ELSE 0 END) AS endless, SUM(on_hand - reserved) AS free \
               FROM stock WHERE variant_id IN ({keys}) AND place_state = 'ships' GROUP BY variant_id";
    for part in variants.chunks(PART) {
        let ids: Vec<Value> = part.iter().map(|id| id_value(*id)).collect();
        let (sql, ids) = keyed(sql, &[], &ids);
        for row in rx.rows(&sql, &ids).await? {
            let free = if row.get::<bool>("endless")? {
                UNLIMITED
            } else {
                row.get("free")?
            };
            found.insert(row.get("variant_id")?, free);
        }
    }
    Ok(found)
}

/// Variants that one statement asks about.
const PART: usize = 256;

/// `$first, $first+1, …` for `count` parameters.
pub(crate) fn places(first: usize, count: usize) -> String {
    (first..first + count)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Sets, or with `None` takes away, the number of units at which stock counts as low; tells at once if it is.
///
/// # Errors
/// [`InventoryError::InvalidQuantity`] for a negative level; an unknown place or variant.
pub async fn set_low_at(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    location_id: LocationId,
    low_at: Option<i64>,
) -> Result<Level, InventoryError> {
    if low_at.is_some_and(|units| !(0..=crate::MAX_UNITS).contains(&units)) {
        return Err(InventoryError::InvalidQuantity);
    }
    let before = lock_or_open(tx, ctx, variant_id, location_id).await?;
    let sql =
        "UPDATE stock SET low_at = $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2";
    tx.execute_one(sql, params![variant_id, location_id, low_at, ctx.now()])
        .await?;
    let was_low = before
        .low_at
        .is_some_and(|level| before.available() <= level);
    if !was_low {
        // Seen from a full shelf, stock that is below its new level has just fallen to it.
        warn_if_low(
            tx,
            ctx,
            (variant_id, location_id),
            Units { low_at, ..before },
            UNLIMITED,
        )
        .await?;
    }
    after(tx, variant_id, location_id).await
}

/// Says where on a place's shelves a variant lies; an empty text when nobody knows.
///
/// # Errors
/// [`InventoryError::PlaceInvalid`] for a text that is too long; an unknown place or variant.
pub async fn set_shelf(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    location_id: LocationId,
    shelf: &str,
) -> Result<Level, InventoryError> {
    let shelf = shelf.trim();
    if shelf.chars().count() > SHELF || shelf.chars().any(char::is_control) {
        return Err(InventoryError::PlaceInvalid {
            field: "shelf",
            key: "error-too-long",
        });
    }
    lock_or_open(tx, ctx, variant_id, location_id).await?;
    let sql =
        "UPDATE stock SET shelf = $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2";
    tx.execute_one(sql, params![variant_id, location_id, shelf, ctx.now()])
        .await?;
    after(tx, variant_id, location_id).await
}

/// Lets a variant be sold beyond what is at a place, or stops that.
///
/// # Errors
/// [`InventoryError::BackorderInUse`] when more is sold than is there; an unknown place or variant.
pub async fn set_backorder(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    location_id: LocationId,
    backorder: bool,
) -> Result<Level, InventoryError> {
    lock_or_open(tx, ctx, variant_id, location_id).await?;
    let sql = "UPDATE stock SET backorder = $3, updated_at = $4 WHERE variant_id = $1 AND location_id = $2 \
               AND ($3 OR (on_hand >= 0 AND reserved <= on_hand))";
    match tx
        .execute(sql, params![variant_id, location_id, backorder, ctx.now()])
        .await?
    {
        0 => Err(InventoryError::BackorderInUse {
            variant_id,
            location_id,
        }),
        _ => after(tx, variant_id, location_id).await,
    }
}

/// Units on hand of each variant at each place where stock of it is kept, by place.
///
/// # Errors
/// Whatever the database says.
pub async fn on_hand(
    rx: &mut Rx,
    variants: &[VariantId],
) -> Result<HashMap<VariantId, Vec<(LocationId, i64)>>, InventoryError> {
    let sql = "SELECT variant_id, location_id, on_hand FROM stock WHERE variant_id IN ({keys}) ORDER BY location_id";
    let mut found: HashMap<VariantId, Vec<(LocationId, i64)>> = HashMap::new();
    for part in variants.chunks(PART) {
        let ids: Vec<Value> = part.iter().map(|id| id_value(*id)).collect();
        let (sql, ids) = keyed(sql, &[], &ids);
        for row in rx.rows(&sql, &ids).await? {
            let shelves = found.entry(row.get("variant_id")?).or_default();
            shelves.push((row.get("location_id")?, row.get("on_hand")?));
        }
    }
    Ok(found)
}

/// The alert level of each variant at each place where stock of it is kept, by place.
///
/// # Errors
/// Whatever the database says.
pub async fn alert_levels(
    rx: &mut Rx,
    variants: &[VariantId],
) -> Result<HashMap<VariantId, Vec<(LocationId, Option<i64>)>>, InventoryError> {
    let sql = "SELECT variant_id, location_id, low_at FROM stock WHERE variant_id IN ({keys}) ORDER BY location_id";
    let mut found: HashMap<VariantId, Vec<(LocationId, Option<i64>)>> = HashMap::new();
    for part in variants.chunks(PART) {
        let ids: Vec<Value> = part.iter().map(|id| id_value(*id)).collect();
        let (sql, ids) = keyed(sql, &[], &ids);
        for row in rx.rows(&sql, &ids).await? {
            let levels = found.entry(row.get("variant_id")?).or_default();
            levels.push((row.get("location_id")?, row.get("low_at")?));
        }
    }
    Ok(found)
}

async fn after(
    tx: &mut Tx,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<Level, InventoryError> {
    let found = level(tx, variant_id, location_id).await?;
    found.ok_or_else(|| DbError::Missing(format!("stock of {variant_id} at {location_id}")).into())
}

async fn lock_or_open(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<Units, InventoryError> {
    let sql = format!(
        "SELECT on_hand, reserved, low_at FROM stock WHERE variant_id = $1 AND location_id = $2{}",
        tx.dialect().for_update()
    );
    if let Some(row) = tx.row(&sql, params![variant_id, location_id]).await? {
        return Ok(Units::from_row(&row)?);
    }
    open(tx, ctx, variant_id, location_id).await?;
    Ok(Units::from_row(
        &tx.one(&sql, params![variant_id, location_id]).await?,
    )?)
}

/// Begins to keep stock of a variant at a place, with nothing there.
pub(crate) async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<(), InventoryError> {
    location::check(tx, location_id).await?;
    let sql = "INSERT INTO stock (variant_id, location_id, place_state, on_hand, reserved, backorder, low_at, updated_at) \
               SELECT $1, id, state, 0, 0, FALSE, NULL, $3 FROM locations WHERE id = $2 ON CONFLICT (variant_id, location_id) DO NOTHING";
    match tx
        .execute(sql, params![variant_id, location_id, ctx.now()])
        .await
    {
        Ok(_) => Ok(()),
        // The place is known, so the key that was refused is the variant's.
        Err(DbError::Constraint(_)) => Err(InventoryError::UnknownVariant(variant_id)),
        Err(error) => Err(error.into()),
    }
}
