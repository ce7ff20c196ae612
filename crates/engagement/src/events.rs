//! What the events of this domain carry.

use kernel::MessageId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::MessageKind;

/// Payload of `Message Sent`, version 1; the event is about the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageSent {
    /// The message.
    pub message_id: MessageId,
    /// What it is about.
    pub message_kind: MessageKind,
}

/// Payload of `Message Failed`, version 1; the event is about the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageFailed {
    /// The message.
    pub message_id: MessageId,
    /// What it is about.
    pub message_kind: MessageKind,
    /// True when it may have left all the same; it is then never sent again.
    pub unknown: bool,
    /// What the mail server said.
    pub reason: String,
}
