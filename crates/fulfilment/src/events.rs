//! Payloads of the events that fulfilment emits, version 1 each.

use kernel::{OrderId, OrderLineId, ParcelId, Timestamp};
use serde::{Deserialize, Serialize};

/// Units of one order line in a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedUnits {
    /// The line.
    pub order_line_id: OrderLineId,
    /// How many.
    pub quantity: i64,
}

/// `Parcel Shipped`, about the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelShipped {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its order.
    pub order_id: OrderId,
    /// The how-manieth parcel of the order it is, from 1.
    pub number: i64,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number; empty when the shop brings it itself.
    pub tracking_number: String,
    /// What is in it.
    pub lines: Vec<PackedUnits>,
}

/// `Parcel Delivered`, about the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelDelivered {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its order.
    pub order_id: OrderId,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number; empty when the shop brings it itself.
    pub tracking_number: String,
    /// When it had left.
    pub shipped_at: Timestamp,
}
