//! Parcels: what left, with whom, under what number, and when it arrived.

use std::{collections::BTreeMap, str::FromStr};

use kernel::{OrderId, OrderLineId, ParcelId, Timestamp, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{IntoValue, Row, Value},
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    FulfilmentError, carrier,
    events::{PackedUnits, ParcelDelivered, ParcelShipped},
};

/// The life of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// It left.
    Shipped,
    /// It arrived.
    Delivered,
}

impl ParcelState {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Shipped, Self::Delivered];

    /// Every step that a parcel can take: from, to.
    pub const TABLE: [(Self, Self); 1] = [(Self::Shipped, Self::Delivered)];

    /// The state as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }
}

/// A text that names no state of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no state of a parcel")]
pub struct UnknownState;

impl FromStr for ParcelState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or(UnknownState)
    }
}

/// A parcel about to leave.
#[derive(Debug, Clone)]
pub struct NewParcel {
    /// Its order.
    pub order_id: OrderId,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number as somebody typed it; may be empty when the shop brings it itself.
    pub tracking_number: String,
    /// What is in it; lines that are named twice are summed.
    pub lines: Vec<(OrderLineId, i64)>,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Parcel {
    /// Its key.
    pub id: ParcelId,
    /// Its order.
    pub order_id: OrderId,
    /// The how-manieth parcel of the order it is, from 1.
    pub number: i64,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number; empty when the shop brings it itself.
    pub tracking_number: String,
    /// Where it is.
    pub state: ParcelState,
    /// When it left.
    pub shipped_at: Timestamp,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// Who sent it, as `kind:name`.
    pub actor: String,
    /// What is in it.
    pub lines: Vec<(OrderLineId, i64)>,
}

/// Sends a parcel. That its lines are the order's, and not more than is left to ship of them, is for the order's own
/// command in the same transaction to say (invariant S13).
///
/// # Errors
/// [`FulfilmentError::EmptyParcel`]; a carrier or number that is unknown, missing, malformed or taken.
pub async fn ship(tx: &mut Tx, ctx: &Ctx, new: NewParcel) -> Result<Parcel, FulfilmentError> {
    let lines = summed(&new.lines)?;
    let tracking_number = carrier::tracking_number(&new.carrier, &new.tracking_number)?;
    let id = ParcelId::new();
    let number = insert(tx, ctx, id, &new, &tracking_number).await?;
    let rows: Vec<Vec<Value>> = lines
        .iter()
        .map(|(line, quantity)| vec![id.into_value(), line.into_value(), quantity.into_value()])
        .collect();
    tx.insert_many(
        "parcel_lines",
        &["parcel_id", "order_line_id", "quantity"],
        &rows,
    )
    .await?;
    let packed = |(line, quantity): (&OrderLineId, &i64)| PackedUnits {
        order_line_id: *line,
        quantity: *quantity,
    };
    let payload = ParcelShipped {
        parcel_id: id,
        order_id: new.order_id,
        number,
        carrier: new.carrier.clone(),
        tracking_number: tracking_number.clone(),
        lines: lines.iter().map(packed).collect(),
    };
    events::emit(
        tx,
        ctx,
        Event::new(event::PARCEL_SHIPPED, &payload).about(new.order_id),
    )
    .await?;
    Ok(Parcel {
        id,
        order_id: new.order_id,
        number,
        carrier: new.carrier,
        tracking_number,
        state: ParcelState::Shipped,
        shipped_at: ctx.now(),
        delivered_at: None,
        actor: ctx.actor().label(),
        lines: lines.into_iter().collect(),
    })
}

/// A parcel of the past.
#[derive(Debug, Clone)]
pub struct ImportedParcel {
    /// Its order, which has no other parcel.
    pub order_id: OrderId,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number in its one form; empty where it is not known.
    pub tracking_number: String,
    /// Where it is.
    pub state: ParcelState,
    /// When it left.
    pub shipped_at: Timestamp,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// What is in it.
    pub lines: Vec<(OrderLineId, i64)>,
}

/// Writes parcels of the past with two statements. No events: an import is history, not news.
///
/// # Errors
/// Whatever the database says, such as that a carrier's number is taken.
pub async fn import(tx: &mut Tx, ctx: &Ctx, parcels: &[ImportedParcel]) -> Result<(), DbError> {
    let actor = ctx.actor().label();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for parcel in parcels {
        let id = ParcelId::new();
        let row = params![
            id,
            parcel.order_id,
            1_i64,
            &parcel.carrier,
            &parcel.tracking_number,
            parcel.state.code(),
            parcel.shipped_at,
            parcel.delivered_at,
            &actor
        ];
        rows.push(row.to_vec());
        lines.extend(
            parcel
                .lines
                .iter()
                .map(|(line, units)| params![id, *line, *units].to_vec()),
        );
    }
    let columns = [
        "id",
        "order_id",
        "number",
        "carrier",
        "tracking_number",
        "state",
        "shipped_at",
        "delivered_at",
        "actor",
    ];
    tx.insert_many("parcels", &columns, &rows).await?;
    tx.insert_many(
        "parcel_lines",
        &["parcel_id", "order_line_id", "quantity"],
        &lines,
    )
    .await
}

/// Writes down that a parcel arrived. A parcel that had arrived before comes back as it is: nothing is written and no
/// event emitted a second time.
///
/// # Errors
/// [`FulfilmentError::UnknownParcel`].
pub async fn deliver(tx: &mut Tx, ctx: &Ctx, id: ParcelId) -> Result<Parcel, FulfilmentError> {
    let sql = "UPDATE parcels SET state = 'delivered', delivered_at = $2 WHERE id = $1 AND state = 'shipped'";
    let arrived = tx.execute(sql, params![id, ctx.now()]).await? == 1;
    let parcel = by_id(tx, id)
        .await?
        .ok_or(FulfilmentError::UnknownParcel(id))?;
    if arrived {
        let payload = ParcelDelivered {
            parcel_id: id,
            order_id: parcel.order_id,
            carrier: parcel.carrier.clone(),
            tracking_number: parcel.tracking_number.clone(),
            shipped_at: parcel.shipped_at,
        };
        events::emit(
            tx,
            ctx,
            Event::new(event::PARCEL_DELIVERED, &payload).about(parcel.order_id),
        )
        .await?;
    }
    Ok(parcel)
}

/// The parcels of an order, in the order in which they left.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Parcel>, FulfilmentError> {
    let rows = rx
        .rows(
            &format!("{SELECT} WHERE p.order_id = $1 {ORDER}"),
            params![order_id],
        )
        .await?;
    parcels(&rows)
}

