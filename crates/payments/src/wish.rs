//! How a shopper wants a card charged: which card, and what is to be remembered of it.

use kernel::{CustomerId, Locale, Timestamp};
use serde::{Deserialize, Serialize};

use crate::demo_card::Scenario;

/// What the shopper chose. It is kept beside the payment before the provider hears of it, so that a call without an
/// answer can be repeated exactly as it was (P5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// The demo provider is to answer so.
    Demo(Scenario),
    /// A card that is typed on the provider's own page.
    Page(PageWish),
    /// A card that the provider keeps for this customer.
    Saved {
        /// The customer.
        customer_id: CustomerId,
        /// The provider's name for the card.
        card: String,
    },
}

/// What the provider's page is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageWish {
    /// What is paid, in words for the shopper: the order's number.
    pub title: String,
    /// Where the page leads once the card was accepted.
    pub done_url: String,
    /// Where it leads when the shopper turns back.
    pub back_url: String,
    /// The shopper's language.
    pub locale: Locale,
    /// Where the provider's receipt goes.
    pub email: String,
    /// The customer who wants the provider to keep the card; nothing is kept for anybody else.
    pub keep_for: Option<CustomerId>,
}

/// A page of a provider on which a card can be typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OpenPage {
    /// The provider's name for it.
    pub reference: String,
    /// Its address.
    pub url: String,
    /// When it closes by itself.
    pub until: Timestamp,
}

impl From<Scenario> for Wish {
    fn from(scenario: Scenario) -> Self {
        Self::Demo(scenario)
    }
}
