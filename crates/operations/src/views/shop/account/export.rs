//! Everything that the shop keeps about a customer, for the customer to take along (GOV-10).

use customers::{address_book, address_book::KeptAddress, consent, consent::Consent, customer};
use kernel::{Address, CustomerId, Money, Timestamp};
use orders::order;
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    messages::{self, MessagesPage},
    settings::{self, SettingsPage},
};
use crate::FlowError;

/// Orders that one file holds.
const ORDERS: i64 = 1_000;

/// Everything that is kept about a customer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Export {
    /// When it was written.
    pub written_at: Timestamp,
    /// When the customer first came.
    pub customer_since: Timestamp,
    /// Who they are and how they sign in.
    pub profile: SettingsPage,
    /// Their addresses.
    pub addresses: Vec<KeptAddress>,
    /// Their orders.
    pub orders: Vec<ExportedOrder>,
    /// What was written.
    pub messages: MessagesPage,
    /// What they allowed and took back.
    pub consents: Vec<Consent>,
}

/// An order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedOrder {
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where it stands.
    pub state: orders::OrderState,
    /// What it costs.
    pub total: Money,
    /// The address of its letters.
    pub email: String,
    /// The telephone number.
    pub phone: String,
    /// Where it goes.
    pub address: Address,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// What wrapping it as a gift cost; null when it was not wrapped.
    pub gift_wrap: Option<Money>,
    /// The buyer's wish.
    pub note: Option<String>,
    /// What was ordered.
    pub lines: Vec<ExportedLine>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedLine {
    /// The product.
    pub title: String,
    /// The variant.
    pub variant_title: String,
    /// Its SKU.
    pub sku: String,
    /// How many.
    pub quantity: i64,
    /// What they cost.
    pub total: Money,
    /// Whether it was given with the goods.
    pub gift: bool,
}

/// Everything that is kept about a customer.
///
/// # Errors
/// [`FlowError::NotFound`] without an account.
pub async fn export(rx: &mut Rx, id: CustomerId, now: Timestamp) -> Result<Export, FlowError> {
    let profile = settings::settings_page(rx, id).await?;
    let person = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let found = orders::account::list(rx, (id, &profile.email), None, ORDERS).await?;
    let mut orders = Vec::with_capacity(found.len());
    for known in found {
        let lines = order::lines(rx, known.id).await?;
        orders.push(ExportedOrder {
            number: known.number,
            placed_at: known.placed_at,
            state: known.state,
            total: known.total,
            email: known.email,
            phone: known.phone,
            address: known.address,
            gift_message: known.gift_message,
            gift_wrap: known.gift_wrap,
            note: known.note,
            lines: lines
                .into_iter()
                .map(|line| ExportedLine {
                    title: line.title,
                    variant_title: line.variant_title,
                    sku: line.sku,
                    quantity: line.quantity,
                    total: line.total,
                    gift: line.gift,
                })
                .collect(),
        });
    }
    Ok(Export {
        written_at: now,
        customer_since: person.created_at,
        profile,
        addresses: address_book::list(rx, id).await?,
        orders,
        messages: messages::messages_page(rx, id).await?,
        consents: consent::of(rx, id).await?,
    })
}
