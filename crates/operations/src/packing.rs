//! How the shop packs (ORD-14): what whoever packs reads on the pick list, and the word of thanks on the slip.

use kernel::Texts;
use platform::{DbError, Rx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings key of [`Packing`].
pub const PACKING: &str = "packing";

/// What the shop has decided about packing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Packing {
    /// How every parcel is packed, for the shop's own people.
    pub instructions: Texts,
    /// A word of thanks to whoever opens the parcel.
    pub thanks: Texts,
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<Packing, DbError> {
    settings::load(rx, PACKING).await
}
