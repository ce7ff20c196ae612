//! What each kind of message says: one struct for each, whose fields are the variables of its template.

use kernel::{Money, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use crate::order_content::{
    OrderBefore, OrderChanged, OrderDelayed, OrderPayLink, OrderRestored,
};
use crate::{EngagementError, MessageKind};

/// The shop as its letters show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shop {
    /// Its name; also the sender's.
    pub name: String,
    /// Its first page.
    pub url: String,
    /// Where customers write to.
    pub email: Option<String>,
    /// Where customers call.
    pub phone: Option<String>,
    /// When somebody is there.
    pub hours: Option<String>,
    /// A line at the end of the letter, such as the company's name.
    #[serde(default)]
    pub footer: Option<String>,
    /// The name the letter comes from, where it is not the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The address it comes from, where it is not the program's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where answers go, where it is not where customers write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

/// Goods in an order or a parcel, in the customer's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// The product.
    pub title: String,
    /// The variant; empty for products with one.
    pub variant_title: String,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    pub unit_price: Money,
    /// Whether it is given to an order of enough goods, for nothing.
    #[serde(default)]
    pub gift: bool,
    /// What they cost together, after discount.
    pub total: Money,
}

/// Goods in a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParcelLine {
    /// The product.
    pub title: String,
    /// The variant; empty for products with one.
    pub variant_title: String,
    /// How many.
    pub quantity: i64,
}

/// Where a parcel goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Destination {
    /// Who receives.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// The address in one line, in the order of its country, or the store.
    pub text: String,
    /// Days for which the store keeps the parcel; null where it is brought to an address.
    #[serde(default)]
    pub keep_days: Option<i64>,
}

/// An order as its letters show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// Its tracking page, by unguessable link.
    pub url: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Who placed it.
    pub buyer_name: String,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// The lines before discount.
    pub subtotal: Money,
    /// What was taken off; zero for nothing.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; none when it is not wrapped.
    #[serde(default)]
    pub gift_wrap: Option<Money>,
    /// Other fees; zero for none.
    pub fees: Money,
    /// What it costs.
    pub total: Money,
    /// `card`, `bank_transfer` or `cash_on_delivery`.
    pub payment_method: String,
    /// How it is delivered.
    pub delivery_name: String,
    /// Where it goes.
    pub address: Destination,
    /// What is written on the gift card.
    pub gift_message: Option<String>,
}

/// The account that a bank transfer goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BankAccount {
    /// The bank's name, with its branch.
    pub bank: String,
    /// The bank's code.
    pub code: String,
    /// The account number.
    pub account: String,
    /// Whose account it is.
    pub holder: String,
}

/// Money that is still to come, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// `card`, `bank_transfer` or `cash_on_delivery`.
    pub method: String,
    /// How much.
    pub amount: Money,
    /// Until when; none for cash on delivery.
    pub until: Option<Timestamp>,
    /// Where to pay, or to choose another way to.
    pub pay_url: Option<String>,
    /// The account, for a transfer.
    pub bank: Option<BankAccount>,
}

/// A parcel that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parcel {
    /// The courier's name in the customer's language.
    pub courier: String,
    /// Its number there.
    pub tracking_number: Option<String>,
    /// Where to follow it.
    pub tracking_url: Option<String>,
    /// What is in it.
    pub lines: Vec<ParcelLine>,
    /// The first day on which it may arrive, `2026-03-04`.
    pub arrives_from: Option<String>,
    /// The last day on which it should arrive.
    pub arrives_until: Option<String>,
    /// True when other goods of the order follow in another parcel.
    pub rest_follows: bool,
    /// What follows then.
    #[serde(default)]
    pub rest: Vec<ParcelLine>,
}

/// Variables of `order_confirmation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderConfirmation {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// What is still to be paid; none when it is paid.
    pub due: Option<Due>,
    /// When the goods leave at the latest, once paid where that is needed.
    pub ship_by: Option<Timestamp>,
}

/// Variables of `order_paid`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderPaid {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// What arrived.
    pub amount: Money,
    /// When it arrived.
    pub paid_at: Timestamp,
    /// When the goods leave at the latest.
    pub ship_by: Option<Timestamp>,
    /// True when everything has left already, as when the courier brings the cash: nothing more follows.
    #[serde(default)]
    pub goods_left: bool,
}

/// Variables of `payment_failed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentFailed {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// What was tried.
    pub amount: Money,
    /// Why, as code of the trade: `insufficient_funds`, `expired_card`, …
    pub decline_code: String,
    /// Where to pay another way.
    pub pay_url: String,
    /// How long the order waits.
    pub until: Option<Timestamp>,
}

