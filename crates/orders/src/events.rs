//! What the order events say. A payload's shape never changes; a new shape is a new version.

use kernel::{CartId, CustomerId, Money, OrderId, ProductId, VariantId};
use serde::{Deserialize, Serialize};

use crate::{Cause, Order, PaymentMethod, PricedLine, TotalLine, order::Revised};

/// `Order Placed`, version 1: an order exists, with every figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// The cart it was placed from.
    pub cart_id: Option<CartId>,
    /// Who ordered.
    pub customer_id: Option<CustomerId>,
    /// What was ordered.
    pub items: Vec<Item>,
    /// Goods before discount.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Fees, the wrapping included.
    pub fees: Money,
    /// What wrapping it as a gift costs; null when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// What is to be paid.
    pub total: Money,
    /// How it is to be paid.
    pub payment_method: PaymentMethod,
    /// Code of the way to deliver.
    pub delivery_code: String,
    /// Whether the shopper had asked something before (an inquiry order, not a silent one).
    pub inquired: bool,
}

/// One line of a placed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The product.
    pub product_id: ProductId,
    /// The variant.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// How many.
    pub quantity: i64,
    /// Price of one unit in minor units of the order's currency.
    pub price: i64,
    /// The line after its discount, in minor units.
    pub total: i64,
    /// Whether it is given to an order of enough goods, for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gift: bool,
}

/// `Order Updated`, version 1: an order changed before it was packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderUpdated {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// The change, by the number under which what it was is kept.
    pub revision: i64,
    /// What it cost before.
    pub total_before: Money,
    /// What it costs.
    pub total: Money,
    /// Why, in somebody's words.
    pub note: String,
}

/// `Order Completed`, version 1: the sale is certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCompleted {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// What it is worth.
    pub total: Money,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// Whether the shopper had asked something before.
    pub inquired: bool,
}

/// `Order Picked`, `Order Cancelled`, `Order Expired` and `Order Closed`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderMoved {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// Why, as a code.
    pub cause: String,
    /// Why, in somebody's words.
    pub note: Option<String>,
}

impl OrderPlaced {
    /// The event of a placed order and its lines.
    #[must_use]
    pub fn of(order: &Order, lines: &[TotalLine]) -> Self {
        let item = |line: &TotalLine| {
            let PricedLine {
                product_id,
                variant_id,
                sku,
                unit_price,
                quantity,
                gift,
                ..
            } = &line.line;
            let (price, total) = (unit_price.amount, line.total.amount);
            Item {
                product_id: *product_id,
                variant_id: *variant_id,
                sku: sku.clone(),
                quantity: quantity.get(),
                price,
                total,
                gift: *gift,
            }
        };
        Self {
            order_id: order.id,
            number: order.number.clone(),
            cart_id: order.cart_id,
            customer_id: order.customer_id,
            items: lines.iter().map(item).collect(),
            subtotal: order.subtotal,
            discount: order.discount,
            shipping: order.shipping,
            fees: order.fees,
            gift_wrap: order.gift_wrap,
            total: order.total,
            payment_method: order.payment_method,
            delivery_code: order.delivery_code.clone(),
            inquired: order.inquired,
        }
    }
}

impl OrderUpdated {
    /// The event of a change on record.
    #[must_use]
    pub fn of(order: &Order, kept: &Revised) -> Self {
        Self {
            order_id: order.id,
            number: order.number.clone(),
            revision: kept.seq,
            total_before: kept.before.total,
            total: order.total,
            note: kept.reason.clone(),
        }
    }
}

impl OrderCompleted {
    /// The event of an order whose sale became certain.
    #[must_use]
    pub fn of(order: &Order) -> Self {
        Self {
            order_id: order.id,
            number: order.number.clone(),
            total: order.total,
            payment_method: order.payment_method,
            inquired: order.inquired,
        }
    }
}

impl OrderMoved {
    /// The event of a step.
    #[must_use]
    pub fn of(order: &Order, cause: &Cause) -> Self {
        Self {
            order_id: order.id,
            number: order.number.clone(),
            cause: cause.code().to_owned(),
            note: cause.note().map(str::to_owned),
        }
    }
}
