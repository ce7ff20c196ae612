//! What page events carry, and the parts of other domains' events that figures are made of.

use kernel::{Money, ProductId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Utm;

/// Payload of `Page Viewed`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageViewed {
    /// The page's path without its query.
    pub path: String,
    /// The page that led here, as the browser told it.
    #[serde(default)]
    pub referrer: Option<String>,
    /// How the link was tagged.
    #[serde(default)]
    pub utm: Utm,
}

/// Payload of `Product List Viewed`, version 1: cards came into view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductListViewed {
    /// Which list: `home`, `collection:HANDLE`, `search`, `related`.
    pub list: String,
    /// The products whose cards were shown, in their order.
    pub products: Vec<ProductId>,
    /// The place of each of them in the list, from 1; empty where the list does not count them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<u32>,
}

/// Payload of `Product Viewed`, version 1; the event is about the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductViewed {
    /// The product's handle when it was viewed.
    pub handle: String,
}

/// Payload of `Products Searched`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductsSearched {
    /// What was typed.
    pub query: String,
    /// How many products were found.
    pub results: i64,
}

/// Payload of `Inquiry Started`, version 1, when a contact was clicked. A message sent through the contact form
/// carries more and the channel `form`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContactClicked {
    /// `phone`, `email`, `line` or another way to ask.
    pub channel: String,
    /// The page with the contact.
    pub path: String,
}

/// What the funnel reads of `Order Placed`, version 1.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct OrderPlaced {
    /// What the order costs.
    pub(crate) total: Money,
    /// Whether its visitor had asked before.
    #[serde(default)]
    pub(crate) inquired: bool,
}
