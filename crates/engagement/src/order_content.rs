//! What the letters say that come of what is done with an order after or before it is placed: staff put one together,
//! change it, postpone it; its buyer takes a cancellation back.

use kernel::{Address, Money, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::content::{Destination, Due, Line, Order, Shop};

/// Variables of `order_pay_link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderPayLink {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// Until when it can be paid; the goods are kept until then.
    pub until: Option<Timestamp>,
    /// When the goods leave at the latest, once it is paid.
    pub ship_by: Option<Timestamp>,
}

/// An order before it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderBefore {
    /// What was ordered.
    pub lines: Vec<Line>,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; none when it was not wrapped.
    #[serde(default)]
    pub gift_wrap: Option<Money>,
    /// What it cost.
    pub total: Money,
    /// How it was to be delivered, where that changed.
    pub delivery_name: Option<String>,
    /// Where it was to go, where that changed.
    pub address: Option<Destination>,
}

/// Variables of `order_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderChanged {
    /// The shop.
    pub shop: Shop,
    /// The order as it is now.
    pub order: Order,
    /// What it was before.
    pub before: OrderBefore,
    /// Whether its goods, its wrapping or its price changed, not only where it goes.
    pub goods_changed: bool,
    /// What is still to be paid; none when nothing is.
    pub due: Option<Due>,
    /// What is given back; none when nothing is.
    pub refund: Option<Money>,
}

/// Variables of `order_delayed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderDelayed {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// Why, in the shop's words.
    pub reason: String,
    /// When it was to leave at the latest.
    pub before: Option<Timestamp>,
    /// When it leaves at the latest now.
    pub ship_by: Timestamp,
}

impl From<&Address> for Destination {
    fn from(address: &Address) -> Self {
        Self {
            name: address.name.clone(),
            phone: address.phone.clone(),
            text: address.one_line(),
            keep_days: address.store.as_ref().map(|store| store.keep_days),
        }
    }
}

/// Variables of `order_restored`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderRestored {
    /// The shop.
    pub shop: Shop,
    /// The order as it is now.
    pub order: Order,
    /// What is still to be paid; none when it is paid.
    pub due: Option<Due>,
    /// What was paid and does not go back; none when nothing was.
    #[serde(default)]
    pub kept: Option<Money>,
}
