//! The page on which a customer is forgotten.

use customers::customer;
use kernel::CustomerId;
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    FlowError,
    views::erasure::{ErasurePreview, preview},
};

/// A customer who is about to be forgotten, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErasurePage {
    /// The customer.
    pub id: CustomerId,
    /// Their name; empty when there is none, and after it was done.
    pub name: String,
    /// Their address for letters.
    pub email: Option<String>,
    /// What goes and what stays.
    pub preview: ErasurePreview,
}

/// The page on which a customer is forgotten.
///
/// # Errors
/// [`FlowError::NotFound`].
pub async fn page(rx: &mut Rx, ctx: &Ctx, id: CustomerId) -> Result<ErasurePage, FlowError> {
    let found = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    Ok(ErasurePage {
        id,
        name: found.name,
        email: found.email,
        preview: preview(rx, ctx, id).await?,
    })
}
