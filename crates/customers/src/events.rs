//! What the events of this domain carry.

use kernel::InquiryId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Payload of `Inquiry Started`, version 1, when a message was sent through the contact form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InquiryStarted {
    /// Always `form`; a click on a contact carries another channel.
    pub channel: String,
    /// The inquiry.
    pub inquiry_id: InquiryId,
    /// The order it names, as the customer typed it.
    pub order_number: Option<String>,
}

/// Payload of `Inquiry Answered`, version 1; the event is about the inquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InquiryAnswered {
    /// Seconds from the question to the answer.
    pub waited_seconds: i64,
    /// The order it names, as the customer typed it.
    pub order_number: Option<String>,
}

/// Payload of `Customer Updated`, version 1; the event is about the customer. It says what changed, not to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustomerUpdated {
    /// Their name.
    pub name: bool,
    /// Their address.
    pub email: bool,
    /// Their telephone number.
    pub phone: bool,
    /// The language they are written to in.
    pub locale: bool,
}
