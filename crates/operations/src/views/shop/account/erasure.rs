//! What a customer sees before they ask to be forgotten: what goes, what the law has the shop keep, and until when.

use kernel::CustomerId;
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    FlowError,
    views::erasure::{ErasurePreview, preview},
};

/// What goes and what stays.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ErasurePage {
    /// What goes and what stays.
    pub preview: ErasurePreview,
}

impl PageView for ErasurePage {
    const TEMPLATE: &'static str = "account_erasure.html";
}

/// What goes and what stays, for the customer.
///
/// # Errors
/// [`FlowError::NotFound`] without an account.
pub async fn erasure_page(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CustomerId,
) -> Result<ErasurePage, FlowError> {
    let mut preview = preview(rx, ctx, id).await?;
    // Notes of the staff are theirs; how many there are says nothing to the customer.
    preview.notes = 0;
    Ok(ErasurePage { preview })
}
