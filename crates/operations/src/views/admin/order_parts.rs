//! The goods of an order: its lines, the stock kept for it, its parcels.

use fulfilment::{
    carrier,
    parcel::{self, ParcelState},
};
use inventory::{Hold, HoldState, PlaceState, hold, location};
use kernel::{HoldId, Money, OrderId, OrderLineId, ParcelId, ProductId, Timestamp, VariantId};
use orders::{LinePart, Order, OrderLine, PaymentMethod};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::{Place, thumb_url};
use crate::FlowError;

/// A line of an order, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminOrderLine {
    /// The line.
    pub id: OrderLineId,
    /// The product.
    pub product_id: ProductId,
    /// The variant.
    pub variant_id: VariantId,
    /// The product's title as the shopper saw it.
    pub product_title: String,
    /// The variant's title; null when the product has one variant.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// Its picture.
    pub image_url: Option<String>,
    /// Price of one unit.
    pub unit_price: Money,
    /// Units ordered.
    pub quantity: i64,
    /// Units that will not be shipped.
    pub cancelled_quantity: i64,
    /// Units that left.
    pub shipped_quantity: i64,
    /// Units that still have to leave.
    pub to_ship_quantity: i64,
    /// Units that came back.
    pub returned_quantity: i64,
    /// Units whose money can still be given back; the sum of the next three.
    pub refundable_quantity: i64,
    /// Those of them that have not left: a refund cancels them.
    pub refundable_unshipped: i64,
    /// Those of them that left and did not come back.
    pub refundable_shipped: i64,
    /// Those of them that were cancelled or came back already, for instance because a refund failed.
    pub refundable_ended: i64,
    /// The line after its discount.
    pub net_total: Money,
    /// What one unit is made of, when it is a bundle.
    pub parts: Vec<Contents>,
    /// Whether it is given to an order of enough goods, for nothing.
    pub gift: bool,
}

/// Stock that is or was kept for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminHold {
    /// The hold.
    pub id: HoldId,
    /// What.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// How many.
    pub quantity: i64,
    /// Where.
    pub location: Place,
    /// `held`, `committed`, `released` or `expired`.
    pub state: HoldState,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; null when it is kept until it is shipped.
    pub expires_at: Option<Timestamp>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Why, as a code with the sentence `hold-reason-CODE`.
    pub reason: &'static str,
    /// Why it ended, as such a code.
    pub closed_reason: Option<&'static str>,
}

/// A parcel of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminParcel {
    /// The parcel.
    pub id: ParcelId,
    /// Code of the carrier.
    pub carrier: String,
    /// Its name.
    pub carrier_name: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier's page of it.
    pub tracking_url: Option<String>,
    /// `shipped` or `delivered`.
    pub state: ParcelState,
    /// When it left.
    pub shipped_at: Timestamp,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// Whether the reader can mark it as delivered.
    pub can_deliver: bool,
    /// What is in it.
    pub lines: Vec<Contents>,
}

/// Units of one thing: in a parcel, in a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Contents {
    /// Its SKU.
    pub sku: String,
    /// What it is.
    pub title: String,
    /// How many.
    pub quantity: i64,
}

impl Contents {
    /// A part of a bundle, in one unit of it.
    pub(super) fn of_part(part: &LinePart) -> Self {
        Self {
            sku: part.sku.clone(),
            title: format!("{} {}", part.title, part.variant_title)
                .trim_end()
                .to_owned(),
            quantity: part.quantity,
        }
    }

    /// Units of a line; `None` for a line that is not of this order.
    pub(super) fn of(lines: &[OrderLine], id: OrderLineId, quantity: i64) -> Option<Self> {
        let line = lines.iter().find(|line| line.id == id)?;
        let title = if line.variant_title.is_empty() {
            line.title.clone()
        } else {
            format!("{} {}", line.title, line.variant_title)
        };
        Some(Self {
            sku: line.sku.clone(),
            title,
            quantity,
        })
    }
}

