//! What the events of this domain carry.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Reason;

/// Payload of `Page Published` and `Page Withdrawn`, version 1; the event is about the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageState {
    /// Its name in addresses.
    pub handle: String,
    /// The revision that shoppers read from then on, or did until then.
    pub revision: i64,
}

/// Payload of `Page Moved`, version 1; the event is about the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageMoved {
    /// Its name in addresses from then on.
    pub handle: String,
    /// The name that it had.
    pub from: String,
}

/// Payload of `Objection Given`, version 1; the event is about the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectionGiven {
    /// The page's name in addresses.
    pub handle: String,
    /// What kept them from buying.
    pub reason: Reason,
    /// Whether they wrote something beside it; what they wrote stays with the page.
    pub has_text: bool,
}