/// One parcel.
///
/// # Errors
/// Whatever the database says.
pub async fn by_id(rx: &mut Rx, id: ParcelId) -> Result<Option<Parcel>, FulfilmentError> {
    let rows = rx
        .rows(&format!("{SELECT} WHERE p.id = $1 {ORDER}"), params![id])
        .await?;
    Ok(parcels(&rows)?.into_iter().next())
}

/// Whether parcels left for this order and all of them arrived.
///
/// # Errors
/// Whatever the database says.
pub async fn all_delivered(rx: &mut Rx, order_id: OrderId) -> Result<bool, FulfilmentError> {
    let sql = "SELECT COUNT(*) AS parcels, COUNT(delivered_at) AS arrived FROM parcels WHERE order_id = $1";
    let row = rx.one(sql, params![order_id]).await?;
    let (parcels, arrived): (i64, i64) = (row.get("parcels")?, row.get("arrived")?);
    Ok(parcels > 0 && parcels == arrived)
}

const SELECT: &str = "SELECT p.id, p.order_id, p.number, p.carrier, p.tracking_number, p.state, p.shipped_at, p.delivered_at, \
     p.actor, l.order_line_id, l.quantity FROM parcels p JOIN parcel_lines l ON l.parcel_id = p.id";
const ORDER: &str = "ORDER BY p.number, l.order_line_id";

/// One row for each line of each parcel, parcels together.
fn parcels(rows: &[Row]) -> Result<Vec<Parcel>, FulfilmentError> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for row in rows {
        let (id, line) = (
            row.get("id")?,
            (row.get("order_line_id")?, row.get("quantity")?),
        );
        if let Some(parcel) = parcels.last_mut().filter(|parcel| parcel.id == id) {
            parcel.lines.push(line);
            continue;
        }
        parcels.push(Parcel {
            id,
            order_id: row.get("order_id")?,
            number: row.get("number")?,
            carrier: row.get("carrier")?,
            tracking_number: row.get("tracking_number")?,
            state: row.parse("state")?,
            shipped_at: row.get("shipped_at")?,
            delivered_at: row.get("delivered_at")?,
            actor: row.get("actor")?,
            lines: vec![line],
        });
    }
    Ok(parcels)
}

fn summed(lines: &[(OrderLineId, i64)]) -> Result<BTreeMap<OrderLineId, i64>, FulfilmentError> {
    let mut sums: BTreeMap<OrderLineId, i64> = BTreeMap::new();
    for (line, quantity) in lines {
        if *quantity < 1 {
            return Err(FulfilmentError::EmptyParcel);
        }
        let sum = sums.entry(*line).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    if sums.is_empty() {
        Err(FulfilmentError::EmptyParcel)
    } else {
        Ok(sums)
    }
}

/// Writes the parcel under the order's next number and gives that number.
async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ParcelId,
    new: &NewParcel,
    tracking_number: &str,
) -> Result<i64, FulfilmentError> {
    let sql = "INSERT INTO parcels (id, order_id, number, carrier, tracking_number, state, shipped_at, actor) \
               SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, 'shipped', $5, $6 FROM parcels WHERE order_id = $2 \
               ON CONFLICT DO NOTHING RETURNING number";
    let values = params![
        id,
        new.order_id,
        &new.carrier,
        tracking_number,
        ctx.now(),
        ctx.actor().label()
    ];
    loop {
        if let Some(row) = tx.row(sql, values).await? {
            return Ok(row.get("number")?);
        }
        let taken = "SELECT 1 AS one FROM parcels WHERE carrier = $1 AND tracking_number = $2 AND tracking_number <> ''";
        if tx
            .row(taken, params![&new.carrier, tracking_number])
            .await?
            .is_some()
        {
            return Err(FulfilmentError::TrackingNumberTaken(
                tracking_number.to_owned(),
            ));
        }
        // Another parcel of the order took the number between this statement's look and its write; the next is free.
    }
}