/// The lines of an order with what became of them.
pub(super) fn lines(order: &Order, stored: &[OrderLine]) -> Vec<AdminOrderLine> {
    let over = order.state.is_over();
    stored
        .iter()
        .map(|line| {
            let to_ship = if over { 0 } else { line.to_ship() };
            let [unshipped, shipped, ended] = if order.payment_state.was_paid() {
                // What cost nothing, or is given back already, has no money here.
                let worth = line.total.amount > line.refunded.amount;
                [to_ship, line.out(), if worth { line.ended() } else { 0 }]
            } else {
                [0; 3]
            };
            AdminOrderLine {
                id: line.id,
                product_id: line.product_id,
                variant_id: line.variant_id,
                product_title: line.title.clone(),
                variant_title: Some(line.variant_title.clone()).filter(|t| !t.is_empty()),
                sku: line.sku.clone(),
                image_url: thumb_url(line.image_key.as_deref()),
                unit_price: line.unit_price,
                quantity: line.quantity,
                cancelled_quantity: line.cancelled,
                shipped_quantity: line.shipped,
                to_ship_quantity: to_ship,
                returned_quantity: line.returned,
                refundable_quantity: unshipped + shipped + ended,
                refundable_unshipped: unshipped,
                refundable_shipped: shipped,
                refundable_ended: ended,
                net_total: line.total,
                parts: line.parts.iter().map(Contents::of_part).collect(),
                gift: line.gift,
            }
        })
        .collect()
}

/// Everything that was ever kept for an order.
pub(super) async fn holds(
    rx: &mut Rx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Vec<AdminHold>, FlowError> {
    let places = location::list(rx).await?;
    let found = hold::of_order(rx, order.id).await?;
    Ok(found
        .into_iter()
        .map(|hold| {
            let code = places
                .iter()
                .find(|p| p.id == hold.location_id)
                .map_or_else(String::new, |p| p.code.clone());
            let sku = OrderLine::sku_of(lines, hold.variant_id).unwrap_or_default();
            AdminHold {
                id: hold.id,
                variant_id: hold.variant_id,
                sku: sku.to_owned(),
                quantity: hold.quantity,
                location: Place {
                    id: hold.location_id,
                    code,
                    name: hold.location_name.clone(),
                },
                state: hold.state,
                created_at: hold.created_at,
                expires_at: hold.expires_at,
                closed_at: hold.closed_at,
                reason: hold_reason(&hold, order.payment_method == PaymentMethod::CashOnDelivery),
                closed_reason: closed_reason(&hold),
            }
        })
        .collect())
}

/// Why a hold is kept, as the page says it: a hold with an end waits for money, one without waits for its parcel.
pub(super) fn hold_reason(hold: &Hold, on_delivery: bool) -> &'static str {
    match (hold.expires_at, on_delivery) {
        (Some(_), _) => "order_placed",
        (None, true) => "cash_on_delivery",
        (None, false) => "order_paid",
    }
}

fn closed_reason(hold: &Hold) -> Option<&'static str> {
    match hold.state {
        HoldState::Held => None,
        HoldState::Committed => Some("shipped"),
        HoldState::Expired => Some("payment_expired"),
        HoldState::Released => Some(match hold.closed_reason.as_deref() {
            Some("replaced") => "replaced",
            Some("moved") => "moved",
            Some("refunded") => "refunded",
            Some("gift_dropped") => "gift_dropped",
            _ => "cancelled",
        }),
    }
}

/// The places that a parcel can leave from; none where there is nothing to choose.
pub(super) async fn ship_places(rx: &mut Rx) -> Result<Vec<Place>, FlowError> {
    let mut places = location::open_places(rx).await?;
    places.retain(|place| place.state == PlaceState::Ships);
    if places.len() < 2 {
        return Ok(Vec::new());
    }
    let place = |l: location::Location| Place {
        id: l.id,
        code: l.code,
        name: l.name,
    };
    Ok(places.into_iter().map(place).collect())
}

/// The parcels of an order.
pub(super) async fn parcels(
    rx: &mut Rx,
    ctx: &Ctx,
    id: OrderId,
    lines: &[OrderLine],
) -> Result<Vec<AdminParcel>, FlowError> {
    let may = ctx.allows(kernel::Permission::FulfilmentWrite);
    let found = parcel::of_order(rx, id).await?;
    Ok(found
        .into_iter()
        .map(|parcel| AdminParcel {
            id: parcel.id,
            carrier_name: carrier::name(&parcel.carrier, ctx.locale()),
            tracking_url: carrier::tracking_url(&parcel.carrier, &parcel.tracking_number),
            can_deliver: may && parcel.state == ParcelState::Shipped,
            state: parcel.state,
            shipped_at: parcel.shipped_at,
            delivered_at: parcel.delivered_at,
            lines: parcel
                .lines
                .iter()
                .filter_map(|(line, quantity)| Contents::of(lines, *line, *quantity))
                .collect(),
            carrier: parcel.carrier,
            tracking_number: parcel.tracking_number,
        })
        .collect())
}
