//! The stock of one variant: how much, where, what moved it, and who has it on hold.

use std::collections::HashMap;

use catalog::sellable;
use inventory::{
    EntryKind, Hold, hold, ledger, location,
    stock::{self, Level},
    transfer,
};
use kernel::{
    HoldId, LocationId, OrderId, Permission, ProductId, StockEntryId, Timestamp, VariantId,
};
use platform::{Ctx, DbError, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    bundle::{self, InBundle},
    common::{OrderLink, Place, in_list, person},
    order_parts::{Contents, hold_reason},
    stock::{REASONS, StockCan},
};
use crate::{FlowError, bundles};

/// Movements shown at first, and at most.
pub const MOVEMENTS: std::ops::RangeInclusive<i64> = 50..=1_000;

/// The stock of one variant over all places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StockItem {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Its SKU.
    pub sku: String,
    /// The product's name.
    pub product_title: String,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// Units on all shelves.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
    /// Units that can still be sold.
    pub available: i64,
    /// Whether it has fallen to its alert level somewhere.
    pub low: bool,
    /// Its stock at each place, in the order in which goods leave.
    pub locations: Vec<PlaceStock>,
    /// What moved it, newest first.
    pub movements: Vec<Movement>,
    /// Whether there are older movements than these.
    pub more_movements: bool,
    /// Who has it on hold, oldest first.
    pub holds: Vec<OpenHold>,
    /// What it is made of, when it is a bundle: then it lies nowhere itself, and `available` is what can be made.
    pub parts: Vec<Contents>,
    /// The bundles that it is part of.
    pub bundles: Vec<InBundle>,
    /// Reasons to change it.
    pub reasons: Vec<&'static str>,
    /// What the reader may do.
    pub can: StockCan,
}

/// Stock at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlaceStock {
    /// The place.
    pub id: LocationId,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Where on its shelves; empty where nobody said.
    pub shelf: String,
    /// Units on their way there.
    pub coming: i64,
    /// Units there.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
    /// Units that can still be sold.
    pub available: i64,
    /// At this number of units or fewer it is time to order more.
    pub low_stock_threshold: Option<i64>,
}

/// A row of the stock ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Movement {
    /// The row.
    pub id: StockEntryId,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// What kind of movement.
    pub kind: EntryKind,
    /// Units that came, or with a minus went.
    pub quantity: i64,
    /// Units at that place right after it.
    pub balance: i64,
    /// Where.
    pub location: Place,
    /// Why: one of the page's reasons, or a program's own word; null where the kind or the order says it all.
    pub reason: Option<String>,
    /// What somebody added.
    pub note: Option<String>,
    /// Who; null for the shop itself.
    pub by: Option<String>,
    /// The order that it belongs to.
    pub order: Option<OrderLink>,
    /// The row that it takes back.
    pub reverses: Option<StockEntryId>,
}

/// Units that an order has on hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenHold {
    /// The hold.
    pub id: HoldId,
    /// For which order.
    pub order: Option<OrderLink>,
    /// How many.
    pub quantity: i64,
    /// Where.
    pub location: Place,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; null when it is kept until it is shipped.
    pub expires_at: Option<Timestamp>,
    /// Why, as a code with the sentence `hold-reason-CODE`.
    pub reason: &'static str,
}

