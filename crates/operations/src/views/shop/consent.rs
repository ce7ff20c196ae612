//! The page on which somebody decides whether their visits are measured.

use platform::web::PageView;
use schemars::JsonSchema;
use serde::Serialize;

/// What was decided, and what can be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConsentPage {
    /// What this browser decided; null when nothing yet.
    pub measurement: Option<bool>,
    /// Whether visits are measured now.
    pub measured: bool,
}

impl PageView for ConsentPage {
    const TEMPLATE: &'static str = "consent.html";
}
