//! How the shop packs, as the page that decides it shows it (ORD-14).

use kernel::{Locale, Texts};
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{FlowError, packing};

/// What the shop has decided about packing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PackingPage {
    /// The languages of the shop.
    pub locales: Vec<Locale>,
    /// How every parcel is packed, by language.
    pub instructions: Texts,
    /// A word of thanks on the packing slip, by language.
    pub thanks: Texts,
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx) -> Result<PackingPage, FlowError> {
    let decided = packing::load(rx).await?;
    Ok(PackingPage {
        locales: Locale::ALL.to_vec(),
        instructions: decided.instructions,
        thanks: decided.thanks,
    })
}