/// The stock of a variant with at most `limit` movements.
///
/// # Errors
/// [`FlowError::NotFound`] for an unknown variant, or whatever the database says.
pub async fn item(
    rx: &mut Rx,
    ctx: &Ctx,
    id: VariantId,
    limit: i64,
) -> Result<StockItem, FlowError> {
    let sold = sellable::of(rx, &[id])
        .await?
        .into_iter()
        .next()
        .ok_or(FlowError::NotFound)?;
    let coming = transfer::on_the_way(rx, &[id]).await?;
    let places = places(rx).await?;
    let levels = stock::levels(rx, id).await?;
    let limit = limit.clamp(1, *MOVEMENTS.end());
    let mut entries = ledger::of(rx, id, limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more_movements = entries.len() > shown;
    entries.truncate(shown);
    let held = hold::open_of(rx, id).await?;
    let about = entries
        .iter()
        .filter_map(|e| e.order_id)
        .chain(held.iter().map(|h| h.order_id))
        .collect();
    let links = links(rx, about).await?;
    let (mut on_hand, reserved): (i64, i64) = (
        levels.iter().map(|l| l.on_hand).sum(),
        levels.iter().map(|l| l.reserved).sum(),
    );
    let made = !sold.parts.is_empty();
    if made {
        let asked: Vec<VariantId> = sold.needs().map(|(variant, _)| variant).collect();
        let free = stock::available(rx, &asked).await?;
        on_hand = bundles::units(&free, sold.needs()).max(0);
    }
    Ok(StockItem {
        variant_id: id,
        product_id: sold.product_id,
        product_title: sold.product_title.get(ctx.locale()).to_owned(),
        variant_title: Some(sold.variant_title(ctx.locale())).filter(|t| !t.is_empty()),
        sku: sold.sku.clone(),
        on_hand,
        reserved,
        available: on_hand - reserved,
        low: levels.iter().any(|l| l.low),
        locations: places
            .iter()
            .map(|place| {
                let moving = coming.get(&(id, place.id)).copied();
                place_stock(place, &levels, moving.unwrap_or_default())
            })
            .collect(),
        movements: entries
            .iter()
            .map(|entry| movement(entry, &places, &links))
            .collect(),
        more_movements,
        holds: held
            .iter()
            .map(|hold| open_hold(hold, &places, &links))
            .collect(),
        parts: bundle::all_contents(&sold.parts, ctx.locale()),
        bundles: bundle::within(rx, ctx, id).await?,
        reasons: REASONS.to_vec(),
        can: StockCan {
            write: ctx.allows(Permission::StockWrite) && !made,
        },
    })
}

async fn places(rx: &mut Rx) -> Result<Vec<Place>, FlowError> {
    let open = location::open_places(rx).await?;
    let place = |l: location::Location| Place {
        id: l.id,
        code: l.code,
        name: l.name,
    };
    Ok(open.into_iter().map(place).collect())
}

fn place_stock(place: &Place, levels: &[Level], coming: i64) -> PlaceStock {
    let level = levels.iter().find(|level| level.location_id == place.id);
    let (on_hand, reserved) = level.map_or((0, 0), |level| (level.on_hand, level.reserved));
    PlaceStock {
        id: place.id,
        code: place.code.clone(),
        name: place.name.clone(),
        shelf: level.map(|level| level.shelf.clone()).unwrap_or_default(),
        coming,
        on_hand,
        reserved,
        available: on_hand - reserved,
        low_stock_threshold: level.and_then(|level| level.low_at),
    }
}

/// Numbers of orders, and whether they are paid on delivery.
async fn links(
    rx: &mut Rx,
    mut ids: Vec<OrderId>,
) -> Result<HashMap<OrderId, (OrderLink, bool)>, FlowError> {
    ids.sort();
    ids.dedup();
    let mut found = HashMap::new();
    for part in ids.chunks(512) {
        let (places, values) = in_list(1, part);
        let sql = format!("SELECT id, number, payment_method FROM orders WHERE id IN ({places})");
        for row in rx.rows(&sql, &values).await? {
            let id = row.get("id")?;
            let method: String = row.get("payment_method")?;
            let link = OrderLink {
                id,
                number: row.get("number")?,
            };
            found.insert(
                id,
                (link, method == orders::PaymentMethod::CashOnDelivery.code()),
            );
        }
    }
    Ok::<_, DbError>(found).map_err(FlowError::from)
}

fn place(id: LocationId, name: &str, places: &[Place]) -> Place {
    let known = places.iter().find(|place| place.id == id).cloned();
    known.unwrap_or_else(|| Place {
        id,
        code: String::new(),
        name: name.to_owned(),
    })
}

fn movement(
    entry: &ledger::Entry,
    places: &[Place],
    links: &HashMap<OrderId, (OrderLink, bool)>,
) -> Movement {
    let (reason, note) = split_reason(&entry.reason);
    let told_by_kind = matches!(
        entry.kind,
        EntryKind::Sale | EntryKind::Opening | EntryKind::Transfer
    );
    let obvious = told_by_kind || entry.order_id.is_some();
    Movement {
        id: entry.id,
        at: entry.effective_at,
        recorded_at: entry.recorded_at,
        kind: entry.kind,
        quantity: entry.quantity,
        balance: entry.balance,
        location: place(entry.location_id, &entry.location_name, places),
        reason: Some(reason).filter(|_| !obvious),
        note,
        by: person(&entry.actor),
        order: entry
            .order_id
            .and_then(|id| links.get(&id))
            .map(|(link, _)| link.clone()),
        reverses: entry.reverses,
    }
}

fn open_hold(
    hold: &Hold,
    places: &[Place],
    links: &HashMap<OrderId, (OrderLink, bool)>,
) -> OpenHold {
    let known = links.get(&hold.order_id);
    OpenHold {
        id: hold.id,
        order: known.map(|(link, _)| link.clone()),
        quantity: hold.quantity,
        location: place(hold.location_id, &hold.location_name, places),
        created_at: hold.created_at,
        expires_at: hold.expires_at,
        reason: hold_reason(hold, known.is_some_and(|(_, on_delivery)| *on_delivery)),
    }
}

/// The reason of the ledger for a code and somebody's own words.
#[must_use]
pub fn joined_reason(code: &str, note: Option<&str>) -> String {
    match note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) => format!("{code}: {note}"),
        None => code.to_owned(),
    }
}

/// The code and the words of a reason of the ledger; a program's own word stays whole.
fn split_reason(stored: &str) -> (String, Option<String>) {
    match stored.split_once(": ") {
        Some((code, note)) if REASONS.contains(&code) => (code.to_owned(), Some(note.to_owned())),
        _ => (stored.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INV-04: a reason reads back as it was given.
    #[test]
    fn reason_and_note_part_again() {
        assert_eq!(
            split_reason(&joined_reason("damaged", Some("茶罐凹陷"))),
            ("damaged".into(), Some("茶罐凹陷".into()))
        );
        assert_eq!(
            split_reason(&joined_reason("count", Some(" "))),
            ("count".into(), None)
        );
        assert_eq!(
            split_reason("sync: nightly"),
            ("sync: nightly".into(), None)
        );
    }
}