/// Variables of `order_shipped`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderShipped {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// The parcel.
    pub parcel: Parcel,
    /// What the courier collects; none when the order is paid.
    pub due: Option<Due>,
}

/// Variables of `order_cancelled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderCancelled {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// Why, in the words of whoever cancelled.
    pub reason: Option<String>,
    /// What is given back; none when nothing was paid.
    pub refund: Option<Money>,
    /// Until when its buyer can take the cancellation back; none where they cannot.
    #[serde(default)]
    pub undo_until: Option<Timestamp>,
}

/// Variables of `order_expired`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderExpired {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// Until when it could be paid.
    pub until: Timestamp,
}

/// Variables of `order_refunded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderRefunded {
    /// The shop.
    pub shop: Shop,
    /// The order.
    pub order: Order,
    /// What is given back.
    pub amount: Money,
    /// True when that is all that was paid.
    pub whole: bool,
    /// Why, in the words of whoever gave it back.
    pub reason: Option<String>,
}

/// A question as its answer's letter quotes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// Who asked.
    pub name: String,
    /// What they asked.
    pub message: String,
    /// The order it was about, as they typed it.
    pub order_number: Option<String>,
    /// When they asked.
    pub asked_at: Timestamp,
}

/// Variables of `inquiry_answered`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InquiryAnswered {
    /// The shop.
    pub shop: Shop,
    /// The question.
    pub inquiry: Question,
    /// The answer.
    pub answer: String,
}

/// A link that proves an address, as its letter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// `sign_in`, `sign_up`, `password` or `email`.
    pub purpose: String,
    /// Where it leads.
    pub url: String,
    /// Until when it works.
    pub until: Timestamp,
}

/// Variables of `account_link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountLink {
    /// The shop.
    pub shop: Shop,
    /// The link.
    pub account: Proof,
}

/// What changed about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountChange {
    /// `password` or `email`.
    pub what: String,
    /// The address it has now, without its middle.
    pub email: String,
    /// When.
    pub at: Timestamp,
}

/// Variables of `account_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountChanged {
    /// The shop.
    pub shop: Shop,
    /// The change.
    pub account: AccountChange,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The order exists.
    OrderConfirmation(Box<OrderConfirmation>),
    /// Staff put the order together.
    OrderPayLink(Box<OrderPayLink>),
    /// The order changed.
    OrderChanged(Box<OrderChanged>),
    /// The order will leave later.
    OrderDelayed(Box<OrderDelayed>),
    /// The money arrived.
    OrderPaid(Box<OrderPaid>),
    /// A payment was declined.
    PaymentFailed(Box<PaymentFailed>),
    /// A parcel left.
    OrderShipped(Box<OrderShipped>),
    /// The order was cancelled.
    OrderCancelled(Box<OrderCancelled>),
    /// The order was not paid in time.
    OrderExpired(Box<OrderExpired>),
    /// Money was given back.
    OrderRefunded(Box<OrderRefunded>),
    /// A cancelled order was restored by its buyer.
    OrderRestored(Box<OrderRestored>),
    /// A question was answered.
    InquiryAnswered(Box<InquiryAnswered>),
    /// A link that proves an address.
    AccountLink(Box<AccountLink>),
    /// How an account is signed in to has changed.
    AccountChanged(Box<AccountChanged>),
}

impl Content {
    /// What the message is about.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::OrderConfirmation(_) => MessageKind::OrderConfirmation,
            Self::OrderPayLink(_) => MessageKind::OrderPayLink,
            Self::OrderChanged(_) => MessageKind::OrderChanged,
            Self::OrderDelayed(_) => MessageKind::OrderDelayed,
            Self::OrderPaid(_) => MessageKind::OrderPaid,
            Self::PaymentFailed(_) => MessageKind::PaymentFailed,
            Self::OrderShipped(_) => MessageKind::OrderShipped,
            Self::OrderCancelled(_) => MessageKind::OrderCancelled,
            Self::OrderExpired(_) => MessageKind::OrderExpired,
            Self::OrderRefunded(_) => MessageKind::OrderRefunded,
            Self::OrderRestored(_) => MessageKind::OrderRestored,
            Self::InquiryAnswered(_) => MessageKind::InquiryAnswered,
            Self::AccountLink(_) => MessageKind::AccountLink,
            Self::AccountChanged(_) => MessageKind::AccountChanged,
        }
    }

    /// The shop that speaks.
    #[must_use]
    pub const fn shop(&self) -> &Shop {
        match self {
            Self::OrderConfirmation(content) => &content.shop,
            Self::OrderPayLink(content) => &content.shop,
            Self::OrderChanged(content) => &content.shop,
            Self::OrderDelayed(content) => &content.shop,
            Self::OrderPaid(content) => &content.shop,
            Self::PaymentFailed(content) => &content.shop,
            Self::OrderShipped(content) => &content.shop,
            Self::OrderCancelled(content) => &content.shop,
            Self::OrderExpired(content) => &content.shop,
            Self::OrderRefunded(content) => &content.shop,
            Self::OrderRestored(content) => &content.shop,
            Self::InquiryAnswered(content) => &content.shop,
            Self::AccountLink(content) => &content.shop,
            Self::AccountChanged(content) => &content.shop,
        }
    }

    /// The variables as they are stored and as templates see them.
    ///
    /// # Errors
    /// [`EngagementError::Content`] when a link is no web link: nothing else may stand behind a button (A17).
    pub fn variables(&self) -> Result<serde_json::Value, EngagementError> {
        let json = match self {
            Self::OrderConfirmation(content) => serde_json::to_value(content),
            Self::OrderPayLink(content) => serde_json::to_value(content),
            Self::OrderChanged(content) => serde_json::to_value(content),
            Self::OrderDelayed(content) => serde_json::to_value(content),
            Self::OrderPaid(content) => serde_json::to_value(content),
            Self::PaymentFailed(content) => serde_json::to_value(content),
            Self::OrderShipped(content) => serde_json::to_value(content),
            Self::OrderCancelled(content) => serde_json::to_value(content),
            Self::OrderExpired(content) => serde_json::to_value(content),
            Self::OrderRefunded(content) => serde_json::to_value(content),
            Self::OrderRestored(content) => serde_json::to_value(content),
            Self::InquiryAnswered(content) => serde_json::to_value(content),
            Self::AccountLink(content) => serde_json::to_value(content),
            Self::AccountChanged(content) => serde_json::to_value(content),
        };
        let json = json.map_err(|error| EngagementError::Content(error.to_string()))?;
        links(&json)?;
        Ok(json)
    }

    /// Reads what [`Content::variables`] wrote.
    ///
    /// # Errors
    /// [`EngagementError::Content`] when it does not fit the kind.
    pub fn read(kind: MessageKind, variables: serde_json::Value) -> Result<Self, EngagementError> {
        fn of<T: DeserializeOwned>(json: serde_json::Value) -> Result<Box<T>, EngagementError> {
            serde_json::from_value(json)
                .map(Box::new)
                .map_err(|error| EngagementError::Content(error.to_string()))
        }
        Ok(match kind {
            MessageKind::OrderConfirmation => Self::OrderConfirmation(of(variables)?),
            MessageKind::OrderPayLink => Self::OrderPayLink(of(variables)?),
            MessageKind::OrderChanged => Self::OrderChanged(of(variables)?),
            MessageKind::OrderDelayed => Self::OrderDelayed(of(variables)?),
            MessageKind::OrderPaid => Self::OrderPaid(of(variables)?),
            MessageKind::PaymentFailed => Self::PaymentFailed(of(variables)?),
            MessageKind::OrderShipped => Self::OrderShipped(of(variables)?),
            MessageKind::OrderCancelled => Self::OrderCancelled(of(variables)?),
            MessageKind::OrderExpired => Self::OrderExpired(of(variables)?),
            MessageKind::OrderRefunded => Self::OrderRefunded(of(variables)?),
            MessageKind::OrderRestored => Self::OrderRestored(of(variables)?),
            MessageKind::InquiryAnswered => Self::InquiryAnswered(of(variables)?),
            MessageKind::AccountLink => Self::AccountLink(of(variables)?),
            MessageKind::AccountChanged => Self::AccountChanged(of(variables)?),
        })
    }
}

/// Whether everything that is called a URL is one of the web.
fn links(json: &serde_json::Value) -> Result<(), EngagementError> {
    match json {
        serde_json::Value::Object(fields) => {
            fields
                .iter()
                .try_for_each(|(name, value)| match value.as_str() {
                    Some(link) if name == "url" || name.ends_with("_url") => web_link(name, link),
                    _ => links(value),
                })
        }
        serde_json::Value::Array(items) => items.iter().try_for_each(links),
        _ => Ok(()),
    }
}

fn web_link(name: &str, link: &str) -> Result<(), EngagementError> {
    let lower = link.to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    if web && !link.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Ok(())
    } else {
        Err(EngagementError::Content(format!("{name} is no web link")))
    }
}
